"""An explanation of made-up numbers, so that its picture is the same on every machine."""

from __future__ import annotations

from qa.types import (
    Decision,
    Explanation,
    RankedChunk,
    Regression,
    SearchedText,
    SearchedWord,
    WeighedSentence,
)

QUESTION = "And where did Donald Trump and Kim Jong Un meet in Hanoi?"
EARLIER = "When did they first meet?"
HOTEL = "The meetings were held at the Sofitel Legend Metropole, a hotel of the French colonial period."
ARRIVAL = "Trump landed at Noi Bai airport the same evening and stayed at the JW Marriott."


def chunk(rank: int, source: str, line: int, parts: tuple[float, float, float], passage: int | None) -> RankedChunk:
    meaning, words, beside = parts
    page = 2 if source.endswith(".pdf") else None
    found_by = "words" if beside else "similarity"
    return RankedChunk(
        *(rank, f"/articles/{source}", 0, 500, page, None, line, meaning / 0.6, rank + 1, words / 0.4),
        *(meaning, words, beside, sum(parts), found_by, passage),  # type: ignore[arg-type]
    )


def sentence(rank: int, text: str, chance: float, citation: int | None, why: str) -> WeighedSentence:
    values = {"cosine": 0.71, "late": 0.62, "length": 2.77}
    contributions = {"cosine": 2.20, "late": 1.45, "length": -1.11}
    return WeighedSentence(rank, 1, text, "/articles/a.md", 0, 90, chance, values, contributions, citation, why)


def explanation() -> Explanation:
    """A follow-up that was answered."""
    return Explanation(
        question=f"{QUESTION} ({EARLIER})",
        because="it is a follow-up: “And” points back",
        texts=(SearchedText(QUESTION, 1.0), SearchedText(EARLIER, 0.3)),
        words=(
            SearchedWord("Trump", 1.0, 1.39, 33, name=True),
            SearchedWord("Hanoi", 1.0, 2.16, 15, name=True),
            SearchedWord("met", 0.3, 0.58, 19, name=False),
            SearchedWord("singapor", 0.2, None, None, name=False),
        ),
        chunks=(
            chunk(1, "2019-hanoi-summit.md", 13, (0.38, 0.40, 0.0), 1),
            chunk(2, "2018-singapore-summit.pdf", 4, (0.33, 0.22, 0.0), 2),
            chunk(3, "2019-hanoi-summit.md", 19, (0.21, 0.11, 0.18), 1),
            chunk(4, "un-sanctions.txt", 27, (0.29, 0.09, 0.0), None),
        ),
        sentences=(
            sentence(1, HOTEL, 0.93, 1, "quoted as [1]"),
            sentence(2, ARRIVAL, 0.22, None, "one is enough: the best has 80% or more"),
        ),
        sentence_model=Regression(-0.07, {"cosine": 3.1, "late": 2.34, "length": -0.4}),
        confidence_model=Regression(-9.72, {"best": 6.4, "late_sentence": 7.66}),
        decision=Decision(
            confidence=0.94,
            threshold=0.5,
            values={"best": 0.93, "late_sentence": 0.85},
            contributions={"best": 5.95, "late_sentence": 6.51},
            why="answered: the documents seem to say it (94% sure, and 50% is enough)",
            reasons=("word by word it matches the question by 0.85 (+6.5)",),
        ),
    )
