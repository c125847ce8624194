"""What the machine that adds does to a Chroma server, seen from another that asks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa import Library, LibraryEmpty, LibraryMismatch, SourceNotFound
from qa.remote.server import Server
from tests.conftest import Quoth
from tests.remote.conftest import Open, on
from tests.remote.servers import Chroma

pytestmark = pytest.mark.slow


def note(number: int) -> str:
    return f"The lighthouse of harbour {number} was built in {1700 + number} by the engineer Clara Voss.\n"


def built(library: Library, number: int) -> list[str]:
    """What is quoted of the lighthouse of a harbour."""
    answer = library.ask(f"When was the lighthouse of harbour {number} built?")
    for citation in answer.citations:
        assert library.text(citation.source)[citation.start : citation.end] == citation.quote
    return [one.quote for one in answer.citations if f"harbour {number} " in one.quote]


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A collection of the test's own."""
    return str(request.node.name)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with three notes."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"{number}.txt").write_text(note(number))
    return folder


@pytest.fixture
def server(chroma: Chroma, name: str) -> Iterator[Server]:
    """The library's collections as they are on the server, to be damaged."""
    opened = Server(on(chroma.url, name).store, "any")
    yield opened
    opened.close()


def pair(server: Server) -> Any:
    """The collections of chunks and of sources."""
    root = server.root()
    assert root
    found = server.pair(root.generation)
    assert found
    return found


def test_others_see_what_was_added_changed_moved_and_removed(
    chroma: Chroma, machine: Open, files: Path, name: str, server: Server
) -> None:
    writer, reader = machine("writer", chroma.url, name), machine("reader", chroma.url, name)
    with pytest.raises(LibraryEmpty, match="quoth add"):
        reader.ask("Who built it?")
    assert len(writer.add(files).added) == 3
    assert built(reader, 2) == built(writer, 2) == [note(2).strip()]
    # Another year, another name, a copy, and one that is gone.
    (files / "1.txt").write_text(note(1).replace("1701", "1899"))
    (files / "2.txt").rename(files / "two.txt")
    shutil.copy(files / "3.txt", files / "3 again.txt")
    writer.update()
    assert built(reader, 1) == [note(1).replace("1701", "1899").strip()]
    assert [Path(one.source).name for one in reader.sources()] == ["1.txt", "3 again.txt", "3.txt", "two.txt"]
    assert reader.ask("When was the lighthouse of harbour 2 built?").citations[0].source == str(files / "two.txt")
    assert reader.text(files / "3 again.txt") == note(3)
    kept = pair(server)
    assert sorted(row["source"] for row in kept.chunks.get()["metadatas"]) == [
        str(files / one) for one in ("1.txt", "3 again.txt", "two.txt")
    ]
    writer.remove([files / "1.txt", files / "3.txt"])
    assert built(reader, 1) == []
    with pytest.raises(SourceNotFound):
        reader.text(files / "1.txt")
    assert "1899" not in str(kept.chunks.get()["documents"])
    assert kept.chunks.count() == 2
    assert writer.doctor(deep=True).findings == ()
    assert reader.doctor(deep=True).findings == ()


