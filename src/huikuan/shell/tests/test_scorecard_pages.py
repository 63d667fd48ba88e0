"""The scorecard editor as a browser receives it: drafts, cards, the effect on one customer and on all, handing in."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huikuan.judge.rating.domain.shipped import DOCUMENT
from huikuan.judge.rating.jobs import measure_effect
from huikuan.judge.rating.models import DraftEffect, ScorecardDraft
from huikuan.judge.rating.operations import effects
from huikuan.judge.rating.queries.assessing import assessed, scorecard_on
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.policies.models import PolicyVersion
from huikuan.mechanisms.policies.queries import history
from huikuan.shell.tests.books import AS_OF, CUSTOMERS, Books
from huikuan.shell.tests.test_access import signed_in

NOON = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 4, tzinfo=UTC)


@pytest.fixture
def draft(reader: Client) -> int:
    reader.post("/credit/scorecards/begin", {"base": "0"})
    return int(ScorecardDraft.objects.get().pk)


def fields(client: Client, path: str) -> dict[str, str]:
    """The form as the page offers it, as a browser would send it back."""
    page = client.get(path).context
    return {**page["form"].typed, "edition": str(page["draft"].edition)}


def send(client: Client, path: str, do: str = "save", **more: str) -> Any:
    return client.post(path, {**fields(client, path), **more, "do": do})


def card(draft: int, name: str = "small_firms") -> str:
    return f"/credit/scorecards/{draft}/cards/{name}"


def stored(name: str = "small_firms") -> dict[str, Any]:
    found: dict[str, Any] = ScorecardDraft.objects.get().document["cards"][name]
    return found


def test_a_card_sent_back_untouched_is_the_card_and_a_deed_keeps_what_was_typed(reader: Client, draft: int) -> None:
    assert send(reader, card(draft)).status_code == 302
    assert stored() == DOCUMENT["cards"]["small_firms"]
    sent = send(reader, card(draft), "drop:factors[1].bins[11]", needs="45", **{"factors[1].missing": "10"})
    assert sent.url.endswith("#f-factors[1].bins[11]")
    assert (stored()["needs"], stored()["factors"][0]["missing"], len(stored()["factors"][0]["bins"])) == (45, 10, 10)
    assert stored()["factors"][0]["bins"][-1] == {"from": "20", "points": 2}
    send(reader, card(draft), "add:factors", **{"add-factors": "debt_ratio"})
    assert stored()["factors"][-1]["factor"] == "debt_ratio"
    send(reader, card(draft), "up:factors[11]")
    assert stored()["factors"][-2]["factor"] == "debt_ratio"
    assert reader.get(card(draft, "nobody")).status_code == 404
    assert reader.get("/credit/scorecards/999").status_code == 404


def test_a_gap_between_bins_stands_at_its_field_and_is_not_handed_in(reader: Client, draft: int) -> None:
    send(reader, card(draft), **{"factors[1].bins[3].from": "0.5"})
    page = reader.get(card(draft))
    assert page.context["form"].problems == {"factors[1].bins[3].from": "这些取值不落入任何分档。 (0.1 … 0.5)"}
    assert 'id="f-factors[1].bins[3].from" name="factors[1].bins[3].from" value="0.5"' in page.content.decode()
    edition = str(page.context["draft"].edition)
    for path in ("hand-in", "measure"):
        told = reader.post(f"/credit/scorecards/{draft}/{path}", {"edition": edition}, follow=True)
        assert "该评分卡不可用" in told.content.decode(), path
    assert not PolicyVersion.objects.filter(kind="scorecard").exists()
    assert not DraftEffect.objects.exists()


def test_what_somebody_else_changed_is_not_written_over_unseen(reader: Client, draft: int) -> None:
    mine = fields(reader, card(draft))
    other = signed_in("wang", "credit_manager")
    send(other, card(draft), needs="55")
    refused = reader.post(card(draft), {**mine, "needs": "40", "do": "save"})
    assert refused.status_code == 400
    assert "wang" in refused.context["form"].problems[""]
    assert refused.context["form"].typed["needs"] == "40"
    assert stored()["needs"] == 55


def test_the_effect_on_a_customer_shows_while_typing_and_keeps_nothing(
    reader: Client, books: Books, draft: int
) -> None:
    before = stored()
    typed = {**fields(reader, card(draft)), "who": "C0001"}

    def effect(**more: str) -> Any:
        answer = reader.post(card(draft), {**typed, **more}, headers={"HX-Target": "effect"})
        assert "<html" not in answer.content.decode()
        return answer.context

    same = effect()["effect"]
    (now,) = assessed(as_of=AS_OF, policy=scorecard_on(AS_OF), customer_ids=[books.customer("C0001")])
    assert same.before == same.after == now.result
    assert not any(step.moved for step in effect()["steps"])
    weaker = effect(**{"factors[10].missing": "5"})
    assert [step.factor for step in weaker["steps"] if step.moved] == ["years_established"]
    assert weaker["effect"].after.score == now.result.score + 3
    assert effect(**{"factors[1].bins[1].to": "x"})["mend"] == {
        "factors[1].bins[1].to": "须为数字：整数，或用文本书写的小数。 (x)",
        "factors[1].bins[2].from": "这些取值同时落入多个分档。 (∞ … -2)",
    }
    assert {one.code for one in effect(who="C000")["offered"]} == set(CUSTOMERS)
    assert effect(who="海岳")["chosen"].code == "C0003"
    assert stored() == before


def test_all_customers_move_as_the_table_says_and_each_cell_opens_to_them(
    reader: Client, books: Books, draft: int
) -> None:
    page = f"/credit/scorecards/{draft}"
    # Everybody who is scored at all is an A by this draft.
    send(reader, page, **{"grades[1].from": "2", "grades[2].from": "1", "grades[2].to": "1", "grades[3].to": "0"})
    reader.post(f"{page}/measure")
    table = reader.get(page).context["migration"]
    olds = {one.code: one.result.grade for one in assessed(as_of=AS_OF, policy=scorecard_on(AS_OF))}
    assert (table.before, table.after) == (("A", "B", "C", ""), ("A", "B", "C", ""))
    assert set(olds.values()) == {"C"}
    # C0002 is overdue for more than 180 days, which no points outweigh.
    assert {key: (cell.customers, cell.amount, cell.unvalued) for key, cell in table.cells.items()} == {
        ("C", "A"): (3, 5_229_627_06, 0),
        ("C", "C"): (1, 2_229_400_55, 0),
    }
    assert (table.customers, table.moved) == (4, 3)
    sheet = {row.customer_id: row.open_amount for row in DraftEffect.objects.all()}
    for (before, after), cell in table.cells.items():
        query = f"?before={before or 'none'}&after={after or 'none'}"
        rows = reader.get(f"{page}/moved{query}").context["rows"]
        assert [row.code for row in rows] == (["C0002"] if after == "C" else ["C0001", "C0003", "C0004"])
        assert {row.after for row in rows} == {after}
        assert cell.customers == len(rows)
        assert cell.amount == sum(sheet[row.customer_id] or 0 for row in rows)
        text = b"".join(reader.get(f"{page}/moved/export{query}&format=csv").streaming_content).decode("utf-8-sig")
        assert [line[0] for line in list(csv.reader(io.StringIO(text)))[1:]] == [row.code for row in rows]
    send(reader, page, **{"grades[1].review_months": "3"})
    told = reader.get(page)
    assert told.context["migration"] is None
    assert "草稿在测算之后又有改动" in told.content.decode()


def test_many_customers_are_measured_by_a_worker_with_progress(
    reader: Client, books: Books, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "AT_ONCE", 3)
    page = f"/credit/scorecards/{draft}"
    reader.post(f"{page}/measure")
    assert "等待后台执行" in reader.get(page).content.decode()
    assert not DraftEffect.objects.exists()
    Worker({effects.MEASURE: Handler(measure_effect)}, clock=lambda: NOON + timedelta(minutes=1)).turn()
    assert Job.objects.get(kind=effects.MEASURE).state == "done"
    assert reader.get(page).context["migration"].customers == len(CUSTOMERS)


def test_a_draft_is_handed_in_once_approved_by_another_and_governs(
    reader: Client, books: Books, draft: int, on_the_day: None
) -> None:
    page = f"/credit/scorecards/{draft}"
    send(reader, page, **{"grades[3].review_months": "3"})
    edition = str(reader.get(page).context["draft"].edition)
    reader.post(f"{page}/hand-in", {"edition": edition, "note": "C 级每季复评"})
    version = PolicyVersion.objects.get(kind="scorecard")
    assert (version.kind, version.company_id, version.note, version.drafted_by) == (
        "scorecard", None, "C 级每季复评", books.user.username
    )  # fmt: skip
    assert [one.step for one in history(version.pk)] == ["submitted"]
    assert version.document["grades"][2]["review_months"] == 3
    again = send(reader, page, **{"grades[3].review_months": "6"})
    assert again.status_code == 400
    assert version.document == ScorecardDraft.objects.get().document
    assert scorecard_on(AS_OF).number == 0, "nothing governs before it is approved"
    shown = reader.get("/credit/scorecards/").content.decode()
    assert "已提交为第 1 版" in shown


def test_a_draft_is_dropped_and_cards_are_copied_and_taken_out(reader: Client, books: Books, draft: int) -> None:
    page = f"/credit/scorecards/{draft}"
    assert send(reader, page, "copy:small_firms", fresh="Grosse Firmen").status_code == 400
    send(reader, page, "copy:small_firms", fresh="exporters")
    assert stored("exporters") == stored("small_firms")
    send(reader, page, "forget:exporters")
    assert "exporters" not in ScorecardDraft.objects.get().document["cards"]
    send(reader, page, "add:choice", **{"add-choice": "key_accounts"})
    assert "choice[3]" in reader.get(page).context["form"].problems, "it would never be reached"
    edition = str(reader.get(page).context["draft"].edition)
    reader.post(f"{page}/drop", {"edition": "1"})
    assert ScorecardDraft.objects.exists(), "somebody changed it since"
    reader.post(f"{page}/drop", {"edition": edition})
    assert not ScorecardDraft.objects.exists()


def test_who_does_not_draft_policies_sees_and_changes_no_draft(reader: Client, books: Books, draft: int) -> None:
    auditor = signed_in("looker", "auditor")
    for path in ("/credit/scorecards/", f"/credit/scorecards/{draft}", card(draft)):
        assert auditor.get(path).status_code == 403, path
    assert auditor.post(card(draft), {"do": "save"}).status_code == 403
    assert stored() == DOCUMENT["cards"]["small_firms"]


def test_the_day_of_the_books_is_the_day_of_the_effect(reader: Client, books: Books, draft: int) -> None:
    reader.post(f"/credit/scorecards/{draft}/measure")
    assert ScorecardDraft.objects.get().effect_on == date(2026, 11, 20)
