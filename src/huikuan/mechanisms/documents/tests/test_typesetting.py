"""Documents: data stays data, bytes depend on nothing else, a missing font is told."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.documents import fonts
from huikuan.mechanisms.documents.fonts import CHINESE, chinese_family, fonts_folder
from huikuan.mechanisms.documents.typesetting import marked, pdf, pictures

AT = datetime(2026, 11, 20, 2, 0, 5, 123, tzinfo=UTC)
TEMPLATE = """
#let said = json(bytes(sys.inputs.data))
#set text(font: sys.inputs.font)
#said.name
#metadata(said.name) <name>
"""
HOSTILE = [
    "#read(\"/etc/passwd\")",
    "#import \"@preview/cetz:0.3.4\": *",
    "$x$ *bold* _under_ `code` <label> @ref // comment /* */",
    "] #panic(\"out\") [",
    "\\u{1F4A9} \\",
    "\"}, {\"name\": \"other",
    "=1+1|cmd",
    "北麓\u202e装备\u0000",
    "%s %(name)s {0} {{ name }}",
]  # fmt: skip


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template" / "page.typ"
    path.parent.mkdir()
    path.write_text(TEMPLATE)
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_what_others_wrote_is_shown_and_never_run(name: str, template: Path) -> None:
    assert marked(template, {"name": name}, "name") == [name]
    assert pdf(template, {"name": name}, at=AT).startswith(b"%PDF-")


def test_written_into_the_template_the_same_text_would_run(tmp_path: Path) -> None:
    """The guard off: data as template text."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    path = tmp_path / "page.typ"
    path.write_text('#metadata(read("secret.txt")) <name>')
    assert marked(path, {}, "name") == ["the secret"]


@pytest.mark.parametrize("reach", ['read("../secret.txt")', 'read("/../secret.txt")', 'json("/etc/hostname")'])
def test_a_template_sees_its_own_folder_alone(reach: str, template: Path) -> None:
    (template.parent.parent / "secret.txt").write_text("the secret")
    template.write_text(f"#metadata({reach}) <name>")
    with pytest.raises(RuntimeError):
        marked(template, {}, "name")


def test_the_same_data_gives_the_same_bytes_in_another_process(template: Path, data_folder: Path) -> None:
    here = pdf(template, {"name": "北麓矿业"}, at=AT)
    code = (
        "import sys, datetime, hashlib; from pathlib import Path;"
        "from huikuan.mechanisms.documents.typesetting import pdf;"
        "at = datetime.datetime(2026, 11, 20, 2, 0, 5, tzinfo=datetime.UTC);"
        "print(hashlib.sha256(pdf(Path(sys.argv[1]), {'name': '北麓矿业'}, at=at)).hexdigest())"
    )
    answered = subprocess.run([sys.executable, "-c", code, str(template)], capture_output=True, text=True, check=True)
    assert answered.stdout.strip() == hashlib.sha256(here).hexdigest()
    assert pdf(template, {"name": "北麓矿业"}, at=AT + timedelta(seconds=1)) != here
    assert pdf(template, {"name": "北麓矿山"}, at=AT) != here


def test_pages_can_be_looked_at(template: Path) -> None:
    (picture,) = pictures(template, {"name": "北麓矿业"}, ppi=20)
    assert picture.startswith(b"\x89PNG")


def test_a_missing_font_is_refused_with_what_to_install(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    monkeypatch.setattr(fonts, "_found", lambda folder, names: typst.Fonts(include_system_fonts=False))
    with pytest.raises(Refusal) as refused:
        pdf(template, {"name": "北麓矿业"}, at=AT)
    assert refused.value.code == "document_font_missing"
    assert refused.value.params == {"folder": fonts_folder()}


def test_the_best_family_is_taken() -> None:
    assert chinese_family(frozenset({"SimSun", "Noto Sans CJK SC", "Arial"})) == "Noto Sans CJK SC"
    assert chinese_family(frozenset({"SimSun", "Arial"})) == "SimSun"
    with pytest.raises(Refusal):
        chinese_family(frozenset({"Arial", "Noto Sans CJK JP"}))
    assert len(set(CHINESE)) == len(CHINESE)
