"""Folders and files -> catalog: what is new, changed or gone. One `Indexing` is one add."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qa import __version__
from qa.catalog.checking import text_hash
from qa.catalog.writing import Stamp, Writer
from qa.chunking import chunk
from qa.embedding import Embedder
from qa.embedding.models import PACKAGED
from qa.errors import ReadError
from qa.languages import looks_foreign
from qa.places import inside
from qa.reading import Reader, plugins, walk
from qa.reading.files import read_bytes
from qa.settings import Settings
from qa.types import Chunk, Document, Failure, IndexReport, OnProgress, Progress

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

GROUP = 256
"""Chunks that are embedded and kept together; what is finished of a large file survives an interruption."""

FLUSH = 64
"""Chunks of finished files that are committed together: small files must not each wait for the disk."""


class Cancelled(Exception):
    """The caller's event was set."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read and cut, not yet kept."""

    path: str
    root: str
    stamp: Stamp
    document: Document
    chunks: Sequence[Chunk]
    hashes: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class _Flight:
    """Texts that are being embedded, by their hashes, and the files that are kept with them, being complete then.

    last: the path of the file at hand, for the progress.
    """

    last: str
    names: Sequence[bytes]
    vectors: Future[Vectors] | None
    reads: Sequence[_Read]


@dataclass(slots=True)
class _Tally:
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    chunks: int = 0
    embedded: int = 0


