"""What every test gets without asking: a home of its own, no variables of the host's, and no compiling of the model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"

FOREIGN = (
    "QUOTH_",
    "LANGSMITH_",
    "LANGCHAIN_",
    "HF_",
    "TRANSFORMERS_",
    "CHROMA_",
    "OTEL_",
    "XDG_",
    "_QUOTH_",
    "_TYPER_",
)
"""Beginnings of variables that would change what is tested; QUOTH_NO_SKIPS is for this file, and may go as well."""

NO_SKIPS = os.environ.get("QUOTH_NO_SKIPS") == "1"


def set_home(patch: pytest.MonkeyPatch, home: Path, models: Path) -> None:
    """Let HOME and the XDG folders lie below `home`, with the compiled models of `models` in the cache."""
    for name in list(os.environ):
        if name.startswith(FOREIGN):
            patch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES"):
        patch.delenv(name, raising=False)
    patch.setenv("HOME", str(home))
    for name in ("config", "data", "cache", "state"):
        patch.setenv(f"XDG_{name.upper()}_HOME", str(home / name))
    cache = home / "cache" / "quoth"
    cache.mkdir(parents=True)
    (cache / "models").symlink_to(models, target_is_directory=True)


@pytest.fixture(scope="session")
def models(request: pytest.FixtureRequest) -> Path:
    """The folder of compiled models. It outlives the run, for as long as the program that compiles is the same."""
    recipe = hashlib.sha256((ROOT / "qa/embedding/compiling.py").read_bytes()).hexdigest()[:12]
    cache = request.config.cache
    assert cache is not None
    return cache.mkdir(f"models-{recipe}")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, models: Path) -> Path:
    """The test's own home folder."""
    folder = tmp_path_factory.mktemp("home")
    set_home(monkeypatch, folder, models)
    return folder


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """The folder of a library that holds the sample corpus, for every test to read and none to change."""
    from qa import Library

    folder = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as patch:
        set_home(patch, folder / "home", models)
        with Library(folder / "library") as library:
            report = library.add([CORPUS])
    assert not report.failed
    return folder / "library"


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


def _reason(longrepr: object) -> str:
    return str(longrepr[2] if isinstance(longrepr, tuple) else longrepr)
