"""The line that shows how far the adding is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from qa.display import short_path, visible
from tui.outside import outside
from tui.widgets.table import Column, fit

if TYPE_CHECKING:
    from tui.adding import Adding
    from tui.app import QuothApp

ROOM = 30
"""Cells below which the file at hand is called by its name alone."""


class AddingLine(Widget, can_focus=True):
    """How far the adding is, on one line; not there while nothing is added."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "cancel", "Cancel adding", show=False)]

    def __init__(self, key: str = "Esc", *, id: str | None = None) -> None:
        """key: what the line says cancels besides a click; whoever shows the line binds it."""
        super().__init__(id=id)
        self._key = key

    @property
    def _adding(self) -> Adding:
        return cast("QuothApp", self.app).adding

    def on_mount(self) -> None:
        """Follow the adding."""
        self._adding.moved.subscribe(self, self._follow)
        self._follow()

    def action_cancel(self) -> None:
        """Stop after the file at hand."""
        self._adding.cancel()

    def on_click(self) -> None:
        """A click cancels."""
        self.action_cancel()

    def render(self) -> Content:
        """What is done, the file at hand in the room that is left, and how to cancel."""
        hint = f"  {self._key} or click: cancel " if self._adding.stops else ""
        standing = f" {self._adding.standing}  "
        room = max(self.size.width - len(hint), 1)
        standing = fit(standing, min(cell_len(standing), room), Column(""))
        return Content.assemble(
            outside(standing), outside(self._at(room - cell_len(standing)), "dim"), outside(hint, "bold")
        )

    def _at(self, room: int) -> str:
        """The file at hand in so many cells: its path, or its name where there is no room for much of that."""
        source = self._adding.at
        if not source or room < 1:
            return " " * room
        if room < ROOM:
            return fit(visible(Path(source).name, one_line=True), room, Column(""))
        return fit(short_path(source), room, Column("", cut="start"))

    def _follow(self, _: None = None) -> None:
        self.display = self._adding.busy
        self.refresh()
