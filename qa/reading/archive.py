"""Documents that are zip files: which kind they are, and whether they are safe to unpack. Runs in the child process."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from qa.errors import ReadError
from qa.reading import kinds

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_UNPACKED = 500_000_000
"""Most bytes that a document's parts may say they unpack to; real ones stay far below, and bombs far above."""

MOST_RATIO = 200
"""Most times that a large part may grow when unpacked: deflate reaches 1000 on zeros, real XML 10 to 60."""

SMALL_PART = 20_000_000
"""Parts that unpack to less are let through at any ratio."""

MOST_PARTS = 50_000

_MAIN_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
_OPEN_DOCUMENTS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}


def open_zip(data: bytes) -> ZipFile:
    """The archive, once its own figures look harmless; unpacking more than a part declares fails in zipfile."""
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise ReadError("it is damaged: open it in its own program and save it again") from None
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    packed = any(p.file_size > SMALL_PART and p.file_size > MOST_RATIO * max(1, p.compress_size) for p in parts)
    if total > MOST_UNPACKED or len(parts) > MOST_PARTS or packed:
        raise ReadError("it would unpack to far more than a document holds: it is left out as a likely zip bomb")
    return archive


def kind_inside(archive: ZipFile, suffix: str) -> str:
    """docx, pptx, xlsx or epub, by what is inside. Raises ReadError for every other zip file."""
    names = set(archive.namelist())
    for part, kind in _MAIN_PARTS.items():
        if part in names:
            return kind
    if "mimetype" in names:
        mimetype = archive.read("mimetype")[:200].decode("ascii", "replace").strip()
        if mimetype == "application/epub+zip":
            return "epub"
        if mimetype.startswith("application/vnd.oasis.opendocument."):
            raise ReadError(kinds.unsupported(_OPEN_DOCUMENTS.get(mimetype.split(".")[-1].split("-")[0], "odt")))
    if "META-INF/container.xml" in names:
        return "epub"
    if suffix in kinds.OTHER_DOCUMENTS:
        raise ReadError(kinds.unsupported(suffix))
    if suffix in kinds.BINARY_SUFFIXES:
        raise ReadError(f"it is a zip archive and no .{suffix} file: unpack it and add what is inside")
    raise ReadError("it is an archive: unpack it and add what is inside")


def parse_xml(data: bytes) -> _Element:
    """One part's XML; entities stay unresolved, nothing is fetched, and lxml's own limits on depth and size hold."""
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
