"""One Chroma server for the session, and the sample corpus on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import Library
from qa import settings as settings_module
from tests.conftest import own_home
from tests.remote.servers import Chroma


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A Chroma server with a folder of its own, for every test to use under a collection of its own name."""
    server = Chroma(tmp_path_factory.mktemp("chroma") / "data")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def sample_on_server(
    chroma: Chroma, sample_library: Path, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Path:
    """The folder of the catalog that filled the collection "sample"; for every test to read and none to change."""
    folder = tmp_path_factory.mktemp("filled")
    copy = Path(shutil.copytree(sample_library, folder / "library"))
    with own_home(folder / "home", models), Library(copy, settings=on(chroma.url, "sample")) as library:
        library.rebuild()
    return copy


def on(url: str, collection: str, **store: Any) -> settings_module.Settings:
    """Settings for a library on a server."""
    return settings_module.load(store={"url": url, "collection": collection, **store})


Open = Callable[..., Library]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Open]:
    """Opens a library on a server as a machine of its own does: `machine("reader", url, "sample")`."""
    opened: list[Library] = []

    def open_library(name: str, url: str, collection: str, **store: Any) -> Library:
        opened.append(Library(tmp_path / name / "library", settings=on(url, collection, **store)))
        return opened[-1]

    yield open_library
    for library in opened:
        library.close()
