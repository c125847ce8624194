"""The prompt: grows with its text, walks the history, completes documents behind @ and commands behind /."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from tui import commands, mentions
from tui.messages import CommandSent, PathsSent, QuestionSent
from tui.outside import outside
from tui.paths import MOST, begins_as_path
from tui.widgets.editor import Editor

if TYPE_CHECKING:
    from qa import Source
    from tui.app import QuothApp

OFFERED = 50
"""Completions that are listed at once."""


class Prompt(Vertical):
    """The editor, with what it offers to complete above it."""

    def __init__(self) -> None:
        super().__init__()
        self._history: list[str] = []
        self._at = 0
        self._draft = ""
        self._named: tuple[Source, ...] = ()
        self._names = mentions.Names()
        self._completions: list[tuple[int, str]] = []

    def compose(self) -> ComposeResult:
        """The completions above the editor."""
        yield OptionList(id="completions", compact=True)
        yield Editor()

    def on_mount(self) -> None:
        """Offer nothing yet, and take no focus away from the editor."""
        self._list.can_focus = False
        self._list.display = False

    @property
    def editor(self) -> Editor:
        """The text area."""
        return self.query_one(Editor)

    @property
    def text(self) -> str:
        """What stands in the prompt."""
        return self.editor.text

    @text.setter
    def text(self, text: str) -> None:
        self.editor.text = text
        self.editor.move_cursor(self.editor.document.end)

    def remember(self, questions: Iterable[str]) -> None:
        """Take these as the history, oldest first."""
        self._history = list(questions)
        self._at = len(self._history)

    @property
    def where(self) -> tuple[str, ...]:
        """The documents that the text names so far."""
        return self._known.resolve(self.text).where if "@" in self.text else ()

    def has_room_for(self, pasted: str) -> bool:
        """Whether the text can be sent with this pasted into it; else say what to do instead."""
        from qa.questions import LONGEST  # not before the first paint

        editor = self.editor
        start, end = sorted(editor.selection)
        text = editor.get_text_range((0, 0), start) + pasted + editor.get_text_range(end, editor.document.end)
        most, has = LONGEST, "a question has"
        if (command := commands.parse(text)) and command[0]:
            most, has = MOST, f"/{command[0].name} takes"
        if len(text) <= most:
            return True
        self._app.complain(
            f"Nothing was pasted: the prompt would have {len(text):,} characters, and {has} at most {most:,}. "
            "Save a long text as a file, and add that: /add FILE"
        )
        return False

    def send(self, *, paths: bool = True) -> None:
        """Send the text as a command, as paths or as a question. What cannot be sent stays.

        paths: whether it may be paths that are to be added.
        """
        text = self.text.strip()
        if not text:
            return
        command = commands.parse(text)
        if paths and begins_as_path(text) and (command is None or command[0] is None):
            self.editor.clear()
            self.post_message(PathsSent(text))
            return
        if command is not None:
            found, argument = command
            if found is None:
                self._app.complain(f"There is no command /{argument}; /help lists them. Two slashes begin a question.")
                return
            self.editor.clear()
            self.post_message(CommandSent(found.name, argument))
            return
        named = self._known.resolve(text.removeprefix("/"))
        if named.unclear:
            self._app.complain(f"Several documents are called {named.unclear[0]}; write more of the path.")
        elif not named.question:
            self._app.complain("The question is empty; ask something about these documents.")
        else:
            self.editor.clear()
            self.post_message(QuestionSent(named.question, named.where or None, text))

    def note(self, text: str) -> None:
        """Put a text at the end of the history."""
        if self._history[-1:] != [text]:
            self._history.append(text)
        self._at, self._draft = len(self._history), ""

    def give_back(self, text: str, *, replace: bool = False) -> None:
        """Put a text into the prompt if it is empty. replace: else put what stands there into the history."""
        if replace and self.text.strip():
            self.note(self.text)
        if replace or not self.text:
            self.text = text

    def with_names(self, question: str, where: Sequence[str]) -> str:
        """A question with the documents that it is limited to named in it, as far as they are documents."""
        names = self._known.short
        return "".join(mentions.written(names[source]) for source in where if source in names) + question

    def walk(self, steps: int) -> None:
        """Go through the history; what was being written is kept at its end."""
        to = min(max(self._at + steps, 0), len(self._history))
        if to == self._at:
            return
        if self._at == len(self._history):
            self._draft = self.text
        self._at = to
        self.text = self._history[to] if to < len(self._history) else self._draft
        self.offer(())

    # Completing

    def offer(self, completions: Sequence[tuple[int, str, str]]) -> None:
        """List completions: how many characters before the cursor each replaces, by what, and how it is shown."""
        if not completions and not self._completions:
            return
        self._completions = [(length, text) for length, text, _ in completions]
        self._list.clear_options()
        self._list.add_options(Option(outside(shown, one_line=True)) for _, _, shown in completions)
        self._list.display = bool(completions)
        if completions:
            self._list.highlighted = 0

    def move(self, steps: int) -> bool:
        """Go to another completion; False where none are offered."""
        if not self._completions:
            return False
        self._list.highlighted = ((self._list.highlighted or 0) + steps) % len(self._completions)
        return True

    def accept(self) -> bool:
        """Put the completion that is chosen into the text; False where none are offered."""
        if not self._completions:
            return False
        length, text = self._completions[self._list.highlighted or 0]
        row, column = self.editor.cursor_location
        self.offer(())
        self.editor.replace(text, (row, column - length), (row, column))
        return True

    def close(self) -> bool:
        """Offer nothing; False where nothing was offered."""
        offered = bool(self._completions)
        self.offer(())
        return offered

    @on(TextArea.Changed)
    def _complete(self) -> None:
        row, column = self.editor.cursor_location
        before = self.editor.document.get_line(row)[:column]
        if row == 0 and before.startswith("/") and " " not in before:
            found = commands.matching(before[1:])
            if len(found) == 1 and found[0].name == before[1:]:
                found = []
            self.offer(
                [
                    (len(before), f"/{one.name}{' ' if one.argument else ''}", f"{one.usage:<32} {one.about}")
                    for one in found
                ]
            )
        elif (fragment := mentions.being_written(before)) is not None:
            names = self._known.short
            length = len(before) - before.rindex("@")
            found_sources = self._known.matching(fragment, OFFERED)
            self.offer([(length, mentions.written(names[one]), names[one]) for one in found_sources])
        elif self._completions:
            self.offer(())

    @on(OptionList.OptionSelected, "#completions")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._list.highlighted = event.option_index
        self.accept()
        self.editor.focus()

    @property
    def _list(self) -> OptionList:
        return self.query_one("#completions", OptionList)

    @property
    def _app(self) -> QuothApp:
        return cast("QuothApp", self.app)

    @property
    def _known(self) -> mentions.Names:
        """The documents' names, made once for as long as the documents are the same."""
        if self._app.sources is not self._named:
            self._named = self._app.sources
            sources = tuple(source.source for source in self._named)
            if sources != self._names.sources:
                self._names = mentions.Names(sources)
        return self._names
