"""Everything that was ever asked and answered, searched as one types."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from qa.display import visible
from tui.faults import said
from tui.outside import clipped, outside
from tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from qa import Hit
    from tui.app import QuothApp

LONGEST_QUESTION = 200
"""Characters of a question above its answer."""


class SearchScreen(Dialog[tuple[int, int] | None]):
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
        self._found_for: str | None = None  # the words of which the hits are shown
        self._entered_for: str | None = None  # the words at which Enter was pressed before there were hits

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
        except Exception as error:
            app.complain(said(error))
            return
        if hits and self._entered_for == words:
            self.dismiss((hits[0].conversation, hits[0].turn))
            return
        self._found_for = words
        view = self.query_one(OptionList)
        view.clear_options()
        view.add_options(_Found(hit) for hit in hits)
        if hits:
            view.highlighted = 0
        found = "" if not words.strip() else f"{len(hits)} found" if hits else "Nothing was found; try fewer words."
        self.query_one("#found", Static).update(found)

    def action_move(self, steps: int) -> None:
        """Go up or down in what was found, also while typing."""
        view = self.query_one(OptionList)
        view.action_cursor_down() if steps > 0 else view.action_cursor_up()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Go to the hit under the cursor, or to the first one as soon as there are any."""
        if self._found_for != event.value:
            self._entered_for = event.value
        elif isinstance(found := self.query_one(OptionList).highlighted_option, _Found):
            self.dismiss(found.turn)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if isinstance(event.option, _Found):
            self.dismiss(event.option.turn)


class _Found(Option):
    """A hit in the list. It knows its turn itself: the list may hold others by the time that it is chosen."""

    def __init__(self, hit: Hit) -> None:
        super().__init__(_shown(hit))
        self.turn = hit.conversation, hit.turn


def _shown(hit: Hit) -> Content:
    """The question above what was found in its answer; where it is the question that was found, above the title."""
    day = time.strftime("%d %b %Y", time.localtime(hit.asked))
    found = _marked(hit)
    if hit.part == "question":
        begun = hit.question.startswith(hit.title.removesuffix("…"))  # it is called after this question
        title = outside("" if begun else f" · in “{hit.title}”", one_line=True)
        return Content.assemble(found.stylize("bold"), f"\n  {day} · question", title)
    question = outside(f"{clipped(hit.question, LONGEST_QUESTION)}  ", "bold", one_line=True)
    return Content.assemble(question, f"{day} · {hit.part}", "\n  ", found)


def _marked(hit: Hit) -> Content:
    """The text of a hit, the words that were found marked."""
    text, spans, last = "", [], 0
    for start, end in hit.spans:  # what is made visible may be longer
        text += visible(hit.text[last:start], one_line=True)
        found = visible(hit.text[start:end], one_line=True)
        spans.append((len(text), len(text) + len(found)))
        text, last = text + found, end
    content = Content(text + visible(hit.text[last:], one_line=True))
    for start, end in spans:
        content = content.stylize("bold underline", start, end)
    return content
