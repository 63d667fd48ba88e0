"""The cast: companies, people, and the customers who appear on every screen. All invented.

Amounts are texts in 万元 (ten thousand yuan); days count from the demo's day, so −54 is 54 days ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Seller:
    """A company that keeps its books here."""

    code: str
    name: str
    prefix: str


HEAD, EAST = "MAIN", "HD"
SELLERS = (
    Seller(HEAD, "江临精工装备股份有限公司", "JL"),
    Seller(EAST, "江临精工装备（华东）有限公司", "JD"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in."""

    username: str
    name: str
    roles: tuple[str, ...]
    team: str = ""


PEOPLE = (
    Person("zhoumin", "周敏", ("finance_manager",)),
    Person("guoling", "郭凌", ("sales_manager",), "EAST"),
    Person("liyuan", "李沅", ("sales",), "EAST"),
    Person("yinchuan", "尹川", ("sales",), "EAST"),
    Person("zhengke", "郑可", ("sales",), "NORTH"),
    Person("linhui", "林荟", ("billing_clerk",)),
    Person("heqing", "何清", ("cash_clerk",)),
    Person("suwen", "苏雯", ("collector",)),
    Person("luzheng", "陆峥", ("legal",)),
    Person("shenzhou", "沈舟", ("credit_analyst",)),
    Person("chenheng", "陈衡", ("auditor",)),
    Person("hance", "韩策", ("management",)),
    Person("admin", "系统管理员", ("administrator",)),
)


@dataclass(frozen=True, slots=True)
class Crew:
    """A team of salespeople, below another one if `parent` names it."""

    code: str
    name: str
    parent: str = ""


TEAMS = (Crew("SALES", "销售部"), Crew("EAST", "华东组", "SALES"), Crew("NORTH", "北方组", "SALES"))

#: Since when the teams are as they are.
FOUNDED = date(2020, 1, 1)

#: Who approves what others draft; who collects.
DIRECTOR, COLLECTOR = "hance", "suwen"

#: Customers beyond the cast begin here. What moves amounts is told of them alone.
ORDINARY_FROM = "C10100"

#: Who looks after a region's customers.
OWNERS = {
    "华东": ("李沅", "尹川"),
    "华北": ("郑可",),
    "华南": ("方茗",),
    "华中": ("罗岩",),
    "西南": ("何渝",),
    "西北": ("郑可",),
    "东北": ("郑可",),
    "海外": ("宋祁",),
}


@dataclass(frozen=True, slots=True)
class Open:
    """An item still open on the demo's day. `paid` is what was paid of it before; `due` None awaits."""

    document: int
    due: int | None
    amount: str
    text: str
    paid: str = ""
    kind: str = "invoice"


@dataclass(frozen=True, slots=True)
class Lead:
    """A customer of the cast. `ahead` (万元) is not yet due, spread over `pieces` recent invoices."""

    code: str
    name: str
    short_name: str
    group: str
    industry: str
    region: str
    owner: str
    business_type: str
    terms: int
    habit: str
    open: tuple[Open, ...] = ()
    ahead: str = "0"
    pieces: int = 0
    unapplied: tuple[tuple[int, str, str], ...] = ()
    stopped: int = 0
    seller: str = HEAD


def fen(wan: str) -> int:
    """万元 as 分: '754.20' → 754 200 000."""
    return int(Decimal(wan) * 1_000_000)


