"""Adding documents in the background: the line, its end, cancelling, failures, and works that queue."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from qa import Failure, IndexReport, Library, Progress
from tests.tui.alone import Alone
from tests.tui.conftest import SIZE, shown, wait_for, wait_until
from tui import adding as module
from tui.reports import added
from tui.widgets.adding import AddingLine

HOSTILE = "[@click=app.quit]x[|] y [|]\x1b]52;c;aGk=\x07.txt"


class AddingScreen(Screen[None]):
    """A screen with the line."""

    def compose(self) -> ComposeResult:
        yield Static("above")
        yield AddingLine()


@pytest.fixture
def app(library: Path) -> Alone:
    return Alone(str(library))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def write(folder: Path, count: int, words: int = 5) -> None:
    for number in range(count):
        text = " ".join(f"Note {number} is about harbour {number * part}." for part in range(1, words))
        (folder / f"note-{number:03}.txt").write_text(text)


def sources(library: Path) -> set[str]:
    with Library(library) as opened:
        return {Path(source.source).name for source in opened.sources()}


def held(app: Alone, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Works of the app's engine begin when this is set."""
    go, write = threading.Event(), app.engine.write

    async def wait_and_write(work):  # type: ignore[no-untyped-def]
        return await write(lambda library: (go.wait(20), work(library))[1])

    monkeypatch.setattr(app.engine, "write", wait_and_write)
    return go


@asynccontextmanager
async def opened(app: Alone) -> AsyncIterator[Pilot[int]]:
    """The app with the screen of the line on top."""
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(AddingScreen())
        yield pilot


async def ended(pilot: Pilot[int], app: Alone, changes: int = 1) -> None:
    await wait_until(pilot, lambda: app.changes == changes and not app.adding.busy)


async def test_it_says_what_was_done(app: Alone, folder: Path, library: Path) -> None:
    write(folder, 3)
    (folder / "empty.txt").write_text("")
    async with opened(app) as pilot:
        app.adding.add([str(folder)])
        assert app.adding.busy
        await ended(pilot, app)
        assert app.notices == ["Added 3 documents; empty.txt was left out: it is empty"]
        assert [Path(failure.source).name for failure in app.adding.reports[-1].failed] == ["empty.txt"]
        (folder / "note-001.txt").write_text("Another text altogether.")
        (folder / "note-002.txt").unlink()
        (folder / "empty.txt").unlink()
        app.adding.update()
        await ended(pilot, app, 2)
        assert app.notices[-1] == "Updated 1, took out 1 whose files are gone"
        app.adding.remove([str(folder / "note-001.txt")])
        await ended(pilot, app, 3)
        assert app.notices[-1] == "Removed 1 document from the library; the files stay"
        app.adding.update()
        await ended(pilot, app, 4)
        assert app.notices[-1] == "Nothing is new"
    assert sources(library) >= {"note-000.txt", "2018-singapore-summit.pdf"}
    assert (folder / "note-001.txt").exists()


async def test_the_line_is_there_while_something_is_added_and_works_queue(
    app: Alone, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, 2)
    go = held(app, monkeypatch)
    async with opened(app) as pilot:
        assert not app.screen.query_one(AddingLine).display
        assert not app.adding.stops
        app.adding.add([str(folder / "note-000.txt")])
        await wait_for(pilot, "adding")
        app.adding.add([str(folder / "note-001.txt")])
        screen = await wait_for(pilot, "1 more waiting")
        assert "Esc or click: cancel" in screen
        go.set()
        await ended(pilot, app, 2)
        assert app.notices == ["Added 1 document"]  # the second's in the place of the first's
        await wait_until(pilot, lambda: "cancel" not in shown(app))


