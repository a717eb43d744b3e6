"""What a step brought, as learners see it."""

from typing import Any, Protocol

import numpy as np

from rpe._checks import Bools, Floats, Ints, count, indices, instance, shown
from rpe.tasks import Step


def experienced_utility(step: Step, pseudo_reward_weight: Floats | None = None) -> Any:
    """Experienced utility of a step (n,), reward + points − effort (+ weight · pseudo-reward).

    A quantity that the task does not have is the number 0.0, and costs nothing here.
    """
    utility = step.reward
    if not isinstance(step.points, float):
        utility = utility + step.points
    if not isinstance(step.effort, float):
        utility = utility - step.effort
    if not isinstance(step.pseudo_reward, float) and pseudo_reward_weight is not None and pseudo_reward_weight.any():
        utility = utility + pseudo_reward_weight * step.pseudo_reward
    return utility


class Masks(Protocol):
    """Action masks that are seen as an environment is played; `rpe.envs.as_task` keeps them."""

    @property
    def known(self) -> bool:
        """Whether any mask was seen."""

    def take(self, state: Ints, axis: int) -> Bools:
        """Return which actions (n_actions, n) n agents are offered in the states (n,)."""


Offered = Bools | Masks | None


def offered_actions(task: Any) -> Offered:
    """Return which actions each state offers, (n_actions, n_states), or None if all do.

    Where only playing shows it, what is returned learns it on the way.
    """
    tables = getattr(task, "tables", None)
    if tables is None:
        masks: Masks | None = getattr(task, "masks", None)
        return masks
    if tables.available.all():
        return None
    return np.ascontiguousarray(np.broadcast_to(tables.available, tables.next_state.shape[1:]).T)


def offered_in(offered: Offered, state: Ints) -> Bools | None:
    """Return which actions (n_actions, n) n agents are offered in the states (n,), or None if all are."""
    if offered is None or not (isinstance(offered, np.ndarray) or offered.known):
        return None
    return offered.take(state, axis=1)


def asked(memory: Any, kind: type[Any], state: Any) -> Ints:
    """Return the states (n,) that somebody asks about, checked.

    What a loop passes is let through by its type and shape alone.

    Raises
    ------
    TypeError, ValueError
        If the memory is of another kind, or the states do not exist or are not one for each agent.
    """
    as_in_loops = isinstance(memory, kind) and type(state) is np.ndarray and state.dtype == np.int64
    if as_in_loops and state.shape == (memory.n_agents,):
        return state
    instance("memory", memory, kind)
    return indices("state", state, memory.n_states, (memory.n_agents,))


def all_over(step: Step, active: Bools | None) -> bool:
    """Return whether no agent goes on after this step."""
    ended = step.terminated | step.truncated
    if active is not None:
        ended |= ~active
    return bool(ended[0]) and bool(ended.all())


def check_n_agents(described: int, n_agents: int, task: object) -> None:
    """Raise unless parameters for `described` agents can serve `n_agents` of them on a task."""
    count("n_agents", n_agents)
    if isinstance(task, type) or not hasattr(task, "n_states"):
        raise TypeError(f"task must be a task, with states and actions; got {shown(task)}")
    if described not in (1, n_agents):
        raise ValueError(f"n_agents must be {described}, as the parameters have it; got {n_agents}")
