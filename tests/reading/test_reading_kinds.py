"""What a file is goes by its bytes first, and what cannot be read is said in one line that helps."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from qa.errors import ReadError
from qa.reading import Reader
from qa.settings import ReadingSettings
from tests.reading import reading_files as files
from tests.reading.conftest import Read, Refused, check

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.doc",
            OLE,
            "an old Word file (.doc) cannot be read: open it in a word processor and save it as .docx or PDF",
        ),
        ("a.xls", OLE, "an old Excel file (.xls) cannot be read"),
        ("a.ppt", OLE, "an old PowerPoint file (.ppt) cannot be read"),
        ("a.txt", OLE, "old Office format"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.rtf", b"{\\rtf1 Hello}", "a Rich Text file (.rtf) cannot be read: open it in a word processor"),
        ("a.txt", b"{\\rtf1 Hello}", "a Rich Text file"),
        ("a.odt", files.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "an OpenDocument text"),
        ("a.zip", files.zipped({"a.txt": b"x"}), "it is an archive: unpack it and add what is inside"),
        ("a.docx", files.zipped({"a.txt": b"x"}), "it is a zip archive and no .docx file"),
        ("a.pdf", files.zipped({"a.txt": b"x"}), "it is a zip archive and no .pdf file"),
        ("a.tar.gz", b"\x1f\x8b\x08\0\0", "it is an archive"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "it is an image: only documents with text can be read"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "it is an image, although it is named .txt"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "it is an image"),
        ("a.mp3", b"\xff\xfb\x90\0" * 50, "it is a sound"),
        ("a.mp4", b"\0\0\0\x20ftypisom", "it is a sound, video or image"),
        ("a.exe", b"MZ\x90\0\x03", "it is a program"),
        ("a", b"\x7fELF\x02\x01\x01", "it is a program"),
        ("a.sqlite", b"SQLite format 3\0", "it is a database"),
        ("a.pdf", bytes(range(256)), "it is damaged, or no .pdf file"),
        ("a.docx", b"PK\x03\x04 and no more", "it is damaged"),
        ("a.pages", files.zipped({"Index/Document.iwa": b"x"}), "a Pages file (.pages) cannot be read"),
        ("a.mht", b"From: <Saved by Blink>\r\n", "a web archive (.mht) cannot be read: save the page as .html or PDF"),
    ],
)
def test_what_cannot_be_read_is_named(refused: Refused, name: str, data: bytes, said: str) -> None:
    assert said in refused(name, data)


def test_a_lying_name_is_read_as_what_the_file_is(read: Read) -> None:
    for name, data, kind in (
        ("a.txt", files.pdf("Hello"), "pdf"),
        ("a.pdf", files.word("Hello"), "docx"),
        ("a.docx", b"Hello", "txt"),
        ("a.doc", b"<!DOCTYPE html><p>Hello", "html"),
        ("a.xlsx", files.slides("Hello"), "pptx"),
        ("a.csv", files.sheet(["Hello"]), "xlsx"),
    ):
        document = read(name, data)
        assert document.kind == kind
        assert "Hello" in document.text
        suffix = name.split(".")[1]
        assert document.notices == (f"named .{suffix}, but read as what it is: {kind}",)


def test_a_name_without_promise_gives_no_notice(read: Read) -> None:
    assert read("REPORT", files.pdf("Hello")).notices == ()
    assert read("a.PDF", files.pdf("Hello")).notices == ()
    assert read("a.html", b"<p>x").notices == ()
    assert read("a.xlsm", files.sheet(["Hello"])).notices == ()


def test_only_regular_files_are_opened(reader: Reader, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    for name, said in (
        ("pipe.txt", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        ("folder.txt", "it is a folder"),
        ("missing.txt", "there is no such file"),
        ("folder.txt/x", "there is no such file"),
        ("loop.txt", "cannot be opened"),
        ("nul\0.txt", "a name that no file can have"),
    ):
        with pytest.raises(ReadError, match=said):
            reader.read(tmp_path / name)


def test_a_link_given_by_name_is_read(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("Hello")
    link = tmp_path / "link.md"
    link.symlink_to("real.txt")
    document = reader.read(link)
    assert (document.text, document.source) == ("Hello", str(link))


def test_no_permission_is_said(reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything; then the system's own refusal is what stands in for it

        def refuse(*_args: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("qa.reading.files.os.open", refuse)
    with pytest.raises(ReadError, match="no permission to read it: change its permissions"):
        reader.read(path)


def test_a_file_that_changes_while_it_is_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.txt"
    path.write_text("first\n")
    real = os.fstat
    calls = []

    def grow(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        if len(calls) == 2:
            with path.open("a") as file:
                file.write("second\n")
        return real(descriptor)

    monkeypatch.setattr("qa.reading.files.os.fstat", grow)
    with Reader(ReadingSettings()) as reader, pytest.raises(ReadError, match="it changed while it was read"):
        reader.read(path)
    assert calls


SEEDS: dict[str, bytes] = {
    "pdf": files.pdf("# Title\nSome text", "More"),
    "docx": files.word("One", "Two"),
    "pptx": files.slides("One"),
    "xlsx": files.sheet(["Name", "Age"], ["Anna", 3]),
    "epub": files.epub({"a.xhtml": b"<h1>One</h1><p>Two"}),
    "html": b"<html><body><h1>One</h1><table><tr><td>Two</table>",
    "eml": files.mail("Hello", attachment="a.bin", Subject="One", From="a@example.org"),
    "ipynb": b'{"cells": [{"cell_type": "markdown", "source": ["# One"]}]}',
    "txt": "Grüße\n".encode(),
    "csv": b'a,b\n"c\nd",e\n',
    "md": b"# One\n\ntext\n",
}


@pytest.mark.parametrize("kind", SEEDS)
def test_damaged_bytes_end_in_a_document_or_a_reason(reader: Reader, tmp_path: Path, kind: str) -> None:
    chance = random.Random(kind)  # noqa: S311, the same files every time
    path = tmp_path / f"fuzz.{kind}"
    outcomes = set()
    for turn in range(60):
        data = bytearray(SEEDS[kind])
        if turn % 6 == 0:
            data = bytearray(chance.randbytes(chance.randrange(1, 3000)))
        elif turn % 6 == 1:
            del data[chance.randrange(len(data)) :]
        else:
            for _ in range(chance.choice([1, 3, 30])):
                data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            check(reader.read(path))
            outcomes.add("read")
        except ReadError as error:
            outcomes.add(str(error).isprintable())
    assert outcomes <= {"read", True}
    good = tmp_path / "good.html"
    good.write_bytes(b"<p>good")
    assert reader.read(good).text == "good"
