"""The app without the chat, for tests of one screen at a time."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.screen import Screen

import tui
from tui.app import QuothApp
from tui.messages import LibraryChanged


class Alone(QuothApp):
    """Keeps `sources` current, as the chat does, and notes what the screens tell it."""

    CSS_PATH = Path(tui.__file__).with_name("quoth.tcss")

    def __init__(self, library: str | None = None) -> None:
        super().__init__(library)
        self.changes = 0
        self.copied: list[str] = []

    def get_default_screen(self) -> Screen[None]:  # type: ignore[override]
        """An empty one."""
        return Screen()

    async def on_mount(self, event: events.Mount) -> None:
        """Nothing of the chat is begun."""
        event.prevent_default()
        await self.read_sources()

    async def on_library_changed(self, event: LibraryChanged) -> None:
        """Documents came or went."""
        event.prevent_default()
        await self.read_sources()
        self.changes += 1

    async def read_sources(self) -> None:
        """Read the list of documents."""
        self.sources = tuple(await self.engine.look(lambda library: library.sources()))

    def copy_to_clipboard(self, text: str) -> None:
        """Note it."""
        self.copied.append(text)

    @property
    def notices(self) -> list[str]:
        """What was said to the user, the last at the end."""
        return [notice.message for notice in self._notifications]
