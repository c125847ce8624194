"""Sentences of documents -> what a model may make of them: true in other words, or with one thing wrong. By rules.

Every change is made by a pattern, so that each case can be read and judged; what does not fit a pattern is left out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTH = "|".join(MONTHS)
_NUMBER = re.compile(r"(?<![\w.,$£€-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w,.-]*\d)(?!th|st|nd|rd)")
_WORDED = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty)\b", re.IGNORECASE
)
_WORDS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
]
_VALUES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 40, 50]
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b(?!s)")
_DAY = re.compile(rf"\b(\d{{1,2}}) ({_MONTH})\b|\b({_MONTH}) (\d{{1,2}})\b(?!\d)")
_NAME = re.compile(r"(?<=[\w,;)] )(?:[A-Z][a-z]{2,}(?: (?:of |de |von )?[A-Z][a-z]{2,}){0,2})\b")
_AUX = re.compile(r"\b(is|are|was|were|has|have|had|can|could|will|would|did|does|do|may|should|must)\b(?! not)(?= \w)")

_SYNONYMS = {
    "began": "started", "begin": "start", "large": "big", "many": "a lot of", "because": "since", "about": "roughly",
    "however": "still", "also": "as well", "often": "frequently", "near": "close to", "several": "a number of",
    "used": "employed", "help": "aid", "important": "significant", "show": "demonstrate", "shows": "demonstrates",
    "called": "named", "known as": "called", "people": "persons", "built": "constructed", "became": "turned into",
    "home to": "the home of", "such as": "like", "although": "even though", "while": "whereas", "mostly": "mainly",
    "usually": "normally", "approximately": "about", "said": "stated", "won": "took", "received": "got",
    "largest": "biggest", "small": "little", "made": "produced", "main": "chief", "found": "discovered",
    "located": "situated", "different": "various", "including": "among them", "started": "began", "led": "headed",
    "gave": "granted", "died": "passed away", "created": "formed", "most": "the majority of", "over": "more than",
}  # fmt: skip


def paraphrases(sentence: str, draw: random.Random) -> list[str]:
    """True sentences in other words, each by one or two rules; none is the sentence itself or a part of it."""
    found = []
    for rule in (_in_front, _at_the_end, _actively, _other_words, _other_figures, _without_aside):
        if (made := rule(sentence, draw)) and made not in sentence:
            found.append(made)
    return found


def shortened(sentence: str, draw: random.Random) -> list[str]:
    """True sentences that say less: without an aside, or only the first of two clauses, introduced by a phrase."""
    found = []
    bare = _without_aside(sentence, draw) or sentence
    clauses = re.split(r"(?:, and|;|, but|, while) (?=\w+ (?:\w+ )?(?:is|was|were|are|had|has)\b)", bare.rstrip("."))
    intro = draw.choice(("According to the documents, ", "The text says that ", "In short, ", "The answer: "))
    if len(clauses[0].split()) >= 6:
        found.append(f"{intro}{_lower(clauses[0])}.")
    return found


def numbers(sentence: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """The sentence with another number, rather one of the same text; years and days are left alone."""
    years = {match.span() for match in _YEAR.finditer(sentence)}
    days = [match.span() for match in _DAY.finditer(sentence)]
    places = [
        match for match in _NUMBER.finditer(sentence)
        if match.span() not in years and not any(s <= match.start() < e for s, e in days)
    ]  # fmt: skip
    if places:
        match = draw.choice(places)
        pool = [one for one in others if one != match[0] and one not in sentence]
        other = draw.choice(pool) if pool and draw.random() < 0.5 else _near(match[0], draw)
        return _put(sentence, match.span(), other)
    if found := [*_WORDED.finditer(sentence)]:
        match = draw.choice(found)
        other = draw.choice([word for word in _WORDS if word != match[0].lower() and word not in sentence])
        return _put(sentence, match.span(), other)
    return None


def dates(sentence: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """The sentence with another year, day or month."""
    if (days := [*_DAY.finditer(sentence)]) and draw.random() < 0.5:
        match = draw.choice(days)
        day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        if draw.random() < 0.5:
            other = str(draw.choice([one for one in range(1, 29) if str(one) != day]))
            made = match[0].replace(day, other, 1)
        else:
            made = match[0].replace(month, draw.choice([one for one in MONTHS if one != month]), 1)
        return _put(sentence, match.span(), made)
    if years := [*_YEAR.finditer(sentence)]:
        match = draw.choice(years)
        pool = [one for one in others if one != match[0] and one not in sentence]
        far = int(match[0]) + draw.choice([-12, -5, -3, -1, 1, 2, 4, 10])
        return _put(sentence, match.span(), draw.choice(pool) if pool and draw.random() < 0.5 else str(far))
    return None


def names(sentence: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """The sentence with another name of the same text."""
    places = [match for match in _NAME.finditer(sentence) if match[0] not in MONTHS]
    pool = [one for one in others if not any(part in sentence for part in one.split())]
    if not places or not pool:
        return None
    return _put(sentence, draw.choice(places).span(), draw.choice(pool))


def negation(sentence: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """The sentence with its first plain verb denied, or with its denial taken away."""
    del draw, others
    if re.search(r"\b(?:not|n't|no|never)\b", sentence):
        made = re.sub(r"\b(?:not|never) ", "", sentence, count=1)
        return made if made != sentence else None
    match = _AUX.search(sentence)
    return _put(sentence, match.span(), f"{match[0]} not") if match else None


def swapped(sentence: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """The sentence with two of its names in each other's place."""
    del draw, others
    places = [match for match in _NAME.finditer(sentence) if match[0] not in MONTHS]
    distinct = [one for one in places if one[0] != places[0][0]]
    if not distinct:
        return None
    first, second = places[0], distinct[0]
    return (
        sentence[: first.start()]
        + second[0]
        + sentence[first.end() : second.start()]
        + first[0]
        + sentence[second.end() :]
    )


