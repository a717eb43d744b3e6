"""Policy learning: dopamine sets how fast behaviour is learned, and not which way."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, PerAgent, Seed, agent_count, default, generator, instance, parameter, scalar
from rpe.schedules import Schedule
from rpe.theories._trial_level import outcome, outcome_steps, presence_by_trial, pulse_size
from rpe.theories.protocol import Learned, Variants


@dataclass(frozen=True)
class PolicyLearning:
    """Policy learning, a reduced form of the network of Coddington and others: direct learning of preparation.

        π = σ(θ₀ + θ·x),   R = π r + (1 − π) κ r − c π,   θ ← θ + α m ∂R/∂θ,   m = max(1 + g D, 0)

    π is the chance to be prepared when a reward comes. A reward that finds the animal unprepared is
    collected late and worth κ r, and preparation costs c. Dopamine D is what the senses tell of a reward,
    s r, and the jump of the policy: at a cue from rest to π, at a reward from π to 1. It multiplies the
    learning rate and has no part in its direction, so that stimulation hastens what is learned and teaches
    nothing of its own. With g = 0 it is the plain policy gradient.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α ≥ 0, per trial (assumption).
    gain : float or array (n_agents,)
        g ≥ 0, per reward unit (assumption: 1).
    sensed : float or array (n_agents,)
        s ≥ 0 (assumption).
    late : float
        κ in [0, 1], what is left of a reward that is collected late: e^(−1), half a second with the authors' time
        constant of half a second.
    cost : float
        c ≥ 0, reward units (assumption).
    rest : float
        θ₀, the logit of being prepared without a cue (assumption).

    Notes
    -----
    The expected policy gradient is followed, so nothing is random. Value is π, the chance to be prepared,
    while a stimulus is on. Stimulation counts with its mean size where D is; manipulated errors do not exist here.
    `learn` returns in `more` the `teaching` term of each trial, m ∂R/∂θ without the rate, (n_agents, n_trials),
    and the `rates` m.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Coddington, L. T., Lindo, S. E. & Dudman, J. T. (2023). Mesolimbic dopamine adapts the rate of learning
    from action. Nature 614, 294-302. doi:10.1038/s41586-022-05614-z

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x100")
    >>> value = rpe.theories.PolicyLearning().learn(s).value[0, :, 10]
    >>> bool(value[0] < 0.05 < 0.9 < value[-1])
    True
    """

    learning_rate: PerAgent = default(1.0)
    gain: PerAgent = default(1.0)
    sensed: PerAgent = default(0.5)
    late: float = float(np.exp(-1))
    cost: float = 0.1
    rest: float = -3.0

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "gain", "sensed")

    def __post_init__(self) -> None:
        for name in self.free_parameters:
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0))
        for name, low, high in (("late", 0.0, 1.0), ("cost", 0.0, np.inf), ("rest", -np.inf, np.inf)):
            object.__setattr__(self, name, scalar(name, getattr(self, name), low, high))
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Policy learning"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none of the reduced form."""
        return {}

    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        instance("schedule", schedule, Schedule)
        generator(rng)
        n, x = self._n_agents(), presence_by_trial(schedule)
        theta, resting = np.zeros((x.shape[1], n)), _prepared(np.full(n, self.rest))
        paid, pulses, ends = outcome(schedule), pulse_size(schedule), outcome_steps(schedule)
        first, on = np.asarray(schedule.onset.any(axis=2)), np.asarray((schedule.level != 0).any(axis=2))[:, :, None]
        begins, begun = first.argmax(axis=1).tolist(), np.atleast_1d(first.any(axis=1)).tolist()
        probe = schedule.probe
        delta, value = np.zeros((2, *schedule.reward.shape, n))
        teaching, rates = np.empty((2, len(x), n))
        for trial, shown in enumerate(x):
            prepared = _prepared(self.rest + shown @ theta)
            jump, reward = prepared - resting, paid[trial]
            dopamine = self.sensed * reward + (1 - prepared) * (reward > 0)
            rates[trial] = np.maximum(1 + self.gain * (dopamine + pulses[trial]), 0.0)
            slope = prepared * (1 - prepared) * (reward * (1 - self.late) - self.cost)
            teaching[trial] = rates[trial] * slope
            if begun[trial]:
                delta[trial, begins[trial]] += jump
            delta[trial, ends[trial]] += dopamine
            value[trial] = on[trial] * prepared
            if not probe[trial]:
                theta += self.learning_rate * shown[:, None] * teaching[trial]
        delta += schedule.pulse[:, :, None]
        more = {"teaching": teaching.T, "rates": rates.T}
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), more)

    def _n_agents(self) -> int:
        return agent_count(**{name: getattr(self, name) for name in self.free_parameters})


def _prepared(logit: Floats) -> Floats:
    """Logistic function."""
    return np.asarray(1 / (1 + np.exp(-logit)))


SCORECARD: Variants = {"policy learning": PolicyLearning}
