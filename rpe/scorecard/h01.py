"""A cue for disgusting salt attracts at once in an animal that needs salt."""

from typing import Any

import numpy as np

from rpe.scorecard.phenomenon import Phenomenon, nothing_to_read, nothing_to_show
from rpe.scorecard.wanting import trained

_NEED = 8.0
protocol, read = nothing_to_show, nothing_to_read


def ask(theory: Any, rng: np.random.Generator) -> dict[str, float]:
    """Return wanting and stored value of the cue at its first showing under appetite."""
    found = trained(theory, {"cue": (0.5, 1.5)}, {1.5: -1.0}, _NEED, rng)
    return {"wanting": found.wanting(0.5), "value": found.value(0.5)}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["wanting"] > 0 > x["value"]


PHENOMENON = Phenomenon(
    id="H01",
    title="Instant sign change of a salt cue",
    paper="Robinson & Berridge 2013; Tindell 2009; model Zhang 2009",
    published="Cue becomes attractive at once",
    criterion="W(first)>0 with no update of V; V<0",
    passes="incentive salience additive (kappa>e)",
    fails="TD, multiplicative kappa, cached homeostatic RL",
    status="verified: PMC2703828 abstract; Eq. 3b statement (combitrip)",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="wanting",
    ask=ask,
)
