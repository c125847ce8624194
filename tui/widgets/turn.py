"""One turn of the talk: the question, and what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Button, Static

from qa.display import in_one_line, percent
from tui.faults import sentence
from tui.links import with_links
from tui.mentions import written
from tui.messages import AskAgain, QuestionSent
from tui.outside import clipped, outside
from tui.place import Place
from tui.searched import names, not_found, searched, stamp
from tui.support import checked, doubts
from tui.widgets.place_row import PlaceRow

if TYPE_CHECKING:
    from textual.timer import Timer

    from qa import Answer, Turn

LONGEST_ANSWER = 50_000
"""Characters of an answer that are laid out; the source pane has no such limit."""

NEAREST = 3
"""Passages that a "not found" shows."""

IN_WORDS = ("summary", "comparison", "listing", "writing")
"""Kinds of which the text says what is missing: a document of that name, one of two sides, a chat model."""

MOST_WORDS = 8
"""Unknown words that are named, as in the answer's text."""

OFTEN, SHARE = 0.1, 0.15
"""Seconds between two drawings of an answer that is coming, at least; and the share of the time that drawing it may
take, so that keys come between. A model may say 200 pieces a second, each of which would lay out the talk."""

PIECE = 800
"""Characters of an answer that is coming that are laid out again each time. What is before them stays as it is, so that
drawing takes no longer the more has come."""

LONGEST_UNDERSTOOD = 400
"""Characters that are shown of how a follow-up was understood."""

LONG = 50
"""Columns of facts beside which there is no room for what can be done, in a terminal of 80."""

_MARK = re.compile(r"\[(\d{1,4})\]")

_STATES = {"changed": "has changed since", "gone": "is no longer on the disk", "removed": "is no longer in the library"}
"""What is said of a cited file that is not as it was."""


