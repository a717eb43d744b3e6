"""Worlds in which agents act: a tabulated task with its own noise, or a Gymnasium environment as it is."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.simulate.recorder import UNIT
from rpe.tasks import Step, TabulatedTask


class World(Protocol):
    """World: the copies of a task or environment in which agents act."""

    def start(self) -> Ints:
        """Begin a trial for every agent; return their states (n,)."""

    def may_end(self, now: int) -> bool:
        """Whether a trial can end with step number `now`."""

    def step(self, now: int, state: Ints, action: Ints, active: Bools | None) -> Step:
        """Take step number `now` of the trial."""


class Noise:
    """Uniform numbers for fixed groups of agents, each group with a stream of its own.

    What a group draws does not depend on which other groups are simulated with it.
    """

    def __init__(self, streams: Sequence[np.random.Generator], n: int) -> None:
        self.streams = streams
        self.columns = [slice(i, min(i + UNIT, n)) for i in range(0, n, UNIT)]
        self.n = n

    def draw(self, n_steps: int, n_trials: int = 1) -> Floats:
        """Return uniform numbers (n_trials, n_steps, n)."""
        if len(self.columns) == 1:
            return self.streams[0].random((n_trials, n_steps, self.n))
        noise = np.empty((n_trials, n_steps, self.n))
        for trial in noise:
            for stream, columns in zip(self.streams, self.columns, strict=True):
                trial[:, columns] = stream.random((n_steps, columns.stop - columns.start))
        return noise


class TabulatedWorld:
    """A task with tables, stepped by look-up."""

    def __init__(self, task: TabulatedTask, streams: Sequence[np.random.Generator], n: int, n_steps: int) -> None:
        self.task, self.noise, self.n_steps = task, Noise(streams, n), n_steps
        self._is_random = task.lookup.n_outcomes > 1
        self.outcomes: Floats | None = None
        self._nobody = np.zeros(n, dtype=np.bool_)
        self._nobody.setflags(write=False)
        self.endings = _endings(task, n_steps)

    def may_end(self, now: int) -> bool:
        """Whether a trial can end with step number `now`."""
        return self.endings[now]

    def start(self) -> Ints:
        """Begin a trial for every agent; return their states (n,)."""
        each = zip(self.noise.columns, self.noise.streams, strict=True)
        state = [self.task.initial(columns.stop - columns.start, stream) for columns, stream in each]
        if self._is_random:
            self.outcomes = self.noise.draw(self.n_steps)[0]
        return np.concatenate(state)

    def step(self, now: int, state: Ints, action: Ints, active: Bools | None) -> Step:
        """Take step number `now` of the trial; agents that are not active stay where they are."""
        nobody = None if self.endings[now] else self._nobody
        step = self.task.lookup.step(state, action, None if self.outcomes is None else self.outcomes[now], nobody)
        if active is None:
            return step
        return Step(
            np.where(active, step.state, state),
            step.reward * active,
            step.effort * active,
            step.points * active,
            step.pseudo_reward * active,
            step.terminated,
            step.truncated,
        )


class EnvWorld:
    """A Gymnasium environment or vector environment, behind its adapter."""

    def __init__(self, task: Any, rng: np.random.Generator) -> None:
        self.task = task
        self._seed: int | None = int(rng.integers(2**31))

    def may_end(self, now: int) -> bool:
        """Whether a trial can end with step number `now`: an environment does not say."""
        return True

    def start(self) -> Ints:
        """Reset every copy (seeding the first time); return their states (n,)."""
        seed, self._seed = self._seed, None
        return np.asarray(self.task.start(seed))

    def step(self, now: int, state: Ints, action: Ints, active: Bools | None) -> Step:
        """Step the environment; what copies do after their trial has ended is left out."""
        step: Step = self.task.step(action, active)
        if active is None:
            return step
        return step._replace(state=np.where(active, step.state, state), reward=step.reward * active)


def _endings(task: TabulatedTask, n_steps: int) -> list[bool]:
    """Whether any state that can be left in each step has an ending."""
    somewhere: Any = np.broadcast_to(task.tables.terminated, task.tables.next_state.shape).any(axis=(0, 2))
    if task.layer_size is None:
        return [bool(somewhere.any())] * n_steps
    layers = somewhere.reshape(-1, task.layer_size).any(axis=1)
    return [bool(ends) for ends in layers[:n_steps]]
