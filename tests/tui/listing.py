"""The documents screen over a library, for its tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from tests.tui.alone import Alone
from tests.tui.conftest import wait_for, wait_until
from tui.messages import ScopeWanted
from tui.screens.documents import DocumentsScreen, DocumentsTable


class DocumentsApp(Alone):
    """Notes which documents questions are to be limited to."""

    wanted: tuple[str, ...] = ()

    async def on_scope_wanted(self, event: ScopeWanted) -> None:
        event.prevent_default()
        self.wanted = event.sources


@asynccontextmanager
async def opened(
    library: Path, until: str = "indexed", size: tuple[int, int] = (110, 34)
) -> AsyncIterator[tuple[DocumentsApp, Pilot[int]]]:
    app = DocumentsApp(str(library))
    async with app.run_test(size=size) as pilot:
        await wait_until(pilot, lambda: app.sources or until != "indexed")
        app.push_screen(DocumentsScreen())
        await wait_for(pilot, until)
        yield app, pilot


def table(app: DocumentsApp) -> DocumentsTable:
    screen = app.screen
    assert isinstance(screen, DocumentsScreen)
    return screen.table


def names(app: DocumentsApp) -> list[str]:
    return [Path(key).name for key in table(app).keys]
