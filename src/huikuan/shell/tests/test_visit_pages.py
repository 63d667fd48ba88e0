"""Visits on their pages: planned by a form, checked in, photographed, ended; and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huikuan.act.visits.models import CheckIn, Outcome, Photo, Visit
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, Books
from huikuan.shell.tests.colleagues import names_in

JPEG = b"\xff\xd8\xff\xe0" + b"a picture" * 20


@pytest.fixture
def collector(books: Books, on_the_day: None) -> Client:
    add_user(username="heyu", password="a long pass phrase", display_name="何渝", actor="cli:test", at=AT)
    grant_role(username="heyu", role="collector", actor="cli:test", at=AT)
    client = Client()
    client.force_login(User.objects.get(username="heyu"))
    return client


def planned(client: Client, code: str = "C0001", **more: Any) -> int:
    form = {"company": "MAIN", "customer": code, "on": AS_OF.isoformat(), "visitor": "zhou", "purpose": "collect",
            "note": "带对账单", "key": code, **more}  # fmt: skip
    answer = client.post("/collection/visits/plan", form)
    assert answer.status_code == 302, answer.context["form"].problems
    return int(Visit.objects.latest("id").pk)


def test_a_visit_goes_through_its_forms(books: Books, collector: Client) -> None:
    page = collector.get("/collection/visits/plan?customer=C0001").content.decode()
    assert CUSTOMERS["C0001"] in page
    number = planned(collector)
    assert planned(collector) == number, "the same form sent again plans nothing more"
    by_name = planned(collector, CUSTOMERS["C0001"][:2], key="by name")
    assert Visit.objects.get(pk=by_name).customer_id == Visit.objects.get(pk=number).customer_id
    several = {"company": "MAIN", "customer": "C000", "on": AS_OF.isoformat(), "visitor": "zhou", "purpose": "collect"}
    assert "C0002" in collector.post("/collection/visits/plan", several).context["form"].problems["customer"]
    here = f"/collection/visits/{number}"
    before = collector.get(here).content.decode()
    assert "1,375,000.05" in before, "what is overdue is said at the door"
    assert collector.post(f"{here}/arrive", {"place": ""}).status_code == 400
    assert not CheckIn.objects.exists()
    collector.post(f"{here}/arrive", {"place": "大丰厂区", "latitude": "33.2", "longitude": "120.46"})
    assert CheckIn.objects.get().visit_id == number
    bad = collector.post(f"{here}/photos", {"photos": SimpleUploadedFile("a.jpg", b"<svg>")})
    assert (bad.status_code, Photo.objects.count()) == (400, 0)
    half = [SimpleUploadedFile("门.jpg", JPEG), SimpleUploadedFile("a.jpg", b"<svg>")]
    assert (collector.post(f"{here}/photos", {"photos": half}).status_code, Photo.objects.count()) == (400, 0)
    collector.post(f"{here}/photos", {"photos": SimpleUploadedFile("门.jpg", JPEG, "image/jpeg")})
    photo = Photo.objects.get()
    sent = collector.get(f"{here}/photos/{photo.pk}")
    assert b"".join(sent.streaming_content) == JPEG
    assert (sent["Content-Type"], sent["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    ended = {"outcome": "met", "sights": ["stopped", "creditors"], "note": "先付一半", "satisfaction": "2",
             "follow_up_on": "2026-11-27"}  # fmt: skip
    refused = collector.post(f"{here}/end", {**ended, "follow_up_on": "next week"})
    assert refused.status_code == 400
    for kept in ("stopped", "creditors", "2"):
        assert f'value="{kept}" checked' in refused.content.decode(), "what was ticked stays"
    assert not Outcome.objects.exists()
    assert collector.post(f"{here}/end", ended).status_code == 302
    other = collector.post(f"{here}/end", {**ended, "note": "改口了", "others": "门卫"})
    assert other.status_code == 400
    assert "data-not-kept" in other.content.decode()
    assert all(said in other.content.decode() for said in ("改口了", "门卫"))
    page = collector.get(here).content.decode()
    for said in ("先付一半", "全面停产", "有其他债主", "2 / 5", "11-27", "安排回访"):
        assert said in page
    assert "安排回访" not in collector.get(f"{here}?as_of=2026-11-01").content.decode()
    listed = collector.get("/collection/visits/?state=ended")
    assert listed.context["found"].count == 1
    text = b"".join(collector.get("/collection/visits/export?format=csv").streaming_content).decode("utf-8-sig")
    assert "见到对方" in text
    assert "先付一半" not in text


def test_everybody_sees_the_visits_to_their_customers_alone(
    people: Mapping[str, Client], books: Books, collector: Client
) -> None:
    one, other = planned(collector, "C0001"), planned(collector, "C0003")
    assert names_in(people["li"].get("/collection/visits/").content.decode()) == {"C0001"}
    assert people["li"].get(f"/collection/visits/{one}").status_code == 200
    for path in (f"/collection/visits/{other}", f"/collection/visits/{other}/photos/1"):
        assert people["li"].get(path).status_code == 404
    assert people["li"].post(f"/collection/visits/{other}/arrive", {"place": "x"}).status_code == 404
    mine = {"company": "MAIN", "customer": "C0003", "on": AS_OF.isoformat(), "visitor": "li", "purpose": "collect"}
    assert people["li"].post("/collection/visits/plan", mine).status_code == 400
    assert people["chen"].post(f"/collection/visits/{one}/arrive", {"place": "x"}).status_code == 403
    assert not CheckIn.objects.exists()
    assert Visit.objects.count() == 2
