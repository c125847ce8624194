"""The chat screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static


class ChatScreen(Screen[None]):
    """Conversations, the talk, the source."""

    def __init__(self, paths: Sequence[str] = ()) -> None:
        super().__init__()
        self._paths = paths

    def compose(self) -> ComposeResult:
        yield Static("chat")
