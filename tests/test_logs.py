"""The command's log: what it did and where it failed, and nothing of the documents unless that is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Quoth

CANARY = "canaryofadocument"
STARTED = "import logging, sys, threading\nfrom qa import logs\nlogs.start()\n"


@pytest.fixture
def log(home: Path) -> Path:
    return home / "state" / "quoth" / "quoth.log"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(f"The ferry {CANARY} was built in Bremen in 1923.\n")
    return tmp_path / "a.txt"


def run(program: str) -> subprocess.CompletedProcess[str]:
    """A program that has started the log."""
    return subprocess.run([sys.executable, "-c", STARTED + program], capture_output=True, text=True, timeout=60)


def test_it_says_what_was_done_and_holds_nothing_of_the_documents_unless_asked(
    quoth_process: Quoth, note: Path, log: Path
) -> None:
    question = "What was built in Bremen?"
    assert quoth_process("add", "--library", "notes", str(note)).code == 0
    assert quoth_process("ask", "--library", "notes", question).code == 0
    assert quoth_process("search", "--library", "notes", CANARY).code == 0
    assert quoth_process("ask", "--library", "nowhere", question).code == 1
    written = log.read_text()
    for said in (
        *("quoth 0.1.0, command add", "library notes", "1 added, 0 updated", "1 chunks, 1 embedded", "exit code 0"),
        *("command ask", "answered: ", " ms", "command search", "1 passages", "LibraryNotFound", "exit code 1"),
    ):
        assert said in written
    assert CANARY not in written
    assert "Bremen" not in written
    assert (log.stat().st_mode & 0o777, log.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert quoth_process("--debug-content", "ask", "--library", "notes", question).code == 0
    written = log.read_text()
    assert f"question: {question}" in written
    assert CANARY in written


FAULT = f"""
from qa.cli import main
from qa import places
def broken(*_):
    raise RuntimeError("about {CANARY}\\n\\x1b[31m") from KeyError("{CANARY}")
places.libraries = broken
sys.argv[1:] = [*sys.argv[1:], "libraries"]
sys.exit(main())
"""


@pytest.mark.parametrize("content", [False, True])
def test_a_fault_is_one_line_that_says_where_the_log_is(log: Path, content: bool) -> None:
    command = [sys.executable, "-c", "import sys\n" + FAULT, *(["--debug-content"] if content else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("quoth: a fault in Quoth: RuntimeError at qa/cli/libraries.py:")
    assert done.stderr.endswith(f"(the log is {log})\n")
    written = log.read_text()
    assert "RuntimeError" in written
    assert "KeyError" in written
    assert "qa/cli/libraries.py:" in written
    assert "\x1b" not in written
    assert (CANARY in written) is content
    assert CANARY not in done.stderr


def test_of_what_libraries_say_only_the_name_and_the_level_are_kept(log: Path) -> None:
    program = f"""
logging.getLogger("chromadb.segment").warning("about %s", "{CANARY}")
logging.getLogger("chromadb.segment").info("of no interest")
try:
    raise ValueError("{CANARY}")
except ValueError:
    logging.getLogger("asyncio").exception("Task exception was never retrieved: {CANARY}")
"""
    done = run(program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    written = log.read_text()
    assert "WARNING" in written
    assert "chromadb.segment" in written
    assert "ValueError" in written
    assert "no interest" not in written
    assert CANARY not in written
    assert CANARY in (run("logs.keep_content()" + program) and log.read_text())


def test_what_ends_a_thread_is_logged_and_not_shown(log: Path) -> None:
    program = f"""
def broken():
    raise RuntimeError("{CANARY}")
class Unraisable:
    def __del__(self): broken()
threading.Thread(target=broken).start()
Unraisable()
"""
    done = run(program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert log.read_text().count("RuntimeError") == 2
    assert CANARY not in log.read_text()


def test_it_is_bounded(log: Path) -> None:
    program = "logs.SIZE = 5_000\nlogs.start()\nfor n in range(1_000): logs.log.info('line %d of many', n)"
    assert run(program).stderr == ""
    files = sorted(log.parent.iterdir())
    assert [file.name for file in files] == ["quoth.log", "quoth.log.1", "quoth.log.2", "quoth.log.3"]
    assert "line 999 of many" in log.read_text()
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def full(log: Path) -> None:
    log.parent.mkdir(parents=True)
    log.symlink_to("/dev/full")


def a_folder(log: Path) -> None:
    log.mkdir(parents=True)


def below_a_file(log: Path) -> None:
    log.parent.parent.mkdir(parents=True)
    log.parent.write_text("")


@pytest.mark.parametrize("spoil", [full, a_folder, below_a_file])
def test_a_log_that_cannot_be_written_disturbs_nothing(
    spoil: Callable[[Path], None], quoth_process: Quoth, log: Path
) -> None:
    spoil(log)
    assert quoth_process("libraries").err == "There are no libraries yet; quoth add FOLDER makes one.\n"
    done = subprocess.run([sys.executable, "-c", "import sys\n" + FAULT], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.endswith("(QUOTH_DEBUG=1 shows more)\n")


def test_a_program_that_uses_qa_has_no_log(note: Path, home: Path) -> None:
    program = (
        "import sys, logging\nfrom qa import Library\n"
        "with Library('notes') as library: library.add([sys.argv[1]])\n"
        "assert not logging.getLogger().handlers"
    )
    subprocess.run([sys.executable, "-c", program, str(note)], check=True, timeout=120)
    assert not (home / "state").exists()


def test_help_and_completion_leave_no_log(quoth_process: Quoth, home: Path) -> None:
    assert quoth_process("--help").code == 0
    completing = {**os.environ, "_QUOTH_COMPLETE": "complete_bash", "COMP_WORDS": "quoth so", "COMP_CWORD": "1"}
    assert quoth_process(env=completing).out.strip() == "sources"
    assert not (home / "state").exists()
