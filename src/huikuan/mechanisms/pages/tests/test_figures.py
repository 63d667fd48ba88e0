"""Amounts of a document as people read them."""

from __future__ import annotations

from huikuan.mechanisms.pages.figures import amounts_apart


def test_amounts_are_set_apart_and_all_else_stays() -> None:
    shown = {
        "amount": "CNY 2946000.00", "amounts": "EUR -1250.5, JPY 990000", "small": "CNY 5.00", "none": "",
        "document": "26322000000133384689", "says": "CNY 12345 by cheque", "set": "CNY 2,946,000.00", "count": 12345,
    }  # fmt: skip
    assert amounts_apart(shown) == {
        **shown, "amount": "CNY 2,946,000.00", "amounts": "EUR −1,250.5, JPY 990,000",
    }  # fmt: skip
