"""ANCCR: adjusted net contingency for causal relations, dopamine as a retrospective judgement of causes."""

import math
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    Bools,
    Floats,
    PerAgent,
    Seed,
    agent_count,
    choice,
    default,
    flag,
    generator,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.theories._causes import Known, Parameters, judge_events
from rpe.theories._dwell_times import KNOWLEDGE
from rpe.theories._event_log import Log, event_log
from rpe.theories._fast.compiling import COMPILED, worth_it
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories.protocol import Learned, Stability, Variants

# T in units of the mean time between rewards.
_RATIO = 1.2
# From so many agents on, arrays over agents take less time than numbers agent by agent.
_AT_ONCE = 3


class RewardInterval:
    """The mean time between rewards, as a running ratio of time to rewards with a prior.

        at a reward, after Δ s:   a ← a₀ + (a − a₀) e^(−Δ/τ) + 1,   b ← b₀ + (b − b₀) e^(−Δ/τ) + τ (1 − e^(−Δ/τ)),
        interval = b/a

    Parameters
    ----------
    prior_rewards, prior_time : float
        a₀, and b₀ in s (assumption).
    memory : float
        τ, s, over which the past fades; infinite for none (assumption).

    Examples
    --------
    >>> import numpy as np
    >>> times = 30.0 * np.arange(1, 201)
    >>> RewardInterval(1.0, 10.0, 600.0).course(times, np.ones(200, dtype=bool))[-1].round(2)
    np.float64(29.75)
    """

    def __init__(self, prior_rewards: float = 1.0, prior_time: float = 60.0, memory: float = 1200.0) -> None:
        self._prior = prior_rewards, prior_time
        self._memory = memory

    @property
    def settings(self) -> tuple[float, float, float]:
        """a₀, b₀ and τ."""
        return (*self._prior, self._memory)

    def course(self, time: Floats, rewarded: Bools) -> Floats:
        """Return the interval just before every event, s; times and which are rewards, (n_events,) each."""
        rewards, seconds = self._prior
        last, found = 0.0, np.empty(len(time))
        for event, (now, paid) in enumerate(zip(time.tolist(), rewarded.tolist(), strict=True)):
            rewards, seconds, last = *self._later(rewards, seconds, now - last), now
            found[event] = seconds / rewards
            rewards += paid
        return found

    def _later(self, rewards: float, seconds: float, wait: float) -> tuple[float, float]:
        """A and b some time later."""
        a, b = self._prior
        if math.isinf(self._memory):
            return rewards, seconds + wait
        left = math.exp(-wait / self._memory)
        return a + (rewards - a) * left, b + (seconds - b) * left + self._memory * (1 - left)


