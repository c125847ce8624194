"""Whether a sentence that is true to the documents is also their answer to the question."""

from __future__ import annotations

import pytest

from qa.answering.candidates import candidates
from qa.answering.given import likely, replaces
from qa.answering.quotes import Reading, read
from qa.answering.support import Evidence
from tests.answering.conftest import Asking, passage

RAILWAYS = (
    "Most lines of the valley have the broad gauge of 1600 mm. Two tourist railways run on a narrow gauge of 760 mm. "
    "The station of Elmsford was built by Clara Hale in 1931. Otto Brandt painted its ceiling in 1954. "
    "It burned down and was built again."
)


@pytest.fixture(scope="module")
def railways(asking) -> Asking:  # type: ignore[no-untyped-def]
    return asking(railways_txt=RAILWAYS)


def believed(railways: Asking, question: str, sentence: str, name: str = "railways.txt") -> bool:
    found = railways.documents[f"/{name}"]
    passages = [passage(found, 0, len(found.text))]
    reading: Reading = read(question, passages, railways.embedder, railways.known, railways.documents.__getitem__)
    sentences = candidates(passages, railways.documents.__getitem__, railways.embedder)
    evidence = Evidence(passages, sentences, railways.embedder)
    assert evidence.check(sentence).support == "supported"  # it is true to the documents, whatever was asked
    return likely(sentence, reading, evidence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How wide is the narrow gauge of the tourist railways?", "The tourist railways run on a gauge of 760 mm."),
        ("When was the station of Elmsford built?", "The station of Elmsford was built in 1931."),
        ("Who painted the ceiling of the station?", "Otto Brandt painted its ceiling in 1954."),
        ("Who painted the ceiling of the station?", "Otto Brandt"),
        ("When was the station of Elmsford built?", "1931."),
        ("When was the station of Elmsford built?", "The station of Elmsford burned down and was built again."),
        ("Who was Clara Hale?", "Otto Brandt painted the ceiling of the station in 1954."),
        ("When was the station built and who painted its ceiling?", "Otto Brandt painted its ceiling in 1954."),
    ],
)
def test_an_answer_of_a_likely_sentence_or_none_at_all_is_believed(
    railways: Asking, question: str, sentence: str
) -> None:
    assert believed(railways, question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Which gauge do the two tourist railways run on?", "1600 mm"),
        ("When was the station of Elmsford built?", "Otto Brandt painted the ceiling in 1954."),
        ("Who built the station of Elmsford?", "Otto Brandt"),
        ("Who built the station of Elmsford?", "Otto Brandt painted its ceiling in 1954."),
    ],
)
def test_what_the_documents_say_of_something_else_is_not(railways: Asking, question: str, sentence: str) -> None:
    assert not believed(railways, question, sentence)


WORKS = (
    "The engine works of Adler and Brunn in the town are to close for good, with Brunn's notice naming the year 1991. "
    "The decision of Adler came in 1989 (its buildings—in Ulm and Moss—will be given up in 1994). "
    "Adler, which was founded in Ulm in 1902, has 300 people. "
)


@pytest.fixture(scope="module")
def town(asking) -> Asking:  # type: ignore[no-untyped-def]
    return asking(town_txt=WORKS)


@pytest.mark.parametrize(
    ("question", "sentence", "right"),
    [
        ("When are the engine works of Adler to close?", "The engine works are to close in the year 1991.", False),
        ("When are the engine works of Adler to close?", "Brunn's notice names the year 1991.", False),
        ("When are the engine works of Brunn to close?", "The engine works are to close in the year 1991.", True),
        (
            "When will the buildings of Adler be given up?",
            "The buildings in Ulm and Moss will be given up in 1994.",
            True,
        ),
    ],
)
def test_a_date_of_another_name_is_no_answer(town: Asking, question: str, sentence: str, right: bool) -> None:
    assert believed(town, question, sentence, "town.txt") is right


@pytest.mark.parametrize(
    ("question", "said", "replaced"),
    [
        ("When was the station of Elmsford built?", "In 1931.", True),
        ("When was the station of Elmsford built?", "It was built by Clara Hale.", False),
        ("What happened to the station in the end?", "What Hale had built burned.", True),
        ("What happened to the station in the end?", "Something happened to the station.", False),
    ],
)
def test_a_quote_is_replaced_by_what_says_as_much_of_it(
    railways: Asking, question: str, said: str, replaced: bool
) -> None:
    quoted = "The station of Elmsford, which Clara Hale built in 1931, burned down."
    found = read(question, [], railways.embedder, railways.known, railways.documents.__getitem__)
    assert replaces(said, quoted, found.question) is replaced
