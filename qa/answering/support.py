"""Whether the documents say what a sentence says that a model wrote.

A sentence is compared with the sentences of the passages, one and two at a time: how many of its words they have, by
spelling or by meaning, and whether its numbers, dates, names and denials are theirs. That sees a changed number or
name, and often an opposite (`opposites.py`) or names in each other's place (`roles.py`); it does not see an argument
that is wrong.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa.answering.candidates import Candidate, Pooling, Vectors
from qa.answering.facts import Facts, facts_of
from qa.answering.measures import otherwise
from qa.answering.opposites import opposed
from qa.answering.roles import swapped
from qa.answering.strength import stronger
from qa.types import Passage, Support
from qa.words import STOPWORDS, spoken, words

SUPPORTED, WEAK = 0.72, 0.5
"""Least share of a sentence's words that the documents have for it to be supported, or weakly so. Chosen on the altered
and unaltered sentences of benchmarks/altered.py, half of them at a time."""

LIKE, SAME = 0.45, 0.8
"""Cosine of two words in their sentences from which on they count as alike, and at which as the same."""

GAIN = 0.12
"""What a second sentence must add to the share to be taken along."""

ELSEWHERE = 0.1
"""How much less of the sentence another passage may say than the one that says most, to be preferred if cited."""

_PRONOUN = re.compile(r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Premise:
    """One or two sentences of a passage that follow each other. before: the text of the passage before them."""

    passage: int
    sentences: tuple[Candidate, ...]
    before: str

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def span(self) -> tuple[str, int, int]:
        """Source, start and end in the document's text."""
        return self.sentences[0].source, self.sentences[0].start, self.sentences[-1].end


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for a sentence.

    score: share of its words that the premise has, from 0 to 1. premise: what says most of it; None without passages.
    reasons: what speaks against it, in words for a person.
    """

    support: Support
    score: float
    premise: Premise | None
    reasons: tuple[str, ...] = ()


class Evidence:
    """The passages of an answer, to compare its sentences with."""

    def __init__(self, passages: Sequence[Passage], found: Sequence[Candidate], embedder: Pooling) -> None:
        """found: the sentences of the passages (`candidates`)."""
        self._passages, self._embedder = passages, embedder
        self._found = list(found)
        self._covers: dict[str, tuple[Vectors, Vectors]] = {}
        self._everything = [facts_of(passage.text) for passage in passages]

    def __len__(self) -> int:
        """How many sentences the passages have."""
        return len(self._found)

    def check(self, sentence: str, cited: Collection[int] = ()) -> Verdict:
        """Compare a sentence with the passages. cited: those that it names, from 0.

        What it cites is preferred if that says nearly as much of it as any other; else the sentence is at most weak.
        """
        if not self._found:
            return Verdict("unsupported", 0.0, None, ("there is nothing to compare it with",))
        claim = facts_of(sentence)
        cover, telling = self._cover(sentence)
        premise, share = self._best(cover, telling, self._found)
        elsewhere = False
        if cited:
            mine = [one for one in self._found if one.passage in cited]
            if mine:
                at_home, here = self._best(cover, telling, mine)
                if here >= share - ELSEWHERE:
                    premise, share = at_home, here
                else:
                    elsewhere = share >= WEAK
        return self._judged(sentence, claim, premise, share, elsewhere)

    def best_in(self, sentence: str, passage: int) -> tuple[Premise | None, float]:
        """What says most of a sentence in one passage, counted from 0, and its share."""
        mine = [one for one in self._found if one.passage == passage]
        return self._best(*self._cover(sentence), mine) if mine else (None, 0.0)

    def shares(self, sentence: str, spelled: Collection[str]) -> Vectors:
        """How much of these of a sentence's words each sentence of the passages has: shape (sentences,), from 0 to 1.

        1 where the sentence has none of them.
        """
        cover, _ = self._cover(sentence)
        mine = [bool(set(words(match[0])) & set(spelled)) for match in _telling(sentence)]
        return cover[:, mine].mean(axis=1) if any(mine) else np.ones(len(self._found), dtype=np.float32)

    def has(self, row: int, sentence: str, figures: Collection[float], names: Collection[str]) -> bool:
        """Whether a sentence of the passages has these numbers and names of a sentence, or a pronoun for a name."""
        claim, premise = facts_of(sentence), self._premise((self._found[row],))
        said = facts_of(premise.text)
        points = _PRONOUN.search(premise.text) is not None
        return all(number in said.numbers or self._dated(number, claim, premise, said) for number in figures) and all(
            self._named(name, claim, premise, said) if points else _has(name, premise.text) for name in names
        )

    def _cover(self, sentence: str) -> tuple[Vectors, Vectors]:
        """As `_covered`; a sentence is embedded once, however often it is compared."""
        if sentence not in self._covers:
            self._covers[sentence] = self._covered(sentence)
        return self._covers[sentence]

    def _covered(self, sentence: str) -> tuple[Vectors, Vectors]:
        """How far each candidate has each content word of the sentence: shape (candidates, words), from 0 to 1.

        And which of the words are neither names nor numbers, shape (words,).
        """
        matches = _telling(sentence)
        if not matches:
            return np.ones((len(self._found), 1), dtype=np.float32), np.ones(1, dtype=bool)
        vectors = self._embedder.embed_spans(sentence, [match.span() for match in matches])[1]
        spelled = [words(match[0]) for match in matches]
        cover = np.zeros((len(self._found), len(matches)), dtype=np.float32)
        for row, candidate in enumerate(self._found):
            present = set(candidate.words)
            if len(candidate.token_vectors):
                cosines = (candidate.token_vectors @ vectors.T).max(axis=0)
                cover[row] = np.clip((cosines - LIKE) / (SAME - LIKE), 0, 1)
            same = [bool(parts) and all(part in present for part in parts) for parts in spelled]
            cover[row][same] = 1.0
        return cover, np.array([match[0].islower() for match in matches])

    def _best(self, cover: Vectors, telling: Vectors, among: Sequence[Candidate]) -> tuple[Premise, float]:
        """The sentence, or the two in a row, that have most of the words, and their share."""
        rows = {id(candidate): row for row, candidate in enumerate(self._found)}
        best = max(among, key=lambda one: float(cover[rows[id(one)]].mean()))
        share = float(cover[rows[id(best)]].mean())
        chosen: tuple[Candidate, ...] = (best,)
        for one, other in self._neighbours(among):
            united = np.maximum(cover[rows[id(one)]], cover[rows[id(other)]])
            both = float(united.mean())
            if both <= share + (GAIN if len(chosen) == 1 else 0):
                continue
            # A name alone is no reason to take a sentence along: a wrong one often stands next door.
            alone = max(cover[rows[id(one)]][telling].sum(), cover[rows[id(other)]][telling].sum())
            if united[telling].sum() >= alone + 1:
                chosen, share = (one, other), both
        return self._premise(chosen), share

    def _premise(self, chosen: tuple[Candidate, ...]) -> Premise:
        passage = self._passages[chosen[0].passage]
        return Premise(chosen[0].passage, chosen, passage.text[: max(chosen[0].start - passage.start, 0)])

    @staticmethod
    def _neighbours(among: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
        for one, other in itertools.pairwise(among):
            if one.passage == other.passage and one.source == other.source and one.index + 1 == other.index:
                yield one, other

    def _judged(self, claim_text: str, claim: Facts, premise: Premise, share: float, elsewhere: bool) -> Verdict:
        said = facts_of(premise.text)
        hard: list[str] = []
        soft: list[str] = []
        for number in sorted(claim.numbers - said.numbers):
            if self._dated(number, claim, premise, said):
                continue
            anywhere = any(number in facts.numbers for facts in self._everything)
            (soft if anywhere else hard).append(f"{_figure(number)} is not in the sentence of the document")
        for date in claim.dates:
            if said.dates and not any(date.fits(other) for other in said.dates):
                soft.append("the date is another one")
        for name in sorted(claim.names):
            if not self._named(name, claim, premise, said):
                anywhere = any(_has(name, passage.text) for passage in self._passages)
                (soft if anywhere else hard).append(f"“{name}” is not in the sentence of the document")
        if _denied_differently(claim, said):
            soft.append("one says it and the other denies it")
        if opposite := opposed(claim_text, premise.text):
            soft.append(f"the document says the opposite of “{opposite}”")
        soft += otherwise(claim_text, premise.text)
        if reason := stronger(claim_text, premise.text):
            soft.append(reason)
        if swapped(claim_text, premise.text):
            soft.append("names stand in each other's place")
        if elsewhere:
            soft.append("what it cites does not say it; another passage does")
        if share < WEAK or (hard and share < SUPPORTED):
            return Verdict("unsupported", share, premise, (*hard, *soft, *_few(share)))
        if hard:
            return Verdict("unsupported", share, premise, (*hard, *soft))
        if soft or share < SUPPORTED:
            return Verdict("weak", share, premise, (*soft, *_few(share)))
        return Verdict("supported", share, premise)

    def _dated(self, number: float, claim: Facts, premise: Premise, said: Facts) -> bool:
        """Whether it is a year that stands before the sentence of the document, which has no number instead of it."""
        year = 1000 <= number <= 2100 and number == int(number)
        return year and not said.numbers - claim.numbers and number in facts_of(premise.before).numbers

    def _named(self, name: str, claim: Facts, premise: Premise, said: Facts) -> bool:
        """Whether the document's sentence has the name, or what stands before or above it, and it no other instead."""
        if _has(name, premise.text):
            return True
        others = {one for one in said.names if not any(_alike(one, mine) for mine in claim.names)}
        above = self._passages[premise.passage].heading or ""
        return not others and (_has(name, premise.before) or _has(name, above))


