"""One document: what is known of it, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from qa import Document, Source
from qa.display import visible
from tui.excerpt import Excerpt, excerpt
from tui.faults import said
from tui.names import human_size, local_date
from tui.opening import open_place
from tui.outside import outside
from tui.place import Place
from tui.screens.dialog import Closing
from tui.widgets.footer import Footer
from tui.widgets.lines import Lines

if TYPE_CHECKING:
    from qa import Library
    from tui.app import QuothApp


class DocumentScreen(Closing[None]):
    """The details above the text as it was read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open the file", id="document.open"),
        Binding("y", "copy", "Copy the path", id="document.copy"),
        Binding("escape", "dismiss", "Back", id="document.back"),
    ]

    def __init__(self, source: Source, state: str = "") -> None:
        """state: what its state is called, if that is known."""
        super().__init__()
        self._source, self._state = source, state
        self._place = Place("", source.source, 0, 0, None, None, 1, source.sha256)

    @property
    def _quoth(self) -> QuothApp:
        return cast("QuothApp", self.app)

    def compose(self) -> ComposeResult:
        """The details, the text, the keys."""
        yield Static(outside(self._source.source, "bold", one_line=True), id="document-path")
        yield Static(outside(self._details()), id="document-details")
        yield Lines()
        yield Footer()

    def on_mount(self) -> None:
        """Read the text."""
        self.query_one(Lines).focus()
        self.run_worker(self._read)  # type: ignore[arg-type]  # see Lines

    async def action_open(self) -> None:
        """Open the file."""
        await open_place(self._quoth, self._place)

    def action_copy(self) -> None:
        """Copy the file's path."""
        self.app.copy_to_clipboard(self._source.source)

    async def _read(self) -> None:
        def read(library: Library) -> tuple[Document, Excerpt]:
            document = library.document(self._source.source)
            return document, excerpt(document, self._place)  # here too, off the event loop: it may have megabytes

        try:
            document, shown = await self._quoth.engine.look(read)
        except Exception as error:
            self._quoth.complain(said(error))
            return
        self.query_one("#document-details", Static).update(outside(self._details(document)))
        await self.query_one(Lines).show(shown)

    def _details(self, document: Document | None = None) -> str:
        source = self._source
        facts = [
            source.kind,
            *([source.encoding] if source.encoding else []),
            human_size(source.size),
            f"{source.characters} characters",
            f"{source.chunks} {'chunk' if source.chunks == 1 else 'chunks'}",
            f"added {local_date(source.added)}",
            f"sha256 {source.sha256[:12]}",
            *([self._state] if self._state else []),
        ]
        title = [visible(source.title, one_line=True)] if source.title else []
        notices = document.notices if document else ()
        return "\n".join([*title, " · ".join(facts), *notices])
