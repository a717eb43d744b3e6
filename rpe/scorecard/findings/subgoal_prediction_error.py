"""Subgoal prediction error: a sub-goal that jumps brings an error although the goal is as far as before."""

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding
from rpe.theories import Theory
from rpe.theories.protocol import WithSubgoals

_BEFORE, _AFTER, _TOTAL, _STEP = 6.0, 2.0, 12.0, 0.1


def courier() -> Schedule:
    """Return errands of 12 steps with the parcel 6 steps away, in which it may jump at the first to be 2 away.

    Every pair of distances is a sight of its own, on for one step; the last two trials are probes, one with a jump.
    """

    def errand(jumps: bool, learning: bool) -> Trial:
        total, before, after = int(_TOTAL), int(_BEFORE), int(_AFTER)
        sights = {f"{before} {total}": (0.0, _STEP)}
        for step in range(1, total):
            to_parcel = (after + 1 if jumps else before) - step
            sights[f"{max(to_parcel, 0)} {total - step}"] = (step * _STEP, (step + 1) * _STEP)
        return Trial(sights, {total * _STEP: 1.0}, learning=learning)

    kinds = {f"{jumps}{learning}": errand(jumps, learning) for jumps in (True, False) for learning in (True, False)}
    order = ["TrueTrue", "FalseTrue"] * 300 + ["TrueFalse", "FalseFalse"]
    return schedules.sequence(kinds, order, dt=_STEP, duration=(_TOTAL + 1) * _STEP)


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the error of the sub-goal at a jump of the parcel, and by how much that of the goal differs from no jump.

    The goal's error is read from what the theory learned of many errands; one without sub-goals has no other error.
    """
    delta = theory.learn(courier(), rng).delta.mean(axis=0)
    goal = float(delta[-2, 1] - delta[-1, 1])
    if isinstance(theory, WithSubgoals):
        return {"subgoal": float(np.mean(theory.jump_errors(_BEFORE, _AFTER, _TOTAL, _TOTAL)[0])), "goal": goal}
    return {"subgoal": 0.0, "goal": goal}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return abs(x["subgoal"]) > 0.1 and abs(x["goal"]) < 0.01


FINDING = Finding(
    id="E15",
    title="Subgoal prediction error (micro win!)",
    paper="Ribas-Fernandes 2011",
    published="BOLD/FRN response although the goal value is the same",
    criterion="|delta_subgoal|>0.1 and |delta_goal|<0.01",
    passes="hierarchical RL with pseudo-reward",
    fails="flat TD (0)",
    expected_to_pass=("hierarchical",),
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward"),
    status="verified: PMC3145918 abstract (clearest in cingulate and insula, not shown in dopamine neurons)",
    holds=holds,
    effect="subgoal",
    ask=ask,
)
