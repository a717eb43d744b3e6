"""Sign- and goal-trackers: all learn to respond, but only in sign-trackers does dopamine move to the cue."""

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.theories import Theory
from rpe.theories.protocol import WithPhenotypes

_LEVER, _PELLET, _DAYS, _TRIALS = 1.0, 9.0, 6, 25


def protocol(rng: np.random.Generator) -> Schedule:
    """Return six days of 25 trials of a lever for 8 s and then a pellet, and a pellet alone."""
    kinds = {
        "lever": Trial({"lever": (_LEVER, _PELLET)}, {_PELLET: 1.0}),
        "uncued": Trial({}, {_PELLET: 1.0}, learning=False),
    }
    order = ["lever"] * (_DAYS * _TRIALS) + ["uncued"]
    return schedules.sequence(kinds, order, dt=0.5, duration=10.0, gap=rng.exponential(90.0, len(order)))


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the responses to lever and pellet on the first and the last day, and the conditioned response at the end.

    A theory without phenotypes is both of them.
    """
    s = protocol(rng)
    both = theory.phenotypes() if isinstance(theory, WithPhenotypes) else {}
    found = {}
    for name in ("sign-tracker", "goal-tracker"):
        reading = Reading(s, (each := both.get(name, theory)).learn(s, rng), each)
        for when, part in (("first", slice(0, _TRIALS)), ("last", slice(-_TRIALS, None))):
            found[f"{name}, lever, {when} day"] = reading.response(_LEVER, "lever", part=part) / reading.unit
            found[f"{name}, pellet, {when} day"] = reading.at(_PELLET, "lever", part=part) / reading.unit
        found[f"{name}, response"] = _responding(reading)
    return found


def _responding(reading: Reading) -> float:
    """Conditioned response on the last day: what the theory tells as `response`, (n_agents, n_trials), or the value."""
    own = reading.learned.more.get("response")
    if own is None:
        return float(reading.value("lever", part=slice(-_TRIALS, None))[reading.schedule.step_of(_LEVER)])
    return float(own[:, reading.trials("lever", part=slice(-_TRIALS, None))].mean())


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds; flat and equal are within .1, and only one of them moves by more."""
    sign, goal = "sign-tracker", "goal-tracker"
    moves = x[f"{sign}, lever, last day"] > x[f"{sign}, pellet, last day"]
    stays = x[f"{goal}, pellet, last day"] > 0.8 * x[f"{goal}, pellet, first day"]
    flat = abs(x[f"{goal}, lever, last day"] - x[f"{goal}, lever, first day"]) < 0.1
    split = x[f"{sign}, lever, last day"] > x[f"{goal}, lever, last day"] + 0.1
    return moves and stays and flat and split and abs(x[f"{sign}, response"] - x[f"{goal}, response"]) < 0.1


FINDING = Finding(
    id="H05",
    title="Sign-tracker / goal-tracker split",
    paper="Flagel 2011",
    published="Both learn; only sign-trackers show transfer of dopamine to the cue",
    criterion="ST: D_cue>D_us late; GT: D_us(late)>0.8 D_us(early), D_cue flat; CR equal",
    passes="dual model-based + factored TD (Lesaint 2014)",
    fails="single TD",
    expected_to_pass=("factored values",),
    expected_to_fail=("TD(0)", "TD(0.9)"),
    status="from memory",
    holds=holds,
    effect="goal-tracker, pellet, last day",
    ask=ask,
)
