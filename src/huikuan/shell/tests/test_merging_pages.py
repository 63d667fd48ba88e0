"""Merging two customers in a browser: the preview, the merge, where the merged one leads, and the undoing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.models import Merge
from huikuan.record.customers.operations import add_contact, merge_customers, undo_merge
from huikuan.record.customers.queries import customer
from huikuan.see.dossiers.queries.listing import CustomerFilter, customers_page
from huikuan.see.dossiers.queries.standing import Balance
from huikuan.see.dossiers.queries.standing import Books as Reading
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, ROWS, Books, open_by, seal_everything
from huikuan.shell.tests.colleagues import SEES, names_in, read
from huikuan.shell.tests.test_access import signed_in


def merge(books: Books, one: str = "C0002", into: str = "C0001") -> int:
    return merge_customers(
        from_id=books.customer(one), into_id=books.customer(into), reason="同一户", actor="test", at=AT
    )


def test_both_are_compared_merged_with_a_reason_and_made_two_again(reader: Client, books: Books) -> None:
    one, into = books.customer("C0002"), books.customer("C0001")
    assert f"/customers/{into}/merge" in reader.get(f"/customers/{into}").content.decode()
    page = reader.get(f"/customers/{one}/merge?into=C0001")
    assert [(side.customer.code, side.balance.lines) for side in page.context["sides"]] == [("C0002", 3), ("C0001", 3)]
    assert page.context["names"] == ("宏朔钢构有限公司",)

    refused = reader.post(f"/customers/{one}/merge", {"into": "C0001", "reason": ""})
    assert (refused.status_code, refused.context["form"].code) == (400, "merge_reason_missing")
    assert not Merge.objects.exists()
    reader.post(f"/customers/{one}/merge", {"into": "C0001", "reason": "同一户"})
    assert customer("C0001", scope=EVERYTHING).former_names == ("宏朔钢构有限公司",)

    led = reader.get(f"/customers/{one}", follow=True)
    assert led.redirect_chain[-1][0].startswith(f"/customers/{into}")
    assert "C0002 宏朔钢构有限公司" in led.content.decode()
    whole = [number for row in led.context["lines"] for number in [row.document_number]]
    assert {"264388117730", "264377023310"} <= set(whole)
    assert "C0002" not in [row.customer.code for row in reader.get("/customers/").context["found"].rows]

    number = Merge.objects.get().pk
    timeline = f"/customers/{into}?tab=timeline"
    assert f"/customers/merges/{number}/undo" in reader.get(timeline).content.decode()
    reader.post(f"/customers/merges/{number}/undo", {"reason": "看错了"})
    assert f"/customers/merges/{number}/undo" not in reader.get(timeline).content.decode()
    assert reader.get(f"/customers/{one}").status_code == 200
    assert customer("C0001", scope=EVERYTHING).former_names == ()


@pytest.mark.parametrize("address", ["/receivables/items?customer=C0002", "/receivables/items?customer=C0001"])
def test_either_code_lists_both(address: str, reader: Client, books: Books) -> None:
    before = sum(
        len(reader.get(f"/receivables/items?customer={code}").context["found"].rows) for code in ("C0001", "C0002")
    )
    merge(books)
    rows = reader.get(address).context["found"].rows
    assert len(rows) == before
    assert {row.customer_code for row in rows} == {"C0001"}


def test_lists_find_the_one_that_stays_by_the_code_of_the_other(reader: Client, books: Books) -> None:
    merge(books)
    customers = reader.get("/customers/", {"q": "C0002"}).context["found"].rows
    assert [row.customer.code for row in customers] == ["C0001"]
    page = reader.get("/receivables/statements/", {"q": "C0002"}).content.decode()
    assert CUSTOMERS["C0001"] in page
    assert CUSTOMERS["C0003"] not in page
    assert "C0002 宏朔钢构有限公司" in reader.get(f"/customers/{books.customer('C0001')}").content.decode()


def test_the_account_of_the_one_that_stays_is_the_sum_of_both(reader: Client, books: Books) -> None:
    def closing(code: str) -> Any:
        page = reader.get(f"/receivables/statements/customers/{books.customer(code)}?until={AS_OF}&only=CNY")
        return page.context["said"].account.figures.closing

    before = closing("C0001") + closing("C0002")
    merge(books)
    assert closing("C0001") == closing("C0002") == before
    assert open_by("264377023310") > 0


def test_the_search_finds_the_merged_one_and_says_whose_it_is(reader: Client, books: Books) -> None:
    merge(books)
    text = reader.get("/search?q=C0002").content.decode()
    assert "C0002 · 已并入" in text


def test_found_by_the_same_words_the_merged_one_is_not_told_beside_the_other(reader: Client, books: Books) -> None:
    merge(books)
    text = reader.get("/search", {"q": CUSTOMERS["C0002"]}).content.decode()
    assert "C0001" in text
    assert "C0002 ·" not in text


def test_what_a_colleague_sees_follows_whose_the_merged_one_is_now(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    """C0002 is 尹川's, of guo's team; merged into 郑可's C0003 it leaves that team's eyes and comes before zheng's."""
    merge_id = merge(books, "C0002", "C0003")
    sees = {"li": {"C0001"}, "guo": {"C0001"}, "zheng": {"C0002", "C0003"}}
    paths = (
        "/receivables/items?side=debit",
        "/receivables/overview?currency=CNY",
        "/receivables/statements/",
        "/customers/?q=",
        "/customers/groups/",
        "/search?q=宏朔",
        "/search?q=2643770233",
    )
    for name, theirs in sees.items():
        for path in paths:
            assert names_in(read(people[name], path)) <= theirs, (name, path)
        listed = people[name].get("/receivables/items?side=debit").context["found"]
        assert listed.count == sum(row[0] in theirs for row in ROWS), name
        one = f"/customers/{books.customer('C0002')}"
        for path in (one, f"{one}/export/documents?format=csv", f"/receivables/items/{books.item('264377023310')}"):
            answer = people[name].get(path, follow=True)
            answer.close()
            assert answer.status_code == (200 if "C0002" in theirs else 404), (name, path)
    assert "264377023311" in read(people["zheng"], "/receivables/items?side=debit").replace(
        '</span><span class="four">', ""
    )
    seal_everything()
    undo_merge(merge_id=merge_id, reason="看错了", actor="test", at=AT + timedelta(hours=1))
    for name in sees:
        listed = people[name].get("/receivables/items?side=debit")
        assert names_in(listed.content.decode()) == SEES[name]
        assert {row.customer.code for row in people[name].get("/customers/").context["found"].rows} == SEES[name]
    told = read(people["guo"], f"/customers/{books.customer('C0002')}?tab=timeline")
    assert "您看不到的客户" in told
    assert names_in(told) == {"C0002"}
    knows_no_more_by_asking_what_was_known(people, books, "known_at=2026-11-20T10:30")