def _telling(sentence: str) -> list[re.Match[str]]:
    """The content words of a sentence, as they stand in it."""
    return [match for match in spoken(sentence) if match[0].lower() not in STOPWORDS]


def _figure(number: float) -> str:
    """A number as a person writes it; one of four digits may be a year, and has no comma."""
    return f"{number:.12g}" if number < 10_000 else f"{number:,.12g}"


def _few(share: float) -> tuple[str, ...]:
    return (f"the documents have {share:.0%} of its words",) if share < SUPPORTED else ()


def _has(name: str, text: str) -> bool:
    """Whether a text has a capitalised word, in this or a related form ("Korea", "Korean"), or its initials."""
    wanted = name.lower().strip(".").replace(".", "")
    written = re.findall(r"\w[\w.'’]*", text)
    if any(not word[0].islower() and _alike(word, name) for word in written):
        return True
    if 2 <= len(wanted) <= 5 and name.replace(".", "").isupper():
        initials = "".join(word[0] for word in re.findall(r"\b[^\W\d_a-z]\w*", text)).lower()
        return wanted in initials
    return False


def _alike(one: str, other: str) -> bool:
    first, second = (word.lower().replace(".", "") for word in (one, other))
    for ending in ("'s", "’s"):
        first, second = first.removesuffix(ending), second.removesuffix(ending)
    short, long = sorted((first, second), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 3)


def _denied_differently(claim: Facts, said: Facts) -> bool:
    """Whether a word that both have is denied in one and nowhere in the other."""
    mine = (claim.denied - claim.affirmed) & (said.affirmed - said.denied)
    theirs = (said.denied - said.affirmed) & (claim.affirmed - claim.denied)
    return bool(mine or theirs) or (claim.denies and not said.denies)
