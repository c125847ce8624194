"""Choosing which documents are searched: words, marks, patterns, by key and by mouse."""

from __future__ import annotations

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
from tui.screens.scope import ScopeScreen
from tui.widgets.table import Table

HOSTILE = "[@click=app.quit]x[|].txt"
NOTHING = ("nothing",)


class Chosen:
    """What the dialog came to."""

    value: tuple[str, ...] | None = NOTHING


@asynccontextmanager
async def opened(
    library: Path, where: tuple[str, ...] = (), sources: tuple[Source, ...] = (), size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Alone, Pilot[int], Chosen]]:
    app, chosen = Alone(str(library)), Chosen()
    async with app.run_test(size=size) as pilot:
        await wait_until(pilot, lambda: app.sources)
        app.sources = sources or app.sources
        app.push_screen(ScopeScreen(where), lambda value: setattr(chosen, "value", value))
        await wait_for(pilot, "Which documents are searched?")
        yield app, pilot, chosen


def keys(app: Alone) -> list[str]:
    return [Path(key).name for key in app.screen.query_one(Table).keys]


async def test_words_find_documents_and_enter_takes_what_is_shown(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        await wait_for(pilot, f"all {len(app.sources)} documents")
        await pilot.press(*"summit")
        await wait_until(pilot, lambda: len(keys(app)) == 3)
        await wait_for(pilot, f"3 of {len(app.sources)} documents")
        await pilot.press("enter")
        await wait_until(pilot, lambda: chosen.value != NOTHING)
        assert chosen.value
        assert [Path(source).name for source in chosen.value] == [
            "2018-inter-korean-summits.md",
            "2018-singapore-summit.pdf",
            "2019-hanoi-summit.md",
        ]


async def test_marks_by_key(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        await pilot.press("down")
        await wait_until(pilot, lambda: app.screen.query_one(Table).has_focus)
        await pilot.press("down", "space", "down", "space", "down", "space", "space")
        await wait_for(pilot, f"2 of {len(app.sources)} documents")
        first, second = app.screen.query_one(Table).keys[1:3]
        await pilot.press("enter")
        await wait_until(pilot, lambda: chosen.value == tuple(sorted((first, second))))


async def test_marks_by_mouse(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        await pilot.click(Table, offset=(3, 1))
        await pilot.click(Table, offset=(3, 3))
        await wait_for(pilot, f"2 of {len(app.sources)} documents")
        rows = app.screen.query_one(Table).keys
        await pilot.click("#scope-well")
        await wait_until(pilot, lambda: chosen.value == tuple(sorted((rows[0], rows[2]))))


async def test_enter_on_a_row_takes_it_alone_where_nothing_is_marked(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        row = app.screen.query_one(Table).keys[4]
        await pilot.click(Table, offset=(20, 5), times=2)
        await wait_until(pilot, lambda: chosen.value == (row,))


async def test_all_shown_are_marked_and_none(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        await pilot.press(*"md")
        await wait_until(pilot, lambda: len(keys(app)) < len(app.sources))
        shown_now = len(keys(app))
        await pilot.press("ctrl+a")
        app.screen.query_one(Input).value = ""
        await wait_for(pilot, f"{shown_now} of {len(app.sources)} documents")
        await pilot.press("ctrl+u")
        await wait_for(pilot, f"all {len(app.sources)} documents")
        await pilot.press("ctrl+a", "enter")
        await wait_until(pilot, lambda: chosen.value == ())


async def test_all_shown_are_marked_with_the_mouse(library: Path) -> None:
    async with opened(library) as (app, pilot, _):
        for said, wanted in (("Mark all shown", len(app.sources)), ("Mark none", 0)):
            lines = shown(app).splitlines()
            row = next(number for number, line in enumerate(lines) if said in line)
            await pilot.click(offset=(lines[row].index(said), row))
            await wait_until(pilot, lambda wanted=wanted: len(app.screen.query_one(Table).marked) == wanted)


async def test_a_pattern_is_taken_as_a_pattern(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        await pilot.press(*"2019*.md")
        await wait_for(pilot, f"1 of {len(app.sources)} documents, by the pattern 2019*.md")
        assert keys(app) == ["2019-hanoi-summit.md"]
        await pilot.press("enter")
        await wait_until(pilot, lambda: chosen.value == ("2019*.md",))


async def test_a_pattern_that_is_sent_at_once_is_looked_up_first(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        app.screen.query_one(Input).value = "*.pdf"
        await pilot.press("enter")
        await wait_until(pilot, lambda: chosen.value == ("*.pdf",))


async def test_what_fits_nothing_is_refused(library: Path) -> None:
    async with opened(library) as (app, pilot, chosen):
        await pilot.press(*"*.nothing")
        await wait_for(pilot, f"0 of {len(app.sources)} documents")
        assert app.screen.query_one("#scope-well", Button).disabled
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.notices == ["No document fits; nothing was changed."])
        await pilot.press("escape")
        await wait_until(pilot, lambda: chosen.value is None)


@pytest.mark.parametrize("button", ["#scope-all", "#scope-cancel"])
async def test_all_documents_and_no_change(library: Path, button: str) -> None:
    async with opened(library, ("*.md",)) as (_, pilot, chosen):
        await wait_for(pilot, "by the pattern *.md")
        await pilot.click(button)
        await wait_until(pilot, lambda: chosen.value == (() if button == "#scope-all" else None))


async def test_what_is_searched_now_is_marked(library: Path) -> None:
    with Library(library) as opened_library:
        sources = [source.source for source in opened_library.sources()]
    async with opened(library, tuple(sources[3:5])) as (_, pilot, chosen):
        await wait_for(pilot, f"2 of {len(sources)} documents")
        await pilot.press("enter")
        await wait_until(pilot, lambda: chosen.value == tuple(sources[3:5]))


async def test_names_from_outside_do_nothing(library: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / HOSTILE).write_text("Words.")
    (tmp_path / "more" / "a\x1b]52;c;aGk=\x07b.txt").write_text("Other words.")
    with Library(library) as opened_library:
        opened_library.add([tmp_path / "more"])
    async with opened(library) as (app, pilot, chosen):
        for character in "[@click=app.quit]x":
            app.screen.query_one(Input).insert_text_at_cursor(character)
        await wait_until(pilot, lambda: keys(app) == [HOSTILE])
        lines = shown(app).splitlines()
        for row in [number for number, line in enumerate(lines) if "@click" in line]:
            await pilot.click(offset=(lines[row].index("@click") + 3, row))
        assert app.is_running
        assert chosen.value == NOTHING
        app.screen.query_one(Input).value = "52;c"
        await wait_for(pilot, "a␛]52;c;aGk=␇b.txt")


async def test_ten_thousand_documents(library: Path) -> None:
    many = tuple(
        Source(f"/data/{number % 100}/report {number}.pdf", "pdf", number, 3, 900, 1e9, "0" * 64)
        for number in range(10_000)
    )
    async with opened(library, sources=many) as (_, pilot, chosen):
        await wait_for(pilot, "all 10000 documents")
        began = time.monotonic()
        await pilot.press(*"99", "ctrl+a", "down", "end", "pageup", "home", "enter")
        await wait_until(pilot, lambda: chosen.value != NOTHING)
        assert chosen.value is not None
        assert len(chosen.value) == sum("99" in source.source for source in many)
        assert time.monotonic() - began < 5
