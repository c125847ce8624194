"""What was left out since the chat was opened, and why."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from qa import Failure
from qa.display import visible
from tui.names import common_folder, name_below
from tui.outside import clipped, outside
from tui.screens.dialog import Closing
from tui.widgets.footer import Footer
from tui.widgets.table import Column, Table


class FailuresScreen(Closing[None]):
    """The files with their reasons, the one under the cursor in full below; then what else is to be known."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy the reason", id="failures.copy"),
        Binding("escape", "dismiss", "Back", id="failures.back"),
    ]

    def __init__(self, failed: Sequence[Failure], notices: Sequence[str], sources: Container[str] = ()) -> None:
        """failed: the files. notices: what else there is to know, some of it of one of these sources."""
        super().__init__()
        told = [(failure.source, failure.reason) for failure in failed] + [_apart(one, sources) for one in notices]
        folder = common_folder(source for source, _ in told if source)
        self._lines = {
            str(number): (source, name_below(source, folder) if source else "", reason)
            for number, (source, reason) in enumerate(told)
        }
        counts = {"left out": len(failed), "to know": len(notices)}
        self._title = " " + " · ".join(f"{count} {name}" for name, count in counts.items() if count)

    def compose(self) -> ComposeResult:
        """The list above, the whole of one below."""
        yield Static(self._title, id="failures-title")
        yield Table(Column("file", cut="start"), Column("why"))
        with VerticalScroll(id="failures-whole"):
            yield Static()
        yield Footer()

    def on_mount(self) -> None:
        """Fill the list."""
        table = self.query_one(Table)
        table.set_rows([*self._lines], lambda key: self._lines[key][1:])
        table.focus()
        self._show()

    def action_copy(self) -> None:
        """Copy the file and the reason under the cursor."""
        self.app.copy_to_clipboard(self._whole())

    @on(Table.Moved)
    def _show(self) -> None:
        self.query_one("#failures-whole Static", Static).update(outside(clipped(self._whole())))

    @on(Table.Sorted)
    def _sorted(self, event: Table.Sorted) -> None:
        column, backwards = event.table.order
        keys = sorted(self._lines, key=lambda key: self._lines[key][1 + column], reverse=backwards)
        event.table.set_rows(keys, lambda key: self._lines[key][1:])

    def _whole(self) -> str:
        key = self.query_one(Table).key
        source, _, reason = self._lines[key] if key is not None else ("", "", "")
        return f"{visible(source, one_line=True)}\n{reason}".strip()


def _apart(notice: str, sources: Container[str]) -> tuple[str, str]:
    """The source that a notice is about, "" for none, and what it says of it."""
    for colon in re.finditer(": ", notice):
        if notice[: colon.start()] in sources:
            return notice[: colon.start()], notice[colon.end() :]
    return "", notice
