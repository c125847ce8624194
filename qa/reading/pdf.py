"""PDF to text, page by page. Runs in the child process."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from qa.errors import ReadError
from qa.reading.blocks import Blocks, Extract, one_line, too_much
from qa.reading.hyphens import undivided
from qa.reading.layout import Line, PageText, body_style, paragraphs
from qa.reading.running import without_running

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

PAGE_GAP = "\n\f"
"""Between pages: white space, but no blank line, since sentences run on from one page to the next."""


def read_pdf(data: bytes, limit: int) -> Extract:
    """A PDF's text with a mark for each page that has any.

    A file that only restricts printing or copying opens with the empty password and is read. Raises ReadError for one
    that needs a password, is damaged or holds images alone.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    locked = ReadError("it is protected by a password: save it without one and add it again")
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise locked
        count = len(reader.pages)
    except FileNotDecryptedError:
        raise locked from None
    except DependencyError:
        raise ReadError("it is encrypted in a way that cannot be read: save it without encryption") from None
    blocks = Blocks("pdf", limit)
    blocks.title = _title(reader)
    pages: dict[int, list[Line]] = {}
    empty, failed = [], []
    length = 0
    for number in range(1, count + 1):
        try:
            page = reader.pages[number - 1]
            collected = PageText()
            page.extract_text(visitor_text=collected.visit)
            lines = collected.lines()
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception:  # a page that cannot be parsed must not cost the others
            failed.append(number)
            continue
        pages[number] = lines
        length += sum(len(line.text) for line in lines)
        if length > limit:
            raise too_much(limit)
        if not lines and _has_image(page):
            empty.append(number)
    _add_pages(blocks, undivided(without_running(pages)))
    if blocks.empty:
        raise ReadError(_nothing(count, empty, failed))
    if empty:
        blocks.notices.append(f"no text on {_pages(empty)}: images, which need OCR (text recognition)")
    if failed:
        blocks.notices.append(f"{_pages(failed)} could not be read: damaged or oversized")
    return blocks.extract()


def _add_pages(blocks: Blocks, pages: dict[int, list[Line]]) -> None:
    body = body_style(line for lines in pages.values() for line in lines)
    heading = None
    for number, lines in pages.items():
        blocks.mark(page=number, heading=heading)
        for index, (text, is_heading) in enumerate(paragraphs(lines, body)):
            gap = "\n\n" if index else PAGE_GAP
            if is_heading:
                heading = one_line(text)
                blocks.heading(text, gap)
            else:
                blocks.paragraph(text, gap)


def _nothing(count: int, empty: list[int], failed: list[int]) -> str:
    if empty:
        return "it holds images and no text: run OCR (text recognition) over it and add the result"
    if failed or not count:
        return "it is damaged or has oversized pages: open it in a PDF viewer and print it as PDF again"
    return "it holds no text: if its pages show some, run OCR (text recognition) over it and add the result"


def _title(reader: PdfReader) -> str | None:
    try:
        title = reader.metadata.title if reader.metadata else None
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception:  # a broken title is no reason to leave the pages
        return None
    title = one_line(str(title or ""))
    return title if title.lower() not in ("", "untitled", "(anonymous)") else None


def _has_image(page: PageObject) -> bool:
    try:
        resources: Any = page.get("/Resources")
        objects: Any = resources.get_object().get("/XObject").get_object()
        return any(objects[name].get_object().get("/Subtype") == "/Image" for name in objects)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _pages(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10])) + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}"
