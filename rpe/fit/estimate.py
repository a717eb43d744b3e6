"""Estimation: maximum likelihood and maximum a posteriori, all subjects and starts in one batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, choice, count, flag
from rpe._shown import brief
from rpe.fit.data import Choices
from rpe.fit.model import EDGE, Model
from rpe.fit.objective import Objective
from rpe.fit.work import WorkLog
from rpe.table import Table

# An iteration that promises less than this, in log units, is the last.
_ENOUGH = 1e-6


@dataclass(frozen=True, eq=False)
class Fit:
    """Estimates of one model for every subject.

    Attributes
    ----------
    model : Model
        What was fitted.
    subjects : tuple of str
        Names of the n subjects, or of the groups that share their parameters.
    method : str
        "ml", "map" or "hierarchical".
    free : float array (n_subjects, n_parameters)
        Estimates on the unconstrained scale.
    covariance : float array (n_subjects, n_parameters, n_parameters)
        Inverse of the observed information on that scale, or of the expected one where the former
        is not positive definite; NaN where neither is.
    log_likelihood, log_posterior : float array (n_subjects,)
        At the estimates; equal without a prior.
    n_choices : int array (n_subjects,)
        Choices (or days) that were scored.
    converged : bool array (n_subjects,)
        Whether the best start came to rest.
    n_agreeing : int array (n_subjects,)
        How many starts ended within 0.01 log units of the best.
    n_starts : int
        How many there were.
    prior : tuple or None
        Mean and precision of the normal prior on the unconstrained scale.
    """

    model: Model
    subjects: tuple[str, ...]
    method: str
    free: Floats
    covariance: Floats
    log_likelihood: Floats
    log_posterior: Floats
    n_choices: Ints
    converged: Bools
    n_agreeing: Ints
    n_starts: int
    prior: tuple[Floats, Floats] | None = None

    def __repr__(self) -> str:
        return brief(self)

    @cached_property
    def estimates(self) -> Floats:
        """Estimates on the natural scale, (n_subjects, n_parameters)."""
        return self.model.from_free(self.free)

    @cached_property
    def standard_errors(self) -> Floats:
        """Standard errors on the natural scale by the delta method, (n_subjects, n_parameters); NaN if unknown."""
        variance = np.diagonal(self.covariance, axis1=1, axis2=2)
        slopes = [p.slope(self.free[:, i]) for i, p in enumerate(self.model.parameters.values())]
        return np.sqrt(variance) * np.abs(np.stack(slopes, axis=1))

    @property
    def aic(self) -> Floats:
        """Akaike's criterion, −2 ln L + 2p, (n_subjects,); lower is better."""
        return -2 * self.log_likelihood + 2 * self.model.n_parameters

    @property
    def bic(self) -> Floats:
        """Schwarz's criterion, −2 ln L + p ln n, (n_subjects,); lower is better."""
        return -2 * self.log_likelihood + self.model.n_parameters * np.log(self.n_choices)

    @property
    def log_evidence(self) -> Floats:
        """Laplace's approximation of the log evidence, ln p(y, û) + (p ln 2π + ln |Σ|)/2, (n_subjects,).

        Raises
        ------
        ValueError
            If there was no prior, without which there is no evidence.

        References
        ----------
        MacKay, D. J. C. (2003). Information Theory, Inference, and Learning Algorithms. Cambridge
        University Press, chapter 27.
        """
        if self.prior is None:
            raise ValueError("log_evidence needs a prior; fit with method='map' or hierarchically")
        _, log_determinant = np.linalg.slogdet(self.covariance)
        return self.log_posterior + 0.5 * (self.model.n_parameters * np.log(2 * np.pi) + log_determinant)

    @cached_property
    def table(self) -> Table:
        """One row per subject: estimates, standard errors, log likelihood, criteria, convergence."""
        columns: dict[str, Any] = {"subject": list(self.subjects)}
        for i, name in enumerate(self.model.names):
            columns[name] = self.estimates[:, i]
            columns[f"{name}_se"] = self.standard_errors[:, i]
        columns |= {
            "log_likelihood": self.log_likelihood,
            "aic": self.aic,
            "bic": self.bic,
            "n_choices": self.n_choices,
            "converged": self.converged,
            "n_agreeing": self.n_agreeing,
        }
        return Table(columns, {"model": self.model.name, "method": self.method, "n_starts": self.n_starts})

    def report(self) -> str:
        """Return a sentence on every subject whose fit should not be trusted as it is; empty if there is none.

        Those are fits that did not come to rest, that lie at a bound, or whose information has no
        inverse, so that there is no standard error.
        """
        at_edge = np.abs(self.free) > EDGE - 3
        lines = []
        for i, subject in enumerate(self.subjects):
            reasons = [] if self.converged[i] else ["did not converge"]
            reasons += [
                f"{name} lies at a bound" for name, edge in zip(self.model.names, at_edge[i], strict=True) if edge
            ]
            if not np.isfinite(self.covariance[i]).all():
                reasons.append("the data do not determine all parameters (no standard errors)")
            if reasons:
                lines.append(f"subject {subject}: {'; '.join(reasons)}")
        return "\n".join(lines)


