"""What is handed out: a wheel and an sdist that have all they should, and work where nothing else of Quoth is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import __version__
from tests.conftest import ROOT
from tests.pseudoterminal import PseudoTerminal

pytestmark = pytest.mark.slow

CALLER = """
from qa import Answer, Library, ask

answer: Answer = ask("Who was Otto Warmbier?", documents="corpus/")
reveal_type(Library("news").search("sanctions", k=3))
answer.nothing
ask(3)
"""

UNREAD = """[mypy]
strict = true
[mypy-sentence_transformers.*,langchain_core.*,langchain.*,chromadb.*,numpy.*]
follow_imports = skip
"""
"""Of what Quoth stands on: what the checker need not read to know Quoth's own types."""


def environment() -> dict[str, str]:
    """The test's own, but for the checkout's programs."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run(*command: object, folder: Path) -> str:
    """What a program prints that ends well."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def files(folder: str) -> Iterator[str]:
    """The files below a folder of the checkout that are not made by running it."""
    for path in (ROOT / folder).rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix()


def held(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel made from it, and below `tree` the wheel made from the checkout."""
    folder = tmp_path_factory.mktemp("built")
    build = (sys.executable, "-m", "build", "--no-isolation")
    run(*build, "--outdir", folder, ROOT, folder=folder)
    run(*build, "--wheel", "--outdir", folder / "tree", ROOT, folder=folder)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment into which the wheel was installed; only what it depends on comes from the running one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder)
    (wheel,) = built.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", folder / "bin/python")
    run(*pip, "install", "--no-index", "--no-deps", wheel, folder=folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_wheel_holds_the_programs_and_the_sample_documents(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(held(wheel))
    beside = {name for name in names if name.startswith(f"quoth-{__version__}.dist-info/")}
    assert names - beside == {*files("qa"), *files("tui"), *(f"qa/{name}" for name in files("corpus"))}
    assert {name.partition("/")[2] for name in beside} == {
        *("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    assert {"qa/py.typed", "tui/py.typed", "qa/corpus/questions.jsonl"} <= names


def test_the_sdist_makes_the_same_wheel_and_holds_the_rest(built: Path) -> None:
    (wheel,), (same,) = built.glob("*.whl"), (built / "tree").glob("*.whl")
    assert wheel.name == same.name
    assert held(wheel) == held(same)
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("qa", "tui", "corpus", "tests", "docs", "benchmarks", ".ci"):
        assert set(files(folder)) <= names
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "Makefile"} <= names
    assert {"pyproject.toml", "constraints.txt", "mkdocs.yml"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".venv", "build/", "dist/"))]


def test_it_answers_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    python = installed / "bin/python"
    assert run(installed / "bin/quoth", "--version", folder=tmp_path) == f"quoth {__version__}\n"
    where = "import qa, tui; print(qa.__file__, tui.__file__, qa.sample_corpus(), sep='\\n')"
    places = run(python, "-c", where, folder=tmp_path).splitlines()
    assert [str(installed) in place for place in places] == [True] * 3
    answered = run(python, "-m", "qa", "ask", "Who was Otto Warmbier?", places[-1], folder=tmp_path)
    assert "a student of the University of Virginia" in answered
    assert run(python, "-m", "tui", "--help", folder=tmp_path).split()[:3] == ["Usage:", "quoth", "chat"]


def test_the_chat_opens_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "bin/python"), "-m", "tui"]
    with PseudoTerminal(command, cwd=tmp_path, env={**environment(), "TERM": "xterm-256color"}) as terminal:
        terminal.wait_for("Try the sample corpus")
        terminal.press("\x11")  # Ctrl+Q
        assert terminal.ended() == 0


def test_a_caller_sees_the_types(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(CALLER)
    (tmp_path / "mypy.ini").write_text(UNREAD)
    command = [sys.executable, "-m", "mypy", "--python-executable", str(installed / "bin/python")]
    done = subprocess.run(
        [*command, "caller.py"], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=280
    )
    said = done.stdout.splitlines()
    assert "list[qa.types.answers.Passage]" in said[0]
    assert '"Answer" has no attribute "nothing"' in said[1]
    assert 'Argument 1 to "ask" has incompatible type "int"' in said[2]
    assert len(said) == 4, done.stdout


def test_the_shell_completes_what_was_installed(installed: Path, sample_library: Path, home: Path) -> None:
    named = home / "data/quoth/libraries"
    named.mkdir(parents=True)
    (named / "reports").symlink_to(sample_library, target_is_directory=True)
    variables = {**environment(), "PATH": f"{installed / 'bin'}:{os.environ['PATH']}", "TERM": "dumb", "PS1": "$ "}
    with PseudoTerminal(["bash", "--norc", "-i"], cwd=home, env=variables) as terminal:
        terminal.press("quoth --install-completion; . ~/.bashrc; echo set $((40 + 2))\n")
        terminal.wait_for("set 42")
        for typed, completed in [
            ("quoth sou", "quoth sources"),
            ("quoth ask --exp", "--explain"),
            ("quoth config mo", "quoth config model"),
            ("quoth ask --library rep", "--library reports"),
        ]:
            terminal.press(f"\x15{typed}\t")  # Ctrl+U clears the line
            terminal.wait_for(completed)
