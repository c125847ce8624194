"""Notices: how many there are, what they leave free, how they go; and what stands in the talk instead."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.widgets._toast import Toast

from tests.tui.conftest import FIRST, chatting, shown, wait_for, wait_until
from tui.app import QuothApp
from tui.screens.documents import DocumentsScreen


async def test_a_notice_replaces_those_of_its_kind_and_two_at_most_are_shown(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        for number in range(4):
            app.notify(f"Exported to {number}")
        await wait_for(pilot, "Exported to 3")
        await wait_until(pilot, lambda: [str(one.render()) for one in app.chat.query(Toast)] == ["Exported to 3"])
        app.complain("First wrong")
        app.notify("Left out", severity="warning")
        await wait_for(pilot, "Left out")
        await wait_until(
            pilot, lambda: [str(one.render()) for one in app.chat.query(Toast)] == ["First wrong", "Left out"]
        )


async def test_a_notice_covers_nothing_that_says_what_is_being_done(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        app.chat.query_one("AddingLine").display = True
        app.notify("Exported to a file")
        app.complain("Something went wrong with a sentence that is long enough to take more than one line of it")
        await wait_until(pilot, lambda: len(app.chat.query(Toast)) == 2)
        await wait_until(pilot, lambda: all(one.region.height for one in app.chat.query(Toast)))
        free = app.chat.query_one("AddingLine").region.y
        assert max(one.region.bottom for one in app.chat.query(Toast)) <= free
        await pilot.press("f4")
        await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen))
        app.screen.query_one("AddingLine").display = True
        app.notify("Exported to another file")
        await wait_until(pilot, lambda: "another file" in shown(app))
        free = app.screen.query_one("AddingLine").region.y
        assert max(one.region.bottom for one in app.screen.query(Toast)) <= free


async def test_escape_takes_notices_away_before_a_pane_but_never_instead_of_cancelling(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        await pilot.press("f3")
        app.notify("Exported to a file")
        await wait_for(pilot, "Exported to a file")
        await pilot.press("escape")
        await wait_until(pilot, lambda: "Exported" not in shown(app))
        assert app.chat.source_open
        await pilot.press("escape")
        await wait_until(pilot, lambda: not app.chat.source_open)
        monkeypatch.setattr(app.chat.asking, "_coming", lambda: True)  # nothing is answered before it is cancelled
        app.chat.prompt.text = FIRST
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.asking.current)
        app.notify("Exported to a file")
        await wait_for(pilot, "Exported to a file")
        await pilot.press("escape")
        await wait_until(pilot, lambda: not app.chat.asking.current)
        await wait_until(pilot, lambda: "Exported" not in shown(app))


async def test_escape_takes_a_notice_away_before_it_leaves_the_documents(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press("f4")
        await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen))
        app.notify("Added 1 document")
        await wait_for(pilot, "Added 1 document")
        await pilot.press("escape")
        await wait_until(pilot, lambda: "Added 1" not in shown(app))
        assert isinstance(app.screen, DocumentsScreen)
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)


def newer(catalog: sqlite3.Connection) -> None:
    catalog.execute("PRAGMA user_version = 99")


def of_another_model(catalog: sqlite3.Connection) -> None:
    catalog.execute("UPDATE meta SET value = 'other' WHERE key IN ('model', 'fingerprint')")


def of_other_files(catalog: sqlite3.Connection) -> None:
    catalog.execute("UPDATE meta SET value = 'other' WHERE key = 'fingerprint'")


@pytest.mark.parametrize(
    ("change", "said", "todo"),
    [
        (newer, "a newer version of Quoth", "pip install --upgrade quoth"),
        (of_another_model, "made with the embedding model other", "rebuild --embed"),
        (of_other_files, "made with other files of the embedding model", "rebuild --embed"),
    ],
)
async def test_what_keeps_a_library_from_being_used_stands_in_the_talk(
    library: Path, change: Any, said: str, todo: str
) -> None:
    with closing(sqlite3.connect(library / "catalog.sqlite")) as catalog, catalog:
        change(catalog)
    app = QuothApp(str(library))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, "cannot be used")
        words = " ".join(shown(app).replace("│", " ").replace("▌", " ").split())
        assert not app.chat.query(Toast), [str(one.render()) for one in app.chat.query(Toast)]
        assert said in words or "".join(said.split()) in "".join(words.split())
        assert "".join(todo.split()) in "".join(words.split())