def knows_no_more_by_asking_what_was_known(people: Mapping[str, Client], books: Books, known: str) -> None:
    """In between the two were one; whose the rows are counts as of now, as it does for every reading."""
    for name in ("guo", "zheng"):
        theirs = SEES[name]
        for path in ("/receivables/items?side=debit&", "/receivables/overview?currency=CNY&", "/customers/?"):
            assert names_in(read(people[name], path + known)) == theirs, (name, path)
    one = books.customer("C0002")
    pages = {name: people[name].get(f"/customers/{one}?tab=items&{known}") for name in ("guo", "zheng", "zhou")}
    assert [page.status_code for page in pages.values()] == [200, 404, 302]
    assert names_in(pages["guo"].content.decode()) == {"C0002"}
    for tab in ("items", "documents", "people", "papers"):
        other = read(people["zheng"], f"/customers/{books.customer('C0003')}?tab={tab}&{known}")
        assert names_in(other) == {"C0003"}, tab


def test_who_people_are_is_told_only_where_they_may_be_seen_of_each_of_the_two(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    """Zheng reads all customers' data, but may see the people of her own alone; the two were one in between."""
    grant_role(username="zheng", role="auditor", actor="cli:test", at=AT)
    other, own = books.customer("C0002"), books.customer("C0003")
    add_contact(customer_id=other, contact=Contact(name="顾晓", phone="13812342046"), actor="test", at=AT)
    add_contact(customer_id=own, contact=Contact(name="齐安", phone="13700001111"), actor="test", at=AT)
    merge_id = merge(books, "C0002", "C0003")
    seal_everything()
    undo_merge(merge_id=merge_id, reason="看错了", actor="test", at=AT + timedelta(hours=1))
    known = "known_at=2026-11-20T10:30"
    page = read(people["zheng"], f"/customers/{own}?tab=people&{known}")
    assert "138****2046" in page
    assert "13700001111" in page
    said = [page, read(people["zheng"], f"/customers/{own}?tab=timeline&{known}")]
    for tab in ("people", "timeline"):
        answer = people["zheng"].get(f"/customers/{own}/export/{tab}?format=csv&{known}")
        said.append(b"".join(answer.streaming_content).decode())  # type: ignore[attr-defined]
    assert all("齐安" in text for text in said)
    assert not any(mark in text for text in said for mark in ("13812342046", "顾晓"))


def test_a_list_of_customers_as_known_before_shows_both(reader: Client, books: Books) -> None:
    before = Reading(AS_OF, last_head(), None, "CNY")
    everybody = {"scope": EVERYTHING, "ledger": EVERYTHING}
    rows = {row.customer.code: row.balance for row in customers_page(CustomerFilter(), before, **everybody).rows}
    merge(books)
    then = {row.customer.code: row.balance for row in customers_page(CustomerFilter(), before, **everybody).rows}
    assert then == rows
    now = replace(before, known=None)
    whole = {row.customer.code: row.balance for row in customers_page(CustomerFilter(), now, **everybody).rows}
    assert whole.keys() == rows.keys() - {"C0002"}
    assert whole["C0001"] == Balance(
        *(getattr(rows["C0001"], one.name) + getattr(rows["C0002"], one.name) for one in fields(Balance))
    )


def test_who_may_not_merge_is_offered_and_does_nothing(books: Books) -> None:
    one, number = books.customer("C0003"), merge(books)
    client = signed_in("sale", "auditor", reach="all")
    assert "/merge" not in client.get(f"/customers/{one}").content.decode()
    assert client.post(f"/customers/{one}/merge", {"into": "C0001", "reason": "x"}).status_code == 403
    assert client.post(f"/customers/merges/{number}/undo", {"reason": "x"}).status_code == 403
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("into", ["C0001", "C0002", "nobody"])
def test_what_cannot_be_is_said_in_the_form(into: str, reader: Client, books: Books) -> None:
    merge(books)
    one = books.customer("C0002" if into != "C0002" else "C0003")
    page = reader.post(f"/customers/{one}/merge", {"into": into, "reason": "x"})
    assert page.status_code == 400
    assert page.context["form"].problem
    assert Merge.objects.count() == 1
