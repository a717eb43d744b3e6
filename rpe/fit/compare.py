"""Comparison of models: criteria, cross-validation, and random-effects Bayesian model selection."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, choice, count, numbers
from rpe.fit.data import Choices
from rpe.fit.estimate import Fit, fit
from rpe.fit.likelihood import log_likelihood
from rpe.fit.model import Model
from rpe.table import Table


class Selection(NamedTuple):
    """What random-effects selection says of n_models models.

    Attributes
    ----------
    frequency : float array (n_models,)
        Expected share of the population that each model describes.
    exceedance : float array (n_models,)
        Probability that a model is more frequent than every other.
    protected : float array (n_models,)
        The same, protected against the chance that the models are equally frequent.
    omnibus_risk : float
        Posterior probability that the models are equally frequent.
    responsibility : float array (n_subjects, n_models)
        Probability that each model generated each subject's data.
    """

    frequency: Floats
    exceedance: Floats
    protected: Floats
    omnibus_risk: float
    responsibility: Floats


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
    See `rpe.fit.model_recovery`.
    """
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


def cross_validate(
    model: Model,
    data: Choices,
    *,
    n_folds: int = 5,
    method: str = "ml",
    n_starts: int = 5,
    rng: Any = None,
) -> Floats:
    """Return each subject's log likelihood on trials that the fit did not see, summed over folds.

    The folds are runs of successive trials. All trials are replayed, so that the agent has learned
    what the subject could have learned; only those outside the fold are scored by the fit.

    Parameters
    ----------
    model : Model
        What to fit.
    data : Choices
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
    """
    if not isinstance(data, Choices):
        raise TypeError(f"data must be Choices, whose trials can be left out; got {type(data).__name__}")
    n_trials = data.action.shape[1]
    fold = np.arange(n_trials) * count("n_folds", n_folds, 2, n_trials) // n_trials
    total = np.zeros(data.n_subjects)
    for left_out in range(n_folds):
        found = fit(model, data, method=method, n_starts=n_starts, rng=rng, trials=fold != left_out)
        if model.in_task:
            each = [
                log_likelihood(*model.at(x), data.take([i]), fold == left_out) for i, x in enumerate(found.estimates)
            ]
            total += np.concatenate(each)
        else:
            total += log_likelihood(*model.at(found.estimates), data, fold == left_out)
    return total


def random_effects(log_evidence: Any, *, n_samples: int = 1_000_000, rng: Any = None) -> Selection:
    """Select among models when each subject may follow another: variational Bayes for model frequencies.

    With a Dirichlet prior α₀ = 1 over the models' frequencies, iterate

        g_nk ∝ exp(ln p(y_n|k) + ψ(α_k) − ψ(Σα)),   α_k = α₀ + Σ_n g_nk.

    Parameters
    ----------
    log_evidence : float array (n_subjects, n_models)
        Such as `Fit.log_evidence` of each model, or −BIC/2.
    n_samples : int
        Draws for the exceedance probabilities.
    rng : int, numpy.random.Generator or None
        Seed of these draws.

    Returns
    -------
    Selection

    Raises
    ------
    TypeError, ValueError
        For NaN, or fewer than two models.

    References
    ----------
    Stephan, K. E., Penny, W. D., Daunizeau, J., Moran, R. J. & Friston, K. J. (2009). Bayesian
    model selection for group studies. NeuroImage 46, 1004-1017.
    doi:10.1016/j.neuroimage.2009.03.025
    Rigoux, L., Stephan, K. E., Friston, K. J. & Daunizeau, J. (2014). Bayesian model selection for
    group studies - revisited. NeuroImage 84, 971-985. doi:10.1016/j.neuroimage.2013.08.065

    Examples
    --------
    >>> import numpy as np
    >>> found = random_effects(np.array([[0.0, -6.0]] * 18 + [[-6.0, 0.0]] * 2), rng=0)
    >>> found.frequency.round(2)
    array([0.87, 0.13])
    """
    evidence = numbers("log_evidence", log_evidence)
    if evidence.ndim != 2 or evidence.shape[1] < 2 or not len(evidence):
        raise ValueError(f"log_evidence must have shape (n_subjects, n_models of at least 2); got {evidence.shape}")
    n_models = evidence.shape[1]
    responsibility, alpha = _dirichlet(evidence)
    draws = np.random.default_rng(rng).dirichlet(alpha, count("n_samples", n_samples))
    exceedance = np.bincount(draws.argmax(axis=1), minlength=n_models) / n_samples
    risk = _omnibus_risk(evidence, responsibility, alpha)
    protected = (1 - risk) * exceedance + risk / n_models
    return Selection(alpha / alpha.sum(), exceedance, protected, risk, responsibility)


def criterion(found: Fit, name: str) -> Floats:
    """Return what a fit says for its model, (n_subjects,); higher is better.

    Parameters
    ----------
    found : Fit
        Of one model.
    name : {"aic", "bic", "log_evidence"}
        The first two as −AIC/2 and −BIC/2, on the scale of a log evidence.
    """
    choice("criterion", name, ("aic", "bic", "log_evidence"))
    return found.log_evidence if name == "log_evidence" else -0.5 * getattr(found, name)


def _dirichlet(evidence: Floats) -> tuple[Floats, Floats]:
    """Responsibilities (n_subjects, n_models) and the Dirichlet's counts (n_models,)."""
    from scipy.special import digamma

    alpha = np.ones(evidence.shape[1])
    for _ in range(10_000):
        log_g = evidence + digamma(alpha) - digamma(alpha.sum())
        g = np.exp(log_g - log_g.max(axis=1, keepdims=True))
        g /= g.sum(axis=1, keepdims=True)
        new = 1.0 + g.sum(axis=0)
        rests = np.abs(new - alpha).max() < 1e-10
        alpha = new
        if rests:
            break
    return g, alpha


def _omnibus_risk(evidence: Floats, g: Floats, alpha: Floats) -> float:
    """The posterior probability of equal frequencies (Rigoux et al. 2014, Eq. 7)."""
    from scipy.special import digamma, expit, gammaln, logsumexp

    n_models = evidence.shape[1]
    even = logsumexp(evidence - np.log(n_models), axis=1).sum()
    log_r = digamma(alpha) - digamma(alpha.sum())
    entropy_g = -np.sum(g * np.log(np.maximum(g, 1e-300)))
    entropy_r = gammaln(alpha).sum() - gammaln(alpha.sum()) - ((alpha - 1) * log_r).sum()
    free = (g * (evidence + log_r)).sum() + gammaln(n_models) + entropy_g + entropy_r
    return float(expit(even - free))


def _same_data(fits: Sequence[Fit]) -> None:
    if len(fits) < 2:
        raise ValueError(f"fits must be of at least two models; got {len(fits)}")
    for other in fits[1:]:
        if other.subjects != fits[0].subjects or not np.array_equal(other.n_choices, fits[0].n_choices):
            raise ValueError(
                f"fits must be of the same data; {other.model.name!r} saw others than {fits[0].model.name!r}"
            )
