"""Letters with real customers: what a letter says of them, and the page on which one is seen and edited."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from docx import Document

from huikuan.act.collection.queries.letter_facts import LetterFacts, letter_facts
from huikuan.act.collection.tests.conftest import Trade, day, noon
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.notices.domain.template_codes import CODES
from huikuan.mechanisms.notices.letters.shipped import shipped
from huikuan.mechanisms.notices.letters.writing import write_letter
from huikuan.mechanisms.policies.models import PolicyVersion
from huikuan.mechanisms.policies.queries import versions
from huikuan.shell import catalogs

ON = "2026-03-01"


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture
def owing(db: None) -> tuple[Trade, int]:
    """A customer with two invoices, one of them partly paid."""
    trade = Trade()
    number = trade.customer("HAI")
    first = trade.owes(number, "2026-01-30", 10_000_00, "XS-1", contract_number="HT-9")
    trade.owes(number, "2026-03-10", 2_500_50, "XS-2")
    trade.pays(first, number, 4_000_00, "2026-02-10")
    return trade, number


def facts(owing: tuple[Trade, int], language: str = "zh-hans", **more: Any) -> LetterFacts:
    trade, number = owing
    asked = {"customer_id": number, "company_id": trade.company.pk, "scope": EVERYTHING, "as_of": day(ON)}
    return letter_facts(**{**asked, "language": language, "at": noon(ON), **more})


def test_a_letter_says_what_is_open(owing: tuple[Trade, int]) -> None:
    found = facts(owing)
    said = found.values
    assert (said["customer_name"], said["total"], said["total_in_words"]) == (
        "HAI机械有限公司", "8,500.50", "人民币捌仟伍佰元零伍角"
    )  # fmt: skip
    assert (said["as_of"], said["oldest_due"], said["days_late"]) == ("2026年3月1日", "2026年1月30日", "30")
    assert (said["item_count"], said["contract_numbers"], said["deadline"]) == ("2", "HT-9", "2026年3月15日")
    assert found.tables["items"].rows == (
        ("XS-1", "2026-01-02", "2026-01-30", "30", "10,000.00", "6,000.00"),
        ("XS-2", "2026-01-02", "2026-03-10", "0", "2,500.50", "2,500.50"),
    )
    assert found.tables["items"].total[-1] == "8,500.50"


def test_interest_and_its_basis_come_from_the_rule_that_governs(owing: tuple[Trade, int]) -> None:
    """LPR 3.00 % and 30 % more, fixed at breach: 10,000 for the 10 days before part was paid, 6,000 for 19 since."""
    found = facts(owing, "en")
    assert found.values["interest_basis"].startswith("Nothing agreed: LPR at the time of breach")
    segments = found.tables["segments"]
    assert [row[2:5] for row in segments.rows] == [("10", "10,000.00", "3.9%"), ("19", "6,000.00", "3.9%")]
    assert segments.total[-1] == found.values["interest"] == "22.87"
    assert found.values["total_with_interest"] == "8,523.37"


def test_only_the_items_asked_for(owing: tuple[Trade, int]) -> None:
    (first, second) = facts(owing).item_ids
    assert facts(owing, item_ids=[second]).values["total"] == "2,500.50"
    assert facts(owing, item_ids=[first]).item_ids == (first,)
    assert facts(owing, overdue=True).item_ids == (first,)
    with pytest.raises(Refusal, match="letter_nothing_open"):
        facts(owing, currency="USD")
    with pytest.raises(Refusal, match="customer_unknown"):
        facts(owing, scope=NOTHING)


@pytest.mark.parametrize("code", ["reminder", "account_confirmation", "demand", "interest_sheet", "statement"])
def test_what_is_known_is_enough_for_the_letters_about_claims(owing: tuple[Trade, int], code: str) -> None:
    for language in ("zh-hans", "en"):
        found = facts(owing, language)
        written = write_letter(
            code=code, language=language, values=found.values, tables=found.tables, company_id=owing[0].company.pk,
            at=noon(ON), forms=(),
        )  # fmt: skip
        assert "{{" not in written.text + written.subject


def reader(client: Client, role: str) -> Client:
    user = User.objects.create(username=role, language="en")
    grant_role(username=role, role=role, actor="cli:root", at=noon("2026-01-01"))
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_letter_is_seen_with_a_customer(owing: tuple[Trade, int], client: Client) -> None:
    page = reader(client, "collector").get("/notices/letters/demand", {"language": "en", "as_of": ON}).content.decode()
    assert page.count("data:image/png;base64,") >= 1
    assert "Demand for payment: CNY 6,000.00 overdue" in page
    assert "Keep as a draft" not in page.replace(" disabled>Keep as a draft", "")
    listed = client.get("/notices/letters/").content.decode()
    assert [f'data-letter="{code}"' in listed for code in CODES] == [True] * len(CODES)


def test_a_letter_is_downloaded(owing: tuple[Trade, int], client: Client) -> None:
    reader(client, "collector")
    asked = {"who": "MAIN-HAI", "language": "zh-hans"}
    pdf = client.get("/notices/letters/demand/pdf", asked)
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")  # type: ignore[arg-type]
    word = b"".join(client.get("/notices/letters/demand/docx", asked).streaming_content)  # type: ignore[arg-type]
    texts = [one.text for one in Document(io.BytesIO(word)).paragraphs]
    assert "催款函" in texts
    assert not any("草稿" in one for one in texts)
    for path in ("/notices/letters/love", "/notices/letters/demand/exe", "/notices/letters/demand?version=99999"):
        assert client.get(path, asked if "?" not in path else {}).status_code == 404


def typed(**more: str) -> dict[str, str]:
    document = shipped("demand")
    said = {f"{key}.{section}": text for key, sections in document.items() for section, text in sections.items()}
    return {**said, "version": "0", "who": "MAIN-HAI", "language": "en", **more}


def test_what_is_typed_is_seen_and_kept_nowhere(owing: tuple[Trade, int], client: Client) -> None:
    reader(client, "credit_analyst")
    asked = typed(**{"en.subject": "Pay {{total}} now"})
    seen = client.post(
        f"/notices/letters/demand?as_of={ON}", asked, headers={"HX-Request": "true", "HX-Target": "letter"}
    )
    assert "Pay 6,000.00 now" in seen.content.decode()
    asked["en.letter"] += "\n\n{{ customer_name.__class__ }}"
    seen = client.post(
        f"/notices/letters/demand?as_of={ON}", asked, headers={"HX-Request": "true", "HX-Target": "letter"}
    )
    line = asked["en.letter"].count("\n") + 1
    assert (
        f"Line {line}: This letter has no such placeholder. {{{{customer_name.__class__}}}}" in seen.content.decode()
    )
    assert PolicyVersion.objects.exclude(kind="letterhead").count() == 0


def test_editing_makes_a_draft_that_another_approves(owing: tuple[Trade, int], client: Client) -> None:
    reader(client, "credit_analyst")
    kept = client.post("/notices/letters/demand", typed(**{"en.subject": "Pay", "do": "hand-in", "note": "shorter"}))
    (row,) = versions("letter_demand")
    assert (row.state, row.note, row.document["en"]["subject"]) == ("submitted", "shorter", "Pay")
    assert kept.headers["Location"] == f"/notices/letters/demand?version={row.id}&language=en&who=MAIN-HAI"
    page = client.get(kept.headers["Location"]).content.decode()
    assert "waits for approval" in page
    assert "Demand for payment: CNY" in client.get("/notices/letters/demand?language=en").content.decode()


def test_a_text_without_an_element_is_refused_beside_it(owing: tuple[Trade, int], client: Client) -> None:
    reader(client, "credit_analyst")
    without = shipped("demand")["zh"]["letter"].replace("{{receipt}}", "")
    page = client.post("/notices/letters/demand", typed(**{"zh.letter": without, "do": "save"}))
    assert page.status_code == 400
    assert "It needs the receipt that proves its delivery. → {{receipt}}" in page.content.decode()
    assert PolicyVersion.objects.exclude(kind="letterhead").count() == 0


def test_nobody_edits_without_the_right(owing: tuple[Trade, int], client: Client) -> None:
    assert reader(client, "collector").post("/notices/letters/demand", typed(do="save")).status_code == 403
    assert PolicyVersion.objects.exclude(kind="letterhead").count() == 0


def test_nobody_is_seen_out_of_scope(owing: tuple[Trade, int], client: Client) -> None:
    """A seller sees the letters, and nobody else's customers in them."""
    page = reader(client, "sales").get("/notices/letters/demand", {"who": "MAIN-HAI"}).content.decode()
    assert "HAI机械" not in page
    assert client.get("/notices/letters/demand/pdf", {"who": "MAIN-HAI"}).status_code == 404
