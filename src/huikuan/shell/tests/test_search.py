"""Ctrl K: what is found by what is typed, by whom, and how it is worked by the keyboard alone."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.record.receivables.domain.remembered import amounts_beginning
from huikuan.shell.search.asked import asked
from huikuan.shell.search.rows import lit
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.conftest import PHONE, hit, keyboard_at, shuts_nobody_out, stays_in_its_width
from huikuan.shell.web.keyboard import EVERYWHERE, LISTS

#: As the import wrote it.
HAIYUE = "海岳风电设备(盐城)有限公司"


def found(client: Client, text: str, **more: str) -> dict[str, list[str]]:
    """Group → the titles of its answers."""
    answer = client.get(reverse("shell:search"), {"q": text, **more})
    assert answer.status_code == 200
    return {
        group.name: ["".join(piece for piece, _ in one.title) for one in group.answers]
        for group in answer.context["groups"]
    }


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        ("text", "only", "words", "numbers"),
        [
            ("hy 268", "", ("hy",), ("268",)),
            ("  HY　２６８ ", "", ("hy",), ("268",)),
            ("#7731", "documents", (), ("7731",)),
            ("￥ 2,680,000.00", "documents", (), ("2,680,000.00",)),
            (">", "actions", (), ()),
            ("@李", "owners", ("李",), ()),
        ],
    )
    def test_is_taken_apart(self, text: str, only: str, words: tuple[str, ...], numbers: tuple[str, ...]) -> None:
        wanted = asked(text)
        assert (wanted.only, wanted.words, wanted.numbers) == (only, words, numbers)

    def test_an_amount_is_remembered_by_its_first_digits(self) -> None:
        spans = amounts_beginning("268")
        assert any(low <= 2_680_000_00 <= high for low, high in spans)
        assert any(low <= 268_99 <= high for low, high in spans)
        assert not any(low <= 269_00 <= high for low, high in spans)
        assert amounts_beginning("2,680,000.00")[0] == (268_000_000, 268_000_000)
        assert [amounts_beginning(text) for text in ("26", "026", "2a8", "")] == [[], [], [], []]

    def test_what_matched_is_lit_by_letters_and_by_sound(self) -> None:
        assert lit("海岳风电设备", ["yfd"]) == (("海", False), ("岳风电", True), ("设备", False))
        assert lit("海岳风电", ["haiyue"]) == (("海岳", True), ("风电", False))
        assert lit("264401827731", ["7731"]) == (("26440182", False), ("7731", True))
        assert lit("海岳", ["zz"]) == (("海岳", False),)


class TestAnswers:
    def test_customers_by_name_pinyin_and_code(self, reader: Client) -> None:
        for text in ("海岳", "hyfd", "haiyue", "c0003", "yancheng"):
            assert found(reader, text)["customers"] == [HAIYUE], text

    def test_documents_by_number_tail_and_amount(self, reader: Client) -> None:
        assert found(reader, "7731")["documents"] == ["264401827731"]
        assert found(reader, "264401827731")["documents"][0] == "264401827731"
        assert found(reader, "inv-7")["documents"] == ["INV-7"]
        assert found(reader, "2143")["documents"] == ["264377023310"]
        assert found(reader, "754,200.45")["documents"] == ["264402031188"]
        assert "documents" not in found(reader, "99999")
        # Words are the customer's, numbers their documents'.
        answers = found(reader, "hy 2644")
        assert answers["customers"] == [HAIYUE]
        assert sorted(answers["documents"]) == ["264401970056", "264402031188"]
        assert any(HAIYUE in title for title in answers["actions"])
        assert "已核销" in reader.get("/search", {"q": "RC-1"}).content.decode()

    def test_signs_and_tab_ask_for_one_kind(self, reader: Client) -> None:
        assert set(found(reader, "#7731")) == {"documents"}
        assert set(found(reader, ">")) == {"actions"}
        assert set(found(reader, "hy", only="customers")) == {"customers"}
        assert found(reader, "") == {}

    def test_places_by_title_and_its_sound_in_both_languages(self, reader: Client, books: Books) -> None:
        assert found(reader, "sjdr")["places"] == ["数据导入"]
        type(books.user).objects.update(language="en")
        reader.cookies["django_language"] = "en"
        assert found(reader, "impor")["places"] == ["Imports"]

    def test_a_past_day_is_obeyed(self, reader: Client) -> None:
        assert "documents" not in found(reader, "7731", as_of="2026-10-01")
        assert found(reader, "7731", as_of="2026-11-01")["documents"] == ["264401827731"]
        page = reader.get("/search", {"q": "7731", "as_of": "2026-11-01"}).content.decode()
        assert re.search(r'href="/receivables/items/\d+\?as_of=2026-11-01"', page)

    def test_whatever_is_typed_is_answered(self, reader: Client) -> None:
        for text in ("%", "_", "'", '"><script>', "a" * 900, "١٢٣", "①②③", "#", "¥", "@", "hy " * 40, "9" * 90):
            answer = reader.get("/search", {"q": text})
            assert answer.status_code == 200, text
            assert '"><script>' not in answer.content.decode(), text


@pytest.mark.browser
class TestTheBox:
    def test_by_the_keyboard_alone(self, page: Any) -> None:
        hit(page, "Control+k")
        page.keyboard.type("hyfd")
        page.wait_for_selector("#found:not([aria-busy]) [role=option]")
        first = page.locator("#found [aria-selected=true]")
        assert HAIYUE in first.inner_text()
        assert page.get_attribute("#search-text", "aria-activedescendant") == first.get_attribute("id")
        shuts_nobody_out(page)
        hit(page, "ArrowDown")
        assert page.locator("#found [aria-selected=true]").get_attribute("id") != first
        hit(page, "ArrowUp")
        hit(page, "Enter")
        page.wait_for_url(re.compile(r"/customers/\d+"))
        # Enter means what was typed, also before its answer is there.
        hit(page, "Control+k")
        page.wait_for_selector("#search[open]")
        page.keyboard.type("beilu")
        hit(page, "Enter")
        page.wait_for_selector("h1:has-text('北麓矿业')")
        # Escape closes it and gives the focus back.
        page.focus("#as-of summary")
        hit(page, "Control+k")
        page.wait_for_selector("#search[open]")
        hit(page, "Escape")
        page.wait_for_selector("#search:not([open])", state="attached")
        keyboard_at(page, "#as-of, #as-of *")

    def test_nothing_is_asked_while_an_input_method_composes_and_it_works_on_a_phone(self, page: Any) -> None:
        asked_for: list[str] = []
        page.on("request", lambda request: asked_for.append(request.url) if "/search?" in request.url else None)
        hit(page, "Control+k")
        page.wait_for_timeout(300)
        asked_for.clear()
        page.evaluate(
            """() => { const field = document.getElementById("search-text"); field.value = "hai'y";
            field.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true })); }"""
        )
        page.wait_for_timeout(300)
        assert asked_for == []
        page.evaluate(
            """() => { const field = document.getElementById("search-text"); field.value = "海岳";
            field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true })); }"""
        )
        page.wait_for_selector("#found [role=option]")
        assert len(asked_for) == 1
        hit(page, "Escape")
        page.set_viewport_size(PHONE)
        page.click("[data-search-open]")
        page.fill("#search-text", "7731")
        # The answers to what is typed now, not those that stood there before.
        page.wait_for_selector("#found:not([aria-busy]) [role=option]:has-text('7731')")
        stays_in_its_width(page)
        shuts_nobody_out(page)
        page.click("#found [role=option]")
        page.wait_for_url(re.compile(r"/receivables/items/\d+"))


def waits(look: Any) -> bool:
    """Whether something comes true within two seconds."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if look():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.browser
