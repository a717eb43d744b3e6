"""Trials in spans of a few steps, where every agent has its own trace; and step by step, for replacing traces."""

import numpy as np

from rpe._checks import Bools, Floats
from rpe.td.rule import Note, Rule, next_trace

_SPAN = 8


class Spans:
    """Learning in spans of 8 steps, for accumulating and dutch traces.

    Within a span, trace and change of the weights are mixtures of the trace at its start and the
    features since: e = k₀ e⁰ + Σ k_j x_j and w = w⁰ + b₀ e⁰ + Σ b_j x_j. So a step needs only these
    few coefficients per agent, and the tables of all features are touched once per span.
    """

    def __init__(self, kinds: Floats, rule: Rule, n: int) -> None:
        self._kinds, self._rule, self._n = kinds, rule, n
        self._trace, self._old = np.zeros((kinds.shape[2], n)), np.zeros(n)
        self._decay = np.broadcast_to(rule.decay, (n,))

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        if self._rule.reset:
            self._trace, self._old = np.zeros_like(self._trace), np.zeros(self._n)
        x = self._kinds[kind]
        delta, seen = np.empty((len(x), self._n)), np.empty((len(x), shown))
        for first in range(0, len(x), _SPAN):
            steps = slice(first, first + _SPAN)
            self._span(x[steps], income[steps], learns[steps], w, delta[steps], seen[steps])
        note(delta, seen)

    def _span(self, x: Floats, income: Floats, learns: Bools, w: Floats, delta: Floats, seen: Floats) -> None:
        """A span of steps: the mixtures step by step, then weights and trace once."""
        rule, start, traced, like = self._rule, x @ w, x @ self._trace, x @ x.T
        moved, kept = np.zeros((len(x) + 1, self._n)), np.zeros((len(x) + 1, self._n))
        kept[0] = 1.0
        for step in range(len(x)):
            earlier = slice(1, step + 1)
            raw = start[step] + moved[0] * traced[step] + np.dot(like[step, :step], moved[earlier])
            value = np.maximum(raw, rule.value_floor)
            delta[step] = income[step] + rule.discount * value - self._old
            overlap = kept[0] * traced[step] + np.dot(like[step, :step], kept[earlier])
            if learns[step]:
                scaled = rule.learning_rate * delta[step]
                moved[: step + 1] += scaled * kept[: step + 1]
                raw += scaled * overlap
            kept[: step + 1] *= self._decay
            kept[step + 1] = 1.0
            if rule.trace == "dutch":
                kept[step + 1] -= rule.learning_rate * self._decay * overlap
            self._old = np.maximum(raw, rule.value_floor) if rule.bootstrap == "updated" else value
            seen[step] = value[: seen.shape[1]]
        w += moved[0] * self._trace
        w += x.T @ moved[1:]
        self._trace *= kept[0]
        self._trace += x.T @ kept[1:]


class Steps:
    """Learning step by step, for any trace."""

    def __init__(self, kinds: Floats, rule: Rule, n: int) -> None:
        self._kinds, self._rule, self._n = kinds, rule, n
        self._trace, self._old = np.zeros((kinds.shape[2], n)), np.zeros(n)

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        rule, x = self._rule, self._kinds[kind]
        if rule.reset:
            self._trace, self._old = np.zeros_like(self._trace), np.zeros(self._n)
        delta, seen = np.empty((len(x), self._n)), np.empty((len(x), shown))
        for step, now in enumerate(x):
            value = np.maximum(now @ w, rule.value_floor)
            delta[step] = income[step] + rule.discount * value - self._old
            if learns[step]:
                w += rule.learning_rate * delta[step] * self._trace
            self._trace = next_trace(self._trace, now[:, None], rule)
            self._old = np.maximum(now @ w, rule.value_floor) if rule.bootstrap == "updated" else value
            seen[step] = value[:shown]
        note(delta, seen)
