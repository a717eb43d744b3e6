"""Estimation: maximum likelihood and maximum a posteriori, all subjects and starts in one batch."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Unpack

import numpy as np

from rpe._checks import (
    ArrayLike,
    Bools,
    Floats,
    Ints,
    Seed,
    choice,
    count,
    flag,
    generator,
    hinting,
    instance,
    sequence,
)
from rpe._parallel import Progress
from rpe.fit.estimates import Fit
from rpe.fit.model import EDGE, Free, Model
from rpe.fit.objective import Data, Objective, Search
from rpe.fit.scoring import optimise, polished, unstuck
from rpe.fit.signal_objective import SignalObjective
from rpe.fit.signals import SignalModel
from rpe.records import Choices, Offers, Signals, WorkLog

Method = Literal["ml", "map"]

# How often groups start from each other's optima at most, and the gain, in log units, that makes it worth it.
_EXCHANGES, _BETTER = 4, 1e-3


class FitOptions(TypedDict, total=False):
    """Options of `fit` that other functions pass on."""

    method: Method
    n_starts: int
    n_screen: int
    max_iterations: int
    progress: bool


@hinting
def fit(
    model: Model | SignalModel,
    data: Data | Signals,
    *,
    method: Method = "ml",
    n_starts: int = 10,
    n_screen: int = 0,
    rng: Seed = None,
    trials: ArrayLike | None = None,
    groups: Sequence[str] | None = None,
    start_from: Sequence[Fit] = (),
    max_iterations: int = 200,
    progress: bool = False,
) -> Fit:
    """Estimate a model's free parameters for every subject.

    All subjects and starts are optimised together by damped scoring: u ← u + (I + μ diag I)⁻¹ s
    with the score s and the expected information I of the choices, the damping μ set for each by
    Levenberg's rule; those that have converged leave the batch. Where the best start rests at a kink of
    the likelihood (planners take maxima), points around it are tried. A subject whose best start has
    not converged is optimised once more by SciPy's L-BFGS-B.

    Scores are exact for Q-learning and expected SARSA of arms and, in fits long enough for compiled
    kernels (the extra `fast`), for all learners that keep the rule of `TabularLearner`, with any
    parameters free that each agent can have of its own. Elsewhere they are central differences, in
    error by about 1e-8 of their size.

    Parameters
    ----------
    model : Model or SignalModel
        The agent, the task, and what is free; or a theory of dopamine and its schedule.
    data : Choices, WorkLog or Offers; Signals of a SignalModel
        Of the subjects.
    method : {"ml", "map"}
        Maximum likelihood, or maximum a posteriori with the priors of the parameters, all of which
        must have one.
    n_starts : int
        Starts of every subject, at least 1.
    n_screen : int
        If larger than `n_starts`, so many points are first tried for all subjects at once, and each
        starts from the best one of every share of them; afterwards also from optima of other subjects
        (or groups) that are better than its own. Worth it where solving the task is slow.
    rng : int, numpy.random.Generator or None
        Seed of the starts.
    trials : bool array (n_trials,), optional
        Which trials of `Choices`, `Offers` or `Signals` are scored; all are replayed.
    groups : sequence of str, optional
        A name for every subject; those with the same name share one set of parameters, such as a
        class, or the records of one person. By default every subject has its own.
    start_from : sequence of Fit
        Fits of smaller models to the same data, from each of which one more start sets out; parameters that
        they do not have begin at the value that this model's agent or task holds. A larger model of
        which that value makes the smaller one then never does worse.
    max_iterations : int
        After which a start counts as not converged.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    Fit

    Raises
    ------
    TypeError, ValueError
        For options out of range, missing priors, or data that do not fit the task.

    References
    ----------
    Marquardt, D. W. (1963). An algorithm for least-squares estimation of nonlinear parameters.
    Journal of the Society for Industrial and Applied Mathematics 11(2), 431-441.
    doi:10.1137/0111030

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=3.0)
    >>> task = rpe.tasks.bandit([0.2, 0.8])
    >>> history = rpe.simulate.run(learner, task, n_agents=4, n_trials=100, rng=0, record="all")
    >>> model = rpe.fit.Model(learner, task, {"inverse_temperature": rpe.fit.Parameter(0, 20)})
    >>> found = rpe.fit.fit(model, rpe.fit.choices_of(history), n_starts=2, rng=0)
    >>> found.converged.all(), found.estimates.shape
    (np.True_, (4, 1))
    """
    choice("method", method, ("ml", "map"))
    names, members = _grouped(data, groups)
    objective = objective_of(model, data, trials, prior_of(model) if method == "map" else None, members)
    n_starts = count("n_starts", n_starts)
    rng = generator(rng)
    screens = count("n_screen", n_screen, 0) > n_starts
    start = _starts(objective, n_starts, n_screen, rng)
    start_from = [instance("start_from", other, Fit) for other in sequence("start_from", start_from)]
    if start_from:
        own = np.stack([_from_other(model, other, names) for other in start_from], axis=1)
        start = np.concatenate([start.reshape(len(names), n_starts, -1), own], axis=1).reshape(-1, own.shape[-1])
        n_starts += len(start_from)
    group = np.repeat(np.arange(len(names)), n_starts)
    with Progress(len(group), show=flag("progress", progress), label="fits") as bar:
        u, value, rested = optimise(objective, start, group, count("max_iterations", max_iterations), bar.update)
    u, value, rested = u.reshape(len(names), n_starts, -1), value.reshape(-1, n_starts), rested.reshape(-1, n_starts)
    if screens:
        _exchange(objective, u, value, rested, n_screen, max_iterations)
    every, best = np.arange(len(names)), value.argmax(axis=1)
    u[every, best], value[every, best] = unstuck(
        objective, u[every, best], value[every, best], every, max_iterations, rng
    )
    if screens:
        _exchange(objective, u, value, rested, n_screen, max_iterations)
    return best_of_starts(objective, u, value, rested, method, names)


def _exchange(objective: Search, u: Floats, value: Floats, rested: Bools, n_screen: int, max_iterations: int) -> None:
    """Let every group start once more from another's optimum if that is better than its own; in place.

    The new end takes the place of the group's worst.
    """
    (n, n_starts), every = value.shape, np.arange(len(u))
    for i in range(_EXCHANGES):
        best = u[every, value.argmax(axis=1)]
        offered = best[np.linspace(0, n - 1, min(n, n_screen)).round().astype(np.int64)]
        worth = objective.screen(offered)
        going = np.flatnonzero(worth.max(axis=1) > value.max(axis=1) + _BETTER)
        if i == 0 and 1 < n <= n_starts:
            # So few groups can afford a start from the best of the others' optima, better or not.
            worth[every, every], going = -np.inf, every
        if not len(going):
            return
        end, top, came_to_rest = optimise(objective, offered[worth[going].argmax(axis=1)], going, max_iterations)
        worst = value[going].argmin(axis=1)
        gains = top > value[going, worst]
        at = going[gains], worst[gains]
        u[at], value[at], rested[at] = end[gains], top[gains], came_to_rest[gains]


def _from_other(model: Free, other: Fit, names: tuple[str, ...]) -> Floats:
    """Where a fit of another model lies in this one, (n_groups, n_parameters), on the unconstrained scale."""
    if other.subjects != names:
        raise ValueError(f"start_from must be fits of the same subjects; {other.model.name!r} is of others")
    columns = []
    for name, parameter in model.parameters.items():
        known: float | str = name
        if name not in other.model.names:
            known = model.held(name)
        if isinstance(known, str):
            value = other.estimates[:, other.model.names.index(known)]
        else:
            value = np.full(len(names), known)
        columns.append(parameter.to_free(np.clip(value, parameter.low, parameter.high)))
    return np.clip(np.stack(columns, axis=1), -EDGE, EDGE)


def fit_all(
    models: Sequence[Model | SignalModel], data: Data | Signals, *, rng: Seed = None, **options: Unpack[FitOptions]
) -> list[Fit]:
    """Estimate several models of the same data, each also from the optima of those that it contains.

    A model contains another if it has all of its free parameters and more. Models are fitted from
    the smallest to the largest.

    Parameters
    ----------
    models : sequence of Model
        At least one.
    data : Choices, WorkLog or Offers
        Of the subjects.
    rng : int, numpy.random.Generator or None
        Seed.
    **options
        For `fit`: method, n_starts, n_screen, max_iterations, progress.

    Returns
    -------
    list of Fit
        In the order of the models, as `compare` takes them.

    Raises
    ------
    TypeError, ValueError
        As `fit`, and for no model.

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[0, 1, 1, 1, 0, 1]], [[0.0, 1.0, 1.0, 0.0, 0.0, 1.0]])
    >>> beta, rate = rpe.fit.Parameter(0, 20), rpe.fit.Parameter(0, 1)
    >>> learner, task = rpe.agents.QLearner(discount=0.0, learning_rate=0.5), rpe.tasks.bandit([0.2, 0.8])
    >>> small = rpe.fit.Model(learner, task, {"inverse_temperature": beta}, name="fixed rate")
    >>> large = rpe.fit.Model(learner, task, {"inverse_temperature": beta, "learning_rate": rate}, name="free rate")
    >>> one, two = rpe.fit.fit_all([small, large], data, n_starts=1, rng=0)
    >>> bool(two.log_likelihood[0] >= one.log_likelihood[0])
    True
    """
    models = [instance("models", each, Model | SignalModel) for each in sequence("models", models)]
    if not models:
        raise ValueError("models must be at least one; got none")
    seeds = generator(rng).spawn(len(models))
    found: dict[int, Fit] = {}
    for i in sorted(range(len(models)), key=lambda i: models[i].n_parameters):
        inside = [other for other in found.values() if set(other.model.names) < set(models[i].names)]
        found[i] = fit(models[i], data, rng=seeds[i], start_from=inside, **options)
    return [found[i] for i in range(len(models))]


def objective_of(
    model: Model | SignalModel,
    data: Data | Signals,
    trials: ArrayLike | None = None,
    prior: tuple[Floats, Floats] | None = None,
    groups: Sequence[Ints] | None = None,
) -> Search:
    """Return what is maximised when a model is fitted to data.

    Raises
    ------
    TypeError
        If one is of signals and the other is not.
    ValueError
        For groups of animals, each of which has a gain, offset and noise of its own.
    """
    if isinstance(model, SignalModel) and isinstance(data, Signals):
        if groups is not None:
            raise ValueError("groups must be None for signals: gain, offset and noise are each animal's own")
        return SignalObjective(model, data, trials, prior)
    if isinstance(model, SignalModel) or isinstance(data, Signals):
        raise TypeError(f"data must be Signals for a SignalModel; got {type(data).__name__} for {type(model).__name__}")
    return Objective(model, data, trials, prior, groups)


def best_of_starts(
    objective: Search, u: Floats, value: Floats, rested: Bools, method: str, names: tuple[str, ...]
) -> Fit:
    """Return the best of the starts u (n_groups, n_starts, p) of every group, with its errors."""
    n, n_starts, _ = u.shape
    value, rested = value.reshape(n, n_starts), rested.reshape(n, n_starts)
    best = value.argmax(axis=1)
    every = np.arange(n)
    free, top, converged = u[every, best], value[every, best], rested[every, best]
    for i in map(int, np.flatnonzero(~converged)):
        free[i], top[i], converged[i] = polished(objective, free[i], float(top[i]), i)
    covariance = _covariance(objective, free)
    data, model = objective.data, objective.model
    likelihood = top - objective.log_prior(free)
    scored = data.n_choices
    if objective.trials is not None and isinstance(data, Signals):
        scored = np.isfinite(data.response[:, objective.trials]).sum(axis=(1, 2))
    elif objective.trials is not None and isinstance(data, Choices | Offers):
        scored = data.scored[:, objective.trials].reshape(data.n_subjects, -1).sum(axis=1)
    scored = np.array([scored[members].sum() for members in objective.groups])
    agreeing = (value >= top[:, None] - 0.01).sum(axis=1)
    return Fit(
        model,
        names,
        method,
        free,
        covariance,
        likelihood,
        top,
        scored,
        converged,
        agreeing,
        n_starts,
        objective.prior,
        objective,
        _lopsided(objective, free, covariance, top),
    )


def _covariance(objective: Search, free: Floats) -> Floats:
    """Inverse of the observed information (n, p, p); of the expected one where the former has none."""
    every = np.arange(len(free))
    covariance = np.full((len(free), free.shape[1], free.shape[1]), np.nan)
    for information in (objective.slope(free, every).information, objective.curvature(free, every)):
        definite = np.linalg.eigvalsh(information)[:, 0] > 1e-6
        covariance[definite] = np.linalg.inv(information[definite])
        for i in map(int, np.flatnonzero(~definite & np.isnan(covariance[:, 0, 0]))):
            _without_bounds(information[i], np.abs(free[i]) < EDGE - 3, covariance[i])
    return covariance


def _lopsided(objective: Search, free: Floats, covariance: Floats, top: Floats) -> Bools:
    """Where the objective 1.96 standard errors away does not fall as that of a normal estimate would, (n, p).

    Along the ridge on which the other parameters follow it falls by 1.92 there; a third and three times
    that are told apart from it.
    """
    every, variance = np.arange(len(free)), np.diagonal(covariance, axis1=1, axis2=2)
    lopsided = np.zeros(free.shape, dtype=np.bool_)
    for i in range(free.shape[1]):
        known = np.isfinite(variance[:, i])
        ridge = covariance[:, :, i] / np.sqrt(np.where(known, variance[:, i], 1.0))[:, None]
        # Parameters at a bound have no covariance and stay where they are.
        ridge = np.where(known[:, None] & np.isfinite(ridge), ridge, 0.0)
        for side in (-1.96, 1.96):
            fall = (top - objective.slope(free + side * ridge, every).value) / (1.96**2 / 2)
            lopsided[:, i] |= known & ~((fall > 1 / 3) & (fall < 3))
    return lopsided


def _without_bounds(information: Floats, inside: Bools, covariance: Floats) -> None:
    """Fill in the covariance (p, p) of the parameters that do not lie at a bound, where they have one."""
    rest = np.ix_(inside, inside)
    if inside.any() and np.linalg.eigvalsh(information[rest])[0] > 1e-6:
        covariance[rest] = np.linalg.inv(information[rest])


def prior_of(model: Free) -> tuple[Floats, Floats]:
    """Return mean (p,) and precision (p, p) of the priors of a model's parameters.

    Raises
    ------
    ValueError
        If a parameter has none.
    """
    without = [name for name, parameter in model.parameters.items() if parameter.prior is None]
    if without:
        raise ValueError(f"every parameter must have a prior; {', '.join(without)} has none")
    mean, deviation = np.array([parameter.prior for parameter in model.parameters.values()], dtype=np.float64).T
    return mean, np.diag(deviation**-2.0)


def _grouped(data: Data | Signals, groups: Sequence[str] | None) -> tuple[tuple[str, ...], list[Ints] | None]:
    """Names of the groups, and the subjects in each."""
    instance("data", data, Choices | Offers | Signals | WorkLog)
    if groups is None:
        return data.subjects, None
    groups = sequence("groups", groups)
    if len(groups) != data.n_subjects:
        raise ValueError(f"groups must name a group for each of the {data.n_subjects} subjects; got {len(groups)}")
    names = tuple(dict.fromkeys(map(str, groups)))
    return names, [np.flatnonzero([str(group) == name for group in groups]) for name in names]


def _starts(objective: Search, n_starts: int, n_screen: int, rng: np.random.Generator) -> Floats:
    """Starting points (n_groups · n_starts, p): the same random points for all, or each one's best of many."""
    parameters: Mapping[str, Any] = objective.model.parameters
    points = np.stack([p.draw_start(max(n_starts, n_screen), rng) for p in parameters.values()], axis=1)
    if n_screen <= n_starts:
        return np.tile(points, (len(objective.groups), 1))
    # The best of each share of the points, so that they do not all lie on one hill.
    worth = objective.screen(points)
    best = [share[worth[:, share].argmax(axis=1)] for share in np.array_split(np.arange(len(points)), n_starts)]
    return points[np.stack(best, axis=1)].reshape(-1, points.shape[1])
