"""The quantities that popular texts on dopamine name, computed for a run, with units and caveats."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, between, numbers, scalar
from rpe.dopamine.firing import firing_rate
from rpe.dopamine.receptors import binding_potential, occupancy
from rpe.dopamine.release import release, to_ng_per_ml


class Row(NamedTuple):
    """One line of the summary.

    Attributes
    ----------
    name : str
        As popular texts call it.
    quantity : str
        What it is in this library.
    value : str
        With its unit.
    caveat : str
        What it does not say.
    """

    name: str
    quantity: str
    value: str
    caveat: str


@dataclass(frozen=True)
class Summary:
    """A readable table of a run, `print(summary)`.

    Attributes
    ----------
    rows : tuple of Row
    """

    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        heads = Row("name", "quantity", "value", "caveat")
        lines = [heads, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(4)]
        text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        return "\n".join(line.rstrip() for line in text)


def summary(
    delta: Any,
    dt: float,
    *,
    reward: Any = None,
    region: str = "accumbens",
    receptor_density: float = 1.0,
    bas: float = 0.0,
    bas_weight: float = 0.0,
) -> Summary:
    """Return what a run of prediction errors amounts to in the terms of popular texts, with units.

    Parameters
    ----------
    delta : float array (..., n_steps)
        Prediction errors, in reward units.
    dt : float
        Length of a step, s.
    reward : float array (..., n_steps), optional
        Rewards (micro wins) of the run, for their frequency and predictability.
    region : {"accumbens", "dorsal striatum"}
        Where dopamine is released.
    receptor_density : float
        Relative to the usual one; 27 nM stands for 1 (provisional: from memory).
    bas : float
        BAS score, in standard deviations from the mean.
    bas_weight : float
        What a standard deviation does to the logarithm of reward sensitivity; 0, no effect, unless
        it is switched on for teaching.

    Returns
    -------
    Summary

    Raises
    ------
    TypeError, ValueError
        For NaN, shapes that do not match, or parameters out of range.

    Examples
    --------
    >>> import numpy as np
    >>> errors = np.where(np.arange(30) == 10, 1.0, 0.0)
    >>> found = summary(errors, 0.1, reward=errors)
    >>> [row.name for row in found.rows]
    ['dopamine release', 'VTA activation', 'reward prediction error', 'receptor density', 'BAS score',
     'frequency of micro wins']
    """
    errors = numbers("delta", delta)
    if errors.ndim == 0:
        raise ValueError("delta must have time on its last axis, shape (..., n_steps); got a number")
    rate = firing_rate(errors)
    concentration = release(rate, dt, region=region)
    bound = float(occupancy(concentration, dt, receptor="D2").mean())
    density = scalar("receptor_density", receptor_density, 0)
    low, mean, high = concentration.min(), concentration.mean(), concentration.max()
    gain = float(np.exp(scalar("bas_weight", bas_weight) * scalar("bas", bas)))
    rows = (
        Row(
            "dopamine release",
            f"concentration in the {region}",
            f"{mean:.0f} nM ({to_ng_per_ml(mean):.1f} ng/mL), {low:.0f} to {high:.0f} nM",
            "tonic estimates differ ten-fold between methods",
        ),
        Row(
            "VTA activation",
            "firing rate",
            f"{rate.mean():.1f} Hz, {rate.min():.1f} to {rate.max():.1f} Hz",
            "a dip can go no lower than silence",
        ),
        Row(
            "reward prediction error",
            "δ",
            f"{errors.mean():+.3f} reward units, {errors.min():+.3f} to {errors.max():+.3f}",
            "an expected win has none",
        ),
        Row(
            "receptor density",
            "B_max, D2; BP_ND",
            f"{27 * density:.0f} nM ({density:.2f} of usual); {float(binding_potential(27 * density, bound)):.2f}",
            "availability is not density; findings on motivation conflict",
        ),
        Row(
            "BAS score",
            "reward sensitivity exp(b z)",
            f"z = {bas:+.1f}, gain {gain:.2f}",
            "an assumption; no settled estimate" if bas_weight else "no effect unless switched on: an assumption",
        ),
        _wins(reward, errors.shape, dt),
    )
    return Summary(rows)


def _wins(reward: Any, shape: tuple[int, ...], dt: float) -> Row:
    """Rate of rewards, and how unpredictable they are step by step."""
    name, quantity = "frequency of micro wins", "rate; probability and entropy per step at which any came"
    if reward is None:
        return Row(name, quantity, "not given", "predicted wins carry no error")
    income = between("reward", reward)
    if income.shape != shape:
        raise ValueError(f"reward must have the shape of delta, {shape}; got {income.shape}")
    came = income.reshape(-1, shape[-1]) > 0
    chance = came.mean(axis=0)
    chance = chance[chance > 0]
    bits = float(_entropy(chance).mean()) if chance.size else 0.0
    p = float(chance.mean()) if chance.size else 0.0
    per_minute = came.sum() / (came.size * dt) * 60
    value = f"{per_minute:.1f} per min; p = {p:.2f}, {bits:.2f} bits"
    return Row(name, quantity, value, "predicted wins carry no error")


def _entropy(p: Floats) -> Floats:
    """Of a chance event, bits."""
    sure = (p <= 0) | (p >= 1)
    inside = np.where(sure, 0.5, p)
    return np.where(sure, 0.0, -inside * np.log2(inside) - (1 - inside) * np.log2(1 - inside))
