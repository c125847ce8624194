"""Files that change, vanish or become something else while they are read: what is kept is one state of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa import Library
from qa.catalog.writing import Stamp
from qa.errors import ReadError
from qa.reading import Reader, files
from qa.settings import ReadingSettings
from tests.faults.inputs import Record, tell

STATES = {letter: f"The ferry {letter * 8} was built in Bremen.\n" * 2000 for letter in "abcd"}
"""Texts of one size, so that no size tells them apart."""

WRITER = """
import itertools, pathlib, sys, time
path = pathlib.Path(sys.argv[1])
with path.open("r+") as file:
    for letter in itertools.cycle("abcd"):
        file.seek(0)
        for _ in range(20):
            file.write(f"The ferry {letter * 8} was built in Bremen.\\n" * 100)
            file.flush()
        time.sleep(float(sys.argv[2]))
"""
"""Writes one state over the other, in pieces and in place."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


@pytest.mark.parametrize("pause", ["0", "0.002", "0.02", "0.1"])
def test_a_file_that_is_written_all_the_time_is_read_in_one_state_or_not_at_all(
    tmp_path: Path, record_property: Record, pause: str
) -> None:
    path = tmp_path / "log.txt"
    path.write_text(STATES["a"])
    whole = torn = refused = 0
    with Reader(ReadingSettings()) as reader:
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path), pause]) as writer:
            try:
                for _ in range(60):
                    try:
                        document = reader.read(path)
                    except ReadError as error:
                        refused += "it changed while it was read" in str(error)
                        continue
                    whole += document.text in STATES.values()
                    torn += document.text not in STATES.values()
                    assert document.sha256 == hashlib.sha256(document.text.encode()).hexdigest()
            finally:
                writer.kill()
        assert (torn, whole + refused) == (0, 60)
        path.write_text(STATES["c"])
        assert reader.read(path).text == STATES["c"]
    record_property("wrong answers after a fault", torn)
    tell(record_property, f"a file written over every {pause} s", "one state of it is read, or it is left out")


def grow(path: Path) -> None:
    with path.open("a") as file:
        file.write("And more.\n")


def swap(path: Path) -> None:
    """Another file of the same size, younger by a nanosecond."""
    before = path.stat()
    other = path.with_name("other")
    other.write_text(path.read_text().replace("1847", "1999"))
    os.utime(other, ns=(before.st_mtime_ns + 1, before.st_mtime_ns + 1))
    other.replace(path)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "grows": (grow, "it changed while it was read: try again"),
    "is swapped for another": (swap, "it changed while it was read: try again"),
    "vanishes": (Path.unlink, "there is no such file"),
    "becomes a pipe": (pipe, "it is not a regular file"),
    "becomes a folder": (folder, "it is a folder"),
}


@pytest.mark.parametrize(
    ("what", "known"), [*((what, False) for what in CHANGES), ("grows", True), ("becomes a pipe", True)]
)
def test_a_file_that_changes_between_the_look_and_the_reading(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record, what: str, known: bool
) -> None:
    change, wanted = CHANGES[what]
    path = tmp_path / "bridge.txt"
    path.write_text("The bridge was built in 1847.\n")
    if known:  # then its hash is compared before it is read
        library.add([path])
        os.utime(path, ns=(1, 1))
    real = Stamp.of

    def changing(seen: Path) -> Stamp:
        stamp = real(seen)
        monkeypatch.setattr(Stamp, "of", real)
        change(path)
        return stamp

    monkeypatch.setattr(Stamp, "of", changing)
    report = library.add([path])
    assert report.added + report.updated + report.unchanged == ()
    assert wanted in report.failed[0].reason
    assert [library.text(source.source) for source in library.sources()] == (
        ["The bridge was built in 1847.\n"] if known else []
    )
    tell(record_property, f"a {'known' if known else 'new'} file {what} before it is read", report.failed[0].reason)


def test_two_writings_within_one_tick_of_the_clock_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system's clock ticks a few hundred times a second: what is written in one tick has one time."""
    path = tmp_path / "bridge.txt"
    waited: list[float] = []
    real = time.sleep
    monkeypatch.setattr(files.time, "sleep", lambda seconds: waited.append(seconds) or real(seconds))
    path.write_text("The bridge was built in 1847.\n")
    with Reader(ReadingSettings()) as reader:
        reader.read(path)
        assert waited == [files.TICK_NS / 1e9]
        os.utime(path, (1, 1))
        reader.read(path)
        assert len(waited) == 1
