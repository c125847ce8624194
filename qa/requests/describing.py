"""The documents themselves: which there are, what they are about, and the central sentences of one."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answering.context import TABLES
from qa.display import count, joined
from qa.requests.central import Central, central
from qa.requests.composing import Composed, Lines, legible
from qa.requests.library import Shelf
from qa.requests.whole import short, table
from qa.requests.wording import MORE_SOURCES
from qa.types import Kind, Source, Status

LISTED, DESCRIBED, SUMMED_UP, NAMED = 20, 8, 4, 5
"""Documents that are listed, described in a sentence each, summed up at once, and named as others that may be meant."""

FEWEST, MOST = 5, 8
"""Sentences of a summary; each of several documents gets its share."""

ROWS, COLUMNS = 3, 12
"""Rows of a table that its summary quotes, and columns that it names."""

PER_SENTENCE = 700
"""Characters of a document for each sentence of its summary."""


def documents(shelf: Shelf) -> Composed:
    """The documents with their kinds and sizes, as many as a screen takes."""
    sources = shelf.sources()
    lines = Lines(shelf.retriever.document)
    lines.say(f"There {'is' if len(sources) == 1 else 'are'} {count(len(sources), 'document')}:")
    for one in sources[:LISTED]:
        lines.say(f"- {lines.name(one.source)} ({one.kind}, {_size(one.size)})")
    if len(sources) > LISTED:
        lines.say(f"and {len(sources) - LISTED:,} more: {MORE_SOURCES}.")
    return Composed("documents", lines.text, named=tuple(lines.named))


def overview(shelf: Shelf) -> Composed:
    """What some documents, spread over all, are about: of each its title and its most central sentence."""
    sources = shelf.sources()
    step = max(1.0, len(sources) / DESCRIBED)
    chosen = [sources[int(i * step)] for i in range(min(DESCRIBED, len(sources)))]
    lines = Lines(shelf.retriever.document)
    lines.say(f"There {'is' if len(sources) == 1 else 'are'} {count(len(sources), 'document')}. {_of(chosen, sources)}")
    for one in chosen:
        found = _central(one, shelf, 1) if one.kind not in TABLES else []  # a row says little of the others
        title = lines.name(one.source, one.title, title_first=True)
        if not found or not lines.quote(one.source, found[0].start, found[0].end, f"{title}: "):
            lines.say(f"- {title}{': a table' if one.kind in TABLES else ''}")
    if more := len(sources) - len(chosen):
        lines.say(f"{count(more, 'document')} more {'is' if more == 1 else 'are'} not shown: {MORE_SOURCES}.")
    return Composed("overview", lines.text, citations=tuple(lines.citations), named=tuple(lines.named))


def summary(found: Sequence[Source], shelf: Shelf, others: Sequence[Source] = (), kind: Kind = "summary") -> Composed:
    """The most central sentences of these documents, in each one's order and under its headings.

    kind: what the answer is, which may be a comparison of documents. others: documents that the same words might mean,
        which the answer names.
    """
    lines = Lines(shelf.retriever.document)
    for one in found[:SUMMED_UP]:
        if _in_whole(one, shelf, lines):
            continue
        most = min(MOST, max(FEWEST, one.characters // PER_SENTENCE)) if len(found) == 1 else FEWEST - 2
        sentences = _central(one, shelf, most)
        lines.say(f"{'' if not lines.lines else chr(10)}{_introduced(lines, one, len(sentences))}")
        heading = one.title
        headed = len({sentence.heading for sentence in sentences}) > 1 and one.kind not in TABLES
        for sentence in sentences:
            if headed and sentence.heading and sentence.heading != heading:
                lines.say(f"{legible(sentence.heading).rstrip(':')}:")
                heading = sentence.heading
            lines.quote(one.source, sentence.start, sentence.end)
    if len(found) > SUMMED_UP:
        others = [*found[SUMMED_UP:], *others]
    if others:
        called = [lines.name(one.source) for one in others[:NAMED]]
        lines.say(f"\nThe name fits {joined(called, len(others))} as well.")
    status: Status = "answered" if lines.citations else "not_found"
    return Composed(kind, lines.text, status, tuple(lines.citations), named=tuple(lines.named))


def _in_whole(one: Source, shelf: Shelf, lines: Lines) -> bool:
    """Add what a table or a short text has in place of central sentences; False for any other document."""
    try:
        document = shelf.retriever.document(one.source)
    except LookupError:  # removed meanwhile
        return False
    name = f"{chr(10) if lines.lines else ''}{lines.name(one.source, one.title)}"
    if found := table(document, ROWS):
        columns = ""
        if found.columns:
            shown = list(map(legible, found.columns[:COLUMNS]))
            columns = f" with the columns {joined(shown, len(found.columns))}"
        lines.say(f"{name} is a table of {count(found.count, 'row')}{columns}. It begins:")
        spans = found.rows
    else:
        spans = tuple(short(document))
        if spans:
            lines.say(f"{name} is short; this is all of it:")
    for span in spans:
        lines.quote(one.source, *span)
    return bool(spans)


def not_named(subject: str) -> Composed:
    """The answer where no document has the name and none says anything of it."""
    return Composed(
        "summary", f"No document is called “{legible(subject)}”, and none says anything of it.", "not_found"
    )


def _introduced(lines: Lines, one: Source, count: int) -> str:
    if not count:
        return f"{lines.name(one.source)} has no sentence to quote."
    chosen = "the sentence that is" if count == 1 else f"the {count} sentences that are"
    return f"Of {lines.name(one.source, one.title)}, {chosen} most central to it, in its order:"


def _central(one: Source, shelf: Shelf, count: int) -> list[Central]:
    try:
        number, document = shelf.catalog.document_of(one.source), shelf.retriever.document(one.source)
    except LookupError:  # removed meanwhile
        return []
    return central(shelf.catalog, number, document, shelf.embedder, count)


def _of(chosen: Sequence[Source], sources: Sequence[Source]) -> str:
    which = "Each" if len(chosen) == len(sources) else f"Here are {len(chosen)}, spread over all, each"
    return f"{which} with its most central sentence:"


def _size(size: int) -> str:
    for unit, least in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return count(size, "byte")
