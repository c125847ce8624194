"""Each damage to the stored files: what a question meets, that the doctor names it, and that what it names mends it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa import Library
from qa.catalog import Catalog
from qa.store import Store
from tests.conftest import Quoth, Ran, own_home

from . import damage
from .damage import INDEX, LOST, QUICK, SETTINGS, SURVIVED, TALKED, Damage

TOPICS = ["harbour", "orchard", "observatory", "bakery", "railway", "theatre", "quarry", "school"]
QUESTION, FACT = "When was the observatory of village 26 opened?", "1826"

MOST = 64 * 1024
"""Kilobytes that a file may come to while a damaged library is asked; a damaged index once wrote 60 GB."""

GROWTH = 300_000
"""Bytes that a question may add to a library's folder: SQLite's log."""

EVERY = {**INDEX, **SURVIVED, **LOST, **TALKED, **SETTINGS}
CASES = [
    pytest.param(name, made, id=name, marks=() if name in QUICK else pytest.mark.slow) for name, made in EVERY.items()
]

Record = Callable[[str, Any], None]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A folder with notes, and beside it a library of them with a conversation; for every test to copy."""
    place = tmp_path_factory.mktemp("damage")
    notes = place / "notes"
    notes.mkdir()
    for number in range(40):
        topic = TOPICS[number % 8]
        said = f"The {topic} of village {number} was opened in {1800 + number}. People liked the {topic} very much.\n"
        (notes / f"{number:02}.txt").write_text(said)
    with own_home(place / "home", models), Library(place / "library") as library:
        library.add([notes])
        talk = library.conversations().create("about villages")
        for _ in range(30):
            turn = library.conversations().ask(talk.id, QUESTION)
            library.conversations().finish(turn.id, library.ask(QUESTION))
    return place


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """The test's own library."""
    return Path(shutil.copytree(original / "library", tmp_path / "library"))


def ask(folder: Path) -> Ran:
    """Ask in a process that can write no large file."""
    command = f'ulimit -f {MOST}; exec "$0" -m qa ask "$1" --library "$2"'
    done = subprocess.run(
        ["bash", "-c", command, sys.executable, QUESTION, str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def run(line: str, notes: Path, quoth: Quoth) -> None:
    """Run a line that the doctor named, as a person would paste it into a shell."""
    if line.startswith("quoth "):
        _, *arguments = shlex.split(line.replace("FOLDER", str(notes)))
        ran = quoth(*arguments)
        assert ran.code == 0, ran
        return
    line = line.replace("quoth add FOLDER", f"quoth add {notes}")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["bash", "-c", line], check=True, capture_output=True, timeout=120, env={**os.environ, "PATH": path})


@pytest.mark.parametrize(("name", "made"), CASES)
def test_damage_is_found_bounded_and_mended(
    original: Path, folder: Path, quoth: Quoth, record_property: Record, name: str, made: Damage
) -> None:
    made(folder)
    before = size(folder)
    asked = ask(folder)
    assert size(folder) <= before + GROWTH
    right = asked.code == 0 and FACT in asked.out
    record_property("wrong answers after a fault", int(asked.code in (0, 3) and not right))
    if name in INDEX:
        assert right, asked
        assert f"Run: quoth rebuild --library {folder}" in asked.err
    elif name in TALKED:
        assert right, asked
    else:  # an answer for which the damaged part was not needed, or one line that says what to do
        assert right or (asked.code == 1 and asked.out == "" and len(asked.err.splitlines()) == 1), asked
        assert right or "quoth doctor" in asked.err or name in SETTINGS, asked

    examined = quoth("doctor", "--json", "--library", str(folder))
    assert examined.code == 12, examined
    found = [finding for finding in examined.json["findings"] if finding["severity"] == "damage"]
    mends = list(dict.fromkeys(finding["mend"] for finding in found))
    assert found
    if name in LOST:
        assert "quoth add" in mends[0], mends
        refused = quoth("rebuild", "--library", str(folder))
        assert refused.code == 1
        assert len(refused.err.splitlines()) == 1
    elif name not in SETTINGS:
        assert mends == [f"quoth rebuild --library {folder}"]
    for line in mends:
        run(line, original / "notes", quoth)

    again = quoth("doctor", "--deep", "--json", "--library", str(folder))
    assert again.code == 0, again
    assert [finding for finding in again.json["findings"] if finding["check"] != "leftovers"] == []
    answered = quoth("ask", QUESTION, "--library", str(folder))
    assert answered.code == 0
    assert FACT in answered.out
    assert "damaged" not in answered.err
    how = mends[0].split(" --library")[0] if name not in LOST else "quoth add"
    record_property("damage", f"{name}: found, mended by {how if name not in SETTINGS else 'moving it away'}")
    with Library(folder) as library:
        kept = [turn for talk in library.conversations().list() for turn in library.conversations().turns(talk.id)]
        assert len(library.sources()) == 40
    if name not in TALKED or name.endswith("page of the words"):
        assert len(kept) == 30
    assert all(turn.question == QUESTION and turn.answer and FACT in turn.answer.text for turn in kept)


@pytest.mark.parametrize("name", INDEX)
def test_a_damaged_index_is_never_opened(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    INDEX[name](folder)
    monkeypatch.setattr("qa.store.Index", lambda _: pytest.fail("it was opened"))
    catalog, store = Catalog(folder), Store(folder)
    assert store.current(catalog) == (None, 0)
    assert store.trouble
    catalog.close()


@pytest.mark.parametrize("made", [damage.missing(damage.TALKS), damage.emptied(damage.TALKS)], ids=["missing", "empty"])
def test_a_library_whose_conversations_are_gone_is_one_without(folder: Path, quoth: Quoth, made: Damage) -> None:
    made(folder)
    assert quoth("doctor", "--library", str(folder)).code == 0
    with Library(folder) as library:
        assert library.conversations().list() == []


def test_a_lost_catalog_names_what_to_add_and_keeps_the_rest(original: Path, folder: Path, quoth: Quoth) -> None:
    (folder / "quoth.toml").write_text("[retrieval]\nk = 3\n")
    LOST["catalog.sqlite with a garbage page of the texts"](folder)
    examined = quoth("doctor", "--json", "--library", str(folder))
    (line,) = {finding["mend"] for finding in examined.json["findings"] if finding["severity"] == "damage"}
    assert line.endswith(f"quoth add {original / 'notes'} --library {folder}")
    damaged = (folder / "catalog.sqlite").read_bytes()
    run(line, original / "notes", quoth)
    assert (folder.with_name("library.damaged") / "catalog.sqlite").read_bytes() == damaged
    assert (folder / "quoth.toml").exists()
    with Library(folder) as library:
        assert len(library.search(QUESTION)) == 3
        assert len(library.conversations().list()) == 1
    assert len(list(folder.glob("index-*"))) == 1
