"""Belief states: how likely each hidden state of a task is, given all that was observed so far."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, Ints, count, flag, instance, numbers, scalar
from rpe.schedules import Schedule


@dataclass(frozen=True, eq=False)
class HiddenTask:
    """A hidden Markov task: states that follow each other, and what can be observed on the way.

    Semi-Markov waits are written as chains of substates, one per step.

    Attributes
    ----------
    transition : float array (n_states, n_states)
        T_ij, chance of j after i; rows sum to 1.
    observation : float array (n_states, n_states, 3)
        O_ij(x), chance of each observation on the way from i to j: nothing, the onset of a stimulus,
        a reward; sums to 1 where T_ij > 0.
    dt : float
        Length of a step, s.
    start : int
        The state before the first trial.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not fit, or chances that do not sum to 1.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.features.HiddenTask.variable_delay(omission_probability=0.1)
    >>> task.n_states, task.dt
    (15, 0.2)
    """

    transition: Floats
    observation: Floats
    dt: float
    start: int = 0

    OBSERVATIONS: ClassVar[tuple[str, ...]] = ("nothing", "onset", "reward")

    def __post_init__(self) -> None:
        t, o = numbers("transition", self.transition), numbers("observation", self.observation)
        if t.ndim != 2 or t.shape[0] != t.shape[1] or 0 in t.shape:
            raise ValueError(f"transition must have shape (n_states, n_states); got {t.shape}")
        if o.shape != (*t.shape, 3):
            raise ValueError(f"observation must have shape {(*t.shape, 3)}; got {o.shape}")
        if t.min() < 0 or not np.allclose(t.sum(axis=1), 1, atol=1e-9):
            raise ValueError(f"each row of transition must be chances that sum to 1; got sums {t.sum(axis=1)}")
        sums = o.sum(axis=2)[t > 0]
        if o.min() < 0 or not np.allclose(sums, 1, atol=1e-9):
            raise ValueError(f"observation must be chances that sum to 1 where transition > 0; got {sums.round(3)}")
        scalar("dt", self.dt, 0, open_low=True)
        if count("start", self.start, 0) >= len(t):
            raise ValueError(f"start must lie in [0, {len(t) - 1}]; got {self.start}")
        for name, array in (("transition", t), ("observation", o)):
            object.__setattr__(self, name, array)

    @property
    def n_states(self) -> int:
        """Number of hidden states."""
        return len(self.transition)

    @classmethod
    def variable_delay(
        cls,
        *,
        omission_probability: float = 0.1,
        mean: float = 2.0,
        sd: float = 0.5,
        shortest: float = 1.2,
        longest: float = 2.8,
        onset_hazard: float = 1 / 65,
        dt: float = 0.2,
        exact: bool = True,
    ) -> Self:
        """Return the task of Starkweather et al.: an odour, a wait of variable length, and reward or not.

        Substates 0 to n − 2 are the wait, one per step, the last state is the time between trials.
        An odour begins a wait; the wait ends with a reward after a time from a normal distribution,
        cut at both ends. With `omission_probability` the odour comes without a wait, and the state
        stays between trials, so that what is observed does not tell which it was.

        Parameters
        ----------
        omission_probability : float
            Chance that an odour brings nothing, in [0, 1): 0 in the paper's task 1, .1 in task 2.
        mean, sd, shortest, longest : float
            Of the wait, s.
        onset_hazard : float
            Chance per step of an odour, between trials, in (0, 1).
        dt : float
            Length of a step, s.
        exact : bool
            Whether the chance of an odour on the way from the time between trials to itself is
            what the task implies, p h/(1 − (1 − p) h); otherwise p h, as the published script has it.

        References
        ----------
        Starkweather, C. K., Babayan, B. M., Uchida, N. & Gershman, S. J. (2017). Dopamine reward
        prediction errors reflect hidden-state inference across time. Nature Neuroscience 20,
        581-589. doi:10.1038/nn.4520

        Examples
        --------
        >>> import rpe
        >>> task = rpe.features.HiddenTask.variable_delay(omission_probability=0.0)
        >>> task.transition[-1, [0, -1]].round(4)
        array([0.0154, 0.9846])
        """
        p = scalar("omission_probability", omission_probability, 0, 1, open_high=True)
        h = scalar("onset_hazard", onset_hazard, 0, 1, open_low=True, open_high=True)
        scalar("dt", dt, 0, open_low=True)
        scalar("sd", sd, 0, open_low=True)
        scalar("mean", mean)
        first, last = (round(scalar(n, v, 0, 1e4 * dt) / dt) for n, v in (("shortest", shortest), ("longest", longest)))
        if not 1 <= first <= last:
            raise ValueError(f"shortest and longest must be whole steps with dt <= shortest <= longest; got {shortest}")
        waits = np.arange(1, last + 1)
        chance = np.where(waits >= first, np.exp(-(((waits * dt - mean) / sd) ** 2) / 2), 0.0)
        left = np.cumsum(chance[::-1])[::-1]
        hazard = chance / left
        transition, observation = np.zeros((last + 1, last + 1)), np.zeros((last + 1, last + 1, 3))
        observation[..., 0] = 1.0
        steps = np.arange(last)
        transition[steps[:-1], steps[:-1] + 1] = 1 - hazard[:-1]
        transition[steps, -1] = hazard
        observation[steps, -1] = (0.0, 0.0, 1.0)
        transition[-1, [0, -1]] = (1 - p) * h, 1 - (1 - p) * h
        stays = p * h / (1 - (1 - p) * h) if flag("exact", exact) else p * h
        observation[-1, 0], observation[-1, -1] = (0.0, 1.0, 0.0), (1 - stays, stays, 0.0)
        return cls(transition, observation, dt, last)


def belief_states(s: Schedule, task: HiddenTask) -> Floats:
    """Belief states: the probability of each hidden state, in every step, by Bayes' rule.

    b′_j ∝ Σ_i b_i T_ij O_ij(x′)

    Time runs on through the gaps, in which nothing is observed, in closed form. An observation that the
    task rules out leaves no belief to scale, and is an error.

    Parameters
    ----------
    s : Schedule
        With the step of the task. The onset of any stimulus is the observation "onset", any reward
        that of "reward"; where both fall in one step, the reward is what counts.
    task : HiddenTask

    Returns
    -------
    float array (n_trials, n_steps, n_states)
        Sums to 1 over states.

    Raises
    ------
    ValueError
        If the steps differ in length, or the schedule has an observation that the task rules out.

    References
    ----------
    Starkweather, C. K., Babayan, B. M., Uchida, N. & Gershman, S. J. (2017). Dopamine reward
    prediction errors reflect hidden-state inference across time. Nature Neuroscience 20, 581-589.
    doi:10.1038/nn.4520

    Examples
    --------
    >>> import rpe
    >>> task = rpe.features.HiddenTask.variable_delay(omission_probability=0.1)
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.2, 1.2)}, {2.2: 1.0})}
    >>> s = rpe.schedules.sequence(kinds, ["A+"], dt=0.2, duration=4.0)
    >>> rpe.features.belief_states(s, task)[0, [0, 1, 10, 11], -1].round(2)      # between trials
    array([1.  , 0.1 , 0.14, 1.  ])
    """
    instance("s", s, Schedule)
    instance("task", task, HiddenTask)
    if not np.isclose(s.dt, task.dt, rtol=1e-9):
        raise ValueError(f"the step of the schedule must be that of the task, {task.dt:g} s; got {s.dt:g}")
    steps = task.transition[..., None] * task.observation
    observed = _observed(s)
    gaps = np.round(s.gap / s.dt).astype(int)
    b = np.eye(task.n_states)[task.start]
    x = np.empty((*observed.shape, task.n_states))
    powers: dict[int, Floats] = {}
    for trial, seen in enumerate(observed.tolist()):
        for step, what in enumerate(seen):
            b = _scaled(b @ steps[..., what], task, what, trial, step)
            x[trial, step] = b
        n = int(gaps[trial])
        if n:
            if n not in powers:
                powers[n] = _power(steps[..., 0], n)
            b = _scaled(b @ powers[n], task, 0, trial, s.n_steps)
    return x


def _observed(s: Schedule) -> Ints:
    """Which observation each step brings, (n_trials, n_steps)."""
    return np.where(s.reward != 0, 2, s.onset.any(axis=2).astype(int))


def _power(matrix: Floats, n: int) -> Floats:
    """A power of a matrix up to a factor, kept away from underflow, so that gaps may be of any length."""
    result, base = np.eye(len(matrix)), matrix
    while n:
        if n % 2:
            result = result @ base
            result /= result.max()
        base = base @ base
        base /= base.max()
        n //= 2
    return result


def _scaled(b: Floats, task: HiddenTask, what: int, trial: int, step: int) -> Floats:
    total = b.sum()
    if not total > 0:
        rest = f"got {task.OBSERVATIONS[what]!r} in step {step} of trial {trial}, which the task rules out"
        raise ValueError(f"every observation must be possible in the task; {rest}")
    return np.asarray(b / total)
