"""`quoth eval`, as a person runs it."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import pytest

from qa import Library
from tests.conftest import Quoth, own_home

LINES = [
    {"question": "Where was the ferry Adelheid built?", "answers": ["Bremen"], "source": "boat.md"},
    {"question": "When does the tea house open?", "answers": ["at nine"], "source": "tea.txt"},
    {"question": "Who was the ferry's captain?", "answers": ["Ida [red]\x1b[31mHolm"], "source": "boat.md"},
    {"question": "How many moons does Jupiter have?", "answerable": False},
    {"question": "Is the tea house closed on Mondays \x1b[31m?"},
]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of notes."""
    folder = tmp_path_factory.mktemp("notes")
    (folder / "boat.md").write_text("# The boat\n\nThe ferry Adelheid was built in Bremen in 1931.\n")
    (folder / "tea.txt").write_text("The tea house opens at nine. It is closed on Mondays \x1b[31m.\n")
    return folder


@pytest.fixture(scope="module")
def library(notes: Path, tmp_path_factory: pytest.TempPathFactory, models: Path) -> list[str]:
    """The option for a library that holds the notes."""
    place = tmp_path_factory.mktemp("evaluated")
    with own_home(place / "home", models), Library(place / "library") as made:
        made.add([notes])
    return ["--library", str(place / "library")]


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of questions about the notes, in the working directory."""
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine.jsonl"


def test_questions_are_asked_of_a_library_or_of_paths(
    quoth: Quoth, mine: Path, notes: Path, library: list[str], home: Path
) -> None:
    of_paths = quoth("eval", "mine.jsonl", str(notes))
    assert of_paths.code == 0
    assert not (home / "data").exists()
    of_library = quoth("eval", "mine.jsonl", *library)
    assert of_library.code == 0
    assert of_library.out == of_paths.out
    assert "5 questions, 1 not answerable; 2 documents; answered by quotes, threshold 0.5" in of_library.out
    assert "\x1b" not in of_library.out
    for shown in ("right source first", "Left out", "Risk and coverage", "Reliability", "threshold = "):
        assert shown in of_library.out
    assert "line 3  Who was the ferry's captain?" in of_library.out
    assert "wanted: Ida [red]␛[31mHolm" in of_library.out
    assert "so few questions" in of_library.err
    assert max(len(line) for line in of_library.out.splitlines() if not line.startswith("  ")) <= 80


@pytest.mark.parametrize(("asked", "said"), [(1, "one question says nothing"), (3, "3 questions say nothing")])
def test_out_of_very_few_questions_nothing_is_concluded(
    quoth: Quoth, mine: Path, library: list[str], asked: int, said: str
) -> None:
    mine.write_text("".join(json.dumps(line) + "\n" for line in LINES[:asked]))
    ran = quoth("eval", "mine.jsonl", *library)
    assert ran.code == 0
    assert said in ran.err
    assert "write 20 or more" in ran.err
    assert "threshold = " not in ran.out
    assert "No threshold is suggested" in ran.out


def test_the_object_holds_everything(quoth: Quoth, mine: Path, library: list[str]) -> None:
    ran = quoth("eval", "mine.jsonl", *library, "--json", "--precision", "0.6", "--save", "saved.json")
    value = ran.json
    assert value == json.loads(Path("saved.json").read_text())
    assert Path("saved.json").stat().st_mode & 0o077 == 0
    assert value["evaluation"]["file"] == str(mine)
    assert value["evaluation"]["precision"] == value["suggestion"]["wanted"] == 0.6
    assert [one["question"] for one in value["records"]] == [line["question"] for line in LINES]
    assert [one["correct"] for one in value["records"]][:2] == [True, True]
    assert value["records"][4]["outcome"] in ("unjudged", "refused")
    assert value["figures"]["source@1"]["questions"] == 3
    assert value["left_out"]["recall"] == "no question has a span"
    assert value["comparison"] is None
    assert {"threshold", "coverage", "risk"} <= set(value["risk_coverage"][0])
    assert sum(one["questions"] for one in value["reliability"]) == 5


def test_a_run_is_compared_with_an_earlier_one(quoth: Quoth, mine: Path, library: list[str]) -> None:
    quoth("eval", "mine.jsonl", *library, "--save", "before.json")
    os.environ["QUOTH_ANSWER__THRESHOLD"] = "1"
    after = quoth("eval", "mine.jsonl", *library, "--compare", "before.json")
    assert after.code == 0
    assert "Compared with before.json\n5 questions in both" in after.out
    assert "From right to wrong: 2\n  line 1  Where was the ferry Adelheid built?\n" in after.out
    compared = quoth("eval", "mine.jsonl", *library, "--compare", "before.json", "--json").json["comparison"]
    assert [one["line"] for one in compared["right_to_wrong"]] == [1, 2]
    assert compared["differences"]["refused"]["after"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere.jsonl"], 1, "nowhere.jsonl cannot be read"),
        (["bad.jsonl"], 1, "bad.jsonl, line 2: the key "),
        (["mine.jsonl", "--compare", "nowhere.json"], 1, "cannot be read"),
        (["mine.jsonl", "--compare", "mine.jsonl"], 1, "mine.jsonl cannot be compared with"),
        (["mine.jsonl", "--compare", "other.json"], 1, "schema 99"),
        (["mine.jsonl", "--save", "mine.jsonl"], 1, "holds the questions"),
        (["mine.jsonl", "--save", "no/such/folder.json"], 1, "cannot be written"),
        (["mine.jsonl", "--png", "."], 1, "cannot be written"),
        *((["mine.jsonl", option, "pipe"], 1, "it is not a file") for option in ("--save", "--png")),
        (["mine.jsonl", "--precision", "2"], 2, "--precision"),
        (["mine.jsonl", "--worst", "-1"], 2, "--worst"),
        (["mine.jsonl", "--library", "x", "notes"], 2, "--library"),
        (["mine.jsonl", "--library", "nope"], 1, "no library"),
        (["mine.jsonl", "--model", "nope:x"], 1, "nope"),
        ([], 2, "FILE"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    quoth: Quoth, mine: Path, library: list[str], arguments: list[str], code: int, said: str
) -> None:
    Path("bad.jsonl").write_text('{"question": "fine?"}\n{"question": "Who?", "anwers": []}\n')
    Path("other.json").write_text('{"schema": 99, "records": []}')
    os.mkfifo("pipe")
    kept = mine.read_bytes()
    ran = quoth("eval", *arguments, *(library if "--library" not in arguments else ()))
    assert ran.code == code
    assert ran.out == ""
    assert ran.err.startswith("quoth: ")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert mine.read_bytes() == kept
    assert Path("pipe").is_fifo()


def test_what_could_not_be_read_is_told(quoth: Quoth, mine: Path, notes: Path) -> None:
    Path("empty.txt").write_text("")
    ran = quoth("eval", "mine.jsonl", str(notes), "empty.txt", "--json")
    assert ran.code == 4
    assert [Path(one["source"]).name for one in ran.json["failed"]] == ["empty.txt"]
    assert "left out: " in ran.err


def test_a_source_that_the_library_does_not_have_is_named(quoth: Quoth, mine: Path, library: list[str]) -> None:
    mine.write_text('{"question": "Who?", "source": "gone\x1b.md"}\n'.replace("\x1b", "\\u001b"))
    ran = quoth("eval", "mine.jsonl", *library)
    assert ran.code == 0
    assert "no document gone␛.md, which the questions name" in ran.err


def test_the_picture_is_drawn(quoth: Quoth, mine: Path, library: list[str]) -> None:
    os.environ["MPLCONFIGDIR"] = str(mine.parent)
    renamed = mine.rename(mine.with_name("$x^{ \x1b[31m.jsonl"))  # neither TeX nor escapes
    ran = quoth("eval", renamed.name, *library, "--png", "curves.png")
    assert ran.code == 0, ran
    picture = Path("curves.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture) > 20_000
    assert "Drawn in curves.png." in ran.err


def test_a_picture_without_matplotlib_says_how_to_get_it(
    quoth: Quoth, mine: Path, library: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "matplotlib" else find(name, *more)
    )
    ran = quoth("eval", "mine.jsonl", *library, "--png", "curves.png")
    assert ran.code == 1
    assert "pip install 'quoth[eval]'" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not Path("curves.png").exists()
    assert quoth("eval", "mine.jsonl", *library).code == 0


def test_ascii_where_that_is_all_there_is(quoth: Quoth, mine: Path, library: list[str]) -> None:
    mine.write_text(json.dumps(LINES[0]) + "\n" + json.dumps(LINES[3]) + "\n")
    os.environ["QUOTH_ASCII"] = "1"
    out = quoth("eval", "mine.jsonl", *library, "--worst", "0").out
    assert "#####" in out
    assert out.isascii()


def test_what_is_written_replaces_neither_the_other_nor_a_document(
    quoth: Quoth, mine: Path, notes: Path, library: list[str], tmp_path: Path
) -> None:
    one = str(tmp_path / "out")
    ran = quoth("eval", str(mine), *library, "--save", one, "--png", one)
    assert (ran.code, "name the same file" in ran.err) == (1, True)
    for option in ("--save", "--png"):
        ran = quoth("eval", str(mine), *library, option, str(notes / "boat.md"))
        assert (ran.code, "is one of the documents" in ran.err) == (1, True)
    assert "Adelheid" in (notes / "boat.md").read_text()
    assert not (tmp_path / "out").exists()


def test_requests_among_the_questions_are_told(quoth: Quoth, tmp_path: Path, library: list[str]) -> None:
    file = tmp_path / "asked.jsonl"
    file.write_text('{"question": "List all ferries", "answers": ["Adelheid"], "source": null, "kind": null}\n')
    ran = quoth("eval", str(file), *library)
    assert "1 question was taken for a request" in ran.err
    assert "Reliability" not in ran.out  # there is none of a request
    file.write_text('{"question": "hello", "answerable": false}\n')
    assert (
        "answered, and the documents do not answer it; taken for a request (greeting)"
        in quoth("eval", str(file), *library).out
    )
