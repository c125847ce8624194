"""When an answer counts as right: one of the wanted strings stands in it, word for word.

The rule. Both are compared as words in their order, so that these make no difference: case and width (Unicode NFKC and
case folding), white space, quotation marks and all other punctuation, and the sign between groups of three digits
(1,000 is 1000, and so is 1'000, or 1 000 with a no-break space; a point is a decimal point). Whole words count: "art"
does not stand in "party", "5" not in "3.5" or "15". In scripts without spaces every character is a word. Accents count.
A number in words is not taken for one in digits: give both as answers. Marks of citations, [1], are no part of an
answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from qa.words import UNSPACED

_MARK = re.compile(r"\s*\[\d+\]")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?P<sign>[,'’\u00a0\u2009\u202f])\d{3}(?:(?P=sign)\d{3})*(?!\d)")
_WORD = re.compile(r"\d+(?:(?:\.\d+)+|,\d{1,2}(?![\d.,]))?|[^\W\d]\w*")  # 14.90 and 3,5, but not 14.90,2024 of a table


def unmarked(text: str) -> str:
    """An answer's text without its marks of citations."""
    return _MARK.sub("", text)


def comparable(text: str) -> str:
    """The words of a text as they are compared, between single spaces; empty where it has none."""
    text = _GROUPED.sub(lambda found: found[0].replace(found["sign"], ""), text)
    text = UNSPACED.sub(lambda found: f" {' '.join(found[0])} ", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(word for found in _WORD.findall(text) if (word := found.strip("_")))


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether any of the wanted strings stands in the text."""
    padded = f" {comparable(text)} "
    return any(f" {wanted} " in padded for one in answers if (wanted := comparable(one)))
