"""A request that is no question -> the steps to its answer, as a question has them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qa import followups, questions
from qa.requests.recognising import Request
from qa.requests.telling import telling
from qa.requests.wording import ABILITIES, BYE, HEARD, HELLO, NO_MORE, NOT_MODELLED, WELCOME, WRITING
from qa.types import Answer, Done, Event, Found, Message, Searching, Source, Text

if TYPE_CHECKING:
    from qa.parts import Parts
    from qa.requests.composing import Composed
    from qa.requests.library import Shelf
    from qa.requests.naming import Names
    from qa.where import Where

_POINTING = re.compile(
    r"(?:the |this |that )?(?:it|he|him|she|her|they|this|that|them|these|those|one|other|first|second|last)(?: one)?"
)

_SOME_DOCUMENT = re.compile(r"(?:the |this |that )?(?:document|doc|file|source|text|report|article|paper|pdf)")
"""One that is not told apart by its name."""

_DOCUMENT = re.compile(r"\b(?:document|doc|file|report|article|paper|pdf|text)s?\b|\.[a-z]{2,5}\b")
"""What is said of a document."""

QUOTED = ("overview", "summary", "comparison", "listing", "keyword")
"""Kinds whose answer says that it is not the chat model's, where one is configured."""


def answered(
    parts: Parts,
    request: Request,
    question: str,
    history: Sequence[Message],
    where: Where | None,
    *,
    modelled: bool = False,
) -> Iterator[Event]:
    """The events of `Library.stream` for a request, without a language model.

    modelled: one is configured, which answers questions, but nothing here.
    Raises InputError where `where` fits no document, and LibraryEmpty where it needs documents and there are none.
    """
    began = time.perf_counter()
    if request.alone:
        if where is not None:
            parts.retriever().allowed(where)
        text = _said(request)
        status = "not_found" if request.kind == "writing" else "answered"
        yield Text(text)
        yield Done(_answer(question, began, text=text, status=status, kind=request.kind))
        return
    from qa.requests.library import Shelf
    from qa.where import sources_and_globs

    retriever, embedder, catalog = parts.retriever(), parts.embedder(), parts.asked()
    adding, allowed = parts.is_adding(), retriever.allowed(where)
    yield Searching(question)

    def work() -> tuple[Composed, int, int]:
        shelf = Shelf(catalog, retriever, embedder, allowed, history)
        return _composed(request, shelf), *retriever.counts(allowed)

    composed, searched, documents = retriever.steady(work)
    text = f"{composed.text}\n\n{NOT_MODELLED}" if modelled and composed.kind in QUOTED else composed.text
    yield Found(composed.passages)
    yield Text(text)
    facts = {"where": sources_and_globs(where), "searched": searched, "documents": documents, "adding": adding}
    yield Done(
        _answer(
            question,
            began,
            composed.standalone,
            composed.confidence,
            text=text,
            status=composed.status,
            kind=composed.kind,
            citations=composed.citations,
            passages=composed.passages,
            unknown_words=composed.unknown_words,
            named=composed.named,
            **facts,
        )
    )


def _answer(
    question: str, began: float, standalone: str | None = None, confidence: float | None = None, **fields: Any
) -> Answer:
    spent = round(1000 * (time.perf_counter() - began), 3)
    done = 1.0 if fields["status"] == "answered" else 0.0
    return Answer(
        question=question,
        standalone_question=standalone or question,
        confidence=done if confidence is None else confidence,
        model=questions.QUOTES,
        timings={"answer": spent, "total": spent},
        **fields,
    )


def _said(request: Request) -> str:
    plain, other = {
        "greeting": (HELLO, BYE),
        "thanks": (WELCOME, HEARD),
        "abilities": (ABILITIES, NO_MORE),
        "writing": (WRITING, WRITING),
    }[request.kind]
    return other if request.subjects else plain


def _composed(request: Request, shelf: Shelf) -> Composed:
    from qa.requests import describing, seeking

    if request.kind == "documents":
        return describing.documents(shelf)
    if request.kind == "overview":
        return describing.overview(shelf)
    if request.kind == "summary":
        return _summary(request, shelf)
    if request.kind == "keyword":
        return seeking.keyword(request.subjects[0], shelf)
    if request.kind == "comparison" and (found := _documents(request, shelf)):
        return describing.summary(found, shelf, kind="comparison")
    searches = [_search(subject, shelf.history) for subject in request.subjects]
    if request.kind == "listing":
        shown, search = searches[0]
        return seeking.listing(search or followups.search_for(shown, ()), shown, shelf)
    return seeking.comparison(searches, shelf)


def _summary(request: Request, shelf: Shelf) -> Composed:
    """Of the document that is named, or pointed at: the one that the last answer quotes, or the only one there is."""
    from dataclasses import replace
    from pathlib import Path

    from qa.requests import describing, seeking
    from qa.requests.naming import Names, cited, place_in_list

    sources = shelf.sources()
    subject = " ".join(request.subjects)
    if (place := place_in_list(subject, shelf.history, len(sources))) is not None:
        found = [sources[place]]
        return replace(describing.summary(found, shelf), standalone=f"summarise {Path(found[0].source).name}")
    names = Names(sources)
    found = names.meant(subject) if subject else []
    several = _each(re.split(r",? and |, ", subject), names)
    if several and (not found or all(one in found for one in several)):  # "north korea and russia" may be one name
        return describing.summary(several, shelf)
    if found:
        return describing.summary(found[:1], shelf, found[1:])
    if not subject or _SOME_DOCUMENT.fullmatch(subject.lower()):
        source = (
            sources[0].source if len(sources) == 1 else cited(shelf.history, lambda words: shelf.passages(words, 5))
        )
        found = [one for one in sources if one.source == source]
        if not found:
            return describing.overview(shelf)
        return replace(describing.summary(found, shelf), standalone=f"summarise {Path(found[0].source).name}")
    quoted = seeking.about(subject, shelf)
    return quoted if quoted.citations else describing.not_named(subject)


def _documents(request: Request, shelf: Shelf) -> list[Source]:
    """The documents that are compared; none where not every subject is one, or none is called one."""
    from qa.requests.naming import Names

    if not any(_DOCUMENT.search(subject.lower()) for subject in request.subjects):
        return []
    return _each(request.subjects, Names(shelf.sources()))


def _each(subjects: Sequence[str], names: Names) -> list[Source]:
    """The documents that these several subjects name, each another one; none where not every one names a document."""
    found = [names.meant(subject)[:1] for subject in subjects] if len(subjects) > 1 else []
    different = {one[0].source for one in found if one}
    return [one[0] for one in found] if found and len(different) == len(found) else []


def _search(subject: str, history: Sequence[Message]) -> tuple[str, followups.Search | None]:
    """What a thing is called in the answer and what to search for; "it" is what the conversation is about, if it is."""
    if _POINTING.fullmatch(subject.lower()):
        search = followups.search_for(subject, telling(history))
        return search.text, search if search.text != subject else None
    return subject, followups.search_for(subject, ())
