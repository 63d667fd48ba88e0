"""Whether words name an account of somebody who works here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain, tidy

#: Accounts are at least so long; what is shorter could be any number.
_SHORTEST, _LONGEST = 8, 40
#: A name alone proves nothing: colleagues are named in memos. Beside one of these it does.
_PAID_TO = (
    *("转给", "转入", "付给", "付至", "汇给", "汇入", "打给", "打到", "代收"),
    *("账户", "帐户", "账号", "帐号", "卡号", "微信", "支付宝"),
)

BY_HAND, REMITTANCE, LINE, NOTE = TOLD_BY = ("by_hand", "remittance", "line", "note")


@dataclass(frozen=True, slots=True)
class Account:
    """An entry of the register; `number` digits and letters alone."""

    id: int
    holder: str
    number: str


def read_account(holder: str, number: str) -> tuple[str, str]:
    """Holder and number as they are compared; refuses a holder left out and a number too short to be told apart."""
    name, digits = tidy(holder), _bare(number)
    if not name:
        raise Refusal("own_account_holder_missing")
    if not _SHORTEST <= len(digits) <= _LONGEST:
        raise Refusal("own_account_bad", value=number, shortest=_SHORTEST)
    return name, digits


def named_in(says: str, accounts: Iterable[Account]) -> Account | None:
    """The first account these words name: by its number, however it is spaced, or by its holder beside a word that
    says money went there."""
    words, bare = plain(says), _bare(says)
    paid = any(word in words for word in _PAID_TO)
    for one in accounts:
        if one.number in bare or (paid and plain(one.holder) in words):
            return one
    return None


def identity_of(customer_id: int | None, amount: int | None, paid_on: date | None, says: str) -> str:
    """What makes two findings one."""
    said = f"{customer_id}|{amount}|{paid_on}|{plain(says)}"
    return hashlib.sha256(said.encode()).hexdigest()


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", plain(text))
