"""The whole demo company as frames: customers, affiliations, rates, items, settlements, schedules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

import polars as pl

from huikuan.shell.demo.cast import EAST, HEAD, LEADS, ORDINARY_FROM, OWNERS, SELLERS, Lead
from huikuan.shell.demo.dice import Dice
from huikuan.shell.demo.journal import Agreement, Journal, item_rows
from huikuan.shell.demo.leads import tell
from huikuan.shell.demo.names import ABROAD, Firm, firms, registration_code
from huikuan.shell.demo.trade import START, Buyer, trade

_SEED = "江临精工 2023"
_ORDINARY = 284
_HABITS = (("prompt", 44), ("month_end", 20), ("slipping", 23), ("slow", 9), ("very_slow", 4))
_TERMS = ((30, 14), (45, 16), (60, 34), (75, 14), (90, 22))
_TEXTS = ("code", "name", "short_name", "english_name", "former_names", "uscc", "industry", "group_code", "group_name")
_MORE = ("parent_code", "owner", "region", "business_type", "status")
_RATE_SOURCE = "示例汇率"


@dataclass(frozen=True, slots=True)
class HandOver:
    """From a day on a customer belongs elsewhere in one dimension."""

    customer: str
    dimension: str
    value: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class Story:
    """Everything to be written; frames carry the columns of connectors' checked rows."""

    customers: pl.DataFrame
    hand_overs: tuple[HandOver, ...]
    rates: tuple[tuple[str, date, str, str], ...]
    items: pl.DataFrame
    settlements: pl.DataFrame
    schedules: pl.DataFrame
    agreements: tuple[Agreement, ...]


def company_as_of(today: date) -> Story:
    """The demo company on the day `today`: amounts are always the same, dates count from the day."""
    journal = Journal(today)
    rows = [_lead_row(lead) for lead in LEADS]
    for lead in LEADS:
        tell(journal, lead, Dice(f"{_SEED}/{lead.code}"))
    buyers = [*_ordinary(rows), *_abroad(rows)]
    for buyer in buyers:
        trade(journal, buyer, Dice(f"{_SEED}/{buyer.code}"))
    items = pl.DataFrame(item_rows(journal), infer_schema_length=None)
    return Story(
        customers=_customers_frame(rows),
        hand_overs=_hand_overs(rows, today),
        rates=_rates(today),
        items=items,
        settlements=_settlements_frame(journal),
        schedules=_schedules_frame(journal),
        agreements=tuple(journal.agreements.values()),
    )


def _lead_row(lead: Lead) -> dict[str, str]:
    group = f"G-{lead.code[-2:]}" if lead.group else ""
    return {
        "code": lead.code,
        "name": lead.name,
        "short_name": lead.short_name,
        "uscc": registration_code("3209", Dice(f"{_SEED}/uscc/{lead.code}")),
        "industry": lead.industry,
        "group_code": group,
        "group_name": lead.group,
        "owner": lead.owner,
        "region": lead.region,
        "business_type": lead.business_type,
    }


def _ordinary(rows: list[dict[str, str]]) -> Iterator[Buyer]:
    """Customers beyond the cast: few large, many small. A quarter belong to groups."""
    dice = Dice(f"{_SEED}/customers")
    groups = [(row["group_code"], row["group_name"]) for row in rows if row["group_code"]]
    for number, firm in enumerate(islice(firms(dice), _ORDINARY)):
        code = f"C{int(ORDINARY_FROM[1:]) + number}"
        if number % 12 == 0:
            groups.append((f"G-{number:03}", f"{firm.brand}集团"))
        group = groups[dice.between(0, len(groups) - 1)] if dice.chance(26) else ("", "")
        business_type = dice.weighted((("设备", 34), ("锻件", 18), ("毛坯", 18), ("备件", 22), ("工程", 8)))
        rows.append(_firm_row(code, firm, group, dice.one_of(OWNERS[firm.region]), business_type))
        east = firm.region == "华东" and dice.chance(60)
        yield _buyer(code, EAST if east else HEAD, "CNY", business_type, number, dice)


def _firm_row(code: str, firm: Firm, group: tuple[str, str], owner: str, business_type: str) -> dict[str, str]:
    return {
        "code": code,
        "name": firm.name,
        "short_name": firm.short_name,
        "uscc": firm.uscc,
        "industry": firm.industry,
        "group_code": group[0],
        "group_name": group[1],
        "owner": owner,
        "region": firm.region,
        "business_type": business_type,
    }


