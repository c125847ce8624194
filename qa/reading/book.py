"""EPUB to text: its chapters in reading order. Runs in the child process."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zipfile import ZipFile

from qa.errors import ReadError
from qa.reading.archive import parse_xml
from qa.reading.blocks import Blocks, Extract, one_line
from qa.reading.web import add_html

if TYPE_CHECKING:
    from lxml.etree import _Element

_DAMAGED = "it is damaged, or no EPUB: open it in an e-book program and save it again"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def read_epub(archive: ZipFile, limit: int) -> Extract:
    """A book's text with its headings. Raises ReadError where it is protected (DRM) or damaged."""
    package_path = _package_path(archive)
    package = _xml(archive, package_path)
    folder = posixpath.dirname(package_path)
    encrypted = _encrypted(archive)
    items = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        for item in package.iterfind(".//{*}manifest/{*}item")
        if item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()
    }
    blocks = Blocks("epub", limit)
    title = package.find(".//{http://purl.org/dc/elements/1.1/}title")
    blocks.title = one_line((title.text if title is not None else None) or "") or None
    missing = 0
    for reference in package.iterfind(".//{*}spine/{*}itemref"):
        path = items.get(reference.get("idref"))
        if path is None:
            continue
        if path in encrypted:
            raise ReadError("it is protected against copying (DRM): only books without protection can be read")
        try:
            chapter = archive.read(path)
        except KeyError:
            missing += 1
            continue
        blocks.break_lines()
        add_html(blocks, chapter)
    if missing:
        blocks.notices.append(f"{missing} of its chapters are missing in the file")
    return blocks.extract()


def _package_path(archive: ZipFile) -> str:
    root = _xml(archive, "META-INF/container.xml").find(".//{*}rootfile")
    path = root.get("full-path") if root is not None else None
    if not path:
        raise ReadError(_DAMAGED)
    return path


def _xml(archive: ZipFile, path: str) -> _Element:
    try:
        return parse_xml(archive.read(path))
    except KeyError:
        raise ReadError(_DAMAGED) from None


def _encrypted(archive: ZipFile) -> set[str]:
    """The parts that are encrypted; fonts often are in books that are otherwise open."""
    if "META-INF/encryption.xml" not in archive.namelist():
        return set()
    tree = _xml(archive, "META-INF/encryption.xml")
    return {unquote(part.get("URI") or "") for part in tree.iterfind(".//{*}CipherReference")}
