"""Whether one text says the opposite of another of the same thing: "higher" for "lower", "won" for "lost". English."""

from __future__ import annotations

import re
from functools import cache

from qa.words import STOPWORDS, words

_PAIRS = """
    high/low higher/lower highest/lowest more/less more/fewer most/least increase/decrease increased/decreased rise/fall
    rose/fell gain/loss gained/lost won/lost win/lose before/after above/below first/last large/small larger/smaller
    largest/smallest north/south northern/southern east/west eastern/western early/late earlier/later
    older/younger oldest/youngest old/new best/worst better/worse strong/weak stronger/weaker include/exclude
    accept/reject accepted/rejected allow/forbid allowed/forbidden support/oppose supported/opposed import/export
    bought/sold enter/leave entered/left began/ended start/stop open/close opened/closed male/female men/women
    father/mother son/daughter husband/wife brother/sister maximum/minimum positive/negative legal/illegal
    possible/impossible true/false public/private rich/poor long/short longer/shorter wide/narrow heavy/light
    heavier/lighter deep/shallow inside/outside internal/external majority/minority guilty/innocent alive/dead
    faster/slower fast/slow hot/cold warmer/cooler warm/cool upper/lower
"""

AROUND = (1, 3)
"""Telling words before and behind a word that say what it is said of."""


def opposed(claim: str, said: str) -> str | None:
    """The word of the claim in whose place the other text has its opposite, beside the same words; None if none has."""
    mine, theirs = _around(claim), _around(said)
    for word, beside in mine.items():
        for other in _opposites().get(word, ()):
            against = beside & theirs.get(other, frozenset())
            if other not in mine and len(against) > len(beside & theirs.get(word, frozenset())):
                return word
    return None


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in _PAIRS.split():
        one, other = pair.split("/")
        found[one] = found.get(one, frozenset()) | {other}
        found[other] = found.get(other, frozenset()) | {one}
    return found


def _around(text: str) -> dict[str, frozenset[str]]:
    """Each word of the text that has an opposite, with the stems of the telling words beside it."""
    known = _opposites()
    tokens = [
        token for match in re.finditer(r"\w+", text) if (token := match[0].lower()) in known or token not in STOPWORDS
    ]
    found: dict[str, frozenset[str]] = {}
    for place, token in enumerate(tokens):
        if token in known:
            near = [*tokens[max(place - AROUND[0], 0) : place], *tokens[place + 1 : place + 1 + AROUND[1]]]
            found[token] = found.get(token, frozenset()) | {stem for one in near for stem in words(one)}
    return found