def fit(
    model: Model,
    data: Choices | WorkLog,
    *,
    method: str = "ml",
    n_starts: int = 10,
    n_screen: int = 0,
    rng: Any = None,
    trials: Any = None,
    groups: Sequence[str] | None = None,
    max_iterations: int = 200,
    progress: bool = False,
) -> Fit:
    """Estimate a model's free parameters for every subject.

    All subjects and starts climb together by damped scoring: u ← u + (I + μ diag I)⁻¹ s with the
    score s and the expected information I of the choices, the damping μ set for each by
    Levenberg's rule; those that have come to rest leave the batch. A subject whose best start has
    not come to rest is climbed once more by SciPy's BFGS.

    Parameters
    ----------
    model : Model
        The agent, the task, and what is free.
    data : Choices or WorkLog
        Of the subjects.
    method : {"ml", "map"}
        Maximum likelihood, or maximum a posteriori with the priors of the parameters, all of which
        must have one.
    n_starts : int
        Starts of every subject, at least 1.
    n_screen : int
        If larger than `n_starts`, so many points are first tried for all subjects at once, and each
        starts from its best ones; worth it where solving the task is dear.
    rng : int, numpy.random.Generator or None
        Seed of the starts.
    trials : bool array (n_trials,), optional
        Which trials of `Choices` are scored; all are replayed.
    groups : sequence of str, optional
        A name for every subject; those with the same name share one set of parameters, such as a
        class, or the records of one person. By default every subject has its own.
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
    >>> found = rpe.fit.fit(model, rpe.fit.Choices.from_history(history), n_starts=2, rng=0)
    >>> found.converged.all(), found.estimates.shape
    (np.True_, (4, 1))
    """
    choice("method", method, ("ml", "map"))
    names, members = _grouped(data, groups)
    objective = Objective(model, data, trials, prior_of(model) if method == "map" else None, members)
    n_starts = count("n_starts", n_starts)
    start = _starts(objective, n_starts, count("n_screen", n_screen, 0), np.random.default_rng(rng))
    group = np.repeat(np.arange(len(names)), n_starts)
    with _bar(len(group), progress) as bar:
        u, value, rested = climb(objective, start, group, count("max_iterations", max_iterations), bar.update)
    return chosen(objective, u.reshape(len(names), n_starts, -1), value, rested, method, names)


def joined(fits: Sequence[Fit]) -> Fit:
    """Return the fits of one model to several sets of subjects as one.

    Raises
    ------
    ValueError
        If there is none, or they are of other models, methods or numbers of starts.
    """
    alike = {(each.model.names, each.method, each.n_starts) for each in fits}
    if len(alike) != 1:
        raise ValueError(f"fits must be of one model, by one method; got {len(alike)} kinds")
    arrays = ("free", "covariance", "log_likelihood", "log_posterior", "n_choices", "converged", "n_agreeing")
    together: dict[str, Any] = {name: np.concatenate([getattr(each, name) for each in fits]) for name in arrays}
    names = tuple(str(i) for i in range(len(together["free"])))
    return replace(fits[0], subjects=names, **together)


def climb(
    objective: Objective, u: Floats, subject: Ints, max_iterations: int = 200, came_to_rest: Any = None
) -> tuple[Floats, Floats, Bools]:
    """Climb from u (n, p) by damped scoring; return where each fit came to, its value, and whether it rests."""
    u = np.clip(u, -EDGE, EDGE)
    n = len(u)
    value, damping, rested = np.empty(n), np.full(n, 1e-3), np.zeros(n, dtype=np.bool_)
    here = objective.slope(u, subject)
    value[:] = here.value
    score, information = here.score.copy(), here.information.copy()
    going = np.arange(n)
    for _ in range(max_iterations):
        step, promise = _step(u[going], score[going], information[going], damping[going])
        stops = promise < _ENOUGH
        rested[going[stops]] = True
        if came_to_rest is not None:
            came_to_rest(int(stops.sum()))
        going, step = going[~stops], step[~stops]
        if not len(going):
            break
        tried = np.clip(u[going] + step, -EDGE, EDGE)
        there = objective.slope(tried, subject[going])
        better = there.value >= value[going]
        moved = going[better]
        u[moved], value[moved] = tried[better], there.value[better]
        score[moved], information[moved] = there.score[better], there.information[better]
        damping[moved] = np.maximum(damping[moved] / 5, 1e-9)
        worse = going[~better]
        damping[worse] = damping[worse] * 8
        # Nothing in any direction is better, as far as numbers can tell.
        rested[worse[damping[worse] > 1e8]] = True
        going = going[~rested[going]]
    return u, value, rested


