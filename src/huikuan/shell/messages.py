"""The sentence of every refusal code, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from huikuan.act.collection import messages as collection
from huikuan.act.planning import messages as planning
from huikuan.act.visits import messages as visits
from huikuan.connect.api import messages as api
from huikuan.connect.connectors import messages as connectors
from huikuan.judge.credit import messages as credit
from huikuan.judge.rating import messages as rating
from huikuan.mechanisms.approvals import messages as approvals
from huikuan.mechanisms.audit import messages as audit
from huikuan.mechanisms.documents import messages as documents
from huikuan.mechanisms.duties import messages as duties
from huikuan.mechanisms.events import messages as events
from huikuan.mechanisms.files import messages as files
from huikuan.mechanisms.identity import messages as identity
from huikuan.mechanisms.jobs import messages as jobs
from huikuan.mechanisms.notices import messages as notices
from huikuan.mechanisms.pages import messages as pages
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.policies import messages as policies
from huikuan.mechanisms.store import messages as store
from huikuan.mechanisms.work import messages as work
from huikuan.record.banking import messages as banking
from huikuan.record.bills import messages as bills
from huikuan.record.cash import messages as cash
from huikuan.record.contracts import messages as contracts
from huikuan.record.cover import messages as cover
from huikuan.record.customers import messages as customers
from huikuan.record.customers.web import words
from huikuan.record.disputes import messages as disputes
from huikuan.record.financials import messages as financials
from huikuan.record.interest import messages as interest
from huikuan.record.limitation import messages as limitation
from huikuan.record.promises import messages as promises
from huikuan.record.receivables import messages as receivables
from huikuan.see.cockpit import messages as cockpit
from huikuan.see.confirmations import messages as confirmations
from huikuan.see.statements import messages as statements

SENTENCES = {
    "address_bad": gettext_noop("“%(url)s” cannot be called: an https address without user name, please."),
    "address_port_bad": gettext_noop("Calls go to port 443 or 8443, not %(port)s."),
    "address_private": gettext_noop("“%(host)s” is not an address of the open internet; it is not called."),
    "answer_too_long": gettext_noop("The answer is longer than %(most)s bytes; it was not read."),
    "amount_not_above_zero": gettext_noop("The amount has to be above 0; “%(value)s” is not."),
    "amount_unreadable": gettext_noop("“%(value)s” is not an amount."),
    "amount_too_fine": gettext_noop("“%(value)s” has more decimals than %(currency)s knows."),
    "amount_too_large": gettext_noop("“%(value)s” is larger than the ledger takes."),
    "backup_altered": gettext_noop("The backup is not what its manifest says (%(entry)s). Nothing was restored."),
    "backup_file_exists": gettext_noop("%(file)s exists already. Choose another name; a backup overwrites nothing."),
    "backup_other_format": gettext_noop("This backup has format %(format)s, which this version does not read."),
    "backup_other_version": gettext_noop(
        "This backup was made by version %(version)s with other tables. Restore it there, then upgrade."
    ),
    "backup_unsound": gettext_noop(
        "%(file)s was written, and does not agree with itself or lacks originals; see `huikuan backup verify`."
    ),
    "backup_unreadable": gettext_noop("%(file)s is cut off, damaged or no backup. Nothing was restored."),
    "restore_differs": gettext_noop("Table %(table)s did not come back as it was saved. Nothing was restored."),
    "restore_failed": gettext_noop("The backup could not be brought back: %(reason)s. Nothing was restored."),
    "restore_no_room": gettext_noop(
        "The backup unpacks to %(needed)s MB and the data folder has %(free)s MB free. Nothing was restored."
    ),
    "restore_not_empty": gettext_noop(
        "A backup is restored into an empty installation only; this one has: %(found)s. Choose another HUIKUAN_HOME"
        " and database."
    ),
    "restore_unguarded": gettext_noop("The guards of %(tables)s are not in place. Nothing was restored."),
    "watch_token_short": gettext_noop("HUIKUAN_WATCH_TOKEN needs at least %(least)s characters."),
    "watchers_unreadable": gettext_noop(
        "HUIKUAN_WATCHERS is a list of addresses or networks by comma, like 10.0.0.7,10.1.0.0/16; “%(value)s” is not."
    ),
    "currencies_differ": gettext_noop("%(left)s and %(right)s cannot be added."),
    "database_busy": gettext_noop("The database was busy for too long. Nothing was written; try again."),
    "database_newer": gettext_noop(
        "This database was changed by a newer version (%(migrations)s). Install that version, or restore a backup."
    ),
    "database_address_unknown": gettext_noop(
        "HUIKUAN_DATABASE_URL has to begin with postgresql:// or sqlite://, and name a database as these do."
    ),
    "database_unusable": gettext_noop("The database %(database)s cannot be used: %(reason)s"),
    "date_missing": gettext_noop("A date is needed here."),
    "date_unreadable": gettext_noop("“%(value)s” is not a date; write it like 2026-11-21."),
    "date_out_of_range": gettext_noop("“%(value)s” lies outside the years %(earliest)s to %(latest)s."),
    "instant_unreadable": gettext_noop("“%(value)s” is not an instant; write it like 2026-11-21T08:00:00+08:00."),
    "instant_without_zone": gettext_noop("“%(value)s” has no time zone; add one, like +08:00."),
    "file_unusable": gettext_noop("%(file)s cannot be read or written: %(reason)s"),
    "internal": gettext_noop("The command failed in a way nobody foresaw (%(kind)s); the trace is on stderr."),
    "number_out_of_range": gettext_noop("A number is larger than the database takes. Nothing was written."),
    "original_lost": gettext_noop("The original with hash %(sha256)s is missing or altered (found: %(found)s)."),
    "port_taken": gettext_noop("Port %(port)s of %(host)s is in use. Choose another with --port."),
    "demo_needs_empty_installation": gettext_noop(
        "%(home)s holds a ledger already. Choose another HUIKUAN_HOME for the demo; nothing was written."
    ),
    "reading_not_sealed": gettext_noop(
        "Nothing had been sealed yet at %(at)s, so what was known then cannot be shown."
    ),
    "rate_too_large": gettext_noop("“%(value)s” is too large for an exchange rate; the largest is %(largest)s."),
    "rate_unreadable": gettext_noop("“%(value)s” is not an exchange rate."),
    "system_refused": gettext_noop("The operating system refused: %(reason)s"),
    **store.SENTENCES,
    **audit.SENTENCES,
    **events.SENTENCES,
    **files.SENTENCES,
    **documents.SENTENCES,
    **jobs.SENTENCES,
    **identity.SENTENCES,
    **pages.SENTENCES,
    **policies.SENTENCES,
    **approvals.SENTENCES,
    **duties.SENTENCES,
    **work.SENTENCES,
    **customers.SENTENCES,
    **financials.SENTENCES,
    **contracts.SENTENCES,
    **receivables.SENTENCES,
    **banking.SENTENCES,
    **bills.SENTENCES,
    **cover.SENTENCES,
    **cash.SENTENCES,
    **rating.SENTENCES,
    **credit.SENTENCES,
    **cockpit.SENTENCES,
    **statements.SENTENCES,
    **notices.SENTENCES,
    **disputes.SENTENCES,
    **promises.SENTENCES,
    **interest.SENTENCES,
    **limitation.SENTENCES,
    **collection.SENTENCES,
    **planning.SENTENCES,
    **visits.SENTENCES,
    **confirmations.SENTENCES,
    **connectors.SENTENCES,
    **api.SENTENCES,
}

#: What argparse itself says: named here so that the catalogue holds it.
PARSING = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("one of the arguments %s is required"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    gettext_noop("expected %s argument"),
    gettext_noop("expected %s arguments"),
)


#: What people call the codes that parameters of these names hold.
_WORDS = {
    "permission": identity.PERMISSION_TITLES,
    "role": identity.ROLE_TITLES,
    "roles": identity.ROLE_TITLES,
    "least": identity.ROLE_TITLES,
    "held": identity.ROLE_TITLES,
    "what": contracts.DONE,
    "problem": words.USCC_PROBLEMS,
    "bill_kind": bills.KINDS,
    "bill_move": bills.MOVES,
    "bill_state": bills.STATES,
}
#: Whose fields the refusals that begin so name.
_FIELDS = {
    "bill_": bills.FIELDS,
    "contract_": contracts.FIELDS,
    "order_": contracts.FIELDS,
    "cover_": cover.FIELDS,
    "customer_": words.FIELDS,
    "financials_": financials.FIELDS,
}


#: Which parameters of a refusal are amounts, told with their thousands grouped.
_AMOUNTS = {
    "interest_waiver_bad": ("open",),
    "plan_sum_differs": ("sum", "debt", "difference"),
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """What to tell the user about a refusal, in words; whoever reads codes finds them beside the sentence."""
    fields = next((names for begin, names in _FIELDS.items() if code.startswith(begin)), {})
    names = {**_WORDS, "field": fields}
    amounts = _AMOUNTS.get(code, ())
    return gettext(SENTENCES[code]) % {
        name: grouped(str(value)) if name in amounts else _worded(value, names[name]) if name in names else value
        for name, value in params.items()
    }


def _worded(value: object, called: Mapping[str, str]) -> object:
    """A code, or several by comma, as words; what is no code stays as it is."""
    codes = str(value).split(", ")
    if not set(codes) <= set(called):
        return value
    return gettext(", ").join(gettext(called[one]).rstrip(".。") for one in codes)
