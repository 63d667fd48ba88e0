"""What a wheel carries: besides the program its examples, its catalogues and its built assets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from huikuan.shell import catalogs

ROOT = Path(__file__).parents[1]
PRESETS = "huikuan/connect/connectors/presets"


@pytest.fixture(scope="module")
def carried() -> set[str]:
    """The paths inside the wheel that would be built from this checkout."""
    builder = WheelBuilder(str(ROOT))
    with builder.config.set_build_data({"artifacts": [], "force_include": {}}):
        return {file.distribution_path for file in builder.recurse_included_files()}


def test_every_example_is_a_preset(carried: set[str]) -> None:
    examples = {path.name for path in (ROOT / "examples").glob("*.toml")}
    assert {"hr-open.toml", "hr-cleared.toml", "ibm-late.toml"} <= examples
    assert {f"{PRESETS}/{name}" for name in examples} <= carried


def test_catalogues_and_assets_are_there_although_git_ignores_them(carried: set[str]) -> None:
    for path in catalogs.catalogues():
        catalogs.compile_catalogue(path)
    compiled = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.mo")}
    assert len(compiled) >= len(list((ROOT / "src").rglob("*.po")))
    assert compiled <= carried
    assert {f"huikuan/shell/static/dist/{name}" for name in ("style.css", "app.js", "icons.svg")} <= carried


def test_no_test_data_or_folder_of_a_tool_is(carried: set[str]) -> None:
    assert [path for path in carried if "__pycache__" in path or "node_modules" in path] == []
