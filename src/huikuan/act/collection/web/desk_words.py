"""The workbench in words: a row's note, what speaks for an action, the entries of the timeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from huikuan.act.collection.domain.next_action import Advice
from huikuan.act.collection.domain.priority import UNREACHED
from huikuan.act.collection.queries.set_aside import DISPUTED, HELD, PLANNED, PROMISED, Aside
from huikuan.act.collection.queries.story import Entry
from huikuan.act.collection.queries.worklist import Left, WorkRow
from huikuan.act.collection.telling import stop_text
from huikuan.act.visits.messages import OUTCOMES, PURPOSES
from huikuan.act.visits.messages import RESULTS as CALL_RESULTS
from huikuan.act.visits.messages import STATES as VISIT_STATES
from huikuan.kernel.money import to_text
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.approvals.messages import STATE_TITLES as REQUEST_STATES
from huikuan.mechanisms.identity.actors import is_operator
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.work.kinds import About, kind_named
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.disputes.messages import REASONS as DISPUTE_REASONS
from huikuan.record.disputes.messages import STATES as DISPUTE_STATES
from huikuan.record.promises.domain.freezing import ACCOUNT, SUPPLY


@dataclass(frozen=True, slots=True)
class Result:
    """A way a call may end, in the order of its key."""

    name: str
    title: str
    icon: str
    key: str


#: What the five keys press; the sixth, something else, has none.
RESULTS = (
    Result("promised", gettext_noop("Promises to pay"), "calendar-event", "1"),
    Result("disputed", gettext_noop("Disputes it"), "message-report", "2"),
    Result("again", gettext_noop("Call again"), "calendar-time", "3"),
    Result("not_reached", gettext_noop("Not reached"), "phone-off", "4"),
    Result("wrong_number", gettext_noop("Wrong number"), "user-question", "5"),
)
ACTIONS = {
    "call": gettext_noop("Call today"),
    "visit": gettext_noop("Go there"),
    "letter": gettext_noop("Send a demand letter"),
    "wait": gettext_noop("Leave them alone today"),
    "mend_contact": gettext_noop("Find a number first"),
    "nothing": gettext_noop("Nothing to ask for"),
}
_WHY = {
    "days_late": gettext_noop("the oldest of it is %(value)s days late and without a day to be paid"),
    "kept": gettext_noop("%(value)s of %(threshold)s promises of the last year were kept"),
    "broken": gettext_noop(
        "%(value)s promises were broken (from %(threshold)s on, words on the phone are not enough)"
    ),
    "unreached": gettext_noop("%(value)s calls in a row reached nobody"),
    "put_off": gettext_noop("they asked to be called on %(value)s"),
    "visit_planned": gettext_noop("a visit is planned for %(value)s"),
    "called": gettext_noop("there was a call with them today"),
    "called_enough": gettext_noop("they were reached %(value)s times today, which is enough"),
    "wrong_number": gettext_noop("the last call found a wrong number"),
    "no_number": gettext_noop("nobody of the register has a telephone number"),
    "nothing_pursued": gettext_noop("nothing overdue is without a promise, a plan or a dispute"),
}
LEFT = {
    PROMISED: gettext_noop("promised by %(day)s"),
    PLANNED: gettext_noop("in instalments, next %(day)s"),
    DISPUTED: gettext_noop("in dispute"),
    HELD: gettext_noop("held back"),
}
#: What is said of it on the telephone; of what is held back nothing is.
_SPOKEN = {
    PROMISED: gettext_noop("You promised %(amount)s by %(day)s; this is about the rest."),
    PLANNED: gettext_noop("What is agreed in instalments, %(amount)s, stays as agreed, next on %(day)s."),
    DISPUTED: gettext_noop("What you dispute, %(amount)s, is looked into apart."),
}
_HELD_UNTIL = gettext_noop("held back until %(day)s")
_NOTICES = {"email": gettext_noop("Mail"), "sms": gettext_noop("Text"), "letter": gettext_noop("Letter by post"),
            "im": gettext_noop("Chat message"), "voice": gettext_noop("Voice call")}  # fmt: skip
_NOTICE_STATES = {
    "queued": gettext_noop("waits to be sent"), "sent": gettext_noop("sent out"),
    "delivered": gettext_noop("delivered"),
    "bounced": gettext_noop("came back"), "replied": gettext_noop("answered"), "refused": gettext_noop("refused"),
    "cancelled": gettext_noop("not sent out any more"),
    "in_doubt": gettext_noop("perhaps sent"),
}  # fmt: skip
_TAKEN_BACK = gettext_noop("taken back")
_PROMISE_STATES = {
    "open": (gettext_noop("promise"), "sure"), "kept": (gettext_noop("kept"), "ok"),
    "partly": (gettext_noop("kept in part"), "warn"), "broken": (gettext_noop("broken"), "bad"),
    "withdrawn": (_TAKEN_BACK, ""), "replaced": (gettext_noop("replaced"), ""),
}  # fmt: skip
_ORDER_STATES = {
    "released": gettext_noop("An order over %(amount)s went on"),
    "paused": gettext_noop("An order over %(amount)s waits: limit nearly used up"),
    "held": gettext_noop("An order over %(amount)s is stopped: over the limit"),
    "cancelled": gettext_noop("An order over %(amount)s was cancelled"),
}
_INTEREST = {
    "claimed": gettext_noop("%(who)s claimed %(amount)s of interest"),
    "waived": gettext_noop("%(amount)s of interest was waived"),
    "corrected": gettext_noop("%(amount)s of interest was given back"),
}
_FROZEN = {
    ("frozen", SUPPLY): gettext_noop("%(who)s approved it: nothing is delivered to them any more"),
    ("frozen", ACCOUNT): gettext_noop("%(who)s approved it: nothing is sold to them on credit any more"),
    ("released", SUPPLY): gettext_noop("%(who)s approved it: they are delivered to again"),
    ("released", ACCOUNT): gettext_noop("%(who)s approved it: they are sold to on credit again"),
}
#: So many payments in a row are told as one.
_FOLDED_FROM = 3
_ICONS = {"call": "phone-call", "visit": "map-pin", "notice": "mail", "promise": "calendar-event",
          "dispute": "message-report", "payment": "cash", "order": "lock", "warning": "alert-triangle",
          "plan": "calendar-event", "interest": "calculator", "freeze": "lock", "lawyer": "gavel",
          "mention": "at", "statement": "file-text", "portal": "device-desktop"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the page tells it; `tone` of its tag; `folded`: what it stands for, several payments in a row."""

    entry: Entry
    icon: str
    title: str
    note: str
    tag: str
    tone: str
    folded: tuple[Told, ...] = ()


