"""Recovery: whether known parameters, and known models, are found again from simulated data."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Unpack

import numpy as np

from rpe._checks import (
    ArrayLike,
    Floats,
    Ints,
    Seed,
    choice,
    count,
    generator,
    indices,
    instance,
    numbers,
    scalar,
    sequence,
    text,
)
from rpe.fit.comparison import CRITERIA, Criterion, criterion
from rpe.fit.estimates import Fit
from rpe.fit.estimation import FitOptions, fit
from rpe.fit.model import Model
from rpe.fit.signals import SignalModel
from rpe.fit.synthetic import DataKind, simulated
from rpe.table import Table

# Log units within which two models explain data equally well.
_EQUAL = 1e-3


@dataclass(frozen=True, eq=False)
class Recovery:
    """Parameters that generated data, beside those estimated from the data.

    Attributes
    ----------
    true : float array (n_subjects, n_parameters)
        On the natural scale.
    fit : Fit
        What was found.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]),
    ...     {"inverse_temperature": rpe.fit.Parameter(0, 20, start=(1, 6))})
    >>> recovery = rpe.fit.parameter_recovery(model, n_subjects=10, n_trials=100, n_starts=2, rng=0)
    >>> recovery.true.shape, recovery.fit.estimates.shape
    ((10, 1), (10, 1))
    """

    true: Floats
    fit: Fit

    def __repr__(self) -> str:
        return f"Recovery of {', '.join(self.fit.model.names)} from {len(self.true)} subjects\n{self.summary!r}"

    @property
    def correlation(self) -> Floats:
        """Pearson's correlation of true and estimated values, (n_parameters,)."""
        pairs = zip(self.true.T, self.fit.estimates.T, strict=True)
        return np.array([np.corrcoef(true, found)[0, 1] for true, found in pairs])

    @property
    def bias(self) -> Floats:
        """Median of estimate − truth, (n_parameters,)."""
        return np.median(self.fit.estimates - self.true, axis=0)

    @property
    def rmse(self) -> Floats:
        """Root of the mean squared difference, (n_parameters,)."""
        return np.sqrt(((self.fit.estimates - self.true) ** 2).mean(axis=0))

    @property
    def coverage(self) -> Floats:
        """Share of subjects whose 95 % interval on the unconstrained scale holds the truth, (n_parameters,)."""
        away = np.abs(self.fit.free - self.fit.model.to_free(self.true))
        error = np.sqrt(np.diagonal(self.fit.covariance, axis1=1, axis2=2))
        return np.array(
            [(a[np.isfinite(e)] < 1.96 * e[np.isfinite(e)]).mean() for a, e in zip(away.T, error.T, strict=True)]
        )

    @property
    def summary(self) -> Table:
        """One row per parameter: correlation, bias, root mean squared error, and coverage of 95 % intervals."""
        columns = {name: getattr(self, name) for name in ("correlation", "bias", "rmse", "coverage")}
        return Table({"parameter": list(self.fit.model.names), **columns}, {"model": self.fit.model.name})

    @property
    def table(self) -> Table:
        """One row per subject and parameter: truth, estimate, standard error, convergence."""
        n, names = len(self.true), self.fit.model.names
        return Table(
            {
                "subject": np.repeat(self.fit.subjects, len(names)),
                "parameter": list(names) * n,
                "true": self.true.ravel(),
                "estimate": self.fit.estimates.ravel(),
                "standard_error": self.fit.standard_errors.ravel(),
                "converged": np.repeat(self.fit.converged, len(names)),
            },
            {"model": self.fit.model.name, "method": self.fit.method},
        )


