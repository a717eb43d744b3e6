"""Off-policy learners without traces, in as few NumPy calls a step as it takes, by the same rule as their own."""

from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe._softmax import LEAST, sample
from rpe.agents import TableMemory, TabularLearner
from rpe.simulate._fast.preparing import takes, task_arrays
from rpe.simulate.page import Page
from rpe.simulate.worlds import TabulatedWorld
from rpe.tasks import Step
from rpe.td.errors import greedy_value, td_error


def takes_many(agent: Any, memory: Any) -> bool:
    """Return whether these are learners with one table, off-policy, without exploration and without traces."""
    if not (isinstance(agent, TabularLearner) and takes(agent, memory) and len(memory.table) == 1):
        return False
    plain = not agent.on_policy and not agent.exploration.any() and bool(np.isfinite(agent.inverse_temperature).all())
    return plain and memory.credit.mode == "none"


class ManyAgents:
    """A chunk of agents in its world, whose values are read once a step."""

    def __init__(self, agent: TabularLearner, memory: TableMemory, world: TabulatedWorld, page: Page) -> None:
        self._memory, self._world = memory, world
        self._task = task = task_arrays(agent, memory, world, page)
        self._utility = task.utility
        self._pseudo_weight = agent.pseudo_reward_weight
        self._entries = memory.table.reshape(-1)
        self._rows = self._entries.reshape(-1, task.n_actions)
        self._alpha, self._gamma = agent.learning_rate, memory.discounts[0]
        self._beta = np.maximum(agent.inverse_temperature, LEAST)
        self._nobody = np.zeros(memory.n_agents, dtype=np.bool_)

    def simulate(self, uniform: Floats, page: Page) -> None:
        """Simulate a page of trials, with uniform numbers (n_trials, n_steps, n) for the choices."""
        # Where one of two actions is hopeless, e^(β gap) may be infinite.
        with np.errstate(over="ignore"):
            for trial, numbers in enumerate(uniform, page.trials.start):
                self._trial(numbers, page, trial)
        self._memory.ahead = None

    def _trial(self, uniform: Floats, page: Page, trial: int) -> None:
        """One trial of all agents."""
        task, state = self._task, self._world.start()
        row = self._memory.place(state)
        values = self._read(row)
        best = greedy_value(values)
        page.start(trial, state, self._gamma * best, None)
        active: Bools | None = None
        for now, level in enumerate(uniform):
            action = self._choose(values, best, level)
            cell = self._cell(state, action, now)
            to, over = task.next_state.take(cell), self._nobody
            if active is not None:
                to = np.where(active, to, state)
            entry = row * task.n_actions
            entry += action
            value = self._entries.take(entry)
            row = self._memory.place(to)
            values = self._read(row)
            best = greedy_value(values)
            ahead = best
            if task.may_end[now]:
                over = task.terminated.take(cell)
                ahead = best * ~over
            delta = td_error(self._gain(cell), value, ahead, self._gamma)
            if active is not None:
                delta *= active
            moved = self._alpha * delta
            moved += value
            self._entries[entry] = moved
            page.step(action, self._step(to, cell, over, active), delta, active, None)
            if not self._memory.credit.layered and (stayed := (to == state).nonzero()[0]).size:
                # Only an agent that stayed where it was has read the value that has just moved.
                values[action[stayed], stayed] = moved[stayed]
                best = greedy_value(values)
            state = to
            if task.may_end[now] and over.any():
                active = ~over if active is None else active & ~over
                if not active.any():
                    break
        page.finish()

    def _read(self, row: Ints) -> Floats:
        """The values (n_actions, n) in these rows of the table."""
        return np.ascontiguousarray(self._rows.take(row, axis=0).T)

    def _choose(self, values: Floats, best: Floats, level: Floats) -> Ints:
        """Draw from the softmax; of two actions the first has probability 1 / (1 + e^(β gap))."""
        if len(values) == 2:
            weight = values[1] - values[0]
            weight *= self._beta
            np.exp(weight, out=weight)
            weight += 1.0
            return (level >= 1.0 / weight).astype(np.int64)
        weights = values - best
        weights *= self._beta
        np.exp(weights, out=weights)
        total = weights[0].copy()
        for row in weights[1:]:
            total += row
        return sample(weights, level * total)

    def _cell(self, state: Ints, action: Ints, now: int) -> Ints:
        """Where the step stands in the tables."""
        task = self._task
        cell = state * task.n_actions
        cell += action
        if (outcomes := self._world.outcomes) is not None:
            limits = task.cumulative if task.cumulative.shape[1] == 1 else task.cumulative.take(cell, axis=1)
            cell += task.plane * (outcomes[now] >= limits).sum(axis=0)
        return cell

    def _gain(self, cell: Ints) -> Floats:
        """The experienced utility (n,) of steps."""
        utility = self._utility.take(cell)
        if self._task.pseudo_reward.size:
            utility += self._pseudo_weight * self._task.pseudo_reward.take(cell)
        return utility

    def _step(self, to: Ints, cell: Ints, over: Bools, active: Bools | None) -> Step:
        """What a page writes down of a step: where it led and, if that is kept, what it brought."""
        if not self._task.reward.size:
            return Step(to, 0.0, 0.0, 0.0, 0.0, over, self._nobody)
        reward, effort = self._task.reward.take(cell), self._task.effort.take(cell)
        if active is not None:
            reward, effort = reward * active, effort * active
        return Step(to, reward, effort, 0.0, 0.0, over, self._nobody)
