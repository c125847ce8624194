"""Questions to begin with: what a library's documents can really answer. No language model makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.languages import PROSE, looks_foreign
from qa.phrasing import Candidate, phrased
from qa.types import Answer, Document

if TYPE_CHECKING:
    from qa.holdings import Holdings

DOCUMENTS = 20
"""Documents that are looked at, spread over the library."""

CHARACTERS = 20_000
"""Of the beginning of each."""

QUESTIONS = 20
"""Questions that are tried in all; each costs about 50 ms."""

TRIES = 5
"""Questions of a document that may be tried."""

SURE = 0.8
"""Least confidence of an answer."""


def starters(catalog: Holdings, ask: Callable[[str], Answer], count: int) -> list[str]:
    """At most `count` questions, each answered by the words it was made from, and as far as there are enough of another
    document and beginning with another word each.

    ask: answers a question in the documents' own words.
    """
    waiting = [
        (number, candidate)
        for number, document in _beginnings(catalog)
        for candidate in phrased(document.text, document.marks, document.kind)[:TRIES]
    ]
    kept: list[str] = []
    taken: Counter[int] = Counter()
    for _ in range(QUESTIONS):
        if not waiting or len(kept) >= count:
            break
        begun = {question.split()[0] for question in kept}
        _, best = min(waiting, key=lambda one: (taken[one[0]], one[1].question.split()[0] in begun, -one[1].score))
        same = [one for one in waiting if one[1].question == best.question]  # several documents may say it
        waiting = [one for one in waiting if one[1].question != best.question]
        answer, paths = ask(best.question), catalog.source_paths([number for number, _ in same])
        said_by = [number for number, one in same if _answers(answer, frozenset(paths.get(number, ())), one)]
        if said_by:
            kept.append(best.question)
            taken[said_by[0]] += 1
    return kept


def _beginnings(catalog: Holdings) -> list[tuple[int, Document]]:
    """The beginnings of English documents, spread evenly over the library, and the numbers of their documents."""
    rows = catalog.of_kinds(PROSE)
    step = max(1.0, len(rows) / DOCUMENTS)
    found = []
    for place in range(min(DOCUMENTS, len(rows))):
        number, kind, sha256, path = rows[int(place * step)]
        text = catalog.text(number, 0, CHARACTERS)
        document = Document(path, text, kind, sha256, tuple(catalog.marks(number, CHARACTERS)))
        if not looks_foreign(document):
            found.append((number, document))
    return found


def _answers(answer: Answer, sources: frozenset[str], candidate: Candidate) -> bool:
    """Whether the answer begins with what the question was made from."""
    if answer.status != "answered" or answer.confidence < SURE:
        return False
    first = answer.citations[0]
    return first.source in sources and first.start < candidate.end and first.end > candidate.start
