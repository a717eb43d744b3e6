"""Comparison of models: information criteria and cross-validation."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from rpe._checks import Bools, Floats, Seed, choice, count, hinting, instance, sequence
from rpe.fit.estimates import Fit
from rpe.fit.estimation import Method, fit
from rpe.fit.likelihood import log_likelihood
from rpe.fit.model import Model
from rpe.fit.offer_models import offer_log_likelihood
from rpe.fit.signal_objective import SignalObjective
from rpe.fit.signals import SignalModel
from rpe.records import Choices, Offers, Signals
from rpe.table import Table

Criterion = Literal["aic", "bic", "log_evidence"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)


@hinting
def compare(fits: Sequence[Fit]) -> Table:
    """Return the criteria of several models of the same data, one row per model, summed over subjects.

    Parameters
    ----------
    fits : sequence of Fit
        Of the same subjects.

    Returns
    -------
    Table
        Columns model, n_parameters, log_likelihood, aic, bic, log_evidence (NaN without a prior),
        and n_best_aic and n_best_bic: for how many subjects each is best.

    Raises
    ------
    ValueError
        For fewer than two models, or other subjects or choices.

    Examples
    --------
    >>> import rpe
    >>> free = {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)}
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]), free, name="learns")
    >>> data = rpe.fit.simulated(model, [[0.2, 3.0], [0.5, 2.0]], n_trials=60, rng=0)
    >>> learner, some = rpe.agents.QLearner(learning_rate=0.0), {"exploration": rpe.fit.Parameter(0, 1)}
    >>> guesses = rpe.fit.Model(learner, model.task, some, name="guesses")
    >>> table = rpe.fit.compare([rpe.fit.fit(each, data, n_starts=2, rng=0) for each in (model, guesses)])
    >>> table["model"].tolist(), bool(table["bic"][0] < table["bic"][1])
    (['learns', 'guesses'], True)
    """
    fits = [instance("fits", each, Fit) for each in sequence("fits", fits)]
    _same_data(fits)
    aic, bic = (np.stack([getattr(f, name) for f in fits]) for name in ("aic", "bic"))
    models = range(len(fits))
    return Table(
        {
            "model": [f.model.name for f in fits],
            "n_parameters": [f.model.n_parameters for f in fits],
            "log_likelihood": [f.log_likelihood.sum() for f in fits],
            "aic": aic.sum(axis=1),
            "bic": bic.sum(axis=1),
            "log_evidence": [np.nan if f.prior is None else f.log_evidence.sum() for f in fits],
            "n_best_aic": [int((aic.argmin(axis=0) == i).sum()) for i in models],
            "n_best_bic": [int((bic.argmin(axis=0) == i).sum()) for i in models],
        }
    )


@hinting
def cross_validate(
    model: Model | SignalModel,
    data: Choices | Offers | Signals,
    *,
    n_folds: int = 5,
    method: Method = "ml",
    n_starts: int = 5,
    rng: Seed = None,
) -> Floats:
    """Return each subject's log likelihood on trials that the fit did not see, summed over folds.

    The folds are runs of successive trials. All trials are replayed, so that the agent has learned
    what the subject could have learned; only those outside the fold are scored by the fit.

    Parameters
    ----------
    model : Model or SignalModel
        What to fit.
    data : Choices, Offers or Signals
        Of the subjects.
    n_folds : int
        From 2 to the number of trials.
    method, n_starts, rng
        As in `fit`.

    Returns
    -------
    float array (n_subjects,)

    Raises
    ------
    TypeError, ValueError
        For work over time, whose days cannot be taken apart, or options out of range.

    References
    ----------
    Stone, M. (1974). Cross-validatory choice and assessment of statistical predictions. Journal of
    the Royal Statistical Society B 36(2), 111-147. doi:10.1111/j.2517-6161.1974.tb00994.x

    Examples
    --------
    >>> import rpe
    >>> free = {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)}
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]), free, name="learns")
    >>> data = rpe.fit.simulated(model, [[0.2, 3.0], [0.5, 2.0]], n_trials=60, rng=0)
    >>> unseen = rpe.fit.cross_validate(model, data, n_folds=3, n_starts=1, rng=0)
    >>> unseen.shape, bool((unseen > 60 * -0.6931).all())
    ((2,), True)
    """
    if not isinstance(data, Choices | Offers | Signals):
        raise TypeError(
            f"data must be Choices, Offers or Signals, whose trials can be left out; got {type(data).__name__}"
        )
    n_trials = (data.response if isinstance(data, Signals) else data.action).shape[1]
    fold = np.arange(n_trials) * count("n_folds", n_folds, 2, n_trials) // n_trials
    total = np.zeros(data.n_subjects)
    for left_out in range(n_folds):
        found = fit(model, data, method=method, n_starts=n_starts, rng=rng, trials=fold != left_out)
        total += _held_out(found, data, fold == left_out)
    return total


def _held_out(found: Fit, data: Choices | Offers | Signals, trials: Bools) -> Floats:
    """The log likelihood (n_subjects,) of trials at estimates that did not see them."""
    model, objective = found.model, found.objective
    if isinstance(objective, SignalObjective):
        return objective.held_out(found.free, trials)
    assert isinstance(model, Model)
    assert not isinstance(data, Signals)
    if isinstance(data, Offers):
        return offer_log_likelihood(model.at(found.estimates)[0], data, trials)
    if not model.in_task:
        return log_likelihood(*model.at(found.estimates), data, trials)
    each = [log_likelihood(*model.at(x), data.take([i]), trials) for i, x in enumerate(found.estimates)]
    return np.concatenate(each)


def criterion(found: Fit, name: Criterion) -> Floats:
    """Return what a fit says for its model, (n_subjects,); higher is better.

    Parameters
    ----------
    found : Fit
        Of one model.
    name : {"aic", "bic", "log_evidence"}
        The first two as −AIC/2 and −BIC/2, on the scale of a log evidence.
    """
    choice("criterion", name, CRITERIA)
    return found.log_evidence if name == "log_evidence" else -0.5 * getattr(found, name)


def _same_data(fits: Sequence[Fit]) -> None:
    if len(fits) < 2:
        raise ValueError(f"fits must be of at least two models; got {len(fits)}")
    for other in fits[1:]:
        if other.subjects != fits[0].subjects or not np.array_equal(other.n_choices, fits[0].n_choices):
            raise ValueError(
                f"fits must be of the same data; {other.model.name!r} saw others than {fits[0].model.name!r}"
            )
