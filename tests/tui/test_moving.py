"""Keys that only move: a cursor, the focus, what is in view."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.tui.conftest import FIRST, ask, chatting, shown, wait_for, wait_until
from tui.screens.scope import ScopeScreen
from tui.screens.search import SearchScreen
from tui.widgets.chip import Chip
from tui.widgets.place_row import PlaceRow

WARMBIER = "Who was Otto Warmbier?"


@pytest.mark.parametrize(
    ("on", "back", "outside"),
    [("alt+n", "alt+p", False), ("alt+down", "alt+up", False), ("n", "p", True)],
)
async def test_citations_one_after_the_other(library: Path, on: str, back: str, outside: bool) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        view = await ask(pilot, FIRST)
        count = len(view.places)
        assert count > 1
        await wait_until(pilot, lambda: app.chat.at == (view.turn.id, 0))
        if outside:
            app.chat.talk.focus()
        await pilot.press(on)
        await wait_until(pilot, lambda: app.chat.at == (view.turn.id, 1))
        await pilot.press(back, back)
        await wait_for(pilot, "No earlier citation")  # it stops at the ends
        assert app.chat.at == (view.turn.id, 0)
        await pilot.press(*[on] * count)
        await wait_for(pilot, "No further citation")
        assert app.chat.at == (view.turn.id, count - 1)
        assert app.chat.prompt.text == ""


async def test_every_number_opens_its_place_or_does_nothing(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        view = await ask(pilot, "What does the ferry Adelheid cost?")  # not found: the nearest passages
        await wait_until(pilot, lambda: app.chat.at == (view.turn.id, 0))
        app.chat.talk.focus()
        for number in range(1, 10):
            for key in (f"alt+{number}", str(number)):
                app.chat.at = None
                await pilot.press(key)
                await pilot.pause()
                wanted = (view.turn.id, number - 1) if number <= len(view.places) else None
                await wait_until(pilot, lambda wanted=wanted: app.chat.at == wanted)
        assert app.chat.prompt.text == ""


async def test_up_and_down_go_from_citation_to_citation_and_y_copies(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        view = await ask(pilot, FIRST)
        rows = list(view.query(PlaceRow))
        rows[0].focus()
        await wait_until(pilot, lambda: rows[0].has_focus)
        await pilot.press("down")
        await wait_until(pilot, lambda: rows[1].has_focus)
        await pilot.press("up")
        await wait_until(pilot, lambda: rows[0].has_focus)
        await pilot.press("down", "y")
        await wait_until(pilot, lambda: app.clipboard == rows[1].place.reference)


@pytest.mark.parametrize("keys", [("pageup", "pagedown"), ("k", "j")], ids=["from the prompt", "in the talk"])
async def test_the_talk_is_read_up_and_down(library: Path, keys: tuple[str, str]) -> None:
    async with chatting(library, size=(80, 20)) as (app, pilot):
        await ask(pilot, FIRST)
        await ask(pilot, WARMBIER)
        talk = app.chat.talk
        await wait_until(pilot, lambda: talk.scroll_y and talk.scroll_y == talk.max_scroll_y)
        if keys[0] == "k":
            talk.focus()
        await pilot.press(keys[0])
        await wait_until(pilot, lambda: talk.scroll_y < talk.max_scroll_y)
        above = talk.scroll_y
        await pilot.press(keys[1])
        await wait_until(pilot, lambda: talk.scroll_y > above)
        assert app.chat.prompt.text == ""


async def test_the_list_of_conversations_by_letters(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where it exports to
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: not app.chat.talk.views())
        await ask(pilot, WARMBIER)
        listed = app.chat.pane.query_one(OptionList)
        await wait_until(pilot, lambda: listed.option_count == 2)
        await pilot.press("f2")
        await wait_until(pilot, lambda: listed.has_focus and listed.highlighted == 0)
        await pilot.press("j")
        await wait_until(pilot, lambda: listed.highlighted == 1)
        await pilot.press("k")
        await wait_until(pilot, lambda: listed.highlighted == 0)
        await pilot.press("j", "d")
        assert FIRST in await wait_for(pilot, "Delete this conversation for good?")
        await pilot.press("n")
        await wait_until(pilot, lambda: app.screen is app.chat)
        await pilot.press("e")
        await wait_for(pilot, "Exported to")
        (exported,) = tmp_path.glob("*.md")
        assert FIRST in exported.read_text()
        assert listed.option_count == 2


async def test_arrows_choose_among_what_was_found_while_typing(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await ask(pilot, FIRST)
        await ask(pilot, WARMBIER)
        await pilot.press("f6")
        await wait_until(pilot, lambda: isinstance(app.screen, SearchScreen))
        await pilot.press(*"wh")
        hits = app.screen.query_one("#hits", OptionList)
        await wait_until(pilot, lambda: hits.option_count > 1 and hits.highlighted == 0)
        await pilot.press("down")
        await wait_until(pilot, lambda: hits.highlighted == 1)
        await pilot.press("up")
        await wait_until(pilot, lambda: hits.highlighted == 0)


async def test_a_dialogs_buttons_by_arrows(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        app.chat.prompt.text = "/delete"
        await pilot.press("enter")
        await wait_for(pilot, "Delete this conversation for good?")
        dialog = app.screen
        await wait_until(pilot, lambda: dialog.query_one("#no").has_focus)
        await pilot.press("right")
        await wait_until(pilot, lambda: dialog.query_one("#yes").has_focus)
        await pilot.press("left")
        await wait_until(pilot, lambda: dialog.query_one("#no").has_focus)
        await pilot.press("right", "enter")
        await wait_until(pilot, lambda: app.screen is app.chat and not app.chat.talk.views())


async def test_every_key_that_closes_help(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        for key in ("escape", "f1", "q"):
            await pilot.press("f1")
            await wait_for(pilot, "Esc closes")
            await pilot.press(key)
            await wait_until(pilot, lambda: app.screen is app.chat)
        assert app.chat.prompt.text == ""


async def test_the_chip_opens_the_scope(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        for key in ("enter", "space"):
            app.chat.query_one(Chip).focus()
            await pilot.press(key)
            await wait_until(pilot, lambda: isinstance(app.screen, ScopeScreen))
            await pilot.press("escape")
            await wait_until(pilot, lambda: app.screen is app.chat)


async def test_every_key_for_a_new_line(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press("a", "ctrl+j", "b", "shift+enter", "c", "alt+enter", "d")
        assert app.chat.prompt.text == "a\nb\nc\nd"


async def test_on_a_small_screen_the_footer_shows_every_key_in_order(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (_, pilot):
        footer = shown(pilot.app).splitlines()[-1]
        told = ["⏎ Send", "F2 Conversations", "F3 Source", "F4 Documents", "F6 Search", "F7 Scope", "^N New"]
        assert "  ".join(told) in footer
        assert "F1 help" in shown(pilot.app).splitlines()[0]


async def test_the_footer_of_the_documents_sets_its_keys_apart(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (_, pilot):
        await pilot.press("f4")
        footer = (await wait_for(pilot, "Details")).splitlines()[-1]
        assert "⏎ Details  space Mark  a Add  d Remove  s Ask these  esc Back  F1 Help" in footer


async def test_without_signs_keys_are_called_by_their_names(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_ASCII", "1")
    async with chatting(library, size=(100, 40)) as (_, pilot):
        assert "enter Send  F2 Conversations" in shown(pilot.app).splitlines()[-1]
        await pilot.press("f1")
        lines = (await wait_for(pilot, "Esc closes")).splitlines()
        assert any(re.search(r"\bup +Earlier question", line) for line in lines)


async def test_help_begins_with_how_to_send(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (_, pilot):
        await pilot.press("f1")
        lines = (await wait_for(pilot, "Esc closes")).splitlines()
        first = next(place for place, line in enumerate(lines) if "Prompt" in line)
        assert re.search(r"(?:⏎|enter) +Send", lines[first + 1])
        assert "New line" in lines[first + 2]
