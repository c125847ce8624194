"""Questions, conversations and limits of a search that nobody would ask: each ends in an answer or one line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import Library
from qa.errors import InputError
from tests.conftest import Quoth, own_home
from tests.faults.inputs import Record, tell

TEXT = (
    "The ferry Adelheid was built in Bremen in 1923. DROP TABLE is a statement of SQL, and NEAR is one of FTS5.\n\n"
    "המעבורת נבנתה בברמן בשנת 1923.\n\nThe 👨‍👩‍👧 was added to Unicode in 2010. Crème brûlée costs 7 euros.\n\n"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Library]:
    """A library with 2,000 words that are rare in it, for every test to ask."""
    folder = tmp_path_factory.mktemp("questions")
    (folder / "a.txt").write_text(TEXT + " ".join(f"word{number} stands here." for number in range(2000)))
    with own_home(folder / "home", models), Library(folder / "library") as library:
        assert not library.add([folder / "a.txt"]).failed
        library.prepare()
        yield library


QUESTIONS: dict[str, tuple[str, str]] = {
    "empty": ("", "the question is empty"),
    "white space": (" \n\t\u2003", "the question is empty"),
    "NUL": ("When was the ferry\0 built?", "holds a NUL character"),
    "10,001 characters": ("x" * 10_001, "has 10,001 characters, and 10,000 is the most"),
    "one word of 10,000 characters": ("x" * 10_000, "not_found"),
    "1,100 rare words": (" ".join(f"word{number}" for number in range(1100))[:10_000], ""),
    "10,000 letters outside the first plane": ("𐍈" * 10_000, "not_found"),
    "10,000 letters that grow when folded": ("ﷺ" * 10_000, "not_found"),
    "emoji": ("🎉🏳️‍🌈 👨‍👩‍👧", ""),
    "combining marks": ("When was the fe\u0301\u0302\u0303rry built?" + "\u0301" * 5000, ""),
    "decomposed": ("What does cre\u0300me bru\u0302le\u0301e cost?", "answered"),
    "right to left": ("מתי נבנתה המעבורת?", ""),
    "bidi overrides": ("\u202eWhen was the ferry built?\u202c", ""),
    "SQL": ("'; DROP TABLE chunks; --", "answered"),
    "FTS5's NEAR": ("NEAR(ferry Adelheid, 2)", ""),
    "FTS5's OR": ("* OR *", "not_found"),
    "FTS5's columns": ("body:ferry ^ferry ferry* -ferry {body}: x", ""),
    "FTS5's NOT": ("ferry AND NOT (", ""),
    "an open quote": ('"unbalanced', "not_found"),
    # No word at all is talk, and answered as such.
    "a quote alone": ("'", "answered"),
    "format signs": ("%s %d {} {0} \\x00 $HOME `id`", "not_found"),
    "markup": ("[@click=app.quit]x[/] [1] [/]", "not_found"),
    "escape sequences": ("\x1b[2J\x1b]52;c;aGk=\x07 \x9b2J", "not_found"),
    "lone surrogates": ("When was the ferry \ud800\udcff built?", "answered"),
    "nothing but a lone surrogate": ("\ud800", "answered"),
    "nothing but a mark of order": ("\ufeff", "answered"),
}


@pytest.mark.parametrize("what", QUESTIONS)
def test_a_question_is_answered_or_refused_in_one_line(library: Library, record_property: Record, what: str) -> None:
    question, wanted = QUESTIONS[what]
    try:
        answer = library.ask(question)
    except InputError as error:
        ended = str(error)
        assert len(ended.splitlines()) == 1
        assert len(ended) < 200
    else:
        ended = answer.status
        assert 0 <= answer.confidence <= 1
        for citation in answer.citations:
            assert library.text(citation.source)[citation.start : citation.end] == citation.quote
    assert wanted in ended
    assert library.ask("When was the ferry Adelheid built?").status == "answered"
    tell(record_property, f"question: {what}", ended)


HISTORIES: dict[str, tuple[Any, str]] = {
    "lone surrogates": ([{"role": "user", "content": "\ud800 ferry"}], "answered"),
    "lone surrogates in blocks": ([{"role": "user", "content": ["\udcff", {"type": "text", "text": "\ud800"}]}], ""),
    "a NUL": ([{"role": "user", "content": "a\0b"}, {"role": "assistant", "content": "\0"}], ""),
    "a megabyte": ([{"role": "user", "content": "ferry " * 170_000}], ""),
    "blocks that are none": ([{"role": "user", "content": [None, 3, {"text": 4}, "ferry"]}], "answered"),
    "a role that is a list": ([{"role": ["user"], "content": "x"}], "a message of the history has a role"),
    "no list": (5, "history is a list of messages"),
    "nothing": (None, "history is a list of messages"),
}


@pytest.mark.parametrize("what", HISTORIES)
def test_a_conversation_is_taken_or_refused_in_one_line(library: Library, record_property: Record, what: str) -> None:
    history, wanted = HISTORIES[what]
    try:
        ended: str = library.ask("And when was it built in Bremen?", history=history).status
    except InputError as error:
        ended = str(error)
    assert wanted in ended
    tell(record_property, f"conversation: {what}", ended)


PATTERNS: dict[str, tuple[str | list[str], str]] = {
    "all": ("*", "found"),
    "all below": ("**", "found"),
    "one sign": ("?.txt", "found"),
    "6,000 stars": ("*" * 6000, "found"),
    "500 stars with letters": ("*a" * 500, "no document of the library fits"),
    "100,000 letters": ("a" * 100_000, "no document of the library fits"),
    "an open bracket": ("[", "no document of the library fits"),
    "brackets without end": ("[!", "no document of the library fits"),
    "a range the wrong way round": ("[z-a]*", "no document of the library fits"),
    "a regular expression": ("(?i).*\\", "no document of the library fits"),
    "a home that is none": ("~nobody-here/*", "no document of the library fits"),
    "up and out": ("../../*", "no document of the library fits"),
    "nothing": ("", "is not a path"),
    "NUL": ("*\0", "is not a path"),
    "a lone surrogate": ("*\ud800", "is not a path"),
    "no pattern at all": ([], "no document of the library fits"),
    "1,000 patterns": (["*"] * 1000, "found"),
}


@pytest.mark.parametrize("what", PATTERNS)
def test_a_pattern_finds_or_is_refused_in_one_line(library: Library, record_property: Record, what: str) -> None:
    where, wanted = PATTERNS[what]
    try:
        ended = "found" if library.search("ferry", where=where) else "nothing"
    except InputError as error:
        ended = str(error)
        assert len(ended) < 300
        assert ended.isprintable()
    assert wanted in ended
    tell(record_property, f"where: {what}", ended[:100])


@pytest.mark.parametrize("what", ["10,001 characters", "lone surrogates"])
def test_the_command_says_the_same(
    quoth_process: Quoth, library: Library, tmp_path: Path, what: str, home: Path
) -> None:
    question, wanted = QUESTIONS[what]
    folder = Path(shutil.copytree(library.folder, tmp_path / "library"))
    given = question.replace("\ud800", "").encode("utf-8", "surrogateescape")
    ran = quoth_process("ask", "--library", str(folder), "--", given)
    assert ran.code == {"answered": 0, "not_found": 3}.get(wanted, 1)
    assert "\x1b" not in ran.out + ran.err
    if ran.code == 1:
        assert ran.err.startswith("quoth: ")
        assert wanted in ran.err
        assert len(ran.err.splitlines()) == 1
