"""Words that a model puts in quotation marks -> where they stand in a document, exactly."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SIGNS = {**dict.fromkeys("‘’‚‛`´′", "'"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‐‑‒–—―", "-")}
_ENDS = " .,;:!?'\"-"
_ELLIPSIS = re.compile(r"\s*[\[(]?(?:…|\.\.\.|\. \. \.)[\])]?\s*")
_BROKEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?:\s*\n\s*)?(?=[^\W\d_])")

LEFT_OUT = 400
"""Characters that a quote may leave out in one place."""


@dataclass(frozen=True, slots=True)
class Located:
    """start, end: in the text. exact: letter for letter; else white space, ligatures or quotation marks differ."""

    start: int
    end: int
    exact: bool


def locate(quote: str, text: str) -> Located | None:
    """Where the text has these words; punctuation at the quote's ends, which belongs to the sentence, may differ.

    Where the quote leaves words out ("..."), its parts must follow each other with at most LEFT_OUT characters between.
    """
    parts = [part for part in _ELLIPSIS.split(quote) if part.strip(_ENDS)]
    if len(parts) < 2:
        return _locate(quote, text)
    first = last = _locate(parts[0], text)
    for part in parts[1:]:
        if last is None:
            return None
        found = _locate(part, text[last.end : last.end + LEFT_OUT + 2 * len(part)])
        last = found and Located(last.end + found.start, last.end + found.end, exact=False)
    return Located(first.start, last.end, exact=False) if first and last else None


def _locate(quote: str, text: str) -> Located | None:
    bare = quote.strip(_ENDS)
    if not bare:
        return None
    at = text.find(bare)
    if at >= 0:
        return Located(at, at + len(bare), exact=True)
    for joined in (False, True):
        folded, origins = _folded(text, joined)
        wanted = _folded(bare, joined)[0].strip()
        at = folded.find(wanted)
        if at >= 0 and wanted:
            return Located(origins[at], origins[at + len(wanted) - 1] + 1, exact=False)
    return None


@lru_cache(maxsize=16)
def _folded(text: str, joined: bool) -> tuple[str, list[int]]:
    """The text with single spaces, plain quotation marks and ligatures taken apart, and where each sign comes from.

    joined: also without hyphens between letters, as a word that is broken at a line's end is read.
    """
    signs: list[str] = []
    origins: list[int] = []
    broken = {place for match in _BROKEN.finditer(text) for place in range(*match.span())} if joined else set()
    for place, character in enumerate(text):
        if place in broken:
            continue
        if character.isspace():
            if signs and signs[-1] != " ":
                signs.append(" ")
                origins.append(place)
            continue
        if character == "\u00ad":  # a soft hyphen
            continue
        sign = _SIGNS.get(character)
        for one in sign or (unicodedata.normalize("NFKC", character) if character > "\x7f" else character):
            signs.append(one)
            origins.append(place)
    return "".join(signs), origins
