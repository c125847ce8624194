"""What an add does: only what is new or changed is read and embedded, what is gone goes, and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa import Library
from qa.catalog import Catalog
from qa.catalog.writing import Writer
from qa.embedding import Embedder
from qa.errors import SourceNotFound
from qa.reading import Reader
from qa.settings import ReadingSettings, Settings
from qa.types import Progress

BRIDGE = "# The bridge\n\nThe old bridge over the Weser was built in 1847 by the engineer Clara Voss.\n"
BAKERY = "The bakery on Mill Lane opens at six in the morning. It sells rye bread and poppy seed cake.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "town").mkdir(parents=True)
    (folder / "bridge.md").write_text(BRIDGE)
    (folder / "town" / "bakery.txt").write_text(BAKERY)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is embedded as a document from here on."""
    texts: list[str] = []
    real = Embedder.embed_documents

    def counting(self: Embedder, given: list[str]) -> object:
        texts.extend(given)
        return real(self, given)

    monkeypatch.setattr(Embedder, "embed_documents", counting)
    return texts


def names(sources: tuple[str, ...]) -> list[str]:
    return sorted(Path(source).name for source in sources)


def listed(library: Library) -> list[str]:
    return sorted(Path(source.source).name for source in library.sources())


def test_a_folder_is_added_and_answers(library: Library, folder: Path) -> None:
    report = library.add([folder])
    assert names(report.added) == ["bakery.txt", "bridge.md"]
    assert (report.updated, report.removed, report.failed) == ((), (), ())
    assert report.chunks == report.embedded == 2
    assert Path(library.search("Who built the bridge?")[0].source).name == "bridge.md"


