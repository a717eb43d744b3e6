"""What a theory of dopamine is: one method that it must have, and what else it may have."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Seed, scalar
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
        says what. Findings read three of them, with the shape of delta: `rho`, a tonic signal in
        reward units per s; `wanting`, and `liking`, in reward units.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=50)
    >>> learned = rpe.theories.TD(trace_decay=0.0).learn(s, 0)
    >>> learned.delta.shape, learned.value.shape  # agents, trials, steps
    ((1, 50, 25), (1, 50, 25))
    """

    delta: Floats
    value: Floats
    more: Mapping[str, Floats] = _NOTHING

    def __repr__(self) -> str:
        return brief(self)


class Stability(NamedTuple):
    """What keeps a theory's learning within bounds on a schedule.

    Attributes
    ----------
    quantity : str
        What has a limit, as a formula.
    value : float
        Its largest value on the schedule.
    limit : float
        From which on errors may grow without end.
    safe : float
        Up to which nothing overshoots; between the two, errors oscillate, and along a chain of states they can grow
        large before they shrink.
    """

    quantity: str
    value: float
    limit: float = 2.0
    safe: float = 1.0

    @property
    def holds(self) -> bool:
        """Whether the value is below the limit."""
        return self.value < self.limit


@runtime_checkable
class Theory(Protocol):
    """A theory of dopamine: frozen parameters, and the method `learn`, which is all that it must have.

    It may also have any of the following, which `rpe.theories.protocol` declares. Nothing else about a
    theory is looked at.

    - `name`, str: its name in tables and figures; without one, that of its class.
    - `free_parameters`, sequence of str: the parameters that are free, for the count on the scorecard.
    - `discount` and `step`: see `Discounting`.
    - `theory`, for a theory around another one: see `Around`.
    - `published()`, and `family`: see `Published`.
    - `in_states(states)`: see `StateDependent`.
    - `with_surge(surge)`: see `Drugged`.
    - `with_cells()`: see `WithCells`.
    - `drive(learned, dopamine)`: see `DopamineAtChoice`; `phenotypes()`: see `WithPhenotypes`.
    - `release(...)`: see `Releasing`.
    - `stability(schedule)`: see `Stable`.

    Examples
    --------
    >>> import rpe
    >>> isinstance(rpe.theories.TD(), Theory), isinstance("TD", Theory)
    (True, False)
    """

    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule from a naive start and return the signals."""
        ...


# What a theory's file declares as SCORECARD: how it is scored, by name.
Variants = Mapping[str, Callable[[], Theory]]


@runtime_checkable
class Discounting(Protocol):
    """A theory that discounts what is to come.

    Beside `discount` it may have `step` (float or None), the time in s that one factor γ counts for;
    None, as without it, stands for one step of the schedule.

    Attributes
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1], per `step`.
    """

    @property
    def discount(self) -> Any:
        """γ in [0, 1], per `step`."""
        ...


@runtime_checkable
class Around(Protocol):
    """A theory around another one, such as a response function.

    Attributes
    ----------
    theory : Theory
        The inner one, whose discount counts where the outer one has none.
    """

    @property
    def theory(self) -> Theory:
        """The inner theory."""
        ...


@runtime_checkable
class Published(Protocol):
    """A theory with further published sets of parameters.

    Beside `published` it may have `family` (str): then only sets of its own family are alternatives
    to it on the scorecard, as others are other kinds of theory.
    """

    def published(self) -> Mapping[str, Theory]:
        """Return the theory with each of the other published sets of parameters, by name."""
        ...


@runtime_checkable
class Stable(Protocol):
    """A theory that knows how far its learning rate may go; beyond that `learn` may raise `Divergence`."""

    def stability(self, schedule: Schedule) -> Stability:
        """Return what must stay below which limit on a schedule, and what it is."""
        ...


@runtime_checkable
class StateDependent(Protocol):
    """A theory in which the state of the body changes motivation at once, with no new learning."""

    def in_states(self, states: Mapping[str, float]) -> Self:
        """Return the theory with κ given by the name of a phase; 1 is the state of learning."""
        ...


@runtime_checkable
class Drugged(Protocol):
    """A theory in which a drug brings an error of its own."""

    def with_surge(self, surge: float) -> Self:
        """Return the theory with a surge D ≥ 0, in reward units, at every reward."""
        ...


@runtime_checkable
class WithCells(Protocol):
    """A theory of many cells, whose single errors can be kept."""

    def with_cells(self) -> Self:
        """Return the theory that gives in `more` the errors of its `cells`, (n_cells, n_trials, n_steps)."""
        ...


@runtime_checkable
class DopamineAtChoice(Protocol):
    """A theory in which dopamine at the time of a choice weighs what was learned."""

    def drive(self, learned: Learned, dopamine: float) -> Floats:
        """Return what drives the choice of each stimulus as a log odds, (n_agents, n_stimuli).

        Dopamine ρ is told against its normal level, 0; −1 is none.
        """
        ...


@runtime_checkable
class WithPhenotypes(Protocol):
    """A theory of individuals who learn the same and differ in which system drives them."""

    def phenotypes(self) -> Mapping[str, Theory]:
        """Return the theory of each phenotype, "sign-tracker" and "goal-tracker"."""
        ...


@runtime_checkable
class Releasing(Protocol):
    """A theory of release: concentration from firing."""

    def release(self, rate: npt.ArrayLike, dt: float, *, uptake_block: float = 1.0) -> Floats:
        """Return the concentration, nM, of firing rates, Hz, in steps of `dt`, s."""
        ...


def name_of(theory: Theory) -> str:
    """Return the name of a theory in tables and figures: what it says, or its class.

    Examples
    --------
    >>> import rpe
    >>> name_of(rpe.theories.RescorlaWagner())
    'Rescorla-Wagner'
    """
    return str(getattr(theory, "name", type(theory).__name__))


def free_parameters_of(theory: Theory) -> Sequence[str] | None:
    """Return the free parameters of a theory, or None if it does not state them."""
    found: Sequence[str] | None = getattr(theory, "free_parameters", None)
    return found


def published_sets(theory: Theory) -> dict[str, Theory]:
    """Return the other published parameters of a theory, by name; none for one that has no `published`.

    Of a theory with a `family`, only those of the same one, as others are other kinds.

    Examples
    --------
    >>> import rpe
    >>> list(published_sets(rpe.theories.TD(trace_decay=0.0)))
    ['Montague 1996', 'Jeong 2022, serial compound']
    """
    if not isinstance(theory, Published):
        return {}
    family = getattr(theory, "family", None)
    return {name: other for name, other in theory.published().items() if getattr(other, "family", None) == family}


def discount_over(theory: Theory, time: float, dt: float) -> float | None:
    """Return γ^(time), what is left of a value after a time, by the theory's own discount; None without one.

    Of a theory around another one that has none itself, it is that of the inner one.

    Parameters
    ----------
    theory : Theory
    time : float
        s.
    dt : float
        Step of the schedule, s, for which γ counts in a theory without a `step` of its own.

    Examples
    --------
    >>> import rpe
    >>> discount_over(rpe.theories.KalmanTD(discount=0.5), 0.2, dt=0.1)
    0.25
    """
    time, dt = scalar("time", time, 0), scalar("dt", dt, 0, open_low=True)
    while not isinstance(theory, Discounting):
        if not isinstance(theory, Around):
            return None
        theory = theory.theory
    step = getattr(theory, "step", None)
    return float(np.power(np.mean(theory.discount), time / (dt if step is None else step)))


def checked(theory: Theory) -> Theory:
    """Return a theory, or say that it is none.

    Raises
    ------
    TypeError
        For what has no `learn`.
    """
    if isinstance(theory, type) or not callable(getattr(theory, "learn", None)):
        raise TypeError(f"theory must have the method 'learn'; got {theory!r}")
    return theory
