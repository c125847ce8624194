"""What a sentence states that can be compared exactly: its numbers, dates and names, and what it denies. English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from text_to_num import alpha2digit

from qa.answering.wanted import new_names
from qa.words import STOPWORDS, spoken, words

_MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_MONTH = rf"(?P<month>{'|'.join(_MONTH_NAMES)})"
_YEAR = r"(?P<year>1\d{3}|20\d{2})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_DAY} (?:of )?{_MONTH}\b(?:,? {_YEAR}\b)?",
        rf"\b{_MONTH} {_DAY}\b(?:,? {_YEAR}\b)?",
        rf"\b{_MONTH},? (?:of )?{_YEAR}\b",
        rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b",
    )
]
_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})+(?:\.\d+)?|(?<![\w.,])\d+(?:\.\d+)?")
_SCALED = re.compile(r"(\d[\d,]*(?:\.\d+)?)[ -](1000|1000000|1000000000|1000000000000)\b")
_SHORT_SCALE = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?(k|m|bn|million|billion|thousand|trillion)\b", re.IGNORECASE)
_METRES = re.compile(r"(?<![\d.,$€£¥])(?<![$€£¥] )(\d[\d,]*(?:\.\d+)?)(?: m\b|m\b(?! (?:people|[a-z]+s)\b))")
"""An "m" is a million behind a sign for money and before what is counted, as in "5m people"; else it is a metre."""

_SCALES = {
    **{"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "trillion": 1e12},
}
_COUNTING = {"once": "1 time", "twice": "2 times", "thrice": "3 times", "dozen": "12", "a pair of": "2", "both": "2"}
_COUNTED = re.compile(rf"\b(?:{'|'.join(_COUNTING)})\b(?! every)", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])|(?<=\d)-(?=[^\W\d])|(?<=[^\W\d])-(?=\d)")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_ORDINAL_WORDS = {"second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7"}
_ORDINALS = re.compile(rf"\b(?:{'|'.join(_ORDINAL_WORDS)})\b", re.IGNORECASE)

_OF_NUMBERS = ("BC", "BCE", "AD", "CE", "AM", "PM", "Celsius", "Fahrenheit")
"""No names: what they say of a number is compared with it (`measures.py`)."""

_DENYING = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|nowhere|hardly|\w+n['’]t"
    r"|(?:fail|refus|declin|ceas)\w* to|unable to|den(?:y|ies|ied|ying)|lack(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)
_NOT_DENYING = re.compile(
    r"\b(?:not only|no longer than|no later than|not least|no\. ?\d|nothing but)\b", re.IGNORECASE
)
_SCOPE_ENDS = re.compile(r"[,;:.!?()\"“”]|\b(?:but|although|because|while|until|unless|except|and|which|who)\b")
_SCOPE = 4
"""Content words after a denying word that it is taken to deny, at most, up to the next comma or clause."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day, a month of a year, or a day of a month: what is not said is None."""

    year: int | None
    month: int | None
    day: int | None

    def fits(self, other: Date) -> bool:
        """Whether nothing that both say is different."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text states. words: its content words as `qa.words` spells them, in order.

    numbers: all of them, also those of dates. names: capitalised words as written. denied: those of the words that
    stand behind a denying word at least once; affirmed: those that stand somewhere without. denies: it denies at all.
    """

    words: tuple[str, ...]
    numbers: frozenset[float]
    dates: frozenset[Date]
    names: frozenset[str]
    denied: frozenset[str]
    affirmed: frozenset[str]
    denies: bool


@lru_cache(maxsize=2048)
def facts_of(text: str) -> Facts:
    """The facts of a sentence or of a few."""
    denied, affirmed, denies = _denials(text)
    return Facts(
        words=tuple(content(text)),
        numbers=numbers(text),
        dates=dates(text),
        names=frozenset(
            part
            for name in new_names(text, "")
            for part in re.split(r"[-–—]", name)
            if part[:1].isupper() and part.lower() not in STOPWORDS and part.replace(".", "") not in _OF_NUMBERS
        ),
        denied=denied,
        affirmed=affirmed,
        denies=denies,
    )


