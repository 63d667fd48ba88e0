"""Each colleague sees exactly what is theirs: sentinel customers in lists, totals, charts, exports and commands.

Two salespeople of different teams, a team's lead, finance, an auditor and guests; the same questions to each.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, scope_of
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Fulfilment, MilestoneEvent
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.contracts.operations.milestones import record_milestone
from huikuan.record.contracts.operations.orders import create_order
from huikuan.record.contracts.queries.contracts import contract, whole_contract
from huikuan.record.contracts.queries.orders import order, whole_order
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate, create_group
from huikuan.record.customers.queries import customers, find, narrowed, seen
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.queries.contract_items import contract_items
from huikuan.record.receivables.queries.items import ItemFilter, every_item, items_page
from huikuan.record.receivables.queries.open_lines import Moment
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.operations.issuing import issue_statement, start_run
from huikuan.see.statements.queries.statements import currencies_of
from huikuan.shell import cli, installation
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, ROWS, Books, open_by
from huikuan.shell.tests.colleagues import OWNERS, READERS, SEES, entered, give, names_in, read
from huikuan.shell.tests.test_dry_run_pages import replayed

RATE = Decimal("7.1801")


def debts(codes: set[str]) -> int:
    return sum(row[0] in codes for row in ROWS)


def owed(codes: set[str]) -> Decimal:
    """Open debits in CNY by the rows of the books alone; 10,000 of C0001's was paid by C0002."""
    total = Decimal(0)
    for row in ROWS:
        if row[0] in codes:
            amount = open_by(row[1]) - (10_000 if row[1] == "264388117730" else 0)
            total += (amount * RATE).quantize(Decimal("0.01")) if row[5] == "USD" else amount
    return total


def test_pages_charts_and_totals(people: Mapping[str, Client], on_the_day: None) -> None:
    for path in ("/receivables/overview", "/receivables/items", "/receivables/items/export", "/imports/"):
        assert people["law"].get(path).status_code == 403
    for name in READERS:
        sees_exactly(people[name], SEES[name])


def sees_exactly(client: Client, mine: set[str]) -> None:
    listed = client.get("/receivables/items?side=debit")
    assert names_in(listed.content.decode()) == mine
    assert listed.context["found"].count == debts(mine)
    overview = client.get("/receivables/overview?currency=CNY")
    assert names_in(overview.content.decode()) == mine
    answer = overview.context["overview"]
    if mine:
        assert Decimal(answer.total.amount) / 100 == owed(mine)
        assert (answer.items, answer.customers) == (debts(mine), len(mine))
        assert {row.code for row in answer.top} <= mine
        assert {bar.code for bar in answer.concentration.bars} == mine
        assert answer.trend[-1].total == answer.total.amount
    for path in ("/today", "/receivables/checkup", "/receivables/indicators"):
        assert names_in(read(client, path)) <= mine, path
    checkup = client.get("/receivables/checkup?currency=CNY").context
    if mine:
        assert Decimal(checkup["checkup"].total) / 100 == owed(mine)
    for line in checkup["lines"]:
        assert names_in(read(client, line["url"])) <= mine
    for by in ("customer", "owner", "group", "region"):
        page = read(client, f"/receivables/overview?by={by}&currency=CNY")
        assert names_in(page) == mine, by
        foreign = {owner for code, owner in OWNERS.items() if code not in mine}
        assert not any(owner in page for owner in foreign), by


def test_a_share_of_ones_own_customers_is_called_so(people: Mapping[str, Client], on_the_day: None) -> None:
    for name in ("li", "zhou"):
        assert ("按您可见的客户计算" in read(people[name], "/receivables/overview")) == (name == "li")


def test_exports(people: Mapping[str, Client], on_the_day: None) -> None:
    for name in READERS:
        exports_exactly(people[name], SEES[name])


