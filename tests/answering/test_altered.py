"""Sentences of the sample corpus with one thing changed are not taken for supported; true ones in other words are.

The changes are those of benchmarks/alter.py, which benchmarks/altered.py tries on the public sets as well.
"""

from __future__ import annotations

import importlib.util
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from qa import Library
from qa.answering.candidates import Candidate, candidates
from qa.answering.support import Evidence
from qa.embedding import Embedder
from qa.types import Passage
from tests.conftest import ROOT

EACH = 8
"""Sentences of a passage that are changed."""


@pytest.fixture(scope="module")
def alter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("alter", ROOT / "benchmarks" / "alter.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def outcome(sample_library: Path, embedder: Embedder, alter: ModuleType) -> dict[str, Counter[str]]:
    draw = random.Random(1)  # noqa: S311 (no secret)
    found: dict[str, Counter[str]] = {}
    with Library(sample_library) as library:
        for passages, sentences in read(library, embedder):
            evidence = Evidence(passages, sentences, embedder)
            for one in draw.sample(sentences, min(EACH, len(sentences))):
                text = library.text(one.source)
                made = {"true": [*alter.paraphrases(one.text, draw), *alter.shortened(one.text, draw)]}
                for kind, change in alter.ALTERATIONS.items():
                    wrong = change(one.text, draw, alter.pool(kind, text))
                    made[kind] = [wrong] if wrong and wrong != one.text else []
                for kind, said in made.items():
                    for sentence in said:
                        assert sentence not in text
                        support = evidence.check(sentence, {one.passage}).support
                        found.setdefault(kind, Counter())[support] += 1
    return found


def read(library: Library, embedder: Embedder) -> Iterator[tuple[list[Passage], list[Candidate]]]:
    topics = (
        "summit",
        "sanctions",
        "missiles",
        "prisoners",
        "train journeys",
        "negotiators",
        "Covid",
        "Russia",
        "guards",
    )
    for topic in topics:
        passages = library.search(topic)
        sentences = candidates(passages, library.document, embedder)
        good = [one for one in sentences if re.fullmatch(r"[A-Z][^\n|]*[.]", one.text) and len(one.text.split()) > 7]
        yield passages, good


@pytest.mark.parametrize(("kind", "most"), [("number", 0.1), ("date", 0.1), ("name", 0.1), ("negation", 0.15)])
def test_what_was_changed_is_seldom_supported(outcome: dict[str, Counter[str]], kind: str, most: float) -> None:
    assert outcome[kind].total() >= 5, outcome
    assert outcome[kind]["supported"] / outcome[kind].total() <= most, outcome


def test_what_is_true_in_other_words_is_mostly_supported(outcome: dict[str, Counter[str]]) -> None:
    true = outcome["true"]
    assert true.total() >= 20
    assert true["supported"] / true.total() >= 0.7
    assert true["unsupported"] / true.total() <= 0.1
