"""What a worker of a Ray cluster answers, without a cluster: what an add in one process makes of the same files."""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from qa import Library, __version__
from qa.catalog import Catalog
from qa.catalog.writing import Stamp
from qa.embedding.models import fingerprint, locate
from qa.errors import ClusterError, InputError, LibraryMismatch, ModelError
from qa.indexing.work import File
from qa.indexing.worker import Done, Task, Worker
from qa.settings import Settings

from ..conftest import Quoth
from ..reading.reading_files import pdf

BRIDGE = "# The bridge\n\nThe old bridge over the Weser was built in 1847 by the engineer Clara Voss.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "bridge.md").write_text(BRIDGE)
    (folder / "mill.txt").write_text("The mill stood by the brook until the flood of 1902. " * 30)
    (folder / "lamp.pdf").write_bytes(pdf("The lamp in room 4 was lit at dusk."))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\ngarbage")
    (folder / "empty.txt").write_text("")
    return folder


def worker(**changed: Any) -> Worker:
    settings = Settings()
    given = {
        "version": __version__,
        "fingerprint": fingerprint(locate(settings.embedding.model)),
        "reading": settings.reading.model_dump_json(),
        "embedding": settings.embedding.model_dump_json(),
        "tokens": settings.chunking.tokens,
    }
    return Worker(**{**given, **changed})


def answer(worker: Worker, task: Task) -> Any:
    with closing(worker):
        table = worker(pa.table({"work": [pickle.dumps(task)]}))
    [result] = table["work"].to_pylist()
    return pickle.loads(result)  # noqa: S301


def files(folder: Path) -> list[File]:
    return [File(str(path), str(folder), Stamp.of(path)) for path in sorted(folder.iterdir())]


def test_a_worker_makes_what_a_local_add_keeps(folder: Path, tmp_path: Path) -> None:
    done = answer(worker(), Task(files(folder), set()))
    assert isinstance(done, Done)
    assert done.vectors is not None
    with Library(tmp_path / "library") as library:
        report = library.add([folder])
        assert [(one.file.path, one.reason) for one in done.unread] == [(f.source, f.reason) for f in report.failed]
        assert [library.document(cut.file.path) for cut in done.cuts] == [cut.document for cut in done.cuts]
    catalog = Catalog(tmp_path / "library")
    kept = {path: catalog.rows('SELECT start, "end", text, vector FROM chunks WHERE document = ?', source.document)
            for path, source in catalog.stored_sources().items()}  # fmt: skip
    vectors = dict(catalog.rows("SELECT hash, vector FROM vectors"))
    catalog.close()
    assert kept == {
        cut.file.path: [(c.start, c.end, c.text, name) for c, name in zip(cut.chunks, cut.hashes, strict=True)]
        for cut in done.cuts
    }
    assert vectors == {name: row.tobytes() for name, row in zip(done.names, done.vectors, strict=True)}


def test_what_the_library_knows_is_not_embedded_again(folder: Path) -> None:
    first = answer(worker(), Task(files(folder), set()))
    again = answer(worker(), Task(files(folder), set(first.names[1:])))
    assert again.names == first.names[:1]
    assert (again.vectors == first.vectors[:1]).all()
    assert [cut.hashes for cut in again.cuts] == [cut.hashes for cut in first.cuts]
    assert answer(worker(), Task(files(folder), set(first.names))).vectors is None


def test_a_file_that_the_node_does_not_see_says_so(folder: Path) -> None:
    given = files(folder)
    (folder / "bridge.md").unlink()
    unread = {Path(one.file.path).name: one for one in answer(worker(), Task(given, set())).unread}
    assert "every node must see it under the same path" in unread["bridge.md"].reason
    assert not unread["bridge.md"].lasting  # it is tried again with the next add
    assert unread["broken.pdf"].lasting


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"version": "0.0.9"}, ClusterError, "every node needs Quoth 0.0.9"),
        ({"fingerprint": "another"}, LibraryMismatch, "all-MiniLM-L6-v2 has other files here"),
        ({"embedding": '{"model": "/no/such/model"}'}, ModelError, "no embedding model '/no/such/model'"),
    ],
)
def test_a_node_that_does_not_fit_is_an_answer(
    changed: dict[str, str], error: type[Exception], said: str, folder: Path
) -> None:
    found = answer(worker(**changed), Task(files(folder), set()))
    assert type(found) is error
    assert said in str(found)
    assert f"(on the node {os.uname().nodename})" in str(found)


def test_without_ray_it_is_said_before_anything_is_made(
    quoth: Quoth, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)  # as if it were not installed
    ran = quoth("add", str(folder), "--engine", "ray", "--library", str(tmp_path / "library"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "quoth: the engine ray needs its package: pip install 'quoth[ray]'\n"
    assert not (tmp_path / "library").exists()


def test_an_unknown_engine(quoth: Quoth, folder: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library, pytest.raises(InputError, match="no engine 'spark'"):
        library.add([folder], engine="spark")  # type: ignore[arg-type]
    assert quoth("add", str(folder), "--engine", "spark").code == 2


@pytest.mark.parametrize(
    ("address", "wanted"), [("ray://10.0.0.7:10001", "run Quoth on a node"), ("head.example", "no HOST:PORT")]
)
def test_an_address_that_is_none_of_a_cluster_is_refused(
    address: str, wanted: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", address)
    with Library(tmp_path / "library") as library, pytest.raises(ClusterError, match=wanted):
        library.add([folder], engine="ray")