def note_of(row: WorkRow, currency: str) -> str:
    """The one thing to know of a row before it is opened."""
    if row.again_on is not None:
        return _("call again on %(day)s") % {"day": day_said(row.again_on)}
    if row.called:
        return _("called today")
    if row.visit_on is not None:
        return _reason(Reason("visit_planned", met=True, value=day_said(row.visit_on)))
    if row.stop is not None:
        return _("%(why)s; leave them alone") % {"why": stop_text(row.stop)}
    return _unreached(row) or _left_note(row, currency) or _broken(row) or _("no day to be paid yet")


def _left_note(row: WorkRow, currency: str) -> str:
    if not row.left:
        return ""
    sums: dict[str, int] = defaultdict(int)
    for one in row.left:
        sums[left_said(one)] += one.amount
    if not row.pursued:
        return _("%(why)s; leave them alone") % {"why": _(", ").join(sums)}
    # Each with its own amount: what is disputed is not promised.
    parts = [f"{grouped(to_text(amount, currency))} {why}" for why, amount in sums.items()]
    return _("%(parts)s, ask for the rest") % {"parts": _(", ").join(parts)}


def _unreached(row: WorkRow) -> str:
    times = row.habits.unreached
    if times < UNREACHED or not row.pursued:
        return ""
    return ngettext("%(times)s call reached nobody", "%(times)s calls reached nobody", times) % {"times": times}


