"""Probability coding: the cue response rises, and the reward response falls, with reward probability."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import rank_correlation

_CHANCES = (0.0, 0.25, 0.5, 0.75, 1.0)
_CUE, _REWARD = 0.5, 2.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return five cues with different chances of reward, mixed, and a probe of a reward after the cue that has none."""
    order: list[str] = []
    kinds = {
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
        "0?": Trial({"cue 0": (_CUE, _REWARD)}, {_REWARD: 1.0}, learning=False),
    }
    for chance in _CHANCES:
        cue = {f"cue {chance:g}": (_CUE, _REWARD)}
        kinds[f"{chance:g}+"] = Trial(cue, {_REWARD: 1.0})
        kinds[f"{chance:g}-"] = Trial(cue, due=_REWARD)
        order += [f"{chance:g}{'+' if paid else '-'}" for paid in rng.random(600) < chance]
    order = [*rng.permutation(order).tolist(), "0?", "uncued"]
    return {"main": schedules.sequence(kinds, order, duration=3.5, gap=rng.exponential(6.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.unit
    cue = [main.response(_CUE, (f"{chance:g}+", f"{chance:g}-"), part="last") / unit for chance in _CHANCES]
    # After the cue that has no reward, only a probe can show one.
    paid = [main.at(_REWARD, f"{chance:g}+", part="last") / unit for chance in _CHANCES[1:]]
    reward = [main.at(_REWARD, "0?") / unit, *paid]
    return {
        "rank correlation, cue": rank_correlation(_CHANCES, cue),
        "rank correlation, reward": rank_correlation(_CHANCES, reward),
        "reward at 0": reward[0],
        "reward at 1": reward[-1],
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    ranks = x["rank correlation, cue"] >= 1 - 1e-9 and x["rank correlation, reward"] <= -1 + 1e-9
    return ranks and x["reward at 1"] < 0.2 * x["reward at 0"]


FINDING = Finding(
    id="A05",
    title="Probability coding, cue and reward",
    paper="Fiorillo, Tobler & Schultz 2003",
    published="Cue response rises, reward response falls monotonically with p",
    criterion="Spearman(D_cue,p)=1, Spearman(D_rew,p)=-1, D_rew(1)<0.2*D_rew(0)",
    passes="all TD, RW (outcome part), ANCCR",
    fails="salience",
    expected_to_pass=(
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
        "Rescorla-Wagner",
        "ANCCR",
    ),
    expected_to_fail=("salience",),
    status="verified: abstract (proquest/concepedia); volumes from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="reward at 1",
)
