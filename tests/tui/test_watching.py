"""The setting chat.watch: what changes in the added folders is taken in while the chat is open."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from qa import Library
from tests.tui.conftest import ask, chatting, shown, wait_for, wait_until
from tests.watching.conftest import save_like_vim
from tui.app import QuothApp
from tui.widgets.table import Table

NOTES = "The minutes of {} are about the harbour."


def names(app: QuothApp) -> set[str]:
    return {Path(source.source).name for source in app.sources}


async def told(pilot: Pilot[int], text: str) -> None:
    await wait_until(pilot, lambda: text in [notice.message for notice in pilot.app._notifications])


@pytest.mark.usefixtures("unasked")
async def test_what_changes_is_taken_in_and_said_once(
    library: Path, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_CHAT__WATCH", "true")
    (notes / "2025" / "agenda.txt").write_text("The agenda is short.")  # before the chat is opened
    async with chatting(library) as (app, pilot):
        await told(pilot, "Added 1 document")
        await wait_until(pilot, lambda: "agenda.txt" in names(app))
        await pilot.press("f4")
        await wait_for(pilot, "agenda.txt")
        for number in range(10):
            save_like_vim(notes / "2026.txt", NOTES.format(number))
        await wait_until(pilot, lambda: str(notes / "2026.txt") in app.screen.query_one(Table).keys)
        (notes / "2025" / "agenda.txt").unlink()
        await told(pilot, "Took out 1 whose files are gone")
        await wait_until(pilot, lambda: "agenda.txt" not in names(app))
        assert "agenda.txt" not in shown(app)
        app.leave()
    with Library(library) as opened:
        assert opened.text(notes / "2026.txt") == NOTES.format(9)
        assert len([s for s in opened.sources() if Path(s.source).name.startswith("2026")]) == 1


async def test_questions_go_on_meanwhile(library: Path, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_CHAT__WATCH", "true")
    async with chatting(library) as (_, pilot):
        (notes / "ferry.txt").write_text("The ferry Adelheid costs 12 euros a day.")
        await told(pilot, "Added 1 document")
        view = await ask(pilot, "What does the ferry Adelheid cost?")
        assert view.turn.answer is not None
        assert "12 euros" in view.turn.answer.text


@pytest.mark.usefixtures("unasked")
async def test_it_is_off_unless_set(library: Path) -> None:
    async with chatting(library):
        assert "quoth looking" in {thread.name for thread in threading.enumerate()}
        assert "quoth watching" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.usefixtures("unasked")
async def test_without_the_package_it_says_what_to_install(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa import QuothError, watching

    def missing() -> None:
        raise QuothError("watching needs the package watchfiles; run: pip install 'quoth[watch]'")

    monkeypatch.setenv("QUOTH_CHAT__WATCH", "true")
    monkeypatch.setattr(watching, "require", missing)
    async with chatting(library) as (_, pilot):
        await wait_for(pilot, "pip install 'quoth[watch]'")
