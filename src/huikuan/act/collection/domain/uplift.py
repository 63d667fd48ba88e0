"""What messages do: the share that paid in time of those written to, less that of the control group.

The interval is Newcombe's hybrid score interval of a difference of two shares (Statistics in Medicine 17, 1998,
method 10), made of Wilson's intervals of each: it stays between −1 and 1 and is honest for small groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: The normal quantile of a 95 % interval.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """`paid` of `lines` paid within the days asked about."""

    paid: int
    lines: int

    @property
    def value(self) -> float | None:
        return self.paid / self.lines if self.lines else None


@dataclass(frozen=True, slots=True)
class Uplift:
    """The difference of the shares with its 95 % interval; None where a group is empty. Of shares, not per cent."""

    treated: Share
    control: Share
    value: float | None
    low: float | None
    high: float | None

    @property
    def proven(self) -> bool:
        """Whether the interval leaves out nothing at all."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def uplift(treated: Share, control: Share) -> Uplift:
    """The difference with its interval."""
    if treated.value is None or control.value is None:
        return Uplift(treated, control, None, None, None)
    one, other = treated.value, control.value
    low_one, high_one = wilson(treated)
    low_other, high_other = wilson(control)
    difference = one - other
    low = difference - sqrt((one - low_one) ** 2 + (high_other - other) ** 2)
    high = difference + sqrt((high_one - one) ** 2 + (other - low_other) ** 2)
    return Uplift(treated, control, difference, low, high)


def wilson(share: Share) -> tuple[float, float]:
    """Wilson's 95 % interval of one share of at least one."""
    count, value = share.lines, share.paid / share.lines
    middle = value + _Z**2 / (2 * count)
    spread = _Z * sqrt(value * (1 - value) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    return (middle - spread) / whole, (middle + spread) / whole
