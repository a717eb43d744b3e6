"""Magnitude coding: the response to an unpredicted reward grows with its size, and saturates."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import rank_correlation

_SIZES = (0.1, 0.3, 1.2, 2.5, 5.0, 10.0, 20.0)
_REWARD = 1.0


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return uncued rewards of seven sizes, mixed, and a probe of each."""
    kinds = {f"{size:g}": Trial({}, {_REWARD: size}) for size in _SIZES}
    probes = {f"{size:g}?": Trial({}, {_REWARD: size}, learning=False) for size in _SIZES}
    order = [*rng.permutation([name for name in kinds for _ in range(20)]).tolist(), *probes]
    gap = rng.exponential(15.0, len(order))
    return {"main": schedules.sequence({**kinds, **probes}, order, duration=2.0, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, of signals in reward units."""
    main = readings["main"]
    error = {size: main.at(_REWARD, f"{size:g}?") for size in _SIZES}
    return {
        "rank correlation": rank_correlation(_SIZES, list(error.values())),
        "per unit of size, 10 to 20": (error[20.0] - error[10.0]) / 10.0,
        "per unit of size, 5 to 10": (error[10.0] - error[5.0]) / 5.0,
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    late, early = x["per unit of size, 10 to 20"], x["per unit of size, 5 to 10"]
    # Equal but for rounding is not concave.
    return x["rank correlation"] >= 1 - 1e-9 and late < early - 1e-9 * abs(early)


FINDING = Finding(
    id="A07",
    title="Unpredicted reward: monotone in size",
    paper="Tobler, Fiorillo & Schultz 2005; Eshel 2016",
    published="Monotone, saturating; mouse data fitted by Hill f(r)=fmax r^.5/(r^.5+s^.5)",
    criterion="Spearman=1 and concave: f(20)-f(10) < f(10)-f(5) per uL",
    passes="any model + Hill/utility",
    fails="linear r models fail the concave part",
    expected_to_pass=("TD(0), saturating",),
    expected_to_fail=("TD(0)", "TD(0.9)", "Rescorla-Wagner"),
    status="from memory; sizes verified: Dabney code",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="per unit of size, 10 to 20",
)
