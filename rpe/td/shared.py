"""Whole trials at once, where all agents have the same trace, whatever the features."""

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.td.plan import Plan, Plans
from rpe.td.rule import Note, Rule, add_income, aligned

_SPAN = 8


class SharedTrace:
    """Learning by whole trials (in chunks of at most 64 steps), with traces that depend on the features alone.

    A trial is two products and, where every agent has its own α, a forward substitution in spans of 8
    steps; see `Plan`. It is the online algorithm, and not an approximation. With a floor under the
    values it holds for the agents whose values stay above it; the others go step by step.
    """

    def __init__(self, plans: Plans, rule: Rule, n: int) -> None:
        self._plans, self._rule, self._n, self._n_features = plans, rule, n, plans.n_features
        self._trace, self._old = np.zeros(self._n_features), np.zeros(n)
        self._state = aligned(self._n_features + plans.length, n)
        self._span = aligned(_SPAN, n)

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        if self._rule.reset:
            self._old = np.zeros(self._n)
            plans = self._plans.from_start(kind, learns)
        else:
            plans, self._trace = self._plans.after(self._trace, kind, learns)
        delta, seen = aligned(len(learns), self._n), np.empty((len(learns), shown))
        for plan in plans:
            self._chunk(plan, income[plan.steps], w, delta[plan.steps], seen[plan.steps])
        note(delta, seen)

    def _chunk(self, plan: Plan, income: Floats, w: Floats, delta: Floats, seen: Floats) -> None:
        """Fill in the errors of a chunk and the values of the first agents, and move the weights."""
        state = self._state[: self._n_features + len(delta)]
        state[: len(w)] = w
        if not self._rule.floored:
            self._linear(plan, income, state, delta)
            seen[...] = plan.value @ state[:, : seen.shape[1]]
            self._old = plan.value[-1] @ state + plan.own[-1] * state[-1]
        else:
            seen[...] = self._floored(plan, income, state, delta)[:, : seen.shape[1]]
        w += plan.weights @ state[len(w) :]

    def _linear(self, plan: Plan, income: Floats, state: Floats, delta: Floats) -> None:
        """Fill in δ, and the second part of the state, u = αδ."""
        if plan.solved.size == 0:
            self._substitute(plan, income, state, delta)
            return
        at_start = plan.delta[:, : self._n_features] @ state[: self._n_features]
        add_income(at_start, income)
        at_start[0] -= self._old
        np.dot(plan.solved, at_start, out=delta)
        np.multiply(self._rule.learning_rate, delta, out=state[self._n_features :])

    def _substitute(self, plan: Plan, income: Floats, state: Floats, delta: Floats) -> None:
        """Solve δ = r + Z w + M(αδ), a span of steps after the other."""
        for first in range(0, len(delta), _SPAN):
            last = min(first + _SPAN, len(delta))
            known, span = self._n_features + first, self._span[: last - first]
            np.dot(plan.delta[first:last, :known], state[:known], out=span)
            add_income(span, income[first:last])
            if first == 0:
                span[0] -= self._old
            for step, scaled in zip(range(first, last), span, strict=True):
                if step == first:
                    delta[step] = scaled
                else:
                    np.dot(plan.step[step, first : step + 1], span[: step - first + 1], out=delta[step])
                np.multiply(self._rule.learning_rate, delta[step], out=scaled)
            state[known : known + len(span)] = span

    def _floored(self, plan: Plan, income: Floats, state: Floats, delta: Floats) -> Floats:
        """As `_linear`, with a floor; returns the values."""
        every, old = np.arange(self._n), self._old
        if plan.solved.size == 0:
            value, self._old = self._step_by_step(plan, income, state, delta, every, old)
            return value
        self._linear(plan, income, state, delta)
        value = plan.value @ state
        after = value + plan.own[:, None] * state[self._n_features :]
        self._old = after[-1].copy()
        below = every[((value < self._rule.value_floor) | (after < self._rule.value_floor)).any(axis=0)]
        if below.size:
            mine, errors = state[:, below], delta[:, below]
            value[:, below], self._old[below] = self._step_by_step(plan, income, mine, errors, below, old[below])
            state[:, below], delta[:, below] = mine, errors
        return value

    def _step_by_step(
        self, plan: Plan, income: Floats, state: Floats, delta: Floats, agents: Ints, old: Floats
    ) -> tuple[Floats, Floats]:
        """Fill in δ and u of some agents step by step, with a floor; returns V and the value to carry on."""
        rule, n_features, value = self._rule, self._n_features, np.empty_like(delta)
        low, stale = rule.value_floor, rule.bootstrap == "stale"
        income = income if income.shape[1] == 1 else income[:, agents]
        for first in range(0, len(delta), _SPAN):
            steps, known = slice(first, first + _SPAN), n_features + first
            reads = np.dot(plan.value[steps, :known], state[:known])
            for step, now in enumerate(reads, first):
                at = n_features + step
                now += np.dot(plan.value[step, known:at], state[known:at])
                np.maximum(now, low, out=value[step])
                delta[step] = income[step] + rule.discount * value[step] - old
                scaled = np.multiply(rule.learning_rate, delta[step], out=state[at])
                old = value[step] if stale else np.maximum(now + plan.own[step] * scaled, low)
        return value, old.copy()
