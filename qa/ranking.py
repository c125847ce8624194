"""Candidates -> their order. How near a chunk is to a question, and how many of its words it holds, in one score."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from qa.words import content_words, words

SIMILARITY_SHARE = 0.6
"""Of the score; the rest is words. From 0.5 to 0.7 every public set stays within a point (benchmarks/quality.md)."""

RARE_SHARE = 0.02
"""A word in more than this share of the chunks is not worth asking the word index for."""

_K1, _B = 1.2, 0.75


def rank(question: str, texts: Sequence[str], similarities: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """A score for each candidate, from about 0 to 1; sort by it, highest first.

    texts: of the candidates. similarities: their cosines to the question, shape (len(texts),).
    """
    scores = bm25(content_words(question), [words(text) for text in texts])
    highest = scores.max(initial=0.0)
    if highest > 0:
        scores /= highest
    return np.clip(SIMILARITY_SHARE * similarities.astype(np.float64) + (1 - SIMILARITY_SHARE) * scores, 0.0, 1.0)


def bm25(wanted: Sequence[str], texts: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
    """Okapi BM25 of each text, its words given, with the document frequencies of these texts: shape (len(texts),)."""
    counts = [Counter(text) for text in texts]
    lengths = np.array([len(text) for text in texts], dtype=np.float64)
    norm = _K1 * (1 - _B + _B * lengths / max(lengths.mean() if len(lengths) else 1.0, 1.0))
    total = np.zeros(len(texts))
    for word in set(wanted):
        held = np.array([count[word] for count in counts], dtype=np.float64)
        holding = int((held > 0).sum())
        weight = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        total += weight * held * (_K1 + 1) / (held + norm)
    return total


def rare_words(wanted: Sequence[str], frequencies: Mapping[str, int], total: int) -> list[str]:
    """Which of a question's words are rare enough to ask the word index for, rarest first.

    wanted: `content_words(question)`. frequencies: in how many chunks each stands. total: chunks there are.
    """
    limit = max(20, RARE_SHARE * total)
    rare = [word for word in dict.fromkeys(wanted) if 0 < frequencies.get(word, 0) <= limit]
    return sorted(rare, key=lambda word: frequencies[word])
