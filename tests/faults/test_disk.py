"""A full disk, a read-only one, no descriptors left, a clock that goes back: a line that says so, and nothing lost."""

from __future__ import annotations

import gc
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from qa import Library, building, space, store
from qa.catalog import Catalog
from qa.catalog.writing import Writer
from qa.errors import LibraryError
from tests.conftest import CORPUS, Quoth
from tests.faults.warm import Ended, Warm
from tests.faults.world import World, mark

RecordProperty = Callable[[str, object], None]

KB = 1024

SAID = (
    "is full: ",
    "needs about ",
    "cannot be used now: ",
    "cannot be written to: ",
    "the search index could not be built: ",
)
"""What a line about the disk says."""


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[Path]:
    """A disk of this many bytes, in memory."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    # SQLite tells files by device and number, which another disk may have again: no connection of an earlier test may
    # still be open to one.
    gc.collect()
    with mounted(tmp_path / "disk", 32 * KB * KB) as folder:
        yield folder


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with Warm(tmp_path_factory.mktemp("warm")) as warm:
        yield warm


@contextmanager
def filled(disk: Path, leave: int) -> Iterator[None]:
    """All of the disk is taken but for these bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        left = shutil.disk_usage(disk).free - leave
        os.posix_fallocate(file.fileno(), 0, max(left, 1))
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def until_it_fits(warm: Warm, disk: Path, steps: Iterator[int], seed: int) -> dict[str, int]:
    """Do things on a disk with ever more room; returns how often each ended in what it said of the disk.

    The look at free space before writing is left out, so that what is met is the full disk itself, at every write.
    """
    world = World(warm, disk / "world", random.Random(seed))  # noqa: S311
    ended_in: dict[str, int] = {}
    for leave in steps:
        work, arguments, after = world.work()
        library, *given = arguments
        if work == "rebuild":
            given = [["--embed"] if given[0] else []]
        command = [work, *(given[0] if given else []), "--library", library]
        with filled(disk, leave):
            ended = warm.call("without_looking", command)
            asked = warm.call("told", "look", library, []) if Path(library).exists() else None
        what = f"{work} with {leave} bytes left"
        said = check_said(ended, what)
        ended_in[said] = ended_in.get(said, 0) + 1
        if asked:
            assert asked.code == 0, (what, asked.err)
            error = asked.result.get("error", SAID[0])
            assert any(part in error for part in (*SAID, "holds no documents")), (what, error)
        world.check(after, replace(ended, code=0 if ended.code == 4 else ended.code), what)
    world.end()
    return ended_in


def check_said(ended: Ended, what: str) -> str:
    """One line about the disk, or nothing; returns which."""
    if ended.code in (0, 4):  # 4: a file was left out, as always here
        assert ended.err == "", what
        return "done"
    assert ended.code == 1, (what, ended)
    [line] = ended.err.splitlines()
    return next((part for part in SAID if part in line), None) or pytest.fail(f"{what}: {line}")


