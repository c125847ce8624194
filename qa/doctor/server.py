"""The Chroma server that a library lives in: whether it answers, and has what the catalog has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qa.doctor.findings import Finding
from qa.doctor.visit import Visit, named
from qa.errors import QuothError, StoreError

if TYPE_CHECKING:
    from qa.holdings import Holdings
    from qa.remote.layout import Root
    from qa.remote.server import Server

AS_IT_SAYS = "do what it says"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_on_server(visit: Visit) -> bool:
    """Whether the library lives in a Chroma server."""
    return visit.settings is not None and visit.settings.store.url is not None


def server(visit: Visit) -> Iterator[Finding]:
    """Whether the server has the library, whole and fit for the settings; on a machine with a catalog, what it has."""
    from qa.parts import Parts

    assert visit.settings is not None  # noqa: S101 (the caller's condition)
    yield from _connection(visit)
    visit.step("the server", 0, 1)
    parts = Parts(visit.folder, visit.settings)
    try:
        found = parts.server()
        assert found is not None  # noqa: S101 (the caller's condition)
        root = found.root()
        if root is None:
            if visit.catalog is None or visit.chunks:
                what = f"the server {found.url} has no library {found.name}"
                yield visit.damage("server", what, _there(visit, "rebuild" if visit.chunks else "add FOLDER"))
            return
        if visit.catalog is None:
            visit.documents, visit.chunks = root.documents, root.chunks
        yield from _held(visit, found, root)
        if root.sources:
            holdings = parts.asked()  # raises where its model or its words are others than here
            if visit.deep:
                yield from _texts(visit, holdings)
    except QuothError as error:
        yield visit.damage("server", str(error), AS_IT_SAYS)
    finally:
        parts.close()


def _connection(visit: Visit) -> Iterator[Finding]:
    """What a person may want to know of the way to the server."""
    assert visit.settings is not None  # noqa: S101 (the caller's condition)
    store = visit.settings.store
    address = urlsplit(store.url or "")
    if address.scheme == "http" and store.token and address.hostname not in LOOPBACK:
        what = f"the token and all text go to {store.url} unencrypted"
        yield visit.warning("server", what, "put TLS before the server, and set store.url to https://...")
    if address.scheme == "https" and not store.verify:
        what = f"whoever stands between can pass for {store.url}: store.verify is off"
        yield visit.warning("server", what, "set store.ca_file to the file of who signed its certificate")


def _held(visit: Visit, found: Server, root: Root) -> Iterator[Finding]:
    """Whether the server has as much as it says, and, where there is a catalog, the same as that."""
    from qa.remote.fetching import pages
    from qa.remote.sending import admit
    from qa.remote.wanted import in_catalog

    pair = found.pair(root.generation)
    if pair is None:
        what = f"the server {found.url} lacks collections of the library {found.name}"
        yield visit.damage("server", what, _there(visit, "rebuild"))
        return
    with found.told():
        rows = {name: row for page in pages(pair.sources) for name, row in page.items()}
        chunks = pair.chunks.count()
    wanted = sum({str(row["document"]): int(row["chunks"]) for row in rows.values()}.values())
    if chunks < wanted or (len(rows) != root.sources and not root.changing):
        what = f"the server has {chunks:,} chunks and {len(rows):,} sources instead of {wanted:,} and {root.sources:,}"
        yield visit.damage("server", what, _there(visit, "rebuild"))
    elif chunks > wanted:
        what = f"the server has {chunks - wanted:,} chunks that belong to no source, as of an add that was stopped"
        yield visit.warning("server", what, _there(visit, "update"))
    elif not root.finished:
        what = f"what was added last to the library on {found.url} was not sent to its end, or is just being sent"
        yield visit.warning("server", what, _there(visit, "update"))
    if visit.catalog is None:
        return
    admit(found, visit.catalog)
    here, _ = in_catalog(visit.catalog)
    other = [str(row["source"]) for name, row in here.items() if rows.get(name) != row]
    other += [str(row["source"]) for name, row in rows.items() if name not in here]
    if other:
        what = f"not on the server as they are here: {named(other)}"
        yield visit.warning("server", what, visit.quoth("update"))


def _texts(visit: Visit, holdings: Holdings) -> Iterator[Finding]:
    """Whether every document can be put together out of its chunks on the server."""
    sources = holdings.sources()
    broken = []
    for done, source in enumerate(sources, start=1):
        try:
            text = holdings.document(source.source).text
            if visit.catalog is not None and visit.catalog.document(source.source).text != text:
                broken.append(source.source)
        except StoreError:
            broken.append(source.source)
        visit.step("documents on the server", done, len(sources))
    if broken:
        yield visit.damage("server", f"not whole on the server: {named(broken)}", _there(visit, "rebuild"))


def _there(visit: Visit, command: str) -> str:
    """A command, which on a machine without a catalog is for the one that has it."""
    return visit.quoth(command) + ("" if visit.catalog is not None else " where the documents are added")
