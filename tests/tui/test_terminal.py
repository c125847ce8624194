"""The chat in a real terminal, from the first run to a terminal that is killed."""

from __future__ import annotations

import shlex
import subprocess
import time
from pathlib import Path

import pytest

from qa import Library
from tests.terminal import Terminal
from tests.tui.conftest import FIRST

pytestmark = pytest.mark.slow

PROMPT = "Ask about your documents"

NOTES = 60

ALT_1 = "\x1b1"
"""What most terminals send for Alt and 1."""


def open_chat(terminal: Terminal, arguments: str = "") -> str:
    """Open the chat; "left with CODE" is to be seen when it has been left."""
    terminal.type(f"clear; quoth {arguments}; echo left with $?")
    return terminal.wait_for(PROMPT)


def leave(terminal: Terminal) -> None:
    """Leave the chat by key, and find the shell as it was."""
    terminal.press("C-q")
    shown = terminal.wait_for("left with 0")
    assert PROMPT not in shown
    terminal.type("stty -a | grep -q ' echo ' && echo typed keys show, $((40 + 2))")
    terminal.wait_for("typed keys show, 42")


def processes(about: Path) -> list[str]:
    """The processes that have this path among their arguments."""
    listed = subprocess.check_output(["ps", "-ewwo", "args"], text=True).splitlines()
    return [line for line in listed if str(about) in line and "-m qa" in line]


def test_from_nothing_to_a_citation_and_the_conversation_found_again(terminal: Terminal) -> None:
    open_chat(terminal)
    terminal.wait_for("Try the sample corpus")
    terminal.click("Try the sample corpus")
    terminal.wait_for("15 documents")
    terminal.type(FIRST)
    assert "[1]" in terminal.wait_for("confidence")
    assert "page 1" not in terminal.screen()
    terminal.send(ALT_1)
    shown = terminal.wait_for("page 1")
    assert "confidence" in shown
    assert PROMPT in shown
    leave(terminal)
    open_chat(terminal)
    terminal.wait_for("15 documents")
    terminal.press("F6")
    terminal.wait_for("Search every question")
    terminal.send("colonnade")
    terminal.wait_for("1 found")
    terminal.press("Enter")
    assert FIRST in terminal.wait_for("confidence")
    leave(terminal)


@pytest.mark.parametrize("command", ["", "chat"])
def test_suspended_and_resized_it_draws_everything_again(terminal: Terminal, library: Path, command: str) -> None:
    terminal.type("export COLUMNS LINES")  # as some do, and must not keep the chat from following a resize
    open_chat(terminal, f"{command} --library {shlex.quote(str(library))}")
    terminal.type(FIRST)
    terminal.wait_for("confidence")
    terminal.press("C-z")
    assert PROMPT not in terminal.wait_for("Stopped")
    terminal.type("fg")
    assert PROMPT in terminal.wait_for("confidence")
    terminal.resize(60, 15)
    terminal.wait_for("confidence")
    terminal.resize(200, 60)
    terminal.wait_for("Conversations ─")
    assert PROMPT in terminal.wait_for(FIRST)
    terminal.press("C-q")
    terminal.wait_for("$ ")


def test_leaving_while_adding_is_quick_and_the_same_command_goes_on(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(NOTES):
        text = " ".join(f"Sentence {line} of note {number} is about the ferry {line * number}." for line in range(120))
        (folder / f"note {number:03}.txt").write_text(text)
    open_chat(terminal, "chat many --library notes")
    terminal.wait_for(f"/{NOTES} ")
    began = time.monotonic()
    leave(terminal)
    assert time.monotonic() - began < 5
    open_chat(terminal, "chat many --library notes")
    terminal.wait_for(f"{NOTES} documents")
    terminal.type("Which sentence of note 7 is about the ferry 77?")
    terminal.wait_for("confidence")
    leave(terminal)


def test_a_killed_terminal_leaves_no_process_and_loses_no_question(library: Path, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, 120, 36)
    try:
        open_chat(terminal, f"--library {shlex.quote(str(library))}")
        terminal.type(FIRST)
        terminal.wait_for("You  ")
        assert processes(library)
    finally:
        terminal.close()
    deadline = time.monotonic() + 10
    while left := processes(library):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    with Library(library) as opened:
        (conversation,) = opened.conversations().list()
        (turn,) = opened.conversations().turns(conversation.id)
    assert turn.question == FIRST