@dataclass(frozen=True, eq=False)
class ModelRecovery:
    """Which model is found for data of which model.

    Attributes
    ----------
    names : tuple of str
        Of the models.
    best : int array (n_models, n_subjects)
        The model that wins for each simulated subject of each model.
    criterion : str
        By what it wins.
    scores : float array (n_models, n_subjects, n_models)
        The criterion (higher is better) of every model (last) for each subject of each model (first).

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> found = rpe.fit.ModelRecovery(("a", "b"), np.array([[0, 0, 0, 1], [1, 1, 1, 1]]), "bic", np.zeros((2, 4, 2)))
    >>> found.confusion  # rows: the model that made the data
    array([[0.75, 0.25],
           [0.  , 1.  ]])
    """

    names: tuple[str, ...]
    best: Ints
    criterion: str
    scores: Floats

    def __post_init__(self) -> None:
        n = len([text("names", name) for name in sequence("names", self.names)])
        text("criterion", self.criterion)
        scores, best = numbers("scores", self.scores), indices("best", self.best, n)
        if best.ndim != 2 or len(best) != n or not best.size:
            raise ValueError(f"best must have shape ({n}, n_subjects); got {best.shape}")
        if scores.shape != (*best.shape, n):
            raise ValueError(f"scores must have shape {(*best.shape, n)}; got {scores.shape}")

    @property
    def confusion(self) -> Floats:
        """P(model j wins | model i generated), (n_models, n_models)."""
        n = len(self.names)
        return np.stack([np.bincount(row, minlength=n) / len(row) for row in self.best])

    @property
    def inversion(self) -> Floats:
        """P(model i generated | model j wins), (n_models, n_models), with all models equally likely before."""
        confusion = self.confusion
        total = confusion.sum(axis=0)
        return np.divide(confusion, total, out=np.full_like(confusion, np.nan), where=total > 0)

    @property
    def table(self) -> Table:
        """One row per pair of models: which generated, which wins, and the entries of both matrices."""
        n = len(self.names)
        return Table(
            {
                "generated": np.repeat(self.names, n),
                "wins": list(self.names) * n,
                "confusion": self.confusion.ravel(),
                "inversion": self.inversion.ravel(),
            },
            {"criterion": self.criterion, "n_subjects": self.best.shape[1]},
        )

    @property
    def pairs(self) -> Table:
        """One row per pair of models: how often the right one of the two wins, each generating half of the subjects.

        .5 is chance. Equal scores, as of models that predict the same, count half.
        """
        rows: list[tuple[str, str, float]] = []
        for i, j in combinations(range(len(self.names)), 2):
            lead = np.stack([self.scores[i, :, i] - self.scores[i, :, j], self.scores[j, :, j] - self.scores[j, :, i]])
            right = np.where(np.abs(lead) < _EQUAL, 0.5, lead > 0)
            rows.append((self.names[i], self.names[j], float(right.mean())))
        first, second, share = zip(*rows, strict=True)
        return Table(
            {"first": list(first), "second": list(second), "right": list(share)}, {"criterion": self.criterion}
        )

    def report(self, *, enough: float = 0.75) -> str:
        """Return a sentence on every pair of models that this design does not tell apart; empty if there is none.

        Parameters
        ----------
        enough : float
            Share of subjects for which the right one of two models must be found; .5 is chance, and
            .75 lies half way from there to certainty.
        """
        enough = scalar("enough", enough, 0.5, 1)
        pairs = self.pairs
        rows = zip(pairs["first"], pairs["second"], pairs["right"], strict=True)
        return "\n".join(
            f"not told apart: {first} and {second} (right for {right:.0%} of subjects; chance is 50%)"
            for first, second, right in rows
            if right < enough
        )

    def __repr__(self) -> str:
        warnings = "".join(f"\n! {line}" for line in self.report().splitlines())
        return f"ModelRecovery by {self.criterion}\n{self.table!r}{warnings}"


