"""Confidence: responses to a stimulus grow with its strength on right decisions and fall on wrong ones."""

import numpy as np

from rpe._checks import Floats
from rpe.scorecard.finding import Finding
from rpe.theories import Theory
from rpe.theories.protocol import Perceiving

_STRENGTHS, _EACH = (0.1, 0.3, 0.5, 0.7, 0.9), 1000


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return t of the slopes over strength: at the stimulus, when right and wrong, and at the outcome."""
    if not isinstance(theory, Perceiving):
        return {"stimulus, right": np.nan, "stimulus, wrong": np.nan, "outcome, right": np.nan}
    strength = np.repeat(_STRENGTHS, _EACH) * rng.choice([-1.0, 1.0], len(_STRENGTHS) * _EACH)
    stimulus, outcome, right = theory.confidence_errors(strength, rng)
    size = np.abs(strength)
    return {
        "stimulus, right": _t(size[right], stimulus[right]),
        "stimulus, wrong": _t(size[~right], stimulus[~right]),
        "outcome, right": _t(size[right], outcome[right]),
    }


def _t(x: Floats, y: Floats) -> float:
    """The slope over its standard error; 0 of a constant."""
    a, b = x - x.mean(), y - y.mean()
    slope = float(a @ b / (a @ a))
    error = float(np.sqrt(((b - slope * a) ** 2).sum() / (len(x) - 2) / (a @ a)))
    return slope / error if error > 1e-12 else float(np.sign(np.round(slope, 9))) * 1e9


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["stimulus, right"] > 3 and x["stimulus, wrong"] < -3 and x["outcome, right"] < -3


FINDING = Finding(
    id="E11",
    title="Confidence at the cue and at the outcome",
    paper="Lak 2017; Sarno 2017",
    published="Cue-time response grows with coherence on correct, falls on error trials; reward response is opposite",
    criterion="slopes have signs +,-,-  respectively (|t|>3)",
    passes="belief-state RPE",
    fails="TD on presented stimulus",
    expected_to_pass=("confidence",),
    expected_to_fail=("stimulus shown",),
    status="from memory",
    holds=holds,
    effect="stimulus, wrong",
    ask=ask,
)
