"""Intervals of estimates: by profile likelihood, and by the parametric bootstrap."""

from typing import Any

import numpy as np

from rpe._checks import Floats, Ints, Seed, count, generator, instance, scalar
from rpe.fit.estimates import Fit
from rpe.fit.estimation import fit
from rpe.fit.model import EDGE
from rpe.fit.objective import Objective, Search, Slope
from rpe.fit.scoring import optimise
from rpe.fit.synthetic import simulated
from rpe.records import Choices, Offers, WorkLog
from rpe.table import Table


def profile_intervals(found: Fit, *, level: float = 0.95, n_points: int = 12) -> Table:
    """Profile-likelihood intervals: where the best value with one parameter held falls by χ²/2 from the optimum.

    Unlike standard errors they know bounds and lopsided likelihoods: an end that lies at a bound says
    that the data do not exclude it.

    Parameters
    ----------
    found : Fit
        By "ml" or "map".
    level : float
        In (0, 1).
    n_points : int
        Bisections of each end, at least 4.

    Returns
    -------
    Table
        Columns subject, parameter, estimate, low, high.

    Raises
    ------
    TypeError, ValueError
        For options out of range, or a fit that does not hold its data.

    References
    ----------
    Venzon, D. J. & Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence intervals.
    Applied Statistics 37(1), 87-94. doi:10.2307/2347496

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[1, 1, 1, 0] * 10], [[0.0] * 40])
    >>> free = {"bias": rpe.fit.Parameter(0, 1)}
    >>> guesser = rpe.fit.Model(rpe.agents.BiasedGuesser(), rpe.tasks.bandit([0.5, 0.5]), free)
    >>> table = profile_intervals(rpe.fit.fit(guesser, data, n_starts=1, rng=0))
    >>> table["low"].round(3), table["high"].round(3)
    (array([0.134]), array([0.397]))
    """
    from scipy.stats import chi2

    level = scalar("level", level, 0, 1, open_low=True, open_high=True)
    n_points = count("n_points", n_points, 4)
    instance("found", found, Fit)
    if found.objective is None:
        raise ValueError("found must hold its data; a fit that was joined does not")
    floor = found.log_posterior - chi2.ppf(level, 1) / 2
    ends = [
        [_end(found, found.objective, i, side, floor, n_points) for side in (-1, 1)] for i in range(found.free.shape[1])
    ]
    return _table(found, np.array(ends), {"level": level, "method": "profile"})


def _end(found: Fit, objective: Search, i: int, side: int, floor: Floats, n_points: int) -> Floats:
    """One end of the interval of parameter i for every subject, on its own scale."""
    n = len(found.free)
    group, others = np.arange(n), np.delete(np.arange(found.free.shape[1]), i)
    inside, outside = found.free[:, i].copy(), np.full(n, side * EDGE)
    warm = found.free.copy()
    beyond = _profile(objective, warm, i, outside, group, others)
    reaches = beyond[0] >= floor
    for _ in range(n_points + 6):
        middle = np.where(reaches, outside, (inside + outside) / 2)
        value, best = _profile(objective, warm, i, middle, group, others)
        within = value >= floor
        inside = np.where(within, middle, inside)
        outside = np.where(within | reaches, outside, middle)
        warm = np.where(within[:, None], best, warm)
    parameter = list(found.model.parameters.values())[i]
    end = np.where(reaches, side * EDGE, (inside + outside) / 2)
    natural = parameter.from_free(end)
    bound = parameter.low if side < 0 else parameter.high
    return np.where(reaches, bound, natural)


def _profile(objective: Search, warm: Floats, i: int, at: Floats, group: Ints, others: Ints) -> tuple[Floats, Floats]:
    """The best value with parameter i held, and where it lies, (n,) and (n, p)."""
    held = warm.copy()
    held[:, i] = at
    if not len(others):
        return objective.slope(held, group).value, held
    part: Any = _Held(objective, held, i, others)
    rest, value, _ = optimise(part, held[:, others], group, 60)
    best = held.copy()
    best[:, others] = rest
    return value, best


