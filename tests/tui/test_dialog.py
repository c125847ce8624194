"""Keys that come faster than a dialog closes, and faults behind one, end neither the chat nor the screen below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from qa import Library
from tests.tui.alone import Alone
from tests.tui.conftest import wait_for, wait_until
from tui.screens import scope
from tui.screens.add import AddScreen
from tui.screens.confirm import Ask, Confirm
from tui.screens.dialog import Dialog
from tui.screens.document import DocumentScreen
from tui.screens.documents import DocumentsScreen
from tui.screens.help import HelpScreen
from tui.screens.scope import ScopeScreen
from tui.screens.search import SearchScreen
from tui.widgets.table import Table

BROKEN = "A fault in Quoth: RuntimeError"


class Below(Screen[None]):
    """What a dialog lies above."""

    def compose(self) -> ComposeResult:
        yield Static("below")


DIALOGS = {
    "confirm": (lambda _: Confirm("Really?"), "y"),
    "ask": (lambda _: Ask("Which?", "this"), "enter"),
    "add": (lambda _: AddScreen(), "enter"),
    "scope": (lambda _: ScopeScreen(), "enter"),
    "search": (lambda _: SearchScreen("sunset"), "enter"),
    "help": (HelpScreen, "escape"),
}


@pytest.fixture
def asked(library: Path) -> Path:
    """A library with a conversation that can be found."""
    with Library(library) as opened:
        store = opened.conversations()
        store.cancel(store.ask(store.create().id, "When is the sunset?").id)
    return library


async def test_what_a_question_is_about_is_scrolled_and_its_buttons_stay_in_view(library: Path) -> None:
    app = Alone(str(library))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.push_screen(Confirm("Add these?", "\n".join(f"/notes/{number}.txt" for number in range(1, 41)), yes="Add"))
        first = await wait_for(pilot, "/notes/1.txt")
        assert "Cancel" in first
        assert " Add " in first
        assert "/notes/40.txt" not in first
        await pilot.press(*["pagedown"] * 5)
        last = await wait_for(pilot, "/notes/40.txt")
        assert "Cancel" in last
        assert " Add " in last


async def test_ctrl_c_on_another_screen_says_in_plain_words_what_leaves(library: Path) -> None:
    app = Alone(str(library))
    async with app.run_test(notifications=True) as pilot:
        app.push_screen(DocumentsScreen())
        await wait_for(pilot, "15 documents")
        await pilot.press("ctrl+c")
        assert "[b]" not in await wait_for(pilot, "Ctrl+Q leaves")


@pytest.mark.parametrize("name", DIALOGS)
async def test_a_key_pressed_twice_closes_one_dialog_and_answers_once(asked: Path, name: str) -> None:
    make, key = DIALOGS[name]
    app, answers = Alone(str(asked)), []
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.sources)
        below = Below()
        await app.push_screen(below)
        dialog: Screen[Any] = make(below)
        await app.push_screen(dialog, answers.append)
        if isinstance(dialog, AddScreen):
            dialog.query_one(Input).value = str(asked)
        if isinstance(dialog, SearchScreen):
            await wait_until(pilot, lambda: dialog.query_one(OptionList).option_count)
        await pilot.pause()
        for _ in range(3):  # all are waiting before the first of them is seen to
            app.post_message(events.Key(key, None))
        await wait_until(pilot, lambda: answers and app.screen is below)
        await pilot.press("x")  # behind the other two
        await pilot.pause()
        assert app.screen is below
        assert len(answers) == 1


async def test_a_dialog_under_another_screen_closes_nothing(library: Path) -> None:
    app = Alone(str(library))
    async with app.run_test() as pilot:
        lower: Dialog[bool] = Confirm("Lower?")
        await app.push_screen(lower)
        upper = Confirm("Upper?")
        await app.push_screen(upper)
        lower.dismiss(True)
        await pilot.pause()
        assert app.screen is upper
        upper.dismiss(True)
        await wait_until(pilot, lambda: app.screen is lower)


async def test_a_hit_is_chosen_though_the_list_has_been_searched_anew(asked: Path) -> None:
    app, answers = Alone(str(asked)), []
    async with app.run_test() as pilot:
        screen = SearchScreen("sunset")
        await app.push_screen(screen, answers.append)
        view = screen.query_one(OptionList)
        await wait_until(pilot, lambda: view.option_count)
        view.action_select()
        view.clear_options()
        await wait_until(pilot, lambda: answers)
        with Library(asked) as opened:
            (conversation,) = opened.conversations().list()
        assert answers[0][0] == conversation.id


async def test_details_of_a_document_that_has_gone_meanwhile_are_not_shown(library: Path) -> None:
    app = Alone(str(library))
    async with app.run_test() as pilot:
        screen = DocumentsScreen()
        await app.push_screen(screen)
        await wait_for(pilot, "indexed")
        screen.post_message(Table.Selected(screen.table, "/gone.txt"))
        await pilot.press("end")
        await pilot.pause()
        assert app.screen is screen


@pytest.mark.parametrize("name", ["look", "document", "fit", "search"])
async def test_a_fault_behind_a_screen_is_said_and_the_chat_goes_on(
    library: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Alone(str(library))

    async def broken(_: object) -> None:
        raise RuntimeError("broken")

    async with app.run_test() as pilot:
        await wait_until(pilot, lambda: app.sources)
        monkeypatch.setattr(app.engine, "look", broken)
        monkeypatch.setattr(app.engine, "keep", broken, raising=False)
        match name:
            case "look":
                screen: Screen[Any] = DocumentsScreen()
            case "document":
                screen = DocumentScreen(app.sources[0])
            case "fit":
                screen = ScopeScreen((f"*{scope.GLOB}",))
            case _:
                screen = SearchScreen("words")
        app.push_screen(screen)
        await wait_until(pilot, lambda: any(notice.startswith(BROKEN) for notice in app.notices))
        assert app.is_running
        assert app.screen is screen
