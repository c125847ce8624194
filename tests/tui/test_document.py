"""The details of a document, and its text."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from qa import Document, Source
from tests.tui.alone import Alone
from tests.tui.conftest import shown, wait_for, wait_until
from tests.tui.listing import opened, table
from tests.tui.pane import Shelf
from tui.excerpt import Excerpt, excerpt
from tui.place import Place
from tui.screens import document
from tui.screens.documents import DocumentsScreen


async def test_details_of_a_document(library: Path, no_programs: None) -> None:
    async with opened(library) as (app, pilot):
        source = next(source for source in app.sources if source.source.endswith("un-sanctions.txt"))
        await pilot.press("slash", "u", "n", "minus", "s", "a", "n", "c", "enter")
        await wait_until(pilot, lambda: table(app).has_focus)
        await pilot.press("enter")
        screen = await wait_for(pilot, "sha256")
        assert source.source in screen.replace("\n", "").replace(" ", "")
        await wait_until(pilot, lambda: Path(source.source).read_text().split("\n")[0][:40] in shown(app))
        assert f"{source.characters} characters" in screen
        assert source.sha256[:12] in screen
        assert "indexed" in screen
        await pilot.press("y")
        await wait_until(pilot, lambda: app.copied == [source.source])
        await pilot.press("o")
        await wait_until(pilot, lambda: any(source.source in notice for notice in app.notices))
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen))


@pytest.mark.parametrize("text", ["x" * 5_000_000, "中 " * 500_000], ids=["a line of 5 MB", "wide"])
async def test_the_screen_goes_on_while_a_monster_is_laid_out(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work: list[threading.Thread] = []

    def recorded(document: Document, place: Place) -> Excerpt:
        at_work.append(threading.current_thread())
        return excerpt(document, place)

    monkeypatch.setattr(document, "excerpt", recorded)
    monster = tmp_path / "monster.txt"
    monster.write_text(f"{text}\nThe ferry was built in 1923.")
    app = Alone(str(tmp_path / "library"))
    async with app.run_test(size=(80, 24)) as pilot:
        app.engine._library = Shelf({})  # reads the file as it is
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        ticking = asyncio.ensure_future(tick())
        app.push_screen(document.DocumentScreen(Source(str(monster), "txt", 5_000_000, 1, 1, 0.0, "0" * 64)))
        await wait_for(pilot, text[:30])
        ticking.cancel()
        assert ticks > 1
        assert at_work
        assert threading.main_thread() not in at_work  # which the event loop has
        await pilot.press("end")
        await wait_for(pilot, "The ferry was built in 1923.")
