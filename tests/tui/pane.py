"""The source pane alone on a screen, for its tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from rich.style import Style
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from qa import Document, Library
from tests.tui.alone import Alone
from tests.tui.conftest import shown, wait_until
from tui.place import Place
from tui.widgets.lines import Lines
from tui.widgets.source import SourcePane


class PaneScreen(Screen[None]):
    """The pane without its frame, and nothing else."""

    closed = 0

    def compose(self) -> ComposeResult:
        pane = SourcePane()
        pane.styles.width = "100%"
        pane.styles.border, pane.styles.padding = ("none", "transparent"), 0  # its text, line by line
        yield pane

    def on_source_pane_closed(self) -> None:
        self.closed += 1


class Opened:
    """The pane in the app, over a library that holds a few documents of a test's making."""

    def __init__(self, pilot: Pilot[int], screen: PaneScreen, files: Path) -> None:
        self.pilot, self.screen, self.files = pilot, screen, files
        self.pane = screen.query_one(SourcePane)
        self.lines = screen.query_one(Lines)
        assert isinstance(pilot.app, Alone)
        self.app = pilot.app

    async def show(self, name: str, quote: str, **changes: object) -> str:
        """What is on the screen when the pane shows the quote of a file."""
        await self.pane.show(self.place(name, quote, **changes))
        await wait_until(self.pilot, lambda: self.lines._starts)  # the first one is laid out when the pane has its size
        await self.pilot.pause()
        return shown(self.pilot.app)

    def place(self, name: str, quote: str, **changes: object) -> Place:
        text = (self.files / name).read_bytes().decode()
        start = text.index(quote)
        line = text.count("\n", 0, start) + 1
        place = Place(quote, str(self.files / name), start, start + len(quote), None, None, line, "0" * 64, 1)
        return replace(place, **changes)  # type: ignore[arg-type]

    def marked(self) -> str:
        """The characters that stand out as the quote."""
        style = self.lines.get_component_rich_style("lines--quote")
        return "".join(segment.text for strip in self._strips() for segment in strip if _looks(segment.style, style))

    def barred(self) -> list[int]:
        """The rows of the pane that have the bar of the quote."""
        return [row for row, strip in enumerate(self._strips()) if strip.text.startswith("▌")]

    def top(self) -> str:
        """The first line in view."""
        return self._strips()[0].text.strip("▌ ")

    def _strips(self):  # type: ignore[no-untyped-def]
        return [self.lines.render_line(row) for row in range(self.lines.size.height)]


def _looks(style: Style | None, like: Style) -> bool:
    return style is not None and style.bgcolor == like.bgcolor and bool(style.bold)


@asynccontextmanager
async def opened(
    files: Path, size: tuple[int, int] = (40, 20), documents: dict[str, Document] | None = None
) -> AsyncIterator[Opened]:
    """The app with the pane alone on it; its library is a stand-in that reads the files as they are."""
    app = Alone(str(files.parent / "library"))
    async with app.run_test(size=size) as pilot:
        app.engine._library = Shelf(documents or {})  # type: ignore[assignment]
        screen = PaneScreen()
        await app.push_screen(screen)
        await wait_until(pilot, lambda: app.screen is screen and screen.query(Lines))
        yield Opened(pilot, screen, files)


class Shelf(Library):
    """A library of files that need no indexing."""

    def __init__(self, documents: dict[str, Document]) -> None:
        super().__init__()
        self._documents = documents

    def document(self, source: object) -> Document:
        path = Path(str(source))
        if path.name in self._documents:
            return self._documents[path.name]
        if not path.exists():
            return super().document(str(source))
        return Document(str(path), path.read_bytes().decode(), "txt", "0" * 64, encoding="utf-8")
