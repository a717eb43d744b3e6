"""Distributional TD: cells that weigh positive and negative errors differently, and so learn a distribution."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    Floats,
    Kept,
    KnowsItsKeywords,
    Seed,
    between,
    choice,
    count,
    default,
    flag,
    instance,
    numbers,
    scalar,
)
from rpe.schedules import Schedule
from rpe.td._inputs import Kinds
from rpe.td.errors import td_error
from rpe.theories._continuous_time import states_of
from rpe.theories._fast.compiling import COMPILED, worth_it
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import Features, check_features, per_step, td_features, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class DistributionalTD(KnowsItsKeywords):
    """Distributional TD(0): many cells with asymmetric learning rates; the signal is their mean error.

        δ_i = r + γ V_i(t) − V_i(t − 1),   V_i ← V_i + α_i⁺ f(δ_i) if δ_i > 0, + α_i⁻ f(δ_i) otherwise,
        τ_i = α_i⁺ / (α_i⁺ + α_i⁻),   f(δ) = δ (expectiles) or sign δ (quantiles)

    With `bootstrap` "own" each cell learns from its own next value, which is right for the mean and an approximation
    for all else: after a branch its tails are too wide. With "imputed" it learns from samples z_m of the distribution
    that the next state's cells stand for, V_i ← V_i + mean_m α_i(δ_im) f(δ_im) with δ_im = r + γ z_m − V_i, which is
    exact (up to the number of cells). The reversal point of a cell, the reward to which it
    does not answer, is its value: optimistic cells (τ near 1) reverse at larger rewards.

    Parameters
    ----------
    n_cells : int
        Cells; their asymmetries τ_i are evenly spread over (0, 1).
    rate_sum : float
        α⁺ + α⁻ of every cell, in (0, 1]; .02 to .2.
    discount : float
        γ in [0, 1], per `step`.
    step : float or None
        Step of the discount, s; None for the step of the schedule.
    code : {"expectile", "quantile"}
        What the cells converge to.
    bootstrap : {"own", "imputed"}
        What a cell learns from; of quantiles the cells are samples themselves.
    tau : float array (n_cells,), optional
        τ_i in (0, 1) of the cells, in place of `n_cells` that are evenly spread.
    cells : bool
        Whether to keep the errors of all `cells` in `more`, (n_cells, n_trials, n_steps).
    features : str, array or callable
        Representation, as in `TD`.

    Notes
    -----
    `learn` returns in `more` the cells' `asymmetries` (n_cells,) and last `weights` (n_cells,
    n_features), their values of the single states.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Dabney, W., Kurth-Nelson, Z., Uchida, N., Starkweather, C. K., Hassabis, D., Munos, R. &
    Botvinick, M. (2020). A distributional code for value in dopamine-based reinforcement learning.
    Nature 577, 671-675. doi:10.1038/s41586-019-1924-6

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=2000, probability=0.5, rng=0)
    >>> learned = rpe.theories.DistributionalTD(n_cells=5).learn(s)
    >>> bool((learned.more["weights"][:, 9][1:] > learned.more["weights"][:, 9][:-1]).all())
    True
    """

    n_cells: int = 51
    rate_sum: float = 0.2
    discount: float = 0.98
    step: float | None = 0.05
    code: str = "expectile"
    features: Features = "serial_compound"
    bootstrap: str = "own"
    tau: Kept[npt.ArrayLike | None, Floats | None] = default(None)
    cells: bool = False

    free_parameters: ClassVar[tuple[str, ...]] = ("rate_sum", "discount")

    def __post_init__(self) -> None:
        check_features(self.features)
        count("n_cells", self.n_cells, 2)
        scalar("rate_sum", self.rate_sum, 0, 1, open_low=True)
        scalar("discount", self.discount, 0, 1)
        if self.step is not None:
            scalar("step", self.step, 0, open_low=True)
        choice("code", self.code, ("expectile", "quantile"))
        choice("bootstrap", self.bootstrap, ("own", "imputed"))
        flag("cells", self.cells)
        if self.tau is not None:
            tau = between("tau", self.tau, 0, 1, open_low=True, open_high=True)
            if tau.ndim != 1 or len(tau) < 2:
                raise ValueError(f"tau must have shape (n_cells,) for two cells or more; got {tau.shape}")
            object.__setattr__(self, "tau", tau)
            object.__setattr__(self, "n_cells", len(tau))

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return f"Distributional TD(0), {self.code}s{', imputed' if self.bootstrap == 'imputed' else ''}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def with_cells(self) -> Self:
        """Return the theory that keeps the errors of its cells."""
        return replace(self, cells=True)

    @property
    def asymmetries(self) -> Floats:
        """τ_i of the cells, (n_cells,)."""
        return np.asarray((np.arange(self.n_cells) + 0.5) / self.n_cells if self.tau is None else self.tau)

    def stability(self, schedule: Schedule) -> Stability:
        """Return α |x|² of the largest rate of any cell."""
        instance("schedule", schedule, Schedule)
        largest = self.rate_sum * max(self.asymmetries.max(), 1 - self.asymmetries.min())
        return rate_times_features(largest, td_features(schedule, self.features))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule, a whole trial at once: with λ = 0 its errors depend on the values at its start."""
        x = td_kinds(schedule, self.features)
        if (np.count_nonzero(x.kinds, axis=1) > 1).any():
            raise ValueError("features must be on once in a trial, such as a serial compound's")
        gamma = float(per_step(np.asarray(self.discount), self.step, schedule.dt))
        change = Manipulated(schedule, self.asymmetries)
        if COMPILED and worth_it(schedule.reward.size) and not (change.any or self.cells or self.bootstrap != "own"):
            return self._compiled(x, schedule, gamma)
        weights = np.zeros((self.n_cells, x.shape[2]))
        delta, value = np.empty((2, 1, schedule.n_trials, schedule.n_steps))
        cells = np.empty((self.n_cells, *schedule.reward.shape) if self.cells else 0)
        before = np.zeros((self.n_cells, schedule.n_steps))
        for trial, learns in enumerate(schedule.learning):
            v = weights @ x[trial].T
            before[:, 1:] = v[:, :-1]
            error = change(td_error(schedule.reward[trial] + schedule.pulse[trial], before, v, gamma), trial)
            delta[0, trial], value[0, trial] = error.mean(axis=0), v.mean(axis=0)
            if self.cells:
                cells[:, trial] = error
            surprises = self._surprises(x[trial], v, error, gamma)
            weights += self.rate_sum * (surprises * learns[1:]) @ x[trial][:-1]
        return Learned(
            delta,
            value,
            {"asymmetries": self.asymmetries, "weights": weights} | ({"cells": cells} if self.cells else {}),
        )

    def _compiled(self, x: Kinds, schedule: Schedule, gamma: float) -> Learned:
        """Learn as all cells of their own next values, in a compiled loop."""
        from rpe.theories._fast.compiled import cell_trials

        place, level, _, background = states_of(x.kinds)
        w, (delta, value) = np.zeros((x.shape[2], self.n_cells)), np.empty((2, *x.shape[:2]))
        rule = (gamma, float(self.rate_sum), self.code == "quantile")
        told = (np.where(place < background - 1, place, -1), level, x.kind, schedule.reward + schedule.pulse)
        cell_trials(told, np.array(schedule.learning), rule, np.array(self.asymmetries), w, delta, value)
        more = {"asymmetries": self.asymmetries, "weights": np.ascontiguousarray(w.T)}
        return Learned(delta[None], value[None], more)

    def _surprises(self, x: Floats, v: Floats, error: Floats, gamma: float) -> Floats:
        """By what each cell moves in the steps after the first, in units of its rates, (n_cells, n_steps − 1)."""
        moves = self._weighed(error[:, 1:])
        if self.bootstrap == "own":
            return moves
        for step in np.flatnonzero(x[1:].any(axis=1)).tolist():
            cells = v[:, step + 1]
            samples, chances = self._samples(cells)
            # The error of a cell has γ times its own next value in place of γ z.
            each = error[:, step + 1, None] + gamma * (samples - cells[:, None])
            moves[:, step] = self._weighed(each) @ chances
        return moves

    def _weighed(self, error: Floats) -> Floats:
        """Errors (n_cells, ...) by sign and asymmetry."""
        tau = self.asymmetries.reshape(-1, *[1] * (error.ndim - 1))
        return np.where(error > 0, tau, 1 - tau) * (error if self.code == "expectile" else np.sign(error))

    def _samples(self, cells: Floats) -> tuple[Floats, Floats]:
        """Samples of the distribution that the cells of a state stand for, and their probabilities, (n_samples,)."""
        if self.code == "quantile":
            return cells, np.full(len(cells), 1 / len(cells))
        return imputed(cells, self.asymmetries)


