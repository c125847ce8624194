"""A model's tokenizer: texts -> token ids with their places in the text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

Span = tuple[int, int]


class Tokens:
    """The tokenizer of a compiled model's folder; `limit` is what the model reads of one text."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._file = str(folder / "tokenizer.json")
        self._limit = limit
        self._whole = self._load()
        self._whole.no_truncation()

    def encode(self, texts: Sequence[str]) -> list[Any]:
        """Encodings (`ids`, `offsets`) of the texts with special tokens, cut where the model stops reading."""
        encodings: list[Any] = self._whole.encode_batch(list(texts))
        return [
            encoding if len(encoding.ids) <= self._limit else self._cutting.encode(text)
            for encoding, text in zip(encodings, texts, strict=True)
        ]

    def spans(self, texts: Sequence[str]) -> list[list[Span]]:
        """Where each token of each text stands, special tokens left out; nothing is cut."""
        encodings = self._whole.encode_batch(list(texts), add_special_tokens=False)
        return [[span for span in encoding.offsets if span[1] > span[0]] for encoding in encodings]

    @cached_property
    def _cutting(self) -> Any:
        """A second tokenizer, since one that cuts cannot count; only questions are ever too long."""
        tokenizer = self._load()
        tokenizer.enable_truncation(self._limit)
        return tokenizer

    def _load(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(self._file)
        tokenizer.no_padding()  # the packaged tokenizer pads everything to 128 tokens unless told not to
        return tokenizer
