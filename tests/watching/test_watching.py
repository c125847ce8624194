"""Watching, in this process: what is noticed, what is passed over, and what it outlives."""

from __future__ import annotations

import builtins
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import IndexReport, Library, LibraryError, QuothError
from qa.locking import writing
from qa.watching import watch

from .conftest import WAYS, texts, until


class Watched:
    """A library that is watched on a thread."""

    def __init__(self, library: Library, paths: list[Path] | None) -> None:
        self.library = library
        self.reports: list[IndexReport] = []
        self.lines: list[str] = []
        self.errors: list[BaseException] = []
        self.stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=[paths])
        self._thread.start()
        until(lambda: len(self.reports) or self.errors)

    def _watch(self, paths: list[Path] | None) -> None:
        try:
            for report in watch(self.library, paths, stop=self.stop, say=self.lines.append):
                self.reports.append(report)
        except BaseException as error:
            self.errors.append(error)

    def until_holds(self, expected: dict[str, str]) -> None:
        """Wait until the library holds these texts, by the names of their files, and no others."""
        until(lambda: texts(self.library) == expected, lambda: (texts(self.library), self.lines, self.errors))

    def done(self, kind: str) -> list[str]:
        """The names of what was added, updated, removed or failed, in order."""
        found = [getattr(report, kind) for report in list(self.reports)]
        return [Path(getattr(one, "source", one)).name for each in found for one in each]

    def end(self) -> None:
        """Stop, and raise what went wrong."""
        self.stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


