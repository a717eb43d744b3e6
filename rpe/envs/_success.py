"""What success is in an environment: said by the user, or marked as the goal by the environment's tables or map."""

from collections.abc import Callable, Collection
from typing import Any

import gymnasium as gym
import numpy as np

from rpe._checks import count, sequence
from rpe.envs._dynamics import published, published_available
from rpe.envs._wrapping import HARMLESS, layers_of
from rpe.tasks import TabulatedTask

Success = Callable[[Any], bool]


class GoalStates:
    """Whether an observation is one of some states."""

    def __init__(self, states: Collection[int]) -> None:
        self.states = frozenset(states)

    def __call__(self, observation: Any) -> bool:
        """Return whether the observation is one of them."""
        return int(observation) in self.states


class InnerStates:
    """Whether the environment inside its wrappers is in one of some states, `unwrapped.s`; observations are others."""

    def __init__(self, core: Any, states: Collection[int]) -> None:
        self.core, self.states = core, frozenset(states)

    def __call__(self, observation: Any) -> bool:
        """Return whether it is in one of them; what is observed is not looked at.

        Raises
        ------
        ValueError
            If the environment does not show its state.
        """
        if not hasattr(self.core, "s"):
            raise ValueError(f"success must be given, as {type(self.core).__name__} does not show its state; got None")
        return int(self.core.s) in self.states


def success_of(env: gym.Env[Any, Any], given: Any) -> Success:
    """Return what says, of the observation in which a trial ended, whether it succeeded.

    Raises
    ------
    TypeError, ValueError
        If `given` is neither a function nor states of the environment, or if nothing is given and
        the environment marks no goal.
    """
    if callable(given):
        return given
    if given is not None:
        states = checked_states("success", given, env.observation_space)
        if not states:
            raise ValueError("success must hold at least one state; got none")
        return GoalStates(states)
    goals = _on_the_map(env) or _by_tables(env)
    changed = any(isinstance(layer, gym.Wrapper) and type(layer) not in HARMLESS for layer in layers_of(env))
    if goals and not changed:
        return GoalStates(goals)
    if not goals:
        raise ValueError(
            "success must say in which states a trial succeeds (states, or a function of the last observation), "
            f"as {type(env.unwrapped).__name__} marks no goal; got None"
        )
    return InnerStates(env.unwrapped, goals)


def checked_states(name: str, states: Any, space: gym.Space[Any]) -> tuple[int, ...]:
    """Return states of a space of whole numbers, all different.

    Raises
    ------
    TypeError
        If the space has no whole numbers, or something else is given.
    ValueError
        If a state lies outside the space, or is named twice.
    """
    given = (states,) if isinstance(states, int | np.integer) else sequence(name, states)
    if not isinstance(space, gym.spaces.Discrete):
        raise TypeError(
            f"{name} must be functions of the observation where observations are no numbers; got {states!r}"
        )
    low, high = int(space.start), int(space.start + space.n) - 1
    found = []
    for state in given:
        try:
            found.append(count(name, state, low, high))
        except ValueError as error:
            raise ValueError(f"{name} must lie in the observation space, from {low} to {high}; got {state}") from error
    if len(set(found)) < len(found):
        raise ValueError(f"{name} must be different states; got {found}")
    return tuple(found)


def _on_the_map(env: Any) -> set[int]:
    """The cells that a map in letters marks as goals, if each cell is a state."""
    letters = getattr(env.unwrapped, "desc", None)
    space = env.unwrapped.observation_space
    if letters is None or not isinstance(space, gym.spaces.Discrete) or np.size(letters) != space.n:
        return set()
    goals: Any = np.flatnonzero(np.ravel(letters).astype(str) == "G")
    return set(goals.tolist())


def _by_tables(env: Any) -> set[int]:
    """The states in which trials end, if tables leave no doubt that this is the goal.

    It is if there is one such state, or if to end there pays more than any other step.
    """
    rows = _endings(env)
    if rows is None:
        return set()
    state, reward, ends = rows
    where = set(state[ends].tolist())
    if len(where) == 1:
        return where
    best = reward[ends].max(initial=-np.inf)
    if reward[~ends].max(initial=-np.inf) >= best:
        return set()
    won = set(state[ends & (reward == best)].tolist())
    lost = set(state[ends & (reward < best)].tolist())
    return set() if won & lost else won


def _endings(env: Any) -> tuple[Any, Any, Any] | None:
    """Every outcome that tables allow: the state that is reached, what it pays, and whether the trial ends."""
    task = getattr(env.unwrapped, "task", None)
    if isinstance(task, TabulatedTask):
        tables = task.tables
    else:
        dynamics = published(env)
        if dynamics is None:
            return None
        tables = dynamics._replace(available=published_available(env, dynamics))
    shape = tables.next_state.shape
    possible = np.broadcast_to(tables.outcome_probability * tables.available, shape) > 0
    return tuple(
        np.broadcast_to(part, shape)[possible] for part in (tables.next_state, tables.reward, tables.terminated)
    )  # type: ignore[return-value]
