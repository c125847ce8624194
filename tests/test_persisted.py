"""An index that names an embedding function, which Chroma would build, is not opened."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa import Library, store
from qa.catalog import Catalog
from qa.persisted import names_no_code
from qa.store import Store

from .conftest import Quoth

QUESTION = "When did Donald Trump and Kim Jong Un first meet?"


def index_of(library: Path) -> Path:
    (found,) = store.index_folders(library)
    return found


def is_opened(library: Path) -> bool:
    """Whether a question would open the index."""
    catalog, opened = Catalog(library), Store(library)
    try:
        return opened.current(catalog)[0] is not None
    finally:
        opened.close()
        catalog.close()


def described(model: Path) -> dict[str, Any]:
    """An embedding function that loads a model with the code in its folder."""
    config = {"model_name": str(model), "device": "cpu", "normalize_embeddings": False}
    return {
        "type": "known",
        "name": "sentence_transformer",
        "config": {**config, "kwargs": {"trust_remote_code": True, "local_files_only": True}},
    }


def in_schema(index: Path, function: dict[str, Any]) -> None:
    with sqlite3.connect(index / "chroma.sqlite3") as database:
        (text,) = database.execute("SELECT schema_str FROM collections").fetchone()
        schema = json.loads(text)
        schema["keys"]["#embedding"]["float_list"]["vector_index"]["config"]["embedding_function"] = function
        database.execute("UPDATE collections SET schema_str = ?", (json.dumps(schema),))
    database.close()


def in_configuration(index: Path, function: dict[str, Any]) -> None:
    with sqlite3.connect(index / "chroma.sqlite3") as database:
        text = json.dumps({"embedding_function": function})
        database.execute("UPDATE collections SET config_json_str = ?", (text,))
    database.close()


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A model's folder whose code makes the file "has run" in it."""
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "evil.py").write_text(f"import pathlib\npathlib.Path({str(folder / 'has run')!r}).touch()\n")
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]))
    return folder


@pytest.mark.parametrize("put", [in_schema, in_configuration])
def test_an_index_with_an_embedding_function_is_not_opened(
    put: Callable[[Path, dict[str, Any]], None], library: Path, evil: Path
) -> None:
    assert is_opened(library)
    put(index_of(library), described(evil))
    assert not names_no_code(index_of(library))
    assert not is_opened(library)
    assert not (evil / "has run").exists()


def test_the_catalog_answers_instead_and_a_rebuild_mends_it(library: Path, evil: Path, quoth: Quoth) -> None:
    in_schema(index_of(library), described(evil))
    asked = quoth("ask", QUESTION, "--library", str(library))
    assert asked.code == 0
    assert "12 June 2018" in asked.out
    assert quoth("rebuild", "--library", str(library)).code == 0
    assert is_opened(library)
    assert not (evil / "has run").exists()


def test_the_next_add_mends_it_as_well(library: Path, evil: Path, tmp_path: Path) -> None:
    in_schema(index_of(library), described(evil))
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    with Library(library) as opened:
        opened.add([tmp_path / "a.txt"])
    assert is_opened(library)


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE collections SET schema_str = 'no JSON'",
        "DELETE FROM collections",
        "DROP TABLE collections",
    ],
)
def test_what_cannot_be_read_is_not_opened(library: Path, spoil: str) -> None:
    index = index_of(library)
    assert names_no_code(index)
    with sqlite3.connect(index / "chroma.sqlite3") as database:
        database.execute(spoil)
    database.close()
    assert not names_no_code(index)
    assert not is_opened(library)
    assert not names_no_code(index / "not there")


def test_reading_it_changes_nothing(library: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in library.rglob("*")}
    assert names_no_code(index_of(library))
    assert {path: path.stat().st_mtime_ns for path in library.rglob("*")} == before


@pytest.mark.slow
def test_chroma_would_run_it(library: Path, evil: Path) -> None:
    """The tests above could not fail with an embedding function that does nothing."""
    in_schema(index_of(library), described(evil))
    program = (
        "import sys, chromadb; client = chromadb.PersistentClient(sys.argv[1]);"
        "print(client.get_collection('chunks', embedding_function=None).schema)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program, str(index_of(library))], capture_output=True)
    assert (evil / "has run").exists()
