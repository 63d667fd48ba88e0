"""Customers as a browser receives them: the list, one whole, its data, people, papers and hand-over."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import User
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import (
    Affiliation,
    ContactVersion,
    Customer,
    CustomerVersion,
    DocumentVersion,
    HandOverStep,
)
from huikuan.record.customers.operations import affiliate, change_customer, create_customer
from huikuan.record.customers.queries import affiliations_of, customer
from huikuan.record.customers.queries.people import contacts
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, Books, import_rows, open_by
from huikuan.shell.tests.test_access import signed_in

TABS = ("items", "documents", "contracts", "statements", "people", "papers", "timeline")
WHO: dict[str, Any] = {"actor": "test", "at": AT}
GU = {"name": "顾晓", "position": "财务部", "role": "payables", "phone": "13812342046", "email": "gu@haiyue.example"}


def exported(client: Client, url: str) -> list[list[str]]:
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def own(code: str, owner: str) -> None:
    one = Customer.objects.get(code=code).pk
    affiliate(customer_id=one, dimension="owner", value=owner, effective_on=date(2020, 1, 1), **WHO)


def test_the_list_shows_and_exports_what_each_owes(reader: Client, books: Books) -> None:
    page = reader.get("/customers/")
    assert [row.customer.code for row in page.context["found"].rows] == sorted(CUSTOMERS)
    rows = exported(reader, "/customers/export?format=csv")
    by_code = {row[0]: row for row in rows[1:]}
    overdue = open_by("264388102254") + open_by("264388117730")
    assert by_code["C0001"][12:15] == [str(overdue + open_by("264401827731")), str(overdue), "0.00"]
    assert by_code["C0002"][14] == "100000.00", "a receipt nobody applied stands apart"
    own("C0003", "郑可")
    found = {
        "?q=c000": 4,
        "?q=海岳": 1,
        "?status=customer": 4,
        "?status=prospect": 0,
        "?owner=郑可": 1,
        "?owner=-": 3,
        "?class=key": 0,
    }
    for query, count in found.items():
        assert reader.get(f"/customers/{query}").context["found"].count == count, query
        assert len(exported(reader, f"/customers/export{query}&format=csv")) == count + 1, query
    assert "没有符合条件的客户" in reader.get("/customers/?q=nobody-like-it").content.decode()


def test_the_strip_is_the_sum_of_the_rows_and_every_tab_opens(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    page = reader.get(f"/customers/{one}")
    standing = page.context["standing"]
    overdue = open_by("264388102254") + open_by("264388117730")
    assert Decimal(standing.overdue) / 100 == overdue
    assert Decimal(standing.total) / 100 == overdue + open_by("264401827731")
    assert standing.total == sum(row.value for row in page.context["lines"] if row.side == "debit")
    assert page.context["steps"]["first"].code == "chase"
    assert "尚未评定" in page.content.decode()
    earlier = reader.get(f"/customers/{one}?as_of=2026-10-01").context["standing"]
    assert earlier.overdue == 146_000_000, "the first invoice alone, unpaid then"
    for tab in TABS:
        assert reader.get(f"/customers/{one}?tab={tab}").status_code == 200, tab
    for tab, count in {"documents": 4, "people": 0, "papers": 0}.items():
        assert len(exported(reader, f"/customers/{one}/export/{tab}?format=csv")) == count + 1, tab
    assert reader.get(f"/customers/{one}/export/secrets").status_code == 404
    assert reader.get("/customers/987654").status_code == 404


def test_a_customer_is_created_and_changed_and_a_doubtful_code_needs_a_reason(reader: Client) -> None:
    typed = {
        "code": "N1",
        "name": "新客户有限公司",
        "status": "prospect",
        "uscc": "91350100M000100Y44",
        "owner": "李沅",
    }
    answer = reader.post("/customers/new", typed)
    assert (answer.status_code, Customer.objects.filter(code="N1").count()) == (400, 0)
    assert "check_digit" not in answer.content.decode()
    assert "校验位不符" in answer.content.decode(), "what is wrong is said in words"
    endless = reader.post("/customers/new", {**typed, "industry": "钢" * 101}).content.decode()
    assert all(said in endless for said in ("行业", "100"))
    assert "industry 最" not in endless
    assert 'value="新客户有限公司"' in answer.content.decode(), "what was typed is kept"
    reader.post("/customers/new", {**typed, "uscc_override_reason": "早期赋码"})
    made = customer("N1", scope=EVERYTHING)
    assert (made.status, affiliations_of(made.id, AS_OF)) == ("prospect", {"owner": "李沅"})
    known = {"name": "新客户有限公司", "status": "customer", "version": "1", "uscc": "", "industry": "风电"}
    assert reader.post(f"/customers/{made.id}/edit", known).status_code == 302
    made = customer("N1", scope=EVERYTHING)
    assert (made.status, made.industry, made.version) == ("customer", "风电", 2)
    assert reader.post("/customers/new", {"code": "N1", "name": "x", "status": "customer"}).status_code == 400


def test_who_comes_second_reads_who_when_and_what_and_keeps_the_input(reader: Client, books: Books) -> None:
    one = books.customer("C0003")
    change_customer(code="C0003", version=1, changes={"industry": "风电"}, actor="liyuan", at=AT)
    mine = {"name": CUSTOMERS["C0003"], "status": "customer", "industry": "机械", "version": "1"}
    before = CustomerVersion.objects.count()
    answer = reader.post(f"/customers/{one}/edit", mine)
    page = answer.content.decode()
    assert (answer.status_code, CustomerVersion.objects.count()) == (409, before)
    assert all(said in page for said in ("liyuan", "11-20 10:00", "风电"))
    assert 'name="industry" value="机械"' in page
    assert 'name="version" value="2"' in page
    assert reader.post(f"/customers/{one}/edit", {**mine, "version": "2"}).status_code == 302
    assert customer("C0003", scope=EVERYTHING).industry == "机械"


def test_the_code_is_checked_as_it_is_typed(reader: Client) -> None:
    create_customer(master=Master("H", "海岳", uscc="91350100M000100Y43"), **WHO)
    said = {uscc: reader.get(f"/customers/check?uscc={uscc}").content.decode() for uscc in ("91350100M000100Y44", "")}
    assert "校验位不符" in said["91350100M000100Y44"]
    assert said[""].strip() == ""
    assert "海岳 (H)" in reader.get("/customers/check?uscc=91350100m000100y43").content.decode()


def test_people_are_masked_for_those_who_need_not_reach_them(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    assert reader.post(f"/customers/{one}/contacts/new", GU).status_code == 302
    assert reader.post(f"/customers/{one}/contacts/new", {**GU, "phone": "ring"}).status_code == 400
    page = reader.get(f"/customers/{one}?tab=people").content.decode()
    assert all(said in page for said in ("13812342046", "gu@haiyue.example"))
    auditor = signed_in("looker", "auditor")
    for tab in TABS:
        seen = auditor.get(f"/customers/{one}?tab={tab}").content.decode()
        assert not any(said in seen for said in ("13812342046", "gu@haiyue", "顾晓")), tab
    assert "138****2046" in auditor.get(f"/customers/{one}?tab=people").content.decode()
    for tab in ("people", "timeline"):
        assert "顾晓" not in str(exported(auditor, f"/customers/{one}/export/{tab}?format=csv"))
        assert "顾晓" in str(exported(reader, f"/customers/{one}/export/{tab}?format=csv"))
    assert auditor.get(f"/customers/{one}/contacts/1").status_code == 403
    changed = {**GU, "position": "采购部", "version": "1", "active": "1"}
    assert reader.post(f"/customers/{one}/contacts/1", changed).status_code == 302
    assert reader.post(f"/customers/{one}/contacts/1", {**changed, "position": "法务"}).status_code == 409
    assert contacts(one, clear=True)[0].contact.position == "采购部"
    assert ContactVersion.objects.count() == 2
    assert reader.get(f"/customers/{one}").context["steps"]["first"].code == "chase"
    assert "今天致电 顾晓" in reader.get(f"/customers/{one}").content.decode()


def test_a_form_sent_twice_makes_one_fact_and_the_second_press_is_told(reader: Client, books: Books) -> None:
    one = books.customer("C0001")

    def paper() -> dict[str, Any]:
        return {"kind": "licence", "title": "营业执照", "file": SimpleUploadedFile("执照.pdf", b"%PDF-1.7")}

    for path, facts, sent in (("contacts", ContactVersion, lambda: GU), ("papers", DocumentVersion, paper)):
        address = f"/customers/{one}/{path}/new"
        answers = [reader.post(address, {**sent(), "version": "0"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 400], path
        page = answers[1].content.decode()
        assert ("重复点击" in page, 'name="version" value="1"' in page) == (True, True), path
        assert facts.objects.count() == 1, path
        assert 'name="version" value="1"' in reader.get(address).content.decode()
        assert reader.post(address, {**sent(), "version": "1"}).status_code == 302, "meant so, it is another one"
        assert facts.objects.count() == 2, path


def test_who_renews_a_paper_second_reads_what_the_first_changed(reader: Client, books: Books) -> None:
    one = books.customer("C0001")

    def sent(**changes: str) -> dict[str, Any]:
        file = SimpleUploadedFile("执照.pdf", b"%PDF-1.7")
        return {"kind": "licence", "title": "营业执照", "expires_on": "2026-12-01", "file": file, **changes}

    reader.post(f"/customers/{one}/papers/new", sent(version="0"))
    address = f"/customers/{one}/papers/1"
    assert reader.post(address, sent(version="1", expires_on="2031-12-01", note="新版")).status_code == 302
    met = reader.post(address, sent(version="1", expires_on="2027-12-01"))
    page = met.content.decode()
    assert (met.status_code, DocumentVersion.objects.count()) == (409, 2)
    assert all(
        said in page for said in ("zhou", "2031-12-01", "新版", 'value="2027-12-01"', 'name="version" value="2"')
    )
    wrong = reader.post(address, sent(version="1", kind="secrets")).content.decode()
    assert 'name="version" value="1"' in wrong, "another mistake does not hide that it was read at version 1"


def test_papers_are_kept_listed_before_they_expire_and_come_back_as_downloads(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    sent = {"kind": "licence", "title": "营业执照", "expires_on": "2026-12-01"}
    assert reader.post(f"/customers/{one}/papers/new", sent).status_code == 400, "without a file"
    file = SimpleUploadedFile("=执照.html", b"<script>alert(1)</script>")
    assert reader.post(f"/customers/{one}/papers/new", {**sent, "file": file}).status_code == 302
    rows = exported(reader, "/customers/expiring/export?format=csv")
    assert [(row[0], row[2], row[5], row[6]) for row in rows[1:]] == [("C0001", "营业执照", "2026-12-01", "即将到期")]
    assert rows[1][7] == "'=执照.html", "no cell acts as a formula"
    address = re.search(rf"/customers/{one}/files/[0-9a-f]{{64}}", reader.get("/customers/expiring").content.decode())
    assert address is not None
    answer = reader.get(address.group())
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert reader.get(address.group().replace(f"/{one}/", f"/{books.customer('C0002')}/")).status_code == 404
    assert reader.post(f"/customers/{one}/papers/1/withdraw", {"version": "1", "reason": "旧"}).status_code == 302
    assert "没有即将到期的资料" in reader.get("/customers/expiring").content.decode()


def test_on_a_past_day_and_without_the_permission_nothing_is_offered_to_write(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    past = reader.get(f"/customers/{one}?as_of=2026-06-01&tab=people").content.decode()
    assert not any(offered in past for offered in ("/edit", "contacts/new"))
    assert reader.get(f"/customers/{one}/edit?as_of=2026-06-01").status_code == 404
    looking = signed_in("looker", "auditor")
    assert "/edit" not in looking.get(f"/customers/{one}").content.decode()
    assert looking.post(f"/customers/{one}/edit", {}).status_code == 403


def test_customers_are_handed_over_by_two_who_sign(reader: Client, books: Books) -> None:
    for code in ("C0001", "C0003"):
        own(code, "李沅")
    new = "/customers/hand-overs/new?from=李沅&to=尹川&on=2026-11-20"
    shown = reader.get(new)
    assert [one.code for one in shown.context["found"]] == ["C0001", "C0003"]
    (whole,) = shown.context["sums"]
    documents = ("264388102254", "264388117730", "264401827731", "264401970056", "264402031188", "=1+1")
    assert Decimal(whole.debit) / 100 == sum(open_by(one) for one in documents)
    ticked = {"to": "尹川", "reason": "离职", "customer": [one.customer_id for one in shown.context["found"]]}
    answer = reader.post(new, ticked)
    number = int(answer.headers["Location"].rpartition("/")[2])
    yin, li = signed_in("yin", "sales"), signed_in("li", "sales")
    User.objects.filter(username="yin").update(owner_name="尹川")
    User.objects.filter(username="li").update(owner_name="李沅")
    assert reader.post(new, ticked).status_code == 400, "it is open already"
    assert yin.get(f"/customers/{books.customer('C0001')}").status_code == 404
    page = yin.get(f"/customers/hand-overs/{number}")
    digest = page.context["paper"].content_sha256
    yin.post(f"/customers/hand-overs/{number}/sign", {"side": "giver", "content": digest})
    assert HandOverStep.objects.count() == 0, "not for the other side"
    yin.post(f"/customers/hand-overs/{number}/sign", {"side": "receiver", "content": digest})
    li.post(f"/customers/hand-overs/{number}/sign", {"side": "giver", "content": digest})
    assert yin.get(f"/customers/{books.customer('C0001')}").status_code == 200
    assert li.get(f"/customers/{books.customer('C0001')}").status_code == 404
    assert li.get("/customers/").context["found"].count == 0
    assert reader.get(f"/customers/hand-overs/{number}/document").content.startswith(b"%PDF")
    assert exported(reader, "/customers/hand-overs/export?format=csv")[1][5] == "已移交"
    assert signed_in("zheng", "sales").get(f"/customers/hand-overs/{number}").status_code == 404
    assert reader.post(f"/customers/hand-overs/{number}/call-off", {"reason": "错"}).status_code == 302
    assert reader.get(f"/customers/hand-overs/{number}").context["paper"].state == "done"


def test_groups_add_up_and_their_tree_is_changed(reader: Client, books: Books) -> None:
    for code, name, parent in (("HY", "海岳集团", ""), ("HY-E", "海岳华东", "HY")):
        reader.post("/customers/groups/add", {"code": code, "name": name, "parent": parent})
    for code, group in (("C0001", "HY"), ("C0002", "HY-E"), ("C0003", "HY-E")):
        said = {"group": group, "effective_on": "2026-01-01"}
        assert reader.post(f"/customers/{books.customer(code)}/affiliation", said).status_code == 302
    rows = exported(reader, "/customers/groups/export?format=csv")
    own_sums = {row[0]: Decimal(row[12]) for row in exported(reader, "/customers/export?format=csv")[1:]}
    whole = sum(own_sums[code] for code in ("C0001", "C0002", "C0003"))
    assert [(row[0], row[3], row[4], Decimal(row[6])) for row in rows[1:]] == [
        ("HY", "1", "3", whole),
        ("HY-E", "2", "2", own_sums["C0002"] + own_sums["C0003"]),
    ]
    reader.post("/customers/groups/move", {"code": "HY", "parent": "HY-E"})
    assert "成环" in reader.get("/customers/groups/").content.decode()
    reader.post("/customers/groups/move", {"code": "HY-E", "parent": ""})
    assert [row[2] for row in exported(reader, "/customers/groups/export?format=csv")[1:]] == ["", ""]
    assert reader.get("/customers/?group=HY").context["found"].count == 1


def test_lines_without_a_rate_are_told_wherever_sums_are(reader: Client, books: Books) -> None:
    one = books.customer("C0004")
    headers = "客户编码,客户名称,发票号码,开票日期,到期日,金额,币种"
    line = f"C0004,{CUSTOMERS['C0004']},INV-8,2026-08-01,2026-09-01,310.00,EUR"
    import_rows(books.company, "items", "欧元.csv", f"{headers}\n{line}\n".encode())
    reader.post("/customers/groups/add", {"code": "NV", "name": "Norvik", "parent": ""})
    reader.post(f"/customers/{one}/affiliation", {"group": "NV", "effective_on": "2026-01-01"})
    listed = {row[0]: row for row in exported(reader, "/customers/export?format=csv")}
    place = listed["客户编码"].index("未计入合计的行数")
    assert [listed[code][place] for code in ("C0003", "C0004")] == ["0", "1"]
    owed = Decimal(listed["C0004"][12])
    grouped = exported(reader, "/customers/groups/export?format=csv")
    assert (grouped[0][-1], grouped[1][6:]) == ("未计入合计的行数", [str(owed), str(owed), "0.00", "1"])
    assert "没有汇率，未计入合计" in reader.get("/customers/groups/").content.decode()
    page = reader.get(f"/customers/{one}")
    first = page.context["steps"]["first"]
    assert (first.code, first.count, first.unvalued) == ("chase", 2, ("EUR",))
    assert page.content.decode().count("无汇率，未计入合计") == 2, "in the strip and in the next step"


def test_pages_read_what_they_show_and_files_everything(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    headers = "客户编码,客户名称,收款单号,收款日期,金额,币种"
    name = CUSTOMERS["C0001"]
    lines = [f"C0001,{name},RCN-{number},2026-11-{number % 19 + 1:02},1.00,CNY" for number in range(60)]
    import_rows(books.company, "receipts", "零星.csv", "\n".join([headers, *lines]).encode())
    with CaptureQueriesContext(connection) as queries:
        page = reader.get(f"/customers/{one}?tab=timeline&kind=money")
    assert len(page.context["events"]) == 50
    said = [one["sql"] for one in queries]
    assert any("receivables_item" in sql and "LIMIT 50" in sql for sql in said), "no more receipts than shown"
    assert any("COUNT" in sql and "statements_issuedstatement" in sql for sql in said), "counted, not fetched"
    claims = [sql for sql in said if '"due_date" IS NOT NULL' in sql]
    assert claims
    window = [sql for sql in claims if "effective_on" in sql]
    assert len(window) == 1
    assert all("json" in sql for sql in claims if sql not in window), "the habit reads claims paid in its window alone"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {window[0]}")
            plan = " ".join(str(row[3]) for row in cursor.fetchall())
        assert "receivables_settle_debit" in plan, plan
    assert len(exported(reader, f"/customers/{one}/export/timeline?kind=money&format=csv")) == 62


def test_data_quality_lists_what_is_lacking_stale_and_alike(reader: Client, books: Books) -> None:
    create_customer(master=Master("D1", "宏朔钢构股份有限公司", industry="钢构"), **WHO)
    lacking = exported(reader, "/customers/quality/export?format=csv")
    assert [(row[0], row[3]) for row in lacking[1:]] == [*((code, "0") for code in sorted(CUSTOMERS)), ("D1", "8")]
    alike = exported(reader, "/customers/quality/export?view=alike&format=csv")
    assert [(row[0], row[2], row[4]) for row in alike[1:]] == [("C0002", "D1", "名称相同")]
    assert len(exported(reader, "/customers/quality/export?view=stale&format=csv")) == 1
    assert len(exported(reader, "/customers/quality/export?view=stale&format=csv&as_of=2027-11-21")) == 6
    for view in ("", "stale", "alike"):
        assert reader.get(f"/customers/quality?view={view}").status_code == 200


def test_pages_ask_the_database_no_more_for_more_rows(reader: Client, books: Books) -> None:
    pages = ["/customers/", "/customers/expiring", f"/customers/{books.customer('C0001')}?tab=people"]

    def asked() -> list[int]:
        counts = []
        for page in pages:
            reader.get(page)
            with CaptureQueriesContext(connection) as queries:
                reader.get(page)
            counts.append(len(queries))
        return counts

    reader.post(f"/customers/{books.customer('C0001')}/contacts/new", GU)
    before = asked()
    for number in range(5):
        create_customer(master=Master(f"M{number}", f"客户 {number}"), **WHO)
        reader.post(
            f"/customers/{books.customer('C0001')}/contacts/new", {**GU, "name": f"顾{number}", "version": number + 1}
        )
    assert reader.get("/customers/").context["found"].count == 9
    assert asked() == before


@pytest.mark.browser
def test_no_page_of_customers_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books) -> None:
    from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width

    own("C0001", "李沅")
    one = books.customer("C0001")
    page.goto(f"/customers/{one}/contacts/new")
    for name in ("name", "phone", "email"):
        page.fill(f"#{name}", GU[name])
    page.click("[data-commit]")
    page.wait_for_selector("[data-contact='1']")
    paths = ["/customers/", "/customers/new", f"/customers/{one}/edit", f"/customers/{one}/contacts/1",
             f"/customers/{one}/papers/new", "/customers/expiring", "/customers/hand-overs/",
             "/customers/hand-overs/new?from=李沅&to=尹川", "/customers/groups/", "/customers/quality",
             f"/customers/{one}/merge?into=C0003",
             *(f"/customers/{one}?tab={tab}" for tab in TABS)]  # fmt: skip
    for path in paths:
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.goto(path)
        shuts_nobody_out(page)
        # A theme changes colours, a narrow window what goes beside what: no page is fetched again for either.
        page.emulate_media(color_scheme="dark")
        shuts_nobody_out(page, colours_alone=True)
        page.set_viewport_size(PHONE)
        stays_in_its_width(page)


def test_the_four_things_a_customer_belongs_to_are_four_fields(reader: Client, books: Books) -> None:
    """Only what was changed is recorded, all or none; an emptied field ends; what others said meanwhile stands."""
    one = books.customer("C0002")
    own("C0002", "尹川")
    page = reader.get(f"/customers/{one}/edit").content.decode()
    assert 'name="was_owner" value="尹川"' in page
    shown = {"was_owner": "尹川", "owner": "尹川", "was_region": "", "was_group": "", "was_business_type": ""}
    own("C0002", "郑可")
    before = Affiliation.objects.count()
    said = {**shown, "region": "华东", "business_type": "钢构", "group": "", "effective_on": AS_OF.isoformat()}
    assert reader.post(f"/customers/{one}/affiliation", said).status_code == 302
    assert Affiliation.objects.count() == before + 2
    assert affiliations_of(one, AS_OF) == {"owner": "郑可", "region": "华东", "business_type": "钢构"}
    wrong = reader.post(f"/customers/{one}/affiliation", {**said, "region": "华北", "group": "NONE"})
    assert (wrong.status_code, Affiliation.objects.count()) == (400, before + 2)
    assert 'name="region" value="华北"' in wrong.content.decode(), "what was typed stays"
    ended = {"region": "", "was_region": "华东", "effective_on": AS_OF.isoformat()}
    assert reader.post(f"/customers/{one}/affiliation", ended).status_code == 302
    assert affiliations_of(one, AS_OF) == {"owner": "郑可", "business_type": "钢构"}
