"""Any task with tables as a Gymnasium environment."""

from operator import index
from typing import Any

import gymnasium as gym
import numpy as np

from rpe.tasks import TabulatedTask


class TaskEnv(gym.Env[Any, Any]):
    """A task of `rpe.tasks` for one agent: states are observations, and the utility is the reward.

    Reward is reward + points − effort; its parts are in `info`, with what the state means and which
    actions it offers (`action_mask`). An action that the state does not offer is an error. A trial
    that the task does not end is truncated after its number of steps.

    Parameters
    ----------
    task : TabulatedTask

    Raises
    ------
    TypeError
        For anything else.

    Examples
    --------
    >>> import rpe
    >>> env = rpe.envs.TaskEnv(rpe.tasks.five_minutes(rpe.tasks.monolithic(), n_steps=3))
    >>> observation, info = env.reset(seed=0)
    >>> env.step(2)[1], info["action_mask"]
    (-3.0, array([1, 1, 1], dtype=int8))
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(self, task: TabulatedTask) -> None:
        if not isinstance(task, TabulatedTask):
            raise TypeError(f"task must be a task with tables; got {type(task).__name__}")
        self.task = task
        self.observation_space = gym.spaces.Discrete(task.n_states)
        self.action_space = gym.spaces.Discrete(task.n_actions)
        self._state: int | None = None
        self._time = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin a trial; return the first state and what is known of it."""
        super().reset(seed=seed)
        self._state, self._time = int(self.task.initial(1, self.np_random)[0]), 0
        return self._state, self._seen()

    def step(self, action: Any) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Take one step; return state, utility, terminated, truncated and info.

        Raises
        ------
        ValueError
            If the action lies outside the space or is not offered, or the trial has not begun or is over.
        """
        if self._state is None:
            raise ValueError("reset must be called before step, and after a trial is over")
        try:
            chosen = index(action)
        except TypeError as error:
            raise ValueError(f"action must lie in [0, {self.task.n_actions - 1}]; got {action!r}") from error
        found = self.task.step(np.array([self._state]), np.array([chosen]), self.np_random)
        state, reward, effort, points, pseudo, over, _ = (part[0].item() for part in found)
        self._state, self._time = state, self._time + 1
        parts = {"reward": reward, "effort": effort, "points": points, "pseudo_reward": pseudo}
        info = {**self._seen(), **parts}
        truncated = not over and self._time >= self.task.n_steps
        if over or truncated:
            self._state = None
        return state, reward + points - effort, over, truncated, info

    def _seen(self) -> dict[str, Any]:
        mask = np.broadcast_to(self.task.tables.available, (self.task.n_states, self.task.n_actions))[self._state]
        known = self.task.decode(np.array(self._state))
        return {
            **{name: np.asarray(value).item() for name, value in known.items()},
            "action_mask": mask.astype(np.int8),
        }
