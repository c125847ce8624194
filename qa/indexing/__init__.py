"""Folders and files -> catalog: what is new, changed or gone. One `Indexing` is one add.

`finding` says which files have to be read, an engine (`making` here, `spread` on a Ray cluster) makes them into chunks
and vectors, and `keeping` commits these.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from qa.catalog.writing import Writer
from qa.errors import InputError
from qa.indexing.finding import Finder
from qa.indexing.keeping import Keeper
from qa.indexing.making import Local
from qa.indexing.work import Cancelled, Maker, Tally, Unread
from qa.settings import Settings
from qa.types import Engine, IndexReport, OnProgress

if TYPE_CHECKING:
    from qa.embedding import Embedder


def check(engine: Engine) -> None:
    """Raise InputError where there is no such engine, ClusterError where it is not installed."""
    if engine not in get_args(Engine):
        raise InputError(f"no engine {engine!r}; there are local and ray")
    if engine == "ray":
        from qa.indexing import cluster

        cluster.require()


class Indexing:
    """Brings the catalog in step with files and folders. The caller holds the library's lock."""

    def __init__(
        self,
        writer: Writer,
        embedder: Callable[[], Embedder],
        settings: Settings,
        progress: OnProgress,
        cancel: threading.Event,
        engine: Engine = "local",
    ) -> None:
        """embedder is called when the first text has to be embedded, so that an unchanged folder costs no model."""
        self._writer = writer
        self._embedder = embedder
        self._settings = settings
        self._cancel = cancel
        self._engine = engine
        self._tally = Tally(progress)

    def run(self, roots: Sequence[Path], *, by_name: bool) -> IndexReport:
        """Look at files and folders, keep what is new or changed, and take out what is gone.

        by_name: the user named these, so what was removed by hand before is taken in again if named itself.
        """
        left = bool(self._writer.meta("interrupted"))  # by an add before this one, that was stopped or killed
        finder = Finder(self._writer, self._settings.reading, self._tally, roots, by_name=by_name)
        keeper = Keeper(self._writer, self._settings, self._tally, finder)
        maker, cancelled = self._maker(), False
        try:
            found = finder.find()
            self._tally.total = len(found)
            wanted = finder.wanted(found, self._check_cancel, keeper.leave_out)
            with closing(maker.make(wanted)) as making:
                for made in making:
                    if isinstance(made, Unread):
                        keeper.leave_out(made)
                    else:
                        keeper.keep(made)
        except Cancelled:
            cancelled = True
        self._sweep(finished=not cancelled, left=left)
        return self._tally.report(cancelled)

    def _maker(self) -> Maker:
        # A library keeps the size of chunks that it was made with.
        tokens = int(self._writer.meta("tokens") or self._settings.chunking.tokens)
        if self._engine == "ray":
            from qa.indexing.spread import Spread

            return Spread(self._writer, self._settings, tokens, self._tally.progress, self._cancel)
        return Local(self._writer, self._embedder, self._settings.reading, tokens, self._cancel)

    def _sweep(self, *, finished: bool, left: bool) -> None:
        """left: an add before this one was interrupted, whose vectors no chunk may have."""
        with self._writer.transaction():
            self._writer.sweep()
            if finished and left:
                self._writer.drop_orphans()
            self._writer.set_meta(interrupted="" if finished else "yes")

    def _check_cancel(self) -> None:
        if self._cancel.is_set():
            raise Cancelled
