"""A request that nobody waits for is closed at the provider, at once, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

import qa
from qa import Library
from qa.types import Done, Event, Text

from .conftest import KEY, QUESTION, Open, Serve, address
from .servers import OPENAI, PIECES, SPEECHES, Handler, Server, Speech, silent

each_provider = pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.provider)
each_moment = pytest.mark.parametrize("moment", ["before", "within"])

WAIT = 20
"""Seconds that a test waits at most for something that takes a moment."""

ASKED = "When did Donald Trump and Kim Jong Un first meet?"


def serving(moment: str, speech: Speech, serve: Serve) -> Server:
    """A server that never answers, or halts within an answer."""
    return serve(silent if moment == "before" else speech.halting)


def cancelled_when_waiting(server: Server) -> threading.Event:
    """An Event that is set, by another thread, when the server holds a request open."""
    cancel = threading.Event()

    def watch() -> None:
        server.waiting.wait(WAIT)
        cancel.set()

    threading.Thread(target=watch).start()
    return cancel


@each_provider
def test_cancelling_closes_a_request_that_is_not_answered(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(silent)
    reply = opened(speech, server.url).reply(QUESTION, cancelled_when_waiting(server))
    assert list(reply) == []
    assert reply.cancelled
    assert server.left.wait(WAIT)


@each_provider
def test_cancelling_within_an_answer_closes_the_request(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(speech.halting)
    cancel = threading.Event()
    reply = opened(speech, server.url).reply(QUESTION, cancel)
    for piece in reply:
        assert piece == PIECES[0]
        cancel.set()
    assert reply.cancelled
    assert server.left.wait(WAIT)


@each_provider
def test_leaving_off_closes_the_request(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(speech.halting)
    pieces = iter(opened(speech, server.url).reply(QUESTION))
    assert next(pieces) == PIECES[0]
    assert not server.left.is_set()
    pieces.close()  # type: ignore[attr-defined]
    assert server.left.wait(WAIT)


def test_cancelling_closes_the_request_of_a_reader_who_does_not_read(serve: Serve, opened: Open) -> None:
    server = serve(OPENAI.halting)
    cancel = threading.Event()
    pieces = iter(opened(OPENAI, server.url).reply(QUESTION, cancel))
    assert next(pieces) == PIECES[0]
    cancel.set()
    assert server.left.wait(WAIT)
    assert list(pieces) == []


def test_nothing_is_sent_that_is_not_wanted(serve: Serve, opened: Open) -> None:
    server = serve(OPENAI.whole)
    cancel = threading.Event()
    cancel.set()
    reply = opened(OPENAI, server.url).reply(QUESTION, cancel)
    assert list(reply) == []
    assert reply.cancelled
    assert server.asked == []


def test_an_endless_answer_is_closed(serve: Serve, opened: Open) -> None:
    closed = threading.Event()

    def endless(handler: Handler) -> None:
        handler.begin()
        try:
            while True:
                handler.say(OPENAI.first)
        except OSError:
            closed.set()
            handler.drop()

    server = serve(endless)
    pieces = iter(opened(OPENAI, server.url).reply(QUESTION))
    assert [next(pieces) for _ in range(50)] == [PIECES[0]] * 50
    pieces.close()  # type: ignore[attr-defined]
    assert closed.wait(WAIT)


def test_one_thread_serves_all_requests(serve: Serve, opened: Open) -> None:
    server = serve(OPENAI.whole)
    model = opened(OPENAI, server.url)
    for _ in range(5):
        assert tuple(model.reply(QUESTION)) == PIECES
    assert [one.name for one in threading.enumerate()].count("quoth models") == 1
    assert all(one.daemon for one in threading.enumerate() if one.name.startswith(("quoth", "asyncio")))


def stream(library: Library, name: str, cancel: threading.Event | None = None) -> Iterator[Event]:
    return library.stream(ASKED, model=name, cancel=cancel)


Asked = Callable[[Speech, str], tuple[Library, str]]


@pytest.fixture
def asked(sample_library: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """A library, and the name of a model at a server."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with Library(sample_library) as library:
        yield lambda speech, url: (library, address(speech, url, "m", monkeypatch))


@each_provider
def test_closing_a_stream_of_a_library_closes_the_request(speech: Speech, serve: Serve, asked: Asked) -> None:
    server = serve(speech.halting)
    events = stream(*asked(speech, server.url))
    assert next(event for event in events if isinstance(event, Text)).text == PIECES[0]
    events.close()  # type: ignore[attr-defined]
    assert server.left.wait(WAIT)


@each_moment
def test_cancelling_a_stream_of_a_library_ends_it_without_an_answer(moment: str, serve: Serve, asked: Asked) -> None:
    server = serving(moment, OPENAI, serve)
    cancel = cancelled_when_waiting(server)
    assert not any(isinstance(event, Done) for event in stream(*asked(OPENAI, server.url), cancel))
    assert server.left.wait(WAIT)


async def streamed(library: Library, name: str) -> None:
    async for _ in library.astream(ASKED, model=name):
        pass


ASYNCHRONOUS: dict[str, Callable[[Library, str], Coroutine[Any, Any, object]]] = {
    "Library.astream": streamed,
    "Library.aask": lambda library, name: library.aask(ASKED, model=name),
    "aask": lambda library, name: qa.aask(ASKED, library=library.folder, model=name),
}


@each_moment
@pytest.mark.parametrize("way", ASYNCHRONOUS)
async def test_cancelling_the_task_of_who_asks(way: str, moment: str, serve: Serve, asked: Asked) -> None:
    server = serving(moment, OPENAI, serve)
    task = asyncio.create_task(ASYNCHRONOUS[way](*asked(OPENAI, server.url)))
    assert await asyncio.to_thread(server.waiting.wait, WAIT)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.left.wait, WAIT)


async def test_closing_an_asynchronous_stream(serve: Serve, asked: Asked) -> None:
    server = serve(OPENAI.halting)
    library, name = asked(OPENAI, server.url)
    events = library.astream(ASKED, model=name)
    async for event in events:
        if isinstance(event, Text):
            break
    await events.aclose()  # type: ignore[attr-defined]
    assert await asyncio.to_thread(server.left.wait, WAIT)
