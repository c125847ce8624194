"""The Chroma index: built from the catalog, searched beside the tail, left alone when it is damaged."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qa import Library, store
from qa.catalog import Catalog
from qa.errors import LibraryError
from qa.store import IndexRow
from qa.types import Passage

TOPICS = ["harbour", "orchard", "observatory", "bakery", "railway", "theatre", "quarry", "school"]


def note(topic: str, number: int) -> str:
    return f"The {topic} of village {number} was opened in {1800 + number}. People liked the {topic} very much.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(note(TOPICS[number % 8], number))
    return folder


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        library.add([folder])
        yield library


def row(library: Library) -> IndexRow:
    catalog = Catalog(library.folder)
    found = IndexRow.of(catalog)
    catalog.close()
    assert found is not None
    return found


def search(library: Library, question: str, k: int | None = None) -> list[Passage]:
    """What a search finds, which is the same with the index as it was without: a first one does not open it."""
    first = library.search(question, k=k)
    assert library.search(question, k=k) == first
    return first


def best(library: Library, question: str) -> str:
    return search(library, question, k=1)[0].text


def test_the_index_is_a_chroma_collection_of_every_chunk_without_its_text(library: Library) -> None:
    import chromadb

    client = chromadb.PersistentClient(str(library.folder / row(library).folder))
    collection = client.get_collection(store.COLLECTION, embedding_function=None)
    assert collection.count() == row(library).count == 40
    kept = collection.get(include=["documents", "metadatas"])
    catalog = Catalog(library.folder)
    chunks = catalog.chunks([int(name) for name in kept["ids"]])
    catalog.close()
    assert {chunk.text for chunk in chunks.values()} == {note(TOPICS[number % 8], number) for number in range(40)}
    for name, about in zip(kept["ids"], kept["metadatas"] or [], strict=True):
        chunk = chunks[int(name)]
        assert about == {"document": chunk.document, "start": chunk.start, "end": chunk.end}
    assert set(kept["documents"] or []) == {None}  # or else a removed text would stay until the next index
    client.close()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_libraries_have_an_index_too(tmp_path: Path, count: int) -> None:
    for number in range(count):
        (tmp_path / f"{number}.txt").write_text(note(TOPICS[number], number))
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / f"{number}.txt" for number in range(count)])
        assert row(library).count == count
        assert len(search(library, "What was opened?")) == count


def test_every_change_of_a_small_library_makes_the_index_anew(library: Library, folder: Path) -> None:
    before = row(library)
    (folder / "new.txt").write_text("The zeppelin hangar burnt down in 1911.")
    library.add([folder])
    assert row(library).folder != before.folder
    assert [path.name for path in library.folder.glob("index-*")] == [row(library).folder]
    library.add([folder])
    (folder / "new.txt").unlink()
    library.remove([folder])
    catalog = Catalog(library.folder)
    assert IndexRow.of(catalog) is None
    catalog.close()
    assert not list(library.folder.glob("index-*"))


def test_the_tail_is_searched_beside_the_index(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SMALL", 0)
    before = row(library)
    (folder / "new.txt").write_text("The zeppelin hangar burnt down in 1911.")
    (folder / "00.txt").unlink()
    library.add([folder])
    assert row(library) == before  # two of forty: less than a tenth
    assert "1911" in best(library, "When did the zeppelin hangar burn down?")
    assert all("1800" not in passage.text for passage in search(library, "When was the harbour opened?", k=41))
    for number in range(5):
        (folder / f"more-{number}.txt").write_text(f"The tram line {number} was closed in {1950 + number}.")
    library.add([folder])
    assert row(library).folder != before.folder


def test_an_open_library_sees_what_another_one_adds_and_removes(library: Library, folder: Path) -> None:
    question = "When did the zeppelin hangar burn down?"
    assert "1911" not in best(library, question)
    (folder / "new.txt").write_text("The zeppelin hangar burnt down in 1911.")
    with Library(library.folder) as other:
        other.add([folder])
    assert "1911" in best(library, question)
    with Library(library.folder) as other:
        other.remove([folder / "new.txt"])
    assert all("zeppelin" not in passage.text for passage in search(library, question, k=50))


@pytest.mark.parametrize("damage", ["truncated", "garbage", "gone", "no database", "folder gone"])
def test_a_damaged_index_is_not_opened_and_answers_come_from_the_catalog(library: Library, damage: str) -> None:
    library.close()
    folder = library.folder / row(library).folder
    vectors = next(folder.rglob("data_level0.bin"))
    if damage == "truncated":
        vectors.write_bytes(vectors.read_bytes()[:100])
    elif damage == "garbage":
        vectors.write_bytes(bytes(reversed(vectors.read_bytes())))
    elif damage == "gone":
        vectors.unlink()
    elif damage == "no database":
        (folder / "chroma.sqlite3").unlink()
    else:
        folder.rename(folder.with_name("elsewhere"))
    assert store.trouble(library.folder, row(library))
    assert "1826" in best(library, "When was the observatory of village 26 opened?")
    library.rebuild()
    assert not store.trouble(library.folder, row(library))
    assert "1826" in best(library, "When was the observatory of village 26 opened?")


def test_an_index_that_fails_while_searching_is_left_alone(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def failing(*_: object) -> None:
        calls.append(1)
        raise RuntimeError("Failed to apply logs to the hnsw segment writer")

    monkeypatch.setattr("qa.store.Index.nearest", failing)
    for _ in range(3):
        assert "1826" in best(library, "When was the observatory of village 26 opened?")
    assert len(calls) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the open files of a process are read from /proc")
def test_an_index_that_cannot_be_opened_leaves_no_file_open(tmp_path: Path) -> None:
    import chromadb

    made = chromadb.PersistentClient(str(tmp_path))
    made.create_collection("another", embedding_function=None)
    made.close()
    with pytest.raises(Exception, match="does not exist"):
        store.Index(tmp_path)
    deadline = time.monotonic() + 20
    while still := [path for path in opened_files() if path.is_relative_to(tmp_path)]:  # Chroma closes on a thread
        assert time.monotonic() < deadline, still
        time.sleep(0.1)


def opened_files() -> list[Path]:
    """What this process has open."""
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            found.append(path.readlink())
    return found


def test_as_many_passages_as_there_can_be(library: Library) -> None:
    assert len(search(library, "When was the harbour opened?", k=sys.maxsize)) == 40
    assert library.notices() == []


def test_an_index_is_not_blamed_for_the_catalog(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before = search(library, "When was the harbour opened?")

    def fail(*_: object) -> None:
        raise LibraryError("the library cannot be used now: disk I/O error")  # as qa.catalog.schema.told makes of it

    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "chunks", fail)
        with pytest.raises(LibraryError, match="disk I/O error"):
            library.search("When was the harbour opened?")
    assert library.notices() == []
    assert library.search("When was the harbour opened?") == before


def test_rebuild_does_not_embed_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before = row(library)
    monkeypatch.setattr("qa.embedding.Embedder.embed_documents", lambda *_: pytest.fail("something was embedded"))
    report = library.rebuild()
    assert (report.chunks, report.embedded) == (40, 0)
    assert row(library).folder != before.folder


def test_chroma_finds_what_an_exact_search_finds(library: Library) -> None:
    catalog = Catalog(library.folder)
    ids, vectors = catalog.matrix()
    index, highest = store.Store(library.folder).current(catalog)
    catalog.close()
    assert index is not None
    assert highest == ids[-1]
    for vector in vectors[:10]:
        found = index.nearest(vector, 10)
        exact = np.sort(vectors @ vector)[::-1][:10]
        assert np.allclose([cosine for _, cosine in found], exact, atol=1e-5)
    index.close()


def test_nothing_is_taken_from_the_working_directory(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    (stranger / ".env").write_text("chroma_api_impl=chromadb.api.fastapi.FastAPI\nchroma_server_host=127.0.0.1\n")
    monkeypatch.chdir(stranger)
    monkeypatch.setenv("CHROMA_SERVER_HOST", "127.0.0.1")
    with Library(library.folder) as other:
        other.rebuild()
        assert "1826" in best(other, "When was the observatory of village 26 opened?")


def test_variables_for_chroma_change_nothing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert search(library, "Who vetoed keeping the Panel of Experts?")
    monkeypatch.setenv("CHROMA_SERVER_HOST", "127.0.0.1")
    monkeypatch.setenv("CHROMA_OTEL_COLLECTION_ENDPOINT", "http://127.0.0.1:9")
    with Library(library.folder) as other:
        assert search(other, "Who vetoed keeping the Panel of Experts?")
        assert other.notices() == []


TERMS = "Payment is due within thirty days of the invoice, and interest of two per cent is charged from then on."


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """60 pages with the same text, which are as many documents, beside 40 notes."""
    folder = tmp_path / "forms"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:02}.html").write_text(f"<!-- form {number} --><p>{TERMS}</p>")
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(note(TOPICS[number % 8], number))
    return folder


def test_a_text_that_many_chunks_have_is_in_the_index_once(tmp_path: Path, forms: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add([forms])
        assert (row(library).count, row(library).entries) == (100, 41)
        assert not library.doctor(deep=True).findings
        found = search(library, "When is payment due?", k=10)
        assert [passage.text for passage in found].count(TERMS) == 1  # and so nine notes beside it
        assert len(found) == 10
        assert "1826" in best(library, "When was the observatory of village 26 opened?")


def test_a_text_that_many_chunks_have_is_found_in_each_document(
    tmp_path: Path, forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SMALL", 0)
    monkeypatch.setattr("qa.nearest.EXACT", 0)  # so that the index is asked in a search of some documents too
    with Library(tmp_path / "library") as library:
        library.add([forms])
        before = row(library)
        (forms / "00.html").unlink()  # whose chunk is the first of them
        library.add([forms])
        assert row(library) == before
        assert search(library, "When is payment due?", k=1)[0].source == str(forms / "01.html")
        for _ in range(2):
            (found,) = library.search("When is payment due?", where="47.html")
            assert (found.source, found.text) == (str(forms / "47.html"), TERMS)


def test_an_index_that_finds_few_of_its_chunks_is_not_taken(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from qa import building

    finds = store.Index.finds
    lost = iter([True] + 9 * [False] + 2 * [True] + 8 * [False])
    monkeypatch.setattr(store.Index, "finds", lambda index, vector: not next(lost) and finds(index, vector))
    (tmp_path / "new").mkdir()
    assert building._write(library.folder, tmp_path / "new").entries == 40  # a graph may fail to find one of ten
    (tmp_path / "newer").mkdir()
    with pytest.raises(SystemExit, match="does not find 2 of 10 chunks"):
        building._write(library.folder, tmp_path / "newer")
