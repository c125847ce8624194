"""Which questions are taken for another language than English."""

from __future__ import annotations

import pytest

from qa.languages import asks_in_another


@pytest.mark.parametrize(
    "question",
    [
        "Wie hoch ist die Miete der Halle?",
        "Wer hat die Schlüssel?",
        "Was ist das?",
        "Quelle est la capitale de la France ?",
        "¿Cuándo fue la reunión?",
        "Dove è il contratto della casa?",
        "Wat is de huur van het huis?",
        "Когда была встреча?",
        "会议在哪里举行？",
    ],
)
def test_another_language_is_known_by_its_small_words_or_its_script(question: str) -> None:
    assert asks_in_another(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the rent of the hall?",
        "Who will die in the war?",
        "Did Los Angeles and El Paso meet Las Vegas?",
        "Was it as he said?",
        "Who was van der Berg?",
        "Where is La Scala?",
        "E-1001",
        "Pompeo",
        "?",
    ],
)
def test_english_is_not(question: str) -> None:
    assert not asks_in_another(question)
