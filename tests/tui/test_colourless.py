"""Terminals whose user wants no colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color
from rich.segment import Segment
from textual.widget import Widget

from tests.tui.conftest import chatting, wait_until
from tui.app import QuothApp
from tui.themes import DARK, LIGHT


def grounds(widget: Widget) -> dict[str, Color | None]:
    """What stands on which ground in a widget, as it goes to the terminal; None for the terminal's own."""
    segments: list[Segment] = [one for strip in widget.render_lines(widget.size.region) for one in strip]
    found: dict[str, Color | None] = {}
    for text, style, _ in segments:
        own = style is None or style.bgcolor is None or style.bgcolor.is_default
        found[text] = None if own or style is None else style.bgcolor
    return found


@pytest.mark.parametrize("theme", [DARK, LIGHT])
async def test_the_ground_is_the_terminals_own_and_a_selection_is_still_seen(
    library: Path, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with chatting(library, size=(120, 30)) as (app, pilot):
        app.theme = theme
        app.chat.prompt.text = "one two"
        await pilot.press("ctrl+shift+left")
        await wait_until(pilot, lambda: app.chat.prompt.editor.selected_text == "two")
        await pilot.pause()
        editor = grounds(app.chat.prompt.editor)
        assert next(ground for text, ground in editor.items() if "one" in text) is None
        assert any(ground for text, ground in editor.items() if "two" in text or "wo" in text)
        for plain in ("TopBar", "#talk", "#state", "Footer"):
            for one in app.chat.query_one(plain).walk_children(with_self=True):
                assert not any(ground for text, ground in grounds(one).items() if text.strip()), one


async def test_colours_are_left_alone_without_the_variable(library: Path) -> None:
    app = QuothApp(str(library))
    assert not any(type(one).__name__ == "OwnGround" for one in app._filters)
