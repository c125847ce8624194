"""The table: what is drawn, the cursor, the mouse, marks, and ten thousand rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from rich.cells import cell_len
from textual import on
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.widgets import Input

import tui
from tests.tui.conftest import shown, wait_until
from tui.widgets.table import Column, Table, fit

HOSTILE = ["[@click=app.quit]x[/]", "x [/] y", "a\x1b]52;c;aGk=\x07b\x9b31m", "two\nlines", "\udcff.txt", "日本語" * 30]

NAME, SIZE = Column("name", cut="start"), Column("size", 8, "right")


class TableApp(App[int]):
    """A table of numbered rows, beside a field that can have the focus."""

    CSS_PATH = Path(tui.__file__).with_name("quoth.tcss")
    marks: ClassVar[bool] = True

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self.given = keys
        self.drawn: list[str] = []
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield Table(NAME, SIZE, marks=self.marks)
        yield Input()

    def on_mount(self) -> None:
        self.table.focus()
        self.show(self.given)

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    def show(self, keys: Sequence[str]) -> None:
        self.table.set_rows(keys, self.cells)

    def cells(self, key: str) -> tuple[str, str]:
        self.drawn.append(key)
        return key, str(len(key))

    @on(Table.Selected)
    def _selected(self, event: Table.Selected) -> None:
        self.told.append(f"selected {event.key}")

    @on(Table.Sorted)
    def _sorted(self) -> None:
        column, backwards = self.table.order
        self.told.append(f"sorted {column} {backwards}")
        self.show(sorted(self.given, reverse=backwards))


def numbered(count: int) -> list[str]:
    return [f"row {number:05}" for number in range(count)]


async def test_only_the_lines_that_are_seen_are_drawn() -> None:
    app = TableApp(numbered(10_000))
    async with app.run_test(size=(60, 20)) as pilot:
        await wait_until(pilot, lambda: "row 00000" in shown(app))
        app.drawn.clear()
        app.show(numbered(10_000))
        await wait_until(pilot, lambda: app.drawn)
        assert len(set(app.drawn)) <= 20
        app.drawn.clear()
        await pilot.press("end")
        await wait_until(pilot, lambda: "> [ ] row 09999" in shown(app))
        assert len(set(app.drawn)) <= 22
        app.drawn.clear()
        await pilot.press("up")
        await wait_until(pilot, lambda: "> [ ] row 09998" in shown(app))
        assert len(app.drawn) <= 8


async def test_the_keys_move_the_cursor_and_it_stays_in_sight() -> None:
    app = TableApp(numbered(100))
    async with app.run_test(size=(60, 20)) as pilot:
        for key, row in [
            ("down", 1),
            ("up", 0),
            ("up", 0),
            ("pagedown", 15),
            ("pagedown", 30),
            ("pageup", 15),
            ("end", 99),
            ("down", 99),
            ("home", 0),
        ]:
            await pilot.press(key)
            await wait_until(pilot, lambda row=row: f"> [ ] row {row:05}" in shown(app))  # type: ignore[misc]
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.told == ["selected row 00000"])


async def test_the_mouse_moves_marks_chooses_sorts_and_scrolls() -> None:
    app = TableApp(numbered(100))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.click(Table, offset=(20, 5))
        await wait_until(pilot, lambda: "> [ ] row 00004" in shown(app))
        await pilot.click(Table, offset=(3, 6))
        await wait_until(pilot, lambda: "> [x] row 00005" in shown(app))
        assert not app.told
        await pilot.click(Table, offset=(20, 7), times=2)
        await wait_until(pilot, lambda: app.told == ["selected row 00006"])
        await pilot.click(Table, offset=(8, 0))
        await wait_until(pilot, lambda: "name ▼" in shown(app))
        await wait_until(pilot, lambda: "> [ ] row 00006" in shown(app))
        await pilot.click(Table, offset=(54, 0))
        await wait_until(pilot, lambda: app.told[-2:] == ["sorted 0 True", "sorted 1 False"])
        await pilot.press("home")
        await wait_until(pilot, lambda: "> [ ] row 00000" in shown(app))
        await pilot._post_mouse_events([MouseScrollDown], Table, offset=(20, 5))
        await wait_until(pilot, lambda: "row 00000" not in shown(app))
        assert app.table.cursor == 0


async def test_keys_sort_too() -> None:
    app = TableApp(numbered(5))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("greater_than_sign", "R", "less_than_sign")
        await wait_until(pilot, lambda: app.told == ["sorted 1 False", "sorted 1 True", "sorted 0 False"])


async def test_the_cursor_and_the_marks_stay_with_their_rows() -> None:
    app = TableApp(numbered(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press(*["down"] * 7, "space")
        app.show([key for key in numbered(50) if key.endswith("7")])
        await wait_until(pilot, lambda: "> [x] row 00007" in shown(app))
        assert app.table.cursor == 0
        app.show(["row 00020"])
        await wait_until(pilot, lambda: "> [ ] row 00020" in shown(app))
        assert app.table.marked == {"row 00007"}
        app.show([])
        await wait_until(pilot, lambda: "row" not in shown(app))
        await pilot.press("enter", "space", "down", "end", "pageup")
        assert app.table.key is None
        assert not app.told
        app.show(numbered(50))
        await wait_until(pilot, lambda: "[x] row 00007" in shown(app))


async def test_text_from_outside_is_shown_as_it_stands_and_does_nothing() -> None:
    app = TableApp(HOSTILE)
    async with app.run_test(size=(60, 20)) as pilot:
        for row in range(len(HOSTILE)):
            await pilot.click(Table, offset=(7, row + 1))
        await wait_until(pilot, lambda: app.table.cursor == len(HOSTILE) - 1)
        screen = shown(app)
    assert app.return_code is None or app.return_code == 0
    assert "[@click=app.quit]x[/]" in screen
    assert "x [/] y" in screen
    assert "␛]52;c;aGk=␇b\\x9b31m" in screen
    assert "two␊lines" in screen
    assert "\\xff.txt" in screen
    assert not {"\x1b", "\x07", "\x9b", "\udcff"} & set(screen)
    assert "…語日本語" in screen or "…本語日本語" in screen


@pytest.mark.parametrize("width", [2, 3, 8, 40])
@pytest.mark.parametrize("text", ["", "ascii", "日本語テキスト", "a日b本c語", "e\u0301" * 9])
@pytest.mark.parametrize("column", [NAME, SIZE])
def test_a_cell_takes_exactly_its_cells(text: str, width: int, column: Column) -> None:
    assert cell_len(fit(text, width, column)) == width


@pytest.mark.parametrize(
    ("path", "width", "drawn"),
    [
        ("/home/person/docs/conf 0.json", 20, "…/docs/conf 0.json  "),
        ("/home/person/docs/conf 0.json", 12, "…conf 0.json"),
        ("/home/person/docs/conf 0.json", 40, "/home/person/docs/conf 0.json           "),
        ("/home/person/docs/", 8, "…/docs/ "),
    ],
)
def test_a_path_is_cut_between_its_folders_where_that_is_possible(path: str, width: int, drawn: str) -> None:
    assert fit(path, width, Column("", cut="start")) == drawn
