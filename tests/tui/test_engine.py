"""The library on worker threads: order, errors, cancelling, and nothing on the event loop."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from qa import Done, InputError, Library, LibraryEmpty
from tui.engine import Engine


async def test_looking_happens_on_another_thread(library: Path) -> None:
    engine = Engine(str(library))
    thread, documents = await engine.look(lambda opened: (threading.current_thread(), len(opened.sources())))
    assert thread is not threading.main_thread()
    assert thread.daemon
    assert documents > 10


async def test_an_error_reaches_whoever_asked(tmp_path: Path) -> None:
    engine = Engine(str(tmp_path / "none"))
    with pytest.raises(LibraryEmpty):
        await engine.prepare()
    with pytest.raises(InputError):
        await engine.look(lambda _: _raise(InputError("no")))


async def test_a_stream_ends_with_the_answer(library: Path) -> None:
    engine = Engine(str(library))
    events = [event async for event in engine.stream("When did they first meet?")]
    assert isinstance(events[-1], Done)
    assert events[-1].answer.citations


async def test_a_stream_raises_what_went_wrong(library: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        [event async for event in Engine(str(library)).stream(" ")]


async def test_a_stream_that_is_given_up_leaves_the_engine_free(library: Path) -> None:
    engine = Engine(str(library))
    stream = engine.stream("When did they first meet?")
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    assert [event async for event in engine.stream("Who met in Hanoi?")]


async def test_works_of_one_lane_wait_for_each_other_and_lanes_do_not(library: Path) -> None:
    engine = Engine(str(library))
    held, said = threading.Event(), []

    def slow(_: Library) -> None:
        held.wait(30)
        said.append("slow")

    first = asyncio.ensure_future(engine.look(slow))
    second = asyncio.ensure_future(engine.look(lambda _: said.append("second")))
    assert [event async for event in engine.stream("Who met in Hanoi?")]
    assert said == []
    held.set()
    await asyncio.gather(first, second)
    assert said == ["slow", "second"]


async def test_work_that_nobody_waits_for_any_more_is_not_begun(library: Path) -> None:
    engine, held, said = Engine(str(library)), threading.Event(), []
    first = asyncio.ensure_future(engine.look(lambda _: held.wait(30)))
    second = asyncio.ensure_future(engine.look(lambda _: said.append("second")))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    held.set()
    await first
    await engine.look(lambda _: said.append("third"))
    assert said == ["third"]


def _raise(error: Exception) -> None:
    raise error
