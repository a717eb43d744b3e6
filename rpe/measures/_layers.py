"""The distribution of states carried forward, layer by layer over the states that can be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.simulate.history import Units
from rpe.simulate.recorder import units_of
from rpe.tasks import TabulatedTask

_KNOWN: "WeakKeyDictionary[TabulatedTask, dict[int, Layers]]" = WeakKeyDictionary()
# Paths live as long as a task that has them.
_PATHS: "WeakValueDictionary[tuple[bytes, int], Paths]" = WeakValueDictionary()


class Links(NamedTuple):
    """Where choices of one kind (work, or anything else) lead; links to one state stand together.

    Attributes
    ----------
    source, weight : int array (n_links,), float array (n_links, 1)
        The choice that each link leaves from, and its probability.
    starts : int array (n_targets,)
        Where the links to each target begin.
    target : int array (n_targets,)
        First the places in the next layer, then the states in which the world ended.
    n_live : int
        How many targets go on.
    """

    source: Ints
    weight: Floats
    starts: Ints
    target: Ints
    n_live: int

    def follow(self, flow: Floats, n_next: int) -> tuple[Floats, Floats]:
        """The probability of the next layer's states (n_next, n), and of each state that ends the world."""
        there = np.zeros((n_next, flow.shape[1]))
        if not self.source.size:
            return there, there[:0]
        # Sums of neighbouring rows: each link is read once, and no matrix of zeros is multiplied.
        arrived = np.add.reduceat(flow[self.source] * self.weight, self.starts, axis=0)
        there[self.target[: self.n_live]] = arrived[: self.n_live]
        return there, arrived[self.n_live :]


class Stage(NamedTuple):
    """What can happen in one step; choices are numbered action · n_here + place of the state.

    Attributes
    ----------
    states : int array (n_here,)
        The states that can be met at this time.
    other, work : Links
        Where choices other than work, and work, lead.
    """

    states: Ints
    other: Links
    work: Links


@dataclass(frozen=True, eq=False)
class Paths:
    """What can be reached and how, which tasks that differ in what they bring have in common.

    Attributes
    ----------
    first : float array (n_here,)
        Probability of starting in each state of the first stage.
    stages : tuple of Stage
        One a step; without time in the states the same one for every step.
    last : int array
        The states that can be met after the last step.
    """

    first: Floats
    stages: tuple[Stage, ...]
    last: Ints

    @classmethod
    def of(cls, task: TabulatedTask, rules: "_Rules", n_steps: int) -> "Paths":
        """Find what can be reached in `n_steps` steps."""
        here = np.flatnonzero(task.initial_probability)
        if task.layer_size is None:
            here = _closure(task, here)
            stage, _ = rules.stage(here, here)
            return cls(task.initial_probability[here], (stage,) * n_steps, here)
        first, stages = task.initial_probability[here], []
        for _ in range(n_steps):
            stage, here = rules.stage(here, None)
            stages.append(stage)
        return cls(first, tuple(stages), here)

    def size_after(self, step: int) -> int:
        """How many states can be met after a step."""
        return len(self.stages[step + 1].states if step + 1 < len(self.stages) else self.last)


class Layers(NamedTuple):
    """A task cut into layers, for carrying a distribution of states forward.

    Attributes
    ----------
    paths : Paths
    units : Units or None
    reward, effort : float array (n_actions, n_states, 1) or (n_actions, n_states, n)
        Expected reward and effort of each choice; with a last axis, of each agent's own task.
    """

    paths: Paths
    units: Units | None
    reward: Floats
    effort: Floats

    @classmethod
    def of(cls, task: TabulatedTask, n_steps: int) -> "Layers":
        """Read a task and find its paths; once for each task, and the paths once for all tasks that share them."""
        if type(task).__hash__ is not object.__hash__:
            return cls._of(task, n_steps)
        known = _KNOWN.setdefault(task, {})
        if n_steps not in known:
            known[n_steps] = cls._of(task, n_steps)
        return known[n_steps]

    @classmethod
    def _of(cls, task: TabulatedTask, n_steps: int) -> "Layers":
        rules = _Rules.of(task)
        key = (rules.digest(task), n_steps)
        paths = _PATHS.get(key)
        if paths is None:
            paths = _PATHS[key] = Paths.of(task, rules, n_steps)
        return cls(paths, units_of(task), rules.reward.T[..., None], rules.effort.T[..., None])

    @classmethod
    def of_each(cls, tasks: Sequence[TabulatedTask], n_steps: int) -> "Layers":
        """Read one task for each agent; all have the paths of the first."""
        distinct = {id(task): task for task in tasks}
        place = {key: i for i, key in enumerate(distinct)}
        parts = [cls.of(task, n_steps) for task in distinct.values()]
        if len(parts) == 1:
            return parts[0]
        each = [place[id(task)] for task in tasks]
        # Few tables for many agents are read once each, then spread.
        reward, effort = (np.concatenate([part[i] for part in parts], axis=-1).take(each, axis=-1) for i in (2, 3))
        return parts[0]._replace(reward=reward, effort=effort)

    def take(self, agents: slice) -> "Layers":
        """What a block of agents meets."""
        if self.reward.shape[-1] == 1:
            return self
        return self._replace(reward=self.reward[..., agents], effort=self.effort[..., agents])


