"""Hierarchical fits: subjects as draws from a group, by expectation-maximisation with Laplace's approximation."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, Ints, Seed, count, flag, generator, instance, scalar
from rpe._parallel import Progress
from rpe.fit.estimates import Fit
from rpe.fit.estimation import best_of_starts, prior_of
from rpe.fit.model import Free, Model
from rpe.fit.objective import Data, Objective
from rpe.fit.scoring import optimise
from rpe.records import Choices, Offers, WorkLog
from rpe.table import ColumnLike, Table

# Below this spread on the unconstrained scale a group counts as all alike.
_ALIKE = 1e-2


@dataclass(frozen=True, eq=False)
class GroupFit:
    """A group of subjects: its mean and spread, and each subject's estimate under them.

    Attributes
    ----------
    fit : Fit
        Subjects' estimates with the group as prior.
    mean, deviation : float array (n_parameters,)
        Of the group, on the unconstrained scale.
    mean_error : float array (n_parameters,)
        Standard error of the mean, deviation / √n_subjects, on that scale.
    log_evidence : float
        Sum over subjects of Laplace's log evidence under the group.
    n_iterations : int
        Of expectation-maximisation.
    converged : bool
        Whether the group converged.

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(learning_rate=0.3, discount=0.0)
    >>> model = rpe.fit.Model(learner, rpe.tasks.bandit([0.2, 0.8]), {"inverse_temperature": rpe.fit.Parameter(0, 20)})
    >>> data = rpe.fit.simulated(model, [[2.0], [3.0], [4.0], [5.0]], n_trials=40, rng=0)
    >>> group = rpe.fit.hierarchical(model, data, rng=0)
    >>> group.mean.shape, group.fit.estimates.shape
    ((1,), (4, 1))
    """

    fit: Fit
    mean: Floats
    deviation: Floats
    mean_error: Floats
    log_evidence: float
    n_iterations: int
    converged: bool

    def __repr__(self) -> str:
        who = f"{len(self.fit.subjects)} subjects of model {self.fit.model.name!r}"
        return f"Group of {who}, {self.n_iterations} rounds, log evidence {self.log_evidence:.1f}\n{self.table!r}"

    @property
    def median(self) -> Floats:
        """The group's median on the natural scale, (n_parameters,)."""
        return self.fit.model.from_free(self.mean)

    @property
    def bic(self) -> float:
        """Integrated BIC, −2 ln evidence + 2p ln n, with n all choices of the group; lower is better."""
        return float(-2 * self.log_evidence + 2 * len(self.mean) * np.log(self.fit.n_choices.sum()))

    @property
    def table(self) -> Table:
        """One row per parameter: the group's median, and mean, spread and error on the unconstrained scale."""
        columns: dict[str, ColumnLike] = {
            "parameter": list(self.fit.model.names),
            "median": self.median,
            "mean": self.mean,
            "deviation": self.deviation,
            "mean_error": self.mean_error,
        }
        about = {"model": self.fit.model.name, "log_evidence": self.log_evidence, "converged": self.converged}
        return Table(columns, about)


