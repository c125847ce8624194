"""Libraries of 10,000, 100,000 and 1,000,000 chunks: what building, opening and searching them takes.

    python benchmarks/scale.py --data DIR --work DIR [--sizes 10000 100000 1000000] [--questions 250]

DIR of --data is the folder of the public question sets. Every step of every size is a process of its own, which leaves
its figures in the folder of --work and is passed over when they are there: call it again to go on where it was stopped.
The smallest size is real text, embedded by the real model; the larger ones are made out of it (scale_text.py). The
questions are the public sets' own. In the end it writes scale.json, scale.md and scale.png into the folder of --work.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import scale_text
from speed import machine
from terminal import memory_of

REAL = 10_000
"""The size that is real text; what it comes to is in the figures."""

WANTED = 50
"""Nearest chunks whose recall is measured: as many as a search takes for candidates."""

Figures = dict[str, float]


def make(folder: Path, options: argparse.Namespace, size: int) -> Figures:
    """The library with its catalog; an index comes with the real one alone, and is built anew in the next step."""
    shutil.rmtree(folder, ignore_errors=True)  # of an attempt that was stopped
    began = time.perf_counter()
    if size == REAL:
        scale_text.make_real(folder, options.data, options.work / "texts")
    else:
        scale_text.make(folder, options.work / f"library-{REAL}", size)
    return {"make_seconds": time.perf_counter() - began}


def build(folder: Path, *_: object) -> Figures:
    """The index, through the engine's own building."""
    from qa import building
    from qa.catalog.writing import Writer
    from qa.locking import writing_now

    with writing_now(folder):
        writer = Writer(folder)
        began = time.perf_counter()
        building.rebuild(folder, writer)
        seconds, child = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        chunks, documents = writer.chunk_count(), int(writer.value("SELECT count(*) FROM documents"))
        writer.close()
    return {
        "chunks": chunks,
        "documents": documents,
        "build_seconds": seconds,
        "build_cpu_seconds": child.ru_utime + child.ru_stime,
        "build_peak_mb": child.ru_maxrss / 1024,
        **{f"{name}_bytes": count for name, count in scale_text.sizes(folder)},
    }


def search(folder: Path, options: argparse.Namespace, _: int) -> Figures:
    """Opening, the first search, and warm searches and answers."""
    from qa import Library

    asked = questions(options)
    began = time.perf_counter()
    with Library(folder, create=False) as library:
        library.prepare()
        opened = time.perf_counter()
        library.search(asked[-1])
        first = time.perf_counter()
        figures = {"open_seconds": opened - began, "first_search_ms": 1000 * (first - opened)}
        figures |= timed("search", library.search, asked)
        figures["search_mb"] = memory_of(os.getpid())
        figures |= timed("ask", lambda question: library.ask(question, model="quotes"), asked[:100])
        figures |= timed("limited", lambda question: library.search(question, where="*1.txt"), asked[:50])
    return {**figures, "peak_mb": memory_of(os.getpid(), "VmHWM")}


def recall(folder: Path, options: argparse.Namespace, _: int) -> Figures:
    """How many of the nearest chunks the index finds, against comparing the question with every vector."""
    import numpy as np

    from qa.catalog import Catalog
    from qa.embedding import Embedder
    from qa.settings import Settings
    from qa.store import Store

    embedder, catalog, store = Embedder(Settings().embedding), Catalog(folder), Store(folder)
    asked = np.stack([embedder.embed_query(question) for question in questions(options)])
    isotropic = np.random.default_rng(5).standard_normal(asked.shape).astype(np.float32)
    isotropic /= np.linalg.norm(isotropic, axis=1, keepdims=True)
    index, _ = store.current(catalog)
    if index is None:
        raise SystemExit(f"the index is not in use: {store.trouble}")
    figures = {}
    for name, vectors in (("recall", asked), ("recall_isotropic", isotropic)):
        exact = nearest(catalog, vectors)
        times, shares = [], []
        for vector, (wanted, cosines) in zip(vectors, exact, strict=True):
            began = time.perf_counter()
            found = index.nearest(vector, WANTED)
            times.append(1000 * (time.perf_counter() - began))
            # One as near as the last of them is as good: equal texts have equal vectors.
            shares.append(sum(n in wanted or cosine >= cosines.min() - 1e-6 for n, cosine in found) / len(wanted))
        figures |= {name: statistics.fmean(shares), f"{name}_least": min(shares)}
        figures |= {f"{name}_cosine_first": float(np.mean([c.max() for _, c in exact]))}
        figures |= {f"{name}_cosine_last": float(np.mean([c.min() for _, c in exact]))}
        figures |= {f"{name}_index_ms_median": statistics.median(times), f"{name}_index_ms_p95": p95(times)}
    return figures


def nearest(catalog: Any, asked: Any) -> list[tuple[set[int | bytes], Any]]:
    """Names and cosines of the entries nearest to each question, by comparing with every vector."""
    import numpy as np

    from qa.building import entries
    from qa.catalog.repeated import repeated

    names: list[int | bytes] = []
    ids = np.zeros((len(asked), 0), dtype=np.int64)
    cosines = np.zeros((len(asked), 0), dtype=np.float32)
    every = entries(catalog, repeated(catalog))
    while part := list(islice(every, 20_000)):
        vectors = np.frombuffer(b"".join(vector for _, _, vector in part), dtype="<f4").reshape(len(part), -1)
        cosines = np.hstack([cosines, asked @ vectors.T])
        ids = np.hstack([ids, np.broadcast_to(range(len(names), len(names) + len(part)), (len(asked), len(part)))])
        names += [name for name, _, _ in part]
        best = np.argpartition(-cosines, WANTED - 1, axis=1)[:, :WANTED]
        cosines, ids = np.take_along_axis(cosines, best, axis=1), np.take_along_axis(ids, best, axis=1)
    return [({names[i] for i in row.tolist()}, cosine) for row, cosine in zip(ids, cosines, strict=True)]