def parameter_recovery(
    model: Model | SignalModel,
    *,
    n_subjects: int = 100,
    n_trials: int = 100,
    true: ArrayLike | None = None,
    data: DataKind = "choices",
    rng: Seed = None,
    **options: Unpack[FitOptions],
) -> Recovery:
    """Simulate subjects with known parameters, fit them, and put both side by side.

    Parameters
    ----------
    model : Model or SignalModel
        What generates and what is fitted.
    n_subjects, n_trials : int
        Size of the study.
    true : float array (n_subjects, n_parameters), optional
        Parameters; by default drawn from where each parameter's starts are drawn.
    data : {"choices", "work", "signals"} or Offers
        What is seen of each subject, as in `simulated`.
    rng : int, numpy.random.Generator or None
        Seed.
    **options
        For `fit`: method, n_starts, n_screen, max_iterations, progress.

    Returns
    -------
    Recovery

    Raises
    ------
    TypeError, ValueError
        As `simulated` and `fit`.

    References
    ----------
    Wilson, R. C. & Collins, A. G. E. (2019). Ten simple rules for the computational modeling of
    behavioral data. eLife 8, e49547. doi:10.7554/eLife.49547

    Examples
    --------
    >>> import rpe
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]),
    ...     {"inverse_temperature": rpe.fit.Parameter(0, 20, start=(1, 6))})
    >>> found = rpe.fit.parameter_recovery(model, n_subjects=30, n_trials=200, n_starts=2, rng=0)
    >>> bool(found.correlation[0] > 0.8)
    True
    """
    instance("model", model, Model | SignalModel)
    rng = generator(rng)
    for_truth, for_data, for_fit = rng.spawn(3)
    if true is None:
        n = count("n_subjects", n_subjects)
        true = model.from_free(np.stack([p.draw_start(n, for_truth) for p in model.parameters.values()], axis=1))
    true = numbers("true", true)
    seen = simulated(model, true, n_trials=n_trials, data=data, rng=for_data)
    return Recovery(true, fit(model, seen, rng=for_fit, **options))


def model_recovery(
    models: Sequence[Model | SignalModel],
    *,
    n_subjects: int = 50,
    n_trials: int = 100,
    data: DataKind = "choices",
    by: Criterion = "bic",
    rng: Seed = None,
    **options: Unpack[FitOptions],
) -> ModelRecovery:
    """Simulate subjects of every model, fit all models to all, and count which wins.

    Parameters
    ----------
    models : sequence of Model, or of SignalModel
        At least two, of the same task, or with the same schedule.
    n_subjects, n_trials : int
        Simulated subjects of each model, and their trials.
    data : {"choices", "work", "signals"} or Offers
        What is seen of each subject, as in `simulated`.
    by : {"aic", "bic", "log_evidence"}
        What decides; the last needs method="map".
    rng : int, numpy.random.Generator or None
        Seed.
    **options
        For `fit`: method, n_starts, n_screen, max_iterations, progress.

    Returns
    -------
    ModelRecovery

    Raises
    ------
    TypeError, ValueError
        For fewer than two models, and as `fit`.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.bandit([0.2, 0.8])
    >>> beta = {"inverse_temperature": rpe.fit.Parameter(0, 20, start=(2, 6))}
    >>> learns = rpe.fit.Model(rpe.agents.QLearner(learning_rate=0.2, discount=0.0), task, beta, name="learns")
    >>> knows = rpe.fit.Model(rpe.agents.Planner(rpe.discounting.Exponential(0.9)), task, beta, name="knows")
    >>> rpe.fit.model_recovery([learns, knows], n_subjects=20, n_trials=60, n_starts=1, rng=0).confusion.shape
    (2, 2)
    """
    models = [instance("models", model, Model | SignalModel) for model in sequence("models", models)]
    if len(models) < 2:
        raise ValueError(f"models must be at least two; got {len(models)}")
    choice("by", by, CRITERIA)
    scores = []
    for source, own in zip(models, generator(rng).spawn(len(models)), strict=True):
        for_truth, for_data, *for_fits = own.spawn(2 + len(models))
        draws = [p.draw_start(count("n_subjects", n_subjects), for_truth) for p in source.parameters.values()]
        true = source.from_free(np.stack(draws, axis=1))
        seen = simulated(source, true, n_trials=n_trials, data=data, rng=for_data)
        fits = [fit(model, seen, rng=seed, **options) for model, seed in zip(models, for_fits, strict=True)]
        scores.append(np.stack([criterion(found, by) for found in fits], axis=1))
    every = np.stack(scores)
    return ModelRecovery(tuple(model.name for model in models), every.argmax(axis=2), by, every)
