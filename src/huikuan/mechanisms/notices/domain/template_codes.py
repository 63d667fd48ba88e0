"""Which letters there are, what each may say (its placeholders) and what it has to say (its elements).

The elements are those of docs/algorithms/letters.md. One is asked for by its placeholders, or where it is a sentence
by words it cannot do without; what is missing is named, with a sentence that would do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CHINESE, ENGLISH = "zh-hans", "en"
#: What a template's document calls them.
KEYS = {CHINESE: "zh", ENGLISH: "en"}
SECTIONS = ("subject", "mail", "letter", "sms", "im")
#: Sections a template may leave empty: then that channel is not written in.
OPTIONAL = ("sms", "im")
SHORT = {"sms": 400, "im": 2_000, "subject": 200}


@dataclass(frozen=True, slots=True)
class Element:
    """Something a letter has to say. `needs`: placeholders, all of them. `words`: by language a pattern the text has
    to show; `fix`: a sentence that does. `told_by`: a placeholder that says all of it by itself, where there is
    something to say."""

    name: str
    needs: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    fix: dict[str, str] = field(default_factory=dict)
    told_by: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of letter. `names`: placeholders for text; `blocks`: those that stand alone, as a table or boxes.
    `must`: values that may not be empty."""

    code: str
    names: frozenset[str]
    blocks: frozenset[str]
    elements: tuple[Element, ...]
    must: frozenset[str]


_OURS = "company_name company_uscc company_address company_phone company_email company_department reply_address"
_THEIRS = "customer_name customer_code customer_uscc contact_name"
_ALWAYS = f"{_OURS} {_THEIRS} letter_number letter_date currency our_contact our_phone"
_OPEN = "as_of total total_in_words item_count contract_numbers oldest_due days_late document_numbers"
_INTEREST = "interest interest_basis interest_until total_with_interest"
#: All that is said of the interest, in its sentences; empty where none is demanded.
_TOLD = "interest_told"

_SENDER, _RECIPIENT = Element("sender", ("company_name",)), Element("recipient", ("customer_name",))
_SENDER_CODE = Element("sender_code", ("company_uscc",))
_RECIPIENT_CODE = Element("recipient_code", ("customer_uscc",))
_ITEMS, _AMOUNT, _CUT_OFF = Element("items", ("items",)), Element("amount", ("total",)), Element("cut_off", ("as_of",))
_CONTRACTS, _BANK = Element("contracts", ("contract_numbers",)), Element("bank", ("bank_account",))
_ANSWER, _REPLY, _RECEIPT = (
    Element("answer", ("answer",)),
    Element("reply_address", ("reply_address",)),
    Element("receipt", ("receipt",)),
)
_DEMAND = Element(
    "demand",
    (),
    {
        "zh": r"(要求|请|催告|敦促).{0,60}?(付清|支付|清偿|付款|偿还)",
        "en": r"(demand|require|request|call (up)?on).{0,120}?pa(y|id)",
    },
    {"zh": "现要求贵公司于{{deadline}}前付清上述款项。", "en": "We demand that you pay it by {{deadline}}."},
)
_DEADLINE = Element("deadline", ("deadline",))
_CONSEQUENCE = Element(
    "consequence",
    (),
    {
        "zh": r"诉讼|仲裁|法律途径|起诉|停止供货|暂停(供货|发货)",
        "en": r"legal (action|proceedings|steps)|\bcourt|arbitration|\bsue\b|suspend",
    },
    {"zh": "逾期未付的，我公司将依法提起诉讼或者仲裁。", "en": "Failing payment, we will take legal proceedings."},
)
_RESERVATION = Element(
    "reservation",
    (),
    {"zh": r"保留.{0,30}?权利", "en": r"reserv\w*.{0,60}?rights?|rights?.{0,60}?reserv"},
    {"zh": "我公司保留依法主张的一切权利。", "en": "All our rights are reserved."},
)
_ADMISSION = Element(
    "admission",
    (),
    {"zh": r"确认.{0,60}?(尚欠|欠付|应付|未付)", "en": r"(confirm|acknowledge).{0,160}?(owe|owing|payable|due)"},
    {"zh": "贵公司确认尚欠我公司货款{{total}}元。", "en": "You acknowledge that you owe us {{currency}} {{total}}."},
)
_NO_DISPUTE = Element(
    "no_dispute",
    (),
    {
        "zh": r"(无|没有|不存在).{0,12}?(争议|异议)",
        "en": r"\b(no|free (of|from)|without|not subject to)\b.{0,60}?disput|undisputed",
    },
    {"zh": "上述款项不存在任何争议。", "en": "The amount is not subject to any dispute."},
)
_NO_OFFSET = Element(
    "no_offset",
    (),
    {"zh": r"抵销", "en": r"set[- ]?off"},
    {"zh": "贵公司不就上述款项主张抵销。", "en": "You claim no set-off against it."},
)
_PROMISE = Element(
    "promise",
    (),
    {"zh": r"承诺.{0,60}?(付清|支付|付款)", "en": r"(undertake|promise|commit).{0,120}?pay"},
    {"zh": "贵公司承诺于{{pay_by}}前付清。", "en": "You undertake to pay it by {{pay_by}}."},
)
_INTEREST_RESERVED = Element(
    "interest_reserved",
    (),
    {
        "zh": r"(利息|违约金).{0,40}?(保留|不放弃)|(保留|不放弃|不构成).{0,40}?(利息|违约金)",
        "en": r"interest.{0,120}?(reserv|not waive)|(reserv|not waive|no waiver).{0,120}?interest",
    },
    {"zh": "本函不构成对逾期利息的放弃，我公司保留主张的权利。", "en": "Our claim to interest is reserved."},
)
_MANDATE = Element(
    "mandate",
    ("company_name",),
    {"zh": r"(受|接受).{0,60}?委托", "en": r"instruct|mandate|act(ing)? (for|on behalf)"},
    {"zh": "本所受{{company_name}}委托，函告如下。", "en": "We are instructed by {{company_name}}."},
)
_LAW = Element(
    "law",
    (),
    {"zh": r"《[^》]*(法典?|条例|解释)》", "en": r"civil code|\blaw\b|\bact\b"},
    {"zh": "根据《中华人民共和国民法典》的规定……", "en": "Under the Civil Code …"},
)
_IRREVOCABLE = Element(
    "irrevocable",
    (),
    {"zh": r"不(可|得)撤销", "en": r"irrevocabl"},
    {"zh": "本通知自到达之日起生效，不可撤销。", "en": "This notice is irrevocable."},
)


