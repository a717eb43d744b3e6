"""Successor representation: learned from errors about features, of which reward is one."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Bools, Floats, PerAgent, Seed, agent_count, choice, default, instance, parameter
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error, td_error
from rpe.theories._events import event_steps
from rpe.theories._fast.compiling import worth_it
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import once
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class SuccessorTD:
    """Errors about every feature, not only about reward: an agent learns what follows what.

    As `variant` "events", a form of this library:

        d_n = x_{n−1} + γ x_n W − x_{n−1} W + pulse_n          (a vector, one error per feature)
        W ← W + α_W x_{n−1}ᵀ d_n,   u ← u + α_u x_{n−1} (r_n − x_{n−1}·u),   V = x W u
        δ_n = r_n + γ V_n − V_{n−1} + pulse_n

    Time goes from event to event: n counts the moments at which something comes on, goes off or is
    paid, and x is what is on. W is the successor representation, how much of each feature follows,
    each counted with γ; it starts as the identity (a feature is followed by itself, now). Reward r
    is laid to what was on just before.

    As "published", row by row, all with the weights before the update of the row:

        d_n = x_n + (γ x_{n+1} − x_n) W + p_n E_n,   E_n = λ E_{n−1} + x_n,   u_n = r_n − x_n·u,
        negative elements of d_n, and u_n if negative, × g,
        W ← W + α_W x_nᵀ d_n,   u ← u + α_u x_n u_n,   V_n = x_n W u

    Food is a feature, the last one, on while there is a reward, and the reward is that of the same
    row. W starts as 0, and u as 0 but for ½ of food. Stimulation p reaches only the features of the
    row that is left, and learning from negative errors is slower, before they are stored.

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
    signal : {"value", "sum"}, optional
        What is offered as dopamine: δ; or δ + Σ_i g(d_i), the sum of all errors, reward among
        them, with g(d) = d for d > 0 and `negative_gain` × d otherwise (without the pulse in d,
        which δ has). As published it is the sum of d_n, stamped when the row is left. By default
        "value", but "sum" as published.
    variant : {"events", "published"}
    trace_decay : float or array (n_agents,)
        λ in [0, 1] of the features that stimulation reaches, per event; only as published.

    Notes
    -----
    Nothing happens between events: the signal is 0 there, and value stays. A reward omitted while
    nothing else changes is no event. As "events" a pulse is added to the errors of all features, so
    that what is on before it comes to predict everything more. `learn` returns in `more` the weights at the
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
    signal: str | None = None
    variant: str = "events"
    trace_decay: PerAgent = default(0.0)

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "reward_learning_rate", "discount")

    def __post_init__(self) -> None:
        for name, high in (("learning_rate", np.inf), ("reward_learning_rate", np.inf), ("discount", 1.0)):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        object.__setattr__(self, "negative_gain", parameter("negative_gain", self.negative_gain, 0, 1))
        object.__setattr__(self, "trace_decay", parameter("trace_decay", self.trace_decay, 0, 1))
        choice("variant", self.variant, ("events", "published"))
        if self.signal is None:
            object.__setattr__(self, "signal", "sum" if self.variant == "published" else "value")
        choice("signal", self.signal, ("value", "sum"))
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        signal = {"sum": ", sum of errors", "value": ", errors of value"}[str(self.signal)]
        if self.variant == "published":
            return "Successor representation, published" + (signal if self.signal == "value" else "")
        return "Successor representation" + (signal if self.signal == "sum" else "")

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α |x|² of the faster of the two rules."""
        instance("schedule", schedule, Schedule)
        return rate_times_features(np.maximum(self.learning_rate, self.reward_learning_rate), schedule.level)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        if self._n_agents() > 1:
            return self._run(schedule)
        # The signals of one run are those of two variants.
        names = ("learning_rate", "reward_learning_rate", "discount", "negative_gain", "trace_decay")
        which = (self.variant, *(getattr(self, name).tolist() for name in names))
        both = once(schedule, "successor", which, lambda: self._run(schedule))
        signal = both.more["sum"] if self.signal == "sum" else both.more["change of value"]
        # Nobody who changes one signal may change another.
        return Learned(signal.copy(), both.value.copy(), both.more)

    def _run(self, schedule: Schedule) -> Learned:
        if self._n_agents() == 1 and not Manipulated(schedule).any:
            x, rows = self._rows(schedule)
            if worth_it(int(rows.sum())):
                return self._alone(schedule, x, rows)
        return self._step_by_step(schedule)

    def _alone(self, schedule: Schedule, x: Floats, rows: Bools) -> Learned:
        """Learn as one agent, fast."""
        from rpe.theories._fast.successor import alone

        parameters = (self.learning_rate, self.reward_learning_rate, self.discount)
        rates = tuple(float(np.ravel(each)[0]) for each in (*parameters, self.negative_gain, self.trace_decay))
        found = alone(schedule, x, rows, rates, self.variant == "published")
        delta, total, value, w, u = (each[None] for each in found)
        more = {"successor": w, "reward_weights": u, "sum": total, "change of value": delta}
        return Learned(total if self.signal == "sum" else delta, value, more)

    def _rows(self, schedule: Schedule) -> tuple[Floats, Bools]:
        """Features (n_trials, n_steps, n_features), and the steps in which they or rewards change."""
        rows = event_steps(schedule)
        if self.variant == "events":
            return schedule.level, rows
        food = schedule.reward != 0
        # Food goes off one step after a reward.
        rows[:, 1:] |= food[:, :-1]
        return np.concatenate([schedule.level, food[:, :, None]], axis=2), rows

    def _step_by_step(self, schedule: Schedule) -> Learned:
        """The rules as they are written, for any number of agents."""
        return self._published(schedule) if self.variant == "published" else self._events(schedule)

    def _events(self, schedule: Schedule) -> Learned:
        n, n_features = self._n_agents(), len(schedule.stimuli)
        w = np.repeat(np.eye(n_features)[:, :, None], n, axis=2)
        u = np.zeros((n_features, n))
        delta, total = np.zeros((2, *schedule.reward.shape, n))
        value = np.zeros_like(delta)
        happens, change = event_steps(schedule), Manipulated(schedule)
        for trial, x in enumerate(schedule.level):
            old = np.zeros(n_features)
            for step in np.flatnonzero(happens[trial]):
                now, reward, pulse = x[step], schedule.reward[trial, step], schedule.pulse[trial, step]
                errors, v, old_v = self._errors(w, u, old, now)
                delta[trial, step] = change(td_error(reward, old_v, v, self.discount) + pulse, trial, int(step))
                total[trial, step] = delta[trial, step] + self._gained(errors).sum(axis=0)
                value[trial, step:] = v
                if schedule.learning[trial, step] and old.any():
                    w += self.learning_rate * old[:, None, None] * change(errors + pulse, trial, int(step))
                    u += self.reward_learning_rate * old[:, None] * delta_rule_error(reward, old @ u)
                old = now
        shape = (2, 0, 1)
        more = {"successor": w.transpose(shape), "reward_weights": u.T, "sum": total.transpose(shape)}
        more["change of value"] = delta.transpose(shape)
        signal = total if self.signal == "sum" else delta
        return Learned(signal.transpose(shape), value.transpose(shape), more)

    def _errors(self, w: Floats, u: Floats, old: Floats, now: Floats) -> tuple[Floats, Floats, Floats]:
        """Errors about the features (n_features, n), and the values of now and before (n,)."""
        follows, followed = _product(now, w), _product(old, w)
        errors = td_error(old[:, None], followed, follows, self.discount)
        return errors, (follows * u).sum(axis=0), (followed * u).sum(axis=0)

    def _published(self, schedule: Schedule) -> Learned:
        x, rows = self._rows(schedule)
        run, change = _Rows(self, x.shape[2], self._n_agents()), Manipulated(schedule)
        delta, total, value = np.zeros((3, *schedule.reward.shape, self._n_agents()))
        for trial, steps in enumerate(rows):
            left: int | None = None
            run.rest()
            before = np.zeros(self._n_agents())
            for step in [*np.flatnonzero(steps).tolist(), None]:
                ahead = np.zeros(x.shape[2]) if step is None else x[trial, step]
                reward, pulse, learns = (
                    (0.0, 0.0, False)
                    if left is None
                    else (array[trial, left] for array in (schedule.reward, schedule.pulse, schedule.learning))
                )
                untouched = left is None or not change.any
                tonic, clamp = (0.0, np.nan) if untouched or left is None else change.scale_and_clamp(trial, left)
                errors = run.leave(ahead, reward, (pulse, tonic, clamp), learns)
                left = step
                if step is not None:
                    total[trial, step], now = errors.sum(axis=0), run.value
                    delta[trial, step] = td_error(schedule.reward[trial, step], before, now, self.discount)
                    value[trial, step:] = before = now
        shape = (2, 0, 1)
        more = {"successor": run.w.transpose(shape), "reward_weights": run.u.T, "sum": total.transpose(shape)}
        more["change of value"] = delta.transpose(shape)
        return Learned((total if self.signal == "sum" else delta).transpose(shape), value.transpose(shape), more)

    def _gained(self, errors: Floats) -> Floats:
        return np.where(errors > 0, errors, self.negative_gain * errors)

    def _n_agents(self) -> int:
        names = ("learning_rate", "reward_learning_rate", "discount", "negative_gain", "trace_decay")
        return agent_count(**{name: getattr(self, name) for name in names})


class _Rows:
    """Weights, and the row that is on, as published."""

    def __init__(self, theory: SuccessorTD, n_features: int, n: int) -> None:
        self._theory = theory
        self.w, self.u = np.zeros((n_features, n_features, n)), np.zeros((n_features, n))
        # What food is worth at the start, in the authors' script.
        self.u[-1] = 0.5
        self._row, self._reached = np.zeros(n_features), np.zeros((n_features, n))

    @property
    def value(self) -> Floats:
        """V of the row that is on, (n,)."""
        return np.asarray((_product(self._row, self.w) * self.u).sum(axis=0))

    def rest(self) -> None:
        """Begin a trial: nothing is on."""
        self._row = np.zeros_like(self._row)

    def leave(self, ahead: Floats, reward: float, done: tuple[float, float, float], learns: bool) -> Floats:
        """Leave the row that is on for the next one; returns the errors about features, (n_features, n).

        `done` is the stimulation p, its tonic change m, by which all errors are multiplied, and a clamp of the errors
        about what is on (NaN for none).
        """
        pulse, tonic, clamp = done
        theory, row = self._theory, self._row
        follows, predicted = _product(ahead, self.w), _product(row, self.w)
        self._reached = theory.trace_decay * self._reached + row[:, None]
        errors = (td_error(row[:, None], predicted, follows, theory.discount) + pulse * self._reached) * (1 + tonic)
        errors = theory._gained(errors if np.isnan(clamp) else np.where(row[:, None] != 0, clamp, errors))
        if learns:
            surprise = theory._gained(delta_rule_error(reward, row @ self.u))
            self.w += theory.learning_rate * row[:, None, None] * errors
            self.u += theory.reward_learning_rate * row[:, None] * surprise
        self._row = ahead
        return errors


def _product(x: Floats, w: Floats) -> Floats:
    """X W of all agents, from (n_features,) and (n_features, n_features, n) to (n_features, n)."""
    # As np.tensordot does it, without its checks, which take longer than the product.
    return np.asarray(np.dot(x, w.reshape(len(w), w.shape[1] * w.shape[2])).reshape(w.shape[1:]))


SCORECARD: Variants = {
    "successor": SuccessorTD,
    "successor, sum": lambda: SuccessorTD(signal="sum"),
    "successor, published": lambda: SuccessorTD(variant="published"),
}
