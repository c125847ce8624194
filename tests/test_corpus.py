"""The sample corpus: the documents can be read, and the questions about them are fair."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from qa.reading import Reader, walk
from qa.settings import ReadingSettings

from . import make_corpus

CORPUS = Path(__file__).parent.parent / "corpus"
QUESTIONS = [json.loads(line) for line in (CORPUS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]
UNANSWERABLE = [question for question in QUESTIONS if not question["answerable"]]
IGNORED = {"questions.jsonl", ".quothignore"}
DOCUMENTS = sorted(path for path in CORPUS.iterdir() if path.name not in IGNORED)


@pytest.fixture(scope="module")
def text_of() -> Iterator[Callable[[Path], str]]:
    """Reads a document's text, each document once."""
    with Reader(ReadingSettings()) as reader:
        yield cache(lambda path: reader.read(path).text)


def words(text: str) -> str:
    """The words in lower case between single spaces, so that one string is found in another by whole words."""
    return " " + " ".join(re.findall(r"\w+", text.lower())) + " "


def test_the_corpus_is_small_and_varied() -> None:
    assert 10 <= len(DOCUMENTS) <= 15
    assert {path.suffix for path in DOCUMENTS} >= {
        ".md",
        ".txt",
        ".html",
        ".pdf",
        ".docx",
        ".csv",
        ".pptx",
        ".xlsx",
        ".eml",
    }


def test_questions_are_kept_out_of_the_index() -> None:
    assert sorted(walk(CORPUS)) == DOCUMENTS


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_are_of_readable_length(path: Path, text_of: Callable[[Path], str]) -> None:
    assert 300 <= len(text_of(path).split()) <= 1200


def test_there_are_enough_questions_of_each_kind() -> None:
    kinds = Counter(question["kind"] for question in UNANSWERABLE)
    assert len(ANSWERABLE) >= 40
    assert set(kinds) == {"near", "far"}
    assert kinds["near"] >= 15
    assert kinds.total() >= 30
    assert kinds["near"] * 2 >= kinds.total()


def test_no_question_is_asked_twice() -> None:
    counts = Counter(words(question["question"]) for question in QUESTIONS)
    assert [question for question, count in counts.items() if count > 1] == []


def test_every_document_is_asked_about() -> None:
    assert {question["source"] for question in ANSWERABLE} == {path.name for path in DOCUMENTS}


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["question"])
def test_the_document_holds_the_answer(question: dict[str, object], text_of: Callable[[Path], str]) -> None:
    text = words(text_of(CORPUS / str(question["source"])))
    answers = question["answers"]
    assert isinstance(answers, list)
    assert any(words(answer) in text for answer in answers), answers


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["question"])
def test_the_question_does_not_give_the_answer_away(question: dict[str, object]) -> None:
    answers = question["answers"]
    assert isinstance(answers, list)
    assert not any(words(answer) in words(str(question["question"])) for answer in answers)


@pytest.mark.parametrize("name", make_corpus.BINARY)
def test_binary_documents_say_what_their_script_says(name: str, tmp_path: Path, text_of: Callable[[Path], str]) -> None:
    made = tmp_path / name
    made.write_bytes(make_corpus.BINARY[name]())
    assert text_of(made) == text_of(CORPUS / name)
