"""How a process is made to die, or is interrupted, at a step that has a name: when a function of it begins or ends.

No code of Quoth's takes part in this: `arm` has Python itself tell of every function that is entered and left.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from types import FrameType
from typing import Any

STEPS = {
    # name: the end of the file's name, the function, and the beginning of its SQL where it is given some
    "the lock is asked for": ("qa/locking.py", "_taken"),
    "the lock is held": ("qa/locking.py", "_holding"),
    "a catalog is made": ("qa/catalog/schema.py", "_make"),
    "the catalog is opened": ("qa/catalog/schema.py", "_prepare"),
    "files are looked for": ("qa/indexing/finding.py", "Finder.find"),
    "a root is kept": ("qa/catalog/writing.py", "Writer.add_root"),
    "a file is looked at": ("qa/indexing/finding.py", "Finder._look_at"),
    "a file is known": ("qa/indexing/finding.py", "Finder._is_known"),
    "a failure is kept": ("qa/catalog/writing.py", "Writer.add_failure"),
    "texts are embedded": ("tests/faults/standin.py", "StandIn.embed_documents"),
    "vectors are kept": ("qa/catalog/writing.py", "Writer.add_vectors"),
    "documents are kept": ("qa/indexing/keeping.py", "Keeper.keep"),
    "a document is kept": ("qa/catalog/writing.py", "Writer.add_document"),
    "its chunks are kept": ("qa/catalog/writing.py", "Writer._insert_chunks"),
    "its chunks are replaced": ("qa/catalog/writing.py", "Writer.replace_chunks"),
    "a source is kept": ("qa/catalog/writing.py", "Writer.set_source"),
    "sources are taken out": ("qa/catalog/writing.py", "Writer.remove_sources"),
    "sources are left out": ("qa/catalog/writing.py", "Writer.exclude"),
    "documents are swept": ("qa/catalog/writing.py", "Writer.sweep"),
    "chunks are deleted": ("qa/catalog/writing.py", "Writer._delete_chunks"),
    "orphans are dropped": ("qa/catalog/writing.py", "Writer.drop_orphans"),
    "a fact is kept": ("qa/catalog/writing.py", "Writer.set_meta"),
    "a transaction begins": ("qa/catalog/__init__.py", "Catalog.rows", "BEGIN"),
    "a transaction is committed": ("qa/catalog/__init__.py", "Catalog.rows", "COMMIT"),
    "the index is found stale": ("qa/store.py", "is_stale"),
    "a folder is made": ("tempfile.py", "mkdtemp"),
    "the index is built": ("qa/building.py", "_build"),
    "the index is written": ("qa/building.py", "_write"),
    "Chroma is opened": ("qa/store.py", "client"),
    "Chroma is given chunks": ("chromadb/api/models/Collection.py", "Collection.add"),
    "the index is tried": ("qa/store.py", "Index.nearest"),
    "a file is hashed": ("qa/seal.py", "_sha256"),
    "the index is checked": ("qa/store.py", "trouble"),
    "the index is made current": ("qa/building.py", "rebuild"),
    "old indexes are deleted": ("qa/building.py", "clean"),
    "a folder is deleted": ("shutil.py", "rmtree"),
    "part of a folder is deleted": ("shutil.py", "_rmtree_safe_fd"),
}
_BY_FUNCTION: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
for _name, _place in STEPS.items():
    _BY_FUNCTION.setdefault(_place[1], []).append((_name, _place))

VARIABLE = "DYING"
"""What a new process takes its moment from, see site/sitecustomize.py."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The count-th time that a step begins ("call") or ends ("return").

    signal: what is sent then. to: "self", "parent" (where a child of the command's own has come to the step), or
    "group", as a terminal does it.
    """

    step: str
    event: str
    count: int
    signal: int = signal.SIGKILL
    to: str = "self"

    def environment(self) -> dict[str, str]:
        """Variables that arm a new process, and those that it starts."""
        return {VARIABLE: json.dumps(asdict(self))}


def arm(moment: Moment | None) -> Counter[tuple[str, str]]:
    """Send the moment's signal when it comes; the counter goes on counting how often each step began and ended."""
    seen: Counter[tuple[str, str]] = Counter()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        places = _BY_FUNCTION.get(frame.f_code.co_qualname)
        if not places or event not in ("call", "return"):
            return
        for name, (file, _, *sql) in places:
            if not frame.f_code.co_filename.endswith(file):
                continue
            if sql and not str(frame.f_locals.get("sql")).startswith(sql[0]):
                continue
            seen[name, event] += 1
            if moment and (name, event, seen[name, event]) == (moment.step, moment.event, moment.count):
                _send(moment)

    threading.setprofile(look)  # texts are embedded in another thread
    sys.setprofile(look)
    return seen


def _send(moment: Moment) -> None:
    if moment.to == "group":
        os.killpg(0, moment.signal)
    else:
        child = os.getpgrp() != os.getpid()  # of the process that leads the group
        os.kill(os.getppid() if moment.to == "parent" and child else os.getpid(), moment.signal)


def arm_from_environment() -> None:
    """Arm this process as the variable says."""
    if VARIABLE in os.environ:
        arm(Moment(**json.loads(os.environ[VARIABLE])))
