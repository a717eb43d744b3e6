"""Confidence errors: what a decision about an uncertain stimulus promises is the belief that it is right."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, Ints, KnowsItsKeywords, Seed, flag, generator, instance, scalar
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import outcome_steps
from rpe.theories.protocol import Learned, Stability, Variants
from rpe.theories.td import TD


@dataclass(frozen=True)
class ConfidenceErrors(KnowsItsKeywords):
    """Confidence errors, after Lak and others: belief-state errors of decisions about an uncertain stimulus.

        m ~ N(s, σ²),   a = sign m,   c = Φ(|m|/σ),   Q = r̂ c,   δ_stimulus = Q − Q̄,   δ_outcome = r − Q,
        Q̄ ← Q̄ + α δ_stimulus,   r̂ ← r̂ + α c δ_outcome

    With a flat prior over s, c is the belief that the decision is right. In a schedule with two options
    (`schedules.Trial.choice`) the evidence is the level of the two stimuli that are on at the choice and are no
    options, in the order of the options that they speak for; percepts are drawn given the choice that was made.
    Without such evidence the theory is TD(0) over a serial compound. Without `confidence`, c is Φ(|s|/σ), that of the
    stimulus shown, whatever was perceived.

    Parameters
    ----------
    noise : float
        σ > 0, in units of the strength of the stimulus (assumption).
    confidence : bool
        Whether values follow the percept; otherwise the stimulus.
    learning_rate : float
        α in [0, 1], per trial (assumption).

    Notes
    -----
    `learn` returns in `more` the `confidence` c of every trial, (n_trials,).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Lak, A., Nomoto, K., Keramati, M., Sakagami, M. & Kepecs, A. (2017). Midbrain dopamine neurons signal belief in
    choice accuracy during a perceptual decision. Current Biology 27, 821-832 (from memory).
    doi:10.1016/j.cub.2017.02.026

    Examples
    --------
    >>> import rpe
    >>> dots = rpe.schedules.Trial({"left": (0, 1, 0.5), "right": (0, 1, 0.0)}, {2.0: 1.0}, choice=(1, "<", "<>"))
    >>> s = rpe.schedules.sequence({"dots": dots}, ["dots"] * 300, dt=1.0, duration=3.0)
    >>> learned = rpe.theories.ConfidenceErrors().learn(s, rng=0)
    >>> belief = learned.more["confidence"][200:]
    >>> bool(learned.delta[0, 200:, 2][belief > 0.9].mean() < learned.delta[0, 200:, 2][belief < 0.6].mean())
    True
    """

    noise: float = 0.5
    confidence: bool = True
    learning_rate: float = 0.1

    free_parameters: ClassVar[tuple[str, ...]] = ("noise", "learning_rate")

    def __post_init__(self) -> None:
        scalar("noise", self.noise, 0, open_low=True)
        flag("confidence", self.confidence)
        scalar("learning_rate", self.learning_rate, 0, 1)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Confidence errors" if self.confidence else "Errors of the stimulus shown"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return the stability of TD(0)."""
        instance("schedule", schedule, Schedule)
        return TD(trace_decay=0.0).stability(schedule)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; percepts are random."""
        if not _has_evidence(schedule):
            return TD(trace_decay=0.0).learn(schedule, rng)
        strength, onset = _evidence(schedule)
        belief = self._belief(strength, rng)
        outcomes, change = outcome_steps(schedule), Manipulated(schedule)
        delta, value = np.zeros((2, *schedule.reward.shape))
        size, usual = 0.0, 0.0
        for trial, (first, last) in enumerate(zip(onset, outcomes, strict=True)):
            promised = size * belief[trial]
            value[trial, first:last] = promised
            delta[trial] = schedule.reward[trial] + schedule.pulse[trial]
            delta[trial, first] += delta_rule_error(promised, usual)
            delta[trial, last] -= promised
            delta[trial] = change(delta[trial], trial)
            if schedule.learning[trial, first]:
                usual += self.learning_rate * delta[trial, first]
            if schedule.learning[trial, last]:
                size += self.learning_rate * belief[trial] * delta[trial, last]
        return Learned(delta[None], value[None], {"confidence": belief})

    def _belief(self, strength: Floats, rng: Seed) -> Floats:
        """C of every trial, from the strength of the evidence for the option that was chosen, (n_trials,)."""
        from scipy.special import ndtr, ndtri

        if not self.confidence:
            return np.asarray(ndtr(np.abs(strength) / self.noise))
        # The percept speaks for what was chosen: of its normal distribution, the part above 0.
        wrong = ndtr(-strength / self.noise)
        drawn = wrong + (1 - wrong) * generator(rng).random(strength.shape)
        percept = strength + self.noise * ndtri(np.clip(drawn, 1e-12, 1 - 1e-12))
        return np.asarray(ndtr(np.maximum(percept, 0.0) / self.noise))


def _has_evidence(schedule: Schedule) -> bool:
    """Whether every trial is a choice between two options, and two other stimuli speak for them."""
    options = schedule.does.offered.any(axis=(0, 1))
    each = (schedule.does.chosen >= 0).any(axis=1).all()
    return bool(each and options.sum() == 2 and (~options).sum() == 2)


def _evidence(schedule: Schedule) -> tuple[Floats, Ints]:
    """Strength of the evidence for the option that was chosen, and the step in which it comes, each (n_trials,)."""
    does, trials = schedule.does, np.arange(schedule.n_trials)
    step = does.chosen.argmax(axis=1)
    shown = schedule.level[trials, step]
    options = does.offered.any(axis=(0, 1))
    sides = shown[:, ~options]
    first = does.chosen[trials, step] == np.flatnonzero(options)[0]
    strength = np.where(first, sides[:, 0] - sides[:, 1], sides[:, 1] - sides[:, 0])
    return np.asarray(strength), np.asarray((schedule.level[:, :, ~options] != 0).any(axis=2).argmax(axis=1))


SCORECARD: Variants = {"confidence": ConfidenceErrors, "stimulus shown": lambda: ConfidenceErrors(confidence=False)}
