"""What `quoth doctor` finds besides damaged files, its exit codes, and that the command that it names mends it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Health, Library
from qa.locking import writing_now
from qa.types import Progress
from tests.ailing import FACT, QUESTION, change, findings, make, mend
from tests.conftest import Quoth


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A library with its notes, for every test to copy."""
    return make(tmp_path_factory.mktemp("doctor"), models)


@pytest.fixture
def library(original: Path, tmp_path: Path) -> Iterator[Library]:
    """The test's own."""
    shutil.copytree(original / "library", tmp_path / "library")
    with Library(tmp_path / "library") as library:
        yield library


def test_a_sound_library(library: Library, quoth: Quoth) -> None:
    seen: list[Progress] = []
    health = asyncio.run(library.adoctor(deep=True, progress=seen.append))
    assert (health.sound, health.findings, health.documents) == (True, (), 3)
    assert {step.source for step in seen} >= {"documents", "vectors", "words", "files"}
    assert all(step.stage == "checking" and step.done <= step.total for step in seen)
    ran = quoth("doctor", "--library", str(library.folder))
    assert ran.code == 0
    assert ran.out.startswith(f"sound: 3 documents, {health.chunks} chunks")
    assert len(ran.out.splitlines()) == 1


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
    assert "indexing by process" in locked.err
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


def test_what_happened_on_disk_is_a_warning(library: Library, original: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(original / "notes", tmp_path / "moved"))
    library.add([moved])
    (moved / "boat.md").write_text("The ferry Adelheid was built in Kiel in 1931.")
    (moved / "tea.txt").unlink()
    (moved / "new.txt").write_text("The bakery opens at six.")
    found = findings(library)
    assert {(finding.check, finding.severity) for finding in found} == {("sources", "warning")}
    for name, finding in zip(("tea.txt", "boat.md", "new.txt"), found, strict=True):
        assert str(moved / name) in finding.what
        assert finding.mend.startswith(f"quoth update --library {library.folder}")
    library.update()
    assert findings(library) == []


def test_other_bytes_of_the_same_size_and_time_are_found_by_reading(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text("The bakery opens at six.")
    library.add([file])
    stat = file.stat()
    file.write_text("The bakery opens at ten.")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (finding,) = findings(library, deep=True)
    assert (finding.severity, finding.mend) == (
        "warning",
        f"touch {file} && quoth update --library {library.folder}",
    )
    file.touch()
    library.update()
    assert findings(library, deep=True) == []


def test_words_and_vectors_that_are_missing(library: Library, quoth: Quoth) -> None:
    change(library, "INSERT INTO words (words) VALUES ('delete-all')")
    change(library, "DELETE FROM vectors WHERE hash = (SELECT vector FROM chunks WHERE text LIKE '%Adelheid%')")
    change(library, "UPDATE meta SET value = 'another' WHERE key = 'fingerprint'")
    found = {finding.check: finding.mend for finding in findings(library) if finding.severity == "damage"}
    assert set(found) == {"words", "vectors", "model", "index"}
    assert found["words"] == found["vectors"] == f"quoth rebuild --library {library.folder}"
    assert found["model"] == f"quoth rebuild --embed --library {library.folder}"


def test_leftovers_of_killed_processes(library: Library, quoth: Quoth) -> None:
    left = library.folder / "index-abcd1234"
    left.mkdir()
    (left / "chroma.sqlite3").write_bytes(b"half")
    (library.folder / "catalog.sqlite.mending").write_bytes(b"half")
    (library.folder / "conversations.sqlite.mending").write_bytes(b"half")
    change(library, "INSERT INTO vectors VALUES (x'00', zeroblob(1536))")
    found = findings(library)
    assert {finding.check for finding in found} == {"documents", "leftovers"}
    assert {finding.severity for finding in found} == {"warning"}
    mend(library, quoth)
    assert not left.exists()


def test_free_space(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    (finding,) = findings(library)
    assert (finding.check, finding.severity) == ("space", "warning")


def test_a_program_is_told_that_the_index_is_not_used(library: Library) -> None:
    assert FACT in library.ask(QUESTION).text
    assert library.notices() == []
    next(library.folder.glob("index-*/chroma.sqlite3")).unlink()
    with Library(library.folder) as other:
        assert FACT in other.ask(QUESTION).text
        (notice,) = other.notices()
        assert "chroma.sqlite3 is missing" in notice
        assert f"Run: quoth rebuild --library {library.folder}" in notice
        other.rebuild()
        other.search(QUESTION)
        assert other.notices() == []
