"""Factored values: what one engages with during a cue decides where values are learned (sign- and goal-tracking)."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, Ints, KnowsItsKeywords, PerAgent, Seed, agent_count, default, instance, parameter
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import outcome_steps, presence_by_trial
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class FactoredValues(KnowsItsKeywords):
    """Factored values: a value for each thing that one engages with, beside a model of the world, after Lesaint.

        P(f) = (1 − ω) A(f) + ω V(f),   π = softmax(P/τ),   δ_cue = Σ π V,   δ_outcome = r − V(f engaged),
        V(f) ← V(f) + α π(f) δ_outcome,   and between trials V(place) ← (1 − u) V(place)

    A reward is expected at the place where it comes, which is always there, and during a cue one engages with the
    cue (a lever) or with the place (a magazine). The model of the world, which expects the reward R, gives the
    advantage A: 0 for the place, −R/10 for the cue, which costs time, and −R for neither, which misses the reward.
    The place is also visited in vain between trials, which takes its value away; a cue that is seen in trials only
    keeps its own. This is a reduced form (assumption): on-policy means stand for single actions and the maximum.

    Parameters
    ----------
    weight : float or array (n_agents,)
        ω in [0, 1], of the factored values against the model: .5 for sign-trackers, .05 for goal-trackers.
    learning_rate : float or array (n_agents,)
        α in [0, 1], per trial.
    forgetting : float or array (n_agents,)
        u in [0, 1], per time between trials.
    temperature : float or array (n_agents,)
        τ > 0, in reward units. The default was chosen so that goal-trackers engage with the cue in less than a tenth
        of the trials (assumption).

    Notes
    -----
    `learn` returns in `more` the share of engagement with the cues, `sign`, and that with cue or place instead of
    neither, `response`, each (n_agents, n_trials).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Lesaint, F., Sigaud, O., Flagel, S. B., Robinson, T. E. & Khamassi, M. (2014). Modelling individual differences in
    the form of Pavlovian conditioned approach responses: a dual learning systems approach with factored
    representations. PLoS Computational Biology 10(2), e1003466 (from memory). doi:10.1371/journal.pcbi.1003466

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x150")
    >>> both = rpe.theories.FactoredValues().phenotypes()
    >>> {name: bool(theory.learn(s).more["sign"][0, -1] > 0.5) for name, theory in both.items()}
    {'sign-tracker': True, 'goal-tracker': False}
    """

    weight: PerAgent = default(0.5)
    learning_rate: PerAgent = default(0.1)
    forgetting: PerAgent = default(0.9)
    temperature: PerAgent = default(0.02)

    free_parameters: ClassVar[tuple[str, ...]] = ("weight", "learning_rate", "forgetting", "temperature")

    def __post_init__(self) -> None:
        for name in ("weight", "learning_rate", "forgetting"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        object.__setattr__(self, "temperature", parameter("temperature", self.temperature, 0, open_low=True))
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Factored values"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def phenotypes(self) -> dict[str, Self]:
        """Return the theory of sign-trackers and of goal-trackers."""
        return {"sign-tracker": replace(self, weight=0.5), "goal-tracker": replace(self, weight=0.05)}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α, as only one thing at a time is engaged with."""
        instance("schedule", schedule, Schedule)
        return Stability("α", float(np.max(self.learning_rate)), 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        n, shown = self._n_agents(), presence_by_trial(schedule) > 0
        onsets, outcomes, change = _onsets(schedule), outcome_steps(schedule), Manipulated(schedule)
        cue, place, model = np.zeros((shown.shape[1], n)), np.zeros(n), np.zeros((shown.shape[1], n))
        delta, value = np.zeros((2, *schedule.reward.shape, n))
        sign, response = np.zeros((2, schedule.n_trials, n))
        income, learns = schedule.reward + schedule.pulse, schedule.learning
        for trial, on in enumerate(shown):
            here, expected = cue[on].max(axis=0, initial=0.0), model[on].max(axis=0, initial=0.0)
            share = self._engaged(here, place, expected, bool(on.any()))
            worth = share[0] * here + share[1] * place
            first, last = onsets[trial], outcomes[trial]
            value[trial, first:last] = worth
            delta[trial] = income[trial][:, None]
            delta[trial, first] += worth
            delta[trial, last] -= worth
            delta[trial] = change(delta[trial], trial, axis=0)
            if learns[trial, last]:
                error = delta[trial, last] + worth
                cue[on] += self.learning_rate * share[0] * delta_rule_error(error, cue[on])
                model[on] += self.learning_rate * delta_rule_error(error, model[on])
                place = place + self.learning_rate * share[1] * delta_rule_error(error, place)
                place = place * (1 - self.forgetting)
            sign[trial], response[trial] = share[0], share[0] + share[1]
        more = {"sign": sign.T, "response": response.T}
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), more)

    def _engaged(self, cue: Floats, place: Floats, expected: Floats, any_cue: bool) -> Floats:
        """Shares of the engagement with cue, place and neither, (3, n)."""
        if not any_cue:
            return np.stack([np.zeros_like(place), np.zeros_like(place), np.ones_like(place)])
        # Exploring elsewhere misses the reward for sure, and has no value; the cue can be left in time.
        model = np.stack([-0.1 * expected, np.zeros_like(expected), -expected])
        pull = (1 - self.weight) * model + self.weight * np.stack([cue, place, np.zeros_like(cue)])
        odds = np.exp((pull - pull.max(axis=0)) / self.temperature)
        return np.asarray(odds / odds.sum(axis=0))

    def _n_agents(self) -> int:
        return agent_count(**{name: getattr(self, name) for name in self.free_parameters})


def _onsets(schedule: Schedule) -> Ints:
    """The step in which the first stimulus comes on, 0 without any, (n_trials,)."""
    return np.asarray(schedule.onset.any(axis=2).argmax(axis=1))


SCORECARD: Variants = {"factored values": FactoredValues}
