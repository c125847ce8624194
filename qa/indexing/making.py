"""What makes a file into chunks and vectors, and the engine that does it in this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.catalog.checking import text_hash
from qa.catalog.writing import Writer
from qa.chunking import Tokenizer, chunk
from qa.embedding import Embedder
from qa.errors import ReadError
from qa.indexing.work import Cancelled, Cut, File, Lot, Unread
from qa.reading import Reader
from qa.settings import ReadingSettings

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

GROUP = 256
"""Chunks that are embedded and kept together; what is finished of a large file survives an interruption."""

FLUSH = 64
"""Chunks of finished files that are committed together: small files must not each wait for the disk."""


def read_and_cut(reader: Reader, file: File, tokenizer: Callable[[], Tokenizer], tokens: int) -> Cut | Unread:
    """A file as chunks of at most so many tokens. tokenizer: called when there is a text to cut."""
    try:
        document = reader.read(Path(file.path), (file.stamp.size, file.stamp.mtime_ns))
    except ReadError as error:
        return Unread(file, str(error), error.lasting)
    chunks = chunk(document, tokenizer(), tokens)
    return Cut(file, document, chunks, [text_hash(piece.text) for piece in chunks])


def texts_of(cuts: Sequence[Cut]) -> dict[bytes, str]:
    """The texts of the chunks of files, by their hashes."""
    return {name: piece.text for cut in cuts for name, piece in zip(cut.hashes, cut.chunks, strict=True)}


@dataclass(frozen=True, slots=True)
class _Flight:
    """A lot whose texts are being embedded."""

    last: str
    names: Sequence[bytes]
    vectors: Future[Vectors] | None
    cuts: Sequence[Cut]

    def landed(self) -> Lot:
        """The lot, when they are."""
        return Lot(self.last, self.names, self.vectors.result() if self.vectors else None, self.cuts)


class Local:
    """Reads, cuts and embeds in this process: texts are embedded in a thread while the next files are read and cut."""

    def __init__(
        self,
        writer: Writer,
        embedder: Callable[[], Embedder],
        settings: ReadingSettings,
        tokens: int,
        cancel: threading.Event,
    ) -> None:
        """embedder: called when there is a text. tokens: the most of a chunk. cancel: looked at between groups."""
        self._writer = writer
        self._embedder = embedder
        self._settings = settings
        self._tokens = tokens
        self._cancel = cancel
        self._waiting: list[Cut] = []
        self._flying: deque[_Flight] = deque()

    def make(self, files: Iterator[File]) -> Generator[Unread | Lot, None, None]:
        """As Maker says."""
        with Reader(self._settings) as reader, ThreadPoolExecutor(1) as self._beside:
            try:
                for file in files:
                    made = read_and_cut(reader, file, self._embedder, self._tokens)
                    if isinstance(made, Unread):
                        yield made
                        continue
                    self._waiting.append(made)
                    if sum(len(cut.chunks) for cut in self._waiting) >= FLUSH:
                        yield from self._embed()
                yield from self._embed()
                while self._flying:
                    self._check_cancel()
                    yield self._flying.popleft().landed()
            except Cancelled:
                yield from self._land()
                raise
            except BaseException:  # also of whoever keeps what is made here
                self._beside.shutdown(wait=False, cancel_futures=True)
                raise

    def _embed(self) -> Iterator[Lot]:
        """Begin to embed what waits; of what was begun before, give all but the last."""
        if not self._waiting:
            return
        texts = texts_of(self._waiting)
        known = {*self._writer.known_vectors(list(texts)), *(name for flight in self._flying for name in flight.names)}
        missing = [name for name in texts if name not in known]
        self._writer.need(sum(map(len, texts.values())))
        cuts, self._waiting = self._waiting, []
        groups = [missing[first : first + GROUP] for first in range(0, len(missing), GROUP)] or [[]]
        for number, group in enumerate(groups, start=1):
            self._check_cancel()
            given = [texts[name] for name in group]
            vectors = self._beside.submit(self._embedder().embed_documents, given) if given else None
            self._flying.append(_Flight(cuts[-1].file.path, group, vectors, cuts if number == len(groups) else []))
            while len(self._flying) > 1:
                yield self._flying.popleft().landed()

    def _land(self) -> Iterator[Lot]:
        """After a cancel: what is being embedded or is embedded already; let go of the rest."""
        while self._flying and not (self._flying[0].vectors and self._flying[0].vectors.cancel()):
            yield self._flying.popleft().landed()
        self._flying.clear()

    def _check_cancel(self) -> None:
        if self._cancel.is_set():
            raise Cancelled