def _broken(row: WorkRow) -> str:
    times = row.habits.broken
    return ngettext("%(times)s promise broken", "%(times)s promises broken", times) % {"times": times} if times else ""


def aside_said(one: Aside) -> str:
    """The same of a claim that is not overdue, too."""
    return left_said(Left(one.kind, one.amount, one.until, one.record_id, 0))


def left_said(one: Left) -> str:
    """Why a part is left alone."""
    said = _HELD_UNTIL if one.kind == HELD and one.until else LEFT[one.kind]
    return _(said) % ({"day": day_said(one.until)} if one.until else {})


def left_spoken(left: Iterable[Left], currency: str) -> list[str]:
    """What a script says of what is left alone, a sentence for each kind and day."""
    sums: dict[tuple[str, date | None], int] = {}
    for one in left:
        if one.kind in _SPOKEN:
            until = None if one.kind == DISPUTED else one.until
            sums[one.kind, until] = sums.get((one.kind, until), 0) + one.amount
    return [
        _(_SPOKEN[kind]) % {"amount": f"{currency} {grouped(to_text(amount, currency))}", "day": until or "–"}
        for (kind, until), amount in sums.items()
    ]


def day_said(day: date | None) -> str:
    """11-25; of another year than now pages say it whole."""
    return f"{day:%m-%d}" if day else "–"


def span_said(first: date, last: date) -> str:
    """11-13 – 11-25, with the years where they are two."""
    said = (f"{first}", f"{last}") if first.year != last.year else (day_said(first), day_said(last))
    return " – ".join(said)


def advice_said(advice: Advice) -> tuple[str, list[tuple[bool, str]]]:
    """The action, and each reason with whether it speaks for it."""
    stopped = [(True, stop_text(advice.stop))] if advice.stop else []
    return _(ACTIONS[advice.action]), [*((one.met, _reason(one)) for one in advice.reasons), *stopped]


def told(entries: Iterable[Entry], names: Mapping[str, str]) -> list[Told]:
    """The entries in words; `names`: user → how people know them."""
    return [_TELLERS[entry.kind](entry, names) for entry in entries if entry.kind in _TELLERS]


def _reason(one: Reason) -> str:
    return _(_WHY[one.code]) % {"value": one.value, "threshold": one.threshold}


def folded(entries: Iterable[Told]) -> list[Told]:
    """The entries with payments that follow upon one another as one, which opens to them: among dozens of them nobody
    finds what was said."""
    found: list[Told] = []
    for (kind, currency), run in groupby(entries, key=lambda one: (one.entry.kind, one.entry.currency)):
        same = tuple(run)
        found += [_payments(same, currency)] if kind == "payment" and len(same) >= _FOLDED_FROM else same
    return found


def _payments(same: tuple[Told, ...], currency: str) -> Told:
    whole = replace(same[0].entry, amount=sum(one.entry.amount or 0 for one in same), link=None)
    title = _payments_title(whole, sum(_count(one.entry) for one in same))
    return replace(_made(whole, title, span_said(same[-1].entry.on, whole.on)), folded=same)


def _payments_title(whole: Entry, count: int) -> str:
    title = ngettext("%(n)s payment, %(amount)s", "%(n)s payments, %(amount)s", count)
    return title % {"n": count, "amount": _amount(whole)}


def _count(payments: Entry) -> int:
    """How many payments an entry stands for."""
    return int(payments.shown.get("count", 1))


def _who(entry: Entry, names: Mapping[str, str]) -> str:
    """They begin the sentence: what is no name begins like one."""
    name = names.get(entry.actor, entry.actor)
    return capfirst(name) if name != entry.actor and is_operator(entry.actor) else name


def _made(entry: Entry, title: str, note: str = "", tag: str = "", tone: str = "") -> Told:
    return Told(entry, _ICONS[entry.kind], title, note, tag, tone)


