"""What the numbers of two texts measure: their units, the limits before them, and what they are so often of. English.

A number that both have says another thing in milligrams than in grams, behind "at least" than behind "at most", before
Christ than after, and in the clause of another thing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qa.answering.facts import content, in_digits, value

_UNITS = {
    word: unit
    for unit, written in {
        "mg": "mg milligram",
        "µg": "µg μg mcg ug microgram",
        "g": "g gram gramme",
        "kg": "kg kilogram kilo",
        "t": "t ton tonne",
        "pound": "£ GBP pound lb",
        "ounce": "oz ounce",
        "mm": "mm millimetre millimeter",
        "cm": "cm centimetre centimeter",
        "m": "m metre meter",
        "km": "km kilometre kilometer",
        "mile": "mi mile",
        "foot": "ft foot feet",
        "inch": "inch inche",
        "ml": "ml mL millilitre milliliter",
        "l": "l L litre liter",
        "ms": "ms millisecond",
        "second": "s sec second",
        "minute": "min minute",
        "hour": "h hr hour hourly",
        "day": "day daily",
        "week": "week weekly",
        "month": "month monthly",
        "quarter": "quarter quarterly",
        "year": "yr year yearly annually annual",
        "decade": "decade",
        "century": "century centurie",
        "percent": "% percent",
        "percentage points": "pp percentage",
        "dollar": "$ US$ USD dollar",
        "euro": "€ EUR euro",
        "yen": "¥ JPY yen",
        "cent": "cent",
        "a.m.": "am a.m.",
        "p.m.": "pm p.m.",
        "BC": "BC BCE B.C. B.C.E.",
        "AD": "AD CE A.D. C.E.",
        "°C": "°C celsius",
        "°F": "°F fahrenheit",
        "W": "W watt",
        "kW": "kW kilowatt",
        "MW": "MW megawatt",
        "GW": "GW gigawatt",
        "kB": "kB KB kilobyte",
        "MB": "MB megabyte",
        "GB": "GB gigabyte",
        "TB": "TB terabyte",
    }.items()
    for word in written.split()
}
_MONEY = ("dollar", "euro", "pound", "yen")
_POWERS = {**dict.fromkeys(("²", "square", "sq", "sq."), "square "), **dict.fromkeys(("³", "cubic"), "cubic "), "": ""}
_LIMITS = {
    "at most": "no more than|not more than|not (?:to )?exceed(?:ing)?|at most|less than|fewer than|under|below|up to"
    "|(?:a )?maximum of",
    "at least": "no fewer than|no less than|not less than|at least|more than|over|above|exceed(?:s|ed|ing)?"
    "|(?:a )?minimum of|in excess of|upwards of",
    "exactly": "exactly|precisely",
}
_BEHIND = {"at least": "more|over|above|older|longer", "at most": "less|fewer|under|below|younger|shorter"}
_BEFORE = re.compile("|".join(rf"\b(?P<{name.replace(' ', '_')}>{said})\s*$" for name, said in _LIMITS.items()), re.I)
_AFTER = re.compile(
    "|".join(rf"(?P<{name.replace(' ', '_')}>\s*(?:[\w%]+ )?or (?:{said})\b)" for name, said in _BEHIND.items()), re.I
)
_NUMBER = re.compile(
    r"(?P<era>\b(?:AD|A\.D\.)\s*)?(?P<minus>(?:(?<![\w)])[-−–]|\bminus |\bnegative ))?(?P<sign>(?:US)?\$|[€£¥])?\s?"
    r"(?<![\w.,])(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[ -](?P<scale>1000000000000|1000000000|1000000|1000)\b| ?(?P<short>million|billion|thousand|trillion)\b)?"
    r"(?P<letter>(?:bn|m|k)\b)?"
)
_UNIT = re.compile(
    r"\s?(?:(?P<power>square|cubic|sq\.?) )?(?:degrees? )?"
    r"(?P<unit>per ?cent\b|percentage points?\b|[ap]\.m\.|(?:B\.)?C\.(?:E\.)?|A\.D\.|°\s?[CF]\b|%"
    r"|[^\W\d_²³]+)(?P<raised>[²³])?",
    re.IGNORECASE,
)
_COLD = re.compile(r"\s?(?:°\s?[CF]|degrees?(?: \w+)?)? below zero\b", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:per|every|each|(?:time|times) (?:a|an|per|every|each)) (second|minute|hour|day|week|month|quarter|year)\b"
    r"|\b(hourly|daily|weekly|monthly|quarterly|yearly|annually)\b",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(
    r"[;:()—]|,(?!\d)|[.!?](?=\s)|\b(?:while|whereas|but|although|then)\b"
    r"|\band (?=(?:the|a|an|its|his|her|their|\w+ed|was|were|is|are|has|had|went|took|made|won|lost|sold) )"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number as it stands in a text.

    unit, limit: "" where there is none that is known. start: of its digits in the text with numbers in digits. digits:
    as `qa.words` spells them.
    """

    number: float
    unit: str
    limit: str
    minus: bool
    start: int
    digits: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause in the text with numbers in digits, and its words, of numbers also, without units."""

    start: int
    end: int
    words: frozenset[str]

    def has(self, measure: Measure) -> bool:
        return self.start <= measure.start < self.end


def otherwise(claim: str, said: str) -> Iterator[str]:
    """What a number that both texts have measures in the claim and not in the other text, in words for a person."""
    mine, theirs = measures(claim), measures(said)
    for one in mine:
        same = [other for other in theirs if other.number == one.number]
        if not same:
            continue
        units = {other.unit for other in same}
        limits = {other.limit for other in same}
        if one.unit and one.unit not in units and "" not in units:
            yield f"the document has {_written(one.number)} in another unit: {_listed(units)}"
        if one.limit and one.limit not in limits and "" not in limits:
            yield f"the document says “{_listed(limits)}” of {_written(one.number)}"
        if all(other.minus != one.minus for other in same):
            yield f"{_written(one.number)} has another sign in the document"
    rates, others = _rates(claim), _rates(said)
    if others and rates - others:
        yield f"the document says how often in another time: by the {_listed(others)}"
    elsewhere = [*_misplaced(claim, mine, said, theirs), *_exchanged(claim, mine, said, theirs)]
    for number in dict.fromkeys(elsewhere):
        yield f"the document says {_written(number)} of something else"


@lru_cache(maxsize=2048)
def measures(text: str) -> tuple[Measure, ...]:
    """The numbers of a text with what they measure, in their order."""
    text = in_digits(text)
    found = []
    for match in _NUMBER.finditer(text):
        letter = match["letter"] if match["sign"] else None
        end = match.end() if letter or not match["letter"] else match.start("letter")
        scale = match["scale"] or match["short"] or letter or "1"
        before, after = _BEFORE.search(text[: match.start()]), _AFTER.match(text, end)
        limit = (before and before.lastgroup) or (after and after.lastgroup) or ""
        unit = "AD" if match["era"] else _UNITS.get(match["sign"] or "") or _unit(text, end)
        digits = frozenset(content(text[match.start("digits") : end]))
        minus = match["minus"] is not None or _COLD.match(text, end) is not None
        found.append(
            Measure(value(match["digits"], scale), unit, limit.replace("_", " "), minus, match.start("digits"), digits)
        )
    return tuple(found)


def _unit(text: str, start: int) -> str:
    match = _UNIT.match(text, start)
    if not match:
        return ""
    word = re.sub(r"(?i)per ?cent", "percent", match["unit"]).replace("° ", "°")
    word = "percentage" if word.lower().startswith("percentage p") else word
    forms = (word, word.removesuffix("s"), word.lower(), word.lower().removesuffix("s"))
    unit = next((_UNITS[form] for form in forms if form in _UNITS and (len(form) > 2 or form == word)), "")
    power = _POWERS[match["raised"] or (match["power"] or "").lower()]
    return f"{power}{unit}" if unit else ""


def _rates(text: str) -> set[str]:
    return {_UNITS[(match[1] or match[2]).lower()] for match in _RATE.finditer(in_digits(text))}


def _misplaced(claim: str, mine: tuple[Measure, ...], said: str, theirs: tuple[Measure, ...]) -> Iterator[float]:
    """The numbers that stand in the claim with words that the other text has only with other numbers of their kind."""
    own, others, everything = _clauses(claim), _clauses(said), _words(in_digits(claim))
    for one in mine:
        here = [clause for clause in others if any(clause.has(it) for it in theirs if it.number == one.number)]
        kin = [it for it in theirs if it.number != one.number and _kind(it) == _kind(one)]
        rivals = [clause for clause in others if clause not in here and any(map(clause.has, kin))]
        if not here or not rivals:
            continue
        beside = next(clause.words for clause in own if clause.has(one)) - one.digits or everything - one.digits
        with_it = frozenset[str]().union(*(clause.words for clause in here))
        if with_it <= one.digits:  # it stands alone in brackets
            continue
        with_rivals = frozenset[str]().union(*(clause.words for clause in rivals))
        if beside & (with_rivals - with_it) and not beside & (with_it - with_rivals):
            yield one.number


def _exchanged(claim: str, mine: tuple[Measure, ...], said: str, theirs: tuple[Measure, ...]) -> Iterator[float]:
    """The numbers of the claim of which each stands behind the word that the other stands behind in the other text."""
    own, others = in_digits(claim), in_digits(said)
    here = [(one.number, _kind(one), _before(own, one)) for one in mine]
    there = {(one.number, _before(others, one)) for one in theirs}
    for (one, kind, word), (other, its_kind, its_word) in itertools.combinations(here, 2):
        if not (one != other and kind == its_kind and word and its_word and word != its_word):
            continue
        if {(one, its_word), (other, word)} <= there and not {(one, word), (other, its_word)} & there:
            yield one


def _before(text: str, one: Measure) -> str:
    """The last telling word before a number, as it is compared."""
    return next((word for word in reversed(content(text[: one.start])) if word.isalpha() and word not in _UNITS), "")


def _clauses(text: str) -> list[_Clause]:
    text = in_digits(text)
    bounds = [0, *(match.end() for match in _CLAUSE_ENDS.finditer(text)), len(text) + 1]
    return [_Clause(start, end, _words(text[start:end])) for start, end in itertools.pairwise(bounds)]


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in content(text) if word not in _UNITS)


def _kind(one: Measure) -> str:
    return (
        "money"
        if one.unit in _MONEY
        else one.unit or ("a year" if 1000 <= one.number <= 2100 and one.number == int(one.number) else "")
    )


def _written(number: float) -> str:
    return f"{number:.12g}" if number < 10_000 else f"{number:,.12g}"


def _listed(units: set[str]) -> str:
    return " or ".join(sorted(units))
