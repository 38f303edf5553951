"""The four steps of submitting: their order, and what a draft must have to reach each. Plain rules only."""

from dataclasses import dataclass
from enum import StrEnum

TITLE_SIGNS = 120
DESCRIPTION_SIGNS = 10_000


class Step(StrEnum):
    """A title with its language, B description, C files, D check and submit."""

    TITLE = "a"
    DESCRIPTION = "b"
    FILES = "c"
    SUBMIT = "d"


ORDER = tuple(Step)


@dataclass(frozen=True)
class Answers:
    """What has been filled in so far."""

    language: str | None
    title: str
    description: str


def first_open(answers: Answers) -> Step:
    """The first step whose question is not answered yet; files are optional: after the description it is the last."""
    if not answers.language or not answers.title:
        return Step.TITLE
    if not answers.description:
        return Step.DESCRIPTION
    return Step.SUBMIT


def reachable(wanted: Step, answers: Answers) -> Step:
    """The step to show when `wanted` is asked for: steps cannot be skipped, only gone back to."""
    return min(wanted, first_open(answers), key=ORDER.index)


def next_step(step: Step, *, checking: bool) -> Step:
    """Where Continue leads. Somebody who came to change one answer returns to the last step (`checking`)."""
    return Step.SUBMIT if checking else ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def previous_step(step: Step) -> Step | None:
    """Where Back leads, or None from the first step."""
    place = ORDER.index(step)
    return ORDER[place - 1] if place else None
