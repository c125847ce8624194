"""Removing: no text of a removed document is left in the library's folder, and what answers hold of it is said."""

from __future__ import annotations

import random
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qa import Library, Quoting
from qa.catalog import Catalog, schema
from qa.catalog.checking import text_hash
from qa.catalog.writing import Stamp, Writer
from qa.errors import SourceNotFound
from qa.places import delete
from qa.settings import ChunkingSettings, Settings
from qa.store import SMALL, IndexRow
from qa.types import Chunk, Document, Mark
from qa.words import words

from .conftest import Quoth
from .reading.reading_files import pdf, word

CANARY = "Zyxquorvexing"
SENTENCE = f"The {CANARY} heron nested under the slate bridge in the spring of 1931."
TEXT = "\n".join([SENTENCE, *(f"Line {number} of the {CANARY} report is on heron {number}." for number in range(40))])
QUESTION = f"When did the {CANARY} heron nest under the slate bridge?"
KEPT, LIGHTHOUSE = "The lighthouse of Brockton was painted red in 1954.", "When was the lighthouse of Brockton painted?"

KINDS: dict[str, Callable[[str], bytes]] = {
    "notes.txt": str.encode,
    "wide.txt": lambda text: text.upper().encode("utf-16"),
    "report.pdf": pdf,
    "letter.docx": word,
}


def content(path: Path) -> bytes:
    """What a file holds; read by another process, since closing a file of SQLite's here gives up its locks on it."""
    return subprocess.run(["cat", path], capture_output=True, check=True).stdout


