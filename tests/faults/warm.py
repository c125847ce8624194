"""A process that has imported everything, and from which processes are forked that die: hundreds of them in a minute.

Run as `python -m tests.faults.warm`. A request is a line of JSON, `Warm` below writes them. What runs in the forks is
Quoth, SQLite and Chroma, each index in a process of its own; only the embedding model is another (see `standin`), and
programs are forked instead of started.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.faults.dying import Moment, arm

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended. code: minus the signal that killed it. result: what its work returned, if it came to that.

    reported: the files that it had said to be finished. seen: how often each step began and ended, if it lived on.
    """

    code: int
    out: str
    err: str
    result: Any
    reported: frozenset[str]
    seen: dict[tuple[str, str], int]


class Warm:
    """The warm process, from the side of a test. Use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        """folder: for what its processes print."""
        self._folder = folder

    def __enter__(self) -> Warm:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.faults.warm", str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "QUOTH_CHUNKING__TOKENS": "32"},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def call(
        self, work: str, *arguments: Any, moment: Moment | None = None, after: float | None = None, files: int = 0
    ) -> Ended:
        """Run a function of `tests.faults.works` in a fork, which the moment kills, or the clock after these seconds.

        files: most descriptors it may have open. Returns when it and every process that it started have ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {
            "work": work,
            "arguments": arguments,
            "moment": asdict(moment) if moment else None,
            "after": after,
            "files": files,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the warm process has ended"
        told = json.loads(line)
        seen = {(name, event): count for name, event, count in told["seen"]}
        return Ended(told["code"], told["out"], told["err"], told["result"], frozenset(told["reported"]), seen)


# The other side


def _serve(folder: Path) -> None:
    import chromadb  # noqa: F401
    import numpy as np  # noqa: F401

    from qa import children
    from qa.parts import Parts
    from tests.faults import works
    from tests.faults.standin import StandIn

    setattr(Parts, "embedder", lambda *_: StandIn())  # noqa: B010 (a method may not be assigned to, says mypy)
    setattr(Parts, "fingerprint", lambda _: StandIn.fingerprint)  # noqa: B010
    setattr(children, "run", _forked)  # noqa: B010
    assert threading.active_count() == 1  # a fork has one thread alone
    for line in sys.stdin:
        request = json.loads(line)
        work: Callable[..., Any] = getattr(works, request["work"])
        print(json.dumps(_run(folder, work, request)), flush=True)


def _run(folder: Path, work: Callable[..., Any], request: dict[str, Any]) -> dict[str, Any]:
    paths = {name: folder / name for name in ("out", "err", "result", "reported", "seen")}
    for path in paths.values():
        path.write_bytes(b"")
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            _become(work, request, paths)
        finally:
            os._exit(70)
    if request["after"] is not None:
        time.sleep(request["after"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    _wait_for_group(child)
    result, seen = paths["result"].read_text(), paths["seen"].read_text()
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": paths["out"].read_text(),
        "err": paths["err"].read_text(),
        "result": json.loads(result) if result else None,
        "reported": paths["reported"].read_text().splitlines(),
        "seen": json.loads(seen) if seen else [],
    }


def _become(work: Callable[..., Any], request: dict[str, Any], paths: dict[str, Path]) -> None:
    """Do the work in the fork, with files for what it prints; never returns."""
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(paths[name], os.O_WRONLY | os.O_TRUNC), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin, sys.stdout = open(os.devnull), os.fdopen(1, "w", closefd=False)  # noqa: PTH123, SIM115
    reported = os.open(paths["reported"], os.O_WRONLY | os.O_APPEND)
    works.report = lambda path: os.write(reported, f"{path}\n".encode())
    result = os.open(paths["result"], os.O_WRONLY)
    seen_file = os.open(paths["seen"], os.O_WRONLY)
    if request["files"]:
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (request["files"], request["files"]))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = 70
    seen = arm(Moment(**request["moment"]) if request["moment"] else None)
    try:
        done = work(*request["arguments"])
        sys.setprofile(None)
        os.write(result, json.dumps(done).encode())
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    except BaseException:
        traceback.print_exc()
    sys.setprofile(None)
    os.write(seen_file, json.dumps([(*step, count) for step, count in seen.items()]).encode())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _forked(module: str, *arguments: str, cancel: threading.Event | None = None) -> Any:
    """As children.run, with a fork for the start of the program."""
    import importlib

    ours, theirs = os.pipe()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            try:
                os.close(theirs)
                for number, descriptor in ((0, ours), (1, out.fileno()), (2, err.fileno())):
                    os.dup2(descriptor, number)
                sys.stdout = os.fdopen(1, "w", closefd=False)
                sys.stderr = os.fdopen(2, "w", closefd=False)
                sys.argv = [module, *arguments]
                importlib.import_module(module).main()
                sys.stdout.flush()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(1)
        os.close(ours)
        ended = status = 0
        try:
            while not ended:
                ended, status = os.waitpid(child, os.WNOHANG)
                if not ended and cancel and cancel.is_set():
                    return None
                time.sleep(0.005)
        finally:
            os.close(theirs)
            if not ended:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        if status and cancel and cancel.is_set():
            return None
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return subprocess.CompletedProcess([module], os.waitstatus_to_exitcode(status), *texts)


def _wait_for_group(group: int) -> None:
    deadline = time.monotonic() + 20
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.killpg(group, 0)
            if time.monotonic() > deadline:
                raise SystemExit("a process outlived the one that had started it")
            time.sleep(0.005)


if __name__ == "__main__":
    from tests.faults import works

    _serve(Path(sys.argv[1]))
