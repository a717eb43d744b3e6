"""Intervals of estimates: by profile likelihood, and by the parametric bootstrap."""

from typing import Any, cast

import numpy as np

from rpe._checks import Floats, Ints, Seed, count, fits, generator, instance, scalar
from rpe.fit.estimates import Fit
from rpe.fit.estimation import fit, objective_of
from rpe.fit.model import EDGE, Model
from rpe.fit.objective import Data, Objective, Search, Slope
from rpe.fit.scoring import optimise
from rpe.fit.synthetic import simulated
from rpe.records import Offers, WorkLog
from rpe.table import Table

# An end is found when the root of the likelihood ratio, or the bracket, is as close as this.
_CLOSE = 3e-4
# Random starts of simulated records, beside the truth.
_STARTS = 2


def profile_intervals(
    found: Fit, *, level: float = 0.95, n_points: int = 20, n_simulated: int | None = None, rng: Seed = 0
) -> Table:
    """Profile-likelihood intervals: where the best value with one parameter held falls by c χ²/2 from the optimum.

    Unlike standard errors they know bounds and lopsided likelihoods: an end that lies at a bound says
    that the data do not exclude it. With as few trials as people do, the likelihood ratio is larger
    than χ² on average. Bartlett's correction c is its mean in records simulated at the estimates,
    for each parameter over all subjects, and at least 1.

    Parameters
    ----------
    found : Fit
        By "ml" or "map".
    level : float
        In (0, 1).
    n_points : int
        Points at which each end is sought at most, at least 4; some six are enough for most.
    n_simulated : int, optional
        Simulated records in all, spread over subjects, from which c is estimated; 0 leaves c = 1. By default
        200 for fits by "ml" of choices, work and offers, and 0 for others, for which it must be 0.
    rng : int, numpy.random.Generator or None
        Seed of the simulations.

    Returns
    -------
    Table
        Columns subject, parameter, estimate, low, high, correction (c).

    Raises
    ------
    TypeError, ValueError
        For options out of range, or a fit that does not hold its data.

    References
    ----------
    Venzon, D. J. & Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence intervals.
    Applied Statistics 37(1), 87-94. doi:10.2307/2347496
    Bartlett, M. S. (1937). Properties of sufficiency and statistical tests. Proceedings of the Royal Society A
    160(901), 268-282. doi:10.1098/rspa.1937.0109
    Rocke, D. M. (1989). Bootstrap Bartlett adjustment in seemingly unrelated regression. Journal of the American
    Statistical Association 84(406), 598-601. doi:10.1080/01621459.1989.10478809

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[1, 1, 1, 0] * 10], [[0.0] * 40])
    >>> free = {"bias": rpe.fit.Parameter(0, 1)}
    >>> guesser = rpe.fit.Model(rpe.agents.BiasedGuesser(), rpe.tasks.bandit([0.5, 0.5]), free)
    >>> table = profile_intervals(rpe.fit.fit(guesser, data, n_starts=1, rng=0), n_simulated=0)
    >>> table["low"].round(3), table["high"].round(3)
    (array([0.134]), array([0.397]))
    """
    from scipy.stats import chi2

    level = scalar("level", level, 0, 1, open_low=True, open_high=True)
    n_points = count("n_points", n_points, 4)
    instance("found", found, Fit)
    rng = generator(rng)
    if found.objective is None:
        raise ValueError("found must hold its data; a fit that was joined does not")
    simulates = isinstance(found.objective, Objective) and found.method == "ml"
    n_simulated = count("n_simulated", (200 if simulates else 0) if n_simulated is None else n_simulated, 0)
    fits("n_simulated", n_simulated, 8e3 * n_simulated)
    if n_simulated and not simulates:
        raise ValueError(f"n_simulated must be 0 for signals and with a prior; got {n_simulated}")
    p = found.free.shape[1]
    correction = _correction(found, n_simulated, rng) if n_simulated else np.ones(p)
    far = np.sqrt(chi2.ppf(level, 1) * correction)
    ends = [[_end(found, found.objective, i, side, far[i], n_points) for side in (-1, 1)] for i in range(p)]
    about = {"level": level, "method": "profile", "n_simulated": n_simulated}
    return _table(found, np.array(ends), about, correction=np.tile(correction, len(found.subjects)))


