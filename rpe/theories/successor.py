"""Successor representation: learned from errors about features, of which reward is one."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, PerAgent, Seed, agent_count, choice, default, parameter
from rpe.schedules import Schedule
from rpe.td import delta_rule_error, td_error
from rpe.theories._events import event_steps
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class SuccessorTD:
    """Errors about every feature, not only about reward: an agent learns what follows what.

        d_n = x_{n−1} + γ x_n W − x_{n−1} W + pulse_n          (a vector, one error per feature)
        W ← W + α_W x_{n−1}ᵀ d_n,   u ← u + α_u x_{n−1} (r_n − x_{n−1}·u),   V = x W u
        δ_n = r_n + γ V_n − V_{n−1} + pulse_n

    Time goes from event to event: n counts the moments at which something comes on, goes off or is
    paid, and x is what is on. W is the successor representation, how much of each feature follows,
    each counted with γ; it starts as the identity (a feature is followed by itself, now). Reward r
    is laid to what was on just before.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α_W ≥ 0, per event.
    reward_learning_rate : float or array (n_agents,)
        α_u ≥ 0, per event.
    discount : float or array (n_agents,)
        γ in [0, 1], per event.
    negative_gain : float or array (n_agents,)
        How much a negative error counts against a positive one in the sum of errors, in [0, 1].
    signal : {"value", "sum"}
        What is offered as dopamine: δ; or δ + Σ_i g(d_i), the sum of all errors, reward among
        them, with g(d) = d for d > 0 and `negative_gain` × d otherwise (without the pulse in d,
        which δ has).

    Notes
    -----
    Nothing happens between events: the signal is 0 there, and value stays. A reward omitted while
    nothing else changes is no event. A pulse is added to the errors of all features, so that what
    is on before it comes to predict everything more. `learn` returns in `more` the weights at the
    end, `successor` (n_agents, n_stimuli, n_stimuli) and `reward_weights` (n_agents, n_stimuli),
    and the `sum` of the errors, with the shape of delta. Two choices are this library's: events
    as the unit of time (the authors' simulations have one state per stimulus), and the identity as
    a start.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Gardner, M. P. H., Schoenbaum, G. & Gershman, S. J. (2018). Rethinking dopamine as generalized
    prediction error. Proceedings of the Royal Society B 285, 20181645. doi:10.1098/rspb.2018.1645
    Dayan, P. (1993). Improving generalization for temporal difference learning: the successor
    representation. Neural Computation 5(4), 613-624. doi:10.1162/neco.1993.5.4.613

    Examples
    --------
    >>> import rpe
    >>> A, B = {"A": (0.5, 1.5)}, {"B": (1.5, 2.5)}
    >>> kinds = {"AB": rpe.schedules.Trial(A | B), "B+": rpe.schedules.Trial(B, {2.5: 1.0})}
    >>> s = rpe.schedules.sequence(kinds, ["AB"] * 50 + ["B+"] * 200 + ["AB"], duration=3.0)
    >>> learned = rpe.theories.SuccessorTD().learn(s)
    >>> bool(learned.delta[0, -1, 5] > 0.5)      # A was never near food
    True
    """

    learning_rate: PerAgent = default(0.06)
    reward_learning_rate: PerAgent = default(0.03)
    discount: PerAgent = default(0.95)
    negative_gain: PerAgent = default(0.25)
    signal: str = "value"

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "reward_learning_rate", "discount")

    def __post_init__(self) -> None:
        for name, high in (("learning_rate", np.inf), ("reward_learning_rate", np.inf), ("discount", 1.0)):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        object.__setattr__(self, "negative_gain", parameter("negative_gain", self.negative_gain, 0, 1))
        choice("signal", self.signal, ("value", "sum"))
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Successor representation" + (", sum of errors" if self.signal == "sum" else "")

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α |x|² of the faster of the two rules."""
        return rate_times_features(np.maximum(self.learning_rate, self.reward_learning_rate), schedule.level)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        n, n_features = self._n_agents(), len(schedule.stimuli)
        w = np.repeat(np.eye(n_features)[:, :, None], n, axis=2)
        u = np.zeros((n_features, n))
        delta, total = np.zeros((2, *schedule.reward.shape, n))
        value = np.zeros_like(delta)
        happens = event_steps(schedule)
        for trial, x in enumerate(schedule.level):
            old = np.zeros(n_features)
            for step in np.flatnonzero(happens[trial]):
                now, reward, pulse = x[step], schedule.reward[trial, step], schedule.pulse[trial, step]
                errors, v, old_v = self._errors(w, u, old, now)
                delta[trial, step] = td_error(reward, old_v, v, self.discount) + pulse
                total[trial, step] = delta[trial, step] + self._gained(errors).sum(axis=0)
                value[trial, step:] = v
                if schedule.learning[trial, step] and old.any():
                    w += self.learning_rate * old[:, None, None] * (errors + pulse)
                    u += self.reward_learning_rate * old[:, None] * delta_rule_error(reward, old @ u)
                old = now
        shape = (2, 0, 1)
        more = {"successor": w.transpose(shape), "reward_weights": u.T, "sum": total.transpose(shape)}
        signal = total if self.signal == "sum" else delta
        return Learned(signal.transpose(shape), value.transpose(shape), more)

    def _errors(self, w: Floats, u: Floats, old: Floats, now: Floats) -> tuple[Floats, Floats, Floats]:
        """Errors about the features (n_features, n), and the values of now and before (n,)."""
        follows, followed = np.tensordot(now, w, 1), np.tensordot(old, w, 1)
        errors = td_error(old[:, None], followed, follows, self.discount)
        return errors, (follows * u).sum(axis=0), (followed * u).sum(axis=0)

    def _gained(self, errors: Floats) -> Floats:
        return np.where(errors > 0, errors, self.negative_gain * errors)

    def _n_agents(self) -> int:
        names = ("learning_rate", "reward_learning_rate", "discount", "negative_gain")
        return agent_count(**{name: getattr(self, name) for name in names})


SCORECARD: Variants = {"successor": SuccessorTD, "successor, sum": lambda: SuccessorTD(signal="sum")}
