"""The conversation that is open: its turns, which documents it searches, and what is done with it as a whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tui.names import name_below

if TYPE_CHECKING:
    from qa import Conversation, Conversations, Turn
    from tui.engine import Engine

T = TypeVar("T")


class Session:
    """One conversation, which is stored from its first question on. Every method may raise QuothError.

    Which conversation is open changes after a wait, so whoever calls these lets one end before the next begins.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.conversation: Conversation | None = None
        self.where: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the conversation is called; "" before it begins."""
        return self.conversation.title if self.conversation else ""

    @property
    def id(self) -> int | None:
        """The stored conversation's id; None before it begins."""
        return self.conversation.id if self.conversation else None

    def new(self) -> None:
        """Begin anew; the documents that are searched stay."""
        self.conversation = None

    async def conversations(self) -> Sequence[Conversation]:
        """Every conversation, newest first."""
        return await self._stored(lambda stored: stored.list())

    async def open(self, conversation: int) -> list[int]:
        """Go to a stored conversation, and return the ids of its turns."""
        found, turns = await self._stored(lambda stored: (stored.get(conversation), stored.numbers(conversation)))
        self.conversation, self.where = found, found.where
        return turns

    async def ask(self, question: str, where: tuple[str, ...] | None) -> Turn:
        """Store a question, in a conversation that is made where there is none yet."""
        limit = self.where if where is None else where

        opened = self.conversation

        def store(stored: Conversations) -> tuple[Conversation, Turn]:
            at = opened or stored.create(where=self.where)
            turn = stored.ask(at.id, question, where=limit)
            return stored.get(at.id), turn

        self.conversation, turn = await self._stored(store)
        return turn

    async def turns(self, turns: Sequence[int]) -> list[Turn]:
        """These turns as they are stored now."""
        return await self._stored(lambda stored: stored.some(turns))

    async def ask_again(self, turn: int) -> Turn:
        """Have a stored question answered once more."""
        return await self._stored(lambda stored: stored.ask_again(turn))

    async def limit(self, where: tuple[str, ...]) -> None:
        """Search these documents from the next question on; none means all."""
        if (conversation := self.conversation) is not None:
            await self._stored(lambda stored: stored.limit(conversation.id, where))
        self.where = where

    async def rename(self, conversation: int, title: str) -> None:
        """Give a conversation another title."""

        def store(stored: Conversations) -> Conversation:
            stored.rename(conversation, title)
            return stored.get(conversation)

        renamed = await self._stored(store)
        if conversation == self.id:
            self.conversation = renamed

    async def delete(self, conversation: int) -> None:
        """Delete a conversation for good."""
        await self._stored(lambda stored: stored.delete(conversation))
        if conversation == self.id:
            self.conversation = None

    async def export(self, conversation: int, to: str) -> str:
        """Write a conversation to a file, as JSON if its name ends so, else as Markdown; the file's path.

        to: the file; "" is one of the title's name in the working directory. A file that exists is never overwritten:
        asked for by name it raises FileExistsError, else another name is taken. Raises OSError.
        """

        def write(stored: Conversations) -> Path:
            from qa.exporting import to_json, to_markdown

            found, turns = stored.get(conversation), stored.turns(conversation)
            file = Path(os.path.expanduser(to)) if to else _free(found.title)  # noqa: PTH111 (which raises for no such user)
            text = (to_json if file.suffix.lower() == ".json" else to_markdown)(found, turns)
            with file.open("x", encoding="utf-8") as opened:
                opened.write(text)
            return file.absolute()

        return name_below(str(await self._stored(write)), "")

    async def _stored(self, work: Callable[[Conversations], T]) -> T:
        return await self._engine.keep(work)


def _free(title: str) -> Path:
    """A file of this title in the working directory that does not exist yet."""
    kept = "".join(character if character.isalnum() or character in " -_" else " " for character in title)
    name = " ".join(kept.split())[:60] or "conversation"
    names = (f"{name}{f' {number}' if number > 1 else ''}.md" for number in range(1, 1_000_000))
    return next(file for file in map(Path, names) if not file.exists())
