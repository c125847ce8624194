"""A walk finds what may be documents, in a fixed order, and never leaves the folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.reading import walk


def make(root: Path, *names: str) -> None:
    """Empty files, or with text after an equals sign; folders are made as needed."""
    for name in names:
        path, _, text = name.partition("=")
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def found(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in walk(root)]


def test_the_order_is_fixed_and_the_paths_are_below_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "b.txt", "a/z.md", "a/b/c.pdf", "a.md", "B.txt", "ä.txt")
    expected = ["B.txt", "a/b/c.pdf", "a/z.md", "a.md", "b.txt", "ä.txt"]
    assert found(tmp_path) == expected
    assert list(walk(tmp_path)) == [tmp_path / name for name in expected]
    monkeypatch.chdir(tmp_path)
    assert [str(path) for path in walk(Path("a"))] == ["a/b/c.pdf", "a/z.md"]


def test_hidden_and_generated_files_are_left_out(tmp_path: Path) -> None:
    make(
        tmp_path,
        *("a.txt", ".hidden.txt", ".git/config", ".obsidian/x.md", "node_modules/x/README.md", "__pycache__/a.txt"),
        *("env/pyvenv.cfg", "env/lib/a.txt", "~$report.docx", "report.docx", "sub/.x/y.txt"),
        *("report.docx~", "#a.txt#", "library/catalog.sqlite", "library/lock", "library/quoth.toml"),
    )
    assert found(tmp_path) == ["a.txt", "report.docx"]


def test_what_is_no_document_is_left_out_and_foreign_documents_are_not(tmp_path: Path) -> None:
    make(tmp_path, "a.JPG", "b.mp3", "c.zip", "d.tar.gz", "e.pyc", "f.ttf", "g.exe", "h.sqlite")
    make(tmp_path, "old.doc", "foreign.odt", "old.xls", "note.rtf", "unknown.xyz", "noname", "data.csv")
    assert found(tmp_path) == ["data.csv", "foreign.odt", "noname", "note.rtf", "old.doc", "old.xls", "unknown.xyz"]


def test_a_hidden_root_and_a_virtual_environment_are_walked_when_named(tmp_path: Path) -> None:
    make(tmp_path, ".notes/a.txt", "env/pyvenv.cfg", "env/a.txt")
    assert found(tmp_path / ".notes") == ["a.txt"]
    assert found(tmp_path / "env") == ["a.txt", "pyvenv.cfg"]


def test_ignore_files_at_every_level(tmp_path: Path) -> None:
    make(
        tmp_path,
        ".gitignore=*.log\n/build/\n!keep.log\nsecret\n",
        ".quothignore=drafts/\n",
        *(
            "a.log",
            "keep.log",
            "build/x.txt",
            "sub/build/x.txt",
            "sub/a.log",
            "secret/a.txt",
            "sub/secret",
            "drafts/a.txt",
        ),
        "sub/.gitignore=!a.log\n/only.txt\n",
        *("sub/only.txt", "sub/deep/only.txt", "only.txt", "build.txt"),
    )
    assert found(tmp_path) == ["build.txt", "keep.log", "only.txt", "sub/a.log", "sub/build/x.txt", "sub/deep/only.txt"]


def test_quothignore_has_the_last_word_beside_gitignore(tmp_path: Path) -> None:
    make(tmp_path, ".gitignore=*.txt\n", ".quothignore=!a.txt\n*.md\n", "a.txt", "b.txt", "c.md", "d.rst")
    assert found(tmp_path) == ["a.txt", "d.rst"]


_NAMES = st.sampled_from(["a", "b", "a.txt", "b.txt", "c.md"])
_PATTERN = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "!"]),
    st.sampled_from(["", "/", "**/", "a/", "*"]),
    st.sampled_from(["a", "b", "*.txt", "?.md", "[ab].txt", "a.txt", "*", "a/b"]),
    st.sampled_from(["", "/", "/**", " "]),
)


@pytest.mark.skipif(shutil.which("git") is None, reason="git itself is the judge here, and it is not installed")
@given(
    files=st.sets(st.lists(_NAMES, min_size=1, max_size=3).map(tuple), max_size=12),
    patterns=st.lists(_PATTERN, max_size=4),
    inner=st.lists(_PATTERN, max_size=3),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_ignore_files_mean_what_git_says(
    tmp_path_factory: pytest.TempPathFactory, files: set[tuple[str, ...]], patterns: list[str], inner: list[str]
) -> None:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for parts in sorted(files):
        file = root.joinpath(*parts)
        if not any(parent.is_file() for parent in file.parents) and not file.exists():
            make(root, "/".join(parts))
    make(root, ".gitignore=" + "\n".join(patterns))
    if (root / "a").is_dir():
        make(root, "a/.gitignore=" + "\n".join(inner))
    command = ["git", "-C", str(root), "ls-files", "-z", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    assert sorted(found(root)) == sorted(name for name in listed if name and not name.endswith(".gitignore"))


def test_patterns_that_make_no_sense_are_reported_and_the_others_hold(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.log", ".gitignore=*.log\n!\n")
    os.mkfifo(tmp_path / "sub.txt")
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "sub" / ".gitignore")
    make(tmp_path, "sub/c.txt")
    problems: list[tuple[Path, str]] = []
    paths = list(walk(tmp_path, lambda path, reason: problems.append((path, reason))))
    assert paths == [tmp_path / "a.txt", tmp_path / "sub" / "c.txt"]
    assert [path for path, _ in problems] == [tmp_path / ".gitignore", tmp_path / "sub" / ".gitignore"]


def test_links_stay_inside(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(tmp_path, "root/a/real.txt", "outside/secret.txt", "root-other/x.txt")
    (root / "inside.txt").symlink_to("a/real.txt")
    (root / "outside.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (root / "sibling.txt").symlink_to(tmp_path / "root-other" / "x.txt")
    (root / "folder").symlink_to("a")
    (root / "up").symlink_to("..")
    (root / "a" / "loop").symlink_to(root)
    (root / "self.txt").symlink_to("self.txt")
    (root / "broken.txt").symlink_to("nothing")
    assert found(root) == ["a/real.txt", "inside.txt"]
    named = tmp_path / "named"
    named.symlink_to(root)
    assert found(named) == ["a/real.txt", "inside.txt"]


def test_pipes_and_sockets_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert found(tmp_path) == ["a.txt"]


def test_a_folder_that_cannot_be_read_is_reported_and_the_rest_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a.txt", "locked/b.txt", "z.txt")
    locked = tmp_path / "locked"
    locked.chmod(0)
    if os.access(locked, os.R_OK):  # root may read it; then the system's refusal is put in its place
        real = os.scandir

        def refuse(path: Path) -> object:
            if path == locked:
                raise PermissionError(13, "Permission denied")
            return real(path)

        monkeypatch.setattr("qa.reading.walking.os.scandir", refuse)
    problems: list[tuple[Path, str]] = []
    paths = list(walk(tmp_path, lambda path, reason: problems.append((path, reason))))
    locked.chmod(0o700)
    assert paths == [tmp_path / "a.txt", tmp_path / "z.txt"]
    assert problems == [(locked, "the folder cannot be read: Permission denied")]


def test_what_is_no_folder_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    problems: list[Path] = []
    for path in (tmp_path / "a.txt", tmp_path / "missing"):
        assert list(walk(path, lambda where, _reason: problems.append(where))) == []
    assert problems == [tmp_path / "a.txt", tmp_path / "missing"]


def test_names_that_are_no_unicode_are_found(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in (b"caf\xe9.txt", b"\xff.md", b"ok.txt"):
        Path(os.fsdecode(folder + b"/" + name)).write_text("x")
    make(tmp_path, ".gitignore=*.md\n")
    assert [os.fsencode(path.name) for path in walk(tmp_path)] == [b"caf\xe9.txt", b"ok.txt"]
