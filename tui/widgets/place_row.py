"""A citation or a passage on a line of the talk, which opens its place in the source pane."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tui.messages import PlaceOpened
from tui.outside import clipped, outside
from tui.place import Place


class PlaceRow(Static, can_focus=True):
    """The place by its number, file and heading; of a passage also how it begins."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Show", id="place.open"),
        Binding("y", "copy", "Copy quote", id="place.copy"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, place: Place, at: tuple[int, int], *, shown: bool, snippet: str = "") -> None:
        """at: its turn, and the how many-th of the turn's places it is. shown: it is what the source pane shows.

        snippet: shown below the place's name.
        """
        mark = f"[{place.number}] " if place.number is not None else "· "
        heading = f" · {place.heading}" if place.heading else ""
        lines = [outside(f"{mark}{place.name}{heading}", one_line=True)]
        if snippet:
            lines.append(outside(f"  {clipped(snippet, 160)}", "italic", one_line=True))
        super().__init__(Content("\n").join(lines), classes="place -shown" if shown else "place")
        self.place, self.at = place, at
        self.tooltip = outside(place.source)

    def action_open(self) -> None:
        """Show the place."""
        self.post_message(PlaceOpened(self.place, self.at))

    def action_copy(self) -> None:
        """Copy the quote and where it comes from."""
        self.app.copy_to_clipboard(self.place.reference)

    def on_click(self) -> None:
        """Show the place."""
        self.action_open()
