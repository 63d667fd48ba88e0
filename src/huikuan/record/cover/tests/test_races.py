"""Four who change a piece at the same moment: one does, the others are told. Where nobody translates what the database
says, they run into it."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection

from huikuan.mechanisms.audit.operations import record
from huikuan.record.cover.models import PieceVersion
from huikuan.record.cover.operations import pieces
from huikuan.record.cover.tests.conftest import AT, Cast
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> None:
    """All have read the piece before anybody writes."""
    barrier, look = Barrier(4), pieces.last_version

    def all_look_first(number: int) -> PieceVersion:
        found = look(number)
        barrier.wait(timeout=30)
        return found

    monkeypatch.setattr(pieces, "last_version", all_look_first)


def _revalue(cast: Cast, number: int) -> list[Any]:
    def work(turn: int) -> Any:
        changes = {"amount": 100_000_00 + turn}
        try:
            return pieces.revalue_cover(number=number, version=1, changes=changes, actor=cast.analyst, at=AT)
        except IntegrityError:
            return "doubled"

    return at_once(4, work)


def test_of_four_at_once_one_revalues_and_the_others_are_told(cast: Cast, request: Any) -> None:
    number = cast.stands()
    request.getfixturevalue("met")
    assert sorted(codes(_revalue(cast, number))) == ["cover_changed_since"] * 3 + ["done"]
    assert PieceVersion.objects.filter(number=number).count() == 2


def test_untranslated_they_run_into_the_database(cast: Cast, request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    number = cast.stands()
    request.getfixturevalue("met")
    monkeypatch.setattr(pieces, "write", lambda row, *, at: record(PieceVersion, [row], at=at))
    assert _revalue(cast, number).count("doubled") == 3
    assert PieceVersion.objects.filter(number=number).count() == 2
