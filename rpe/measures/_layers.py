"""The distribution of states carried forward, layer by layer over the states that can be reached."""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.simulate.history import Units
from rpe.simulate.recorder import units_of
from rpe.tasks import TabulatedTask

_KNOWN: "WeakKeyDictionary[TabulatedTask, dict[int, Layers]]" = WeakKeyDictionary()


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


class Layer(NamedTuple):
    """What can happen in one step; choices are numbered action · n_here + place of the state.

    Attributes
    ----------
    states : int array (n_here,)
        The states that can be met at this time.
    other, work : Links
        Where choices other than work, and work, lead.
    reward, effort : float array (n_actions * n_here,)
        Expected reward and effort of each choice.
    """

    states: Ints
    other: Links
    work: Links
    reward: Floats
    effort: Floats


class Layers(NamedTuple):
    """A task cut into layers; without time in its states one layer serves every step.

    Attributes
    ----------
    first : float array (n_here,)
        Probability of starting in each state of the first layer.
    steps : tuple of Layer
    last : int array
        The states that can be met after the last step.
    units : Units or None
    """

    first: Floats
    steps: tuple[Layer, ...]
    last: Ints
    units: Units | None

    @classmethod
    def of(cls, task: TabulatedTask, n_steps: int) -> "Layers":
        """Find what can be reached in `n_steps` steps, and how; found once for each task."""
        if type(task).__hash__ is not object.__hash__:
            return cls._of(task, n_steps)
        known = _KNOWN.setdefault(task, {})
        if n_steps not in known:
            known[n_steps] = cls._of(task, n_steps)
        return known[n_steps]

    @classmethod
    def _of(cls, task: TabulatedTask, n_steps: int) -> "Layers":
        units, rules = units_of(task), _Rules.of(task)
        here = np.flatnonzero(task.initial_probability)
        if task.layer_size is None:
            here = _closure(task, here)
            layer, _ = rules.layer(here, here)
            return cls(task.initial_probability[here], (layer,) * n_steps, here, units)
        first, steps = task.initial_probability[here], []
        for _ in range(n_steps):
            layer, here = rules.layer(here, None)
            steps.append(layer)
        return cls(first, tuple(steps), here, units)

    def size_after(self, step: int) -> int:
        """How many states can be met after a step."""
        return len(self.steps[step + 1].states if step + 1 < len(self.steps) else self.last)


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

    def layer(self, here: Ints, after: Ints | None) -> tuple[Layer, Ints]:
        """One step from the states `here`, and the states that it can lead to."""
        chance = self.chance[here]
        place, outcome, action = np.nonzero(chance)
        target, ended = (table[here][place, outcome, action] for table in (self.next_state, self.terminated))
        after = np.unique(target[~ended]) if after is None else after
        # Ended states come after all places of the next layer, which keeps them apart when sorted.
        goal = np.where(ended, after.size + target, np.searchsorted(after, target))
        source, weight, work = action * here.size + place, chance[place, outcome, action], self.is_work[action]
        other, busy = (_links(source[kind], weight[kind], goal[kind], after.size) for kind in (~work, work))
        return Layer(here, other, busy, self.reward[here].T.ravel(), self.effort[here].T.ravel()), after


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
    n, units, n_steps = policy.shape[-1], layers.units, len(layers.steps)
    tally = None if units is None else Tally(units, n_steps, n)
    reward, effort = np.zeros((2, n_steps, n))
    rested = np.repeat(layers.first[:, None], n, axis=1)  # did not work just before
    busy, never = np.zeros_like(rested), rested  # did; and have not worked so far
    for now, layer in enumerate(layers.steps):
        chosen = (policy[now] if policy.ndim == 4 else policy)[:, layer.states]
        flow = ((rested + busy) * chosen).reshape(-1, n)
        reward[now], effort[now] = layer.reward @ flow, layer.effort @ flow
        n_next = layers.size_after(now)
        if tally is not None:
            tally.moment(now, layer.states, rested + busy, never)
            tally.choice(layer.states, rested, busy, chosen[tally.units.is_work].sum(axis=0))
            never, stopped = layer.other.follow((never * chosen).reshape(-1, n), n_next)
            tally.never_ended += stopped.sum(axis=0)
        rested, gone = layer.other.follow(flow, n_next)
        busy, done = layer.work.follow(flow, n_next)
        if tally is not None:
            tally.end(layer.other, gone)
            tally.end(layer.work, done)
    if tally is not None:
        tally.moment(n_steps, layers.last, rested + busy, never)
    return reward, effort, tally
