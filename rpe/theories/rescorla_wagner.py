"""Rescorla-Wagner: one error per trial, shared by all stimuli that are present."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import (
    Floats,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    default,
    instance,
    mapping,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import on_steps, outcome, presence_by_trial, pulse_size, shown
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class RescorlaWagner(KnowsItsKeywords):
    """The rule of Rescorla and Wagner, δ = λ − Σᵢ xᵢ Vᵢ, Vᵢ ← Vᵢ + α sᵢ β xᵢ δ.

    λ is the reward of the trial in all, xᵢ the level of a stimulus. A trial has no time within, so
    `delta` is NaN but in the step of the outcome, and there is no response to the cue. A pulse
    counts once, with its mean size. In probe trials nothing changes.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    beta_reward, beta_omission : float or array (n_agents,)
        β in trials with and without reward, ≥ 0.
    salience : mapping of str to float, optional
        s of each stimulus by name, ≥ 0; 1 for those not named.

    Notes
    -----
    `learn` returns in `more` the `strength` V of every stimulus before each trial, (n_agents,
    n_trials, n_stimuli), in reward units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, and, on learning, for a salience of an unknown stimulus.

    References
    ----------
    Rescorla, R. A. & Wagner, A. R. (1972). A theory of Pavlovian conditioning. In Classical
    Conditioning II: Current Research and Theory, 64-99. The default α is provisional: from memory.

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.0, 1.0)}, {1.0: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 4, dt=0.5, duration=2.0)
    >>> learned = rpe.theories.RescorlaWagner(learning_rate=0.5).learn(schedule)
    >>> learned.delta[0, :, 2].tolist()
    [1.0, 0.5, 0.25, 0.125]
    """

    learning_rate: PerAgent = default(0.1)
    beta_reward: PerAgent = default(1.0)
    beta_omission: PerAgent = default(1.0)
    salience: Mapping[str, float] | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0, 1))
        for name in ("beta_reward", "beta_omission"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0))
        for name, value in mapping("salience", {} if self.salience is None else self.salience).items():
            scalar(f"salience of {name}", value, 0)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        equal = np.array_equal(self.beta_reward, self.beta_omission)
        ratio = "" if equal else f", β {shown(self.beta_reward)} and {shown(self.beta_omission)}"
        return f"Rescorla-Wagner{ratio}{', salience' if self.salience else ''}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α s β |x|², by which a trial corrects its own error."""
        instance("schedule", schedule, Schedule)
        x = presence_by_trial(schedule)
        beta = np.maximum(self.beta_reward, self.beta_omission)
        known = (x**2 * self._salience(schedule)).sum(axis=1).max()
        return Stability("α Σ s β x²", float(np.max(self.learning_rate * beta) * known), 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        x, n = presence_by_trial(schedule), self._n_agents()
        target = outcome(schedule) + pulse_size(schedule)
        paid = np.asarray(schedule.reward.any(axis=1))[:, None]
        rate = self.learning_rate * np.where(paid, self.beta_reward, self.beta_omission)
        moves = x * self._salience(schedule)
        error, prediction = np.empty((2, len(x), n))
        change = Manipulated(schedule).whole(schedule)
        strength, before = np.zeros((x.shape[1], n)), np.empty((len(x), x.shape[1], n))
        for trial, frozen in enumerate(schedule.probe.tolist()):
            before[trial] = strength
            prediction[trial] = x[trial] @ strength
            error[trial] = change(delta_rule_error(target[trial], prediction[trial]), trial)
            if not frozen:
                strength += moves[trial, :, None] * (rate[trial] * error[trial])
        return Learned(*on_steps(schedule, error.T, prediction.T), {"strength": before.transpose(2, 0, 1)})

    def _n_agents(self) -> int:
        names = ("learning_rate", "beta_reward", "beta_omission")
        return agent_count(**{name: getattr(self, name) for name in names})

    def _salience(self, schedule: Schedule) -> Floats:
        """The salience of every stimulus, (n_stimuli,)."""
        given = self.salience or {}
        unknown = sorted(set(given) - set(schedule.stimuli))
        if unknown:
            raise ValueError(f"salience must name stimuli of the schedule, {schedule.stimuli}; got {unknown}")
        return np.array([float(given.get(name, 1.0)) for name in schedule.stimuli])


SCORECARD: Variants = {"Rescorla-Wagner": RescorlaWagner}
