"""What is in a library: its catalog, the documents, words and model in it, and the conversations."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from qa.catalog import checking, mending, schema
from qa.conversations import mending as conversing
from qa.conversations.schema import FILE as CONVERSATIONS
from qa.doctor.findings import Finding
from qa.doctor.visit import SHOWN, Visit, named
from qa.errors import LibraryError, LibraryMismatch, ModelError

if TYPE_CHECKING:
    from qa.catalog import Catalog


def catalog(visit: Visit) -> Iterator[Finding]:
    """Whether the catalog's file is there and whole."""
    if not (visit.folder / schema.FILE).is_file():
        visit.lost = True
        missing = f"the catalog {visit.folder / schema.FILE} is missing: the documents have to be read again"
        yield visit.damage("catalog", missing, mending.adding_again(visit.folder))
        return
    visit.step("the catalog", 0, 1)
    what = mending.damage(visit.folder, deep=visit.deep)
    if what is None and visit.catalog is None:
        what = "it holds no catalog, or cannot be opened"
    if what:
        yield damaged(visit, what)
    elif visit.catalog is not None:
        visit.documents = int(visit.catalog.value("SELECT count(*) FROM documents"))
        visit.chunks = visit.catalog.chunk_count()


def damaged(visit: Visit, what: str) -> Finding:
    """The finding of a damaged catalog: whether rebuilding mends it, or only adding the files again."""
    lost = mending.lost(visit.folder)
    if lost is None:
        return visit.damage("catalog", f"the catalog is damaged ({what}), but every document in it can be read")
    visit.lost = True
    more = "" if what in lost or lost in what else f"; {lost}"
    return visit.damage(
        "catalog",
        f"the catalog is damaged ({what}{more}), and only adding the files again will do; conversations are kept",
        mending.adding_again(visit.folder),
    )


def documents(visit: Visit) -> Iterator[Finding]:
    """Whether every document is whole, and has its vectors."""
    stored = _catalog(visit)
    if lost := checking.lost_sources(stored):
        yield visit.damage("documents", f"lost: {named(lost)}", _again(visit, lost))
    wrong = checking.wrong_counts(stored)
    if visit.deep and not wrong:
        wrong = [*checking.wrong_documents(stored, _steps(visit, "documents", visit.documents))]
    for one in wrong[:SHOWN]:
        yield visit.damage("documents", f"{one.source} is not whole: {one.what}", _again(visit, [one.source]))
    if len(wrong) > SHOWN:
        paths = [one.source for one in wrong[SHOWN:]]
        yield visit.damage("documents", f"{len(paths):,} more are not whole: {named(paths)}", _again(visit, paths))
    missing = checking.without_vector(stored)
    if missing:
        yield visit.damage("vectors", f"{len(missing):,} texts have no vector")
    if visit.deep:
        total = int(stored.value("SELECT count(*) FROM vectors"))
        if bad := checking.wrong_vectors(stored, _steps(visit, "vectors", total)):
            yield visit.damage("vectors", f"{len(bad):,} stored vectors are no vectors of length one")
    if count := checking.orphans(stored):
        yield visit.warning("documents", f"{count:,} documents or vectors that nothing refers to, of interrupted work")


def words(visit: Visit) -> Iterator[Finding]:
    """Whether the word index has the words of the chunks."""
    stored = _catalog(visit)
    if checking.word_rows_differ(stored):
        yield visit.damage("words", "the word index has other chunks than there are")
    elif visit.deep and checking.words_differ(stored, _steps(visit, "words", visit.chunks)):
        yield visit.damage("words", "the word index has other words than the documents")


def model(visit: Visit) -> Iterator[Finding]:
    """Whether the vectors are of the model that is set."""
    stored = _catalog(visit)
    if visit.settings is None or not visit.chunks:
        return
    from qa.parts import Parts

    parts = Parts(visit.folder, visit.settings)
    try:
        parts.filled()
        size = parts.embedder().dimension if visit.deep else None
    except LibraryMismatch as error:
        yield visit.damage("model", str(error), visit.quoth("rebuild --embed"))
        return
    except ModelError as error:
        yield visit.damage("model", str(error), "do what it says, or set embedding.model to another model")
        return
    finally:
        parts.close()
    found = checking.dimension(stored)
    if size is not None and found != size:
        what = f"the vectors have {found} numbers, and those of the model {stored.meta('model')} {size}"
        yield visit.damage("model", what, visit.quoth("rebuild --embed"))


def conversations(visit: Visit) -> Iterator[Finding]:
    """Whether the conversations can be read and searched."""
    try:
        what = conversing.damage(visit.folder, deep=visit.deep)
    except LibraryMismatch as error:
        yield visit.damage("conversations", str(error), "pip install --upgrade quoth")
    except LibraryError as error:
        yield visit.warning("conversations", str(error), "try again when it can be read")
    else:
        if what and visit.lost:  # a rebuild needs the documents
            file = shlex.quote(str(visit.folder / CONVERSATIONS))
            yield visit.damage("conversations", f"the conversations are damaged: {what}", f"mv {file} {file}.damaged")
        elif what:
            yield visit.damage("conversations", f"the conversations are damaged: {what}")


def _catalog(visit: Visit) -> Catalog:
    assert visit.catalog is not None  # noqa: S101 (the caller's condition)
    return visit.catalog


def _again(visit: Visit, paths: list[str]) -> str:
    """The commands that read sources again whose text is lost; the same file would be known by its hash otherwise.

    Deleting words that are not those that were indexed harms the word index, hence the rebuild.
    """
    files = " ".join(map(shlex.quote, paths[:20]))
    return " && ".join(map(visit.quoth, (f"remove {files}", f"add {files}", "rebuild")))


def _steps(visit: Visit, doing: str, total: int) -> Callable[[int], None]:
    done = 0

    def step(more: int) -> None:
        nonlocal done
        done += more
        visit.step(doing, done, total)

    return step
