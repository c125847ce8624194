"""Terminals without Unicode."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import ProgressBar, Static

from tests.tui.alone import Alone
from tests.tui.conftest import wait_until
from tui.outside import outside
from tui.plain import PlainCharacters, plain_terminal


def plain(text: str) -> str:
    (segment,) = PlainCharacters().apply([Segment(text)], Color.parse("black"))
    return segment.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain [x] ~", "plain [x] ~"),
        ("┌─┐│╭╰┃━", "+-+|++|-"),
        ("▌ quote", "| quote"),
        ("█▄", "##"),
        ("• item → next…", "* item > next."),
        ("“Grün” – ‘ß’", "\"Grun\" - '?'"),
        ("Ａ中 é e\u0301", "A ?? e e"),
        ("½ Ⅳ", "? ?"),
        ("👩\u200d👩\u200d👧!", "??!"),
        ("␛[2J", "?[2J"),
    ],
)
def test_characters_become_like_ones(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_what_is_drawn_takes_the_same_cells_and_is_ascii(text: str) -> None:
    assert plain(text).isascii()
    assert cell_len(plain(text)) == cell_len(text)


def test_styles_stay() -> None:
    style = Style(bold=True, meta={"@click": "x"})
    assert PlainCharacters().apply([Segment("é", style)], Color.parse("black")) == [Segment("e", style)]


@pytest.mark.parametrize(
    ("variables", "encoding", "expected"),
    [
        ({}, "utf-8", False),
        ({}, "UTF8", False),
        ({"TERM": "linux"}, "utf-8", False),
        ({"QUOTH_ASCII": ""}, "utf-8", False),
        ({"QUOTH_ASCII": "1"}, "utf-8", True),
        ({"TERM": "dumb"}, "utf-8", True),
        ({}, "iso-8859-1", True),
        ({}, "ascii", True),
    ],
)
def test_when_a_terminal_is_plain(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], encoding: str, expected: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), encoding))
    assert plain_terminal() is expected


class Drawn(Screen[None]):
    """Whatever is drawn with more than ASCII."""

    CSS = "#scroll { height: 6; border: round red; } #text { height: 40; border: tall blue; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="scroll"):
            yield Static(outside("“Grün” 中 \x1b[2J …"), id="text")
        yield ProgressBar(10)


async def test_the_app_draws_ascii_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_ASCII", "1")
    app = Alone()
    async with app.run_test() as pilot:
        await app.push_screen(Drawn())
        await wait_until(pilot, lambda: app.screen.query("#text"))
        await pilot.pause()
        widgets = [widget for widget in app.screen.walk_children() if widget.size]
        drawn = [widget.render_lines(widget.size.region) for widget in widgets]
        text = "\n".join(strip.text for strips in drawn for strip in strips)
        assert '"Grun" ?? ?[2J .' in text
        assert text.isascii()
