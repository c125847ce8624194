"""Reading: a file to a Document, and a folder to the files in it that may be documents.

Plain text is decoded here and keeps every character. Everything else is parsed in a child process with limits on its
memory, time and output, so that a hostile file costs its own process only. Nothing is fetched, and no file is changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import ReadError
from qa.reading import headings, kinds, plugins
from qa.reading.blocks import clip
from qa.reading.child import Child
from qa.reading.files import read_bytes
from qa.reading.text import decode
from qa.reading.walking import walk
from qa.types import Document, Mark

if TYPE_CHECKING:
    from types import TracebackType

    from qa.settings import ReadingSettings

__all__ = ["Reader", "walk"]


class Reader:
    """Reads files into Documents; parses everything but plain text in one reused child process.

    It may be used from several threads, which take turns at the child. Close it, or use it in a `with`.
    """

    def __init__(self, settings: ReadingSettings) -> None:
        self._settings = settings
        self._child = Child(settings)

    def read(self, path: Path, stamp: tuple[int, int] | None = None) -> Document:
        """The document in the file at `path`, which becomes its source as it is given.

        The bytes are read once: `sha256` is of those that `text` was taken from. stamp: the size and the time in
        nanoseconds that the file must have then. Raises ReadError with one line that says why this file is left out
        and what to do; it does not name the path, which the caller knows.
        """
        data = read_bytes(path, self._settings.max_bytes, stamp)
        if plugin := plugins.installed().get(kinds.suffix_of(path)):
            return self._plugged(path, data, plugin)
        kind = kinds.kind_of(path, data)
        if kind in kinds.PARSED or kind == "zip":
            return self._parsed(path, data, kind)
        return self._plain(path, data, kind)

    @property
    def child_pid(self) -> int | None:
        """The process id of the child, None before the first file that needs one."""
        return self._child.pid

    def close(self) -> None:
        """End the child process. Reading on would start another."""
        self._child.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _plugged(self, path: Path, data: bytes, plugin: plugins.Plugin) -> Document:
        """What the reader of another package makes of it; every reason why it makes nothing names the package."""
        try:
            return self._parsed(path, data, plugin.suffix, plugin.function)
        except ReadError as error:
            raise ReadError(f"{error} (read by {plugin.package})", lasting=error.lasting) from None

    def _parsed(self, path: Path, data: bytes, kind: str, function: str | None = None) -> Document:
        extract = self._child.parse(kind, kinds.suffix_of(path), data, function)
        misnamed = kinds.misnamed(path, extract.kind)
        return Document(
            source=str(path),
            text=extract.text,
            kind=extract.kind,
            sha256=hashlib.sha256(data).hexdigest(),
            marks=extract.marks,
            title=extract.title,
            notices=(*([misnamed] if misnamed else []), *extract.notices),
        )

    def _plain(self, path: Path, data: bytes, kind: str) -> Document:
        text, encoding, guessed = decode(data)  # never more characters than bytes, so the file's limit is enough
        if not text.strip():
            raise ReadError("it holds nothing but white space")
        marks, title = _structure(text, kind)
        return Document(
            source=str(path),
            text=text,
            kind=kind,
            sha256=hashlib.sha256(data).hexdigest(),
            marks=marks,
            encoding=encoding,
            title=title,
            notices=tuple(notice for notice in (kinds.misnamed(path, kind), guessed) if notice),
        )


def _structure(text: str, kind: str) -> tuple[tuple[Mark, ...], str | None]:
    """The marks and the title that a plain text of this kind gives itself."""
    if kind == "md":
        found, title = headings.markdown(text)
    elif kind == "rst":
        found, title = headings.restructuredtext(text)
    elif kind in ("csv", "tsv"):
        return headings.rows(text, tabs=kind == "tsv"), None
    else:
        return (), None
    return headings.marks_of(found), (clip(title) or None) if title else None
