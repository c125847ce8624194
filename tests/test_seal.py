"""What opening an index may change in its files, and what nothing else may."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qa import Library, building, seal, store
from qa.catalog.writing import Writer
from qa.seal import DATABASE, Seal, broken
from qa.store import Index, IndexRow
from qa.types import Chunk, Document
from tests.conftest import own_home


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, models: Path) -> tuple[Path, IndexRow]:
    place = tmp_path_factory.mktemp("sealed")
    for number in range(30):
        (place / f"{number}.txt").write_text(f"The ferry number {number} was built in Bremen in {1900 + number}.\n" * 5)
    with own_home(place / "home", models), Library(place / "library") as library:
        library.add([place / f"{number}.txt" for number in range(30)])
        catalog = library._parts.catalog()
        assert catalog is not None
        row = IndexRow.of(catalog)
    assert row is not None
    return place / "library", row


@pytest.fixture
def index(built: tuple[Path, IndexRow], tmp_path: Path) -> Path:
    """The test's own copy of an index."""
    folder, row = built
    return Path(shutil.copytree(folder / row.folder, tmp_path / "index"))


def test_every_file_is_sealed_and_the_database_has_no_free_page(built: tuple[Path, IndexRow], index: Path) -> None:
    files = {path.relative_to(index).as_posix() for path in index.rglob("*") if path.is_file()}
    assert set(built[1].files) == files >= {DATABASE}
    assert any(name.endswith("index_metadata.pickle") for name in files)
    with closing(sqlite3.connect(index / DATABASE)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_a_seal_holds_however_often_the_index_is_opened(built: tuple[Path, IndexRow], index: Path) -> None:
    with closing(sqlite3.connect(index / DATABASE)) as connection, connection:
        # What a thousand openings write: the table outgrows its page.
        connection.executemany("INSERT INTO acquire_write (lock_status) VALUES (?)", [(1,)] * 1000)
    for _ in range(2):
        assert broken(index, built[1].files) is None
        opened = Index(index)
        assert opened.count() == 30
        opened.close()
    assert broken(index, built[1].files) is None


def test_a_byte_anywhere_breaks_it(built: tuple[Path, IndexRow], index: Path) -> None:
    for name, sealed in built[1].files.items():
        path = index / name
        data = path.read_bytes()
        for at in {len(data) // 3, len(data) - 1, 16 if name == DATABASE else 0}:
            if sealed.page and (sealed.page - 1) * sealed.page_size <= at < sealed.page * sealed.page_size:
                continue
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert name in (broken(index, built[1].files) or ""), (name, at)
        path.write_bytes(data)
    assert broken(index, built[1].files) is None


def test_what_a_killed_reader_left_half_written_is_taken_back(built: tuple[Path, IndexRow], index: Path) -> None:
    program = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.executemany("INSERT INTO acquire_write (lock_status) VALUES (?)", [(1,)] * 20000)
connection.execute("UPDATE embedding_metadata SET string_value = 'x'")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", program, index / DATABASE], check=False)
    assert (index / f"{DATABASE}-journal").stat().st_size
    assert broken(index, built[1].files) is None
    assert not (index / f"{DATABASE}-journal").exists()


def test_a_journal_that_is_none_does_no_harm(built: tuple[Path, IndexRow], index: Path) -> None:
    (index / f"{DATABASE}-journal").write_bytes(b"\xa5" * 9000)
    assert broken(index, built[1].files) is None


def test_a_link_or_a_folder_instead_of_a_file_is_no_index(built: tuple[Path, IndexRow], index: Path) -> None:
    (index / DATABASE).rename(index / "elsewhere")
    (index / DATABASE).symlink_to(index / "elsewhere")
    assert "no file" in (broken(index, built[1].files) or "")
    (index / DATABASE).unlink()
    (index / DATABASE).mkdir()
    assert "no file" in (broken(index, built[1].files) or "")


def write_index(folder: Path, count: int) -> tuple[Path, IndexRow]:
    """An index of so many chunks, in its folder, and its row."""
    pieces = [f"Line {number}.\n" for number in range(count)]
    ends = list(itertools.accumulate(map(len, pieces)))
    chunks = [Chunk(end - len(piece), end, piece) for piece, end in zip(pieces, ends, strict=True)]
    vectors = np.random.default_rng(1).standard_normal((count, 8)).astype(np.float32)
    names = [number.to_bytes(16) for number in range(count)]
    writer = Writer(folder)
    with writer.transaction():
        writer.add_vectors(names, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
        writer.add_document(Document("/a.txt", "".join(pieces), "txt", "0"), ".txt", chunks, names)
    writer.close()
    target = folder / "index-abcdefgh"
    target.mkdir()
    return target, building._write(folder, target)


@pytest.mark.parametrize("count", [1, 2, 302])
def test_no_chunk_stays_in_the_log_of_chroma(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "BATCH", 50)  # of 302, the last batch is six smaller than the others
    target, row = write_index(tmp_path, count)
    with closing(sqlite3.connect(target / DATABASE)) as connection:
        ((written,),) = connection.execute("SELECT DISTINCT seq_id FROM max_seq_id").fetchall()
    assert written >= count == row.count
    assert store.trouble(tmp_path, row) is None


def test_a_large_file_is_read_again_only_where_something_wrote_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "LARGE", 5000)
    index, row = write_index(tmp_path, 302)
    read: list[str] = []
    hashing = seal._sha256

    def hash_and_note(path: Path, wanted: Seal) -> str:
        read.append(path.relative_to(index).as_posix())
        return hashing(path, wanted)

    monkeypatch.setattr(seal, "_sha256", hash_and_note)
    (vectors,) = (name for name in row.files if name.endswith("data_level0.bin"))
    assert broken(index, row.files) is None
    assert vectors not in read
    assert DATABASE in read  # opening it has written to it
    read.clear()
    assert broken(index, row.files, whole=True) is None
    assert set(read) == set(row.files)

    path, stat = index / vectors, (index / vectors).stat()
    data = path.read_bytes()
    with path.open("r+b") as file:
        file.write(bytes([data[0] ^ 1]))
    os.utime(
        path, ns=(stat.st_atime_ns, stat.st_mtime_ns)
    )  # who sets back the time of the last writing is seen as well
    assert vectors in (broken(index, row.files) or "")
    path.write_bytes(data)
    assert broken(index, row.files) is None  # such as one that was copied: hashed, and sound
