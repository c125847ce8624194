"""Text -> the words that searching and ranking compare. The catalog's word index and the ranking share them."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text in their order, lower-case, as they are compared."""
    return _WORD.findall(text.lower())
