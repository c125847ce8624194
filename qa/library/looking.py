"""What can be seen of a library: its documents, how they stand to their files, its conversations and its health."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import SourceNotFound
from qa.parts import Parts
from qa.places import absolute
from qa.settings import Settings
from qa.types import Changes, Document, OnProgress, Source, SourceState

if TYPE_CHECKING:
    from qa.conversations import Conversations
    from qa.doctor import Health
    from qa.where import Where


class Looking:
    """The verbs of a Library that read it."""

    folder: Path
    settings: Settings
    _parts: Parts

    def sources(self, where: Where | None = None) -> list[Source]:
        """The documents of the library, ordered by path."""
        from qa.where import matcher

        catalog = self._parts.holdings()
        if catalog is None:
            return []
        if where is None:
            return catalog.sources()
        roots = {path: stored.root for path, stored in catalog.stored_sources().items()}
        matches = matcher(where)
        return [s for s in catalog.sources() if s.source in roots and matches(s.source, roots[s.source])]

    def text(self, source: str | os.PathLike[str]) -> str:
        """The text of a source, which citations' start and end count in. Raises SourceNotFound."""
        return self.document(source).text

    def document(self, source: str | os.PathLike[str]) -> Document:
        """A source's document: its text, and which page or heading each character stands under."""
        catalog = self._parts.holdings()
        name = str(absolute(source))
        if catalog is None:
            raise SourceNotFound(f"{name} is not in the library, which is empty")
        return catalog.document(name)

    def changed(self) -> Changes:
        """How the files on disk differ from the library; reads no file, only folders and times."""
        from qa.upkeep import changed

        catalog = self._parts.catalog()
        return changed(catalog) if catalog else Changes()

    def state(self, source: str | os.PathLike[str], sha256: str | None = None) -> SourceState:
        """How a source stands to its file, by one look at size and time: "current", "changed", "gone" or "removed".

        "removed": it is not in the library. "gone": there is no such file now. "changed": the file is not as it was
        when it was read, or, with the `sha256` of a citation or passage, it was read again since and has another.
        """
        from qa.upkeep import state

        catalog = self._parts.catalog()
        if catalog is None:
            return self._parts.state_on_server(str(absolute(source)), sha256)
        return state(catalog, str(absolute(source)), sha256)

    def notices(self) -> list[str]:
        """What a person who asks should know of the library, a line each: that its index is damaged and not used.

        What was met so far; it costs nothing, so look after the first answer.
        """
        return self._parts.notices()

    def conversations(self) -> Conversations:
        """The conversations that are kept in the library's folder; always the same object, closed with the library."""
        return self._parts.conversations()

    def doctor(self, *, deep: bool = False, progress: OnProgress | None = None) -> Health:
        """Whether the library is sound, and for everything that is not the command that mends it; changes nothing.

        deep: look at every document, vector, word and file instead of a sample. progress: told how far that is.
        Raises LibraryNotFound, LibraryLocked while another process (or this library) writes, LibraryMismatch for a
        library that a newer version of Quoth made.
        """
        from qa.doctor import examine

        return examine(self.folder, deep=deep, progress=progress, settings=self.settings)

    async def adoctor(self, *, deep: bool = False, progress: OnProgress | None = None) -> Health:
        """`doctor` without blocking the event loop."""
        return await asyncio.to_thread(self.doctor, deep=deep, progress=progress)
