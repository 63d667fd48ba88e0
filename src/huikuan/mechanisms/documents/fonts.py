"""Which fonts documents are set in. None with Chinese comes along: the system's, or one put beside the data."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import typst

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.folder import data_folder

#: Families that hold simplified Chinese, the better first. Sans for tables; a serif only where nothing else is.
CHINESE = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "STSong",
    "AR PL UMing CN",
)


def fonts_folder() -> Path:
    """HUIKUAN_HOME/fonts: font files put here are found before the system's."""
    return data_folder("fonts")


def chinese_family(families: frozenset[str]) -> str:
    """The best of `families` that holds Chinese; refuses when there is none, saying what to install.

    Without one a PDF would come out with empty boxes for every character, and nobody would be told.
    """
    for family in CHINESE:
        if family in families:
            return family
    raise Refusal("document_font_missing", folder=fonts_folder())


def fonts() -> typst.Fonts:
    """What was found on this machine; looked for again when a font was put into the folder."""
    folder = fonts_folder()
    return _found(str(folder), tuple(sorted(path.name for path in folder.iterdir())))


@lru_cache(maxsize=4)
def _found(folder: str, _names: tuple[str, ...]) -> typst.Fonts:
    return typst.Fonts(font_paths=[folder])
