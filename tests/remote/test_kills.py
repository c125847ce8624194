"""What fills a Chroma server dies at any moment: others see each document whole or not at all, and the next adds it."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import pytest

from qa import Library, LibraryEmpty, StoreError
from qa.catalog import Catalog
from tests.conftest import ROOT
from tests.remote.conftest import Open
from tests.remote.servers import Chroma, End, Last, Proxy

pytestmark = pytest.mark.slow

TOKEN = "Bearer of-the-one-that-adds"  # noqa: S105 (made up)

ROWS = 20
"""That the server takes at once, so that the long document is sent in several parts."""

ENDS: tuple[End, ...] = get_args(End)
SEED = 20261126
KILLS, WRITES = 6, 16
"""How often an add is killed, and about how many requests of it change something."""


@dataclass
class Notes:
    """A folder of notes that change, and every text that each of them ever had."""

    folder: Path
    texts: dict[str, set[str]] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        for _ in range(6):
            self.add()
        self.write("long.txt", " ".join(note(number, 1500) for number in range(100, 200)))
        self.write("page.md", f"# The lighthouses\n\n{note(98, 1600)}\n")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        self.texts.setdefault(str(self.folder / name), set()).add(text)

    def add(self) -> None:
        self.number += 1
        self.write(f"{self.number}.txt", note(self.number, 1700 + self.number) + "\n")

    def change(self) -> None:
        """One is new, one another, one moved and one gone; a title comes or goes. The first and long.txt stay."""
        self.add()
        first, second, third = sorted(
            (path for path in self.folder.glob("*.txt") if path.stem not in ("1", "long")),
            key=lambda path: path.stat().st_mtime_ns,
        )[:3]
        self.write(first.name, first.read_text().replace(" in 1", " in 2"))
        self.write(f"moved-{second.name}", second.read_text())
        second.unlink()
        third.unlink()
        page = self.folder / "page.md"
        self.write("page.md", page.read_text().partition("\n\n")[2] or f"# The lighthouses\n\n{page.read_text()}")


def note(number: int, year: int) -> str:
    return f"The lighthouse of harbour {number} was built in {year} by the engineer Clara Voss."


def whole(library: Library, notes: Notes) -> set[str]:
    """Check that each document is in a library wholly or not at all; the paths of those that are."""
    sources = {one.source: one for one in library.sources()}
    texts = {}
    for path, source in sources.items():
        texts[path] = library.text(path)
        assert texts[path] in notes.texts[path]
        assert hashlib.sha256(texts[path].encode()).hexdigest() == source.sha256
    lines = {line for text in texts.values() for line in text.strip().splitlines()}
    for number in (notes.number, notes.number - 5):
        try:
            answer = library.ask(f"When was the lighthouse of harbour {number} built?")
        except LibraryEmpty:
            assert not sources
            continue
        assert answer.documents == len(sources)
        for one in answer.citations:
            assert texts[one.source][one.start : one.end] == one.quote
            assert one.sha256 == sources[one.source].sha256
        there = [line for line in lines if f"harbour {number} " in line]
        quotes = [one.quote for one in answer.citations if f"harbour {number} " in one.quote]
        assert bool(quotes) == bool(there), (number, quotes)
    return set(sources)


def finished(reader: Library, writer: Library, notes: Notes) -> None:
    """Check that the server has what the catalog has, all of it and nothing else."""
    assert whole(reader, notes) == {str(path) for path in notes.folder.iterdir()}
    assert writer.doctor().findings == ()
    server = reader._parts.server()
    assert server
    root = server.root()
    assert root
    pair = server.pair(root.generation)
    assert pair
    assert pair.chunks.count() == root.chunks == sum(one.chunks for one in reader.sources())
    assert {row["source"] for row in pair.chunks.get()["metadatas"]} == {one.source for one in reader.sources()}
    collections = [one.name for one in server._connected().list_collections(limit=None)]
    assert len([one for one in collections if one.startswith(f"{server.name}.")]) == 2
    catalog = Catalog(writer.folder)
    assert reader.sources() == catalog.sources()
    words = [word for (word,) in catalog.rows("SELECT term FROM vocabulary")]
    assert reader._parts.asked().frequencies(words) == catalog.frequencies(words)
    catalog.close()


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / "notes")


@pytest.fixture
def proxy(chroma: Chroma) -> Iterator[tuple[Proxy, str]]:
    """What the one that adds takes for the server, and its URL."""
    made = Proxy(chroma.url, "Authorization", TOKEN)
    made.most = ROWS
    with made.running() as url:
        yield made, url


@pytest.mark.parametrize("work", ["first", "change", "rebuild"])
@pytest.mark.timeout(300)
def test_the_line_breaks_at_every_request(
    work: str, chroma: Chroma, machine: Open, notes: Notes, proxy: tuple[Proxy, str]
) -> None:
    cut, url = proxy
    name, step, over = f"cut-{work}", 0, True
    machine("writer", url, name, token=TOKEN).add(notes.folder)  # embeds all of it
    while over:
        step += 3 if work == "rebuild" and step > 2 else 1  # of which only the beginning is special
        if work == "first":
            name = f"cut-{work}-{step}"
        writer, reader = machine("writer", url, name, token=TOKEN), machine("reader", chroma.url, name)
        whole(reader, notes)
        if work == "change":
            notes.change()
        cut.last = last = Last(step, ENDS[step % len(ENDS)])
        try:
            writer.rebuild() if work == "rebuild" else writer.add(notes.folder)
        except StoreError as error:
            line = str(error)
            assert last.over
            assert "\n" not in line
            assert "the next quoth add" in line
        over, cut.last = last.over, None
        whole(reader, notes)
        if work != "first":
            assert [one.what for one in reader.doctor().findings if one.severity == "damage"] == []
        if work == "change":  # of which the reader may have kept something
            whole(machine("new", chroma.url, name), notes)
        writer.add(notes.folder)
        finished(reader, writer, notes)
    assert step > 8


@pytest.mark.timeout(300)
def test_an_add_that_is_killed_while_it_sends(
    chroma: Chroma,
    machine: Open,
    notes: Notes,
    proxy: tuple[Proxy, str],
    record_property: Callable[[str, object], None],
) -> None:
    cut, url = proxy
    chance, steps = random.Random(SEED), Counter[str]()  # noqa: S311
    store = {"URL": url, "COLLECTION": "killed", "TOKEN": TOKEN}
    environment = os.environ | {f"QUOTH_STORE__{name}": value for name, value in store.items()}
    writer, reader = machine("writer", url, "killed", token=TOKEN), machine("reader", chroma.url, "killed")
    command = [sys.executable, "-m", "qa", "add", str(notes.folder), "--library", str(writer.folder)]

    def add(last: Last | None) -> int:
        cut.last = last
        with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            if last:
                last.then = process.kill
            return process.wait(timeout=120)

    assert add(None) == 0
    stable = {str(notes.folder / name) for name in ("1.txt", "long.txt")}
    with asking(machine("asking", chroma.url, "killed"), notes) as asked:
        for _ in range(KILLS):
            notes.change()
            last = Last(chance.randint(1, WRITES), chance.choice(ENDS))
            code = add(last)
            if last.over:
                assert code == -signal.SIGKILL
                steps[last.end] += 1
                assert whole(reader, notes) >= stable
                assert whole(machine("new", chroma.url, "killed"), notes) >= stable
            else:
                assert code == 0
        assert add(None) == 0
    finished(reader, writer, notes)
    assert steps.total() > KILLS / 2
    assert asked.answers > KILLS
    record_property("kills survived", steps.total())
    record_property("documents lost", 0)
    record_property("wrong answers after a fault", len(asked.wrong))
    record_property("answers from a Chroma server while what fills it is killed", asked.answers)
    assert asked.wrong == []


@dataclass
class Asked:
    """What a reader was answered: how many times, and what was wrong with it."""

    answers: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def asking(library: Library, notes: Notes) -> Iterator[Asked]:
    """Another machine asks all the while about what stays; whatever is quoted stood in the file at some time."""
    over, asked = threading.Event(), Asked()

    def ask() -> None:
        while not over.is_set():
            answer = library.ask("When was the lighthouse of harbour 1 built?")
            asked.answers += 1
            if not any(one.quote == note(1, 1701) for one in answer.citations):
                asked.wrong.append(("not found", answer.text))
            for one in answer.citations:
                if not any(text[one.start : one.end] == one.quote for text in notes.texts[one.source]):
                    asked.wrong.append((one.source, one.quote))
            over.wait(0.1)

    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(ask)
        try:
            yield asked
        finally:
            over.set()
            done.result()
