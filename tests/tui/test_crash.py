"""A fault that nobody expected ends the chat: one line, a terminal as it was, and nothing of a document anywhere."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from qa import Library
from tests.pseudoterminal import PseudoTerminal
from tests.tui.conftest import FIRST

CANARY = "canary-of-a-document"

BREAK = """
import sys
def broken(*_, **__):
    text = document = "canary-of-a-" + "document"  # as a variable that Textual's traceback would show, and as words
    raise RuntimeError(f"nothing can be done with {text}\\x1b[2J")
async def broken_later(*_, **__):
    broken()
"""
END = "\nfrom qa.cli import main\nsys.exit(main())\n"

PLACES = {
    "an action": "from tui.screens.chat import ChatScreen; ChatScreen.action_documents = broken",
    "a worker": (
        "from tui.screens.chat import ChatScreen\n"
        "ChatScreen.action_documents = lambda self: self.run_worker(broken_later())"
    ),
    "a timer": (
        "from tui.screens.chat import ChatScreen\n"
        "ChatScreen.action_documents = lambda self: self.set_timer(0.01, broken)"
    ),
    "drawing": (
        "from tui.screens.chat import ChatScreen\n"
        "from textual.widgets import Static\n"
        "class Bad(Static): render = broken\n"
        "ChatScreen.action_documents = lambda self: self.mount(Bad())"
    ),
    "the thread that reads keys": (
        "from textual.driver import Driver; before = Driver.process_message\n"
        "def process(self, message):\n"
        "    broken() if getattr(message, 'key', '') == 'f4' else before(self, message)\n"
        "Driver.process_message = process"
    ),
}
EARLY = {
    "composing": "from tui.screens.chat import ChatScreen; ChatScreen.compose = broken",
    "the app's beginning": "from tui.app import QuothApp; QuothApp.on_mount = broken",
}
F4 = "\x1bOS"

slow = pytest.mark.slow


def broken_chat(place: str, library: Path, *options: str) -> PseudoTerminal:
    program = BREAK + {**PLACES, **EARLY}[place] + END
    return PseudoTerminal([sys.executable, "-c", program, *options, "chat", "--library", str(library)])


def check_end(terminal: PseudoTerminal, home: Path) -> None:
    """The terminal is as it was, below it stands one line, and the log says where it happened."""
    assert terminal.ended() == 1
    assert terminal.attributes() == terminal.before
    modes = terminal.modes()
    assert modes.pop(25)  # the cursor
    modes.pop(7, None)  # lines that are too long go on in the next
    assert modes[1049] is False  # the other screen
    assert modes[2004] is False  # pastes in brackets
    assert modes[1000] is modes[1003] is modes[1006] is False  # the mouse
    assert not [mode for mode, is_set in modes.items() if is_set]
    log = home / "state" / "quoth" / "quoth.log"
    after = terminal.text(terminal.written.rindex(b"\x1b[?1049l")).strip().splitlines()
    said = " ".join(line.strip() for line in after)  # rich wraps it
    kind = r"\w+( at [\w/.]+:\d+)?"
    assert re.fullmatch(rf"quoth: a fault in Quoth: {kind} \(the log is .*\)", said), after
    assert "".join(str(log).split()) in "".join(said.split())
    written = log.read_text()
    assert "RuntimeError" in written
    assert "in broken" in written
    assert CANARY not in written
    assert CANARY.encode() not in terminal.written
    assert b"Traceback" not in terminal.written


@pytest.mark.parametrize("place", [name if name == "an action" else pytest.param(name, marks=slow) for name in PLACES])
def test_a_fault_in(place: str, library: Path, home: Path) -> None:
    with broken_chat(place, library) as terminal:
        terminal.wait_for("15 documents")
        terminal.press(F4)
        check_end(terminal, home)


@slow
@pytest.mark.parametrize("place", EARLY)
def test_a_fault_before_there_is_a_screen_in(place: str, library: Path, home: Path) -> None:
    with broken_chat(place, library) as terminal:
        check_end(terminal, home)


@slow
def test_nothing_of_the_conversation_is_lost(library: Path, home: Path) -> None:
    with broken_chat("an action", library) as terminal:
        terminal.wait_for("15 documents")
        terminal.press(FIRST + "\r")
        terminal.wait_for("confidence")
        terminal.press(FIRST.replace("first", "last") + "\r" + F4)
        check_end(terminal, home)
    with Library(library) as opened:
        (conversation,) = opened.conversations().list()
        turns = opened.conversations().turns(conversation.id)
    assert turns[0].status == "answered"
    assert turns[0].question == FIRST


@slow
def test_the_log_holds_words_if_that_is_asked_for(library: Path, home: Path) -> None:
    with broken_chat("an action", library, "--debug-content") as terminal:
        terminal.wait_for("15 documents")
        terminal.press(FIRST + "\r")
        terminal.wait_for("confidence")
        terminal.press(F4)
        assert terminal.ended() == 1
    written = (home / "state" / "quoth" / "quoth.log").read_text()
    assert f"question: {FIRST}" in written
    assert f"nothing can be done with {CANARY}␛[2J" in written


@slow
def test_debugging_shows_where(library: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_DEBUG", "1")
    with broken_chat("an action", library) as terminal:
        terminal.wait_for("15 documents")
        terminal.press(F4)
        assert terminal.ended() == 1
        assert "in broken" in terminal.text()
