"""Semi-Markov TD: one value a state; errors come only where a state is observed or inferred to end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np

from rpe._checks import Bools, Floats, PerAgent, Seed, agent_count, choice, default, flag, instance, parameter
from rpe.schedules import Schedule
from rpe.td.errors import average_reward_error, semi_markov_error
from rpe.theories._dwell_times import KNOWLEDGE, course
from rpe.theories._fast.compiling import COMPILED, worth_it
from rpe.theories._fast.semi_markov import Beliefs, Parameters, alone
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import once
from rpe.theories.protocol import Learned, Stability, Variants


class Hidden(NamedTuple):
    """What is believed in every step.

    Attributes
    ----------
    states : float array (n_trials, n_steps, n_waits + 1)
        Belief that each wait goes on, by stimulus and rewards since; last, that none does.
    waited : int array (n_trials, n_steps)
        Steps since the last onset of a stimulus whose wait goes on.
    seen : bool array (n_trials, n_steps)
        Where a reward or an onset shows that the state has ended.
    """

    states: Floats
    waited: np.ndarray
    seen: Bools


@dataclass(frozen=True)
class SemiMarkovTD:
    """Semi-Markov TD: TD over states that last; errors come where a state ends.

        δ = γ^d (r + V(s′)) − V(s),   V(s) ← V(s) + α δ,

    with d the time spent in s; or, against the average reward ρ, δ = r − ρ d + V(s′) − V(s) and
    ρ ← ρ + η δ. The states are the wait for what follows a stimulus, and the time between trials.
    Where several stimuli began a wait, what each is worth beyond the time between trials adds up:
    V = w₀ + Σ wᵢ.

    A reward, or the onset of a stimulus, ends a state. The end of a wait in which nothing comes has
    to be inferred: its length T is learned by counting, and with probability p nothing is to be seen
    when it ends, so that after k steps the belief in the wait is

        S(k) / [S(k) + p (1 − S(k))],   S(k) = P(T > k),

    and whatever belief is lost in a step makes an error in that step, in proportion. A reward shows
    that the wait was still going on, if that was possible; it begins a further wait, with a value
    of its own, if anything ever followed it before the next trial. A stimulus that nothing has ever
    followed is a state while it is on. Gaps belong to the time between trials.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1] (provisional: from memory).
    discount : float or array (n_agents,)
        γ in [0, 1], per s (provisional: from memory).
    form : {"discounted", "average"}
        Which of the two errors.
    rate_learning_rate : float or array (n_agents,)
        η in [0, 1], for ρ in reward units per s (assumption: that of average-reward TD).
    reset : bool
        Whether the time between trials has no value, and does not discount what follows it, as in
        the theories that reset trials. Otherwise it is a state like any other, as in the paper. The
        error to whatever ends it is then 0 on average, be it a cue or a reward: positive if it ends
        early, and negative if late.
    knowledge : {"learned", "given"}
        Whether lengths and p are counted as the agent goes along, from a Dirichlet and a Beta prior
        (assumption), or over all training trials beforehand.

    Notes
    -----
    A pulse adds to the error of the state that was left, or still goes on. `learn` returns in
    `more` the `weights` w at the end, by stimulus and rewards since, that of the time between
    trials last, (n_agents, n_waits + 1), and the average reward `rho`, (n_agents,), 0 if
    discounted. Between probe trials no time passes.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Daw, N. D., Courville, A. C. & Touretzky, D. S. (2006). Representation and timing in theories of
    the dopamine system. Neural Computation 18(7), 1637-1677. doi:10.1162/neco.2006.18.7.1637

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.5, 1.0)}, {1.5: 1.0}),
    ...          "early": rpe.schedules.Trial({"A": (0.5, 1.0)}, {1.0: 1.0}, learning=False)}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 99 + ["early"], dt=0.5, duration=2.5)
    >>> rpe.theories.SemiMarkovTD().learn(schedule).delta[0, -1].round(2).tolist()
    [0.0, 0.95, 0.02, 0.0, 0.0]
    """

    learning_rate: PerAgent = default(0.1)
    discount: PerAgent = default(0.95)
    form: str = "discounted"
    rate_learning_rate: PerAgent = default(0.01)
    reset: bool = True
    knowledge: str = "learned"

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount")
    # γ counts per s.
    step: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        for name in ("learning_rate", "discount", "rate_learning_rate"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        choice("form", self.form, ("discounted", "average"))
        flag("reset", self.reset)
        choice("knowledge", self.knowledge, KNOWLEDGE)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        form = ", average reward" if self.form == "average" else ""
        between = "" if self.reset else ", time between trials valued"
        return f"Semi-Markov TD{form}{between}{', given task' if self.knowledge == 'given' else ''}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none; the forms of the paper have `reset=False`."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α times the waits that go on at once."""
        instance("schedule", schedule, Schedule)
        states = _hidden(schedule, self.knowledge).states[:, :, :-1]
        return Stability("α n", float(np.max(self.learning_rate) * (states > 0).sum(axis=2).max()), 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        hidden, n = _hidden(schedule, self.knowledge), self._n_agents()
        if n == 1 and not Manipulated(schedule).any:
            rates = (self.learning_rate, self.discount, self.rate_learning_rate)
            alpha, gamma, eta = (float(np.ravel(x)[0]) for x in rates)
            parameters = Parameters(alpha, gamma, eta, self.form == "average", self.reset)
            run = alone
            if COMPILED and worth_it(hidden.seen.size):
                from rpe.theories._fast.semi_markov_compiled import compiled as run
            found = run(Beliefs(hidden.states, hidden.waited, hidden.seen), schedule, parameters)
            return Learned(found[0][None], found[1][None], {"weights": found[2][None], "rho": np.array([found[3]])})
        return self._step_by_step(schedule, hidden, n)

    def _step_by_step(self, schedule: Schedule, hidden: "Hidden", n: int) -> Learned:
        """The rule as it is written, for any number of agents."""
        run = _Run(self, schedule, hidden.states.shape[2], n)
        delta, value = np.zeros((2, *schedule.reward.shape, n))
        for trial in range(schedule.n_trials):
            run.trial(trial, schedule, hidden, delta[trial], value[trial])
        more = {"weights": run.w.T, "rho": run.rho}
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), more)

    def _n_agents(self) -> int:
        names = ("learning_rate", "discount", "rate_learning_rate")
        return agent_count(**{name: getattr(self, name) for name in names})


