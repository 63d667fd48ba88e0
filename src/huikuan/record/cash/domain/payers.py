"""Who paid: what the name, the account and the memo of a payment say for and against each customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from huikuan.kernel.text import plain
from huikuan.record.cash.domain import evidence, names
from huikuan.record.cash.domain.book import Learned, Party, Payment
from huikuan.record.cash.domain.evidence import Sign
from huikuan.record.cash.domain.names import Names

#: Names that leave no doubt who the payer is.
_SURE = frozenset(("same", "bare", "alias", "mandate"))
_MOST_MEMBERS = 6
_MOST_LIKELY = 8


@dataclass(frozen=True, slots=True)
class Who:
    """What speaks for one customer as the payer. `sure`: name or account leave no doubt; `stranger`: somebody else
    paid whom nothing connects with it."""

    signs: tuple[Sign, ...]
    sure: bool = False
    stranger: bool = False

    @property
    def score(self) -> float:
        return sum(sign.weight for sign in self.signs)


class Payers:
    """All parties, to be asked who may have paid."""

    def __init__(self, parties: Iterable[Party], known: Names, learned: Learned) -> None:
        self._parties = {party.customer_id: party for party in parties}
        self._names, self._learned = known, learned
        self._accounts: dict[str, dict[int, int]] = defaultdict(dict)
        self._members: dict[int, list[int]] = defaultdict(list)
        for party in self._parties.values():
            if party.group_id is not None:
                self._members[party.group_id].append(party.customer_id)
            for number, times in party.accounts.items():
                if times > 0:
                    self._accounts[account_key(number)][party.customer_id] = times

    def likely(self, payment: Payment) -> list[int]:
        """Customers that may have paid, and members of their groups, the likeliest first."""
        direct = [
            *self._accounts.get(account_key(payment.payer_account), {}),
            *(one.customer_id for one in self._names.likely(payment.payer_name)[:_MOST_LIKELY]),
            *(one.customer_id for one in self._names.within(payment.memo)[:_MOST_LIKELY]),
        ]
        grouped = [
            member
            for customer_id in direct
            if (group_id := self._parties[customer_id].group_id) is not None
            for member in self._members[group_id][:_MOST_MEMBERS]
        ]
        return list(dict.fromkeys((*direct, *grouped)))

    def signs(self, payment: Payment, customer_id: int) -> Who:
        """What speaks for and against `customer_id`, to which something already points."""
        party = self._parties.get(customer_id)
        if party is None:
            return Who((), sure=False, stranger=False)
        known, called = self._by_account(payment, customer_id), self._by_name(payment, party, generously=True)
        found = known + called
        # 陈*明 is many people: such a name speaks for who was known by it, and never settles it.
        masked = names.masked(payment.payer_name)
        sure = any(sign.weight >= evidence.SURE for sign in (known if masked else found)) or (
            not masked and self._alone(payment.payer_name, customer_id)
        )
        memo = [
            evidence.named_in_memo(one.name)
            for one in self._names.within(payment.memo)
            if one.customer_id == customer_id and not found
        ]
        stranger = False
        if not found and (sign := self._by_group(payment, party)):
            found = [sign]
        elif not found:
            stranger = bool(names.key(payment.payer_name))
            found = [self._stranger(payment, party)]
        found += memo
        if self._was_rejected(payment, customer_id):
            found.append(evidence.rejected())
        return Who(tuple(found), sure=sure and not self._was_rejected(payment, customer_id), stranger=stranger)

    def _by_account(self, payment: Payment, customer_id: int) -> list[Sign]:
        times = self._accounts.get(account_key(payment.payer_account), {}).get(customer_id)
        return [evidence.account(payment.payer_account, times)] if times else []

    def _by_name(self, payment: Payment, party: Party, *, generously: bool) -> list[Sign]:
        likely = self._names.resembles(payment.payer_name, party, generously=generously)
        if likely is None:
            return []
        if likely.kind not in _SURE and self._is_another(payment.payer_name, party.customer_id):
            return [evidence.payer_another(payment.payer_name)]
        times = next((n for alias, n in party.aliases.items() if names.key(alias) == names.key(payment.payer_name)), 1)
        return [evidence.payer(likely, times)]

    def _by_group(self, payment: Payment, party: Party) -> Sign | None:
        """The strongest sign that another member of its group paid."""
        if party.group_id is None:
            return None
        signs = [
            sign
            for member in self._members[party.group_id]
            if member != party.customer_id
            for sign in (
                *self._by_account(payment, member),
                *self._by_name(payment, self._parties[member], generously=False),
            )
            if sign.weight > 0
        ]
        return evidence.group(max(signs, key=lambda sign: (sign.weight, sign.code))) if signs else None

    def _stranger(self, payment: Payment, party: Party) -> Sign:
        if not names.key(payment.payer_name):
            return evidence.payer_unnamed()
        if self._is_another(payment.payer_name, party.customer_id):
            return evidence.payer_another(payment.payer_name)
        return evidence.payer_unlike(payment.payer_name)

    def _alone(self, name: str, customer_id: int) -> bool:
        """A name cut off, or a Chinese short name of four characters and more, that only one customer can mean."""
        likely = self._names.likely(name)
        if cut := [one.customer_id for one in likely if one.kind == "cut"]:
            return cut == [customer_id]
        return [(one.customer_id, one.kind) for one in likely] == [(customer_id, "short")] and names.tells(name)

    def _is_another(self, name: str, customer_id: int) -> bool:
        """The name is surely that of somebody else among the customers."""
        mine = [one for one in self._names.likely(name) if one.customer_id == customer_id and one.kind in _SURE]
        return not mine and any(one.kind in _SURE for one in self._names.likely(name))

    def _was_rejected(self, payment: Payment, customer_id: int) -> bool:
        told = (names.key(payment.payer_name), account_key(payment.payer_account))
        return any(customer_id in self._learned.rejected.get(one, ()) for one in told if one)


def account_key(number: str) -> str:
    """An account's digits and letters."""
    return "".join(character for character in plain(number).upper() if character.isalnum())