def _call(entry: Entry, names: Mapping[str, str]) -> Told:
    person = entry.shown["person"] or _("the customer")
    said = _("%(who)s was called by %(person)s") if entry.shown["incoming"] else _("%(who)s called %(person)s")
    title = said % {"who": _who(entry, names), "person": person}
    again = entry.shown["again_on"]
    result = _(CALL_RESULTS[entry.what]) + (f" · {day_said(again)}" if again else "")
    tone = {"promised": "sure", "disputed": "warn", "wrong_number": "warn"}.get(entry.what, "")
    return _made(entry, title, _quoted(entry.words), result, tone)


def _visit(entry: Entry, names: Mapping[str, str]) -> Told:
    who = {"who": _who(entry, names)}
    if entry.what in OUTCOMES:
        place = entry.shown.get("place", "")
        photos = entry.shown["photos"]
        parts = [_quoted(entry.words), place,
                 ngettext("%(n)s photo", "%(n)s photos", photos) % {"n": photos} if photos else ""]  # fmt: skip
        tone = "ok" if entry.what == "met" else "warn"
        return _made(
            entry, _("%(who)s went there") % who, " · ".join(filter(None, parts)), _(OUTCOMES[entry.what]), tone
        )
    title = _("%(who)s goes there on %(day)s") % {**who, "day": day_said(entry.shown["planned_on"])}
    return _made(
        entry, title, _quoted(entry.words), f"{_(PURPOSES[entry.shown['purpose']])}, {_(VISIT_STATES[entry.what])}"
    )


def _promise(entry: Entry, names: Mapping[str, str]) -> Told:
    tag, tone = _PROMISE_STATES[entry.what]
    said = {"amount": _amount(entry), "day": day_said(entry.shown["by"]), "who": entry.shown["said_by"] or _("They")}
    return _made(entry, _("%(who)s promised %(amount)s by %(day)s") % said, _quoted(entry.words), _(tag), tone)


def _dispute(entry: Entry, names: Mapping[str, str]) -> Told:
    said = {"amount": _amount(entry), "document": entry.shown["document"]}
    title = _("%(amount)s of %(document)s is disputed") % said
    reason = entry.shown["reason"]
    note = " · ".join(filter(None, [_(DISPUTE_REASONS[reason]), _quoted(entry.words)]))
    return _made(entry, title, note, _(DISPUTE_STATES[entry.what]), "" if entry.what == "resolved" else "warn")


def _payment(entry: Entry, names: Mapping[str, str]) -> Told:
    if _count(entry) > 1:
        return _made(entry, _payments_title(entry, _count(entry)))
    return _made(entry, _("%(amount)s came in") % {"amount": _amount(entry)}, entry.shown["document"], "", "")


def _notice(entry: Entry, names: Mapping[str, str]) -> Told:
    channel = entry.shown["channel"]
    title = _(_NOTICES[channel])
    state = _NOTICE_STATES.get(entry.what, "")
    tone = {"delivered": "ok", "replied": "ok", "bounced": "bad", "refused": "bad", "in_doubt": "warn"}
    return _made(entry, f"{title}{_(': ')}{entry.words}" if entry.words else title, "", _(state) if state else "",
                 tone.get(entry.what, ""))  # fmt: skip


def _order(entry: Entry, names: Mapping[str, str]) -> Told:
    return _made(entry, _(_ORDER_STATES[entry.what]) % {"amount": _amount(entry)}, entry.words)


def _warning(entry: Entry, names: Mapping[str, str]) -> Told:
    item: WorkItem = entry.shown["item"]
    kind, about = kind_named(item.kind), About(item.kind, item.key, item.company_id, item.customer_id, item.shown)
    return _made(entry, _(kind.title_of(about)), kind.describe(about), "", "")