# A pulse, and what manipulations do to an error with it.
Added = tuple[float, Callable[[Floats], Floats]]
_AS_IT_IS: Added = (0.0, lambda error: error)


class _Run:
    """Values, average reward, and the time spent between trials so far."""

    def __init__(self, theory: SemiMarkovTD, schedule: Schedule, n_states: int, n: int) -> None:
        self._theory = theory
        self.w, self.rho = np.zeros((n_states, n)), np.zeros(n)
        self._idle = 0.0
        self.change = Manipulated(schedule)

    def trial(self, trial: int, schedule: Schedule, hidden: Hidden, delta: Floats, value: Floats) -> None:
        """Run through a trial and the gap after it; errors and values (n_steps, n) are filled in."""
        states, dt = hidden.states[trial], schedule.dt
        nothing = np.eye(1, len(self.w), len(self.w) - 1)
        before = np.vstack([nothing, states[:-1]])
        pulse, learns, change = schedule.pulse[trial], schedule.learning[trial], self.change
        first, done, idle = 0, 0, self._idle
        for step in np.flatnonzero((before != states).any(axis=1) | hidden.seen[trial] | (pulse != 0)).tolist():
            value[done : step + 1] = self._value(states[done : step + 1])
            self._idle += (step - first) * dt
            lasted = (hidden.waited[trial, step - 1] + 1) * dt if step else 0.0
            reward = schedule.reward[trial, step]
            seen = bool(hidden.seen[trial, step])
            added = (pulse[step], lambda error, at=step: change(error, trial, at))
            delta[step] = self._leave(before[step], states[step], seen, lasted, reward, added, learns[step])
            first, done = step, step + 1
        value[done:] = self._value(states[done:])
        self._idle += (len(states) - first) * dt
        self._leave(states[-1], nothing[0], False, (hidden.waited[trial, -1] + 1) * dt, 0.0, _AS_IT_IS, learns[-1])
        self._idle += schedule.gap[trial]
        if not learns.any():
            self._idle = idle

    def _leave(
        self, before: Floats, after: Floats, seen: bool, lasted: float, reward: float, added: Added, learns: bool
    ) -> Floats:
        """Pass from the states before to those after; returns the error, and learns from it."""
        if reward and before[:-1].any():
            before = np.append(before[:-1] > 0, 0.0)
        left = before[:-1] if seen else np.maximum(before - after, 0.0)[:-1]
        waits = 1.0 - before[-1] if seen else after[-1] - before[-1]
        between = before[-1] if seen else 0.0
        ahead = self.w[-1] + after[:-1] @ self.w[:-1] if seen else self.w[-1]
        paid = reward if seen else 0.0
        error = self._error(waits, lasted, paid, ahead, waits * self.w[-1] + left @ self.w[:-1])
        idle = 0.0 if self._theory.reset else self._idle
        idle_error = self._error(between, idle, paid, ahead, between * self.w[-1])
        # What is added, or done to the error, is credited to all states that were left or still go on.
        natural = error + idle_error
        pulse = added[1](natural + added[0]) - natural
        if learns:
            share = before[:, None] * pulse
            self.w[:-1] += self._theory.learning_rate * ((left > 0)[:, None] * error + share[:-1])
            if not self._theory.reset:
                self.w[-1] += self._theory.learning_rate * (idle_error + share[-1])
            if self._theory.form == "average":
                self.rho = self.rho + self._theory.rate_learning_rate * (error + idle_error + pulse)
        self._clock(before[-1], after[-1], seen)
        return np.asarray(error + idle_error + pulse)

    def _value(self, states: Floats) -> Floats:
        """V of states (n_steps, n_stimuli + 1), (n_steps, n)."""
        return np.asarray(states[:, :-1] @ self.w[:-1] + self.w[-1])

    def _error(self, mass: float, lasted: float, reward: float, ahead: Floats, value: Floats) -> Floats:
        """Error of leaving a state that lasted so long and was worth `value`, believed in by `mass`."""
        # Both errors are linear, so that the belief in a state multiplies each of their terms.
        if self._theory.form == "average":
            return np.asarray(average_reward_error(mass * reward, value, mass * ahead, self.rho, mass * lasted))
        return np.asarray(semi_markov_error(mass * reward, value, mass * ahead, self._theory.discount, lasted))

    def _clock(self, before: float, after: float, seen: bool) -> None:
        """Time between trials counts from its start, seen or inferred."""
        if seen or after == 0:
            self._idle = 0.0
        elif after > before:
            self._idle *= before / after


def _hidden(schedule: Schedule, knowledge: str) -> Hidden:
    """What is believed in every step."""
    waits = once(schedule, "waits", knowledge, lambda: course(schedule, knowledge))
    either = waits.survival + waits.omission_probability * (1 - waits.survival)
    waiting = (waits.elapsed >= 0) * waits.survival / np.where(either > 0, either, 1.0)
    between = np.prod(1 - waiting, axis=2)[..., None]
    waited = np.where(waiting > 0, waits.elapsed, -1).max(axis=2, initial=-1)
    seen = (schedule.reward != 0) | schedule.onset.any(axis=2)
    return Hidden(np.concatenate([waiting, between], axis=2), waited, np.asarray(seen))


SCORECARD: Variants = {
    "semi-Markov": SemiMarkovTD,
    "semi-Markov, given waits": lambda: SemiMarkovTD(knowledge="given"),
}
