"""What a question asks for, and whether a sentence has it. Plain patterns over English."""

from __future__ import annotations

import re
from typing import Literal

Wanted = Literal["number", "date", "person", "place", "reason", "way"]

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_NUMBER_WORDS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|"
    "dozen|half|third|quarter|once|twice|both|several|single|pair|double|triple|none"
)

_ASKS: dict[Wanted, re.Pattern[str]] = {
    "number": re.compile(
        r"\bhow (?:many|much|old|long|far|tall|high|deep|large|big|wide|fast|heavy|often|hot|cold|expensive)\b"
        r"|\b(?:what|which) (?:\w+ ){0,2}(?:number|percent|percentage|proportion|share|amount|population|age|height"
        r"|length|depth|speed|temperature|distance|price|cost|rate|total|score|size|area|weight|salary|budget|fee|ratio)\b",
        re.IGNORECASE,
    ),
    "date": re.compile(
        r"\bwhen\b|\b(?:what|which|in|on) (?:\w+ ){0,2}(?:year|date|day|month|century|decade|time|era|period|season)\b"
        r"|\bhow (?:long ago|recently|soon)\b|\bsince when\b",
        re.IGNORECASE,
    ),
    "person": re.compile(r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|people)\b", re.IGNORECASE),
    "place": re.compile(
        r"\bwhere\b|\b(?:what|which) (?:\w+ )?(?:country|city|place|town|state|region|continent|river|area|county"
        r"|province|village|street|location)\b",
        re.IGNORECASE,
    ),
    "reason": re.compile(
        r"\bwhy\b|\bwhat (?:\w+ ){0,2}(?:reason|cause|caused|causes|led|purpose|motive)\b", re.IGNORECASE
    ),
    "way": re.compile(
        r"\bhow (?:do|does|did|can|could|should|would|is|are|was|were|to|has|have|had|will|might)\b", re.IGNORECASE
    ),
}

_NUMBER = re.compile(rf"\d+(?:[.,]\d+)*|[½¼¾⅓⅔]|\b(?:{_NUMBER_WORDS})s?\b", re.IGNORECASE)
_DAY_OR_YEAR = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTHS})(?:,? \d{{4}})?\b"
    rf"|\b(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b"
    rf"|\b(?:{MONTHS}),? \d{{4}}\b|\b(?:in|of|since|by|until|from|between|after|before|during) (?:1\d|20)\d\d\b"
    r"|\(\d{4}\)|\b\d{4}-\d\d-\d\d\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:1\d|20)\d\d(?:s|\b)|\b\d{{1,4}} ?(?:AD|BC|CE|BCE)\b|\b(?:{MONTHS}) ?\d|\d ?(?:{MONTHS})\b"
    rf"|\bin (?:{MONTHS})\b"
    r"|\bcentur(?:y|ies)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bdecades?\b|\b\d{1,2}[:.]\d\d\b"
    r"|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b(?:yesterday|today|tomorrow|annually|daily|weekly|monthly|yearly)\b"
    r"|\b(?:spring|summer|autumn|winter)\b|\d ?(?:a\.?m|p\.?m)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\bbecause\b|\bdue to\b|\bsince\b|\bso that\b|\bin order\b|\bas a result\b|\btherefore\b|\bthus\b|\bowing to\b"
    r"|\bcaus(?:e|es|ed|ing)\b|\breasons?\b|\bled to\b|\bleads? to\b|\bresult(?:s|ed|ing)? (?:in|from|of)\b"
    r"|\bthanks to\b|\bfor fear\b|\bmeans? that\b|\bprevent|\bavoid|\ballow"
    r"|\bto (?:be|make|help|keep|get|ensure|reduce)\b"
    r"|\bexplain|\bwhy\b|\battribut|\bas (?:it|they|he|she|the|this|there)\b|\bmotivat",
    re.IGNORECASE,
)
_WAY = re.compile(
    r"\bby \w+ing\b|\bthrough\b|\busing\b|\bwith\b|\bvia\b|\bby\b|\bmeans of\b|\bso that\b", re.IGNORECASE
)
_CAPITALISED = re.compile(r"\b[^\W\d_a-z][\w'’&.-]*")
_INSIDE = re.compile(r"(?<=[\w,;)’'] )[\"“(‘']?(?=[^\W\d_a-z])")


def wanted(question: str) -> frozenset[Wanted]:
    """The kinds of thing the question asks for; empty for most "what" and "which" questions.

    "What year" asks for a date and not for a number; "how much time" for both.
    """
    return frozenset(kind for kind, pattern in _ASKS.items() if pattern.search(question))


def has(kind: Wanted, sentence: str, question: str) -> bool:
    """Whether the sentence has a thing of this kind that the question does not already say."""
    if kind == "number":
        return bool(_new(_NUMBER, _DAY_OR_YEAR.sub(" ", sentence), question))
    if kind == "date":
        return bool(_new(_DATE, sentence, question))
    if kind == "reason":
        return bool(_REASON.search(sentence))
    if kind == "way":
        return bool(_WAY.search(sentence))
    return bool(new_names(sentence, question))


def new_names(sentence: str, question: str) -> set[str]:
    """Capitalised words of the sentence that the question does not hold; its first word counts only before another."""
    said = {word.strip(".'’-").lower() for word in re.findall(r"[\w'’&.-]+", question)}
    names = set()
    for match in _CAPITALISED.finditer(sentence):
        name = match.group().strip(".'’-")
        first = not sentence[: match.start()].strip(" \t\n\"“‘'(*_#>-|")
        if first and not _INSIDE.match(sentence, match.end() + 1):
            continue
        if name and name.lower() not in said:
            names.add(name)
    return names


def _new(pattern: re.Pattern[str], sentence: str, question: str) -> set[str]:
    said = question.lower()
    return {m.group().lower() for m in pattern.finditer(sentence) if m.group().lower() not in said}
