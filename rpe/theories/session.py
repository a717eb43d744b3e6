"""TD over a session: states that go on between trials, in memory that grows with time and not with its square."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from rpe._checks import (
    Bools,
    Ints,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    choice,
    default,
    fits,
    flag,
    instance,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.theories._fast.compiling import held, zeros
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import per_step
from rpe.theories.anccr import RewardInterval
from rpe.theories.protocol import Learned, Stability, Variants

BETWEEN = ("clock", "chains", "background")
# Longer than any session, s.
_ENDLESS = 1e12


class _Bins(NamedTuple):
    """The bin of every number of steps since an event, which bins are left but once, and how many are of chains."""

    of_steps: Ints
    lasting: Bools
    n_chain: int
    n_clock: int


@dataclass(frozen=True)
class SessionTD(KnowsItsKeywords):
    """TD(0) over a session without trials: every event, reward too, starts states that go on until the next event.

        δ = r + γ^m V(s′) − V(s),   w_i ← w_i + α δ for all that is on in s,   V(s) = Σ w_i

    on each passage from a state s, which lasted m steps, to the next one. A state is the last event (several at one
    moment are on together) and the time since. What stands for the time after the first `length` s is the choice that
    decides what TD says of it: a clock of states that grow longer, chains that run on, or one background state.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α ≥ 0, per state.
    discount : float or array (n_agents,)
        γ in [0, 1], per `step`.
    step : float or None
        Step of the discount, s; None for that of the schedule.
    between : {"clock", "chains", "background"}
        A clock since the last event, the same for all events, with states of h (1 + ω)^j s, the last of which stays;
        or the chain of each event, on to the next one; or one state, with an error in every step.
    length : float
        Of the chain of each event in states of `state_duration`, s; chains that run on have no other end.
    state_duration : float or None
        h, s; None for a step of the schedule.
    widening : float
        ω > 0 (assumption).
    longest : float
        From where on the last state of the clock stays, s since the event (assumption).
    context : bool
        Whether each phase has a state of its own, which is always on beside the others.
    interval_memory : float or None
        τ_L, s: then the learning rate follows the mean time between rewards found so far, IRI
        (`rpe.theories.anccr.RewardInterval`), as α = 1 − e^(−IRI/τ_L), so that memory fades with time and not with the
        number of rewards; in place of `learning_rate`.

    Notes
    -----
    Time runs on through windows and gaps alike; nothing is reset, and a design without trials is a schedule of one
    (`rpe.schedules.joined`). `learn` returns in `more` the `weights` at the end, (n_agents, n_states), and the `rate`
    of learning in every step, (n_agents, n_trials, n_steps).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Jeong, H. et al. (2022). Mesolimbic dopamine release conveys causal associations. Science 378, eabq6740 (chains
    between trials; α, γ and states of .2 s are those of the authors' script). doi:10.1126/science.abq6740
    Qian, L. et al. (2025). Nature Neuroscience, s41593-025-01915-4 (20 states of a cue; contexts).
    Burke, D. A. et al. (2026). Duration between rewards controls the rate of behavioral and dopaminergic learning.
    Nature Neuroscience (the rate; τ_L is an assumption, the limit of the authors' rate for ANCCR).

    Examples
    --------
    >>> import rpe
    >>> gap = rpe.schedules.exponential(30.0)
    >>> s = rpe.schedules.delay_conditioning(400, cue_time=1.0, reward_time=2.0, duration=3.0, dt=0.2, gap=gap, rng=0)
    >>> delta = rpe.theories.SessionTD().learn(s).delta[0]
    >>> bool(delta[0, 10] == 1.0), bool(delta[-1, 10] < 0.05 < 0.5 < delta[-1, 5])      # reward, and the cue
    (True, True)
    """

    learning_rate: PerAgent = default(0.05)
    discount: PerAgent = default(0.95)
    step: float | None = 0.2
    between: str = "clock"
    length: float = 4.0
    state_duration: float | None = 0.2
    widening: float = 0.15
    longest: float = 600.0
    context: bool = False
    interval_memory: float | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount")

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0))
        object.__setattr__(self, "discount", parameter("discount", self.discount, 0, 1))
        choice("between", self.between, BETWEEN)
        for name in ("step", "state_duration", "interval_memory"):
            if getattr(self, name) is not None:
                scalar(name, getattr(self, name), 0, _ENDLESS, open_low=True)
        scalar("length", self.length, 0, _ENDLESS)
        for name in ("widening", "longest"):
            scalar(name, getattr(self, name), 0, _ENDLESS, open_low=True)
        flag("context", self.context)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        between = {"clock": "clock", "chains": "chains", "background": "background state"}[self.between]
        rate = "" if self.interval_memory is None else ", rate by time between rewards"
        return f"TD over the session, {between}{', contexts' if self.context else ''}{rate}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none with states of this kind."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α times the states that are on at once."""
        instance("schedule", schedule, Schedule)
        kinds, _ = _events(schedule)
        on = max(int((kinds >= 0).sum(axis=1).max(initial=0)), 1) + self.context
        # With a rate that follows the interval, it is below 1.
        largest = 1.0 if self.interval_memory is not None else float(np.max(self.learning_rate))
        return Stability("α n", largest * on, 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule and its gaps; nothing is random."""
        from rpe.theories._fast import session as loops

        n, change = self._n_agents(), Manipulated(schedule)
        kinds, sets = _events(schedule)
        bins = self._bins(schedule, sets)
        first = [bins.n_chain * (len(schedule.stimuli) + 1)]
        first += [first[0] + bins.n_clock, first[0] + bins.n_clock + 1]
        states = (held(kinds), held(bins.of_steps), held(bins.lasting), bins.n_chain, *first[:2])
        states = (*states, first[2] if self.context else -1)
        told = self._told(schedule, sets)
        signals = np.zeros((n, 3, *schedule.reward.shape))
        weights = np.zeros((n, first[2] + self.context * len(schedule.phases)))
        # What manipulates errors is no compiled function.
        run: Callable[..., Any] = getattr(loops.run, "py_func", loops.run) if change.any else loops.run
        for agent in range(n):
            w, work = zeros(weights.shape[1]), held(np.zeros((2, kinds.shape[1] + 2), dtype=np.int64))
            parameters = self._parameters(schedule.dt, agent)
            run(told, states, parameters, work, w, signals[agent], change if change.any else None)
            weights[agent] = w
        return Learned(signals[:, 0], signals[:, 1], {"weights": weights, "rate": signals[:, 2]})

    def _told(self, schedule: Schedule, sets: Ints) -> tuple[Any, ...]:
        """What happens, as the loop takes it."""
        arrays = (sets, schedule.reward + schedule.pulse, schedule.reward != 0, schedule.learning, schedule.phase)
        return tuple(held(each) for each in (*arrays, np.round(schedule.gap / schedule.dt).astype(np.int64)))

    def _parameters(self, dt: float, agent: int) -> tuple[float, ...]:
        """α, γ per step, dt, τ_L (0 for none), and the prior and memory of the time between rewards."""
        n = self._n_agents()
        rate = float(np.broadcast_to(self.learning_rate, (n,))[agent])
        gamma = float(np.broadcast_to(per_step(self.discount, self.step, dt), (n,))[agent])
        return rate, gamma, dt, self.interval_memory or 0.0, *RewardInterval().settings

    def _bins(self, schedule: Schedule, sets: Ints) -> _Bins:
        """The states since an event; as many as the schedule can need, or as the clock has."""
        dt = schedule.dt
        width = max(1, round((dt if self.state_duration is None else self.state_duration) / dt))
        n_steps = max(round(self.length / dt), 0)
        if self.between == "chains":
            # How long anything lasts is a matter of space alone: no state is shared or left out for it.
            n_steps = max(_longest_wait(schedule, sets) + 1, width)
        fits("state_duration and length", f"{n_steps} steps", 8 * n_steps)
        chain = np.arange(n_steps) // width
        n_chain = int(chain[-1]) + 1 if n_steps else 0
        if self.between != "clock":
            of_steps = chain if self.between == "chains" else np.append(chain, n_chain)
            return _Bins(of_steps, np.arange(n_chain + 1) < n_chain, n_chain, 1)
        n_later = max(round(self.longest / dt) - n_steps, 0) + 1
        fits("longest", self.longest, 24 * n_later)
        later = np.arange(n_later) * dt
        place = np.log1p(self.widening * later / (width * dt)) / np.log1p(self.widening)
        # Of states that are shorter than a step, only those that a step falls into are there.
        _, clock = np.unique(np.floor(place + 1e-9), return_inverse=True)
        n_clock = int(clock[-1]) + 1
        return _Bins(np.append(chain, n_chain + clock), np.ones(n_chain + n_clock, dtype=bool), n_chain, n_clock)

    def _n_agents(self) -> int:
        return agent_count(learning_rate=self.learning_rate, discount=self.discount)


def _events(schedule: Schedule) -> tuple[Ints, Ints]:
    """The kinds of every set of events at one moment, (n_sets, most), −1 for none; and the set of each step or −1.

    Kinds are the stimuli that come on, and reward last; the sets have shape (n_trials, n_steps).
    """
    happens = np.concatenate([schedule.onset, (schedule.reward != 0)[:, :, None]], axis=2)
    trial, step = np.nonzero(happens.any(axis=2))
    each, which = np.unique(happens[trial, step], axis=0, return_inverse=True)
    kinds = np.full((max(len(each), 1), max(int(each.sum(axis=1).max(initial=0)), 1)), -1)
    for row, on in enumerate(each):
        kinds[row, : on.sum()] = np.flatnonzero(on)
    sets = np.full(schedule.reward.shape, -1)
    sets[trial, step] = which.reshape(-1)
    return kinds, sets


def _longest_wait(schedule: Schedule, sets: Ints) -> int:
    """The largest number of steps between two events, or from the last one to the end."""
    trial, step = np.nonzero(sets >= 0)
    gaps = np.round(schedule.gap / schedule.dt).astype(np.int64)
    lengths = schedule.n_steps + gaps
    at = np.append((np.cumsum(lengths) - lengths)[trial] + step, lengths.sum())
    return int(np.diff(at).max(initial=0))


SCORECARD: Variants = {"TD, session clock": SessionTD}
