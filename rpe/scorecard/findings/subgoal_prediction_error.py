"""Subgoal prediction error: a sub-goal that jumps brings an error although the goal is as far as before."""

import numpy as np

from rpe.scorecard.finding import Finding
from rpe.theories import Theory
from rpe.theories.protocol import Discounting, WithSubgoals

_BEFORE, _AFTER, _TOTAL = 6.0, 2.0, 12.0


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the errors at a jump of the parcel from 6 to 2 steps away, with 12 steps to go in all.

    A theory without sub-goals has the goal's error alone; one that discounts nothing says nothing.
    """
    if isinstance(theory, WithSubgoals):
        subgoal, goal = theory.jump_errors(_BEFORE, _AFTER, _TOTAL, _TOTAL)
        return {"subgoal": float(np.mean(subgoal)), "goal": float(np.mean(goal))}
    if not isinstance(theory, Discounting):
        return {"subgoal": np.nan, "goal": np.nan}
    gamma = np.asarray(theory.discount, dtype=np.float64)
    return {"subgoal": 0.0, "goal": float(np.mean(gamma**_TOTAL - gamma**_TOTAL))}


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
