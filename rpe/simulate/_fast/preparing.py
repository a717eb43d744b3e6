"""Agents, memories and tasks of this library as the arrays that kernels take."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe._softmax import LEAST
from rpe.agents import ActorCritic, ActorCriticMemory, TableMemory, TabularLearner
from rpe.simulate._fast.arrays import (
    DENSE,
    LEAST_LANES,
    NO_TRACE,
    NUMBERS,
    SWEEP,
    Lanes,
    LearnerArrays,
    NoiseArrays,
    PageArrays,
    TaskArrays,
)
from rpe.simulate.page import Page
from rpe.simulate.worlds import TabulatedWorld

_TRACES = {"none": NO_TRACE, "sweep": SWEEP, "dense": DENSE}
# What a learner may state without changing the rule: how it discounts, whose policy it values, how it checks.
_FREE = {"bank", "on_policy", "cuts_traces", "checks", "n_agents", "n_tables", "init", "value"}
_RULE = [name for name, part in vars(TabularLearner).items() if callable(part) and name not in _FREE]


def takes(agent: Any, memory: Any) -> bool:
    """Return whether the kernels state the rule of this agent."""
    if isinstance(agent, TabularLearner) and type(memory) is TableMemory:
        kind = type(agent)
        same = all(getattr(kind, name) is getattr(TabularLearner, name) for name in _RULE if not name.startswith("__"))
        return same and not memory.masks_appear
    # The two traces of an actor-critic fall apart where states are visited again.
    if type(agent) is ActorCritic and type(memory) is ActorCriticMemory:
        # Masks that only playing shows are no table.
        known = memory.available is None or isinstance(memory.available, np.ndarray)
        return known and memory.credit.mode != "dense"
    return False


class Prepared:
    """A chunk of agents in its world, ready for the kernels."""

    def __init__(self, agent: Any, memory: Any, world: TabulatedWorld, page: Page) -> None:
        self._memory, self._world = memory, world
        self._task = task_arrays(agent, memory, world, page)
        self._learner = _learner_arrays(agent, memory)
        self._page = _page_arrays(page)
        self._lanes = _lanes(self._learner, self._task.n_actions, page.whole.n_steps)

    def simulate(self, kernel: Callable[..., None], uniform: Floats, page: Page) -> None:
        """Simulate a page of trials, with uniform numbers (n_trials, n_steps, n) for the choices."""
        starts, outcomes = [], []
        for _ in uniform:
            starts.append(self._world.start())
            if self._world.outcomes is not None:
                outcomes.append(self._world.outcomes)
        outcome = np.stack(outcomes) if outcomes else np.empty((0, *uniform.shape[1:]))
        kernel(self._task, self._learner, NoiseArrays(np.stack(starts), uniform, outcome), self._page, self._lanes)
        if isinstance(self._memory, TableMemory):
            self._memory.ahead = None
        if page.in_full:
            page.fill(self._page.state, self._page.cell, self._task.reward, self._task.effort)


def task_arrays(agent: Any, memory: Any, world: TabulatedWorld, page: Page) -> TaskArrays:
    """Return the task as flat arrays, with what of it the agent sees and the page records."""
    look, units = world.task.lookup, page.whole.units
    reward, effort, points, pseudo = (np.broadcast_to(q, look.next_state.shape) for q in look.rewards)
    weighs = agent.pseudo_reward_weight.any() and not isinstance(look.rewards[3], float)
    kept = bool(page.reward.size) or page.in_full
    masks = memory.available is not None and (isinstance(agent, ActorCritic) or bool(agent.exploration.any()))
    return TaskArrays(
        look.n_actions,
        look.plane,
        _own(look.next_state, np.int64),
        _own(reward + points - effort),
        _own(pseudo if weighs else ()),
        _own(reward if kept else ()),
        _own(effort if kept else ()),
        _own(look.terminated, np.bool_),
        _own(world.endings, np.bool_),
        _own(look.cumulative if look.varies_by_place else look.cumulative[:, None]),
        _own(memory.available.T if masks else np.empty((0, look.n_actions)), np.bool_),
        _own(() if units is None else units.done, np.int32),
        _own(() if units is None else units.offers_work, np.bool_),
    )


def _learner_arrays(agent: Any, memory: Any) -> LearnerArrays:
    n = memory.n_agents
    credit = memory.credit
    if isinstance(agent, ActorCritic):
        table, actor, actor_rate = memory.critic[None], memory.actor.reshape(-1), agent.actor_rate
        discounts, weights = agent.discount.reshape(1, -1), np.ones((1, 1))
        exploration, on_policy, cuts = np.zeros(()), False, False
    else:
        table, actor, actor_rate = memory.table, np.empty(0), np.zeros(())
        discounts, weights = memory.discounts, memory.weights
        exploration, on_policy, cuts = agent.exploration, agent.on_policy, agent.cuts_traces
    explores = bool(exploration.any())
    return LearnerArrays(
        table.reshape(len(table), -1),
        actor,
        _each(agent.learning_rate, n),
        _each(actor_rate, n),
        _each(credit.trace_decay, n),
        _each(np.maximum(agent.inverse_temperature, LEAST), n),
        _each(exploration, n if explores else 0),
        _each(agent.pseudo_reward_weight, n),
        _own(np.broadcast_to(discounts, (len(table), n))),
        _own(np.broadcast_to(weights, (len(table), n))),
        on_policy,
        credit.replacing,
        cuts,
        _TRACES[credit.mode],
    )


def _page_arrays(page: Page) -> PageArrays:
    moments = page.delta.shape if page.in_full else (0, *page.delta.shape[1:])
    steps = (page.delta.shape[0] - 1, *moments[1:]) if page.in_full else moments
    return PageArrays(
        page.delta,
        page.action,
        page.done,
        page.offers,
        page.reward,
        page.effort,
        page.length,
        np.empty(moments, dtype=np.int64),
        np.empty(steps, dtype=np.int64),
    )


def _lanes(learner: LearnerArrays, n_actions: int, n_steps: int) -> Lanes:
    n_tables, n, columns = len(learner.table), len(learner.learning_rate), 1 if learner.actor.size else n_actions
    width = min(n, max(NUMBERS // (n_tables * n_actions), LEAST_LANES))
    here, after = np.zeros((2, n_tables, columns, width))
    q, policy = np.zeros((2, n_actions, width))
    delta, carry, old, worth, kept = np.zeros((5, n_tables, width))
    total, level, cumulative, utility = np.zeros((4, width))
    state, action, cell, to, row, row_after, n_visited, place = np.zeros((8, width), dtype=np.int64)
    traced = n_steps if learner.traces != NO_TRACE else 0
    trace, errors = np.zeros((2, n_tables, traced, width))
    active, visited = np.zeros(width, dtype=np.bool_), np.zeros((traced, width), dtype=np.int64)
    return Lanes(
        here, after, q, policy, delta, carry, old, worth, kept, total, level, cumulative, utility,
        state, action, cell, to, row, row_after, active, visited, n_visited, place, trace, errors,
    )  # fmt: skip


def _each(values: Floats, n: int) -> Floats:
    """A parameter for every agent, (n,)."""
    return np.full(n, values) if values.size == 1 else values[:n].copy()


def _own(values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> Any:
    """A contiguous array that may be written to: kernels are compiled for no other kind."""
    return np.array(values, dtype=dtype, order="C")
