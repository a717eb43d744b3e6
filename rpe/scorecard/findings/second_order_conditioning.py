"""Second-order conditioning: a cue paired with a conditioned one gains value, then loses it in extinction."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_S1, _S2, _REWARD = 0.5, 1.5, 2.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return S2 with food, then S1 before S2 without food, and a probe of an uncued reward."""
    first, second = (_S1, _S2), (_S2, _REWARD)
    kinds = {
        "S2+": Trial({"S2": second}, {_REWARD: 1.0}),
        "S1-S2": Trial({"S1": first, "S2": second}, due=_REWARD),
        "S1?": Trial({"S1": first}, due=_REWARD, learning=False),
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    order = ["S2+"] * 100
    for trials in (5, 5, 10, 20, 40, 120):
        order += ["S1-S2"] * trials + ["S1?"]
    order.append("uncued")
    return {"main": schedules.sequence(kinds, order, duration=4.0, gap=rng.exponential(10.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    value = main.learned.value[:, main.trials("S1?"), main.schedule.step_of(_S2) - 1].mean(axis=0) / main.unit
    return {"after 5 trials": float(value[0]), "after 200": float(value[-1]), "largest": float(value.max())}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["after 5 trials"] > 0.1 and x["after 200"] < 0.5 * x["largest"]


FINDING = Finding(
    id="B04",
    title="Second-order conditioning",
    paper="Rashotte 1977; dopamine: Maes 2020",
    published="S1 gains value first, then loses it as S2 extinguishes",
    criterion="V(S1,5)>0.1U, then V(S1,200)<0.5*max",
    passes="TD, TD(lambda)",
    fails="RW, MC-only",
    expected_to_pass=("TD(0)", "TD(0.9)"),
    expected_to_fail=("Rescorla-Wagner",),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="after 5 trials",
)
