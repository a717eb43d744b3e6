"""The optimum of a task or environment: value iteration on its tables."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, scalar
from rpe.tasks import TabulatedTask, optimal_value


class Optimum(NamedTuple):
    """The best that can be done on a task without end of time.

    Attributes
    ----------
    value : float array (n_states,)
        V*, in reward units.
    q : float array (n_actions, n_states)
        Q*; −∞ where a state does not offer the action.
    policy : bool array (n_actions, n_states)
        Which actions are best.
    start : float
        What a trial is worth before it begins, Σ P(s₀) V*(s₀).

    Examples
    --------
    >>> import rpe
    >>> best = rpe.agents.optimal(rpe.tasks.bandit([0.3, 0.7]))
    >>> round(best.start, 3), best.policy[:, 0].tolist()
    (0.7, [False, True])
    """

    value: Floats
    q: Floats
    policy: Bools
    start: float


def optimal(env: Any, discount: float = 0.99) -> Optimum:
    """Return the optimum by value iteration, Q* = E[u + γ max Q*(s′, ·)], u = reward + points − effort.

    The time is left out, so that there is one best policy; for trials that are cut short see `Planner`
    and `rpe.measures.regret`.

    Parameters
    ----------
    env : TabulatedTask or gymnasium.Env
        A task, or an environment that `rpe.envs.tabulate` can read.
    discount : float
        γ in [0, 1); 1 only if trials end whatever is done.

    Raises
    ------
    TypeError, ValueError
        If there are no tables, or for a discount out of range.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., Eq. 4.10.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> best = rpe.agents.optimal(gym.make("FrozenLake-v1", is_slippery=False), discount=0.9)
    >>> round(best.start, 4)      # 0.9 to the power of 5: the goal is six steps away
    0.5905
    """
    discount = scalar("discount", discount, 0, 1)
    if not isinstance(env, TabulatedTask):
        from rpe import envs

        env = envs.tabulate(env, None if envs.as_task(env).n_steps else 1)
    tables, value = env.tables, optimal_value(env, discount)
    shape = tables.next_state.shape
    ahead = np.where(np.broadcast_to(tables.terminated, shape), 0.0, value[tables.next_state])
    utility = tables.reward + tables.points - tables.effort + discount * ahead
    q = np.where(tables.available, (tables.outcome_probability * utility).sum(axis=0), -np.inf).T
    best = q >= q.max(axis=0) - 1e-9
    return Optimum(value, np.ascontiguousarray(q), best, float(env.initial_probability @ value))
