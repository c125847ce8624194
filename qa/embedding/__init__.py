"""Texts -> unit vectors, by a sentence-transformers model that is compiled once and then run without torch."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import children, private
from qa.embedding.compiling import RECIPE
from qa.embedding.models import file_sha256, fingerprint, locate, prompts_of
from qa.embedding.tokens import Span, Tokens
from qa.errors import ModelError
from qa.settings import EmbeddingSettings, cache_folder

if TYPE_CHECKING:
    from qa.embedding.session import OnnxSession, Vectors

Stamp = tuple[tuple[str, int, int, int, int], ...]

UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}
"""What the system says of a folder that cannot be written to, and not of a full disk or too many open files."""

OFF_LENGTH = 1e-3
"""How far from one the length of a vector may be: float32's rounding is far below."""


class Embedder:
    """An embedding model, loaded. Vectors are float32 of length one, so their dot product is the cosine.

    fingerprint: names the weights; vectors are comparable within one fingerprint, whatever the precision.
    dimension: of a vector. max_tokens: what the model reads of one text, its special tokens included.
    pools_tokens: a text's vector is the mean of its tokens' vectors, so `embed_spans` costs one pass.
    notice: a line for the user when the model could not be compiled, else None.
    """

    def __init__(self, settings: EmbeddingSettings, say: Callable[[str], None] | None = None) -> None:
        """Load the model, compiling it first where that has not been done.

        say: called with a word on each step of the compiling, which takes 10 to 30 seconds, once.
        Raises ModelError: no such model, unsafe or damaged weights, or it cannot be loaded.
        """
        folder = locate(settings.model)
        self.name = settings.model
        self.fingerprint = fingerprint(folder)
        compiled = _compiled(folder, self.fingerprint, settings.precision, say or _silent)
        manifest = json.loads((compiled / "manifest.json").read_text(encoding="utf-8"))
        self.dimension: int = manifest["dimension"]
        self.max_tokens: int = manifest["max_tokens"]
        self.pools_tokens: bool = manifest["pools_tokens"]
        self._query_prompt, self._document_prompt = prompts_of(manifest["prompts"], manifest["default_prompt"] or "")
        self.notice: str | None = None
        self._session: Any
        if manifest["direct"]:
            from qa.embedding.direct import DirectSession

            self.notice = f"{self.name} could not be compiled and runs slower: {manifest['direct']}"
            self._session, self._tokens = DirectSession(folder), Tokens(compiled, self.max_tokens)
        else:
            self._session, self._tokens = _loaded(compiled, _stamp(compiled), settings.threads)
        self.room: int = self.max_tokens - len(self._tokens.encode([self._document_prompt])[0].ids)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that will be searched: shape (len(texts), dimension)."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._checked(
            self._session.encode(self._tokens.encode([self._document_prompt + text for text in texts]))
        )

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question: shape (dimension,)."""
        vectors = self._checked(self._session.encode(self._tokens.encode([self._query_prompt + text])))
        return vectors.reshape(-1)

    def embed_spans(self, text: str, spans: Sequence[Span]) -> tuple[Vectors, Vectors]:
        """The vector of a text and those of spans of it: shapes (dimension,), (len(spans), dimension).

        A span's vector is pooled out of the text's own pass, so it knows what its pronouns mean. Models that do not
        pool by the mean embed each span alone.
        """
        import numpy as np

        from qa.embedding.session import unit

        prompt = self._document_prompt
        encoding = self._tokens.encode([prompt + text])[0]
        whole, tokens = self._session.encode_tokens(encoding)
        if not self.pools_tokens:
            pieces = dict.fromkeys(text[start:end] for start, end in spans)  # the same word is embedded once
            vectors = dict(zip(pieces, self.embed_documents(list(pieces)), strict=True))
            rows = [vectors[text[start:end]] for start, end in spans]
            return self._checked(whole), np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)
        begun = prompt + text
        # Some tokenizers count the space before a word to it, and some have a token for that space alone.
        places = [
            (start + len(begun[start:end]) - len(begun[start:end].lstrip()), end) for start, end in encoding.offsets
        ]
        starts = np.array([start - len(prompt) for start, _ in places])
        real = np.array([end > start for start, end in places])
        rows = []
        for start, end in spans:
            inside = (starts >= start) & (starts < end) & real
            rows.append(tokens[inside].mean(axis=0) if inside.any() else whole)
        return self._checked(whole), unit(np.stack(rows)) if rows else np.zeros((0, self.dimension), np.float32)

    def token_spans(self, texts: Sequence[str]) -> list[list[Span]]:
        """Where each token of each text stands, special tokens left out; nothing is cut."""
        return self._tokens.spans(texts)

    def _checked(self, vectors: Vectors) -> Vectors:
        import numpy as np

        # Not finite fails too: what is compared with NaN is false.
        if not (np.abs(np.linalg.norm(vectors, axis=-1) - 1) < OFF_LENGTH).all():
            raise ModelError(
                f"the embedding model {self.name} gave a text no vector, but numbers that are zero or not finite: "
                "it is damaged or does not fit this text; what was embedded before is kept. Set another embedding.model"
            )
        return vectors


def _compiled(folder: Path, name: str, precision: str, say: Callable[[str], None]) -> Path:
    """The folder of the compiled model, which is made, under a lock, where it is missing or damaged."""
    models = (cache_folder() / "models").resolve()
    target = models / f"{name[:24]}-{precision}-{RECIPE}"
    if _sound(target):
        return target
    from filelock import FileLock

    try:
        private.make_folder(models)
        with FileLock(models / f"{target.name}.lock"):
            if not _sound(target):  # another process may have made it while this one waited
                for left in models.glob(f"{target.name}.*/"):  # by a process that was killed
                    shutil.rmtree(left, ignore_errors=True)
                say("compiling the embedding model, once (10 to 30 seconds)")
                work = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=models))
                try:
                    _compile(folder, work, precision, say)
                    shutil.rmtree(target, ignore_errors=True)
                    work.replace(target)
                finally:
                    shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        raise ModelError(
            f"the compiled embedding model cannot be kept in {models}: {error.strerror}; make that folder one that can "
            "be written to, or set the variable XDG_CACHE_HOME to another"
        ) from None
    return target


@lru_cache(maxsize=1)
def _loaded(compiled: Path, stamp: Stamp, threads: int) -> tuple[OnnxSession, Tokens]:  # noqa: ARG001 (a key alone)
    """A compiled model at work. The last one stays loaded: a program that asks again and again loads it once."""
    from qa.embedding.session import OnnxSession

    manifest = json.loads((compiled / "manifest.json").read_text(encoding="utf-8"))
    return OnnxSession(compiled, manifest, threads), Tokens(compiled, manifest["max_tokens"])


def _silent(step: str) -> None:
    """Say nothing of a step."""


def _compile(folder: Path, work: Path, precision: str, say: Callable[[str], None]) -> None:
    command = children.command("qa.embedding.compiling", str(folder), str(work), precision)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as stderr:
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=stderr,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            env=children.environment(),
        ) as child:
            try:
                for line in child.stdout or ():
                    if line.startswith("{"):
                        say(json.loads(line)["step"])
            except BaseException:
                child.kill()
                raise
        if child.returncode != 0:
            stderr.seek(0)
            last = (stderr.read().strip().splitlines() or ["no message"])[-1]
            raise ModelError(f"the embedding model in {folder} cannot be loaded: {last[:300]}")
    manifest = json.loads((work / "manifest.json").read_text(encoding="utf-8"))
    files = [path for path in sorted(work.iterdir()) if path.name != "manifest.json"]
    manifest["files"] = {path.name: file_sha256(path) for path in files}
    private.write_atomically(work / "manifest.json", json.dumps(manifest, indent=1).encode())


def _sound(target: Path) -> bool:
    """Whether a compiled model is whole; its hashes are compared once in a process (under 50 ms) and after a change."""
    try:
        return _hashes_agree(target, _stamp(target))
    except (OSError, ValueError, KeyError):
        return False


@lru_cache(maxsize=1)
def _hashes_agree(target: Path, stamp: Stamp) -> bool:  # noqa: ARG001 (a key alone)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return all(file_sha256(target / name) == wanted for name, wanted in manifest["files"].items())


def _stamp(target: Path) -> Stamp:
    """What is another when a file of a compiled model was changed or replaced."""
    stats = [(path.name, path.stat()) for path in sorted(target.iterdir())]
    return tuple((name, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for name, stat in stats)
