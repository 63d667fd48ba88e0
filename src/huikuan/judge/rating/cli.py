"""`huikuan credit assess|grade|inform`: what a customer comes out as, what holds of it, what others say of it."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huikuan.judge.rating import messages
from huikuan.judge.rating.domain.factors import FACTORS
from huikuan.judge.rating.telling import factor_title
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission

if TYPE_CHECKING:
    from huikuan.judge.rating.domain.scorecard import Reason
    from huikuan.judge.rating.queries.assessing import Assessed
    from huikuan.mechanisms.policies.queries import InForce


def add_rating(actions: Any) -> None:
    """Add this context's actions to `huikuan credit`."""
    assess = _action(actions, "assess", _assess, _("score customers by a day, with every reason"))
    assess.add_argument("customer", nargs="?", default="", metavar="CUSTOMER", help=_("a customer's code"))
    assess.add_argument("--all", action="store_true", help=_("every customer"))
    assess.add_argument(
        "--policy", metavar="VERSION", type=int, help=_("a version of the scorecards; 0: the shipped one")
    )
    assess.add_argument("--card", default="", metavar="NAME", help=_("score by this card, whoever it is"))
    assess.add_argument("--record", action="store_true", help=_("record what comes out as the customer's rating"))
    grade = _action(actions, "grade", _grade, _("the grade that holds on a day, and its history"))
    grade.add_argument("customer", metavar="CUSTOMER", help=_("a customer's code"))
    lookup = _action(actions, "lookup", _lookup, _("ask the company register about a customer, and record it"))
    lookup.add_argument("customer", metavar="CUSTOMER", help=_("a customer's code"))
    inform = _action(actions, "inform", _inform, _("record what a source says of a customer"))
    inform.add_argument("customer", metavar="CUSTOMER", help=_("a customer's code"))
    inform.add_argument("factor", choices=_stated(), metavar="FACTOR")
    inform.add_argument("value", metavar="VALUE", help=_("a number, or one of the factor's answers; '' takes it back"))
    inform.add_argument("--source", required=True, metavar="NAME", help=", ".join(list(messages.SOURCES)[1:]))
    inform.add_argument(
        "--reliability", type=int, choices=(1, 2, 3), default=2, help=_("1 said, 2 reported, 3 proven")
    )
    inform.add_argument("--agency", default="", metavar="NAME", help=_("VALUE is this agency's grade (dnb: 5A1)"))
    inform.add_argument("--note", default="")


def _stated() -> list[str]:
    """The factors somebody can say something of."""
    return [name for name, factor in FACTORS.items() if not factor.computed]


def _action(actions: Any, name: str, run: Any, explained: str) -> Any:
    parser = actions.add_parser(name, help=explained)
    parser.add_argument("--as-of", default="", metavar="DATE", help=_("today by default"))
    parser.add_argument("--json", action="store_true")
    add_actor_option(parser)
    parser.set_defaults(run=run)
    return parser


def _assess(options: Namespace) -> int:
    from huikuan.judge.rating.queries.assessing import assessed, scorecard_on, scorecard_version

    if bool(options.customer) == options.all:
        raise Refusal("assess_one_or_all")
    at = datetime.now(UTC)
    as_of = _day(options, at)
    ids = _customers(options, at)
    policy = scorecard_on(as_of, at=at) if options.policy is None else scorecard_version(options.policy)
    found = list(assessed(as_of=as_of, policy=policy, customer_ids=ids, card=options.card))
    if options.record:
        _record(options, found, policy, at)
    if options.json:
        rows = [_as_json(one) for one in found]
        body = {"as_of": as_of.isoformat(), "policy": _policy(policy), "rows": rows}
        print(json.dumps(body, ensure_ascii=False))
        return 0
    for one in found:
        print(_headline(one.code, one.name, one.result.score, one.result.grade))
        _tell(one.result.reasons, short=options.all)
    return 0


def _record(options: Namespace, found: list[Assessed], policy: InForce, at: datetime) -> None:
    """What was shown becomes the customers' rating; only by what is in force, and by no card but their own."""
    from huikuan.judge.rating.operations.assessing import record_assessments, require_past
    from huikuan.mechanisms.store.transactions import retrying

    if options.policy is not None or options.card:
        raise Refusal("assess_record_in_force")
    as_of = _day(options, at)
    require_past(as_of, at=at)
    actor = commander(options, Permission.ASSESS_CUSTOMERS, at=at)
    retrying(lambda: record_assessments(found, policy=policy, as_of=as_of, actor=actor, at=at))


