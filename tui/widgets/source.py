"""The source pane: a document, scrolled to the exact characters of a quote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from qa.errors import QuothError, SourceNotFound
from tui.excerpt import Excerpt, excerpt, quote_alone
from tui.opening import open_place
from tui.outside import outside
from tui.place import Place
from tui.widgets.lines import Lines

if TYPE_CHECKING:
    from typing import Self

    from qa import Library
    from tui.app import QuothApp

EMPTY = "Open a citation to see where it stands."
REMOVED = "This document is not in the library any more; this is the quote as the answer had it."


class SourcePane(Vertical):
    """A document with a quote marked in it, under the file's name and the page or heading."""

    BORDER_TITLE = "Source"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "screen.step(1)", "Next", id="citation.next_outside"),
        Binding("p", "screen.step(-1)", "Previous", id="citation.previous_outside"),
        Binding("o", "open", "Open the file", id="source.open"),
        Binding("y", "copy", "Copy the quote", id="source.copy"),
        Binding("g", "quote", "To the quote", id="source.quote"),
    ]

    class Closed(Message):
        """The pane is to be closed."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.place: Place | None = None
        self._sha256: str | None = None  # of the document whose text is shown
        self._shown = 0  # how many times something else was to be shown
        self._file = Static(classes="source-name")
        self._where = Static(classes="source-where")
        self._note = Static(classes="source-note")
        self._lines = Lines()

    def compose(self) -> ComposeResult:
        """What it is, the text, and what can be done."""
        yield Static(EMPTY, classes="source-empty")
        yield self._file
        yield self._where
        yield self._note
        yield self._lines
        yield _Acts()

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.clear()

    async def show(self, place: Place) -> None:
        """Show this place; of several at a time, the last one asked for."""
        self._shown += 1
        turn = self._shown
        shown, sha256 = await self._excerpt(place)
        if turn != self._shown:
            return
        self.place, self._sha256 = shown.place, sha256
        self._head(shown)
        self.remove_class("-empty")
        await self._lines.show(shown)

    async def renew(self, sha256: str | None) -> None:
        """Show the place in the document as it is now. sha256: of the library's, None where it has been removed."""
        if self.place and sha256 != self._sha256:
            await self.show(self.place)

    def clear(self) -> None:
        """Show nothing."""
        self._shown += 1
        self.place = self._sha256 = None
        self._lines.clear()
        self.add_class("-empty")

    def on_descendant_focus(self) -> None:
        """The letters do something now."""
        self.query_one(_Acts).name_keys(True)

    def on_descendant_blur(self) -> None:
        """They go into the prompt."""
        self.query_one(_Acts).name_keys(False)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the text the focus."""
        self._lines.focus(scroll_visible)
        return self

    async def action_open(self) -> None:
        """Open the file at the line."""
        if self.place:
            await open_place(self._quoth, self.place)

    def action_copy(self) -> None:
        """Copy the quote and where it is from."""
        if self.place:
            self.app.copy_to_clipboard(self.place.reference)

    def action_quote(self) -> None:
        """Scroll back to the quote."""
        self._lines.scroll_to_quote()

    def action_close(self) -> None:
        """Ask for the pane to be closed."""
        self.post_message(self.Closed())

    @property
    def _quoth(self) -> QuothApp:
        return cast("QuothApp", self.app)

    async def _excerpt(self, place: Place) -> tuple[Excerpt, str | None]:
        """What is shown of the place, and the hash of the document that it is of; None for the quote alone."""

        def read(library: Library) -> tuple[Excerpt, str]:
            document = library.document(place.source)
            return excerpt(document, place), document.sha256

        try:
            return await self._quoth.engine.look(read)
        except SourceNotFound:
            return quote_alone(place, REMOVED), None
        except QuothError as error:
            return quote_alone(place, str(error)), None

    def _head(self, shown: Excerpt) -> None:
        place = shown.place
        number = f"[{place.number}] " if place.number is not None else ""
        where = f"page {place.page}" if place.page is not None else f"line {place.line}"
        self._file.update(outside(number + Path(place.source).name, one_line=True))
        self._file.tooltip = outside(place.source, one_line=True)
        self._where.update(outside(" · ".join(filter(None, (where, place.heading))), one_line=True))
        self._note.update(outside(shown.note))
        self._note.display = bool(shown.note)


class _Acts(Static):
    """What can be done with the place, for the mouse; by which letters, too, while the pane has the focus."""

    def __init__(self) -> None:
        super().__init__(classes="source-acts")
        self._here = False

    def name_keys(self, here: bool) -> None:
        """Name the letters if they work now, else the key that leads to them."""
        self._here = here
        self.refresh(layout=True)

    def render(self) -> Content:
        """The links, and the keys."""
        acts = {"open (o)": "open", "copy (y)": "copy", "quote (g)": "quote", "close": "close"}
        links = [
            Content.styled(name if self._here else act, Style.from_meta({"@click": f"act('{act}')"})).stylize(
                "underline"
            )
            for name, act in acts.items()
        ]
        key = cast("QuothApp", self.app).keys.get("chat.source", "f3").upper()
        return Content(" ").join([*links, *([] if self._here else [outside(f"· {key}: by key")])])

    async def action_act(self, name: str) -> None:
        """Run an action of the pane."""
        await self.app.run_action(name, self.parent)
