"""`quoth watch` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa import Library
from tests.conftest import Quoth

from .conftest import WAYS, texts, until

COMMAND = [sys.executable, "-m", "qa", "watch"]


class Running:
    """The command at work, and what it has printed so far."""

    def __init__(self, folder: Path, arguments: Sequence[str], before: Sequence[str] = ()) -> None:
        self._files = folder / "printed.out", folder / "printed.err"
        with self._files[0].open("wb") as out, self._files[1].open("wb") as err:
            self._process = subprocess.Popen(
                [*before, *COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder
            )
        until(lambda: "Watching" in self.err or self._process.poll() is not None, lambda: (self.out, self.err))
        assert self._process.poll() is None, self.err

    @property
    def out(self) -> str:
        """Standard output."""
        return self._files[0].read_text()

    @property
    def err(self) -> str:
        """Standard error."""
        return self._files[1].read_text()

    def end(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)

    def kill(self) -> None:
        """End it in any case."""
        self._process.kill()
        self._process.wait(60)


@contextmanager
def running(folder: Path, *arguments: str, before: Sequence[str] = ()) -> Iterator[Running]:
    process = Running(folder, arguments, before)
    try:
        yield process
    finally:
        process.kill()


def test_a_days_work_leaves_every_document_as_it_was_saved_last(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "kept.txt").write_text("The ferry Adelheid is white.")
    with running(tmp_path, "notes", "--library", "./library") as command, Library(tmp_path / "library") as library:
        assert command.out.startswith("1 added")
        for save in WAYS:
            for number in range(20):
                save(notes / f"{save.__name__}.txt", f"This is version {number} by {save.__name__}.")
        (notes / "kept.txt").rename(notes / "renamed.txt")
        (notes / "new" / "inner").mkdir(parents=True)
        (notes / "new" / "inner" / "deep.txt").write_text("The lighthouse was built in 1883.")
        (notes / "gone.txt").write_text("This is gone soon.")
        (notes / "gone.txt").unlink()
        expected = {f"{save.__name__}.txt": f"This is version 19 by {save.__name__}." for save in WAYS}
        expected |= {"renamed.txt": "The ferry Adelheid is white.", "deep.txt": "The lighthouse was built in 1883."}
        until(lambda: texts(library) == expected, lambda: (texts(library), command.out, command.err))
        answer = library.ask("When was the lighthouse built?")
        assert answer.citations[0].source == str(notes / "new" / "inner" / "deep.txt")
        until(lambda: "added notes/new/inner/deep.txt\n" in command.out)
        assert "removed notes/kept.txt\n" in command.out
        assert command.end() == 130
    assert command.err.splitlines()[-1] == "No longer watching. What was taken in is kept."
    assert "failed" not in command.out
    record_property("watched saves", 20 * len(WAYS))
    record_property("documents lost", 0)


def test_json_is_an_object_a_line_and_nothing_named_means_what_the_library_holds(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").write_text("The ferry sails at nine.")
    with Library(tmp_path / "library") as library:
        library.add(notes)
    with running(tmp_path, "--library", "./library", "--json") as command:
        (notes / "b.txt").write_text("The bridge is closed.")
        until(lambda: "b.txt" in command.out)
        (notes / "a.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
        until(lambda: "a.txt" in command.out)
        command.end()
    added, failed = map(json.loads, command.out.splitlines())
    assert added == {"schema": 1, "change": "added", "source": str(notes / "b.txt"), "reason": None}
    assert (failed["change"], failed["source"]) == ("failed", str(notes / "a.txt"))
    assert "image" in failed["reason"]


def test_where_there_is_nothing_to_watch(quoth: Quoth, tmp_path: Path) -> None:
    ran = quoth("watch")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing is indexed yet" in ran.err
    ran = quoth("watch", str(tmp_path / "none"))
    assert ran.code == 1
    assert "does not exist" in ran.err


@pytest.mark.slow
def test_the_limit_of_the_system_is_one_line_and_nothing_is_missed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """In a namespace whose limit can be set; where none may be made, the quick test of the same has to do."""
    limited = ["unshare", "-Ur", "sh", "-c", 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"]
    if subprocess.run([*limited, "true"], capture_output=True, check=False).returncode != 0:
        record_property("the limit of inotify", "could not be set here")
        return
    notes = tmp_path / "notes"
    for number in range(5):
        (notes / str(number)).mkdir(parents=True)
    with running(tmp_path, "notes", before=limited) as command, Library() as library:
        (notes / "4" / "a.txt").write_text("The ferry sails at nine.")
        until(lambda: texts(library) == {"a.txt": "The ferry sails at nine."}, lambda: command.err)
        assert command.err.count("fs.inotify.max_user_watches") == 1
        assert command.end() == 130
    record_property("the limit of inotify", "one line, and times were compared")
    assert os.environ["HOME"] != "/root"