def hierarchical(
    model: Model,
    data: Data,
    *,
    n_starts: int = 5,
    max_iterations: int = 100,
    tolerance: float = 1e-3,
    rng: Seed = None,
    progress: bool = False,
) -> GroupFit:
    """Fit subjects as draws from a normal group on the unconstrained scale, whose mean and spread are found too.

    Each round finds every subject's posterior mode mᵢ and covariance Sᵢ under the group (E step),
    then the group from them (M step):

        μ = mean mᵢ,   σ² = mean (mᵢ − μ)² + mean diag Sᵢ.

    Parameters
    ----------
    model : Model
        What to fit. Priors of its parameters, if all have one, are the group to begin with.
    data : Choices, WorkLog or Offers
        Of at least two subjects.
    n_starts : int
        Starts of every subject in the first round.
    max_iterations : int
        Rounds, at most.
    tolerance : float
        The group has converged when no mean moves by more than this share of its spread, and no spread by
        more than this share of itself.
    rng : int, numpy.random.Generator or None
        Seed of the starts.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    GroupFit

    Raises
    ------
    TypeError, ValueError
        For fewer than two subjects, options out of range, or data that do not fit the task.

    References
    ----------
    Huys, Q. J. M., Cools, R., Gölzer, M., Friedel, E., Heinz, A., Dolan, R. J. & Dayan, P. (2011).
    Disentangling the roles of approach, activation and valence in instrumental and Pavlovian
    responding. PLoS Computational Biology 7(4), e1002028. doi:10.1371/journal.pcbi.1002028

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=3.0)
    >>> task = rpe.tasks.bandit([0.2, 0.8])
    >>> history = rpe.simulate.run(learner, task, n_agents=20, n_trials=60, rng=0, record="all")
    >>> model = rpe.fit.Model(learner, task, {"inverse_temperature": rpe.fit.Parameter(0, 20)})
    >>> group = rpe.fit.hierarchical(model, rpe.fit.choices_of(history), rng=0)
    >>> bool(2.0 < group.median[0] < 4.0)
    True
    """
    instance("model", model, Model), instance("data", data, Choices | Offers | WorkLog)
    if data.n_subjects < 2:
        raise ValueError(f"data must hold at least two subjects to make a group; got {data.n_subjects}")
    rounds, n_starts = count("max_iterations", max_iterations), count("n_starts", n_starts)
    enough = scalar("tolerance", tolerance, 0, open_low=True)
    rng = generator(rng)
    subject = np.arange(data.n_subjects)
    mean, deviation = first_group(model)
    starts = np.stack([p.draw_start(n_starts, rng) for p in model.parameters.values()], axis=1)
    fit = _under(model, data, mean, deviation, np.tile(starts, (data.n_subjects, 1)), np.repeat(subject, n_starts))
    converged, done = False, 0
    with Progress(rounds, show=flag("progress", progress), label="rounds") as bar:
        while not converged and done < rounds:
            before = mean, deviation
            mean, deviation = _group(fit)
            fit = _under(model, data, mean, deviation, fit.free, subject)
            moved = np.abs(mean - before[0]) / before[1], np.abs(np.log(deviation / before[1]))
            converged, done = max(part.max() for part in moved) < enough, done + 1
            bar.update()
    error = deviation / np.sqrt(data.n_subjects)
    return GroupFit(fit, mean, deviation, error, float(fit.log_evidence.sum()), done, bool(converged))


def first_group(model: Free) -> tuple[Floats, Floats]:
    """The group before the first round: the priors, or one as wide as where starts are drawn."""
    if all(parameter.prior is not None for parameter in model.parameters.values()):
        mean, precision = prior_of(model)
        return mean, np.diagonal(precision) ** -0.5
    draws = np.stack([p.draw_start(1000, np.random.default_rng(0)) for p in model.parameters.values()], axis=1)
    return draws.mean(axis=0), 2 * draws.std(axis=0)


def _under(model: Model, data: Data, mean: Floats, deviation: Floats, start: Floats, subject: Ints) -> Fit:
    """Posterior modes of all subjects under a group."""
    objective = Objective(model, data, None, (mean, np.diag(deviation**-2.0)))
    u, value, rested = optimise(objective, start, subject)
    return best_of_starts(
        objective, u.reshape(data.n_subjects, -1, len(mean)), value, rested, "hierarchical", data.subjects
    )


def _group(fit: Fit) -> tuple[Floats, Floats]:
    """Mean and spread of the group from subjects' modes and covariances."""
    known = np.isfinite(fit.covariance).all(axis=(1, 2))
    variance = np.diagonal(fit.covariance, axis1=1, axis2=2)[known].mean(axis=0)
    return fit.free.mean(axis=0), np.maximum(np.sqrt(fit.free.var(axis=0) + variance), _ALIKE)
