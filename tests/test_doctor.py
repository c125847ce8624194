"""What `quoth doctor` finds besides damaged files, its exit codes, and that the command that it names mends it."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qa import Finding, Health, Library
from qa.locking import writing_now
from qa.store import IndexRow
from qa.types import Progress
from tests.conftest import Quoth, own_home

QUESTION, FACT = "When was the ferry Adelheid built?", "1931"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A folder with notes, and beside it a library of them; for every test to copy."""
    place = tmp_path_factory.mktemp("doctor")
    (place / "notes").mkdir()
    (place / "notes" / "boat.md").write_text("# The boat\n\nThe ferry Adelheid was built in Bremen in 1931.\n")
    (place / "notes" / "tea.txt").write_text("The tea house opens at nine. It is closed on Mondays.\n")
    (place / "notes" / "long.txt").write_text(
        "\n\n".join(f"Lighthouse {number} was painted red in {1700 + number}. " * 12 for number in range(12))
    )
    with own_home(place / "home", models), Library(place / "library") as library:
        library.add([place / "notes"])
    return place


@pytest.fixture
def notes(original: Path, tmp_path: Path) -> Path:
    """The test's own library, and the notes that were added to it, where they were added."""
    shutil.copytree(original / "library", tmp_path / "library")
    return original / "notes"


@pytest.fixture
def library(notes: Path, tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


def change(library: Library, sql: str, *values: object) -> None:
    """Change the catalog behind Quoth's back."""
    with closing(sqlite3.connect(library.folder / "catalog.sqlite")) as connection, connection:
        connection.execute(sql, values)


def findings(library: Library, *, deep: bool = False) -> list[Finding]:
    return list(library.doctor(deep=deep).findings)


def damaged(library: Library, *, deep: bool = False) -> set[str]:
    """What is damaged, by check."""
    return {finding.check for finding in findings(library, deep=deep) if finding.severity == "damage"}


def mend(library: Library, quoth: Quoth) -> None:
    """Run the commands that the doctor names."""
    for line in {finding.mend for finding in findings(library, deep=True)}:
        for command in line.split(" && "):
            name, *arguments = shlex.split(command)
            assert name == "quoth", command
            assert quoth(*arguments).code == 0, command
    assert findings(library, deep=True) == []
    assert FACT in library.ask(QUESTION).text


def test_a_sound_library(library: Library, quoth: Quoth) -> None:
    seen: list[Progress] = []
    health = library.doctor(deep=True, progress=seen.append)
    assert (health.sound, health.findings, health.documents) == (True, (), 3)
    assert {step.source for step in seen} >= {"documents", "vectors", "words", "files"}
    assert all(step.stage == "checking" and step.done <= step.total for step in seen)
    ran = quoth("doctor", "--library", str(library.folder))
    assert ran.code == 0
    assert ran.out.startswith(f"sound: 3 documents, {health.chunks} chunks")
    assert len(ran.out.splitlines()) == 1


async def test_the_asynchronous_twin(library: Library) -> None:
    assert (await library.adoctor()).sound


def test_json_is_of_the_documented_shape(library: Library, quoth: Quoth) -> None:
    library.folder.chmod(0o755)
    printed = quoth("doctor", "--json", "--library", str(library.folder)).json
    assert set(printed) == {"schema", "sound", *Health.__dataclass_fields__}
    (finding,) = printed["findings"]
    assert finding == {
        "check": "permissions",
        "severity": "warning",
        "what": f"others can look into {library.folder} (mode 755)",
        "mend": f"chmod 700 {library.folder}",
    }
    assert printed["sound"] is True


def test_exit_codes(library: Library, quoth: Quoth, tmp_path: Path) -> None:
    assert quoth("doctor", "--library", "nope").code == 10
    assert quoth("doctor", "--json", "--library", "nope").json["error"]["type"] == "LibraryNotFound"
    assert quoth("doctor").code == 10  # nothing was ever added
    assert not (tmp_path / "nope").exists()
    with writing_now(library.folder):
        locked = quoth("doctor", "--library", str(library.folder))
    assert locked.code == 11
    assert "writing to this library" in locked.err
    change(library, "PRAGMA user_version = 99")
    newer = quoth("doctor", "--library", str(library.folder))
    assert newer.code == 1
    assert "newer version" in newer.err


def test_the_settings_of_the_user_are_examined_too(library: Library, quoth: Quoth, home: Path) -> None:
    file = home / "config" / "quoth" / "quoth.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[retrieval\n")
    ran = quoth("doctor", "--library", str(library.folder))
    assert ran.code == 12
    assert f"mv {file} {file}.damaged" in ran.out
    assert quoth("doctor").code == 10  # which library is meant cannot be read either


