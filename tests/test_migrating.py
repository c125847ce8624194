"""A catalog of an older format is brought up to date, after a copy."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qa import Library
from qa.catalog import migrating, schema
from qa.errors import LibraryLocked
from qa.locking import writing_now
from tests.conftest import Quoth, own_home

QUESTION = "When was the lighthouse painted?"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A library as it was made before catalogs had format 2, for every test to copy."""
    place = tmp_path_factory.mktemp("older")
    (place / "notes.txt").write_text("The lighthouse was painted red in 1931.")
    with own_home(place / "home", models), Library(place / "library") as library:
        library.add(place / "notes.txt")
    with closing(sqlite3.connect(place / "library" / "catalog.sqlite")) as connection, connection:
        (row,) = connection.execute("SELECT value FROM meta WHERE key = 'index'").fetchone()
        facts = json.loads(row)
        files = {name: [sealed["size"], 0, sealed["sha256"]] for name, sealed in facts["files"].items()}
        older = {"folder": facts["folder"], "highest": facts["highest"], "count": facts["count"], "files": files}
        connection.execute("UPDATE meta SET value = ? WHERE key = 'index'", (json.dumps(older),))
        connection.execute("PRAGMA user_version = 1")
    return place / "library"


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """The test's own."""
    return Path(shutil.copytree(original, tmp_path / "library"))


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_the_first_question_brings_it_up_to_date_after_a_copy(folder: Path, quoth: Quoth) -> None:
    with Library(folder) as library:
        assert "1931" in library.ask(QUESTION).text
    assert version(folder / "catalog.sqlite") == schema.FORMAT == 2
    (copy,) = migrating.copies(folder)
    assert version(copy) == 1
    assert copy.stat().st_mode & 0o777 == 0o600
    examined = quoth("doctor", "--deep", "--json", "--library", str(folder))
    assert examined.code == 0
    assert {finding["mend"] for finding in examined.json["findings"]} == {f"quoth rebuild --library {folder}"}
    rebuilt = quoth("rebuild", "--library", str(folder))
    assert copy.name in rebuilt.err
    assert migrating.copies(folder) == []
    assert quoth("doctor", "--json", "--library", str(folder)).json["findings"] == []


def test_adding_brings_it_up_to_date_and_builds_an_index(folder: Path) -> None:
    with Library(folder) as library:
        library.update()
        assert "1931" in library.ask(QUESTION).text
        findings = library.doctor().findings
        assert [finding.check for finding in findings] == ["leftovers"], findings


def test_a_step_that_fails_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "catalog.sqlite").read_bytes()
    steps = {1: ("DELETE FROM meta", "DELETE FROM a_table_that_is_not_there")}
    with monkeypatch.context() as patched:
        patched.setattr(migrating, "STEPS", steps)
        with Library(folder) as library, pytest.raises(Exception, match="a_table_that_is_not_there"):
            library.ask(QUESTION)
    assert (folder / "catalog.sqlite").read_bytes() == before
    with Library(folder) as library:
        assert "1931" in library.ask(QUESTION).text


def test_without_room_for_the_copy_it_is_left_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1000

    with monkeypatch.context() as patched:
        patched.setattr("shutil.disk_usage", lambda _: Usage)
        with Library(folder) as library, pytest.raises(Exception, match="no room for the copy"):
            library.ask(QUESTION)
    assert version(folder / "catalog.sqlite") == 1
    assert migrating.copies(folder) == []


def test_while_another_process_writes_it_is_left_to_that(folder: Path) -> None:
    with writing_now(folder), Library(folder) as library, pytest.raises(LibraryLocked):
        library.ask(QUESTION)
    assert version(folder / "catalog.sqlite") == 1


def test_deleting_a_library_deletes_the_copy(folder: Path) -> None:
    from qa.places import delete

    with Library(folder) as library:
        library.sources()
    assert migrating.copies(folder)
    delete(str(folder))
    assert not folder.exists()
