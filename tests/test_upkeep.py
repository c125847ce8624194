"""Whether an answer still stands on its documents."""

from __future__ import annotations

import os
from pathlib import Path

from qa import Library


def test_the_state_of_a_source(tmp_path: Path) -> None:
    notes, other = tmp_path / "notes.txt", tmp_path / "other.txt"
    notes.write_text("The lighthouse was painted red in 1931.")
    other.write_text("The bakery opens at six.")
    with Library(tmp_path / "library") as library:
        assert library.state(str(notes)) == "removed"  # from a library that there is not
        library.add([notes, other])
        first = library.document(notes).sha256
        assert library.state(str(notes)) == library.state(str(notes), first) == "current"
        assert library.state(str(tmp_path / "never.txt")) == "removed"
        notes.write_text("The lighthouse was painted white in 1950.")
        assert library.state(str(notes), first) == "changed"
        library.update()
        assert library.state(str(notes)) == "current"
        assert library.state(str(notes), first) == "changed"
        notes.unlink()
        assert library.state(str(notes), first) == "gone"
        library.remove(other)
        assert library.state(str(other)) == "removed"


def test_a_file_with_the_same_size_and_time_is_not_read(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("It was painted red.")
    with Library(tmp_path / "library") as library:
        library.add(notes)
        times = notes.stat()
        notes.write_text("It was painted tan.")
        os.utime(notes, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert library.state(str(notes)) == "current"
