"""Whether a sentence is about the year, the code or the numbered thing that a question names, or about another one."""

from __future__ import annotations

import re
from collections.abc import Collection

from qa.answering.candidates import Candidate
from qa.answering.question import ABOUT_ASKING, Question, Term
from qa.answering.wanted import MONTHS
from qa.words import STOPWORDS, codes, words

_YEAR = re.compile(r"(?:1\d|20)\d\d")
_YEARS = re.compile(rf"(?<![\w.-])(?<!\d,){_YEAR.pattern}(?![\w%]|\.\d|,\d{{3}}\b)")
_NUMBERED = re.compile(
    r"(?<![\w.-])(?P<name>[^\W\d_]{2,})(?P<joint>[-\u2010\u2011\u2013]|[ \u00a0])(?P<number>\d{1,4})(?![\w%]|[.,]\d)"
)
_LISTED = """
    annex appendix article case chapter clause error exercise figure flight gate group item level lesson line lot
    model page paragraph part phase platform resolution room route rule section stage step table type unit version
    volume
"""
_COUNTED = frozenset(_LISTED.split())
"""What is numbered although it is written like any word; other names are capitalised, or joined to their number."""

_NOT_NUMBERED = STOPWORDS | frozenset(MONTHS.split("|"))


def agreement(question: Question, candidate: Candidate) -> float:
    """How a sentence stands to the years and codes of a question: 1 where it is under or has a code of it; -1 where it
    has another one of the same kind and none of the question's, or where no document has the code; else 0. -1 too
    where it names another number of a thing than the question does: "Hwasong-18" for "Hwasong-19".

    What it stands under counts as it does itself: headings, columns, the document's names, the sentence before.
    """
    own = [term for term in question.terms if term.numbered and term.text in question.text]
    years = [term.text for term in own if _YEAR.fullmatch(term.text)]
    coded = [term for term in own if term.code]
    if not own:
        return 0.0
    text = f"{candidate.text}\n{candidate.context}"
    around = {*candidate.words, *words(candidate.context)}
    others = {int(year) for year in _YEARS.findall(text)}
    if years and others and around.isdisjoint(years) and not all(_within(int(year), others) for year in years):
        return -1.0
    if _numbered_otherwise(question, candidate, around):
        return -1.0
    if not coded:
        return 0.0
    if any(around.issuperset(term.spelled) for term in coded):
        return float(any(term in coded for term in held_codes(question, candidate)))
    kinds = {code.parts[0] for code in codes(text)}
    return -1.0 if any(not term.known or codes(term.text)[0].parts[0] in kinds for term in coded) else 0.0


def _numbered_otherwise(question: Question, candidate: Candidate, around: Collection[str]) -> bool:
    """Whether a sentence has a numbered thing of the question with another number, and none with the question's.

    around: the words of the sentence and of what it stands under.
    """
    asked = _numbered(question.text, whole=True)
    if not asked or any(number in around for _, number in asked):
        return False
    return not {name for name, _ in asked}.isdisjoint(name for name, _ in _numbered(candidate.text))


def _numbered(text: str, *, whole: bool = False) -> set[tuple[str, str]]:
    """The names that a number follows, in lower case, with the number: ("hwasong", "19").

    whole: only what is sure to be a name, for a number may stand behind any word.
    """
    found = set()
    for match in _NUMBERED.finditer(text):
        name, number = match["name"].lower(), match["number"]
        plain = match["joint"].isspace() and not (match["name"][0].isupper() and match.start() > 0)
        if whole and (name in _NOT_NUMBERED or _YEAR.fullmatch(number) or (plain and name not in _COUNTED)):
            continue
        found.add((name, number))
    return found


def code_share(question: Question, candidate: Candidate) -> float:
    """The share of a question's weight that its codes have which a sentence has or stands under."""
    total = sum(term.weight for term in question.terms if term.text.lower() not in ABOUT_ASKING)
    return sum(term.weight for term in held_codes(question, candidate)) / max(total, 1e-9)


def held_codes(question: Question, candidate: Candidate) -> list[Term]:
    """The codes of a question that a sentence has or stands under."""
    here = {*candidate.words, *candidate.heading}
    return [term for term in question.terms if term.code and here.issuperset(term.spelled)]


def _within(year: int, others: set[int]) -> bool:
    """Whether a year lies in the time that others span: "from 2019 to 2023"."""
    return len(others) > 1 and min(others) < year < max(others)