def imputed(points: Floats, asymmetries: Floats) -> tuple[Floats, Floats]:
    """Return a distribution that has the given expectiles: samples and their probabilities, (n_samples,) each.

    With μ the mean, E[(x − e)₊] = (1 − τ)(e − μ)/(2 τ − 1) at every expectile e: a convex function, whose slopes are
    the chances to lie above. Between the points it is drawn straight, and at both ends on to where it is μ − e and 0;
    samples sit in its corners. Points that are no expectiles of any distribution are made to fit.

    Parameters
    ----------
    points, asymmetries : float array (n_cells,)
        Expectiles, in reward units, and their τ in (0, 1).

    Examples
    --------
    >>> tau = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    >>> samples, chances = imputed(expectiles([0.0, 1.0], [0.75, 0.25], tau), tau)
    >>> bool(np.allclose(expectiles(samples, chances, tau), expectiles([0.0, 1.0], [0.75, 0.25], tau)))
    True
    """
    order = np.argsort(asymmetries)
    tau, e = asymmetries[order], np.maximum.accumulate(points[order])
    mean = float(np.interp(0.5, tau, e))
    apart = np.abs(tau - 0.5) > 1e-9
    tau, e = tau[apart], e[apart]
    kept = np.append(True, np.diff(e) > 1e-12 * max(1.0, float(np.abs(e).max())))
    tau, e = tau[kept], e[kept]
    if len(e) < 2:
        return np.array([mean]), np.ones(1)
    above = (1 - tau) * (e - mean) / (2 * tau - 1)
    slopes = np.maximum.accumulate(np.clip(np.diff(above) / np.diff(e), -1 + 1e-9, -1e-9))
    lowest = (mean - above[0] + slopes[0] * e[0]) / (1 + slopes[0])
    highest = e[-1] - above[-1] / slopes[-1]
    samples = np.concatenate([[lowest], e[1:-1], [highest]])
    chances = np.concatenate([[1 + slopes[0]], np.diff(slopes), [-slopes[-1]]])
    return samples + mean - chances @ samples, chances


