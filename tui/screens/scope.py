"""Choosing which documents are searched: by marking them, or with a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tui.faults import said
from tui.outside import outside
from tui.reports import documents
from tui.rows import COLUMNS, Name, Rows
from tui.screens.dialog import Dialog
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.app import QuothApp

SHOWN: tuple[Name, ...] = ("name", "kind", "size")

GLOB = "*?["
"""What makes a text a pattern instead of words to look for."""


class ScopeScreen(Dialog[tuple[str, ...] | None]):
    """What to limit a search to: sources, or a pattern; () for all documents, None for no change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+a", "mark_all", "Mark all shown", priority=True, id="scope.mark_all"),
        Binding("ctrl+u", "mark_none", "Mark none", priority=True, id="scope.mark_none"),
        Binding("down", "to_table", "To the documents", show=False),
        Binding("escape", "dismiss(None)", "Cancel", id="scope.cancel"),
    ]

    def __init__(self, where: tuple[str, ...] = ()) -> None:
        """where: what the search is limited to now."""
        super().__init__()
        self._where = where
        self._rows = Rows(columns=SHOWN)
        self._fitting: set[str] | None = None
        """The documents that what is typed fits as a pattern; None where it is no pattern, or fits none."""

    @property
    def _quoth(self) -> QuothApp:
        return cast("QuothApp", self.app)

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value.strip()

    @property
    def _table(self) -> Table:
        return self.query_one(Table)

    def compose(self) -> ComposeResult:
        """The filter above the documents, what would be searched below, and the keys."""
        with Vertical(classes="dialog", id="scope"):
            yield Static("Which documents are searched?", classes="dialog-title")
            yield Input(
                placeholder="words to look for, or a pattern such as *.pdf or reports/*",
                compact=True,
                id="scope-filter",
            )
            yield Table(*(COLUMNS[name] for name in SHOWN), marks=True)
            yield Static(id="scope-count")
            with Horizontal(classes="dialog-buttons"):
                yield Button("All documents", id="scope-all", compact=True)
                yield Button("Cancel", id="scope-cancel", compact=True)
                yield Button("Search these", id="scope-well", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Show the documents, with what is searched now marked or typed."""
        self._rows = Rows(self._quoth.sources, columns=SHOWN)
        marked = {source for source in self._where if source in self._rows.sources}
        if marked:
            self._table.mark(marked)
        else:
            self.query_one(Input).value = next((one for one in self._where if _is_pattern(one)), "")
        self._fill()

    # What is shown

    @on(Input.Changed)
    def _changed(self) -> None:
        self._fitting = None
        if _is_pattern(self._typed):
            self._fit_soon()
        else:
            self._fill()

    @work(exclusive=True)
    async def _fit_soon(self) -> None:
        await self._fit()

    async def _fit(self) -> None:
        typed = self._typed
        try:
            found = await self._quoth.engine.look(lambda library: library.sources(typed))
        except Exception as error:
            self._quoth.complain(said(error))
            return
        if typed == self._typed:
            self._fitting = {source.source for source in found} or None
            self._fill()

    @on(Table.Sorted)
    def _fill(self) -> None:
        if self._fitting is None:
            keys = self._rows.keys(self._table.order, self._typed)
        else:
            keys = [key for key in self._rows.keys(self._table.order, "") if key in self._fitting]
        self._table.set_rows(keys, self._rows.cells)
        self._count()

    @on(Table.Marked)
    def _count(self) -> None:
        there, seen, marked = len(self._rows.sources), len(self._table.keys), len(self._table.marked)
        if marked or self._typed:
            pattern = f", by the pattern {self._typed}" if self._fitting and not marked else ""
            about = f"{marked or seen} of {documents(there)}{pattern}"
        else:
            about = f"all {documents(there)}"
        self.query_one("#scope-count", Static).update(outside(about, one_line=True))
        self.query_one("#scope-well", Button).disabled = not (marked or seen)

    # What is chosen

    @on(Table.Selected)
    def _row_chosen(self, event: Table.Selected) -> None:
        self._take(self._table.marked or {event.key})

    @on(Input.Submitted)
    @on(Button.Pressed, "#scope-well")
    async def _chosen(self) -> None:
        marked = self._table.marked
        if _is_pattern(self._typed) and self._fitting is None:
            await self._fit()  # it was typed only just now
        if self._fitting and not marked:
            self.dismiss((self._typed,))
        else:
            self._take(marked or set(self._table.keys))

    def _take(self, sources: set[str]) -> None:
        if len(sources) == len(self._rows.sources):
            self.dismiss(())
        elif sources:
            self.dismiss(tuple(sorted(sources)))
        else:
            self._quoth.complain("No document fits; nothing was changed.")

    @on(Button.Pressed, "#scope-all")
    def _all(self) -> None:
        self.dismiss(())

    @on(Button.Pressed, "#scope-cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    def action_mark_all(self) -> None:
        """Mark all that are shown, besides what is marked already."""
        self._table.mark(self._table.marked | set(self._table.keys))

    def action_mark_none(self) -> None:
        """Take all marks away."""
        self._table.mark(())

    def action_to_table(self) -> None:
        """From the filter to the documents."""
        self._table.focus()


def _is_pattern(text: str) -> bool:
    return any(sign in text for sign in GLOB)
