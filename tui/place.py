"""A place in a document that the chat can show: what a citation or a passage points at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa import Citation, Passage


@dataclass(frozen=True, slots=True)
class Place:
    """The characters `start` to `end` of a source's text, which read `quote` when the answer was made.

    number: of the citation; None for a passage. page, heading, line: where the quote starts.
    sha256: of the bytes of the file that the text was read from.
    """

    quote: str
    source: str
    start: int
    end: int
    page: int | None
    heading: str | None
    line: int
    sha256: str
    number: int | None = None

    @classmethod
    def of(cls, found: Citation | Passage) -> Place:
        """The place of a citation or a passage."""
        from qa import Citation  # not before the first paint

        quote, number = (found.quote, found.number) if isinstance(found, Citation) else (found.text, None)
        return cls(
            quote,
            found.source,
            found.start,
            found.end,
            found.page,
            found.heading,
            found.line,
            found.sha256,
            number,
        )

    @property
    def name(self) -> str:
        """The file's name and where in it: "summit.pdf, p. 2" or "notes.md, line 12"."""
        return f"{Path(self.source).name}, {self.where}"

    @property
    def where(self) -> str:
        """The page, or the line where there are no pages."""
        return f"p. {self.page}" if self.page is not None else f"line {self.line}"

    @property
    def reference(self) -> str:
        """The quote and where it comes from, to paste elsewhere."""
        heading = f", {self.heading}" if self.heading else ""
        return f"“{self.quote}” ({self.source}, {self.where}{heading})"
