"""ANCCR: adjusted net contingency for causal relations, dopamine as a retrospective judgement of causes."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    Bools,
    Floats,
    Ints,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    choice,
    default,
    flag,
    generator,
    instance,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.theories._dwell_times import KNOWLEDGE
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories.protocol import Learned, Stability, Variants

# T in units of the mean time between rewards.
_RATIO = 1.2


class Log(NamedTuple):
    """Events in order of time: stimulus onsets, then reward, then its omission, as the last two kinds.

    Attributes
    ----------
    kind : int array (n_events,)
        Which stimulus; n_stimuli stands for reward, n_stimuli + 1 for its omission.
    time : float array (n_events,)
        When, s from the start of the experiment.
    size, pulse : float array (n_events,)
        Reward, and the pulse at that moment, reward units.
    trial, step : int array (n_events,)
        Where it belongs in the schedule.
    """

    kind: Ints
    time: Floats
    size: Floats
    pulse: Floats
    trial: Ints
    step: Ints


def event_log(schedule: Schedule, jitter: float, rng: np.random.Generator) -> Log:
    """Return what happens, in order; of several events at one moment all but the first come with a normal delay."""
    n_stimuli = len(schedule.stimuli)
    trial, step, kind = np.nonzero(schedule.onset)
    paid_trial, paid_step = np.nonzero(schedule.reward)
    missed = np.flatnonzero(~np.isnan(schedule.due) & ~(schedule.reward != 0).any(axis=1))
    missed_step = np.floor(schedule.due[missed] / schedule.dt + 1e-6).astype(int)
    missed, missed_step = missed[missed_step < schedule.n_steps], missed_step[missed_step < schedule.n_steps]
    kind = np.concatenate([kind, np.full(len(paid_trial), n_stimuli), np.full(len(missed), n_stimuli + 1)])
    trial, step = np.concatenate([trial, paid_trial, missed]), np.concatenate([step, paid_step, missed_step])
    time = schedule.start[trial] + step * schedule.dt
    order = np.lexsort((kind, time))
    again = np.concatenate([[False], np.diff(time[order]) < 1e-9]) if len(order) else np.zeros(0, dtype=bool)
    time[order[again]] += jitter * rng.standard_normal(int(again.sum()))
    order = np.lexsort((kind, time))
    kind, time, trial, step = kind[order], time[order], trial[order], step[order]
    size = np.where(kind == n_stimuli, schedule.reward[trial, step], 0.0)
    return Log(kind, time, size, schedule.pulse[trial, step], trial, step)


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


class Memory:
    """What one agent knows of k kinds of events.

    Attributes
    ----------
    trace, recent, base, times : float array (k,)
        E, Δ, M̄ and how often each happened.
    seen_before, cause, adjusted : float array (k, k)
        M_{i←j}, R_ij and ANCCR_ij.
    target : bool array (k,)
        Whether the causes of an event are worth finding.
    counts_omissions : bool
        Whether a cause of reward has been found, from which on its omission is an event.
    """

    def __init__(self, k: int) -> None:
        self.trace, self.recent, self.base, self.times = np.zeros((4, k))
        self.seen_before, self.cause, self.adjusted = np.zeros((3, k, k))
        self.target = np.arange(k) == k - 2
        self.counts_omissions = False


@dataclass(frozen=True)
class ANCCR(KnowsItsKeywords):
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
        instance("schedule", schedule, Schedule)
        return Stability("k α", float(np.max(self.base_rate_ratio * self.learning_rate)), 1.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule, agent by agent and event by event."""
        n, k = self._n_agents(), len(schedule.stimuli) + 2
        log = event_log(schedule, self.jitter, generator(rng))
        constants, rates = self._constants(schedule, log), self._rates(schedule, log)
        delta, value = np.zeros((2, n, *schedule.reward.shape))
        contingency = np.empty((n, k, k))
        for agent in range(n):
            one = _One(self, agent, k)
            one.run(schedule, log, (constants, rates), delta[agent], value[agent])
            contingency[agent] = one.contingency()[0]
        value *= (schedule.level != 0).any(axis=2)
        return Learned(delta, value, {"net_contingency": contingency})

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


