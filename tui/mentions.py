"""Documents that a question names with @, and the shortest names that tell documents apart."""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

_MENTION = re.compile(r'(?<!\S)@(?:"([^"\n]+)"|(\S+))')
_OPEN = re.compile(r'(?<!\S)@("[^"\n]*|[^\s"]*)$')
_ENDS = ".,;:!?)"
"""Characters behind a name that belong to the sentence."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """question: without the names. where: the sources that they mean. unclear: names that fit several documents."""

    question: str
    where: tuple[str, ...]
    unclear: tuple[str, ...]


def short_names(sources: Iterable[str]) -> dict[str, str]:
    """For each source its shortest ending, in whole parts of the path, that no other source has."""
    parts = {source: PurePath(source).parts for source in sources}
    names: dict[str, str] = {}
    left, length = list(parts), 1
    while left:
        endings = {source: "/".join(parts[source][-length:]) for source in left}
        often = Counter(endings.values())
        for source in left:
            if length >= len(parts[source]):
                names[source] = source
            elif often[endings[source]] == 1:
                names[source] = endings[source]
        left = [source for source in left if source not in names]
        length += 1
    return names


def written(name: str) -> str:
    """A name as it is written in a question."""
    return f'@"{name}" ' if re.search(r"\s", name) else f"@{name} "


def being_written(before: str) -> str | None:
    """What stands behind an @ that ends at the cursor; None where there is none. before: the line up to the cursor."""
    match = _OPEN.search(before)
    return match[1].removeprefix('"') if match else None


class Names:
    """What the documents are called in questions. Made once for as long as they are the same: a key that is pressed
    in the prompt looks at the names that are new in it, never at every document for each of them.
    """

    def __init__(self, sources: Iterable[str] = ()) -> None:
        self.sources = tuple(sources)
        self._meant: dict[str, tuple[str, ...]] = {}

    @cached_property
    def short(self) -> dict[str, str]:
        """For each source its short name."""
        return short_names(self.sources)

    def resolve(self, question: str) -> Mentions:
        """Take the names of documents out of a question. What names no document stays in it."""
        where: dict[str, None] = {}
        unclear: list[str] = []
        known, self._meant = self._meant, {}  # kept for as long as they stand in the prompt

        def taken(match: re.Match[str]) -> str:
            quoted, bare = match[1], match[2]
            for name in [quoted] if quoted else dict.fromkeys((bare, bare.rstrip(_ENDS))):
                found = self._meant[name] = known[name] if name in known else self._means(name)
                if len(found) > 1:
                    unclear.append(name)
                if found:
                    where.update(dict.fromkeys(found))
                    return "" if quoted else bare[len(name) :]
            return match[0]

        left = _MENTION.sub(taken, question)
        tidied = re.sub(r"[ \t]+([.,;:!?])", r"\1", re.sub(r"(?<=\S)[ \t]{2,}", " ", left)).strip(" \t")
        return Mentions(tidied if where else question, tuple(where), tuple(unclear))

    def matching(self, fragment: str, most: int) -> list[str]:
        """Sources to offer for what was typed behind the @: those whose name begins with it first."""
        wanted = fragment.casefold()
        found = [source for source, name in self._folded.items() if wanted in name]
        return heapq.nsmallest(
            most, found, key=lambda source: (not self._folded[source].startswith(wanted), self.short[source])
        )

    def _means(self, name: str) -> tuple[str, ...]:
        """The sources that a name fits: their whole path, or an ending of it in whole parts."""
        alike = self._by_last_part.get(name.rpartition("/")[2], ())
        return tuple(source for source in alike if source == name or source.endswith(f"/{name}"))

    @cached_property
    def _by_last_part(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for source in self.sources:
            found[source.rpartition("/")[2]].append(source)
        return dict(found)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {source: name.casefold() for source, name in self.short.items()}