@dataclass(frozen=True)
class ANCCR:
    """Retrospective causal learning: which events came before what matters more often than by chance.

        E_i: +1 when i happens, × exp(−t/T) between;   Δ_i: 1 when i happens, decays alike
        M̄_i ← M̄_i + k α (E_i − M̄_i) every `sampling` s;   M_{i←j} ← M_{i←j} + α (E_i − M_{i←j}) when j happens
        PRC_ij = M_{i←j} − M̄_i,   SRC_ij = PRC_ij M̄_j/M̄_i,   NC = w SRC + (1 − w) PRC
        ANCCR_ij = NC_ij R_ij − Σ_k ANCCR_kj Δ_k 1[NC_ki > θ],   dopamine_i = Σ_j ANCCR_ij over the targets j
        R_ij ← R_ij + α_R (size − R_ij) with dopamine ≥ 0, else it falls for the causes, by their share

    An event is a target for good once dopamine + β exceeds θ; reward has β = 1 from the start.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1], per event.
    base_rate_ratio : float or array (n_agents,)
        k ≥ 0: the base rate learns with k α per sample.
    weight : float or array (n_agents,)
        w in [0, 1], of the prospective contingency.
    threshold : float or array (n_agents,)
        θ ≥ 0.
    cause_learning_rate : float or array (n_agents,)
        α_R in [0, 1], per event; ten times α in the authors' scripts.
    time_constant : float or None
        T, s; None for 1.2 times the mean time between rewards (see `knowledge`).
    knowledge : {"learned", "given"}
        Whether the mean time between rewards is what was found so far (`RewardInterval`), with which
        T changes from event to event; or that of the whole schedule (between events, if nothing is
        paid).
    sampling : float
        Time between samples of the base rate, s.
    minimum_rate : float
        Events rarer than this, per s, have no prospective contingency.
    jitter : float
        SD of the delay of events at one moment, s; the only random thing.
    omissions : bool
        Whether a reward that is due and does not come is an event, once reward has a cause.
    rate_per_sample : float or None
        α₀ in (0, 1), per sample: then the learning rate follows the mean time between rewards found so far, IRI, as
        α = 1 − (1 − α₀)^(IRI/sampling) per event, and base rates learn with α₀; in place of `learning_rate` and
        `base_rate_ratio`. Rewards that are ten times as rare then teach almost ten times as much each.

    Notes
    -----
    The signal is 0 between events. Value is Σ SRC R over the stimuli that are on, towards reward.
    A pulse adds to the dopamine of the events in its step (the authors' scripts replace it), and a
    pulse without an event does nothing. In ANCCR the rows are worked out in the order of the
    stimuli, reward after them, each with the rows before it already new, as in the authors'
    script. Their figures differ in k (1 or .01), θ (.6 to .8) and w (.5 to .6). `learn` returns in
    `more` `net_contingency`, NC at the end, (n_agents, n_kinds, n_kinds), reward and omission last.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Jeong, H. et al. (2022). Mesolimbic dopamine release conveys causal associations. Science 378,
    eabq6740. doi:10.1126/science.abq6740
    Burke, D. A. et al. (2026). Duration between rewards controls the rate of behavioral and dopaminergic learning.
    Nature Neuroscience (the rate; the authors' scripts take the mean interval of the session).

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=500, gap=10.0)
    >>> delta = rpe.theories.ANCCR().learn(s, rng=0).delta[0]
    >>> bool(delta[-1, 5] > 0.5 > delta[0, 5])      # the cue, late and early
    True
    """

    learning_rate: PerAgent = default(0.02)
    base_rate_ratio: PerAgent = default(1.0)
    weight: PerAgent = default(0.5)
    threshold: PerAgent = default(0.6)
    cause_learning_rate: PerAgent = default(0.2)
    time_constant: float | None = None
    sampling: float = 0.2
    minimum_rate: float = 1e-3
    jitter: float = 0.1
    omissions: bool = True
    knowledge: str = "learned"
    rate_per_sample: float | None = None

    free_parameters: ClassVar[tuple[str, ...]] = (
        "learning_rate",
        "base_rate_ratio",
        "weight",
        "threshold",
        "cause_learning_rate",
        "time_constant",
    )

    def __post_init__(self) -> None:
        for name in self.free_parameters[:-1]:
            high = np.inf if name in ("base_rate_ratio", "threshold") else 1.0
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        if self.time_constant is not None:
            scalar("time_constant", self.time_constant, 0, open_low=True)
        scalar("sampling", self.sampling, 0, open_low=True)
        for name in ("minimum_rate", "jitter"):
            scalar(name, getattr(self, name), 0)
        if self.rate_per_sample is not None:
            scalar("rate_per_sample", self.rate_per_sample, 0, 1, open_low=True, open_high=True)
        flag("omissions", self.omissions)
        choice("knowledge", self.knowledge, KNOWLEDGE)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        rate = "" if self.rate_per_sample is None else ", rate by time between rewards"
        return ("ANCCR, given time constant" if self.knowledge == "given" else "ANCCR") + rate

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: those of other figures' scripts."""
        return {
            "Jeong 2022, slow base rate": cls(base_rate_ratio=0.01),
            "Jeong 2022, high threshold": cls(threshold=0.8, weight=0.6),
            "Burke 2026": cls(
                rate_per_sample=4e-5, time_constant=500.0, threshold=0.4, cause_learning_rate=1.0, minimum_rate=1e-6
            ),
        }

    def stability(self, schedule: Schedule) -> Stability:
        """Return k α, of the base rate; the loops of explaining away have no limit that is known."""
        return Stability("k α", float(np.max(self.base_rate_ratio * self.learning_rate)), 1.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule event by event, for all agents at once."""
        n = self._n_agents()
        log = event_log(schedule, self.jitter, generator(rng))
        known = Known(self._constants(schedule, log), self._rates(schedule, log))
        run = judge_events
        if not Manipulated(schedule).any and (COMPILED or n < _AT_ONCE) and worth_it(n * len(log.kind)):
            from rpe.theories._fast.causes import judge_events_alone

            run = judge_events_alone
        delta, value, contingency = run(schedule, log, known, self._parameters(n))
        on = (schedule.level != 0).any(axis=2)[:, :, None]
        more = {"net_contingency": np.moveaxis(contingency, 2, 0)}
        return Learned(delta.transpose(2, 0, 1), (value * on).transpose(2, 0, 1), more)

    def _parameters(self, n: int) -> Parameters:
        """The parameters of every agent."""
        rate, ratio, weight, threshold, cause_rate = (
            np.broadcast_to(getattr(self, name), (n,)) for name in self.free_parameters[:-1]
        )
        base_rate = ratio * rate if self.rate_per_sample is None else np.full(n, self.rate_per_sample)
        per_agent = (rate, base_rate, weight, threshold, cause_rate)
        return Parameters(*per_agent, self.sampling, self.minimum_rate, self.omissions)

    def _constants(self, schedule: Schedule, log: Log) -> Floats:
        """T at every event, s."""
        if self.time_constant is not None:
            return np.full(len(log.kind), float(self.time_constant))
        if self.knowledge == "given":
            total = float((schedule.duration + schedule.gap).sum())
            n_rewards = int((log.size != 0).sum())
            return np.full(len(log.kind), _RATIO * total / max(n_rewards or len(log.kind), 1))
        rewarded = (log.size != 0) & schedule.learning[log.trial, log.step]
        return _RATIO * RewardInterval().course(log.time, rewarded)

    def _rates(self, schedule: Schedule, log: Log) -> Floats:
        """α at every event, where it follows the time between rewards; NaN where it does not."""
        if self.rate_per_sample is None:
            return np.full(len(log.kind), np.nan)
        rewarded = (log.size != 0) & schedule.learning[log.trial, log.step]
        return rate_by_interval(self.rate_per_sample, RewardInterval().course(log.time, rewarded) / self.sampling)

    def _n_agents(self) -> int:
        return agent_count(**{name: getattr(self, name) for name in self.free_parameters[:-1]})


def rate_by_interval(per_sample: float, n_samples: npt.ArrayLike) -> Floats:
    """Return the learning rate of an event that stands for so many samples, α = 1 − (1 − α₀)^n.

    Examples
    --------
    >>> rate_by_interval(4e-5, [300, 3000]).round(6)
    array([0.011929, 0.113082])
    """
    return np.asarray(-np.expm1(np.asarray(n_samples) * np.log1p(-per_sample)))


SCORECARD: Variants = {"ANCCR": ANCCR}
