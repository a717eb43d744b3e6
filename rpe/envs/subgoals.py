"""Micro wins for any Gymnasium environment: sub-goals by states, by predicates, or by a potential, in five arms."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np

from rpe._checks import Floats, choice, flag, scalar
from rpe.tasks import MATCHINGS, Tables, TableTask


class SubGoals(gym.Wrapper[Any, Any, Any, Any]):
    """An environment in which sub-goals bring something, on the budget of a successful trial.

    A trial succeeds if it ends with a reward above 0. Each sub-goal is won once per trial. Arms, as in
    `rpe.tasks.micro_wins`, for K sub-goals and the share φ:

    - "pay": each pays φR/(K + 1), and success pays what is left of its reward. A successful trial
      earns exactly what it earned before, whichever sub-goals it passed; a failed one keeps what
      it won.
    - "present_value": as "pay", times one factor, so that the payments on the reference path are
      worth at the start what the one reward was: R D(T) / Σ payments D(time).
    - "potential": points γΦ(s′) − Φ(s) are felt, with Φ = φ½R · (sub-goals reached)/K, or the
      potential that is given, and 0 where the world has ended.
    - "feedback": `info["sub_goal"]` alone.
    - "pseudo_reward": φR/(K + 1) in `info["pseudo_reward"]`; the reward stays as it was.

    Parameters
    ----------
    env : gymnasium.Env
        Any one.
    sub_goals : sequence, optional
        States (observations that are whole numbers), or functions from an observation to whether
        the sub-goal is reached.
    potential : callable, optional
        Φ, from an observation to a number, in place of sub-goals; for the arm "potential".
    matching : {"pay", "present_value", "potential", "feedback", "pseudo_reward"}
        The arm.
    reward : float
        R > 0, what success pays without the wrapper; the budget.
    share : float
        φ in [0, 1].
    in_order : bool
        Whether sub-goals count only one after the other, or in any order.
    observe : bool
        Whether the observation tells what was won: a Discrete(n) becomes Discrete(n · m), with the
        number observation · m + won; any other a tuple with won. m is K + 1 in order, 2ᴷ (bits)
        in any order. Without it rewards depend on what the observation does not show.
    potential_discount : float
        γ in [0, 1] of the points.
    discounting : callable, optional
        D(τ) for "present_value", such as one of `rpe.discounting`.
    reference_steps : sequence of int, optional
        For "present_value": the steps, rising, in which the path of reference reaches each
        sub-goal, and the goal at its end.

    Notes
    -----
    `info` holds `sub_goal` (whether one was won just now), `sub_goals` (how many are won), `pay`
    (what was really received), `points` and `pseudo_reward`.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or that do not go together.

    References
    ----------
    Ng, A. Y., Harada, D. & Russell, S. (1999). Policy invariance under reward transformations.
    ICML 16, 278-287, Theorem 1 (the points)
    Ribas-Fernandes, J. J. F. et al. (2011). A neural signature of hierarchical reinforcement
    learning. Neuron 71(2), 370-379. doi:10.1016/j.neuron.2011.05.042 (the pseudo-reward)

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> lake = rpe.envs.SubGoals(gym.make("FrozenLake-v1", is_slippery=False), [4, 8])
    >>> observation, info = lake.reset(seed=0)
    >>> observation, reward, *_, info = lake.step(1)      # down, to state 4
    >>> observation, round(reward, 3), info["sub_goals"]
    (13, 0.333, 1)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        sub_goals: Sequence[Any] = (),
        *,
        potential: Callable[[Any], float] | None = None,
        matching: str = "pay",
        reward: float = 1.0,
        share: float = 1.0,
        in_order: bool = True,
        observe: bool = True,
        potential_discount: float = 1.0,
        discounting: Callable[[Any], Any] | None = None,
        reference_steps: Sequence[int] | None = None,
    ) -> None:
        if not isinstance(env, gym.Env):
            raise TypeError(f"env must be a Gymnasium environment; got {type(env).__name__}")
        super().__init__(env)
        self.matching = choice("matching", matching, MATCHINGS)
        self.sub_goals = tuple(sub_goals)
        self._check_sub_goals(potential)
        self.potential, self.budget = potential, scalar("reward", reward, 0, open_low=True)
        self.share = scalar("share", share, 0, 1)
        self.in_order, self.observe = flag("in_order", in_order), flag("observe", observe)
        self.potential_discount = scalar("potential_discount", potential_discount, 0, 1)
        self._factor = self._present_value(discounting, reference_steps)
        k = len(self.sub_goals)
        self.n_won = (k + 1 if self.in_order else 2**k) if k else 1
        if self.observe and k:
            self.observation_space = self._told_space()
        self._won, self._phi, self._paid = 0, 0.0, 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a trial, with nothing won."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._won, self._paid = 0, 0.0
        self._phi = self._level(observation)
        return self._told(observation), {**info, "sub_goal": False, "sub_goals": 0}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take one step, with what the arm adds."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        given, before = float(reward), self._won
        self._won = self._after(before, lambda goal: self._reached(goal, observation))
        n_new = self._count(self._won) - self._count(before)
        prize = n_new * self._prize
        pay, points = given, 0.0
        if self.matching in ("pay", "present_value"):
            success = terminated and given > 0
            pay = given * self._factor - self._paid if success else given + prize
            self._paid += prize
        if self.matching == "potential":
            phi = 0.0 if terminated else self._level(observation)
            points = self.potential_discount * phi - self._phi
            self._phi = phi
        pseudo = prize if self.matching == "pseudo_reward" else 0.0
        found = {"sub_goal": n_new > 0, "sub_goals": self._count(self._won), "pay": pay, "points": points}
        return self._told(observation), pay + points, terminated, truncated, {**info, **found, "pseudo_reward": pseudo}

    def tabulated(self, base: TableTask) -> TableTask:
        """Return the environment with its sub-goals as a task with tables, from that of the environment inside.

        States are those that `observe=True` shows. Points and pseudo-rewards have fields of their own.

        Raises
        ------
        ValueError
            If sub-goals are not states, or the observation does not tell what was won.
        """
        if not self.observe or self.potential is not None or any(callable(goal) for goal in self.sub_goals):
            raise ValueError(
                "sub_goals must be states, and observe True, for tables; got other sub-goals or observe False"
            )
        tables, m = base.tables, self.n_won
        shape = tables.next_state.shape
        to = np.empty((shape[0], shape[1] * m, shape[2]), dtype=np.int64)
        reward, points, pseudo = np.zeros((3, *to.shape))
        given = np.broadcast_to(tables.reward, shape)
        ended = np.broadcast_to(tables.terminated, shape)
        for won in range(m):
            rows = slice(won, None, m)
            after = np.full(shape, won)
            for state in {int(goal) for goal in self.sub_goals}:
                after[tables.next_state == state] = self._after(won, state.__eq__)
            to[:, rows] = tables.next_state * m + after
            count = np.vectorize(self._count, otypes=[np.int64])
            prize = (count(after) - self._count(won)) * self._prize
            reward[:, rows] = given
            if self.matching in ("pay", "present_value"):
                rest = given * self._factor - self._count(won) * self._prize
                reward[:, rows] = np.where(ended & (given > 0), rest, given + prize)
            elif self.matching == "potential":
                phi = np.where(ended, 0.0, count(after) * self._rise)
                points[:, rows] = self.potential_discount * phi - self._count(won) * self._rise
            elif self.matching == "pseudo_reward":
                pseudo[:, rows] = prize
        chance, effort = (
            np.broadcast_to(x, shape).repeat(m, axis=1) for x in (tables.outcome_probability, tables.effort)
        )
        available = np.broadcast_to(tables.available, shape[1:]).repeat(m, axis=0)
        first = np.zeros(shape[1] * m)
        first[::m] = base.initial_probability
        made = Tables(to, chance, reward, effort, ended.repeat(m, axis=1), available, points, pseudo)
        return TableTask(made, base.n_steps, first)

    @property
    def _prize(self) -> float:
        """What a sub-goal brings in the arms that pay."""
        return self._factor * self.share * self.budget / (len(self.sub_goals) + 1)

    @property
    def _rise(self) -> float:
        """By how much a sub-goal raises the potential."""
        return 0.5 * self.share * self.budget / max(len(self.sub_goals), 1)

    def _check_sub_goals(self, potential: Any) -> None:
        if potential is not None:
            if not callable(potential):
                raise TypeError(f"potential must be a function of the observation; got {potential!r}")
            if self.sub_goals or self.matching != "potential":
                raise ValueError(
                    f"potential must come without sub_goals, in the arm 'potential'; got {self.matching!r}"
                )
        elif not self.sub_goals:
            raise ValueError("sub_goals must hold at least one state or function; got none")
        for goal in self.sub_goals:
            if not callable(goal) and not isinstance(goal, int | np.integer):
                raise TypeError(f"sub_goals must be whole numbers or functions of the observation; got {goal!r}")

    def _present_value(self, discounting: Any, steps: Any) -> float:
        """By what payments are multiplied: 1 but for equal present value."""
        if self.matching != "present_value":
            return 1.0
        if not callable(discounting):
            raise ValueError(f"discounting must be a discount function for 'present_value'; got {discounting!r}")
        times = np.asarray([] if steps is None else steps, dtype=np.float64)
        k = len(self.sub_goals)
        if times.shape != (k + 1,) or (np.diff(times) <= 0).any() or times[0] < 1:
            raise ValueError(f"reference_steps must be {k + 1} rising steps, from 1 on, the goal last; got {steps!r}")
        # What comes with step t is paid t − 1 steps after the first choice.
        worth: Floats = np.asarray(discounting(times - 1), dtype=np.float64)
        parts = np.full(k + 1, self.share / (k + 1))
        parts[-1] = 1 - k * self.share / (k + 1)
        return float(worth[-1] / (parts @ worth))

    def _after(self, won: int, reached: Callable[[Any], bool]) -> int:
        """What is won after a step that reached some sub-goals."""
        if self.in_order:
            return won + 1 if won < len(self.sub_goals) and reached(self.sub_goals[won]) else won
        return won | sum(1 << i for i, goal in enumerate(self.sub_goals) if reached(goal))

    def _reached(self, goal: Any, observation: Any) -> bool:
        return bool(goal(observation)) if callable(goal) else bool(int(observation) == int(goal))

    def _count(self, won: int) -> int:
        return int(won) if self.in_order else int(won).bit_count()

    def _level(self, observation: Any) -> float:
        """The potential, now."""
        if self.potential is not None:
            return float(self.potential(observation))
        return self._count(self._won) * self._rise

    def _told_space(self) -> gym.Space[Any]:
        space = self.env.observation_space
        if isinstance(space, gym.spaces.Discrete) and space.start == 0:
            return gym.spaces.Discrete(int(space.n) * self.n_won)
        return gym.spaces.Tuple((space, gym.spaces.Discrete(self.n_won)))

    def _told(self, observation: Any) -> Any:
        if not (self.observe and self.sub_goals):
            return observation
        if isinstance(self.observation_space, gym.spaces.Discrete):
            return int(observation) * self.n_won + self._won
        return (observation, self._won)