def _abroad(rows: list[dict[str, str]]) -> Iterator[Buyer]:
    """Customers who are invoiced in their own currency by the head office."""
    dice = Dice(f"{_SEED}/abroad")
    for number, (name, currency) in enumerate(ABROAD):
        code = f"X{20_001 + number}"
        rows.append(
            {
                "code": code,
                "name": name,
                "english_name": name,
                "industry": "海外",
                "owner": OWNERS["海外"][0],
                "region": "海外",
                "business_type": "锻件",
            }
        )
        yield _buyer(code, HEAD, currency, "锻件", 25 + number * 8, dice)


def _buyer(code: str, seller: str, currency: str, business_type: str, rank: int, dice: Dice) -> Buyer:
    """The larger `rank`, the smaller the customer: sales fall off as 1 / (rank + 25)."""
    typical = 1_300_000_000 // (rank + 25) + 700_000
    a_month = 36 + 4_600 // (rank + 40) + dice.between(0, 16)
    prefix = next(row.prefix for row in SELLERS if row.code == seller)
    habit = dice.weighted(_HABITS)
    return Buyer(
        code=code,
        seller=seller,
        prefix=prefix,
        currency=currency,
        terms=dice.weighted(_TERMS),
        habit=habit,
        business_type=business_type,
        typical=typical if currency == "CNY" else typical // 7,
        a_month=a_month,
        pays_monthly=habit == "month_end",
    )


def _hand_overs(rows: list[dict[str, str]], today: date) -> tuple[HandOver, ...]:
    """李沅 hands a third of the east to 尹川; central China is looked after from the south for a while;
    one firm is bought by a group."""
    first, second = today - timedelta(days=120), today - timedelta(days=400)
    east = [row["code"] for row in rows if row["owner"] == "李沅" and row["code"] > "C10100"]
    central = [row["code"] for row in rows if row["region"] == "华中" and row["code"] > "C10100"]
    bought = next(row["code"] for row in rows if not row.get("group_code") and row["code"] > "C10100")
    return (
        *(HandOver(code, "owner", "尹川", first) for code in east[::3]),
        *(HandOver(code, "owner", "方茗", second) for code in central[::4]),
        *(HandOver(code, "region", "华南", second) for code in central[::4]),
        HandOver(bought, "group", "G-18", today - timedelta(days=200)),
    )


def _rates(today: date) -> tuple[tuple[str, date, str, str], ...]:
    """One invented rate a week and currency; named 示例 wherever they are shown."""
    found = []
    for currency, start, low, high in (("USD", 71_500, 69_500, 73_200), ("EUR", 78_300, 75_000, 82_500)):
        dice, rate = Dice(f"{_SEED}/{currency}"), start
        for week in range(-START // 7 + 2, -1, -1):
            rate = min(high, max(low, rate + dice.between(-320, 320)))
            found.append(
                (currency, today - timedelta(days=7 * week), f"{rate // 10_000}.{rate % 10_000:04}", _RATE_SOURCE)
            )
    return tuple(found)


def _customers_frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    names = (*_TEXTS, *_MORE)
    whole: list[dict[str, Any]] = [
        {"row": number, **{name: row.get(name, "") for name in names}} for number, row in enumerate(rows, 2)
    ]
    return pl.DataFrame(whole, schema={"row": pl.Int64, **dict.fromkeys(names, pl.String)})


def _settlements_frame(journal: Journal) -> pl.DataFrame:
    ordered = sorted(journal.settlements, key=lambda one: (one[3], one[0].key, one[1].key))
    return pl.DataFrame(
        [(one[0].seller, one[0].key, one[1].key, one[2], one[3], one[4]) for one in ordered],
        schema={
            "company": pl.String,
            "credit_key": pl.String,
            "debit_key": pl.String,
            "amount": pl.Int64,
            "effective_on": pl.Date,
            "reason": pl.String,
        },
        orient="row",
    )


def _schedules_frame(journal: Journal) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (entry.seller, entry.key, entry.contract, entry.awaits, entry.amount, effective_on, due_date, reason)
            for entry, effective_on, due_date, reason in journal.schedules
        ],
        schema={
            "company": pl.String,
            "key": pl.String,
            "contract": pl.String,
            "awaited": pl.String,
            "amount": pl.Int64,
            "effective_on": pl.Date,
            "due_date": pl.Date,
            "reason": pl.String,
        },
        orient="row",
    )
