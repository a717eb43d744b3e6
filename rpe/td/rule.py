"""The options of linear TD(λ) for a block of agents, and one step of the trace."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rpe._checks import Floats

Note = Callable[[Floats, Floats], None]


class Rule(NamedTuple):
    """The checked options of `rpe.td.learn` for a block of agents.

    Attributes
    ----------
    learning_rate, discount, trace_decay : float array (n,) or ()
        α, γ and λ.
    bootstrap, trace : str
        As in `rpe.td.learn`.
    value_floor : float
        −∞ if there is none.
    reset : bool
        Whether a trial starts with value 0 and an empty trace.
    """

    learning_rate: Floats
    discount: Floats
    trace_decay: Floats
    bootstrap: str
    trace: str
    value_floor: float
    reset: bool

    @property
    def decay(self) -> Floats:
        """By how much a step shrinks the trace, γλ."""
        return self.discount * self.trace_decay

    @property
    def floored(self) -> bool:
        """Whether values have a floor."""
        return self.value_floor > -np.inf

    @property
    def shares_discount(self) -> bool:
        """Whether all agents have the same γ and λ."""
        return self.discount.ndim == 0 and self.trace_decay.ndim == 0

    @property
    def shares_trace(self) -> bool:
        """Whether all agents have the same γ and the same trace."""
        return self.shares_discount and (self.trace != "dutch" or self.learning_rate.ndim == 0)


def next_trace(trace: Floats, now: Floats, rule: Rule) -> Floats:
    """Return the trace after a step with the features `now`; both (n_features,) or (n_features, n)."""
    trace = rule.decay * trace
    if rule.trace == "replacing":
        return np.where(now != 0, now, trace)
    if rule.trace == "dutch":
        return trace + (1 - rule.learning_rate * (now * trace).sum(axis=0)) * now
    return trace + now


def aligned(*shape: int) -> Floats:
    """Return an array, not yet filled, that starts at a cache line: arithmetic into it is up to twice as fast."""
    size = math.prod(shape)
    room = np.empty(size + 8)
    start = -room.ctypes.data % 64 // 8
    return room[start : start + size].reshape(shape)


def add_income(delta: Floats, income: Floats) -> None:
    """Add what was paid; what all agents get, only where it is not 0."""
    if income.shape[1] < delta.shape[1]:
        for step in np.flatnonzero(income):
            delta[step] += income[step]
    else:
        delta += income
