"""Hidden-state inference, omissions: with a tenth of the rewards omitted the error rises with elapsed time."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.findings import hidden_state_certain_reward
from rpe.scorecard.statistics import rank_correlation, slope

_TIMES = tuple(round(1.2 + 0.2 * i, 1) for i in range(9))
_CUE = 0.6


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return rewards at varying delays, left out in a tenth of the trials, and beside it the task in which none is."""
    cue = {"A": (_CUE, _CUE + 0.4)}
    kinds = {f"{time:g}": Trial(cue, {_CUE + time: 1.0}) for time in _TIMES}
    kinds["none"] = Trial(cue, due=_CUE + 2.0)
    kinds["uncued"] = Trial({}, {2.0: 1.0}, learning=False)
    names, weights = np.array([f"{time:g}" for time in _TIMES]), np.exp(-0.5 * ((np.array(_TIMES) - 2.0) / 0.5) ** 2)
    drawn = rng.choice(names, 3000, p=weights / weights.sum())
    order = [*np.where(rng.random(3000) < 0.9, drawn, "none").tolist(), "uncued"]
    gap = 0.2 * rng.geometric(1 / 65, len(order))
    some = schedules.sequence(kinds, order, dt=0.2, duration=4.6, gap=gap)
    return {"90 %": some, "100 %": hidden_state_certain_reward.protocol(rng)["main"]}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["90 %"]
    unit = main.unit
    error = [main.at(_CUE + time, f"{time:g}", part="last") / unit for time in _TIMES]
    own = {
        "rank correlation": rank_correlation(_TIMES, error),
        "slope (1/s)": slope(_TIMES, error),
        "earliest": error[0],
        "latest": error[-1],
    }
    return own | {
        f"100 %: {name}": value for name, value in hidden_state_certain_reward.read({"main": readings["100 %"]}).items()
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds, and that of A11 as well."""
    other = {name.removeprefix("100 %: "): value for name, value in x.items() if name.startswith("100 %: ")}
    return x["latest"] > 1.5 * x["earliest"] and x["slope (1/s)"] > 0 and hidden_state_certain_reward.holds(other)


FINDING = Finding(
    id="A12",
    title="Belief task 2 (90%): rising",
    paper="Starkweather 2017",
    published="Reward response RISES with ISI: opposite trend",
    criterion="D(2.8)>1.5*D(1.2) and slope>0, in the same agent class that passes A11",
    passes="belief TD, value RNN (Hennig 2023)",
    fails="CSC TD (falls), microstimuli, ANCCR untested",
    expected_to_pass=("belief state",),
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, microstimuli"),
    status="verified: same",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="latest",
)
