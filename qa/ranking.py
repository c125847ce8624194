"""Candidates -> their order, and the passages they make. Pure: the caller brings texts, cosines and places.

The figures behind the constants are in benchmarks/quality.md.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qa.words import MARKED, STOPWORDS, UNSPACED, codes, content_words, put_together, words

Scores = npt.NDArray[np.float64]
Place = tuple[int, int, int]
"""Where a chunk stands: its document's id, and its start and end in that document's text."""

SIMILARITY_SHARE = 0.6
"""Of the score; the rest is words. At 0.5 follow-up questions lose a point, at 0.7 the long documents do."""

LIFT = 0.4
"""Share of its lead that a chunk lends to a neighbour: what answers a question often runs over a chunk's end. From 0.3
to 0.6 nothing changes by more than half a point; without it, the long documents lose 1 to 3 points of recall."""

ROOM_FACTOR = 1.2
"""A search for k passages takes so many times k chunks' tokens at most, and joins those that adjoin. With more, recall
rises and precision falls; at 1.15 follow-up questions and the first passage lose more than half a point."""

COMMON_SHARE = 0.4
"""A word of the question that so many of the candidates hold does not tell them apart: a name that stands all over a
document pulls the question's vector to any of its chunks. At 0.3 the same."""

FEW_CANDIDATES = 10
"""Among fewer, a share says nothing of a word: of two candidates it would drop what one of them alone has."""

RARE_SHARE, RARE_AT_LEAST = 0.02, 20
"""A word in a larger share of the chunks, and in more than so many, is not worth asking the word index for."""

RARE_TOGETHER = 5_000
"""Chunks that the words asked for stand in, a chunk counted for each of them: SQLite ranks 600 in a millisecond, and in
a million chunks the words of one question, each in a fiftieth at most, stood in up to 72,000."""

_SPOKEN = re.compile(r"\w+(?:['’]\w+)?")
_spelled = lru_cache(maxsize=256)(words)  # of candidates: wanted twice for a question, and often again for the next
_K1, _B = 1.2, 0.75  # the usual constants of BM25; others moved nothing


@dataclass(frozen=True, slots=True)
class Parts:
    """What the candidates' scores are made of, each of shape (candidates,).

    matched: BM25 by the highest of them. similarity, words, neighbour: the score's parts of the cosine, of `matched`,
    and of what a better neighbour lends.
    """

    matched: Scores
    similarity: Scores
    words: Scores
    neighbour: Scores

    @property
    def scores(self) -> Scores:
        """The scores, from 0 to 1."""
        return np.clip(self.similarity + self.words + self.neighbour, 0.0, 1.0)


def rank(
    question: str | Mapping[str, float],
    texts: Sequence[str],
    similarities: npt.NDArray[np.float32],
    places: Sequence[Place] = (),
) -> Scores:
    """A score from 0 to 1 for each candidate, to be sorted by: 0.6 cosine + 0.4 BM25 / highest BM25, then neighbours.

    question: the question, or its words with their weights (`followups.Search.words`).
    texts, similarities: of the candidates, and their cosines to the search vector; shape (len(texts),).
    places: where each candidate stands; without them neighbours lend each other nothing.
    """
    return weigh(question, texts, similarities, places).scores


def weigh(
    question: str | Mapping[str, float],
    texts: Sequence[str],
    similarities: npt.NDArray[np.float32],
    places: Sequence[Place] = (),
) -> Parts:
    """What `rank` adds up; arguments as there."""
    weights = dict.fromkeys(content_words(question), 1.0) if isinstance(question, str) else question
    matched = bm25(weights, [_spelled(text) for text in texts])
    matched /= max(matched.max(initial=0.0), 1e-9)
    near, same = SIMILARITY_SHARE * np.asarray(similarities, dtype=np.float64), (1 - SIMILARITY_SHARE) * matched
    return Parts(matched, near, same, _lift(near + same, places) if places else np.zeros(len(texts)))


