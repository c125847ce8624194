"""Keys, help, the palette, themes, and leaving."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.tui.conftest import FIRST, SIZE, Chat, ask, chatting, shown, wait_for, wait_until
from tui.app import QuothApp
from tui.commands import COMMANDS
from tui.keys import all_ids, taken
from tui.screens.documents import DocumentsScreen


@asynccontextmanager
async def opening(library: Path) -> AsyncIterator[Chat]:
    """The chat from its first moment on: what it says of the settings has gone when its engine is loaded late."""
    app = QuothApp(str(library))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        yield app, pilot
        await wait_until(pilot, lambda: app.sources and not app.chat.busy)


async def test_help_shows_the_keys_of_what_has_the_focus_and_the_commands(library: Path) -> None:
    async with chatting(library, size=(120, 130)) as (app, pilot):
        await pilot.press("f1")
        screen = await wait_for(pilot, "Esc closes")
        assert "Prompt" in screen
        pressed, names = screen.split("Keys of your own")
        assert "prompt.send" in names
        assert "chat.documents" in names
        assert not re.search(r"\b(?:prompt|chat|app)\.", pressed)  # what a person presses, and what it does
        assert re.search(r"(?:⏎|enter) +Send", pressed)
        await pilot.press("escape")
        await ask(pilot, FIRST)
        await pilot.press("alt+1")
        await wait_until(pilot, lambda: app.chat.source.place)
        app.chat.source.focus()
        await pilot.press("f1")
        screen = await wait_for(pilot, "Esc closes")
        assert "source.open" in screen.split("Keys of your own")[1]
        assert "Prompt\n" not in screen


async def test_help_lists_every_command(library: Path) -> None:
    async with chatting(library, size=(120, 130)) as (_, pilot):
        await pilot.press("f1")
        screen = await wait_for(pilot, "Commands")
        assert all(command.usage in screen for command in COMMANDS)


async def test_the_palette_lists_the_actions_and_runs_one(library: Path) -> None:
    async with chatting(library, size=(120, 40)) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("ctrl+p")
        await pilot.press(*"new conv")
        await wait_for(pilot, "Begin anew")
        await pilot.press("enter")
        await wait_until(pilot, lambda: not app.chat.talk.views())


async def test_every_action_is_within_reach_of_the_mouse(library: Path) -> None:
    async with chatting(library, size=(120, 60)) as (_, pilot):
        await pilot.click("#links", offset=(2, 0))
        screen = await wait_for(pilot, "Add documents")
        named = {command.title for command in pilot.app.get_system_commands(pilot.app.chat)}  # type: ignore[attr-defined]
        assert len(named) > 15
        assert sum(name in screen for name in named) > 10


async def test_keys_of_ones_own(library: Path) -> None:
    (library / "quoth.toml").write_text('[chat.keys]\n"chat.new" = "ctrl+o"\n"prompt.send" = "ctrl+s"\n')
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = FIRST
        await pilot.press("enter")
        assert not app.chat.talk.views()
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: app.chat.talk.views() and app.chat.talk.views()[0].turn.answer)
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: not app.chat.talk.views())


async def test_a_key_of_ones_own_works_in_the_prompt_too_where_editors_use_it(library: Path) -> None:
    (library / "quoth.toml").write_text('[chat.keys]\n"chat.documents" = "ctrl+d"\n')
    async with chatting(library) as (app, pilot):
        assert app.chat.prompt.editor.has_focus
        await pilot.press("ctrl+d")
        await wait_for(pilot, "Documents ·")


async def test_help_leaves_out_how_to_move_a_cursor(library: Path) -> None:
    async with chatting(library, size=(120, 130)) as (_, pilot):
        await pilot.press("f1")
        screen = await wait_for(pilot, "Esc closes")
        assert "Cursor" not in screen
        assert "Show a citation" in screen


async def test_keys_that_there_are_not_are_named_together(library: Path) -> None:
    (library / "quoth.toml").write_text('[chat.keys]\n"chat.fly" = "ctrl+o"\n"chat.swim" = "ctrl+o"\n')
    async with opening(library) as (_, pilot):
        assert "chat.swim" in await wait_for(pilot, "chat.fly")


@pytest.mark.parametrize("value", ["", " ", "ctrl+", "nonsense key", "ctrl+o,", "Ctrl+O", "control+o", "<any>"])
async def test_a_value_that_is_no_key_is_told_and_the_key_stays(library: Path, value: str) -> None:
    (library / "quoth.toml").write_text(f'[chat.keys]\n"chat.documents" = "{value}"\n"chat.search" = "ctrl+d"\n')
    async with opening(library) as (app, pilot):
        await wait_until(pilot, lambda: app._notifications)
        (notice,) = app._notifications
        assert f'gives chat.documents the key "{value}", which there is not' in notice.message
        await pilot.press("f4")
        await wait_for(pilot, "Documents ·")
        await pilot.press("escape", "escape", "ctrl+d")  # the first takes the notice away
        await wait_for(pilot, "Search every question")


def test_keys_are_taken_as_textual_writes_them() -> None:
    given = {"chat.new": "?", "chat.search": "alt+shift+f5, ctrl+pageup", "chat.documents": "less_than_sign,ö"}
    well, wrong = taken(given)
    assert not wrong
    assert well["chat.new"] == "question_mark"
    assert well["chat.search"] == "alt+shift+f5,ctrl+pageup"
    assert well["chat.documents"].split(",")[0] == "less_than_sign"


async def test_every_key_that_is_ours_would_be_taken(library: Path) -> None:
    async with chatting(library) as (app, _):
        chains = [app._bindings, app.chat._bindings, app.chat.prompt.editor._bindings, DocumentsScreen()._bindings]
        own = [binding for bindings in chains for _, binding in bindings if binding.id]
        assert len(own) > 20
        assert [taken({binding.id or "": binding.key})[1] for binding in own] == [[]] * len(own)


@pytest.mark.parametrize("name", ["documents.remove", "conversations.rename", "scope.cancel"])
async def test_the_prompt_keeps_a_key_that_is_given_to_another_place(library: Path, name: str) -> None:
    assert name in all_ids()
    (library / "quoth.toml").write_text(f'[chat.keys]\n"{name}" = "backspace"\n')
    async with chatting(library) as (app, pilot):
        await pilot.press("a", "b", "backspace")
        await wait_until(pilot, lambda: app.chat.prompt.text == "a")


def test_every_name_of_a_key_is_written_alike() -> None:
    assert len(all_ids()) > 25
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", name) for name in all_ids())


async def test_a_theme_is_remembered(library: Path, home: Path) -> None:
    async with chatting(library) as (app, pilot):
        assert app.theme == "quoth-dark"
        await pilot.press("ctrl+p")
        await pilot.press(*"light")
        await wait_for(pilot, "Change between light and dark")
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.theme == "quoth-light")
        await pilot.pause()
    assert QuothApp(str(library)).theme == "quoth-light"
    (file,) = home.glob("state/**/chat.json")
    file.write_text("{ broken")
    assert QuothApp(str(library)).theme == "quoth-dark"
    file.write_text(json.dumps({"theme": "no such theme"}))
    assert QuothApp(str(library)).theme == "quoth-dark"


async def test_a_pane_key_goes_to_its_pane_then_folds_it_away_and_it_stays_so(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        assert app.chat.pane.display
        await pilot.press("f2")
        await wait_until(pilot, lambda: app.chat.pane.has_focus_within)
        await pilot.press("f2")
        await wait_until(pilot, lambda: not app.chat.pane.display)
        assert app.chat.prompt.editor.has_focus
        await pilot.press("f3")
        await wait_until(pilot, lambda: app.chat.source.has_focus_within)
        await pilot.press("f3")
        await wait_until(pilot, lambda: not app.chat.source.display)
    async with chatting(library, size=(120, 36)) as (app, pilot):
        assert not app.chat.pane.display
        assert not app.chat.source.display


async def test_control_c_copies_then_empties_then_leaves(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press("a", "b", "shift+left", "ctrl+c")
        assert app.clipboard == "b"
        await pilot.press("end", "ctrl+c")
        assert app.chat.prompt.text == ""
        await pilot.press("ctrl+c")
        await wait_for(pilot, "Press Ctrl+C again to leave")
        assert app.is_running
        await pilot.press("ctrl+c")
        await wait_until(pilot, lambda: app.return_value == 0)


@pytest.mark.parametrize("way", ["ctrl+q", "/quit"])
async def test_leaving(library: Path, way: str) -> None:
    async with chatting(library) as (app, pilot):
        if way.startswith("/"):
            app.chat.prompt.text = way
            way = "enter"
        await pilot.press(way)
        await wait_until(pilot, lambda: app._exit)
    assert not app.return_code


async def test_settings_that_cannot_be_read_leave_with_the_reason(library: Path) -> None:
    (library / "quoth.toml").write_text("chat = [broken")
    app = QuothApp(str(library))
    async with app.run_test() as pilot:
        await wait_until(pilot, lambda: app._exit)
    assert app.return_value == 1
    assert f"{library / 'quoth.toml'} cannot be read" in str(app.error)


async def test_copying_an_answer_says_so(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("f9")
        await wait_until(pilot, lambda: app.clipboard.startswith(FIRST))
        assert "[1]" in app.clipboard
        await wait_until(pilot, lambda: "clipboard" in shown(app) or "Copied" in shown(app))


async def test_the_palette_of_another_screen_lists_what_can_be_done_there(library: Path) -> None:
    async with chatting(library, size=(120, 50)) as (app, pilot):
        await pilot.press("f4")
        await wait_for(pilot, "indexed")
        await pilot.press("ctrl+p")
        await pilot.press(*"add")
        await wait_for(pilot, "Key: a")
        await pilot.press("enter")
        await wait_until(pilot, lambda: type(app.screen).__name__ == "AddScreen")


async def test_text_that_is_selected_with_the_mouse_is_copied(library: Path) -> None:
    async with chatting(library, size=(120, 40)) as (app, pilot):
        view = await ask(pilot, FIRST)
        answer = view.query_one(".answer")
        assert view.turn.answer is not None
        await pilot.mouse_down(answer, offset=(0, 0))
        await pilot.hover(answer, offset=(12, 0))
        await pilot.mouse_up(answer, offset=(12, 0))
        await pilot.press("ctrl+c")
        await wait_until(pilot, lambda: app.clipboard)
        assert view.turn.answer.text.startswith(app.clipboard)
        assert len(app.clipboard) > 8
