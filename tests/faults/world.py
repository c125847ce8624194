"""A folder of files, a library of it, and what is known to be in the library, while processes are made to end."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.warm import Ended, Warm


@dataclass
class World:
    """The world in `folder`; what happens is left to `chance`.

    texts: what the library holds, as a reader saw it last. removed: taken out by hand. steps: where
    processes died, by work; met: how often each step was met by that, in other worlds too.
    """

    warm: Warm
    folder: Path
    chance: random.Random
    met: Counter[str] = field(default_factory=Counter)
    texts: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)
    questions: int = 0
    version: int = 0

    def __post_init__(self) -> None:
        self.files = self.folder / "files"
        self.files.mkdir(parents=True)
        for number in range(9):
            self.write(f"note-{number}.md")
        self.write("long.txt", paragraphs=70)  # more chunks than are committed together
        (self.files / "empty.txt").write_text(" ")

    @property
    def library(self) -> str:
        return str(self.folder / "library")

    def write(self, name: str, paragraphs: int = 3) -> None:
        """Write a file whose every paragraph holds a word that no other file and no other version has."""
        self.version += 1
        lines = (
            f"The keeper of the lighthouse wrote {mark(name, self.version)} into entry {n} of his book, as the sea was"
            f" calm and the night was clear, and nobody came to see him in the week after the storm of {n}.\n\n"
            for n in range(paragraphs)
        )
        (self.files / name).write_text(f"# {name}\n\n" + "".join(lines))

    def on_disk(self) -> dict[str, str]:
        return {str(path): path.read_text() for path in self.files.iterdir() if path.name != "empty.txt"}

    def change(self) -> None:
        """Write, rewrite, rename or delete a file or two, none that was removed by hand."""
        for _ in range(self.chance.randint(1, 2)):
            free = [path for path in self.on_disk() if path not in self.removed]
            path = Path(self.chance.choice(free))
            kind = self.chance.choice(["new", "changed", "changed", "renamed", "gone"])
            if kind == "new" or len(free) < 5:
                self.write(f"note-{self.version}x.md")
            elif kind == "changed":
                self.write(path.name, 70 if path.name == "long.txt" else 3)
            elif kind == "renamed":
                path.rename(path.with_name(f"moved-{self.version}-{path.name}"))
            else:
                path.unlink()

    def work(self) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        """Something to do, with its arguments and what the library holds when it has been done."""
        kind = self.chance.choice(["add", "add", "update", "remove", "rebuild", "embed"])
        if not self.texts or kind in ("add", "update"):
            if self.texts:
                self.change()
            after = {  # what a killed remove left in the library stays there
                path: text for path, text in self.on_disk().items() if path not in self.removed or path in self.texts
            }
            if kind == "update" and self.texts:
                return "update", (self.library,), after
            return "add", (self.library, [str(self.files)]), after
        if kind == "remove" and len(self.texts) > 5:
            there = sorted(path for path in self.texts if Path(path).exists() and not path.endswith("long.txt"))
            gone = self.chance.sample(there, min(2, len(there)))
            self.removed += [path for path in gone if path not in self.removed]
            return "remove", (self.library, gone), {p: text for p, text in self.texts.items() if p not in gone}
        return "rebuild", (self.library, kind == "embed"), dict(self.texts)

    def check(self, after: dict[str, str], ended: Ended, what: str) -> None:
        """Each file is as it was or as it should become; as it should become, if that was reported or all is done."""
        before, self.texts = self.texts, {}
        if not (Path(self.library) / "catalog.sqlite").exists():
            assert not before, what
            assert not ended.reported, what
            return
        some = self.chance.sample(sorted(after), min(3, len(after)))
        looked = self.warm.call("look", self.library, [text.split()[8] for text in (after[path] for path in some)])
        assert looked.code == 0, (what, looked.err)
        self.texts = looked.result["texts"]
        for path in {*before, *after, *self.texts}:
            right = [after.get(path)]
            if ended.code != 0 and path not in ended.reported:
                right.append(before.get(path))
            assert self.texts.get(path) in right, (what, path)
        for path, found in zip(some, looked.result["found"], strict=True):
            self.questions += 1
            assert all(self.texts[source][start:end] == text for source, start, end, text in found), (what, path)
            if self.texts.get(path) == after[path]:
                marked = after[path].split()[8]
                assert found, (what, path)
                assert marked in found[0][3], (what, path)
        folders = [path for path in Path(self.library).iterdir() if path.name.startswith("index-")]
        assert len(folders) <= 2, (what, folders)

    def meets(self, work: str, step: str) -> None:
        """A process died, or was interrupted, at this step of its work."""
        self.steps[f"{work}: {step}"] += 1
        self.met[step] += 1

    def end(self) -> None:
        """Run everything again to its end: it is all as in a library to which nothing ever happened."""
        for library in (self.library, str(self.folder / "undisturbed")):
            for name, *arguments in (("add", [str(self.files)]), ("remove", self.removed)):
                if arguments[0]:
                    ended = self.warm.call(name, library, *arguments)
                    assert ended.code == 0, ended.err
        disturbed, undisturbed = (
            self.warm.call("dump", library).result for library in (self.library, str(self.folder / "undisturbed"))
        )
        for name, rows in undisturbed.items():
            assert disturbed[name] == rows, name
        assert disturbed["integrity"] == "ok"
        assert disturbed["indexed"] == [len(disturbed["chunks"]), True]
        assert set(disturbed["files"]) == {"catalog.sqlite", "index", "lock"}


def mark(name: str, version: int) -> str:
    return f"zq{name.replace('.', '').replace('-', '')}v{version}"
