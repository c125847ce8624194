"""The documents screen: what its table shows, and how it is filtered, sorted and brought up to date."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Button, Input

from qa import Library, Source
from tests.tui.conftest import HOSTILE, shown, wait_for, wait_until
from tests.tui.listing import DocumentsApp, names, opened, table
from tui.screens.add import AddScreen
from tui.screens.confirm import Confirm
from tui.screens.document import DocumentScreen
from tui.screens.documents import DocumentsScreen, DocumentsTable
from tui.widgets.folders import Folders


async def test_it_lists_the_documents_told_apart_by_their_paths(library: Path, notes: Path) -> None:
    async with opened(library) as (app, _):
        screen = shown(app)
        count = len(app.sources)
    assert f"{count} documents" in screen
    assert "2024/minutes.txt" in screen
    assert "2025/minutes.txt" in screen
    assert time.strftime("%Y-%m-%d") in screen
    row = next(line for line in screen.splitlines() if "2018-singapore-summit.pdf" in line)
    assert "pdf" in row
    assert "kB" in row


async def test_names_from_outside_do_nothing(library: Path, notes: Path) -> None:
    async with opened(library) as (app, pilot):
        screen = await wait_for(pilot, HOSTILE)
        assert "a␛]52;c;aGk=␇b.txt" in screen
        row = next(number for number, line in enumerate(screen.splitlines()) if HOSTILE in line)
        column = screen.splitlines()[row].index("@click")
        await pilot.click(offset=(column + 2, row))
        await wait_until(pilot, lambda: table(app).key == str(notes / HOSTILE))
        await pilot.press("d")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        assert HOSTILE in shown(app)
        await pilot.press("escape")
        await pilot.press("enter")
        screen = await wait_for(pilot, "Words [@click=app.quit]that[/] are x [/] y.")
        for column in (8, 12, 20, 24):
            await pilot.click(offset=(column, next(n for n, line in enumerate(screen.splitlines()) if "Words" in line)))
            await pilot.click(offset=(screen.splitlines()[0].index("@click") + 3, 0))
        assert app.is_running
        assert isinstance(app.screen, DocumentScreen)


async def test_a_slash_filters_and_escape_leads_back(library: Path, notes: Path) -> None:
    async with opened(library) as (app, pilot):
        await wait_for(pilot, "/ to filter")
        await pilot.press("slash", "m", "i", "n", "u", "t")
        await wait_until(pilot, lambda: names(app) == ["minutes.txt", "minutes.txt"])
        await wait_for(pilot, "2 of")
        await pilot.press("space", "2", "0", "2", "5", "down")
        await wait_until(pilot, lambda: table(app).has_focus and table(app).key == str(notes / "2025" / "minutes.txt"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(names(app)) == len(app.sources))
        assert table(app).key == str(notes / "2025" / "minutes.txt")
        await pilot.press("slash", "p", "d", "f")
        await wait_until(pilot, lambda: names(app) == ["2018-singapore-summit.pdf"])
        await pilot.press("escape", "escape")
        await wait_until(pilot, lambda: not isinstance(app.screen, DocumentsScreen))


async def test_letters_right_behind_the_slash_are_not_commands(library: Path) -> None:
    async with opened(library) as (app, pilot):
        for character in "/adfsu":  # each of which does something in the table; all at once, as a paste by keys
            app.post_message(events.Key("slash" if character == "/" else character, character))
        await wait_until(pilot, lambda: app.screen.query_one(Input).value == "adfsu")
        assert isinstance(app.screen, DocumentsScreen)


async def test_the_header_sorts_by_what_the_cells_mean(library: Path) -> None:
    async with opened(library) as (app, pilot):
        sizes = {source.source: source.size for source in app.sources}
        header = next(line for line in shown(app).splitlines() if "chunks" in line)
        await pilot.click(DocumentsTable, offset=(header.index("size"), 0))
        await wait_until(pilot, lambda: list(table(app).keys) == sorted(sizes, key=lambda key: sizes[key]))
        await pilot.click(DocumentsTable, offset=(header.index("size"), 0))
        await wait_until(pilot, lambda: table(app).keys[0] == max(sizes, key=lambda key: sizes[key]))


async def test_what_changed_on_disk_is_shown_and_updated(library: Path, notes: Path) -> None:
    (notes / "2024" / "minutes.txt").write_text("Other minutes altogether.")
    (notes / "2025" / "minutes.txt").unlink()
    (notes / "new.txt").write_text("Something new.")
    async with opened(library, "changed on disk") as (app, pilot):
        screen = shown(app)
        assert "3 files changed on disk (1 new, 1 changed, 1 gone): u or click to update" in screen
        assert next(line for line in screen.splitlines() if "2024/minutes" in line).rstrip().endswith("changed")
        assert next(line for line in screen.splitlines() if "2025/minutes" in line).rstrip().endswith("gone")
        await pilot.click("#documents-changed")
        await wait_until(pilot, lambda: "new.txt" in shown(app) and "changed on disk" not in shown(app))
        await wait_until(pilot, lambda: app.notices)
        assert app.notices[-1] == "Added 1 document, updated 1, took out 1 whose files are gone"
        assert "2025/minutes" not in shown(app)
        (notes / "new.txt").write_text("Something newer still.")
        app.screen._look(again=True)
        await wait_for(pilot, "1 file changed on disk (1 changed)")
        await pilot.press("u")
        await wait_until(pilot, lambda: app.changes == 2)


async def test_an_empty_library_says_how_to_add(tmp_path: Path) -> None:
    async with opened(tmp_path / "none", "no documents in this library yet", (80, 24)) as (app, pilot):
        assert app.screen.query_one("#documents-add", Button).region.width
        await pilot.click("#documents-samples")
        await wait_until(pilot, lambda: app.changes == 1, 120)
        await wait_for(pilot, "2019-hanoi-summit.md")
        await pilot.press("a")
        await wait_until(pilot, lambda: isinstance(app.screen, AddScreen))
        app.screen.query_one(Folders)


async def test_ten_thousand_documents_do_not_block(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = DocumentsApp(str(library))
    many = tuple(
        Source(f"/data/{number % 100}/report {number}.pdf", "pdf", number * 1000, 3, 900, 1e9 + number, "0" * 64)
        for number in range(10_000)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(Library, "sources", lambda _: list(many))
        began = time.monotonic()
        app.push_screen(DocumentsScreen())
        await wait_for(pilot, "10000 documents")
        await pilot.press("slash", "9", "9", "9")
        await wait_until(pilot, lambda: len(table(app).keys) == sum("999" in source.source for source in many))
        assert time.monotonic() - began < 5


async def test_leaving_while_it_looks_at_the_disk_does_not_end_the_chat(library: Path, notes: Path) -> None:
    async with opened(library) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, DocumentsScreen)
        await screen.query("*").remove()  # as closing a screen does, before it ends what is at work for the screen
        await screen._look(again=True).wait()
        app.adding.moved.publish(None)
        await pilot.pause()
        assert app.is_running
        assert not app._exit
