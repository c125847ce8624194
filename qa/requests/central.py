"""A document -> its most central sentences: near to the mean of its chunks' vectors, spread over its sections.

The chunks' vectors are there already; only the few chunks that come nearest are read again for their sentences.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qa.answering.candidates import LONGEST, Pooling, Vectors, quotable
from qa.answering.context import TABLES
from qa.sentences import LINE_KINDS
from qa.types import Document, mark_at
from qa.words import content_words, words

if TYPE_CHECKING:
    from qa.holdings import Holdings

MOST_CHUNKS = 4_000
"""Of a longer document every so many-th chunk is looked at; a book has about 1,500."""

READ = 3
"""Chunks of a part of the document whose sentences are read."""

OWN_SHARE = 0.5
"""What nearness to its own part counts for, where nearness to the document counts 1."""

OPENING, OPENS = 0.15, 600
"""What it counts for to stand among the first characters of a document, which often say what it is about; how many."""

COMMON, OF_COMMON, MOST_COMMON = 10, 0.03, 3
"""The words that a document's beginning has most often, how many; what holding one counts for, and how many count."""

BEGINNING = 50_000
"""Characters in which they are counted."""

ALIKE = 0.85
"""Cosine of two sentences that say about the same."""

SHORTEST, FEW_WORDS = 40, 7
"""Characters and words below which a sentence is a caption, or leans on others."""

_LEANING = re.compile(
    r"(?:it|its|he|his|she|her|they|their|them|this|that|these|those|such|there|here|we|our|i|my|you|your|one"
    r"|both|another"
    r"|and|but|or|so|yet|also|however|therefore|thus|hence|then|moreover|furthermore|besides|instead|nevertheless"
    r"|still|again|later|meanwhile|afterwards|finally|in addition|for example|for instance|as a result|see|note|click"
    r"|yes|no|others?|which|who|because)\b",
    re.IGNORECASE,
)
_PRONOUN_EARLY = re.compile(r"^(?:\S+ ){1,6}?(?:he|she|it|they|his|her|their|its|this|these|i|you)\b", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"https?://|www\.|\||copyright|©|all rights reserved|cookies?\b|isbn|table of contents|page \d+ of|subscribe"
    r"|\S+@\S+\.\w",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[\"“‘(]?[^\W_a-z].*[.!?][\"”’)]?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Central:
    """A sentence of a document, and the heading that it stands under."""

    start: int
    end: int
    heading: str | None


def central(catalog: Holdings, number: int, document: Document, embedder: Pooling, count: int) -> list[Central]:
    """At most `count` sentences, in the document's order, that can be read by themselves as far as there are such.

    number: the document's, in the catalog.
    """
    rows = catalog.spans(number)
    rows = rows[:: -(-len(rows) // MOST_CHUNKS)] if rows else rows
    vectors = catalog.vectors([row[0] for row in rows])
    chunks = [row for row in rows if row[0] in vectors]
    if not chunks:
        return []
    matrix = np.stack([vectors[row[0]] for row in chunks])
    whole = _unit(matrix.mean(axis=0))
    counted = Counter(word for word in content_words(document.text[:BEGINNING]) if len(word) > 2)
    common = frozenset(word for word, _ in counted.most_common(COMMON))
    picked: list[tuple[Central, Vectors]] = []
    parts = _parts(document, count)
    for place, (start, end) in enumerate(parts):
        inside = [i for i, row in enumerate(chunks) if start <= (row[1] + row[2]) / 2 < end]
        if not inside:
            continue
        direction = whole + OWN_SHARE * _unit(matrix[inside].mean(axis=0))
        nearest = sorted(inside, key=lambda i: -float(matrix[i] @ direction) - (chunks[i][1] < OPENS))[:READ]
        wanted = (count * (place + 1)) // len(parts) - len(picked)
        spans = [chunks[i][1:] for i in nearest]
        picked += _best(document, spans, direction, common, embedder, max(wanted, 1), picked)
    return sorted((one for one, _ in picked[:count]), key=lambda one: one.start)


def readable(sentence: str) -> bool:
    """Whether this is a whole sentence that can be read by itself, as far as its words show."""
    return (
        SHORTEST <= len(sentence) <= LONGEST
        and _WHOLE.fullmatch(sentence) is not None
        and len(sentence.split()) >= FEW_WORDS
        and not _LEANING.match(sentence.lstrip('"“‘('))
        and not _BOILERPLATE.search(sentence)
        and sum(map(str.isalpha, sentence)) > 0.6 * len(sentence)
    )


def _best(
    document: Document,
    chunks: Sequence[tuple[int, int]],
    direction: Vectors,
    common: frozenset[str],
    embedder: Pooling,
    wanted: int,
    before: Sequence[tuple[Central, Vectors]],
) -> list[tuple[Central, Vectors]]:
    """The best sentences of some chunks, none of which says what another does that was picked before."""
    found: list[tuple[float, int, int, Vectors]] = []
    for start, end in chunks:
        text = document.text[start:end]
        spans = quotable(text, document.kind)
        for span, vector in zip(spans, embedder.embed_spans(text, spans)[1] if spans else (), strict=True):
            sentence = text[span[0] : span[1]]
            score = float(vector @ direction) - 0.2 * bool(_PRONOUN_EARLY.match(sentence))
            score += OPENING * (start + span[0] < OPENS)
            score += OF_COMMON * min(len(common & set(words(sentence))), MOST_COMMON)
            if document.kind not in LINE_KINDS and not readable(sentence):
                score -= 10  # only where there is nothing else
                heading = mark_at(document.marks, start + span[0]).heading or ""
                if sentence.strip("#*=- \t\n").casefold() == heading.casefold() or len(words(sentence)) < FEW_WORDS:
                    continue
            found.append((score, start + span[0], start + span[1], vector))
    taken = list(before)
    for _, start, end, vector in sorted(found, key=lambda one: -one[0]):
        if len(taken) - len(before) >= wanted:
            break
        if any((start < one.end and one.start < end) or float(vector @ other) > ALIKE for one, other in taken):
            continue
        taken.append((Central(start, end, mark_at(document.marks, start).heading), vector))
    return taken[len(before) :]


def _parts(document: Document, most: int) -> list[tuple[int, int]]:
    """At most `most` spans that tile the document: sections, put together where they are small, or equal parts."""
    length = len(document.text)
    headed = [] if document.kind in TABLES else [mark.start for mark in document.marks if mark.heading]
    if len(headed) < 2:
        count = max(1, min(most, length // 1_500))
        bounds = [length * i // count for i in range(count + 1)]
    else:
        bounds = [0]
        for start in headed:
            if start - bounds[-1] >= length / (most + 1) and len(bounds) < most:
                bounds.append(start)
        bounds.append(length)
    return list(itertools.pairwise(bounds))


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)
