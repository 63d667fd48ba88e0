"""Whether a counterparty is a natural person, as far as its name tells."""

from __future__ import annotations

import re

from huikuan.kernel.text import plain

#: Words of organisations; a name without any is taken for a person's.
_ORGANISATIONS = re.compile(
    r"公司|集团|银行|工厂|[厂店部院校会所社局站馆坊行司处]$|中心|合伙|基金|财政|国库|税务|医院|大学|委员会|"
    r"\b(?:co|corp|corporation|company|inc|ltd|limited|llc|llp|plc|gmbh|ag|kg|sa|srl|spa|bv|nv|oy|ab|as|bank|group)\b",
    re.IGNORECASE,
)


def natural_person(name: str) -> bool:
    """True where nothing in the name is an organisation's word, and where there is no name."""
    return not _ORGANISATIONS.search(plain(name).rstrip(".").replace(".", ""))
