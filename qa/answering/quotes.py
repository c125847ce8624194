"""Question and passages -> an answer in the documents' own words, or plain words that they do not answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.answering.candidates import Candidate, Pooling, candidates
from qa.answering.choosing import chosen, joined, led
from qa.answering.citations import DocumentOf, cite, shown
from qa.answering.features import Array, question_features, sentence_features
from qa.answering.models import models
from qa.answering.question import Question, WordCounts, take_apart
from qa.display import visible
from qa.followups import Search, search_for
from qa.types import Citation, Passage, Status

READ = 5
"""Passages that are read for an answer; their sentences are the candidates."""

MOST_NAMED = 2
"""Documents that are named as what does not answer; of more only their number is said."""


MOST_WORDS = 8
"""Unknown words that the text of an answer names; a question may be a page long."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """text: the quotes, each followed by its `[1]` mark, or plain words that the documents do not answer.

    confidence: probability, from 0 to 1, that the documents answer the question, whatever the status.
    unknown_words: words of the question that no document of the library has, as they were written.
    """

    text: str
    status: Status
    confidence: float
    citations: tuple[Citation, ...] = ()
    unknown_words: tuple[str, ...] = ()


def answer(
    question: str | Search,
    passages: Sequence[Passage],
    embedder: Pooling,
    known: WordCounts,
    threshold: float,
    document_of: DocumentOf,
    limited: Sequence[str] = (),
) -> Quoted:
    """Quote the one to three sentences that answer the question, and the one before a pronoun, or say that none does.

    question: what was searched for (`followups.search_for`), or a question that stands alone.
    passages: best first; the first five are read. Those that are not (or no longer) `document.text[start:end]` are
        left out. There may be none.
    known: counts of words in the library's chunks. threshold: confidence below it gives status "not_found".
    document_of: the stored document of a source; LookupError if it has gone. It is asked for the passages' sources
        several times, so keep what it loads for the length of a question.
    limited: the sources that alone were searched; none for all. "not_found" says so, since others may have the answer.

    Every citation is verified. A number in square brackets in the text is always a mark of a citation.
    """
    return quote(read(question, passages, embedder, known, document_of, limited), threshold, document_of)


@dataclass(frozen=True, slots=True)
class Reading:
    """Passages read for a question.

    passages: those that still stand. found: their sentences. chances: of each to say the answer, shape (len(found),).
    confidence: that the documents answer at all. limited: as in `answer`.
    of_sentences, of_question: the features that chances and confidence come from, shapes (len(found), len(SENTENCE))
        and (len(QUESTION),); both are empty where there is no sentence.
    """

    question: Question
    passages: tuple[Passage, ...]
    found: tuple[Candidate, ...]
    chances: Array
    confidence: float
    limited: tuple[str, ...]
    of_sentences: Array
    of_question: Array


def read(
    question: str | Search,
    passages: Sequence[Passage],
    embedder: Pooling,
    known: WordCounts,
    document_of: DocumentOf,
    limited: Sequence[str] = (),
) -> Reading:
    """Read the first five passages for a question; arguments as for `answer`."""
    search = search_for(question, ()) if isinstance(question, str) else question
    asked = take_apart(search, embedder, known)
    passages = [passage for passage in passages if _stands(passage, document_of)][:READ]
    found = candidates(passages, document_of, embedder)
    if not found:
        nothing = np.zeros(0)
        return Reading(asked, tuple(passages), (), nothing, 0.0, tuple(limited), nothing, nothing)
    fitted = models()
    sentences = sentence_features(asked, passages, found)
    chances = fitted.sentence(sentences.features)
    of_question = question_features(asked, passages, found, sentences, chances)
    confidence = float(fitted.confidence(of_question[np.newaxis])[0])
    return Reading(
        asked, tuple(passages), tuple(found), chances, confidence, tuple(limited), sentences.features, of_question
    )


def quote(reading: Reading, threshold: float, document_of: DocumentOf) -> Quoted:
    """Quote what was read, or say that the documents do not answer; as `answer`."""
    unknown = unknown_words(reading.question)
    if not reading.found or reading.confidence < threshold:
        return not_found(unknown, reading.confidence, reading.limited)
    picked = [reading.found[i] for i in led(chosen(reading.chances, models()), reading.found)]
    citations: list[Citation] = []
    for one in joined(picked, document_of):
        citation = cite(len(citations) + 1, one.source, one.start, one.end, one.text, document_of)
        if citation:
            citations.append(citation)
    if not citations:
        return not_found(unknown, reading.confidence, reading.limited)
    text = " ".join(f"{shown(citation.quote)} [{citation.number}]" for citation in citations)
    return Quoted(text, "answered", reading.confidence, tuple(citations), unknown)


def _stands(passage: Passage, document_of: DocumentOf) -> bool:
    try:
        return document_of(passage.source).text[passage.start : passage.end] == passage.text
    except LookupError:
        return False


def unknown_words(asked: Question) -> tuple[str, ...]:
    """Each once, in their order; a run of a script without spaces is no word, and is left out, and so is what the
    question took over from the conversation, such as a file's name."""
    own = [term for term in asked.terms if term.text in asked.text]
    return tuple(dict.fromkeys(term.text for term in own if not term.known and len(term.spelled) == 1))


def not_found(unknown: tuple[str, ...], confidence: float, limited: Sequence[str] = ()) -> Quoted:
    """Plain words that the documents do not answer; limited: as in `answer`."""
    text = f"{_searched(limited)}."
    if unknown:
        named = [f"“{word}”" for word in unknown[:MOST_WORDS]]
        if more := len(unknown) - len(named):
            named.append(f"{more:,} more of its words")
        none = "No document of the library mentions" if limited else "None of them mentions"
        text += f" {none} {' or '.join(filter(None, [', '.join(named[:-1]), named[-1]]))}."
    return Quoted(text, "not_found", confidence, unknown_words=unknown)


def _searched(limited: Sequence[str]) -> str:
    """What does not answer the question, in words."""
    if not limited:
        return "The documents do not answer this"
    names = dict.fromkeys(Path(source).name for source in limited)
    if len(names) < len(limited) or len(names) > MOST_NAMED:
        return f"The {len(limited):,} documents that were searched do not answer this"
    legible = [shown(visible(name, one_line=True)) for name in names]
    return f"{' and '.join(legible)} {'does' if len(legible) == 1 else 'do'} not answer this"
