"""The keys at the bottom."""

from __future__ import annotations

import textual.widgets
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widgets._footer import FooterKey

PADDING = 3
"""Cells around and between a key and what it does."""


class Footer(textual.widgets.Footer):
    """As many keys as there is room for, from the first on: F1 lists them all, and half a name says nothing."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._room = 0

    def on_resize(self) -> None:
        """There may be room for more, or fewer."""
        if self.size.width != self._room:
            self.refresh(recompose=True)

    def compose(self) -> ComposeResult:
        """The keys that fit."""
        self._room = room = self.app.size.width
        for widget in super().compose():
            if isinstance(widget, FooterKey):
                room -= cell_len(widget.key_display) + cell_len(widget.description) + PADDING
                if room < 0:
                    return
            yield widget
