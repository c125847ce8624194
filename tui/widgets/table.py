"""A table that stays smooth with many thousand rows: it draws the lines that are seen, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qa.display import visible

HEADER = 1
"""Lines of titles above the rows."""

LONGEST_CELL = 500
"""Characters of a cell that are looked at; no terminal shows more."""


@dataclass(frozen=True, slots=True)
class Column:
    """title: in the header. width: in cells; None takes what the others leave, in equal shares.

    cut: which end of a text that is too long gives way; of a path the start, since its end is the file's name.
    """

    title: str
    width: int | None = None
    align: Literal["left", "right"] = "left"
    cut: Literal["start", "end"] = "end"


class Table(ScrollView, can_focus=True):
    """Rows by key, with a cursor, and a check mark each where marks are wanted.

    The owner gives the keys in the order of the rows, and a function that makes a row's cells when it is drawn. It also
    does the sorting and filtering, since it alone knows what the cells mean: it sets other keys, and the cursor and the
    marks stay where they were. Cells are text from outside: never markup, never a control sequence.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--header", "table--cursor", "table--marked"}
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "go(0)", "First", show=False),
        Binding("end", "go(-1)", "Last", show=False),
        Binding("enter", "select", "Open", show=False),
        Binding("space", "mark", "Mark", show=False, id="table.mark"),
        Binding("less_than_sign", "sort(-1)", "Sort by the column before", show=False, id="table.sort_before"),
        Binding("greater_than_sign", "sort(1)", "Sort by the next column", show=False, id="table.sort_next"),
        Binding("R", "sort(0)", "Turn the order round", show=False, id="table.reverse"),
    ]

    cursor = reactive(0, repaint=False)
    """The row that the keys act on; 0 where there are no rows."""

    class Told(Message):
        """What happened in a table."""

        def __init__(self, table: Table) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> Table:
            """The table, for selectors."""
            return self.table

    class Selected(Told):
        """A row was chosen with Enter or a double click."""

        def __init__(self, table: Table, key: str) -> None:
            super().__init__(table)
            self.key = key

    class Moved(Told):
        """The cursor stands on another row."""

    class Marked(Told):
        """Other rows are marked."""

    class Sorted(Told):
        """`order` is another: the owner sets the keys anew."""

    def __init__(self, *columns: Column, marks: bool = False, id: str | None = None) -> None:
        """marks: whether rows can be marked."""
        super().__init__(id=id)
        self.columns = columns
        self.marked: set[str] = set()
        self.order: tuple[int, bool] = (0, False)
        """The column that the rows are sorted by, and whether from the last to the first."""
        self._marks = marks
        self._keys: Sequence[str] = ()
        self._cells: Callable[[str], Sequence[str]] = lambda _: ()

    # Rows

    @property
    def keys(self) -> Sequence[str]:
        """The keys of the rows, from the top."""
        return self._keys

    @property
    def key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._keys[self.cursor] if self._keys else None

    def set_rows(self, keys: Sequence[str], cells: Callable[[str], Sequence[str]]) -> None:
        """Show these rows. cells: the texts of the row with a key, asked for whenever it is drawn.

        The cursor stays on the row that it is on; if that is gone, it stays as far down as it was.
        """
        key = self.key
        self._keys, self._cells = keys, cells
        self.virtual_size = Size(self.scrollable_content_region.width, len(keys) + HEADER)
        try:
            row = keys.index(key) if key is not None else 0
        except ValueError:
            row = self.cursor
        self.cursor = self._within(row)
        self._show_cursor()
        if self.key != key:
            self.post_message(self.Moved(self))
        self.refresh()

    def mark(self, keys: Collection[str]) -> None:
        """Have these rows marked and no others, whether or not they are shown."""
        self.marked = set(keys)
        self.post_message(self.Marked(self))
        self.refresh()

    # Keys and the mouse

    def action_move(self, rows: int) -> None:
        """Move the cursor down by so many rows."""
        self.cursor = self._within(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor down by what is seen at once."""
        self.action_move(pages * max(self.scrollable_content_region.height - HEADER - 1, 1))

    def action_go(self, row: int) -> None:
        """Move the cursor to a row; -1 is the last."""
        self.cursor = self._within(row if row >= 0 else len(self._keys) + row)

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if (key := self.key) is not None:
            self.post_message(self.Selected(self, key))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if self._marks and (key := self.key) is not None:
            self.mark(self.marked ^ {key})

    def action_sort(self, step: int) -> None:
        """Sort by the column so many to the right of this one; 0 turns the order round."""
        column, backwards = self.order
        self._sort((column + step) % len(self.columns), backwards=not step and not backwards)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Space marks only where there are marks."""
        return self._marks if action == "mark" else super().check_action(action, parameters)

    def on_click(self, event: events.Click) -> None:
        """The header sorts, a check mark toggles, a row takes the cursor; twice chooses it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        if offset.y < HEADER:
            self._sort_at(offset.x)
        elif (row := offset.y - HEADER + self.scroll_offset.y) < len(self._keys):
            self.cursor = row
            if self._marks and 2 <= offset.x < self._gutter - 1:
                self.action_mark()
            elif event.chain == 2:
                self.action_select()

    def watch_cursor(self, before: int, now: int) -> None:
        """Redraw both rows, and keep the cursor in sight."""
        for row in (before, now):
            self.refresh_line(row + HEADER)
        self._show_cursor()
        self.post_message(self.Moved(self))

    def on_resize(self) -> None:
        """The columns share another width."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._keys) + HEADER)
        self._show_cursor()

    def _within(self, row: int) -> int:
        return max(min(row, len(self._keys) - 1), 0)

    def _show_cursor(self) -> None:
        height = self.scrollable_content_region.height - HEADER
        if height < 1:  # it has no place on the screen yet
            return
        top = min(self.scroll_offset.y, self.cursor)
        self.scroll_to(y=max(top, self.cursor - height + 1), animate=False, force=True)

    def _sort_at(self, x: int) -> None:
        left = self._gutter
        for column, width in enumerate(self._widths()):
            if left <= x < left + width:
                self._sort(column, backwards=self.order == (column, False))
            left += width + 1

    def _sort(self, column: int, *, backwards: bool) -> None:
        self.order = (column, backwards)
        self.post_message(self.Sorted(self))
        self.refresh()

    # Drawing

    @property
    def _gutter(self) -> int:
        """Cells before the first column: the cursor's sign, and the check mark."""
        return 6 if self._marks else 2

    def _widths(self) -> list[int]:
        """The cells of each column, with one cell between two of them."""
        given = [column.width for column in self.columns]
        left = self.scrollable_content_region.width - self._gutter - len(given) + 1 - sum(width or 0 for width in given)
        share = max(left // max(given.count(None), 1), 1)
        return [share if width is None else width for width in given]

    def render_line(self, y: int) -> Strip:
        """The titles on the first line, then the rows."""
        width, row = self.scrollable_content_region.width, y - HEADER + self.scroll_offset.y
        if y < HEADER:
            text, style = self._titles(), self.get_component_rich_style("table--header")
        elif row < len(self._keys):
            text, style = self._row(row), self._style(row)
        else:
            return Strip.blank(width, self.rich_style)
        return Strip([Segment(set_cell_size(text, width), style)], width)

    def _style(self, row: int) -> Style:
        names = [
            *(["table--marked"] if self._keys[row] in self.marked else []),
            *(["table--cursor"] if row == self.cursor else []),
        ]
        return self.get_component_rich_style(*names) if names else self.rich_style

    def _titles(self) -> str:
        sign = "▼" if self.order[1] else "▲"
        titles = [
            f"{column.title} {sign}" if number == self.order[0] else column.title
            for number, column in enumerate(self.columns)
        ]
        return " " * self._gutter + self._line(titles)

    def _row(self, row: int) -> str:
        key = self._keys[row]
        check = ("[x] " if key in self.marked else "[ ] ") if self._marks else ""
        parts = zip(self._cells(key), self.columns, strict=True)
        cells = [
            visible(cell[-LONGEST_CELL:] if column.cut == "start" else cell[:LONGEST_CELL], one_line=True)
            for cell, column in parts
        ]
        return f"{'>' if row == self.cursor else ' '} {check}{self._line(cells)}"

    def _line(self, cells: Sequence[str]) -> str:
        parts = zip(cells, self.columns, self._widths(), strict=True)
        return " ".join(fit(cell, width, column) for cell, column, width in parts)


def fit(text: str, width: int, column: Column) -> str:
    """The text in exactly so many cells, cut with an ellipsis or padded as the column says."""
    if cell_len(text) > width:
        if column.cut == "end":
            return set_cell_size(text, width - 1) + "…"
        while cell_len(text) > width - 1:
            text = text[max(len(text) - width + 1, 1) :]
        folder = text.find("/")  # a name that is cut in the middle looks like another name
        text = f"…{text[max(folder, 0) :]}" if folder < len(text) - 1 else f"…{text}"
    padding = " " * (width - cell_len(text))
    return padding + text if column.align == "right" else text + padding
