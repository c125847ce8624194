"""A chat that is opened without typer is the one that typer would open."""

from __future__ import annotations

import pytest

import qa.cli.app
import qa.cli.chat
from qa.cli.direct import chat_with

PLAIN = (
    [],
    ["chat"],
    ["--library", "news"],
    ["-l", "news"],
    ["-l", "./news", "chat"],
    ["--library", "news", "chat"],
    ["chat", "notes.pdf"],
    ["chat", "a", "b c", "chat"],
    ["chat", "--library", "news"],
    ["chat", "a", "b", "-l", "news"],
    ["chat", "a", ""],
    ["-l", ""],
)
OTHERS = (
    ["ask"],
    ["notes.pdf"],
    ["chat", "--json"],
    ["chat", "--web"],
    ["chat", "--", "-l"],
    ["chat", "-h"],
    ["--help"],
    ["--version"],
    ["--library"],
    ["-l", "--json"],
    ["chat", "-l", "news", "a"],
    ["chat", "--library=news"],
    ["-lnews"],
    ["--debug-content", "chat"],
    ["-l", "news", "chat", "a"],
)


@pytest.mark.parametrize("arguments", PLAIN)
def test_it_opens_what_typer_would_open(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str | None, list[str]]] = []
    monkeypatch.setattr(qa.cli.chat, "in_terminal", lambda: True)
    monkeypatch.setattr(qa.cli.chat, "open_chat", lambda library, paths: opened.append((library, paths)) or 0)
    assert qa.cli.app.invoke(arguments) == 0
    assert chat_with(arguments) == opened[0]


@pytest.mark.parametrize("arguments", OTHERS)
def test_everything_else_is_left_to_typer(arguments: list[str]) -> None:
    assert chat_with(arguments) is None
