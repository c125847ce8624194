"""Conversations in the chat: opening, naming, deleting, exporting, and which documents they search."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from qa.errors import InputError
from tui.messages import ConversationChosen
from tui.screens.confirm import Ask, Confirm
from tui.screens.talking import TalkingScreen

if TYPE_CHECKING:
    from qa import Library


class ConversingScreen(TalkingScreen):
    """What is done with a conversation as a whole."""

    @on(ConversationChosen)
    def _conversation_chosen(self, event: ConversationChosen) -> None:
        event.stop()
        self.prompt.editor.focus()
        self.do(self.open_conversation(event.conversation, event.turn))

    async def open_conversation(self, conversation: int, turn: int | None = None) -> None:
        """Show a stored conversation, at its end or at one of its turns; then look which citations are stale."""
        async with self.one:
            turns = await self.session.open(conversation)
            await self.talk.open(turns, len(self.quoth.sources), turn)
        self.show_scope()
        await self.list_conversations()
        for asked in [asked for asked in (self.asking.current, *self.asking.queued) if asked]:
            if view := self.talk.view(asked.id):
                view.show_doing("waiting")
        await self.look_for_stale()

    def action_new(self) -> None:
        """Begin a new conversation."""
        self.session.new()
        self.prompt.editor.focus()
        self.do(self._begin())

    async def _begin(self) -> None:
        await self.talk.begin(len(self.quoth.sources), self.starters)
        await self.list_conversations()

    def action_rename(self, title: str = "") -> None:
        """Rename the conversation at hand; asks for the title where none is given."""
        conversation = self._at_hand()
        if conversation is None:
            return

        def named(title: str | None) -> None:
            if title is not None:
                self.do(self._rename(conversation, title))

        named(title) if title else self.app.push_screen(Ask("The new title", self.session.title), named)

    async def _rename(self, conversation: int, title: str) -> None:
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
        self.asking.forget(conversation)
        opened = conversation == self.session.id
        await self.session.delete(conversation)
        if opened:
            await self.talk.begin(len(self.quoth.sources), self.starters)
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

    def _at_hand(self) -> int | None:
        """The conversation under the list's cursor while it has the focus, else the open one."""
        conversation = self.pane.at_hand or self.session.id
        if conversation is None:
            self.quoth.notify("There is no conversation yet; ask something first.")
        return conversation

    async def look_for_stale(self) -> None:
        """Mark the answers whose cited files are not as they were."""
        for view in self.talk.views():
            answer = view.turn.answer
            cited = {one.source: one.sha256 for one in answer.citations} if answer else {}
            if cited:
                view.show_states(await self.quoth.engine.look(partial(_states, cited)))

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


def _states(cited: Mapping[str, str], library: Library) -> dict[str, str]:
    """How each source stands to the file whose hash was cited."""
    return {source: library.state(source, sha256) for source, sha256 in cited.items()}
