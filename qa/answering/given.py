"""Whether what a model's sentence gives in answer to the question stands where the documents are likely to answer it.

A sentence may be true to the documents and still be a wrong answer: the number or the name that it gives is there, and
is of something else. The fitted sentence model (`coefficients.json`) knows which sentences of the documents are likely
to answer; what is given must stand in one of these.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa.answering.converses import NAME
from qa.answering.facts import content, facts_of, numbers
from qa.answering.features import held_by
from qa.answering.question import Question
from qa.answering.quotes import Reading
from qa.answering.support import WEAK, Evidence
from qa.answering.wanted import Wanted, has, new_names

RIVAL = 0.9
"""Share of the best sentence's chance to answer that another must have to be believed: two that are about as likely. On
two thirds of the reading set's questions (those that benchmarks/written.py leaves out) 90% of the right sentences have
it, and 1.5% of those that have another number, date or name; at 0.7 it is 92% and 2.8%, at 0.5 94% and 5%."""

ABOUT = 0.5
"""Share of the question's weight that a sentence must have to be taken for an answer where no kind is asked for."""

FEW = 4
"""Content words below which a sentence is no statement of its own but an answer."""

WHOLE = 0.65
"""Share of all its words that this sentence of the documents must have: what it gives and what it gives it for stand
in one place."""

PART = 0.25
"""Least share of a quote's new words that what a model said must have to stand in the quote's place."""

_CLAUSE_ENDS = re.compile(r"[;:()—–]|,(?!\d)|\b(?:while|whereas|but|although|followed by)\b")
_BEHIND = re.compile(
    r"\b(?:in|at|on|of|from|to|by|for|near|during|since|with|and|or|than) (?:the |a |an )?$", re.IGNORECASE
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)\b")
_FIGURES: frozenset[Wanted] = frozenset({"number", "date"})
_NAMES: frozenset[Wanted] = frozenset({"person", "place"})
_CAPITALISED = re.compile(r"\b[^\W\d_a-z]\w*")
_SEVERAL = re.compile(r"\b(?:and|or) (?:\w+ )?(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_ABOUT_A_NAME = re.compile(r"\s*(?i:who (?:is|was|are|were)) (?:[^\W\d_a-z][\w.'’-]* ?)+(?:[?,]|$)")


@dataclass(frozen=True, slots=True)
class Given:
    """What a sentence gives that the question does not say.

    figures, names: those of the kinds that are asked for; figures also where no kind is, and all names of a few words.
    words: as they are spelled.
    """

    figures: frozenset[float]
    names: frozenset[str]
    words: frozenset[str]


def given(sentence: str, question: Question) -> Given | None:
    """What a sentence gives in answer to the question; None where it does not try, and so needs only to be true.

    One of a few words ("1889.") always tries: by itself it says nothing.
    """
    text, spelled = question.text, content(sentence)
    kinds = question.wanted & (_FIGURES | _NAMES)
    if len(spelled) >= FEW:
        if _SEVERAL.search(text) or _ABOUT_A_NAME.match(text):
            return None  # the answer is several sentences, each of which says a part of it
        if kinds and not any(has(kind, sentence, text) for kind in kinds):
            return None
        if not kinds and _held(spelled, question) < ABOUT:
            return None
    figures = numbers(sentence) - numbers(text) if kinds & _FIGURES or not kinds else frozenset()
    names = frozenset(new_names(sentence, text)) if kinds & _NAMES else frozenset()
    new = frozenset(spelled) - frozenset(content(text))
    if len(spelled) < FEW:
        names |= {name for name in _CAPITALISED.findall(sentence) if set(content(name)) & new}
    return Given(figures, names, new)


def likely(sentence: str, reading: Reading, evidence: Evidence) -> bool:
    """Whether what a sentence gives stands in a sentence of the documents that is likely to answer.

    evidence: of the first passages of the reading, as many as the model was shown.
    """
    tried = given(sentence, reading.question)
    if tried is None or not len(evidence):
        return True
    shares = evidence.shares(sentence, tried.words)
    whole = evidence.shares(sentence, content(sentence))
    bare = bool(tried.figures) and all(word.isdigit() or numbers(word) for word in tried.words)
    asked = numbers(reading.question.text)
    return any(
        shares[row] >= WEAK
        and (len(content(sentence)) < FEW or whole[row] >= WHOLE)
        and evidence.has(int(row), sentence, tried.figures, tried.names)
        and not _of_another(reading.found[row].text, tried.figures, reading)
        # Of several numbers in a sentence, one without a word beside it may be any.
        and not (bare and numbers(reading.found[row].text) - asked - tried.figures)
        for row in np.flatnonzero(reading.chances[: len(evidence)] >= RIVAL * reading.chances.max())
    )


def _of_another(text: str, figures: frozenset[float], reading: Reading) -> bool:
    """Whether a sentence of the documents has these numbers where it speaks of another name than the question's.

    That is of no account where no clause of the passages that speaks of the question's name has what is asked for:
    then the name is said in other words.
    """
    question = reading.question
    kinds = question.wanted & _FIGURES
    asked = frozenset(part for term in question.terms if term.name and term.text.isalpha() for part in term.spelled)
    if not (figures and kinds and asked):
        return False
    theirs = {about for clause, about in _clauses(text, asked) if numbers(_ORDINAL.sub(" ", clause)) & figures}
    return (
        theirs >= {"another"}
        and "asked" not in theirs
        and any(
            about == "asked" and any(has(kind, clause, question.text) for kind in kinds)
            for one in reading.found
            for clause, about in _clauses(one.text, asked)
        )
    )


def _clauses(text: str, asked: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each clause, and whether it is about a name that is "asked" for, "another", or "": none yet.

    It is about a name that it has of those asked for, or about one that is its subject or that something in it belongs
    to; else about what the clause before it is.
    """
    others = {name for name in facts_of(text).names if not set(content(name)) & asked}
    about = ""
    for clause in _CLAUSE_ENDS.split(text):
        if asked & set(content(clause)):
            about = "asked"
        elif any(_leads(match, clause, others) for match in NAME.finditer(clause)):
            about = "another"
        yield clause, about


def _leads(name: re.Match[str], clause: str, names: Collection[str]) -> bool:
    """Whether a clause is about this name, one of some: something belongs to it, or no preposition stands before it."""
    if name[0].endswith(("'s", "’s")):
        return True
    return bool(set(name[0].split()) & set(names)) and not _BEHIND.search(clause[: name.start()])


def replaces(said: str, quoted: str, question: Question) -> bool:
    """Whether what a model said has what a quote answers with, so that the quote need not be read besides.

    said: its supported sentences that rest on the quote. That is seen by the kind of thing that is asked for; where no
    kind is, by how much of what the quote adds to the question is in it.
    """
    if kinds := question.wanted & (_FIGURES | _NAMES):
        return any(has(kind, said, question.text) for kind in kinds)
    new = set(content(quoted)) - set(content(question.text))
    return len(new & set(content(said))) >= PART * len(new)


def _held(spelled: Sequence[str], question: Question) -> float:
    """The share of the weight of the question's words that these words have."""
    weights = np.array([term.weight for term in question.terms])
    held = np.array(held_by(question, spelled))
    return float(held @ weights / weights.sum()) if weights.sum() else 0.0