Alteration = Callable[[str, random.Random, Sequence[str]], str | None]
ALTERATIONS: dict[str, Alteration] = {
    "number": numbers, "date": dates, "name": names, "negation": negation, "swapped": swapped,
}  # fmt: skip


def pool(kind: str, text: str) -> list[str]:
    """The things of a text that an alteration of this kind may put in the place of another."""
    pattern = {"number": _NUMBER, "date": _YEAR, "name": _NAME}.get(kind)
    found = dict.fromkeys(match[0] for match in pattern.finditer(text)) if pattern else {}
    return [one for one in found if one not in MONTHS]


def _put(sentence: str, span: tuple[int, int], other: str) -> str:
    return sentence[: span[0]] + other + sentence[span[1] :]


def _near(number: str, draw: random.Random) -> str:
    value = float(number.replace(",", ""))
    made = value + draw.choice([1, 2, 3, 10]) if value < 100 else round(value * draw.choice([0.5, 0.9, 1.1, 2]))
    return f"{made:,.0f}" if "." not in number else f"{made:.1f}"


def _lower(text: str) -> str:
    first = text.split(" ", 1)[0]
    common = first.lower() in {
        "the",
        "a",
        "an",
        "in",
        "it",
        "he",
        "she",
        "they",
        "this",
        "these",
        "there",
        "its",
        "his",
    }
    return text[0].lower() + text[1:] if common else text


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _in_front(sentence: str, draw: random.Random) -> str | None:
    """ "X did Y in 1990." -> "In 1990, X did Y." """
    del draw
    match = re.fullmatch(
        r"((?:[^\s,;()]+ ){5,}?[^\s,;()]+) ((?:in|on|during|after|before|since) [^,;]{4,40})\.", sentence
    )
    return f"{_upper(match[2])}, {_lower(match[1])}." if match else None


def _at_the_end(sentence: str, draw: random.Random) -> str | None:
    """ "In 1990, X did Y." -> "X did Y in 1990." """
    del draw
    match = re.fullmatch(r"((?:In|On|During|After|Before|Since|By|At) [^,;]{4,40}), ([^;]{20,})\.", sentence)
    return f"{_upper(match[2])} {match[1][0].lower()}{match[1][1:]}." if match else None


def _actively(sentence: str, draw: random.Random) -> str | None:
    """ "X was built by Y in Z." -> "It was Y that built X in Z." for regular participles."""
    del draw
    match = re.fullmatch(
        r"([^,;]{3,60}) (?:was|were) (\w+ed) by ([^,;.]{3,50}?)((?: in| on| at)? [^,;]{0,60})\.", sentence
    )
    if not match or match[4].startswith(" of"):
        return None
    return f"{_upper(match[3])} {match[2]} {_lower(match[1])}{match[4]}."


def _other_words(sentence: str, draw: random.Random) -> str | None:
    """One to three words by others that mean the same."""
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(_SYNONYMS, key=len, reverse=True))})\b")
    places = [*pattern.finditer(sentence)]
    if not places:
        return None
    for match in sorted(draw.sample(places, min(3, len(places))), key=lambda one: -one.start()):
        sentence = _put(sentence, match.span(), _SYNONYMS[match[0]])
    return sentence


def _other_figures(sentence: str, draw: random.Random) -> str | None:
    """Numbers in words by digits and the other way round; dates in the other order."""
    del draw
    made = _WORDED.sub(lambda match: str(_VALUES[_WORDS.index(match[0].lower())]), sentence)
    made = re.sub(rf"\b({_MONTH}) (\d{{1,2}}), (\d{{4}})\b", r"\2 \1 \3", made)
    if made == sentence:
        made = re.sub(rf"\b(\d{{1,2}}) ({_MONTH}) (\d{{4}})\b", r"\2 \1, \3", made)
        made = re.sub(r"(\d) ?(?:%|percent\b|per cent\b)", r"\1 per cent", made)
    return made if made != sentence else None


def _without_aside(sentence: str, draw: random.Random) -> str | None:
    """The sentence without what stands in brackets, or between commas after "which", "who" or an apposition."""
    del draw
    made = re.sub(r" \([^()]*\)", "", sentence)
    made = re.sub(r", (?:which|who|whose|where|a|an|the) [^,;]{5,80},(?= \w+)", "", made)
    return made if made != sentence and len(made.split()) >= 6 else None
