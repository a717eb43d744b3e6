"""What linear TD(λ) returns: errors and values of some agents, and the mean and variance over all."""

from typing import Literal, NamedTuple

import numpy as np

from rpe._checks import Floats, choice
from rpe._shown import brief

_LIMIT = 2 << 30
_IN_FULL = 64

Recorded = Literal["summary", "all", "none"]


class Learned(NamedTuple):
    """Result of linear TD(λ): errors, values and weights; time last.

    Attributes
    ----------
    delta : float array (n_recorded, n_trials, n_steps)
        Signed prediction errors on arrival, in reward units.
    value : float array (n_recorded, n_trials, n_steps)
        V at each step, before the update of that step, in reward units.
    weights : float array (n_agents, n_features)
        Weights at the end.
    delta_mean, delta_variance : float array (n_trials, n_steps)
        Mean and variance of the error over all agents; without entries, (0, n_steps), if nothing
        is recorded.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=50)
    >>> x = rpe.features.complete_serial_compound(s)
    >>> learned = rpe.td.learn(x, s.reward, learning_rate=0.1, discount=0.98, trace_decay=0.0)
    >>> learned.delta.shape, learned.weights.shape
    ((1, 50, 25), (1, 20))
    """

    delta: Floats
    value: Floats
    weights: Floats
    delta_mean: Floats
    delta_variance: Floats

    def __repr__(self) -> str:
        return brief(self)


def kept_in_full(record: str, n_agents: int, shape: tuple[int, ...]) -> int:
    """Return how many agents to record in full.

    Raises
    ------
    ValueError
        For an unknown `record`, or one that needs more than 2 GiB.
    """
    record = choice("record", record, ("summary", "all", "none"))
    kept = {"summary": min(n_agents, _IN_FULL), "all": n_agents, "none": 0}[record]
    size = 2 * 8 * kept * shape[0] * shape[1]
    if size > _LIMIT:
        less = "'summary' keeps 64 agents, " if record == "all" else ""
        raise ValueError(
            f"record must need at most {_LIMIT / 2**30:.0f} GiB; record={record!r} would need {size / 2**30:.1f} GiB "
            f"for {kept} agents ({less}'none' keeps the weights alone)"
        )
    return kept


class Record:
    """Errors and values of the first agents, and running sums over all."""

    def __init__(self, shape: tuple[int, ...], kept: int, n_agents: int) -> None:
        self._tables = np.empty((2, *shape, kept))
        self._delta, self._value = self._tables
        self._kept, self._n_agents = kept, n_agents
        self._summed = 0 < kept < n_agents or kept > _IN_FULL
        self._sums = np.zeros((2, *(shape if self._summed else (0, 0))))
        self._total, self._square = self._sums

    def shown(self, block: slice) -> int:
        """Return how many agents of a block are recorded in full."""
        return max(0, min(block.stop, self._kept) - block.start)

    def note(self, trial: int, first: int, delta: Floats, value: Floats) -> None:
        """Note a trial of a block of agents: errors (n_steps, n) and values (n_steps, n recorded)."""
        shown = value.shape[1]
        if shown:
            self._delta[trial, :, first : first + shown] = delta[:, :shown]
            self._value[trial, :, first : first + shown] = value
        if self._summed:
            self._total[trial] += delta @ np.ones(delta.shape[1])
            self._square[trial] += np.vecdot(delta, delta)

    def tables(self) -> tuple[Floats, Floats]:
        """Return the tables that a compiled loop fills in.

        Errors and values of the first agents, (2, n_trials, n_steps, n_kept); and sums of errors and of their squares,
        (2, n_trials, n_steps), or (2, 0, 0) if nobody asks.
        """
        return self._tables, self._sums

    def fill(self, delta: Floats, value: Floats) -> None:
        """Note all trials of the only agent: errors and values (n_trials, n_steps)."""
        if self._kept:
            self._delta[:, :, 0], self._value[:, :, 0] = delta, value

    def learned(self, weights: Floats) -> Learned:
        """Return what was noted, with the weights (n_features, n_agents)."""
        if self._summed:
            mean = self._total / self._n_agents
            variance = np.maximum(self._square / self._n_agents - mean**2, 0.0)
        elif self._kept:
            mean, variance = self._delta.mean(axis=2), self._delta.var(axis=2)
        else:
            mean, variance = np.empty((2, 0, self._delta.shape[1]))
        return Learned(self._delta.transpose(2, 0, 1), self._value.transpose(2, 0, 1), weights.T, mean, variance)
