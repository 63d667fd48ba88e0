"""`huikuan notices …`: JSON alone, exit codes, addresses for whoever may see them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.notices.operations.claiming import claim, doubt_lost
from huikuan.mechanisms.notices.tests.conftest import AT, TO, Box, Office, known
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None) -> Office:
    return Office()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["notices", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def now() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


def test_from_the_queue_to_the_doubt(office: Office, box: Box, said: Any) -> None:
    first, second = (office.queue(f"item:{number}", purpose="internal", at=now()) for number in (1, 2))
    code, listed = said("list", "--state", "queued")
    assert (code, listed["count"], [row["id"] for row in listed["notices"]]) == (0, 2, [second, first])
    assert (listed["notices"][1]["to"], listed["notices"][1]["case"]) == (TO, "item:1")
    assert claim(first, at=now() - timedelta(hours=1)) is None  # not due then
    assert claim(first, at=now()) is not None
    code, turn = said("send")
    assert (code, turn["sent"], turn["lost"], turn["more"]) == (0, 1, 0, False)
    _, shown = said("show", str(second))
    assert ([step["step"] for step in shown["steps"]], shown["text"]) == (
        ["claimed", "sent"],
        "贵司 INV-17 已到期。\n请安排付款。",
    )

    doubt_lost(at=datetime.now(UTC), after=timedelta(0))
    assert [row["id"] for row in said("in-doubt")[1]["notices"]] == [first]
    assert said("resolve", str(first), "--sent") == (0, {"id": first, "state": "sent"})
    code, refusal = said("resolve", str(first), "--sent")
    assert (code, refusal["error"]["code"]) == (1, "notice_not_so")


def test_cancelling_hearing_and_wishes(office: Office, said: Any, tmp_path: Path) -> None:
    notice = office.queue(at=now())
    assert said("cancel", str(notice)) == (0, {"id": notice, "state": "cancelled"})
    (tmp_path / "in.eml").write_bytes(b"Subject: lunch\r\n\r\nhello")
    assert said("hear", str(tmp_path / "in.eml")) == (
        0, {"messages": [{"what": "replied", "notice": None, "new": False, "stop": False}]},
    )  # fmt: skip
    assert said("opt-out", "email", TO) == (0, {"recorded": True})
    assert said("opt-out", "email", TO.upper()) == (0, {"recorded": False})
    assert said("opt-in", "email", TO) == (0, {"recorded": True})
    assert said("opt-out", "email", "nobody")[0] == 1


def test_when_a_notice_may_go_out(office: Office, said: Any) -> None:
    late = said("quiet", "--company", "MAIN", "--at", "2026-11-20T22:30:00+08:00")
    assert late == (
        0,
        {
            "allowed_at": "2026-11-23T01:00:00Z",
            "local": "2026-11-23 09:00:00+08:00",
            "now": False,
            "missing_year": None,
        },
    )
    assert said("quiet", "--company", "MAIN", "--at", "2027-03-01T10:00:00+08:00")[1]["missing_year"] == 2027


def test_who_may_not_see_people_sees_masks_and_may_not_send(office: Office, said: Any) -> None:
    notice = office.queue(at=now())
    for name, role in (("wu", "auditor"), ("chen", "collector")):
        identity.add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
        identity.grant_role(username=name, role=role, actor="cli:root", at=AT)
    assert said("show", str(notice), "--actor", "wu")[1]["to"] == "z****@yunling.example"
    assert said("show", str(notice), "--actor", "wu")[1]["text"] == ""
    assert said("show", str(notice), "--actor", "chen")[1]["to"] == TO
    code, refusal = said("cancel", str(notice), "--actor", "wu")
    assert (code, refusal["error"]["code"], known(notice).state) == (1, "not_permitted", "queued")


def test_what_waits_for_a_channel_nobody_set_up_is_said(
    office: Office, said: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUIKUAN_SMTP_FROM", raising=False)
    monkeypatch.setenv("HUIKUAN_SMTP_URL", "smtp://127.0.0.1:9?tls=none")
    for number in (1, 2):
        office.queue(f"item:{number}", purpose="internal", at=now())
    later = (now() + timedelta(days=1)).replace(microsecond=0)
    office.queue("item:3", purpose="internal", at=now(), not_before=later)
    code, turn = said("send")
    assert (code, turn["sent"]) == (0, 0)
    assert turn["not_set_up"] == [{"channel": "email", "lacking": ["HUIKUAN_SMTP_FROM"], "count": 2}]
    assert cli.main(["notices", "send"]) == 0
    assert (turn["later"], datetime.fromisoformat(turn["first_at"])) == (1, later)
    hour = later.astimezone(ZoneInfo("Asia/Shanghai"))
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "电子邮件渠道未设置（缺少 HUIKUAN_SMTP_FROM）：2 件通知在等待。",
        f"1 件通知等待发送时段，最早 {hour:%Y-%m-%d %H:%M} 起发送。",
    ]


def test_twin_where_it_is_set_up_nothing_is_said(office: Office, box: Box, said: Any) -> None:
    office.queue("item:1", purpose="internal", at=now())
    _, turn = said("send")
    assert (turn["sent"], turn["not_set_up"], turn["later"], turn["first_at"]) == (1, [], 0, None)


def test_a_code_is_told_to_nobody(office: Office, said: Any) -> None:
    notice = office.queue("portal:1", purpose="code", text="您的对账验证码：002082。", at=now())
    shown = said("show", str(notice))[1]
    assert ("002082" in json.dumps(shown, ensure_ascii=False), shown["to"]) == (False, TO)
    assert "一次性验证码" in shown["text"]
