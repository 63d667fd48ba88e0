"""What the forms of customers offer to choose from is what the writer may see."""

from __future__ import annotations

from datetime import date

from django.test import Client

from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.customers.operations import affiliate, create_group, move_group
from huikuan.shell.tests.books import AT, Books

WHOSE = {"C0001": ("李沅", "MINE", "华东"), "C0003": ("郑可", "THEIRS", "华北")}


def test_forms_offer_no_owner_region_or_group_of_others(books: Books, on_the_day: None, reader: Client) -> None:
    for code, name, above in (("OVER", "北麓之上", ""), ("MINE", "北麓系", "OVER"), ("THEIRS", "海岳系", "")):
        create_group(code=code, name=name, actor="cli:test", at=AT)
        move_group(code=code, parent_code=above, actor="cli:test", at=AT)
    for code, said in WHOSE.items():
        for dimension, value in zip(("owner", "group", "region"), said, strict=True):
            since, one = date(2020, 1, 1), books.customer(code)
            affiliate(customer_id=one, dimension=dimension, value=value, effective_on=since, actor="cli:test", at=AT)
    add_user(username="li", password="a long pass phrase", display_name="李沅", actor="cli:test", at=AT)
    grant_role(username="li", role="credit_analyst", reach="own", actor="cli:test", at=AT)
    own = Client()
    own.force_login(User.objects.get(username="li"))
    for path in ("/customers/new", f"/customers/{books.customer('C0001')}/edit"):
        page = own.get(path)
        offered = page.context
        assert (offered["owners"], offered["regions"]) == (["李沅"], ["华东"]), path
        assert [one.code for one in offered["groups"]] == ["MINE", "OVER"], path
        assert not any(other in page.content.decode() for other in ("郑可", "华北", "THEIRS", "海岳系")), path
        whole = reader.get(path).context
        assert (whole["owners"], whole["regions"], len(whole["groups"])) == (["李沅", "郑可"], ["华东", "华北"], 3)
