"""What a run says: rows and reasons in words, and the plain values its documents hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from huikuan.act.collection.domain import strategy
from huikuan.act.collection.domain.deciding import Stop
from huikuan.kernel.money import to_text
from huikuan.mechanisms.notices.letters.messages import SENTENCES as LETTER_REFUSALS
from huikuan.mechanisms.pages.figures import grouped

_SHIPPED = re.compile(r"dun:(-?\d{1,4})")
#: Why a step is not taken, in words; filled by the parameters of the stop.
STOPS = {
    strategy.HELD: gettext_noop("on hold: %(why)s"),
    strategy.DISPUTED: gettext_noop("disputed"),
    strategy.PROMISED: gettext_noop("promised by %(by)s"),
    strategy.PLANNED: gettext_noop("in a payment plan, due %(by)s"),
    strategy.INSURED: gettext_noop("insured and %(after)s days late: the insurer has it"),
    strategy.UNAPPLIED: gettext_noop("unapplied cash of %(amount)s waits to be matched"),
    strategy.CONTROL: gettext_noop("in the control group: no message until day %(until)s late"),
    strategy.NO_ADDRESS: gettext_noop("no address for %(channel)s"),
    strategy.OPTED_OUT: gettext_noop("wants nothing by %(channel)s"),
    strategy.WAITS: gettext_noop("was written to today"),
    strategy.OVERCLAIMED: gettext_noop("%(amount)s too much interest was claimed: to be corrected first"),
    strategy.UNWRITTEN: gettext_noop("the letter cannot be written: %(why)s"),
}
CHANNELS = {
    "email": gettext_noop("e-mail"),
    "sms": gettext_noop("text message"),
    "im": gettext_noop("instant message"),
    "letter": gettext_noop("letter"),
    "voice": gettext_noop("voice call"),
    "call": gettext_noop("telephone call"),
    "visit": gettext_noop("visit"),
    "lawyer": gettext_noop("lawyer"),
    "freeze": gettext_noop("supply freeze"),
    "debit": gettext_noop("direct debit"),
    "transfer": gettext_noop("transfer of the claim"),
}
#: The strategies that are shipped.
PRESET_TITLES = {
    "default": gettext_noop("default"),
    "manufacturer": gettext_noop("manufacturer"),
    "e-commerce": gettext_noop("e-commerce"),
}
#: Why a customer pays late, as people find out.
CAUSES = {
    "": gettext_noop("not known"),
    "cash_strain": gettext_noop("short of cash"),
    "bad_faith": gettext_noop("in bad faith"),
    "quality": gettext_noop("quality, delivery or price"),
    "paperwork": gettext_noop("invoice or papers missing"),
    "management": gettext_noop("change of management"),
    "oversight": gettext_noop("oversight"),
}


def step_text(code: str) -> str:
    """A step of the shipped strategies (`dun:7`) by its day; another as the company calls it."""
    found = _SHIPPED.fullmatch(code)
    if found is None:
        return code
    days = int(found[1])
    if days == 0:
        return _("on the due day")
    said = (
        ngettext("%(n)s day after due", "%(n)s days after due", days)
        if days > 0
        else ngettext("%(n)s day before due", "%(n)s days before due", -days)
    )
    return said % {"n": abs(days)}


def stop_text(stop: Stop) -> str:
    """Why not, in the reader's language."""
    said = dict(stop.params)
    if "channel" in said:
        said["channel"] = _(CHANNELS[str(said["channel"])])
    if "amount" in said:
        said["amount"] = f"{said['currency']} {grouped(to_text(int(said['amount']), str(said['currency'])))}"
    if "refusal" in said:
        said["why"] = _(LETTER_REFUSALS.get(str(said["refusal"]), str(said["refusal"]))) % said
    return _(STOPS[stop.code]) % said


def reason_text(why: Mapping[str, Any], together: int = 1) -> str:
    """Why this step, in the reader's language. `together`: how many lines go in one message."""
    words = [late_text(int(why["late"])), _("segment %(segment)s") % why, _from_day(int(why["day"]))]
    if why.get("missed"):
        missed = _(", ").join(step_text(code) for code in str(why["missed"]).split(", "))
        words.append(_("%(missed)s passed over") % {"missed": missed})
    if together > 1:
        words.append(_("with %(others)s more of the customer's") % {"others": together - 1})
    return _("; ").join(words)


def late_text(late: int) -> str:
    """How far from its due date."""
    if late > 0:
        return ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
    if late < 0:
        return ngettext("due in %(days)s day", "due in %(days)s days", -late) % {"days": -late}
    return _("due that day")


def _from_day(day: int) -> str:
    if day < 0:
        return ngettext("step of %(days)s day before", "step of %(days)s days before", -day) % {"days": -day}
    return _("step from day %(days)s on") % {"days": day}