def bm25(weights: Mapping[str, float], texts: Sequence[Sequence[str]]) -> Scores:
    """Okapi BM25 of each text for weighted words, by the document frequencies within these texts: shape (len(texts),).

    Frequencies of the whole library were no better: among the nearest chunks, what tells them apart is what counts.
    """
    counts = [Counter(text) for text in texts]
    lengths = np.array([len(text) for text in texts], dtype=np.float64)
    average = max(float(lengths.mean()), 1.0) if len(texts) else 1.0
    damping = _K1 * (1 - _B + _B * lengths / average)
    total = np.zeros(len(texts))
    for word, weight in weights.items():
        held = np.array([count[word] for count in counts], dtype=np.float64)
        holding = np.count_nonzero(held)
        rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        total += weight * rarity * held * (_K1 + 1) / (held + damping)
    return total


def gather(
    order: Iterable[int], places: Sequence[Place], size: Callable[[int], int], k: int, tokens: int, room: int
) -> list[list[int]]:
    """The chunks that make up the best passages: for each passage, best first, its candidates in reading order.

    A chunk that adjoins a passage already taken joins it while both fit the model, so that a passage is not cut where
    its answer goes on, and while what is left of the room holds the passages still to come. `k` passages, unless there
    are fewer candidates.

    order: candidates, best first. size: tokens of a candidate, asked for those alone that are looked at.
    tokens: most tokens of a chunk (`ChunkingSettings.tokens`). room: most tokens of a passage (`Embedder.room`).
    """
    passages: list[list[int]] = []
    sizes: list[int] = []
    left = ROOM_FACTOR * k * tokens
    for candidate in order:
        needed = size(candidate)
        joins = left - needed >= (k - len(passages)) * tokens
        for index, passage in enumerate(passages if joins else ()):
            before = _adjoin(places[candidate], places[passage[0]])
            if sizes[index] + needed <= room and (before or _adjoin(places[passage[-1]], places[candidate])):
                passage.insert(0 if before else len(passage), candidate)
                sizes[index] += needed
                break
        else:
            if len(passages) == k:
                break
            passages.append([candidate])
            sizes.append(needed)
        left -= needed
    return passages


def without_common(question: str, texts: Sequence[str]) -> str | None:
    """The question without the content words that COMMON_SHARE of the candidates hold.

    None where that leaves it as it is, or leaves no content word, or where there are few candidates; and for a language
    without spaces, or with marks on its letters, whose words are not told apart here.
    """
    if len(texts) < FEW_CANDIDATES or UNSPACED.search(question) or MARKED.search(question):
        return None
    named = [code for code in codes(question) if not code.spaced]
    spelled = {question[code.start : code.end]: [code.spelled] for code in named}
    spans = put_together([match.span() for match in _SPOKEN.finditer(question)], named)
    spoken = [(word, spelled.get(word) or content_words(word)[:1]) for word in (question[s:e] for s, e in spans)]
    asked = {word: spelled[0] for word, spelled in spoken if spelled and word.lower() not in STOPWORDS}
    held = Counter(word for text in texts for word in set(_spelled(text)).intersection(asked.values()))
    common = {word for word, spelled in asked.items() if held[spelled] >= COMMON_SHARE * len(texts)}
    if not common or len(common) == len(asked):
        return None
    return " ".join(word for word, _ in spoken if word not in common) + "?"


def rare_words(wanted: Iterable[str], frequencies: Mapping[str, int], total: int) -> list[str]:
    """Which of a question's words are rare enough to ask the word index for, rarest first.

    wanted: the words, as `qa.words` gives them. frequencies: in how many chunks each stands. total: chunks there are.
    """
    most = max(RARE_AT_LEAST, RARE_SHARE * total)
    rare = [word for word in dict.fromkeys(wanted) if 0 < frequencies.get(word, 0) <= most]
    rare.sort(key=lambda word: frequencies[word])
    together = itertools.accumulate(frequencies[word] for word in rare)
    return [word for word, chunks in zip(rare, together, strict=True) if chunks <= RARE_TOGETHER]


def _lift(scores: Scores, places: Sequence[Place]) -> Scores:
    """What each chunk gains: LIFT of what its better neighbour is ahead."""
    begins = {(document, start): row for row, (document, start, _) in enumerate(places)}
    best = scores.copy()  # of a chunk and the neighbours among the candidates
    for row, (document, _, end) in enumerate(places):
        following = begins.get((document, end))
        if following is not None:
            best[row] = max(best[row], scores[following])
            best[following] = max(best[following], scores[row])
    return np.asarray(LIFT * (best - scores), dtype=np.float64)


def _adjoin(first: Place, second: Place) -> bool:
    return first[0] == second[0] and first[2] == second[1]
