"""Other languages, from the setting embedding.model to the quote, with small models that are made for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa import Library
from qa.chunking import chunk
from qa.embedding import Embedder
from qa.errors import LibraryMismatch
from qa.settings import EmbeddingSettings
from qa.types import Document

from .conftest import ROOT, Quoth
from .multilingual import DOCUMENTS, KINDS, LONGEST, PROMPTS, TEXTS

pytestmark = pytest.mark.slow

QUESTIONS = {
    "de.txt": ("Wo wurde die Fähre Adelheid gebaut?", "Die Fähre Adelheid wurde 1962 in Bremen gebaut."),
    "zh.txt": ("两国领导人在哪里举行会议？", "两国领导人去年在河内举行会议。"),
    "ja.txt": ("佐々木さんはどこでパン屋を開きましたか。", "佐々木さんは駅前でパン屋を開きました。"),
    "ar.txt": ("أين يبيع احمد الخبز؟", "يبيع أحمد الخبز في السوق القديم."),
    "th.txt": ("ร้านขนมปังอยู่ที่ไหน", "ร้านขนมปังอยู่หน้าสถานีรถไฟกลางเมือง"),
    "hi.txt": ("नया पुल कब पूरा होगा?", "नया पुल अगले साल पूरा होगा।"),
}
"""A question for each document, and the sentence that answers it."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the models of `multilingual`."""
    folder = tmp_path_factory.mktemp("multilingual")
    command = [sys.executable, "-W", "ignore", "-m", "tests.multilingual", str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return folder


@pytest.fixture
def model(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one that pools by the mean, in a folder of the test's own, as the setting has it."""
    folder = Path(shutil.copytree(made / "mean", tmp_path / "model"))
    monkeypatch.setenv("QUOTH_EMBEDDING__MODEL", str(folder))
    monkeypatch.setenv("QUOTH_EMBEDDING__PRECISION", "float32")
    return folder


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_the_vectors_are_the_originals_with_the_prompts(made: Path, kind: str) -> None:
    embedder = Embedder(EmbeddingSettings(model=str(made / kind), precision="float32"))
    assert (embedder.notice, embedder.max_tokens, embedder.pools_tokens) == (None, LONGEST, kind == "mean")
    wanted = json.loads((made / f"{kind}.vectors.json").read_text())
    told = embedder.embed_documents(TEXTS)
    assert (told * np.array(wanted["passage"])).sum(axis=1).min() > 0.9999
    for text, vector in zip(TEXTS, wanted["query"], strict=True):
        assert embedder.embed_query(text) @ np.array(vector) > 0.9999
    # The prompts do make a difference, and so does the text.
    assert (told * np.array(wanted["query"])).sum(axis=1).min() < 0.999
    assert np.partition(told @ told.T, -2, axis=1)[:, -2].max() < 0.99


@pytest.mark.parametrize("kind", KINDS)
def test_words_and_sentences_have_vectors_where_they_stand(made: Path, kind: str) -> None:
    embedder = Embedder(EmbeddingSettings(model=str(made / kind), precision="float32"))
    text = DOCUMENTS["de.txt"]
    spans = [(text.index(word), text.index(word) + len(word)) for word in ("Adelheid", "wurde", "Bremen")]
    whole, parts = embedder.embed_spans(text, spans)
    assert parts.shape == (3, embedder.dimension)
    # A space before a word is the word's to this tokenizer; a span that began behind it had no token, and the whole's
    # vector.
    assert (parts @ whole).max() < 0.999
    assert np.allclose(np.linalg.norm(parts, axis=1), 1, atol=1e-5)


def test_chunks_tile_texts_of_every_script(made: Path) -> None:
    embedder = Embedder(EmbeddingSettings(model=str(made / "mean"), precision="float32"))
    text = "\n\n".join([*TEXTS, "e\u0301" * 300, DOCUMENTS["ar.txt"] * 9, DOCUMENTS["zh.txt"] * 20])
    chunks = chunk(Document(source="/a.txt", kind="txt", text=text, sha256="", encoding="utf-8"), embedder, 40)
    assert "".join(piece.text for piece in chunks) == text
    assert all(text[piece.start : piece.end] == piece.text for piece in chunks)
    assert max(len(spans) for spans in embedder.token_spans([piece.text for piece in chunks])) <= 40


def test_each_language_is_found_and_quoted(model: Path, documents: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        report = library.add(documents)
        assert len(report.added) == len(DOCUMENTS)
        assert report.notices == ()  # that the packaged model reads English is said of that one alone
        for name, (question, sentence) in QUESTIONS.items():
            [best, *_] = library.search(question, k=3)
            assert best.source == str(documents / name), question
            answer = library.ask(question)
            assert answer.status == "answered", (question, answer.confidence)
            # The sentence beside it may be quoted with it, where the small model is not sure.
            assert any(sentence in citation.quote for citation in answer.citations), (question, answer.text)
            for citation in answer.citations:
                text = library.text(citation.source)
                assert text == DOCUMENTS[Path(citation.source).name]
                assert text[citation.start : citation.end] == citation.quote
        nothing = library.ask("Was kostet ein Fahrrad?")
        assert "English" not in nothing.text


def test_the_fingerprint_holds_for_the_same_files_alone(
    model: Path, documents: Path, tmp_path: Path, quoth: Quoth, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add(documents)
    health = quoth("doctor", "--deep", "--library", str(folder))
    assert (health.code, "sound" in health.out) == (0, True), health
    moved = model.rename(tmp_path / "moved")
    monkeypatch.setenv("QUOTH_EMBEDDING__MODEL", str(moved))
    with Library(folder) as library:
        assert len(library.add(documents).unchanged) == len(DOCUMENTS)  # the same model, wherever it lies
    for file, key, value in (
        ("config_sentence_transformers.json", "prompts", {**PROMPTS, "query": "Frage: "}),
        ("1_Pooling/config.json", "pooling_mode", "cls"),
        ("sentence_bert_config.json", "max_seq_length", 32),
    ):
        config = moved / file
        before = config.read_text()
        config.write_text(json.dumps(json.loads(before) | {key: value}))
        with Library(folder) as library, pytest.raises(LibraryMismatch, match="quoth rebuild --embed"):
            library.search("会议")
        config.write_text(before)
        with Library(folder) as library:
            assert library.search("会议")
