"""An explanation as a person reads it, for the command line and the chat: rich tables that fit 80 columns.

Whatever comes from documents and questions is text here, made visible, and never markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from qa.answering.wording import question_label, sentence_label
from qa.display import percent, snippet, visible
from qa.types import Answer, Explanation, SearchedWord, WeighedSentence

T = TypeVar("T")

WORDS, CHUNKS, SENTENCES = 12, 10, 5
"""How many words, candidates and sentences are shown; a passage's chunks and what is quoted are shown besides."""

PARTS = 2
"""How many features are named that raised, and that lowered, a sentence's chance most."""


def unexplained(answer: Answer) -> str:
    """Why an answer that was to be explained is not."""
    return (
        f"This was taken as a request (“{answer.kind}”), not as a question about a fact: there is nothing to explain"
        " but what it cites."
    )


def explained(explanation: Explanation) -> Group:
    """The whole, section by section: the status first, then how it came to that."""
    return Group(
        *_section("Why this answer", _status(explanation)),
        *_section("What was searched for", _search(explanation)),
        *_section("What was found", _found(explanation)),
        *_section("Which sentences might be quoted", _sentences(explanation)),
        *_section("Whether the documents answer", _decision(explanation)),
    )


def _section(title: str, parts: Iterable[RenderableType]) -> list[RenderableType]:
    space = [] if title == "Why this answer" else [Text()]
    return [*space, Text(title, "bold"), *(Padding(part, (0, 0, 0, 2), expand=False) for part in parts)]


def _status(explanation: Explanation) -> Iterable[RenderableType]:
    decision = explanation.decision
    yield _text(f"{_capital(decision.why)}.")
    if writing := explanation.writing:
        asked = "was asked to answer" if writing.asked else "was not asked"
        worth = "" if writing.worth is None else f"; compared with the documents, it came to {writing.worth:.2f} of 1"
        yield _text(f"The chat model {writing.model} {asked}{worth}.")
    if decision.reasons:
        most = "What counted most" if decision.confidence >= decision.threshold else "What was missing most"
        yield _text(f"{most}, and by how much (“it” is the best sentence):")
    for reason in decision.reasons:
        yield _text(f"· {reason}")


def _search(explanation: Explanation) -> Iterable[RenderableType]:
    texts = explanation.texts
    yield _text(" + ".join(f"“{snippet(one.text)}”{_times(one.weight) if len(texts) > 1 else ''}" for one in texts))
    if explanation.narrowed:
        yield _text(f"Ranked by “{snippet(explanation.narrowed)}” as well, without the words that many passages have.")
    if explanation.instead:
        named = ", ".join(f"“{snippet(word)}”" for word in explanation.instead)
        yield _text(f"Searched for {named} as well: no document has the word as it is spelled in the question.")
    if explanation.because:
        yield _text(f"{_capital(explanation.because)}.")
    yield _note(
        "weight: what a word counts when parts of the documents are ranked. parts: how many of them have it. rarity:"
        " what it counts when their sentences are compared."
    )
    table = _table("word", "weight>", "parts>", "rarity>", "")
    for word in explanation.words[:WORDS]:
        known = "" if word.chunks is None else f"{word.chunks:,}"
        rarity = "" if word.rarity is None else f"{word.rarity:.2f}"
        table.add_row(_cell(word.text), f"{word.weight:.2f}", known, rarity, _what(word))
    yield table
    if (more := len(explanation.words) - WORDS) > 0:
        yield _note(f"and {more:,} more words")


def _found(explanation: Explanation) -> Iterable[RenderableType]:
    chunks = explanation.chunks
    rare = sum(chunk.found_by == "words" for chunk in chunks)
    more = f", and {rare:,} more with rare words of the question" if rare else ""
    yield _text(f"The {len(chunks) - rare:,} parts of the documents that are nearest in meaning{more}.")
    yield _note(
        "score = meaning + words + beside: how near it is in meaning, how much it has of the question's words, and"
        " what a better part beside it lends. near: its place by meaning alone. in: the passage it went into."
    )
    table = _table("#>", "score>", "meaning>", "words>", "beside>", "near>", "in>", "at>", "document", gap=1)
    for chunk in _some(chunks, CHUNKS, lambda chunk: chunk.passage is not None):
        table.add_row(
            f"{chunk.rank}",
            f"{chunk.score:.2f}",
            f"{chunk.by_similarity:.2f}",
            f"{chunk.by_words:.2f}",
            f"{chunk.by_neighbour:.2f}",
            f"{chunk.similarity_rank}" if chunk.found_by == "similarity" else "rare",
            "" if chunk.passage is None else f"{chunk.passage}",
            f"p. {chunk.page}" if chunk.page is not None else f"line {chunk.line}",
            _cell(Path(chunk.source).name),
        )
    yield table


