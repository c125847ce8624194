"""Indexing against the machine's limit, the parsers alone and the tutorial pipeline.

    python benchmarks/indexing.py --data DIR [--runs 5] [--files 10000] [--json FILE]

DIR holds the public question sets (chunking/documents). Runs alternate, and ratios are taken pair by pair. CPU seconds
stand beside wall seconds: on a busy machine they say more. The small files are made up here, by a seeded program.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
SHAPES = [(128, 384, 384), (256, 384, 1536), (256, 1536, 384), (1024, 1024, 1024), (2048, 2048, 2048)]
"""Rows, inner size and columns of the products that the machine's rate is measured with; the best one counts."""


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def clocked(work: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds and CPU seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def command(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall seconds and CPU seconds of a whole command with the processes that it waits for."""
    before, wall = os.times(), time.perf_counter()
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{arguments} failed: {done.stderr[-500:]}")
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - wall, used


def products() -> list[Callable[[], float]]:
    """For each shape, what does one product on one thread and says how many operations a CPU second that was."""
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    def one(rows: int, inner: int, columns: int) -> Callable[[], float]:
        weights = np.random.default_rng(0).random((inner, columns), dtype=np.float32)
        tensor = helper.make_tensor("w", TensorProto.FLOAT, weights.shape, weights.tobytes(), raw=True)
        graph = helper.make_graph(
            [helper.make_node("MatMul", ["x", "w"], ["y"])],
            "product",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [rows, inner])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [rows, columns])],
            [tensor],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        given = {"x": np.ones((rows, inner), dtype=np.float32)}

        def rate() -> float:
            times = []
            for _ in range(12):
                began = time.thread_time()
                session.run(None, given)
                times.append(time.thread_time() - began)
            return 2 * rows * inner * columns / min(times)

        return rate

    return [one(*shape) for shape in SHAPES]


def operations(tokens: int, layers: int = 6, width: int = 384, inner: int = 1536) -> int:
    """Operations of the model's matrix products for a text of so many tokens."""
    return layers * (2 * tokens * (4 * width * width + 2 * width * inner) + 4 * tokens * tokens * width)


def share(texts: list[str], runs: int) -> dict[str, Any]:
    """The share of the best product's rate that embedding alone reaches in full precision, a core and CPU second."""
    from qa.embedding import Embedder
    from qa.settings import EmbeddingSettings

    embedder = Embedder(EmbeddingSettings(precision="float32"))
    work = sum(operations(len(encoding.ids)) for encoding in embedder._tokens.encode(texts))
    rates, best, shares = [], [], []
    machine = products()
    embedder.embed_documents(texts[:32])
    for _ in range(runs):
        limit = max(rate() for rate in machine)
        _, cpu = clocked(lambda: embedder.embed_documents(texts))
        rates.append(work / cpu / 1e9)
        best.append(limit / 1e9)
        shares.append(work / cpu / limit)
    return {"embedding_gflops": spread(rates), "product_gflops": spread(best), "share": spread(shares)}


def exactness(texts: list[str]) -> dict[str, Any]:
    """The least cosine, over all these texts, of each precision's vectors to those of sentence-transformers itself."""
    import numpy as np
    from sentence_transformers import SentenceTransformer

    from qa.embedding import Embedder
    from qa.embedding.models import locate
    from qa.settings import EmbeddingSettings

    settings = {name: EmbeddingSettings(precision=name) for name in ("float32", "int8")}
    original = SentenceTransformer(str(locate(settings["int8"].model)), device="cpu")
    theirs = np.asarray(original.encode(texts, normalize_embeddings=True), dtype=np.float64)
    figures: dict[str, Any] = {"texts": len(texts)}
    for name, given in settings.items():
        ours = Embedder(given).embed_documents(texts)
        figures[name] = float((ours * theirs).sum(axis=1).min())
    return figures


def made_up(folder: Path, count: int) -> None:
    """Write small text files of about 600 characters; the same ones every time."""
    chance = random.Random(20261126)  # noqa: S311, nothing secret
    vocabulary = ["".join(chance.choices("bdfgklmnprstv", k=1) + chance.choices("aeiou", k=1)) for _ in range(60)]
    names = ["".join(chance.choices(vocabulary, k=chance.randint(1, 3))) for _ in range(4000)]
    folder.mkdir()
    for number in range(count):
        sentences = [" ".join(chance.choices(names, k=12)).capitalize() + "." for _ in range(7)]
        (folder / f"note-{number:05}.txt").write_text(f"Note {number}. " + " ".join(sentences) + "\n", encoding="utf-8")


def small_files(work: Path, count: int, runs: int) -> dict[str, Any]:
    """Adding many small files against embedding their texts alone; then unchanged, and with one of them changed."""
    from qa import Library
    from qa.embedding import Embedder
    from qa.settings import EmbeddingSettings

    folder = work / "small"
    made_up(folder, count)
    embedder = Embedder(EmbeddingSettings())
    figures: dict[str, list[float]] = {name: [] for name in ("times", "cpu_times", "add", "unchanged", "changed")}
    changed: list[int] = []
    for run in range(runs):
        with Library(work / f"small-{run}") as library:
            wall, cpu = clocked(lambda opened=library: opened.add([folder]))  # type: ignore[misc]
            texts = [text for (text,) in library._parts.filled().rows("SELECT text FROM chunks")]
            alone, alone_cpu = clocked(lambda given=texts: embedder.embed_documents(given))  # type: ignore[misc]
            again, _ = clocked(lambda opened=library: opened.add([folder]))  # type: ignore[misc]
            file = folder / "note-00007.txt"
            file.write_text(file.read_text(encoding="utf-8") + f"\nChanged {run}.\n", encoding="utf-8")
            began = time.perf_counter()
            changed.append(library.add([folder]).embedded)
            figures["changed"].append(time.perf_counter() - began)
        figures["times"].append(wall / alone)
        figures["cpu_times"].append(cpu / alone_cpu)
        figures["add"].append(wall)
        figures["unchanged"].append(again)
    return {**{name: spread(values) for name, values in figures.items()}, "embedded_after_change": changed}


def against_tutorial(documents: Path, work: Path, runs: int) -> dict[str, Any]:
    """The whole command by default and in full precision, each in turn with the tutorial pipeline."""
    quoth = [sys.executable, "-m", "qa", "add", str(documents), "--library"]
    ways = {"default": {}, "float32": {"QUOTH_EMBEDDING__PRECISION": "float32"}}
    times: dict[str, list[float]] = {f"{way}{kind}": [] for way in ways for kind in ("", "_cpu")}
    for run in range(-1, runs):  # the first one is not counted
        tutorial = [sys.executable, str(HERE / "tutorial.py"), "index", str(documents), str(work / f"tutorial{run}")]
        wall, cpu = command(tutorial, dict(os.environ))
        for way, variables in ways.items():
            ours, ours_cpu = command([*quoth, str(work / f"{way}{run}")], {**os.environ, **variables})
            if run >= 0:
                times[way].append(wall / ours)
                times[f"{way}_cpu"].append(cpu / ours_cpu)
    return {way: spread(values) for way, values in times.items()}


def reading(runs: int) -> dict[str, Any]:
    """Reading the sample corpus' PDF and HTML files against pypdf and BeautifulSoup alone."""
    import pypdf
    from bs4 import BeautifulSoup

    from qa.reading import Reader
    from qa.settings import ReadingSettings

    def pages(path: Path) -> None:
        for page in pypdf.PdfReader(path).pages:
            page.extract_text()

    parsers: dict[str, Callable[[Path], object]] = {
        ".pdf": pages,
        ".html": lambda path: BeautifulSoup(path.read_bytes(), "lxml").get_text(),
    }
    figures: dict[str, Any] = {}
    with Reader(ReadingSettings()) as reader:
        for suffix, parse in parsers.items():
            files = sorted(CORPUS.rglob(f"*{suffix}"))
            if not files:
                continue
            reader.read(files[0]), parse(files[0])
            ratios = []
            for _ in range(runs):
                ours, _cpu = clocked(lambda given=files: [reader.read(path) for path in given])  # type: ignore[misc]
                alone, _cpu = clocked(lambda given=files, do=parse: [do(path) for path in given])  # type: ignore[misc]
                ratios.append(ours / alone)
            figures[suffix] = spread(ratios)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public question sets")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--only", choices=["share", "exactness", "reading", "tutorial", "small"], help="one part alone")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    documents = options.data / "chunking" / "documents"
    figures: dict[str, Any] = {"load_before": os.getloadavg(), "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "share": lambda: share(_texts(documents), options.runs),
            "exactness": lambda: exactness(_texts(documents)),
            "reading": lambda: reading(options.runs),
            "tutorial": lambda: against_tutorial(documents, work, options.runs),
            "small": lambda: small_files(work, options.files, options.runs),
        }
        for name, part in parts.items():
            if options.only in (None, name):
                figures[name] = part()
                print(name, json.dumps(figures[name]), flush=True)
    figures["load_after"] = os.getloadavg()
    print("load", figures["load_before"], figures["load_after"])
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _texts(documents: Path) -> list[str]:
    """The chunks of the set, as Quoth cuts them."""
    from qa.chunking import chunk
    from qa.embedding import Embedder
    from qa.reading import Reader
    from qa.settings import Settings

    settings = Settings()
    embedder = Embedder(settings.embedding)
    with Reader(settings.reading) as reader:
        read = [reader.read(path) for path in sorted(documents.rglob("*.md"))]
    return [piece.text for document in read for piece in chunk(document, embedder, settings.chunking.tokens)]


if __name__ == "__main__":
    main()