class TestTheKeyboardMap:
    """Every key the map shows does what it says; what it does not show does nothing."""

    #: Key caps → what is true of the page of open items once they were pressed.
    DONE = {
        "Ctrl K": "document.getElementById('search').open",
        "/": "document.activeElement.matches('main [data-find]')",
        "T": "document.getElementById('as-of').open",
        "[": "document.documentElement.classList.contains('rail')",
        "?": "document.getElementById('keys').open",
        "J": "document.activeElement === document.querySelectorAll('[data-row]')[0]",
        "F": "document.getElementById('conditions').open",
        "E": "document.getElementById('export').open",
    }
    #: Tested where their pages are: the wizard's commit; back, open and picking below; views with the lists.
    ELSEWHERE = {"Ctrl ↵", "Esc", "K", "↵", "X", "Shift X", "V"}

    def test_each_key_does_what_it_says(self, page: Any) -> None:
        assert {" ".join(key.keys) for key in (*EVERYWHERE, *LISTS)} == set(self.DONE) | self.ELSEWHERE
        for caps, done in self.DONE.items():
            page.goto("/receivables/items")
            hit(page, caps.replace("Ctrl ", "Control+"))
            assert waits(lambda done=done: page.evaluate(done)), caps

    def test_g_leads_where_the_map_says(self, page: Any) -> None:
        page.goto("/receivables/items")
        hit(page, "?")
        shown = page.eval_on_selector_all("#keys dt", "all => all.map(one => one.innerText)")
        letters = [caps.split()[1] for caps in shown if caps.startswith("G ")]
        assert letters == page.eval_on_selector_all(
            "[data-go]:not([data-go=''])", "all => all.map(one => one.dataset.go.toUpperCase())"
        )
        for letter in letters:
            page.goto("/receivables/items")
            url = page.get_attribute(f"[data-go={letter.lower()}]", "href")
            hit(page, "g")
            hit(page, letter.lower())
            page.wait_for_url(f"**{url}")

    def test_rows_by_j_k_and_enter(self, page: Any) -> None:
        page.goto("/receivables/items")
        for key, row in zip("jjjk", (0, 1, 2, 1), strict=True):
            hit(page, key)
            page.wait_for_selector(f"[data-row] >> nth={row} >> css=:scope:focus")
        hit(page, "Enter")
        page.wait_for_url(re.compile(r"/receivables/items/\d+"))

    def test_keys_rest_while_one_types_and_when_switched_off(self, page: Any) -> None:
        page.goto("/receivables/items")
        page.focus("main [data-find]")
        page.keyboard.type("t[?")
        assert page.input_value("main [data-find]") == "t[?"
        assert not any(page.evaluate(self.DONE[caps]) for caps in ("T", "["))
        page.goto("/receivables/items")
        hit(page, "?")
        shuts_nobody_out(page)
        page.click("#keys button[value=off]")
        page.wait_for_load_state()
        for caps in ("t", "[", "?"):
            hit(page, caps)
        assert not any(page.evaluate(self.DONE[caps]) for caps in ("T", "[", "?"))
        hit(page, "Control+k")
        assert waits(lambda: page.evaluate(self.DONE["Ctrl K"]))

    def test_the_narrow_side_bar_stays_narrow(self, page: Any) -> None:
        page.goto("/receivables/items")
        hit(page, "[")
        page.goto("/receivables/overview")
        assert page.evaluate(self.DONE["["])
        shuts_nobody_out(page)
        page.click("[data-rail]")
        assert not page.evaluate(self.DONE["["])