def _code(code: str, more: str, blocks: str, must: str, *elements: Element) -> Code:
    return Code(
        code,
        frozenset(f"{_ALWAYS} {more}".split()),
        frozenset(blocks.split()),
        elements,
        frozenset(f"company_name customer_name currency {must}".split()),
    )


CODES = {
    one.code: one
    for one in (
        _code(
            "reminder", f"{_OPEN} goodwill_offer confirm_link", "items bank_account signature", "total",
            _SENDER, _RECIPIENT, _ITEMS, _AMOUNT, _BANK, _REPLY,
        ),
        _code(
            "statement", "period_from period_to closing closing_words reply_by confirm_link statement_number",
            "account items bank_account answer signature", "period_to closing",
            _SENDER, _SENDER_CODE, _RECIPIENT, _RECIPIENT_CODE, Element("cut_off", ("period_to",)),
            Element("account", ("account",)), _ITEMS, _ANSWER, _REPLY,
        ),
        _code(
            "account_confirmation", f"{_OPEN} reply_by pay_by confirm_link",
            "items bank_account answer signature", "total as_of",
            _SENDER, _SENDER_CODE, _RECIPIENT, _RECIPIENT_CODE, _CUT_OFF, _CONTRACTS, _AMOUNT, _ITEMS, _ADMISSION,
            _NO_DISPUTE, _NO_OFFSET, _PROMISE, _INTEREST_RESERVED, _ANSWER, _REPLY,
        ),
        _code(
            "demand", f"{_OPEN} {_INTEREST} {_TOLD} deadline", "items segments bank_account receipt signature",
            "total deadline days_late interest_basis interest",
            _SENDER, _RECIPIENT, _CONTRACTS, _AMOUNT, _ITEMS, Element("days_late", ("days_late",)),
            Element("interest_basis", ("interest_basis",), told_by=_TOLD),
            Element("interest", ("interest",), told_by=_TOLD),
            _DEMAND, _DEADLINE, _BANK, _CONSEQUENCE, _RESERVATION, _RECEIPT,
        ),
        _code(
            "lawyers_letter",
            f"{_OPEN} {_INTEREST} {_TOLD} deadline firm_name firm_address firm_phone lawyer_name lawyer_licence",
            "items segments bank_account lawyer_signature receipt", "total deadline firm_name lawyer_name",
            Element("firm", ("firm_name",)), _RECIPIENT, _MANDATE, _CONTRACTS, _AMOUNT, _ITEMS, _LAW, _DEMAND,
            _DEADLINE, _RESERVATION, Element("lawyer", ("lawyer_name",)),
            Element("lawyer_signature", ("lawyer_signature",)),
        ),
        _code(
            "assignment_notice",
            f"{_OPEN} assignee_name assignee_uscc assignee_address assignee_contact agreement_number agreement_date"
            " evidence registration_number assignee_holder assignee_bank assignee_number",
            "items assignee_account receipt signature", "total assignee_name evidence",
            Element("assignor", ("company_name",)), _RECIPIENT, Element("assignee", ("assignee_name",)), _CONTRACTS,
            _AMOUNT, _ITEMS, Element("assignee_account", ("assignee_account",)), _IRREVOCABLE,
            Element("assignee_identity", ("assignee_uscc",)), Element("evidence", ("evidence",)), _RECEIPT,
        ),
        _code(
            "interest_sheet",
            f"{_INTEREST} interest_open document_no contract_numbers principal principal_due due_date until"
            " interest_rule day_count",
            "segments bank_account signature", "principal due_date until interest interest_rule day_count",
            _SENDER, _RECIPIENT, Element("document", ("document_no",)), Element("principal", ("principal",)),
            Element("due_date", ("due_date",)), Element("until", ("until",)), Element("rule", ("interest_rule",)),
            Element("day_count", ("day_count",)), Element("segments", ("segments",)),
            Element("interest", ("interest",)),
        ),
    )
}  # fmt: skip

#: What a short text has to say: who writes, and for text messages how to have no more of them.
SHORT_ELEMENTS = {
    "sms": (
        _SENDER,
        Element(
            "opt_out",
            (),
            {"zh": r"(退订|拒收).{0,6}?(回|请回)", "en": r"\bstop\b"},
            {"zh": "退订回TD", "en": "Reply STOP to opt out."},
        ),
    ),
    "im": (_SENDER,),
}
#: What a mail has to say, whatever is attached to it.
MAIL_ELEMENTS = (_SENDER, _RECIPIENT)
