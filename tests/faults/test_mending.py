"""What damage inside a catalog or an index comes to that only its contents show, and that what is named mends it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qa import Library
from tests.ailing import FACT, QUESTION, change, damaged, findings, make, mend
from tests.conftest import Quoth

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A library with its notes, for every test to copy."""
    return make(tmp_path_factory.mktemp("mending"), models)


@pytest.fixture
def library(original: Path, tmp_path: Path) -> Iterator[Library]:
    """The test's own."""
    shutil.copytree(original / "library", tmp_path / "library")
    with Library(tmp_path / "library") as library:
        yield library


def test_a_text_that_is_not_what_was_read(library: Library, quoth: Quoth) -> None:
    change(library, "UPDATE chunks SET text = replace(text, '1931', '1913') WHERE text LIKE '%Adelheid%'")
    assert damaged(library) == set()
    assert damaged(library, deep=True) >= {"documents"}
    mend(library, quoth)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM chunks WHERE document = (SELECT id FROM documents WHERE kind = 'md')",
        "DELETE FROM chunks WHERE ordinal = 1",
        "DELETE FROM documents WHERE kind = 'md'",
    ],
)
def test_a_document_that_is_not_whole(library: Library, quoth: Quoth, sql: str) -> None:
    change(library, sql)
    assert damaged(library) >= {"documents"}
    mend(library, quoth)


@pytest.mark.parametrize(
    ("sql", "quick"),
    [
        ("DELETE FROM vectors WHERE hash = (SELECT vector FROM chunks WHERE text LIKE '%Adelheid%')", True),
        ("UPDATE vectors SET vector = zeroblob(4 * 384) WHERE rowid = 1", False),
        ("UPDATE vectors SET vector = substr(vector, 1, 100) WHERE rowid = 2", False),
        ("UPDATE vectors SET vector = CAST(x'0000c07f' || substr(vector, 5) AS BLOB) WHERE rowid = 3", False),
    ],
    ids=["missing", "of length zero", "cut off", "no number"],
)
def test_a_vector_that_is_missing_or_damaged_is_made_again(
    library: Library, quoth: Quoth, sql: str, quick: bool
) -> None:
    change(library, sql)
    if quick:
        assert damaged(library) == {"vectors", "index"}
    assert damaged(library, deep=True) >= {"vectors"}
    assert "embedded" in library.rebuild().to_dict()
    mend(library, quoth)


def test_words_that_are_not_those_of_the_documents(library: Library, quoth: Quoth) -> None:
    change(library, "INSERT INTO words (words, rowid, body) VALUES ('delete', 1, 'adelheid')")
    change(library, "INSERT INTO words (rowid, body) VALUES (999, 'zeppelin')")
    assert damaged(library) == {"words"}
    mend(library, quoth)
    change(library, "INSERT INTO words (words) VALUES ('delete-all')")
    change(library, "INSERT INTO words (rowid, body) SELECT id, 'zeppelin' FROM chunks")
    assert damaged(library) == set()
    assert damaged(library, deep=True) == {"words"}
    mend(library, quoth)


def test_another_embedding_model(library: Library, quoth: Quoth) -> None:
    change(library, "UPDATE meta SET value = 'another' WHERE key = 'fingerprint'")
    (finding,) = findings(library)
    assert (finding.check, finding.severity) == ("model", "damage")
    assert finding.mend == f"quoth rebuild --embed --library {library.folder}"
    mend(library, quoth)


def test_vectors_of_another_dimension(library: Library, quoth: Quoth) -> None:
    half = np.full(192, 192**-0.5, dtype="<f4").tobytes()
    change(library, "UPDATE vectors SET vector = ?", half)
    change(library, "DELETE FROM meta WHERE key = 'index'")
    asked = quoth("ask", QUESTION, "--library", str(library.folder))
    assert asked.code == 1
    assert "quoth doctor" in asked.err
    (finding,) = [finding for finding in findings(library, deep=True) if finding.severity == "damage"]
    assert (finding.check, finding.mend) == ("model", f"quoth rebuild --embed --library {library.folder}")
    assert quoth("rebuild", "--embed", "--library", str(library.folder)).code == 0
    assert findings(library, deep=True) == []
    assert FACT in library.ask(QUESTION).text


def reseal(library: Library, program: str) -> None:
    """Do something to the index with Chroma, and seal it again: as if it had been built so."""
    whole = f"""
import json, sys
from dataclasses import replace
from pathlib import Path
from qa.catalog.writing import Writer
from qa.seal import seal
from qa import store
from qa.store import COLLECTION, IndexRow
folder = Path(sys.argv[1])
writer = Writer(folder)
row = IndexRow.of(writer)
client = store.client(folder / row.folder)
collection = client.get_collection(COLLECTION, embedding_function=None)
{program}
client.close()
writer.set_meta(index=replace(row, files=seal(folder / row.folder)).to_json())
"""
    subprocess.run([sys.executable, "-c", whole, library.folder], check=True)


ANOTHER_METRIC = """
given = collection.get(include=["embeddings", "metadatas"])
client.delete_collection(COLLECTION)
made = client.create_collection(COLLECTION, configuration={"hnsw": {"space": "l2"}}, embedding_function=None)
made.add(**{name: given[name] for name in ("ids", "embeddings", "metadatas")})
"""
ANOTHER_DIMENSION = """
given = collection.get(include=["embeddings", "metadatas"])
client.delete_collection(COLLECTION)
cosine = {"hnsw": {"space": "cosine"}}
made = client.create_collection(COLLECTION, configuration=cosine, embedding_function=None)
made.add(ids=given["ids"], embeddings=given["embeddings"][:, :100], metadatas=given["metadatas"])
"""
OTHER_VECTORS = """
given = collection.get(include=["embeddings"])
collection.update(ids=given["ids"], embeddings=given["embeddings"][::-1])
"""


@pytest.mark.parametrize("program", [ANOTHER_METRIC, ANOTHER_DIMENSION], ids=["metric", "dimension"])
def test_an_index_of_another_metric_or_dimension_is_not_used(library: Library, quoth: Quoth, program: str) -> None:
    reseal(library, program)
    with Library(library.folder) as other:
        for _ in range(2):  # the first question does not open the index
            assert FACT in other.ask(QUESTION).text
        assert ["quoth rebuild" in notice for notice in other.notices()] == [True]
    assert damaged(library) == {"index"}
    mend(library, quoth)
    assert library.notices() == []


def test_an_index_with_vectors_that_are_not_the_catalogs(library: Library, quoth: Quoth) -> None:
    reseal(library, OTHER_VECTORS)
    assert damaged(library) == damaged(library, deep=True) == {"index"}
    mend(library, quoth)
