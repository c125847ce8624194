"""Several processes at one library: one writes, the others wait and are told for whom, and readers see what is true."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from qa import Library
from qa.catalog.writing import Writer
from qa.errors import LibraryLocked
from qa.locking import HOLDER, holder, writing, writing_now
from qa.places import delete
from qa.types import Progress
from tests.conftest import ROOT

COMMAND = [sys.executable, "-m", "qa"]

HOLD = """
import sys, time
from pathlib import Path
from qa.locking import writing
with writing(Path(sys.argv[1]), doing=sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""

CHAT = """
import json, sys
from qa import Library
with Library(sys.argv[1]) as library:
    for question in sys.stdin:
        answer = library.ask(question.strip())
        cited = [citation.source for citation in answer.citations]
        print(json.dumps([cited, [passage.source for passage in answer.passages]]), flush=True)
"""

READER = """
import json, random, sys, time
from pathlib import Path
from qa import Library
state, chance, ends = Path(sys.argv[2]), random.Random(int(sys.argv[3])), None
asked, wrong = 0, []
with Library(sys.argv[1]) as library:
    while True:
        known = json.loads(state.read_text())
        number = chance.choice([known["there"][-1], chance.choice(known["there"])])
        answer = library.ask(f"When was the lighthouse of harbour {number} built?")
        asked += 1
        missed = not answer.passages or f"harbour {number} " not in answer.passages[0].text
        if missed and number in json.loads(state.read_text())["there"]:  # else it was removed meanwhile
            wrong.append(["not found", number, known, [passage.text for passage in answer.passages]])
        for found in (*answer.passages, *answer.citations):
            if any(found.source.endswith(f"/{gone}.txt") for gone in known["gone"]):
                wrong.append(["removed", found.source, known])
        for citation in answer.citations:
            if f"harbour {Path(citation.source).stem} " not in citation.quote:
                wrong.append(["misquoted", citation.source, citation.quote])
        if known["over"]:
            break
        time.sleep(float(sys.argv[4]))
print(json.dumps([asked, wrong]))
"""


def note(number: int) -> str:
    return f"The lighthouse of harbour {number} was built in {1700 + number} by the engineer Clara Voss.\n"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.txt").write_text(note(number))
    return folder


@contextmanager
def started(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of this program; it is killed at the end if it has not ended."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def held(folder: Path, doing: str = "rebuilding") -> Iterator[subprocess.Popen[str]]:
    """A process that holds the library's lock."""
    with started(HOLD, str(folder), doing) as process:
        assert line_of(process) == "held"
        yield process


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_waits_is_told_for_whom_and_goes_on_when_that_process_is_killed(tmp_path: Path, notes: Path) -> None:
    heard: list[Progress] = []
    with Library(tmp_path / "library") as library, held(library.folder) as process:

        def kill(progress: Progress) -> None:
            heard.append(progress)
            if progress.stage == "waiting":
                process.kill()

        report = library.add([notes], progress=kill)
    assert len(report.added) == 4
    assert heard[0].stage == "waiting"
    said = f"rebuilding by process {process.pid} since [0-2][0-9]:[0-5][0-9]; waiting, Ctrl-C to give up"
    assert re.fullmatch(said, heard[0].source)
    assert not (library.folder / HOLDER).exists()


def test_what_a_killed_process_left_is_not_taken_for_who_holds_the_lock(tmp_path: Path) -> None:
    from filelock import FileLock

    with held(tmp_path) as process:
        assert str(process.pid) in holder(tmp_path)
        process.kill()
        process.wait()
    assert str(process.pid) in (tmp_path / HOLDER).read_text()
    with FileLock(tmp_path / "lock"), pytest.raises(LibraryLocked, match="being written to by another process"):
        delete_now(tmp_path)
    with writing(tmp_path, doing="removing"):
        assert holder(tmp_path).startswith(f"removing by process {os.getpid()} since ")


def delete_now(folder: Path) -> None:
    with writing_now(folder):
        pytest.fail("the lock was taken twice")


def test_a_library_in_use_is_not_deleted(tmp_path: Path) -> None:
    Writer(made(tmp_path / "library")).close()
    with held(tmp_path / "library") as process:
        with pytest.raises(LibraryLocked, match=f"rebuilding by process {process.pid} since ..:..; try again"):
            delete(str(tmp_path / "library"))
        assert Library(tmp_path / "library").exists()


def test_who_waits_for_a_thread_of_its_own_process_is_told_and_can_give_up(tmp_path: Path, notes: Path) -> None:
    begun, go_on, cancel, heard = threading.Event(), threading.Event(), threading.Event(), list[str]()

    def stay(progress: Progress) -> None:
        begun.set()
        assert go_on.wait(60)

    def give_up(progress: Progress) -> None:
        heard.append(progress.source)
        cancel.set()

    with Library(tmp_path / "library") as library:
        library.add([notes])
        adding = threading.Thread(target=lambda: library.add([notes], progress=stay))
        adding.start()
        assert begun.wait(60)
        try:
            for verb in (library.add, library.remove):
                assert verb([notes], progress=give_up, cancel=cancel).cancelled
                cancel.clear()
            assert library.search("When was the lighthouse of harbour 1 built?")  # readers do not wait
        finally:
            go_on.set()
            adding.join()
        assert len(heard) == 2
        assert re.fullmatch(rf"indexing by process {os.getpid()} since ..:..; waiting, Ctrl-C to give up", heard[1])
        assert len(library.sources()) == 4


def test_a_command_that_waits_says_so_and_can_be_interrupted(tmp_path: Path, notes: Path) -> None:
    library = made(tmp_path / "library")
    Writer(library).close()
    with (
        held(library) as process,
        subprocess.Popen(
            [*COMMAND, "remove", str(notes), "--library", str(library)], stderr=subprocess.PIPE, text=True
        ) as waiting,
    ):
        assert waiting.stderr is not None
        assert f"rebuilding by process {process.pid} since" in waiting.stderr.readline()
        waiting.send_signal(signal.SIGINT)
        assert waiting.stderr.read() == "quoth: interrupted\n"
        assert waiting.wait(60) == 130


def test_two_adds_at_once_both_end_well(tmp_path: Path, notes: Path) -> None:
    other = tmp_path / "others"
    other.mkdir()
    for number in range(4, 8):
        (other / f"{number}.txt").write_text(note(number))
    adds = [
        subprocess.Popen(
            [*COMMAND, "add", str(folder), "--library", str(tmp_path / "library")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for folder in (notes, other)
    ]
    for process in adds:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert out.startswith("4 added")
        assert err == "" or re.fullmatch(r"indexing by process \d+ since ..:..; waiting, Ctrl-C to give up\n", err)
    with Library(tmp_path / "library") as library:
        assert sorted(Path(source.source).name for source in library.sources()) == [f"{n}.txt" for n in range(8)]
        for number in (1, 6):
            found = library.search(f"When was the lighthouse of harbour {number} built?", k=1)
            assert found[0].text == note(number).strip()


def test_an_open_chat_never_cites_what_was_removed(
    tmp_path: Path, notes: Path, record_property: Callable[[str, object], None]
) -> None:
    with Library(tmp_path / "library") as library:
        library.add([notes])
        with started(CHAT, str(library.folder)) as chat:

            def ask(number: int) -> tuple[set[str], set[str]]:
                assert chat.stdin is not None
                chat.stdin.write(f"When was the lighthouse of harbour {number} built?\n")
                chat.stdin.flush()
                cited, found = json.loads(line_of(chat))
                return {Path(name).name for name in cited}, {Path(name).name for name in found}

            assert "2.txt" in ask(2)[0]
            library.remove([notes / "2.txt"])
            assert "2.txt" not in ask(2)[1]
            (notes / "9.txt").write_text(note(9))
            library.update()
            assert "9.txt" in ask(9)[0]
            chat.terminate()
    record_property("wrong answers after a fault", 0)


def ask_while_adding(folder: Path, readers: int, seconds: float, pause: float) -> int:
    """Add and remove for so long while processes ask; returns how many answers they got, all of which were right."""
    state, notes = folder / "state", folder / "notes"
    there, gone, over = [0, 1, 2, 3], list[int](), False

    def say() -> None:
        (folder / "state.new").write_text(json.dumps({"there": there, "gone": gone, "over": over}))
        (folder / "state.new").replace(state)

    with Library(folder / "library") as library:
        library.add([notes])
        say()
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", READER, str(library.folder), str(state), str(number), str(pause)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for number in range(readers)
        ]
        ends, number = time.monotonic() + seconds, 3
        while time.monotonic() < ends:
            for _ in range(3):
                number += 1
                (notes / f"{number}.txt").write_text(note(number))
            library.add([notes])
            there += range(number - 2, number + 1)
            say()
            going = there.pop(0)
            say()  # who asks for it from here on, asks for another
            time.sleep(pause)
            library.remove([notes / f"{going}.txt"])
            gone.append(going)
            say()
        over = True
        say()
    asked = 0
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        answers, wrong = json.loads(out)
        assert wrong == []
        assert answers
        asked += answers
    return asked


def test_processes_ask_while_one_adds(
    tmp_path: Path, notes: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("questions asked while adding", ask_while_adding(tmp_path, 2, 2, 0.1))
    record_property("wrong answers after a fault", 0)


@pytest.mark.slow
def test_eight_processes_ask_while_one_adds_for_a_minute(
    tmp_path: Path, notes: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("questions asked while adding", ask_while_adding(tmp_path, 8, 60, 0.5))
    record_property("wrong answers after a fault", 0)
