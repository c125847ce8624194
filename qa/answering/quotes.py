"""Question and passages -> an answer in the documents' own words, or plain words that they do not answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.answering.candidates import Pooling, candidates
from qa.answering.choosing import chosen, joined
from qa.answering.citations import DocumentOf, cite, shown
from qa.answering.features import question_features, sentence_features
from qa.answering.models import models
from qa.answering.question import Question, WordCounts, take_apart
from qa.followups import Search, search_for
from qa.types import Citation, Passage, Status

READ = 5
"""Passages that are read for an answer; their sentences are the candidates."""

MOST_NAMED = 3
"""Unknown words that the text of an answer names."""


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
) -> Quoted:
    """Quote the one to three sentences that answer the question, or say that the documents do not answer it.

    question: what was searched for (`followups.search_for`), or a question that stands alone.
    passages: best first; the first five are read. Those that are not (or no longer) `document.text[start:end]` are
        left out. There may be none.
    known: counts of words in the library's chunks. threshold: confidence below it gives status "not_found".
    document_of: the stored document of a source; LookupError if it has gone. It is asked for the passages' sources
        several times, so keep what it loads for the length of a question.

    Every citation is verified. A number in square brackets in the text is always a mark of a citation.
    """
    search = search_for(question, ()) if isinstance(question, str) else question
    asked = take_apart(search, embedder, known)
    unknown = _unknown_words(asked)
    passages = [passage for passage in passages if _stands(passage, document_of)][:READ]
    found = candidates(passages, document_of, embedder)
    if not found:
        return _not_found(unknown, 0.0)
    fitted = models()
    sentences = sentence_features(asked, passages, found)
    chances = fitted.sentence(sentences.features)
    confidence = float(fitted.confidence(question_features(asked, passages, found, sentences, chances)[np.newaxis])[0])
    if confidence < threshold:
        return _not_found(unknown, confidence)
    picked = [found[i] for i in chosen(chances, fitted)]
    citations: list[Citation] = []
    for quote in joined(picked, document_of):
        citation = cite(len(citations) + 1, quote.source, quote.start, quote.end, quote.text, document_of)
        if citation:
            citations.append(citation)
    if not citations:
        return _not_found(unknown, confidence)
    text = " ".join(f"{shown(citation.quote)} [{citation.number}]" for citation in citations)
    return Quoted(text, "answered", confidence, tuple(citations), unknown)


def _stands(passage: Passage, document_of: DocumentOf) -> bool:
    try:
        return document_of(passage.source).text[passage.start : passage.end] == passage.text
    except LookupError:
        return False


def _unknown_words(asked: Question) -> tuple[str, ...]:
    """Each once, in their order; a run of a script without spaces is no word, and is left out."""
    return tuple(dict.fromkeys(term.text for term in asked.terms if not term.known and len(term.spelled) == 1))


def _not_found(unknown: tuple[str, ...], confidence: float) -> Quoted:
    text = "The documents do not answer this."
    named = [f"“{word}”" for word in unknown[:MOST_NAMED]]
    if named:
        text += f" None of them mentions {' or '.join(filter(None, [', '.join(named[:-1]), named[-1]]))}."
    return Quoted(text, "not_found", confidence, unknown_words=unknown)
