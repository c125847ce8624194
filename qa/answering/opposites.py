"""Whether one text says the opposite of another of the same thing: "higher" for "lower", "won" for "lost". English."""

from __future__ import annotations

from qa.answering.converses import OPPOSITES, turned
from qa.words import STOPWORDS, spoken, words

AROUND = (1, 3)
"""Telling words before and behind a word that say what it is said of."""


def opposed(claim: str, said: str) -> str | None:
    """The word of the claim in whose place the other text has its opposite, beside the same words; None if none has.

    "B is smaller than A" is no opposite of "A is larger than B".
    """
    mine, theirs = _around(claim), _around(said)
    for word, beside in mine.items():
        for other in OPPOSITES.get(word, ()):
            against = beside & theirs.get(other, frozenset())
            if other in mine or len(against) <= len(beside & theirs.get(word, frozenset())):
                continue
            if not turned(claim, said, word, other):
                return word
    return None


def _around(text: str) -> dict[str, frozenset[str]]:
    """Each word of the text that has an opposite, with the stems of the telling words beside it."""
    tokens = [token for match in spoken(text) if (token := match[0].lower()) in OPPOSITES or token not in STOPWORDS]
    found: dict[str, frozenset[str]] = {}
    for place, token in enumerate(tokens):
        if token in OPPOSITES:
            near = [*tokens[max(place - AROUND[0], 0) : place], *tokens[place + 1 : place + 1 + AROUND[1]]]
            found[token] = found.get(token, frozenset()) | {stem for one in near for stem in words(one)}
    return found
