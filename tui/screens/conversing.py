"""Conversations in the chat: opening, naming, deleting, exporting, and which documents they search."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from qa.errors import InputError, QuothError
from tui.messages import ConversationChosen, MoreShown
from tui.screens.confirm import Ask, Confirm
from tui.screens.talking import TalkingScreen

if TYPE_CHECKING:
    from qa import Conversations, Library, Turn

ELSEWHERE = "being answered in another window"
"""What is said of a turn that another chat on the library has asked."""

LOOK = 1.0
"""Seconds between two looks whether it is done."""


class ConversingScreen(TalkingScreen):
    """What is done with a conversation as a whole."""

    def __init__(self, paths: Sequence[str] = ()) -> None:
        """paths: added to the library when the chat opens."""
        super().__init__(paths)
        self._watching: asyncio.Task[None] | None = None

    @on(ConversationChosen)
    def _conversation_chosen(self, event: ConversationChosen) -> None:
        event.stop()
        self.prompt.editor.focus()
        self.do(self.open_conversation(event.conversation, event.turn))

    async def open_conversation(self, conversation: int, turn: int | None = None) -> None:
        """Show a stored conversation, at its end or at one of its turns; then look which citations are stale."""
        async with self.one:
            turns = await self.session.open(conversation)
            await self.talk.open(turns, turn)
            self.close_place()
            await self._go_on()
        self.show_scope()
        await self.list_conversations()
        await self.look_for_stale()

    async def _go_on(self) -> None:
        """Show how far the turns are that had no answer when they were read; some may have been answered since."""
        for turn in self.asking.pending:
            if (view := self.talk.view(turn.id)) and not view.doing:
                view.show_doing("answering" if turn is self.asking.current else "waiting")
                if turn is self.asking.current and self.asking.written:
                    view.write(self.asking.written)
        for view in self.talk.views():
            if view.turn.status == "asked" and not view.doing:
                view.show_doing(ELSEWHERE)
        if self._watching is None or self._watching.done():
            self._watching = self.spawn(self._watch())

    async def _watch(self) -> None:
        """Look for the answers that another chat is giving, for as long as turns of them are shown."""
        while asked := [view.turn for view in self.talk.views() if view.doing == ELSEWHERE]:
            done = [turn for turn in await self._looked_up(asked) if turn.status != "asked"]
            for turn in done:
                if (view := self.talk.view(turn.id)) and view.doing == ELSEWHERE:
                    view.show(turn)
            if done:
                await self.look_for_stale()
            else:
                await asyncio.sleep(LOOK)

    async def _looked_up(self, turns: Sequence[Turn]) -> list[Turn]:
        """Turns of another chat as they are stored now; those of one that has ended are cancelled."""

        def look(stored: Conversations) -> list[Turn]:
            stored.interrupted()
            return [stored.turn(turn.id) for turn in turns]

        try:
            return await self.quoth.engine.keep(look)
        except QuothError as error:  # such as a conversation that was deleted there
            return [replace(turn, status="failed", error=str(error)) for turn in turns]

    def action_new(self) -> None:
        """Begin a new conversation."""
        self.prompt.editor.focus()
        self.do(self._new())

    async def _new(self) -> None:
        async with self.one:
            self.session.new()
        await self._begun()

    async def _begun(self) -> None:
        """Nothing is open any more."""
        self.close_place()
        if not self.starters and self.quoth.sources and not self.busy:
            self.starters = await self.quoth.engine.starters()
        await self.begin()
        await self.list_conversations()

    def action_rename(self, title: str = "") -> None:
        """Rename the conversation at hand; asks for the title where none is given."""
        conversation = self._at_hand()
        if conversation is None:
            return

        def named(title: str | None) -> None:
            if title is not None:
                self.do(self._rename(conversation, title))

        now = self.pane.title_of(conversation) or self.session.title
        named(title) if title else self.app.push_screen(Ask("The new title", now), named)

    async def _rename(self, conversation: int, title: str) -> None:
        async with self.one:
            await self.session.rename(conversation, title)
        await self.list_conversations()

    def action_delete(self) -> None:
        """Delete the conversation at hand, after a question."""
        conversation = self._at_hand()
        if conversation is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(self._delete(conversation))

        title = self.pane.title_of(conversation) or self.session.title
        self.app.push_screen(Confirm("Delete this conversation for good?", title, yes="Delete"), answered)

    async def _delete(self, conversation: int) -> None:
        async with self.one:
            await self.session.delete(conversation)
            self.asking.forget(conversation)
        if self.session.conversation is None:
            await self._begun()
        else:
            await self.list_conversations()

    def action_export(self, to: str = "") -> None:
        """Write the conversation at hand to a file."""
        conversation = self._at_hand()
        if conversation is not None:
            self.do(self._export(conversation, to))

    async def _export(self, conversation: int, to: str) -> None:
        try:
            self.app.notify(f"Exported to {await self.session.export(conversation, to)}")
        except FileExistsError:
            raise InputError(f"{to} exists already, and is left as it is; give another name: /export FILE.md") from None
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(f"there is no folder {os.path.dirname(to)}; make it, or name another file") from None  # noqa: PTH120 (~ stays)

    def _at_hand(self) -> int | None:
        """The conversation under the list's cursor while it has the focus, else the open one."""
        conversation = self.pane.at_hand or self.session.id
        if conversation is None:
            self.quoth.notify("There is no conversation yet; ask something first.")
        return conversation

    def close_place(self) -> None:
        """Show no source: what was open belonged to another talk."""
        self.at, self.unshown = None, frozenset()
        if self.furnished.is_set():
            self.source.clear()

    async def library_changed(self) -> None:
        """As before; and the answers that are shown may rest on other files now, or be gone with what they quoted."""
        await super().library_changed()
        async with self.one:
            changed = self.talk.renew(await self.session.turns([view.turn.id for view in self.talk.views()]))
            if self.at and self.at[0] in changed and (view := self.talk.view(self.at[0])):
                view.show_open(None)
                self.close_place()
            elif self.furnished.is_set() and (place := self.source.place):
                hashes = {source.source: source.sha256 for source in self.quoth.sources}
                await self.source.renew(hashes.get(place.source))
        await self.look_for_stale()

    def on_screen_resume(self) -> None:
        """The chat is in front again: its files may have changed meanwhile."""
        self.look_at_files()

    def look_at_files(self) -> None:
        """Look for answers that are stale by now, once the chat is there."""
        if self.furnished.is_set():
            self.do(self.look_for_stale())

    @on(MoreShown)
    def _more_shown(self) -> None:
        self.do(self._look_at_more())

    async def _look_at_more(self) -> None:
        async with self.one:
            await self._go_on()
        await self.look_for_stale()

    async def look_for_stale(self) -> None:
        """Mark the answers whose cited files are not as they were."""
        cited = {
            view: {one.source: one.sha256 for one in view.turn.answer.citations}
            for view in self.talk.views()
            if view.turn.answer and view.turn.answer.citations
        }
        if not cited:
            return
        states = await self.quoth.engine.look(partial(_states, list(cited.values())))
        for (view, hashes), found in zip(cited.items(), states, strict=True):
            answer = view.turn.answer  # which may be another by now
            if answer and hashes == {one.source: one.sha256 for one in answer.citations}:
                view.show_states(found)

    def action_edit_question(self, turn: int | None = None) -> None:
        """Put a question into the prompt, to be changed and sent anew."""
        view = self.talk.view(turn) if turn is not None else self.talk.at_hand()
        if view is not None:
            self.prompt.give_back(self.as_typed(view.turn), replace=True)
            self.prompt.editor.focus()

    def as_typed(self, turn: Turn) -> str:
        """A question as it would be typed now: with the documents that it alone was limited to."""
        return self.prompt.with_names(turn.question, turn.where if turn.where != self.session.where else ())

    def action_copy_turn(self, turn: int | None = None) -> None:
        """Copy a question with its answer and citations."""
        view = self.talk.view(turn) if turn is not None else self.talk.at_hand()
        if view is not None:
            answer = view.turn.answer
            self.app.copy_to_clipboard(f"{view.turn.question}\n\n{answer if answer else view.turn.error or ''}".strip())

    def action_explain(self) -> None:
        """Say why the answer at hand is as it is."""
        from tui.screens.explain import ExplainScreen

        view = self.talk.at_hand()
        if view is None or view.doing or view.turn.answer is None:
            self.quoth.notify("There is no answer yet that could be explained; ask something first.")
            return
        self.app.push_screen(ExplainScreen(view.turn, view.turn.answer))

    # Which documents are searched

    def action_scope(self) -> None:
        """Choose which documents are searched."""
        from tui.screens.scope import ScopeScreen

        def chosen(where: tuple[str, ...] | None) -> None:
            if where is not None:
                self.do(self.limit(where))

        self.app.push_screen(ScopeScreen(self.session.where), chosen)

    async def limit(self, where: tuple[str, ...]) -> None:
        """Search these documents from now on; a pattern that fits none is refused."""
        if where and not await self.quoth.engine.look(lambda library: library.sources(where)):
            raise InputError(f"no document fits {', '.join(where)}; /sources lists them, /scope all searches them all")
        async with self.one:
            await self.session.limit(where)
        self.show_scope()

    # Finding again

    def action_search(self, words: str = "") -> None:
        """Search everything ever asked and answered."""
        from tui.screens.search import SearchScreen

        def found(hit: tuple[int, int] | None) -> None:
            if hit is not None:
                self.post_message(ConversationChosen(*hit))

        self.app.push_screen(SearchScreen(words), found)


def _states(cited: Sequence[Mapping[str, str]], library: Library) -> list[dict[str, str]]:
    """Of each answer, how its sources stand to the files whose hashes were cited."""
    return [{source: library.state(source, sha256) for source, sha256 in hashes.items()} for hashes in cited]
