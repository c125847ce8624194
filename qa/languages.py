"""Whether a document is in a language that the default embedding model does not read."""

from __future__ import annotations

import re

from qa.types import Document
from qa.words import STOPWORDS

PROSE = frozenset({"txt", "md", "rst", "html", "pdf", "docx", "pptx", "epub", "eml"})
"""Kinds of document that are written in sentences."""

_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 20_000
_FEWEST = 80

ENGLISH_SHARE = 0.12
"""Least share of function words in English prose. Measured: English articles have 0.30 to 0.55 of them; German,
French, Spanish and Italian under 0.08, scripts other than Latin none."""


def looks_foreign(document: Document) -> bool:
    """Whether a piece of prose long enough to tell is not English; tables and code are never said to be foreign."""
    if document.kind not in PROSE:
        return False
    words = _WORD.findall(document.text[:_LOOKED_AT].lower())
    if len(words) < _FEWEST:
        letters = sum(character.isalpha() for character in document.text[:_LOOKED_AT])
        foreign = sum(character.isalpha() and ord(character) > 0x24F for character in document.text[:_LOOKED_AT])
        return letters > _FEWEST and foreign > letters / 2
    return sum(word in STOPWORDS for word in words) < ENGLISH_SHARE * len(words)
