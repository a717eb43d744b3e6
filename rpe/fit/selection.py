"""Random-effects Bayesian model selection: subjects may follow different models."""

from typing import NamedTuple

import numpy as np

from rpe._checks import ArrayLike, Floats, Seed, count, generator, numbers
from rpe.table import Table


class Selection(NamedTuple):
    """Random-effects selection among n_models models.

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

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> found = rpe.fit.random_effects(np.array([[0.0, -6.0]] * 18 + [[-6.0, 0.0]] * 2), rng=0)
    >>> bool(found.frequency[0] > 0.8), found.responsibility.shape
    (True, (20, 2))
    """

    frequency: Floats
    exceedance: Floats
    protected: Floats
    omnibus_risk: float
    responsibility: Floats

    @property
    def table(self) -> Table:
        """One row a model, by its place: expected frequency and exceedance probabilities."""
        columns = {"frequency": self.frequency, "exceedance": self.exceedance, "protected": self.protected}
        return Table({"model": np.arange(len(self.frequency)), **columns}, {"omnibus_risk": self.omnibus_risk})

    def __repr__(self) -> str:
        return f"Selection with omnibus risk {self.omnibus_risk:.3g}\n{self.table!r}"


def random_effects(log_evidence: ArrayLike, *, n_samples: int = 1_000_000, rng: Seed = None) -> Selection:
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
    draws = generator(rng).dirichlet(alpha, count("n_samples", n_samples))
    exceedance = np.bincount(draws.argmax(axis=1), minlength=n_models) / n_samples
    risk = _omnibus_risk(evidence, responsibility, alpha)
    protected = (1 - risk) * exceedance + risk / n_models
    return Selection(alpha / alpha.sum(), exceedance, protected, risk, responsibility)


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
