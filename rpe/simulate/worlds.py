"""Worlds in which agents act: a tabulated task with its own noise, or a Gymnasium environment as it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.simulate.recorder import UNIT
from rpe.tasks import Step, TabulatedTask

if TYPE_CHECKING:
    from rpe.envs import EnvTask


class World(Protocol):
    """World: the copies of a task or environment in which agents act."""

    n_actions: int

    def start(self) -> Ints:
        """Begin a trial for every agent; return their states (n,)."""

    def may_end(self, now: int) -> bool:
        """Whether a trial can end with step number `now`."""

    def step(self, now: int, state: Ints, action: Ints, active: Bools | None) -> Step:
        """Take step number `now` of the trial."""

    def offered(self, state: Ints) -> Bools | None:
        """Which actions (n_actions, n) can be chosen now; None if all can."""

    @property
    def units(self) -> Ints | None:
        """Units done by now (n,), if infos count them; None where states tell."""


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
        available = np.broadcast_to(task.tables.available, task.tables.next_state.shape[1:])
        self.n_actions, self.offers_all = task.n_actions, bool(available.all())
        self._available = None if self.offers_all else np.ascontiguousarray(available.T)

    def may_end(self, now: int) -> bool:
        """Whether a trial can end with step number `now`."""
        return self.endings[now]

    @property
    def units(self) -> None:
        """None: states tell how many units are done."""
        return None

    def start(self) -> Ints:
        """Begin a trial for every agent; return their states (n,)."""
        state, self.outcomes = self.draw()
        return state

    def draw(self) -> tuple[Ints, Floats | None]:
        """Draw where trials start (n,), and the uniform numbers (n_steps, n) that decide outcomes, if any do."""
        each = zip(self.noise.columns, self.noise.streams, strict=True)
        state = [self.task.initial(columns.stop - columns.start, stream) for columns, stream in each]
        return np.concatenate(state), self.noise.draw(self.n_steps)[0] if self._is_random else None

    def offered(self, state: Ints) -> Bools | None:
        """Which actions (n_actions, n) can be chosen in the states (n,); None if all can in every state."""
        return None if self._available is None else self._available.take(state, axis=1)

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
    """A Gymnasium environment or vector environment, behind its adapter.

    One that is made of a task is given its start and its random numbers, as `TabulatedWorld` draws
    them: the result is then that of the task itself.
    """

    def __init__(self, task: "EnvTask", streams: Sequence[np.random.Generator], n: int, n_steps: int) -> None:
        self.task, self.n_actions = task, task.n_actions
        self._twin = None
        if task.inside is not None and task.prepares:
            self._twin = TabulatedWorld(task.inside, streams, n, n_steps)
        self._seed = None if self._twin is not None else int(streams[0].integers(2**31))

    def may_end(self, now: int) -> bool:
        """Whether a trial can end with step number `now`: an environment does not say."""
        return True

    @property
    def units(self) -> Ints | None:
        """Units done by now (n,), if infos count them."""
        return self.task.units

    def start(self) -> Ints:
        """Reset every copy (seeding the first time); return their states (n,)."""
        if self._twin is not None:
            self.task.prepare(*self._twin.draw())
        seed, self._seed = self._seed, None
        return np.asarray(self.task.start(seed))

    def offered(self, state: Ints) -> Bools | None:
        """Which actions (n_actions, n) can be chosen now; None if all can."""
        return self.task.mask

    def step(self, now: int, state: Ints, action: Ints, active: Bools | None) -> Step:
        """Step the environment; what copies do after their trial has ended is left out."""
        before = self.task.units
        step: Step = self.task.step(action, active)
        if active is None:
            return step
        if before is not None and self.task.units is not None:
            self.task.units = np.where(active, self.task.units, before)
        reward, effort, points, pseudo_reward = (
            part if isinstance(part, float) else np.where(active, part, 0.0) for part in step[1:5]
        )
        reached = np.where(active, step.state, state)
        return Step(reached, reward, effort, points, pseudo_reward, step.terminated, step.truncated)


def _endings(task: TabulatedTask, n_steps: int) -> list[bool]:
    """Whether any state that can be left in each step has an ending."""
    somewhere: Any = np.broadcast_to(task.tables.terminated, task.tables.next_state.shape).any(axis=(0, 2))
    if task.layer_size is None:
        return [bool(somewhere.any())] * n_steps
    layers = somewhere.reshape(-1, task.layer_size).any(axis=1)
    return [bool(ends) for ends in layers[:n_steps]]
