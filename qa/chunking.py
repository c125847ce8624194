"""Document -> chunks: spans within the model's tokens that tile the text and end where a reader would pause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.sentences import Span, blocks, sentence_spans
from qa.types import Chunk, Document

# What it costs to end a chunk at a place, against 1 for a chunk that is empty. A chunk that ends early is smaller, so
# these say how much room a better end is worth. Set on the public chunking set, where they matter little.
BEFORE_HEADING, AFTER_BLOCK, AFTER_SENTENCE, AFTER_HEADING, INSIDE_SENTENCE = 0.0, 0.05, 0.3, 1.0, 1.5

CHARACTERS_A_TOKEN = 8
"""So many characters count as a token at least: a page of dots and spaces, or one endless word, would make a chunk that
no one can read. English has 4 to 5."""

_BATCH = 1000
_PAUSES = (("\n",), ("; ", ": ", ", ", "、", "，", "；", "。"), (" ", "\t"))


class Tokenizer(Protocol):
    """What chunking needs of an embedder."""

    room: int

    def token_spans(self, texts: Sequence[str]) -> list[list[Span]]: ...


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never cut: a sentence, or a part of one that is too long. `cost` is that of ending a chunk after it."""

    start: int
    end: int
    tokens: int
    cost: float


def chunk(document: Document, tokenizer: Tokenizer, tokens: int) -> list[Chunk]:
    """Cut a document into chunks of at most `tokens` tokens (and never more than the model reads).

    The chunks tile the text: each begins where the one before ends, and `document.text[start:end] == chunk.text`.
    Nor is a chunk longer than CHARACTERS_A_TOKEN for each of those tokens. Text of nothing but white space gives none.
    """
    text = document.text
    if not text.strip():
        return []
    budget = min(tokens, tokenizer.room)
    pieces = _pieces(document, tokenizer, budget)
    spans = [(pieces[i].start, pieces[j - 1].end) for i, j in _pack(pieces, budget)]
    return [Chunk(start, end, text[start:end]) for start, end in _fitting(text, spans, tokenizer, budget)]


def _pieces(document: Document, tokenizer: Tokenizer, budget: int) -> list[_Piece]:
    text = document.text
    spans = sentence_spans(text, document.kind)
    headings = {mark.start for mark in document.marks}
    block_ends = {end for _, end in blocks(text, document.kind)}
    pieces: list[_Piece] = []
    for (start, end), inside in zip(spans, _tokenized(text, spans, tokenizer), strict=True):
        if end in headings:
            cost = BEFORE_HEADING
        elif _is_heading(text, start, end, headings):
            cost = AFTER_HEADING
        else:
            cost = AFTER_BLOCK if end in block_ends else AFTER_SENTENCE
        parts = _split(text, start, end, inside, budget)
        pieces += [_Piece(first, last, size, INSIDE_SENTENCE) for first, last, size in parts[:-1]]
        first, last, size = parts[-1]
        pieces.append(_Piece(first, last, size, cost))
    return pieces


def _tokenized(text: str, spans: Sequence[Span], tokenizer: Tokenizer) -> Iterator[list[Span]]:
    """The tokens of each span, a batch at a time: those of a whole book would fill the memory."""
    for first in range(0, len(spans), _BATCH):
        yield from tokenizer.token_spans([text[start:end] for start, end in spans[first : first + _BATCH]])


def _split(text: str, start: int, end: int, inside: Sequence[Span], budget: int) -> list[tuple[int, int, int]]:
    """A sentence as parts (start, end, size) of at most `budget`: itself, mostly; else cut at a clause or a word.

    inside: where its tokens stand, counted from `start`.
    """
    parts: list[tuple[int, int, int]] = []
    longest = budget * CHARACTERS_A_TOKEN
    first = 0
    while True:
        begin = parts[-1][1] if parts else start
        size = max(len(inside) - first, _least(end - begin))
        if size <= budget:
            return [*parts, (begin, end, size)]
        following = first + budget
        stop = start + inside[following][0] if following < len(inside) else end
        stop = _pause(text, begin, max(begin + 1, min(stop, begin + longest)))
        before = first
        while first < len(inside) and start + inside[first][0] < stop:
            first += 1
        parts.append((begin, stop, min(budget, max(first - before, _least(stop - begin)))))


def _pause(text: str, begin: int, stop: int) -> int:
    """The best place to cut in the last third before `stop`: after a line, a clause or a word, or `stop` itself."""
    earliest = stop - (stop - begin) // 3
    for marks in _PAUSES:
        found = max(text.rfind(mark, earliest, stop) + len(mark) for mark in marks)
        if found > earliest:
            return found
    return stop


def _least(characters: int) -> int:
    """The tokens that so many characters count at least."""
    return -(-characters // CHARACTERS_A_TOKEN)


def _is_heading(text: str, start: int, end: int, headings: set[int]) -> bool:
    """Whether a sentence is a heading: a short line of its own where a mark begins."""
    line = text[start:end].strip()
    return start in headings and "\n" not in line and len(line) < 200 and not line.endswith((".", "?", "!"))


def _pack(pieces: list[_Piece], budget: int) -> list[Span]:
    """Which pieces go together, as index spans: the cut with the least cost over the whole document.

    A chunk costs its unused share of the budget, squared, and what its end costs; so chunks come out full and even.
    """
    best = [0.0] + [float("inf")] * len(pieces)
    came_from = [0] * (len(pieces) + 1)
    for j in range(1, len(pieces) + 1):
        size = 0
        for i in range(j - 1, -1, -1):
            size += pieces[i].tokens
            if size > budget and i < j - 1:
                break
            cost = best[i] + pieces[j - 1].cost + (1 - size / budget) ** 2
            if cost < best[j]:
                best[j], came_from[j] = cost, i
    spans, j = [], len(pieces)
    while j:
        spans.append((came_from[j], j))
        j = came_from[j]
    return spans[::-1]


def _fitting(text: str, spans: Sequence[Span], tokenizer: Tokenizer, budget: int) -> Iterator[Span]:
    """The spans, halved until each is within the budget.

    The tokens of a whole can be more than those of its pieces: some tokenizers see more than one sentence at once, and
    what is cut inside a word has other tokens than the word.
    """
    for (start, end), inside in zip(spans, _tokenized(text, spans, tokenizer), strict=True):
        if len(inside) <= budget or end - start < 2:
            yield start, end
            continue
        middle = start + inside[len(inside) // 2][0]
        if not start < middle < end:
            middle = (start + end) // 2
        yield from _fitting(text, [(start, middle), (middle, end)], tokenizer, budget)
