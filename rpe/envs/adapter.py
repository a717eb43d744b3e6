"""The adapter: any Gymnasium environment with discrete spaces, as a place for agents of this library."""

import math
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, VectorEnv

from rpe._checks import Bools, Floats, Ints
from rpe.envs._numbering import Numbering
from rpe.envs._received import (
    batch,
    checked_reset,
    checked_step,
    checked_steps,
    copies_checked,
    masks,
    parts_of_many,
    parts_of_one,
)
from rpe.envs._wrapping import Counted, bare, changes_copies, copies_of, first_copy, layers_of, time_limit
from rpe.envs.goal import GoalEnv, GoalVectorEnv
from rpe.envs.masks import SeenMasks
from rpe.envs.subgoals import SubGoals
from rpe.envs.tabulated import TaskEnv
from rpe.envs.tabulation import task_inside
from rpe.tasks import Step, TabulatedTask


class EnvTask:
    """A Gymnasium environment, or a vector of them, with the face of a task.

    All copies start a trial together. A copy whose trial has ended is stepped on or reset as its
    autoreset mode wants, and what it does then is left out.

    Of `info` is read, where it is there: `action_mask`, the actions that can be chosen now; the parts
    `reward` (what was really received), `effort` and `points`, if reward + points − effort is the reward
    that was returned; `pseudo_reward`; and the units done, `units`, or `sub_goals` within `SubGoals`. An
    environment of your own whose infos count units says how many there are by an attribute `n_units`.

    An environment that is made of a task of this library, also within `SubGoals`, answers for its task:
    `tables`, `n_units`, `decode` and the like are those of `inside`.

    What an environment returns is checked in every step: types, finite rewards, observations within the
    space. Gymnasium's vectors cast what their copies return (a reward "1" to 1.0, an observation .5 to 0),
    so that copies of a `SyncVectorEnv` are checked one by one up to the first step, and after it what the
    vector returns. Of an `AsyncVectorEnv`, whose copies live in other processes, only that can be checked.

    Parameters
    ----------
    env : gymnasium.Env or gymnasium.vector.VectorEnv
        Actions are `Discrete`; observations `Discrete`, `MultiDiscrete`, `MultiBinary`, or a `Tuple` or
        `Dict` of these, numbered through. `discretize` and `encode` make others so.

    Attributes
    ----------
    n_states, n_actions, n_envs : int
        Sizes.
    n_steps : int or None
        The time limit, if the environment has one.
    masks : SeenMasks
        Which actions each copy has offered so far.
    mask : bool array (n_actions, n_envs) or None
        Which actions can be chosen now; None if the environment has not said.
    inside : TabulatedTask or None
        The task that the environment is made of, if its observations are the states of one.
    counted : Counted or None
        How infos count units, if they do.
    units : int array (n_envs,) or None
        Units done by now, if infos count them.

    Raises
    ------
    TypeError
        If it is not an environment, or a space is not discrete.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> lake = rpe.envs.as_task(gym.make_vec("FrozenLake-v1", num_envs=4, is_slippery=False))
    >>> lake.n_states, lake.n_actions, lake.n_envs, lake.n_steps
    (16, 4, 4, 100)
    """

    def __init__(self, env: Any) -> None:
        self.inside: TabulatedTask | None = None
        if not isinstance(env, gym.Env | VectorEnv):
            raise TypeError(f"task must be a task or a Gymnasium environment, such as gym.make(...); got {env!r}")
        self.env: Any = env
        self.vector = isinstance(self.env, VectorEnv)
        prefix = "single_" if self.vector else ""
        observation, action = (getattr(env, f"{prefix}{space}_space") for space in ("observation", "action"))
        if not isinstance(action, spaces.Discrete):
            raise TypeError(f"action_space must be Discrete; got {action}")
        self._numbering = Numbering(observation)
        self.n_states = self._numbering.n_states
        self.n_actions, self._first_action = int(action.n), int(action.start)
        self.n_envs = int(getattr(env, "num_envs", 1))
        self._mode = self.env.metadata.get("autoreset_mode") if self.vector else None
        one = first_copy(env)
        self.n_steps = time_limit(env, one)
        self.inside = None if changes_copies(env) else task_inside(one)
        self.counted = _counted(one, self.n_actions)
        self._copies, self._trusted = copies_of(env, one), False
        self._n_won = math.prod(layer.n_won for layer in layers_of(one) if isinstance(layer, SubGoals))
        if isinstance(bare(env), AsyncVectorEnv):
            one.close()
        self.masks = SeenMasks(self.n_actions, self.n_states, self.n_envs)
        self.mask: Bools | None = None
        self.units: Ints | None = None

    def __getattr__(self, name: str) -> Any:
        # Python comes here only for what an environment has not: then its task answers.
        if name == "inside" or name.startswith("__") or self.inside is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.inside, name)

    @property
    def prepares(self) -> bool:
        """Whether a trial can be given its start and its random numbers, as tables can."""
        if self.inside is None:
            return False
        if isinstance(bare(self.env), GoalVectorEnv):
            return True
        return bool(self._copies) and all(isinstance(copy, TaskEnv | GoalEnv) for copy in self._copies)

    def prepare(self, state: Ints, uniform: Floats | None) -> None:
        """Let the next trial begin in the states (n_envs,) and go as uniform numbers (n_steps, n_envs) decide."""
        if isinstance(vector := bare(self.env), GoalVectorEnv):
            vector.prepare(uniform)
            return
        # States hold what was won within `SubGoals`, at first nothing.
        first = (state // self._n_won).tolist()
        given = [(start, None if uniform is None else uniform[:, i]) for i, start in enumerate(first)]
        if self.vector:
            # Also where copies are in other processes.
            vector.set_attr("prepared", given)
        else:
            self._copies[0].prepared = given[0]

    def start(self, seed: int | None = None) -> Ints:
        """Reset every copy, with a seed if one is given; return the states (n_envs,).

        Raises
        ------
        TypeError, ValueError
            If what `reset` returns is not what Gymnasium asks for.
        """
        with copies_checked(None if self._trusted else bare(self.env), self._numbering.one):
            observation, infos = checked_reset(self.env.reset(seed=seed))
        state = self._number(observation)
        self._read(state, infos, np.zeros(self.n_envs, dtype=np.bool_))
        return state

    def step(self, action: Ints, active: Bools | None = None) -> Step:
        """Step every copy; actions of copies that are not active are ignored.

        Parameters
        ----------
        action : int array (n_envs,)
            Counted from 0.
        active : bool array (n_envs,), optional
            Copies whose trial goes on; all by default.

        Returns
        -------
        Step
            The state that was truly reached, also where the environment has begun anew already.

        Raises
        ------
        TypeError, ValueError
            If what `step` returns is not what Gymnasium asks for.
        """
        action = action + self._first_action
        if not self.vector:
            return self._step_one(int(action[0]))
        with copies_checked(None if self._trusted else bare(self.env), self._numbering.one):
            returned = self.env.step(action)
        self._trusted = True
        observation, reward, terminated, truncated, infos = checked_steps(returned, self.n_envs)
        state, ended_now = self._number(observation), terminated | truncated
        if "final_obs" in infos:
            for i in np.flatnonzero(infos["_final_obs"]):
                state[i] = self._numbering.one(infos["final_obs"][i])
        step = Step(state, *parts_of_many(reward, infos), terminated, truncated)
        self._read(state, infos, ended_now if active is None else ended_now | ~active)
        if self._mode is AutoresetMode.DISABLED and ended_now.any():
            self.env.reset(options={"reset_mask": ended_now.copy()})
        return step

    def _step_one(self, action: int) -> Step:
        observation, reward, terminated, truncated, info = checked_step(self.env.step(action))
        state = np.array([self._numbering.one(observation)])
        pay, *others = parts_of_one(reward, info)
        effort, points, pseudo_reward = (np.array([part]) if part else 0.0 for part in others)
        ended = np.array([terminated]), np.array([truncated])
        if self.masks.known or self.counted is not None or "action_mask" in info:
            self._read(state, info, ended[0] | ended[1])
        return Step(state, np.array([pay]), effort, points, pseudo_reward, *ended)

    def _number(self, observation: Any) -> Ints:
        """Observations as states (n_envs,)."""
        if not self.vector:
            return np.array([self._numbering.one(observation)])
        return self._numbering.many(observation, self.n_envs)

    def _read(self, state: Ints, infos: dict[str, Any], over: Bools) -> None:
        """Take down masks and units; `over` (n_envs,) says where there is nothing left to choose."""
        if not self.vector:
            # As a vector of one would have it.
            infos = {
                name: _alone(infos[name])
                for name in ("action_mask", *([] if self.counted is None else [self.counted.name]))
                if name in infos
            }
        offered, told = masks(infos, self.n_envs, self.n_actions)
        if told:
            nothing = ~offered.any(axis=1)
            if nothing.any():
                if (early := nothing & ~over).any():
                    raise ValueError(
                        "action_mask must offer an action before a trial is over; "
                        f"got {offered[np.argmax(early)].astype(int)}"
                    )
                offered[nothing] = True
            self.mask = np.ascontiguousarray(offered.T)
            self.masks.see(state, self.mask)
        else:
            self.mask = None
        if self.counted is not None:
            done, said = batch(infos, self.counted.name, self.n_envs)
            before = 0 if self.units is None else self.units
            self.units = np.where(said, np.clip(done, 0, self.counted.n_units), before).astype(np.int64)


def as_task(env: Any) -> EnvTask:
    """Return a Gymnasium environment with the face of a task; see `EnvTask`.

    Examples
    --------
    >>> import gymnasium as gym
    >>> import rpe
    >>> task = rpe.envs.as_task(gym.make("FrozenLake-v1"))
    >>> task.n_states, task.n_actions
    (16, 4)
    """
    return env if isinstance(env, EnvTask) else EnvTask(env)


def _alone(value: Any) -> Any:
    """What one environment says, as a vector of one would have it."""
    if isinstance(value, np.ndarray | int | float):
        return np.asarray(value)[None]
    alone = np.empty(1, dtype=object)
    alone[0] = value
    return alone


def _counted(env: Any, n_actions: int) -> Counted | None:
    """How the infos of an environment count units, if they do."""
    for layer in layers_of(env):
        if isinstance(layer, SubGoals) and layer.sub_goals:
            k = len(layer.sub_goals)
            return Counted("sub_goals", k, np.arange(k + 1) > 0, np.zeros(n_actions, dtype=np.bool_))
    core = env.unwrapped
    task = getattr(core, "task", None)
    n_units = getattr(task, "n_units", getattr(core, "n_units", None))
    if not isinstance(n_units, int | np.integer) or n_units < 1:
        return None
    is_goal = np.zeros(n_units + 1, dtype=np.bool_)
    is_goal[list(getattr(task, "goals", (n_units,)))] = True
    is_work = task.is_work if isinstance(task, TabulatedTask) else np.zeros(n_actions, dtype=np.bool_)
    return Counted("units", int(n_units), is_goal, is_work)
