"""Documents that are damaged, hostile or not what they say: each is read, or left out with one line that says why."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from qa.errors import ReadError
from qa.reading import Reader
from qa.settings import ReadingSettings
from tests.faults.inputs import LAUGHS, SECRET, Record, pdf_of, sheet_with, tell, understated, with_entity
from tests.reading import reading_files as files
from tests.reading.conftest import check

PAGE = b"<html><body><p>Hello MARKER there</p></body></html>"
PART = {"docx": "word/document.xml", "pptx": "ppt/slides/slide1.xml", "xlsx": "xl/worksheets/sheet1.xml"}
MAKE: dict[str, Callable[[str], bytes]] = {"docx": files.word, "pptx": files.slides, "xlsx": lambda t: files.sheet([t])}
CATALOG, LEAF = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Page /Parent 2 0 R >>"
SPACES = b" " * 30_000_000
ZEROS = b"\0" * 300


def office(kind: str, declared: bytes) -> bytes:
    return with_entity(MAKE[kind]("Hello MARKER there"), PART[kind], b"MARKER", declared)


def book(declared: bytes) -> bytes:
    return files.epub({"a.xhtml": declared + PAGE.replace(b"MARKER", b"&a11;")})


def catalogued(declared: bytes) -> bytes:
    """A book whose list of contents has the entity."""
    return with_entity(files.epub({"a.xhtml": PAGE}), "OEBPS/book.opf", b"The Book", declared)


def scan() -> bytes:
    from PIL import Image

    picture, file = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(picture, "PNG")
    picture.seek(0)
    paper = canvas.Canvas(file)
    paper.drawImage(ImageReader(picture), 50, 50)
    paper.save()
    return file.getvalue()


def flate(size: int) -> bytes:
    """A PDF whose page unpacks to so many bytes."""
    packer = zlib.compressobj(9)
    block = b"1 0 0 1 9 9 Tm (x) Tj " * 10_000
    packed = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    return files.raw_pdf(packed, "/FlateDecode")


def empty_password(**permissions: int) -> StandardEncryption:
    return StandardEncryption("", ownerPassword="owner", **permissions)


DOCUMENTS: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("empty file", "a.txt", lambda: b"", "it is empty"),
    ("empty PDF", "a.pdf", lambda: b"", "it is empty"),
    ("white space", "a.md", lambda: b" \n\t\xe2\x80\x83\r\n", "nothing but white space"),
    ("PDF of images", "a.pdf", scan, "run OCR"),
    ("PDF that restricts printing", "a.pdf", lambda: files.pdf("Hello", encrypt=empty_password(canPrint=0)), "Hello"),
    ("PDF with a password", "a.pdf", lambda: files.pdf("x", encrypt=StandardEncryption("secret")), "by a password"),
    ("PDF cut off", "a.pdf", lambda: files.pdf("Hello" * 50)[:700], "damaged"),
    ("PDF of garbage", "a.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "damaged"),
    ("PDF whose pages hold themselves", "a.pdf", lambda: pdf_of(
        CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"), "damaged"),
    ("PDF whose pages hold their parents", "a.pdf", lambda: pdf_of(
        CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Parent 2 0 R /Count 1 >>"), "damaged"),
    ("PDF whose pages are their own parent", "a.pdf", lambda: pdf_of(
        CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R >>", LEAF), "damaged"),
    ("encrypted PDF that claims 99,999,999 pages", "a.pdf", lambda: files.pdf(
        "Hello", encrypt=empty_password(canPrint=0)).replace(b"/Count 1", b"/Count 99999999"), "Hello"),
    ("PDF bomb of 100 MB", "a.pdf", lambda: flate(100_000_000), "damaged or has oversized pages"),
    ("docx bomb", "a.docx", lambda: files.rezipped(files.word("x"), {PART["docx"]: SPACES}), "zip bomb"),
    ("xlsx bomb", "a.xlsx", lambda: files.rezipped(files.sheet(["x"]), {PART["xlsx"]: SPACES}), "zip bomb"),
    ("epub bomb", "a.epub", lambda: files.epub({"a.xhtml": SPACES}), "zip bomb"),
    ("docx that understates its bomb", "a.docx", lambda: understated(
        files.rezipped(files.word("x"), {PART["docx"]: SPACES}), PART["docx"], 1000), "damaged"),
    *((f"{kind} with a billion laughs", f"a.{kind}", lambda kind=kind: office(kind, LAUGHS),
       "XML entities" if kind == "xlsx" else "damaged") for kind in PART),
    *((f"{kind} with an entity that names a file", f"a.{kind}", lambda kind=kind: office(kind, SECRET),
       "XML entities" if kind == "xlsx" else "") for kind in PART),
    ("epub with a billion laughs", "a.epub", lambda: book(LAUGHS), "Hello &a11; there"),
    ("epub with a billion laughs in its contents", "a.epub", lambda: catalogued(LAUGHS), "damaged"),
    ("epub with an entity that names a file", "a.epub", lambda: book(SECRET), "Hello &a11; there"),
    ("html with a billion laughs", "a.html", lambda: LAUGHS + PAGE.replace(b"MARKER", b"&a11;"), "Hello &a11; there"),
    ("html with an entity that names a file", "a.html", lambda: SECRET + PAGE.replace(b"MARKER", b"&a11;"),
     "Hello &a11; there"),
    ("xml with a billion laughs", "a.xml", lambda: LAUGHS + b"<x>&a11;</x>", "<x>&a11;</x>"),
    ("xml with an entity that names a file", "a.xml", lambda: SECRET + b"<x>&a11;</x>", "<x>&a11;</x>"),
    ("cell at the end of a sheet", "a.xlsx", lambda: sheet_with([(1_048_576, "XFD1048576")]), "far away"),
    ("cell at the last column", "a.xlsx", lambda: sheet_with([(1, "XFD1")]), "far away"),
    ("cell far below the last row", "a.xlsx", lambda: sheet_with([(99_999_999_999, "A99999999999")]), "no text"),
    ("UTF-16 with its mark", "a.txt", lambda: "Grüße aus Köln\n".encode("utf-16"), "Grüße aus Köln"),
    ("UTF-16 without a mark", "a.txt", lambda: "Grüße aus Köln\n".encode("utf-16-le"), "Grüße aus Köln"),
    ("cp1252", "a.txt", lambda: "Grüße aus Köln – für 5 €".encode("cp1252"), "Grüße aus Köln – für 5 €"),
    ("PDF named .txt", "a.txt", lambda: files.pdf("Hello"), "Hello"),
    ("PNG named .pdf", "a.pdf", lambda: b"\x89PNG\r\n\x1a\n" + ZEROS, "an image, although it is named .pdf"),
    ("zip named .docx", "a.docx", lambda: files.zipped({"a.txt": b"x"}), "a zip archive and no .docx file"),
    ("binary named .txt", "a.txt", lambda: bytes(range(256)) * 20, "not a text file"),
    ("program named .txt", "a.txt", lambda: b"\x7fELF\x02\x01\x01" + ZEROS, "a program, although it is named .txt"),
    ("image with 250 letters of suffix", "a." + "x" * 250, lambda: b"\x89PNG\r\n\x1a\n" + ZEROS, "an image: only"),
    ("NULs in a text", "a.txt", lambda: b"one\0two\0three", "not a text file"),
    ("nothing but NULs", "a.txt", lambda: ZEROS, "not a text file"),
    ("lone surrogate in UTF-16", "a.txt", lambda: b"\xff\xfea\0\x00\xd8b\0", "begins as UTF-16"),
    ("lone surrogate in UTF-8", "a.txt", lambda: b"one \xed\xa0\x80 two", "one í\xa0€ two"),
    ("lone surrogates and NULs in a notebook", "a.ipynb", lambda: (
        b'{"cells": [{"cell_type": "raw", "source": "one \\ud800 \\u0000two"}]}'), "one \ufffd two"),
    ("NULs in HTML", "a.html", lambda: b"<p>one\0two", "no HTML file"),
    ("numbers of lone surrogates and NULs in HTML", "a.html", lambda: b"<p>one &#xD800; &#0; two", "two"),
]  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(ReadingSettings(seconds=60)) as reader:
        yield reader


@pytest.mark.parametrize(("what", "name", "make", "wanted"), DOCUMENTS, ids=[row[0] for row in DOCUMENTS])
def test_a_bad_document_is_read_or_left_out_with_one_line(
    reader: Reader,
    tmp_path: Path,
    record_property: Record,
    what: str,
    name: str,
    make: Callable[[], bytes],
    wanted: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    try:
        document = reader.read(path)
    except ReadError as error:
        said = ended = str(error)
        assert said.isprintable()
        assert len(said) < 300
    else:
        check(document)
        said, ended = document.text, "read"
    assert wanted in said
    assert "root:" not in said
    tell(record_property, what, ended)
    good = tmp_path / "good.html"
    good.write_bytes(b"<p>All is well.")
    assert reader.read(good).text == "All is well."
