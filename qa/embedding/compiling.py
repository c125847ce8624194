"""A sentence-transformers model -> one ONNX file that onnxruntime runs twice as fast and without torch.

This runs as a process of its own (`python -m qa.embedding.compiling`): torch and transformers take seconds to load and
half a gigabyte that the caller would never get back. It prints one JSON line for each step.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from qa.embedding import safety

RECIPE = 4
"""Rises when the way of compiling changes, so that models compiled in an older way are left aside."""

LIKENESS = {"float32": 0.9999, "int8": 0.98}
"""Least cosine of a compiled model's vectors with the original's. Measured for all-MiniLM-L6-v2: 1.0000 and 0.993."""

PROBES = [
    "When did the two leaders first meet?",
    "The committee approved the budget of 3.5 million dollars on 12 June 2018, after months of talks.",
    "Return the index of the first element that is greater than the pivot, or -1.",
    "rain",
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen. " * 8,
    "Ein Satz in einer anderen Sprache, mit Umlauten: schön, größer, über.",
]


def compile_model(folder: Path, target: Path, precision: str) -> None:
    """Write model.onnx, tokenizer.json and manifest.json into the empty folder `target`.

    Where the export fails the manifest says so under "direct", and the model is run by sentence-transformers itself.
    """
    _say("loading the model")
    with safety.harmless(folder) as safe:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(safe), device="cpu", local_files_only=True, trust_remote_code=False)
    manifest: dict[str, Any] = {
        "max_tokens": int(model.max_seq_length or 512),
        "dimension": int(model.get_embedding_dimension() or 0),
        "prompts": dict(model.prompts),
        "default_prompt": model.default_prompt_name,
        "pools_tokens": _pools_tokens(model),
        "precision": precision,
        "direct": None,
    }
    original = model.encode(PROBES, prompt="", normalize_embeddings=True)
    model.tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))
    try:
        if not getattr(model[1], "include_prompt", True):
            raise ValueError("its pooling leaves the prompt out")
        manifest["inputs"] = _export(model, target / "model.onnx", precision)
        _say("checking it against the original")
        manifest["likeness"] = _likeness(original, target, manifest)
        if manifest["likeness"] < LIKENESS[precision]:
            raise ValueError(f"the compiled model differs from the original (cosine {manifest['likeness']:.4f})")
    except Exception as error:  # whatever torch, onnx or onnxruntime found wrong, the model itself still works
        manifest["direct"] = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _export(model: Any, file: Path, precision: str) -> list[str]:
    """Export the whole module, pooling and normalisation included, with token vectors as a second output."""
    import torch

    _say("exporting it")
    if precision == "float32":
        for module in model.modules():
            if hasattr(module, "set_attn_implementation"):
                # The same attention, written out: torch's own one comes with what guards against rows without any token
                # (Where, IsNaN), and a pass over 112 tokens took 8% longer. In int8 that is 4%, and there the guards
                # let what is not finite through to where it is seen.
                module.set_attn_implementation("eager")
    names = [
        name for name in ("input_ids", "attention_mask", "token_type_ids") if name in model.tokenizer.model_input_names
    ]

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            features = dict(zip(names, inputs, strict=True))
            for module in self.model:
                features = module(features)
            return features["sentence_embedding"], features["token_embeddings"]

    example = model.tokenizer(["an example of some words", "short"], padding=True, return_tensors="pt")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder, torch.no_grad():
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            Whole().eval(),
            tuple(example[name] for name in names),
            str(full),
            input_names=names,
            output_names=["sentence_embedding", "token_embeddings"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, "token_embeddings"]}
            | {"sentence_embedding": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        if precision == "int8":
            _say("quantising it")
            from onnxruntime.quantization import QuantType, quantize_dynamic

            # Per channel, and on MatMul alone: per tensor the vectors move to 0.945 of the original's.
            quantize_dynamic(full, file, per_channel=True, op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8)
        else:
            full.replace(file)
    return names


def _likeness(original: Any, target: Path, manifest: dict[str, Any]) -> float:
    """Least cosine between the compiled model's vectors of the probes and the original's, shape (probes, dimension)."""
    import numpy as np

    from qa.embedding.session import OnnxSession
    from qa.embedding.tokens import Tokens

    tokens = Tokens(target, manifest["max_tokens"])
    compiled = OnnxSession(target, manifest, threads=0).encode(tokens.encode(PROBES))
    return float(np.min(np.sum(compiled * original, axis=1)))


def _pools_tokens(model: Any) -> bool:
    """Whether a text's vector is the mean of its token vectors, so that a part of it has one by the same rule."""
    kinds = [type(module).__name__ for module in model]
    plain = kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
    return plain and model[1].get_config_dict().get("pooling_mode") in ("mean", ["mean"], ("mean",))


def _say(step: str) -> None:
    print(json.dumps({"step": step}), flush=True)


if __name__ == "__main__":
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    compile_model(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
