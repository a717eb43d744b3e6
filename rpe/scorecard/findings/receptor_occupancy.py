"""Receptor occupancy: bursts act on D1 receptors, pauses on D1 and D2, and phasic firing moves their means apart."""

import numpy as np

from rpe.dopamine import occupancy
from rpe.scorecard.finding import Finding
from rpe.theories import Theory
from rpe.theories.protocol import Releasing

_DT, _TONIC, _BURST = 0.01, 4.0, 20.0


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return what a burst, a pause, and a pattern of both do to the occupancy of receptors."""
    if not isinstance(theory, Releasing):
        return dict.fromkeys(("burst", "pause D1", "pause D2", "mean D1", "mean D2"), np.nan)
    time = np.arange(0, 10, _DT)
    burst = np.where((time >= 5) & (time < 5.2), _BURST, _TONIC)
    pause = np.where((time >= 5) & (time < 5.5), 0.0, _TONIC)
    # A burst of .2 s and a pause that gives its spikes back, once a second.
    in_second = time % 1.0
    silent = 0.2 * (_BURST - _TONIC) / _TONIC
    phasic = np.where(in_second < 0.2, _BURST, np.where(in_second < 0.2 + silent, 0.0, _TONIC))
    rates = {"tonic": np.full_like(time, _TONIC), "burst": burst, "pause": pause, "phasic": phasic}
    found = {}
    for receptor in ("D1", "D2"):
        level = {name: occupancy(theory.release(rate, _DT), _DT, receptor=receptor) for name, rate in rates.items()}
        base = level["tonic"][-1]
        found[f"burst {receptor}"] = level["burst"].max() / base - 1
        found[f"pause {receptor}"] = level["pause"].min() / base - 1
        late = time >= 5
        found[f"mean {receptor}"] = level["phasic"][late].mean() / level["tonic"][late].mean() - 1
    numbers = {"burst": found["burst D1"] - found["burst D2"], **{k: v for k, v in found.items() if "burst" not in k}}
    return {name: float(value) for name, value in numbers.items()}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    apart = x["mean D1"] > 0 > x["mean D2"]
    return x["burst"] > 0 and x["pause D1"] < 0 and x["pause D2"] < 0 and apart


FINDING = Finding(
    id="H11",
    title="Burst and pause in concentration",
    paper="Dreyer 2010; Dreyer & Hounsgaard 2013",
    published="Bursts mainly raise D1, pauses lower D1 and D2; phasic pattern lowers mean D2, raises mean D1 vs "
    "equal-rate tonic",
    criterion="sign pattern of the four statements holds",
    passes="kinetics card",
    fails="linear filter",
    expected_to_pass=("release kinetics",),
    expected_to_fail=("linear release",),
    status="verified: abstract (PMID 20962248)",
    holds=holds,
    effect="mean D1",
    ask=ask,
)
