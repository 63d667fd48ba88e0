"""The field :86: of MT940 (what the payment is for and who the other side is), in the ways banks fill it.

Three dialects, as data: numbered subfields behind a separator (?20…, ~20…, <20… in Germany and Poland) with SEPA codes
inside the purpose (EREF+, SVWZ+ …); coded words between slashes (/REMI/…/NAME/… in the Netherlands); plain text. The
German non-SWIFT field :NS: numbers whole lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huikuan.kernel.text import tidy

#: Number of a subfield → what it holds; what stands in several is joined without a gap, as it was cut.
_SUBFIELDS = {
    "00": "posting",
    **{f"{number}": "purpose" for number in range(20, 30)},
    "30": "bank",
    "31": "account",
    "32": "name",
    "33": "name",
    "38": "iban",
    **{f"{number}": "purpose" for number in range(60, 66)},
}
_NON_SWIFT = {**{f"{number:02}": "purpose" for number in range(1, 15)}, "15": "name", "17": "posting"}
_SLASH_WORDS = {"REMI": "purpose", "NAME": "name", "IBAN": "account", "BIC": "bank", "EREF": "end_to_end"}
_SLASHED = frozenset(
    (*_SLASH_WORDS, "TRTP", "CSID", "MARF", "BENM", "ORDP", "ADDR", "ID", "PREF", "RTRN", "ULTD", "ULTC")
)

_NUMBERED = re.compile(r"^\s*(?:\d{3}\s*)?([?~<>|^])(?=\d\d)")
_SEPA = re.compile(r"(EREF|KREF|MREF|BREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")
_NO_REFERENCE = frozenset(("", "NONREF", "NOTPROVIDED", "KREF+"))
_FULL_LINE = 60


@dataclass(frozen=True, slots=True)
class Details:
    """What :86: says. `text`: the whole field as one line."""

    name: str = ""
    account: str = ""
    bank: str = ""
    purpose: str = ""
    end_to_end: str = ""
    text: str = ""


def read_details(lines: Sequence[str]) -> Details:
    """The field in whichever dialect it is written."""
    text = "".join(lines)
    numbered = _NUMBERED.match(text)
    if numbered:
        return _made(_numbered(text, numbered[1]), text)
    if words := _slashed(text):
        return _made(words, text)
    whole = tidy("".join(line if len(line) >= _FULL_LINE else f"{line} " for line in lines))
    return Details(purpose=whole, text=whole)


def read_non_swift(lines: Sequence[str]) -> Details:
    """The German field :NS:, each line numbered."""
    found: dict[str, str] = {}
    for line in lines:
        name = _NON_SWIFT.get(line[:2])
        if name:
            found[name] = f"{found.get(name, '')} {line[2:]}".strip()
    return _made(found, " ".join(lines))


def reference(text: str) -> str:
    """A reference of the payer; '' for the words that say there is none."""
    return "" if text.strip().upper() in _NO_REFERENCE else tidy(text)


def _numbered(text: str, separator: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(separator)[1:]:
        name = _SUBFIELDS.get(part[:2])
        if name:
            found[name] = found.get(name, "") + part[2:]
    return found


def _slashed(text: str) -> dict[str, str]:
    """The words between slashes, where the field begins with a known one."""
    parts = text.split("/")
    if len(parts) < 3 or parts[0].strip() or parts[1] not in _SLASHED:
        return {}
    found: dict[str, list[str]] = {}
    current = ""
    for part in parts[1:]:
        if part in _SLASHED:
            current = part
        else:
            found.setdefault(_SLASH_WORDS.get(current, ""), []).append(part)
    return {name: "/".join(said).strip("/") for name, said in found.items() if name}


def _made(found: Mapping[str, str], text: str) -> Details:
    purpose, codes = _sepa(found.get("purpose", ""))
    said = [purpose or found.get("posting", ""), codes.get("ABWA", "")]
    account = found.get("iban") or found.get("account") or codes.get("IBAN", "")
    return Details(
        name=tidy(found.get("name", "")),
        account=re.sub(r"\s", "", account),
        bank=tidy(found.get("bank", "")),
        purpose="; ".join(tidy(part) for part in said if part.strip()),
        end_to_end=reference(found.get("end_to_end") or codes.get("EREF", "")),
        text=tidy(text),
    )


def _sepa(purpose: str) -> tuple[str, dict[str, str]]:
    """(the purpose alone, the codes beside it): 'EREF+E1SVWZ+Rechnung 4711' → 'Rechnung 4711', {EREF: E1}."""
    parts = _SEPA.split(purpose)
    codes = {code: said.strip() for code, said in zip(parts[1::2], parts[2::2], strict=True)}
    alone = [parts[0].strip(), codes.get("SVWZ", "")]
    return "; ".join(part for part in alone if part), codes
