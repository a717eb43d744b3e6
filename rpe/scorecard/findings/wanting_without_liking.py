"""Wanting without liking: changes of dopamine change wanting and leave liking as it is."""

import numpy as np

from rpe.scorecard.finding import Finding
from rpe.scorecard.findings._wanting import trained
from rpe.theories import Theory

_UP, _DOWN = 1.7, 0.01


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the changes of wanting and liking with dopamine up and down."""
    plain, up, down = (trained(theory, {"cue": (0.5, 1.5)}, {1.5: 1.0}, kappa, rng) for kappa in (1.0, _UP, _DOWN))
    return {
        "wanting up": up.wanting(0.5) - plain.wanting(0.5),
        "wanting down": down.wanting(0.5) - plain.wanting(0.5),
        "liking": max(abs(each.liking - plain.liking) for each in (up, down)),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["liking"] < 0.02 and x["wanting up"] > 0.2 and x["wanting down"] < -0.5


FINDING = Finding(
    id="H03",
    title="Wanting without liking",
    paper="Pecina 2003; Berridge & Robinson 1998",
    published="Wanting changes, liking (facial) does not",
    criterion="|dL|<0.02, dW>0.2 (up) and < -0.5 (down)",
    passes="models with separate W and L",
    fails="dopamine = reward models",
    expected_to_pass=("incentive salience", "incentive salience, additive"),
    status="from memory",
    holds=holds,
    effect="wanting up",
    ask=ask,
)