Begin = Callable[..., Watched]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Watch these paths, or what a library holds."""
    begun: list[Watched] = []

    def start(*paths: Path, library: Path = tmp_path / "library") -> Watched:
        begun.append(Watched(Library(library), list(paths) or None))
        return begun[-1]

    yield start
    for one in begun:
        one.end()
        one.library.close()
        assert not one.errors


@pytest.mark.parametrize("save", WAYS, ids=lambda save: save.__name__)
def test_saves_in_bursts_leave_one_document_with_the_last_text(
    begin: Begin, notes: Path, save: Callable[[Path, str], None]
) -> None:
    watched = begin(notes)
    for number in range(30):
        save(notes / "plan.txt", f"The plan of the harbour, version {number}.")
    watched.until_holds({"plan.txt": "The plan of the harbour, version 29."})
    assert not [name for name in watched.done("added") + watched.done("failed") if name != "plan.txt"]
    with Library(watched.library.folder) as asked:
        assert asked.search("plan of the harbour", k=5)[0].text == "The plan of the harbour, version 29."


def test_files_and_folders_come_and_go(begin: Begin, notes: Path) -> None:
    (notes / "a.txt").write_text("The ferry sails at nine.")
    watched = begin(notes)
    assert watched.done("added") == ["a.txt"]
    embedded = sum(report.embedded for report in watched.reports)
    (notes / "a.txt").rename(notes / "b.txt")
    watched.until_holds({"b.txt": "The ferry sails at nine."})
    inner = notes / "2026" / "june"
    inner.mkdir(parents=True)
    (inner / "c.txt").write_text("The bridge is closed.")
    watched.until_holds({"b.txt": "The ferry sails at nine.", "c.txt": "The bridge is closed."})
    (inner / "c.txt").write_text("The bridge is open again.")  # in a folder that is watched since a moment ago
    watched.until_holds({"b.txt": "The ferry sails at nine.", "c.txt": "The bridge is open again."})
    (notes / "2026").rename(notes / "2027")
    until(lambda: any("2027" in source.source for source in watched.library.sources()))
    (notes / "2027" / "june" / "c.txt").write_text("The bridge was painted.")
    watched.until_holds({"b.txt": "The ferry sails at nine.", "c.txt": "The bridge was painted."})
    shutil.rmtree(notes / "2027")
    (notes / "b.txt").unlink()
    (notes / "d.txt").write_text("Only this is left.")
    watched.until_holds({"d.txt": "Only this is left."})
    renamed = [report for report in watched.reports if "b.txt" in map(os.path.basename, report.added)]
    assert [report.embedded for report in renamed] == [0]  # its text was known
    assert embedded == 1


def test_what_an_add_passes_over_is_passed_over(begin: Begin, notes: Path, tmp_path: Path) -> None:
    (notes / ".gitignore").write_text("*.log\nbuild/\n")
    (notes / "a.txt").write_text("The ferry sails at nine.")
    outside = tmp_path / "outside"
    outside.mkdir()
    watched = begin(notes)
    (notes / "link").symlink_to(outside, target_is_directory=True)
    for folder in ("build", ".git", "node_modules"):
        (notes / folder).mkdir()
        (notes / folder / "x.txt").write_text("This is passed over.")
    (outside / "y.txt").write_text("This lies elsewhere.")
    for name in ("server.log", "photo.png", ".hidden.txt", "~$letter.docx"):
        (notes / name).write_text("This is passed over.")
    (notes / "z.txt").write_text("This is the last one.")
    watched.until_holds({"a.txt": "The ferry sails at nine.", "z.txt": "This is the last one."})
    (notes / ".gitignore").write_text("")
    until(lambda: {"server.log", "x.txt"} <= texts(watched.library).keys())


@pytest.mark.slow
def test_a_librarys_own_folder_is_no_part_of_what_it_holds(begin: Begin, notes: Path) -> None:
    (notes / "a.txt").write_text("The ferry sails at nine.")
    watched = begin(notes, library=notes / "library")
    for number in range(3):
        (notes / f"b{number}.txt").write_text(f"The ferry number {number} is white.")
        until(lambda name=f"b{number}.txt": name in texts(watched.library))  # type: ignore[misc]
    assert texts(watched.library).keys() == {"a.txt", "b0.txt", "b1.txt", "b2.txt"}
    assert len(watched.reports) <= 8  # what is written into its folder is nothing to be looked at again


def test_a_file_that_was_added_by_itself_is_watched_wherever_it_goes(begin: Begin, notes: Path) -> None:
    file = notes / "a.txt"
    file.write_text("One.")
    (notes / "other.txt").write_text("This was never added.")
    watched = begin(file)
    for save in WAYS[1::2]:
        save(file, f"This was saved by {save.__name__}.")
        watched.until_holds({"a.txt": f"This was saved by {save.__name__}."})
    file.unlink()
    watched.until_holds({})


def test_a_folder_that_is_not_there_for_a_while_keeps_its_documents(begin: Begin, notes: Path, tmp_path: Path) -> None:
    (notes / "a.txt").write_text("The ferry sails at nine.")
    watched = begin(notes)
    notes.rename(tmp_path / "away")  # as a drive that is unmounted
    until(lambda: any(report.notices for report in watched.reports))
    assert texts(watched.library) == {"a.txt": "The ferry sails at nine."}
    (tmp_path / "away" / "a.txt").write_text("The ferry sails at ten.")
    (tmp_path / "away").rename(notes)
    watched.until_holds({"a.txt": "The ferry sails at ten."})
    (notes / "b.txt").write_text("It is watched again.")
    watched.until_holds({"a.txt": "The ferry sails at ten.", "b.txt": "It is watched again."})
    notices = [notice for report in watched.reports for notice in report.notices]
    assert len(notices) == len(set(notices)) == 1


def test_another_writer_is_waited_for(begin: Begin, notes: Path) -> None:
    watched = begin(notes)
    with writing(watched.library.folder):
        (notes / "a.txt").write_text("The ferry sails at nine.")
        (notes / "b.txt").write_text("The bridge is closed.")
    watched.until_holds({"a.txt": "The ferry sails at nine.", "b.txt": "The bridge is closed."})


def test_a_look_that_fails_is_tried_again(begin: Begin, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.watching.AGAIN", 0.1)
    watched = begin(notes)
    update, left = Library.update, [1, 2]

    def failing(self: Library, *given: Any, **more: Any) -> IndexReport:
        if left:
            left.pop()
            raise LibraryError("the disk is full")
        return update(self, *given, **more)

    monkeypatch.setattr(Library, "update", failing)
    (notes / "a.txt").write_text("The ferry sails at nine.")
    watched.until_holds({"a.txt": "The ferry sails at nine."})
    [line] = watched.lines  # not one for each try
    assert "the disk is full" in line


@pytest.mark.slow
def test_a_failure_is_told_once_and_again_when_it_is_another(begin: Begin, notes: Path) -> None:
    (notes / "empty.txt").write_text("")
    watched = begin(notes)
    assert watched.done("failed") == ["empty.txt"]
    for number in range(2):
        (notes / f"{number}.txt").write_text(f"The ferry number {number} is white.")
        until(lambda name=f"{number}.txt": name in texts(watched.library))  # type: ignore[misc]
    assert watched.done("failed") == ["empty.txt"]
    (notes / "empty.txt").write_bytes(b"\x89PNG\r\n\x1a\n and more")
    until(lambda: watched.done("failed") == ["empty.txt", "empty.txt"])


@pytest.mark.slow
def test_names_that_are_no_text(begin: Begin, notes: Path) -> None:
    watched = begin(notes)
    inner = notes / os.fsdecode(b"caf\xe9")
    inner.mkdir()
    (notes / os.fsdecode(b"menu\xff.txt")).write_text("The soup is hot.")
    (inner / "a.txt").write_text("The cafe opens at nine.")
    until(lambda: set(texts(watched.library).values()) == {"The soup is hot.", "The cafe opens at nine."})
    (notes / "b.txt").write_text("It is watched all the same.")
    until(lambda: "b.txt" in texts(watched.library))


@pytest.mark.slow
def test_what_is_added_or_removed_meanwhile(begin: Begin, notes: Path, tmp_path: Path) -> None:
    (notes / "a.txt").write_text("The ferry sails at nine.")
    with Library(tmp_path / "library") as library:
        library.add(notes)
        watched = begin()
        more = tmp_path / "more"
        more.mkdir()
        (more / "b.txt").write_text("The bridge is closed.")
        library.add(more)
        (more / "b.txt").write_text("The bridge is open.")
        watched.until_holds({"a.txt": "The ferry sails at nine.", "b.txt": "The bridge is open."})
        library.remove(notes)
        (notes / "a.txt").write_text("The ferry sails at ten.")
        (more / "c.txt").write_text("This is looked at later.")
        watched.until_holds({"b.txt": "The bridge is open.", "c.txt": "This is looked at later."})


def test_where_the_system_tells_nothing_times_are_compared(
    begin: Begin, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object, **__: object) -> Iterator[object]:
        raise OSError('OS file watch limit reached. about ["/x"] (Error { kind: MaxFilesWatch })')  # as it was seen
        yield

    monkeypatch.setattr("watchfiles.watch", refusing)
    monkeypatch.setattr("qa.watching.noticing.COMPARE_ALONE", 0.2)
    watched = begin(notes)
    (notes / "a.txt").write_text("The ferry sails at nine.")
    watched.until_holds({"a.txt": "The ferry sails at nine."})
    (notes / "a.txt").rename(notes / "b.txt")
    watched.until_holds({"b.txt": "The ferry sails at nine."})
    [line] = watched.lines
    assert "fs.inotify.max_user_watches" in line


def test_without_the_package_it_says_what_to_install(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *given: Any, **more: Any) -> Any:
        if name == "watchfiles":
            raise ModuleNotFoundError(name=name)
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with Library(tmp_path / "library") as library, pytest.raises(QuothError, match=r"pip install 'quoth\[watch\]'"):
        next(watch(library, notes))
    assert not (tmp_path / "library").exists()
