"""In how many chunks on a server each word stands, and which chunks have it: by the server's own `$contains`.

Every chunk there has the list of its words, spelled as a question's are (qa.words), so `$contains` is exact: no case,
no ending and no part of a longer word is in its way. The few words that many chunks have are counted by the writer.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from qa.remote.layout import key_of
from qa.words import words as spelled

COMMON_SHARE, COMMON_AT_LEAST = 0.005, 20
"""A word in more chunks than this share, and than so many, is counted by the writer: at a million chunks that is 5,000
ids that need not be sent for a word, and a row of about 3,000 words."""

MOST_IDS = 10_000
"""Ids that are asked for of a word which nobody has counted: chunks may have come since."""

AT_ONCE = 8
"""Requests at a time."""

MANY = 24
"""Words from which on it is asked first which of them there are at all; hundreds come of one that is misspelled."""

TOGETHER, SAMPLE, ROUNDS = 200, 100, 4
"""How many words are asked for at once, the chunks looked at for which of them they hold, and how often."""

_K1, _B = 1.2, 0.75  # SQLite's


class Counting:
    """The words of one version of a library."""

    def __init__(self, chunks: Any, total: int, common: Mapping[str, int]) -> None:
        """chunks: the collection. total: chunks in it. common: the words that the writer has counted."""
        self._chunks = chunks
        self._total = total
        self.common = common
        self._ids: dict[str, Sequence[str]] = {}

    def frequencies(self, wanted: Sequence[str]) -> dict[str, int]:
        """As `Catalog.frequencies`."""
        unknown = [word for word in dict.fromkeys(wanted) if word not in self.common and word not in self._ids]
        if len(unknown) > MANY:
            there = self._present(unknown)
            self._ids |= {word: () for word in unknown if word not in there}
            unknown = [word for word in unknown if word in there]
        self._ids |= zip(unknown, self._each(unknown, lambda word: self._holding(word, MOST_IDS)), strict=True)
        return {word: self.common.get(word) or len(self._ids.get(word, ())) for word in wanted}

    def best(self, wanted: Sequence[str], most: int, documents: Collection[int] | None) -> list[str]:
        """Ids of at most `most` chunks that hold any of the words: best first by BM25, as SQLite has it."""
        counts = self.frequencies(wanted)
        within = None if documents is None else [key_of(number) for number in sorted(documents)]
        if within is None:
            asked = [word for word in wanted if word in self.common]
            found = dict(zip(asked, self._each(asked, lambda word: self._holding(word, counts[word] + 1)), strict=True))
            ids = {word: found.get(word) or self._ids.get(word, ()) for word in wanted}
        else:
            held = self._each(wanted, lambda word: self._holding(word, counts[word] + 1, within))
            ids = dict(zip(wanted, held, strict=True))
        weights = {word: self._rarity(counts[word]) for word in wanted}
        sums: dict[str, float] = {}
        for word in wanted:
            for name in ids[word]:
                sums[name] = sums.get(name, 0.0) + weights[word]
        # What a chunk can have at most by its words alone says which few have to be read.
        likely = sorted(sums, key=lambda name: (-sums[name], name))[: 3 * most]
        return self._ranked(likely, weights)[:most]

    def _ranked(self, names: Sequence[str], weights: Mapping[str, float]) -> list[str]:
        if not names:
            return []
        found = self._chunks.get(ids=list(names), include=["documents"])
        texts = {
            name: Counter(spelled(text or "")) for name, text in zip(found["ids"], found["documents"], strict=True)
        }
        average = sum(text.total() for text in texts.values()) / max(len(texts), 1) or 1.0

        def score(name: str) -> float:
            text = texts[name]
            damping = _K1 * (1 - _B + _B * text.total() / average)
            return sum(
                weight * text[word] * (_K1 + 1) / (text[word] + damping)
                for word, weight in weights.items()
                if text[word]
            )

        return sorted(texts, key=lambda name: (-score(name), name))

    def _rarity(self, count: int) -> float:
        return max(math.log((max(self._total, count) - count + 0.5) / (count + 0.5)), 1e-6)

    def _holding(self, word: str, most: int, within: Sequence[str] | None = None) -> Sequence[str]:
        where: Any = {"words": {"$contains": word}}
        if within is not None:
            where = {"$and": [where, {"document": {"$in": within}}]}
        ids: list[str] = self._chunks.get(where=where, limit=most, include=[])["ids"]
        return ids

    def _present(self, wanted: Sequence[str]) -> set[str]:
        """Which of many words there are. Where that are many as well, it stops before it has seen them all."""
        found: set[str] = set()
        for first in range(0, len(wanted), TOGETHER):
            left = set(wanted[first : first + TOGETHER])
            for _ in range(ROUNDS):
                either = [{"words": {"$contains": word}} for word in sorted(left)]
                where: Any = {"$or": either} if len(either) > 1 else either[0]
                rows = self._chunks.get(where=where, limit=SAMPLE, include=["metadatas"])["metadatas"]
                seen = left.intersection(word for row in rows if row for word in row.get("words", ()))
                found |= seen
                left -= seen
                if len(rows) < SAMPLE or not left or not seen:
                    break
        return found

    def _each(self, wanted: Sequence[str], work: Callable[[str], Sequence[str]]) -> list[Sequence[str]]:
        """What the work gives for each word; several at once, since most of it is waiting."""
        if len(wanted) < 2:
            return list(map(work, wanted))
        with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
            return list(pool.map(work, wanted))


def common_words(counts: Mapping[str, int]) -> str:
    """The row of common words."""
    return json.dumps(counts, separators=(",", ":"), ensure_ascii=False)


def read_common(row: str) -> dict[str, int]:
    """What the row says; nothing where there is none."""
    found: dict[str, int] = json.loads(row or "{}")
    return found
