"""The line that says which files of the library changed on disk."""

from __future__ import annotations

from textual.widgets import Static

from qa import Changes
from tui.outside import outside


class ChangesBanner(Static):
    """What changed on disk; a click updates."""

    def show(self, changes: Changes | None) -> None:
        """Say it, or go away."""
        self.display = bool(changes)
        if changes:
            counts = {"new": len(changes.new), "changed": len(changes.changed), "gone": len(changes.gone)}
            number = sum(counts.values())
            files = f" {number:,} {'file' if number == 1 else 'files'}"
            parts = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
            if number == counts["new"]:  # as after an add that was interrupted: nothing has changed
                text = f"{files} not read yet: u or click to read {'it' if number == 1 else 'them'}"
            else:
                text = f"{files} changed on disk ({parts}): u or click to update"
            self.update(outside(text))

    async def on_click(self) -> None:
        """Update."""
        await self.run_action("screen.update")
