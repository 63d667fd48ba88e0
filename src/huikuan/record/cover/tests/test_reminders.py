"""A piece that ends soon is work until it is renewed, released or over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.work.kinds import kind_named
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.queries import rows_of
from huikuan.record.cover.domain.pieces import Whose
from huikuan.record.cover.jobs import remind
from huikuan.record.cover.operations.pieces import revalue_cover
from huikuan.record.cover.queries.listing import expiring
from huikuan.record.cover.tests.conftest import AT, Cast
from huikuan.record.cover.work import ENDS

ENDS_ON = date(2026, 12, 31)


def reminded(day: date) -> dict[str, int]:
    return remind(SimpleNamespace(at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC)))  # type: ignore[arg-type]


def test_a_piece_that_ends_within_thirty_days_is_work_once(cast: Cast) -> None:
    number = cast.stands(valid_until=ENDS_ON)
    group = cast.stands(Whose(group="LU"), reference="保字002", valid_until=date(2026, 12, 20))
    cast.stands(reference="保字003")
    assert [row.number for row in expiring(scope=EVERYTHING, day=date(2026, 12, 1))] == [group, number]
    assert reminded(date(2026, 11, 19)) == {"opened": 0, "cancelled": 0}
    assert reminded(date(2026, 12, 1)) == {"opened": 2, "cancelled": 0}
    assert reminded(date(2026, 12, 1)) == {"opened": 0, "cancelled": 0}
    item = next(one for one in rows_of(WorkItem.objects.all()) if one.customer_id == cast.north)
    assert (item.kind, item.company_id, item.due_on, item.role) == (
        ENDS.name, cast.company.pk, ENDS_ON, "credit_analyst"
    )  # fmt: skip
    said = kind_named(item.kind)
    assert all(text in said.describe(item.about) for text in ("保字001", "麓合控股", "500,000.00", "2026-12-31"))
    assert said.address is not None
    assert said.address(item.about) == f"/cover/{number}"
    assert reminded(date(2026, 12, 21)) == {"opened": 0, "cancelled": 1}


def test_renewed_it_is_work_no_more(cast: Cast) -> None:
    number = cast.stands(valid_until=ENDS_ON)
    assert reminded(date(2026, 12, 10)) == {"opened": 1, "cancelled": 0}
    changes = {"valid_until": date(2027, 12, 31)}
    request = revalue_cover(number=number, version=1, changes=changes, actor=cast.analyst, at=AT)
    assert request is not None
    assert reminded(date(2026, 12, 10)) == {"opened": 0, "cancelled": 0}
    cast.approve(request)
    assert reminded(date(2026, 12, 10)) == {"opened": 0, "cancelled": 1}