class Indexing:
    """Brings the catalog in step with files and folders. The caller holds the library's lock."""

    def __init__(
        self,
        writer: Writer,
        embedder: Callable[[], Embedder],
        settings: Settings,
        progress: OnProgress,
        cancel: threading.Event,
    ) -> None:
        """embedder is called when the first text has to be embedded, so that an unchanged folder costs no model."""
        self._writer = writer
        self._embedder = embedder
        self._settings = settings
        self._progress = progress
        self._cancel = cancel
        self._tally = _Tally()
        self._waiting: list[_Read] = []
        self._flying: deque[_Flight] = deque()
        self._done = self._total = 0

    def run(self, roots: Sequence[Path], *, by_name: bool) -> IndexReport:
        """Look at files and folders, keep what is new or changed, and take out what is gone.

        by_name: the user named these, so what was removed by hand before is taken in again if named itself.
        """
        cancelled = False
        self._sources = self._writer.stored_sources()
        self._left = bool(self._writer.meta("interrupted"))  # by an add before this one, that was stopped or killed
        known = self._writer.failures(self._reader())
        self._failures = {path: found for path, found in known.items() if not by_name or Path(path) not in roots}
        self._suffixed = {(source.size, _suffix(path)) for path, source in self._sources.items()}
        try:
            # Texts are embedded while the next files are read and cut, and those before are written.
            with Reader(self._settings.reading) as reader, ThreadPoolExecutor(1) as self._beside:
                found = self._find(roots, by_name)
                self._total = len(found)
                try:
                    for path, root in found.items():
                        self._check_cancel()
                        self._look_at(reader, path, root)
                    self._embed()
                    while self._flying:
                        self._check_cancel()
                        self._keep()
                except Cancelled:
                    self._land()
                    raise
                except BaseException:
                    self._beside.shutdown(wait=False, cancel_futures=True)
                    raise
            self._sweep(finished=True)
        except Cancelled:
            cancelled = True
            self._sweep(finished=False)
        return self._report(cancelled)

    # What there is

    def _find(self, roots: Sequence[Path], by_name: bool) -> dict[str, str]:
        """Every file to look at, with the root it came from; takes out what is gone."""
        found: dict[str, str] = {}
        with self._writer.transaction():
            if by_name:
                for root in roots:
                    self._writer.add_root(str(root), is_folder=root.is_dir())
            excluded = self._writer.excluded()
        named = {path for path, is_folder in self._writer.roots().items() if not is_folder}
        for root in roots:
            if os.path.isdir(root):  # noqa: PTH112, Path.is_dir raises where there is no permission to look
                self._walk(root, found, excluded, named)
            elif _is_gone(root):
                self._vanished(root)
            else:
                if os.path.isfile(root):  # noqa: PTH113, a file has nothing below it; what may not be looked at may
                    self._remove([path for path in self._sources if path != str(root) and inside(path, root)])
                found.setdefault(str(root), str(root))
        return found

    def _walk(self, root: Path, found: dict[str, str], excluded: set[str], named: set[str]) -> None:
        unread: list[str] = []

        def report(path: Path, reason: str) -> None:
            unread.append(str(path))
            self._tally.failed.append(Failure(str(path), reason))

        here: set[str] = set()
        for path in walk(root, report):
            name = str(path)
            here.add(name)
            if not is_excluded(name, excluded, str(root)):
                found.setdefault(name, str(root))
        below = [path for path in self._sources if inside(path, root)]
        inner = [  # folders inside this one that were added by themselves, though this walk may pass them over
            folder
            for folder, is_folder in self._writer.roots().items()
            if is_folder and folder != str(root) and inside(folder, root) and os.path.isdir(folder)  # noqa: PTH112
        ]
        if not here and below:
            self._tally.notices.append(
                f"{root} is empty or cannot be read; its {len(below)} documents are kept. "
                f"If they are gone for good: quoth remove {root}"
            )
            return
        gone = [
            path
            for path in below
            if path not in here
            and not any(inside(path, folder) for folder in (*unread, *inner))
            and not (path in named and os.path.isfile(path))  # noqa: PTH113
        ]
        self._remove(gone)

    def _vanished(self, root: Path) -> None:
        """A root that is no longer there: a file is gone if its folder is there, a folder may be an unmounted drive."""
        below = [path for path in self._sources if inside(path, root)]
        if not below:
            return
        if below == [str(root)] and _holds_files(root.parent):
            self._remove(below)
        else:
            self._tally.notices.append(
                f"{root} is not there; its {len(below)} documents are kept. If it is gone for good: quoth remove {root}"
            )

    def _remove(self, paths: list[str]) -> None:
        with self._writer.transaction():
            self._writer.remove_sources(paths)
        for path in paths:
            del self._sources[path]
        self._tally.removed += paths

    # One file

    def _look_at(self, reader: Reader, path: str, root: str) -> None:
        try:
            stamp = Stamp.of(Path(path))
        except OSError as error:
            return self._fail(path, root, Stamp(0, 0), f"it cannot be read: {error.strerror}")
        stored = self._sources.get(path)
        if stored and Stamp(stored.size, stored.mtime_ns) == stamp:
            self._tally.unchanged.append(path)
            return self._step(path)
        if path in self._failures and self._failures[path][0] == stamp:
            self._tally.failed.append(Failure(path, self._failures[path][1]))
            return self._step(path)
        if self._is_known(path, root, stamp):
            return self._step(path)
        self._progress(Progress("reading", self._done, self._total, path, self._tally.chunks))
        try:
            document = reader.read(Path(path), (stamp.size, stamp.mtime_ns))
        except ReadError as error:
            return self._fail(path, root, stamp, str(error), lasting=error.lasting)
        self._cut(path, root, stamp, document)
        return None

    def _is_known(self, path: str, root: str, stamp: Stamp) -> bool:
        """Whether a file has a content that the library has: moved, copied, or only touched."""
        if (stamp.size, _suffix(path)) not in self._suffixed or stamp.size > self._settings.reading.max_bytes:
            return False
        try:
            data = read_bytes(Path(path), self._settings.reading.max_bytes, (stamp.size, stamp.mtime_ns))
        except ReadError:
            return False  # reading it as a document says why
        number = self._writer.find_document(hashlib.sha256(data).hexdigest(), _suffix(path))
        if number is None:
            return False
        stored = self._sources.get(path)
        with self._writer.transaction():
            self._writer.set_source(path, number, root, stamp)
        if stored is None:
            self._tally.added.append(path)
        else:
            (self._tally.unchanged if stored.document == number else self._tally.updated).append(path)
        return True

    def _cut(self, path: str, root: str, stamp: Stamp, document: Document) -> None:
        chunks = chunk(document, self._embedder(), self._tokens())
        hashes = [text_hash(piece.text) for piece in chunks]
        self._waiting.append(_Read(path, root, stamp, document, chunks, hashes))
        self._tally.notices += [f"{path}: {notice}" for notice in document.notices]
        if self._settings.embedding.model == PACKAGED and looks_foreign(document):
            self._tally.notices.append(
                f"{path}: it does not look like English, which is what the default embedding model reads; "
                "the setting embedding.model takes another"
            )
        if sum(len(read.chunks) for read in self._waiting) >= FLUSH:
            self._embed()

    def _fail(self, path: str, root: str, stamp: Stamp, reason: str, *, lasting: bool = False) -> None:
        kept = "; the version that was read before is kept" if path in self._sources else ""
        failure = Failure(path, f"{reason}{kept}")
        with self._writer.transaction():
            self._writer.add_failure(failure, root, stamp, self._reader() if lasting else "")
        self._tally.failed.append(failure)
        self._step(path)

    # Keeping

    def _embed(self) -> None:
        """Begin to embed what waits; of what was begun before, keep all but the last."""
        if not self._waiting:
            return
        texts = {
            name: piece.text for read in self._waiting for name, piece in zip(read.hashes, read.chunks, strict=True)
        }
        known = {*self._writer.known_vectors(list(texts)), *(name for flight in self._flying for name in flight.names)}
        missing = [name for name in texts if name not in known]
        self._writer.need(sum(map(len, texts.values())))
        reads, self._waiting = self._waiting, []
        groups = [missing[first : first + GROUP] for first in range(0, len(missing), GROUP)] or [[]]
        for number, group in enumerate(groups, start=1):
            self._check_cancel()
            given = [texts[name] for name in group]
            vectors = self._beside.submit(self._embedder().embed_documents, given) if given else None
            self._flying.append(_Flight(reads[-1].path, group, vectors, reads if number == len(groups) else []))
            while len(self._flying) > 1:
                self._keep()

    def _keep(self) -> None:
        """Commit what was embedded first: vectors, and the files that are complete with them."""
        flight = self._flying.popleft()
        vectors = flight.vectors.result() if flight.vectors else None
        with self._writer.transaction():
            if vectors is not None:
                self._writer.add_vectors(flight.names, vectors)
                self._writer.set_meta(interrupted="yes")  # until it has ended, no chunk may have them
            for read in flight.reads:
                suffix = _suffix(read.path)
                number = self._writer.find_document(read.document.sha256, suffix)
                if number is None:
                    number = self._writer.add_document(read.document, suffix, read.chunks, read.hashes)
                self._writer.set_source(read.path, number, read.root, read.stamp)
        self._tally.embedded += len(flight.names)
        for read in flight.reads:
            (self._tally.updated if read.path in self._sources else self._tally.added).append(read.path)
            self._tally.chunks += len(read.chunks)
            self._suffixed.add((read.stamp.size, _suffix(read.path)))
            self._step(read.path)
        if not flight.reads:
            self._progress(Progress("reading", self._done, self._total, flight.last, self._tally.embedded))

    def _land(self) -> None:
        """After a cancel: keep what is being embedded or is embedded already, and let go of the rest."""
        while self._flying and not (self._flying[0].vectors and self._flying[0].vectors.cancel()):
            self._keep()
        self._flying.clear()

    def _sweep(self, *, finished: bool) -> None:
        with self._writer.transaction():
            self._writer.sweep()
            if finished and self._left:
                self._writer.drop_orphans()
            self._writer.set_meta(interrupted="" if finished else "yes")

    def _reader(self) -> str:
        """What reads files here: a failure that lasts is only known of the same versions with the same limits."""
        return f"{__version__} {self._settings.reading.model_dump_json()} {plugins.versions()}".rstrip()

    def _tokens(self) -> int:
        """The size of chunks that the library was made with."""
        return int(self._writer.meta("tokens") or self._settings.chunking.tokens)

    def _step(self, path: str) -> None:
        self._done += 1
        self._progress(Progress("reading", self._done, self._total, path, self._tally.chunks))

    def _check_cancel(self) -> None:
        if self._cancel.is_set():
            raise Cancelled

    def _report(self, cancelled: bool) -> IndexReport:
        tally = self._tally
        return IndexReport(
            added=tuple(tally.added),
            updated=tuple(tally.updated),
            unchanged=tuple(tally.unchanged),
            removed=tuple(tally.removed),
            failed=tuple(tally.failed),
            chunks=tally.chunks,
            embedded=tally.embedded,
            notices=tuple(tally.notices),
            cancelled=cancelled,
        )


def _suffix(path: str) -> str:
    """The suffix of a name, which need not be text, as text."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
    return os.fsencode(suffix).decode("utf-8", "backslashreplace")


def _is_gone(path: Path) -> bool:
    """Whether there is nothing at a path; what cannot be looked at may still be there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _holds_files(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def is_excluded(path: str, excluded: Iterable[str], root: str) -> bool:
    """Whether a path was removed by hand, or lies in a folder that was; a root added by name since counts no less."""
    return any(inside(path, name) and not inside(root, name) for name in excluded)
