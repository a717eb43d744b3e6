"""What theories share: whole trials placed on steps, the features of a schedule, and parameters per step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from rpe import features as representations
from rpe._checks import Bools, Floats, Ints, choice, instance, mixes_flags, numbers, parameter, unmasked
from rpe.features.stimuli import microstimuli_of_kinds, serial_compounds
from rpe.schedules import Schedule
from rpe.td._inputs import Kinds, kinds_of
from rpe.theories._rewards_expected import last_rewards

# A representation by name, features themselves, or what makes them from a schedule.
Features = str | npt.ArrayLike | Callable[[Schedule], npt.ArrayLike]

FEATURES = ("serial_compound", "presence", "microstimuli")


@dataclass(frozen=True, eq=False, repr=False)
class SharedSchedule(Schedule):
    """A schedule that several theories learn, which keeps the features that were made of it.

    A schedule that `dataclasses.replace` makes of it starts with none.

    Examples
    --------
    >>> import rpe
    >>> s = SharedSchedule.of(rpe.schedules.delay_conditioning(n_trials=2))
    >>> td_features(s, "presence") is td_features(s, "presence")
    True
    """

    made: dict[tuple[str, str], Any] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """Return a schedule that is equal to another one, and keeps features."""
        return cls(**{each.name: getattr(schedule, each.name) for each in fields(Schedule)})


Made = TypeVar("Made")


def once(schedule: Schedule, name: str, which: object, make: Callable[[], Made]) -> Made:
    """Return what is made of a schedule; of one that several theories learn, it is made only once.

    Parameters
    ----------
    schedule : Schedule
    name : str
        What it is.
    which : object
        Whatever it depends on beside the schedule; its `repr` must tell all of it.
    make : callable
        Makes it; nobody may change it.
    """
    made = schedule.made if isinstance(schedule, SharedSchedule) else {}
    key = (name, repr(which))
    if key not in made:
        made[key] = make()
    found: Made = made[key]
    return found


def outcome(schedule: Schedule) -> Floats:
    """Return the reward of every trial in all, (n_trials,), in reward units."""
    return np.asarray(schedule.reward.sum(axis=1))


def pulse_size(schedule: Schedule) -> Floats:
    """Return the size of the pulse in every trial, (n_trials,), in reward units: its mean while it is on.

    A theory of whole trials has one error per trial, so a pulse counts once, whatever the length of a step.
    """
    steps = np.maximum((schedule.pulse != 0).sum(axis=1), 1)
    return np.asarray(schedule.pulse.sum(axis=1) / steps)


def presence_by_trial(schedule: Schedule) -> Floats:
    """Return the highest level that each stimulus has in a trial, (n_trials, n_stimuli); 0 if it is absent."""
    return np.asarray(instance("schedule", schedule, Schedule).level.max(axis=1))


def outcome_steps(schedule: Schedule) -> Ints:
    """Return the step of every trial in which its outcome is known, (n_trials,).

    That is the step of the first reward; without one, the step in which it is due; without that, the
    step at which the last stimulus goes off, or the last step of the window.
    """
    last = schedule.n_steps - 1
    on = _any_on(schedule)
    off = np.where(on.any(axis=1), np.minimum(schedule.n_steps - on[:, ::-1].argmax(axis=1), last), last)
    due = np.clip(np.floor(np.nan_to_num(schedule.due) / schedule.dt + 1e-6), 0, last)
    expected = np.where(np.isnan(schedule.due), off, due)
    paid = schedule.reward != 0
    return np.where(paid.any(axis=1), paid.argmax(axis=1), expected).astype(np.int64)


def on_steps(schedule: Schedule, error: Floats, prediction: Floats) -> tuple[Floats, Floats]:
    """Place what a theory says of whole trials on their steps.

    Parameters
    ----------
    schedule : Schedule
    error : float array (n_agents, n_trials)
        Error at the outcome, in reward units.
    prediction : float array (n_agents, n_trials)
        What all stimuli of the trial predict, in reward units.

    Returns
    -------
    delta : float array (n_agents, n_trials, n_steps)
        The error in the step of the outcome, NaN in all others.
    value : float array (n_agents, n_trials, n_steps)
        The prediction while a stimulus is on, 0 elsewhere.
    """
    shape = (schedule.n_trials, schedule.n_steps, len(error))
    delta = np.full(shape, np.nan)
    delta[np.arange(schedule.n_trials), outcome_steps(schedule)] = error.T
    value = _any_on(schedule)[:, :, None] * prediction.T[:, None, :]
    return delta.transpose(2, 0, 1), value.transpose(2, 0, 1)


def check_features(features: Features) -> None:
    """Raise unless `features` is what `td_features` can turn into features of a schedule.

    Raises
    ------
    TypeError, ValueError
        For an unknown name, and for what is neither numbers nor a function.
    """
    if isinstance(features, str):
        choice("features", features, FEATURES)
    elif isinstance(features, type) or not callable(features):
        x = numbers("features", features)
        if x.ndim not in (2, 3):
            raise ValueError(f"features must have shape (n_trials, n_steps, n_features); got {x.shape}")


def _any_on(schedule: Schedule) -> Bools:
    """Whether any stimulus is on, (n_trials, n_steps)."""
    return np.asarray(schedule.level.any(axis=2))


def td_features(schedule: Schedule, features: Features, **options: object) -> Floats:
    """Return the features of a schedule, (n_trials, n_steps, n_features); without stimuli, one that is 0.

    Parameters
    ----------
    schedule : Schedule
    features : {"serial_compound", "presence", "microstimuli"}, array or callable
        The representation; or the features themselves, (n_trials, n_steps, n_features) or
        (n_steps, n_features); or a function that returns them from the schedule.
    **options
        Passed on to the function of `rpe.features` of that name. Chains of a serial compound that
        `ends_at_reward` end at their last reward (`rpe.theories._rewards_expected`), with the state of its
        step, or, without `at_the_reward`, before it.

    Raises
    ------
    TypeError, ValueError
        For an unknown name, or features whose shape does not fit the schedule.
    """
    instance("schedule", schedule, Schedule)
    if isinstance(features, str):
        told = sorted(_told(features, options).items())
        return once(schedule, features, told, lambda: np.asarray(td_kinds(schedule, features, **options)))
    x = numbers("features", features(schedule) if callable(features) else features)
    steps = (schedule.n_trials, schedule.n_steps)
    if x.ndim not in (2, 3) or x.shape[-3:-1] not in (steps, steps[1:]) or 0 in x.shape:
        raise ValueError(f"features must have shape {(*steps, 'n_features')} to fit the schedule; got {x.shape}")
    return np.broadcast_to(x, (*steps, x.shape[-1]))


def td_kinds(schedule: Schedule, features: Features, **options: object) -> Kinds:
    """Return the features of a schedule as those of its different trials; all else as `td_features`."""
    if not isinstance(features, str):
        return Kinds(*kinds_of(td_features(schedule, features), schedule.n_trials, schedule.n_steps))
    instance("schedule", schedule, Schedule)
    told = _told(features, options)
    return once(schedule, f"kinds of {features}", sorted(told.items()), lambda: _known_kinds(schedule, features, told))


def _told(features: str, options: Mapping[str, object]) -> dict[str, object]:
    """Options that say something: with those that are as they are anyway, equal features would be made twice."""
    if features != "serial_compound":
        return dict(options)
    asked = {name: value for name, value in options.items() if value is not False or name == "at_the_reward"}
    return asked if asked.get("ends_at_reward") else {k: v for k, v in asked.items() if k != "at_the_reward"}


def _known_kinds(schedule: Schedule, features: str, options: Mapping[str, Any]) -> Kinds:
    """Features of a representation by its name."""
    name, options = choice("features", features, FEATURES), dict(options)
    known: dict[str, Callable[..., tuple[Floats, Ints]]] = {
        "serial_compound": serial_compounds,
        "presence": _presences,
        "microstimuli": microstimuli_of_kinds,
    }
    if name == "serial_compound" and not (schedule.onset.any() or options.get("intertrial_states")):
        return _nothing(schedule)
    at_the_reward = options.pop("at_the_reward", True)
    if options.get("ends_at_reward"):
        ends = last_rewards(schedule)
        # The function of features ends a chain after the step of a reward.
        ends = ends if at_the_reward else np.pad(ends[:, 1:], ((0, 0), (0, 1)))
        schedule = replace(schedule, reward=ends.astype(np.float64))
    x, alike = known[name](schedule, **options)
    if not x.shape[2]:
        return _nothing(schedule)
    # Trials may differ in what does not change their features.
    kinds, kind = kinds_of(x, *x.shape[:2])
    return Kinds(kinds, kind[alike])


def _presences(schedule: Schedule, **options: Any) -> tuple[Floats, Ints]:
    return representations.presence(schedule, **options), np.arange(schedule.n_trials)


def _nothing(schedule: Schedule) -> Kinds:
    return Kinds(np.zeros((1, schedule.n_steps, 1)), np.zeros(schedule.n_trials, dtype=np.int64))


def per_step(value: Floats, step: float | None, dt: float) -> Floats:
    """Return a factor per step of a theory (a discount, a trace decay) as one per step of a schedule.

    That is value^(dt/step), with `step` and `dt` in s; None stands for the schedule's own step.
    """
    return value if step is None else np.power(value, dt / step)


def infinite(name: str, value: npt.ArrayLike) -> Floats:
    """Return a parameter above 0 that may be infinite.

    Raises
    ------
    TypeError, ValueError
        For other numbers.
    """
    array = unmasked(name, value)
    if array.dtype.kind not in "iuf" or (isinstance(value, list | tuple) and mixes_flags(value)):
        raise TypeError(f"{name} must hold real numbers; got {value!r}"[:300])
    endless = np.isinf(array) & (array > 0) if array.dtype.kind == "f" else np.zeros(array.shape, dtype=bool)
    finite = parameter(name, np.where(endless, 1.0, array), 0)
    if (finite == 0).any():
        raise ValueError(f"{name} must be above 0; got 0")
    return np.where(endless, np.inf, finite)


def shown(value: Floats) -> str:
    """Return a parameter as text for the name of a theory: the number, or how many there are."""
    return f"{float(value.reshape(-1)[0]):g}" if value.size == 1 else f"{value.size} values"