def _plan(entry: Entry, names: Mapping[str, str]) -> Told:
    said = {"who": _who(entry, names), "amount": _amount(entry)}
    if entry.what == "agreed":
        return _made(entry, _("%(who)s approved instalments of %(amount)s") % said, tag=_("agreed"), tone="ok")
    said["n"] = entry.shown["instalments"]
    title = ngettext(
        "%(who)s asked to let %(amount)s be paid in %(n)s instalment",
        "%(who)s asked to let %(amount)s be paid in %(n)s instalments",
        entry.shown["instalments"],
    )
    state = REQUEST_STATES[entry.shown["state"]]
    return _made(entry, title % said, _quoted(entry.words), _(state))


def _interest(entry: Entry, names: Mapping[str, str]) -> Told:
    said = {"who": _who(entry, names), "amount": _amount(entry)}
    note = f"{entry.shown['from']} – {entry.shown['until']}" if entry.what == "claimed" else _quoted(entry.words)
    tag = _(_TAKEN_BACK) if entry.shown["withdrawn"] else ""
    return _made(entry, _(_INTEREST[entry.what]) % said, note, tag)


def _freeze(entry: Entry, names: Mapping[str, str]) -> Told:
    title = _(_FROZEN[entry.what, entry.shown["kind"]]) % {"who": _who(entry, names)}
    tag, tone = (_("frozen"), "bad") if entry.what == "frozen" else (_("released"), "ok")
    return _made(entry, title, _quoted(entry.words), tag, tone)


def _lawyer(entry: Entry, names: Mapping[str, str]) -> Told:
    """Where the strategy asks nobody before, nobody let it go; nor did who had the day run by a command."""
    opened = _("The task for the lawyer was opened")
    said = opened if is_operator(entry.actor) else _("%(who)s let it go to the lawyer")
    return replace(_warning(entry, names), title=said % {"who": _who(entry, names)})


def _mention(entry: Entry, names: Mapping[str, str]) -> Told:
    to = names.get(entry.shown["to"], entry.shown["to"])
    return _made(entry, _("%(who)s to %(colleague)s") % {"who": _who(entry, names), "colleague": to}, entry.words)


def _statement(entry: Entry, names: Mapping[str, str]) -> Told:
    title = _("Statement until %(day)s: %(amount)s") % {
        "day": day_said(entry.shown["until"]),
        "amount": _amount(entry),
    }
    return _made(entry, title, entry.shown["number"])


def _portal(entry: Entry, names: Mapping[str, str]) -> Told:
    said = {"day": day_said(entry.shown["until"]), "amount": _amount(entry), "who": entry.shown["person"] or _("They")}
    if entry.what == "asked":
        return _made(entry, _("%(who)s was asked to confirm %(amount)s as of %(day)s") % said, "", _("no answer yet"))
    disputed = entry.shown["disputed"] or 0
    tag = _("confirmed") if not disputed else _("with differences")
    return _made(entry, _("%(who)s answered the account as of %(day)s") % said, "", tag, "warn" if disputed else "ok")


def _quoted(words: str) -> str:
    if not words:
        return ""
    return f"“{words}”"


def _amount(entry: Entry) -> str:
    return amount_said(entry.amount or 0, entry.currency)


def amount_said(amount: int, currency: str) -> str:
    """An amount as a sentence of the page says it: in Chinese yuan go without their currency."""
    text = grouped(to_text(amount, currency))
    return text if currency == "CNY" and (get_language() or "").startswith("zh") else f"{currency} {text}"


def amounts_said(sums: Mapping[str, int]) -> str:
    """Amounts by currency; of several each with its own, lest one is read as another's."""
    if len(sums) == 1:
        return "".join(amount_said(amount, currency) for currency, amount in sums.items())
    told = (f"{currency} {grouped(to_text(amount, currency))}" for currency, amount in sorted(sums.items()))
    return _(", ").join(told)


_TELLERS = {
    "call": _call, "visit": _visit, "promise": _promise, "dispute": _dispute, "payment": _payment, "notice": _notice,
    "order": _order, "warning": _warning, "plan": _plan, "interest": _interest, "freeze": _freeze,
    "lawyer": _lawyer, "mention": _mention, "statement": _statement, "portal": _portal,
}  # fmt: skip
