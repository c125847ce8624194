"""What child processes write, and how they die, never reaches the screen as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .conftest import Quoth

HOSTILE = r"""
import os
for number in (1, 2):
    os.write(number, b"\xff\x1b]52;c;aGk=\x07\x1b[2J raw output\n" * 3)
"""
RAISING = HOSTILE + 'raise RuntimeError("\\x1b]0;title\\x07 two\\nlines \\x9b2J \\u202e end")\n'
DYING = HOSTILE + "os._exit(3)\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules come before those that are installed, in Quoth's children too."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
    return folder


@pytest.fixture
def note(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("The ferry Adelheid was built in Bremen in 1923.\n")
    return tmp_path / "a.txt"


def check(err: str) -> None:
    """One line without anything that a terminal would obey."""
    assert err.count("\n") == 1
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(err)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("program", "said"),
    [
        pytest.param(RAISING, "lines \\x9b2J \\u202e end", id="raising"),
        pytest.param(DYING, "could not be built", id="dying", marks=pytest.mark.slow),
    ],
)
def test_of_the_process_that_builds_the_index(
    program: str, said: str, package: Path, note: Path, quoth_process: Quoth
) -> None:
    (package / "chromadb.py").write_text(program)
    added = quoth_process("add", str(note))
    assert added.code == 1
    assert added.out == ""
    check(added.err)
    assert said in added.err
    (package / "chromadb.py").unlink()
    assert quoth_process("ask", "Where was the ferry Adelheid built?").code == 0  # the document is kept


@pytest.mark.parametrize("program", [RAISING, DYING], ids=["raising", "dying"])
def test_of_the_process_that_reads(program: str, package: Path, tmp_path: Path, quoth_process: Quoth) -> None:
    (package / "bs4.py").write_text(program)
    (tmp_path / "page.html").write_text("<p>The ferry Adelheid was built in Bremen in 1923.</p>")
    added = quoth_process("add", str(tmp_path / "page.html"))
    assert added.code == 4
    assert added.err == ""
    assert "1 file left out" in added.out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(added.out)
    assert "raw output" not in added.out


def test_of_the_process_that_compiles(package: Path, home: Path, note: Path, quoth_process: Quoth) -> None:
    (home / "cache" / "quoth" / "models").unlink()  # so that there is something to compile
    (package / "sentence_transformers.py").write_text(RAISING)
    added = quoth_process("add", str(note))
    assert added.code == 1
    check(added.err.removeprefix("preparing the embedding model, once\n"))
    assert "cannot be loaded" in added.err
