"""Quoth and the tutorial pipeline side by side, whole commands, in turn, in one run.

    python benchmarks/speed.py --data DIR [--runs 5] [--json FILE]

DIR holds the public question sets (chunking/documents and chunking/questions.jsonl). Every command is a process of its
own, its start included; the compiled model and the installed packages are there before. Printed are the median of each,
and the ratios pair by pair with their spread. Warm figures are taken inside one process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
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


def compare(name: str, ours: Callable[[], list[str]], theirs: Callable[[], list[str]], runs: int) -> dict[str, object]:
    """Time two commands in turn, after one uncounted run of each."""
    environment = dict(os.environ)
    measured(ours(), environment), measured(theirs(), environment)
    pairs = [(measured(ours(), environment), measured(theirs(), environment)) for _ in range(runs)]
    ratios = sorted(theirs[0] / ours[0] for ours, theirs in pairs)
    row = {
        "quoth_seconds": statistics.median(ours[0] for ours, _ in pairs),
        "tutorial_seconds": statistics.median(theirs[0] for _, theirs in pairs),
        "times_as_fast": statistics.median(ratios),
        "times_least": ratios[0],
        "times_most": ratios[-1],
        "quoth_peak_mb": max(ours[1] for ours, _ in pairs),
        "tutorial_peak_mb": max(theirs[1] for _, theirs in pairs),
    }
    print(
        f"{name:12} quoth {row['quoth_seconds']:7.2f} s  tutorial {row['tutorial_seconds']:7.2f} s  "
        f"{row['times_as_fast']:5.1f} times as fast ({ratios[0]:.1f} to {ratios[-1]:.1f})  "
        f"peak {row['quoth_peak_mb']:.0f} MB against {row['tutorial_peak_mb']:.0f} MB",
        flush=True,
    )
    return row


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public question sets")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    documents = options.data / "chunking" / "documents"
    lines = (options.data / "chunking" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    quoth, python = str(Path(sys.executable).with_name("quoth")), sys.executable
    tutorial = str(HERE / "tutorial.py")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        fresh = (work / f"fresh-{number}" for number in range(10_000))

        def add() -> list[str]:
            return [quoth, "add", str(documents), "--library", str(next(fresh))]

        def tutorial_index() -> list[str]:
            return [python, tutorial, "index", str(documents), str(next(fresh))]

        library, store = work / "library", work / "store"
        measured([quoth, "add", str(documents), "--library", str(library)], dict(os.environ))
        measured([python, tutorial, "index", str(documents), str(store)], dict(os.environ))
        figures = {
            "index": compare("index", add, tutorial_index, options.runs),
            "cold ask": compare(
                "cold ask",
                lambda: [quoth, "ask", QUESTION, "--library", str(library)],
                lambda: [python, tutorial, "ask", str(store), QUESTION],
                options.runs,
            ),
            "warm": warm(library, questions),
        }
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
