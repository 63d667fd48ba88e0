"""Every command tells what it takes when it is asked, in either language."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest
from django.utils import translation

from huikuan.shell import cli
from huikuan.shell.wiring import COMMANDS, command_adders


def below(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of the parser's commands and of theirs, down to the last."""
    yield words
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, one in action.choices.items():
                yield from below(one, (*words, word))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_word_and_sub_word_answers_help(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with translation.override(language):
        parser = cli._parser(command_adders(""))
        asked = list(below(parser))
        assert COMMANDS.keys() <= {words[0] for words in asked if words}
        assert {words: fault for words in asked if (fault := helped(parser, words, capsys))} == {}


def helped(parser: argparse.ArgumentParser, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    """What is wrong with the help of a command, '' where nothing is."""
    try:
        parser.parse_args([*words, "--help"])
    except SystemExit as left:
        said = capsys.readouterr().out
        return "" if left.code == 0 and " ".join(("huikuan", *words)) in said else f"{left.code}: {said[:80]}"
    except (ValueError, TypeError, KeyError) as error:
        return repr(error)
    return "went on"
