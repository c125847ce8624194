"""The steps to an answer that a chat model writes: search, ask the model, compare what it says with the documents."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qa.answering import prompting
from qa.answering.replies import LONGEST, spoken
from qa.answering.steps import Looked, milliseconds
from qa.answering.support import Evidence
from qa.answering.writing import refused, write
from qa.errors import ModelError
from qa.followups import Search, search_for
from qa.types import Checked, Done, Event, Found, Message, Searching, Text, Usage, Writing
from qa.where import Where

if TYPE_CHECKING:
    from qa.chat_models import Model
    from qa.parts import Parts
    from qa.settings import Settings

FAR_BELOW = 0.2
"""Share of the threshold: where the documents answer with a smaller probability than this, no model is asked."""

TOO_FAR = "what was found is too far from an answer for a model to be asked"

LONGEST_THOUGHT = 20 * LONGEST
"""Characters of a reply that are read with what the model thinks aloud before it."""

CUT = {
    "length": "The model stopped early: it had no more tokens (answer.max_tokens, answer.context).",
    "filter": "The model stopped early: its provider ended the answer for what it says.",
}
TOO_LONG = f"The model was stopped after {LONGEST:,} characters."
"""What stands under an answer that the model did not end by itself."""

LONGEST_QUESTION = 400
"""Characters of a question that a model rewrites; a longer one is no question but an answer."""

_THINKING = re.compile(r"\s*<think(?:ing)?>", re.IGNORECASE)
_LABEL = re.compile(r"^(?:(?:rewritten |standalone )?question|user)\s*:\s*", re.IGNORECASE)
_BEGINS = "<thinking>"


def modelled(
    parts: Parts,
    settings: Settings,
    model: Model,
    question: str,
    search: Search,
    said: Sequence[Message],
    where: Where | None,
    cancel: threading.Event | None,
    explain: bool = False,
    new: bool = False,
) -> Iterator[Event]:
    """The events of `Library.stream` with a chat model; without Done where `cancel` was set meanwhile.

    search: what to search for as it is found without a model, which is taken where the model rewrites nothing useful.
    said: the conversation.
    new: as for `write`; then the model is asked however little the documents have of it.
    Raises ModelError.
    """
    began = time.perf_counter()
    embedder = parts.embedder()
    chat = parts.chat_model(model)
    count = prompting.counter(embedder.token_spans)
    room = chat.window - settings.answer.max_tokens
    usage = Usage()
    yield Searching(search.text)
    if search.text != question and said:  # it leans on the conversation
        asked = chat.reply(prompting.standing_alone(question, said, room, count), cancel)
        search = _alone("".join(_bounded(asked, LONGEST_QUESTION)), question, search)
        usage = _sum(usage, asked.usage)
        if asked.cancelled:
            return
        yield Searching(search.text)
    looked = Looked.up(parts, settings, search, where, explain)
    yield Found(looked.passages)
    reading, threshold, document = looked.reading, settings.answer.threshold, looked.retriever.document
    first_token, checked = 0.0, time.perf_counter()
    asking = new or reading.confidence >= FAR_BELOW * threshold
    if not asking:
        made = refused(reading, reading.confidence)
        yield Text(made.text)
    else:
        messages, shown = prompting.fitted(search.text, said, reading.passages, room, count)
        if reading.passages and not shown:  # without them it would answer out of what it knows
            raise ModelError(
                f"the question leaves no room for a passage in what {chat.name.whole} reads; set answer.context to "
                "what it reads (in tokens), or answer.max_tokens to less"
            )
        reply = chat.reply(messages, cancel)
        pieces: list[str] = []
        for piece in _bounded(_unthought(_bounded(reply, LONGEST_THOUGHT)), LONGEST):
            pieces.append(piece)
            yield Text(piece)
        if reply.cancelled:
            return
        usage, first_token = _sum(usage, reply.usage), reply.first_token or 0.0
        checked = time.perf_counter()
        evidence = Evidence(shown, [one for one in reading.found if one.passage < len(shown)], embedder)
        cut = CUT[reply.cut] if reply.cut else TOO_LONG if sum(map(len, pieces)) >= LONGEST else ""
        made = write("".join(pieces), reading, evidence, shown, threshold, document, new=new, cut=bool(cut))
        made = replace(made, text="\n\n".join(filter(None, (made.text, cut))))
    ended = time.perf_counter()
    yield Checked(made.text, made.sentences)
    yield Done(
        looked.answer(
            Writing(
                chat.name.whole, asking, made.why or f"{TOO_FAR} ({FAR_BELOW:.0%} of the threshold)", made.worth, new
            ),
            question=question,
            text=made.text,
            status=made.status,
            confidence=made.confidence,
            citations=made.citations,
            model=chat.name.whole,
            timings=milliseconds(
                search=looked.ended - began,
                first_token=first_token,
                check=ended - checked,
                answer=ended - looked.ended,
                total=ended - began,
            ),
            unknown_words=made.unknown_words,
            sentences=made.sentences,
            usage=usage,
            model_settings=chat.settings,
        )
    )


def _alone(reply: str, question: str, search: Search) -> Search:
    """The search for the question as the model wrote it; the search without a model where that is no question."""
    lines = [line.strip() for line in spoken(reply).splitlines() if line.strip()]
    alone = _LABEL.sub("", lines[0]) if lines else ""
    alone = alone.strip("\"“”' ")
    if not alone.endswith("?") or len(alone) >= LONGEST_QUESTION or len(lines) > 1:
        return search
    return replace(search_for(alone, ()), because="the model wrote the follow-up anew") if alone != question else search


def _bounded(pieces: Iterable[str], most: int) -> Iterator[str]:
    """The pieces of a reply up to so many characters; there the request is closed."""
    length = 0
    for piece in pieces:
        yield piece[: most - length]
        length += len(piece)
        if length >= most:
            return


def _unthought(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces without what the model thinks aloud before it answers."""
    held = ""
    thinking: bool | None = None  # not known yet
    for piece in pieces:
        if thinking is False:
            yield piece
            continue
        held += piece
        if thinking is None:
            start = held.lstrip().lower()[: len(_BEGINS)]
            if len(start) < len(_BEGINS) and _BEGINS.startswith(start):
                continue
            thinking = bool(_THINKING.match(held))
        if thinking and (end := re.search(r"</think(?:ing)?>\s*", held, re.IGNORECASE)):
            thinking, held = False, held[end.end() :]
        if thinking is False and held:
            yield held
            held = ""
    if held and not thinking:
        yield held


def _sum(one: Usage, other: Usage) -> Usage:
    def both(first: int | None, second: int | None) -> int | None:
        return None if first is None and second is None else (first or 0) + (second or 0)

    return Usage(both(one.input_tokens, other.input_tokens), both(one.output_tokens, other.output_tokens))
