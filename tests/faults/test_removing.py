"""A removal that is killed, or that finds no room: what is left is erased by what comes next."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qa import Library
from qa.errors import SourceNotFound
from tests.test_removal import CANARY, KEPT, LIGHTHOUSE, QUESTION, content, folder, quoted, traces

__all__ = ["folder", "quoted"]

Record = Callable[[str, object], None]

KILLED = """
import os, sys
from qa import Library
from qa.catalog.writing import Writer
from qa.conversations import schema

rows, erase = Writer.rows, schema.erase

def killed(self, sql, *values):
    if sql.startswith(sys.argv[3]):
        os.kill(os.getpid(), 9)
    return rows(self, sql, *values)

Writer.rows = killed
if sys.argv[3] == "conversations":
    schema.erase = lambda connection: os.kill(os.getpid(), 9)
Library(sys.argv[1]).remove(sys.argv[2], quotes=True)
"""

FULL = """
import resource, signal, sys
from pathlib import Path
from qa import Library

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
library = Library(sys.argv[1])
largest = (library.folder / "catalog.sqlite").stat().st_size // 2
from qa import store
store.is_stale = lambda folder, catalog: False  # it would find no room either
resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
print(*library.remove(sys.argv[2]).notices, sep="\\n")
"""

SLOW = pytest.mark.slow
STEPS = [
    pytest.param("INSERT INTO words (words)", marks=SLOW),
    "VACUUM",
    pytest.param("PRAGMA wal_checkpoint", marks=SLOW),
    pytest.param("DELETE FROM meta WHERE key = 'erase'", marks=SLOW),
    pytest.param("conversations", marks=SLOW),
]


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("step", STEPS)
def test_what_a_killed_removal_leaves_is_erased_by_the_next(
    quoted: Path, folder: Path, step: str, record_property: Record
) -> None:
    assert run(KILLED, quoted, folder / "notes.txt", step).returncode == -signal.SIGKILL
    with Library(quoted) as library:
        assert "1954" in library.ask(LIGHTHOUSE).text
        assert all(CANARY not in passage.text for passage in library.search(QUESTION, k=50))
        if step == "conversations":
            with pytest.raises(SourceNotFound):  # which are rid of it, and say so
                library.remove(folder / "notes.txt", quotes=True)
        else:
            library.remove(folder / "notes.txt", quotes=True)
        assert traces(quoted) <= {"conversations.sqlite"}  # where the questions say the word
        assert b"slate bridge in the spring" not in content(quoted / "conversations.sqlite")
    record_property("kills survived", 1)
    record_property("documents lost", 0)


@SLOW
def test_a_removal_that_finds_no_room_is_done_and_erases_later(tmp_path: Path, folder: Path) -> None:
    (folder / "kept.txt").write_text(f"{KEPT}\n\n" * 8000)
    library_folder = tmp_path / "library"
    with Library(library_folder) as library:
        library.add(folder)
    ran = run(FULL, library_folder, folder / "report.pdf")
    assert ran.returncode == 0, ran.stderr
    assert "may still be in the library's files" in ran.stdout
    assert "quoth update" in ran.stdout
    with Library(library_folder) as library:
        assert str(folder / "report.pdf") not in [source.source for source in library.sources()]
        assert len(library.remove([folder / "notes.txt", folder / "wide.txt", folder / "letter.docx"]).removed) == 3
        assert traces(library_folder) == set()
        assert "1954" in library.ask(LIGHTHOUSE).text
