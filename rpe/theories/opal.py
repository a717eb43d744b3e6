"""Opponent actor learning (OpAL): Go and No-go weights grow with errors, and dopamine weighs them at choice."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    Bools,
    Floats,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    choice,
    default,
    generator,
    instance,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._dwell_times import KNOWLEDGE
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import infinite, on_steps, outcome, presence_by_trial, pulse_size
from rpe.theories.protocol import Learned, Stability, Variants


class Actors(NamedTuple):
    """Go and No-go weights, each (n_stimuli, n_agents); both start at 1."""

    go: Floats
    no_go: Floats


def actor_step(actors: Actors, x: Floats, learning_rate: Floats, error: Floats) -> Actors:
    """Return the actors after an error: G ← [G + α G δ]₊, N ← [N − α N δ]₊ for the stimuli that are there.

    Each step multiplies G·N by 1 − α² δ², so that without any normalisation both die out together.

    Examples
    --------
    >>> after = actor_step(Actors(np.ones((1, 1)), np.ones((1, 1))), np.ones(1), np.array([0.5]), np.array([1.0]))
    >>> after.go.item(), after.no_go.item()
    (1.5, 0.5)
    """
    change = x[:, None] * learning_rate * error
    return Actors(np.maximum(actors.go * (1 + change), 0.0), np.maximum(actors.no_go * (1 - change), 0.0))


def act(
    go: npt.ArrayLike, no_go: npt.ArrayLike, dopamine: npt.ArrayLike = 0.0, inverse_temperature: npt.ArrayLike = 1.5
) -> Floats:
    """Return what drives a choice, Act = β_G G − β_N N.

    β_G = β max(0, 1 + ρ) and β_N = β max(0, 1 − ρ): with much dopamine (ρ > 0) benefits weigh more,
    with little (ρ < 0) costs do.

    Parameters
    ----------
    go, no_go : float array (...)
        G and N, no unit.
    dopamine : float array (...)
        ρ, dopamine at choice against its normal level, no unit.
    inverse_temperature : float array (...)
        β ≥ 0.

    References
    ----------
    Collins, A. G. E. & Frank, M. J. (2014). Opponent actor learning (OpAL). Psychological Review
    121(3), 337-366. doi:10.1037/a0037015

    Examples
    --------
    >>> act(2.0, 1.0, dopamine=[-1.0, 0.0, 1.0])
    array([-3. ,  1.5,  6. ])
    """
    rho, beta = np.asarray(dopamine, dtype=np.float64), np.asarray(inverse_temperature, dtype=np.float64)
    go_weight, no_go_weight = np.maximum(0.0, 1 + rho), np.maximum(0.0, 1 - rho)
    return np.asarray(beta * (go_weight * np.asarray(go) - no_go_weight * np.asarray(no_go)))


@dataclass(frozen=True)
class OpAL(KnowsItsKeywords):
    """Opponent actor learning: a critic and two opponent actors, all taught by the critic's error.

        δ = r − V,   V ← V + α_C δ,   G ← G + α_G G δ,   N ← N − α_N N δ

    Stimuli stand for actions here: what is learned of one that is always taken.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α_C in [0, 1], of the critic, per trial.
    actor_learning_rate : float or array (n_agents,)
        α_G = α_N ≥ 0, per trial.
    first_value : float or array (n_agents,)
        V of a stimulus at the start, in reward units (assumption: 0).
    annealing : float or array (n_agents,)
        T > 0, trials: actors learn with α_G/(1 + t/T), with t the trials with the stimulus so far;
        infinite for a constant rate.

    Notes
    -----
    G·N is Π(1 − α² δ²): both weights die out together in long training, as nothing normalises them.
    `learn` returns in `more` the weights at the end, `go` and `no_go`, (n_agents, n_stimuli); `act`
    of this module turns them into what drives a choice under dopamine. A compound's value is the sum
    of its stimuli's.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Collins, A. G. E. & Frank, M. J. (2014). Opponent actor learning (OpAL). Psychological Review
    121(3), 337-366. doi:10.1037/a0037015

    Examples
    --------
    >>> import rpe
    >>> learned = rpe.theories.OpAL().learn(rpe.schedules.design("A+ x40"))
    >>> bool(learned.more["go"][0, 0] > 1 > learned.more["no_go"][0, 0])
    True
    """

    learning_rate: PerAgent = default(0.1)
    actor_learning_rate: PerAgent = default(0.3)
    first_value: PerAgent = default(0.0)
    annealing: PerAgent = default(np.inf)

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "actor_learning_rate")

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0, 1))
        rate = parameter("actor_learning_rate", self.actor_learning_rate, 0)
        object.__setattr__(self, "actor_learning_rate", rate)
        object.__setattr__(self, "first_value", parameter("first_value", self.first_value))
        object.__setattr__(self, "annealing", infinite("annealing", self.annealing))
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "OpAL" if np.isinf(self.annealing).all() else "OpAL, annealed"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α_C |x|² of the critic."""
        instance("schedule", schedule, Schedule)
        return rate_times_features(self.learning_rate, presence_by_trial(schedule))

    def drive(self, learned: Learned, dopamine: float) -> Floats:
        """Return what drives the choice of each stimulus under dopamine ρ, `act`, (n_agents, n_stimuli)."""
        return act(learned.more["go"], learned.more["no_go"], dopamine)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        n, shown = self._n_agents(), presence_by_trial(schedule)
        critic, times = np.zeros((shown.shape[1], n)) + self.first_value, np.zeros((shown.shape[1], 1))
        actors = Actors(np.ones(critic.shape), np.ones(critic.shape))
        income, learns = outcome(schedule) + pulse_size(schedule), ~schedule.probe
        error, prediction = np.empty((2, schedule.n_trials, n))
        change = Manipulated(schedule).whole(schedule)
        for trial, x in enumerate(shown):
            prediction[trial] = x @ critic
            error[trial] = change(delta_rule_error(income[trial], prediction[trial]), trial)
            if learns[trial]:
                critic += self.learning_rate * x[:, None] * error[trial]
                actors = actor_step(actors, x, self.actor_learning_rate / (1 + times / self.annealing), error[trial])
                times += (x > 0)[:, None]
        delta, value = on_steps(schedule, error.T, prediction.T)
        return Learned(delta, value, {"go": actors.go.T, "no_go": actors.no_go.T})

    def _n_agents(self) -> int:
        names = (*self.free_parameters, "first_value", "annealing")
        return agent_count(**{name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class OpALStar(KnowsItsKeywords):
    """OpAL with a Bayesian critic that also sets dopamine at choice and slows the actors as it grows sure.

        V = l + (m − l) a/(a + b),   δ = r − V,   a ← a + q,  b ← b + 1 − q,  q = (r − l)/(m − l)
        α = α₀/(1 + 1/(10 T s²))  or  α₀/(1 + t/T),   G ← G + α G δ/(m − l),   N ← N − α N δ/(m − l)
        ρ = k (a/(a + b) − ½)  where the band of φ SD around the mean leaves out ½, else 0

    with s² the variance of the Beta belief, and l, m the lowest and highest reward.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α₀ ≥ 0, per trial. The authors search .05 to 1; the default is OpAL's for actors (assumption).
    dopamine_gain : float or array (n_agents,)
        k ≥ 0; the authors search 1 to 500 (default: assumption).
    annealing : float or array (n_agents,)
        T > 0, trials; the authors search 10 to 100 (default: assumption).
    band : float or array (n_agents,)
        φ ≥ 0, SD.
    low, high : float or None
        l and m, reward units; None for the lowest and the highest so far, from 0 and 1 at the start
        (assumption). At a new extreme a belief keeps its mean reward, and the number of trials a + b.
    slows_by : {"variance", "trials"}
        Which of the two rules slows the actors; t counts the trials with the stimulus.
    knowledge : {"learned", "given"}
        Whether l and m that are None are found on the way, or are those of the whole schedule (the
        lowest, 0 at most, and the highest).

    Notes
    -----
    The critic believes in a chance of reward per stimulus; of a compound it takes the mean belief,
    and all its stimuli learn from the outcome as if alone, so that there is no blocking: the theory
    is one of choice, and says nothing of compounds (assumption). `learn` returns in `more` the
    weights at the end, `go` and `no_go`, and `dopamine`, ρ at the end, each (n_agents, n_stimuli).
    A pulse adds to δ for the actors; the critic counts rewards only.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or rewards outside [low, high].

    References
    ----------
    Jaskir, A. & Frank, M. J. (2023). On the normative advantages of dopamine and striatal
    opponency for learning and choice. eLife 12, e85107. doi:10.7554/eLife.85107

    Examples
    --------
    >>> import rpe
    >>> learned = rpe.theories.OpALStar().learn(rpe.schedules.design("A+ x20 / B- x20", random=False))
    >>> learned.more["dopamine"].round(1).tolist()      # rich and poor
    [[9.1, -9.1]]
    """

    learning_rate: PerAgent = default(0.3)
    dopamine_gain: PerAgent = default(20.0)
    annealing: PerAgent = default(10.0)
    band: PerAgent = default(1.0)
    low: float | None = None
    high: float | None = None
    slows_by: str = "variance"
    knowledge: str = "learned"

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "dopamine_gain", "annealing", "band")

    def __post_init__(self) -> None:
        for name in self.free_parameters:
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0))
        if not np.all(self.annealing > 0):
            raise ValueError(f"annealing must be > 0; got {np.min(self.annealing):g}")
        if self.low is not None:
            scalar("low", self.low)
        if self.high is not None:
            scalar("high", self.high, 0.0 if self.low is None else self.low, open_low=True)
        choice("slows_by", self.slows_by, ("variance", "trials"))
        choice("knowledge", self.knowledge, KNOWLEDGE)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "OpAL*, given range" if self.knowledge == "given" else "OpAL*"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none; the authors search a grid."""
        return {}

    def drive(self, learned: Learned, dopamine: float) -> Floats:
        """Return what drives the choice of each stimulus under dopamine ρ, `act`, (n_agents, n_stimuli)."""
        return act(learned.more["go"], learned.more["no_go"], dopamine)

    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        instance("schedule", schedule, Schedule)
        generator(rng)
        income, pulses, shown = outcome(schedule), pulse_size(schedule), presence_by_trial(schedule)
        ranges = self._ranges(income, ~schedule.probe)
        n = self._n_agents()
        beta = np.ones((2, shown.shape[1], n))
        actors = Actors(np.ones(beta.shape[1:]), np.ones(beta.shape[1:]))
        error, prediction = np.empty((2, schedule.n_trials, n))
        change = Manipulated(schedule).whole(schedule)
        for trial, (x, learns) in enumerate(zip(shown, ~schedule.probe, strict=True)):
            low, span = ranges[trial]
            prediction[trial] = low + span * _belief(beta, x)
            error[trial] = change(delta_rule_error(income[trial] + pulses[trial], prediction[trial]), trial)
            if learns:
                beta = _moved(beta, ranges[trial], ranges[trial + 1])
                low, span = ranges[trial + 1]
                rate = self._rate(beta)
                share = (income[trial] - low) / span
                beta += (x > 0)[:, None] * np.array([share, 1 - share])[:, None, None]
                actors = actor_step(actors, x, rate, error[trial] / span)
        delta, value = on_steps(schedule, error.T, prediction.T)
        more = {"go": actors.go.T, "no_go": actors.no_go.T, "dopamine": self._dopamine(beta).T}
        return Learned(delta, value, more)

    def _ranges(self, income: Floats, learns: Bools) -> Floats:
        """Lowest reward and range of rewards, before each trial and after the last, (n_trials + 1, 2)."""
        seen = np.where(learns, income, 0.0)
        lows = np.append(0.0, np.minimum(np.minimum.accumulate(seen), 0.0))
        highs = np.append(1.0, np.maximum(np.maximum.accumulate(seen), 1.0))
        if self.knowledge == "given":
            lows[:], highs[:] = min(income.min(), 0.0), income.max()
        if self.low is not None:
            lows[:] = self.low
        if self.high is not None:
            highs[:] = self.high
        highs = np.where(highs > lows, highs, lows + 1.0)
        for limit, outside in ((self.low, income.min()), (self.high, income.max())):
            if limit is not None and not lows[-1] <= outside <= highs[-1]:
                bounds = f"[{lows[-1]:g}, {highs[-1]:g}]"
                raise ValueError(f"rewards must lie in [low, high] = {bounds}; got {outside:g}")
        return np.stack([lows, highs - lows], axis=1)

    def _rate(self, beta: Floats) -> Floats:
        """Learning rate of the actors, (n_stimuli, n)."""
        if self.slows_by == "trials":
            return np.asarray(self.learning_rate / (1 + (beta.sum(axis=0) - 2) / self.annealing))
        # Fast annealing leaves no rate, of however large a number that is one over.
        with np.errstate(over="ignore", divide="ignore"):
            return np.asarray(self.learning_rate / (1 + 1 / (10 * self.annealing * _variance(beta))))

    def _dopamine(self, beta: Floats) -> Floats:
        """ρ of each stimulus, (n_stimuli, n)."""
        lean = beta[0] / beta.sum(axis=0) - 0.5
        return np.where(np.abs(lean) > self.band * np.sqrt(_variance(beta)), self.dopamine_gain * lean, 0.0)

    def _n_agents(self) -> int:
        return agent_count(**{name: getattr(self, name) for name in self.free_parameters})


def _moved(beta: Floats, before: Floats, after: Floats) -> Floats:
    """Beliefs (2, n_stimuli, n) over another range of rewards, with the same mean rewards and numbers of trials."""
    if np.array_equal(before, after):
        return beta
    total = beta.sum(axis=0)
    mean = before[0] + before[1] * beta[0] / total
    good = total * (mean - after[0]) / after[1]
    return np.stack([good, total - good])


def _belief(beta: Floats, x: Floats) -> Floats:
    """Mean chance of reward of what is shown, (n,): of a compound, the mean of its beliefs; 0 without a stimulus."""
    on = x > 0
    if not on.any():
        return np.zeros(beta.shape[2])
    return np.asarray((beta[0, on] / beta[:, on].sum(axis=0)).mean(axis=0))


def _variance(beta: Floats) -> Floats:
    """Variance of a Beta belief, a b/((a + b)² (a + b + 1))."""
    total = beta.sum(axis=0)
    return np.asarray(beta[0] * beta[1] / (total**2 * (total + 1)))


SCORECARD: Variants = {"OpAL": OpAL, "OpAL*": OpALStar}
