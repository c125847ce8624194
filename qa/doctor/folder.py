"""What lies around a catalog: settings, permissions, the files on disk, leftovers, and free space."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from qa.catalog import migrating, schema
from qa.doctor.findings import Finding
from qa.doctor.visit import Visit, named
from qa.embedding.models import file_sha256
from qa.errors import SettingsError
from qa.store import IndexRow, index_folders
from qa.upkeep import changed, temporary

CATALOG = schema.FILE

ROOM = 8_000
"""Bytes that a rebuild writes for each chunk: about 6,700 in the index, measured at 20,000 chunks of 600 characters."""


def holds_library(place: Path) -> bool:
    """Whether there is a library in a folder, or what is left of one."""
    return place.is_dir() and ((place / CATALOG).exists() or bool(index_folders(place)))


def settings(visit: Visit) -> Iterator[Finding]:
    """Whether the settings can be read, the user's and the library's own."""
    from qa import settings as stored

    try:
        visit.settings = stored.load(visit.folder)
    except SettingsError as error:
        file = next((file for file in _settings_files(visit.folder) if str(file) in str(error)), None)
        if file is None:
            yield visit.damage("settings", str(error), "mend or unset the variable that it names")
        else:
            yield visit.damage("settings", str(error), f"mv {shlex.quote(str(file))} {shlex.quote(f'{file}.damaged')}")


def permissions(visit: Visit) -> Iterator[Finding]:
    """Whether others can look into the folder, and whether it can be written to."""
    try:
        mode = visit.folder.stat().st_mode & 0o777
    except OSError as error:
        yield visit.damage(
            "permissions", f"{visit.folder} cannot be looked at: {error.strerror}", "give yourself access"
        )
        return
    place = shlex.quote(str(visit.folder))
    if os.name == "posix" and mode & 0o077:
        yield visit.warning("permissions", f"others can look into {visit.folder} (mode {mode:o})", f"chmod 700 {place}")
    if not os.access(visit.folder, os.W_OK | os.X_OK):
        mounted = os.name == "posix" and os.statvfs(visit.folder).f_flag & os.ST_RDONLY
        mend = "mount its disk for writing" if mounted else f"chmod 700 {place}"
        yield visit.warning("permissions", f"{visit.folder} cannot be written to: only questions are possible", mend)


def sources(visit: Visit) -> Iterator[Finding]:
    """Whether the files that were read are still as they were; a deep check reads and hashes each."""
    assert visit.catalog is not None  # noqa: S101 (the caller's condition)
    changes = changed(visit.catalog)
    update = visit.quoth("update")
    if changes.gone:
        paths = " ".join(map(shlex.quote, changes.gone[:1]))
        more = " ..." if len(changes.gone) > 1 else ""
        yield visit.warning(
            "sources",
            f"no longer on disk: {named([*changes.gone])}",
            f"{update} (or {visit.quoth(f'remove {paths}{more}')})",
        )
    if changes.changed:
        yield visit.warning("sources", f"changed on disk since they were read: {named([*changes.changed])}", update)
    if changes.new:
        yield visit.warning("sources", f"new on disk: {named([*changes.new])}", update)
    if visit.deep:
        yield from _silently_changed(visit, {*changes.gone, *changes.changed})


def leftovers(visit: Visit) -> Iterator[Finding]:
    """Index folders that are not current, copies, and files that a killed process left."""
    if visit.catalog is not None and not visit.lost:
        row = IndexRow.of(visit.catalog)
        left = [path.name for path in index_folders(visit.folder) if row is None or path.name != row.folder]
        if left:
            yield visit.warning("leftovers", f"index folders that are not in use: {named(left)}")
    copies = [path.name for path in migrating.copies(visit.folder)]
    if copies:
        yield visit.warning(
            "leftovers", f"copies from before an update of Quoth, with all text there was then: {named(copies)}"
        )
    partial = [path.name for path in temporary(visit.folder)]
    if partial:
        yield visit.warning("leftovers", f"files of a process that was killed: {named(partial)}")


def space(visit: Visit) -> Iterator[Finding]:
    """Whether there is room to build the index anew."""
    free, needed = shutil.disk_usage(visit.folder).free, ROOM * visit.chunks
    if free < needed:
        yield visit.warning(
            "space",
            f"{free / 1e6:,.0f} MB are free on the disk of {visit.folder}, and a rebuild needs {needed / 1e6:,.0f} MB",
            "free some space",
        )


def _settings_files(place: Path) -> list[Path]:
    from qa import settings as stored

    return [place / stored.FILE, stored.config_file()]


def _silently_changed(visit: Visit, known: set[str]) -> Iterator[Finding]:
    assert visit.catalog is not None  # noqa: S101 (the caller's condition)
    rows = [(source.source, source.sha256) for source in visit.catalog.sources() if source.source not in known]
    different = []
    for done, (path, sha256) in enumerate(rows, start=1):
        try:
            if file_sha256(Path(path)) != sha256:
                different.append(path)
        except OSError:
            different.append(path)
        visit.step("files", done, len(rows))
    if different:
        files = " ".join(map(shlex.quote, different[:20]))
        yield visit.warning(
            "sources",
            f"other bytes than were read, with the same size and time: {named(different)}",
            f"touch {files} && {visit.quoth('update')}",
        )
