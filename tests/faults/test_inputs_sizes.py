"""Large files: what is over the limit is not read at all, and what is under it is taken in within bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import ReadError
from qa.reading import Reader
from qa.settings import ReadingSettings
from tests.conftest import Quoth
from tests.faults.inputs import Record, tell

SENTENCE = "The old bridge over the Weser was built long ago by many hands, and it rained for days. "
LIMIT = ReadingSettings().max_bytes
PEAK = """
import sys
{}
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) * 1024)
"""
"""A program that ends with the most memory it has had, in bytes (VmHWM begins anew with each program)."""

READ = """
from pathlib import Path
from qa.reading import Reader
from qa.settings import ReadingSettings
document = Reader(ReadingSettings()).read(Path(sys.argv[1]))
assert document.text.strip()
"""

ADD = """
from qa.cli import main
assert main(["add", sys.argv[1]]) == 0
"""


def bytes_read() -> int:
    """What this process has read altogether, from files and whatever else."""
    return int(Path("/proc/self/io").read_text().split("rchar: ")[1].split()[0])


def peak(program: str, path: Path, **variables: str) -> int:
    """The most memory in bytes that this program takes over a file."""
    command = [sys.executable, "-c", PEAK.format(program), str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables}, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return int(ran.stdout.split()[-1])


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.pdf", "a.html"])
def test_a_file_over_the_limit_is_refused_without_being_read(
    tmp_path: Path, record_property: Record, name: str
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(b"%PDF-1.4 or text\n")
        file.truncate(LIMIT + 1)
    with Reader(ReadingSettings()) as reader:
        before = bytes_read()
        with pytest.raises(ReadError, match=r"it is too large, 50\.0 MB where 50\.0 MB are allowed") as caught:
            reader.read(path)
        assert bytes_read() - before < 100_000
    tell(record_property, f"{name} of 50 MB and a byte", str(caught.value))


def test_the_limit_is_a_setting(quoth: Quoth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SENTENCE * 3)
    monkeypatch.setenv("QUOTH_READING__MAX_BYTES", "100")
    refused = quoth("add", str(path))
    assert refused.code == 4
    assert "264 bytes where 100 bytes are allowed: split it, or raise the setting reading.max_bytes" in refused.out
    monkeypatch.setenv("QUOTH_READING__MAX_BYTES", "264")
    assert quoth("add", str(path)).code == 0


TEXTS = {
    "a.md of 50 MB": (f"# Head\n\n{SENTENCE}\n\n", "utf-8", ""),
    "a.csv of 50 MB": ("Anna,Bremen,1847\n", "utf-8", ""),
    "a.txt of 50 MB in one line": (SENTENCE, "utf-8", ""),
    "a.txt of 50 MB with one emoji": (SENTENCE, "utf-8", "🎉"),
    "a.txt of 50 MB in cp1252": (f"Grüße. {SENTENCE}\n", "cp1252", ""),
    "a.log of 50 MB in UTF-16": (f"{SENTENCE}\n", "utf-16", ""),
}


QUICK = ("a.txt of 50 MB in one line", "a.txt of 50 MB with one emoji")


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=() if what in QUICK else pytest.mark.slow, id=what) for what in TEXTS]
)
def test_a_text_just_under_the_limit_is_read_within_bounded_memory(
    tmp_path: Path, record_property: Record, what: str
) -> None:
    """Measured: 140 to 340 MB, most where one emoji makes every character of the text take four bytes."""
    line, encoding, end = TEXTS[what]
    path = tmp_path / what.split()[0]
    with path.open("w", encoding=encoding, newline="") as file:
        size = len(line.encode(encoding.replace("utf-16", "utf-16-le")))
        for _ in range(100):
            file.write(line * ((LIMIT - 10) // size // 100))
        file.write(end)
    assert 0.99 * LIMIT < path.stat().st_size <= LIMIT
    most = peak(READ, path)
    assert most < 600_000_000
    record_property(f"megabytes for {what}", round(most / 1e6))
    tell(record_property, what, "read")
    path.unlink()


@pytest.mark.slow
def test_a_line_of_10_mb_is_indexed_and_hides_nothing(
    quoth_process: Quoth, tmp_path: Path, record_property: Record
) -> None:
    """Measured: 210 to 240 MB, nearly all of it the model and Chroma."""
    path = tmp_path / "line.txt"
    path.write_text(f"{SENTENCE}data:image/png;base64,{'QUJD' * 2_500_000}")
    other = tmp_path / "other.txt"
    other.write_text("The ferry Adelheid was built in Bremen in 1923.")
    assert quoth_process("add", str(other)).code == 0
    most = peak(ADD, path)
    assert most < 1_000_000_000
    record_property("megabytes for a line of 10 MB", round(most / 1e6))
    asked = quoth_process("ask", "Where was the ferry Adelheid built?", "--json").json
    assert asked["citations"][0]["source"] == str(other)
    assert "Bremen" in asked["text"]
    assert quoth_process("search", "old bridge over the Weser", "--json").json["passages"][0]["source"] == str(path)
    tell(record_property, "a line of 10 MB", "read")
