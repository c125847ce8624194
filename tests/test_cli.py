"""The commands: what they print, and their exit codes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from qa import Library, ask
from qa.errors import ReadError
from qa.types import Progress
from tests.conftest import CORPUS, Quoth

FIRST_MEETING = "When did Donald Trump and Kim Jong Un first meet?"
UNANSWERED = "How many moons does the planet Neptune have?"


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two notes, below the working directory."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "boat.md").write_text("# The boat\n\nThe ferry Adelheid was built in Bremen in 1931.\n")
    (folder / "tea.txt").write_text("The tea house opens at nine. It is closed on Mondays.\n")
    monkeypatch.chdir(tmp_path)
    return folder


def test_add_says_what_it_did(quoth: Quoth, notes: Path) -> None:
    first = quoth("add", "notes")
    assert first.code == 0
    assert first.out.startswith("2 added")
    (notes / "tea.txt").write_text("The tea house has moved.\n")
    (notes / "boat.md").unlink()
    assert quoth("add", "notes").out.startswith("1 updated, 1 removed")
    assert quoth("update").out.startswith("1 unchanged")


def test_add_lists_what_was_left_out_with_the_reason(quoth: Quoth, notes: Path) -> None:
    (notes / "empty.txt").write_text("")
    added = quoth("add", "notes")
    assert added.code == 4
    assert "1 file left out:" in added.out
    assert f"- {Path('notes', 'empty.txt')}: " in added.out
    assert quoth("add", "notes", "--json").json["failed"][0]["source"] == str(notes / "empty.txt")


def test_ask_prints_the_answer_and_its_numbered_sources(
    quoth: Quoth, sample_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS.parent)
    asked = quoth("ask", FIRST_MEETING, "--library", str(sample_library))
    assert asked.code == 0
    assert "[1]" in asked.out.splitlines()[0]
    assert f"\n[1] {Path('corpus')}{os.sep}" in asked.out
    assert "confidence" in asked.err


def test_ask_says_when_the_documents_do_not_answer(quoth: Quoth, sample_library: Path) -> None:
    asked = quoth("ask", UNANSWERED, "--library", str(sample_library))
    assert asked.code == 3
    assert "nearest passages" in asked.out


def test_ask_of_paths_leaves_the_libraries_alone(quoth: Quoth, notes: Path, home: Path) -> None:
    asked = quoth("ask", "Where was the ferry Adelheid built?", "notes")
    assert asked.code == 0
    assert "Bremen" in asked.out
    assert not (home / "data").exists()


def test_ask_of_paths_says_what_it_could_not_read(quoth: Quoth, notes: Path) -> None:
    (notes / "empty.txt").write_text("")
    asked = quoth("ask", "Where was the ferry Adelheid built?", "notes")
    assert asked.code == 4
    assert "Bremen" in asked.out
    assert "left out" in asked.err
    assert "empty.txt" in asked.err


def test_where_limits_the_documents(quoth: Quoth, notes: Path) -> None:
    quoth("add", "notes")
    assert "boat.md" not in quoth("search", "ferry", "--where", "*.txt").out
    assert "tea.txt" not in quoth("search", "tea", "--where", str(Path("notes", "boat.md"))).out
    assert quoth("sources", "--where", "*.md").out.split() == [str(Path("notes", "boat.md"))]


def test_search_shows_as_many_passages_as_wanted(quoth: Quoth, sample_library: Path) -> None:
    found = quoth("search", "summit in Hanoi", "-k", "2", "--library", str(sample_library))
    assert found.code == 0
    assert "\n[2] " in found.out
    assert "[3] " not in found.out


def test_show_prints_what_a_citation_points_at(quoth: Quoth, notes: Path) -> None:
    quoth("add", "notes")
    whole = (notes / "tea.txt").read_text()
    assert quoth("show", "notes/tea.txt").out == whole
    assert quoth("show", "notes/tea.txt", "--start", "4", "--end", "13").out == "tea house"
    assert quoth("show", "notes/tea.txt", "--start", "9999").code == 1
    assert quoth("show", "notes/nothing.txt").code == 1


def test_remove_takes_what_sources_prints(quoth: Quoth, notes: Path) -> None:
    quoth("add", "notes")
    first = quoth("sources").out.splitlines()[0]
    assert quoth("remove", first).out.startswith("1 removed")
    assert first not in quoth("sources").out
    assert (notes / "boat.md").exists()
    again = quoth("remove", first)
    assert again.code == 1
    assert "not in the library" in again.err


def test_rebuild_needs_no_document(quoth: Quoth, notes: Path) -> None:
    quoth("add", "notes")
    (notes / "boat.md").unlink()
    assert quoth("rebuild").code == 0
    assert "Bremen" in quoth("ask", "Where was the ferry Adelheid built?").out


def test_libraries_are_listed_and_deleted(quoth: Quoth, notes: Path, home: Path) -> None:
    assert "no libraries" in quoth("libraries").err
    quoth("add", "notes", "--library", "news")
    assert quoth("libraries").out.splitlines() == ["news  2 documents"]
    unsure = quoth("libraries", "delete", "news")
    assert unsure.code == 1
    assert "--yes" in unsure.err
    assert "news" in quoth("libraries").out
    assert quoth("libraries", "delete", "news", "--yes").code == 0
    assert quoth("libraries").out == ""
    assert not list((home / "data").rglob("*.sqlite*"))
    assert (notes / "boat.md").exists()


def test_the_library_may_be_named_before_the_command_or_after(quoth: Quoth, notes: Path) -> None:
    quoth("--library", "news", "add", "notes")
    assert len(quoth("sources", "--library", "news").out.splitlines()) == 2
    assert quoth("sources").code == 1


def test_config_shows_what_is_in_force_and_where_files_lie(quoth: Quoth, home: Path) -> None:
    os.environ["QUOTH_RETRIEVAL__K"] = "7"
    shown = quoth("config")
    assert shown.code == 0
    assert "k = 7 " in shown.out
    assert str(home / "config" / "quoth" / "quoth.toml") in shown.out


def test_an_unknown_setting_is_named_with_its_file(quoth: Quoth, home: Path) -> None:
    file = home / "config" / "quoth" / "quoth.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[retrieval]\ncandidate = 3\n")
    shown = quoth("sources")
    assert shown.code == 1
    assert "retrieval.candidate" in shown.err
    assert str(file) in shown.err
    assert len(shown.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ask"], 2, "QUESTION"),
        (["nonsense"], 2, "nonsense"),
        (["ask", "who?", "--nonsense"], 2, "--nonsense"),
        (["search", "who?", "-k", "0"], 2, "-k"),
        (["search", "who?", "-k", "x"], 2, "-k"),
        (["add"], 2, "PATH"),
        (["ask", "who?", "corpus", "--library", "news"], 2, "--library"),
        (["add", "no/such/file"], 1, "does not exist"),
        (["add", ""], 1, "not a path"),
        (["sources", "--library", "nope"], 1, "no library 'nope'"),
        (["ask", "who?", "--library", "nope"], 1, "no library 'nope'"),
        (["libraries", "delete", "nope", "--yes"], 1, "no library 'nope'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(quoth: Quoth, arguments: list[str], code: int, said: str) -> None:
    ran = quoth(*arguments)
    assert ran.code == code
    assert said in ran.err
    assert ran.err.startswith("quoth: ")
    assert len(ran.err.splitlines()) == 1
    assert ran.out == ""


@pytest.mark.parametrize("question", ["", "  \n", "who\0?", "x" * 10_001])
def test_a_question_that_cannot_be_asked(quoth: Quoth, sample_library: Path, question: str) -> None:
    ran = quoth("ask", question, "--library", str(sample_library))
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1


def test_a_question_may_begin_with_a_dash(quoth: Quoth, sample_library: Path) -> None:
    assert quoth("ask", "--library", str(sample_library), "--", "-- When did they first meet?").code in (0, 3)


@pytest.mark.parametrize(
    "command", [[], ["chat"], ["ask", "who?"], ["search", "x"], ["sources"], ["update"], ["rebuild"]]
)
def test_a_first_start_says_what_to_run(quoth: Quoth, command: list[str], home: Path) -> None:
    ran = quoth(*command)
    assert ran.code == 1
    assert "quoth add FOLDER" in ran.err
    assert not (home / "data").exists()


def test_an_emptied_library_says_what_to_run(quoth: Quoth, notes: Path) -> None:
    quoth("add", "notes")
    quoth("remove", "notes")
    for command in ([], ["ask", "who?"]):
        ran = quoth(*command)
        assert ran.code == 1
        assert "quoth add FOLDER" in ran.err


def test_the_chat_without_a_terminal_answers_three_sample_questions(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("--library", str(sample_library))
    assert ran.code == 0
    assert ran.out.count("\n[1] ") == 3
    assert "terminal" in ran.err


def test_the_chat_without_a_terminal_about_other_documents_says_how_to_ask(quoth: Quoth, notes: Path) -> None:
    ran = quoth("chat", "notes")
    assert ran.code == 1
    assert "terminal" in ran.err


def test_a_fault_is_one_line_and_says_how_to_see_more(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom\nbang \x1b[31m")

    monkeypatch.setattr("qa.library.Library.__init__", fail)
    ran = quoth("sources")
    assert ran.code == 1
    said = r"quoth: a fault in Quoth: RuntimeError at qa/cli/opening\.py:\d+ \(QUOTH_DEBUG=1 shows more\)\n"
    assert re.fullmatch(said, ran.err)  # none of its own words: they may be a document's
    os.environ["QUOTH_DEBUG"] = "1"
    shown = quoth("sources").err
    assert "Traceback" in shown
    assert "bang ␛[31m" in shown


def test_ask_of_paths_of_which_none_can_be_read_says_why(quoth: Quoth, notes: Path) -> None:
    empty = notes / "empty.txt"
    empty.write_text("")
    asked = quoth("ask", "who?", str(empty))
    assert asked.code == 1
    assert asked.err.startswith(f"quoth: none of the documents could be read: {empty}: ")
    assert len(asked.err.splitlines()) == 1
    assert asked.out == ""
    (notes / "none.md").write_text("")
    several = quoth("ask", "who?", str(empty), str(notes / "none.md"))
    assert several.code == 1
    assert several.err.count("left out: ") == 2
    assert several.err.splitlines()[-1].endswith(" (and 1 more)")
    (notes / "folder").mkdir()
    assert "nothing to read" in quoth("ask", "who?", str(notes / "folder")).err


def test_the_reason_reaches_a_program_too(notes: Path) -> None:
    (notes / "empty.txt").write_text("")
    with pytest.raises(ReadError, match=r"none of the documents could be read: .*empty\.txt: "):
        ask("who?", documents=notes / "empty.txt")


@pytest.mark.parametrize("command", [["ask", "Where was the ferry built?"], ["search", "ferry"], ["chat"]])
def test_the_first_question_says_what_takes_long(
    quoth: Quoth, notes: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], sample_library: Path
) -> None:
    def prepare(library: Library, progress: Callable[[Progress], None]) -> None:
        progress(Progress("compiling", 0, 0, "loading the model"))
        progress(Progress("compiling", 0, 0, "checking it"))

    monkeypatch.setattr("qa.library.Library.prepare", prepare)
    ran = quoth(*command, "--library", str(sample_library))
    assert ran.err.startswith("preparing the embedding model, once\n")
    assert ran.err.count("preparing") == 1
