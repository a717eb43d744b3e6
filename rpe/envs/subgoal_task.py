"""An environment with sub-goals as a task with tables."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints
from rpe.envs._success import GoalStates
from rpe.envs.subgoals import SubGoals
from rpe.tasks import Tables, TableTask, TabulatedTask


class SubGoalTask(TableTask):
    """A task with sub-goals around it; states are those that `SubGoals` shows with `observe=True`.

    Units are the sub-goals that were reached, and work is what reaches one.

    Parameters
    ----------
    env : SubGoals
        The sub-goals, which are states.
    base : TabulatedTask
        The tables of the environment inside.

    Attributes
    ----------
    n_units, n_sub_goals : int
        How many sub-goals there are; what ends a trial is not among them.

    Raises
    ------
    TypeError, ValueError
        If sub-goals or success are not states, or the observation does not tell what was won.

    Examples
    --------
    >>> import gymnasium as gym
    >>> import rpe
    >>> lake = rpe.envs.SubGoals(gym.make("FrozenLake-v1", is_slippery=False), [4, 9, 14])
    >>> isinstance(rpe.envs.tabulate(lake), rpe.envs.SubGoalTask)
    True
    """

    def __init__(self, env: SubGoals, base: TabulatedTask) -> None:
        if not env.observe or env.potential is not None or any(callable(goal) for goal in env.sub_goals):
            raise ValueError(
                "sub_goals must be states, and observe True, for tables; got other sub-goals or observe False"
            )
        self.base, self.n_won = base, env.n_won
        self.n_units = self.n_sub_goals = len(env.sub_goals)
        self._reached = np.array([env.n_of(won) for won in range(env.n_won)])
        first = np.zeros(base.n_states * env.n_won)
        first[:: env.n_won] = base.initial_probability
        layer = None if base.layer_size is None else base.layer_size * env.n_won
        super().__init__(
            _with_sub_goals(env, base.tables, self._reached),
            base.n_steps,
            first,
            layer,
            action_names=base.action_names,
        )

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n trials start."""
        return self.base.initial(n, rng) * self.n_won

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: all that the task inside says, and `units`, the sub-goals that were reached."""
        inside, won = np.divmod(np.asarray(state), self.n_won)
        return {**self.base.decode(inside), "units": self._reached[won]}


def _with_sub_goals(env: SubGoals, tables: Tables, n_reached: Ints) -> Tables:
    """The tables with what the arm adds, a row for every state and what was won before."""
    m, shape = env.n_won, tables.next_state.shape
    to = np.empty((shape[0], shape[1] * m, shape[2]), dtype=np.int64)
    reward, points, pseudo = (
        np.broadcast_to(part, shape).repeat(m, axis=1).astype(np.float64)
        for part in (tables.reward, tables.points, tables.pseudo_reward)
    )
    ended = np.broadcast_to(tables.terminated, shape)
    succeeds = ended & _succeeds(env, tables.next_state)
    for won in range(m):
        rows, after = slice(won, None, m), np.full(shape, won)
        for state in {int(goal) for goal in env.sub_goals}:
            after[tables.next_state == state] = env.won_after(won, state.__eq__)
        to[:, rows] = tables.next_state * m + after
        prize = (n_reached[after] - n_reached[won]) * env.prize
        if env.pays:
            reward[:, rows] += np.where(succeeds, env.rest(n_reached[won] * env.prize), prize)
        elif env.matching == "potential":
            phi = np.where(ended, 0.0, n_reached[after] * env.rise)
            points[:, rows] += env.potential_discount * phi - n_reached[won] * env.rise
        elif env.matching == "pseudo_reward":
            pseudo[:, rows] += prize
    chance, effort = (_widened(part, m) for part in (tables.outcome_probability, tables.effort))
    available = np.broadcast_to(tables.available, shape[1:]).repeat(m, axis=0)
    return Tables(to, chance, reward, effort, ended.repeat(m, axis=1), available, points, pseudo)


def _succeeds(env: SubGoals, state: Ints) -> Bools:
    """Whether to end in these states is success."""
    if not env.pays:
        return np.zeros(state.shape, dtype=np.bool_)
    if isinstance(env.success, GoalStates):
        return np.isin(state, list(env.success.states))
    say = env.success
    if say is None:
        raise ValueError("success must be known for tables; it is not")
    known = np.array([bool(say(each)) for each in range(int(state.max()) + 1)])
    return known[state]


def _widened(part: Floats, m: int) -> Floats:
    """A quantity of every state for each of m states in its place."""
    return part if part.shape[1] == 1 else part.repeat(m, axis=1)
