"""Damped scoring: Newton steps with the expected information, for many fits at once, damped by Levenberg's rule."""

from collections.abc import Callable

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.fit.model import EDGE
from rpe.fit.objective import Search

# In log units.
_ENOUGH = 1e-6
# Where a fit rests although its score promises more than this, the objective has a kink. Then so many points around it
# are tried at a time, drawn with the spread of the estimates times a scale that is halved where none is better.
_KINK, _POINTS, _SCALES, _ROUNDS = 1e-3, 16, (1.0, 0.02), 16


def optimise(
    objective: Search,
    u: Floats,
    subject: Ints,
    max_iterations: int = 200,
    converged: Callable[[int], None] | None = None,
    *,
    enough: float = _ENOUGH,
) -> tuple[Floats, Floats, Bools]:
    """Maximise from u (n, p) by damped scoring; return where each fit ended, its value, and whether it converged.

    Parameters
    ----------
    objective : Search
        Of groups of subjects.
    u : float array (n, n_parameters)
        Where each fit starts, on the unconstrained scale.
    subject : int array (n,)
        The group whose data each fit is to.
    max_iterations : int
        After which a fit counts as not converged.
    converged : callable, optional
        Called with how many fits have converged in an iteration.
    enough : float
        An iteration that promises less than this, in log units, is the last.
    """
    u = np.clip(u, -EDGE, EDGE)
    n = len(u)
    value, damping, rested = np.empty(n), np.full(n, 1e-3), np.zeros(n, dtype=np.bool_)
    here = objective.slope(u, subject)
    value[:] = here.value
    score, information = here.score.copy(), here.information.copy()
    going = np.arange(n)
    for _ in range(max_iterations):
        step, promise = _step(u[going], score[going], information[going], damping[going])
        stops = promise < enough
        rested[going[stops]] = True
        if converged is not None:
            converged(int(stops.sum()))
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


def unstuck(
    objective: Search, u: Floats, value: Floats, subject: Ints, max_iterations: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Search around those of the fits u (n, p) that rest at a kink; return where each ends, and its value.

    Planners take maxima over plans, so that the likelihood of their work is smooth between kinks only.
    """
    here = objective.slope(u, subject)
    damping = np.full(len(u), 1e-9)
    stuck = _step(u, here.score, here.information, damping)[1] >= _KINK
    u, value, scale = u.copy(), value.copy(), np.full(len(u), _SCALES[0])
    going = np.flatnonzero(stuck)
    for _ in range(_ROUNDS):
        if not len(going):
            break
        spread = scale[going, None, None] * _spread(here.information[going])
        away = np.einsum("nij,nkj->nki", spread, rng.normal(size=(len(going), _POINTS, u.shape[1])))
        tried = np.clip(u[going, None] + away, -EDGE, EDGE)
        worth = objective.worth(tried.reshape(-1, u.shape[1]), np.repeat(subject[going], _POINTS))
        worth = worth.reshape(len(going), _POINTS)
        better = worth.max(axis=1) > value[going] + _KINK
        moved = going[better]
        if len(moved):
            start = tried[better, worth[better].argmax(axis=1)]
            u[moved], value[moved], _ = optimise(objective, start, subject[moved], max_iterations)
        scale[going[~better]] /= 2
        going = going[scale[going] >= _SCALES[1]]
    return u, value


def _spread(information: Floats) -> Floats:
    """Matrices (n, p, p) whose products with standard normal draws have the covariance of estimates, at most 9."""
    root, axes = np.linalg.eigh(information)
    return axes / np.sqrt(np.maximum(root, 1 / 9))[:, None, :]


def polished(objective: Search, u: Floats, value: float, subject: int) -> tuple[Floats, float, bool]:
    """Return the maximum from u (p,) by SciPy, its value and whether it converged; u itself if that is better."""
    from scipy.optimize import minimize

    who = np.array([subject])

    def down(at: Floats) -> tuple[float, Floats]:
        slope = objective.slope(at[None], who)
        return -float(slope.value[0]), -slope.score[0]

    found = minimize(down, u, jac=True, method="L-BFGS-B", bounds=[(-EDGE, EDGE)] * len(u))
    return (found.x, -float(found.fun), bool(found.success)) if -found.fun >= value else (u, value, False)


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
