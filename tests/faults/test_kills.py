"""kill -9 and Ctrl-C at every named step: what was reported indexed answers, and a rerun ends where it would have."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.dying import STEPS, Moment
from tests.faults.warm import Warm
from tests.faults.world import World

RecordProperty = Callable[[str, object], None]

SEED = int(os.environ.get("KILLS_SEED", "4711"))
"""Of the random order of kills; another one with KILLS_SEED=... in the environment."""

IN_CHILD = {
    "the index is written": 1,
    "Chroma is opened": 2,
    "Chroma is given chunks": 1,
    "the index is tried": 1,
    "a file is hashed": 4,
}
"""Steps of the process that writes the index, and how often each begins there."""

ANY_TIME = "at any time"

SERIES = 8
"""Kills after which everything is run again to its end and compared with a library that nothing happened to."""


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with Warm(tmp_path_factory.mktemp("warm")) as warm:
        yield warm


SEEN: dict[str, Counter[tuple[str, str]]] = {}
"""By work, how often each of its steps begins and ends when nothing happens; filled by `measured`."""


@pytest.fixture(scope="module")
def measured(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> None:
    world = World(warm, tmp_path_factory.mktemp("measured"), random.Random(1))  # noqa: S311
    for name, *arguments in (
        ("add", [str(world.files)]),
        ("rebuild", True),
        ("remove", [str(world.files / "note-1.md"), str(world.files / "note-2.md")]),
        ("update",),
    ):
        ended = warm.call(name, world.library, *arguments)
        assert ended.code == 0, ended.err
        SEEN[name] = Counter(ended.seen)
        world.change()
    world.write("killed.md")
    died = warm.call("update", world.library, moment=Moment("documents are swept", "call", 1))
    assert died.code == -signal.SIGKILL
    SEEN["update"] |= Counter(warm.call("update", world.library).seen)  # it also drops what the killed one left


def moment_of(work: str, chance: random.Random, met: Counter[str], **how: Any) -> Moment:
    """A step that this work was seen to have, rather one that met less so far, at one of the times that it comes."""
    steps = sorted({*SEEN[work], *((step, event) for step in IN_CHILD for event in ("call", "return"))})
    [(step, event)] = chance.choices(steps, [1 / (1 + met[step]) ** 2 for step, _ in steps])
    most = IN_CHILD[step] if step in IN_CHILD else SEEN[work][step, event]
    return Moment(step, event, chance.randint(1, chance.randint(1, most)), **how)


def kill(world: World) -> bool:
    """Do something that is killed, one time in eight at any time; False where it came to its end before that."""
    work, arguments, after = world.work()
    moment, seconds = None, None
    if world.chance.random() < 1 / 8:
        seconds = world.chance.uniform(0.005, 0.4)
    else:
        moment = moment_of(work, world.chance, world.met)
        if moment.step in IN_CHILD:
            moment = replace(moment, to=world.chance.choice(["self", "parent"]))
    ended = world.warm.call(work, *arguments, moment=moment, after=seconds)
    what = f"KILLS_SEED={SEED}, {work} {moment or seconds}"
    world.check(after, ended, what)
    killed = ended.code == -signal.SIGKILL or "exit code -9" in ended.err
    assert killed or ended.code == 0, (what, ended.err)
    if killed:
        world.meets(work, moment.step if moment else ANY_TIME)
    return killed


def interrupt(world: World) -> bool:
    """Do something with the quoth command that Ctrl-C interrupts; False where it came to its end all the same."""
    work, arguments, after = world.work()
    library, *given = arguments
    if work == "rebuild":
        given = ["--embed"] if given[0] else []
    elif given:
        [given] = given
    moment = moment_of(work, world.chance, world.met, signal=signal.SIGINT, to="group")
    ended = world.warm.call("command", [work, *given, "--library", library], moment=moment)
    what = f"KILLS_SEED={SEED}, {work} {moment}"
    world.check(after, ended, what)
    assert ended.code in (0, 4, 130), (what, ended)  # 4: a file was left out, as always here
    if ended.code == 130:
        [line] = ended.err.splitlines()
        assert line.startswith(("quoth: interrupted", "Interrupted. What was finished is kept")), (what, line)
        world.meets(work, moment.step)
    else:
        assert ended.err == "", (what, ended.err)
    return ended.code == 130


def until(
    count: int, once: Callable[[World], bool], warm: Warm, folder: Path, seed: int, steps_to_meet: Collection[str] = ()
) -> tuple[Counter[str], int]:
    """Do it until so many processes have died, in short series that each begin with an empty library and are compared.

    steps_to_meet: go on until each has been met, at most to twice the count: which work comes to a step is left to
    what the kills before it left behind. Returns how many died at each step, and how many questions were asked after.
    """
    chance = random.Random(seed)  # noqa: S311
    print(f"KILLS_SEED={SEED}")
    steps, met, questions, number = Counter[str](), Counter[str](), 0, 0
    while (left := count - steps.total()) > 0 or (left > -count and not met.keys() >= {*steps_to_meet}):
        number += 1
        world = World(warm, folder / str(number), chance, met)
        for _ in range(3 * SERIES):
            once(world)
            if world.steps.total() == (min(SERIES, left) if left > 0 else SERIES):
                break
        world.end()
        steps, questions = steps + world.steps, questions + world.questions
        shutil.rmtree(world.folder)
    return steps, questions


def test_a_document_that_was_reported_outlives_kills(
    warm: Warm, measured: None, tmp_path: Path, record_property: RecordProperty
) -> None:
    told(record_property, "kills survived", *until(8, kill, warm, tmp_path, SEED))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_kills(warm: Warm, measured: None, tmp_path: Path, record_property: RecordProperty) -> None:
    every = {*STEPS, ANY_TIME}
    steps, questions = until(200, kill, warm, tmp_path, SEED + 1, every)
    assert {step.partition(": ")[2] for step in steps} == every
    told(record_property, "kills survived", steps, questions)


def test_an_interrupt_says_so_in_a_line(
    warm: Warm, measured: None, tmp_path: Path, record_property: RecordProperty
) -> None:
    told(record_property, "interrupts survived", *until(5, interrupt, warm, tmp_path, SEED))


@pytest.mark.slow
def test_interrupts_at_every_step(warm: Warm, measured: None, tmp_path: Path, record_property: RecordProperty) -> None:
    told(record_property, "interrupts survived", *until(60, interrupt, warm, tmp_path, SEED + 1))


def told(record_property: RecordProperty, name: str, steps: Counter[str], questions: int) -> None:
    """Say what was measured; that nothing was lost was asserted each time."""
    record_property(name, steps.total())
    record_property("documents lost", 0)
    record_property("wrong answers after a fault", 0)
    record_property("questions asked after a fault", questions)
    for step, count in steps.items():
        work, _, at = step.partition(": ")
        record_property(f"{name}, by command: {work}", count)
        record_property(f"{name}, by step: {at}", count)
