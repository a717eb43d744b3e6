"""Amphetamine and wanting: the drug raises the response to the cue next to reward, not to the one before it."""

import numpy as np

from rpe.scorecard.finding import Finding
from rpe.scorecard.findings._wanting import trained
from rpe.theories import Theory

_STIMULANT = 4.0


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return what a stimulant adds to the wanting of two cues in a row."""
    cues = {"far": (0.5, 1.5), "near": (1.5, 2.5)}
    before, after = (trained(theory, cues, {2.5: 1.0}, kappa, rng) for kappa in (1.0, _STIMULANT))
    return {name: after.wanting(time) - before.wanting(time) for name, time in (("near", 1.5), ("far", 0.5))}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["near"] > 3 * max(x["far"], 0.01)


FINDING = Finding(
    id="H02",
    title="Amphetamine lifts the cue next to reward",
    paper="Tindell 2005",
    published="Ventral pallidal response to CS2 rises most",
    criterion="dW(CS2)>3*max(dW(CS1),0.01)",
    passes="incentive salience multiplicative",
    fails="gain on delta (rises with both)",
    expected_to_pass=("incentive salience",),
    status="verified: same (text fragment)",
    holds=holds,
    effect="near",
    ask=ask,
)
