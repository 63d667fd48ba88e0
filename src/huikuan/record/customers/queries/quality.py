"""How complete and how fresh customers' data are, of many in a handful of questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.completeness import Answers, Completeness, completeness_of
from huikuan.record.customers.domain.likeness import Named, Pair, pairs
from huikuan.record.customers.models import Affiliation, CareVersion, ContactVersion, CustomerVersion, DocumentVersion
from huikuan.record.customers.queries.customers import CustomerRow, belongings, row_of, seen, standing_seen
from huikuan.record.customers.queries.documents import kinds_held
from huikuan.record.customers.queries.merging import under
from huikuan.record.customers.queries.people import care_by_customer, customers_with_contact

_MANY = 1_000


@dataclass(frozen=True, slots=True)
class Quality:
    """How complete a customer's data are, and what they say: whose it is by dimension, how it is dealt with."""

    completeness: Completeness
    belongs: Mapping[str, str]
    care: Care

    @property
    def owner(self) -> str:
        return self.belongs.get(Affiliation.Dimension.OWNER, "")

    @property
    def region(self) -> str:
        return self.belongs.get(Affiliation.Dimension.REGION, "")


def quality_of(rows: Sequence[CustomerRow], day: date) -> dict[int, Quality]:
    """Customer id → quality, as of the day for affiliations and papers. What people, papers and care of customers
    merged into it say counts; its registry data and whose it is are its own."""
    # Of many, whole tables are read sooner than a long list of ids is compared.
    ids = None if len(rows) > _MANY else [row.id for row in rows]
    whose = belongings(ids, day)
    care, people, held = care_by_customer(ids), customers_with_contact(ids), kinds_held(ids, day)
    found = {}
    for row in rows:
        dealt, belongs = care.get(row.id, Care()), whose.get(row.id, {})
        answers = Answers(
            uscc=bool(row.uscc) and (row.uscc_problem is None or bool(row.uscc_override_reason)),
            contact=row.id in people,
            owner=Affiliation.Dimension.OWNER in belongs,
            licence="licence" in held.get(row.id, ()),
            industry=bool(row.industry),
            region=Affiliation.Dimension.REGION in belongs,
            value_class=bool(dealt.value_class),
            delivery=bool(dealt.statement_language and dealt.channel),
            address=bool(dealt.delivery_address),
        )
        found[row.id] = Quality(completeness_of(answers), belongs, dealt)
    return found


def last_said(customer_ids: Iterable[int] | None = None) -> Mapping[int, datetime]:
    """When anything was last recorded of each customer, or of one merged into it: data, people, papers, owner. None:
    of every one."""
    asked = None if customer_ids is None else list(customer_ids)
    into, latest = under(asked), dict[int, datetime]()
    for rows in (
        CustomerVersion.objects.values_list("customer_id"),
        CareVersion.objects.values_list("customer_id"),
        ContactVersion.objects.values_list("customer_id"),
        DocumentVersion.objects.values_list("customer_id"),
        Affiliation.objects.values_list("customer_id"),
    ):
        chosen = rows if asked is None else rows.filter(customer_id__in=[*asked, *into])
        for customer_id, at in chosen.annotate(at=Max("recorded_at")):
            shown = into.get(customer_id, customer_id)
            latest[shown] = max(at, latest.get(shown, at))
    return latest


def look_alikes(*, scope: Scope) -> list[tuple[Pair, CustomerRow, CustomerRow]]:
    """The scope's customers that may be one and the same, the surest pairs first."""
    rows = {one.pk: row_of(one) for one in standing_seen(seen(scope)).order_by("pk")}
    named = (
        Named(
            row.id,
            row.name,
            tuple(filter(None, (row.short_name, row.english_name, *row.former_names))),
            row.uscc if row.uscc and row.uscc_problem is None else "",
        )
        for row in rows.values()
    )
    return [(pair, rows[pair.left], rows[pair.right]) for pair in pairs(named)]
