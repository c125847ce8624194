"""A word of a question that no document has -> the one word of the library that it may be a misspelling of.

Tried are the words that one letter more, less or other, or two letters that changed places, would make of it: a few
hundred, which the catalog's word index looks up in a millisecond or two. Only where nothing is spelled as it was asked.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from qa.answering.question import ABOUT_ASKING
from qa.words import STOPWORDS, words

if TYPE_CHECKING:
    from qa.followups import Search
    from qa.holdings import Holdings

SHORTEST, LONGEST = 6, 30
"""Letters of a word that is taken for a misspelled one; a shorter one is near to many, and a longer one is data."""

WEIGHT = 0.5
"""What such a word counts in the ranking, where a word of the question counts 1: it may be another word after all."""

MOST = 3
"""Words of a question that are looked at; one with more of them is in another language, or about something else."""

_WORD = re.compile(r"[^\W\d_]+")


def corrected(search: Search, catalog: Holdings) -> tuple[Search, tuple[str, ...]]:
    """What to search for, and the words that are searched for besides, as documents write them; the search itself and
    none where nothing looks misspelled.

    Only words are added: what the question means, and what it lacks, stays as it was asked, so that a "Berlin" which is
    nowhere does not become as sure as the "Merlin" that is.
    """
    stems: dict[str, str] = {}
    for match in _WORD.finditer(search.texts[0][0]):
        word = match.group()
        if SHORTEST <= len(word) <= LONGEST and word.isascii() and word.lower() not in STOPWORDS | ABOUT_ASKING:
            stems[words(word)[0]] = word
    counts = catalog.frequencies(list(stems))
    unknown = [stem for stem in stems if not counts[stem]]
    if not 0 < len(unknown) <= MOST:
        return search, ()
    tried = {stem: set(_near(stem)) for stem in unknown}
    known = catalog.frequencies(sorted(set().union(*tried.values())))
    instead: dict[str, str] = {}
    for stem in unknown:
        near = [one for one in tried[stem] if known[one]]
        written = _written(near[0], catalog) if len(near) == 1 else ""
        if written.lower() in _near(stems[stem].lower()):  # "facility" is no "failed", though the stems are alike
            instead[near[0]] = written
    if not instead:
        return search, ()
    return replace(search, words={**dict.fromkeys(instead, WEIGHT), **search.words}), tuple(instead.values())


def _written(stem: str, catalog: Holdings) -> str:
    """A word of the index as a document writes it."""
    for piece in catalog.chunks(catalog.chunks_with([stem], 1)).values():
        for match in _WORD.finditer(piece.text):
            if words(match.group()) == [stem]:
                return match.group()
    return stem


def _near(word: str) -> Iterator[str]:
    """What one edit makes of a word, but for its first letter, which is seldom wrong."""
    for i in range(1, len(word) + 1):
        head, tail = word[:i], word[i:]
        yield from (head + letter + tail for letter in string.ascii_lowercase)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in string.ascii_lowercase if letter != tail[0])
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
