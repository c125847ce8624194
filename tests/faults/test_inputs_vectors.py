"""A model that gives a text no vector: it is refused, what was kept before stays, and no such number is stored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qa import Library
from qa.catalog import Catalog
from qa.embedding import Embedder
from qa.embedding.compiling import RECIPE
from qa.embedding.models import file_sha256, fingerprint, locate
from qa.errors import ModelError
from qa.settings import EmbeddingSettings, cache_folder
from tests.faults.inputs import Record, tell

WORD = "zebra"
"""The compiled model's row of this word is damaged in these tests."""


@pytest.fixture(params=[np.nan, pytest.param(np.inf, marks=pytest.mark.slow)], ids=str)
def damaged(request: pytest.FixtureRequest, models: Path) -> float:
    """The compiled model gives no finite numbers for a text that holds WORD; its hashes are those of what it is now."""
    import onnx
    from onnx import numpy_helper
    from tokenizers import Tokenizer

    settings = EmbeddingSettings()
    Embedder(settings)  # compiles it where no test before has
    copy = cache_folder() / "models"
    copy.unlink()  # the folder that all tests share
    shutil.copytree(models, copy, symlinks=True)
    # By its name: other tests compile other models, and an older recipe may have left its own.
    folder = copy / f"{fingerprint(locate(settings.model))[:24]}-int8-{RECIPE}"
    row = Tokenizer.from_file(str(folder / "tokenizer.json")).token_to_id(WORD)
    model = onnx.load(folder / "model.onnx")
    for tensor in model.graph.initializer:
        table = numpy_helper.to_array(tensor)
        if table.ndim == 2 and len(table) > 20_000:
            table = table.copy()
            table[row] = request.param
            tensor.CopyFrom(numpy_helper.from_array(table, tensor.name))
            break
    else:
        raise AssertionError("no table of words")
    onnx.save(model, folder / "model.onnx")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["model.onnx"] = file_sha256(folder / "model.onnx")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return float(request.param)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


def stored(library: Library) -> np.ndarray:
    """Every vector in the catalog."""
    catalog = Catalog(library.folder)
    rows = catalog.rows("SELECT vector FROM vectors")
    catalog.close()
    return np.stack([np.frombuffer(blob, dtype="<f4") for (blob,) in rows])


def test_a_text_without_a_vector_is_refused_and_the_rest_answers(
    damaged: float, library: Library, tmp_path: Path, record_property: Record
) -> None:
    (tmp_path / "ferry.txt").write_text("The ferry Adelheid was built in Bremen in 1923.\n")
    (tmp_path / "zoo.txt").write_text(f"The {WORD} lives in the zoo of Bremen.\n")
    library.add([tmp_path / "ferry.txt"])
    before = stored(library)
    with pytest.raises(ModelError, match="gave a text no vector, but numbers that are zero or not finite") as caught:
        library.add([tmp_path / "zoo.txt"])
    assert len(str(caught.value).splitlines()) == 1
    assert [Path(source.source).name for source in library.sources()] == ["ferry.txt"]
    assert np.array_equal(stored(library), before)
    assert np.allclose(np.linalg.norm(before, axis=1), 1, atol=1e-3)
    with pytest.raises(ModelError, match="gave a text no vector"):
        library.ask(f"Where does the {WORD} live?")
    assert "1923" in library.ask("When was the ferry Adelheid built?").text
    tell(record_property, f"model that gives {damaged:g} for a word", "refused, and nothing of it kept")


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 0.5], ids=str)
def test_an_embedder_never_gives_what_is_no_unit_vector(
    value: float, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """At the session's edge, for numbers that no model can be made to give: all zeros, and another length."""
    embedder = Embedder(EmbeddingSettings())
    numbers = np.full(embedder.dimension, value, dtype=np.float32)
    monkeypatch.setattr(embedder._session, "encode", lambda encodings: np.stack([numbers] * len(encodings)))
    monkeypatch.setattr(embedder._session, "encode_tokens", lambda encoding: (numbers, np.ones((len(encoding.ids), 3))))
    for embed in (
        lambda: embedder.embed_documents(["one", "two"]),
        lambda: embedder.embed_query("one"),
        lambda: embedder.embed_spans("one", [(0, 3)]),
    ):
        with pytest.raises(ModelError, match="gave a text no vector"):
            embed()
    tell(record_property, f"vector of {value} throughout", "refused")
