"""What is loaded when: nobody waits seconds for a library that their command does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import CORPUS

HEAVY = {"torch", "transformers", "sentence_transformers", "chromadb", "onnxruntime", "textual", "tokenizers", "numpy"}
LANGCHAIN = {"langchain", "langchain_core", "langchain_text_splitters", "langsmith"}
READERS = {"pypdf", "docx", "pptx", "openpyxl", "bs4", "lxml"}


def loaded(program: str, *arguments: str) -> set[str]:
    """The packages that are loaded after a program, which runs as a process of its own."""
    ending = (
        "\nimport json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + ending, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_importing_qa_loads_nothing_heavy() -> None:
    assert not loaded("import qa, qa.types, qa.errors") & (HEAVY | LANGCHAIN | {"pydantic", "typer", "rich"})


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["--version"], ["config"], ["libraries"]])
def test_commands_that_need_no_documents_load_nothing_heavy(arguments: list[str]) -> None:
    assert not loaded("import sys; from qa.cli import main; main(sys.argv[1:])", *arguments) & (HEAVY | LANGCHAIN)


def test_a_command_loads_no_other_commands() -> None:
    program = "import sys; from qa.cli import main; main(['sources', '--help'])"
    program += "; print(*[name for name in sys.modules if name.startswith('qa.cli.')], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    others = {"asking", "chat", "choosing", "config", "evaluating", "health", "libraries"}
    assert not {name.removeprefix("qa.cli.") for name in done.stderr.split()} & others


@pytest.mark.parametrize("where", [[], ["--where", "*.md"]], ids=["all", "some"])
def test_listing_sources_loads_no_model(where: list[str], sample_library: Path) -> None:
    arguments = ["sources", *where, "--library", str(sample_library)]
    assert not loaded("import sys; from qa.cli import main; main(sys.argv[1:])", *arguments) & (HEAVY | LANGCHAIN)


def test_asking_loads_neither_torch_nor_langchain(sample_library: Path) -> None:
    arguments = ["ask", "Who met in Hanoi?", "--library", str(sample_library)]
    unwanted = {"torch", "transformers", "sentence_transformers", "textual"} | LANGCHAIN
    assert not loaded("import sys; from qa.cli import main; main(sys.argv[1:])", *arguments) & unwanted


def test_adding_plain_text_loads_neither_torch_nor_chroma_nor_what_reads_other_files(tmp_path: Path) -> None:
    arguments = ["add", str(CORPUS / "un-sanctions.txt"), "--library", str(tmp_path / "library")]
    unwanted = HEAVY - {"numpy", "onnxruntime", "tokenizers"} | LANGCHAIN | READERS | {"ray", "httpx", "watchfiles"}
    assert not loaded("import sys; from qa.cli import main; main(sys.argv[1:])", *arguments) & unwanted


def test_the_first_question_to_a_small_library_does_not_wait_for_chroma(sample_library: Path) -> None:
    program = """
import sys
from qa import Library
with Library(sys.argv[1]) as library:
    library.prepare()
    first = library.ask("Who met in Hanoi?")
    assert "chromadb" not in sys.modules
    second = library.ask("Who met in Hanoi?")
    assert "chromadb" in sys.modules
    assert (second.text, second.confidence, second.passages) == (first.text, first.confidence, first.passages)
"""
    assert "chromadb" not in loaded(
        "import sys; from qa.cli import main; main(sys.argv[1:])",
        "ask",
        "Who met in Hanoi?",
        "--library",
        str(sample_library),
    )
    assert "chromadb" in loaded(program, str(sample_library))


@pytest.mark.parametrize(
    ("program", "most"),
    [
        ("import qa", 70),
        ("from qa.cli import main; main(['ask', 'Who met in Hanoi?', '--library', sys.argv[1]])", 660),
        ("from qa.cli import main; main(['add', sys.argv[2], '--library', sys.argv[3]])", 665),
    ],
    ids=["import qa", "quoth ask", "quoth add"],
)
def test_no_more_modules_are_loaded_than_before(program: str, most: int, sample_library: Path, tmp_path: Path) -> None:
    counted = f"import sys; {program}; print(len(sys.modules), file=sys.stderr)"
    places = (sample_library, CORPUS / "un-sanctions.txt", tmp_path / "library")
    command = [sys.executable, "-c", counted, *map(str, places)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stderr.splitlines()[-1]) <= most  # 63, 629 and 638 when this was written


def test_everything_that_is_promised_can_be_imported() -> None:
    import qa

    assert {"Answer", "Citation", "Library", "Passage", "aask", "ask", "astream", "stream"} <= set(qa.__all__)
    assert all(hasattr(qa, name) for name in qa.__all__)
    assert set(qa.__all__) <= set(dir(qa))


def test_importing_qa_leaves_the_variables_of_a_program_alone() -> None:
    program = (
        "import os; before = dict(os.environ); import qa; from qa import Library, ask; assert os.environ == before"
    )
    loaded(program)
