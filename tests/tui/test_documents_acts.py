"""What is done with documents on their screen, by key and by mouse: removing, adding, asking of these alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.conftest import HOSTILE, shown, wait_for, wait_until
from tests.tui.listing import DocumentsApp, names, opened, table
from tui import keys
from tui.app import QuothApp
from tui.screens.add import AddScreen
from tui.screens.documents import DocumentsScreen, DocumentsTable
from tui.screens.failures import FailuresScreen


@pytest.mark.parametrize("mouse", [False, True])
async def test_marked_documents_are_removed_after_a_question(library: Path, notes: Path, mouse: bool) -> None:
    async with opened(library) as (app, pilot):
        before = len(app.sources)
        await pilot.press("slash", "m", "i", "n", "u", "t", "e", "s")
        await wait_until(pilot, lambda: len(names(app)) == 2)
        if mouse:
            await pilot.click(DocumentsTable, offset=(3, 1))
            await pilot.click(DocumentsTable, offset=(3, 2))
            await wait_for(pilot, "2 marked")
            footer = next(n for n, line in enumerate(shown(app).splitlines()) if "Remove" in line)
            await pilot.click(offset=(shown(app).splitlines()[footer].index("Remove"), footer))
        else:
            await pilot.press("enter", "space", "down", "space", "delete")
        screen = await wait_for(pilot, "Remove 2 documents from the library?")
        assert "The files themselves stay" in screen
        if mouse:
            await pilot.click("#yes")
        else:
            await pilot.press("y")
        await wait_until(pilot, lambda: app.changes == 1)
        await wait_for(pilot, f"0 of {before - 2} documents")
        assert not table(app).marked
        assert app.notices == ["Removed 2 documents from the library; the files stay"]
    assert (notes / "2024" / "minutes.txt").exists()


async def test_a_removal_can_be_declined(library: Path) -> None:
    async with opened(library) as (app, pilot):
        await pilot.press("d")
        await wait_for(pilot, "Remove 1 document from the library?")
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen))
        assert not app.adding.busy


async def test_adding_from_here_shows_what_was_left_out_and_why(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "well.txt").write_text("This is well.")
    (folder / HOSTILE).write_text("")
    async with opened(library) as (app, pilot):
        await pilot.press("f")
        assert isinstance(app.screen, DocumentsScreen)
        app.screen.action_back()
        await pilot.pause()
        app.push_screen(DocumentsScreen())
        await wait_for(pilot, "indexed")
        await pilot.press("a")
        await wait_until(pilot, lambda: isinstance(app.screen, AddScreen))
        app.screen.query_one(Input).value = str(folder)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.changes == 1)
        await wait_for(pilot, "well.txt")
        await wait_for(pilot, "Left out")
        assert app.notices[-1].startswith("Added 1 document; ")
        assert app.notices[-1].endswith(" was left out: it is empty")
        await pilot.press("f")
        await wait_until(pilot, lambda: isinstance(app.screen, FailuresScreen))
        screen = await wait_for(pilot, str(folder / HOSTILE))
        assert "1 left out" in screen
        assert "empty" in screen
        row = next(number for number, line in enumerate(screen.splitlines()) if HOSTILE in line)
        await pilot.click(offset=(screen.splitlines()[row].index("@click") + 2, row))
        await pilot.press("y")
        await wait_until(pilot, lambda: app.copied and app.copied[0].startswith(str(folder / HOSTILE)))
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen))
        app.adding.add([str(folder / "well.txt")])  # with nothing to tell of
        await wait_until(pilot, lambda: app.changes == 2)
        await pilot.press("f")
        await wait_for(pilot, "1 left out")


async def test_adding_is_shown_at_the_bottom_and_can_be_cancelled(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number}.txt").write_text(f"Sentence {number} about ships. " * 150 + str(number))
    async with opened(library) as (app, pilot):
        app.adding.add([str(folder)])
        await wait_for(pilot, "c or click: cancel")
        await wait_until(pilot, lambda: "reading" in app.adding.standing)
        app.screen._look(again=True)  # as when the screen is opened just now
        await wait_until(pilot, lambda: app.screen._changes)
        assert "on disk" not in shown(app)
        assert "not read yet" not in shown(app)
        await pilot.press("c")
        await wait_until(pilot, lambda: app.changes == 1)
        await wait_for(pilot, "not read yet: u or click to read them")  # what was not read before it was cancelled
        assert app.adding.reports[-1].cancelled
        assert app.notices[-1].startswith("Stopped, and kept what was finished")


async def test_questions_are_limited_to_the_marked_ones(library: Path) -> None:
    async with opened(library) as (app, pilot):
        await pilot.press("space", "down", "space", "s")
        await wait_until(pilot, lambda: len(app.wanted) == 2)
        assert set(app.wanted) <= {source.source for source in app.sources}
        await wait_until(pilot, lambda: not isinstance(app.screen, DocumentsScreen))


async def test_the_chat_opens_it_and_limits_its_questions(library: Path) -> None:
    app = QuothApp(str(library))
    async with app.run_test(size=(110, 34)) as pilot:
        await wait_until(pilot, lambda: app.sources)
        await pilot.press("f4")
        await wait_for(pilot, "indexed")
        await pilot.press("space", "s")
        await wait_until(pilot, lambda: not isinstance(app.screen, DocumentsScreen))
        await wait_for(pilot, f"Only {Path(app.sources[0].source).name} ▾")


async def test_help_leaves_out_the_keys_that_are_typed_into_the_filter(library: Path) -> None:
    async with opened(library) as (app, pilot):
        assert "Remove" in does(app)
        await pilot.press("slash")
        await wait_until(pilot, lambda: app.screen.query_one(Input).has_focus)
        assert "Remove" not in does(app)
        assert "Back" in does(app)


def does(app: DocumentsApp) -> set[str]:
    """What the keys do that help would list now."""
    return {key.does for _, listed in keys.active(app.screen) for key in listed}


async def test_what_is_to_know_of_a_file_stands_beside_its_name(library: Path) -> None:
    async with opened(library) as (app, pilot):
        notices = "/notes/a: b/latin1.txt: read as cp1252", "/notes is empty: nothing was removed"
        app.push_screen(FailuresScreen((), notices, {"/notes/a: b/latin1.txt"}))
        screen = await wait_for(pilot, "2 to know")
        rows = [line.replace(">", "").split() for line in screen.splitlines()]
        assert ["latin1.txt", "read", "as", "cp1252"] in rows
        assert ["/notes", "is", "empty:", "nothing", "was", "removed"] in rows
