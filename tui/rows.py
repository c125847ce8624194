"""The documents as rows of a table: named, sorted, filtered, and drawn one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from qa import Source
from tui.names import common_folder, human_size, local_date, name_below
from tui.widgets.table import Column

Name = Literal["name", "kind", "size", "chunks", "added", "state"]

COLUMNS: Mapping[Name, Column] = {
    "name": Column("name", cut="start"),
    "kind": Column("kind", 6),
    "size": Column("size", 8, "right"),
    "chunks": Column("chunks", 8, "right"),
    "added": Column("added", 10),
    "state": Column("state", 8),
}


class Rows:
    """Documents by source. state: what each one's state is called; documents without one have none yet."""

    def __init__(
        self,
        sources: Sequence[Source] = (),
        state: Mapping[str, str] | None = None,
        columns: Sequence[Name] = (*COLUMNS,),
    ) -> None:
        self.sources = {source.source: source for source in sources}
        self.columns = columns
        self._state = state or {}
        self._sorted: tuple[tuple[int, bool], list[str]] | None = None
        folder = common_folder(self.sources)
        self.names = {source: name_below(source, folder) for source in self.sources}
        self._words = {
            key: " ".join((self.names[key], source.kind, self._state.get(key, ""))).lower()
            for key, source in self.sources.items()
        }

    def keys(self, order: tuple[int, bool], words: str) -> list[str]:
        """The sources that hold all these words in name, kind or state, sorted by a column."""
        wanted = words.lower().split()
        if self._sorted is None or self._sorted[0] != order:  # not at every letter: 10,000 rows take 50 ms
            column, backwards = order
            self._sorted = order, sorted(self._words, key=self._sorting(self.columns[column]), reverse=backwards)
        found = self._sorted[1]
        for word in wanted:
            found = [key for key in found if word in self._words[key]]
        return found

    def cells(self, key: str) -> tuple[str, ...]:
        """The row of a source, as it is drawn."""
        source = self.sources[key]
        row: Mapping[Name, str] = {
            "name": self.names[key],
            "kind": source.kind,
            "size": human_size(source.size),
            "chunks": str(source.chunks),
            "added": local_date(source.added),
            "state": self._state.get(key, ""),
        }
        return tuple(row[name] for name in self.columns)

    def _sorting(self, column: Name) -> Callable[[str], tuple[str | float, str]]:
        values: Mapping[Name, Callable[[str], str | float]] = {
            "name": lambda key: self.names[key].lower(),
            "kind": lambda key: self.sources[key].kind,
            "size": lambda key: self.sources[key].size,
            "chunks": lambda key: self.sources[key].chunks,
            "added": lambda key: self.sources[key].added,
            "state": lambda key: self._state.get(key, ""),
        }
        value = values[column]
        return lambda key: (value(key), self.names[key])
