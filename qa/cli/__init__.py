"""The quoth command. This file starts it; the commands are in the modules beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

OFFLINE = {
    # Hugging Face: no download, no check for a newer version, no telemetry. `quoth model fetch` lifts the first.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    # Chroma: no product telemetry, and no traces to an address that a .env file of the working directory names.
    "ANONYMIZED_TELEMETRY": "False",
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "",
    "CHROMA_OTEL_GRANULARITY": "none",
    "OTEL_SDK_DISABLED": "true",
    # onnxruntime: its compiled part looks up a Microsoft host and sends usage, some seconds after it was loaded.
    "ORT_DISABLE_TELEMETRY": "1",
    # LangSmith under all the names that it and langchain-core look at; the first two are decisive.
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_HANDLER": "",
    "LANGSMITH_OTEL_ENABLED": "false",
    # LangSmith's gateway, to which langchain-openai and langchain-anthropic would send what is meant for the provider.
    "LANGSMITH_GATEWAY": "false",
    # tokenizers warns on standard error when a process that used it starts another, unless this is decided.
    "TOKENIZERS_PARALLELISM": "false",
}
"""Variables that keep the libraries off the network, whatever they were: nothing leaves the machine unasked."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the quoth command with these arguments (None: the process's own) and return its exit code.

    0 answered or done, 1 error, 2 usage, 3 not found in the documents, 4 some files were left out, 130 interrupted.
    """
    os.environ |= OFFLINE  # before anything that reads them is imported
    try:
        from qa.cli.running import own_process, run

        if arguments is None:
            own_process()
        return run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # during the imports
        sys.stderr.write("quoth: interrupted\n")
        return 130
