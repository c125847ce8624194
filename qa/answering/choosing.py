"""Which sentences to quote, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.answering.candidates import Candidate
from qa.answering.citations import DocumentOf
from qa.answering.features import Array
from qa.answering.models import Models

LONGEST_QUOTE = 600
"""Characters of the longest citation; sentences that stand together are not joined beyond it."""

_POINTS_BACK = re.compile(
    r"(?:He|She|It|They|His|Her|Its|Their|This|These|Those)\b"
    r"|(?:To|For|By|After|Before|From|In|At|On|With|Since|Until|Despite|Besides)(?: \w+)? (?:this|these|those|them)\b"
    r"|(?:After|Before|Since|Until|Despite|Besides|For) that\b|(?:From|Since|Until) (?:there|then)\b"
)
_WITHIN_PARAGRAPH = re.compile(r"[^\S\n]*\n?[^\S\n]*")


@dataclass(frozen=True, slots=True)
class Quote:
    """What one citation covers: `document.text[start:end] == text`."""

    source: str
    start: int
    end: int
    text: str


def chosen(chances: Array, models: Models) -> list[int]:
    """The candidates to quote, best first: one to three, no more than it takes to be likely right."""
    order = [int(i) for i in np.argsort(-chances, kind="stable")]
    picked = order[:1]
    if len(order) > 1 and chances[order[0]] < models.second:
        picked.append(order[1])
        both = 1 - (1 - chances[order[0]]) * (1 - chances[order[1]])
        if len(order) > 2 and both < models.third:
            picked.append(order[2])
    return picked


def led(picked: Sequence[int], found: Sequence[Candidate]) -> list[int]:
    """The picked sentences, and the one before where one begins with a pronoun: it says who "he" or what "it" is."""
    whole = list(picked)
    for i in picked:
        before = found[i - 1] if i else None
        if before and _POINTS_BACK.match(found[i].text) and _follows(found[i], before) and i - 1 not in whole:
            whole.insert(whole.index(i) + 1, i - 1)
    return whole


def _follows(candidate: Candidate, before: Candidate) -> bool:
    """Whether the two stand together and make one quote."""
    near = candidate.passage == before.passage and 0 <= candidate.start - before.end <= 1
    return near and candidate.end - before.start <= LONGEST_QUOTE


def joined(picked: Sequence[Candidate], document_of: DocumentOf) -> list[Quote]:
    """The picked sentences as quotes, best first; those that follow each other in a paragraph become one quote."""
    quotes: list[Quote] = []
    for candidate in picked:
        quote = Quote(candidate.source, candidate.start, candidate.end, candidate.text)
        place = len(quotes)
        while True:  # what it makes longer may reach another one
            beside = ((i, _together(quote, other, document_of)) for i, other in enumerate(quotes))
            found = next(((i, both) for i, both in beside if both is not None), None)
            if found is None:
                break
            place, quote = min(place, found[0]), found[1]
            del quotes[found[0]]
        quotes.insert(place, quote)
    return quotes


def _together(one: Quote, other: Quote, document_of: DocumentOf) -> Quote | None:
    """The two as one quote in the document's order, if nothing but a space or a line's end is between them."""
    if one.source != other.source:
        return None
    first, last = sorted((one, other), key=lambda quote: quote.start)
    if last.start < first.end or last.end - first.start > LONGEST_QUOTE:
        return None
    text = document_of(one.source).text
    if not _WITHIN_PARAGRAPH.fullmatch(text, first.end, last.start):
        return None
    return Quote(one.source, first.start, last.end, text[first.start : last.end])
