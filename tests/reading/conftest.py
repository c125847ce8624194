"""One reader for the module's tests, and a helper that reads bytes under a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.errors import ReadError
from qa.reading import Reader
from qa.settings import ReadingSettings
from qa.types import Document

Read = Callable[[str, bytes], Document]
Refused = Callable[[str, bytes], str]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(ReadingSettings()) as reader:
        yield reader


@pytest.fixture
def read(reader: Reader, tmp_path: Path) -> Read:
    """Write bytes to a file of this name and read it; every document is checked for what all must hold."""

    def read(name: str, data: bytes) -> Document:
        path = tmp_path / name
        path.write_bytes(data)
        document = reader.read(path)
        check(document)
        return document

    return read


@pytest.fixture
def refused(read: Read) -> Refused:
    """The reason that reading a file of this name and these bytes gives."""

    def refused(name: str, data: bytes) -> str:
        with pytest.raises(ReadError) as caught:
            read(name, data)
        reason = str(caught.value)
        assert reason
        assert reason.isprintable()
        return reason

    return refused


def check(document: Document) -> None:
    """What holds for every document: text that can be stored, and marks in order and inside it."""
    document.text.encode("utf-8")
    assert document.text.strip()
    assert "\0" not in document.text
    starts = [mark.start for mark in document.marks]
    assert starts == sorted(set(starts))
    assert not starts or 0 <= starts[0] <= starts[-1] < len(document.text)
    assert len(document.sha256) == 64
