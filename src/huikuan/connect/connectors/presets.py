"""Presets: mapping documents by name: the product's own, those in HUIKUAN_HOME/presets, and each company's
in the folder of its code there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import tomli_w

from huikuan.connect.connectors.domain.mapping import Mapping, document_of, parse_mapping
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.folder import data_folder
from huikuan.record.receivables.domain.posting import MIRROR, OWN

#: Names are files' names: letters, digits and Chinese characters, no dots and no slashes.
_NAME = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff-]{0,39}")
_LONGEST_DOCUMENT = 1_000_000


def preset_names(company: str = "") -> list[str]:
    """Every preset that `load_preset` knows for the company (its code), sorted."""
    own = (path.stem for folder in _own_folders(company) for path in folder.glob("*.toml"))
    return sorted({*_shipped(), *own})


def load_preset(name: str, *, company: str = "") -> Mapping:
    """The preset called `name`: the product's own, then the company's, then the installation's."""
    if text := _shipped().get(name):
        return parse_mapping(text)
    if _NAME.fullmatch(name):
        for folder in _own_folders(company):
            if (path := folder / f"{name}.toml").is_file():
                return load_mapping(path)
    raise Refusal("preset_unknown", name=name, known=", ".join(preset_names(company)))


def load_mapping(path: Path) -> Mapping:
    """The mapping document in a file."""
    try:
        with path.open("rb") as file:
            return parse_mapping(file.read(_LONGEST_DOCUMENT).decode())
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("mapping_unreadable", problem=str(error)) from error


def save_preset(name: str, mapping: Mapping, *, company: str = "") -> Path:
    """Keep `mapping` under `name`, for the company or for the installation; the same name again replaces it."""
    require_preset_name(name)
    folder = data_folder(f"presets/{company}" if company else "presets")
    path = folder / f"{name}.toml"
    half_written = path.with_suffix(".tmp")
    half_written.write_text(tomli_w.dumps(document_of(mapping) | {"name": name}), encoding="utf-8")
    return half_written.replace(path)


def require_preset_name(name: str) -> None:
    """Refuse a name no preset of one's own can have."""
    if not _NAME.fullmatch(name):
        raise Refusal("preset_name_bad", name=name)
    if name in _shipped() or name in (OWN, MIRROR):
        raise Refusal("preset_exists", name=name)


@dataclass(frozen=True, slots=True)
class PresetRow:
    """A preset as lists show it. `problem`: why its document cannot be read."""

    name: str
    title: str
    kinds: tuple[str, ...]
    shipped: bool
    problem: Refusal | None = None


def presets_of(company: str) -> list[PresetRow]:
    """The presets of the company (its code) alone; of '', the product's and the installation's, by name."""
    own = {path.stem: path for path in _own_folders(company)[0].glob("*.toml")}
    shipped = {} if company else _shipped()
    rows = [_row(name, parse_mapping(text), shipped=True) for name, text in shipped.items()]
    for name, path in own.items():
        try:
            rows.append(_row(name, load_mapping(path), shipped=False))
        except Refusal as refusal:
            rows.append(PresetRow(name, name, (), shipped=False, problem=refusal))
    return sorted(rows, key=lambda row: row.name)


def delete_preset(name: str, *, company: str) -> None:
    """Remove the company's preset of this name; refuses one it does not have."""
    path = _own_folders(company)[0] / f"{name}.toml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Refusal("preset_unknown", name=name, known=", ".join(preset_names(company)))
    path.unlink()


def _row(name: str, mapping: Mapping, *, shipped: bool) -> PresetRow:
    return PresetRow(name, mapping.title or name, mapping.kinds, shipped)


def _own_folders(company: str) -> list[Path]:
    """Where own presets lie, the company's before the installation's."""
    shared = data_folder("presets")
    return [shared / company, shared] if company else [shared]


def _shipped() -> dict[str, str]:
    """The product's presets, and its examples: in a wheel they lie beside the presets, in a checkout in examples/."""
    folders: list[Traversable] = [resources.files("huikuan.connect.connectors") / "presets"]
    source = Path(__file__).parents[3]
    if source.name == "src":
        folders.append(source.parent / "examples")
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for folder in folders
        if folder.is_dir()
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
