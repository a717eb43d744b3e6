"""Stability of learning rules: what grows without limit is an error that names theory, cause and limit."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Seed, generator, instance, known_keywords
from rpe.schedules import Schedule
from rpe.td.step_by_step import Rule, next_trace
from rpe.theories._continuous_time import States
from rpe.theories.protocol import Learned, Stability, name_of

# An error is divergence from this many times the largest reward (or the unit reward) on.
_LARGEST = 1e6


class Divergence(ArithmeticError):
    """What a theory learned left all bounds; the message names the theory, trial, agent, cause and limit.

    Examples
    --------
    >>> import rpe
    >>> try:
    ...     rpe.theories.ValueDecayTD().learn(rpe.schedules.design("ABCDE+ x200"))
    ... except Divergence as error:
    ...     print(str(error).partition("; ")[2])
    α |x|² = 2.5 overshoots above 1, and without end from 2 on
    """


# A method `learn`, which keeps its signature.
Learn = TypeVar("Learn", bound=Callable[..., Learned])


def bounded(learn: Learn) -> Learn:
    """Return a method `learn` that raises `Divergence` where what it learned has left all bounds."""

    @wraps(learn)
    def checked(self: Any, schedule: Schedule, rng: Seed = None, **others: Any) -> Learned:
        known_keywords(f"{type(self).__name__}.learn()", others, ("schedule", "rng"))
        # Overflow is found below, and told in words.
        with np.errstate(over="ignore", invalid="ignore"):
            learned = _named(learn, self, schedule, rng)
        _check(self, schedule, learned)
        return learned

    return cast(Learn, checked)


def around(learn: Learn) -> Learn:
    """Return a method `learn` of a theory around another one, which names both where the inner one diverges."""

    @wraps(learn)
    def named(self: Any, schedule: Schedule, rng: Seed = None, **others: Any) -> Learned:
        known_keywords(f"{type(self).__name__}.learn()", others, ("schedule", "rng"))
        return _named(learn, self, schedule, rng)

    return cast(Learn, named)


def _named(learn: Callable[..., Learned], theory: Any, schedule: Schedule, rng: Seed) -> Learned:
    instance("schedule", schedule, Schedule)
    generator(rng)
    try:
        return learn(theory, schedule, rng)
    except Divergence as error:
        raise Divergence(f"{name_of(theory)}: {error}") from error


def _check(theory: Any, schedule: Schedule, learned: Learned) -> None:
    limit = _LARGEST * max(float(np.abs(schedule.reward).max()), 1.0)
    error = np.nan_to_num(np.abs(learned.delta), nan=0.0, posinf=np.inf)
    if error.max() <= limit and np.isfinite(learned.value).all():
        return
    bad = np.asarray(((error > limit) | ~np.isfinite(learned.value)).any(axis=2))
    trial = int(bad.any(axis=0).argmax())
    agent = int(bad[:, trial].argmax())
    known = theory.stability(schedule)
    raise Divergence(
        f"{name_of(theory)}, diverges: |δ| passes {limit:.0e} in trial {trial} (agent {agent}); "
        f"{known.quantity} = {known.value:.3g} overshoots above {known.safe:g}, "
        f"and without end from {known.limit:g} on"
    )


def rate_times_features(learning_rate: npt.ArrayLike, x: Floats) -> Stability:
    """Return the stability of a delta rule, α |x|² < 2; up to 1 nothing overshoots; x is (..., n_features)."""
    return Stability("α |x|²", float(np.max(learning_rate) * (x**2).sum(axis=-1).max()), 2.0)


def rate_times_states(learning_rate: npt.ArrayLike, states: States) -> Stability:
    """Return the stability of TD(0) over states of which some are on at a time."""
    known = states.place < states.n_rows
    return Stability(
        "α Σ x", float(np.max(learning_rate) * (states.level * states.credit * known).sum(axis=2).max()), 2.0
    )


def corrected(x: Floats, rule: Rule) -> Stability:
    """Return the share of an error that its own update takes away, κ = α e·(x_{t−1} − γ x_t), where it is largest.

    After an update the error of the same transition is (1 − κ) δ; features are (n_trials, n_steps, n_features).
    """
    n, largest = int(np.size(rule.learning_rate + rule.discount + rule.trace_decay)), 0.0
    for trial in np.unique(x, axis=0):
        trace, before = np.zeros((x.shape[2], n)), np.zeros((x.shape[2], 1))
        for now in trial[:, :, None]:
            kappa = rule.learning_rate * (trace * (before - rule.discount * now)).sum(axis=0)
            largest = max(largest, float(kappa.max()))
            trace, before = next_trace(trace, now[:, 0][:, None], rule), now
    return Stability("κ = α e·(x − γ x′)", largest, 2.0)