class _Held:
    """An objective in which one parameter of every subject is held."""

    def __init__(self, objective: Search, held: Floats, i: int, others: Ints) -> None:
        self._objective, self._held, self._i, self._others = objective, held, i, others

    def slope(self, u: Floats, group: Ints) -> Slope:
        """The slope with respect to the other parameters."""
        whole = self._held[group].copy()
        whole[:, self._others] = u
        found = self._objective.slope(whole, group)
        information = found.information[:, self._others[:, None], self._others]
        return Slope(found.value, found.score[:, self._others], information)


def bootstrap_intervals(found: Fit, *, level: float = 0.95, n_samples: int = 200, rng: Seed = None) -> Table:
    """Parametric bootstrap intervals: percentiles of the estimates of data simulated at the estimates.

    Parameters
    ----------
    found : Fit
        One set of parameters a subject.
    level : float
        In (0, 1).
    n_samples : int
        Simulated records of each subject, at least 20.
    rng : int, numpy.random.Generator or None
        Seed.

    Returns
    -------
    Table
        Columns subject, parameter, estimate, low, high.

    Raises
    ------
    TypeError, ValueError
        For options out of range, groups that share parameters, or a fit that does not hold its data.

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman & Hall, chapter 13.

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[1, 1, 1, 0] * 10], [[0.0] * 40])
    >>> free = {"bias": rpe.fit.Parameter(0, 1)}
    >>> guesser = rpe.fit.Model(rpe.agents.BiasedGuesser(), rpe.tasks.bandit([0.5, 0.5]), free)
    >>> table = bootstrap_intervals(rpe.fit.fit(guesser, data, n_starts=1, rng=0), rng=0)
    >>> bool(0.05 < table["low"][0] < 0.25 < table["high"][0] < 0.5)
    True
    """
    level = scalar("level", level, 0, 1, open_low=True, open_high=True)
    n_samples = count("n_samples", n_samples, 20)
    instance("found", found, Fit)
    if found.objective is None or any(len(group) != 1 for group in found.objective.groups):
        raise ValueError("found must hold its data, with parameters of its own for every subject")
    if not isinstance(found.objective, Objective):
        raise TypeError(f"found must be of choices, work or offers; {found.model.name!r} is of signals")
    for_data, for_fit = generator(rng).spawn(2)
    data, model = found.objective.data, found.objective.model
    again = np.repeat(found.estimates, n_samples, axis=0)
    if isinstance(data, Offers):
        made: Choices | WorkLog | Offers = simulated(
            model, again, data=data.take(np.repeat(np.arange(data.n_subjects), n_samples)), rng=for_data
        )
    elif isinstance(data, WorkLog):
        made = simulated(model, again, data="work", rng=for_data)
    else:
        made = simulated(model, again, n_trials=data.action.shape[1], rng=for_data)
    method: Any = "ml" if found.method == "ml" else "map"
    refitted = fit(model, made, method=method, n_starts=1, rng=for_fit).estimates.reshape(
        len(found.free), n_samples, -1
    )
    tail = (1 - level) / 2
    ends = np.quantile(refitted, [tail, 1 - tail], axis=1).transpose(2, 0, 1)
    return _table(found, ends, {"level": level, "method": "bootstrap", "n_samples": n_samples})


def _table(found: Fit, ends: Floats, about: dict[str, Any]) -> Table:
    """A table of ends (n_parameters, 2, n_subjects)."""
    n, names = len(found.subjects), found.model.names
    return Table(
        {
            "subject": np.repeat(found.subjects, len(names)),
            "parameter": list(names) * n,
            "estimate": found.estimates.ravel(),
            "low": ends[:, 0].T.ravel(),
            "high": ends[:, 1].T.ravel(),
        },
        {"model": found.model.name, **about},
    )
