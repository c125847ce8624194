"""The map of the code in CONTRIBUTING.md: each module with what it says of itself. Run it as it stands:

.venv/bin/python docs/code_map.py
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- map -->\n", "<!-- end of the map -->"


def code_map() -> str:
    """The map, as Markdown: a heading for each package, and a line for each module in it."""
    lines = []
    for package in ("qa", "tui"):
        folders = [ROOT / package, *sorted(path.parent for path in (ROOT / package).rglob("*/__init__.py"))]
        for folder in folders:
            name = folder.relative_to(ROOT).as_posix()
            lines += ["", f"**`{name}/`**: {about(folder / '__init__.py')}", ""]
            modules = sorted(file for file in folder.glob("*.py") if file.stem != "__init__")
            lines += [f"- `{file.name}`: {about(file)}" for file in modules]
    return "\n".join(lines).strip() + "\n"


def about(file: Path) -> str:
    """The first paragraph of a module's docstring, on one line. Raises ValueError where there is none."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    if not docstring:
        raise ValueError(f"{file.relative_to(ROOT)} says nothing of itself: it needs a docstring")
    return " ".join(docstring.split("\n\n")[0].split())


def mapped(page: str) -> str:
    """The page with the map of the code as it is now."""
    return re.sub(f"(?<={BEGIN}).*(?={END})", lambda _: f"\n{code_map()}\n", page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(mapped(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
