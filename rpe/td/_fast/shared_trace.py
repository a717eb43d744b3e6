"""Whole trials at once, where all agents have the same trace, whatever the features."""

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.td._fast.memory_layout import add_income, aligned
from rpe.td._fast.trial_matrices import MatrixStore, TrialMatrices
from rpe.td.errors import td_error
from rpe.td.step_by_step import Note, Rule

# Steps that are solved together: eight rows of a block of agents stay in the first-level cache.
_SPAN = 8


class SharedTrace:
    """Learning by whole trials (in chunks of at most 64 steps), with traces that depend on the features alone.

    A trial is two products and, where every agent has its own α, a forward substitution in spans of 8
    steps; see `TrialMatrices` for the letters. It is the online algorithm, and not an approximation.
    With a floor under the values it holds for the agents whose values stay above it; the others go
    step by step.
    """

    def __init__(self, matrices: MatrixStore, rule: Rule, n: int) -> None:
        self._matrices, self._rule, self._n, self._n_features = matrices, rule, n, matrices.n_features
        self._trace, self._old_value = np.zeros(self._n_features), np.zeros(n)
        # w above u = αδ in one table, (n_features + T, n), so that [X N] and [Z M] are one product each.
        self._state = aligned(self._n_features + matrices.length, n)
        self._span = aligned(_SPAN, n)

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        if self._rule.reset:
            self._old_value = np.zeros(self._n)
            chunks = self._matrices.from_start(kind, learns)
        else:
            chunks, self._trace = self._matrices.after(self._trace, kind, learns)
        delta, seen = aligned(len(learns), self._n), np.empty((len(learns), shown))
        for chunk in chunks:
            self._chunk(chunk, income[chunk.steps], w, delta[chunk.steps], seen[chunk.steps])
        note(delta, seen)

    def _chunk(self, chunk: TrialMatrices, income: Floats, w: Floats, delta: Floats, seen: Floats) -> None:
        """Fill in the errors of a chunk and the values of the first agents, and move the weights."""
        state = self._state[: self._n_features + len(delta)]
        state[: len(w)] = w
        if not self._rule.floored:
            self._linear(chunk, income, state, delta)
            # V = X w + N u, only for agents that are shown; V_old for the next chunk needs its last row alone.
            seen[...] = chunk.value @ state[:, : seen.shape[1]]
            self._old_value = chunk.value[-1] @ state + chunk.own[-1] * state[-1]
        else:
            seen[...] = self._floored(chunk, income, state, delta)[:, : seen.shape[1]]
        # w ← w + Eᵀ u
        w += chunk.weights @ state[len(w) :]

    def _linear(self, chunk: TrialMatrices, income: Floats, state: Floats, delta: Floats) -> None:
        """Fill in δ, and the second part of the state, u = αδ."""
        if chunk.solved.size == 0:
            self._substitute(chunk, income, state, delta)
            return
        # δ = (1 − αM)⁻¹ (r + Z w), where the first error also loses V_old from before the chunk.
        at_start = chunk.delta[:, : self._n_features] @ state[: self._n_features]
        add_income(at_start, income)
        at_start[0] -= self._old_value
        np.dot(chunk.solved, at_start, out=delta)
        np.multiply(self._rule.learning_rate, delta, out=state[self._n_features :])

    def _substitute(self, chunk: TrialMatrices, income: Floats, state: Floats, delta: Floats) -> None:
        """Solve δ = r + Z w + M(αδ) where α differs between agents, a span of steps after the other."""
        for first in range(0, len(delta), _SPAN):
            last = min(first + _SPAN, len(delta))
            known, span = self._n_features + first, self._span[: last - first]
            # What the weights and all errors before this span contribute: one product for the span.
            np.dot(chunk.delta[first:last, :known], state[:known], out=span)
            add_income(span, income[first:last])
            if first == 0:
                span[0] -= self._old_value
            # Row by row, `span` turns from r + Z w + (M u before the span) into u.
            for step, scaled in zip(range(first, last), span, strict=True):
                if step == first:
                    delta[step] = scaled
                else:
                    # M's row with a 1 at its end: Σ M_ts u_s over the span, plus this row's own known part.
                    np.dot(chunk.step[step, first : step + 1], span[: step - first + 1], out=delta[step])
                np.multiply(self._rule.learning_rate, delta[step], out=scaled)
            state[known : known + len(span)] = span

    def _floored(self, chunk: TrialMatrices, income: Floats, state: Floats, delta: Floats) -> Floats:
        """As `_linear`, with a floor; returns the values."""
        every, old = np.arange(self._n), self._old_value
        if chunk.solved.size == 0:
            value, self._old_value = self._step_by_step(chunk, income, state, delta, every, old)
            return value
        # First as if there were no floor: right for every agent that stays above it, before and after each update.
        self._linear(chunk, income, state, delta)
        value = chunk.value @ state
        after = value + chunk.own[:, None] * state[self._n_features :]
        self._old_value = after[-1].copy()
        below = every[((value < self._rule.value_floor) | (after < self._rule.value_floor)).any(axis=0)]
        if below.size:
            # An index by array copies: the results of these agents have to be put back.
            mine, errors = state[:, below], delta[:, below]
            value[:, below], self._old_value[below] = self._step_by_step(chunk, income, mine, errors, below, old[below])
            state[:, below], delta[:, below] = mine, errors
        return value

    def _step_by_step(
        self, chunk: TrialMatrices, income: Floats, state: Floats, delta: Floats, agents: Ints, old: Floats
    ) -> tuple[Floats, Floats]:
        """Fill in δ and u of some agents step by step, with a floor; returns V and the value to carry on."""
        rule, n_features, value = self._rule, self._n_features, np.empty_like(delta)
        low, stale = rule.value_floor, rule.bootstrap == "stale"
        income = income if income.shape[1] == 1 else income[:, agents]
        for first in range(0, len(delta), _SPAN):
            steps, known = slice(first, first + _SPAN), n_features + first
            # X w + N u of what is known before the span; each step adds the errors since.
            unfloored = np.dot(chunk.value[steps, :known], state[:known])
            for step, now in enumerate(unfloored, first):
                at = n_features + step
                now += np.dot(chunk.value[step, known:at], state[known:at])
                np.maximum(now, low, out=value[step])
                delta[step] = td_error(income[step], old, value[step], rule.discount)
                scaled = np.multiply(rule.learning_rate, delta[step], out=state[at])
                old = value[step] if stale else np.maximum(now + chunk.own[step] * scaled, low)
        return value, old.copy()
