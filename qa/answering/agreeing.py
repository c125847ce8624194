"""Whether a sentence is about the year or the code that a question names, or about another one."""

from __future__ import annotations

import re

from qa.answering.candidates import Candidate
from qa.answering.question import ABOUT_ASKING, Question, Term
from qa.words import codes, words

_YEAR = re.compile(r"(?:1\d|20)\d\d")
_YEARS = re.compile(rf"(?<![\w.-])(?<!\d,){_YEAR.pattern}(?![\w%]|\.\d|,\d{{3}}\b)")


def agreement(question: Question, candidate: Candidate) -> float:
    """How a sentence stands to the years and codes of a question: 1 where it is under or has a code of it; -1 where it
    has another one of the same kind and none of the question's, or where no document has the code; else 0.

    What it stands under counts as it does itself: headings, columns, the document's names, the sentence before.
    """
    own = [term for term in question.terms if term.numbered and term.text in question.text]
    years = [term.text for term in own if _YEAR.fullmatch(term.text)]
    coded = [term for term in own if term.code]
    if not years and not coded:
        return 0.0
    text = f"{candidate.text}\n{candidate.context}"
    around = {*candidate.words, *words(candidate.context)}
    others = {int(year) for year in _YEARS.findall(text)}
    if years and others and around.isdisjoint(years) and not all(_within(int(year), others) for year in years):
        return -1.0
    if not coded:
        return 0.0
    if any(around.issuperset(term.spelled) for term in coded):
        return float(any(term in coded for term in held_codes(question, candidate)))
    kinds = {code.parts[0] for code in codes(text)}
    return -1.0 if any(not term.known or codes(term.text)[0].parts[0] in kinds for term in coded) else 0.0


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