def _end(found: Fit, objective: Search, i: int, side: int, far: float, n_points: int) -> Floats:
    """One end of the interval of parameter i for every subject, on its own scale.

    It is sought on the root of the likelihood ratio, which is nearly straight: outwards until that is
    `far`, then by secants of the bracket, which is halved where they stall.
    """
    start, best, n = found.free[:, i], found.log_posterior, len(found.free)
    others = np.delete(np.arange(found.free.shape[1]), i)
    error = np.sqrt(found.covariance[:, i, i])
    error = np.where(np.isfinite(error), error, 1.0)
    inside, near, warm = start.copy(), np.zeros(n), found.free.copy()
    outside, beyond = np.full(n, side * EDGE), np.full(n, np.inf)
    reaches = np.abs(start) >= EDGE
    reaches &= np.sign(start) == side
    guess = np.clip(start + side * far * error, -EDGE, EDGE)
    going = np.flatnonzero(~reaches)
    for _ in range(n_points):
        if not len(going):
            break
        width = np.abs(outside - inside)
        value, where = _profile(objective, _along(found, warm, i, guess)[going], i, guess[going], going, others)
        distance = np.sqrt(np.maximum(2 * (best[going] - value), 0.0))
        within = distance <= far
        rows = going[within]
        inside[rows], near[rows], warm[rows] = guess[rows], distance[within], where[within]
        reaches[rows[np.abs(guess[rows]) >= EDGE]] = True
        rows = going[~within]
        outside[rows], beyond[rows] = guess[rows], distance[~within]
        further = start + (inside - start) * np.clip(1.1 * far / np.maximum(near, 1e-12), 1.2, 3.0)
        share = np.clip((far - near) / np.maximum(beyond - near, 1e-12), 0.02, 0.98)
        share = np.where((np.abs(outside - inside) > 0.5 * width) & (np.abs(share - 0.5) > 0.4), 0.5, share)
        known = np.isfinite(beyond)
        proposed = np.where(known, inside + share * (outside - inside), np.clip(further, -EDGE, EDGE))
        narrow = np.abs(outside - inside)[going] < _CLOSE
        done = reaches[going] | (np.abs(distance - far) < _CLOSE) | (narrow & known[going])
        guess[going[~done]] = proposed[going[~done]]
        going = going[~done]
    parameter = list(found.model.parameters.values())[i]
    bound = parameter.low if side < 0 else parameter.high
    return np.where(reaches, bound, parameter.from_free(np.where(reaches, 0.0, guess)))


def _along(found: Fit, warm: Floats, i: int, at: Floats) -> Floats:
    """Where to start with parameter i at other values: the other parameters follow it as at the optimum, (n, p)."""
    slope = found.covariance[:, :, i] / found.covariance[:, i, i, None]
    shift = np.where(np.isfinite(slope), slope, 0.0) * (at - warm[:, i])[:, None]
    return np.clip(warm + np.clip(shift, -1.0, 1.0), -EDGE, EDGE)


