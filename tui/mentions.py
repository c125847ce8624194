"""Documents that a question names with @, and the shortest names that tell documents apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


def resolve(question: str, sources: Sequence[str]) -> Mentions:
    """Take the names of documents out of a question. What names no document stays in it."""
    where: dict[str, None] = {}
    unclear: list[str] = []

    def taken(match: re.Match[str]) -> str:
        quoted, bare = match[1], match[2]
        for name in [quoted] if quoted else dict.fromkeys((bare, bare.rstrip(_ENDS))):
            found = [source for source in sources if source == name or source.endswith(f"/{name}")] if name else []
            if len(found) > 1:
                unclear.append(name)
            if found:
                where.update(dict.fromkeys(found))
                return "" if quoted else bare[len(name) :]
        return match[0]

    left = _MENTION.sub(taken, question)
    tidied = re.sub(r"[ \t]+([.,;:!?])", r"\1", re.sub(r"(?<=\S)[ \t]{2,}", " ", left)).strip(" \t")
    return Mentions(tidied if where else question, tuple(where), tuple(unclear))


def matching(fragment: str, names: Mapping[str, str], most: int) -> list[str]:
    """Sources to offer for what was typed behind the @: those whose name begins with it first."""
    wanted = fragment.casefold()
    found = [source for source, name in names.items() if wanted in name.casefold()]
    return sorted(found, key=lambda source: (not names[source].casefold().startswith(wanted), names[source]))[:most]
