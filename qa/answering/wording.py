"""The features of the two regressions in words, for who asks why an answer is as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """label: what the feature is, in a few words. said: what a value says, with a place for it.

    "it" is the best sentence. full: the value of a good answer, where there is one: what is missing up to it
    speaks against an answer; of names it is what a question without any has.
    """

    label: str
    said: str
    full: float | None = None


SENTENCE: Mapping[str, str] = {
    "cosine": "near in meaning",
    "passage_cosine": "its passage near in meaning",
    "passage_lead": "its passage's place",
    "share_lead": "more of the question's words than others",
    "share_gain_before": "the sentence before has other words of it",
    "names": "has names of the question",
    "late": "like it word by word",
    "late_lead": "more so than others",
    "asked_lead": "near to what is asked for",
    "typed": "has what kind of thing is asked",
    "number": "has a number",
    "date": "has a date",
    "person": "has a name",
    "place": "has a place",
    "length": "its length",
    "asks": "asks itself",
}
"""The features of a sentence, by their names in the model."""

QUESTION: Mapping[str, Wording] = {
    "best": Wording("chance of the best sentence", "the best sentence says it with a chance of {:.0%}", 1.0),
    "best_two": Wording("chance of the two best together", "one of the two best says it with a chance of {:.0%}", 1.0),
    "cosine": Wording("nearest passage, by meaning", "the nearest passage has a cosine of {:.2f} to the question"),
    "sentence_cosine": Wording("nearest sentence, by meaning", "the nearest sentence has a cosine of {:.2f}"),
    "share_passage": Wording("words of the question around it", "around it stand {:.0%} of the question's words", 1.0),
    "names_passage": Wording("names of the question around it", "around it stand {:.0%} of the question's names", 0.5),
    "late_sentence": Wording("the best, like it word by word", "word by word the best is like the question by {:.2f}"),
    "late_passage": Wording("around it, like it word by word", "word by word its passage is like it by {:.2f}"),
    "late_spread": Wording("one passage ahead, word by word", "one passage is {:.2f} ahead of the mean, word by word"),
    "typed_missing": Wording("lacks what kind of thing is asked", "it lacks the kind of thing that is asked for"),
    "pairs": Wording("words that stand together there too", "{:.0%} of the question's word pairs stand in it", 1.0),
    "terms": Wording("how many words the question has", "the question has many words"),
}
"""The features of a question with what was found for it, by their names in the model."""


def sentence_label(name: str) -> str:
    """What a feature of a sentence is, in a few words."""
    return SENTENCE.get(name) or name.replace("_", " ")


def question_label(name: str) -> str:
    """What a feature of the decision is, in a few words."""
    return QUESTION[name].label if name in QUESTION else name.replace("_", " ")


def speaking_for(values: Mapping[str, float], coefficients: Mapping[str, float], most: int) -> tuple[str, ...]:
    """The features that did most for an answer, in words, with what each added to the logit."""
    given = {name: coefficients[name] * value for name, value in values.items()}
    best = sorted((name for name in given if given[name] > 0), key=lambda name: -given[name])
    return tuple(f"{_said(name, values[name])} (+{given[name]:.1f})" for name in best[:most])


def speaking_against(values: Mapping[str, float], coefficients: Mapping[str, float], most: int) -> tuple[str, ...]:
    """The features that an answer lacked most, in words, with what the logit lost by each.

    What is lost is a negative contribution, or how much more the value of a good answer would have added.
    """
    lost: dict[str, float] = {}
    for name, value in values.items():
        full = QUESTION[name].full if name in QUESTION else None
        contribution = coefficients[name] * value
        lost[name] = -contribution if full is None else coefficients[name] * full - contribution
    worst = sorted((name for name in lost if lost[name] > 0), key=lambda name: -lost[name])
    return tuple(f"{_said(name, values[name])} (−{lost[name]:.1f})" for name in worst[:most])


def _said(name: str, value: float) -> str:
    return QUESTION[name].said.format(value) if name in QUESTION else f"{question_label(name)}: {value:.2f}"
