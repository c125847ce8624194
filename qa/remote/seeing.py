"""Which version of a library a Chroma server has, and what is known of it until another is seen."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from qa.remote.counting import Counting, read_common
from qa.remote.faults import Moved
from qa.remote.layout import Held, Root
from qa.remote.server import Pair, Server

MOMENT = 1.0
"""Seconds for which `recent` takes the library for what it was."""


@dataclass(slots=True)
class Seen:
    """What is known of one version of the library.

    number: changes when the library does. since: by the monotonic clock. rows: of the documents that were asked for.
    every: of all, if so.
    """

    root: Root
    pair: Pair
    number: int
    since: float
    counting: Counting | None = None
    rows: dict[int, list[Held]] = field(default_factory=dict)
    every: dict[str, Held] | None = None


class Seeing:
    """What was seen last of one library on a server; may be used from several threads.

    Every method raises StoreError where the server does not answer, and Moved where the library was just rebuilt.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = threading.RLock()
        self._seen: Seen | None = None
        self._looked = -MOMENT
        self._looks = itertools.count(1)

    def version(self) -> int:
        """A number that changes when the library does; asks the server."""
        root = self._server.root()
        with self._lock:
            self._looked = now = time.monotonic()
            if root is None:
                self._seen = None
                return 0
            before = self._seen
            if before and before.root == root and not (root.changing and now - before.since > MOMENT):
                return before.number
            same = before if before and before.root.generation == root.generation else None
            pair = same.pair if same else self._server.pair(root.generation)
            if pair is None:
                self._seen = None
                if not root.sources:  # it is just being made
                    return 0
                raise Moved(f"the library {self._server.name} on {self._server.url} is being rebuilt; ask again")
            # Of a writer that was killed in the midst of a change nobody says when it stopped: see Root.
            number = -next(self._looks) if root.changing else root.version
            self._seen = Seen(root, pair, number, now)
            if same and same.counting and same.root.common == root.common:
                self._seen.counting = Counting(pair.chunks, root.chunks, same.counting.common)
            return number

    def recent(self) -> int:
        """`version`, as it was a moment ago."""
        with self._lock:
            if time.monotonic() - self._looked < MOMENT:
                return self._seen.number if self._seen else 0
        return self.version()

    def look_again(self) -> None:
        """Take nothing for what it was: this process has just changed the library."""
        with self._lock:
            self._looked = -MOMENT

    def root(self) -> Root | None:
        """What the library is, as it was a moment ago; None where the server has none."""
        self.recent()
        with self._lock:
            return self._seen.root if self._seen else None

    def counting(self, seen: Seen) -> Counting:
        """The words of the library."""
        if seen.counting is None:
            seen.counting = Counting(seen.pair.chunks, seen.root.chunks, read_common(self._server.common()))
        return seen.counting

    @contextmanager
    def asking(self) -> Iterator[Seen]:
        """What is known of the library, for asking more; what goes wrong inside is one line."""
        self.recent()
        with self._lock:
            seen = self._seen
        if seen is None:
            raise Moved(f"the library {self._server.name} on {self._server.url} is empty now")
        try:
            with self._server.told():
                yield seen
        except Moved:
            with self._lock:
                if self._seen is seen:
                    self._seen, self._looked = None, -MOMENT
            raise
