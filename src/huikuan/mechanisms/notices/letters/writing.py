"""Writing a letter: the version in force, its placeholders filled, set as PDF and as Word document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.documents.typesetting import pdf, pictures
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.domain.template_codes import CHINESE, CODES, KEYS, Code
from huikuan.mechanisms.notices.domain.templates import Table
from huikuan.mechanisms.notices.letters.composing import Content, as_text, body, line, plain_parts
from huikuan.mechanisms.notices.letters.letterhead import Head, head_of
from huikuan.mechanisms.notices.letters.messages import TITLES
from huikuan.mechanisms.notices.letters.policies import kind_of
from huikuan.mechanisms.notices.letters.setting import TEMPLATE
from huikuan.mechanisms.notices.letters.speech import long_date
from huikuan.mechanisms.notices.letters.word import word_document
from huikuan.mechanisms.policies.queries import in_force

#: What a letter can be made as, beside the text of its mail.
PDF, WORD = "pdf", "docx"


@dataclass(frozen=True, slots=True)
class Written:
    """A letter. `text`: of the mail it goes with; `pdf`, `docx`: b'' where not asked for. `version_id` None: the
    shipped text. `lacking`: placeholders the letter should state and nothing is known for."""

    subject: str
    text: str
    pdf: bytes
    docx: bytes
    version_id: int | None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to look at that nobody approved yet; letters say so."""

    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: its subject, its text, and the version both are of (None: the shipped text)."""

    subject: str
    text: str
    version_id: int | None


class Writer:
    """The letter `code` of a company as of `at`: its version and letterhead are read once, for as many customers as
    one likes."""

    def __init__(self, *, code: str, company_id: int, at: datetime, draft: Draft | None = None) -> None:
        policy = in_force(kind_of(code), company_id=company_id, at=at)
        self._company = Company.objects.get(pk=company_id)
        self._heads: dict[tuple[str, str], Head] = {}
        self.code, self.at, self.is_draft = CODES[code], at, draft is not None
        self.document = draft.document if draft else policy.document
        self.version_id = policy.version_id

    def words(self, *, language: str, values: Mapping[str, str], tables: Mapping[str, Table]) -> Words:
        """Subject and text of the mail, nothing set: quick."""
        with translation.override(checked_language(language)):
            texts, content = self._texts(language), self._content(language, values, tables)
            return Words(line(texts["subject"], content), as_text(texts["mail"], content), self.version_id)

    def letter(
        self, *, language: str, values: Mapping[str, str], tables: Mapping[str, Table], forms: Collection[str]
    ) -> Written:
        words = self.words(language=language, values=values, tables=tables)
        said = self.said(language=language, values=values, tables=tables) if forms else {}
        return Written(
            subject=words.subject,
            text=words.text,
            pdf=pdf(TEMPLATE, said, at=self.at) if PDF in forms else b"",
            docx=word_document(said, at=self.at) if WORD in forms else b"",
            version_id=words.version_id,
            lacking=_lacking(self.code, self._content(language, values, tables)),
        )

    def short(self, *, channel: str, language: str, values: Mapping[str, str]) -> str:
        """The short text for 'sms' or 'im'; refuses where the template has none."""
        text = self._texts(language).get(channel, "")
        if not text.strip():
            raise Refusal("letter_short_text_missing", channel=channel)
        return line(text, self._content(language, values, {}))

    def names_account(self, *, language: str, currency: str) -> bool:
        """Whether the letterhead names where to pay this currency to."""
        return bool(self._head(checked_language(language), currency).accounts)

    def said(self, *, language: str, values: Mapping[str, str], tables: Mapping[str, Table]) -> dict[str, Any]:
        """Everything the document says, as plain data."""
        with translation.override(checked_language(language)):
            content = self._content(language, values, tables)
            return _said(self.code.code, language, self._texts(language)["letter"], content, is_draft=self.is_draft)

    def _texts(self, language: str) -> Mapping[str, str]:
        texts: Mapping[str, str] = self.document[KEYS[checked_language(language)]]
        return texts

    def _content(self, language: str, values: Mapping[str, str], tables: Mapping[str, Table]) -> Content:
        """What the texts are filled with; refuses where a value is missing that the letter cannot do without."""
        head = self._head(language, values.get("currency", ""))
        known = {**dict.fromkeys(self.code.names, ""), **head.values}
        known["letter_date"] = long_date(business_date(self.at, self._company.time_zone), language)
        known |= {name: value for name, value in values.items() if name in self.code.names}
        known["our_contact"] = known["our_contact"] or known["company_department"]
        known["our_phone"] = known["our_phone"] or known["company_phone"]
        for name in sorted(self.code.must):
            if not tidy(known[name]):
                raise Refusal("letter_value_missing", name=name)
        return Content(head, known, tables)

    def _head(self, language: str, currency: str) -> Head:
        if (language, currency) not in self._heads:
            self._heads[language, currency] = head_of(self._company, language=language, currency=currency, at=self.at)
        return self._heads[language, currency]


def write_letter(
    *,
    code: str,
    language: str,
    values: Mapping[str, str],
    tables: Mapping[str, Table],
    company_id: int,
    at: datetime,
    forms: Collection[str] = (PDF, WORD),
    draft: Draft | None = None,
) -> Written:
    """The letter `code` in `language` ('zh-hans', 'en') as of `at`, by the version in force for the company.

    `values`: the code's placeholders; those the letterhead fills need not be given, and of the others only those it
    cannot do without (`Code.must`). Refuses a missing value or table and what would be too large; nothing is recorded.
    """
    writer = Writer(code=code, company_id=company_id, at=at, draft=draft)
    return writer.letter(language=language, values=values, tables=tables, forms=forms)


def write_words(
    *,
    code: str,
    language: str,
    values: Mapping[str, str],
    tables: Mapping[str, Table],
    company_id: int,
    at: datetime,
) -> Words:
    """The letter's mail alone. For many customers keep a `Writer`."""
    return Writer(code=code, company_id=company_id, at=at).words(language=language, values=values, tables=tables)