def _closure(task: TabulatedTask, here: Ints) -> Ints:
    """The states that can ever be reached from the states `here`."""
    known = np.zeros(task.n_states, dtype=np.bool_)
    available = np.broadcast_to(task.tables.available, task.tables.next_state.shape[1:])
    while here.size:
        known[here] = True
        after = task.tables.next_state[:, here][:, available[here]]
        here = np.setdiff1d(after, np.flatnonzero(known))
    return np.flatnonzero(known)


class _Rules(NamedTuple):
    """The tables, states first: `next_state`, `terminated` and `chance` (n_states, n_outcomes, n_actions)."""

    next_state: Ints
    terminated: Bools
    chance: Floats
    reward: Floats
    effort: Floats
    is_work: Bools

    @classmethod
    def of(cls, task: TabulatedTask) -> "_Rules":
        tables, units = task.tables, units_of(task)
        shape = tables.next_state.shape

        def wide(table: Any) -> Any:
            return np.broadcast_to(table, shape).transpose(1, 0, 2)

        chance = wide(tables.outcome_probability) * np.broadcast_to(tables.available, shape[1:])[:, None]
        reward, effort = ((chance * wide(q)).sum(axis=1) for q in (tables.reward, tables.effort))
        is_work = np.zeros(task.n_actions, dtype=np.bool_) if units is None else units.is_work
        return cls(wide(tables.next_state), wide(tables.terminated), chance, reward, effort, is_work)

    def digest(self, task: TabulatedTask) -> bytes:
        """What tells apart tasks that lead elsewhere."""
        whole = blake2b(repr((task.layer_size, self.chance.shape)).encode())
        for table in (self.next_state, self.terminated, self.chance, self.is_work, task.initial_probability):
            whole.update(np.ascontiguousarray(table).tobytes())
        return whole.digest()

    def stage(self, here: Ints, after: Ints | None) -> tuple[Stage, Ints]:
        """One step from the states `here`, and the states that it can lead to."""
        chance = self.chance[here]
        place, outcome, action = np.nonzero(chance)
        target, ended = (table[here][place, outcome, action] for table in (self.next_state, self.terminated))
        after = np.unique(target[~ended]) if after is None else after
        # Ended states come after all places of the next layer, which keeps them apart when sorted.
        goal = np.where(ended, after.size + target, np.searchsorted(after, target))
        source, weight, work = action * here.size + place, chance[place, outcome, action], self.is_work[action]
        other, busy = (_links(source[kind], weight[kind], goal[kind], after.size) for kind in (~work, work))
        return Stage(here, other, busy), after


def _links(source: Ints, weight: Floats, goal: Ints, n_next: int) -> Links:
    order = np.argsort(goal, kind="stable")
    goal = goal[order]
    starts = np.flatnonzero(np.concatenate([[True], goal[1:] != goal[:-1]])) if goal.size else order
    target = goal[starts]
    n_live = int(np.searchsorted(target, n_next))
    target[n_live:] -= n_next
    return Links(source[order], weight[order, None], starts, target, n_live)