def chosen(objective: Objective, u: Floats, value: Floats, rested: Bools, method: str, names: tuple[str, ...]) -> Fit:
    """Return the best of the starts u (n_groups, n_starts, p) of every group, with its errors."""
    n, n_starts, _ = u.shape
    value, rested = value.reshape(n, n_starts), rested.reshape(n, n_starts)
    best = value.argmax(axis=1)
    every = np.arange(n)
    free, top, converged = u[every, best], value[every, best], rested[every, best]
    for i in map(int, np.flatnonzero(~converged)):
        free[i], top[i], converged[i] = _polished(objective, free[i], float(top[i]), i)
    covariance = _covariance(objective, free)
    data, model = objective.data, objective.model
    likelihood = top - objective.log_prior(free)
    scored = data.n_choices
    if objective.trials is not None and isinstance(data, Choices):
        scored = (data.action[:, objective.trials] >= 0).sum(axis=(1, 2))
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
    )


def _covariance(objective: Objective, free: Floats) -> Floats:
    """Inverse of the observed information (n, p, p); of the expected one where the former has none."""
    every = np.arange(len(free))
    covariance = np.full((len(free), free.shape[1], free.shape[1]), np.nan)
    for information in (objective.slope(free, every).information, objective.curvature(free, every)):
        definite = np.linalg.eigvalsh(information)[:, 0] > 1e-6
        covariance[definite] = np.linalg.inv(information[definite])
    return covariance


def prior_of(model: Model) -> tuple[Floats, Floats]:
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


def _grouped(data: Choices | WorkLog, groups: Sequence[str] | None) -> tuple[tuple[str, ...], list[Ints] | None]:
    """Names of the groups, and the subjects in each."""
    if groups is None:
        return data.subjects, None
    if len(groups) != data.n_subjects:
        raise ValueError(f"groups must name a group for each of the {data.n_subjects} subjects; got {len(groups)}")
    names = tuple(dict.fromkeys(map(str, groups)))
    return names, [np.flatnonzero([str(group) == name for group in groups]) for name in names]


def _starts(objective: Objective, n_starts: int, n_screen: int, rng: np.random.Generator) -> Floats:
    """Starting points (n_groups · n_starts, p): the same random points for all, or each one's best of many."""
    parameters: Mapping[str, Any] = objective.model.parameters
    points = np.stack([p.draw_start(max(n_starts, n_screen), rng) for p in parameters.values()], axis=1)
    if n_screen <= n_starts:
        return np.tile(points, (len(objective.groups), 1))
    best = np.argsort(-objective.screen(points), axis=1, kind="stable")[:, :n_starts]
    return points[best].reshape(-1, points.shape[1])


def _step(u: Floats, score: Floats, information: Floats, damping: Floats) -> tuple[Floats, Floats]:
    """The next step of each fit, and the gain that it promises without damping."""
    p = u.shape[1]
    # At the edge of the scale there is no way further out.
    outward = (np.abs(u) >= EDGE) & (np.sign(u) == np.sign(score))
    score = np.where(outward, 0.0, score)
    information = np.where(outward[:, :, None] | outward[:, None, :], 0.0, information)
    diagonal = np.einsum("nii->ni", information)
    floor = 1e-8 + 1e-6 * diagonal.max(axis=1, keepdims=True)
    damped = information + np.eye(p) * (damping[:, None] * np.maximum(diagonal, floor) + 1e-10)[:, None]
    step = np.linalg.solve(damped, score[..., None])[..., 0]
    promise = 0.5 * (step * score).sum(axis=1) * (1 + damping)
    size = np.abs(step).max(axis=1, keepdims=True)
    return step * np.minimum(1.0, 3.0 / np.maximum(size, 1e-300)), promise


def _polished(objective: Objective, u: Floats, value: float, subject: int) -> tuple[Floats, float, bool]:
    """Climb once more from u (p,) by SciPy."""
    from scipy.optimize import minimize

    who = np.array([subject])

    def down(at: Floats) -> tuple[float, Floats]:
        slope = objective.slope(at[None], who)
        return -float(slope.value[0]), -slope.score[0]

    found = minimize(down, u, jac=True, method="L-BFGS-B", bounds=[(-EDGE, EDGE)] * len(u))
    return (found.x, -float(found.fun), bool(found.success)) if -found.fun >= value else (u, value, False)


def _bar(total: int, progress: bool) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, disable=not flag("progress", progress), desc="fits", leave=False)
