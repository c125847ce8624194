"""The chat screen: its keys, its commands, and what is added from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType

from qa.errors import InputError
from tui.messages import AddWanted, CommandSent, PathsSent
from tui.paths import absolute, exists, paths_in
from tui.screens.confirm import Confirm
from tui.screens.panes import PanesScreen
from tui.widgets.talk import Beginning

TWICE = 2.0
"""Seconds within which a second Ctrl+C leaves."""

EARLY = ("scroll_talk", "interrupt")
"""Actions that need no side pane."""


class ChatScreen(PanesScreen):
    """What is open, and where each thing that happens goes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "toggle_conversations", "Conversations", id="chat.conversations"),
        Binding("f3", "toggle_source", "Source", id="chat.source"),
        Binding("f4", "documents", "Documents", id="chat.documents"),
        Binding("f5", "ask_again", "Ask again, replacing it", id="chat.ask_again", show=False),
        Binding("f6", "search", "Search", id="chat.search"),
        Binding("f7", "scope", "Scope", id="chat.scope"),
        Binding("f8", "edit_question", "Edit question", id="chat.edit", show=False),
        Binding("f9", "copy_turn", "Copy answer", id="chat.copy", show=False),
        Binding("ctrl+g", "explain", "Why this answer", id="chat.explain", show=False),
        Binding("ctrl+n", "new", "New", id="chat.new"),
        Binding("escape", "back_out", "Back", id="chat.back", show=False),
        Binding("ctrl+c", "interrupt", "Copy, cancel, clear, leave", id="chat.interrupt", show=False, priority=True),
        Binding("alt+n,alt+down", "step(1)", "Next citation", id="citation.next", show=False, priority=True),
        Binding("alt+p,alt+up", "step(-1)", "Previous citation", id="citation.previous", show=False, priority=True),
        Binding("n", "step(1)", "Next citation", id="citation.next_outside", show=False),
        Binding("p", "step(-1)", "Previous citation", id="citation.previous_outside", show=False),
        *(
            Binding(f"alt+{number}", f"open_citation({number})", f"Citation {number}", show=False, priority=True)
            for number in range(1, 10)
        ),
        *(
            Binding(f"{number}", f"open_citation({number})", f"Citation {number}", show=False)
            for number in range(1, 10)
        ),
    ]

    def __init__(self, paths: Sequence[str] = ()) -> None:
        """paths: added to the library when the chat opens."""
        super().__init__(paths)
        self._interrupted = -TWICE

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the moment between the first paint and the side panes, only what needs none of them works."""
        return super().check_action(action, parameters) if self.furnished.is_set() or action in EARLY else False

    def take_typing(self, event: events.Key) -> bool:
        """What is typed where it is no key that does something goes into the prompt."""
        editor = self.prompt.editor
        if self.focused is not editor and event.is_printable and event.key not in self.active_bindings:
            self.set_focus(editor)
        return False

    def on_paste(self, event: events.Paste) -> None:
        """So does what is pasted. The editor lets through what it has taken itself."""
        event.stop()
        if not self.prompt.editor.has_focus:
            self.set_focus(self.prompt.editor)
            if self.prompt.has_room_for(event.text):
                self.prompt.editor.insert(event.text)

    # What can be done from here

    @on(AddWanted)
    def _add_wanted(self, event: AddWanted) -> None:
        event.stop()
        self.prompt.editor.focus()
        self.action_add(*event.paths)

    @on(Beginning.SamplesWanted)
    def _samples_wanted(self, event: Beginning.SamplesWanted) -> None:
        from qa import sample_corpus

        event.stop()
        self.prompt.editor.focus()  # who has clicked types on, and Enter is not to add them once more
        self.action_add(str(sample_corpus()))

    def action_add(self, *paths: str) -> None:
        """Add these paths to the library, or those that are chosen where none are given."""
        from tui.screens.add import AddScreen

        def chosen(paths: tuple[str, ...] | None) -> None:
            if paths:
                self.quoth.adding.add(paths)

        chosen(paths) if paths else self.app.push_screen(AddScreen(), chosen)

    @on(PathsSent)
    def _paths_sent(self, event: PathsSent) -> None:
        event.stop()
        self.do(self._offer_to_add(event.text))

    async def _offer_to_add(self, text: str) -> None:
        """Ask whether to add the paths that were sent; where one of them is not there, it was no path."""
        paths = await asyncio.to_thread(_all_there, text)
        if not paths:
            written, self.prompt.text = self.prompt.text, text  # what was written since stays behind it
            self.prompt.send(paths=False)
            if written:
                self.prompt.text += written
            return

        def answered(yes: bool | None) -> None:
            self.quoth.adding.add(paths) if yes else self.prompt.give_back(text)

        what = "this" if len(paths) == 1 else f"these {len(paths)}"
        self.app.push_screen(Confirm(f"Add {what} to the library?", "\n".join(paths), yes="Add"), answered)

    def action_documents(self) -> None:
        """Show the documents."""
        from tui.screens.documents import DocumentsScreen

        self.app.push_screen(DocumentsScreen())

    def action_model(self) -> None:
        """Say what writes the answers."""
        if self.model == "quotes":
            said = "Answers are quotes from your documents, made without a language model. Nothing leaves this machine."
        else:
            said = (
                f"Answers are written by {self.model}, which is sent each question with the passages that are found; "
                "every sentence is compared with the documents. /model quotes goes back to quotes alone."
            )
        self.app.notify(said)

    async def _take_model(self, name: str) -> None:
        """Have this model write the answers for as long as the chat is open."""
        await self.quoth.engine.look(lambda library: library.check_model(name))
        self.asking.model = name
        await self._count()
        self.action_model()

    @on(CommandSent)
    def _command_sent(self, event: CommandSent) -> None:
        event.stop()
        self.do(self._command(event.name, event.argument))

    async def _command(self, name: str, given: str) -> None:
        await self.furnished.wait()
        match name:
            case "add":
                await self._add(given)
            case "sources":
                self.action_documents()
            case "scope" if given:
                self.do(self.limit(() if given.lower() == "all" else (given,)))
            case "scope":
                self.action_scope()
            case "model" if given:
                await self._take_model(given)
            case "model":
                self.action_model()
            case "explain":
                self.action_explain()
            case "search":
                self.action_search(given)
            case "export":
                self.action_export(given.strip("\"'"))
            case "new":
                self.action_new()
            case "rename":
                self.action_rename(given)
            case "delete":
                self.action_delete()
            case "help":
                self.quoth.action_help()
            case "quit":
                self.quoth.leave()

    async def _add(self, given: str) -> None:
        """Add the paths that were typed; where one does not exist, the line comes back to be mended."""
        paths = await asyncio.to_thread(paths_in, given) if given else ()
        if missing := await asyncio.to_thread(lambda: next((path for path in paths if not exists(path)), None)):
            self.prompt.give_back(f"/add {given}")
            raise InputError(f"there is no {missing}")
        self.action_add(*paths)

    def action_back_out(self) -> None:
        """Undo the nearest thing: what is offered, the answer that is coming, the add, a pane over the talk.

        Notices go with what is cancelled; alone they come before the panes.
        """
        if self.prompt.close():
            return
        noticed = self.quoth.clear_notices()
        if self.asking.current:
            self._cancel()
        elif self.quoth.adding.stops:
            self.quoth.adding.cancel()
        elif noticed:
            return
        elif self._narrow and self.conversations_open:
            self.conversations_open = False
        elif self._narrow and self.source_open:
            self.source_open = False
        self.prompt.editor.focus()

    def _cancel(self) -> None:
        """Stop answering, and give the question back to be changed."""
        turn = self.asking.cancel()
        if turn is not None and turn.conversation == self.session.id:
            self.prompt.give_back(self.as_typed(turn))

    def action_interrupt(self) -> None:
        """Ctrl+C: copy what is selected, else cancel, else empty the prompt, else leave at the second time."""
        editor = self.prompt.editor
        if selected := self.get_selected_text() or (editor.selected_text if editor.has_focus else ""):
            self.app.copy_to_clipboard(selected)
        elif self.asking.current or self.quoth.adding.stops:
            self.action_back_out()
        elif self.prompt.text:
            editor.clear()
        elif time.monotonic() - self._interrupted < TWICE:
            self.quoth.leave()
        else:
            self._interrupted = time.monotonic()
            self.app.notify("Press Ctrl+C again to leave.", timeout=TWICE)


def _all_there(text: str) -> tuple[str, ...]:
    """The paths of a text, absolute; none unless all of them exist."""
    paths = paths_in(text)
    return tuple(map(absolute, paths)) if all(map(exists, paths)) else ()
