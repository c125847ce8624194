"""Removing a document in the chat: what answers quote of it is said, and nothing shows text that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from qa import Library
from tests.tui.conftest import ask, chatting, shown, wait_for, wait_until
from tui.app import QuothApp
from tui.screens.chat import ChatScreen
from tui.screens.confirm import Choose
from tui.screens.documents import DocumentsScreen

BUILT = "When was the ferry Adelheid built?"
NOTE = "The ferry Adelheid was built in Bremen in 1923.\nIts funnel carried the emblem of a zyxquorv heron.\n"
MANY = 45
"""Turns, of which the chat shows the last 40 at first."""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A file in a library that also holds another."""
    note = tmp_path / "ferry.txt"
    note.write_text(NOTE)
    (tmp_path / "tea.txt").write_text("Tea is grown on the slopes of the mountain.")
    with Library(tmp_path / "library") as library:
        library.add([note, tmp_path / "tea.txt"])
    return note


async def remove(app: QuothApp, pilot: Pilot[int], note: Path, answers: str) -> None:
    """Go to the document and ask to remove it; what the dialog says of the answers."""
    await pilot.press("f4")
    await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen) and app.screen.table.keys)
    await pilot.press("slash", "f", "e", "r", "r", "y", "enter")
    await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen) and app.screen.table.key == str(note))
    await pilot.press("d")
    await wait_until(pilot, lambda: isinstance(app.screen, Choose))
    screen = await wait_for(pilot, "Remove 1 document from the library?")
    assert f"{answers} text of what you remove." in screen
    assert "The files themselves stay" in screen


async def back(app: QuothApp, pilot: Pilot[int]) -> None:
    """To the talk, once the library has one document less."""
    await wait_until(pilot, lambda: len(app.sources) == 1 and not app.adding.busy)
    for _ in range(3):  # the notice goes, then the filter, then the screen
        if not isinstance(app.screen, ChatScreen):
            await pilot.press("escape")
            await pilot.pause()
    await wait_until(pilot, lambda: isinstance(app.screen, ChatScreen))


async def test_a_quote_stays_where_it_was_not_to_go_and_the_text_around_it_does_not(note: Path, tmp_path: Path) -> None:
    async with chatting(tmp_path / "library", size=(150, 40)) as (app, pilot):
        view = await ask(pilot, BUILT)
        await pilot.press("alt+1")
        await wait_for(pilot, "zyxquorv")  # the source pane shows the document
        await remove(app, pilot, note, "1 answer in 1 conversation holds")
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen))
        assert not app.adding.busy
        await pilot.press("d")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.click("#remove")
        await back(app, pilot)
        await wait_until(pilot, lambda: "zyxquorv" not in shown(app))
        screen = await wait_for(pilot, "is no longer in the library")
        assert "1923" in screen
        assert "the quote as the answer had it" in " ".join(screen.split())
        assert view.turn.status == "answered"
        assert any("quoth remove --quotes" in notice for notice in app.adding.notices)
    assert note.read_text() == NOTE


async def test_the_quotes_go_from_everything_that_is_shown(note: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        stored = library.conversations()
        conversation, answer = stored.create().id, library.ask(BUILT)
        for number in range(MANY):
            stored.finish(stored.ask(conversation, f"{BUILT} {number}").id, answer)
    async with chatting(tmp_path / "library", size=(150, 40)) as (app, pilot):
        app.chat.do(app.chat.open_conversation(conversation))
        await wait_until(pilot, lambda: len(app.chat.talk.views()) == 40)
        await pilot.press("alt+1")
        await wait_for(pilot, "zyxquorv")
        await remove(app, pilot, note, f"{MANY} answers in 1 conversation hold")
        await pilot.click("#quotes")
        await back(app, pilot)
        screen = await wait_for(pilot, "This answer quoted ferry.txt, which was removed.")
        assert "1923" not in screen
        assert "zyxquorv" not in screen
        assert app.chat.source.place is None
        app.chat.talk.query_one("Earlier Button", Button).press()
        await wait_until(pilot, lambda: len(app.chat.talk.views()) == MANY)
        assert {view.turn.answer for view in app.chat.talk.views()} == {None}
        assert {view.turn.status for view in app.chat.talk.views()} == {"removed"}
    with Library(tmp_path / "library") as library:
        assert library.conversations().search("1923 bremen") == []
        assert len(library.conversations().search("adelheid")) == MANY  # the questions are the user's own