class _One:
    """One agent at work: its parameters as numbers, and its memory."""

    def __init__(self, theory: ANCCR, agent: int, k: int) -> None:
        rates = {
            name: float(np.resize(getattr(theory, name), agent + 1)[agent]) for name in theory.free_parameters[:-1]
        }
        self.rate, self.weight, self.threshold = rates["learning_rate"], rates["weight"], rates["threshold"]
        self.base_rate, self.cause_rate = rates["base_rate_ratio"] * self.rate, rates["cause_learning_rate"]
        self.theory, self.constant = theory, math.inf
        if theory.rate_per_sample is not None:
            self.base_rate = theory.rate_per_sample
        self.reward, self.omission = k - 2, k - 1
        self.memory = Memory(k)

    def run(self, schedule: Schedule, log: Log, known: tuple[Floats, Floats], delta: Floats, value: Floats) -> None:
        """Take in all events, with T and α (NaN for the theory's), and write signals, (n_trials, n_steps) each."""
        before, counts, change = 0.0, self.theory.omissions, Manipulated(schedule)
        learning = schedule.learning[log.trial, log.step].tolist()
        events = zip(*(column.tolist() for column in (*log, *known)), learning, strict=True)
        for kind, time, size, pulse, trial, step, self.constant, rate, learns in events:
            self.rate = self.rate if math.isnan(rate) else rate
            if kind == self.omission and not (counts and self.memory.counts_omissions):
                continue
            self._wait(before, time, learns)
            before = time
            added = (pulse, lambda dopamine, at=(trial, step): change(dopamine, *at))
            delta[trial, step] += self._happens(kind, size, added, learns)
            value[trial, step:] = self._value(schedule.level[trial, step])

    def contingency(self) -> tuple[Floats, Floats]:
        """NC and SRC, (k, k) each; 0 for events that have not happened."""
        memory = self.memory
        known = memory.times > 0
        backward = (memory.seen_before - memory.base[:, None]) * (known[:, None] & known)
        frequent = known & (memory.base / self.constant >= self.theory.minimum_rate) & (memory.base > 0)
        inverse = np.where(frequent, 1 / np.where(frequent, memory.base, 1.0), 0.0)
        forward = backward * (inverse[:, None] * memory.base)
        return self.weight * forward + (1 - self.weight) * backward, forward

    def _wait(self, start: float, end: float, learns: bool) -> None:
        """Let traces decay to `end`, with base rates sampled on the way: a geometric sum, in closed form."""
        memory, sampling = self.memory, self.theory.sampling
        first = math.ceil(start / sampling - 1e-9)
        n_samples = max(math.ceil(end / sampling - 1e-9) - first, 0)
        if n_samples and learns:
            keep, fade = 1 - self.base_rate, math.exp(-sampling / self.constant)
            kept, faded = keep**n_samples, fade**n_samples
            alike = abs(keep - fade) < 1e-12
            weight = n_samples * fade ** (n_samples - 1) if alike else (kept - faded) / (keep - fade)
            at_first = math.exp(-(first * sampling - start) / self.constant)
            memory.base = kept * memory.base + (self.base_rate * weight * at_first) * memory.trace
        left = math.exp(-(end - start) / self.constant)
        memory.trace *= left
        memory.recent *= left

    def _happens(self, kind: int, size: float, added: tuple[float, Callable[[float], float]], learns: bool) -> float:
        """Take in one event; returns dopamine."""
        memory = self.memory
        memory.trace[kind] += 1.0
        memory.recent[kind] = 1.0
        if learns:
            memory.times[kind] += 1
            if memory.target[kind]:
                memory.seen_before[:, kind] += self.rate * (memory.trace - memory.seen_before[:, kind])
        contingency, _ = self.contingency()
        caused = contingency > self.threshold
        np.fill_diagonal(caused, False)
        memory.cause[kind, kind] = size
        dopamine = added[1](self._dopamine(contingency, caused, kind) + added[0])
        if learns:
            self._judge(kind, size, dopamine, caused[:, kind])
        return dopamine

    def _dopamine(self, contingency: Floats, caused: Bools, kind: int) -> float:
        """Work out ANCCR of all events, in order, and sum that of this one over the targets."""
        memory = self.memory
        memory.adjusted[kind] = 0.0
        direct = contingency * memory.cause
        explains = caused * memory.recent[:, None]
        for row in range(len(direct)):
            memory.adjusted[row] = direct[row] - explains[:, row] @ memory.adjusted
        return float(memory.adjusted[kind] @ memory.target)

    def _judge(self, kind: int, size: float, dopamine: float, causes: Bools) -> None:
        """Make the event a target or not, and move R to the size of what came, or take from its causes."""
        memory = self.memory
        if kind == self.reward and causes.any():
            memory.counts_omissions = True
        if kind == self.omission:
            memory.cause[kind, self.reward] = memory.cause[self.reward, self.reward]
            memory.target[kind] = True
        memory.target[kind] |= dopamine + (kind == self.reward) > self.threshold
        cause = memory.cause[:, kind]
        if dopamine >= 0:
            cause += self.cause_rate * (size - cause)
        elif causes.any():
            share = np.where(causes, memory.recent / np.maximum(memory.times, 1), 0.0)
            cause -= self.cause_rate * cause * share / share.sum()

    def _value(self, level: Floats) -> float:
        """Σ SRC R over what is on, towards reward."""
        # The column of the reward of what `contingency` returns: the rest is not asked for.
        memory, reward = self.memory, self.reward
        known = (memory.times > 0) & (memory.times[reward] > 0)
        backward = (memory.seen_before[:, reward] - memory.base) * known
        frequent = known & (memory.base / self.constant >= self.theory.minimum_rate) & (memory.base > 0)
        inverse = np.where(frequent, 1 / np.where(frequent, memory.base, 1.0), 0.0)
        forward = backward * (inverse * memory.base[reward])
        worth = forward[:reward] * memory.cause[:reward, reward]
        return float((level != 0) @ worth)


SCORECARD: Variants = {"ANCCR": ANCCR}
