"""Writing the messages of a day: the house's letters in force, filled with what is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.act.collection.domain.deciding import Line
from huikuan.act.collection.domain.strategy import FORMAL
from huikuan.act.collection.policies import GOODWILL_CATALOGUE
from huikuan.act.collection.queries.due import Planned
from huikuan.act.collection.queries.letter_facts import interest_of, papers_of
from huikuan.act.collection.queries.still_open import Lines, still_open
from huikuan.act.collection.saying import Claim, LetterFacts, say
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.domain.template_codes import CODES
from huikuan.mechanisms.notices.domain.wanted import EMAIL, IM, LETTER, SMS, VOICE
from huikuan.mechanisms.notices.letters.messages import TITLES
from huikuan.mechanisms.notices.letters.speech import long_date
from huikuan.mechanisms.notices.letters.writing import Writer
from huikuan.mechanisms.notices.queries.rows import Letter
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.queries import CustomerRow, customers_by_id
from huikuan.record.interest.queries.accruals import Accrual

#: Which short text each of these is written in; a voice is given what would be written at once.
_SHORT = {SMS: SMS, IM: IM, VOICE: IM}
#: Letters that have to say where to pay.
_FORMAL = ("demand", "lawyers_letter")


@dataclass(frozen=True, slots=True)
class Script:
    """What one message says, and the house's texts it is written by and that go with it."""

    subject: str
    text: str
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the messages of a batch speak of, read at once."""

    customers: Mapping[int, CustomerRow]
    papers: Mapping[int, Mapping[str, Any]]
    opened: Lines
    borne: Mapping[int, Accrual]


class Scribe:
    """Writes a company's messages that are sent on the day `on`; the texts in force and the letterheads are read once,
    what the messages speak of in a few questions a batch."""

    def __init__(self, company: Company, on: date, at: datetime) -> None:
        self._company, self._on, self._at = company, on, at
        self._writers: dict[str, Writer] = {}
        catalogue = in_force(GOODWILL_CATALOGUE.name, company_id=company.pk, at=at)
        # What is offered is somebody's word: the shipped examples are nobody's.
        offers = catalogue.document["offers"] if catalogue.version_id else ()
        self._offers = " ".join(one["text"] for one in offers)

    def write(self, planned: Sequence[Planned]) -> list[Script | Refusal]:
        """What each of these messages says; the refusal, where its letter cannot be written."""
        facts = self._facts(planned)
        found: list[Script | Refusal] = []
        for one in planned:
            try:
                found.append(self._script(one, facts))
            except Refusal as refusal:
                found.append(refusal)
        return found

    def one(self, planned: Planned) -> Script:
        """What this one says; refuses what cannot be written."""
        return self._script(planned, self._facts([planned]))

    def _facts(self, planned: Sequence[Planned]) -> _Facts:
        bearing = [one for one in planned if any("interest" in CODES[code].names for code in _known(one))]
        return _Facts(
            customers=customers_by_id({one.approach.customer_id for one in planned}),
            papers=papers_of(_items(planned)),
            opened=still_open(_items(planned), self._on),
            borne=interest_of(_items(bearing), self._on, at=self._at),
        )

    def _script(self, one: Planned, facts: _Facts) -> Script:
        head, channel, language = one.approach.head, one.approach.channel, _language(one)
        writer = self._writer(head.template)
        subjects, texts, letters = [], [], []
        for currency in one.approach.amounts:
            self._require_account(one, currency)
            told = self._told(one, currency, facts)
            subject, text = _words(writer, channel, language, told)
            subjects.append(subject)
            texts.append(text)
            letters += [self._letter(code, one, currency, told) for code in _enclosed(one)]
        if letters and channel == EMAIL:
            with translation.override(language):
                texts.append(_("Enclosed: %(names)s") % {"names": ", ".join(letter.name for letter in letters)})
        own = Letter(head.template, writer.version_id)
        return Script("; ".join(filter(None, subjects)), "\n\n".join(texts), (own, *letters))

    def _require_account(self, one: Planned, currency: str) -> None:
        """A formal demand that does not say where to pay demands nothing."""
        language = _language(one)
        for code in _known(one):
            if code in _FORMAL and not self._writer(code).names_account(language=language, currency=currency):
                raise Refusal("letter_account_missing", currency=currency)

    def _letter(self, code: str, one: Planned, currency: str, told: LetterFacts) -> Letter:
        """The letter as a file: one for each currency, since it names where to pay."""
        language, writer = _language(one), self._writer(code)
        several = f"-{currency}" if len(one.approach.amounts) > 1 else ""
        with translation.override(language):
            name = f"{_(TITLES[code])}-{told.values['customer_code']}-{self._on:%Y%m%d}{several}.pdf"
        return Letter(
            code, writer.version_id, name, writer.said(language=language, values=told.values, tables=told.tables)
        )

    def _told(self, one: Planned, currency: str, facts: _Facts) -> LetterFacts:
        """What is said of the claims asked for in the currency."""
        customer_id, language = one.approach.customer_id, _language(one)
        claims = _asked(one, currency, facts)
        borne = _borne(claims, facts, self._on)
        told = say(facts.customers[customer_id], claims, borne, currency=currency, as_of=self._on, language=language)
        offers = self._offers if one.approach.head.goodwill else ""
        more = {"letter_date": long_date(self._on, language), "goodwill_offer": offers}
        return replace(told, values={**told.values, **more})

    def _writer(self, code: str) -> Writer:
        if code not in self._writers:
            self._writers[code] = Writer(code=code, company_id=self._company.pk, at=self._at)
        return self._writers[code]


def _words(writer: Writer, channel: str, language: str, told: LetterFacts) -> tuple[str, str]:
    if channel in _SHORT:
        return "", writer.short(channel=_SHORT[channel], language=language, values=told.values)
    words = writer.words(language=language, values=told.values, tables=told.tables)
    return words.subject, words.text


def _enclosed(one: Planned) -> list[str]:
    """The letters that go with it as files: those its step names, and the letter itself where it is printed or asks
    for payment formally."""
    head, channel = one.approach.head, one.approach.channel
    if channel not in (EMAIL, LETTER):
        return []
    own = head.template if channel == LETTER or head.purpose in FORMAL else ""
    return list(dict.fromkeys(filter(None, (own, head.attach))))


def _borne(claims: Sequence[Claim], facts: _Facts, on: date) -> list[Accrual]:
    """What these claims bear, an item once however many instalments of it are asked for. What is left alone for a
    dispute or a promise bears interest too: none is demanded of an item until all of it that is late is asked for."""
    asked: dict[int, int] = defaultdict(int)
    for claim in claims:
        asked[claim.item_id] += claim.open_amount if claim.due_date and claim.due_date < on else 0
    found = (facts.borne[item_id] for item_id in asked if item_id in facts.borne)
    return [one for one in found if asked[one.item.pk] >= _late(one, on)]


def _late(one: Accrual, on: date) -> int:
    """What of it is overdue and not paid."""
    return sum(due.principal - sum(amount for _, amount in due.paid) for due in one.owed if due.due < on)


def _known(one: Planned) -> list[str]:
    return [code for code in (one.approach.head.template, *_enclosed(one)) if code in CODES]


def _items(planned: Iterable[Planned]) -> set[int]:
    return {due.line.item_id for one in planned for due in one.approach.dues}


def _language(one: Planned) -> str:
    if one.address is None:
        raise TypeError("a task is written to nobody")
    return one.address.language


def _asked(one: Planned, currency: str, facts: _Facts) -> Sequence[Claim]:
    """Each line that is asked for: a claim, or an instalment of it, with what is pursued of it."""
    return [_claim(due.line, facts) for due in one.approach.dues if due.line.currency == currency]


def _claim(line: Line, facts: _Facts) -> Claim:
    _, opened = facts.opened.get(line.item_id, (0, {}))
    _, whole = opened.get(line.line, (line.due_date, line.open_amount))
    asked, alone = line.open_amount, max(whole - line.open_amount, 0)
    return Claim(
        line.item_id, open_amount=asked, left_alone=alone, due_date=line.due_date, **facts.papers[line.item_id]
    )
