"""Pearce-Kaye-Hall: excitation without an error, inhibition by overexpectation, associability by mean surprise."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import KnowsItsKeywords, PerAgent, Seed, agent_count, default, instance, parameter, scalar
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import on_steps, outcome, presence_by_trial, pulse_size
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class PearceKayeHall(KnowsItsKeywords):
    """The theory of Pearce, Kaye and Hall, with excitation V and inhibition V̄, both ≥ 0.

        δ = λ − Σᵢ xᵢ (Vᵢ − V̄ᵢ)
        Vᵢ ← Vᵢ + β αᵢ xᵢ λ where δ > 0,   V̄ᵢ ← V̄ᵢ + β̄ αᵢ xᵢ |δ| where δ < 0
        αᵢ ← (1 − θ) αᵢ + θ |δ| for the stimuli shown, within bounds

    Excitation stops where the outcome is expected, but its steps do not shrink with the error other than by α.
    What changes dopamine changes δ, and with it the outcome λ that is learned of. In probe trials nothing changes.

    Parameters
    ----------
    learning_rate, inhibitory_rate : float or array (n_agents,)
        β and β̄ in [0, 1].
    associability_rate : float or array (n_agents,)
        θ in [0, 1].
    first_associability : float or array (n_agents,)
        α before a stimulus was ever shown, in [0, 1].
    lowest : float
        The bound below α, in [0, 1]; that above is 1 (an assumption, without which five cues diverge).

    Notes
    -----
    `learn` returns in `more` the net `strength` V − V̄ and the `associability` α of every stimulus before each
    trial, (n_agents, n_trials, n_stimuli). Equations as documented by the R package calmr (its Eqs. 1-4), after the
    technical note of the CAL-R group; β = β̄ = θ = .3, α = 1 and no lower bound are provisional.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Pearce, J. M., Kaye, H. & Hall, G. (1982). Predictive accuracy and stimulus associability: Development of a model
    for Pavlovian learning. In Quantitative Analyses of Behavior 3: Acquisition, 241-256.

    Examples
    --------
    >>> import rpe
    >>> theory = rpe.theories.PearceKayeHall(learning_rate=0.5, associability_rate=0.5)
    >>> learned = theory.learn(rpe.schedules.design("A+ x3"))
    >>> learned.more["strength"][0, :, 0].tolist(), learned.more["associability"][0, :, 0].tolist()
    ([0.0, 0.5, 1.0], [1.0, 1.0, 0.75])
    """

    learning_rate: PerAgent = default(0.3)
    inhibitory_rate: PerAgent = default(0.3)
    associability_rate: PerAgent = default(0.3)
    first_associability: PerAgent = default(1.0)
    lowest: float = 0.0

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "inhibitory_rate", "associability_rate")

    def __post_init__(self) -> None:
        for name in (*self.free_parameters, "first_associability"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        scalar("lowest", self.lowest, 0, 1)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Pearce-Kaye-Hall"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return β̄ |x|² at full associability, by which a trial corrects what was expected too much."""
        instance("schedule", schedule, Schedule)
        size = (presence_by_trial(schedule) ** 2).sum(axis=1).max()
        return Stability("β̄ α |x|²", float(np.max(self.inhibitory_rate) * size), 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        x, n = presence_by_trial(schedule)[:, :, None], self._n_agents()
        shape, target = (len(x), x.shape[1], n), outcome(schedule) + pulse_size(schedule)
        error, prediction = np.empty((2, len(x), n))
        change = Manipulated(schedule).whole(schedule)
        strengths, attended = np.empty((2, *shape))
        strength, associability = np.zeros(shape[1:]), np.full(shape[1:], self.first_associability)
        for trial, frozen in enumerate(schedule.probe.tolist()):
            strengths[trial], attended[trial] = strength, associability
            prediction[trial] = (x[trial] * strength).sum(axis=0)
            error[trial] = change(delta_rule_error(target[trial], prediction[trial]), trial)
            if not frozen:
                paid = np.maximum(prediction[trial] + error[trial], 0.0)
                excitation = self.learning_rate * paid * (error[trial] > 0)
                inhibition = self.inhibitory_rate * np.maximum(-error[trial], 0.0)
                strength = strength + associability * x[trial] * (excitation - inhibition)
                rate = self.associability_rate * (x[trial] != 0)
                moved = (1 - rate) * associability + rate * np.abs(error[trial])
                associability = np.where(x[trial] != 0, np.clip(moved, self.lowest, 1.0), associability)
        more = {"strength": strengths.transpose(2, 0, 1), "associability": attended.transpose(2, 0, 1)}
        return Learned(*on_steps(schedule, error.T, prediction.T), more)

    def _n_agents(self) -> int:
        names = (*self.free_parameters, "first_associability")
        return agent_count(**{name: getattr(self, name) for name in names})


SCORECARD: Variants = {"Pearce-Kaye-Hall": PearceKayeHall}