def content(text: str) -> list[str]:
    """The words of a text that say something, spelled as they are compared."""
    return [spelled for word in spoken(text) if word[0].lower() not in STOPWORDS for spelled in words(word[0])]


def numbers(text: str) -> frozenset[float]:
    """The numbers of a text, in digits or words: "16.3 million" is 16300000; "one" alone is no number."""
    plain = _METRES.sub(r"\1 ", in_digits(text))
    found: set[float] = set()

    def scaled(match: re.Match[str]) -> str:
        found.add(value(match[1], match[2]))
        return " "

    plain = _SCALED.sub(scaled, _SHORT_SCALE.sub(scaled, plain))
    return frozenset(found | {value(match[0]) for match in _NUMBER.finditer(plain)})


def in_digits(text: str) -> str:
    """The text with its numbers, also ordinal ones, in digits: "5 million" is "5 1000000"."""
    plain = _HYPHEN.sub(" ", text)
    plain = _COUNTED.sub(lambda match: _COUNTING[match[0].lower()], plain)
    plain = _ORDINALS.sub(lambda match: _ORDINAL_WORDS[match[0].lower()], plain)
    return _ORDINAL.sub("", alpha2digit(plain, "en", threshold=1.0))


def value(digits: str, scale: str = "1") -> float:
    """The number that digits stand for, times what stands behind them ("million", "k", "1000")."""
    return round(float(digits.replace(",", "")) * (_SCALES.get(scale.lower()) or float(scale)), 6)


def mentions(text: str) -> dict[str, frozenset[str]]:
    """Each name of a text, its words joined, with the content words up to two places before ("<") and behind (">")."""
    tokens = [match for match in spoken(text) if match[0].lower() not in STOPWORDS]
    runs: list[list[int]] = []
    for place, token in enumerate(tokens):
        if not token[0][0].isupper():
            continue
        before = tokens[place - 1] if place else None
        if runs and runs[-1][-1] == place - 1 and before and text[before.end() : token.start()].strip(" .-") == "":
            runs[-1].append(place)
        else:
            runs.append([place])
    found: dict[str, frozenset[str]] = {}
    for run in runs:
        sides = (("<", tokens[max(run[0] - 2, 0) : run[0]]), (">", tokens[run[-1] + 1 : run[-1] + 3]))
        name = " ".join(tokens[place][0] for place in run).lower()
        beside = frozenset(side + spelled for side, some in sides for token in some for spelled in words(token[0]))
        found[name] = found.get(name, frozenset()) | beside
    return found


def dates(text: str) -> frozenset[Date]:
    """The dates of a text that say at least two of day, month and year."""
    found: set[Date] = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = parts["month"].lower()
            day = parts.get("day")
            year = parts.get("year")
            date = Date(int(year) if year else None, _MONTHS.get(month) or int(month), int(day) if day else None)
            if not any(date != other and date.fits(other) for other in found):
                found.add(date)
    return frozenset(found)


def _denials(text: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """The words that are denied somewhere, those that are affirmed somewhere, and whether anything is denied."""
    denied: set[str] = set()
    spans: list[tuple[int, int]] = []
    passed = {match.start() for match in _NOT_DENYING.finditer(text)}
    denies = False
    for match in _DENYING.finditer(text):
        if match.start() in passed:
            continue
        denies = True
        end = _SCOPE_ENDS.search(text, match.end())
        stop = end.start() if end else len(text)
        count = 0
        for word in spoken(text[match.end() : stop]):
            if word[0].lower() in STOPWORDS:
                continue
            count += 1
            if count > _SCOPE:
                break
            spans.append((match.end() + word.start(), match.end() + word.end()))
            denied.update(words(word[0]))
    affirmed = {
        spelled
        for word in spoken(text)
        if word[0].lower() not in STOPWORDS and word.span() not in spans
        for spelled in words(word[0])
    }
    return frozenset(denied), frozenset(affirmed), denies
