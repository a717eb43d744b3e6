"""What every theory of dopamine returns, and the one method that it has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from rpe._checks import Floats
from rpe._shown import brief
from rpe.schedules import Schedule

_NOTHING: Mapping[str, Floats] = MappingProxyType({})


class Learned(NamedTuple):
    """What a theory learned on a schedule; time last.

    Attributes
    ----------
    delta : float array (n_agents, n_trials, n_steps)
        The signal that the theory offers as dopamine, for most the prediction error, on arrival
        in a step, signed, in reward units; NaN in steps in which the theory says nothing.
    value : float array (n_agents, n_trials, n_steps)
        Value (prediction of reward) in each step, before the update of that step, in reward
        units; NaN where the theory has none.
    more : mapping of str to array
        Whatever else the theory has, such as weights or the errors of single cells; each theory
        says what.
    """

    delta: Floats
    value: Floats
    more: Mapping[str, Floats] = _NOTHING

    def __repr__(self) -> str:
        return brief(self)


class Theory(Protocol):
    """A theory of dopamine: frozen parameters, and one method."""

    def learn(self, schedule: Schedule, rng: Any = None) -> Learned:
        """Run through a schedule from a naive start and return the signals."""
        ...
