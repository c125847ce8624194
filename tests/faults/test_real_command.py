"""The quoth command as it is, with its model and its children, killed and interrupted at steps that have names."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qa import Library
from tests.faults.dying import Moment

RecordProperty = Callable[[str, object], None]

FERRIES = [
    "Adelheid",
    "Bertha",
    "Charlotte",
    "Dorothea",
    "Elisabeth",
    "Friederike",
    "Gertrud",
    "Hedwig",
    "Irmgard",
    "Johanna",
    "Klara",
    "Luise",
]

SITE = Path(__file__).with_name("site")

QUICK = [Moment("Chroma is given chunks", "return", 1, to="parent")]
LONG = [
    Moment("a catalog is made", "return", 1),
    Moment("a document is kept", "return", 2),
    Moment("vectors are kept", "return", 1),
    Moment("a transaction is committed", "call", 4),
    Moment("a transaction is committed", "return", 4),
    Moment("documents are swept", "return", 1),
    Moment("Chroma is opened", "call", 2, to="parent"),
    Moment("the index is tried", "call", 1),
    Moment("the index is checked", "return", 1),
    Moment("the index is made current", "return", 1),
]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number, name in enumerate(FERRIES):
        text = "".join(
            f"In {1900 + n} the ferry {name} carried {n * number} people over the river.\n\n" for n in range(40)
        )
        (folder / f"{name}.txt").write_text(text)
    return folder


def add(notes: Path, library: Path, moment: Moment) -> subprocess.CompletedProcess[str]:
    """Run `quoth add` with the moment; returns when it and all that it started have ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "add", str(notes), "--library", str(library)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **moment.environment(), "PYTHONPATH": str(SITE)},
    )
    out, err = process.communicate(timeout=120)
    deadline = time.monotonic() + 30
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.killpg(process.pid, 0)
            assert time.monotonic() < deadline, "a child outlived the command"
            time.sleep(0.01)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def goes_on(notes: Path, library: Path) -> None:
    """What is in the library is whole, and adding again brings the rest; nothing is left over."""
    texts = {str(path): path.read_text() for path in notes.iterdir()}
    with Library(library) as opened:
        before = opened.sources()
        assert all(opened.text(source.source) == texts[source.source] for source in before)
        if before:
            assert opened.search("How many people did the ferry carry in 1907?")
        report = opened.add([notes])
        assert len(report.added) == 12 - len(before)
        assert {source.source: opened.text(source.source) for source in opened.sources()} == texts
        assert "the ferry Luise carried" in opened.search("How many people did Luise carry?", k=1)[0].text
    assert len(list(library.glob("index-*"))) == 1
    assert {path.name for path in library.iterdir() if path.is_file()} == {"catalog.sqlite", "lock"}


@pytest.mark.parametrize("moment", [*QUICK, *(pytest.param(moment, marks=pytest.mark.slow) for moment in LONG)])
def test_a_killed_add_goes_on(notes: Path, tmp_path: Path, moment: Moment, record_property: RecordProperty) -> None:
    ended = add(notes, tmp_path / "library", moment)
    killed_itself = ended.returncode == -signal.SIGKILL
    assert killed_itself or "the search index could not be built: exit code -9" in ended.stderr, ended
    goes_on(notes, tmp_path / "library")
    record_property("kills survived", 1)
    record_property("documents lost", 0)


@pytest.mark.slow
@pytest.mark.parametrize("moment", [*QUICK, *LONG[3:6]])
def test_an_interrupted_add_says_so_and_goes_on(notes: Path, tmp_path: Path, moment: Moment) -> None:
    ended = add(notes, tmp_path / "library", replace(moment, signal=signal.SIGINT, to="group"))
    assert ended.returncode == 130
    assert ended.stderr.startswith("Interrupted. What was finished is kept")
    assert ended.stderr.count("\n") == 1
    with Library(tmp_path / "library") as opened:
        assert f"{len(opened.sources())} added" in ended.stdout or not opened.sources()
    goes_on(notes, tmp_path / "library")