def _correction(found: Fit, n_simulated: int, rng: Seed) -> Floats:
    """Bartlett's correction of each parameter (p,): the mean likelihood ratio of simulated records."""
    n_copies = -(-n_simulated // len(found.free))
    for_data, for_starts = generator(rng).spawn(2)
    made, groups = simulated_again(found, n_copies, for_data)
    objective: Any = objective_of(cast(Model, found.model), made, None, None, groups)
    true = np.repeat(found.free, n_copies, axis=0)
    n, p = true.shape
    starts = [np.tile(x.draw_start(_STARTS, for_starts), n) for x in found.model.parameters.values()]
    u = np.concatenate([true[:, None], np.stack(starts, axis=1).reshape(n, _STARTS, p)], axis=1)
    u, value, _ = optimise(objective, u.reshape(-1, p), np.repeat(np.arange(n), 1 + _STARTS), 60, enough=1e-4)
    value = value.reshape(n, -1)
    every, first = np.arange(n), value.argmax(axis=1)
    best, top = u.reshape(n, -1, p)[every, first], value[every, first]
    ratio = np.empty((n, p))
    for i in range(p):
        others = np.delete(np.arange(p), i)
        held = [_profile(objective, warm, i, true[:, i], every, others)[0] for warm in (best, true)]
        ratio[:, i] = 2 * (top - np.maximum(*held))
    return np.maximum(np.maximum(ratio, 0.0).mean(axis=0), 1.0)


def _profile(objective: Search, warm: Floats, i: int, at: Floats, group: Ints, others: Ints) -> tuple[Floats, Floats]:
    """The best value with parameter i held, and where it lies, (n,) and (n, p)."""
    held = warm.copy()
    held[:, i] = at
    if not len(others):
        return objective.slope(held, group).value, held
    # Each fit has what it holds, whatever group of subjects it is of.
    part: Any = _Held(objective, held, i, others, group)
    rest, value, _ = optimise(part, held[:, others], np.arange(len(group)), 30, enough=1e-4)
    best = held.copy()
    best[:, others] = rest
    return value, best


class _Held:
    """An objective in which one parameter of every fit is held."""

    def __init__(self, objective: Search, held: Floats, i: int, others: Ints, group: Ints) -> None:
        self._objective, self._held, self._i, self._others, self._group = objective, held, i, others, group

    def slope(self, u: Floats, fit: Ints) -> Slope:
        """The slope with respect to the other parameters."""
        whole = self._held[fit].copy()
        whole[:, self._others] = u
        found = self._objective.slope(whole, self._group[fit])
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
    made, _ = simulated_again(found, n_samples, for_data)
    method: Any = "ml" if found.method == "ml" else "map"
    refitted = fit(cast(Model, found.model), made, method=method, n_starts=1, rng=for_fit).estimates
    refitted = refitted.reshape(len(found.free), n_samples, -1)
    tail = (1 - level) / 2
    ends = np.quantile(refitted, [tail, 1 - tail], axis=1).transpose(2, 0, 1)
    return _table(found, ends, {"level": level, "method": "bootstrap", "n_samples": n_samples})


def simulated_again(found: Fit, n_copies: int, rng: Seed) -> tuple[Data, list[Ints] | None]:
    """Data simulated at the estimates, copies of a subject side by side, and which subjects are of each fit."""
    objective = cast(Objective, found.objective)
    data, model, groups = objective.data, objective.model, objective.groups
    # The members of a group stay together in each copy.
    who = np.concatenate([np.tile(group, n_copies) for group in groups])
    true = np.repeat(found.estimates, [n_copies * len(group) for group in groups], axis=0)
    ends = np.cumsum(np.repeat([len(group) for group in groups], n_copies))
    members = [np.arange(end - size, end) for end, size in zip(ends, np.diff(ends, prepend=0), strict=True)]
    if isinstance(data, Offers):
        return simulated(model, true, data=data.take(who), rng=rng), members
    if isinstance(data, WorkLog):
        made = simulated(model, true, data="work", rng=rng)
        return WorkLog(made.subjects, np.where(data.units[who] < 0, -1, made.units)), members
    return simulated(model, true, n_trials=data.action.shape[1], rng=rng), members


def _table(found: Fit, ends: Floats, about: dict[str, Any], **more: Floats) -> Table:
    """A table of ends (n_parameters, 2, n_subjects)."""
    n, names = len(found.subjects), found.model.names
    return Table(
        {
            "subject": np.repeat(found.subjects, len(names)),
            "parameter": list(names) * n,
            "estimate": found.estimates.ravel(),
            "low": ends[:, 0].T.ravel(),
            "high": ends[:, 1].T.ravel(),
            **more,
        },
        {"model": found.model.name, **about},
    )
