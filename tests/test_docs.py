"""The documentation is true: its code runs, its commands exist, and it builds without a warning."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
import typer
from bs4 import BeautifulSoup

import qa
from qa.cli.app import COMMANDS, app
from qa.settings import AnswerSettings, Settings, config_file, load
from tests.conftest import CORPUS, ROOT
from tests.page import RUN, blocks

PAGES = sorted((ROOT / "docs").glob("*.md"))
TEXTS = [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))]


def running(page: Path) -> bool:
    """Whether a page has something to run."""
    return any(block.language in RUN for block in blocks(page.read_text(encoding="utf-8")))


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if running(page)], ids=lambda page: page.stem)
def test_what_a_page_shows_works(page: Path, tmp_path: Path, home: Path) -> None:
    shutil.copytree(CORPUS, tmp_path / "corpus")
    command = [sys.executable, "-m", "tests.page", str(page)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert re.search(r"^[1-9]\d* blocks were run$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.stem)
def test_every_command_line_of_a_page_is_one(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lines = [line.strip() for block in blocks(text) for line in block.text.splitlines()]
    for line in [*lines, *re.findall(r"`(quoth [^`\n]+)`", text)]:
        words = line.removeprefix("$ ")
        if words.startswith("quoth ") and not re.search(r"\.\.\.|\[| \||\bCOMMAND\b|-completion", words):
            arguments = [word for word in shlex.split(words, comments=True)[1:] if word != "&"]
            assert mistake(arguments, whole=line in lines) is None, f"{page.name}: {line}"


def mistake(arguments: list[str], *, whole: bool) -> str | None:
    """What typer finds wrong with a command line, which is not run; None for nothing.

    whole: it is meant to be typed so; a command that is merely named in a sentence may lack its arguments.
    """
    command: Any = typer.main.get_command(app)
    context = None
    try:
        while True:
            context = command.make_context(command.name, [*arguments], parent=context)
            if not context._protected_args:
                return None
            _, command, arguments = command.resolve_command(context, [*context._protected_args, *context.args])
    except typer.Exit:
        return None  # --help, --version
    except typer.TyperException as error:
        named = not whole and type(error).__name__ in ("MissingParameter", "NoArgsIsHelpError")
        return None if named else error.format_message()


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.stem)
def test_every_settings_file_of_a_page_is_one(page: Path, home: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language == "toml" and "[project]" not in block.text:
            config_file().parent.mkdir(parents=True, exist_ok=True)
            config_file().write_text(block.text, encoding="utf-8")
            assert load().model_dump(exclude_unset=True), f"{page.name}, line {block.line}"


@pytest.mark.parametrize("page", [*TEXTS, ROOT / "CHANGELOG.md"], ids=lambda page: page.stem)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made = {"commands.md", "settings.md", "contributing.md"}  # when the documentation is built
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target) or (page.parent.name == "docs" and target in made):
            continue
        file = page.parent / target if target else page
        assert file.exists(), f"{page.name} links to {link}"
        if anchor and file.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}, link


def test_the_map_of_the_code_has_every_module() -> None:
    names = run_path(str(ROOT / "docs/code_map.py"))
    page = names["PAGE"].read_text(encoding="utf-8")
    assert page == names["mapped"](page), "run docs/code_map.py"


def test_the_reference_has_everything_that_qa_exports() -> None:
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^::: qa\.(\w+)$", page, re.MULTILINE)) == sorted(qa.__all__)
    [members] = re.findall(r"members: \[(.+?)\]", page, re.DOTALL)
    assert sorted(re.findall(r"\w+", members)) == [name for name in dir(qa.Library) if not name.startswith("_")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built as `make docs` does it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.slow
def test_the_documentation_is_built_and_made_from_the_programs(site: Path) -> None:
    commands, settings, api = (text_of(site / f"{page}.html") for page in ("commands", "settings", "api"))
    for name in COMMANDS:
        assert f"quoth {name}" in commands
    assert "--explain" in commands
    assert Settings.model_fields["library"].description in settings
    assert AnswerSettings.model_fields["threshold"].description in settings
    assert "answer.threshold" in settings
    for name in qa.__all__:
        assert name in api
    assert "history: the conversation so far, oldest first" in api
    for page in PAGES:
        assert (site / f"{page.stem}.html").is_file()


@pytest.mark.slow
def test_the_documentation_fetches_nothing(site: Path) -> None:
    pages = [*site.glob("**/*.html")]
    assert len(pages) > len(PAGES)
    for page in pages:
        tags = re.findall(r"<(?:script|link|img|iframe|source|object)\b[^>]*>", page.read_text(encoding="utf-8"))
        fetched = [tag for tag in tags if re.search(r"""(?:src|href|data)=["']?(?:https?:)?//""", tag)]
        assert fetched == [], page.name
    for sheet in site.glob("**/*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8")), sheet.name


def text_of(page: Path) -> str:
    """What a page says, without its markup."""
    return " ".join(BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").get_text(" ").split()).replace(" :", ":")