def _sentences(explanation: Explanation) -> Iterable[RenderableType]:
    sentences = explanation.sentences
    if not sentences:
        yield _text("None: nothing was found that could be read.")
        return
    yield _text(f"{len(sentences):,} sentences of the passages were weighed.")
    yield _note(
        "chance: that it says the answer. Below each, what raised (+) and lowered (−) it most, as it was added up."
    )
    table = _table("#>", "chance>", "sentence, and why it was quoted or not")
    for sentence in _some(sentences, SENTENCES, lambda sentence: sentence.citation is not None):
        table.add_row(f"{sentence.rank}", percent(sentence.chance), _about(sentence))
    yield table


def _about(sentence: WeighedSentence) -> Text:
    quoted = sentence.citation is not None
    fate = visible(sentence.why, one_line=True)
    return Text.assemble(
        visible(f"“{snippet(sentence.text)}”", one_line=True),
        ("\n" + (fate if quoted else f"not quoted: {fate}"), "bold" if quoted else ""),
        (f"\n{_most(sentence.contributions)}", "dim"),
    )


def _most(contributions: Mapping[str, float]) -> str:
    """The features that raised and lowered most, by name."""
    names = sorted(contributions, key=lambda name: -contributions[name])
    raised = [name for name in names if contributions[name] > 0][:PARTS]
    lowered = [name for name in reversed(names) if contributions[name] < 0][:PARTS]
    return ", ".join(f"{sentence_label(name)} {_signed(contributions[name])}" for name in (*raised, *lowered))


def _decision(explanation: Explanation) -> Iterable[RenderableType]:
    decision, model = explanation.decision, explanation.confidence_model
    if not decision.values:
        yield _text("There was nothing to decide by.")
        return
    yield _note("Each value is multiplied by its weight and added; 0 in the end would be a probability of 50%.")
    table = _table("", "value>", "weight>", "adds>")
    table.add_row("to begin with", "", "", _signed(model.intercept))
    for name, value in decision.values.items():
        weight, added = model.coefficients[name], decision.contributions[name]
        table.add_row(question_label(name), f"{value:.2f}", _signed(weight), _signed(added))
    total = model.intercept + sum(decision.contributions.values())
    table.add_row("sum", "", "", _signed(total), style="bold")
    yield table
    new = explanation.writing is not None and explanation.writing.new
    least = "a new text is not measured by it" if new else f"{decision.threshold:.0%} is the least for an answer"
    yield _text(f"This sum is a probability of {percent(decision.confidence)}; {least}.")


def _what(word: SearchedWord) -> str:
    """What else is to be said of a word."""
    if word.chunks == 0:
        return "no document has it"
    if word.weight < 1:
        return "from the last answer" if word.rarity is None else "from an earlier question"
    return "a name or number" if word.name else ""


def _some(items: Sequence[T], most: int, always: Callable[[T], bool]) -> list[T]:
    """The first ones, and those that are always shown."""
    return [item for place, item in enumerate(items) if place < most or always(item)]


def _table(*columns: str, gap: int = 2) -> Table:
    """A table without lines; ">" behind a column's name means that it is of numbers, which are never cut, while words
    wrap where there is no room. The last column takes the rest. gap: spaces between columns."""
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim")
    for place, name in enumerate(columns):
        last = place == len(columns) - 1 and not name.endswith(">")
        justify: JustifyMethod = "right" if name.endswith(">") else "left"
        table.add_column(
            Text(name.rstrip(">")),
            justify=justify,
            no_wrap=name.endswith(">"),
            overflow="fold" if last else "ellipsis",
        )
    return table


def _text(text: str) -> Text:
    return Text(visible(text, one_line=True))


def _note(text: str) -> Text:
    return Text(text, "dim")


def _cell(text: str) -> Text:
    return Text(visible(text, one_line=True), overflow="ellipsis", no_wrap=True)


def _signed(number: float) -> str:
    shown = f"{number:+.2f}".replace("-", "−")
    return "0.00" if shown in ("+0.00", "−0.00") else shown


def _times(weight: float) -> str:
    return "" if weight == 1 else f" × {weight:.1f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
