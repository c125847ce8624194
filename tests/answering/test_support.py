"""Whether the documents say what a sentence says."""

from __future__ import annotations

import pytest

from qa.answering.candidates import candidates
from qa.answering.support import Evidence
from qa.embedding import Embedder
from tests.answering.conftest import document, passage

SUMMIT = (
    "The first summit took place on 12 June 2018 at the Capella Hotel in Singapore. Donald Trump and Kim Jong Un "
    "signed a short statement. Singapore paid about 16.3 million Singapore dollars for it. No treaty was signed."
)
HANOI = (
    "The second summit took place in Hanoi on 27 and 28 February 2019. It ended without an agreement. "
    "Mike Pompeo and Kim Yong Chol sat at the table. He later wrote a book about it."
)


@pytest.fixture(scope="module")
def evidence(embedder: Embedder) -> Evidence:
    documents = {found.source: found for found in (document("a.txt", SUMMIT), document("b.txt", HANOI))}
    passages = [passage(found, 0, len(found.text)) for found in documents.values()]
    return Evidence(passages, candidates(passages, documents.__getitem__, embedder), embedder)


@pytest.mark.parametrize(
    "sentence",
    [
        "The first summit took place in Singapore on June 12, 2018.",
        "Trump and Kim signed a brief statement.",
        "For the summit, Singapore paid roughly 16.3 million Singapore dollars.",
        "The second summit, in Hanoi, ended without any agreement.",
    ],
)
def test_what_the_documents_say_in_other_words_is_supported(evidence: Evidence, sentence: str) -> None:
    assert evidence.check(sentence).support == "supported", evidence.check(sentence)


@pytest.mark.parametrize(
    ("sentence", "because"),
    [
        ("The first summit took place in Singapore on June 13, 2018.", "13"),
        ("The first summit took place in Singapore on June 12, 2017.", "2017"),
        ("Singapore paid about 16.8 million Singapore dollars for it.", "16,800,000"),
        ("The first summit took place at the Metropole Hotel in Singapore.", "Metropole"),
        ("The second summit took place in Singapore on 27 and 28 February 2019.", "Singapore"),
        ("Donald Trump and Kim Jong Un did not sign a short statement.", "denies"),
        ("A treaty was signed.", "denies"),
    ],
)
def test_one_thing_that_is_wrong_is_seen_and_said(evidence: Evidence, sentence: str, because: str) -> None:
    verdict = evidence.check(sentence)
    assert verdict.support != "supported"
    assert because in " ".join(verdict.reasons), verdict


def test_what_nothing_says_is_unsupported(evidence: Evidence) -> None:
    verdict = evidence.check("Penguins cannot fly because their wings turned into flippers.")
    assert verdict.support == "unsupported"


def test_a_name_may_stand_before_its_pronoun(embedder: Embedder) -> None:
    text = "Ada Lovelace was born in London. She wrote the first program in 1843."
    found = document("c.txt", text)
    passages = [passage(found, 0, len(text))]
    evidence = Evidence(passages, candidates(passages, lambda _: found, embedder), embedder)
    assert evidence.check("Lovelace wrote the first program in 1843.").support == "supported"


def test_a_wrong_number_of_a_passage_makes_it_weak_and_says_so(evidence: Evidence) -> None:
    sentence = "Singapore paid about 16.3 million Singapore dollars for it."
    assert evidence.check(sentence, {0}).support == "supported"
    verdict = evidence.check(sentence, {1})
    assert verdict.support == "weak"
    assert "another passage does" in " ".join(verdict.reasons)
    assert verdict.premise
    assert verdict.premise.passage == 0


def test_the_premise_is_the_documents_own_words(evidence: Evidence) -> None:
    verdict = evidence.check("The first summit took place in Singapore on June 12, 2018.")
    assert verdict.premise
    source, start, end = verdict.premise.span
    assert source == "/a.txt"
    assert SUMMIT[start:end] == "The first summit took place on 12 June 2018 at the Capella Hotel in Singapore."


def test_names_in_each_others_place_are_seen_where_their_neighbours_tell(embedder: Embedder) -> None:
    text = "Alice Brown praised the report that Robert Green had written in May."
    found = document("d.txt", text)
    passages = [passage(found, 0, len(text))]
    evidence = Evidence(passages, candidates(passages, lambda _: found, embedder), embedder)
    assert evidence.check("Alice Brown praised the report that Robert Green had written.").support == "supported"
    verdict = evidence.check("Robert Green praised the report that Alice Brown had written in May.")
    assert verdict.support == "weak"
    assert "each other's place" in " ".join(verdict.reasons)


def test_without_passages_nothing_is_supported(embedder: Embedder) -> None:
    assert Evidence([], [], embedder).check("Anything.").support == "unsupported"
