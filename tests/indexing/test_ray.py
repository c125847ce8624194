"""Adding on real Ray: a cluster of three nodes of which one is killed, and the quoth command with a Ray of its own."""

from __future__ import annotations

import gc
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import Library
from qa.catalog import Catalog
from qa.types import Progress

from ..conftest import CORPUS, Ran, own_home
from ..faults.works import dump

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    # Ray waits for none of the processes that it starts and ends.
    pytest.mark.filterwarnings(r"ignore:subprocess \d+ is still running:ResourceWarning"),
    # Ray copies settings of its own that it calls deprecated.
    pytest.mark.filterwarnings(r"ignore:`[\w.]+` is deprecated:DeprecationWarning"),
]

RecordProperty = Callable[[str, object], None]

ON_LOOPBACK = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # else Ray takes another address for that of a node on loopback
    "RAY_USAGE_STATS_ENABLED": "0",
}
NOTES = 240


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """The sample corpus, made-up notes, and two files that cannot be read."""
    folder = tmp_path / "notes"
    shutil.copytree(CORPUS, folder / "corpus")
    chance = random.Random(7)  # noqa: S311
    things = ["bridge", "mill", "lamp", "harbour", "ferry", "tower", "bakery", "market", "well", "orchard", "forge"]
    for number in range(NOTES):
        lines = [
            f"The {chance.choice(things)} of village {number} was built in {chance.randrange(1500, 1900)} "
            f"and stood beside the {chance.choice(things)} until year {chance.randrange(1900, 2000)}.\n"
            for _ in range(chance.randrange(8, 24))
        ]
        (folder / f"note-{number:03}.txt").write_text("".join(lines))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\ngarbage")
    (folder / "empty.txt").write_text("")
    return folder


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Any]:
    """A cluster of three nodes of one core each, on loopback."""
    with pytest.MonkeyPatch.context() as patch, own_home(tmp_path_factory.mktemp("nodes"), models):
        for name, value in ON_LOOPBACK.items():
            patch.setenv(name, value)
        folder = tempfile.mkdtemp(prefix="ray-")  # short: sockets lie below it
        patch.setenv("RAY_TMPDIR", folder)
        import ray
        from ray.cluster_utils import Cluster

        node = {"num_cpus": 1, "object_store_memory": 200 * 2**20, "node_ip_address": "127.0.0.1"}
        started = Cluster(shutdown_at_exit=False)
        try:
            started.add_node(**node, include_dashboard=False)  # the head
            for _ in range(2):
                started.add_node(**node)
            yield started
        finally:
            ray.shutdown()
            started.shutdown()
            shutil.rmtree(folder, ignore_errors=True)
            with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # Ray leaves its own unwaited for
                del started
                gc.collect()


def test_the_result_is_a_local_adds_though_a_node_is_killed_midway(
    cluster: Any, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: RecordProperty
) -> None:
    with Library(tmp_path / "local") as library:
        wanted = library.add([notes])
    assert {Path(failure.source).name for failure in wanted.failed} == {"broken.pdf", "empty.txt"}
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    victim = next(iter(cluster.worker_nodes))
    raylet = victim.all_processes["raylet"][0].process.pid
    killed_at: list[int] = []

    def kill(progress: Progress) -> None:
        if not killed_at and progress.done > NOTES // 5 and workers_of(raylet):
            killed_at.append(progress.done)
            cluster.remove_node(victim, allow_graceful=False)

    with Library(tmp_path / "spread") as library:
        report = library.add([notes], engine="ray", progress=kill)
    assert killed_at
    assert killed_at[0] < NOTES
    assert sorted(report.added) == sorted(wanted.added)
    assert sorted(report.failed, key=str) == sorted(wanted.failed, key=str)
    assert (report.chunks, report.embedded) == (wanted.chunks, wanted.embedded)
    assert sorted(report.notices) == sorted(wanted.notices)
    local, spread = (dump(str(tmp_path / name)) for name in ("local", "spread"))
    assert spread == local  # the vectors too, to the last bit
    record_property("kills survived", 1)
    record_property("documents lost", 0)
    # What is unchanged needs no cluster, and what is left there is not busy.
    with Library(tmp_path / "spread") as library:
        monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
        again = library.add([notes / "corpus"], engine="ray")
    assert again.unchanged
    assert not again.added
    left = [node.all_processes["raylet"][0].process.pid for node in cluster.list_all_nodes()]
    assert until(lambda: not any(workers_of(pid) for pid in left))


