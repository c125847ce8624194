"""Words that a model puts in quotation marks -> where they stand in a document, exactly."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SIGNS = {**dict.fromkeys("‘’‚‛`´′", "'"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‐‑‒–—―", "-")}
_ENDS = " .,;:!?'\"-"


@dataclass(frozen=True, slots=True)
class Located:
    """start, end: in the text. exact: letter for letter; else white space, ligatures or quotation marks differ."""

    start: int
    end: int
    exact: bool


def locate(quote: str, text: str) -> Located | None:
    """Where the text has these words; punctuation at the quote's ends, which belongs to the sentence, may differ."""
    bare = quote.strip(_ENDS)
    if not bare:
        return None
    at = text.find(bare)
    if at >= 0:
        return Located(at, at + len(bare), exact=True)
    folded, origins = _folded(text)
    wanted = _folded(bare)[0].strip()
    at = folded.find(wanted)
    if at < 0 or not wanted:
        return None
    return Located(origins[at], origins[at + len(wanted) - 1] + 1, exact=False)


@lru_cache(maxsize=16)
def _folded(text: str) -> tuple[str, list[int]]:
    """The text with single spaces, plain quotation marks and ligatures taken apart, and where each sign comes from."""
    signs: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
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
