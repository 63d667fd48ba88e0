"""The run writes the house's letters: the text in force, with its PDF, of what is asked for and of nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.act.collection.models import Approach, Taken
from huikuan.act.collection.operations import running
from huikuan.act.collection.operations.running import Ran, run_day
from huikuan.act.collection.operations.writing import Scribe, Script
from huikuan.act.collection.policies import KIND, check_strategy
from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.queries import addresses
from huikuan.act.collection.queries.due import Planned, due_on
from huikuan.act.collection.queries.runs import run_excluded, run_of
from huikuan.act.collection.queries.strategies import strategy_in_force, strategy_to_try
from huikuan.act.collection.telling import stop_text
from huikuan.act.collection.tests.conftest import WHO, Trade, day, govern, noon, stops
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.notices.letters.shipped import shipped
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.queries.rows import words_queued
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.interest.queries.accruals import accrued
from huikuan.record.receivables.domain.schedules import Line as Instalment
from huikuan.record.receivables.operations.schedules import record_schedule

ON = "2026-03-11"


def run(trade: Trade, on: str = ON) -> Ran:
    return run_day(company=trade.company, on=day(on), actor="tester", at=noon(on))


def letters(notice: Notice) -> list[tuple[str, int | None, str]]:
    return [(one["code"], one["version"], one["name"]) for one in notice.letters]


def parts(notice: Notice) -> str:
    """What its PDFs say, in one text."""
    return str([one["parts"] for one in words_queued([notice.pk])[notice.pk].said])


def planned(trade: Trade, on: str = ON) -> tuple[Planned, ...]:
    strategy = strategy_in_force(trade.company, at=noon(on)).strategy
    return due_on(trade.company.pk, day(on), strategy).whole().planned


def disputes(trade: Trade, item: int, amount: int) -> None:
    raise_dispute(
        company_id=trade.company.pk, item_id=item, amount=amount, reason="quality", note="", source="call",
        actor="wang", at=noon("2026-03-10"),
    )  # fmt: skip


def changed(trade: Trade, **more: Any) -> int:
    """A strategy with one step for everybody."""
    step = {"code": "one", "day": 1, "channel": "email", "template": "reminder", "purpose": "reminder", **more}
    document = {**copy.deepcopy(DEFAULT), "segments": [{"name": "all", "steps": [step]}]}
    return govern(trade.company, KIND, document)


def test_before_the_due_date_the_confirmation_goes_with_it(trade: Trade) -> None:
    trade.owes(trade.customer("A"), "2026-03-18", 12_345_67, "A1", contract_number="HT-9")
    run(trade)
    notice = Notice.objects.get()
    name = "账款确认函-MAIN-A-20260311.pdf"
    assert letters(notice) == [("reminder", None, ""), ("account_confirmation", None, name)]
    said = words_queued([notice.pk])[notice.pk]
    assert said.subject == "付款提醒：CNY 12,345.67，江临精工"
    assert said.text.endswith(f"附件：{name}")
    for words in ("HT-9", "12,345.67", "壹万贰仟叁佰肆拾伍元陆角柒分", "2026年3月18日前付清"):
        assert words in parts(notice), words


def test_a_confirmation_of_some_documents_says_that_it_confirms_those_alone(trade: Trade) -> None:
    """Signed, it must not pass for the whole debt: what else is open is neither listed nor given up."""
    customer = trade.customer("A")
    other = trade.owes(customer, "2026-03-10", number="LATE")
    trade.owes(customer, "2026-03-18", number="COMING")
    disputes(trade, other, 100_00)
    letter = shipped("account_confirmation")
    run(trade)
    said = parts(Notice.objects.get())
    assert ("COMING" in said, "LATE" in said) == (True, False)
    assert "四、本函仅就上表所列单据及其金额作出确认，不是对双方全部往来的确认" in said
    assert "第一项金额以外的款项不受本函影响，我公司保留据实主张的权利" in said
    assert "is no confirmation of the whole account between us" in letter["en"]["letter"]


def test_a_demand_has_what_a_demand_must_have(trade: Trade) -> None:
    trade.owes(trade.customer("A"), "2026-02-24", 100_000_00, "A1", contract_number="HT-9")
    run(trade)
    notice = Notice.objects.get()
    assert (notice.channel, notice.purpose) == ("letter", "demand")
    assert letters(notice) == [("demand", None, ""), ("demand", None, "催款函-MAIN-A-20260311.pdf")]
    # 14 days at 3.9 % of 100,000: from 25 February up to and with 10 March.
    for words in ("HT-9", "最长逾期 15 天", "CNY 149.59", "于2026年3月25日前付清", "receipt", "诉讼时效因此中断"):
        assert words in parts(notice), words


def test_a_demand_that_cannot_say_where_to_pay_is_not_written_and_the_list_says_what_lacks(trade: Trade) -> None:
    trade.owes(trade.customer("Home"), "2026-02-24")
    trade.owes(trade.customer("Abroad"), "2026-02-24", currency="USD")
    trade.owes(trade.customer("Friendly"), "2026-03-10", currency="USD")
    account = {"bank": "示例银行", "number": "1234 5678", "currency": "CNY"}
    govern(trade.company, "letterhead", {"bank_accounts": [account]})
    ran = run(trade)
    assert [one.purpose for one in Notice.objects.order_by("pk")] == ["demand", "reminder"]
    assert (ran.approaches, ran.excluded) == (2, 1)
    [left] = run_excluded(run_of(ran.run_id, scope=EVERYTHING), scope=EVERYTHING)
    assert stop_text(left.stop) == ("函件无法生成：抬头资料没有 USD 的收款账户，请补填（政策“letterhead”）。")


def test_a_demand_speaks_of_nothing_that_is_not_overdue(trade: Trade) -> None:
    customer = trade.customer("A")
    trade.owes(customer, "2026-02-24", number="LATE")
    coming = trade.owes(customer, "2026-03-18", number="COMING")
    assert ("COMING", "day_full") in stops(trade.on(ON))
    run(trade)
    assert "COMING" not in parts(Notice.objects.get())
    run(trade, "2026-03-12")
    assert Taken.objects.get(item_id=coming).on_date == day("2026-03-12")
    assert Notice.objects.latest("pk").items == [coming]


def test_a_demand_by_mail_carries_its_letter(trade: Trade) -> None:
    changed(trade, template="demand", purpose="demand")
    trade.owes(trade.customer("A"), "2026-03-10")
    run(trade)
    assert [one[2] for one in letters(Notice.objects.get())] == ["", "催款函-MAIN-A-20260311.pdf"]


@pytest.mark.parametrize("name", ["template", "attach"])
@pytest.mark.parametrize("code", ["statement", "lawyers_letter", "nobody_knows"])
def test_a_letter_of_which_the_run_does_not_know_all_is_refused(code: str, name: str) -> None:
    """A statement of what is open alone would leave out what was credited."""
    step = {"code": "one", "day": 1, "channel": "email", "template": "reminder", "purpose": "reminder", name: code}
    with pytest.raises(Refusal) as refused:
        check_strategy({**DEFAULT, "segments": [{"name": "all", "steps": [step]}]})
    assert [place.column for place in refused.value.where] == [f"segments[0].steps[0].{name}"]


def test_the_text_a_company_approved_leaves_the_house_and_is_named(trade: Trade) -> None:
    text = copy.deepcopy(shipped("reminder"))
    text["zh"]["subject"] = "烦请安排：{{currency}} {{total}}"
    number = govern(trade.company, "letter_reminder", text)
    trade.owes(trade.customer("A"), "2026-03-10")
    run(trade)
    notice = Notice.objects.get()
    assert words_queued([notice.pk])[notice.pk].subject == "烦请安排：CNY 100.00"
    assert letters(notice) == [("reminder", number, "")]


def test_each_currency_has_its_letter(trade: Trade) -> None:
    customer = trade.customer("A", language="en")
    trade.owes(customer, "2026-02-24", 100_00)
    trade.owes(customer, "2026-02-24", 5_000_00, currency="USD")
    run(trade)
    assert [one[2] for one in letters(Notice.objects.get())] == [
        "", "催款函-MAIN-A-20260311-CNY.pdf", "催款函-MAIN-A-20260311-USD.pdf",
    ]  # fmt: skip


def test_a_letter_that_cannot_be_written_stops_nobody_else(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short text for SMS was taken out: who has a telephone alone gets nothing, and the list says why."""
    text = copy.deepcopy(shipped("reminder"))
    text["zh"]["sms"] = ""
    govern(trade.company, "letter_reminder", text)
    strategy = copy.deepcopy(DEFAULT)
    strategy["segments"] = [{"name": "all", "steps": [
        {"code": "one", "day": 1, "channel": "email", "template": "reminder", "purpose": "reminder",
         "otherwise": "sms"},
    ]}]  # fmt: skip
    tried = strategy_to_try(trade.company, strategy)
    monkeypatch.setattr(running, "strategy_in_force", lambda _company, at: tried)
    trade.owes(trade.customer("Mail"), "2026-03-10")
    trade.owes(trade.customer("Phone", email=False, phone="13800000001"), "2026-03-10")
    ran = run(trade)
    assert (ran.approaches, ran.excluded, Approach.objects.count()) == (1, 1, 1)
    [left] = run_excluded(run_of(ran.run_id, scope=EVERYTHING), scope=EVERYTHING)
    assert stop_text(left.stop) == "函件无法生成：该函件没有 短信 的短文本。"