def test_names_that_are_no_text_and_documents_without_any(
    chroma: Chroma, machine: Open, tmp_path: Path, name: str, server: Server
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    odd = folder / "caf\udce9.txt"
    odd.write_text(note(7))
    (folder / "empty.txt").write_text("")
    writer, reader = machine("writer", chroma.url, name), machine("reader", chroma.url, name)
    writer.add(folder)
    assert reader.sources() == writer.sources()
    assert str(odd) in [one.source for one in reader.sources()]
    assert reader.text(str(odd)) == note(7)
    assert built(reader, 7)
    odd.rename(folder / "plain.txt")
    writer.update()
    assert [Path(one.source).name for one in reader.sources()] == ["plain.txt"]
    [row] = pair(server).chunks.get()["metadatas"]
    assert row["source"] == str(folder / "plain.txt")
    assert "source_bytes" not in row


def test_nothing_is_kept_of_a_change_whose_writer_was_killed(
    chroma: Chroma, machine: Open, files: Path, name: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.remote.seeing.MOMENT", 0.0)
    writer, reader = machine("writer", chroma.url, name), machine("reader", chroma.url, name)
    writer.add(files)
    root = server.root()
    assert root
    server.set_root(replace(root, version=root.version + 1))  # as the writer says before
    assert len(reader.sources()) == 3
    assert built(reader, 1)
    rows = pair(server).sources.get()
    gone = [at for at, row in zip(rows["ids"], rows["metadatas"], strict=True) if row["source"].endswith("1.txt")]
    pair(server).sources.delete(ids=gone)
    assert len(reader.sources()) == 2
    assert built(reader, 1) == []
    assert reader.ask("When was the lighthouse of harbour 2 built?").documents == 2
    assert [one.severity for one in reader.doctor().findings] == ["warning"]
    writer.update()
    assert built(reader, 1)
    assert reader.doctor().findings == ()


def test_a_title_that_is_no_longer_there(chroma: Chroma, machine: Open, files: Path, name: str, server: Server) -> None:
    page = files / "page.md"
    page.write_text(f"# The lighthouses\n\n{note(8)}")
    writer, reader = machine("writer", chroma.url, name), machine("reader", chroma.url, name)
    writer.add(files)
    assert "The lighthouses" in [one.title for one in reader.sources()]
    page.write_text(note(8))
    writer.update()
    assert [one.title for one in reader.sources()] == [None] * 4
    assert reader.doctor(deep=True).findings == writer.doctor(deep=True).findings == ()
    root = server.root()
    writer.update()
    assert server.root() == root  # there was nothing left to send


def test_what_the_server_lost_or_has_too_much_is_mended_by_the_next_add(
    chroma: Chroma, machine: Open, files: Path, name: str, server: Server
) -> None:
    writer, reader = machine("writer", chroma.url, name), machine("reader", chroma.url, name)
    writer.add(files)
    kept = pair(server)
    row = kept.sources.get(limit=1)
    kept.sources.delete(ids=row["ids"])
    found = kept.chunks.get(limit=1, include=["documents", "embeddings", "metadatas"])
    kept.chunks.upsert(
        ids=["0" * 32 + "-000000"],
        documents=found["documents"],
        embeddings=found["embeddings"],
        metadatas=[{**found["metadatas"][0], "document": "0" * 32}],
    )
    assert {one.check for one in writer.doctor().findings} == {"server"}
    writer.update()
    assert writer.doctor(deep=True).findings == ()
    kept.chunks.delete(ids=found["ids"])
    assert not writer.doctor().sound
    assert not reader.doctor(deep=True).sound
    writer.update()
    assert reader.doctor(deep=True).findings == ()
    assert [built(reader, number) for number in (1, 2, 3)] == [[note(number).strip()] for number in (1, 2, 3)]


def test_rebuild_fills_an_empty_server_and_another_cut(
    chroma: Chroma, machine: Open, files: Path, name: str, server: Server, tmp_path: Path
) -> None:
    long = " ".join(note(number).strip() for number in range(20, 60))
    (files / "long.txt").write_text(long)
    writer, reader = machine("writer", chroma.url, name), machine("reader", chroma.url, name)
    writer.add(files)
    before = reader.ask("When was the lighthouse of harbour 33 built?")
    root = server.root()
    assert root
    server.drop_pair(root.generation)
    server.drop_root()
    assert [one.check for one in writer.doctor().findings] == ["server"]
    writer.rebuild()
    after = reader.ask("When was the lighthouse of harbour 33 built?")
    assert (after.citations, after.confidence) == (before.citations, before.confidence)
    chunks = sum(one.chunks for one in reader.sources())
    small = on(chroma.url, name)
    small = small.model_copy(update={"chunking": small.chunking.model_copy(update={"tokens": 32})})
    with Library(writer.folder, settings=small) as cut:
        cut.rebuild(embed=True)
    assert sum(one.chunks for one in reader.sources()) > chunks
    assert built(reader, 33)
    assert reader.text(files / "long.txt") == long
    names = [one.name for one in server._connected().list_collections() if one.name.startswith(f"{name}.")]
    assert len(names) == 2  # the older ones are gone


def test_two_catalogs_do_not_fill_one_library(
    chroma: Chroma, machine: Open, files: Path, name: str, tmp_path: Path
) -> None:
    writer, second = machine("writer", chroma.url, name), machine("second", chroma.url, f"{name}-2")
    writer.add(files)
    second.add(files / "1.txt")
    third = machine("second", chroma.url, name)  # the same catalog, set to the library of the first
    with pytest.raises(LibraryMismatch, match=r"store\.collection"):
        third.update()
    assert len(writer.sources()) == 3
    third.rebuild()
    assert len(writer.sources()) == 1
    with pytest.raises(LibraryMismatch):
        writer.update()


def test_a_library_that_is_deleted_goes_from_the_server(
    chroma: Chroma, files: Path, name: str, quoth: Quoth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_STORE__URL", chroma.url)
    monkeypatch.setenv("QUOTH_STORE__COLLECTION", name)
    assert quoth("add", str(files)).code == 0
    assert quoth("libraries", "delete", "default", "--yes").code == 0
    asked = quoth("ask", "Who built it?")
    assert asked.code == 1
    assert "holds no documents yet" in asked.err


def test_a_library_of_another_model_says_so(
    chroma: Chroma, machine: Open, files: Path, name: str, server: Server
) -> None:
    writer, reader = machine("writer", chroma.url, name), machine("reader", chroma.url, name)
    writer.add(files)
    root = server.root()
    assert root
    server.set_root(replace(root, version=root.version + 1, fingerprint="other"))
    with pytest.raises(LibraryMismatch, match="embedding model"):
        reader.ask("Who built it?")
    assert not reader.doctor().sound
    server.set_root(replace(root, version=root.version + 2, spelling="0 other"))
    with pytest.raises(LibraryMismatch, match="spells words"):
        machine("third", chroma.url, name).ask("Who built it?")
    writer.update()  # fills it anew
    assert built(reader, 1)