def write_short(
    *, code: str, channel: str, language: str, values: Mapping[str, str], company_id: int, at: datetime
) -> str:
    """The letter's short text for 'sms' or 'im'; refuses where its template has none."""
    return Writer(code=code, company_id=company_id, at=at).short(channel=channel, language=language, values=values)


def letter_pages(said: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The pages of what `Writer.said` says as PNG, to look at."""
    return pictures(TEMPLATE, said, ppi=ppi)


def checked_language(language: str) -> str:
    """'zh-hans' or 'en'; refuses others."""
    if language not in KEYS:
        raise Refusal("letter_language_unknown", value=language)
    return language


def _said(code: str, language: str, letter: str, content: Content, *, is_draft: bool) -> dict[str, Any]:
    number = tidy(content.values["letter_number"])
    meta = [[_("Number"), number]] if number else []
    return {
        "lang": KEYS[language],
        "region": "cn" if language == CHINESE else "gb",
        "title": _(TITLES[code]),
        "draft": _("Draft: not approved, not to be sent") if is_draft else "",
        "issuer": _issuer(content),
        "meta": [*meta, [_("Dated"), content.values["letter_date"]]],
        "parts": body(letter, content),
        "page": _("Page {n} of {m}"),
        "running": " · ".join(filter(None, (_(TITLES[code]), tidy(content.values["customer_name"]), number))),
    }


def _issuer(content: Content) -> dict[str, Any]:
    """The company, or the law firm that writes for it."""
    value = content.values
    if not value.get("firm_name"):
        return {"name": content.head.name, "lines": list(content.head.lines)}
    lines = [tidy(value["firm_address"]), tidy(value["firm_phone"])]
    return {"name": tidy(value["firm_name"]), "lines": [" · ".join(filter(None, lines))]}


def _lacking(code: Code, content: Content) -> tuple[str, ...]:
    wanted = sorted({name for element in code.elements for name in element.needs if name in code.names})
    silent = [name for name in wanted if not tidy(content.values[name])]
    asks_account = any("bank_account" in element.needs for element in code.elements)
    return (*silent, *(["bank_account"] if asks_account and not content.head.accounts else []))


def plain_letter(
    *, company: Company, title: str, to: str, text: str, number: str, language: str, at: datetime
) -> bytes:
    """Words written elsewhere on the company's letterhead, as PDF; call within the letter's language."""
    head = head_of(company, language=language, currency="", at=at)
    day = long_date(business_date(at, company.time_zone), language)
    content = Content(head, {"letter_date": day}, {})
    said = {
        "lang": KEYS[checked_language(language)],
        "region": "cn" if language == CHINESE else "gb",
        "title": tidy(title),
        "draft": "",
        "issuer": {"name": head.name, "lines": list(head.lines)},
        "meta": [[_("Number"), number], [_("Dated"), day]],
        "parts": [{"kind": "salutation", "text": to}, *plain_parts(text, content)],
        "page": _("Page {n} of {m}"),
        "running": tidy(title),
    }
    return pdf(TEMPLATE, said, at=at)
