"""Linear TD(λ), one step after another: the rule as it is written, which every faster path is tested against."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats
from rpe.td.errors import td_error

Bootstrap = Literal["updated", "stale"]
Trace = Literal["accumulating", "replacing", "dutch"]
Note = Callable[[Floats, Floats], None]


class Rule(NamedTuple):
    """The checked options of `rpe.td.learn` for a block of n agents.

    Attributes
    ----------
    learning_rate, discount, trace_decay : float array (n,) or ()
        α, γ and λ.
    bootstrap : {"updated", "stale"}
    trace : {"accumulating", "replacing", "dutch"}
    value_floor : float
        −∞ if there is none.
    reset : bool
        Whether a trial starts with value 0 and an empty trace.
    """

    learning_rate: Floats
    discount: Floats
    trace_decay: Floats
    bootstrap: Bootstrap
    trace: Trace
    value_floor: float
    reset: bool

    @property
    def decay(self) -> Floats:
        """By how much a step shrinks the trace, γλ."""
        return self.discount * self.trace_decay

    @property
    def floored(self) -> bool:
        """Whether values have a floor."""
        return self.value_floor > -np.inf

    @property
    def shares_discount(self) -> bool:
        """Whether all agents have the same γ and λ."""
        return self.discount.ndim == 0 and self.trace_decay.ndim == 0

    @property
    def shares_trace(self) -> bool:
        """Whether all agents have the same γ and the same trace; a dutch trace depends on α too."""
        return self.shares_discount and (self.trace != "dutch" or self.learning_rate.ndim == 0)


@dataclass
class State:
    """Weights, trace and last value, which a learner carries on; `arrive` changes them in place.

    Attributes
    ----------
    weights : float array (n_features, n)
        w.
    trace : float array (n_features, n)
        e.
    old_value : float array (n,)
        V_old, the value of the step before.
    """

    weights: Floats
    trace: Floats
    old_value: Floats

    @classmethod
    def before_trial(cls, weights: Floats) -> "State":
        """Return the state before a trial: value 0 and an empty trace."""
        return cls(weights, np.zeros_like(weights), np.zeros(weights.shape[1]))


def arrive(state: State, x: Floats, income: Floats, learns: bool, rule: Rule) -> tuple[Floats, Floats]:
    """Arrive at one step: first the error, then the weights, then the trace.

        V = w·x,   δ = r + γV − V_old,   w ← w + α δ e,   e ← next trace,   V_old = w·x

    The weights move before x enters the trace: the error on arrival is credited to what came
    before, not to what is seen now.

    Parameters
    ----------
    state : State
        Changed in place.
    x : float array (n_features,)
        Features of the step, the same for all agents.
    income : float array (n,) or (1,)
        Reward and pulse, in reward units.
    learns : bool
        Whether the weights may move.
    rule : Rule

    Returns
    -------
    delta, value : float array (n,)
        δ and V, both from before the weights moved.
    """
    value = np.maximum(x @ state.weights, rule.value_floor)
    delta = td_error(income, state.old_value, value, rule.discount)
    if learns:
        state.weights += rule.learning_rate * delta * state.trace
    state.trace = next_trace(state.trace, x[:, None], rule)
    state.old_value = np.maximum(x @ state.weights, rule.value_floor) if rule.bootstrap == "updated" else value
    return delta, value


def next_trace(trace: Floats, x: Floats, rule: Rule) -> Floats:
    """Eligibility trace after a step with the features x; both (n_features,) or (n_features, n).

    Accumulating: γλe + x. Replacing: x where x is not 0, else γλe. Dutch: γλe + (1 − α γλe·x) x.
    """
    trace = rule.decay * trace
    if rule.trace == "replacing":
        return np.where(x != 0, x, trace)
    if rule.trace == "dutch":
        return trace + (1 - rule.learning_rate * (x * trace).sum(axis=0)) * x
    return trace + x


class StepByStep:
    """Whole trials by `arrive`: for any features, any trace and any options."""

    def __init__(self, kinds: Floats, rule: Rule, n: int) -> None:
        self._kinds, self._rule = kinds, rule
        self._trace, self._old_value = np.zeros((kinds.shape[2], n)), np.zeros(n)

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial of the features numbered `kind`; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        x = self._kinds[kind]
        state = State.before_trial(w) if self._rule.reset else State(w, self._trace, self._old_value)
        delta, seen = np.empty((len(x), w.shape[1])), np.empty((len(x), shown))
        for step, now in enumerate(x):
            delta[step], value = arrive(state, now, income[step], bool(learns[step]), self._rule)
            seen[step] = value[:shown]
        self._trace, self._old_value = state.trace, state.old_value
        note(delta, seen)
