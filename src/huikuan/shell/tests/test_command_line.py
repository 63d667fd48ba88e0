"""Whatever goes wrong, the command line answers: JSON alone, a code, a sentence, an exit code."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.utils import translation

import huikuan
from huikuan.kernel.dates import wall_clock
from huikuan.mechanisms.identity.models import Company
from huikuan.shell import cli, home
from huikuan.shell.messages import sentence
from huikuan.shell.tests.installations import Installation


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("made") / "home")
    assert installation.run("init")[0] == 0
    return installation


def told(installation: Installation, *arguments: object) -> tuple[int, str, str]:
    """Exit code, error code and sentence."""
    code, body = installation.run(*arguments)
    return code, body["error"]["code"], body["error"]["message"]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> object:
    """The command line in this process, its database untouched."""
    monkeypatch.setattr("huikuan.shell.installation.prepare", lambda: None)
    umask = os.umask(0o022)
    yield cli.main
    os.umask(umask)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "code", "exit_code"),
    [
        ("aging --as-of yesterday", "usage", 2),
        ("aging --as-of 2026-11-20 --known-at noon", "usage", 2),
        ("aging --as-of 2026-11-20 --known-at 2026-11-20T08:00:00", "usage", 2),
        ("aging --as-of 9999-12-31", "date_out_of_range", 1),
        ("aging --as-of 2026-11-20 --organisation x", "usage", 2),
        ("rates add USD 7.1 --date 2026-13-01", "usage", 2),
        ("rates add USD 10000000", "rate_too_large", 1),
        ("period lock soon", "usage", 2),
        ("overview", "usage", 2),
        ("serve --port 65536", "usage", 2),
        ("serve --port 0", "usage", 2),
        ("serve --port x", "usage", 2),
        ("serve --workers 0", "usage", 2),
        ("demo --port -1", "usage", 2),
        ("aging --as-of 2026-11-20 --out /nowhere/at/all.csv", "file_unusable", 1),
    ],
)
def test_what_is_wrong_is_said_in_json(
    main: object, capsys: pytest.CaptureFixture[str], command: str, code: str, exit_code: int
) -> None:
    Company.objects.create(code="MAIN", name="本公司")
    assert main([*command.split(), "--json"]) == exit_code  # type: ignore[operator]
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["where"] == []


@pytest.mark.django_db
def test_a_spreadsheet_without_a_file_is_wrong_use(main: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aging", "--as-of", "2026-11-20", "--format", "xlsx"]) == 2  # type: ignore[operator]
    assert capsys.readouterr().out == ""


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx", "table"])
def test_json_alone_whatever_form_is_asked_for(main: object, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert main(["aging", "--as-of", "2026-11-20", "--format", form, "--json"]) == 0  # type: ignore[operator]
    assert json.loads(capsys.readouterr().out)["as_of"] == "2026-11-20"


@pytest.mark.django_db
def test_the_form_of_a_file_is_its_ending_and_json_says_what_was_written(
    main: object, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "aging.xlsx"
    assert main(["aging", "--as-of", "2026-11-20", "--out", str(file), "--json"]) == 0  # type: ignore[operator]
    assert json.loads(capsys.readouterr().out) == {"out": str(file), "rows": 0}
    assert file.read_bytes()[:2] == b"PK"


@pytest.mark.django_db
def test_a_snapshot_without_its_day_is_wrong_use(made: Installation, tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    file.write_text("客户编码,金额\nC1,1.00\n")
    assert told(made, "import", "open-items", file)[:2] == (2, "usage")


def test_what_nobody_foresaw_leaves_its_trace_on_stderr(
    main: object, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_run", lambda _arguments: {}["the row of 周敏"])
    assert main(["company", "list", "--json"]) == 1  # type: ignore[operator]
    answer = json.loads(capfd.readouterr().out)
    assert answer["error"]["code"] == "internal"
    assert "KeyError" in answer["error"]["message"]
    assert "周敏" not in json.dumps(answer, ensure_ascii=False)


def test_a_trace_is_logged_as_a_line_of_json(made: Installation) -> None:
    code = "from huikuan.shell import cli; cli._run = lambda _: 1 / 0; print(cli.main(['x', '--json']))"
    done = subprocess.run(
        [os.sys.executable, "-c", code], env=made.environment, text=True, capture_output=True, timeout=60, check=False
    )
    answer, exit_code = done.stdout.splitlines()
    assert (json.loads(answer)["error"]["code"], exit_code) == ("internal", "1")
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["exception"] == "ZeroDivisionError"
    assert json.loads(line)["trace"]


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "/tmp/x.sqlite3", "sqlite://x", "postgresql://u:secret@[h/d"])
def test_an_address_of_no_known_database_is_refused(tmp_path: Path, url: str) -> None:
    code, name, message = told(Installation(tmp_path / "home", url), "company", "list")
    assert (code, name) == (1, "database_address_unknown")
    assert message == "HUIKUAN_DATABASE_URL 须以 postgresql:// 或 sqlite:// 开头，并写明数据库。"


def test_a_database_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    home = Installation(tmp_path / "home", "postgresql://u:secret@127.0.0.1:9/hk")
    code, name, message = told(home, "company", "list")
    assert (code, name) == (1, "database_unusable")
    assert "hk" in message
    assert "secret" not in message


def test_a_file_that_is_no_database_and_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "huikuan.sqlite3").write_text("this is not a database, it only has its name" * 100)
    assert told(Installation(tmp_path / "home"), "company", "list")[:2] == (1, "database_unusable")
    (tmp_path / "taken").write_text("")
    assert told(Installation(tmp_path / "taken"), "company", "list")[:2] == (1, "file_unusable")


def test_a_number_larger_than_the_database_takes_is_refused(made: Installation) -> None:
    assert told(made, "job", "show", 10**30)[1] in {"number_out_of_range", "job_unknown"}


def test_the_worker_answers_in_json_too(made: Installation) -> None:
    assert made.run("worker", "--until-idle") == (0, {"stopped": True})


def test_what_lies_in_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        made = Installation(tmp_path / "home")
        assert made.run("audit", "seal")[0] == 0
        assert made.run("aging", "--as-of", "2026-11-20")[0] == 0
    finally:
        os.umask(old)
    found = {path.relative_to(made.home): stat.S_IMODE(path.stat().st_mode) for path in made.home.rglob("*")}
    assert {Path("huikuan.sqlite3"), Path("heads.jsonl"), Path("secret.key")} <= set(found)
    assert {path: mode for path, mode in found.items() if mode & 0o077} == {}


FOLDERS = ("keys", "files", "columns", "presets", "drafts", "api", "fonts")


def test_files_that_came_with_open_modes_are_closed_and_strangers_left_alone(data_folder: Path) -> None:
    data_folder.mkdir(exist_ok=True)
    for name in ("huikuan.sqlite3", "huikuan.sqlite3-wal", "secret.key", "heads.jsonl", "guards.sha256", "notes.txt"):
        (data_folder / name).touch(0o644)
        (data_folder / name).chmod(0o644)
    for name in FOLDERS:
        (data_folder / name).mkdir()
        (data_folder / name).chmod(0o755)
    home.close_to_others()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data_folder.iterdir()}
    files = ("huikuan.sqlite3", "huikuan.sqlite3-wal", "secret.key", "heads.jsonl", "guards.sha256")
    closed = {**dict.fromkeys(files, 0o600), **dict.fromkeys(FOLDERS, 0o700)}
    assert modes == {**closed, "notes.txt": 0o644}


def test_every_folder_the_program_makes_is_among_those_it_closes() -> None:
    """By the source: whoever names a folder of the data folder names it in the list of what is ours."""
    sources = [path.read_text() for path in Path(huikuan.__file__).parent.rglob("*.py") if "tests" not in path.parts]
    spoken = re.compile(r'data_folder\((?:\) / )?f?"([\w.]+)')
    named = {name for text in sources for name in spoken.findall(text)}
    assert named >= {"drafts", "api", "files", "install.lock"}
    assert {name for name in named if not any(fnmatch(name, pattern) for pattern in home._OURS)} == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "items"], "缺少参数：file"),
        (["nonsense"], "不在可选范围内"),
        (["import", "items", "x", "--keep-conflicts", "--replace-conflicts"], "不能与参数 --keep-conflicts 同时使用"),
        (["customer", "list", "--limit", "x"], "不是有效的值"),
        (["import", "items", "x", "--company"], "需要一个值"),
        (["ledger", "reverse", "item", "1", "--reason", " "], "1 至 60 个字"),
    ],
)
def test_wrong_use_is_said_in_the_readers_language(
    main: object, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with translation.override("zh-hans"):
        assert main(arguments) == 2  # type: ignore[operator]
        assert said in capsys.readouterr().err
        with pytest.raises(SystemExit):
            main(["aging", "--help"])  # type: ignore[operator]
    help_ = capsys.readouterr().out
    assert "用法：" in help_
    assert "选项" in help_
    assert "show this help" not in help_


@pytest.mark.django_db
def test_people_are_told_which_file_was_written_and_that_a_day_is_to_come(
    main: object, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "aging.csv"
    with translation.override("zh-hans"):
        assert main(["aging", "--as-of", "2020-11-20", "--out", str(file)]) == 0  # type: ignore[operator]
        assert capsys.readouterr() == (f"0 行已写入 {file}。\n", "")
        assert main(["aging", "--as-of", "2199-01-01", "--json"]) == 0  # type: ignore[operator]
    said = capsys.readouterr()
    assert json.loads(said.out)["as_of"] == "2199-01-01"
    assert "2199-01-01 尚未到来" in said.err


@pytest.mark.django_db
def test_a_seal_is_told_on_the_wall_clock_to_the_second(
    main: object, capsys: pytest.CaptureFixture[str], data_folder: Path
) -> None:
    at = datetime(2026, 11, 20, 17, 30, 5, 123_456, tzinfo=UTC)
    assert wall_clock(at) == "2026-11-21 01:30:05+08:00"
    assert main(["audit", "seal"]) == 0  # type: ignore[operator]
    assert re.search(r"\d{2}:\d{2}:\d{2}\+08:00", capsys.readouterr().out)


def test_a_backup_is_told_in_the_readers_language(made: Installation, tmp_path: Path) -> None:
    done = subprocess.run(
        [os.sys.executable, "-m", "huikuan.shell.cli", "backup", str(tmp_path / "b.zip")],
        env=made.environment,
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )
    labels = [line.partition("：")[0] for line in done.stdout.splitlines()]
    assert labels == ["备份文件", "台账", "行数", "原始文件数", "缺失的原始文件", "未备份的外来文件"]


def test_every_part_finds_a_home_written_with_a_tilde(tmp_path: Path) -> None:
    """The ledger, its proofs and the mirror lie in one folder, and none of it where the command was given."""
    place, person = tmp_path / "place", tmp_path / "person"
    place.mkdir()
    person.mkdir()
    given = {**os.environ, "HOME": str(person), "HUIKUAN_HOME": "~/books", "HUIKUAN_DATABASE_URL": ""}
    for words in (["init"], ["aging", "--as-of", "2026-10-31"], ["audit", "seal"]):
        command = [sys.executable, "-m", "huikuan.shell.cli", *words]
        subprocess.run(command, cwd=place, env=given, check=True, capture_output=True, timeout=120)
    assert list(place.iterdir()) == []
    assert {"huikuan.sqlite3", "columns", "keys", "heads.jsonl"} <= {
        path.name for path in (person / "books").iterdir()
    }


def test_the_demo_keeps_to_its_own_folder_whatever_stands_before_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["demo"], ["--verbose", "demo"], ["--verbose", "demo", "--no-serve"]):
        monkeypatch.delenv("HUIKUAN_HOME", raising=False)
        seen = {}
        monkeypatch.setattr(cli, "_run", lambda given, seen=seen: seen.update(os.environ, given=given) or 0)
        assert cli.main(arguments) == 0
        assert seen["HUIKUAN_HOME"] == str(Path.home() / ".huikuan-demo")
        assert "--verbose" not in seen["given"]


def test_of_two_that_make_the_secret_key_at_once_both_get_the_first(data_folder: Path) -> None:
    barrier, keys = threading.Barrier(8), []

    def make() -> None:
        barrier.wait()
        keys.append(home.secret_key())

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) == 86
    assert stat.S_IMODE((data_folder / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in data_folder.iterdir()] == ["secret.key"]


def test_a_sentence_names_what_codes_stand_for_and_the_codes_stay_beside_it() -> None:
    told: dict[str, tuple[dict[str, object], str, str]] = {
        "not_permitted": ({"actor": "li", "permission": "view_ledger"}, "see the ledger", "查看台账"),
        "contract_field_missing": ({"field": "name"}, "Subject", "合同名称"),
        "customer_field_missing": ({"field": "name"}, "Registered name", "注册名称"),
        "duties_conflict": (
            {"role": "sales", "held": "legal, treasurer"},
            "legal counsel, treasurer",
            "法务、资金主管",
        ),
    }
    for code, (params, english, chinese) in told.items():
        with translation.override("en"):
            assert english in sentence(code, params), code
        with translation.override("zh-hans"):
            said = sentence(code, params)
            assert chinese in said, said
        assert not any(str(value) in said for name, value in params.items() if name != "actor"), said
    with translation.override("en"):
        assert "a-field-nobody-has" in sentence("contract_field_missing", {"field": "a-field-nobody-has"})
