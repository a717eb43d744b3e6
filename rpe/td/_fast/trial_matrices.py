"""How the errors of a trial depend on each other, as matrices, where all agents have the same trace."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats
from rpe.td.step_by_step import Rule, next_trace

# Steps in a chunk: the products of a chunk with itself grow with its square.
_CHUNK = 64
# Kinds of trials whose matrices are kept.
_KEPT = 64


class TrialMatrices(NamedTuple):
    """What follows from features, trace and discount alone, for a chunk of T steps of a trial.

    With the weights w at the start, the trace e_s when the error of step s arrives (row s of E), and
    u = αδ, the online rule w ← w + u_s e_s gives

        V_t = x_t·w + Σ_{s<t} (x_t·e_s) u_s            =  (X w + N u)_t,     N_ts = x_t·e_s for s < t,
        V_old,t = V_{t−1} + (x_{t−1}·e_{t−1}) u_{t−1}   (without the last term if it is stale),
        δ = r + γV − V_old                             =  r + Z w + M u,
        w ← w + Eᵀ u.

    N and M are strictly lower triangular: an error changes only the values of later steps.

    Attributes
    ----------
    steps : slice
    value : float array (T, n_features + T)
        [X N].
    delta : float array (T, n_features + T)
        [Z M].
    step : float array (T, T)
        M with ones on its diagonal, so that one product adds r + Z w and M u.
    weights : float array (n_features, T)
        Eᵀ; 0 for steps in which nothing is learned.
    own : float array (T,)
        How an error changes the value of its own step, x_t·e_t (for V_old; 0 if that is stale).
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


def matrices_of(x: Floats, steps: slice, trace: Floats, learns: Bools, rule: Rule) -> tuple[TrialMatrices, Floats]:
    """Return the matrices of a chunk with the features x (T, n_features), and the trace (n_features,) after it."""
    traces = np.empty_like(x)
    for step, now in enumerate(x):
        # Noted before x_t enters it: an error is credited to what came before.
        traces[step] = trace
        trace = next_trace(trace, now, rule)
    # Where nothing is learned u has no effect, while the trace itself runs on.
    traces *= learns[:, None]
    x_dot_trace = x @ traces.T
    own = np.diag(x_dot_trace).copy() if rule.bootstrap == "updated" else np.zeros(len(x))
    value = np.hstack([x, np.tril(x_dot_trace, -1)])
    # γV_t − V_{t−1}, for both blocks of [X N] at once; before the first step the value comes from outside.
    delta = rule.discount * value
    delta[1:] -= value[:-1]
    error_on_error = delta[:, x.shape[1] :]  # M, a view: what changes it changes `delta`
    error_on_error[1:] -= np.diag(own)[:-1]
    solved = _solve(error_on_error, float(rule.learning_rate)) if rule.learning_rate.ndim == 0 else np.empty((0, 0))
    return TrialMatrices(steps, value, delta, error_on_error + np.eye(len(x)), traces.T.copy(), own, solved), trace


class MatrixStore:
    """The matrices of trials, in chunks of at most 64 steps; those of the last kinds of trials are kept."""

    def __init__(self, kinds: Floats, rule: Rule) -> None:
        self._kinds, self._rule = kinds, rule
        self.n_features, n_steps = kinds.shape[2], kinds.shape[1]
        # As few chunks as the limit allows, all of nearly the same length.
        self.length = -(-n_steps // -(-n_steps // _CHUNK))
        self._kept: dict[tuple[int, bytes], list[TrialMatrices]] = {}

    def from_start(self, kind: int, learns: Bools) -> list[TrialMatrices]:
        """Return the matrices of a trial that starts with an empty trace."""
        key = kind, learns.tobytes()
        if key not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = self.after(np.zeros(self.n_features), kind, learns)[0]
        return self._kept[key]

    def after(self, trace: Floats, kind: int, learns: Bools) -> tuple[list[TrialMatrices], Floats]:
        """Return the matrices of a trial that starts with a trace (n_features,), and the trace after it."""
        x, chunks = self._kinds[kind], []
        for first in range(0, len(x), self.length):
            steps = slice(first, min(first + self.length, len(x)))
            chunk, trace = matrices_of(x[steps], steps, trace, learns[steps], self._rule)
            chunks.append(chunk)
        return chunks, trace


def _solve(error_on_error: Floats, learning_rate: float) -> Floats:
    """L = (1 − αM)⁻¹ by forward substitution: as L = 1 + αM L, row t is 1_t + α Σ_{s<t} M_ts L_s."""
    solved, scaled = np.eye(len(error_on_error)), learning_rate * error_on_error
    for step in range(1, len(error_on_error)):
        solved[step, :step] = scaled[step, :step] @ solved[:step, :step]
    return solved
