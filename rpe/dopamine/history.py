"""What a record of behaviour must hold so that it can be read as dopamine; `rpe.simulate.History` does."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy.typing as npt

from rpe._checks import Floats, Ints


class RecordedSteps(Protocol):
    """Every step of the recorded agents; a moment is the start of a trial or the arrival after a step.

    A record may also hold `units`, an int array (n_recorded, n_trials, n_steps + 1): sub-goals (or
    units of work) reached at each moment, which is then read in place of the task's `decode`.

    Attributes
    ----------
    agents : int array (n_recorded,)
        Which agents these are.
    state : int array (n_recorded, n_trials, n_steps + 1)
        The state at each moment.
    action : int array (n_recorded, n_trials, n_steps)
        −1 once the trial has ended.
    reward, effort : float array (n_recorded, n_trials, n_steps)
        What step t brought and cost, in reward units; it belongs to moment t + 1.
    delta : float array (n_recorded, n_trials, n_steps + 1)
        The signed prediction error on arriving at each moment. Index 0 is the cue, which has no
        step, so that this array is longer by one than `reward`; NaN there says that the agent
        has no error at the cue.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=2, deadline=4)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=3, n_trials=1, rng=0, record="all")
    >>> history.full.state.shape, history.full.delta.shape  # agents, trials, moments
    ((3, 1, 5), (3, 1, 5))
    """

    @property
    def agents(self) -> Ints: ...  # noqa: D102
    @property
    def state(self) -> Ints: ...  # noqa: D102
    @property
    def action(self) -> Ints: ...  # noqa: D102
    @property
    def reward(self) -> Floats: ...  # noqa: D102
    @property
    def effort(self) -> Floats: ...  # noqa: D102
    @property
    def delta(self) -> Floats: ...  # noqa: D102


@runtime_checkable
class RecordedHistory(Protocol):
    """A run of agents on a task.

    Attributes
    ----------
    task
        A task with `tables` shows its largest payout, one that `CountsProgress` its sub-goals;
        neither is needed.
    agent
        Who acted; one that `Plans` gives the errors that it did not record.
    memory
        What the agents know, or None.
    n_agents : int
    full : RecordedSteps or None

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=2, deadline=4)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_trials=1, rng=0, record="all")
    >>> isinstance(history, rpe.dopamine.RecordedHistory)
    True
    """

    @property
    def task(self) -> Any: ...  # noqa: D102
    @property
    def agent(self) -> Any: ...  # noqa: D102
    @property
    def memory(self) -> Any: ...  # noqa: D102
    @property
    def n_agents(self) -> int: ...  # noqa: D102
    @property
    def full(self) -> RecordedSteps | None: ...  # noqa: D102


@runtime_checkable
class CountsProgress(Protocol):
    """A task that says what its sub-goals are.

    Attributes
    ----------
    goals : sequence of int
        Units at which a sub-goal stands, rising; the last one is the goal.

    Examples
    --------
    >>> import rpe
    >>> isinstance(rpe.tasks.micro_wins(5), rpe.dopamine.CountsProgress)
    True
    """

    @property
    def goals(self) -> Sequence[int]: ...  # noqa: D102

    def decode(self, state: npt.ArrayLike) -> Mapping[str, Any]:
        """Return what states mean; "units" are the units done, an array of the shape of `state`."""


@runtime_checkable
class Plans(Protocol):
    """An agent that knows the task and learns nothing, such as `rpe.agents.Planner`.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.1))
    >>> isinstance(planner, rpe.dopamine.Plans), isinstance(rpe.agents.QLearner(), rpe.dopamine.Plans)
    (True, False)
    """

    @property
    def discounting(self) -> Any:
        """How it discounts what comes later."""

    def init(self, task: Any, n_agents: int) -> Any:
        """Solve the task."""

    def value(self, memory: Any, state: Ints) -> Floats:
        """Return what its state (n_agents,) is worth to each agent now, in reward units."""


def is_history(value: object) -> bool:
    """Return whether something is a run, not an array."""
    return all(hasattr(value, name) for name in ("full", "task", "agent"))
