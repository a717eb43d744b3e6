"""Average-reward TD: errors against the mean rate of reward, which sets tonic dopamine and vigour."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import KnowsItsKeywords, PerAgent, Seed, agent_count, choice, default, instance, parameter
from rpe.schedules import Schedule
from rpe.theories._continuous_time import Rates, States, states_of, states_of_kinds
from rpe.theories._fast.continuous_time import learn_on
from rpe.theories._stability import bounded, rate_times_states
from rpe.theories._trial_level import Features, check_features, once, td_features, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class AverageRewardTD(KnowsItsKeywords):
    """Average-reward TD(0), δ = r − ρ dt + V′ − V, V ← V + α δ, ρ ← ρ + η δ.

    Time is continuous and nothing is discounted. Where no feature is on, in the window or in the
    gap, a background state is, with a value of its own; gaps are passed in closed form. ρ is the
    mean rate of reward, which Niv and others take for tonic dopamine.

    Parameters
    ----------
    features : {"serial_compound", "presence", "microstimuli"}, array or callable
        As in `rpe.theories.TD`.
    learning_rate : float or array (n_agents,)
        α in [0, 1], per step of the schedule (assumption: that of TD).
    rate_learning_rate : float or array (n_agents,)
        η in [0, 1], per step of the schedule, for ρ in reward units per s (provisional: from
        memory).
    bootstrap : {"updated", "stale"}
        Whether the old value is read with the weights after the update of its step, or before.

    Notes
    -----
    `learn` returns in `more` the tonic signal `rho`, (n_agents, n_trials, n_steps), in reward units
    per s, before the update of each step, and the `weights` at the end, the background last.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Niv, Y., Daw, N. D., Joel, D. & Dayan, P. (2007). Tonic dopamine: opportunity costs and the
    control of response vigor. Psychopharmacology 191, 507-520. doi:10.1007/s00213-006-0502-4
    Daw, N. D. & Touretzky, D. S. (2002). Long-term reward prediction in TD models of the dopamine
    system. Neural Computation 14(11), 2567-2583. doi:10.1162/089976602760407973

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.5, 1.0)}, {1.0: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 400, dt=0.5, duration=2.0)
    >>> learned = rpe.theories.AverageRewardTD().learn(schedule)
    >>> round(float(learned.more["rho"][0, -1].mean()), 2)
    0.5
    """

    features: Features = "serial_compound"
    learning_rate: PerAgent = default(0.1)
    rate_learning_rate: PerAgent = default(0.01)
    bootstrap: str = "updated"

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "rate_learning_rate")

    def __post_init__(self) -> None:
        for name in ("learning_rate", "rate_learning_rate"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        choice("bootstrap", self.bootstrap, ("updated", "stale"))
        check_features(self.features)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        features = self.features.replace("_", " ") if isinstance(self.features, str) else "own features"
        return f"Average-reward TD, {features}{', stale bootstrap' if self.bootstrap == 'stale' else ''}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α times the features that are on at once."""
        instance("schedule", schedule, Schedule)
        return rate_times_states(self.learning_rate, self._states(schedule))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        states = self._states(schedule)
        rates = Rates(self.learning_rate, np.ones(()), self.bootstrap, self.rate_learning_rate)
        run = learn_on(states, schedule, rates, self._n_agents())
        more = {"rho": run.rate.transpose(2, 0, 1), "weights": run.weights.T}
        return Learned(run.delta.transpose(2, 0, 1), run.value.transpose(2, 0, 1), more)

    def _states(self, schedule: Schedule) -> States:
        if isinstance(self.features, str):
            return once(schedule, "states", self.features, lambda: states_of_kinds(td_kinds(schedule, self.features)))
        return states_of(td_features(schedule, self.features))

    def _n_agents(self) -> int:
        return agent_count(learning_rate=self.learning_rate, rate_learning_rate=self.rate_learning_rate)


SCORECARD: Variants = {"average reward": AverageRewardTD}
