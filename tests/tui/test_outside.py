"""What documents, file names, headings, models and errors hold is shown, and neither obeyed nor parsed.

The raw bytes are read from a pseudo-terminal: what a test's screen holds says nothing of what reaches a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Label, Static

from qa import Library
from tests.raw_terminal import RawTerminal
from tests.tui.alone import Alone
from tests.tui.conftest import shown, wait_until
from tui.outside import clipped, outside
from tui.screens.confirm import Ask, Confirm

MARKUP = "[@click=app.quit]quit[/] x [/] y [bold]b[/bold] [link=file:///etc]l[/link] \\[z"
CONTROLS = (
    "\x1b]52;c;UVVPVEg=\x07 \x1b]2;owned\x07 \x1b[2J\x1b[31mred \x9b31m \x9d52;c;UVVPVEg=\x9c \x1bP q \u202e \u2066"
)
HOSTILE = f"{MARKUP} {CONTROLS}"
OBEYED = re.compile(r"\x1b\]52|\x1b\]2;owned|\x1b\[2J|\x1b\[31m|\x1bP|[\x80-\x9f]|[\u202a-\u202e\u2066-\u2069]")
"""What of it a terminal would obey."""


def drawn(app: Alone) -> str:
    """What goes to the terminal, but for its styles."""
    widgets = [widget for widget in app.screen.walk_children() if widget.size]
    return "\n".join(strip.text for widget in widgets for strip in widget.render_lines(widget.size.region))


class Outside(Screen[None]):
    """The hostile text in the ways that the app shows text by."""

    def compose(self) -> ComposeResult:
        yield Static(outside(HOSTILE), classes="outside")
        yield Label(outside(HOSTILE, "bold"), classes="outside")
        yield Static(outside(HOSTILE, one_line=True), classes="outside")


async def test_hostile_text_is_neither_markup_nor_control() -> None:
    app = Alone()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = Outside()
        await app.push_screen(screen)
        await wait_until(pilot, lambda: screen.query(".outside"))
        app.notify(HOSTILE, title=HOSTILE)
        app.complain(HOSTILE)
        await wait_until(pilot, lambda: "[@click=app.quit]quit[/] x [/] y [bold]b[/bold]" in shown(app))
        for row in range(40):
            await pilot.click(offset=(3, row))
        await pilot.pause()
        assert app.is_running
        assert app.screen is screen
        assert not OBEYED.search(shown(app))


@pytest.mark.parametrize("dialog", [Confirm(HOSTILE, HOSTILE, yes=HOSTILE, no=HOSTILE), Ask(HOSTILE, HOSTILE)])
async def test_dialogs_show_hostile_text_as_it_stands(dialog: Screen[object]) -> None:
    app = Alone()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(dialog)
        await wait_until(pilot, lambda: "[@click=app.quit]quit" in shown(app))
        await pilot.click(".dialog-title")
        await pilot.pause()
        assert app.is_running
        assert not OBEYED.search(drawn(app))


def test_long_text_is_cut() -> None:
    assert clipped("x" * 100, 10) == "x" * 9 + "…"
    assert clipped("x" * 10, 10) == "x" * 10


@pytest.fixture
def hostile_library(tmp_path: Path) -> Path:
    """A library of one document that is hostile in its name, its heading and its text."""
    name = HOSTILE.replace("/", "-").replace("\x9d52;c;UVVPVEg=\x9c", "")
    file = tmp_path / f"{name}.md"
    zebras = "The zebras that live in Quothville are 4711 in number"
    file.write_text(f"# {HOSTILE}\n\n{zebras} {HOSTILE}\n\n{HOSTILE}\n" * 3)
    with Library(tmp_path / "library") as library:
        assert library.add([file]).added == (str(file),)
    return tmp_path / "library"


@pytest.fixture
def chat(hostile_library: Path) -> Iterator[RawTerminal]:
    """The chat over it, in a terminal."""
    terminal = RawTerminal(f"import sys; from tui.app import run; sys.exit(run({str(hostile_library)!r}))")
    yield terminal
    terminal.close()


@pytest.mark.slow
def test_no_control_sequence_of_a_document_reaches_the_terminal(chat: RawTerminal) -> None:
    chat.wait_for("Ask")
    chat.press(b"How many zebras live in Quothville?")
    chat.wait_for("Quothville?")
    chat.press(b"\r")
    chat.wait_for("confidence")
    chat.press(b"\x1b[49;3u")  # Alt+1: the first citation
    chat.wait_for("by key")
    chat.wait_for("4711")
    for row in range(2, 38, 5):
        for column in (5, 60, 110):
            chat.click(column, row)
    chat.press(b"\x10")  # Ctrl+P: whoever answers is still there
    chat.wait_for("Search for commands")
    chat.press(b"\x11")
    assert chat.wait() == 0
    written = chat.raw.decode()
    assert "␛]52;c;" in written  # it was on the screen
    assert OBEYED.findall(written) == []