def exports_exactly(client: Client, mine: set[str]) -> None:
    text = b"".join(client.get("/receivables/items/export?side=debit&format=csv").streaming_content).decode(
        "utf-8-sig"
    )
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert {row[1] for row in rows} == mine
    assert len(rows) == debts(mine)
    book = io.BytesIO(b"".join(client.get("/receivables/items/export?side=debit&format=xlsx").streaming_content))
    sheet = load_workbook(book).active
    assert {row[1] for row in sheet.iter_rows(min_row=2, values_only=True)} == mine


def test_searches_and_filters_say_no_more(people: Mapping[str, Client], on_the_day: None) -> None:
    for name in READERS:
        finds_exactly(people[name], SEES[name])


def finds_exactly(client: Client, mine: set[str]) -> None:
    for code, customer in CUSTOMERS.items():
        found = client.get("/receivables/items", {"q": customer[:4], "side": "debit"})
        assert found.context["found"].count == (debts({code}) if code in mine else 0)
        named = client.get("/receivables/items", {"customer": code})
        nobody = client.get("/receivables/items", {"customer": "C9999"})
        assert named.status_code == (200 if code in mine else 400)
        if code not in mine:
            assert customer not in named.content.decode()
            assert named.content.decode().replace(code, "C9999") == nobody.content.decode()
        owner = client.get("/receivables/items", {"owner": OWNERS.get(code, "-"), "side": "debit"})
        assert owner.context["found"].count == (debts({code}) if code in mine else 0)


def test_another_scopes_id_is_not_there(people: Mapping[str, Client], books: Books, on_the_day: None) -> None:
    for name, client in people.items():
        opens_exactly(name, client, books)


def opens_exactly(name: str, client: Client, books: Books) -> None:
    mine = SEES[name]
    for item, code in Item.objects.values_list("id", "customer_id"):
        customer = Customer.objects.get(pk=code).code
        expected = 200 if customer in mine else 404 if name in READERS else 403
        assert client.get(f"/receivables/items/{item}").status_code == expected
    imports = name in ("zhou", "chen")
    for path in ("/imports/", f"/imports/{books.batch}", f"/imports/{books.batch}/lines/3",
                 f"/imports/{books.batch}/original"):  # fmt: skip
        answer = client.get(path)
        answer.close()
        assert answer.status_code == (200 if imports else 403), path


def test_customers_whole(people: Mapping[str, Client], books: Books, on_the_day: None) -> None:
    """The list, each customer's page, groups, data quality and their files hold one's own and nobody else's."""
    for code in CUSTOMERS:
        affiliate(
            customer_id=books.customer(code),
            dimension="group",
            value=group_of(code),
            effective_on=date(2020, 1, 1),
            actor="cli:test",
            at=AT,
        )
    for name in READERS:
        knows_exactly(people[name], SEES[name], books)


def group_of(code: str) -> str:
    create_group(code=f"G-{code}", name=f"{CUSTOMERS[code]}集团", actor="cli:test", at=AT)
    return f"G-{code}"


def knows_exactly(client: Client, mine: set[str], books: Books) -> None:
    listed = client.get("/customers/")
    assert {row.customer.code for row in listed.context["found"].rows} == mine == names_in(listed.content.decode())
    assert sum((Decimal(row.balance.total) / 100 for row in listed.context["found"].rows), Decimal(0)) == owed(mine)
    for path in (
        "/customers/quality",
        "/customers/quality?view=alike",
        "/customers/expiring",
        "/customers/hand-overs/",
    ):
        assert names_in(read(client, path)) <= mine, path
    assert names_in(read(client, "/customers/groups/")) == mine
    for path in ("/customers/export", "/customers/groups/export", "/customers/quality/export"):
        text = b"".join(client.get(f"{path}?format=csv").streaming_content).decode("utf-8-sig")
        assert names_in(text) == mine, path
    for code in CUSTOMERS:
        pages = [
            f"/customers/{books.customer(code)}?tab={tab}" for tab in ("items", "documents", "timeline", "people")
        ]
        files = f"/customers/{books.customer(code)}/export/documents?format=csv"
        if code in mine:
            # Who paid for a customer may be another's; the page names the customer's own documents alone.
            assert all(names_in(read(client, page)) <= mine for page in pages), code
            assert names_in(b"".join(client.get(files).streaming_content).decode("utf-8-sig")) == {code}
        else:
            assert {client.get(page).status_code for page in [*pages, files]} == {404}, code


