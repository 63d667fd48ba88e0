"""Whom a payer's name may mean, and how surely."""

from __future__ import annotations

import pytest

from huikuan.record.cash.domain.book import Party
from huikuan.record.cash.domain.names import Names, bare, key

CHINESE = [
    Party(1, "A", ("海岳风电设备（盐城）有限公司", "盐城海岳")),
    Party(2, "B", ("江苏蓝桥精密机械股份有限公司",), aliases={"张*明": 2, "李四": 0}, payers={"北岸供应链": "WT-7"}),
    Party(3, "C", ("蓝桥贸易有限公司",)),
]
LATIN = [
    Party(11, "N", ("Northern Lantern Logistics Inc",)),
    Party(12, "D", ("Northern Lantern Logistics Inc Division 37",)),
    Party(13, "P", ("Ironharbour Industrial",)),
]
KNOWN = Names([*CHINESE, *LATIN])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("海岳风电设备(盐城)有限公司", (1, "same")),
        ("海岳风电设备盐城", (1, "bare")),
        ("盐城海岳", (1, "same")),
        ("海岳风电", (1, "short")),
        ("蓝桥精密", (2, "short")),
        ("张*明", (2, "alias")),
        ("北岸供应链", (2, "mandate")),
        ("江苏蓝桥精密机诫股份有限公司", (2, "alike")),
        ("NORTHERN LANTERN LOGISTICS INC", (11, "same")),
        ("N Lantern Logistics", (11, "short")),
        ("NLL", (11, "initials")),
        ("Iron Harbour Ind", (13, "alike")),
    ],
)
def test_the_surest_of_whom_a_name_may_mean(name: str, expected: tuple[int, str]):
    best = KNOWN.likely(name)[0]
    assert (best.customer_id, best.kind) == expected


@pytest.mark.parametrize("name", ["", "李四", "北京某某商贸有限公司", "Evergreen Division 41", "有限公司"])
def test_nobody_is_meant(name: str):
    assert KNOWN.likely(name) == ()


def test_a_name_cut_off_by_the_bank():
    long = Names([Party(1, "A", ("穗隽黛（太仓）智能装备系统集成技术服务有限公司",))])
    assert [one.kind for one in long.likely("穗隽黛（太仓）智能装备系统集成技术服务有")] == ["cut"]


def test_divisions_are_told_apart_by_their_numbers():
    assert [one.customer_id for one in KNOWN.likely("Northern Lantern Logistics Division 37")] == [12]


def test_names_standing_in_a_memo():
    assert [one.customer_id for one in KNOWN.within("代江苏蓝桥精密机械付货款")] == [2]
    assert KNOWN.within("付货款") == ()


def test_more_generously_where_something_else_points_to_it():
    assert KNOWN.resembles("IHI Corp", LATIN[2], generously=False) is None
    assert KNOWN.resembles("IHI Corp", LATIN[2], generously=True).kind == "initials"
    assert KNOWN.resembles("某某商行", CHINESE[0], generously=True) is None


def test_keys():
    assert key("海岳风电设备（盐城）有限公司") == "海岳风电设备盐城有限公司"
    assert bare("Northern Lantern Co., Ltd.") == "northernlantern"


def test_a_masked_name_is_only_itself():
    """陈*明 hides a letter: it is no 陈明, neither as a customer nor as an alias, and no other masked name."""
    known = Names([Party(1, "A", ("陈明",)), Party(2, "B", ("陈小明",), aliases={"陈＊明": 3, "王刚": 1})])
    assert (key("陈*明"), key("陈＊明"), key("陈 * 明"), key("***")) == ("陈*明", "陈*明", "陈*明", "")
    assert [(one.customer_id, one.kind) for one in known.likely("陈*明")] == [(2, "alias")]
    assert known.likely("王*刚") == ()
    assert known.resembles("陈*明", Party(1, "A", ("陈明",)), generously=True) is None
    assert [one.customer_id for one in known.likely("陈明") if one.kind == "same"] == [1]
    assert "alias" not in {one.kind for one in known.likely("陈明")}
