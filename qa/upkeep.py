"""What keeps a library in order: removing documents, building anew, and seeing what changed on disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from qa.catalog import Catalog, checking, mending, migrating
from qa.catalog.checking import text_hash
from qa.catalog.writing import Stamp, Writer
from qa.chunking import chunk
from qa.conversations import mending as conversing
from qa.embedding import Embedder
from qa.errors import LibraryError, SourceNotFound
from qa.indexing.finding import is_excluded
from qa.indexing.making import GROUP
from qa.places import inside
from qa.reading import walk
from qa.settings import Settings
from qa.types import Changes, IndexReport, OnProgress, Progress, SourceState


def remove(writer: Writer, paths: Sequence[Path]) -> IndexReport:
    """Take sources, or all that lie in a folder, out of the library, and leave them out until they are added by name.

    Raises SourceNotFound, with nothing removed, when one is neither a source nor a folder of sources.
    """
    sources = writer.stored_sources()
    gone: list[str] = []
    for path in map(str, paths):
        below = [source for source in sources if inside(source, path)]
        if not below:
            raise SourceNotFound(f"{path} is not in the library; nothing was removed. `quoth sources` lists what is")
        gone += below
    gone = list(dict.fromkeys(gone))
    with writer.transaction():
        writer.remove_sources(gone)
        for path in map(str, paths):
            for root in writer.roots():
                if inside(root, path):
                    writer.remove_root(root)
        writer.exclude([str(path) for path in paths])
        writer.sweep()
    return IndexReport(removed=tuple(gone))


def embed_again(writer: Writer, embedder: Embedder, settings: Settings, progress: OnProgress) -> IndexReport:
    """Cut and embed the stored texts with the model and chunk size that are set now, in one transaction."""
    count = 0
    with writer.transaction():
        writer.sweep()
        numbers = [number for (number,) in writer.rows("SELECT id FROM documents ORDER BY id")]
        writer.rows("DELETE FROM vectors")
        for done, number in enumerate(numbers):
            source = os.fsdecode(writer.value("SELECT path FROM sources WHERE document = ? ORDER BY path", number))
            progress(Progress("reading", done, len(numbers), source, count))
            document = writer.document(source)
            chunks = chunk(document, embedder, settings.chunking.tokens)
            texts = {text_hash(piece.text): piece.text for piece in chunks}
            known = writer.known_vectors(list(texts))
            missing = [name for name in texts if name not in known]
            for first in range(0, len(missing), GROUP):
                group = missing[first : first + GROUP]
                writer.add_vectors(group, embedder.embed_documents([texts[name] for name in group]))
            writer.replace_chunks(number, document, chunks, [text_hash(piece.text) for piece in chunks])
            count += len(chunks)
        writer.set_meta(
            fingerprint=embedder.fingerprint, model=settings.embedding.model, tokens=str(settings.chunking.tokens)
        )
    return IndexReport(chunks=count, embedded=count)


def renew(writer: Writer, embedder: Callable[[], Embedder]) -> IndexReport:
    """Make the word index anew, and the vectors that are missing or damaged; drop what nothing refers to.

    embedder: called when a vector has to be made.
    """
    with writer.transaction():
        writer.drop_vectors(checking.wrong_vectors(writer))
    missing = sorted(checking.without_vector(writer))
    for first in range(0, len(missing), GROUP):
        group = missing[first : first + GROUP]
        texts = [writer.value("SELECT text FROM chunks WHERE vector = ?", name) for name in group]
        vectors = embedder().embed_documents(texts)
        with writer.transaction():
            writer.add_vectors(group, vectors)
    writer.spell_again(force=True)  # before documents are deleted, which needs an index of the right words
    with writer.transaction():
        writer.sweep()
        writer.drop_orphans()
    return IndexReport(chunks=writer.chunk_count(), embedded=len(missing))


def tidy(folder: Path) -> list[str]:
    """Mend the conversations of a library's folder, close it to others, delete copies and what was left half written.

    The caller holds the library's lock. Returns lines that a person should read.
    """
    notices: list[str] = []
    with contextlib.suppress(OSError):  # it may be somebody else's
        folder.chmod(0o700)
    if copies := [*migrating.copies(folder), *temporary(folder)]:
        for path in copies:
            path.unlink(missing_ok=True)
        notices.append(f"deleted: {', '.join(path.name for path in copies)}")
    try:
        if said := conversing.mend(folder):
            notices.append(said)
    except LibraryError as error:  # documents can be asked without them
        notices.append(str(error))
    return notices


def temporary(folder: Path) -> list[Path]:
    """Files in a library's folder that are written for a moment only, by a process that was killed."""
    names = (mending.TEMPORARY, conversing.TEMPORARY)
    return sorted(path for name in names for path in folder.glob(f"{name}*"))


def changed(catalog: Catalog) -> Changes:
    """How the disk differs from the catalog, by folders, sizes and times alone; no file is read."""
    sources = catalog.stored_sources()
    excluded = catalog.excluded()
    failed = {
        os.fsdecode(path): Stamp(size, mtime)
        for path, size, mtime in catalog.rows("SELECT path, size, mtime_ns FROM failures")
    }
    new: list[str] = []
    for root, is_folder in catalog.roots().items():
        if is_folder and os.path.isdir(root):  # noqa: PTH112, Path.is_dir raises where there is no permission to look
            found = map(str, walk(Path(root)))
            new += [path for path in found if path not in sources and not is_excluded(path, excluded, root)]
    touched, gone = [], []
    for path, stored in sources.items():
        stamp = _stamp(path)
        if stamp is None:
            gone.append(path)
        elif stamp != Stamp(stored.size, stored.mtime_ns):
            touched.append(path)
    new = [path for path in dict.fromkeys(new) if path not in failed or failed[path] != _stamp(path)]
    return Changes(tuple(new), tuple(touched), tuple(gone))


def state(catalog: Catalog, source: str, sha256: str | None = None) -> SourceState:
    """As `Library.state` says; one row and one look at the file, which is not read."""
    rows = catalog.rows(
        "SELECT s.size, s.mtime_ns, d.sha256 FROM sources s JOIN documents d ON d.id = s.document WHERE s.path = ?",
        os.fsencode(source),
    )
    if not rows:
        return "removed"
    size, mtime, stored = rows[0]
    stamp = _stamp(source)
    if stamp is None:
        return "gone"
    return "current" if stamp == Stamp(size, mtime) and sha256 in (None, stored) else "changed"


def _stamp(path: str) -> Stamp | None:
    """The stamp of a file now; None where it cannot be seen."""
    try:
        return Stamp.of(Path(path))
    except OSError:
        return None
