"""What a library holds, and how it comes to hold it: adding, updating, removing and rebuilding."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa import waiting
from qa.parts import Parts
from qa.places import Paths, absolute, existing, listed
from qa.settings import Settings
from qa.types import Engine, IndexReport, OnProgress, silent

if TYPE_CHECKING:
    from qa.catalog.writing import Writer


class Filling:
    """The verbs of a Library that change it."""

    folder: Path
    settings: Settings
    _parts: Parts

    def add(
        self,
        paths: Paths,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
        engine: Engine = "local",
    ) -> IndexReport:
        """Read files and folders into the library: what is new or changed; what vanished from a folder is taken out.

        progress: called with counts. cancel: set it to stop; what was finished is kept, and adding again goes on.
        engine: "ray" reads, cuts and embeds on a Ray cluster, the one of the variable RAY_ADDRESS or one of this
        machine's cores; every node must see the files under the same paths.
        Raises SourceNotFound for a path that does not exist (before anything is changed), LibraryMismatch,
        ClusterError.
        """
        return self._index(existing(paths), progress, cancel, by_name=True, engine=engine)

    async def aadd(
        self,
        paths: Paths,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
        engine: Engine = "local",
    ) -> IndexReport:
        """`add` without blocking the event loop. Cancelling the task stops the add, and keeps what was finished."""
        return await waiting.cancellable(self.add, paths, progress=progress, cancel=cancel, engine=engine)

    def update(
        self,
        roots: Paths | None = None,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """Look again at everything that was added before, or at these of its `roots` alone. As `add` otherwise."""
        self._parts.check_own()
        if roots is None:
            there = self.roots()
            if not there:
                self._parts.filled()  # raises LibraryEmpty; a folder that was added may be filled only now
            return self._index(there, progress, cancel, by_name=False)
        given = {absolute(path) for path in listed(roots)}
        there = [root for root in self.roots() if root in given]
        return self._index(there, progress, cancel, by_name=False) if there else IndexReport()

    async def aupdate(
        self,
        roots: Paths | None = None,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """`update` without blocking the event loop; cancelling as in `aadd`."""
        return await waiting.cancellable(self.update, roots, progress=progress, cancel=cancel)

    def remove(
        self,
        sources: Paths,
        *,
        quotes: bool = False,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """Take files, or all that was added from a folder, out of the library; the files themselves stay.

        They stay out until they are added by name. No text of theirs is left in the library's folder but what answers
        in conversations hold; a notice says how many do. quotes: take it out of these as well, also that of sources
        that were removed before; an answer that cites one goes, its question stays. progress: told of waiting for
        another writer. cancel: set it to give up waiting. Raises SourceNotFound when one is not in the library (nor,
        with `quotes`, in an answer); then nothing is removed.
        """
        from qa.removing import remove

        given = [absolute(path) for path in listed(sources)]
        return remove(self._parts, self.folder, given, quotes=quotes, progress=progress, cancel=cancel)

    async def aremove(
        self,
        sources: Paths,
        *,
        quotes: bool = False,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """`remove` without blocking the event loop; cancelling the task gives up waiting."""
        return await waiting.cancellable(self.remove, sources, quotes=quotes, progress=progress, cancel=cancel)

    def rebuild(self, *, embed: bool = False, progress: OnProgress | None = None) -> IndexReport:
        """Make anew everything that can be made from the stored documents, and mend what `doctor` finds.

        That is the search index, the word index, vectors that are missing or damaged, a catalog whose tables are whole,
        and the conversations as far as they can be read; what an interrupted work left is deleted, and so are copies
        of the catalog from before an update of Quoth. No file is read again, and sound vectors stay.
        embed: cut and embed the stored texts again, with the model and the chunk size that are set now; this mends a
        library that was made with another embedding model.
        Raises LibraryDamaged, with nothing changed, where only adding the files again will do; its message has the
        commands. LibraryEmpty, LibraryMismatch.
        """
        from qa import upkeep
        from qa.catalog import mending
        from qa.changing import change

        self._parts.check_own()
        if not self._parts.exists():
            self._parts.filled()
        say = progress or silent
        embedder = self._parts.embedder(progress) if embed else None

        def work(writer: Writer) -> IndexReport:
            self._parts.filled(check=False)
            if embedder:
                report = upkeep.embed_again(writer, embedder, self.settings, say)
            else:
                report = upkeep.renew(writer, lambda: self._parts.embedder(progress))
            return replace(report, notices=(*report.notices, *upkeep.tidy(self.folder)))

        return change(
            self._parts, work, progress=progress, doing="rebuilding", force=True, check=not embed, before=mending.mend
        )

    async def arebuild(self, *, embed: bool = False, progress: OnProgress | None = None) -> IndexReport:
        """`rebuild` without blocking the event loop."""
        return await asyncio.to_thread(self.rebuild, embed=embed, progress=progress)

    def roots(self) -> list[Path]:
        """The files and folders that were added by name, which `update` looks at again, ordered by path."""
        catalog = self._parts.catalog()
        return sorted(map(Path, catalog.roots())) if catalog else []

    def _index(
        self,
        roots: list[Path],
        progress: OnProgress | None,
        cancel: threading.Event | None,
        *,
        by_name: bool,
        engine: Engine = "local",
    ) -> IndexReport:
        from qa.changing import change
        from qa.indexing import Indexing, check

        check(engine)
        stop, say = cancel or threading.Event(), progress or silent

        def work(writer: Writer) -> IndexReport:
            embedder = partial(self._parts.embedder, progress)
            return Indexing(writer, embedder, self.settings, say, stop, engine).run(roots, by_name=by_name)

        report = change(self._parts, work, progress=progress, cancel=stop)
        if not report.removed:
            return report
        from qa.removing import told  # with the conversations, which an add that takes nothing out leaves alone

        return told(report, self._parts.conversations(), self.folder)