def test_what_happened_on_disk_is_a_warning(library: Library, notes: Path, tmp_path: Path, quoth: Quoth) -> None:
    moved = Path(shutil.copytree(notes, tmp_path / "moved"))
    library.add([moved])
    (moved / "boat.md").write_text("The ferry Adelheid was built in Kiel in 1931.")
    (moved / "tea.txt").unlink()
    (moved / "new.txt").write_text("The bakery opens at six.")
    found = findings(library)
    assert {finding.check for finding in found} == {"sources"}
    assert library.doctor().sound
    for name, finding in zip(("tea.txt", "boat.md", "new.txt"), found, strict=True):
        assert str(moved / name) in finding.what
        assert finding.mend.startswith(f"quoth update --library {library.folder}")
    library.update()
    assert findings(library) == []


def test_other_bytes_of_the_same_size_and_time_are_found_by_reading(
    library: Library, tmp_path: Path, quoth: Quoth
) -> None:
    file = tmp_path / "page.txt"
    file.write_text("The bakery opens at six.")
    library.add([file])
    stat = file.stat()
    file.write_text("The bakery opens at ten.")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert findings(library) == []
    (finding,) = findings(library, deep=True)
    assert (finding.severity, finding.mend) == (
        "warning",
        f"touch {file} && quoth update --library {library.folder}",
    )
    file.touch()
    library.update()
    assert findings(library, deep=True) == []


def test_a_text_that_is_not_what_was_read(library: Library, quoth: Quoth) -> None:
    change(library, "UPDATE chunks SET text = replace(text, '1931', '1913') WHERE text LIKE '%Adelheid%'")
    assert damaged(library) == set()
    assert damaged(library, deep=True) >= {"documents"}
    mend(library, quoth)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM chunks WHERE document = (SELECT id FROM documents WHERE kind = 'md')",
        "DELETE FROM chunks WHERE ordinal = 1",
        "DELETE FROM documents WHERE kind = 'md'",
    ],
)
def test_a_document_that_is_not_whole(library: Library, quoth: Quoth, sql: str) -> None:
    change(library, sql)
    assert damaged(library) >= {"documents"}
    mend(library, quoth)


@pytest.mark.parametrize(
    ("sql", "quick"),
    [
        ("DELETE FROM vectors WHERE hash = (SELECT vector FROM chunks WHERE text LIKE '%Adelheid%')", True),
        ("UPDATE vectors SET vector = zeroblob(4 * 384) WHERE rowid = 1", False),
        ("UPDATE vectors SET vector = substr(vector, 1, 100) WHERE rowid = 2", False),
        ("UPDATE vectors SET vector = CAST(x'0000c07f' || substr(vector, 5) AS BLOB) WHERE rowid = 3", False),
    ],
    ids=["missing", "of length zero", "cut off", "no number"],
)
def test_a_vector_that_is_missing_or_damaged_is_made_again(
    library: Library, quoth: Quoth, sql: str, quick: bool
) -> None:
    change(library, sql)
    if quick:
        assert damaged(library) == {"vectors", "index"}
    assert damaged(library, deep=True) >= {"vectors"}
    assert "embedded" in library.rebuild().to_dict()
    mend(library, quoth)


def test_words_that_are_not_those_of_the_documents(library: Library, quoth: Quoth) -> None:
    change(library, "INSERT INTO words (words, rowid, body) VALUES ('delete', 1, 'adelheid')")
    change(library, "INSERT INTO words (rowid, body) VALUES (999, 'zeppelin')")
    assert damaged(library) == {"words"}
    mend(library, quoth)
    change(library, "INSERT INTO words (words) VALUES ('delete-all')")
    change(library, "INSERT INTO words (rowid, body) SELECT id, 'zeppelin' FROM chunks")
    assert damaged(library) == set()
    assert damaged(library, deep=True) == {"words"}
    mend(library, quoth)


def test_leftovers_of_killed_processes(library: Library, quoth: Quoth) -> None:
    left = library.folder / "index-abcd1234"
    left.mkdir()
    (left / "chroma.sqlite3").write_bytes(b"half")
    (library.folder / "catalog.sqlite.mending").write_bytes(b"half")
    (library.folder / "conversations.sqlite.mending").write_bytes(b"half")
    change(library, "INSERT INTO vectors VALUES (x'00', zeroblob(1536))")
    found = findings(library)
    assert {finding.check for finding in found} == {"documents", "leftovers"}
    assert library.doctor().sound
    mend(library, quoth)
    assert not left.exists()


