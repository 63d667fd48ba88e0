"""Who one talks to at the cast's customers, how those are dealt with, and a licence or two. All invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.documents import Paper
from huikuan.record.customers.models import ContactVersion, Customer
from huikuan.record.customers.operations import add_contact, add_document, change_care
from huikuan.shell.demo.dice import Dice

#: Customer → the people there.
CONTACTS = {
    "C10018": (
        Contact("顾晓", "财务部经理", "payables", "13800012046", "guxiao@haiyue.example", "zh"),
        Contact("陆远", "采购总监", "decides", "13900017718", "", "zh"),
    ),
    "C10007": (Contact("邢岚", "财务主管", "payables", "13700015520", "xinglan@beilu.example", "zh"),),
    "C10023": (Contact("卜川", "总经理", "decides", "13600013309", "", "zh"),),
    "C10002": (Contact("纪禾", "应付会计", "payables", "13500018846", "jihe@chuanlan.example", "zh"),),
}
CARES = {
    "C10018": Care(
        "strategic", "每季度拜访；塔筒法兰以外争取主轴锻件年度框架。", "zh", "email", "盐城市大丰区风电路 18 号"
    ),
    "C10002": Care("key", "水轮机转轮三年框架，提前一年谈续签。", "zh", "post", "成都市水务大道 2 号"),
}
_SURNAMES = "纪邢卜陆顾温骆裴祝岑奚凌关苗薛柯"
_GIVEN = "岚禾川晓远宁芸舒墨予桐嘉颖澄逸棠"
_POSITIONS = ("应付会计", "财务主管", "出纳", "财务部经理")
_ABROAD = ("Ingrid Solvang", "Marek Dvorsky", "Helen Ashcombe", "Tomas Ribeira", "Laura Kestner")
#: One in so many has nobody whose address we know: they are written letters.
_WITHOUT_ADDRESS = 9
#: Customer → days from the demo's day to its licence's last one.
LICENCES = {"C10018": 41, "C10007": 2_900, "C10023": -12, "C10002": 3_300}


def write_people(*, today: date, actor: str, at: datetime) -> None:
    """Write them once; repeating changes nothing."""
    if ContactVersion.objects.exists():
        return
    found = list(Customer.objects.order_by("code").values_list("code", "pk", "name"))
    ids = {code: pk for code, pk, _ in found}
    with transaction.atomic():
        for place, (code, customer, firm) in enumerate(found):
            for contact in CONTACTS.get(code) or [_somebody(place, code, abroad=firm.isascii())]:
                add_contact(customer_id=customer, contact=contact, actor=actor, at=at)
    for code, care in CARES.items():
        change_care(customer_id=ids[code], version=0, care=care, actor=actor, at=at)
    for code, days in LICENCES.items():
        paper = Paper("licence", "营业执照", today - timedelta(days=3_650), today + timedelta(days=days))
        content, name = f"{code} 营业执照（演示）\n".encode(), f"{code}-营业执照.txt"
        add_document(customer_id=ids[code], paper=paper, content=content, name=name, actor=actor, at=at)


def _somebody(place: int, code: str, *, abroad: bool) -> Contact:
    """Who pays there, under addresses that reach nobody."""
    dice = Dice(f"people/{code}")
    name = dice.one_of(_SURNAMES) + dice.one_of(_GIVEN) + (dice.one_of(_GIVEN) if dice.chance(40) else "")
    email = "" if place % _WITHOUT_ADDRESS == 0 else f"payables@{code.lower()}.example"
    if abroad:
        return Contact(dice.one_of(_ABROAD), "Accounts payable", "payables", f"1380000{place:04}", email, "en")
    return Contact(name, dice.one_of(_POSITIONS), "payables", f"1380000{place:04}", email, "zh")
