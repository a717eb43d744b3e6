"""Any task with tables as a Gymnasium environment."""

from operator import index
from typing import Any

import gymnasium as gym
import numpy as np

from rpe._checks import Bools, Floats, choice, count, mapping
from rpe.envs._builders import build
from rpe.envs.picture import description, sketch
from rpe.tasks import TabulatedTask

_RENDER_MODES = ["ansi", "rgb_array"]


class TaskEnv(gym.Env[Any, Any]):
    """A task of `rpe.tasks` for one agent: states are observations, and the utility is the reward.

    Every task of the library has an id, such as `rpe/ToDoList-v0`; `gymnasium.make` takes the
    parameters of the task, and `rpe/Task-v0` any task.

    Reward is reward + points − effort; its parts are in `info`, with what the state means and which
    actions it offers (`action_mask`, and `action_masks()` for sb3-contrib). A trial that the task does
    not end is truncated after its number of steps.

    An action that the mask rules out is an idle step, here as in `GoalEnv`: it passes the time and
    nothing is done. Where states hold the time, the tables say what that brings (a payment that is due
    still comes); elsewhere the state stays and nothing comes.

    Parameters
    ----------
    task : TabulatedTask or str
        A task, or the name of one, without "Task", as in the ids.
    render_mode : {"ansi", "rgb_array"}, optional
        A line of text, or an image (160, 480, 3).
    **parameters
        Of the task, if a name is given.

    Attributes
    ----------
    prepared : tuple (int, float array (n_steps,) or None) or None
        The state in which the next trial begins and the uniform numbers that decide its outcomes, so that a
        simulation in this environment is that of its task; None for random ones.

    Raises
    ------
    TypeError, ValueError
        For anything else, or parameters that the task does not have.

    Examples
    --------
    >>> import rpe
    >>> env = rpe.envs.TaskEnv(rpe.tasks.five_minutes(rpe.tasks.monolithic(), n_steps=3))
    >>> observation, info = env.reset(seed=0)
    >>> env.step(2)[1], info["action_mask"]
    (-3.0, array([1, 1, 1], dtype=int8))
    """

    metadata: dict[str, Any] = {"render_modes": _RENDER_MODES, "render_fps": 8}  # noqa: RUF012

    def __init__(self, task: TabulatedTask | str, *, render_mode: str | None = None, **parameters: Any) -> None:
        if isinstance(task, str):
            task = build(task, parameters)
        elif parameters:
            raise TypeError(f"parameters must not be given with a task; got {', '.join(parameters)}")
        if not isinstance(task, TabulatedTask):
            raise TypeError(f"task must be a task with tables; got {type(task).__name__}")
        if render_mode is not None:
            choice("render_mode", render_mode, _RENDER_MODES)
        self.task, self.render_mode = task, render_mode
        self.observation_space = gym.spaces.Discrete(task.n_states)
        self.action_space = gym.spaces.Discrete(task.n_actions)
        self._offered = np.broadcast_to(task.tables.available, task.tables.next_state.shape[1:])
        self._state: int | None = None
        self._time = 0
        self._shown: tuple[int, int | None] | None = None
        self.prepared: tuple[int, Floats | None] | None = None
        self._uniform: Floats | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin a trial; return the first state and what is known of it."""
        if options is not None:
            mapping("options", options)
        super().reset(seed=None if seed is None else count("seed", seed, 0))
        first, self._uniform = self.prepared or (int(self.task.initial(1, self.np_random)[0]), None)
        self._state, self._time, self.prepared = first, 0, None
        self._shown = first, None
        return first, self._seen(first)

    def step(self, action: Any) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Take one step; return state, utility, terminated, truncated and info.

        Raises
        ------
        ValueError
            If the action lies outside the space, or the trial has not begun or is over.
        """
        if self._state is None:
            raise ValueError("reset must be called before step, and after a trial is over")
        try:
            chosen = index(action)
        except TypeError:
            chosen = -1
        if not 0 <= chosen < self.task.n_actions:
            raise ValueError(f"action must lie in [0, {self.task.n_actions - 1}]; got {action!r}")
        state, reward, effort, points, pseudo, over = self._brought(self._state, chosen)
        self._time += 1
        parts = {"reward": reward, "effort": effort, "points": points, "pseudo_reward": pseudo}
        info = {**self._seen(state), **parts}
        truncated = not over and self._time >= self.task.n_steps
        self._state, self._shown = None if over or truncated else state, (state, chosen)
        return state, reward + points - effort, over, truncated, info

    def action_masks(self) -> Bools:
        """Return which actions (n_actions,) the state offers, as sb3-contrib asks for it.

        Raises
        ------
        ValueError
            If no trial has begun.
        """
        if self._shown is None:
            raise ValueError("reset must be called before action_masks")
        return self._offered[self._shown[0]].copy()

    def render(self) -> Any:
        """Return the picture that `render_mode` asks for; None without one."""
        if self.render_mode is None:
            return None
        if self._shown is None:
            raise ValueError("reset must be called before render")
        return (description if self.render_mode == "ansi" else sketch)(self.task, *self._shown)

    def _brought(self, state: int, action: int) -> tuple[int, float, float, float, float, bool]:
        """State, reward, effort, points, pseudo-reward and whether the world ended."""
        uniform = None
        if self.task.lookup.n_outcomes > 1:
            uniform = np.array([self.np_random.random() if self._uniform is None else self._uniform[self._time]])
        if self.task.layer_size is None and not self._offered[state, action]:
            return state, 0.0, 0.0, 0.0, 0.0, False
        found = self.task.lookup.step(np.array([state]), np.array([action]), uniform)
        to, reward, effort, points, pseudo, over, _ = (np.asarray(part).item() for part in found)
        return to, reward, effort, points, pseudo, over

    def _seen(self, state: int) -> dict[str, Any]:
        known = self.task.decode(np.array(state))
        seen: dict[str, Any] = {name: np.asarray(value).item() for name, value in known.items()}
        seen["action_mask"] = self._offered[state].astype(np.int8)
        return seen