def test_unchanged_files_are_not_read_again(
    library: Library, folder: Path, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add([folder])
    embedded.clear()
    monkeypatch.setattr("qa.reading.Reader.read", lambda *_: pytest.fail("a file was read"))
    report = library.add([folder])
    assert names(report.unchanged) == ["bakery.txt", "bridge.md"]
    assert embedded == []


def test_a_touched_file_is_unchanged_by_its_hash(library: Library, folder: Path, embedded: list[str]) -> None:
    library.add([folder])
    embedded.clear()
    os.utime(folder / "bridge.md", (1, 1))
    assert "bridge.md" in names(library.add([folder]).unchanged)
    assert embedded == []
    assert not library.changed()


def test_a_changed_file_replaces_its_chunks(library: Library, folder: Path, embedded: list[str]) -> None:
    library.add([folder])
    embedded.clear()
    (folder / "bridge.md").write_text(BRIDGE.replace("1847", "1851"))
    assert names(library.changed().changed) == ["bridge.md"]
    report = library.add([folder])
    assert names(report.updated) == ["bridge.md"]
    assert len(embedded) == 1
    texts = [passage.text for passage in library.search("When was the bridge built?", k=10)]
    assert sum("1851" in text for text in texts) == 1
    assert not any("1847" in text for text in texts)


def test_only_the_changed_paragraph_is_embedded(library: Library, folder: Path, embedded: list[str]) -> None:
    paragraphs = [
        f"Paragraph {n} tells of the harbour. " + f"Ship number {n} came in with the tide. " * 20 for n in range(12)
    ]
    (folder / "long.txt").write_text("\n\n".join(paragraphs))
    library.add([folder])
    embedded.clear()
    paragraphs[7] = paragraphs[7].replace("harbour", "shipyard")
    (folder / "long.txt").write_text("\n\n".join(paragraphs))
    report = library.add([folder])
    assert report.chunks > 10
    assert 1 <= len(embedded) <= 2
    assert "shipyard" in embedded[0]


def test_adding_again_costs_a_fixed_number_of_statements(
    library: Library, folder: Path, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = Catalog.rows

    def counting(self: Catalog, sql: str, *values: object) -> object:
        asked.append(sql)
        return real(self, sql, *values)

    monkeypatch.setattr(Catalog, "rows", counting)
    counts = []
    for files in (2, 40):
        for number in range(files - 2):
            (folder / f"note-{number}.txt").write_text(f"Note {number} is about the lamp in room {number}.\n")
        library.add([folder])
        asked.clear()
        embedded.clear()
        assert len(library.add([folder]).unchanged) == files
        assert embedded == []
        counts.append(len(asked))
    assert counts[0] == counts[1]  # none for each file


def test_a_changed_file_writes_no_more_than_its_own_chunks_take(library: Library, folder: Path) -> None:
    for number in range(100):
        (folder / f"note-{number}.txt").write_text(f"Note {number} is about the lamp in room {number}.\n")
    library.add([folder])
    catalog = Catalog(library.folder)
    kept = dict(catalog.rows("SELECT id, vector FROM chunks"))
    (folder / "note-7.txt").write_text("Note 7 is about the stove.\n")
    report = library.add([folder])
    now = dict(catalog.rows("SELECT id, vector FROM chunks"))
    catalog.close()
    assert report.embedded == 1
    assert len(set(now.items()) - set(kept.items())) == 1  # no other chunk was written again


def test_the_next_files_are_read_while_texts_are_embedded(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(150):
        (folder / f"note-{number:03}.txt").write_text(f"Note {number} is about the lamp in room {number}.\n")
    read_on = threading.Event()
    embed, read, seen = Embedder.embed_documents, Reader.read, []

    def waiting(self: Embedder, texts: list[str]) -> object:
        seen.append(read_on.wait(30))  # which only comes where reading goes on meanwhile
        return embed(self, texts)

    def reading(self: Reader, path: Path, *given: object) -> object:
        if path.name == "note-100.txt":  # of the second lot, which the first one does not need
            read_on.set()
        return read(self, path, *given)

    monkeypatch.setattr(Embedder, "embed_documents", waiting)
    monkeypatch.setattr(Reader, "read", reading)
    assert len(library.add([folder]).added) == 152
    assert read_on.is_set()
    assert all(seen)


def test_a_vanished_file_goes(library: Library, folder: Path) -> None:
    library.add([folder])
    (folder / "town" / "bakery.txt").unlink()
    assert names(library.changed().gone) == ["bakery.txt"]
    assert names(library.add([folder]).removed) == ["bakery.txt"]
    assert listed(library) == ["bridge.md"]


@pytest.mark.parametrize("how", ["emptied", "gone"])
def test_an_unmounted_folder_empties_nothing_and_says_so(library: Library, folder: Path, how: str) -> None:
    library.add([folder])
    shutil.rmtree(folder)
    if how == "emptied":
        folder.mkdir()
    report = library.update()
    assert report.removed == ()
    assert "documents are kept" in report.notices[0]
    assert listed(library) == ["bakery.txt", "bridge.md"]


def test_a_renamed_file_is_not_embedded_again(library: Library, folder: Path, embedded: list[str]) -> None:
    library.add([folder])
    embedded.clear()
    (folder / "bridge.md").rename(folder / "town" / "crossing.md")
    report = library.add([folder])
    assert (names(report.added), names(report.removed)) == (["crossing.md"], ["bridge.md"])
    assert embedded == []
    assert Path(library.search("Who built the bridge?")[0].source).name == "crossing.md"


def test_the_same_content_twice_is_embedded_once_and_found_once(
    library: Library, folder: Path, embedded: list[str]
) -> None:
    shutil.copy(folder / "bridge.md", folder / "town" / "copy.md")
    library.add([folder])
    assert len(embedded) == 2
    assert listed(library) == ["bakery.txt", "bridge.md", "copy.md"]
    assert sum("Weser" in passage.text for passage in library.search("Who built the bridge?", k=10)) == 1
    (folder / "bridge.md").unlink()
    library.add([folder])
    assert Path(library.search("Who built the bridge?")[0].source).name == "copy.md"


def test_what_was_removed_by_hand_stays_out_until_it_is_named(library: Library, folder: Path) -> None:
    library.add([folder])
    assert names(library.remove([folder / "bridge.md"]).removed) == ["bridge.md"]
    assert library.add([folder]).added == ()
    assert library.changed().new == ()
    assert names(library.add([folder / "bridge.md"]).added) == ["bridge.md"]
    assert listed(library) == ["bakery.txt", "bridge.md"]


def test_a_folder_can_be_removed_and_added_again(library: Library, folder: Path) -> None:
    library.add([folder])
    assert names(library.remove(folder / "town").removed) == ["bakery.txt"]
    assert library.update().added == ()
    library.remove(folder)
    assert library.sources() == []
    assert "bridge.md" in names(library.add([folder]).added)


def test_removing_what_is_not_there_removes_nothing(library: Library, folder: Path) -> None:
    library.add([folder])
    with pytest.raises(SourceNotFound, match="nothing was removed"):
        library.remove([folder / "bridge.md", folder / "nothing.txt"])
    assert listed(library) == ["bakery.txt", "bridge.md"]


def test_a_missing_path_changes_nothing(library: Library, folder: Path) -> None:
    with pytest.raises(SourceNotFound, match="does not exist"):
        library.add([folder, folder / "missing"])
    assert not library.exists()


def test_failures_are_reported_each_time_and_stop_nothing(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "empty.txt").write_text("  \n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\ngarbage")
    first = library.add([folder])
    assert names(tuple(failure.source for failure in first.failed)) == ["broken.pdf", "empty.txt"]
    assert len(first.added) == 2
    read: list[str] = []
    real = Reader.read
    monkeypatch.setattr(Reader, "read", lambda self, path, *_: read.append(path.name) or real(self, path))
    assert library.add([folder]).failed == first.failed
    assert read == ["empty.txt"]  # what took a parser to find out is not tried again


def test_a_file_that_can_no_longer_be_read_keeps_what_was_read(library: Library, folder: Path) -> None:
    library.add([folder])
    (folder / "bridge.md").write_bytes(b"\x00\x01\x02\x00" * 50)
    report = library.add([folder])
    assert "the version that was read before is kept" in report.failed[0].reason
    assert "1847" in library.text(folder / "bridge.md")


def test_an_update_looks_into_a_folder_that_was_empty_when_it_was_added(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    assert library.add([folder]).added == ()
    assert library.update().added == ()
    (folder / "bridge.md").write_text(BRIDGE)
    assert names(library.update().added) == ["bridge.md"]


def test_a_kill_while_a_library_begins_leaves_all_that_it_is_made_with_or_nothing(
    library: Library, folder: Path
) -> None:
    program = """
import os, signal, sys
from qa import Library
from qa.catalog.writing import Writer
real = Writer.rows
def dying(writer, sql, *values):
    if sql.startswith("INSERT INTO meta") and values[0] == "tokens":
        os.kill(os.getpid(), signal.SIGKILL)
    return real(writer, sql, *values)
Writer.rows = dying
Library(sys.argv[1]).add(sys.argv[2])
"""
    done = subprocess.run([sys.executable, "-c", program, str(library.folder), str(folder)], timeout=60)
    assert done.returncode == -signal.SIGKILL
    with closing(Catalog(library.folder)) as catalog:
        made_with = [catalog.meta(name) for name in ("fingerprint", "model", "tokens")]
    assert all(made_with) or not any(made_with)
    assert names(library.add([folder]).added) == ["bakery.txt", "bridge.md"]


def test_cancelling_keeps_what_was_finished_and_resumes(library: Library, folder: Path, embedded: list[str]) -> None:
    for number in range(200):
        (folder / f"note-{number:03}.txt").write_text(f"Note number {number} is about the colour of house {number}.\n")
    cancel = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.done >= 100:
            cancel.set()

    first = library.add([folder], progress=stop, cancel=cancel)
    assert first.cancelled
    assert 64 <= len(first.added) < 202
    assert len(library.sources()) == len(first.added)
    assert library.search("What is note number 3 about?")
    embedded.clear()
    second = library.add([folder])
    assert len(first.added) + len(second.added) == 202
    assert len(embedded) <= 202 - len(first.added)


def test_an_add_that_was_stopped_before_its_first_document_is_gone_on_with(library: Library, folder: Path) -> None:
    cancel = threading.Event()
    assert library.add([folder], progress=lambda _: cancel.set(), cancel=cancel).added == ()
    new = library.changed().new
    assert len(new) > 0
    assert sorted(library.update().added) == sorted(new)


def test_a_big_file_that_was_interrupted_is_not_embedded_from_the_beginning(
    library: Library, folder: Path, embedded: list[str]
) -> None:
    lines = (f"Entry {n}: the lamp in room {n} was lit at {n % 24} o'clock.\n\n" for n in range(7_000))
    (folder / "big.txt").write_text("".join(lines))
    cancel = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.chunks > 256:
            cancel.set()

    assert library.add([folder], progress=stop, cancel=cancel).cancelled
    done = len(embedded)
    report = library.add([folder])
    assert 256 <= done < report.chunks
    assert len(embedded) == report.chunks


def test_a_name_that_is_not_utf8(library: Library, folder: Path) -> None:
    path = os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")
    Path(path).write_text("The café in the station closes at nine.\n")
    library.add([folder])
    passage = library.search("When does the station café close?")[0]
    assert passage.source == path
    assert library.text(passage.source)[passage.start : passage.end] == passage.text
    library.remove([path])
    assert listed(library) == ["bakery.txt", "bridge.md"]


def test_another_language_is_said(library: Library, folder: Path) -> None:
    sentence = "Die Brücke über den Fluss wurde vor vielen Jahren gebaut und steht noch heute am Ufer. "
    (folder / "deutsch.txt").write_text(sentence * 10)
    notices = library.add([folder]).notices
    assert len(notices) == 1
    assert "deutsch.txt: it does not look like English" in notices[0]


def test_nothing_of_a_removed_document_stays_in_the_catalog(library: Library, folder: Path) -> None:
    library.add([folder])
    library.remove([folder / "bridge.md"])
    catalog = Catalog(library.folder)
    assert catalog.value("SELECT count(*) FROM chunks") == 1
    assert catalog.value("SELECT count(*) FROM vectors") == 1
    assert catalog.frequencies(["weser", "bakeri"]) == {"weser": 0, "bakeri": 1}
    catalog.close()


def test_documents_come_back_as_they_were_read(library: Library, folder: Path) -> None:
    library.add([folder])
    document = library.document(folder / "bridge.md")
    assert document.text == BRIDGE
    assert [mark.heading for mark in document.marks] == ["The bridge"]
    catalog = Catalog(library.folder)
    number = catalog.document_of(str(folder / "bridge.md"))
    assert catalog.text(number, 5, 20) == BRIDGE[5:20]
    assert catalog.text(number, 0, 10**6) == BRIDGE
    catalog.close()


def test_a_failed_transaction_leaves_nothing(library: Library, folder: Path) -> None:
    library.add([folder])
    writer = Writer(library.folder)

    def fail_halfway() -> None:
        with writer.transaction():
            writer.remove_sources([str(folder / "bridge.md")])
            writer.sweep()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail_halfway()
    writer.close()
    assert listed(library) == ["bakery.txt", "bridge.md"]


def test_words_that_were_spelt_in_another_way_are_spelt_again(library: Library, folder: Path) -> None:
    library.add([folder])
    writer = Writer(library.folder)
    writer.rows("INSERT INTO words (words) VALUES ('delete-all')")
    writer.set_meta(spelling="an earlier one")
    assert writer.frequencies(["weser"]) == {"weser": 0}
    writer.close()
    library.remove([folder / "town"])
    catalog = Catalog(library.folder)
    assert catalog.frequencies(["weser", "bakeri"]) == {"weser": 1, "bakeri": 0}
    catalog.close()


def test_a_failure_is_tried_again_when_what_stood_in_the_way_is_gone(tmp_path: Path, folder: Path) -> None:
    (folder / "long.txt").write_text("The mill stood by the brook. " * 100)
    limits = Settings(reading=ReadingSettings(max_bytes=1000))
    with Library(tmp_path / "other", settings=limits) as library:
        assert names(tuple(failure.source for failure in library.add([folder]).failed)) == ["long.txt"]
    with Library(tmp_path / "other") as library:
        assert library.add([folder]).failed == ()
        assert "long.txt" in listed(library)


def test_a_file_named_by_itself_is_always_tried_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\ngarbage")
    library.add([folder])
    tried: list[Path] = []
    real = Reader.read
    monkeypatch.setattr(Reader, "read", lambda self, path, *_: tried.append(path) or real(self, path))
    library.add([folder])
    assert tried == []
    library.add([folder / "broken.pdf"])
    assert tried == [folder / "broken.pdf"]


def test_a_folder_that_was_added_by_itself_is_kept_by_a_walk_that_passes_it_over(
    library: Library, folder: Path
) -> None:
    (folder / ".gitignore").write_text("town/\n")
    library.add([folder])
    assert listed(library) == ["bridge.md"]
    library.add([folder / "town"])
    for _ in range(2):
        report = library.update()
        assert (report.added, report.removed) == ((), ())
        assert listed(library) == ["bakery.txt", "bridge.md"]


def test_a_folder_below_a_removed_one_is_added_when_it_is_named(library: Library, folder: Path) -> None:
    library.add([folder])
    library.remove([folder])
    assert names(library.add([folder / "town"]).added) == ["bakery.txt"]
    assert names(library.update().unchanged) == ["bakery.txt"]


def test_embedding_again_after_an_interrupted_update(library: Library, folder: Path) -> None:
    library.add([folder])
    (folder / "bridge.md").write_text(BRIDGE.replace("1847", "1851"))
    for number in range(100):
        (folder / f"note-{number:03}.txt").write_text(f"Note number {number} is about house {number}.\n")
    cancel = threading.Event()
    library.add([folder], progress=lambda p: cancel.set() if p.done > 70 else None, cancel=cancel)
    library.rebuild(embed=True)
    assert "1851" in library.text(folder / "bridge.md")


def test_a_file_that_was_mended_is_seen(library: Library, folder: Path) -> None:
    (folder / "empty.txt").write_text("")
    library.add([folder])
    assert not library.changed()
    (folder / "empty.txt").write_text("Now it says something.")
    assert names(library.changed().new) == ["empty.txt"]


def test_vectors_of_an_add_that_never_went_on_are_dropped(library: Library, folder: Path) -> None:
    (folder / "big.txt").write_text("".join(f"Entry {n}: lamp {n} was lit at dusk.\n\n" for n in range(9000)))
    cancel = threading.Event()
    library.add([folder], progress=lambda p: cancel.set() if p.chunks > 256 else None, cancel=cancel)
    (folder / "big.txt").unlink()
    library.add([folder])
    catalog = Catalog(library.folder)
    assert catalog.value("SELECT count(*) FROM vectors") == catalog.chunk_count() == 2
    catalog.close()
