"""Drug-supported blocking: a cue is blocked by a drug as it is by food."""

from dataclasses import replace

import numpy as np

from rpe import schedules
from rpe.scorecard.finding import Finding
from rpe.theories import Theory
from rpe.theories.protocol import Drugged


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the value of X after A was trained with the drug first, and without that.

    The drug is a reward of 1; for a theory with a surge, a surge of 1 at a reward of next to
    nothing.
    """
    surge = isinstance(theory, Drugged)
    told = theory.with_surge(1.0) if isinstance(theory, Drugged) else theory
    values = {}
    for name, first in (("blocked", "A+ x200"), ("control", "B- x200")):
        schedule = schedules.design(f"{first} | AX+ x50 | X-? ", gap=20.0, rng=rng)
        if surge:
            schedule = replace(schedule, reward=schedule.reward * 1e-12)
        values[name] = float(told.learn(schedule, rng).value[:, -1].max(axis=1).mean())
    return {"blocked over control": values["blocked"] / values["control"] if values["control"] > 1e-9 else np.nan}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["blocked over control"] < 0.5


FINDING = Finding(
    id="H07",
    title="Drug-supported blocking exists",
    paper="Panlilio, Thorndike & Schindler 2007 (Blocking of conditioning to a cocaine-paired stimulus); Jaffe 2014 "
    "(nicotine: blocking fails only in a subgroup)",
    published="X is blocked (mostly)",
    criterion="V(X)<0.5 V(X in control)",
    passes="TD with drug reward, actor-critic",
    fails="Redish",
    expected_to_pass=("TD(0)", "TD(0.9)", "TD(0), ends at reward"),
    expected_to_fail=("Redish",),
    status="from memory",
    holds=holds,
    effect="blocked over control",
    ask=ask,
)
