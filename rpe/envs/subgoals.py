"""Micro wins for any Gymnasium environment: sub-goals by states, by predicates, or by a potential, in five arms."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils import RecordConstructorArgs

from rpe._checks import Floats, choice, count, flag, function, mapping, numbers, scalar, sequence, shown
from rpe.envs._received import parts_of_one
from rpe.envs._success import checked_states, success_of
from rpe.tasks import MATCHINGS


class SubGoals(gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """An environment in which sub-goals bring something, on the budget of a successful trial.

    Each sub-goal is won once per trial. Arms, as in `rpe.tasks.micro_wins`, for K sub-goals and the
    share φ of the budget R:

    - "pay": each pays φR/(K + 1), and success pays so much less. A successful trial earns exactly
      what it earned before, whichever sub-goals it passed and whatever its steps cost; a failed one
      keeps what it won.
    - "present_value": as "pay", with R times one factor, so that the payments on the reference path
      are worth at the start what R at its end was: R D(T) / Σ payments D(time).
    - "potential": points γΦ(s′) − Φ(s) are felt, with Φ = φ½R · (sub-goals reached)/K, or the
      potential that is given, and 0 where the world has ended.
    - "feedback": `info["sub_goal"]` alone.
    - "pseudo_reward": φR/(K + 1) in `info["pseudo_reward"]`; the reward stays as it was.

    Parameters
    ----------
    env : gymnasium.Env
        Any one.
    sub_goals : sequence, optional
        Different states (observations that are whole numbers), or functions from an observation to
        whether the sub-goal is reached.
    potential : callable, optional
        Φ, from an observation to a number, in place of sub-goals; for the arm "potential".
    matching : {"pay", "present_value", "potential", "feedback", "pseudo_reward"}
        The arm.
    reward : float
        R, the budget: what success pays without the wrapper, or any part of it; below 0 if reaching
        a sub-goal is to cost something that success gives back.
    success : callable, int or sequence of int, optional
        Whether a trial that ended has succeeded: a function of the last observation, or states. For
        the arms that pay. By default to end in a state that the environment marks as its goal, by a
        map or by its tables; if it marks none, `success` must be given.
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
    `info` holds `sub_goal` (whether one was won just now), `sub_goals` (how many are won), `reward`
    and `pay` (both what was really received), `effort`, `points` and `pseudo_reward`; what an
    environment of this library inside has of these is kept. Simulations record sub-goals as units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or that do not go together, states outside the observation space
        or named twice, or if success is not known.

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
        success: Any = None,
        share: float = 1.0,
        in_order: bool = True,
        observe: bool = True,
        potential_discount: float = 1.0,
        discounting: Callable[[Any], Any] | None = None,
        reference_steps: Sequence[int] | None = None,
    ) -> None:
        if not isinstance(env, gym.Env):
            raise TypeError(f"env must be a Gymnasium environment; got {type(env).__name__}")
        RecordConstructorArgs.__init__(
            self,
            sub_goals=sub_goals,
            potential=potential,
            matching=matching,
            reward=reward,
            success=success,
            share=share,
            in_order=in_order,
            observe=observe,
            potential_discount=potential_discount,
            discounting=discounting,
            reference_steps=reference_steps,
        )
        super().__init__(env)
        self.matching = choice("matching", matching, MATCHINGS)
        self.sub_goals = self._checked_sub_goals(sequence("sub_goals", sub_goals), potential)
        self.potential, self.budget = potential, scalar("reward", reward)
        if self.budget == 0:
            raise ValueError(f"reward must not be 0, as it is the budget; got {reward}")
        self.share = scalar("share", share, 0, 1)
        self.in_order, self.observe = flag("in_order", in_order), flag("observe", observe)
        self.potential_discount = scalar("potential_discount", potential_discount, 0, 1)
        self.factor = self._present_value(discounting, reference_steps)
        self.success = success_of(env, success) if self.pays or success is not None else None
        k = len(self.sub_goals)
        self.n_won = (k + 1 if self.in_order else 2**k) if k else 1
        if self.observe and k:
            self.observation_space = self._told_space()
        self._won, self._phi, self._paid = 0, 0.0, 0.0

    @property
    def pays(self) -> bool:
        """Whether sub-goals are paid for out of the budget."""
        return self.matching in ("pay", "present_value")

    @property
    def prize(self) -> float:
        """What a sub-goal brings, in reward units, in the arms that pay or tick."""
        return self.factor * self.share * self.budget / (len(self.sub_goals) + 1)

    @property
    def rise(self) -> float:
        """By how much a sub-goal raises the potential."""
        return 0.5 * self.share * self.budget / max(len(self.sub_goals), 1)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a trial, with nothing won."""
        if options is not None:
            mapping("options", options)
        observation, info = self.env.reset(seed=None if seed is None else count("seed", seed, 0), options=options)
        self._won, self._paid = 0, 0.0
        self._phi = self._level(observation)
        return self._told(observation), {**info, "sub_goal": False, "sub_goals": 0}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take one step, with what the arm adds."""
        try:
            taken = self.env.step(action)
        except (KeyError, TypeError) as error:
            if action in self.action_space:
                raise
            raise ValueError(f"action must lie in {self.action_space}; got {shown(action)}") from error
        observation, returned, terminated, truncated, info = taken
        given, before = parts_of_one(float(returned), info), self._won
        self._won = self.won_after(before, lambda goal: self._reached(goal, observation))
        n_new = self.n_of(self._won) - self.n_of(before)
        pay, points = given.reward, given.points
        pseudo = given.pseudo_reward + (n_new * self.prize if self.matching == "pseudo_reward" else 0.0)
        if self.success is not None and self.pays:
            succeeds = terminated and bool(self.success(observation))
            pay += self.rest(self._paid) if succeeds else n_new * self.prize
            self._paid += n_new * self.prize
        if self.matching == "potential":
            phi = 0.0 if terminated else self._level(observation)
            points += self.potential_discount * phi - self._phi
            self._phi = phi
        parts = {"reward": pay, "pay": pay, "effort": given.effort, "points": points, "pseudo_reward": pseudo}
        found = {"sub_goal": n_new > 0, "sub_goals": self.n_of(self._won), **parts}
        return self._told(observation), pay + points - given.effort, terminated, truncated, {**info, **found}

    def rest(self, paid: Any) -> Any:
        """What success pays on top of its own reward, once so much was paid for sub-goals."""
        return (self.factor - 1) * self.budget - paid

    def won_after(self, won: int, reached: Callable[[Any], bool]) -> int:
        """What is won after a step that reached some sub-goals."""
        if self.in_order:
            return won + 1 if won < len(self.sub_goals) and reached(self.sub_goals[won]) else won
        return won | sum(1 << i for i, goal in enumerate(self.sub_goals) if reached(goal))

    def n_of(self, won: int) -> int:
        """How many sub-goals are won: `won` itself if they are in order, else the number of its bits."""
        return int(won) if self.in_order else int(won).bit_count()

    def _checked_sub_goals(self, sub_goals: tuple[Any, ...], potential: Any) -> tuple[Any, ...]:
        if potential is not None:
            if not callable(potential):
                raise TypeError(f"potential must be a function of the observation; got {potential!r}")
            if sub_goals or self.matching != "potential":
                raise ValueError(
                    f"potential must come without sub_goals, in the arm 'potential'; got {self.matching!r}"
                )
        elif not sub_goals:
            raise ValueError("sub_goals must hold at least one state or function; got none")
        for goal in sub_goals:
            if not callable(goal) and not isinstance(goal, int | np.integer):
                raise TypeError(f"sub_goals must be whole numbers or functions of the observation; got {goal!r}")
        states = [goal for goal in sub_goals if not callable(goal)]
        if states:
            checked_states("sub_goals", states, self.env.observation_space)
        return sub_goals

    def _present_value(self, discounting: Any, steps: Any) -> float:
        """By what payments are multiplied: 1 but for equal present value."""
        if discounting is not None:
            function("discounting", discounting)
        if steps is not None:
            numbers("reference_steps", steps, empty=True)
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

    def _reached(self, goal: Any, observation: Any) -> bool:
        return bool(goal(observation)) if callable(goal) else bool(int(observation) == int(goal))

    def _level(self, observation: Any) -> float:
        """The potential, now."""
        if self.potential is not None:
            return float(self.potential(observation))
        return self.n_of(self._won) * self.rise

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