def test_a_batch_asks_no_more_for_many_customers_than_for_one(trade: Trade) -> None:
    def asked() -> int:
        every = planned(trade)
        with CaptureQueriesContext(connection) as captured:
            found = Scribe(trade.company, day(ON), noon(ON)).write(every)
        assert all(isinstance(one, Script) for one in found)
        return len(captured)

    for number in range(2):
        trade.owes(trade.customer(f"A{number}"), "2026-02-24")
    few = asked()
    for number in range(20):
        trade.owes(trade.customer(f"B{number}"), "2026-02-24")
    assert asked() <= few


def test_twin_read_one_by_one_it_asks_for_each(trade: Trade) -> None:
    for number in range(6):
        trade.owes(trade.customer(f"A{number}"), "2026-02-24")
    scribe, every = Scribe(trade.company, day(ON), noon(ON)), planned(trade)
    scribe.write(every)
    with CaptureQueriesContext(connection) as together:
        scribe.write(every)
    with CaptureQueriesContext(connection) as apart:
        for one in every:
            scribe.one(one)
    assert len(apart) == 6 * len(together)


def test_only_the_first_of_very_many_documents_are_listed_and_the_rest_is_summed(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huikuan.act.collection.saying.MOST_ROWS", 3)
    customer = trade.customer("A")
    for number in range(5):
        trade.owes(customer, "2026-03-10", 10_00, f"A{number}")
    [script] = Scribe(trade.company, day(ON), noon(ON)).write(planned(trade))
    assert isinstance(script, Script)
    assert ("A1" in script.text, "A2" in script.text, "其余 3 笔单据" in script.text) == (True, False, True)
    assert "合计 · 未清 50.00" in script.text


def test_a_claim_bears_its_interest_once_however_many_instalments_are_late(trade: Trade) -> None:
    item = trade.owes(trade.customer("A"), "2026-02-24", 100_000_00, "A1")
    lines = [Instalment(day(due), "", 50_000_00) for due in ("2026-02-20", "2026-02-24")]
    record_schedule(item_id=item, lines=lines, effective_on=day("2026-01-02"), reason="agreed", **WHO)
    run(trade)
    # 3.9 % of 50,000 for 18 days and for 14.
    assert accrued([item], day(ON), at=noon(ON)) == {item: 170_96}
    said = parts(Notice.objects.get())
    assert ("逾期利息为 CNY 170.96" in said, "本息合计 CNY 100,170.96" in said) == (True, True)


def test_no_interest_is_demanded_of_a_claim_of_which_part_is_left_alone(trade: Trade) -> None:
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-02-24", 100_000_00, "A1")
    trade.owes(customer, "2026-02-24", 10_000_00, "A2")
    disputes(trade, item, 60_000_00)
    run(trade)
    said = parts(Notice.objects.get())
    # 3.9 % of 10,000 for 14 days.
    assert ("合计 CNY 50,000.00" in said, "逾期利息为 CNY 14.96" in said) == (True, True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_demand_says_nothing_of_interest_where_none_is_demanded(
    trade: Trade, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a claim of which part is left alone: neither a basis that is a dash, nor 0.00, nor "and interest"."""
    item = trade.owes(trade.customer("A"), "2026-02-24", 100_000_00, "A1")
    monkeypatch.setattr(addresses, "_language_of", lambda name: language)
    disputes(trade, item, 60_000_00)
    run(trade)
    notice = Notice.objects.get()
    said = parts(notice) + words_queued([notice.pk])[notice.pk].text
    assert (notice.language, "40,000.00" in said) == (language, True)
    assert [word for word in ("利息", "本息", "0.00；", "–。", "nterest", "–.") if word in said] == []


def test_what_is_left_alone_of_a_claim_is_open_all_the_same(trade: Trade) -> None:
    """The column of what is open says what is; what the letter asks for has its own."""
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-02-24", 100_000_00, "A1")
    trade.owes(customer, "2026-02-24", 10_000_00, "A2")
    disputes(trade, item, 60_000_00)
    run(trade)
    notice = Notice.objects.get()
    letter = next(one for one in words_queued([notice.pk])[notice.pk].said if one["parts"])
    table = next(part for part in letter["parts"] if part["kind"] == "table")
    assert table["heads"][-3:] == ["原额", "未清", "本函金额"]
    assert [row[-3:] for row in table["rows"]] == [
        ["100,000.00", "100,000.00", "40,000.00"],
        ["10,000.00", "10,000.00", "10,000.00"],
    ]
    assert table["total"][-2:] == ["110,000.00", "50,000.00"]
    assert "未列入本函金额的未清款项，不因本函而放弃" in parts(notice)
