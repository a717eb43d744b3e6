"""Common response function: cells answer to rewards of all sizes, cued and not, by one curve, scaled per cell."""

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding
from rpe.scorecard.findings._cells import cells
from rpe.theories import Theory

_SIZES, _REWARD = (0.1, 0.3, 1.2, 2.5, 5.0, 10.0, 20.0), 3.0


def protocol(rng: np.random.Generator) -> Schedule:
    """Return rewards of seven sizes with a cue and without, and probes of all of them."""
    kinds = {}
    for size in _SIZES:
        kinds[f"cued {size:g}"] = Trial({"A": (0.5, _REWARD)}, {_REWARD: size})
        kinds[f"free {size:g}"] = Trial({}, {_REWARD: size})
    probes = {f"{name}?": Trial(kind.cues, kind.rewards, learning=False) for name, kind in kinds.items()}
    order = [*rng.choice(list(kinds), 1500).tolist(), *probes]
    return schedules.sequence(kinds | probes, order, dt=0.25, duration=4.0, gap=10.0)


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the share of the first principal component in responses of cells by conditions, means not removed."""
    schedule = protocol(rng)
    errors = cells(theory, schedule, rng)
    if errors is None:
        return {"first component": np.nan}
    responses = errors[:, schedule.probe, schedule.step_of(_REWARD)]
    power = np.linalg.svd(responses, compute_uv=False) ** 2
    return {"first component": float(power[0] / power.sum())}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["first component"] > 0.85


FINDING = Finding(
    id="F07",
    title="One response function, scaled per cell",
    paper="Eshel 2016",
    published="Cells differ by a factor",
    criterion="first PC of cell x condition > 0.85 of variance",
    passes="TD x gain",
    fails="independent cells",
    status="from memory; tension with F01",
    holds=holds,
    effect="first component",
    ask=ask,
)