def test_free_space(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    (finding,) = findings(library)
    assert (finding.check, finding.severity) == ("space", "warning")


def test_another_embedding_model(library: Library, quoth: Quoth) -> None:
    change(library, "UPDATE meta SET value = 'another' WHERE key = 'fingerprint'")
    (finding,) = findings(library)
    assert (finding.check, finding.severity) == ("model", "damage")
    assert finding.mend == f"quoth rebuild --embed --library {library.folder}"
    mend(library, quoth)


def test_vectors_of_another_dimension(library: Library, quoth: Quoth) -> None:
    half = np.full(192, 192**-0.5, dtype="<f4").tobytes()
    change(library, "UPDATE vectors SET vector = ?", half)
    change(library, "DELETE FROM meta WHERE key = 'index'")
    asked = quoth("ask", QUESTION, "--library", str(library.folder))
    assert asked.code == 1
    assert "quoth doctor" in asked.err
    (finding,) = [finding for finding in findings(library, deep=True) if finding.severity == "damage"]
    assert (finding.check, finding.mend) == ("model", f"quoth rebuild --embed --library {library.folder}")
    assert quoth("rebuild", "--embed", "--library", str(library.folder)).code == 0
    assert findings(library, deep=True) == []
    assert FACT in library.ask(QUESTION).text


def reseal(library: Library, program: str) -> None:
    """Do something to the index with Chroma, and seal it again: as if it had been built so."""
    whole = f"""
import json, sys
from dataclasses import replace
from pathlib import Path
from qa.catalog.writing import Writer
from qa.seal import seal
from qa.store import COLLECTION, IndexRow, _client
folder = Path(sys.argv[1])
writer = Writer(folder)
row = IndexRow.of(writer)
client = _client(folder / row.folder)
collection = client.get_collection(COLLECTION, embedding_function=None)
{program}
client.close()
writer.set_meta(index=replace(row, files=seal(folder / row.folder)).to_json())
"""
    subprocess.run([sys.executable, "-c", whole, library.folder], check=True)


ANOTHER_METRIC = """
given = collection.get(include=["embeddings", "metadatas"])
client.delete_collection(COLLECTION)
made = client.create_collection(COLLECTION, configuration={"hnsw": {"space": "l2"}}, embedding_function=None)
made.add(**{name: given[name] for name in ("ids", "embeddings", "metadatas")})
"""
ANOTHER_DIMENSION = """
given = collection.get(include=["embeddings", "metadatas"])
client.delete_collection(COLLECTION)
cosine = {"hnsw": {"space": "cosine"}}
made = client.create_collection(COLLECTION, configuration=cosine, embedding_function=None)
made.add(ids=given["ids"], embeddings=given["embeddings"][:, :100], metadatas=given["metadatas"])
"""
OTHER_VECTORS = """
given = collection.get(include=["embeddings"])
collection.update(ids=given["ids"], embeddings=given["embeddings"][::-1])
"""


@pytest.mark.parametrize("program", [ANOTHER_METRIC, ANOTHER_DIMENSION], ids=["metric", "dimension"])
def test_an_index_of_another_metric_or_dimension_is_not_used(library: Library, quoth: Quoth, program: str) -> None:
    reseal(library, program)
    asked = quoth("ask", QUESTION, "--library", str(library.folder))
    assert asked.code == 0
    assert FACT in asked.out
    assert asked.err.count("quoth rebuild") == 1
    assert damaged(library) == {"index"}
    mend(library, quoth)
    assert library.notices() == []


def test_an_index_with_vectors_that_are_not_the_catalogs(library: Library, quoth: Quoth) -> None:
    reseal(library, OTHER_VECTORS)
    assert damaged(library) == damaged(library, deep=True) == {"index"}
    mend(library, quoth)


def test_a_program_is_told_that_the_index_is_not_used(library: Library) -> None:
    assert library.notices() == []
    assert FACT in library.ask(QUESTION).text
    assert library.notices() == []
    catalog = library._parts.catalog()
    assert catalog is not None
    row = IndexRow.of(catalog)
    assert row is not None
    (library.folder / row.folder / "chroma.sqlite3").unlink()
    with Library(library.folder) as other:
        assert FACT in other.ask(QUESTION).text
        (notice,) = other.notices()
        assert "chroma.sqlite3 is missing" in notice
        assert f"Run: quoth rebuild --library {library.folder}" in notice
        other.rebuild()
        other.search(QUESTION)
        assert other.notices() == []
