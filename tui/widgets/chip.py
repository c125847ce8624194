"""The chip that always says which documents are searched."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.outside import outside


class Chip(Static, can_focus=True):
    """Opens the choice of documents when it is clicked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "screen.scope", "Choose documents")]

    _said = ""

    def say(self, searched: str) -> None:
        """Say which documents are searched."""
        if searched != self._said:  # asked at every key, and a new text lays the whole screen out anew
            self._said = searched
            self.update(outside(f"{searched[:1].upper()}{searched[1:]} ▾", one_line=True))

    async def on_click(self) -> None:
        """Choose others."""
        await self.run_action("screen.scope")
