"""The quoth command in a real terminal of 80 by 24, as a person meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .terminal import Terminal

pytestmark = pytest.mark.slow


def test_interrupting_add_is_clean_and_the_same_command_goes_on(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(80):
        text = " ".join(f"Sentence {line} of note {number} is about the ferry {line * number}." for line in range(80))
        (folder / f"a note with a long name that does not fit into the line {number:03}.txt").write_text(text)
    terminal.type("quoth add many; echo left with $?")
    terminal.wait_for("/80 ")
    terminal.resize(50, 15)
    terminal.wait_for("left")
    terminal.press("C-c")
    shown = terminal.wait_for("left with 130")
    assert "Interrupted. What was finished is kept" in shown
    assert "Traceback" not in shown
    terminal.resize(80, 24)
    terminal.type("clear; quoth add many; echo left with $?")
    terminal.wait_for("left with 0")
    terminal.type("clear; quoth sources 2>&1 | tail -1")
    terminal.wait_for("80 documents")


def test_deleting_a_library_asks_first(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ferry Adelheid was built in Bremen.\n")
    terminal.type("quoth add a.txt -l news; quoth libraries delete news; echo left with $?")
    terminal.wait_for("Type yes")
    terminal.type("no")
    terminal.wait_for("left with 1")
    terminal.type("clear; quoth libraries delete news; echo left with $?")
    terminal.wait_for("Type yes")
    terminal.type("yes")
    terminal.wait_for("left with 0")
    terminal.type("clear; quoth libraries")
    terminal.wait_for("no libraries yet")
