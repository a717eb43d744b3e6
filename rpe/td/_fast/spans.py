"""Trials in spans of a few steps, where every agent has its own trace."""

import numpy as np

from rpe._checks import Bools, Floats
from rpe.td.errors import td_error
from rpe.td.step_by_step import Note, Rule

# Longer spans touch the tables of all features less often, but a step costs more the later it is in its span.
_SPAN = 8


class Spans:
    """Learning in spans of 8 steps, for accumulating and dutch traces.

    Within a span that starts with the trace e⁰ and the weights w⁰, trace and weights are mixtures
    of e⁰ and the features x_j since:

        e = k₀ e⁰ + Σ k_j x_j,   w = w⁰ + b₀ e⁰ + Σ b_j x_j.

    A step changes only the coefficients k and b, a few numbers per agent; w and e themselves,
    (n_features, n), are read and written once per span instead of once per step.
    """

    def __init__(self, kinds: Floats, rule: Rule, n: int) -> None:
        self._kinds, self._rule, self._n = kinds, rule, n
        self._trace, self._old_value = np.zeros((kinds.shape[2], n)), np.zeros(n)
        self._decay = np.broadcast_to(rule.decay, (n,))

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        if self._rule.reset:
            self._trace, self._old_value = np.zeros_like(self._trace), np.zeros(self._n)
        x = self._kinds[kind]
        delta, seen = np.empty((len(x), self._n)), np.empty((len(x), shown))
        for first in range(0, len(x), _SPAN):
            steps = slice(first, first + _SPAN)
            self._span(x[steps], income[steps], learns[steps], w, delta[steps], seen[steps])
        note(delta, seen)

    def _span(self, x: Floats, income: Floats, learns: Bools, w: Floats, delta: Floats, seen: Floats) -> None:
        """A span of steps: the coefficients step by step, then weights and trace once."""
        rule = self._rule
        # All products with x that a step needs: x_t·w⁰ and x_t·e⁰ (n_steps, n), and x_t·x_j (n_steps, n_steps).
        x_dot_weights, x_dot_trace, x_dot_x = x @ w, x @ self._trace, x @ x.T
        # Row 0 is the coefficient of e⁰, row j + 1 that of x_j. At the start e = e⁰, and w has not moved.
        in_weights, in_trace = np.zeros((len(x) + 1, self._n)), np.zeros((len(x) + 1, self._n))
        in_trace[0] = 1.0
        for step in range(len(x)):
            earlier = slice(1, step + 1)
            # x_t·w = x_t·w⁰ + b₀ x_t·e⁰ + Σ_{j<t} b_j x_t·x_j
            raw = (
                x_dot_weights[step]
                + in_weights[0] * x_dot_trace[step]
                + np.dot(x_dot_x[step, :step], in_weights[earlier])
            )
            value = np.maximum(raw, rule.value_floor)
            delta[step] = td_error(income[step], self._old_value, value, rule.discount)
            # x_t·e, by the same sum: how far this step's error moves its own value, and what a dutch trace takes off.
            x_dot_e = in_trace[0] * x_dot_trace[step] + np.dot(x_dot_x[step, :step], in_trace[earlier])
            if learns[step]:
                # w ← w + αδe is b ← b + αδk; the value just read moves along by αδ x_t·e.
                scaled = rule.learning_rate * delta[step]
                in_weights[: step + 1] += scaled * in_trace[: step + 1]
                raw += scaled * x_dot_e
            # e ← γλe + x_t (dutch: + (1 − α γλ e·x_t) x_t), in coefficients. Only after the weights have moved.
            in_trace[: step + 1] *= self._decay
            in_trace[step + 1] = 1.0
            if rule.trace == "dutch":
                in_trace[step + 1] -= rule.learning_rate * self._decay * x_dot_e
            self._old_value = np.maximum(raw, rule.value_floor) if rule.bootstrap == "updated" else value
            seen[step] = value[: seen.shape[1]]
        # The weights first, as b₀ belongs to the trace from the start of the span.
        w += in_weights[0] * self._trace
        w += x.T @ in_weights[1:]
        self._trace *= in_trace[0]
        self._trace += x.T @ in_trace[1:]
