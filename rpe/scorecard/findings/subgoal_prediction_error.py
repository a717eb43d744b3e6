"""Subgoal prediction error: a sub-goal that jumps brings an error although the goal is as far as before."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_BEFORE, _AFTER, _TOTAL, _STEP = 6, 2, 12, 0.1


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return errands of 12 steps with the parcel 6 steps away, which in half of them jumps to be 2 away.

    Every pair of distances, to the parcel and to the goal by way of it, is a place of its own; the parcel is the
    sub-goal. The jump leaves the distance to the goal as it was.
    """

    def errand(jumps: bool, learning: bool) -> Trial:
        to_parcel = [_BEFORE, *(max((_AFTER + 1 if jumps else _BEFORE) - step, 0) for step in range(1, _TOTAL))]
        places = {round(i * _STEP, 9): here * (_TOTAL + 1) + _TOTAL - i for i, here in enumerate(to_parcel)}
        end, found = round(_TOTAL * _STEP, 9), round(to_parcel.index(0) * _STEP, 9)
        return Trial(
            places={"errand": places | {end: -1}}, rewards={end: 1.0}, subgoals={found: 1.0}, learning=learning
        )

    kinds = {
        f"{'jump' if jumps else 'stay'}{'' if learning else ', probe'}": errand(jumps, learning)
        for jumps in (True, False)
        for learning in (True, False)
    }
    order = [*rng.permutation(["jump", "stay"] * 500).tolist(), "jump, probe", "stay, probe"]
    return {"main": schedules.sequence(kinds, order, dt=_STEP, duration=(_TOTAL + 1) * _STEP)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the errors of the sub-goal and of the goal at a jump, in reward units.

    That of the sub-goal is what the theory tells as `subgoal`; a theory without sub-goals has none.
    """
    main = readings["main"]
    probe = main.trials("jump, probe")
    own = main.learned.more.get("subgoal")
    subgoal = 0.0 if own is None else float(own[:, probe, 1].mean())
    return {"subgoal": subgoal, "goal": float(main.learned.delta[:, probe, 1].mean())}


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
    schedules=protocol,
    read=read,
    holds=holds,
    effect="subgoal",
)
