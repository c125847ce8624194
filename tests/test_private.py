"""Who may read what Quoth keeps: nobody but its owner, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Library
from qa.private import make_file, make_folder
from tui.engine import Engine
from tui.session import Session

from .conftest import Quoth


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path) -> list[tuple[str, str]]:
    """What below a folder others may do anything with, links left out."""
    found = [path for path in folder.rglob("*") if not path.is_symlink()]
    return [(path.relative_to(folder).as_posix(), oct(mode(path))) for path in found if mode(path) & 0o077]


def test_what_is_made_is_for_its_owner_alone(umask: int, tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_file(tmp_path / "a" / "b" / "file")
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700
    assert mode(tmp_path / "a" / "b" / "file") == 0o600


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    (tmp_path / "a" / "file").write_text("kept")
    (tmp_path / "a" / "file").chmod(0o640)
    make_folder(tmp_path / "a")
    make_file(tmp_path / "a" / "file")
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "file")) == (0o755, 0o640)
    assert (tmp_path / "a" / "file").read_text() == "kept"
    with pytest.raises(OSError, match="a/file"):
        make_folder(tmp_path / "a" / "file" / "below")


def test_a_library_its_conversations_and_the_cache_are_closed(home: Path, tmp_path: Path, quoth: Quoth) -> None:
    before = os.umask(0)
    try:
        (tmp_path / "a.txt").write_text("The ferry Adelheid was built in Bremen in 1923.")
        assert quoth("add", str(tmp_path / "a.txt")).code == 0
        assert quoth("ask", "Where was the ferry Adelheid built?", str(tmp_path / "a.txt")).code == 0
        with Library() as library:
            library.conversations().create()
            assert mode(library.folder) == 0o700
            assert {"catalog.sqlite", "conversations.sqlite"} <= {path.name for path in library.folder.iterdir()}
            assert open_to_others(library.folder) == []
    finally:
        os.umask(before)
    assert [mode(folder) for folder in (home / "cache/quoth/documents").iterdir()] == [0o700]
    assert open_to_others(home / "data") == []
    assert open_to_others(home / "cache/quoth/documents") == []


@pytest.mark.parametrize(("umask", "wanted"), [(0o022, 0o644), (0o077, 0o600)])
async def test_what_is_exported_follows_the_umask(tmp_path: Path, umask: int, wanted: int) -> None:
    engine = Engine(str(tmp_path / "library"))
    session = Session(engine)
    before = os.umask(umask)
    try:
        turn = await session.ask("Where was the ferry built?", None)
        await session.export(turn.conversation, str(tmp_path / "talk.md"))
    finally:
        os.umask(before)
        assert engine.close(10)
    assert mode(tmp_path / "talk.md") == wanted
    assert mode(tmp_path / "library" / "conversations.sqlite") == 0o600


def test_a_folder_that_is_open_to_others_is_told_and_left(tmp_path: Path, quoth: Quoth) -> None:
    (tmp_path / "my library").mkdir(mode=0o755)
    (tmp_path / "a.txt").write_text("The ferry Adelheid was built in Bremen in 1923.")
    added = quoth("add", "--library", str(tmp_path / "my library"), str(tmp_path / "a.txt"))
    assert added.code == 0
    assert f"chmod 700 '{tmp_path / 'my library'}'" in added.err
    assert mode(tmp_path / "my library") == 0o755
    assert open_to_others(tmp_path / "my library") == []  # what is in it is closed all the same
    (tmp_path / "my library").chmod(0o700)
    assert "chmod" not in quoth("add", "--library", str(tmp_path / "my library"), str(tmp_path / "a.txt")).err
