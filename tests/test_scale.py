"""What must not grow with the library, by counts: what a search asks the catalog for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa import Library, building
from qa.catalog import Catalog, schema
from qa.catalog.checking import text_hash
from qa.catalog.writing import Stamp, Writer
from qa.settings import Settings
from qa.types import Chunk, Document

PER_DOCUMENT = 50
QUESTION = "When was the harbour of Norrheim painted?"


def fill(library: Path, start: int, end: int) -> None:
    """Make chunks of these numbers, in documents of PER_DOCUMENT, and an index of all that the library has then."""
    vectors = np.random.default_rng(2).standard_normal((end, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"The harbour of village {number} was painted once, in {1500 + number % 500}.\n" for number in range(end)]
    writer = Writer(library)
    with writer.transaction():
        for first in range(start, end, PER_DOCUMENT):
            part, chunks, at = texts[first : first + PER_DOCUMENT], [], 0
            for text in part:
                chunks.append(Chunk(at, at + len(text), text))
                at += len(text)
            names = [text_hash(text) for text in part]
            writer.add_vectors(names, vectors[first : first + PER_DOCUMENT])
            document = Document(f"/made/{first}.txt", "".join(part), "txt", f"{first:064}")
            row = writer.add_document(document, ".txt", chunks, names)
            writer.set_source(document.source, row, "/made", Stamp(at, 0))
    building.rebuild(library, writer)
    writer.close()


def asked(library: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
    """The statements of a warm search, and how many rows they bring."""
    statements: list[str] = []
    brought = 0
    rows = Catalog.rows

    def counted(self: Catalog, sql: str, *values: Any) -> list[Any]:
        nonlocal brought
        found = rows(self, sql, *values)
        statements.append(" ".join(sql.split())[:60])
        brought += len(found)
        return found

    with Library(library) as opened:
        opened.search(QUESTION)
        with monkeypatch.context() as there:
            there.setattr(Catalog, "rows", counted)
            assert opened.search(QUESTION)
    return statements, brought


def test_a_search_asks_for_no_more_in_a_library_ten_times_as_large(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(library, 0, 300)
    few = asked(library, monkeypatch)
    fill(library, 300, 3000)
    many = asked(library, monkeypatch)
    assert len(many[0]) <= len(few[0]) + 2
    # A few rows for each candidate: its text, its vector, its document's hash and path.
    settings = Settings().retrieval
    assert max(few[1], many[1]) <= 4 * (settings.candidates + settings.word_candidates)
    # Counting every chunk reads an index from end to end; it is done once, not at every question.
    assert not [statement for statement in many[0] if "count(*)" in statement]


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="Linux alone counts what a process writes")
def test_one_changed_file_writes_little_more_than_the_catalog_anew(library: Path, tmp_path: Path) -> None:
    """The catalog is written anew without what was deleted: to a temporary file, the journal and the file itself. That
    was 5.8 times its size when this was written.
    """
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.txt").write_text(f"Boat {number} was painted green.\n\nIt left in {1700 + number}.\n")
    with Library(library) as opened:
        assert opened.add([folder]).embedded == 60
        (folder / "7.txt").write_text("Boat 7 was painted green.\n\nIt left in 1999.\n")
        before = written()
        report = opened.add([folder])
        by_catalog = written() - before
    assert (len(report.updated), report.embedded) == (1, 1)
    catalog = (library / schema.FILE).stat().st_size
    index = sum(path.stat().st_size for path in library.glob("index-*/**/*") if path.is_file())
    assert by_catalog <= 7 * catalog
    assert index <= building.expected_size(Catalog(library))


def written() -> int:
    """Bytes that this process has written so far."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])
