"""A hostile file costs its own process, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.errors import ReadError
from qa.reading import Reader
from qa.settings import ReadingSettings
from tests.reading import reading_files as files

Make = Callable[..., Reader]


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Make:
    """A reader with these settings, closed after the test."""

    def make(**settings: float) -> Reader:
        reader = Reader(ReadingSettings.model_validate(settings))
        request.addfinalizer(reader.close)
        return reader

    return make


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def reads_on(reader: Reader, folder: Path) -> None:
    """Whatever came before, the next file is read."""
    assert reader.read(write(folder, "next.docx", files.word("All is well."))).text == "All is well."


def reason(reader: Reader, path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        reader.read(path)
    return str(caught.value)


def text_or_reason(reader: Reader, path: Path) -> str:
    try:
        return reader.read(path).text
    except ReadError as error:
        return str(error)


def slow_pdf() -> bytes:
    """Pages with so many lines that reading them takes minutes; 100 kB on disk."""
    lines = b"BT /F1 9 Tf " + b"1 0 0 1 9 9 Tm (x) Tj " * 2_000_000 + b"ET"
    return files.raw_pdf(zlib.compress(lines), "/FlateDecode", pages=20)


def test_the_child_starts_with_the_first_file_that_needs_it_and_is_reused(make: Make, tmp_path: Path) -> None:
    reader = make()
    reader.read(write(tmp_path, "a.txt", b"plain"))
    assert reader.child_pid is None
    reader.read(write(tmp_path, "a.docx", files.word("one")))
    pid = reader.child_pid
    assert pid not in (None, os.getpid())
    reader.read(write(tmp_path, "a.html", b"<p>two</p>"))
    assert "damaged" in reason(reader, write(tmp_path, "a.pdf", b"%PDF-1.4\nnothing"))
    reader.read(write(tmp_path, "b.pdf", files.pdf("three")))
    assert reader.child_pid == pid


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read(make: Make, tmp_path: Path) -> None:
    reader = make(seconds=1.5)
    path = write(tmp_path, "slow.pdf", slow_pdf())
    began = time.monotonic()
    assert "takes longer than 1.5 seconds" in reason(reader, path)
    assert time.monotonic() - began < 20
    reads_on(make(), tmp_path)
    assert "takes longer" in reason(reader, path)


def test_a_file_that_takes_too_much_memory_is_given_up_and_the_next_is_read(make: Make, tmp_path: Path) -> None:
    reader = make(memory=300_000_000)
    reads_on(reader, tmp_path)
    body = b"<w:p/>" * 3_000_000  # 18 MB of XML, gigabytes as objects
    original = files.word("x")
    xml = files.part(original, "word/document.xml").replace(b"<w:body>", b"<w:body>" + body)
    path = write(tmp_path, "large.docx", files.rezipped(original, {"word/document.xml": xml}))
    assert "300 MB of memory" in reason(reader, path)
    reads_on(reader, tmp_path)


def test_a_zip_bomb_is_named_before_it_is_unpacked(make: Make, tmp_path: Path) -> None:
    reader = make()
    huge = files.rezipped(files.word("x"), {"word/document.xml": b" " * 300_000_000})
    assert len(huge) < 1_000_000
    assert "zip bomb" in reason(reader, write(tmp_path, "bomb.docx", huge))
    reads_on(reader, tmp_path)


def test_a_stream_that_unpacks_to_gigabytes_is_stopped(make: Make, tmp_path: Path) -> None:
    reader = make(memory=600_000_000, seconds=60)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(100)) + packer.flush()
    path = write(tmp_path, "flate.pdf", files.raw_pdf(packed, "/FlateDecode"))
    assert path.stat().st_size < 2_000_000
    assert reason(reader, path)
    reads_on(reader, tmp_path)


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", b"<v>3</v>", b"<v>&a11;</v>"),
        ("xl/sharedStrings.xml", b"Anna", b"&a11;"),
        ("xl/workbook.xml", b'name="Sheet1"', b'name="&a11;"'),
    ],
)
def test_entities_that_multiply_are_not_resolved_in_a_sheet(
    make: Make, tmp_path: Path, place: str, before: bytes, after: bytes
) -> None:
    reader = make(memory=600_000_000, seconds=60)
    harmless = files.with_shared_strings(files.sheet(["Name", "Age"], ["Anna", 3]))
    assert "Name: Anna; Age: 3" in reader.read(write(tmp_path, "harmless.xlsx", harmless)).text
    xml = files.part(harmless, place)
    assert before in xml
    evil = files.rezipped(harmless, {place: LAUGHS + xml.replace(before, after)})
    said = reason(reader, write(tmp_path, "laughs.xlsx", evil))
    assert "it holds XML entities" in said or "it is damaged" in said
    reads_on(reader, tmp_path)


@pytest.mark.parametrize("kind", ["docx", "pptx", "epub"])
def test_external_entities_are_not_fetched(make: Make, tmp_path: Path, kind: str) -> None:
    secret = write(tmp_path, "secret.txt", b"SECRET-1234")
    entity = f'<!DOCTYPE x [<!ENTITY leak SYSTEM "{secret.as_uri()}">]>'.encode()
    if kind == "epub":
        page = entity + b"<html><body><p>Hello &leak; there</p></body></html>"
        data = files.epub({"a.xhtml": b'<?xml version="1.0"?>' + page})
    else:
        place = "word/document.xml" if kind == "docx" else "ppt/slides/slide1.xml"
        original = files.word("Hello MARKER there") if kind == "docx" else files.slides("Hello MARKER there")
        xml = files.part(original, place).replace(b"MARKER", b"&leak;")
        head, _, rest = xml.partition(b"?>")
        data = files.rezipped(original, {place: head + b"?>" + entity + rest})
    reader = make()
    assert "SECRET" not in text_or_reason(reader, write(tmp_path, f"a.{kind}", data))
    reads_on(reader, tmp_path)


def test_a_file_larger_than_allowed_is_not_opened(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "sparse.pdf"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)
    began = time.monotonic()
    assert "too large, 10,000.0 MB where 50.0 MB are allowed" in reason(make(), path)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("name", ["a.html", "a.docx", "a.pdf"])
def test_more_text_than_allowed_is_reported(make: Make, tmp_path: Path, name: str) -> None:
    words = "word " * 300
    data = {
        "a.html": b"<p>" + words.encode(),
        "a.docx": files.word(words),
        "a.pdf": files.pdf("\n".join(["word " * 15] * 20)),
    }[name]
    reader = make(max_characters=1000)
    assert "more than 1,000 characters" in reason(reader, write(tmp_path, name, data))
    reads_on(reader, tmp_path)


def test_a_child_that_is_killed_is_started_again(make: Make, tmp_path: Path) -> None:
    reader = make()
    reads_on(reader, tmp_path)
    before = reader.child_pid
    assert before is not None
    os.kill(before, 9)
    reads_on(reader, tmp_path)
    assert reader.child_pid != before


def test_a_child_that_dies_over_a_file_is_reported_and_replaced(make: Make, tmp_path: Path) -> None:
    reader = make(seconds=60)
    reads_on(reader, tmp_path)
    path = write(tmp_path, "slow.pdf", slow_pdf())
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(2.5):  # long enough for a new child to have begun
            if (pid := reader.child_pid) is not None:
                os.kill(pid, 9)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        assert "its parser crashed" in reason(reader, path)
    finally:
        stop.set()
        killer.join()
    reads_on(reader, tmp_path)


def test_ctrl_c_ends_the_child_and_the_next_file_is_read(make: Make, tmp_path: Path) -> None:
    reader = make(seconds=60)
    reads_on(reader, tmp_path)
    before = reader.child_pid
    assert before is not None
    timer = threading.Timer(1, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        reader.read(write(tmp_path, "slow.pdf", slow_pdf()))
    assert not alive(before)
    reads_on(reader, tmp_path)


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    program = "import qa.reading, sys; print([n for n in sys.argv[1:] if n in sys.modules])"
    heavy = [
        "pydantic",
        "lxml",
        "bs4",
        "pypdf",
        "docx",
        "pptx",
        "openpyxl",
        "charset_normalizer",
        "pathspec",
        "resource",
    ]
    ran = subprocess.run([sys.executable, "-c", program, *heavy], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_no_limit_is_set_on_the_caller(make: Make, tmp_path: Path) -> None:
    import resource

    names = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    before = [resource.getrlimit(name) for name in names]
    reads_on(make(), tmp_path)
    assert [resource.getrlimit(name) for name in names] == before


def test_several_threads_share_a_reader(make: Make, tmp_path: Path) -> None:
    reader = make()
    paths = [write(tmp_path, f"{n}.html", f"<p>page {n}</p>".encode()) for n in range(12)]
    texts: dict[Path, str] = {}
    threads = [threading.Thread(target=lambda p=path: texts.update({p: reader.read(p).text})) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {path: f"page {n}" for n, path in enumerate(paths)}


PROGRAM = """
import sys, time
from pathlib import Path
from qa.reading import Reader
from qa.settings import ReadingSettings
if __name__ == "__main__":
    reader = Reader(ReadingSettings())
    reader.read(Path(sys.argv[1]))
    print(reader.child_pid, flush=True)
    reader.read(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("busy", [False, True])
def test_the_child_ends_with_its_parent(tmp_path: Path, busy: bool) -> None:
    first = write(tmp_path, "a.html", b"<p>x</p>")
    second = write(tmp_path, "b.pdf", slow_pdf()) if busy else first
    command = [sys.executable, "-c", PROGRAM, str(first), str(second)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        if busy:
            time.sleep(1)  # in the middle of the second file
            parent.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and alive(child):
        time.sleep(0.05)
    assert not alive(child)


def alive(pid: int) -> bool:
    """Running, and not merely waiting to be collected by whoever inherits it."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_modules_in_the_working_directory_are_not_run(tmp_path: Path) -> None:
    for name in ("json", "resource", "lxml", "bs4", "docx", "signal"):
        write(tmp_path, f"{name}.py", b"open('HACKED', 'w')\nraise SystemExit(3)\n")
    path = write(tmp_path, "a.docx", files.word("fine"))
    program = PROGRAM.replace("reader.read(Path(sys.argv[2]))", "print(reader.read(Path(sys.argv[2])).text)")
    script = write(tmp_path.parent, "program.py", program.encode())
    ran = subprocess.run(
        [sys.executable, "-P", str(script), str(path), str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.endswith("fine\n")
    assert not (tmp_path / "HACKED").exists()
