"""Readers that other packages bring: an example from an installed wheel, and those that are up to no good."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa import Library
from qa.errors import ReadError
from qa.reading import Reader, plugins, walk
from qa.settings import ReadingSettings
from tests.conftest import Quoth

EXAMPLE = Path(__file__).parent / "example_reader"

CARDS = """BEGIN:VCARD
VERSION:4.0
FN:Grace Hopper
ORG:The Navy Yard in Boston
TEL;TYPE=work:+1 555 0100
END:VCARD
BEGIN:VCARD
FN:Ada Lovelace
EMAIL:ada@example.org
NOTE:The analytical engine stands in her cellar.
END:VCARD
"""

Install = Callable[..., Path]


def joined(site: Path) -> str:
    """The folders of modules with this one before them. No empty one: that would be the working directory."""
    return os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the example package is installed in, from its wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(EXAMPLE, folder / "source")  # building writes beside the sources
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    alone = ["--no-deps", "--no-index"]
    built = [*pip, "wheel", *alone, "--no-build-isolation", "--wheel-dir", str(folder), str(folder / "source")]
    subprocess.run(built, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("quoth_contacts-1.0-*.whl")
    subprocess.run([*pip, "install", *alone, "--target", str(folder / "site"), str(wheel)], check=True, timeout=120)
    return folder / "site"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package of one module into a folder on the path, as pip leaves it; called again, another version."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", joined(site))

    def put(
        code: str, suffixes: str = "odd", *, name: str = "oddity", version: str = "1.0", function: str = ""
    ) -> Path:
        for old in site.glob(f"{name}-*"):
            shutil.rmtree(old)
        (site / f"{name}.py").write_text(code, encoding="utf-8")
        facts = site / f"{name}-{version}.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
        points = "".join(f"{suffix} = {function or f'{name}:read'}\n" for suffix in suffixes.split())
        (facts / "entry_points.txt").write_text(f"[quoth.readers]\n{points}", encoding="utf-8")
        importlib.invalidate_caches()
        plugins.installed.cache_clear()
        return site

    yield put
    plugins.installed.cache_clear()


def read(path: Path, data: bytes = b"\x00\x01something", **settings: float) -> str:
    """The text of a file with these bytes."""
    path.write_bytes(data)
    with Reader(ReadingSettings.model_validate(settings)) as reader:
        return reader.read(path).text


def test_a_package_from_a_wheel_teaches_another_kind(
    example: Path, quoth_process: Quoth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "contacts"
    folder.mkdir()
    (folder / "book.vcf").write_text(CARDS, encoding="utf-8")
    (folder / "none.vcf").write_text("nobody", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", joined(example))
    added = quoth_process("add", str(folder), "--library", str(tmp_path / "library"), "--json")
    assert added.code == 4
    assert added.json["added"] == [str(folder / "book.vcf")]
    (failed,) = added.json["failed"]
    assert failed["reason"] == "it holds no contact: export it again (read by quoth-contacts 1.0)"
    asked = quoth_process("ask", "Where does the engine stand?", "--library", str(tmp_path / "library"), "--json")
    assert asked.json["status"] == "answered"
    assert {citation["heading"] for citation in asked.json["citations"]} == {"Ada Lovelace"}
    with Library(tmp_path / "library") as library:
        document = library.document(folder / "book.vcf")
        assert (document.kind, document.title) == ("vcf", "Contacts")
        assert "Grace Hopper\n\nWorks for: The Navy Yard in Boston\nTelephone: +1 555 0100\n" in document.text


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "from qa.readers import ReadError\ndef read(data, blocks): raise ReadError('it is locked:\\n unlock it')",
            "it is locked: unlock it",
        ),
        ("def read(data, blocks): return {}['x']", "its reader failed, with KeyError: the file is damaged, or the rea"),
        ("def read(data): pass", "its reader failed, with TypeError"),
        ("import sys\ndef read(data, blocks): sys.exit(3)", "its reader failed, with SystemExit"),
        ("import os\ndef read(data, blocks): os._exit(3)", "its parser crashed"),
        ("def read(data, blocks): return 'text'", "its reader returned a str instead of filling the blocks"),
        ("def read(data, blocks): blocks.title = 'x'", "it holds no text"),
        ("def read(data, blocks): blocks.paragraph('x' * 2000)", "it holds too much text, more than 1,000 characters"),
        ("def read(data, blocks): bytearray(10**11)", "it takes more than 1,500 MB of memory"),
        ("def read(data, blocks):\n    while True: pass", "it takes longer than 1 seconds to read"),
        ("raise ValueError('on \\x1b[2J import')", "its reader cannot be loaded (ValueError: on [2J import)"),
        (
            "import nothing_of_that_name",
            "its reader cannot be loaded (ModuleNotFoundError: No module named 'nothing_of_",
        ),
        ("reed = 1", "its reader cannot be loaded (AttributeError: module 'oddity' has no attribute 'read')"),
        ("read = 1", "its reader oddity:read is no function"),
    ],
)
def test_what_goes_wrong_is_one_line_that_names_the_package(
    code: str, reason: str, install: Install, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    install(code)
    with pytest.raises(ReadError) as raised:
        read(tmp_path / "file.odd", seconds=1, max_characters=1000)
    said = str(raised.value)
    record_property("bad input", f"a reader of another package: {said}")
    assert said.startswith(reason)
    assert said.endswith(" (read by oddity 1.0)")
    assert said.isprintable()
    assert raised.value.lasting


def test_a_reader_that_prints_and_asks_disturbs_nothing(install: Install, tmp_path: Path) -> None:
    install("def read(data, blocks):\n    print('x' * 10**6, input.__name__)\n    blocks.paragraph(str(len(data)))")
    assert read(tmp_path / "file.odd", b"12345") == "5"


def test_the_package_is_loaded_in_the_child_and_only_to_read(install: Install, tmp_path: Path) -> None:
    mark = tmp_path / "loaded"
    install(f"open({str(mark)!r}, 'w')\ndef read(data, blocks): blocks.paragraph('An odd file about ferries.')")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.odd").write_bytes(b"\x00")
    (folder / "b.txt").write_text("A text about ferries.", encoding="utf-8")
    with Library(tmp_path / "library") as library:
        assert len(library.add(folder).added) == 2
        assert mark.exists()
        assert "oddity" not in sys.modules
        mark.unlink()
        assert len(library.add(folder).unchanged) == 2
        assert not library.changed()
        library.search("ferries")
        assert not mark.exists()


def test_what_quoth_reads_itself_it_goes_on_reading(install: Install, tmp_path: Path) -> None:
    install("def read(data, blocks): blocks.paragraph('taken over')", "txt md HTM pdf markdown py docx")
    assert plugins.installed() == {}
    assert read(tmp_path / "notes.txt", b"my notes") == "my notes"


@pytest.mark.parametrize("function", ["os", "os:", "os.system('x'):y", ":read", "a b:c", "odd:read [extra]"])
def test_what_is_no_function_is_not_used(function: str, install: Install) -> None:
    install("", function=function)
    assert plugins.installed() == {}


def test_of_two_packages_the_first_by_name_has_it(install: Install, tmp_path: Path) -> None:
    install("def read(data, blocks): blocks.paragraph('second')", name="second")
    install("def read(data, blocks): blocks.paragraph('first')", name="first")
    assert read(tmp_path / "file.odd") == "first"
    assert plugins.versions() == "odd by first 1.0"


@pytest.mark.parametrize("broken", [None, b"quoth.readers \xff", b"[quoth.readers]\nnonsense\n[a\n"])
def test_packages_that_are_damaged_disturb_no_other(broken: bytes | None, install: Install) -> None:
    reader = "def read(data, blocks): blocks.paragraph('whole')"
    for name in ("abc", "xyz"):
        facts = install(reader, "strange", name=name) / f"{name}-1.0.dist-info"
        if broken is None:  # half removed
            (facts / "METADATA").unlink()
        else:
            (facts / "entry_points.txt").write_bytes(broken)
    install(reader, "odd")
    assert plugins.installed().keys() == {"odd"}


def test_a_folder_is_walked_for_what_a_package_reads(install: Install, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.gif", "c.odt"):
        (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    assert [path.name for path in walk(folder)] == ["c.odt"]
    install("def read(data, blocks): blocks.paragraph('a picture of a ferry')", "png odt")
    assert [path.name for path in walk(folder)] == ["a.png", "c.odt"]
    with Library(tmp_path / "library") as library:
        assert len(library.add(folder).added) == 2


def test_a_new_version_is_tried_on_what_the_old_one_could_not_read(install: Install, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    count = f"open({str(calls)!r}, 'a').write('x')"
    broken = f"def read(data, blocks):\n    {count}\n    raise ValueError"
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.odd").write_bytes(b"\x00")
    (folder / "b.txt").write_text("A text about ferries.", encoding="utf-8")
    with Library(tmp_path / "library") as library:
        assert "it is not a text file" in library.add(folder).failed[0].reason
        install(broken)
        for _ in range(2):
            assert "its reader failed" in library.update().failed[0].reason
        assert calls.read_text() == "x"  # what fails for good is not tried again
        install(broken, version="1.1")
        assert library.update().failed[0].reason.endswith("(read by oddity 1.1)")
        assert calls.read_text() == "xx"
        install("def read(data, blocks): blocks.paragraph('At last, the ferry.')", version="2.0")
        report = library.update()
        assert (len(report.added), report.failed) == (1, ())


def test_a_package_in_a_strangers_folder_is_not_used(
    install: Install, quoth_process: Quoth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "loaded"
    site = install(f"open({str(mark)!r}, 'w')\ndef read(data, blocks): blocks.paragraph('taken over')", "odd odt")
    (site / "a.odd").write_text("A text about ferries.", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(Path(plugins.__file__).parents[2]))
    added = quoth_process("add", "a.odd", "--library", str(tmp_path / "library"), cwd=site)
    assert added.code == 0, added.err
    with Library(tmp_path / "library") as library:
        assert library.text(site / "a.odd") == "A text about ferries."
    assert not mark.exists()
