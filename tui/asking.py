"""The one way in which questions are answered: sent, asked again or retried, they wait in one queue."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qa import logs
from qa.errors import LibraryEmpty
from tui import garbage
from tui.faults import said

if TYPE_CHECKING:
    from qa import Answer, Conversations, Turn
    from tui.engine import Engine
    from tui.widgets.turn import TurnView

MOMENT = 0.1
"""Seconds between two looks whether the first documents have come."""

HISTORY = 100
"""Turns before a question that it may lean on. A model is sent what fits of them; a name that was said last before them
counts as a new one."""

EMPTY = "There are no documents yet; /add adds some, then ask again."
"""What the library's own error says is meant for the command line."""


class Asking:
    """Answers stored turns, one after the other, and keeps what became of each in the conversation.

    A turn is stored before it comes here and settled when it is done, so nothing that goes wrong can lose it. Its view
    is looked up anew for each step: another conversation may be open by then.
    """

    def __init__(
        self,
        engine: Engine,
        view: Callable[[int], TurnView | None],
        settled: Callable[[Turn], None],
        coming: Callable[[], bool],
    ) -> None:
        """view: of a turn, if it is shown. settled: told of each turn that is done, has failed or was cancelled.

        coming: whether there is nothing to search yet, but the first documents are being added.
        """
        self._engine, self._view, self._settled, self._coming = engine, view, settled, coming
        self._waiting: deque[Turn] = deque()
        self._arrived = asyncio.Event()
        self._current: Turn | None = None
        self._work: asyncio.Task[Turn] | None = None
        self.written = ""
        """What has come of the answer so far."""
        self.model: str | None = None
        """What writes the answers from now on; None is what the settings name."""

    @property
    def current(self) -> Turn | None:
        """The turn that is being answered."""
        return self._current

    @property
    def queued(self) -> tuple[Turn, ...]:
        """The turns that wait behind it."""
        return tuple(self._waiting)

    @property
    def pending(self) -> tuple[Turn, ...]:
        """Both: every turn that has no answer yet."""
        return (self._current, *self._waiting) if self._current else self.queued

    def put(self, turn: Turn) -> None:
        """Answer this turn after those that wait."""
        self._waiting.append(turn)
        self._arrived.set()

    def cancel(self) -> Turn | None:
        """Give up the turn that is being answered, and return it; None where there is none any more."""
        if self._work is None or self._work.done():
            return None
        self._work.cancel()
        return self._current

    def forget(self, conversation: int) -> None:
        """Drop the turns of a conversation that is deleted."""
        self._waiting = deque(turn for turn in self._waiting if turn.conversation != conversation)
        if self._current is not None and self._current.conversation == conversation:
            self.cancel()

    async def run(self) -> None:
        """Answer turns for as long as the chat is open. What goes wrong in showing one is raised; run it again then."""
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            self._current = turn = self._waiting.popleft()
            self.written = ""
            self._work = work = asyncio.create_task(self._answer(turn))
            await asyncio.wait({work})
            turn = await self._keep(turn, work)
            self._current = self._work = None
            try:
                if view := self._view(turn.id):
                    view.show(turn)
            finally:
                self._settled(turn)

    async def _answer(self, turn: Turn) -> Turn:
        """Stream the answer into the view, and store it when it is whole."""
        from qa import Done, Found, Text  # not before the first paint

        while self._coming():
            self._show(turn, "waiting for the first documents")
            await asyncio.sleep(MOMENT)
        self._show(turn, "searching")
        logs.content("question: %s", turn.question)
        history = await self._engine.keep(lambda stored: stored.history(turn.conversation, turn.id, HISTORY))
        async for event in self._engine.stream(turn.question, history=history, where=turn.where, model=self.model):
            if isinstance(event, Found):
                self._show(turn, "reading")
            elif isinstance(event, Text):
                garbage.pass_over(self.model)
                self.written += event.text
                if view := self._view(turn.id):
                    view.write(event.text)
            elif isinstance(event, Done):
                logs.answered(event.answer)
                return await self._engine.keep(partial(_finish, turn.id, event.answer))
        raise AssertionError("a stream ends with Done")

    async def _keep(self, turn: Turn, work: asyncio.Task[Turn]) -> Turn:
        """The turn as it is stored now, whatever became of the work."""
        try:
            if work.cancelled():
                return await self._engine.keep(lambda stored: stored.cancel(turn.id))
            if (error := work.exception()) is None:
                return work.result()
            reason = EMPTY if isinstance(error, LibraryEmpty) else said(error)
            return await self._engine.keep(lambda stored: stored.fail(turn.id, reason))
        except Exception as error:  # its conversation has been deleted meanwhile, or cannot be written to
            return replace(turn, status="failed", error=said(error))

    def _show(self, turn: Turn, doing: str) -> None:
        if view := self._view(turn.id):
            view.show_doing(doing)


def _finish(turn: int, answer: Answer, stored: Conversations) -> Turn:
    return stored.finish(turn, answer)
