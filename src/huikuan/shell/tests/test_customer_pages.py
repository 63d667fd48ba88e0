"""Customers as a browser receives them: the list, one whole, its people and papers."""

from __future__ import annotations

from django.test import Client

from huikuan.shell.tests.books import Books

TABS = ("items", "documents", "contracts", "statements", "people", "papers", "timeline")


def test_pages_open(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    for url in (
        "/customers/",
        "/customers/new",
        "/customers/expiring",
        f"/customers/{one}/edit",
        f"/customers/{one}/contacts/new",
        f"/customers/{one}/papers/new",
        *(f"/customers/{one}?tab={tab}" for tab in TABS),
    ):
        answer = reader.get(url)
        assert answer.status_code == 200, (url, answer.content.decode()[:3000])
