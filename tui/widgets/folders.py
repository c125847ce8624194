"""The tree of files and folders to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text, TextType
from textual import on
from textual.widgets import DirectoryTree
from textual.widgets.directory_tree import DirEntry

from qa.display import visible


class Folders(DirectoryTree):
    """A directory tree without hidden files, whose names are shown as they stand."""

    ICON_NODE_EXPANDED = "▾ "
    ICON_NODE = "▸ "
    ICON_FILE = "  "

    @on(DirectoryTree.NodeExpanded)
    @on(DirectoryTree.NodeCollapsed)
    def _to_the_arrow(
        self, event: DirectoryTree.NodeExpanded[DirEntry] | DirectoryTree.NodeCollapsed[DirEntry]
    ) -> None:
        """Go to the folder whose arrow was clicked: Textual leaves the cursor where it was."""
        if event.node is not self.root:
            self.move_cursor(event.node)

    @property
    def chosen(self) -> str | None:
        """What the cursor is on; None at the top, which nobody has chosen: it is there from the beginning."""
        node = self.cursor_node
        return str(node.data.path) if node and node.data and node is not self.root else None

    def process_label(self, label: TextType) -> Text:
        """A name on one line, with nothing in it that a terminal would obey."""
        return Text(visible(str(label), one_line=True) or " ")

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """All but the hidden ones."""
        return (path for path in paths if not path.name.startswith("."))
