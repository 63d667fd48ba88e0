"""Invented company names, groups and registration codes.

Brands are put together from uncommon characters; a test compares them with listed companies. The
registration codes carry county 99, which no county has, and valid check characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huikuan.kernel.identifiers import organisation_check_character, uscc_check_character
from huikuan.shell.demo.dice import Dice

_FIRST = "岫翎珩砚霁湛沅澹峤璟奕栩峒崧黎劭稷芮荻笙邈溯沣旻昶晗骁骐骞"
_SECOND = "澜衡朔麓峄甯泽舟澈岳川禾沣屿野陌霖榕堃桓垣埠峦汀洹涞"
_TRADES = (
    ("重型机械", "矿山机械"), ("矿山设备", "矿山机械"), ("风电装备", "风电装备"), ("电力设备", "电力设备"),
    ("环保设备", "环保工程"), ("水务设备", "水务工程"), ("汽车部件", "汽车零部件"), ("传动科技", "汽车零部件"),
    ("轨道装备", "轨道交通"), ("港口机械", "港口机械"), ("船舶配套", "船舶配套"), ("石化装备", "石化装备"),
    ("压力容器", "石化装备"), ("钢构工程", "钢结构"), ("食品机械", "食品机械"), ("包装机械", "食品机械"),
    ("冷链设备", "冷链装备"), ("纺织机械", "纺织机械"), ("农业装备", "农业机械"), ("建材机械", "建材机械"),
    ("液压科技", "液压件"), ("泵业", "泵阀"), ("阀门制造", "泵阀"), ("新能源科技", "新能源"),
)  # fmt: skip
#: Region → (administrative division of the code, cities).
_PLACES = {
    "华东": (("3209", "盐城"), ("3402", "芜湖"), ("3304", "嘉兴"), ("3707", "潍坊"), ("3206", "南通")),
    "华北": (("1302", "唐山"), ("1404", "长治"), ("1502", "包头"), ("1307", "张家口")),
    "华南": (("4406", "佛山"), ("4502", "柳州"), ("4413", "惠州")),
    "华中": (("4205", "宜昌"), ("4302", "株洲"), ("4103", "洛阳"), ("3604", "九江")),
    "西南": (("5106", "德阳"), ("5203", "遵义"), ("5303", "曲靖")),
    "西北": (("6103", "宝鸡"), ("6205", "天水")),
    "东北": (("2102", "大连"), ("2302", "齐齐哈尔"), ("2202", "吉林")),
}
_REGIONS = (("华东", 38), ("华北", 16), ("华南", 14), ("华中", 14), ("西南", 8), ("西北", 4), ("东北", 6))

ABROAD = (
    ("Ostrava Vale Machinery s.r.o.", "EUR"),
    ("Nordhagen Marine Works AS", "EUR"),
    ("Bellmoor Port Systems GmbH", "EUR"),
    ("Corvane Mining Equipment Inc.", "USD"),
    ("Tasmere Heavy Industries Pty", "USD"),
    ("Quillan Wind Components LLC", "USD"),
    ("Sabrosa Cement Machinery Lda.", "EUR"),
    ("Hartwell & Dunmore Rail Ltd.", "USD"),
)


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented legal entity."""

    name: str
    short_name: str
    brand: str
    industry: str
    region: str
    uscc: str


def firms(dice: Dice) -> Iterator[Firm]:
    """Firms without end, no two of one short name."""
    taken: set[str] = set()
    while True:
        brand = dice.one_of(_FIRST) + dice.one_of(_SECOND)
        trade, industry = dice.one_of(_TRADES)
        region = dice.weighted(_REGIONS)
        division, city = dice.one_of(_PLACES[region])
        form = dice.weighted((("有限公司", 6), ("place", 3), ("股份有限公司", 1)))
        short = brand + trade[:2]
        if short in taken or brand[0] == brand[1]:
            continue
        taken.add(short)
        name = f"{brand}{trade}（{city}）有限公司" if form == "place" else f"{brand}{trade}{form}"
        yield Firm(name, short, brand, industry, region, registration_code(division, dice))


def registration_code(division: str, dice: Dice) -> str:
    """A Unified Social Credit Code that passes its check and belongs to nobody."""
    body = "MA" + "".join(dice.one_of("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6))
    organisation = body + organisation_check_character(body)
    code = f"91{division}99{organisation}"
    return code + uscc_check_character(code)
