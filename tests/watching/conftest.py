"""What the tests of watching share: saving as editors do, and waiting for what the library then holds."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from qa import Library
from qa.errors import SourceNotFound

SECONDS = 60
"""Most that is waited for a change to be taken in; it takes about one."""


def until(condition: Callable[[], object], what: Callable[[], object] = lambda: "") -> None:
    """Go on once the condition holds; fail with what there is instead if it never does."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"still not so: {what()}"
        time.sleep(0.05)


def texts(library: Library) -> dict[str, str]:
    """The text of every document by its file's name; two files of one name would be told apart by a list."""
    found = []
    for source in library.sources():
        with contextlib.suppress(SourceNotFound):  # it went just now
            found.append((Path(source.source).name, library.text(source.source)))
    assert len({name for name, _ in found}) == len(found), found
    return dict(found)


def save_in_place(file: Path, text: str) -> None:
    """As VS Code does: the file is emptied, then written."""
    with file.open("w") as opened:
        opened.flush()
        opened.write(text)


def save_like_vim(file: Path, text: str) -> None:
    """Vim: looks whether the folder can be written to, moves the file aside, writes a new one, deletes the old one."""
    probe, swap, aside = (file.with_name(name) for name in ("4913", f".{file.name}.swp", f"{file.name}~"))
    swap.write_bytes(b"b0VIM 9.1")
    probe.touch()
    probe.unlink()
    if file.exists():
        file.rename(aside)
    file.write_text(text)
    aside.unlink(missing_ok=True)
    swap.unlink()


def save_like_emacs(file: Path, text: str) -> None:
    """Emacs: a lock that is a link to nowhere, a copy of what is not saved yet, and a backup that stays."""
    lock, unsaved = file.with_name(f".#{file.name}"), file.with_name(f"#{file.name}#")
    lock.symlink_to("somebody@here.1234:5678")
    unsaved.write_text(text[: len(text) // 2])
    if file.exists():
        file.with_name(f"{file.name}~").write_bytes(file.read_bytes())
    file.write_text(text)
    unsaved.unlink()
    lock.unlink()


def save_through_a_temporary_file(file: Path, text: str) -> None:
    """GNOME, Kate, LibreOffice and most programs that mean well: write beside it, then rename over it."""
    beside = file.with_name(f"{file.name}.Xq3v9A")
    beside.write_text(text)
    beside.replace(file)


WAYS = (save_in_place, save_like_vim, save_like_emacs, save_through_a_temporary_file)