def test_statements(people: Mapping[str, Client], books: Books, on_the_day: None) -> None:
    asked = {
        "company_id": books.company.pk, "period": Period(AS_OF.replace(day=1), AS_OF), "language": "zh",
        "known": last_head(), "actor": "cli:test", "at": AT,
    }  # fmt: skip
    ids = dict(Customer.objects.values_list("code", "pk"))
    issued = {code: issue_statement(customer_id=ids[code], currency="CNY", **asked) for code in ("C0001", "C0002")}
    run = start_run(accounts=[(ids["C0001"], "CNY"), (ids["C0002"], "CNY")], again=True, **asked)
    for name in READERS:
        client, mine = people[name], SEES[name]
        assert names_in(read(client, "/receivables/statements/")) == mine
        assert names_in(read(client, "/receivables/statements/issued")) == mine & set(issued)
        for path in ("/receivables/statements/export", "/receivables/statements/issued/export"):
            text = b"".join(client.get(f"{path}?format=csv").streaming_content).decode("utf-8-sig")
            assert names_in(text) == (mine & set(issued) if "issued" in path else mine)
        for code, number in ids.items():
            for more in ("", "/draft?format=xlsx"):
                answer = client.get(f"/receivables/statements/customers/{number}{more}")
                answer.close()
                assert answer.status_code == (200 if code in mine else 404)
        for code, number in issued.items():
            answer = client.get(f"/receivables/statements/issued/{number}")
            answer.close()
            assert answer.status_code == (200 if code in mine else 404)
        whole = {"C0001", "C0002"} <= mine
        assert client.get(f"/receivables/statements/runs/{run}").status_code == (200 if whole else 404)
        shown = client.get("/receivables/statements/").context["runs"]
        assert [row.id for row in shown] == ([run] if whole else [])


def agreements_of(books: Books, code: str) -> tuple[int, int]:
    """A contract with the customer, and an order under it: their ids."""
    whose = {"company": books.company, "customer_id": Customer.objects.get(code=code).pk, "actor": "test", "at": AT}
    signed = Terms(name="主轴总成", currency="CNY", amount=1_000_00, signed_on=date(2026, 3, 2))
    line = OrderLine(1, "主轴", QUANTITY, 1_000_00, "件")
    return (
        create_contract(number=f"K-{code}", terms=signed, **whose),
        create_order(number=f"SO-{code}", order=Order(date(2026, 3, 3), "CNY", (line,), f"K-{code}"), **whose),
    )


def test_contracts_and_orders(people: Mapping[str, Client], books: Books, on_the_day: None) -> None:
    made = {code: agreements_of(books, code) for code in CUSTOMERS}
    for name in READERS:
        client, mine = people[name], SEES[name]
        for kind, place in (("contracts", 0), ("orders", 1)):
            assert names_in(read(client, f"/{kind}/")) == mine
            text = b"".join(client.get(f"/{kind}/export?format=csv").streaming_content).decode("utf-8-sig")
            assert names_in(text) == mine
            for code, ids in made.items():
                assert client.get(f"/{kind}/{ids[place]}").status_code == (200 if code in mine else 404)
                named = client.get(f"/{kind}/?customer={code}")
                assert code in mine or CUSTOMERS[code] not in named.content.decode()
        for code, (agreed, _ordered) in made.items():
            answer = client.get(f"/receivables/contracts/{agreed}/items")
            assert answer.status_code == (200 if code in mine else 404)


