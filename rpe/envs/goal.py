"""The long task as a Gymnasium environment, one copy or many."""

from operator import index
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from rpe._checks import Bools, Floats, Ints, between, choice, count, flag, mapping
from rpe.envs.observations import Observer
from rpe.envs.picture import image, line
from rpe.tasks import GoalTask, Step, micro_wins, monolithic

_FPS = 8
_RENDER_MODES = ["ansi", "rgb_array"]


class GoalEnv(gym.Env[Any, Any]):
    """The long task with a deadline as an environment; ids `rpe/MicroWins-v0` and `rpe/MonolithicGoal-v0`.

    The reward is the utility of the step, reward + points − effort; `info` holds the parts, the
    units done, whether a sub-goal was reached, and `action_mask`. An action that the mask rules out
    (work after the last unit) is an idle step, as in `TaskEnv`: it passes the time and nothing is done.
    The deadline terminates; nothing is truncated.

    Parameters
    ----------
    split : bool
        Whether the task is `rpe.tasks.micro_wins(**parameters)` or `rpe.tasks.monolithic(**parameters)`.
    task : GoalTask, optional
        A task of one's own, instead of parameters.
    observation : {"state", "blind", "features"}
        The discrete state; the same without the time; or `rpe.envs.FEATURE_NAMES` in [0, 1].
    render_mode : {"ansi", "rgb_array"}, optional
        A line of text, or an image (160, 480, 3).
    **parameters
        Of the task.

    Attributes
    ----------
    prepared : tuple (int, float array (n_steps,) or None) or None
        The state in which the next trial begins, which is always 0, and the uniform numbers that decide its
        outcomes, so that a simulation in this environment is that of its task; None for random ones.

    Raises
    ------
    TypeError, ValueError
        For parameters that the task does not have or that are out of range.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> env = gym.make("rpe/MicroWins-v0", n_goals=5)
    >>> observation, info = env.reset(seed=0)
    >>> observation, reward, terminated, truncated, info = env.step(1)
    >>> reward, info["units"]
    (-3.0, 1)
    """

    # Gymnasium declares this an instance variable, and wrappers replace it as a whole.
    metadata: dict[str, Any] = {"render_modes": _RENDER_MODES, "render_fps": _FPS}  # noqa: RUF012

    def __init__(
        self,
        split: bool = True,
        *,
        task: GoalTask | None = None,
        observation: str = "state",
        render_mode: str | None = None,
        **parameters: Any,
    ) -> None:
        self.task = _task(split, task, parameters)
        self.render_mode = _render_mode(render_mode)
        self._observer, self.observation = Observer(self.task, observation), observation
        self.observation_space = self._observer.space
        self.action_space = gym.spaces.Discrete(self.task.n_actions)
        tables = self.task.tables
        self._n_states, self._n_actions = self.task.n_states, self.task.n_actions
        self._limits = np.cumsum(tables.outcome_probability.ravel()).tolist()[:-1]
        self._mask = np.broadcast_to(tables.available, tables.next_state.shape[1:]).astype(np.int8)
        # One agent at a time is fastest on plain numbers, looked up once.
        self._known: dict[int, tuple[Any, ...]] = {}
        self._state: int | None = None
        self._action: int | None = None
        self.prepared: tuple[int, Floats | None] | None = None
        self._uniform: Any = None

    def action_masks(self) -> Bools:
        """Return which actions (n_actions,) can be chosen now, as sb3-contrib asks for it.

        Raises
        ------
        ValueError
            If no trial has begun.
        """
        if self._state is None and self._action is None:
            raise ValueError("reset must be called before action_masks")
        return np.asarray(self._mask[self._last if self._state is None else self._state], dtype=np.bool_)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a trial; return the first observation and what is known of it."""
        super().reset(seed=None if seed is None else count("seed", seed, 0))
        self._state, self._action = 0, None
        _, uniform = self.prepared or (0, None)
        self._uniform, self.prepared = None if uniform is None else iter(uniform.tolist()), None
        return self._observer.one(0), self._seen(0)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take one step; return observation, utility, terminated, truncated (always False) and info.

        Raises
        ------
        ValueError
            If the action lies outside the space, or the trial has not begun or is over.
        """
        try:
            chosen = index(action)
        except TypeError:
            chosen = -1
        if not 0 <= chosen < self._n_actions:
            raise ValueError(f"action must lie in [0, {self._n_actions - 1}]; got {action!r}")
        if self._state is None:
            raise ValueError("reset must be called before step, and after a trial is over")
        luck = 0
        if self._limits:
            drawn = self.np_random.random() if self._uniform is None else next(self._uniform)
            luck = sum(drawn >= limit for limit in self._limits)
        key = (luck * self._n_states + self._state) * self._n_actions + chosen
        after, utility, over, reward, effort, points, pseudo, units, time, sub_goal = self._known.get(
            key
        ) or self._look_up(key)
        info = {
            "units": units,
            "time": time,
            "action_mask": self._mask[after].copy(),
            "reward": reward,
            "effort": effort,
            "points": points,
            "pseudo_reward": pseudo,
            "sub_goal": sub_goal,
        }
        self._action, self._last = chosen, after
        self._state = None if over else after
        return self._observer.one(after), utility, over, False, info

    def _look_up(self, key: int) -> tuple[Any, ...]:
        """What a luck, state and action bring, as plain numbers; kept for the next time."""
        tables, shape = self.task.tables, self.task.tables.next_state.shape
        rest, action = divmod(key, shape[2])
        place = (*divmod(rest, shape[1]), action)
        reward, effort, points, pseudo = (
            float(np.broadcast_to(part, shape)[place])
            for part in (tables.reward, tables.effort, tables.points, tables.pseudo_reward)
        )
        after = int(tables.next_state[place])
        over = bool(np.broadcast_to(tables.terminated, shape)[place])
        now, then = (self.task.decode(state) for state in (place[1], after))
        units, time = int(then["units"]), int(then["time"])
        sub_goal = units > now["units"] and units in self.task.goals
        found = (after, reward + points - effort, over, reward, effort, points, pseudo, units, time, bool(sub_goal))
        self._known[key] = found
        return found

    def render(self) -> Any:
        """Return the picture that `render_mode` asks for; None without one."""
        if self.render_mode is None:
            return None
        if self._state is None and self._action is None:
            raise ValueError("reset must be called before render")
        shown = self._last if self._state is None else self._state
        return (line if self.render_mode == "ansi" else image)(self.task, shown, self._action)

    def _seen(self, state: int) -> dict[str, Any]:
        now = self.task.decode(state)
        return {"units": int(now["units"]), "time": int(now["time"]), "action_mask": self._mask[state].copy()}


