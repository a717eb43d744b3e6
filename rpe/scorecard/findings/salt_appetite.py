"""Salt appetite: a cue for aversive salt becomes attractive at once under salt depletion."""

import numpy as np

from rpe.scorecard.finding import Finding
from rpe.scorecard.findings._wanting import trained
from rpe.theories import Theory

_NEED = 8.0


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return wanting and stored value of the cue at its first showing under appetite."""
    found = trained(theory, {"cue": (0.5, 1.5)}, {1.5: -1.0}, _NEED, rng)
    return {"wanting": found.wanting(0.5), "value": found.value(0.5)}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["wanting"] > 0 > x["value"]


FINDING = Finding(
    id="H01",
    title="Instant sign change of a salt cue",
    paper="Robinson & Berridge 2013; Tindell 2009; model Zhang 2009",
    published="Cue becomes attractive at once",
    criterion="W(first)>0 with no update of V; V<0",
    passes="incentive salience additive (kappa>e)",
    fails="TD, multiplicative kappa, cached homeostatic RL",
    expected_to_pass=("incentive salience, additive",),
    expected_to_fail=(
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
        "incentive salience",
    ),
    status="verified: PMC2703828 abstract; Eq. 3b statement (combitrip)",
    holds=holds,
    effect="wanting",
    ask=ask,
)
