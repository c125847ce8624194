"""Quoth and what a person would use instead, side by side, whole commands, in turn, in one run.

    python benchmarks/speed.py --data DIR [--runs 5] [--txtai PYTHON] [--json FILE] [--markdown FILE] [--png FILE]

DIR holds the public question sets (chunking/documents and chunking/questions.jsonl). Every command is a process of its
own, its start included; the compiled model and the installed packages are there before. Printed are the median of each,
and the ratios run by run with their spread. PYTHON is that of a virtual environment with txtai. A cold ask is also
compared with `import chromadb` alone. Warm figures are taken inside one process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Row = dict[str, Any]

QUESTION = "Who won the prize, and what was the reason that was given for it?"


def run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak memory, in MB, of a whole command and the processes it started."""
    import resource

    began = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, stderr = child.communicate()
    seconds = time.perf_counter() - began
    if child.returncode not in (0, 3):  # 3: the documents do not answer the question, which is an answer too
        raise SystemExit(f"{command} failed: {stderr.decode(errors='replace')[-500:]}")
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return seconds, peak / 1024


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """As `run`, in a process of its own, so that the peak is that of this command alone."""
    program = "import json,sys; sys.path.insert(0, sys.argv[1]); import speed; "
    program += "print(json.dumps(speed.run(json.loads(sys.argv[2]), json.loads(sys.argv[3]))))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(HERE), json.dumps(command), json.dumps(environment)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def compare(name: str, commands: dict[str, Callable[[], list[str]]], runs: int) -> list[Row]:
    """Time these commands in turn, Quoth's first, after one uncounted run of each."""
    environment = dict(os.environ)
    for command in commands.values():
        measured(command(), environment)
    taken = [{who: measured(command(), environment) for who, command in commands.items()} for _ in range(runs)]
    rows: list[Row] = []
    for who in commands:
        ratios = sorted(run[who][0] / run["quoth"][0] for run in taken)
        rows.append(
            {
                "what": name,
                "who": who,
                "seconds": statistics.median(run[who][0] for run in taken),
                "ratio": statistics.median(ratios),
                "ratio_least": ratios[0],
                "ratio_most": ratios[-1],
                "peak_mb": max(run[who][1] for run in taken),
            }
        )
        print(line(rows[-1]), flush=True)
    return rows


def line(row: Row) -> str:
    """A row in words."""
    spread = f"({row['ratio_least']:.2f} to {row['ratio_most']:.2f})"
    return (
        f"{row['what']:10} {row['who']:16} {row['seconds']:7.2f} s  {row['ratio']:6.2f} times Quoth's {spread:16} "
        f"peak {row['peak_mb']:.0f} MB"
    )


def markdown(rows: list[Row], figures: dict[str, float]) -> str:
    """The figures as a table."""
    lines = [machine(), "", "| what | who | seconds | times Quoth's | peak MB |", "| --- | --- | ---: | ---: | ---: |"]
    for row in rows:
        spread = f"{row['ratio']:.2f} ({row['ratio_least']:.2f} to {row['ratio_most']:.2f})"
        lines.append(f"| {row['what']} | {row['who']} | {row['seconds']:.2f} | {spread} | {row['peak_mb']:.0f} |")
    lines += ["", "| warm, inside a process | ms |", "| --- | ---: |"]
    lines += [f"| {name.replace('_ms_', ', ')} | {value:.1f} |" for name, value in figures.items()]
    return "\n".join(lines) + "\n"


