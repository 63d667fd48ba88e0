"""The Chinese catalogues: complete, certain, and true to the English placeholders."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from huikuan.shell import catalogs


def test_every_message_has_its_chinese() -> None:
    assert catalogs.problems() == []


def test_no_refusal_code_is_said_by_two_contexts() -> None:
    """The list is one: of two sentences under one code, one would be lost and its parameters missing."""
    from huikuan.shell import messages

    told = [module.SENTENCES for module in vars(messages).values() if hasattr(module, "SENTENCES")]
    codes = Counter(code for sentences in told for code in sentences)
    assert len(told) > 10
    assert [code for code, count in codes.items() if count > 1] == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('#, fuzzy\nmsgid "Overdue"\nmsgstr "逾期"\n', "fuzzy"),
        ('msgid "%(days)s days"\nmsgstr "天"\n', "placeholders differ"),
        ('msgid "days"\nmsgstr "%(days)s 天"\n', "placeholder unknown"),
    ],
)
def test_a_doubtful_entry_is_found(entry: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "locale/zh_Hans/LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(header + entry, encoding="utf-8")
    monkeypatch.setattr(catalogs, "PACKAGE", tmp_path)
    assert any(fault in problem for problem in catalogs.problems())


def test_a_message_said_in_two_ways_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catalogues are one at run time: of two ways to say a message one would win by accident."""
    for context, chinese in (("a", "标题"), ("b", "标题"), ("c", "名称")):
        folder = tmp_path / context / "locale/zh_Hans/LC_MESSAGES"
        folder.mkdir(parents=True)
        header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        (folder / "django.po").write_text(f'{header}msgid "Title"\nmsgstr "{chinese}"\n', encoding="utf-8")
    monkeypatch.setattr(catalogs, "PACKAGE", tmp_path)
    assert [problem for problem in catalogs.problems() if "otherwise" in problem] == [
        "c: said otherwise in another catalogue: 'Title'"
    ]


def test_a_message_without_chinese_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text(
        '{% translate "One" %}'
        "{% blocktranslate count n=n %}{{ n }} item{% plural %}{{ n }} items{% endblocktranslate %}"
    )
    (tmp_path / "page.py").write_text('from x import gettext as _\n_("Two")\n')
    monkeypatch.setattr(catalogs, "PACKAGE", tmp_path)
    assert [problem.rpartition(" ")[2] for problem in catalogs.problems()] == ["item'", "'One'", "'Two'"]
