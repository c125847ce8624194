"""Everything that was ever asked and answered, searched as one types."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from qa import QuothError
from qa.display import visible
from tui.outside import outside

if TYPE_CHECKING:
    from qa import Hit
    from tui.app import QuothApp


class SearchScreen(ModalScreen[tuple[int, int] | None]):
    """Gives the conversation and the turn that were chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, words: str = "") -> None:
        """words: searched for at first."""
        super().__init__()
        self._words = words
        self._hits: list[Hit] = []

    def compose(self) -> ComposeResult:
        """The words above what was found."""
        with Vertical(classes="dialog wide"):
            yield Static("Search every question and answer", classes="dialog-title")
            yield Input(self._words, placeholder="words…")
            yield OptionList(id="hits")
            yield Static(id="found", classes="links")

    def on_mount(self) -> None:
        """Type first; look at once for what was given."""
        self.query_one(Input).focus()
        self._search(self._words)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    @work(exclusive=True)
    async def _search(self, words: str) -> None:
        app: QuothApp = self.app  # type: ignore[assignment]
        try:
            hits = await app.engine.look(lambda library: library.conversations().search(words))
        except QuothError as error:
            app.complain(error)
            return
        self._hits = hits
        view = self.query_one(OptionList)
        view.clear_options()
        view.add_options(Option(_shown(hit)) for hit in hits)
        if hits:
            view.highlighted = 0
        said = "" if not words.strip() else f"{len(hits)} found" if hits else "Nothing was found; try fewer words."
        self.query_one("#found", Static).update(said)

    def action_move(self, steps: int) -> None:
        """Go up or down in what was found, also while typing."""
        view = self.query_one(OptionList)
        view.action_cursor_down() if steps > 0 else view.action_cursor_up()

    @on(Input.Submitted)
    def _entered(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is not None and at < len(self._hits):
            self._choose(at)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    def _choose(self, at: int) -> None:
        hit = self._hits[at]
        self.dismiss((hit.conversation, hit.turn))


def _shown(hit: Hit) -> Content:
    """The title and day of a hit above its text, the words that were found marked."""
    day = time.strftime("%d %b %Y", time.localtime(hit.asked))
    text, spans = "", []
    last = 0
    for start, end in hit.spans:  # what is made visible may be longer
        text += visible(hit.text[last:start], one_line=True)
        found = visible(hit.text[start:end], one_line=True)
        spans.append((len(text), len(text) + len(found)))
        text, last = text + found, end
    content = Content(text + visible(hit.text[last:], one_line=True))
    for start, end in spans:
        content = content.stylize("bold underline", start, end)
    return Content.assemble(outside(f"{hit.title}  ", "bold", one_line=True), f"{day} · {hit.part}", "\n  ", content)
