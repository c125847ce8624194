"""The engine that reads, cuts and embeds on a Ray cluster; what comes back is kept by the library's one writer."""

from __future__ import annotations

import pickle
import queue
import threading
from collections.abc import Generator, Iterator
from types import ModuleType
from typing import Any

from qa import __version__
from qa.catalog.writing import Writer
from qa.errors import ClusterError, QuothError
from qa.indexing import cluster
from qa.indexing.work import Cancelled, File, Lot, Unread
from qa.indexing.worker import Done, Task, Worker
from qa.settings import Settings
from qa.types import OnProgress, Progress

FILES, BYTES = 16, 100_000
"""Of the files that a worker gets at once, at most, unless one file alone is larger. Handing over and committing takes
about as long as embedding one chunk, and a lot of this size has some 16 to 120."""

PATIENCE = 3 * 3600
"""Seconds without a result after which the add gives up. The largest file that is read takes a core half an hour.
Until then Ray tries the lots of a lost worker again: a number of tries is used up before a lost node counts as lost.
"""

POLL = 0.1
"""Seconds between two looks at whether the work was cancelled."""

LEAVE = 2.0
"""Seconds that the thread that waits for Ray has to let go of the workers, when the next result comes."""


class Spread:
    """Spreads files over the workers of a Ray cluster, one to each of its cores."""

    def __init__(
        self, writer: Writer, settings: Settings, tokens: int, progress: OnProgress, cancel: threading.Event
    ) -> None:
        """tokens: the most of a chunk. progress: told of connecting. cancel: set it to stop."""
        self._writer = writer
        self._settings = settings
        self._tokens = tokens
        self._progress = progress
        self._cancel = cancel

    def make(self, files: Iterator[File]) -> Generator[Unread | Lot, None, None]:
        """As Maker says, in the order in which the workers finish. Raises ClusterError, and what a worker raises."""
        tasks = list(self._tasks(files))
        if not tasks:
            return
        with cluster.session(lambda line: self._progress(Progress("waiting", 0, 0, line))) as ray:
            results = _Results(self._dataset(ray, tasks))
            try:
                for answer in results.until(self._cancel):
                    yield from self._made(answer)
            finally:
                results.stop()

    def _tasks(self, files: Iterator[File]) -> Iterator[bytes]:
        """Files in lots, each with the hashes of what the library has of their earlier versions."""
        lot: list[File] = []
        for file in files:
            if lot and (len(lot) == FILES or sum(one.stamp.size for one in lot) + file.stamp.size > BYTES):
                yield self._task(lot)
                lot = []
            lot.append(file)
        if lot:
            yield self._task(lot)

    def _task(self, files: list[File]) -> bytes:
        return pickle.dumps(Task(files, {name for file in files for name in self._writer.hashes_of(file.path)}))

    def _dataset(self, ray: ModuleType, tasks: list[bytes]) -> Any:
        """Ray's description of the work; it begins when somebody asks for results."""
        from ray import data

        given = data.from_items([{"work": task} for task in tasks], override_num_blocks=len(tasks))
        given.context.enable_progress_bars = given.context.print_on_execution_start = False
        given.context.execution_no_progress_timeout_s = PATIENCE
        cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
        return given.map_batches(
            Worker,
            fn_constructor_kwargs={
                "version": __version__,
                "fingerprint": self._writer.meta("fingerprint"),
                "reading": self._settings.reading.model_dump_json(),
                "embedding": self._settings.embedding.model_dump_json(),
                "tokens": self._tokens,
            },
            batch_size=None,
            batch_format="pyarrow",
            # A pool of a fixed size waits for the workers of a lost node to come back; this one goes on without.
            compute=data.ActorPoolStrategy(min_size=1, max_size=cores),
            num_cpus=1,
        )

    def _made(self, answer: Done | QuothError) -> Iterator[Unread | Lot]:
        if isinstance(answer, QuothError):
            raise answer
        yield from answer.unread
        if not answer.cuts:
            return
        self._writer.need(sum(len(piece.text) for cut in answer.cuts for piece in cut.chunks))
        known = self._writer.known_vectors(list(answer.names))  # from another worker, for a text that stands twice
        new = [place for place, name in enumerate(answer.names) if name not in known]
        vectors = answer.vectors[new] if new and answer.vectors is not None else None
        yield Lot(answer.cuts[-1].file.path, [answer.names[place] for place in new], vectors, answer.cuts)


class _Results:
    """What the workers return, pulled by a thread: waiting for Ray cannot be interrupted."""

    def __init__(self, dataset: Any) -> None:
        self._waiting: queue.Queue[Done | QuothError | None] = queue.Queue(maxsize=2)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._pull, args=(dataset,), daemon=True)
        self._thread.start()

    def until(self, cancel: threading.Event) -> Iterator[Done | QuothError]:
        """The results; after a cancel those that are here, and then Cancelled is raised."""
        while True:
            try:
                if cancel.is_set():
                    self._stopped.set()
                result = self._waiting.get(timeout=0 if cancel.is_set() else POLL)
            except queue.Empty:
                if self._stopped.is_set():
                    raise Cancelled from None
                continue
            if result is None:
                return
            yield result

    def stop(self) -> None:
        """Take no more results. The workers go now, with the session, or when the lot at hand is finished."""
        self._stopped.set()
        self._thread.join(LEAVE)

    def _pull(self, dataset: Any) -> None:
        try:
            tables = iter(dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0))
            for table in tables:
                for result in table["work"].to_pylist():
                    if not self._put(pickle.loads(result)):  # noqa: S301 (from workers that run our own code)
                        tables.close()  # which lets go of the workers
                        return
            self._put(None)
        except Exception as error:
            self._put(ClusterError(f"Ray gave up: {cluster.in_short(error)}. What was finished is kept"))

    def _put(self, result: Done | QuothError | None) -> bool:
        """Hand over a result when there is room; False if nobody wants it any more."""
        while not self._stopped.is_set():
            try:
                self._waiting.put(result, timeout=POLL)
            except queue.Full:
                continue
            return True
        return False
