"""A compiled model at work: token ids in, unit vectors out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

BATCH = 256
"""Tokens of a batch in full precision. Measured for 112 tokens a text, in billions of operations that a core does in a
second: 170 alone, 190 for two texts, 188 for four, 175 for eight (what they give no longer fits the cache)."""

SLOW = ["SkipLayerNormFusion"]
"""Of onnxruntime's optimisations: without a GPU this one takes longer than the steps that it joins. It is left out in
full precision alone: in int8 a text would take 6 ms instead of 7, but with other roundings recall on the
chunking set was 94.1 instead of 94.4 (one question of 276)."""


class OnnxSession:
    """Runs model.onnx of a compiled model's folder; may be used from several threads."""

    def __init__(self, folder: Path, manifest: dict[str, Any], threads: int) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # in programs that have not set ORT_DISABLE_TELEMETRY
        options = onnxruntime.SessionOptions()
        # One thread a text and several texts at once: measured 145 chunks a second, against 129 with the threads
        # inside each text and 115 in padded batches of 8 (two cores, 151 tokens a chunk, int8).
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        exact = manifest["precision"] == "float32"
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=SLOW if exact else [],
        )
        self._inputs: list[str] = manifest["inputs"]
        self._threads = threads or _cores()
        # int8 activations share a scale over the batch, so that a text's vector would depend on its neighbours (cosine
        # down to 0.984); alone it is always the same.
        self._batch = BATCH if exact else 0

    def encode(self, encodings: Sequence[Any]) -> Vectors:
        """Unit vectors of encoded texts: shape (texts, dimension)."""
        vectors: list[Any] = [None] * len(encodings)

        def work(batch: list[int]) -> None:
            for place, vector in zip(batch, self._run([encodings[place].ids for place in batch])[0], strict=True):
                vectors[place] = vector

        batches = self._batches([len(encoding.ids) for encoding in encodings])
        if len(batches) == 1 or self._threads == 1:
            for batch in batches:
                work(batch)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(work, batches))
        return unit(np.stack(vectors))

    def encode_tokens(self, encoding: Any) -> tuple[Vectors, Vectors]:
        """The unit vector of a text, and the vectors of its tokens: shapes (dimension), (tokens, dimension)."""
        pooled, tokens = self._run([encoding.ids])
        return unit(pooled[0]), tokens[0]

    def _batches(self, lengths: list[int]) -> list[list[int]]:
        """Which texts are run together, the longest first, so that the threads end at the same time.

        Neighbours in length, so that next to nothing is padded; each batch within the tokens it may have.
        """
        batches: list[list[int]] = []
        for place in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
            if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= self._batch:
                batches[-1].append(place)
            else:
                batches.append([place])
        return batches

    def _run(self, texts: Sequence[Sequence[int]]) -> Any:
        """Pooled vectors and token vectors of texts as token ids, padded to the longest."""
        shape = len(texts), max(map(len, texts))
        ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return self._session.run(None, {name: given[name] for name in self._inputs})


def unit(vectors: Vectors) -> Vectors:
    """The same directions with length one, in float32; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1