STEPS: dict[str, Callable[[Path, argparse.Namespace, int], Figures]] = {
    "make": make,
    "build": build,
    "search": search,
    "recall": recall,
}


def questions(options: argparse.Namespace) -> list[str]:
    """Questions of all the public sets, always the same."""
    found = []
    for path in sorted(options.data.glob("*/questions.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found += [row["question"]] if isinstance(row.get("question"), str) else []
    return random.Random(3).sample(found, min(options.questions, len(found)))  # noqa: S311 (not for secrets)


def timed(name: str, work: Callable[[str], object], asked: list[str]) -> Figures:
    """Milliseconds that work takes for a question."""
    times = []
    for question in asked:
        began = time.perf_counter()
        work(question)
        times.append(1000 * (time.perf_counter() - began))
    return {f"{name}_ms_median": statistics.median(times), f"{name}_ms_p95": p95(times), f"{name}_ms_most": max(times)}


def p95(times: list[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[round(0.95 * (len(times) - 1))]


ROWS = (
    ("chunks", "chunks", 1.0, ",.0f"),
    ("documents", "documents", 1.0, ",.0f"),
    ("index: seconds to build", "build_seconds", 1.0, ",.1f"),
    ("index: processor seconds to build", "build_cpu_seconds", 1.0, ",.1f"),
    ("index: MB on disk", "index_bytes", 1e-6, ",.0f"),
    ("index: peak MB of the process that builds it", "build_peak_mb", 1.0, ",.0f"),
    ("catalog: MB on disk", "catalog_bytes", 1e-6, ",.0f"),
    ("opening, model and all: seconds", "open_seconds", 1.0, ",.2f"),
    ("first search: ms", "first_search_ms", 1.0, ",.0f"),
    ("warm `search`: ms, median", "search_ms_median", 1.0, ",.1f"),
    ("warm `search`: ms, 95th percentile", "search_ms_p95", 1.0, ",.1f"),
    ("warm `search` of a tenth of the documents: ms, median", "limited_ms_median", 1.0, ",.1f"),
    ("warm `ask`: ms, median", "ask_ms_median", 1.0, ",.1f"),
    ("warm `ask`: ms, 95th percentile", "ask_ms_p95", 1.0, ",.1f"),
    ("the index alone: ms, 95th percentile", "recall_index_ms_p95", 1.0, ",.2f"),
    ("memory after the searches: MB", "search_mb", 1.0, ",.0f"),
    ("peak memory: MB", "peak_mb", 1.0, ",.0f"),
    ("recall@50 of the index, real questions", "recall", 100.0, ".2f"),
    ("the same, random directions", "recall_isotropic", 100.0, ".2f"),
)


def table(found: dict[int, Figures]) -> str:
    """The figures as Markdown."""
    sizes = sorted(found)
    lines = [machine(), "", f"| | {' | '.join(f'{size:,}' for size in sizes)} |", "| --- |" + " ---: |" * len(sizes)]
    lines.append("| text and vectors | " + " | ".join("real" if size == REAL else "made" for size in sizes) + " |")
    for title, key, factor, form in ROWS:
        cells = [format(factor * found[size][key], form) if key in found[size] else "" for size in sizes]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def draw(found: dict[int, Figures], path: Path) -> None:
    """A picture of time against size."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    for axis, unit, lines in (
        (axes[0], "seconds", {"build the index": "build_seconds", "open": "open_seconds"}),
        (
            axes[1],
            "milliseconds",
            {
                "search, 95th percentile": "search_ms_p95",
                "search, median": "search_ms_median",
                "the index alone, 95th percentile": "recall_index_ms_p95",
            },
        ),
    ):
        for label, key in lines.items():
            points = [(row["chunks"], row[key]) for _, row in sorted(found.items()) if key in row and "chunks" in row]
            if points:
                axis.plot(*zip(*points, strict=True), marker="o", label=label)
        axis.set(xscale="log", yscale="log", xlabel="chunks", ylabel=unit)
        axis.grid(visible=True, alpha=0.3)
        axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public question sets")
    parser.add_argument("--work", type=Path, required=True, help="a folder for libraries and figures; 12 GB at most")
    parser.add_argument("--sizes", type=int, nargs="+", default=[REAL, 100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=250)
    parser.add_argument("--step", choices=STEPS, help="one step of one size, in this process")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    found: dict[int, Figures] = {}
    for size in options.sizes:
        folder = options.work / f"library-{size}"
        for step, work in STEPS.items():
            file = options.work / f"{size}-{step}.json"
            if options.step == step:
                file.write_text(json.dumps(work(folder, options, size), indent=1), encoding="utf-8")
            if options.step:
                continue
            if not file.exists():
                print(f"{size:,}: {step}", flush=True)
                rest = ["--data", options.data, "--work", options.work, "--questions", options.questions]
                command = [sys.executable, __file__, "--step", step, "--sizes", size, *rest]
                subprocess.run(list(map(str, command)), check=True)
            found.setdefault(size, {}).update(json.loads(file.read_text(encoding="utf-8")))
    if not options.step:
        (options.work / "scale.json").write_text(
            json.dumps({"machine": machine(), "sizes": found}, indent=1), encoding="utf-8"
        )
        (options.work / "scale.md").write_text(table(found), encoding="utf-8")
        draw(found, options.work / "scale.png")
        print(table(found))


if __name__ == "__main__":
    main()
