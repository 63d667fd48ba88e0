"""Commands of customers: `huikuan customer list|show|affiliate|merge|unmerge|erase-contact`."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.queries import scope
from huikuan.record.customers import queries
from huikuan.record.customers.models import Affiliation


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("customer", help=_("Customers and whose they are")).add_subparsers(
        dest="action", required=True
    )
    listing = add_command(actions, "list", _list, _("Customers in order of code, or those found"))
    listing.add_argument("--find", default="", help=_("part of a code, name, former name or USCC"))
    listing.add_argument("--after", default="", help=_("begin after this code"))
    listing.add_argument("--limit", type=int, default=50)
    show = add_command(actions, "show", _show, _("One customer, its affiliations as of a day, its history"))
    show.add_argument("code")
    show.add_argument("--as-of", default="")
    erase = add_command(actions, "erase-contact", _erase, _("Erase for good who a contact was, at their request"))
    erase.add_argument("code")
    erase.add_argument("number", type=int, help=_("the contact's number at this customer"))
    erase.add_argument("--reason", required=True)
    affiliate = add_command(actions, "affiliate", _affiliate, _("From a day on, the customer belongs to …"))
    affiliate.add_argument("code")
    affiliate.add_argument("dimension", choices=Affiliation.Dimension.values)
    affiliate.add_argument("value", help=_("group code, owner, region or business type; empty ends it"))
    affiliate.add_argument("--from", dest="effective_on", required=True, help=_("the day, like 2026-11-21"))
    merge = add_command(actions, "merge", _merge, _("Show one customer under another: they are the same"))
    merge.add_argument("code", help=_("the customer that is merged"))
    merge.add_argument("into", help=_("the customer it is shown under"))
    merge.add_argument("--reason", required=True)
    merge.add_argument(
        "--codes-differ", action="store_true", help=_("their valid credit codes differ, and that is meant")
    )
    unmerge = add_command(actions, "unmerge", _unmerge, _("Undo a merge: the two are two again"))
    unmerge.add_argument("merge", type=int, help=_("the merge's number"))
    unmerge.add_argument("--reason", required=True)


def _list(options: Namespace) -> int:
    scope = _scope(options)
    if options.find:
        found = queries.find(options.find, scope=scope, limit=options.limit)
    else:
        found = queries.customers(scope=scope, after=options.after, limit=options.limit)
    if options.json:
        print(json.dumps({"customers": [asdict(row) for row in found]}, ensure_ascii=False))
        return 0
    for row in found:
        said = "\t" + _("Merged into %(code)s.") % {"code": _merged_into(row)} if row.merged_into_id else ""
        print(f"{row.code}\t{row.name}\t{_status(row.status)}\t{row.uscc}{said}")
    return 0


def _show(options: Namespace) -> int:
    row = queries.customer(options.code, scope=_scope(options))
    day = parse_date(options.as_of) if options.as_of else _today()
    whose = queries.affiliations_of(row.merged_into_id or row.id, day)
    history, people = queries.versions(row.id), _contacts(options, row.id)
    if options.json:
        recorded = [{**asdict(one), "recorded_at": one.recorded_at.isoformat()} for one in history]
        body = {"customer": asdict(row), "as_of": day.isoformat(), "affiliations": whose, "versions": recorded}
        body["contacts"] = people
        body["merged_into"] = _merged_into(row)
        print(json.dumps(body, ensure_ascii=False))
        return 0
    print(f"{row.code} {row.name} ({_status(row.status)})")
    facts = [(_("Unified Social Credit Code"), row.uscc), (_("Former names"), "；".join(row.former_names))]
    for label, value in [*facts, *((_label(dimension), value) for dimension, value in whose.items())]:
        if value:
            print(f"  {label}: {value}")
    if row.merged_into_id:
        print("  " + _("Merged into %(code)s.") % {"code": _merged_into(row)})
    if row.uscc_problem:
        print("  " + _("The Unified Social Credit Code fails its check."))
    for person in people:
        print("  " + " ".join(filter(None, (person["name"], person["position"], person["phone"], person["email"]))))
    for one in history:
        print(f"  v{one.version} {one.recorded_at:%Y-%m-%d %H:%M}Z {one.actor}")
    return 0


def _affiliate(options: Namespace) -> int:
    # Operations are loaded only when something is written: listing answers sooner.
    from huikuan.record.customers.operations import affiliate

    row, at = queries.customer(options.code, scope=_scope(options)), datetime.now(UTC)
    recorded = affiliate(
        customer_id=row.id,
        dimension=options.dimension,
        value=options.value,
        effective_on=parse_date(options.effective_on),
        actor=commander(options, Permission.MANAGE_CUSTOMERS, at=at),
        at=at,
    )
    if options.json:
        print(json.dumps({"recorded": recorded}))
    else:
        print(_("Recorded.") if recorded else _("It was so already; nothing was written."))
    return 0


def _contacts(options: Namespace, customer_id: int) -> list[dict[str, Any]]:
    """The people still there; masked for somebody named who does not see this customer's in clear."""
    from huikuan.record.customers.queries.people import contacts

    at = datetime.now(UTC)
    reaches = scope(options.actor, Permission.VIEW_PERSONAL, at=at) if options.actor else EVERYTHING
    clear = queries.seen(reaches).has_customer(customer_id)
    texts = ("name", "position", "role", "phone", "email", "language", "consent")
    return [
        {"number": row.number, **{name: getattr(row.contact, name) for name in texts}}
        for row in contacts(customer_id, clear=clear)
        if row.contact.active
    ]


