"""The library on worker threads, so that the screen never waits for it.

There are four lanes, each a thread that does one thing after the other: asking, writing (adding, removing), keeping
(conversations, which must not wait for a large text) and looking (lists, texts); and with the setting chat.watch a
fifth, which waits for files to change. The threads are daemons: leaving the chat waits for none of them, and what was
committed is kept whenever they end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from qa.logs import log

if TYPE_CHECKING:
    from pathlib import Path

    from qa import Answer, Conversations, Event, IndexReport, Library, Message
    from qa.types import OnProgress

T = TypeVar("T")

BACKGROUND = 10
"""Niceness of the thread that writes, where threads have one (Linux): keys and answers go first."""


class Engine:
    """One library, opened when it is first needed."""

    def __init__(self, library: str | None = None) -> None:
        """library: a name or path; None is the one that the settings name."""
        self.name = library or ""
        """What the library was opened by; "" for the one that the settings name."""
        self._library: Library | None = None
        self._opening = threading.Lock()
        self._asking, self._looking, self._keeping = _Lane("asking"), _Lane("looking"), _Lane("keeping")
        self._writing, self._watching = _Lane("writing", BACKGROUND), _Lane("watching", BACKGROUND)

    async def look(self, work: Callable[[Library], T]) -> T:
        """What the work returns: a short read of the library."""
        return await self._looking.run(lambda: work(self._opened()))

    async def keep(self, work: Callable[[Conversations], T]) -> T:
        """What the work returns: reading or writing conversations."""
        return await self._keeping.run(lambda: work(self._opened().conversations()))

    async def prepare(self, progress: OnProgress | None = None) -> None:
        """Load what answering needs; told of the compiling of the model. Raises QuothError."""
        await self._asking.run(lambda: self._opened().prepare(progress))

    async def starters(self) -> list[str]:
        """Questions to begin with, which the documents answer."""
        return await self._asking.run(lambda: self._opened().starters())

    async def stream(
        self, question: str, *, history: Sequence[Message] = (), where: Sequence[str] = (), model: str | None = None
    ) -> AsyncIterator[Event]:
        """The events of an answer. Closing the iterator stops the work, and a request at a model. Raises QuothError."""

        def ask(tell: Callable[[Event], None], stopped: threading.Event) -> None:
            given = self._opened().stream(
                question, history=history, where=list(where) or None, model=model, cancel=stopped
            )
            with contextlib.closing(given):  # type: ignore[type-var]  # an iterator in its type, a generator in truth
                for event in given:
                    if stopped.is_set():
                        return
                    tell(event)

        async with contextlib.aclosing(_told(self._asking, ask)) as events:
            async for event in events:
                yield event

    async def watch(self) -> AsyncGenerator[Sequence[Path] | str, None]:
        """What is to be looked at again, each time that files changed, and lines that a person should read. Closing the
        iterator ends the watching. Raises QuothError where it is not possible."""

        def wait(tell: Callable[[Sequence[Path] | str], None], stopped: threading.Event) -> None:
            from qa.watching import require
            from qa.watching.noticing import Watcher

            require()
            for roots in Watcher(self._opened(), None, stopped, tell):
                tell(roots)

        async with contextlib.aclosing(_told(self._watching, wait)) as changes:
            async for change in changes:
                yield change

    async def explain(self, question: str, *, history: Sequence[Message] = (), where: Sequence[str] = ()) -> Answer:
        """The answer in quotes, with its explanation; no model is asked. Raises QuothError."""
        return await self._asking.run(
            lambda: self._opened().ask(
                question, history=history, where=list(where) or None, model="quotes", explain=True
            )
        )

    async def write(self, work: Callable[[Library], IndexReport]) -> IndexReport:
        """Add, update or remove; one such work at a time. Raises QuothError."""
        return await self._writing.run(lambda: work(self._opened()))

    def close(self, patience: float) -> bool:
        """Close the library; False if a lane is still at work after `patience` seconds, and the library stays open."""
        ends = time.monotonic() + patience
        lanes = (self._asking, self._looking, self._keeping, self._writing, self._watching)
        idle = all(lane.wait(ends - time.monotonic()) for lane in lanes)
        if idle and self._library is not None:
            self._library.close()
            self._library = None  # the model goes with it
        for lane in lanes:
            lane.end()
        return idle

    def _opened(self) -> Library:
        with self._opening:
            if self._library is None:
                from qa import Library

                self._library = Library(self.name or None)
                log.info("library %s", self._library.name)
            return self._library


async def _told(lane: _Lane, work: Callable[[Callable[[T], None], threading.Event], None]) -> AsyncGenerator[T, None]:
    """What the work on a lane tells, as it comes, and what it raises. Closing the iterator sets the work's event."""
    told: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()
    loop, stopped = asyncio.get_running_loop(), threading.Event()

    def tell(item: T) -> None:
        loop.call_soon_threadsafe(told.put_nowait, (item,))

    done = asyncio.ensure_future(lane.run(lambda: work(tell, stopped)))
    done.add_done_callback(lambda done: told.put_nowait(None if done.cancelled() else done.exception()))
    try:
        while (item := await told.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        stopped.set()


class _Lane:
    """A daemon thread that does one work after the other."""

    def __init__(self, name: str, niceness: int = 0) -> None:
        self._name, self._niceness = name, niceness
        self._works: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def wait(self, seconds: float) -> bool:
        """Whether nothing is left to do, now or within these seconds."""
        with self._works.all_tasks_done:
            return self._works.all_tasks_done.wait_for(lambda: not self._works.unfinished_tasks, max(seconds, 0))

    def end(self) -> None:
        """Let the thread end after what it still has to do."""
        if self._thread is not None:
            self._works.put(None)
            self._thread = None

    async def run(self, work: Callable[[], T]) -> T:
        """Wait, without blocking the event loop, for what the work returns or raises."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=f"quoth {self._name}", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()

        def settle(value: T | None, error: BaseException | None) -> None:
            if result.done():  # whoever waited has gone
                return
            if error is not None:
                result.set_exception(error)
            else:
                result.set_result(value)  # type: ignore[arg-type]

        def done() -> None:
            value: T | None = None
            error: BaseException | None = None
            if not result.cancelled():
                try:
                    value = work()
                except BaseException as raised:
                    error = raised
            with contextlib.suppress(RuntimeError):  # the event loop has ended
                loop.call_soon_threadsafe(settle, value, error)

        self._works.put(done)
        return await result

    def _serve(self) -> None:
        if self._niceness and hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        while (work := self._works.get()) is not None:
            work()
            del work  # what it refers to may go while nothing is to be done
            self._works.task_done()
        self._works.task_done()
