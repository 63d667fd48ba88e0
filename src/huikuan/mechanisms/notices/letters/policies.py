"""What letters say: a policy for each code, so that a second person approves every text that goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.notices.domain.template_check import Fault, faults
from huikuan.mechanisms.notices.domain.template_codes import CODES, Code
from huikuan.mechanisms.notices.letters.messages import ELEMENTS, FAULTS, TITLES
from huikuan.mechanisms.notices.letters.shipped import shipped
from huikuan.mechanisms.policies.kinds import Kind, register


def kind_of(code: str) -> str:
    """'demand' → 'letter_demand'; refuses a code there is no letter of."""
    if code not in CODES:
        raise Refusal("letter_unknown", letter=code, known=", ".join(CODES))
    return f"letter_{code}"


def places(found: list[Fault]) -> list[Place]:
    """Where a template is at fault, as a refusal says it."""
    return [
        Place(
            column=one.section,
            row=one.line or None,
            value=one.about,
            reason=ELEMENTS[one.about] if one.code == "element_missing" else FAULTS[one.code],
            fix=one.fix,
        )
        for one in found
    ]


def _checks(code: Code) -> Callable[[Mapping[str, Any]], None]:
    def check(document: Mapping[str, Any]) -> None:
        found = places(faults(code, document))
        if found:
            raise Refusal("template_invalid", where=found)

    return check


KINDS = {
    code.code: register(Kind(kind_of(code.code), TITLES[code.code], shipped(code.code), _checks(code)))
    for code in CODES.values()
}
