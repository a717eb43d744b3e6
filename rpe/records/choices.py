"""Recorded choices of several subjects, ready to be replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import ArrayLike, Bools, Floats, Ints, Kept, default, mapping, numbers, sequence, shown, text, unmasked
from rpe._shown import brief
from rpe.records._taking import places
from rpe.table import Table

QUANTITIES = ("reward", "effort", "points", "pseudo_reward")
MASKS = ("scored", "feedback", "missed")
_ARRAYS = ("state", "action", *QUANTITIES, "terminated", *MASKS)


@dataclass(frozen=True, eq=False)
class Choices:
    """Choices of several subjects: the states they met, what they did and received; shorter records are padded.

    Attributes
    ----------
    subjects : tuple of str
        Their names.
    state : int array (n_subjects, n_trials, n_steps + 1)
        The state before each step and after the last; 0 throughout in a task of one state.
    action : int array (n_subjects, n_trials, n_steps)
        What was chosen; −1 where no choice was recorded (missed, or the trial was over): there
        nothing is scored and nothing learned.
    reward, effort, points, pseudo_reward : float array (n_subjects, n_trials, n_steps)
        What came of the step, in reward units: pay, effort spent, points that are worth nothing by
        themselves, and pseudo-rewards.
    terminated : bool array (n_subjects, n_trials, n_steps)
        Whether the world ended with the step.
    scored : bool array (n_subjects, n_trials, n_steps)
        Whether a choice counts in likelihoods: all that were made, unless said otherwise. Forced and
        observed choices do not, though they teach.
    feedback : bool array (n_subjects, n_trials, n_steps)
        Whether the subject saw what came of a choice and can learn from it: everywhere, unless said
        otherwise. A transfer test without feedback is scored and teaches nothing.
    missed : bool array (n_subjects, n_trials, n_steps)
        Steps that took place without a choice, such as answers that came too late; they do not end
        a trial.
    extra : mapping of str to array (n_subjects, n_trials, n_steps)
        Other columns of a file, such as reaction times; no likelihood reads them.
    """

    subjects: tuple[str, ...]
    state: Ints
    action: Ints
    reward: Floats
    effort: Floats
    points: Floats
    pseudo_reward: Floats
    terminated: Bools
    scored: Kept[ArrayLike | None, Bools] = default(None)
    feedback: Kept[ArrayLike | None, Bools] = default(None)
    missed: Kept[ArrayLike | None, Bools] = default(None)
    extra: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "subjects", tuple(text("subjects", name) for name in sequence("subjects", self.subjects))
        )
        for name in _ARRAYS[: -len(MASKS)]:
            object.__setattr__(self, name, _held(name, getattr(self, name)))
        shape = self.action.shape
        if len(shape) != 3 or 0 in shape or len(self.subjects) != shape[0]:
            raise ValueError(
                f"action must have shape (n_subjects, n_trials, n_steps) for {len(self.subjects)} subjects; got {shape}"
            )
        chosen = self.action >= 0
        for name, usual in (("scored", chosen), ("feedback", np.ones(shape)), ("missed", np.zeros(shape))):
            object.__setattr__(self, name, _mask(name, getattr(self, name), usual))
        for name in _ARRAYS:
            _same_shape(name, getattr(self, name), (*shape[:2], shape[2] + 1) if name == "state" else shape)
        for name, values in mapping("extra", self.extra).items():
            _same_shape(name, values, shape)
        if (self.missed & chosen).any():
            raise ValueError("missed must be False where there is a choice")
        object.__setattr__(self, "scored", self.scored & chosen)
        if not (made := self.scored.any(axis=(1, 2))).all():
            empty = int(np.argmin(made))
            raise ValueError(
                f"every subject must have at least one choice that is scored; {self.subjects[empty]!r} has none"
            )

    @classmethod
    def of(
        cls, action: ArrayLike, reward: ArrayLike, *, subjects: Sequence[str] | None = None, **more: ArrayLike
    ) -> Self:
        """Make a record from arrays.

        Parameters
        ----------
        action : int array (n_subjects, n_trials) or (n_subjects, n_trials, n_steps)
            −1 where there was no choice. Without an axis for steps, each choice is a trial.
        reward : float array of the same shape
            In reward units.
        subjects : sequence of str, optional
            Names; "0", "1", ... if not given.
        **more : arrays
            `state`, `effort`, `points`, `pseudo_reward`, `terminated`, and the masks `scored`,
            `feedback`, `missed`; by default one state, no effort, and a world that ends with the last
            choice (or miss) of a trial.

        Raises
        ------
        TypeError, ValueError
            For other names, shapes that do not match, or NaN.

        Examples
        --------
        >>> Choices.of([[0, 1, 1, -1]], [[1.0, 0.0, 1.0, 0.0]]).n_choices
        array([3])

        The last two choices are a test, of which nobody saw what came:

        >>> test = Choices.of([[0, 1, 1, 1]], [[1.0, 0.0, 0.0, 0.0]], feedback=[[True, True, False, False]])
        >>> test.feedback[0, :, 0]
        array([ True,  True, False, False])
        """
        numbers("action", action)
        done = np.asarray(action)
        if done.dtype.kind not in "iu" or done.ndim not in (2, 3):
            raise TypeError(
                f"action must be whole numbers (n_subjects, n_trials[, n_steps]); got {done.dtype}, {done.shape}"
            )
        unknown = sorted(set(more) - set(_ARRAYS))
        if unknown:
            raise TypeError(f"a record has no {', '.join(unknown)}")
        if done.min(initial=0) < -1:
            raise ValueError(f"action must be at least 0, or −1 for none; got {done.min()}")
        masks = {name: _mask(name, more[name], done) for name in MASKS if name in more}
        for name, mask in masks.items():
            _same_shape(name, mask, done.shape)
        shape = (*done.shape, 1) if done.ndim == 2 else done.shape
        masks = {name: mask.reshape(shape) for name, mask in masks.items()}
        values: dict[str, Any] = {"reward": reward} | more
        arrays: dict[str, Any] = {
            name: _spread(name, _finite(name, values.get(name, 0.0)), shape) for name in QUANTITIES
        }
        done = done.reshape(shape).astype(np.int64)
        terminated = more.get("terminated")
        took_place = np.where(masks.get("missed", False), 0, done)
        ends = last_choice(took_place) if terminated is None else _mask("terminated", terminated, done)
        ends = ends.reshape(shape) if ends.size == done.size else ends
        state = _held("state", more.get("state", np.zeros((*shape[:2], shape[2] + 1), dtype=np.int64)))
        names = tuple(map(str, range(shape[0]))) if subjects is None else sequence("subjects", subjects)
        return cls(names, state, done, terminated=ends, **(arrays | masks))

    @classmethod
    def stacked(cls, parts: Sequence[Self]) -> Self:
        """Return one record of the subjects of several, which must have the same numbers of trials and steps.

        Raises
        ------
        ValueError
            If they have not.
        """
        shapes = {part.action.shape[1:] for part in parts}
        if len(shapes) != 1:
            raise ValueError(f"records must have the same numbers of trials and steps; got {sorted(shapes)}")
        names = tuple(str(i) for i in range(sum(part.n_subjects for part in parts)))
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
        common = set.intersection(*(set(part.extra) for part in parts))
        extra = {name: np.concatenate([part.extra[name] for part in parts]) for name in common}
        return cls(names, **arrays, extra=extra)

    @property
    def n_subjects(self) -> int:
        """Number of subjects."""
        return len(self.subjects)

    @property
    def n_choices(self) -> Ints:
        """Choices of each subject that are scored, (n_subjects,)."""
        return self.scored.sum(axis=(1, 2))

    def take(self, subjects: Sequence[int] | Ints | Bools | slice) -> Self:
        """Return the record of some subjects, in the given order; a subject may come several times.

        Parameters
        ----------
        subjects : int array or slice
            Which ones.
        """
        chosen = places(subjects, self.n_subjects)
        names = tuple(self.subjects[i] for i in chosen)
        arrays: dict[str, Any] = {name: getattr(self, name)[chosen] for name in _ARRAYS}
        return replace(
            self, subjects=names, **arrays, extra={name: values[chosen] for name, values in self.extra.items()}
        )

    @property
    def table(self) -> Table:
        """One row a choice or miss (−1): who, when, where, what was chosen, what came of it, and the masks."""
        who, trial, step = np.nonzero((self.action >= 0) | self.missed)
        at = who, trial, step
        more = {name: getattr(self, name)[at] for name in QUANTITIES}
        return Table(
            {
                "subject": [self.subjects[i] for i in who],
                "trial": trial,
                "step": step,
                "state": self.state[at],
                "action": self.action[at],
                **more,
                "next_state": self.state[who, trial, step + 1],
                "terminated": self.terminated[at],
                "scored": self.scored[at],
                "feedback": self.feedback[at],
                "missed": self.missed[at],
            }
            | {name: values[at] for name, values in self.extra.items()}
        )


def last_choice(action: Ints) -> Bools:
    """Return which is the last choice of every trial, of the shape of `action`."""
    chosen = action >= 0
    later = np.cumsum(chosen[..., ::-1], axis=-1)[..., ::-1]
    return chosen & (later == 1)


def _mask(name: str, value: ArrayLike | None, usual: npt.NDArray[Any]) -> Bools:
    """A mask of the shape of `usual`, which is what stands for None."""
    if value is None:
        return usual.astype(np.bool_)
    mask = unmasked(name, value)
    if mask.dtype.kind != "b":
        raise TypeError(f"{name} must be True or False everywhere; got {mask.dtype}")
    return mask if mask.shape != usual.shape else mask.copy()


def _same_shape(name: str, values: npt.NDArray[Any], expected: tuple[int, ...]) -> None:
    if np.shape(values) != expected:
        raise ValueError(f"{name} must have shape {expected}; got {np.shape(values)}")


def _held(name: str, value: Any) -> npt.NDArray[Any]:
    """What a record holds under this name: whole numbers, finite numbers or booleans."""
    array = unmasked(name, value)
    if name == "terminated":
        if array.dtype != np.bool_:
            raise TypeError(f"terminated must hold True and False; got {shown(value)}")
        return array
    if name in ("state", "action"):
        if array.dtype.kind not in "iu":
            raise TypeError(f"{name} must hold integers; got {shown(value)}")
        return array
    return _finite(name, value)


def _finite(name: str, value: Any) -> Floats:
    # A reward may be whether there was one.
    array = unmasked(name, value)
    return array.astype(np.float64) if array.dtype == np.bool_ else numbers(name, value)


def _spread(name: str, array: Floats, shape: tuple[int, ...]) -> Floats:
    """An array of the shape of a record: a number, one for each choice, or one for each trial of one choice."""
    try:
        return np.broadcast_to(array.reshape(_fit(array, shape)), shape).copy()
    except ValueError as error:
        raise ValueError(f"{name} must be a number or have shape {shape}; got {array.shape}") from error


def _fit(value: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a quantity that may lack the axis for steps."""
    found = np.shape(value) if value is not None else ()
    return (*found, 1) if len(found) == 2 else found