LEADS = (
    Lead(
        *("C10018", "海岳风电设备（盐城）有限公司", "海岳风电", "海岳集团", "风电装备"),
        *("华东", "李沅", "设备", 60, "slipping"),
        open=(
            Open(-114, -54, "268.00", "塔筒法兰 第 4 批"),
            Open(-87, -27, "186.20", "塔筒法兰 第 5 批"),
            Open(-79, -19, "300.00", "主轴锻件"),
            Open(-53, 7, "412.60", "主轴锻件"),
            Open(-36, 24, "352.00", "偏航轴承"),
            Open(-21, 39, "298.40", "偏航轴承"),
            Open(-508, 222, "141.60", "质保期满 10%", kind="retention"),
        ),
        unapplied=((-9, "28.50", "尾款"), (-3, "0.13", "银行手续费差")),
    ),
    Lead(
        *("C10007", "北麓矿业装备集团有限公司", "北麓矿业", "北麓集团", "矿山机械"),
        *("华北", "郑可", "备件", 60, "slow"),
        open=(
            Open(-202, -142, "96.40", "圆锥破碎机动锥"),
            Open(-168, -108, "69.80", "给料机链板"),
            Open(-135, -75, "146.00", "颚破机架", paid="50.00"),
            Open(-135, -75, "64.50", "颚破机架"),
            Open(-128, -68, "42.00", "筛网总成"),
            Open(-123, -63, "38.00", "衬板 第 2 批"),
            Open(-121, -61, "24.00", "衬板 第 3 批"),
            Open(-121, -61, "12.00", "备件"),
            Open(-112, -52, "168.20", "颚破动颚"),
            Open(-101, -41, "130.00", "球磨机端盖"),
            Open(-84, -24, "142.60", "球磨机端盖"),
            Open(-69, -9, "80.80", "衬板 第 4 批"),
        ),
        ahead="168.40",
        pieces=4,
    ),
    Lead(
        *("C10023", "宏朔钢构有限公司", "宏朔钢构", "", "钢结构"),
        *("华北", "郑可", "设备", 30, "failing"),
        open=(
            Open(-248, -218, "214.30", "数控钻床"),
            Open(-218, -188, "186.20", "数控钻床"),
            Open(-187, -157, "171.40", "抛丸机"),
            Open(-157, -127, "95.80", "抛丸机 第 2 台"),
            Open(-78, -48, "92.60", "备件"),
            Open(-54, -24, "63.40", "备件"),
        ),
        unapplied=((-142, "18.64", "红字：抛丸机折让"),),
        stopped=250,
    ),
    Lead(
        *("C10031", "华澈环境工程有限公司", "华澈环境", "", "环保工程"),
        *("华中", "郑可", "设备", 30, "slow"),
        open=(
            Open(-152, -121, "84.60", "压滤机"),
            Open(-105, -75, "112.00", "压滤机 第 2 台"),
            Open(-70, -40, "98.00", "刮泥机"),
            Open(-42, -12, "58.00", "备件"),
        ),
        ahead="186.40",
        pieces=3,
    ),
    Lead(
        *("C10002", "川澜水务工程集团有限公司", "川澜水务", "川澜集团", "水务工程"),
        *("西南", "何渝", "工程", 90, "prompt"),
        open=(Open(-109, -19, "312.00", "水轮机转轮"),),
        ahead="2486.30",
        pieces=11,
    ),
    Lead(
        *("C10044", "瑞沣食品机械有限公司", "瑞沣食品", "", "食品机械"),
        *("华东", "郑可", "设备", 60, "slow"),
        open=(
            Open(-137, -77, "40.20", "杀菌釜"),
            Open(-104, -44, "55.50", "杀菌釜"),
            Open(-76, -16, "60.00", "灌装机架"),
        ),
        ahead="98.20",
        pieces=3,
        seller=EAST,
    ),
    Lead(
        *("C10012", "嘉甯新能源科技股份有限公司", "嘉甯新能源", "嘉甯集团", "新能源"),
        *("华东", "李沅", "设备", 75, "prompt"),
        open=(Open(-87, -12, "142.80", "电芯模架"),),
        ahead="986.50",
        pieces=7,
    ),
    Lead(
        *("C10027", "启峄汽车零部件（芜湖）有限公司", "启峄汽配", "启峄集团", "汽车零部件"),
        *("华东", "李沅", "毛坯", 60, "slipping"),
        open=(Open(-103, -43, "44.50", "转向节毛坯"), Open(-80, -20, "85.20", "转向节毛坯")),
        ahead="612.00",
        pieces=8,
        seller=EAST,
    ),
    Lead(
        *("C10035", "安禾冷链装备有限公司", "安禾冷链", "", "冷链装备"),
        *("华东", "李沅", "设备", 60, "slipping"),
        open=(Open(-86, -26, "120.60", "压缩机壳体"),),
        ahead="534.80",
        pieces=6,
        seller=EAST,
    ),
    Lead(
        *("C10039", "锦泽纺织机械有限公司", "锦泽纺机", "", "纺织机械"),
        *("西南", "何渝", "毛坯", 60, "slipping"),
        open=(
            Open(-1_060, -1_030, "4.20", "机架铸件 尾款"),
            Open(-98, -38, "33.70", "机架铸件"),
            Open(-69, -9, "65.00", "机架铸件"),
        ),
        ahead="402.10",
        pieces=5,
    ),
    Lead(
        *("C10004", "远舟港口机械有限公司", "远舟港机", "远舟集团", "港口机械"),
        *("华南", "何渝", "锻件", 60, "prompt"),
        ahead="1842.00",
        pieces=9,
    ),
    Lead(
        *("C10015", "翎川轨道交通装备有限公司", "翎川轨交", "翎川集团", "轨道交通"),
        *("华中", "罗岩", "锻件", 90, "prompt"),
        open=(Open(-96, -6, "38.40", "齿轮箱体"),),
        ahead="774.20",
        pieces=6,
    ),
    Lead(
        *("C10020", "湛衡石化装备股份有限公司", "湛衡石化", "湛衡集团", "石化装备"),
        *("东北", "郑可", "设备", 60, "prompt"),
        open=(Open(-75, -15, "46.30", "反应釜封头"),),
        ahead="762.50",
        pieces=6,
    ),
)  # fmt: skip
