"""One off-policy learner on plain numbers: what NumPy takes dozens of calls per step for is a few lines of Python."""

import math
from typing import Any

import numpy as np

from rpe._checks import Floats
from rpe._softmax import LEAST
from rpe.agents import TableMemory, TabularLearner
from rpe.simulate._fast.preparing import takes, task_arrays
from rpe.simulate.page import Page
from rpe.simulate.worlds import TabulatedWorld


def takes_alone(agent: Any, memory: Any) -> bool:
    """Return whether this is one agent with one table, off-policy, and with no state visited again under traces."""
    if not (isinstance(agent, TabularLearner) and takes(agent, memory) and memory.n_agents == len(memory.table) == 1):
        return False
    plain = not agent.on_policy and not agent.exploration.any() and bool(np.isfinite(agent.inverse_temperature).all())
    return plain and memory.credit.mode != "dense"


class SingleAgent:
    """One agent in its world, as lists of numbers."""

    def __init__(self, agent: TabularLearner, memory: TableMemory, world: TabulatedWorld, page: Page) -> None:
        self._memory, self._world = memory, world
        self._task = task = task_arrays(agent, memory, world, page)
        utility = task.utility
        if task.pseudo_reward.size:
            utility = utility + float(agent.pseudo_reward_weight.item()) * task.pseudo_reward
        self._next_state, self._utility = task.next_state.tolist(), utility.tolist()
        self._terminated, self._may_end = task.terminated.tolist(), task.may_end.tolist()
        self._cumulative = task.cumulative.T.tolist()
        self._alpha, self._gamma = agent.learning_rate.item(), memory.discounts.item()
        self._beta, self._lambda = max(agent.inverse_temperature.item(), LEAST), memory.credit.trace_decay.item()
        self._traced, self._cuts = memory.credit.mode == "sweep", agent.cuts_traces
        self._q: list[list[float]] = memory.table[0, :, 0].tolist()

    def simulate(self, uniform: Floats, page: Page) -> None:
        """Simulate a page of trials, with uniform numbers (n_trials, n_steps, 1) for the choices."""
        count, n_steps, _ = uniform.shape
        delta, cell = np.zeros((n_steps + 1, count)), np.full((n_steps, count), -1, dtype=np.int64)
        state = np.empty((n_steps + 1, count), dtype=np.int64)
        for trial, numbers in enumerate(uniform[..., 0].tolist()):
            start = int(self._world.start()[0])
            outcomes = self._world.outcomes
            errors, cells, states = self._trial(start, numbers, None if outcomes is None else outcomes[:, 0].tolist())
            lived = len(cells)
            delta[: lived + 1, trial], cell[:lived, trial] = errors, cells
            state[: lived + 1, trial], state[lived + 1 :, trial] = states, states[-1]
        self._memory.table[0, :, 0] = self._q
        self._memory.ahead = None
        page.fill_all(delta[..., None], state[..., None], cell[..., None], self._task)

    def _trial(
        self, state: int, uniform: list[float], outcomes: list[float] | None
    ) -> tuple[list[float], list[int], list[int]]:
        """One trial: the errors with that of the cue, the cells of the tables, and the states."""
        q, gamma, alpha, n_actions = self._q, self._gamma, self._alpha, self._task.n_actions
        row = q[state]
        best, carry = max(row), 0.0
        errors, cells, states = [gamma * best], [], [state]
        visits: list[tuple[list[float], int, float]] = []
        for now, level in enumerate(uniform):
            action = self._chosen(row, best, level)
            cell = state * n_actions + action
            if outcomes is not None:
                cell += self._outcome(cell, outcomes[now]) * self._task.plane
            state, value = self._next_state[cell], row[action]
            over = self._may_end[now] and self._terminated[cell]
            ahead = max(q[state])
            # δ = u + γ max q(s′) − q(s, a)
            delta = self._utility[cell] + (0.0 if over else gamma) * ahead - value
            if self._traced:
                kept = 0.0 if self._cuts and value < best else 1.0
                visits.append((row, action, self._lambda * carry * kept))
                carry = 0.0 if over else gamma
            else:
                row[action] = value + alpha * delta
            errors.append(delta)
            cells.append(cell)
            states.append(state)
            if over:
                break
            row = q[state]
            best = max(row)
        self._sweep(visits, errors)
        return errors, cells, states

    def _chosen(self, row: list[float], best: float, level: float) -> int:
        """Draw from the softmax by inverting its cumulative distribution, as `rpe.choice.sample`."""
        weights, total = [], 0.0
        for value in row:
            weight = math.exp(self._beta * (value - best))
            weights.append(weight)
            total += weight
        action, last, passed = 0, len(row) - 1, weights[0] / total
        while action < last and level >= passed:
            action += 1
            passed += weights[action] / total
        # Rounding can leave the last action a sliver of probability that it does not have.
        while weights[action] / total == 0.0:
            action -= 1
        return action

    def _outcome(self, cell: int, level: float) -> int:
        """Which outcome a uniform number stands for."""
        limits = self._cumulative[cell if len(self._cumulative) > 1 else 0]
        return sum(level >= limit for limit in limits)

    def _sweep(self, visits: list[tuple[list[float], int, float]], errors: list[float]) -> None:
        """Move what was visited by the λ-errors G_t = δ_t + c_{t+1} G_{t+1}."""
        error = carried = 0.0
        for (row, action, decay), delta in zip(reversed(visits), reversed(errors), strict=False):
            error = delta + carried * error
            row[action] += self._alpha * error
            carried = decay
