"""Questions to begin with: all of them are answered, by the words they were made from, and read as English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Library
from qa.phrasing import phrased
from qa.types import Mark

ENGLISH = re.compile(
    r"(?:Who (?:is|was|\w+ed|wrote|built|led|made) |What (?:is|are|was|were) |Where (?:was|were) "
    r"|How many [a-z -]+ (?:do|does|did) "
    r"|(?:When|Why) (?:did|was|were) |How (?:do I|is|are|was|were|can) ).+\w\?"
)
VAGUE = re.compile(r"\b(?:it|he|she|they|we|this|that|these|those|there|him|them)\b", re.IGNORECASE)


@pytest.fixture
def sample(sample_library: Path) -> Iterator[Library]:
    with Library(sample_library) as library:
        yield library


def questions(text: str, *headings: str) -> list[str]:
    """What is asked of a text, each heading standing at its line."""
    marks = [Mark(text.index(heading), None, heading.lstrip("# ")) for heading in headings]
    return [candidate.question for candidate in phrased(text, marks, "md")]


def test_every_starter_of_the_sample_corpus_is_answered_from_a_document_of_its_own(sample: Library) -> None:
    starters = sample.starters(6)
    assert len(starters) == 6
    assert starters == sample.starters(6)
    cited = []
    for question in starters:
        answer = sample.ask(question)
        assert answer.status == "answered"
        assert answer.confidence >= 0.8
        assert ENGLISH.fullmatch(question), question
        assert not VAGUE.search(question), question
        cited.append(answer.citations[0].source)
    assert len(set(cited)) == len(cited)
    three = sample.starters()
    assert three == starters[:3]
    assert len({question.split()[0] for question in three}) == 3


def test_there_are_none_where_nothing_can_be_asked(tmp_path: Path) -> None:
    with Library(tmp_path / "empty") as library:
        assert library.starters() == []
    files = tmp_path / "files"
    files.mkdir()
    (files / "program.py").write_text('"""Adelheid was built in Bremen in 1911."""\n\n\ndef sail():\n    pass\n' * 30)
    (files / "table.csv").write_text("ship,built\n" + "Adelheid,1911\n" * 50)
    (files / "brief.md").write_text("Die Fähre Adelheid wurde 1911 in Bremen gebaut und fährt bis heute.\n" * 20)
    with Library(tmp_path / "library") as library:
        library.add([files])
        assert len(library.sources()) == 3
        assert library.starters() == []


def test_a_sentence_of_two_documents_is_asked_about_once(tmp_path: Path) -> None:
    for name in ("draft.txt", "final.txt"):
        (tmp_path / name).write_text(f"The ferry Adelheid was built in Bremen in 1911.\n\nThis is the {name}.\n")
    with Library(tmp_path / "library") as library:
        library.add(tmp_path.glob("*.txt"))
        assert library.starters() == ["Where was the ferry Adelheid built?"]
        assert library.starters(0) == []


def test_the_same_file_twice_is_asked_about_once(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("The captain is called Adelheid Kern. Adelheid Kern was born in Bremen.\n")
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "a.md", tmp_path / "b.md"])
        assert library.starters() == ["Where was Adelheid Kern born?"]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Marie Curie was a physicist of Polish origin.", "Who was Marie Curie?"),
        ("Later Jan Novak, the mayor of Prague, wrote to Bohumil.", "Who was Jan Novak?"),
        ("The Adelheid Bridge is a suspension bridge over the river.", "What is the Adelheid Bridge?"),
        ("The Adelheid Bridge was opened to traffic on 4 May 1911.", "When was the Adelheid Bridge opened to traffic?"),
        ("On 4 May 1911 Bremen opened the Adelheid Bridge.", "When did Bremen open the Adelheid Bridge?"),
        ("The Adelheid Bridge was designed by Otto Kern in one night.", "Who designed the Adelheid Bridge?"),
        ("Otto Kern was born in Bremen.", "Where was Otto Kern born?"),
        ("Otto Kern left Bremen because nobody paid him.", "Why did Otto Kern leave Bremen?"),
        ("The Adelheid Bridge has 14 stone arches.", "How many stone arches does the Adelheid Bridge have?"),
        ("In 1911 Bremen built three new bridges.", "How many new bridges did Bremen build?"),
    ],
)
def test_a_sentence_is_turned_into_a_question(sentence: str, question: str) -> None:
    context = "People in Bremen, Prague and Warsaw know Marie Curie, Otto Kern and the Adelheid Bridge well."
    assert question in questions(f"{context} {sentence}\n")


@pytest.mark.parametrize(
    "sentence",
    [
        "It was built in 1911.",
        "He met Otto Kern on 4 May 1911.",
        "This was opened in Bremen in 1911.",
        "The bridge was opened on 4 May 1911.",
        "Otto Kern was sent to it on 4 May 1911.",
        "Otto Kern met them on 4 May 1911.",
        "Although Bremen opened the bridge in 1911, nobody came.",
        "Otto Kern announced that he had left Bremen in 1911.",
        "Otto Kern , who was born in 1880 , left Bremen in 1911 .",
        "Nobody in Bremen was born in 1911.",
        "Bremen Bremen was founded in 1911.",
    ],
)
def test_what_is_not_understood_is_not_asked(sentence: str) -> None:
    assert questions(f"People in Prague and in Bremen know Otto Kern.\n\n{sentence}\n") == []


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("What does it cost to cross?", None),
        ("What does the crossing cost?", "What does the crossing cost?"),
        ("How to change the time zone", "How do I change the time zone?"),
        ("Adding new users", "How do I add new users?"),
        ("How a ticket is printed", "How is a ticket printed?"),
        ("Installation", None),
        ("How it works", None),
        ("Using Library", None),
        ("Adding users and groups", None),
        ("The Adelheid", "What is the Adelheid?"),
        ("The Crossing", None),
    ],
)
def test_a_heading_is_turned_into_a_question(heading: str, question: str | None) -> None:
    text = f"# {heading}\n\nYou can take the Adelheid for two euros and cross with new users, they say.\n"
    asked = questions(text, f"# {heading}")
    assert asked == ([question] if question else [])