def expectiles(outcomes: npt.ArrayLike, probabilities: npt.ArrayLike, asymmetries: npt.ArrayLike) -> Floats:
    """Return the expectiles of a distribution, the e at which τ E[(x − e)₊] = (1 − τ) E[(e − x)₊].

    These are the reversal points that cells with these asymmetries learn.

    Parameters
    ----------
    outcomes, probabilities : float array (n_outcomes,)
        Sizes, in reward units, and how likely they are.
    asymmetries : float array (n_cells,)
        τ in (0, 1).

    Returns
    -------
    float array (n_cells,)

    Raises
    ------
    TypeError, ValueError
        For probabilities that do not sum to 1, or asymmetries out of range.

    References
    ----------
    Newey, W. K. & Powell, J. L. (1987). Asymmetric least squares estimation and testing.
    Econometrica 55(4), 819-847. doi:10.2307/1911031

    Examples
    --------
    >>> expectiles([0.0, 1.0], [0.5, 0.5], [0.1, 0.5, 0.9])
    array([0.1, 0.5, 0.9])
    """
    x, p = numbers("outcomes", outcomes), between("probabilities", probabilities, 0, 1)
    tau = between("asymmetries", asymmetries, 0, 1, open_low=True, open_high=True)
    if x.shape != p.shape or x.ndim != 1 or abs(p.sum() - 1) > 1e-3:
        raise ValueError(
            f"probabilities must have the shape of outcomes, {x.shape}, and sum to 1; got {p.shape}, {p.sum():g}"
        )
    low, high = np.full(tau.shape, x.min()), np.full(tau.shape, x.max())
    for _ in range(100):
        middle = (low + high) / 2
        above = np.maximum(x - middle[..., None], 0) @ p
        below = np.maximum(middle[..., None] - x, 0) @ p
        too_low = tau * above > (1 - tau) * below
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return np.asarray((low + high) / 2).round(12)


def decode(
    reversal: npt.ArrayLike, asymmetries: npt.ArrayLike, *, n_samples: int = 30, low: float = 0.0, high: float = 1.0
) -> Floats:
    """Return samples of a distribution whose expectiles are nearest to the given reversal points.

    Parameters
    ----------
    reversal, asymmetries : float array (n_cells,)
        Reversal points, in reward units, and τ of the cells.
    n_samples : int
        Equally likely samples that stand for the distribution.
    low, high : float
        Range of outcomes, in reward units.

    Returns
    -------
    float array (n_samples,)
        Rising.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match or ranges without room.

    References
    ----------
    Rowland, M. et al. (2019). Statistics and samples in distributional reinforcement learning.
    Proceedings of ICML 97, 5528-5536.

    Examples
    --------
    >>> tau = np.linspace(0.05, 0.95, 19)
    >>> samples = decode(expectiles([0.0, 1.0], [0.5, 0.5], tau), tau, n_samples=10)
    >>> bool(samples[:4].max() < 0.1 and samples[-4:].min() > 0.9)
    True
    """
    from scipy.optimize import least_squares

    points, tau = numbers("reversal", reversal), between("asymmetries", asymmetries, 0, 1)
    if points.shape != tau.shape or points.ndim != 1:
        raise ValueError(f"asymmetries must have the shape of reversal, {points.shape}; got {tau.shape}")
    low, high = scalar("low", low), scalar("high", high, low, open_low=True)

    def misfit(samples: Floats) -> Floats:
        away = samples[None] - points[:, None]
        weight = np.where(away > 0, tau[:, None], 1 - tau[:, None])
        return (weight * away).mean(axis=1)

    start = np.linspace(low, high, count("n_samples", n_samples) + 2)[1:-1]
    return np.sort(least_squares(misfit, start, bounds=(low, high)).x)


SCORECARD: Variants = {"distributional": DistributionalTD}
