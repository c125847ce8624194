"""The documents screen: the table, the filter, and what can be done with documents, by key and by mouse."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from qa import Library, Source
from tests.tui.alone import Alone
from tests.tui.conftest import shown, wait_for, wait_until
from tui import keys
from tui.app import QuothApp
from tui.rows import Rows
from tui.screens.add import AddScreen
from tui.screens.confirm import Confirm
from tui.screens.document import DocumentScreen
from tui.screens.documents import DocumentsScreen, DocumentsTable, ScopeWanted
from tui.screens.failures import FailuresScreen
from tui.widgets.folders import Folders

HOSTILE = "[@click=app.quit]x[|].txt"
ESCAPING = "a\x1b]52;c;aGk=\x07b.txt"


class DocumentsApp(Alone):
    """Notes which documents questions are to be limited to."""

    wanted: tuple[str, ...] = ()

    async def on_scope_wanted(self, event: ScopeWanted) -> None:
        event.prevent_default()
        self.wanted = event.sources


@pytest.fixture
def notes(library: Path, tmp_path: Path) -> Path:
    """A folder of notes that the library holds too."""
    folder = tmp_path / "notes"
    (folder / "2024").mkdir(parents=True)
    (folder / "2025").mkdir()
    for year in ("2024", "2025"):
        (folder / year / "minutes.txt").write_text(f"The minutes of {year} are about the harbour.")
    (folder / HOSTILE).write_text("Words [@click=app.quit]that[/] are x [/] y.")
    (folder / ESCAPING).write_text("Other words.")
    with Library(library) as opened:
        opened.add([folder])
    return folder


@asynccontextmanager
async def opened(
    library: Path, until: str = "indexed", size: tuple[int, int] = (110, 34)
) -> AsyncIterator[tuple[DocumentsApp, Pilot[int]]]:
    app = DocumentsApp(str(library))
    async with app.run_test(size=size) as pilot:
        await wait_until(pilot, lambda: app.sources or until != "indexed")
        app.push_screen(DocumentsScreen())
        await wait_for(pilot, until)
        yield app, pilot


def table(app: DocumentsApp) -> DocumentsTable:
    screen = app.screen
    assert isinstance(screen, DocumentsScreen)
    return screen.table


def names(app: DocumentsApp) -> list[str]:
    return [Path(key).name for key in table(app).keys]


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


async def test_typing_filters_and_escape_leads_back(library: Path, notes: Path) -> None:
    async with opened(library) as (app, pilot):
        await pilot.press("m", "i", "n", "u", "t")
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
        assert app.notices[-1] == "Added 1 document, updated 1, took out 1 whose files are gone"
        assert "2025/minutes" not in shown(app)
        (notes / "new.txt").write_text("Something newer still.")
        app.screen._look(again=True)
        await wait_for(pilot, "1 file changed on disk (1 changed)")
        await pilot.press("u")
        await wait_until(pilot, lambda: app.changes == 2)


@pytest.mark.parametrize("mouse", [False, True])
async def test_marked_documents_are_removed_after_a_question(library: Path, notes: Path, mouse: bool) -> None:
    async with opened(library) as (app, pilot):
        before = len(app.sources)
        await pilot.press("m", "i", "n", "u", "t", "e", "s")
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


async def test_details_of_a_document(library: Path) -> None:
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
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, DocumentsScreen))


async def test_an_empty_library_says_how_to_add(tmp_path: Path) -> None:
    async with opened(tmp_path / "none", "no documents in this library yet", (80, 24)) as (app, pilot):
        assert app.screen.query_one("#documents-add", Button).region.width
        await pilot.click("#documents-samples")
        await wait_until(pilot, lambda: app.changes == 1, 120)
        await wait_for(pilot, "2019-hanoi-summit.md")
        await pilot.press("a")
        await wait_until(pilot, lambda: isinstance(app.screen, AddScreen))
        app.screen.query_one(Folders)


async def test_ten_thousand_documents_do_not_block(library: Path) -> None:
    app = DocumentsApp(str(library))
    many = tuple(
        Source(f"/data/{number % 100}/report {number}.pdf", "pdf", number * 1000, 3, 900, 1e9 + number, "0" * 64)
        for number in range(10_000)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        app.sources = many
        began = time.monotonic()
        app.push_screen(DocumentsScreen())
        await wait_for(pilot, "10000 documents")
        for key in "999":
            await pilot.press(key)
        await wait_until(pilot, lambda: len(table(app).keys) == sum("999" in source.source for source in many))
        assert time.monotonic() - began < 5


def test_names_are_relative_to_the_common_folder_or_to_home() -> None:
    def named(*paths: str) -> list[str]:
        rows = Rows([Source(path, "txt", 1, 1, 1, 0.0, "") for path in paths])
        return [rows.cells(path)[0] for path in paths]

    home = str(Path.home())
    assert named("/a/b/c.txt", "/a/b/d/c.txt") == ["c.txt", "d/c.txt"]
    assert named(f"{home}/a.txt", f"{home}/b/a.txt") == ["~/a.txt", "~/b/a.txt"]
    assert named(f"{home}/x/a.txt", f"{home}/x/b.txt") == ["a.txt", "b.txt"]
    assert named("/a/b.txt", f"{home}/b.txt") == ["/a/b.txt", "~/b.txt"]
    assert named(os.fsdecode(b"/a/\xff.txt")) == [os.fsdecode(b"\xff.txt")]


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_949, "100 kB"), (999_600, "1.0 MB"), (5e12, "5000 GB")],
)
def test_sizes_are_said_for_people(size: int, said: str) -> None:
    assert Rows([Source("/a/b", "txt", size, 1, 1, 0.0, "")]).cells("/a/b")[2] == said
