"""Strategies as shipped: the default, and two after trades. Each is a document a company may take and change."""

from __future__ import annotations

from typing import Any


def _step(day: int, channel: str, template: str, purpose: str, **more: Any) -> dict[str, Any]:
    return {"code": f"dun:{day}", "day": day, "channel": channel, "template": template, "purpose": purpose, **more}


def _mail(day: int, *, otherwise: str = "", **more: Any) -> dict[str, Any]:
    """A reminder by mail; late, a customer without an address is written a letter."""
    fallback = {"otherwise": otherwise or "letter"} if otherwise or day > 0 else {}
    return _step(day, "email", "reminder", "reminder", **fallback, **more)


def _letter(day: int, **more: Any) -> dict[str, Any]:
    return _step(day, "letter", "demand", "demand", **more)


def _task(day: int, kind: str, **more: Any) -> dict[str, Any]:
    return _step(day, kind, "", "legal" if kind == "lawyer" else "reminder", **more)


def _friendly() -> dict[str, Any]:
    """Seven days before: what is about to fall due, to be confirmed, with an offer for paying in time."""
    return _mail(-7, attach="account_confirmation", goodwill=True)


_COMMON: dict[str, Any] = {
    "control_percent": 0,
    "control_until": 15,
    "control_seed": "huikuan",
    "insured_after": 60,
    "small_cash": "100.00",
}


def _strategy(*segments: dict[str, Any]) -> dict[str, Any]:
    return {**_COMMON, "segments": list(segments)}


_A = [_friendly(), _mail(3), _mail(15), _mail(30)]
_B = [_friendly(), _mail(1), _mail(7), _letter(15)]
_C = [
    _friendly(), _mail(-1), _task(1, "call"), _letter(7), _task(15, "visit"),
    _task(30, "lawyer", approve="credit_manager"),
]  # fmt: skip

#: Whoever has no grade goes through the steps of B.
DEFAULT = _strategy(
    {"name": "A", "grades": ["A"], "steps": _A},
    {"name": "C", "grades": ["C"], "steps": _C},
    {"name": "B", "steps": _B},
)

#: Long terms and transfer for the best, shorter ones and calls for the next, letters and law for the rest.
MANUFACTURER = _strategy(
    {"name": "A", "grades": ["A"], "steps": [_friendly(), _mail(7), _mail(30), _task(60, "transfer")]},
    {
        "name": "C",
        "grades": ["C"],
        "steps": [_friendly(), _mail(1), _letter(7), _letter(15), _task(30, "lawyer", approve="credit_manager")],
    },
    {"name": "B", "steps": [_friendly(), _mail(1), _task(7, "call"), _task(15, "call"), _letter(30)]},
)

#: The due day is debited from the best, the next are mailed, the rest stand still and are sued.
E_COMMERCE = _strategy(
    {"name": "high", "grades": ["A"], "steps": [_mail(-3), _task(0, "debit"), _mail(3), _mail(10)]},
    {
        "name": "low",
        "grades": ["C"],
        "steps": [_mail(-3), _mail(1), _task(3, "freeze"), _letter(7), _task(15, "lawyer", approve="credit_manager")],
    },
    {"name": "middle", "steps": [_mail(-3), _mail(1), _mail(5), _mail(10), _letter(20)]},
)

#: Name → document.
PRESETS = {"default": DEFAULT, "manufacturer": MANUFACTURER, "e-commerce": E_COMMERCE}