def draw(rows: list[Row], path: Path) -> None:
    """A picture of the seconds, one panel for each thing that is done."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    names = list(dict.fromkeys(row["what"] for row in rows))
    figure, axes = pyplot.subplots(1, len(names), figsize=(5 * len(names), 3), squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        shown = [row for row in rows if row["what"] == name][::-1]
        axis.barh([row["who"] for row in shown], [row["seconds"] for row in shown])
        axis.set_title(f"{name}, seconds")
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def machine() -> str:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("chromadb", "onnxruntime", "numpy"))
    return (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, {packages}"
    )


def warm(library: Path, questions: list[str]) -> dict[str, float]:
    """Median and 95th percentile of `search` and `ask` inside a process, in milliseconds."""
    from qa import Library

    figures: dict[str, float] = {}
    with Library(library) as opened:
        opened.ask(questions[0])
        for name, call in (("search", opened.search), ("ask", opened.ask)):
            times = []
            for question in questions:
                began = time.perf_counter()
                call(question)
                times.append(1000 * (time.perf_counter() - began))
            times.sort()
            median, most = statistics.median(times), times[int(0.95 * (len(times) - 1))]
            figures |= {f"{name}_ms_median": median, f"{name}_ms_p95": most}
            print(f"warm {name:7} median {median:6.1f} ms  p95 {most:6.1f} ms")
    return figures


def bare(library: Path, copy: Path, questions: list[str]) -> dict[str, float]:
    """Median milliseconds of the two things no search can do without: the vector, and Chroma's query."""
    import chromadb

    from qa.embedding import Embedder
    from qa.settings import EmbeddingSettings

    embedder = Embedder(EmbeddingSettings())
    shutil.copytree(next(library.glob("index-*/")), copy)
    collection = chromadb.PersistentClient(str(copy)).get_collection("chunks", embedding_function=None)
    embedding, querying = [], []
    for question in questions:
        began = time.perf_counter()
        vector = embedder.embed_query(question)
        embedded = time.perf_counter()
        collection.query(query_embeddings=[vector], n_results=50, include=["distances"])
        embedding.append(1000 * (embedded - began))
        querying.append(1000 * (time.perf_counter() - embedded))
    figures = {
        "question's vector_ms_median": statistics.median(embedding),
        "Chroma's query_ms_median": statistics.median(querying),
    }
    for name, value in figures.items():
        print(f"bare {name.removesuffix('_ms_median')}: median {value:.1f} ms")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public question sets")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--txtai", type=Path, help="the Python of a virtual environment with txtai")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--markdown", type=Path, help="and as a table to this one")
    parser.add_argument("--png", type=Path, help="and as a picture to this one")
    options = parser.parse_args()
    documents = options.data / "chunking" / "documents"
    lines = (options.data / "chunking" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        fresh = (str(work / f"fresh-{number}") for number in range(10_000))
        quoth = [sys.executable, "-P", "-m", "qa"]
        peers = {"tutorial": [sys.executable, str(HERE / "tutorial.py")]}
        if options.txtai:
            peers["txtai"] = [str(options.txtai), str(HERE / "peer_txtai.py")]

        def index(peer: list[str], store: str) -> list[str]:
            return [*peer, "index", str(documents), store]

        indexing = {"quoth": lambda: [*quoth, "add", str(documents), "--library", next(fresh)]}
        asking = {"quoth": lambda: [*quoth, "ask", QUESTION, "--library", str(work / "quoth")]}
        measured([*quoth, "add", str(documents), "--library", str(work / "quoth")], dict(os.environ))
        for name, peer in peers.items():
            store = str(work / name)
            measured(index(peer, store), dict(os.environ))
            indexing[name] = partial(lambda peer: index(peer, next(fresh)), peer)
            asking[name] = partial(lambda peer, store: [*peer, "ask", store, QUESTION], peer, store)
        asking["import chromadb"] = lambda: [sys.executable, "-c", "import chromadb"]
        rows = compare("index", indexing, options.runs) + compare("cold ask", asking, options.runs)
        figures = warm(work / "quoth", questions) | bare(work / "quoth", work / "bare", questions)
    if options.json:
        options.json.write_text(
            json.dumps({"machine": machine(), "commands": rows, "warm": figures}, indent=1), encoding="utf-8"
        )
    if options.markdown:
        options.markdown.write_text(markdown(rows, figures), encoding="utf-8")
    if options.png:
        draw(rows, options.png)


if __name__ == "__main__":
    main()
