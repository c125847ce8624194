"""Whether one text says the opposite of another of the same thing: "higher" for "lower", "won" for "lost". English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qa.answering.converses import OPPOSITES, turned
from qa.words import STOPWORDS, spoken, words

LEAST = 4
"""Letters of a word from which on "un" before it denies it."""

_ADJECTIVE = re.compile(r".{3}(?:able|ible|al|ive|ent|ant|ate|ic|ar|ous|ly|ect|ete|ure|ient|est|ful|ity|ance|ence)$")
"""Other words that begin with the same syllables are of another stem: "form" and "inform"."""

AROUND = (1, 3)
"""Telling words before and behind a word that say what it is said of."""


def opposed(claim: str, said: str) -> str | None:
    """The word of the claim in whose place the other text has its opposite, beside the same words; None if none has.

    "B is smaller than A" is no opposite of "A is larger than B".
    """
    mine, theirs = _around(claim), _around(said)
    for word, beside in mine.items():
        for other in _opposites(word, theirs):
            against = beside & theirs.get(other, frozenset())
            if other in mine or len(against) <= len(beside & theirs.get(word, frozenset())):
                continue
            if not turned(claim, said, word, other):
                return word
    return None


def _opposites(word: str, among: Iterable[str]) -> Iterator[str]:
    """The words of a text that say the opposite of a word, also by a syllable before it: "unsafe" of "safe"."""
    yield from OPPOSITES.get(word, ())
    for other in among:
        short, long = sorted((word, other), key=len)
        if long.endswith(short) and _denies(long.removesuffix(short), short):
            yield other


def _denies(syllable: str, word: str) -> bool:
    if syllable in ("un", "non"):
        return len(word) >= LEAST
    return syllable in ("in", "im", "il", "ir", "dis") and _ADJECTIVE.search(word) is not None


def _around(text: str) -> dict[str, frozenset[str]]:
    """Each telling word of the text, and each that has an opposite, with the stems of the telling words beside it."""
    text = re.sub(r"\b(non)-(?=\w)", r"\1", text, flags=re.IGNORECASE)
    tokens = [token for match in spoken(text) if (token := match[0].lower()) in OPPOSITES or token not in STOPWORDS]
    found: dict[str, frozenset[str]] = {}
    for place, token in enumerate(tokens):
        near = [*tokens[max(place - AROUND[0], 0) : place], *tokens[place + 1 : place + 1 + AROUND[1]]]
        found[token] = found.get(token, frozenset()) | {stem for one in near for stem in words(one)}
    return found
