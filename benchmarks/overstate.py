"""Sentences of documents with one word changed, to a reader's harm: a unit, a limit, "all", "must". By rules."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_UNITS = """
    miles/kilometres kilometres/metres km/m hours/minutes days/weeks years/months months/days percent/million
    %/°C kg/g mg/g feet/metres minutes/hours weeks/days
"""
_MONEY = "$/€ £/$ €/£"
_LIMITS = (
    ("more than", "fewer than"), ("over", "under"), ("at least", "at most"), ("less than", "more than"),
    ("up to", "at least"), ("at most", "at least"), ("fewer than", "more than"), ("under", "over"),
)  # fmt: skip
_AMOUNTS = "all/some some/all most/all most/few many/all several/all few/most every/some"
_MODALS = "may/will may/must should/must can/must must/may could/will will/may might/will"


def _change(pattern: Callable[[str], str], pairs: Sequence[tuple[str, str]]) -> Callable[..., str | None]:
    def changed(sentence: str, draw: random.Random, others: Sequence[str]) -> str | None:
        del others
        places = [
            (match.start(), match.start() + len(match[0]), other)
            for word, other in pairs
            for match in re.finditer(pattern(re.escape(word)), sentence)
        ]
        if not places:
            return None
        start, end, other = draw.choice(places)
        return sentence[:start] + other + sentence[end:]

    return changed


def _pairs(written: str) -> list[tuple[str, str]]:
    return [(one, other) for one, other in (pair.split("/") for pair in written.split())]


OVERSTATEMENTS = {
    "unit": _change(lambda word: rf"(?:(?<=\d)|(?<=\d )){word}(?!\w)", _pairs(_UNITS)),
    "currency": _change(lambda word: rf"(?<!\w){word}(?=\d)", _pairs(_MONEY)),
    "limit": _change(lambda word: rf"\b{word}(?= [$£€]?\d)", _LIMITS),
    "amount": _change(lambda word: rf"(?<!the )(?<!at )\b{word}(?= (?:of |the )*[a-z]+s\b)", _pairs(_AMOUNTS)),
    "modal": _change(lambda word: rf"\b{word}\b(?! not)", _pairs(_MODALS)),
}
"""By the kind of change; as `alter.ALTERATIONS`."""