class Tally:
    """Adds up progress while the distribution of states is carried forward, for a block of n agents."""

    def __init__(self, units: Units, n_steps: int, n: int) -> None:
        self.units = units
        self.share_done, self.complete, self.not_started = np.zeros((3, n_steps + 1, n))
        self.offered, self.worked = np.zeros((2, units.n_units, n))
        self.final, self.ended = np.zeros((2, units.n_units + 1, n))
        self.never_ended, self.difference, self.overlap = np.zeros((3, n))
        self._each = np.eye(units.n_units + 1)

    def moment(self, now: int, states: Ints, live: Floats, never: Floats) -> None:
        """Count a moment: how far everyone is, and who has not worked yet."""
        n_units = self.units.n_units
        self.final = self._each[:, self.units.done[states]] @ live + self.ended
        self.share_done[now] = np.arange(n_units + 1) / n_units @ self.final
        self.complete[now] = self.final[-1]
        self.not_started[now] = never.sum(axis=0) + self.never_ended

    def choice(self, states: Ints, rested: Floats, busy: Floats, work: Floats) -> None:
        """Count the choices of those who did not (`rested`) and did (`busy`) work just before.

        The difference between the two among those with as many units at the same time counts by its
        overlap a·b/(a + b), with a and b the probability of either.
        """
        of_units = self._each[:-1, self.units.done[states]] * self.units.offers_work[states]
        n = work.shape[1]
        # One product for all four sums, as each product of few states costs more to start than to do.
        sums = of_units @ np.concatenate([busy, rested, busy * work, rested * work], axis=1)
        a, b, after_work, after_rest = (sums[:, i * n : (i + 1) * n] for i in range(4))
        self.offered += a + b
        self.worked += after_work + after_rest
        total = np.where(a + b > 0, a + b, 1.0)
        # (v/a − w/b)·a·b/(a + b) = (v·b − w·a)/(a + b), which never divides by an empty stratum.
        self.difference += ((after_work * b - after_rest * a) / total).sum(axis=0)
        self.overlap += (a * b / total).sum(axis=0)

    def end(self, links: Links, gone: Floats) -> None:
        """Count those whose world ended."""
        if len(gone):
            np.add.at(self.ended, self.units.done[links.target[links.n_live :]], gone)


def forward(layers: Layers, policy: Floats) -> tuple[Floats, Floats, Tally | None]:
    """Carry the probability of a block of agents forward under a policy (n_actions, n_states, n).

    A policy that depends on the time has one more axis in front, (n_steps, n_actions, n_states, n).
    Returns the expected reward and effort of every step, each (n_steps, n), and the tally of progress.
    """
    n, units, paths = policy.shape[-1], layers.units, layers.paths
    n_steps = len(paths.stages)
    tally = None if units is None else Tally(units, n_steps, n)
    reward, effort = np.zeros((2, n_steps, n))
    rested = np.repeat(paths.first[:, None], n, axis=1)  # did not work just before
    busy, never = np.zeros_like(rested), rested  # did; and have not worked so far
    for now, stage in enumerate(paths.stages):
        chosen = (policy[now] if policy.ndim == 4 else policy)[:, stage.states]
        flow = ((rested + busy) * chosen).reshape(-1, n)
        reward[now], effort[now] = (_expected(table[:, stage.states], flow) for table in layers[2:])
        n_next = paths.size_after(now)
        if tally is not None:
            tally.moment(now, stage.states, rested + busy, never)
            tally.choice(stage.states, rested, busy, chosen[tally.units.is_work].sum(axis=0))
            never, stopped = stage.other.follow((never * chosen).reshape(-1, n), n_next)
            tally.never_ended += stopped.sum(axis=0)
        rested, gone = stage.other.follow(flow, n_next)
        busy, done = stage.work.follow(flow, n_next)
        if tally is not None:
            tally.end(stage.other, gone)
            tally.end(stage.work, done)
    if tally is not None:
        tally.moment(n_steps, paths.last, rested + busy, never)
    return reward, effort, tally


def _expected(quantity: Floats, flow: Floats) -> Floats:
    """The mean (n,) of a quantity (n_actions, n_here, 1 or n) over choices of probability `flow`."""
    each = quantity.reshape(len(flow), -1)
    return each[:, 0] @ flow if each.shape[1] == 1 else np.einsum("cn,cn->n", each, flow)
