"""The order of the steps: none can be skipped, any can be gone back to."""

import itertools

import pytest

from helpdesk.submission.steps import ORDER, Answers, Step, first_open, next_step, previous_step, reachable

A, B, C, D = Step.TITLE, Step.DESCRIPTION, Step.FILES, Step.SUBMIT
NOTHING = Answers(None, "", "")
FIRST_OPEN = [
    (NOTHING, A),
    (Answers("fr", "", ""), A),
    (Answers(None, "Title", ""), A),
    (Answers("", "Title", "Text"), A),
    (Answers("fr", "", "Text"), A),
    (Answers("fr", "Title", ""), B),
    (Answers("fr", "Title", "Text"), D),
]
REACHED = {A: (A, A, A, A), B: (A, B, B, B), D: (A, B, C, D)}


def test_the_steps_are_a_to_d() -> None:
    assert [step.value for step in ORDER] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("answers", "step"), FIRST_OPEN)
def test_the_first_open_step_is_the_first_without_an_answer(answers: Answers, step: Step) -> None:
    assert first_open(answers) is step


@pytest.mark.parametrize(("given", "wanted"), list(itertools.product(FIRST_OPEN, Step)))
def test_no_step_is_shown_before_its_turn(given: tuple[Answers, Step], wanted: Step) -> None:
    answers, opened = given
    assert reachable(wanted, answers) is REACHED[opened][ORDER.index(wanted)]


@pytest.mark.parametrize(("step", "following", "before"), [(A, B, None), (B, C, A), (C, D, B), (D, D, C)])
def test_continue_leads_on_and_back_leads_back(step: Step, following: Step, before: Step | None) -> None:
    assert next_step(step, checking=False) is following
    assert next_step(step, checking=True) is D
    assert previous_step(step) is before
