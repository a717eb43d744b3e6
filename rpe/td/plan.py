"""How the errors of a trial depend on each other, where all agents have the same trace."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats
from rpe.td.rule import Rule, next_trace

_CHUNK = 64
_KEPT = 64


class Plan(NamedTuple):
    """What follows from features, trace and discount alone, for a chunk of T steps of a trial.

    The trace says how each error changes the values of later steps. With the weights w at the start and
    u = αδ,

        V = X w + N u,   δ = r + γV − V_old = r + Z w + M u,   w ← w + Eᵀ u,

    where N and M are strictly lower triangular and E is the trace.

    Attributes
    ----------
    steps : slice
    value : float array (T, n_features + T)
        [X N].
    delta : float array (T, n_features + T)
        [Z M].
    step : float array (T, T)
        M with ones on its diagonal.
    weights : float array (n_features, T)
        Eᵀ; 0 for steps in which nothing is learned.
    own : float array (T,)
        How an error changes the value of its own step (for V_old; 0 if that is stale).
    solved : float array (T, T)
        (1 − αM)⁻¹ if all agents have the same α; without entries, (0, 0), if not.
    """

    steps: slice
    value: Floats
    delta: Floats
    step: Floats
    weights: Floats
    own: Floats
    solved: Floats


def plan_of(x: Floats, steps: slice, trace: Floats, learns: Bools, rule: Rule) -> tuple[Plan, Floats]:
    """Return the plan of a chunk with the features x (T, n_features), and the trace (n_features,) after it."""
    traces = np.empty_like(x)
    for step, now in enumerate(x):
        traces[step] = trace
        trace = next_trace(trace, now, rule)
    traces *= learns[:, None]
    overlap = x @ traces.T
    own = np.diag(overlap).copy() if rule.bootstrap == "updated" else np.zeros(len(x))
    value = np.hstack([x, np.tril(overlap, -1)])
    delta = rule.discount * value
    delta[1:] -= value[:-1]
    change = delta[:, x.shape[1] :]
    change[1:] -= np.diag(own)[:-1]
    solved = _solve(change, float(rule.learning_rate)) if rule.learning_rate.ndim == 0 else np.empty((0, 0))
    return Plan(steps, value, delta, change + np.eye(len(x)), traces.T.copy(), own, solved), trace


class Plans:
    """The plans of trials, in chunks of at most 64 steps; those of the last kinds of trials are kept."""

    def __init__(self, kinds: Floats, rule: Rule) -> None:
        self._kinds, self._rule = kinds, rule
        self.n_features, n_steps = kinds.shape[2], kinds.shape[1]
        self.length = -(-n_steps // -(-n_steps // _CHUNK))
        self._kept: dict[tuple[int, bytes], list[Plan]] = {}

    def from_start(self, kind: int, learns: Bools) -> list[Plan]:
        """Return the plans of a trial that starts with an empty trace."""
        key = kind, learns.tobytes()
        if key not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = self.after(np.zeros(self.n_features), kind, learns)[0]
        return self._kept[key]

    def after(self, trace: Floats, kind: int, learns: Bools) -> tuple[list[Plan], Floats]:
        """Return the plans of a trial that starts with a trace (n_features,), and the trace after it."""
        x, plans = self._kinds[kind], []
        for first in range(0, len(x), self.length):
            steps = slice(first, min(first + self.length, len(x)))
            plan, trace = plan_of(x[steps], steps, trace, learns[steps], self._rule)
            plans.append(plan)
        return plans, trace


def _solve(change: Floats, learning_rate: float) -> Floats:
    """(1 − αM)⁻¹, by forward substitution."""
    solved, scaled = np.eye(len(change)), learning_rate * change
    for step in range(1, len(change)):
        solved[step, :step] = scaled[step, :step] @ solved[:step, :step]
    return solved
