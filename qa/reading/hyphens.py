"""Words of a PDF that are divided at the end of a line, put together again. Runs in the child process.

Divided, they are found by no search and read badly in a quote. Whether "long-" and "term" are one word or two, the rest
of the document tells; where it does not, they are a compound if both are words of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from qa.reading.layout import Line

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_HEAD = re.compile(r"(?<![^\W_])([^\W\d_]+(?:[-\u2010][^\W\d_]+)*)[-\u2010\u00ad]$")
_TAIL = re.compile(r"(?!(?:and|or|nor|to|und|oder|et|ou|y|o)\b)([^\W\d_]+)(\S*)\s*")  # not "pre-" and post-war


def undivided(pages: Mapping[int, Sequence[Line]]) -> dict[int, list[Line]]:
    """The pages by their numbers, with the rest of a divided word on the line that it begins on."""
    counts = _counted(line.text for lines in pages.values() for line in lines)
    whole: dict[int, list[Line]] = {}
    last: list[Line] = []  # of the page that has the last line
    for number, lines in pages.items():
        kept: list[Line] = []
        for line in lines:
            above = kept or last
            head = _HEAD.search(above[-1].text) if above else None
            tail = _TAIL.match(line.text)
            if head and tail and tail[1].islower() and (above[-1].size, above[-1].bold) == (line.size, line.bold):
                joined = _joined(head[1], tail[1], counts)
                above[-1] = replace(above[-1], text=above[-1].text[: head.start()] + joined + tail[2])
                line = replace(line, text=line.text[tail.end() :])
                if not line.text:
                    continue
            kept.append(line)
        whole[number] = kept
        last = kept or last
    return whole


def _counted(lines: Iterable[str]) -> Counter[str]:
    """How often each word stands there undivided."""
    counts: Counter[str] = Counter()
    divided = False
    for text in lines:
        tail = _TAIL.match(text) if divided else None
        head = _HEAD.search(text)
        inside = text[tail.end() if tail else 0 : head.start() if head else None]
        counts.update(_WORD.findall(inside.casefold()))
        divided = head is not None
    return counts


def _joined(head: str, tail: str, counts: Mapping[str, int]) -> str:
    """The word that the two parts make, with a hyphen or without."""
    one, compound = counts[(head + tail).casefold()], counts[f"{head}-{tail}".casefold()]
    if one == compound:
        apart = re.split("[-\u2010]", head)[-1].casefold()
        return f"{head}-{tail}" if counts[apart] and counts[tail] else head + tail
    return head + tail if one > compound else f"{head}-{tail}"
