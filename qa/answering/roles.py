"""Whether two names stand in each other's place in two texts that say the same of them otherwise. English."""

from __future__ import annotations

import itertools
import re

from qa.answering.facts import mentions
from qa.words import STOPWORDS

_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being) (?:\w+ ){0,2}?\w+ by\b")
_MUTUAL = re.compile(r"\b(?:meets?|met|marr(?:y|ies|ied)|divorced?|borders?|bordered|equals?|talked|negotiated)\b")
"""Verbs that say the same of both whichever comes first."""

_PLACING = frozenset(
    ("in", "on", "at", "during", "after", "before", "since", "by", "from", "to", "of", "for", "with", "into", "under",
     "over", "against", "near")
)  # fmt: skip
_WORD = rf"(?!(?:{'|'.join(sorted(STOPWORDS))})\b)(?-i:[^\W\d_a-z])[\w’'-]*"
_NAME = re.compile(rf"\b{_WORD}(?: {_WORD})*", re.IGNORECASE)
_BEFORE = re.compile(r"(\w+) (?:the |a |an |his |her |its |their )?$")
_JOINED = re.compile(r"[\s,]*(?:\b(?:and|or|as well as)\b)?[\s,]*(?:the )?", re.IGNORECASE)


def swapped(claim: str, said: str) -> bool:
    """Whether a name has another's place in the claim: beside its words, behind its preposition, or before the verb."""
    if bool(_PASSIVE.search(claim)) != bool(_PASSIVE.search(said)):
        return False
    mutual = bool(_MUTUAL.search(claim) and _MUTUAL.search(said))
    return (not mutual and _beside(claim, said)) or _ordered(claim, said, mutual)


def _beside(claim: str, said: str) -> bool:
    """Whether a name stands among the words that another name stands among in the document."""
    mine, theirs = mentions(claim), mentions(said)
    for name, beside in mine.items():
        if name not in theirs:
            continue
        own = len(beside & theirs[name])
        for other, around in theirs.items():
            if other == name or other not in mine:
                continue
            swap = len(beside & around)
            if swap > own and len(mine[other] & theirs[name]) > len(mine[other] & around):
                return True
    return False


def _ordered(claim: str, said: str, mutual: bool) -> bool:
    """Whether two names have each other's prepositions, or stand without one and the other way round.

    Names that are joined by "and" or a comma may change places, and so may phrases with a preposition, and, where the
    verb is mutual, names without one.
    """
    mine, theirs = _roles(claim), _roles(said)
    common = [name for name in mine if name in theirs]
    for one, other in itertools.combinations(common, 2):
        if _together(claim, mine[one][1], mine[other][1]) or _together(said, theirs[one][1], theirs[other][1]):
            continue
        now, then = (mine[one][0], mine[other][0]), (theirs[one][0], theirs[other][0])
        if now == ("", "") == then:
            if not mutual and (mine[one][1] < mine[other][1]) != (theirs[one][1] < theirs[other][1]):
                return True
        elif now[0] != now[1] and now == then[::-1]:
            return True
    return False


def _roles(text: str) -> dict[str, tuple[str, tuple[int, int]]]:
    """Each name of the text: the preposition before it, or "", and where it stands first."""
    found: dict[str, tuple[str, tuple[int, int]]] = {}
    for match in _NAME.finditer(text):
        if (name := match[0].lower()) not in found:
            before = _BEFORE.search(text[: match.start()])
            word = before[1].lower() if before else ""
            found[name] = (word if word in _PLACING else "", match.span())
    return found


def _together(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, last = sorted((one, other))
    return _JOINED.fullmatch(text[first[1] : last[0]]) is not None