def _grade(options: Namespace) -> int:
    from huikuan.judge.rating.queries.calls import calls_on
    from huikuan.judge.rating.queries.ratings import history_of, rating_of
    from huikuan.record.customers.queries import customer

    at = datetime.now(UTC)
    day, scope = _day(options, at), reader_scope(options, Permission.VIEW_CUSTOMERS, at=at)
    found = customer(options.customer, scope=scope)
    rating = rating_of(found.id, day=day, scope=scope)
    past = history_of(found.id, day=day, scope=scope)
    calls = calls_on(day, customer_ids=[found.id]).get(found.id, [])
    if options.json:
        body = {
            "key": found.code,
            "as_of": day.isoformat(),
            "grade": (rating.grade or None) if rating else None,
            "score": rating.assessment.score if rating else None,
            "review_on": rating.review_on.isoformat() if rating else None,
            "overridden": bool(rating and rating.override),
            "due_because": [{"cause": one.cause, "detail": one.detail, "since": one.on.isoformat()} for one in calls],
            "history": [
                {"as_of": row.as_of.isoformat(), "score": row.score, "grade": row.grade or None, "card": row.card}
                for row in past
            ],
        }
        print(json.dumps(body, ensure_ascii=False))
        return 0
    print(
        _headline(found.code, found.name, rating.assessment.score if rating else None, rating.grade if rating else "")
    )
    for row in past:
        print(f"  {row.as_of}  {_number(row.score)}  {row.grade or '–'}")
    return 0


def _inform(options: Namespace) -> int:
    from huikuan.judge.rating.domain.factors import Reliability
    from huikuan.judge.rating.operations.information import record_agency_rating, record_information
    from huikuan.record.customers.queries import customer

    at = datetime.now(UTC)
    actor = commander(options, Permission.ASSESS_CUSTOMERS, at=at)
    found = customer(options.customer, scope=reader_scope(options, Permission.ASSESS_CUSTOMERS, at=at))
    told: dict[str, Any] = {
        "customer_id": found.id, "on": _day(options, at), "note": options.note, "actor": actor, "at": at
    }  # fmt: skip
    if options.agency and (options.factor, options.source) != ("third_party_rating", "third_party"):
        raise Refusal("agency_elsewhere")
    if options.agency:
        number = record_agency_rating(agency=options.agency, grade=options.value, **told)
    else:
        level = Reliability(options.reliability)
        number = record_information(
            factor=options.factor, value=options.value, source=options.source, reliability=level, **told
        )
    print(json.dumps({"information": number}) if options.json else _("Recorded."))
    return 0


def _lookup(options: Namespace) -> int:
    from huikuan.judge.rating.operations.lookups import look_up
    from huikuan.record.customers.queries import customer

    at = datetime.now(UTC)
    actor = commander(options, Permission.ASSESS_CUSTOMERS, at=at)
    scope = reader_scope(options, Permission.ASSESS_CUSTOMERS, at=at)
    found = customer(options.customer, scope=scope)
    one = look_up(customer_id=found.id, actor=actor, at=at)
    if options.json:
        told = {"key": found.code, "on": business_date(at).isoformat(), **asdict(one)}
        print(json.dumps(told, ensure_ascii=False, default=str))
    else:
        print("  ".join(filter(None, (one.name, one.uscc, one.status, one.legal_representative, one.capital))))
    return 0


def _customers(options: Namespace, at: datetime) -> list[int] | None:
    """The customers asked about, of those the commander sees, or may assess where it is recorded; None: every one."""
    from huikuan.record.customers.queries import customer, register_seen, seen

    needed = Permission.ASSESS_CUSTOMERS if options.record else Permission.VIEW_CUSTOMERS
    scope = reader_scope(options, needed, at=at)
    if options.customer:
        row = customer(options.customer, scope=scope)
        return [row.merged_into_id or row.id]
    return None if scope.everything else list(register_seen(seen(scope)).values_list("id", flat=True))


def _day(options: Namespace, at: datetime) -> Any:
    return parse_date(options.as_of) if options.as_of else business_date(at)


def _policy(policy: InForce) -> str:
    """scorecard 0 is the shipped one; else the number and id of the version."""
    return f"scorecard {policy.number}"


def _as_json(one: Assessed) -> dict[str, Any]:
    return {
        "key": one.code,
        "score": one.result.score,
        "grade": one.result.grade or None,
        "reasons": [
            {
                "factor": reason.factor,
                "value": reason.value,
                "points": reason.points,
                "max": reason.most,
                "source": reason.source or None,
                "date": reason.on.isoformat() if reason.on else None,
            }
            for reason in one.result.reasons
        ],
    }


def _headline(code: str, name: str, score: int | None, grade: str) -> str:
    return f"{code}  {name}  {_number(score)}  {grade or '–'}"


def _tell(reasons: Iterable[Reason], *, short: bool) -> None:
    for reason in () if short else reasons:
        value = _("not known") if reason.value is None else reason.value
        source = f"{_(messages.SOURCES[reason.source])} {reason.on}" if reason.source else ""
        capped = _("at best %(grade)s") % {"grade": reason.grade} if reason.grade else ""
        points = capped or f"{reason.points}/{reason.most}"
        print(f"  {factor_title(reason.factor)}  {value}  {points}  {source}".rstrip())


def _number(score: int | None) -> str:
    return "–" if score is None else str(score)
