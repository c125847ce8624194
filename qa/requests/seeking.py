"""Comparisons, lists and bare keywords: places in the documents that speak of some words, quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answering.agreeing import agreement, held_codes
from qa.answering.candidates import Candidate
from qa.answering.context import TABLES
from qa.answering.quotes import unknown_words
from qa.display import count
from qa.followups import Search, search_for
from qa.requests.composing import Composed, Lines, legible
from qa.requests.library import Looked, Shelf
from qa.requests.patterns import ASKING
from qa.requests.wording import MORE_PASSAGES
from qa.types import Kind, Passage, Status
from qa.words import words

PASSAGES, SOUGHT = 5, 20
"""Passages that are read for a keyword or for each side of a comparison, and for a list."""

QUOTES, SIDE, ABOUT, LISTED = 3, 3, 6, 12
"""Quotes of a keyword, of a side of a comparison, of a thing that is to be summed up, and of a list."""

THERE = 0.5
"""Share of the words' weight that a passage must hold to speak of them."""

NAMED, FEW = 0.75, 5
"""Share that a sentence of a list must hold itself; where fewer such are there, its passage may hold it."""

OF_WORDS, OF_PASSAGE, OF_SENTENCE = 0.4, 0.3, 0.5
"""What a sentence gets for holding the words, for its passage's holding them, and for being readable by itself, where
the chance that it answers counts 1. Set by eye on the sample documents."""


def keyword(word: str, shelf: Shelf) -> Composed:
    """The best passages for a word or a few; "not_found" where one of them stands nowhere.

    For one that is nowhere and looks misspelled, the passages for what may be meant, saying so.
    """
    looked = shelf.look(search_for(word, ()), PASSAGES)
    unknown = unknown_words(looked.asked)
    if unknown and (meant := _respelled(word, unknown, shelf)):
        composed = keyword(meant, shelf)
        if composed.status == "answered":
            text = f"No document has “{legible(word)}”. This is for “{legible(meant)}”:\n{composed.text}"
            return replace(composed, text=text, standalone=meant, unknown_words=unknown)
    best = [] if unknown else _best(looked, QUOTES)
    wanted = {spelled for term in looked.asked.terms for spelled in term.spelled}
    there = [one for one in best if not wanted.isdisjoint({*one.words, *one.heading})]
    return _one(word, looked, there or best, shelf, "keyword")


def _respelled(word: str, unknown: Sequence[str], shelf: Shelf) -> str | None:
    """The keyword with a word of the documents for each that none has; None where one is near to none or to several."""
    _, instead = shelf.retriever.corrected(search_for(word, ()))
    if len(instead) != len(unknown):
        return None
    for asked, meant in zip(unknown, instead, strict=True):
        word = word.replace(asked, meant)
    return word