def _erase(options: Namespace) -> int:
    from huikuan.record.customers.operations import erase_contact

    at = datetime.now(UTC)
    row = queries.customer(options.code, scope=reader_scope(options, Permission.ERASE_PERSONAL, at=at))
    erased = erase_contact(
        customer_id=row.id,
        number=options.number,
        reason=options.reason,
        actor=commander(options, Permission.ERASE_PERSONAL, at=at),
        at=at,
    )
    print(json.dumps({"erased": erased}) if options.json else _("Erased."))
    return 0


def _merge(options: Namespace) -> int:
    from huikuan.record.customers.operations import merge_customers
    from huikuan.record.customers.queries.merging import merge

    at = datetime.now(UTC)
    scope = reader_scope(options, Permission.MERGE_CUSTOMERS, at=at)
    one, into = (queries.customer(code, scope=scope) for code in (options.code, options.into))
    merge_id = merge_customers(
        from_id=one.id,
        into_id=into.id,
        reason=options.reason,
        confirmed=options.codes_differ,
        actor=commander(options, Permission.MERGE_CUSTOMERS, at=at),
        at=at,
    )
    row = merge(merge_id)
    if options.json:
        said = {"merge": merge_id, "customer": one.code, "merged_into": into.code, "names": row.names if row else ()}
        print(json.dumps(said, ensure_ascii=False))
    else:
        told = {"number": merge_id, "code": one.code, "into": into.code}
        print(_("Merge %(number)s: %(code)s is shown under %(into)s.") % told)
    return 0


def _unmerge(options: Namespace) -> int:
    from huikuan.record.customers.operations import undo_merge
    from huikuan.record.customers.queries.merging import merge

    at = datetime.now(UTC)
    reach = queries.seen(reader_scope(options, Permission.MERGE_CUSTOMERS, at=at))
    row = merge(options.merge)
    if row is None or not reach.has_customer(row.into_id):
        raise Refusal("merge_unknown", number=options.merge)
    undo = undo_merge(
        merge_id=row.id,
        reason=options.reason,
        actor=commander(options, Permission.MERGE_CUSTOMERS, at=at),
        at=at,
    )
    print(json.dumps({"undone": row.id, "by": undo}) if options.json else _("The two are two again."))
    return 0


def _merged_into(row: queries.CustomerRow) -> str:
    """The code of the customer it is shown under, '' for none."""
    into = row.merged_into_id
    return queries.customers_by_id([into])[into].code if into else ""


def _scope(options: Namespace) -> Scope:
    return reader_scope(options, Permission.VIEW_CUSTOMERS, at=datetime.now(UTC))


def _today() -> date:
    return business_date(datetime.now(UTC))


def _status(status: str) -> str:
    return _("prospect") if status == "prospect" else _("customer")


def _label(dimension: str) -> str:
    return {
        "group": _("Customer group"),
        "owner": _("Owner"),
        "region": _("Region"),
        "business_type": _("Business type"),
    }[dimension]
