"""The list of conversations: what tells them apart, and how it makes room for the one that is chosen."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from qa import Library
from tests.tui.conftest import chatting, shown, wait_for, wait_until
from tui.names import briefly

DAY = 24 * 3600
NOW = time.mktime((2026, 3, 11, 15, 30, 0, 0, 0, -1))
"""A Wednesday."""


@pytest.fixture
def alike(library: Path) -> Path:
    """A library with two conversations that begin with the same question, one of them a fortnight old."""
    with Library(library) as opened:
        stored = opened.conversations()
        old, _ = (stored.ask(stored.create().id, "Who saved the maps?").conversation for _ in range(2))
    with closing(sqlite3.connect(library / "conversations.sqlite")) as connection, connection:
        connection.execute("UPDATE conversations SET updated = updated - ? WHERE id = ?", (14 * DAY, old))
    return library


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (0, "15:30"),
        (15 * 3600, "00:30"),
        (16 * 3600, "Tue"),
        (6 * DAY, "Thu"),
        (7 * DAY, "4 Mar"),
        (300 * DAY, "15 May"),
        (400 * DAY, "2025"),
        (-DAY, "15:30"),
    ],
)
def test_a_time_is_told_as_briefly_as_it_can_be(ago: float, told: str) -> None:
    assert briefly(NOW - ago, NOW) == told


async def test_alike_titles_are_told_apart_and_the_chosen_one_is_seen(alike: Path) -> None:
    async with chatting(alike, size=(80, 24)) as (app, pilot):
        await pilot.press("f2")
        now = time.time()
        screen = await wait_for(pilot, briefly(now - 14 * DAY, now))
        assert screen.count("Who saved the maps?") == 2
        await pilot.press("enter")
        await wait_until(pilot, lambda: not app.chat.pane.display and app.chat.talk.views())
        assert app.chat.prompt.editor.has_focus


async def test_the_list_stays_where_there_is_room_for_both(alike: Path) -> None:
    async with chatting(alike, size=(150, 30)) as (app, pilot):
        now = time.time()
        await wait_for(pilot, briefly(now - 14 * DAY, now))
        await pilot.press("f2", "enter")
        await wait_until(pilot, lambda: app.chat.talk.views())
        assert app.chat.pane.display
        assert "Who saved the maps" in shown(app)
