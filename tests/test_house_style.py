"""House rules a machine can hold: sizes one can keep in the head, shelves, licences, addresses."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 600
LONGEST_FUNCTION = 60
SHELVES = {
    "__init__.py", "apps.py", "models.py", "queries.py", "operations.py", "policies.py", "events.py", "jobs.py",
    "cli.py", "messages.py", "README.md", "models", "queries", "operations", "domain", "web", "tests", "migrations",
    "locale", "cli", "check.py", "columns.py", "templatetags", "presets", "templates",
    "adapters.py", "approvals.py", "telling", "telling.py", "work.py", "policies",
}  # fmt: skip
#: Licences that may not enter the product, run-time or development.
FORBIDDEN_LICENCE = re.compile(r"\bA?GPL|GNU (Affero )?General Public|Proprietary", re.IGNORECASE)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def test_no_file_is_longer_than_one_can_hold_in_the_head() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in sources()}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_what_counts_more_under_prove_is_run_by_it() -> None:
    """`make prove` runs what is marked `sealed`: a fuller count elsewhere would never be counted."""
    asked = [path for path in sources() if path.name.startswith("test_") and "HUIKUAN_PROVE" in path.read_text()]
    assert asked
    assert [str(path) for path in asked if "mark.sealed" not in path.read_text()] == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path}:{node.lineno} {node.name}": node.end_lineno - node.lineno
        for path in sources()
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_public_function_outside_tests_says_what_it_is_for() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        if "src/huikuan" in path.as_posix() and "tests" not in path.parts
        for node in ast.parse(path.read_text()).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and path.name not in ("apps.py",)
        and len(ast.unparse(node).splitlines()) > 12
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize(
    "context",
    [
        "record/customers",
        "record/contracts",
        "record/financials",
        "record/receivables",
        "judge/credit",
        "judge/rating",
        "see/cockpit",
        "see/statements",
    ],
)
def test_a_context_has_the_same_shelves_as_every_other(context: str) -> None:
    folder = ROOT / "src/huikuan" / context
    strangers = {path.name for path in folder.iterdir() if path.name != "__pycache__"} - SHELVES
    assert strangers == set()
    assert (folder / "README.md").is_file()


def test_committed_files_name_no_download_address_and_no_machine() -> None:
    forbidden = re.compile(
        r"py" r"pi\.org|files\.python" r"hosted|registry\.npm" r"js|deb\.deb" r"ian|/wo" r"rk/main|/tmp/w" r"t/"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path.suffix not in (".png", ".woff2", ".xls", ".xlsx")
        for match in [forbidden.search(path.read_text(errors="ignore"))]
        if match
    ]
    assert found == []


def test_no_dependency_carries_a_forbidden_licence() -> None:
    bad = []
    for distribution in metadata.distributions():
        about = distribution.metadata
        spoken = [about.get("License-Expression") or "", *(about.get_all("Classifier") or [])]
        licence = " ".join(line for line in spoken if line.startswith("License") or line == spoken[0])
        if FORBIDDEN_LICENCE.search(licence.replace("LGPL", "").replace("GNU Lesser General Public", "")):
            bad.append(f"{about['Name']}: {licence}")
    assert bad == []


def test_the_security_page_names_tests_that_exist() -> None:
    named = re.findall(r"`((?:src|tests)/\S+\.py)`", (ROOT / "docs/security.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_how_to_run_it_says_the_same_in_both_languages() -> None:
    """Variables, commands, checks and files of the English page are those of the Chinese one, section by section."""
    pages = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("operations.md", "operations.zh.md")]
    sections = [re.split(r"^## ", page, flags=re.M) for page in pages]
    assert len(sections[0]) == len(sections[1])
    for english, chinese in zip(*sections, strict=True):
        named = [set(re.findall(r"HUIKUAN_[A-Z_]+|huikuan [a-z]+(?: [a-z]+)?|/\w+/\w+|\w+\.\w{3,}", one)) for one in
                 (english, chinese)]  # fmt: skip
        assert named[0] == named[1], english.partition("\n")[0]
