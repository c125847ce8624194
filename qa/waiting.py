"""Waiting for events and for work on another thread, and giving up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing, suppress
from typing import Any, cast

from qa.types import Answer, Done, Event, IndexReport


def until(events: Generator[Event, None, None], cancel: threading.Event) -> Iterator[Event]:
    """The events, none of them after `cancel` was set."""
    with closing(events):
        while not cancel.is_set() and (event := next(events, None)) is not None and not cancel.is_set():
            yield event


async def each(events: Iterator[Event], cancel: threading.Event) -> AsyncGenerator[Event, None]:
    """The events, as they come. When nobody waits for them any more, `cancel` is set, and they are closed."""
    try:
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event
    finally:
        cancel.set()
        with suppress(ValueError):  # another thread is at work on them, and ends for itself
            await asyncio.to_thread(cast("Generator[Event, None, None]", events).close)  # a request may take a moment


async def answer(events: AsyncIterator[Event]) -> Answer:
    """The answer that a stream ends with. Cancelling the task closes the stream, which gives up at a model."""
    async with aclosing(cast("AsyncGenerator[Event]", events)) as open_events:
        async for event in open_events:
            if isinstance(event, Done):
                return event.answer
    raise AssertionError("a stream ends with Done")


async def cancellable(
    verb: Callable[..., IndexReport], *given: Any, cancel: threading.Event | None, **options: Any
) -> IndexReport:
    """What the verb returns. Cancelling the task sets the verb's `cancel`, and waits until it has stopped."""
    stop = cancel or threading.Event()
    work = asyncio.ensure_future(asyncio.to_thread(verb, *given, cancel=stop, **options))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        await work
        raise
