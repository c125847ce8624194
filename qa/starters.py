"""Questions to begin with: what a library's documents can really answer. No language model makes them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

from qa.catalog import Catalog
from qa.languages import PROSE, looks_foreign
from qa.phrasing import Candidate, phrased
from qa.types import Answer, Document, Mark

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


def starters(catalog: Catalog, ask: Callable[[str], Answer], count: int) -> list[str]:
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
    for _ in range(min(QUESTIONS, len(waiting))):
        begun = {question.split()[0] for question in kept}
        number, candidate = min(
            waiting, key=lambda one: (taken[one[0]], one[1].question.split()[0] in begun, -one[1].score)
        )
        waiting = [one for one in waiting if one[1].question != candidate.question]
        if _answers(ask(candidate.question), frozenset(catalog.source_paths([number]).get(number, ())), candidate):
            kept.append(candidate.question)
            taken[number] += 1
        if len(kept) == count:
            break
    return kept


def _beginnings(catalog: Catalog) -> list[tuple[int, Document]]:
    """The beginnings of English documents, spread evenly over the library, and the numbers of their documents."""
    marks = ",".join("?" * len(PROSE))
    rows = catalog.rows(
        f"""SELECT d.id, d.kind, d.sha256, min(s.path) AS path FROM documents d JOIN sources s ON s.document = d.id
            WHERE d.kind IN ({marks}) GROUP BY d.id ORDER BY path""",  # noqa: S608
        *sorted(PROSE),
    )
    step = max(1.0, len(rows) / DOCUMENTS)
    found = []
    for place in range(min(DOCUMENTS, len(rows))):
        number, kind, sha256, path = rows[int(place * step)]
        headings = catalog.rows(
            "SELECT start, page, heading FROM marks WHERE document = ? AND start < ? ORDER BY start", number, CHARACTERS
        )
        text = catalog.text(number, 0, CHARACTERS)
        document = Document(os.fsdecode(path), text, kind, sha256, tuple(Mark(*mark) for mark in headings))
        if not looks_foreign(document):
            found.append((number, document))
    return found


def _answers(answer: Answer, sources: frozenset[str], candidate: Candidate) -> bool:
    """Whether the answer begins with what the question was made from."""
    if answer.status != "answered" or answer.confidence < SURE:
        return False
    first = answer.citations[0]
    return first.source in sources and first.start < candidate.end and first.end > candidate.start
