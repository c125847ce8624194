"""What was made of files goes into the catalog: documents whole, with their chunks and vectors."""

from __future__ import annotations

from qa.catalog.writing import Writer
from qa.embedding.models import PACKAGED
from qa.indexing.finding import Finder
from qa.indexing.work import Lot, Tally, Unread, suffix_of, version_of
from qa.languages import looks_foreign
from qa.settings import Settings
from qa.types import Document, Failure


class Keeper:
    """Commits what an engine made, a transaction to each."""

    def __init__(self, writer: Writer, settings: Settings, tally: Tally, finder: Finder) -> None:
        self._writer = writer
        self._settings = settings
        self._tally = tally
        self._finder = finder

    def keep(self, lot: Lot) -> None:
        """Commit vectors, and the files that are complete with them."""
        tally = self._tally
        with self._writer.transaction():
            if lot.vectors is not None:
                self._writer.add_vectors(lot.names, lot.vectors)
                self._writer.set_meta(interrupted="yes")  # until it has ended, no chunk may have them
            for cut in lot.cuts:
                suffix = suffix_of(cut.file.path)
                number = self._writer.find_document(cut.document.sha256, suffix)
                if number is None:
                    number = self._writer.add_document(cut.document, suffix, cut.chunks, cut.hashes)
                self._writer.set_source(cut.file.path, number, cut.file.root, cut.file.stamp)
        tally.embedded += len(lot.names)
        for cut in lot.cuts:
            path = cut.file.path
            (tally.updated if path in self._finder.sources else tally.added).append(path)
            tally.chunks += len(cut.chunks)
            tally.notices += self._notices(path, cut.document)
            self._finder.kept(cut.file)
            tally.step(path)
        if not lot.cuts:
            tally.say(lot.last, tally.embedded)

    def leave_out(self, unread: Unread) -> None:
        """Remember that a file could not be read."""
        file = unread.file
        kept = "; the version that was read before is kept" if file.path in self._finder.sources else ""
        failure = Failure(file.path, f"{unread.reason}{kept}")
        version = version_of(self._settings.reading) if unread.lasting else ""
        with self._writer.transaction():
            self._writer.add_failure(failure, file.root, file.stamp, version)
        self._tally.failed.append(failure)
        self._tally.step(file.path)

    def _notices(self, path: str, document: Document) -> list[str]:
        """What a person should know of a document, a line each."""
        notices = [f"{path}: {notice}" for notice in document.notices]
        if self._settings.embedding.model == PACKAGED and looks_foreign(document):
            notices.append(
                f"{path}: it does not look like English, which is what the default embedding model reads; "
                "the setting embedding.model takes another"
            )
        return notices
