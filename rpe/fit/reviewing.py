"""What a reviewer asks of a modelling study, in one call: comparison, recovery, confusion, predictive check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from rpe._checks import Floats, Seed, choice, count, generator, sequence
from rpe.fit.comparison import CRITERIA, Criterion, compare, criterion
from rpe.fit.estimates import Fit
from rpe.fit.estimation import FitOptions, fit_all
from rpe.fit.intervals import simulated_again
from rpe.fit.model import Model
from rpe.fit.objective import Data
from rpe.fit.recovery import ModelRecovery, Recovery, model_recovery, parameter_recovery
from rpe.fit.signal_objective import SignalObjective
from rpe.fit.signals import SignalModel
from rpe.fit.synthetic import DataKind
from rpe.records import Offers, Signals, WorkLog
from rpe.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class Review:
    """A modelling study as a reviewer wants to see it.

    Attributes
    ----------
    fits : tuple of Fit
        Of every model, in order.
    best : Fit
        Of the model that is best over all subjects.
    recovery : Recovery
        Of that model's parameters, from subjects simulated at its estimates.
    confusion : ModelRecovery
        Which model is found for simulated subjects of which.
    observed : float array (n_subjects, n_points)
        For the predictive check: whether the action chosen most often was chosen (the last option, of offers),
        units done, or mean responses.
    simulated : float array (n_draws, n_subjects, n_points)
        The same at the best model's estimates.

    Examples
    --------
    >>> import rpe
    >>> arms, bias = rpe.tasks.bandit([0.2, 0.8]), {"bias": rpe.fit.Parameter(0, 1)}
    >>> one, two = (rpe.fit.Model(rpe.agents.BiasedGuesser(), arms, bias, name=name) for name in "AB")
    >>> data = rpe.fit.simulated(one, [[0.4], [0.6]], n_trials=20, rng=0)
    >>> rpe.fit.review([one, two], data, n_subjects=3, n_draws=20, n_starts=1, rng=0).comparison["model"].tolist()
    ['A', 'B']
    """

    fits: tuple[Fit, ...]
    best: Fit
    recovery: Recovery
    confusion: ModelRecovery
    observed: Floats
    simulated: Floats

    @property
    def comparison(self) -> Table:
        """As `rpe.fit.compare`."""
        return compare(self.fits)

    @property
    def misses(self) -> float:
        """Share of points at which the mean over subjects lies outside the middle 95 % of simulated means."""
        low, high = np.quantile(self.simulated.mean(axis=1), [0.025, 0.975], axis=0)
        mean = self.observed.mean(axis=0)
        return float(((mean < low) | (mean > high)).mean())

    def __repr__(self) -> str:
        said = f"predictive check: {self.misses:.0%} of points outside the middle 95% of what the model makes"
        warnings = "".join(f"\n! {line}" for line in self.best.report().splitlines()[:3])
        parts = (f"Review; best is {self.best.model.name!r}", self.comparison, self.recovery, self.confusion)
        return "\n".join((*map(str, parts), said)) + warnings

    def page(self) -> "tuple[Axes, ...]":
        """Draw recovery, confusion and predictive check on one page, see `rpe.plots.reviewer_page`."""
        from rpe.plots import reviewer_page

        return reviewer_page(
            self.recovery.true,
            self.recovery.fit.estimates,
            parameters=self.best.model.names,
            matrix=self.confusion.confusion,
            models=self.confusion.names,
            observed=self.observed,
            simulated=self.simulated,
        )


def review(
    models: Sequence[Model | SignalModel],
    data: Data | Signals,
    *,
    by: Criterion = "bic",
    n_subjects: int = 30,
    n_draws: int = 40,
    rng: Seed = None,
    **options: Unpack[FitOptions],
) -> Review:
    """Fit and compare models, and recover parameters and models in studies of the same design.

    Parameters
    ----------
    models : sequence of Model or SignalModel
        At least two.
    data : Choices, WorkLog or Offers; Signals of SignalModels
        Of the subjects.
    by : {"aic", "bic", "log_evidence"}
        What decides between models, over all subjects and for each simulated one.
    n_subjects : int
        Simulated subjects of each model; those of the best have estimates of people, drawn with replacement.
    n_draws : int
        Simulated studies of the predictive check, at least 20.
    rng : int, numpy.random.Generator or None
        Seed.
    **options
        For `fit`: method, n_starts, n_screen, max_iterations, progress.

    Returns
    -------
    Review
        Printed, all numbers; `page()` draws it.

    Raises
    ------
    TypeError, ValueError
        As `fit_all` and `model_recovery`.

    References
    ----------
    Wilson, R. C. & Collins, A. G. E. (2019). Ten simple rules for the computational modeling of
    behavioral data. eLife 8, e49547. doi:10.7554/eLife.49547

    Examples
    --------
    >>> import rpe
    >>> arms, beta = rpe.tasks.bandit([0.2, 0.8]), {"inverse_temperature": rpe.fit.Parameter(0, 20, start=(2, 6))}
    >>> learns = rpe.fit.Model(rpe.agents.QLearner(learning_rate=0.2, discount=0.0), arms, beta, name="learns")
    >>> knows = rpe.fit.Model(rpe.agents.Planner(rpe.discounting.Exponential(0.9)), arms, beta, name="knows")
    >>> data = rpe.fit.simulated(learns, [[3.0]] * 5, n_trials=40, rng=0)
    >>> found = review([learns, knows], data, n_subjects=5, n_draws=20, n_starts=1, rng=0)
    >>> found.best.model.name, found.observed.shape, found.simulated.shape
    ('learns', (5, 40), (20, 5, 40))
    """
    models = sequence("models", models)
    if len(models) < 2:
        raise ValueError(f"models must be at least two; got {len(models)}")
    choice("by", by, CRITERIA)
    n, n_draws = count("n_subjects", n_subjects, 3), count("n_draws", n_draws, 20)
    for_fit, for_people, for_recovery, for_models, for_draws = generator(rng).spawn(5)
    fits = fit_all(models, data, rng=for_fit, **options)
    best = max(fits, key=lambda found: float(criterion(found, by).sum()))
    true = best.estimates[for_people.integers(0, len(best.subjects), n)]
    kind, n_trials = _kind(data)
    study: dict[str, Any] = {"n_trials": n_trials, "data": kind}
    return Review(
        tuple(fits),
        best,
        parameter_recovery(best.model, true=true, rng=for_recovery, **study, **options),  # type: ignore[arg-type]
        model_recovery(models, n_subjects=n, by=by, rng=for_models, **study, **options),
        *_check(best, n_draws, for_draws),
    )


def _kind(data: Data | Signals) -> tuple[DataKind, int]:
    """How a study of the same design is simulated: what is seen, and trials."""
    if isinstance(data, Signals | WorkLog):
        return ("signals" if isinstance(data, Signals) else "work"), 1
    # All simulated subjects are offered what the first one was.
    return (data.take([0]) if isinstance(data, Offers) else "choices"), data.action.shape[1]


def _check(found: Fit, n_draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """What was seen of every subject, and what it looks like at the estimates."""
    objective: Any = found.objective
    if isinstance(objective, SignalObjective):
        response, n = objective.data.response, len(found.subjects)
        drawn = objective.drawn(found.free, n_draws, rng).reshape(-1, *response.shape[1:])
        return _means(response), _means(drawn).reshape(n_draws, n, -1)
    made, _ = simulated_again(found, n_draws, rng)
    data: Data = objective.data
    if isinstance(data, WorkLog) and isinstance(made, WorkLog):
        seen, drawn = data.units[:, 1:].astype(np.float64), made.units[:, 1:].astype(np.float64)
    else:
        assert not isinstance(data, WorkLog)
        assert not isinstance(made, WorkLog)
        action = data.action
        counts = np.bincount(action[action >= 0])
        most = (
            len(data.attributes[next(iter(data.attributes))][0, 0]) - 1 if isinstance(data, Offers) else counts.argmax()
        )
        seen, drawn = (_first(each.action == most).astype(np.float64) for each in (data, made))
    return seen, drawn.reshape(len(seen), n_draws, -1).transpose(1, 0, 2)


def _first(chosen: Any) -> Any:
    """Whether it was chosen at the first step of each trial."""
    return chosen if chosen.ndim == 2 else chosen[:, :, 0]


def _means(response: Floats) -> Floats:
    """Mean over trials of every step, 0 where nothing was recorded."""
    seen = np.isfinite(response)
    return np.where(seen, response, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
