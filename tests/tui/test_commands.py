"""What is typed behind a slash."""

from __future__ import annotations

import pytest

from tui.commands import COMMANDS, matching, parse


@pytest.mark.parametrize(
    ("typed", "name", "argument"),
    [
        ("/add ~/notes", "add", "~/notes"),
        ("/SEARCH two  words ", "search", "two  words"),
        ("/quit", "quit", ""),
        ("/scope *.pdf", "scope", "*.pdf"),
    ],
)
def test_a_command_and_what_follows(typed: str, name: str, argument: str) -> None:
    found = parse(typed)
    assert found is not None
    assert found[0] is not None
    assert (found[0].name, found[1]) == (name, argument)


def test_a_question_is_no_command() -> None:
    assert parse("What is /etc/hosts for?") is None
    assert parse("//etc/hosts, what is it for?") is None


def test_an_unknown_command_is_named() -> None:
    assert parse("/ad notes") == (None, "ad")


def test_completing() -> None:
    assert [command.name for command in matching("s")] == ["sources", "scope", "search"]
    assert len(matching("")) == len(COMMANDS)
    assert matching("x") == []
