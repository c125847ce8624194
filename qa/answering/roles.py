"""Whether two names stand in each other's place in two texts that say the same of them otherwise. English."""

from __future__ import annotations

import itertools
import re

from qa.answering.converses import NAME, either_way, key, upside_down
from qa.answering.facts import mentions

_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being) (?:\w+ ){0,2}?\w+ by\b")
_PLACING = frozenset(
    ("in", "on", "at", "during", "after", "before", "since", "by", "from", "to", "of", "for", "with", "into", "under",
     "over", "against", "near")
)  # fmt: skip
_BEFORE = re.compile(r"(\w+) (?:the |a |an |his |her |its |their )?$")
_JOINED = re.compile(r"[\s,]*(?:\b(?:and|or|as well as)\b)?[\s,]*(?:the )?", re.IGNORECASE)


def swapped(claim: str, said: str) -> bool:
    """Whether a name has another's place in the claim: beside its words, behind its preposition, or before the verb."""
    if bool(_PASSIVE.search(claim)) != bool(_PASSIVE.search(said)):
        return False
    excused = either_way(claim, said)
    return upside_down(claim, said) or _beside(claim, said, excused) or _ordered(claim, said, excused)


Pairs = frozenset[frozenset[str]]


def _beside(claim: str, said: str, excused: Pairs) -> bool:
    """Whether a name stands among the words that another name stands among in the document."""
    mine, theirs = mentions(claim), mentions(said)
    for name, beside in mine.items():
        if name not in theirs:
            continue
        own = len(beside & theirs[name])
        for other, around in theirs.items():
            if other == name or other not in mine or {name, other} in excused:
                continue
            swap = len(beside & around)
            if swap > own and len(mine[other] & theirs[name]) > len(mine[other] & around):
                return True
    return False


def _ordered(claim: str, said: str, excused: Pairs) -> bool:
    """Whether two names have each other's prepositions, or stand without one and the other way round.

    Names that are joined by "and" or a comma may change places, and so may phrases with a preposition, and the pairs
    that are excused.
    """
    mine, theirs = _roles(claim), _roles(said)
    common = [name for name in mine if name in theirs]
    for one, other in itertools.combinations(common, 2):
        if {key(one), key(other)} in excused:
            continue
        if _together(claim, mine[one][1], mine[other][1]) or _together(said, theirs[one][1], theirs[other][1]):
            continue
        now, then = (mine[one][0], mine[other][0]), (theirs[one][0], theirs[other][0])
        if now == ("", "") == then:
            if (mine[one][1] < mine[other][1]) != (theirs[one][1] < theirs[other][1]):
                return True
        elif now[0] != now[1] and now == then[::-1]:
            return True
    return False


def _roles(text: str) -> dict[str, tuple[str, tuple[int, int]]]:
    """Each name of the text: the preposition before it, or "", and where it stands first."""
    found: dict[str, tuple[str, tuple[int, int]]] = {}
    for match in NAME.finditer(text):
        if (name := match[0].lower()) not in found:
            before = _BEFORE.search(text[: match.start()])
            word = before[1].lower() if before else ""
            found[name] = (word if word in _PLACING else "", match.span())
    return found


def _together(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, last = sorted((one, other))
    return _JOINED.fullmatch(text[first[1] : last[0]]) is not None