def test_a_full_disk_costs_a_line(warm: Warm, disk: Path, record_property: RecordProperty) -> None:
    ended = until_it_fits(warm, disk, iter([0, 8 * KB, 300 * KB, 64 * KB, 4096 * KB, 0]), seed=1)
    assert sum(ended.values()) - ended.get("done", 0) >= 4
    record_property("documents lost", 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_a_full_disk_at_every_write(warm: Warm, disk: Path, record_property: RecordProperty, seed: int) -> None:
    steps = [4 * KB * n for n in (0, 1, 2, 3, 5, 8, 9, 10, 12, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 112, 128, 160)]
    random.Random(seed).shuffle(steps)  # noqa: S311
    ended = until_it_fits(warm, disk, iter([*steps, 4096 * KB]), seed)
    assert ended["done"] >= 1
    assert ended["is full: "] >= 5
    for said, count in ended.items():
        record_property(f"full disk, ended with: {said.strip(': ')}", count)
    record_property("documents lost", 0)


def test_room_is_looked_at_before_it_is_taken(disk: Path, quoth: Quoth) -> None:
    library = disk / "library"
    assert quoth("add", str(CORPUS / "about-quoth.md"), "--library", str(library)).code == 0
    with filled(disk, 2_000_000):
        refused = quoth("add", str(CORPUS / "using-quoth.txt"), "--library", str(library))
        assert refused.code == 1
        assert re.fullmatch(
            r"quoth: what is being added needs about \d\.\d MB on the disk of .+, and (2.0|1.9) MB are free; "
            r"what is indexed so far is kept. Make room, then run the same again\n",
            refused.err,
        )
        assert quoth("ask", "What is Quoth?", "--library", str(library)).code == 0
        assert quoth("add", str(CORPUS / "about-quoth.md"), "--library", str(library)).code == 0  # nothing to write
    assert quoth("add", str(CORPUS / "using-quoth.txt"), "--library", str(library)).code == 0


def test_an_index_takes_no_more_room_than_was_looked_for(sample_library: Path) -> None:
    catalog = Catalog(sample_library)
    expected, row = building.expected_size(catalog), store.IndexRow.of(catalog)
    catalog.close()
    assert row is not None
    taken = sum(path.stat().st_size for path in (sample_library / row.folder).rglob("*"))
    assert taken < expected < 4 * taken + 1_000_000


@pytest.mark.slow
def test_where_two_indexes_have_no_room_the_old_one_goes_first(library: Path, disk: Path) -> None:
    folder = shutil.copytree(library, disk / "library")
    catalog = Catalog(folder)
    needed, row = building.expected_size(catalog) + space.SPARE, store.IndexRow.of(catalog)
    catalog.close()
    assert row is not None
    with Library(folder) as opened, filled(disk, needed - 200_000):
        opened.rebuild()
        assert opened.search("summit in Hanoi")
    assert not (folder / row.folder).exists()
    assert len(list(folder.glob("index-*"))) == 1
    with (
        Library(folder) as opened,
        filled(disk, 1_000_000),
        pytest.raises(LibraryError, match="the search index needs"),
    ):
        opened.rebuild()
    with Library(folder) as opened:
        assert opened.search("summit in Hanoi")


def test_conversations_on_a_full_disk(warm: Warm, disk: Path) -> None:
    library = str(disk / "library")
    assert warm.call("converse", library, "first?").code == 0
    for leave in (0, 4 * KB, 8 * KB):
        with filled(disk, leave):
            told = warm.call("told", "converse", library, f"with {leave}?").result
        assert "result" in told or "cannot be used now: " in told["error"], told
        assert "\n" not in told.get("error", "")
        kept = warm.call("turns", library).result
        assert kept[0] == "first?"
        assert ("result" in told) == (f"with {leave}?" in kept)
    assert warm.call("converse", library, "last?").code == 0


def test_a_read_only_library_answers(library: Path, disk: Path, quoth_process: Quoth) -> None:
    folder = str(shutil.copytree(library, disk / "library"))
    with read_only(disk):
        asked = quoth_process("ask", "When did the two leaders first meet?", "--library", folder)
        assert (asked.code, "[1]" in asked.out, "\n" in asked.err.strip()) == (0, True, False)
        for options in ([], ["--deep"]):
            ran = quoth_process("doctor", *options, "--library", folder)
            assert (ran.code, ran.out.count("warning"), "mount its disk for writing" in ran.out) == (0, 2, True), ran
        for command in (["add", str(CORPUS)], ["remove", str(CORPUS)], ["rebuild"]):
            ran = quoth_process(*command, "--library", folder)
            assert (ran.code, ran.err) == (
                1,
                f"quoth: the library {folder} cannot be written to: Read-only file system\n",
            )


def test_a_read_only_library_with_what_a_killed_process_left(library: Path, disk: Path, quoth: Quoth) -> None:
    folder = shutil.copytree(library, disk / "library")
    killed = os.fork()
    if killed == 0:
        try:
            writer = Writer(folder)
            with writer.transaction():
                writer.remove_sources([str(CORPUS / "about-quoth.md")])
        finally:
            os._exit(0)  # before SQLite could write it back
    os.waitpid(killed, 0)
    assert (folder / "catalog.sqlite-wal").stat().st_size
    with read_only(disk):  # what is beside the catalog counts
        assert "about-quoth" not in quoth("sources", "--library", str(folder)).out
    (folder / "catalog.sqlite-shm").unlink()
    with read_only(disk):
        ran = quoth("ask", "When did they meet?", "--library", str(folder))
        assert (ran.code, ran.out) == (1, "")
        assert "It needs a folder that can be written to" in ran.err
        assert ran.err.count("\n") == 1


@pytest.mark.slow
def test_a_read_only_library_that_changes_is_opened_again(library: Path, disk: Path) -> None:
    # Another test may have the library open; SQLite would read the copied file of its locks, here as long as `reader`.
    folder = shutil.copytree(library, disk / "library", ignore=shutil.ignore_patterns("*-shm"))
    with Library(folder) as reader:
        with read_only(disk):
            assert any("about-quoth" in source.source for source in reader.sources())
        with Library(folder) as other:
            other.remove([CORPUS / "about-quoth.md"])
        with read_only(disk):
            assert not any("about-quoth" in source.source for source in reader.sources())
            assert reader.search("What is Quoth?")


@pytest.mark.parametrize("limits", [[17], pytest.param(range(11, 34, 3), marks=pytest.mark.slow)])
def test_descriptors_exhausted(warm: Warm, tmp_path: Path, limits: Sequence[int]) -> None:
    world = World(warm, tmp_path, random.Random(1))  # noqa: S311
    add = ["add", str(world.files), "--library", world.library]
    assert warm.call("command", add).code == 4
    for files in limits:
        world.write("another.md")
        one_line(warm.call("command", add, files=files), (4, 0), files)
        question = f"lighthouse keeper wrote {mark('note-1.md', 2)}"
        asked = warm.call("command", ["search", question, "--library", world.library], files=files)
        one_line(asked, (0, 0), files)
        assert asked.code == 1 or mark("note-1.md", 2) in asked.out
    world.end()


def one_line(ended: Ended, well: tuple[int, int], files: int) -> None:
    """It ended well, or with one line that says what is the matter; well: code and lines on standard error."""
    lines = ended.err.splitlines()
    assert (ended.code, len(lines)) in (well, (1, 1)), (files, ended)
    assert not any("fault in Quoth" in line for line in lines), (files, lines)


@pytest.mark.slow
def test_a_clock_that_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing relies on the order of times: files of the future, and a clock that was set back by ten years."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").write_text("The old lighthouse was built in 1847.")
    os.utime(notes / "a.txt", (4e9, 4e9))
    with Library(tmp_path / "library") as library:
        library.add([notes])
        assert not library.changed()
        conversations = library.conversations()
        first = conversations.create("before")
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now - 3e8)
        (notes / "a.txt").write_text("The old lighthouse was built in 1853.")
        os.utime(notes / "a.txt", (1e9, 1e9))
        (notes / "b.txt").write_text("The new lighthouse was built in 1911.")
        assert [len(names) for names in (library.changed().changed, library.changed().new)] == [1, 1]
        report = library.update()
        assert (len(report.updated), len(report.added)) == (1, 1)
        assert report.seconds >= 0
        assert "1853" in library.search("When was the old lighthouse built?", k=1)[0].text
        turn = conversations.ask(first.id, "When was it built?")
        assert conversations.finish(turn.id, library.ask("When was the new lighthouse built?")).answer
        library.remove([notes / "b.txt"])
        assert not any("1911" in passage.text for passage in library.search("When was it built?"))
