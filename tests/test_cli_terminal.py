"""The quoth command in a real terminal of 80 by 24, as a person meets it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


class Terminal:
    """A terminal with a shell in it, in which `quoth` is the command."""

    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "tmux")
        environment = {name: os.environ[name] for name in os.environ if name in ("HOME", "PATH") or "XDG" in name}
        variables = [f"{name}={value}" for name, value in environment.items()]
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", "80", "-y", "24", "env", *variables, "bash", "--norc")
        self.type(f"PS1='$ '; cd {shlex.quote(str(folder))}; quoth() {{ {sys.executable} -m qa \"$@\"; }}; clear")

    def _tmux(self, *arguments: str) -> str:
        return subprocess.check_output(["tmux", "-S", self._socket, *arguments], text=True)

    def type(self, text: str) -> None:
        """Type a line."""
        self._tmux("send-keys", "-l", text)
        self.press("Enter")

    def press(self, key: str) -> None:
        """Press a key by tmux's name for it."""
        self._tmux("send-keys", key)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self) -> str:
        """What is to be seen, with lines that the terminal broke put together."""
        return self._tmux("capture-pane", "-p", "-J")

    def wait_for(self, text: str) -> str:
        """The screen, once it shows this."""
        return self._wait(lambda shown: text in shown, text)

    def wait_for_end(self, text: str) -> str:
        """The screen, once this is the last that it shows."""
        return self._wait(lambda shown: shown.rstrip().endswith(text), text)

    def _wait(self, there: Callable[[str], bool], text: str) -> str:
        deadline = time.monotonic() + 60
        while not there(shown := self.screen()):
            assert time.monotonic() < deadline, f"no {text!r} in:\n{shown}"
            time.sleep(0.1)
        return shown

    def close(self) -> None:
        """End the terminal and all that runs in it."""
        self._tmux("kill-server")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def test_a_conversation(terminal: Terminal, sample_library: Path) -> None:
    terminal.type(f"quoth chat --library {shlex.quote(str(sample_library))}; echo left with $?")
    terminal.wait_for("Ctrl-D leaves")
    terminal.type("When did Trump and Kim first meet?")
    assert "[1] " in terminal.wait_for("confidence")
    terminal.wait_for_end("\n>")
    terminal.type("Who is \x16\x1b[31mAdelheid?")
    terminal.wait_for("Adelheid”")
    terminal.wait_for_end("\n>")
    terminal.press("C-d")
    terminal.wait_for("left with 0")
    terminal.type(f"clear; quoth --library {shlex.quote(str(sample_library))}; echo left with $?")
    terminal.wait_for("Ctrl-D leaves")
    terminal.press("C-c")
    terminal.wait_for("left with 0")


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