def about(subject: str, shelf: Shelf) -> Composed:
    """What the documents say of a thing that is no document of its own."""
    looked = shelf.look(search_for(subject, ()), SOUGHT // 2)
    composed = _one(subject, looked, [] if unknown_words(looked.asked) else _best(looked, ABOUT), shelf, "summary")
    if composed.status == "not_found":
        return composed
    none = "" if ASKING.match(subject.lower()) else f"No document is called “{legible(subject)}”. "  # "why it failed"
    return replace(composed, text=f"{none}What {'they say' if none else 'the documents say'} of it:\n{composed.text}")


def listing(search: Search, shown: str, shelf: Shelf) -> Composed:
    """A quote for each place that speaks of what is to be listed, by document, saying whether there is more."""
    looked = shelf.look(search, SOUGHT)
    names = {word for term in looked.asked.terms if term.name for word in term.spelled}
    order = _ordered(looked)
    order = [i for i in order if names <= set(looked.found[i].words)] or order
    there = [i for i in order if looked.shares[i] >= NAMED]
    if len(there) < FEW:  # "the envoys", who stand under that heading and are called by their names
        read = {looked.found[i].passage for i in there}
        for i in order:
            if looked.within[i] >= NAMED and looked.found[i].passage not in read:
                read.add(looked.found[i].passage)
                there.append(i)
    once: dict[tuple[str, ...], Candidate] = {}
    for i in [*there, *_rows(looked, shelf)]:
        once.setdefault(looked.found[i].words, looked.found[i])
    return _one(shown, looked, list(once.values()), shelf, "listing")


def comparison(searches: Sequence[tuple[str, Search | None]], shelf: Shelf) -> Composed:
    """Quotes for each of the things, under its name; "not_found" where none of them is there.

    searches: what each is called in the answer, and what to search for; None for an "it" that nothing was said of.
    """
    lines = Lines(shelf.retriever.document)
    passages: list[Passage] = []
    missing = []
    asked = [frozenset(search.words if search else ()) for _, search in searches]
    for place, (shown, search) in enumerate(searches):
        quotes = []
        if search:
            looked = shelf.look(search, PASSAGES)
            passages += [one for one in looked.passages if one not in passages]
            others = frozenset().union(*asked[:place], *asked[place + 1 :])
            quotes = _best(looked, SIDE, asked[place] - others, others - asked[place])
        if not quotes:
            missing.append(f"“{legible(shown)}”")
            continue
        lines.say(f"{_line_before(lines)}{legible(shown)}:")
        for one in quotes:
            lines.quote(one.source, one.start, one.end)
    if missing:
        lines.say(f"{_line_before(lines)}The documents say nothing of {' or '.join(missing)}.")
    status: Status = "answered" if lines.citations else "not_found"
    return Composed("comparison", lines.text, status, tuple(lines.citations), tuple(passages))


def _one(subject: str, looked: Looked, found: Sequence[Candidate], shelf: Shelf, kind: Kind) -> Composed:
    """The answer that quotes these sentences, by document."""
    if not found:
        which = "The documents" if shelf.allowed is None else "The documents that were searched"
        text = f"{which} say nothing of “{legible(subject)}”."
        return Composed(kind, text, "not_found", (), looked.passages, unknown_words(looked.asked))
    lines = Lines(shelf.retriever.document)
    listed = kind == "listing"
    kept = list(found[:LISTED])
    sources = list(dict.fromkeys(one.source for one in kept))
    for source in sources:
        of_source = [one for one in kept if one.source == source]
        if listed:
            lines.say(f"{_line_before(lines)}{lines.name(source)}:")
            of_source.sort(key=lambda one: one.start)
        for one in of_source:
            lines.quote(one.source, one.start, one.end)
    if listed:
        more = len(found) - len(kept)
        said = f"There is more: {count(more, 'further place')} in the passages that were read; {MORE_PASSAGES}."
        all_read = len(looked.passages) < SOUGHT or min(looked.within, default=0) < THERE
        none = "No other place with these words was found." if all_read else f"There may be more: {MORE_PASSAGES}."
        lines.say(f"{_line_before(lines)}{said if more else none}")
    if not lines.citations:  # removed meanwhile
        return _one(subject, looked, (), shelf, kind)
    return Composed(kind, lines.text, "answered", tuple(lines.citations), looked.passages, named=tuple(lines.named))


def _best(
    looked: Looked, most: int, own: frozenset[str] = frozenset(), others: frozenset[str] = frozenset()
) -> list[Candidate]:
    """The sentences that speak most of the words, each of which says something of its own.

    Of a code, those alone that have it or stand under it, and none of another year, code or number. own, others: the
    words that one side of a comparison has by itself, and the other sides; where sentences have the one and not the
    other, only these are taken.
    """
    kept: list[Candidate] = []
    held = [{*one.words, *one.heading} for one in looked.found]
    of_own = {i for i, spelled in enumerate(held) if spelled & own}
    clearly = {i for i in of_own if not held[i] & others}
    coded = {i for i, one in enumerate(looked.found) if held_codes(looked.asked, one)}
    another = {i for i, one in enumerate(looked.found) if agreement(looked.asked, one) < 0}
    wanted = coded or clearly or of_own or set(range(len(held)))
    for i in _ordered(looked):
        one = looked.found[i]
        if i not in wanted or i in another:
            continue
        if looked.within[i] < THERE or (looked.shares[i] == 0 and kept and not looked.whole[i]):
            continue
        if all(len(set(one.words) & set(other.words)) < 0.7 * len(set(one.words)) for other in kept):
            kept.append(one)
        if len(kept) == most:
            break
    return kept


def _rows(looked: Looked, shelf: Shelf) -> list[int]:
    """The rows of tables that are called by the words, or one of whose columns is ("all codes")."""
    wanted = {word for term in looked.asked.terms for word in term.spelled}
    tables = {one.source for one in looked.passages if shelf.retriever.document(one.source).kind in TABLES}
    return [
        i
        for i, one in enumerate(looked.found)
        if (one.source in tables or one.text.startswith("|"))
        and len(wanted.intersection(words(f"{one.context} {one.text}".replace("_", " ")))) >= NAMED * len(wanted)
    ]


def _ordered(looked: Looked) -> list[int]:
    """The sentences' places, best first."""
    held = OF_WORDS * looked.shares + OF_PASSAGE * looked.within
    score = looked.chances + held + OF_SENTENCE * looked.whole
    return sorted(range(len(looked.found)), key=lambda i: -float(score[i]))


def _line_before(lines: Lines) -> str:
    return "\n" if lines.lines else ""
