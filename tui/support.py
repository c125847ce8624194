"""What a model wrote, as the chat shows it: each sentence that the documents do not fully say is marked in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from qa.display import in_one_line
from tui.outside import clipped, outside

if TYPE_CHECKING:
    from qa import Answer, Sentence

STYLES = {"weak": "$text-warning", "unsupported": "$text-error"}
"""Colours of the marks, which say the same without them."""

MOST = 3
"""Sentences of which it is said what speaks against them."""

_LONGEST = 60


def checked(answer: Answer) -> Content:
    """The text of an answer, with a mark behind every sentence that is weak or unsupported."""
    parts: list[Content | tuple[str, str]] = []
    reached = 0
    for sentence in answer.sentences:
        parts.append(outside(answer.text[reached : sentence.end]))
        reached = sentence.end
        if style := STYLES.get(sentence.support):
            parts.append((f" ({sentence.support})", style))
    return Content.assemble(*parts, outside(answer.text[reached:]))


def doubts(answer: Answer) -> list[Content]:
    """What speaks against the sentences that are marked, a line each."""
    doubtful: Sequence[Sentence] = [one for one in answer.sentences if one.support in STYLES and one.reasons]
    lines = []
    for one in doubtful[:MOST]:
        words = clipped(in_one_line(answer.text[one.start : one.end]), _LONGEST)
        lines.append(outside(f"! {one.support}: “{words}”: {one.reasons[0]}", one_line=True))
    return lines
