"""Why an answer is as it is: its question put to the library once more, with every number on the way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.asking import HISTORY
from tui.faults import said
from tui.outside import clipped, outside
from tui.screens.dialog import Closing
from tui.widgets.footer import Footer

if TYPE_CHECKING:
    from qa import Answer, Turn
    from tui.app import QuothApp

LONGEST_QUESTION = 200
"""Characters that are shown of the question; the talk has the whole."""

QUOTES = "quotes"

CHANGED = (
    "The library has changed since this answer was given: this is how the question is answered now. F5 asks it again."
)


class ExplainScreen(Closing[None]):
    """The question, what there is to know before, and the explanation, which is scrolled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back", id="explain.back")]

    def __init__(self, turn: Turn, answer: Answer) -> None:
        """answer: that of the turn."""
        super().__init__()
        self._turn, self._answer = turn, answer

    def compose(self) -> ComposeResult:
        """The question, the note, the explanation, the keys."""
        yield Static(
            outside(clipped(self._turn.question, LONGEST_QUESTION), "bold", one_line=True), id="explain-question"
        )
        yield Static("Searching once more…", id="explain-note")
        with VerticalScroll():
            yield Static(id="explanation")
        yield Footer()

    def on_mount(self) -> None:
        """Ask again, behind the screen."""
        self.query_one(VerticalScroll).focus()
        self.run_worker(self._explain)  # type: ignore[arg-type]  # see Lines

    async def _explain(self) -> None:
        quoth, turn, answer = cast("QuothApp", self.app), self._turn, self._answer
        note = self.query_one("#explain-note", Static)
        from qa.explained import explained, unexplained  # not before somebody asks

        if answer.kind != "question":  # a letter was measured by no threshold, whatever the same words would find
            note.update(outside(unexplained(answer)))
            return
        try:
            history = await quoth.engine.keep(lambda stored: stored.history(turn.conversation, turn.id, HISTORY))
            found = await quoth.engine.explain(turn.question, history=history, where=turn.where)
            if answer.model != QUOTES and found.standalone_question != answer.standalone_question:
                # A model wrote the follow-up anew, and that is what was searched for.
                found = await quoth.engine.explain(answer.standalone_question, where=turn.where)
        except Exception as error:
            note.update(outside(f"This cannot be explained now: {said(error)}"))
            return
        if not found.explanation:
            note.update(outside(unexplained(found)))
            return
        notes = [
            *([CHANGED] if differs(answer, found) else []),
            *([_written(answer)] if answer.model != QUOTES else []),
        ]
        note.update(outside("\n".join(notes)))
        note.display = bool(notes)
        self.query_one("#explanation", Static).update(explained(found.explanation))


def differs(earlier: Answer, now: Answer) -> bool:
    """Whether what is found now is not what an earlier answer rests on."""

    def rests_on(answer: Answer) -> list[object]:
        places = [(one.source, one.start, one.end, one.sha256) for one in answer.passages]
        # How a model writes says nothing of the documents; chances depend on the last digits of a machine's numbers.
        return [places, *([answer.text, round(answer.confidence, 3)] if earlier.model == QUOTES else [])]

    return rests_on(earlier) != rests_on(now)


def _written(answer: Answer) -> str:
    """What is to be known of an answer that a model wrote."""
    counts = Counter(sentence.support for sentence in answer.sentences)
    compared = ", ".join(f"{count} {support}" for support, count in counts.items())
    sentences = f" Its sentences, compared with the documents: {compared}." if compared else ""
    return (
        f"{answer.model} wrote this answer.{sentences} What follows is the search whose passages it was given, and"
        " what Quoth itself would quote."
    )
