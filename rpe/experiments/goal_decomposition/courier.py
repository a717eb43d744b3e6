"""Couriers whose choices tell what a sub-goal is worth to them."""

from typing import Any

import numpy as np

from rpe._checks import Floats
from rpe.experiments.goal_decomposition.settings import Settings
from rpe.experiments.study import Study


def ask_couriers(study: Study[Settings], rng: np.random.Generator) -> None:
    """How choices between two parcels weigh the way to the parcel and the whole way, by logistic regression.

    The value of a parcel is γ^whole; a courier to whom the parcel itself pays adds γ^way of half the size.
    """
    gamma, beta, n = 0.9, 20.0, 4000
    way = rng.integers(1, 10, (2, n))
    whole = way + rng.integers(1, 10, (2, n))
    for name, pay in (("hierarchical", 0.0), ("parcel pays", 0.5)):
        value = gamma**whole + pay * gamma**way
        first = rng.random(n) < 1 / (1 + np.exp(-beta * (value[0] - value[1])))
        x = np.stack([whole[0] - whole[1], way[0] - way[1]], axis=1)
        goal, parcel = _logit(x, first)
        again = np.array([_logit(x[rows], first[rows]) for rows in np.random.default_rng(0).integers(0, n, (100, n))])
        low, high = np.quantile(np.abs(again[:, 1] / again[:, 0]), [0.025, 0.975])
        found = {"goal coefficient": goal, "parcel coefficient": parcel, "ratio": abs(parcel / goal)}
        found |= {"low": float(low), "high": float(high)}
        study.add(found, part="courier", courier=name)


def _logit(x: Floats, y: Any) -> tuple[float, float]:
    """Coefficients of a logistic regression without intercept, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(12):
        p = 1 / (1 + np.exp(-x @ w))
        w = w + np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    return float(w[0]), float(w[1])


def say_courier(study: Study[Settings]) -> None:
    """Say how couriers weigh the two ways, and what is built in."""
    own, paid = (
        [study.value(what, courier=name) for what in ("ratio", "low", "high")]
        for name in ("hierarchical", "parcel pays")
    )
    study.say(
        f"Couriers whose parcels count within the sub-task alone weigh the way to the parcel {own[0]:.2f} times "
        f"({own[1]:.2f} to {own[2]:.2f}) as much as the whole way, those whom the parcel pays {paid[0]:.2f} times "
        f"({paid[1]:.2f} to {paid[2]:.2f}; people .02). Built in: what a parcel pays is an assumption; that the two "
        "can be told apart is what follows."
    )
