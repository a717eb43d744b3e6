"""Pearce-Hall hybrid: one error a trial, and for every stimulus an associability that follows surprise."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import KnowsItsKeywords, PerAgent, Seed, agent_count, default, instance, parameter, scalar
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import on_steps, outcome, presence_by_trial, pulse_size
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class PearceHall(KnowsItsKeywords):
    """The hybrid of Rescorla-Wagner and Pearce-Hall: errors teach as much as a stimulus is attended to.

        δ = λ − Σᵢ xᵢ Vᵢ,   Vᵢ ← Vᵢ + κ aᵢ xᵢ δ,   then   aᵢ ← min(η |δ| + (1 − η) aᵢ, c)

    The associability aᵢ of a stimulus changes only in trials in which it is present. A stimulus
    that is shown without reward loses it (latent inhibition). A trial has no time within: `delta`
    is NaN but in the step of the outcome. In probe trials nothing changes.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        κ in [0, 1].
    associability_rate : float or array (n_agents,)
        η in [0, 1].
    first_associability : float or array (n_agents,)
        a before a stimulus was ever shown, ≥ 0 (assumption: 1, the error of a whole reward).
    ceiling : float
        c > 0, no unit (assumption); infinite for none, as published.

    Notes
    -----
    `learn` returns in `more` the `strength` V and the `associability` a of every stimulus before
    each trial, (n_agents, n_trials, n_stimuli). κ and η are provisional: from memory.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Pearce, J. M. & Hall, G. (1980). A model for Pavlovian learning. Psychological Review 87(6),
    532-552. doi:10.1037/0033-295X.87.6.532
    Li, J., Schiller, D., Schoenbaum, G., Phelps, E. A. & Daw, N. D. (2011). Differential roles of
    human striatum and amygdala in associative learning. Nature Neuroscience 14, 1250-1252 (the
    hybrid). doi:10.1038/nn.2904

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.0, 1.0)}, {1.0: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 3, dt=0.5, duration=2.0)
    >>> learned = rpe.theories.PearceHall(learning_rate=0.5, associability_rate=0.5).learn(schedule)
    >>> learned.delta[0, :, 2].tolist(), learned.more["associability"][0, :, 0].tolist()
    ([1.0, 0.5, 0.25], [1.0, 1.0, 0.75])
    """

    learning_rate: PerAgent = default(0.3)
    associability_rate: PerAgent = default(0.1)
    first_associability: PerAgent = default(1.0)
    ceiling: float = 1.0

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "associability_rate")

    def __post_init__(self) -> None:
        for name in ("learning_rate", "associability_rate"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        object.__setattr__(self, "first_associability", parameter("first_associability", self.first_associability, 0))
        if not (isinstance(self.ceiling, float) and self.ceiling == np.inf):
            scalar("ceiling", self.ceiling, 0, open_low=True)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Pearce-Hall hybrid"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return κ a |x|² of the largest associability, by which a trial corrects its own error."""
        instance("schedule", schedule, Schedule)
        most = np.maximum(self.first_associability, self.ceiling)
        known = rate_times_features(self.learning_rate * most, presence_by_trial(schedule))
        return known._replace(quantity="κ a |x|²")

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        x, n = presence_by_trial(schedule), self._n_agents()
        target = outcome(schedule) + pulse_size(schedule)
        shape = (len(x), x.shape[1], n)
        error, prediction = np.empty((2, len(x), n))
        change = Manipulated(schedule).whole(schedule)
        strengths, attended = np.empty((2, *shape))
        strength, associability = np.zeros(shape[1:]), np.full(shape[1:], self.first_associability)
        for trial, frozen in enumerate(schedule.probe.tolist()):
            strengths[trial], attended[trial] = strength, associability
            prediction[trial] = x[trial] @ strength
            error[trial] = change(delta_rule_error(target[trial], prediction[trial]), trial)
            if not frozen:
                strength += associability * (x[trial, :, None] * (self.learning_rate * error[trial]))
                surprise = np.abs(error[trial]) - associability
                associability += (x[trial, :, None] != 0) * (self.associability_rate * surprise)
                np.minimum(associability, np.maximum(self.first_associability, self.ceiling), out=associability)
        more = {"strength": strengths.transpose(2, 0, 1), "associability": attended.transpose(2, 0, 1)}
        return Learned(*on_steps(schedule, error.T, prediction.T), more)

    def _n_agents(self) -> int:
        names = ("learning_rate", "associability_rate", "first_associability")
        return agent_count(**{name: getattr(self, name) for name in names})


SCORECARD: Variants = {"Pearce-Hall": PearceHall}