class TurnView(Vertical):
    """A turn, redrawn as a whole when it changes, and word by word while its answer comes."""

    class Redrawn(Message):
        """A turn was drawn as a whole, and has its height."""

        def __init__(self, view: TurnView) -> None:
            super().__init__()
            self.view = view

    def __init__(self, turn: Turn) -> None:
        super().__init__(id=f"turn-{turn.id}")
        self.turn = turn
        self._doing = ""
        self._written = ""
        self._begun = 0  # characters of it that are drawn and stay as they are
        self._drawing: Timer | None = None
        self._pause = OFTEN
        self._states: Mapping[str, str] = {}
        self._open: int | None = None

    def compose(self) -> ComposeResult:
        """The question, then what there is of the answer."""
        turn = self.turn
        question = with_links(outside(clipped(turn.question, LONGEST_ANSWER)))
        limited = outside("".join(map(written, names(turn.where))), "$text-primary", one_line=True)
        asked = Content.assemble(("You  ", "bold $accent"), limited, question)
        understood = "" if turn.answer is None else in_one_line(turn.answer.standalone_question)
        if understood in ("", in_one_line(turn.question)):
            yield Static(asked, classes="question")
        else:
            yield Static(asked, classes="question -taken-on")
            said = f"understood as: {clipped(understood, LONGEST_UNDERSTOOD)}"
            yield Static(outside(said, one_line=True), classes="understood")
        if self._doing:
            self._begun = 0
            yield Static(outside(self._written or f"{self._doing}…"), classes="answer doing")
        elif turn.answer is not None and (turn.answer.status == "answered" or turn.answer.kind in IN_WORDS):
            yield from self._answered(turn.answer)
            if turn.answer.status != "answered" and turn.where:
                yield Button("Ask all documents", classes="ask-all", compact=True)
        elif turn.answer is not None:
            yield from self._not_found(turn.answer)
        elif turn.status == "failed":
            yield from self._failed("This could not be answered")
        elif turn.status == "cancelled":
            yield Static("Cancelled before there was an answer.", classes="answer doing")
        elif turn.status == "removed":
            yield Static(outside(turn.error or "The answer was removed."), classes="answer removed")
        if turn.answer is not None and turn.error and not self._doing:
            yield from self._failed("Asking again failed; this is the earlier answer")
        if not self._doing:
            facts = self._facts()
            with Horizontal(classes="turn-footer -long" if facts.cell_length > LONG else "turn-footer"):
                yield Static(facts, classes="turn-facts")
                yield Static(self._acts(), classes="turn-acts")

    async def recompose(self) -> None:
        """Draw it as a whole, and tell when that is laid out."""
        await super().recompose()
        self.call_after_refresh(self.post_message, self.Redrawn(self))

    def show(self, turn: Turn) -> None:
        """Show what became of the turn."""
        if turn.answer != self.turn.answer:
            self._states = {}
        self.turn, self._doing, self._written = turn, "", ""
        self.refresh(recompose=True)

    def show_open(self, place: int | None) -> None:
        """Mark the how many-th of its places the source pane shows; None for none."""
        if place != self._open:
            self._open = place
            for row in self.query(PlaceRow):
                row.set_class(row.at[1] == place, "-shown")

    def show_doing(self, doing: str) -> None:
        """Show that the turn waits, or is being answered."""
        self._written = ""
        if not self._doing or self._begun:
            self._doing = doing
            self.refresh(recompose=True)
        else:
            self._doing = doing
            self._update_doing()

    def write(self, text: str) -> None:
        """Add a piece of the answer that is coming; it shows in a moment, with what else has come by then."""
        self._written += text
        if self._drawing is None:
            self._drawing = self.set_timer(self._pause, self._draw)

    def _draw(self) -> None:
        began, self._drawing = time.monotonic(), None
        self._update_doing()

        def drawn() -> None:
            self._pause = max(OFTEN, (time.monotonic() - began) / SHARE)

        self.call_after_refresh(drawn)

    def show_states(self, states: Mapping[str, str]) -> None:
        """Say which of the cited files (by source) are not as they were when the answer was made."""
        states = {source: state for source, state in states.items() if state in _STATES}
        if states != self._states:
            self._states = states
            self.refresh(recompose=True)

    @property
    def doing(self) -> str:
        """What is being done for its answer; "" when nothing is."""
        return self._doing

    @property
    def places(self) -> Sequence[Place]:
        """What can be opened, in its order: the citations, or the nearest passages where nothing was found."""
        answer = self.turn.answer
        if answer is None:
            return ()
        return [Place.of(found) for found in answer.citations or answer.passages[:NEAREST]]

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Retry, or ask the same of all documents."""
        event.stop()
        if event.button.has_class("ask-all"):
            self.post_message(QuestionSent(self.turn.question, ()))
        else:
            self.post_message(AskAgain(self.turn.id))

    def _update_doing(self) -> None:
        views = list(self.query(".doing").results(Static))
        if not views:
            return
        written = clipped(self._written, LONGEST_ANSWER)
        while len(written) - self._begun > PIECE:
            end = _cut(written, self._begun)
            self.mount(Static(outside(written[self._begun : end]), classes="answer doing"), before=views[-1])
            self._begun = end + (written[end] == "\n")
        views[-1].update(outside(written[self._begun :] or f"{self._doing}…"))

    def _answered(self, answer: Answer) -> ComposeResult:
        yield Static(self._marked(answer), classes="answer")
        for doubt in doubts(answer):
            yield Static(doubt, classes="doubt")
        for number, place in enumerate(self.places):
            yield PlaceRow(place, (self.turn.id, number), shown=number == self._open)
        for source in dict.fromkeys(citation.source for citation in answer.citations):
            if state := self._states.get(source):
                said = f"! stale: {Path(source).name} {_STATES[state]}"
                yield Static(outside(said, one_line=True), classes="stale")

    def _not_found(self, answer: Answer) -> ComposeResult:
        with Vertical(classes="card not-found"):
            title = not_found(answer, self.turn.where)
            yield Static(outside(title, one_line=True), classes="card-title")
            if answer.unknown_words:
                words = ", ".join(f"“{word}”" for word in answer.unknown_words[:MOST_WORDS])
                more = len(answer.unknown_words) - MOST_WORDS
                said = f"No document has: {words}{f' and {more:,} more' if more > 0 else ''}"
                yield Static(outside(said, one_line=True))
            if answer.passages:
                yield Static("The nearest passages:")
                for number, place in enumerate(self.places):
                    at, snippet = (self.turn.id, number), " ".join(place.quote.split())
                    yield PlaceRow(place, at, shown=number == self._open, snippet=snippet)
            if self.turn.where:
                yield Button("Ask all documents", classes="ask-all", compact=True)

    def _failed(self, title: str) -> ComposeResult:
        with Vertical(classes="card failed"):
            yield Static(title, classes="card-title")
            yield Static(outside(sentence(self.turn.error or "no reason is known")))
            yield Button("Retry", classes="retry", compact=True)

    def _marked(self, answer: Answer) -> Content:
        """The answer's text, its citation marks alive, and its links, unless a model wrote these."""
        content = checked(answer) if answer.sentences else with_links(outside(clipped(answer.text, LONGEST_ANSWER)))
        numbers = {citation.number for citation in answer.citations}
        for match in _MARK.finditer(content.plain):
            if int(match[1]) in numbers:
                content = content.stylize(
                    Style.from_meta(_click(f"cite({self.turn.id}, {int(match[1])})")), *match.span()
                )
                content = content.stylize("bold $accent", *match.span())
        return content

    def _facts(self) -> Content:
        """How sure and how fast the answer was, and what was searched."""
        answer = self.turn.answer
        if answer is None:
            return outside(searched(self.turn.where), one_line=True)
        facts = [f"confidence {percent(answer.confidence)}"] if answer.measured else []
        if "total" in answer.timings:
            facts.append(f"{answer.timings['total']:.0f} ms")
        if answer.measured or answer.searched is not None:  # a greeting is answered without a search
            facts.append(stamp(answer, self.turn.where))
        if answer.adding:
            facts.append("while documents were being added")
        return outside(" · ".join(facts), one_line=True)

    def _acts(self) -> Content:
        """What can be done with the turn."""
        acts = [("ask again", "ask_again"), ("edit", "edit_question"), ("copy", "copy_turn")]
        links = [
            Content.styled(name, Style.from_meta(_click(f"{act}({self.turn.id})"))).stylize("underline")
            for name, act in acts
        ]
        return Content("  ").join(links)


def _cut(text: str, start: int) -> int:
    """Where a piece of a text ends that begins at `start` and goes on beyond PIECE: at a line's end, if it has one."""
    until = start + PIECE
    line, word = text.rfind("\n", start, until), text.rfind(" ", start, until)
    return line if line > start else word + 1 if word > start else until


def _click(action: str) -> dict[str, str]:
    return {"@click": f"screen.{action}"}
