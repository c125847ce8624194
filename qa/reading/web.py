"""HTML to text: its blocks as paragraphs, its headings as marks. Runs in the child process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qa.errors import ReadError
from qa.reading.blocks import Blocks, Extract, one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

_DROPPED_TAGS = "head script style template noscript svg math iframe object canvas audio video nav"
_DROPPED = frozenset(_DROPPED_TAGS.split())
"""What a browser does not show as text, and the menus, which are no content."""

_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form header hgroup hr html legend li main menu ol optgroup option p pre search section select summary"
    " table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")


def read_html(data: bytes, limit: int) -> Extract:
    """An HTML file. Raises ReadError where there is no text or more than `limit` characters."""
    blocks = Blocks("html", limit)
    add_html(blocks, data)
    return blocks.extract()


def add_html(blocks: Blocks, data: bytes | str) -> None:
    """Add a page's text to `blocks`, and its <title> as title where there is none yet."""
    from lxml import etree

    text = data if isinstance(data, str) else _decode(data)
    # nothing is fetched and no entity is resolved; the child's limits guard against what is merely huge
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    parser.feed(text.encode("utf-8", "replace"))
    root = parser.close()
    if any(entry.level_name == "FATAL" for entry in parser.feed_error_log):  # libxml2 stops there, 2048 elements deep
        raise ReadError("it is nested too deeply to be read whole: open it in a browser and save it as PDF")
    if root is None:
        return
    title = root.find(".//title")
    if blocks.title is None and title is not None and title.text:
        blocks.title = one_line(title.text) or None
    _Page(blocks).add(root)


def _decode(data: bytes) -> str:
    """As the byte order mark, the page's own declaration, or a guess says."""
    from bs4.dammit import EncodingDetector

    from qa.reading.text import decode, looks_like_text

    declared = EncodingDetector.find_declared_encoding(data, is_html=True, search_entire_document=False)
    if declared and looks_like_text(data):
        try:
            return data.decode({"iso-8859-1": "cp1252", "latin-1": "cp1252"}.get(declared, declared))
        except (UnicodeError, LookupError):
            pass  # it declares what it is not
    try:
        return decode(data)[0]
    except ReadError:
        raise ReadError("it is damaged, or no HTML file: open it in a browser and save it again") from None


class _Page:
    """One pass over a page's elements, without recursion: pages nest as deep as they like."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._pieces: list[str] = []
        self._cells: list[str] | None = None
        self._item = False
        self._pre = 0

    def add(self, root: _Element) -> None:
        from lxml import etree

        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if tag in _DROPPED or element.get("hidden") is not None or _hidden(element):
                    walker.skip_subtree()
                else:
                    self._start(tag)
                    self._text(element.text)
            else:
                if not (tag in _DROPPED or element.get("hidden") is not None or _hidden(element)):
                    self._end(tag)
                self._text(element.tail)
        self._flush()

    def _text(self, text: str | None) -> None:
        if text:
            self._pieces.append(text if self._pre else _SPACES.sub(" ", text))

    def _start(self, tag: str) -> None:
        if tag == "br":
            self._pieces.append("\n")
        elif tag == "tr":
            self._flush()
            self._cells = []
        elif tag in ("td", "th") and self._cells is not None:
            self._pieces.append(" ")
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._flush()
            if tag == "li":
                self._item = True
            elif tag in ("ul", "ol", "table", "dl"):
                self._blocks.break_lines()
            elif tag == "pre":
                self._pre += 1

    def _end(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._blocks.heading(self._take())
        elif tag in ("td", "th") and self._cells is not None:
            if cell := one_line(self._take()):
                self._cells.append(cell)
        elif tag == "tr":
            cells = [*(self._cells or []), one_line(self._take())]
            self._cells = None
            self._blocks.line(" | ".join(cell for cell in cells if cell))
        elif tag in _BLOCKS:
            self._flush()
            if tag == "li":
                self._item = False
            if tag == "pre":
                self._pre = max(0, self._pre - 1)

    def _take(self) -> str:
        text, self._pieces = "".join(self._pieces), []
        return text

    def _flush(self) -> None:
        if self._cells is not None:  # blocks inside a cell stay in its row
            self._pieces.append(" ")
            return
        text = self._take()
        if self._item and text.strip():
            self._item = False  # an item's further paragraphs are paragraphs
            self._blocks.line("- " + text)
        elif text.strip():
            self._blocks.paragraph(text if self._pre else re.sub(r" *\n *", "\n", text))


def _hidden(element: _Element) -> bool:
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))