class GoalVectorEnv(VectorEnv[Any, Any, Any]):
    """Many copies of the long task at once; `gymnasium.make_vec` with the ids of `GoalEnv`.

    All copies share one stream of random numbers; a vector of one follows the trajectory of a
    `GoalEnv` with the same seed.

    Parameters
    ----------
    num_envs : int
        Copies, at least 1.
    autoreset_mode : AutoresetMode
        When finished copies begin anew: in the next step, in the same step, or when asked for by
        `reset(options={"reset_mask": mask})`.
    max_episode_steps : int, optional
        Steps after which a trial is truncated, at least 1; by default none is, as the deadline ends it.
    split, task, observation, render_mode, **parameters
        As `GoalEnv`.

    Raises
    ------
    TypeError, ValueError
        As `GoalEnv`, and for fewer than one copy or step.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> envs = gym.make_vec("rpe/MicroWins-v0", num_envs=3, n_goals=5, n_units=12, deadline=40)
    >>> observations, infos = envs.reset(seed=0)
    >>> envs.step([0, 1, 1])[1]
    array([ 2., -3., -3.])
    """

    metadata: dict[str, Any] = {"render_modes": _RENDER_MODES, "render_fps": _FPS}  # noqa: RUF012

    def __init__(
        self,
        num_envs: int = 1,
        split: bool = True,
        *,
        task: GoalTask | None = None,
        observation: str = "state",
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        max_episode_steps: int | None = None,
        **parameters: Any,
    ) -> None:
        self.num_envs = count("num_envs", num_envs)
        self.task = _task(split, task, parameters)
        self.render_mode = _render_mode(render_mode)
        self.autoreset_mode = _autoreset_mode(autoreset_mode)
        self.metadata = self.metadata | {"autoreset_mode": self.autoreset_mode}
        self.max_episode_steps = None if max_episode_steps is None else count("max_episode_steps", max_episode_steps)
        self._observer, self.observation = Observer(self.task, observation), observation
        self.single_observation_space = self._observer.space
        self.single_action_space = gym.spaces.Discrete(self.task.n_actions)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        tables = self.task.tables
        self._mask = np.broadcast_to(tables.available, tables.next_state.shape[1:]).astype(np.int8)
        now = self.task.decode(np.arange(self.task.n_states))
        self._units, self._time = now["units"], now["time"]
        self._is_goal = np.isin(np.arange(self.task.n_units + 1), self.task.goals)
        self._state = np.zeros(self.num_envs, dtype=np.int64)
        self._action = np.full(self.num_envs, -1)
        self._over: Bools | None = None
        self._prepared: Floats | None = None
        self._uniform: Any = None

    def prepare(self, uniform: Floats | None) -> None:
        """Let the trials that begin with the next reset go as given uniform numbers (n_steps, num_envs) decide."""
        if uniform is not None:
            uniform = between("uniform", uniform, 0, 1, open_high=True)
            if uniform.ndim != 2 or uniform.shape[1] != self.num_envs:
                raise ValueError(f"uniform must have shape (n_steps, {self.num_envs}); got {uniform.shape}")
        self._prepared = uniform

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin trials in all copies, or in those of `options["reset_mask"]`.

        Raises
        ------
        TypeError, ValueError
            If the seed is not one whole number, or the mask not a bool array (num_envs,) with a True.
        """
        if options is not None:
            mapping("options", options)
        if seed is not None:
            super().reset(seed=count("seed", seed, 0))
        mask = np.ones(self.num_envs, dtype=np.bool_)
        if options is not None and "reset_mask" in options:
            mask = self._checked_mask(options["reset_mask"])
        over = np.zeros(self.num_envs, dtype=np.bool_) if self._over is None else self._over
        self._state = np.where(mask, 0, self._state)
        self._action = np.where(mask, -1, self._action)
        self._over = over & ~mask
        if mask.all():
            self._uniform, self._prepared = None if self._prepared is None else iter(self._prepared), None
        return self._observer.many(self._state), self._batch(self._seen(self._state), mask)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Take one step in every copy; copies that begin anew ignore their action.

        Raises
        ------
        ValueError
            If actions lie outside the space, or copies that are over were not reset.
        """
        action = self._checked_actions(actions)
        if self._over is None:
            raise ValueError("reset must be called before step")
        if self.autoreset_mode is AutoresetMode.DISABLED and self._over.any():
            raise ValueError(f"copies that are over must be reset first; got {np.flatnonzero(self._over).tolist()}")
        fresh = self._over.copy()
        before = self._state
        step = self._look_up(before, action, ~fresh)
        moved = ~fresh
        utility = np.where(moved, step.reward + step.points - step.effort, 0.0)
        terminated = step.terminated & moved
        truncated = self._too_long(step.state) & moved & ~terminated
        self._state = np.where(fresh, 0, step.state)
        self._action = np.where(fresh, -1, action)
        infos = self._batch(self._brought(before, step), moved) | self._batch(self._seen(self._state), None)
        ended = terminated | truncated
        if self.autoreset_mode is AutoresetMode.SAME_STEP and ended.any():
            infos = self._restart(ended, infos)
        else:
            self._over = ended
        return self._observer.many(self._state), utility, terminated.copy(), truncated, infos

    def action_masks(self) -> Bools:
        """Return which actions (num_envs, n_actions) can be chosen now."""
        return self._mask[self._state].astype(np.bool_)

    def render(self) -> Any:
        """Return a tuple of pictures, one for each copy; None without a render mode."""
        if self.render_mode is None:
            return None
        draw = line if self.render_mode == "ansi" else image
        pairs = zip(self._state.tolist(), self._action.tolist(), strict=True)
        return tuple(draw(self.task, state, None if action < 0 else action) for state, action in pairs)

    def _look_up(self, state: Ints, action: Ints, moved: Bools) -> Step:
        """Step by the tables; only copies that move draw luck."""
        luck = None
        if self.task.lookup.n_outcomes > 1:
            luck = np.zeros(self.num_envs)
            given = None if self._uniform is None else next(self._uniform, None)
            luck[moved] = self.np_random.random(int(moved.sum())) if given is None else given[moved]
        return self.task.lookup.step(state, action, luck)

    def _too_long(self, state: Ints) -> Bools:
        """Whether the trials in these states have used up their steps."""
        if self.max_episode_steps is None:
            return np.zeros(self.num_envs, dtype=np.bool_)
        return np.asarray(self._time[state] >= self.max_episode_steps)

    def _restart(self, ended: Bools, infos: dict[str, Any]) -> dict[str, Any]:
        """Begin anew where a trial has just ended, keeping its last observation and info."""
        last = self._observer.many(self._state)
        final = np.full(self.num_envs, None, dtype=object)
        for i in np.flatnonzero(ended):
            final[i] = last[i]
        seen = {name: value for name, value in infos.items() if not name.startswith("_")}
        self._state = np.where(ended, 0, self._state)
        self._action = np.where(ended, -1, self._action)
        self._over = np.zeros(self.num_envs, dtype=np.bool_)
        infos = self._batch({name: seen[name] for name in self._PARTS}, ~ended)
        infos |= self._batch(self._seen(self._state), None)
        return infos | {
            "final_obs": final,
            "_final_obs": ended.copy(),
            "final_info": self._batch(seen, ended),
            "_final_info": ended.copy(),
        }

    _PARTS = ("reward", "effort", "points", "pseudo_reward", "sub_goal")

    def _brought(self, before: Ints, step: Step) -> dict[str, Any]:
        units, earlier = self._units[step.state], self._units[before]
        values = (step.reward, step.effort, step.points, step.pseudo_reward, (units > earlier) & self._is_goal[units])
        return {name: np.broadcast_to(v, (self.num_envs,)) for name, v in zip(self._PARTS, values, strict=True)}

    def _seen(self, state: Ints) -> dict[str, Any]:
        return {"units": self._units[state], "time": self._time[state], "action_mask": self._mask[state]}

    def _batch(self, values: dict[str, Any], mask: Bools | None) -> dict[str, Any]:
        """Gymnasium's form of infos: each array with a mask of the copies that have it."""
        mask = np.ones(self.num_envs, dtype=np.bool_) if mask is None else mask
        if not mask.any():
            return {}
        infos: dict[str, Any] = {}
        for name, value in values.items():
            infos[name] = np.where(mask.reshape(-1, *[1] * (value.ndim - 1)), value, np.zeros((), value.dtype))
            infos[f"_{name}"] = mask.copy()
        return infos

    def _checked_actions(self, actions: Any) -> Ints:
        action = np.asarray(actions)
        if action.shape != (self.num_envs,) or action.dtype.kind not in "iu":
            raise ValueError(f"actions must be whole numbers of shape ({self.num_envs},); got {actions!r}")
        if (action < 0).any() or (action >= self.task.n_actions).any():
            raise ValueError(f"actions must lie in [0, {self.task.n_actions - 1}]; got {action.tolist()}")
        return action.astype(np.int64)

    def _checked_mask(self, mask: Any) -> Bools:
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
            raise TypeError(f"reset_mask must be a bool array; got {mask!r}")
        if mask.shape != (self.num_envs,) or not mask.any():
            raise ValueError(f"reset_mask must have shape ({self.num_envs},) and a True; got {mask.tolist()}")
        return mask


def _task(split: bool, task: GoalTask | None, parameters: dict[str, Any]) -> GoalTask:
    flag("split", split)
    if task is None:
        return micro_wins(**parameters) if split else monolithic(**parameters)
    if not isinstance(task, GoalTask):
        raise TypeError(f"task must be a GoalTask; got {type(task).__name__}")
    if parameters:
        raise TypeError(f"parameters must not be given with a task; got {', '.join(parameters)}")
    return task


def _autoreset_mode(mode: AutoresetMode | str) -> AutoresetMode:
    names = [each.value for each in AutoresetMode]
    return mode if isinstance(mode, AutoresetMode) else AutoresetMode(choice("autoreset_mode", mode, names))


def _render_mode(render_mode: str | None) -> str | None:
    if render_mode is not None and render_mode not in _RENDER_MODES:
        raise ValueError(f"render_mode must be one of {_RENDER_MODES} or None; got {render_mode!r}")
    return render_mode