def test_the_command_on_a_ray_of_its_own(notes: Path, tmp_path: Path, home: Path) -> None:
    """In a folder with modules that would be taken for others, which a worker must not load."""
    trap = tmp_path / "trap"
    trap.mkdir()
    for name in ("qa", "pypdf", "tokenizers", "pickle"):
        (trap / f"{name}.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\nraise SystemExit(3)\n")
    before = set(Path(tempfile.gettempdir()).iterdir())
    command = ["add", str(notes / "corpus"), "--engine", "ray"]
    added = finished(start(command, home, cwd=trap, RAY_ADDRESS="local"))  # Ray's own word for what it is without
    assert (added.code, added.err) == (0, "starting Ray on this machine\n")
    assert re.match(r"\d+ added  \(\d+ chunks", added.out)
    assert not (tmp_path / "sprung").exists()
    assert not (home / ".ray").exists()
    left = [path for path in set(Path(tempfile.gettempdir()).iterdir()) - before if path.name.startswith("quoth-ray-")]
    assert left == []
    with Library() as library:
        assert library.ask("When did Donald Trump and Kim Jong Un first meet?").status == "answered"


def test_an_interrupt_keeps_what_was_finished(notes: Path, home: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    process = start(["add", str(notes), "--engine", "ray", "--library", str(library)], home)
    assert until(lambda: kept(library) > 20, 120)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    interrupted = finished(process)
    started, line = interrupted.err.splitlines()
    assert (interrupted.code, started) == (130, "starting Ray on this machine")
    assert line.startswith("Interrupted. What was finished is kept")
    assert 20 < kept(library) < NOTES
    assert until(lambda: not members(process.pid))
    with Library(library) as opened:
        opened.add([notes])
    with Library(tmp_path / "local") as opened:
        opened.add([notes])
    assert dump(str(library)) == dump(str(tmp_path / "local"))


def test_a_cluster_that_is_not_there(notes: Path, home: Path) -> None:
    ran = finished(start(["add", str(notes), "--engine", "ray"], home, RAY_ADDRESS="127.0.0.1:1"))
    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith("quoth: the Ray cluster at 127.0.0.1:1 cannot be reached")


def start(arguments: list[str], home: Path, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
    """The quoth command as the leader of a group of its own, as a shell starts it."""
    root = Path(__file__).resolve().parent.parent.parent
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "qa", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd or home,
        env={**os.environ, "PYTHONPATH": str(root), **variables},
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> Ran:
    """How it ended, with what it printed."""
    with process:
        out, err = process.communicate(timeout=200)
    # Ray's own library writes this line past Python, about how Ray Data makes its actors; nothing else is let pass.
    return Ran(
        process.returncode,
        out,
        re.sub(r"^\[.* E .*\] core_worker\.cc:\d+: Actor with class name.*\n", "", err, flags=re.M),
    )


def kept(library: Path) -> int:
    """How many documents a library holds, that may just be made."""
    if not (library / "catalog.sqlite").exists():
        return 0
    catalog = Catalog(library)
    try:
        return int(catalog.value("SELECT count(*) FROM sources"))
    finally:
        catalog.close()


def workers_of(raylet: int) -> list[int]:
    """The processes of a Ray node in which a worker of Quoth's is."""
    return [pid for pid, (parent, _, line) in processes().items() if parent == raylet and "Worker" in line]


def members(group: int) -> list[int]:
    """The processes of a group, or of its session, that still run."""
    return [pid for pid, (_, session, _) in processes().items() if session == group]


def processes() -> dict[int, tuple[int, int, str]]:
    """Every process that runs: its parent, its session and its command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended
        if status[0] != "Z":
            found[int(folder.name)] = int(status[1]), int(status[3]), line
    return found


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True
