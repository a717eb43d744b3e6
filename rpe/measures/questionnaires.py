"""Score of a questionnaire of monetary choices: the discount rate k at which answers switch."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, numbers


class DiscountScore(NamedTuple):
    """Discount rates of several subjects by their answers, without a model of noise.

    Attributes
    ----------
    k : float array (n_subjects,)
        Per day.
    consistency : float array (n_subjects,)
        Share of the answers that agree with k.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> rpe.measures.DiscountScore(np.array([0.01, 0.1]), np.array([1.0, 0.9])).k.tolist()  # per day
    [0.01, 0.1]
    """

    k: Floats
    consistency: Floats


def discount_score(
    now: npt.ArrayLike, later: npt.ArrayLike, delay: npt.ArrayLike, chose_later: npt.ArrayLike
) -> DiscountScore:
    """Return the hyperbolic discount rate of monetary choices by Kirby's scoring.

    Each item has a rate k = (later/now − 1) / delay at which its two amounts are worth the same;
    whoever discounts less steeply than that waits. Candidates are the geometric means of the rates
    of neighbouring items, and the lowest and highest rates; a subject's k is the one with which most
    answers agree, the geometric mean of all such where several do.

    Parameters
    ----------
    now, later : float array (n_items,)
        Amounts, 0 < now < later. Score items of small, medium and large amounts apart, as Kirby does.
    delay : float array (n_items,)
        Days > 0 until the later one.
    chose_later : array (n_subjects, n_items)
        1 for the later amount, 0 for that of now.

    Raises
    ------
    TypeError, ValueError
        For amounts and delays out of range, answers that are neither, or shapes that do not match.

    References
    ----------
    Kirby, K. N., Petry, N. M. & Bickel, W. K. (1999). Heroin addicts have higher discount rates for
    delayed rewards than non-drug-using controls. Journal of Experimental Psychology: General 128,
    78-87. doi:10.1037/0096-3445.128.1.78

    Examples
    --------
    >>> score = discount_score([19, 24, 34], [25, 35, 35], [53, 29, 186], [[0, 1, 0]])
    >>> score.k.round(6), score.consistency
    (array([0.009704]), array([1.]))
    """
    sooner, wait = between("now", now, 0, open_low=True), between("delay", delay, 0, open_low=True)
    more, answer = numbers("later", later), between("chose_later", chose_later, 0, 1)
    if sooner.ndim != 1 or not sooner.shape == more.shape == wait.shape or (more <= sooner).any():
        raise ValueError(f"now, later and delay must have shape (n_items,), now below later; got {sooner}, {more}")
    if answer.ndim != 2 or answer.shape[1] != len(sooner) or ((answer != 0) & (answer != 1)).any():
        raise ValueError(f"chose_later must be 0 or 1, (n_subjects, {len(sooner)}); got shape {answer.shape}")
    rate = (more / sooner - 1) / wait
    levels = np.unique(rate)
    candidates = np.concatenate([levels[:1], np.sqrt(levels[1:] * levels[:-1]), levels[-1:]])
    # Waiting is what a rate below that of the item predicts; at the lowest rate all wait, at the highest none.
    waits = candidates[:, None] < rate
    waits[0] = True
    agrees = (waits == (answer[:, None] == 1)).mean(axis=2)
    best = agrees >= agrees.max(axis=1, keepdims=True) - 1e-12
    k = np.exp((best * np.log(candidates)).sum(axis=1) / best.sum(axis=1))
    return DiscountScore(k, agrees.max(axis=1))
