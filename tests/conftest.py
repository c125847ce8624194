"""What every test gets without asking: a home of its own, no variables of the host's, and no compiling of the model."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from . import figures
from .terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"

FOREIGN = (
    *("QUOTH_", "_QUOTH_", "LANGSMITH_", "LANGCHAIN_", "HF_", "TRANSFORMERS_", "CHROMA_", "OTEL_", "XDG_", "_TYPER_"),
    *("NO_COLOR", "FORCE_COLOR", "TTY_", "COLUMNS", "LINES", "RAY_ADDRESS"),
)
"""Beginnings of variables that would change what is tested."""

NO_SKIPS = os.environ.get("QUOTH_NO_SKIPS") == "1"


@contextmanager
def own_home(home: Path, models: Path) -> Iterator[None]:
    """HOME and the XDG folders lie below `home`, with the compiled models of `models` in the cache."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(FOREIGN):
            del os.environ[name]
    os.environ["HOME"] = str(home)
    for name in ("config", "data", "cache", "state"):
        os.environ[f"XDG_{name.upper()}_HOME"] = str(home / name)
    cache = home / "cache" / "quoth"
    cache.mkdir(parents=True)
    (cache / "models").symlink_to(models, target_is_directory=True)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def models(request: pytest.FixtureRequest) -> Path:
    """The folder of compiled models. It outlives the run, for as long as the program that compiles is the same."""
    recipe = hashlib.sha256((ROOT / "qa/embedding/compiling.py").read_bytes()).hexdigest()[:12]
    cache = request.config.cache
    assert cache is not None
    return cache.mkdir(f"models-{recipe}")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Path]:
    """The test's own home folder; whatever the test does to the environment ends with it."""
    folder = tmp_path_factory.mktemp("home")
    with own_home(folder, models):
        yield folder


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """The folder of a library that holds the sample corpus, for every test to read and none to change."""
    from qa import Library

    folder = tmp_path_factory.mktemp("sample")
    with own_home(folder / "home", models), Library(folder / "library") as library:
        report = library.add([CORPUS])
    assert not report.failed
    return folder / "library"


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """The folder of a library of the test's own that holds the sample corpus."""
    return Path(shutil.copytree(sample_library, tmp_path / "library"))


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the quoth command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed, which is one JSON object with the schema's version."""
        printed = json.loads(self.out)
        assert printed["schema"] == 1
        return printed


Quoth = Callable[..., Ran]


@pytest.fixture
def quoth(capsys: pytest.CaptureFixture[str]) -> Quoth:
    """The quoth command, run in this process: `quoth("ask", "who?").code`."""
    from qa.cli import main

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def quoth_process() -> Quoth:
    """The quoth command as a process of its own, with no standard input; options are those of subprocess.run."""

    def run(*arguments: str | bytes, **options: Any) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "qa", *arguments],
            **{"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": 120, **options},
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of 80 by 24 in the test's folder, or of the size (columns, rows) that it is parametrized with."""
    opened = Terminal(tmp_path, *getattr(request, "param", ()))
    yield opened
    opened.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a skipped test as failed under QUOTH_NO_SKIPS=1, as `make test-all` sets it."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that is skipped as a whole."""
    report = yield
    if NO_SKIPS and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped: {_reason(report.longrepr)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured (see `figures`)."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    found = [*figures.lines(report for report in reports if report.when == "call")]
    if found:
        terminalreporter.section("figures")
        for line in found:
            terminalreporter.write_line(line)


def _reason(longrepr: object) -> str:
    return str(longrepr[2] if isinstance(longrepr, tuple) else longrepr)
