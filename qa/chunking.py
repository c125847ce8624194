"""Document -> chunks: spans within the model's tokens that tile the text and end where a reader would pause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.sentences import Span, blocks, sentence_spans
from qa.types import Chunk, Document

# What it costs to end a chunk at a place, against 1 for a chunk that is empty. A chunk that ends early is smaller, so
# these say how much room a better end is worth. Set on the public chunking set, where they matter little.
BEFORE_HEADING, AFTER_BLOCK, AFTER_SENTENCE, AFTER_HEADING, INSIDE_SENTENCE = 0.0, 0.05, 0.3, 1.0, 1.5


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
    Text of nothing but white space gives no chunk.
    """
    text = document.text
    if not text.strip():
        return []
    budget = min(tokens, tokenizer.room)
    pieces = _pieces(document, tokenizer, budget)
    spans = [(pieces[i].start, pieces[j - 1].end) for i, j in _pack(pieces, budget)]
    return [Chunk(start, end, text[start:end]) for span in spans for start, end in _fitting(text, span, tokenizer)]


def _pieces(document: Document, tokenizer: Tokenizer, budget: int) -> list[_Piece]:
    text = document.text
    spans = sentence_spans(text, document.kind)
    headings = {mark.start for mark in document.marks}
    block_ends = {end for _, end in blocks(text, document.kind)}
    pieces: list[_Piece] = []
    tokenized = tokenizer.token_spans([text[start:end] for start, end in spans])
    for (start, end), inside in zip(spans, tokenized, strict=True):
        if end in headings:
            cost = BEFORE_HEADING
        elif _is_heading(text, start, end, headings):
            cost = AFTER_HEADING
        else:
            cost = AFTER_BLOCK if end in block_ends else AFTER_SENTENCE
        for first in range(0, max(len(inside), 1), budget):
            rest = len(inside) - first
            last = rest <= budget
            begin = start if first == 0 else start + inside[first][0]
            stop = end if last else start + inside[first + budget][0]
            if stop > begin:
                pieces.append(_Piece(begin, stop, min(rest, budget), cost if last else INSIDE_SENTENCE))
    return pieces


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


def _fitting(text: str, span: Span, tokenizer: Tokenizer) -> list[Span]:
    """The span, halved until the model reads all of it.

    The tokens of a whole can be more than those of its pieces: some tokenizers see more than one sentence at once.
    """
    start, end = span
    inside = tokenizer.token_spans([text[start:end]])[0]
    if len(inside) <= tokenizer.room or end - start < 2:
        return [span]
    middle = start + inside[len(inside) // 2][0]
    if not start < middle < end:
        middle = (start + end) // 2
    return _fitting(text, (start, middle), tokenizer) + _fitting(text, (middle, end), tokenizer)