async def test_a_removal_is_not_offered_to_be_cancelled(app: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    go = held(app, monkeypatch)
    async with opened(app) as pilot:
        app.adding.remove([app.sources[0].source])
        screen = await wait_for(pilot, "removing 1 document")
        assert app.adding.busy
        assert not app.adding.stops
        assert "cancel" not in screen
        await pilot.click(AddingLine)
        go.set()
        await ended(pilot, app)
        assert app.notices == ["Removed 1 document from the library; the files stay"]


@pytest.mark.parametrize("way", ["click", "key"])
async def test_cancelling_keeps_what_was_finished(
    app: Alone, folder: Path, library: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, 120, words=120)
    async with opened(app) as pilot:
        app.adding.add([str(folder)])
        await wait_until(pilot, lambda: "reading" in app.adding.standing and not app.adding.standing.endswith("0/120"))
        if way == "click":
            await pilot.click(AddingLine)
        else:
            await pilot.press("tab", "escape")
        await wait_until(pilot, lambda: app.adding.standing.startswith("stopping"))
        await ended(pilot, app)
        report = app.adding.reports[-1]
        assert report.cancelled
        assert app.notices[-1].startswith("Stopped, and kept what was finished: added ")
    assert len(report.added) < 120
    assert {Path(source).name for source in report.added} <= sources(library)


async def test_an_error_is_said_and_the_next_work_goes_on(app: Alone, folder: Path) -> None:
    write(folder, 1)
    async with opened(app) as pilot:
        app.adding.add([str(folder / HOSTILE)])
        app.adding.add([str(folder)])
        await ended(pilot, app, 2)
        wrong, well = app.notices
        assert "[@click=app.quit]x[|] y [|]␛]52;c;aGk=␇.txt does not exist" in wrong
        assert well == "Added 1 document"


async def test_a_fault_is_said_and_the_next_work_goes_on(
    app: Alone, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with opened(app) as pilot:
        with monkeypatch.context() as patched:
            patched.setattr(Library, "add", full)
            app.adding.add([str(folder)])
            await ended(pilot, app)
        app.adding.add([str(folder)])
        await ended(pilot, app, 2)
        assert app.notices == ["No space left on device", "Added 1 document"]


async def test_what_was_left_out_is_known_until_it_is_read(app: Alone, folder: Path) -> None:
    (folder / "well.txt").write_text("This is well.")
    (folder / "mended.txt").write_text("")
    (folder / "empty.txt").write_text("")

    def left_out() -> set[str]:
        return {Path(failure.source).name for failure in app.adding.failed}

    async with opened(app) as pilot:
        app.adding.add([str(folder / "mended.txt"), str(folder / "empty.txt")])
        app.adding.add([str(folder / "well.txt")])
        await ended(pilot, app, 2)
        assert left_out() == {"mended.txt", "empty.txt"}
        (folder / "mended.txt").write_text("Now there is something in it.")
        app.adding.add([str(folder / "mended.txt")])
        await ended(pilot, app, 3)
        assert left_out() == {"empty.txt"}
        (folder / "empty.txt").unlink()
        app.adding.update()
        await ended(pilot, app, 4)
        assert left_out() == set()


async def test_leaving_stops_the_work_at_hand(app: Alone, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def add(*_: object, cancel: threading.Event, **__: object) -> IndexReport:
        begun.set()
        if cancel.wait(20):
            stopped.set()
        return IndexReport(cancelled=True)

    monkeypatch.setattr(Library, "add", add)
    async with opened(app) as pilot:
        app.adding.add([str(folder)])
        await wait_until(pilot, begun.is_set)
        app.leave()
    assert app.engine.close(10)
    assert stopped.is_set()
    assert app.interrupted


async def test_leaving_without_anything_at_work_interrupts_nothing(app: Alone, folder: Path) -> None:
    write(folder, 1)
    async with opened(app) as pilot:
        app.adding.add([str(folder)])
        await ended(pilot, app)
        app.leave()
    assert not app.interrupted


def test_what_was_stopped_before_anything_was_finished_is_said_without_contradiction() -> None:
    assert added(IndexReport(cancelled=True)) == "Stopped: nothing was added"
    assert added(IndexReport(added=("/a",), cancelled=True)) == "Stopped, and kept what was finished: added 1 document"


def test_of_several_files_that_are_left_out_the_way_to_them_is_said() -> None:
    failed = (Failure("/a/photo.jpg", "it is an image"), Failure("/a/b.txt", "the file is empty"))
    assert added(IndexReport(failed=failed[:1])) == "Nothing was added; photo.jpg was left out: it is an image"
    assert added(IndexReport(failed=failed)) == "Nothing was added, 2 left out: F4, then f says why"


@pytest.mark.parametrize("width", [60, 80, 140])
async def test_how_to_cancel_is_never_cut_and_is_not_offered_twice(
    app: Alone, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    go = held(app, monkeypatch)
    async with app.run_test(size=(width, 10)) as pilot:
        await app.push_screen(AddingScreen())
        app.adding.update()
        app.adding.update()
        await wait_for(pilot, "updating")
        monkeypatch.setattr(app.adding._pace, "words", lambda *_: "12/340 12.4/s 0:01:20 left")
        app.adding._stage = "reading"
        app.adding._heard = Progress("reading", 12, 340, f"/somewhere/{'far/' * 30}an original.pdf")
        app.adding._show()
        screen = await wait_for(pilot, "reading 12/340 12.4/s 0:01:20 left")
        assert "Esc or click: cancel" in screen
        if width == 140:
            assert "…/far/far/" in screen
            assert "/far/an original.pdf" in screen
        app.adding.cancel()
        screen = await wait_for(pilot, "stopping after this file")
        assert "cancel" not in screen
        go.set()
        await ended(pilot, app, 2)


async def test_a_file_that_takes_long_shows_that_it_is_still_read(app: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONG", 0.5)
    go = held(app, monkeypatch)
    async with opened(app) as pilot:
        app.adding.update()
        await wait_for(pilot, "updating")
        app.adding._heard = Progress("reading", 3, 9, "/long.txt")
        await wait_for(pilot, " s at this file")  # without anything further heard of it
        go.set()
        await ended(pilot, app)


async def test_the_file_at_hand_is_shown_as_it_stands(app: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    go = held(app, monkeypatch)
    async with opened(app) as pilot:
        app.adding.update()
        await wait_for(pilot, "updating")
        app.adding._heard = Progress("reading", 3, 9, f"/somewhere/{'far/' * 30}{HOSTILE}")
        app.adding._show()
        screen = await wait_for(pilot, "reading 3/9")
        assert "…" in screen
        assert "[@click=app.quit]x[|] y [|]␛]52;c;aGk=␇.txt" in screen
        app.adding._heard = Progress("waiting", 0, 0, "indexing by process 7 since 14:02; waiting, Ctrl-C to give up")
        app.adding._show()
        screen = await wait_for(pilot, "waiting: indexing by process 7 since 14:02")
        assert "Ctrl-C" not in screen
        go.set()
        await ended(pilot, app)


async def test_the_screen_is_drawn_a_few_times_a_second_however_many_files_there_are(
    app: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOMENT", 0.5)
    shows: list[str] = []
    show = app.adding._show

    def counted() -> None:
        shows.append("")
        show()

    monkeypatch.setattr(app.adding, "_show", counted)

    def work(library, say, stop):  # type: ignore[no-untyped-def]
        for done in range(20_000):
            say(Progress("reading", done, 20_000, f"/notes/{done}.txt"))
        return library.update()

    async with opened(app) as pilot:
        app.adding._queue(module._Job("adding", work, added))
        await ended(pilot, app)
    assert 1 <= len(shows) <= 12