def test_who_paid_for_somebody_else_is_not_told_to_those_who_do_not_see_them(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    path = f"/receivables/items/{books.item('264388117730')}"
    assert names_in(read(people["li"], path)) == {"C0001"}
    assert "RC-2" not in read(people["li"], path)
    assert "您看不到的客户" in read(people["li"], path)
    assert f"/imports/{books.batch}" not in read(people["li"], path)
    assert CUSTOMERS["C0002"] in read(people["guo"], path)
    assert f"/imports/{books.batch}/lines/3" in read(people["zhou"], path)


def test_a_hand_over_takes_effect_on_its_day_for_every_day_asked_about(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    path = f"/receivables/items/{books.item('264388102254')}"
    give("C0001", "郑可", AS_OF + timedelta(days=1))
    assert [people[name].get(path).status_code for name in ("li", "zheng", "guo")] == [200, 404, 200]
    with time_machine.travel("2026-11-21T01:00:00Z"):
        then = {name: entered(name) for name in ("li", "zheng", "guo")}
        for query in ("", "?as_of=2026-11-20"):
            assert [then[name].get(path + query).status_code for name in then] == [404, 200, 404]
        assert then["zheng"].get("/receivables/items?side=debit&as_of=2026-11-20").context["found"].count == 6


def test_without_the_one_clause_the_sentinels_show(
    people: Mapping[str, Client], on_the_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the tests above fail when questions are no longer narrowed to their reader."""
    monkeypatch.setattr(Moment, "whose", lambda moment: "")
    assert names_in(read(people["li"], "/receivables/items")) == set(CUSTOMERS)
    assert names_in(read(people["li"], "/receivables/overview")) == set(CUSTOMERS)
    assert names_in(read(people["li"], "/receivables/checkup/long_overdue")) == {"C0002"}


# Commands and queries ----------------------------------------------------------------------------------


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = cli.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_commands_given_for_somebody(
    people: Mapping[str, Client],
    on_the_day: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installation, "prepare", lambda: None)
    for name in SEES:
        is_told_exactly(name, capsys)


def is_told_exactly(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    mine, actor = SEES[name], ["--actor", name]
    for engine in ("database", "columns"):
        code, answer = told(["aging", "--as-of", str(AS_OF), "--engine", engine, *actor], capsys)
        assert code == (0 if name in READERS else 1)
        if code == 0:
            assert {row["key"] for row in answer["rows"] if row["total"] != "0.00"} == mine
    code, answer = told(["customer", "list", *actor], capsys)
    assert code == (0 if name in READERS else 1)
    if code == 0:
        assert {row["code"] for row in answer["customers"]} == mine
        for sought in CUSTOMERS:
            code, answer = told(["customer", "show", sought, *actor], capsys)
            assert code == (0 if sought in mine else 1)
    assert told(["import", "list", *actor], capsys)[0] == (0 if name in ("zhou", "chen") else 1)


def test_commands_that_write_for_somebody_reach_their_customers_alone(
    people: Mapping[str, Client],
    books: Books,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installation, "prepare", lambda: None)
    whose = {"company": books.company, "customer_id": books.customer("C0003"), "actor": "test", "at": AT}
    steps = read_milestones("签订 100% 10天")
    signed = Terms(name="主轴总成", currency="CNY", amount=1_000_00, milestones=steps)
    contract = create_contract(number="K-1", terms=signed, **whose)
    line = OrderLine(1, "主轴", QUANTITY, 1_000_00, "件")
    create_order(number="SO-1", order=Order(date(2026, 3, 3), "CNY", (line,), "K-1"), **whose)
    on = date(2026, 3, 2)
    event = record_milestone(contract_id=contract, milestone="signing", happened_on=on, actor="test", at=AT)
    commands = {
        "contract_number_unknown": ["contract", "milestone", "record", "K-1", "signing", "--on", "2026-03-02"],
        "milestone_event_unknown": ["contract", "milestone", "withdraw", str(event), "--reason", "错"],
        "order_number_unknown": ["order", "deliver", "SO-1", "1", "1", "--on", "2026-03-03"],
    }
    for code, command in commands.items():
        answered, said = told([*command, "--actor", "guo"], capsys)
        assert (answered, said["error"]["code"]) == (1, code)
    for asked in (["C0003", "--issue"], ["bulk", "--customers", "C0003"]):
        period = ["--from", "2026-11-01", "--to", str(AS_OF), "--actor", "guo"]
        answered, said = told(["statement", *asked, *period], capsys)
        assert (answered, said["error"]["code"]) == (
            (1, "customer_unknown") if asked[0] == "C0003" else (1, "statement_none_chosen")
        )
    assert (MilestoneEvent.objects.count(), Fulfilment.objects.count(), IssuedStatement.objects.count()) == (1, 0, 0)
    assert told([*commands["order_number_unknown"], "--actor", "zheng"], capsys)[0] == 0


def test_without_an_actor_a_command_shows_everything(
    people: Mapping[str, Client], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "prepare", lambda: None)
    assert {row["code"] for row in told(["customer", "list"], capsys)[1]["customers"]} == set(CUSTOMERS)


def scopes(company: int) -> list[tuple[object, set[str]]]:
    """Unions of grants, and the customers of the company each shows."""
    own, here, there = frozenset({"李沅"}), frozenset({company}), frozenset({company + 1})
    return [
        (EVERYTHING, set(CUSTOMERS)),
        (NOTHING, set()),
        (scope_of([Part(here, None)], on=AS_OF), set(CUSTOMERS)),
        (scope_of([Part(there, None)], on=AS_OF), set()),
        (scope_of([Part(there, None), Part(None, own)], on=AS_OF), {"C0001"}),
        (scope_of([Part(there, own), Part(here, frozenset({"尹川", "郑可"}))], on=AS_OF), {"C0002", "C0003"}),
        (scope_of([Part(None, frozenset({"nobody"}))], on=AS_OF), set()),
        (scope_of([Part(None, frozenset())], on=AS_OF), set()),
    ]


def test_every_query_answers_the_part_of_everything_its_scope_holds(people: object, books: Books) -> None:
    whole = {row.key: row for row in aging(as_of=AS_OF, scope=EVERYTHING).rows}
    for scope, codes in scopes(books.company.pk):
        for engine in ("database", "columns"):
            rows = aging(as_of=AS_OF, scope=scope, engine=engine).rows
            assert {row.key: row for row in rows} == {key: row for key, row in whole.items() if key in codes}
        page = items_page(ItemFilter(), as_of=AS_OF, scope=scope)
        assert {row.customer_code for row in page.rows} == codes
        with every_item(ItemFilter(), as_of=AS_OF, scope=scope) as (count, rows):
            assert (count, [row.customer_code for row in rows]) == (
                page.count,
                [row.customer_code for row in page.rows],
            )
        posted = narrowed(Item.objects.all(), seen(scope)).values_list("customer_id", flat=True)
        assert set(Customer.objects.filter(pk__in=posted).values_list("code", flat=True)) == codes
        theirs = seen(scope)
        assert all(theirs.has(books.company.pk, row.pk) == (row.code in codes) for row in Customer.objects.all())


def test_questions_about_one_customer_are_narrowed_too(people: object, books: Books, on_the_day: None) -> None:
    """Whoever holds a number of another's customer, contract or order learns nothing by asking of it."""
    foreign = Customer.objects.get(code="C0003").pk
    agreed, ordered = agreements_of(books, "C0003")
    own = scope_of([Part(None, frozenset({"李沅"}))], on=AS_OF)
    theirs = scope_of([Part(None, frozenset({"郑可"}))], on=AS_OF)
    about = {"company_id": books.company.pk, "customer_id": foreign}
    year = Period(date(2026, 1, 1), AS_OF)
    assert currencies_of(**about, period=year, scope=own) == []
    assert currencies_of(**about, period=year, scope=theirs) != []
    item = Item.objects.filter(customer_id=foreign, side="debit").first()
    assert item is not None
    named = {**about, "contract_number": item.contract_number, "as_of": AS_OF}
    assert contract_items(**named, scope=own) == []
    assert item.pk in {one.item_id for one in contract_items(**named, scope=theirs)}
    contract_row, order_row = contract(agreed, scope=theirs), order(ordered, scope=theirs)
    assert whole_contract(contract_row, scope=theirs).row == contract_row
    assert whole_order(order_row, scope=theirs).row == order_row
    with pytest.raises(Refusal, match="contract_unknown"):
        whole_contract(contract_row, scope=own)
    with pytest.raises(Refusal, match="order_unknown"):
        whole_order(order_row, scope=own)


def test_the_register_is_shared_by_companies_and_narrowed_by_owners(people: object, books: Books) -> None:
    elsewhere = scope_of([Part(frozenset({books.company.pk + 1}), None)], on=AS_OF)
    own = scope_of([Part(None, frozenset({"李沅"}))], on=AS_OF)
    assert {row.code for row in customers(scope=elsewhere)} == set(CUSTOMERS)
    assert [row.code for row in customers(scope=own)] == ["C0001"]
    assert [row.code for row in find("公司", scope=own)] == ["C0001"]
    assert find(CUSTOMERS["C0002"], scope=own) == []
    assert customers(scope=NOTHING) == []


def test_what_was_said_of_an_owner_and_withdrawn_counts_no_longer(people: object) -> None:
    def own(owner: str, on: date) -> set[str]:
        scope = scope_of([Part(None, frozenset({owner}))], on=on)
        return {row.code for row in customers(scope=scope)}

    give("C0001", "", date(2026, 6, 1))
    assert own("李沅", date(2026, 5, 31)) == {"C0001"}
    assert own("李沅", date(2026, 6, 1)) == set()
    give("C0001", "李沅", date(2026, 6, 1))
    assert own("李沅", AS_OF) == {"C0001"}
    assert own("李沅", date(2019, 12, 31)) == set()
    with pytest.raises(TypeError):
        seen(scope_of([Part(None, frozenset({"李沅"}))], on=None))


def test_the_front_door_still_names_nobody_else(people: Mapping[str, Client], on_the_day: None) -> None:
    assert names_in(people["li"].get("/", follow=True).content.decode()) == set()
    assert names_in(people["li"].get(reverse("cockpit:overview")).content.decode()) == {"C0001"}
    assert people["law"].get(reverse("shell:home")).headers["Location"] == "/me/"
    assert names_in(people["law"].get("/me/").content.decode()) == set()


def test_the_search_finds_what_is_theirs_and_tells_of_nothing_else(people: dict[str, Client]) -> None:
    """By name, sound, code, number, tail, amount and owner: whoever asks, only their own customers answer."""
    asked = (
        "公司",
        "marine",
        "beilu",
        "hsgg",
        "c000",
        "2643",
        "2644",
        "7731",
        "inv-7",
        "2143",
        "@",
        "@尹",
        "yin 2643",
    )
    for name, client in people.items():
        told = []
        for text in asked:
            page = client.get("/search", {"q": text})
            assert page.status_code == 200, (name, text)
            told += [
                "".join(piece for piece, _lit in answer.title) + answer.detail + answer.url
                for group in page.context["groups"]
                for answer in group.answers
            ]
        assert names_in("\n".join(told)) == SEES[name], name
        owners = {owner for owner in OWNERS.values() if any(line.startswith(owner) for line in told)}
        assert owners == {OWNERS[code] for code in SEES[name] if code in OWNERS}, name


def test_a_dry_run_shows_each_reader_their_orders_alone(people: Mapping[str, Client], on_the_day: None) -> None:
    run_id = replayed()
    for name in READERS:
        mine = SEES[name]
        page = people[name].get(f"/credit/dry-run/{run_id}?figure=all")
        rows = [row for row in ROWS if row[0] in mine]
        assert (
            page.context["report"].together.orders + sum(one.orders for one in page.context["report"].apart)
            == page.context["count"]
        )
        assert page.context["count"] <= len(rows)
        assert names_in(page.content.decode()) <= mine
        if mine:
            assert page.context["count"] > 0
        table = people[name].get(f"/credit/dry-run/{run_id}/export?figure=all&format=csv").streaming_content
        assert names_in(b"".join(table).decode()) <= mine
    assert people["law"].get(f"/credit/dry-run/{run_id}").status_code == 403
