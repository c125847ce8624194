"""What a worker of a Ray cluster does: reads, cuts and embeds lots of files, in a process that holds the model."""

from __future__ import annotations

import os
import pickle
import platform
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa import __version__
from qa.embedding import Embedder
from qa.errors import ClusterError, LibraryMismatch, QuothError
from qa.indexing.making import read_and_cut, texts_of
from qa.indexing.work import Cut, File, Unread
from qa.reading import Reader
from qa.settings import EmbeddingSettings, ReadingSettings

if TYPE_CHECKING:
    import pyarrow as pa

    from qa.embedding.session import Vectors


@dataclass(frozen=True, slots=True)
class Task:
    """Files to read together. known: hashes of texts whose vectors the library has."""

    files: Sequence[File]
    known: Collection[bytes]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task's files, with the vectors of the texts that were not known, by their hashes."""

    unread: Sequence[Unread]
    cuts: Sequence[Cut]
    names: Sequence[bytes]
    vectors: Vectors | None


class Worker:
    """Ray Data makes one in each of its actors, and hands it tables of one column: pickled tasks, or what they came to.

    An error that is Quoth's own is an answer too: Ray would wrap it, print its traceback and try again.
    """

    def __init__(self, version: str, fingerprint: str, reading: str, embedding: str, tokens: int) -> None:
        """version, fingerprint: of the Quoth and the model that it works for. reading, embedding: settings as JSON.

        tokens: most of a chunk.
        """
        self._wanted = version, fingerprint
        self._settings = reading, embedding
        self._tokens = tokens
        self._opened: tuple[Reader, Embedder] | None = None

    def __call__(self, table: pa.Table) -> pa.Table:
        """The answers to a table of tasks."""
        import pyarrow as pa

        answers = [pickle.dumps(self._answer(given)) for given in table["work"].to_pylist()]
        return pa.table({"work": pa.array(answers, pa.large_binary())})

    def close(self) -> None:
        """End the process that parses; it ends with this one too."""
        if self._opened:
            self._opened[0].close()

    def _answer(self, given: bytes) -> Done | QuothError:
        try:
            reader, embedder = self._open()
            return self._do(pickle.loads(given), reader, embedder)  # noqa: S301 (from the process that started this)
        except QuothError as error:
            return type(error)(f"{error} (on the node {platform.node()})")

    def _open(self) -> tuple[Reader, Embedder]:
        """What reads and the model; both stay for the tasks to come."""
        if self._opened:
            return self._opened
        version, fingerprint = self._wanted
        if version != __version__:
            raise ClusterError(f"every node needs Quoth {version}, and here is {__version__}")
        reading, embedding = self._settings
        # A worker has one of its node's cores: as many workers as cores embed beside each other.
        settings = EmbeddingSettings.model_validate_json(embedding).model_copy(update={"threads": 1})
        embedder = Embedder(settings)
        if embedder.fingerprint != fingerprint:
            raise LibraryMismatch(
                f"the embedding model {settings.model} has other files here than where the library is: put those here"
            )
        self._opened = Reader(ReadingSettings.model_validate_json(reading)), embedder
        return self._opened

    def _do(self, task: Task, reader: Reader, embedder: Embedder) -> Done:
        unread: list[Unread] = []
        cuts: list[Cut] = []
        for file in task.files:
            made = read_and_cut(reader, file, lambda: embedder, self._tokens)
            if isinstance(made, Cut):
                cuts.append(made)
            else:
                unread.append(made if os.path.lexists(file.path) else _unseen(file))
        texts = texts_of(cuts)
        names = [name for name in texts if name not in task.known]
        vectors = embedder.embed_documents([texts[name] for name in names]) if names else None
        return Done(unread, cuts, names, vectors)


def _unseen(file: File) -> Unread:
    """Why a file that was found where the library is could not be read on this node."""
    reason = f"there is no such file on the node {platform.node()}: every node must see it under the same path"
    return Unread(file, reason, lasting=False)
