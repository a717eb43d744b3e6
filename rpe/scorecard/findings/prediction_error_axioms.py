"""Axioms of a reward prediction error: consistent orders of prizes and lotteries, and no error without surprise."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5
_LOTTERIES = {"low": (0.0, 1.0), "middle": (0.5, 1.0), "high": (1.0, 2.0)}
_PRIZES = (0.0, 1.0, 2.0)
_SURE = (0.5, 1.0)
_TOLERANCE = 0.02


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return lotteries of two prizes, sure prizes, and probes of every prize after every lottery."""
    kinds: dict[str, Trial] = {"uncued": Trial({}, {_REWARD: 1.0}, learning=False)}
    order: list[str] = []
    sure = {f"sure {prize:g}": (prize, prize) for prize in _SURE}
    for name, prizes in {**_LOTTERIES, **sure}.items():
        cue = {name: (_CUE, _REWARD)}
        for prize in prizes:
            kinds[f"{name}, {prize:g}"] = Trial(cue, {_REWARD: prize} if prize else {}, due=_REWARD)
            order += [f"{name}, {prize:g}"] * 400
        for prize in (*_PRIZES, *_SURE):
            kinds[f"{name}, {prize:g}?"] = Trial(cue, {_REWARD: prize} if prize else {}, due=_REWARD, learning=False)
    order = [*rng.permutation(order).tolist(), *(name for name in kinds if name.endswith("?")), "uncued"]
    return {"main": schedules.sequence(kinds, order, duration=2.5, gap=rng.exponential(6.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]

    def error(lottery: str, prize: float) -> float:
        return main.at(_REWARD, f"{lottery}, {prize:g}?") / main.unit

    grid = np.array([[error(lottery, prize) for prize in _PRIZES] for lottery in _LOTTERIES])
    sure = [error(f"sure {prize:g}", prize) for prize in _SURE]
    return {
        "smallest rise with the prize": float(np.diff(grid, axis=1).min()),
        "largest rise with the lottery": float(np.diff(grid, axis=0).max()),
        "spread of sure prizes": float(np.ptp(sure)),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    prizes = x["smallest rise with the prize"] > -_TOLERANCE
    lotteries = x["largest rise with the lottery"] < _TOLERANCE
    return prizes and lotteries and x["spread of sure prizes"] <= _TOLERANCE


FINDING = Finding(
    id="C08",
    title="Axioms of a reward prediction error",
    paper="Caplin & Dean 2008; Rutledge 2010",
    published="Consistent prize order, consistent lottery order, no-surprise equivalence",
    criterion="all three hold for every pair (tolerance 0.02U)",
    passes="TD, RW, distributional cells",
    fails="value codes, salience |delta|",
    expected_to_pass=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
    ),
    expected_to_fail=("value code", "salience"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="spread of sure prizes",
)