def traces(folder: Path, *others: bytes) -> set[str]:
    """The files below a folder that hold the canary, as it was written or as the word index spells it, or others."""
    [spelt] = words(CANARY)
    forms = [form.encode(coding) for form in (CANARY.lower(), spelt) for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    found = set()
    for path in folder.rglob("*"):
        data = content(path) if path.is_file() else b""
        if any(form in data.lower() for form in forms) or any(other in data for other in others):
            found.add(path.name)
    return found


def vectors(library: Library, source: Path) -> list[bytes]:
    """The vectors of a source's chunks, as they are stored."""
    catalog = Catalog(library.folder)
    _, found = catalog.matrix(documents=[catalog.document_of(str(source))])
    catalog.close()
    return [row.astype("<f4").tobytes() for row in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "kept.txt").write_text(KEPT)
    for name, made in KINDS.items():
        (folder / name).write_bytes(made(TEXT))
    return folder


@pytest.mark.parametrize("way", ["removed", "changed", pytest.param("vanished", marks=pytest.mark.slow)])
def test_no_byte_of_what_leaves_a_library_is_left_in_it(tmp_path: Path, folder: Path, way: str) -> None:
    gone = [folder / name for name in KINDS]
    with Library(tmp_path / "library") as library, Library(tmp_path / "library") as other:
        library.add(folder)
        assert CANARY in other.ask(QUESTION).text  # a reader that has everything open
        embedded = [vector for path in gone for vector in vectors(library, path)]
        assert "catalog.sqlite" in traces(library.folder, *embedded)
        assert len(embedded) >= len(gone)
        if way == "removed":
            report = library.remove(gone)
        elif way == "changed":
            for path in gone:
                path.write_bytes(KINDS[path.name]("There is nothing of what it said before."))
            report = library.update()
        else:
            for path in gone:
                path.unlink()
            report = library.add(folder)
        assert sorted(report.removed or report.updated) == sorted(map(str, gone))
        assert report.notices == ()
        assert traces(library.folder, *embedded) == set()
        assert "1954" in other.ask(LIGHTHOUSE).text
        assert all("heron" not in passage.text for passage in other.search(QUESTION, k=50))
    assert traces(tmp_path / "library", *embedded) == set()


def test_a_deleted_library_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(folder)
        kept = library.conversations()
        kept.finish(kept.ask(kept.create().id, QUESTION).id, library.ask(QUESTION))
        (library.folder / "mine.txt").write_text("A file that the user keeps there.")
        assert traces(library.folder) >= {"catalog.sqlite"}
    delete(str(tmp_path / "library"))
    assert [path.name for path in (tmp_path / "library").iterdir()] == ["mine.txt"]


def test_a_content_that_another_file_has_stays(tmp_path: Path, folder: Path) -> None:
    (folder / "copy.txt").write_bytes((folder / "notes.txt").read_bytes())
    with Library(tmp_path / "library") as library:
        library.add([folder / "notes.txt", folder / "copy.txt"])
        library.remove(folder / "notes.txt")
        assert library.text(folder / "copy.txt") == TEXT
        library.remove(folder / "copy.txt")
        assert traces(library.folder) == set()


def test_a_reader_in_the_way_is_named_and_the_next_change_erases(tmp_path: Path, folder: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add([folder / "kept.txt", folder / "notes.txt"])
        with closing(sqlite3.connect(library.folder / schema.FILE, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            [(count,)] = reader.execute("SELECT count(*) FROM chunks")
            report = library.remove(folder / "notes.txt")
            [notice] = report.notices
            assert "may still be in the library's files: another program is just reading" in notice
            assert "quoth update" in notice
            assert "\n" not in notice
            assert reader.execute("SELECT count(*) FROM chunks").fetchall() == [(count,)]  # it sees what it began with
            assert traces(library.folder)
            assert all("heron" not in passage.text for passage in library.search(QUESTION))
            reader.execute("COMMIT")
            assert library.update().notices == ()
            assert traces(library.folder) == set()


def test_a_large_library_whose_index_stays_has_no_text_of_it_either(tmp_path: Path, folder: Path) -> None:
    lines = (f"Nothing is said of anything in line {number % 90} of this.\n\n" for number in range(SMALL + 400))
    (folder / "large.txt").write_text("".join(lines))
    settings = Settings(chunking=ChunkingSettings(tokens=16))
    with Library(tmp_path / "library", settings=settings) as library, Library(tmp_path / "library") as other:
        library.add(folder)
        catalog = Catalog(library.folder)
        row = IndexRow.of(catalog)
        assert catalog.chunk_count() > SMALL
        assert CANARY in other.ask(QUESTION).text
        assert traces(library.folder) <= {"catalog.sqlite", "catalog.sqlite-wal"}  # nor has the index while it is there
        report = library.remove(folder / "report.pdf")
        assert traces(library.folder)  # three documents have it still
        (folder / "wide.txt").write_text("Something else.")
        (folder / "letter.docx").unlink()
        (folder / "notes.txt").unlink()
        assert len(library.add(folder).removed) == 2
        assert IndexRow.of(catalog) == row
        assert traces(library.folder) == set()
        assert "quoth rebuild" in report.notices[0]
        catalog.close()
        assert all("heron" not in passage.text for passage in other.search(QUESTION, k=50))


@pytest.fixture
def quoted(tmp_path: Path, folder: Path) -> Path:
    """The folder of a library of which answers in two conversations quote the notes, and one the kept text."""
    with Library(tmp_path / "library") as library:
        library.add([folder / "notes.txt", folder / "kept.txt"])
        kept = library.conversations()
        first, second = kept.create("first").id, kept.create("second").id
        for conversation, question in [(first, QUESTION), (first, QUESTION), (second, QUESTION), (second, LIGHTHOUSE)]:
            kept.finish(kept.ask(conversation, question).id, library.ask(question))
    return tmp_path / "library"


async def test_what_answers_hold_is_said_and_taken_out_when_asked(quoted: Path, folder: Path) -> None:
    with Library(quoted) as library:
        report = library.remove(folder / "notes.txt")
        [notice] = report.notices
        assert "answers in 2 conversations still hold text of what was removed" in notice
        assert f"quoth remove --quotes --library {quoted} {folder / 'notes.txt'}" in notice
        kept = library.conversations()
        before = kept.quoting([str(folder / "notes.txt")])
        assert before == Quoting(4, 2)  # the fourth in its passages
        assert traces(quoted) == {"conversations.sqlite"}
        with pytest.raises(SourceNotFound):  # as ever without the option
            library.remove(folder / "notes.txt")
        report = await library.aremove(folder / "notes.txt", quotes=True)
        assert report.removed == ()
        assert f"what {before} held of the text was taken out" in report.notices[0]
        assert "conversations.sqlite" in traces(quoted)  # in the questions, which name the canary themselves
        said = [turn.answer.text if turn.answer else turn.error for turn in kept.turns(1) + kept.turns(2)]
        assert said[:3] == ["This answer quoted notes.txt, which was removed."] * 3
        assert "1954" in str(said[3])
        assert b"slate bridge in the spring" not in content(quoted / "conversations.sqlite")
        with pytest.raises(SourceNotFound, match="no answer holds text of it"):
            library.remove([folder / "kept.txt", folder / "notes.txt"], quotes=True)
        assert [source.source for source in library.sources()] == [str(folder / "kept.txt")]


def test_the_command_removes_a_document_with_its_quotes(quoth: Quoth, quoted: Path, folder: Path) -> None:
    said = quoth("remove", "--library", str(quoted), "--quotes", str(folder / "notes.txt"))
    assert (said.code, said.out.startswith("1 removed")) == (0, True)
    assert "held of the text was taken out as well" in said.err
    again = quoth("remove", "--library", str(quoted), "--quotes", str(folder / "notes.txt"))
    assert (again.code, again.out) == (1, "")
    assert "no answer holds text of it" in again.err
    (folder / "kept.txt").unlink()
    report = quoth("update", "--library", str(quoted), "--json").json
    assert report["removed"] == [str(folder / "kept.txt")]
    assert "1 answer in 1 conversation still holds text of what was removed" in report["notices"][0]
    later = quoth("remove", "--library", str(quoted), "--quotes", "--json", str(folder)).json  # the folder of it
    assert later["removed"] == []
    assert "what 1 answer in 1 conversation held of the text was taken out" in later["notices"][0]


def test_answers_that_name_a_document_go_with_it(tmp_path: Path) -> None:
    """Lists, overviews and "the name fits" print names and titles that they do not quote."""
    folder, library = tmp_path / "documents", Library(tmp_path / "library")
    folder.mkdir()
    (folder / "kept report.txt").write_text(f"{KEPT} It stands on the northern shore. " * 20)
    (folder / "heron report.md").write_text(f"# The {CANARY} heron\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    naming = {"which documents do you have?", "what are they about?", "summarise the report", "summarise heron"}
    others = ("list all lighthouses", LIGHTHOUSE)  # which have the table among their passages at most
    with library:
        library.add(folder)
        kept = library.conversations()
        conversation = kept.create("documents").id
        for line in (*naming, *others):
            turn = kept.finish(kept.ask(conversation, line).id, library.ask(line))
            assert turn.answer
            assert ("heron report.md" in turn.answer.text) == (line in naming)
        assert "conversations.sqlite-wal" in traces(library.folder)
        report = library.remove(folder / "heron report.md")
        assert "6 answers in 1 conversation still hold text" in report.notices[0]
        library.remove(folder / "heron report.md", quotes=True)  # of which nothing but the path is known any more
        for turn in kept.turns(conversation):
            if turn.question in naming:
                assert (turn.status, turn.answer) == ("removed", None)
                done = "quoted" if turn.question == "summarise heron" else "named"
                assert turn.error == f"This answer {done} heron report.md, which was removed."
            else:
                assert turn.answer
                assert turn.answer.citations[0].quote in f"{KEPT} It stands on the northern shore."
        assert {hit.part for hit in kept.search("heron")} == {"question"}
        assert traces(library.folder) == set()


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_left_wherever_rows_were_moved_to(tmp_path: Path, seed: int) -> None:
    """With these seeds, SQLite's secure_delete alone leaves text in pages that rows were moved out of."""
    chance = random.Random(seed)  # noqa: S311
    writer = Writer(tmp_path)
    names = [f"/docs/{number:02}canary.txt" for number in range(40)]
    for number, name in enumerate(names):
        said = f"secret{number:02}text"
        pieces = []
        for place in range(chance.randint(1, 12)):
            filling = " ".join(chance.choices(["alpha", "beta", "delta"], k=chance.randint(3, 150)))
            pieces.append(f"{said} {filling} {place} {said}. ")
        chunks, start = [], 0
        for piece in pieces:
            chunks.append(Chunk(start, start + len(piece), piece))
            start += len(piece)
        hashes = [text_hash(piece) for piece in pieces]
        document = Document(name, "".join(pieces), "txt", f"{number:064}", (Mark(0, None, said),), title=said)
        with writer.transaction():
            writer.add_vectors(hashes, np.ones((len(hashes), 8), np.float32))
            writer.set_source(name, writer.add_document(document, ".txt", chunks, hashes), "/docs", Stamp(1, number))
    chance.shuffle(names)
    reader = Catalog(tmp_path)
    for done, name in enumerate(names, start=1):
        with writer.transaction():
            writer.remove_sources([name])
            writer.sweep()
        writer.erase()
        data = b"".join(map(content, tmp_path.iterdir()))
        left = [other for other in names if f"ecret{Path(other).name[:2]}tex".encode() in data]
        assert sorted(left) == sorted(names[done:])
        assert len(reader.sources()) == len(names) - done
    reader.close()
    writer.close()
