"""Recorded choices of several subjects, ready to be replayed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe._shown import brief
from rpe.simulate import History
from rpe.tasks import Step, TabulatedTask


@dataclass(frozen=True, eq=False)
class Choices:
    """What each subject met, did and received; shorter records are padded.

    Attributes
    ----------
    subjects : tuple of str
        Their names.
    state : int array (n_subjects, n_trials, n_steps + 1)
        The state before each step and after the last; 0 throughout in a task of one state.
    action : int array (n_subjects, n_trials, n_steps)
        What was chosen; −1 where no choice was recorded (missing, or the trial was over): there
        nothing is scored and nothing learned.
    reward, effort, points, pseudo_reward : float array (n_subjects, n_trials, n_steps)
        What the step brought, as in `rpe.tasks.Step`, in reward units.
    terminated : bool array (n_subjects, n_trials, n_steps)
        Whether the world ended with the step.
    """

    subjects: tuple[str, ...]
    state: Ints
    action: Ints
    reward: Floats
    effort: Floats
    points: Floats
    pseudo_reward: Floats
    terminated: Bools

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        shape = self.action.shape
        if len(shape) != 3 or 0 in shape or len(self.subjects) != shape[0]:
            raise ValueError(
                f"action must have shape (n_subjects, n_trials, n_steps) for {len(self.subjects)} subjects; got {shape}"
            )
        for field in fields(self)[1:]:
            expected = (*shape[:2], shape[2] + 1) if field.name == "state" else shape
            if (found := getattr(self, field.name).shape) != expected:
                raise ValueError(f"{field.name} must have shape {expected}; got {found}")
        if not (self.action >= 0).any(axis=(1, 2)).all():
            empty = int(np.argmin((self.action >= 0).any(axis=(1, 2))))
            raise ValueError(f"every subject must have at least one choice; {self.subjects[empty]!r} has none")

    @classmethod
    def of(cls, action: Any, reward: Any, *, subjects: Sequence[str] | None = None, **more: Any) -> Self:
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
            `state`, `effort`, `points`, `pseudo_reward`, `terminated`; by default one state, no
            effort, and a world that ends with the last choice of a trial.

        Raises
        ------
        TypeError, ValueError
            For other names, shapes that do not match, or NaN.

        Examples
        --------
        >>> Choices.of([[0, 1, 1, -1]], [[1.0, 0.0, 1.0, 0.0]]).n_choices
        array([3])
        """
        done = np.asarray(action)
        if done.dtype.kind not in "iu" or done.ndim not in (2, 3):
            raise TypeError(
                f"action must be whole numbers (n_subjects, n_trials[, n_steps]); got {done.dtype}, {done.shape}"
            )
        unknown = sorted(set(more) - {field.name for field in fields(cls)})
        if unknown:
            raise TypeError(f"a record has no {', '.join(unknown)}")
        if done.min(initial=0) < -1:
            raise ValueError(f"action must be at least 0, or −1 for none; got {done.min()}")
        shape = (*done.shape, 1) if done.ndim == 2 else done.shape
        values: dict[str, Any] = {"reward": reward} | more
        arrays = {
            name: np.broadcast_to(
                _finite(name, values.get(name, 0.0)).reshape(_fit(values.get(name), shape)), shape
            ).copy()
            for name in ("reward", "effort", "points", "pseudo_reward")
        }
        done = done.reshape(shape).astype(np.int64)
        terminated = more.get("terminated")
        ends = _last(done) if terminated is None else np.asarray(terminated, dtype=np.bool_).reshape(shape)
        state = np.asarray(more.get("state", np.zeros((*shape[:2], shape[2] + 1))), dtype=np.int64)
        names = tuple(map(str, range(shape[0]))) if subjects is None else tuple(subjects)
        return cls(names, state, done, terminated=ends, **arrays)

    @classmethod
    def from_history(cls, history: History) -> Self:
        """Return the recorded choices of the agents that a simulation kept in full.

        Raises
        ------
        ValueError
            If it kept none; run it with `record="all"`.
        """
        full = history.full
        if full is None:
            raise ValueError("history must hold agents in full; run the simulation with record='all'")
        names = tuple(str(agent) for agent in full.agents)
        felt = {name: np.zeros(full.reward.shape) for name in ("points", "pseudo_reward")}
        ends = _last(full.action)
        if isinstance(history.task, TabulatedTask):
            felt, ends = _looked_up(history.task, full.state, full.action, full.reward)
        return cls(names, full.state, full.action, full.reward, full.effort, terminated=ends, **felt)

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
        arrays = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)[1:]
        }
        return cls(names, **arrays)

    @property
    def n_subjects(self) -> int:
        """Number of subjects."""
        return len(self.subjects)

    @property
    def n_choices(self) -> Ints:
        """Choices that each subject made, (n_subjects,)."""
        return (self.action >= 0).sum(axis=(1, 2))

    def take(self, subjects: Any) -> Self:
        """Return the record of some subjects, in the given order; a subject may come several times.

        Parameters
        ----------
        subjects : int array or slice
            Which ones.
        """
        chosen = np.arange(self.n_subjects)[subjects]
        names = tuple(self.subjects[i] for i in chosen)
        arrays = {field.name: getattr(self, field.name)[chosen] for field in fields(self)[1:]}
        return replace(self, subjects=names, **arrays)

    def rows(self, subject: Ints | None = None) -> "Rows":
        """Return the record time first, for fast replay, one column per entry of `subject` (all by default)."""
        return Rows(self, subject)


class Rows:
    """A record with time first, whose columns are subjects, each as often as asked for."""

    def __init__(self, data: Choices, subject: Ints | None) -> None:
        self._subject = subject
        self._felt = [_by_time(getattr(data, name)) for name in ("reward", "effort", "points", "pseudo_reward")]
        self._action, self._state = _by_time(data.action), _by_time(data.state)
        self._terminated = _by_time(data.terminated)
        self.n_trials, self.n_steps, n_subjects = self._action.shape
        self.n = n_subjects if subject is None else len(subject)
        following = np.full_like(self._action, -1)
        following[:, :-1] = self._action[:, 1:]
        self._truncated = (self._action >= 0) & ~self._terminated & (following < 0)
        self._cut = bool(self._truncated.any())
        self._nobody = np.zeros(self.n, dtype=np.bool_)

    def state(self, trial: int) -> Ints:
        """States (n,) at the start of a trial."""
        return self._pick(self._state[trial, 0])

    def action(self, trial: int, now: int) -> Ints:
        """Choices (n,), −1 where there is none."""
        return self._pick(self._action[trial, now])

    def step(self, trial: int, now: int) -> Step:
        """What the step brought, as an agent's `update` wants it."""
        reward, effort, points, pseudo = (0.0 if rows is None else self._pick(rows[trial, now]) for rows in self._felt)
        return Step(
            self._pick(self._state[trial, now + 1]),
            reward,
            effort,
            points,
            pseudo,
            self._pick(self._terminated[trial, now]),
            self._pick(self._truncated[trial, now]) if self._cut else self._nobody,
        )

    def _pick(self, row: Any) -> Any:
        return row if self._subject is None else row.take(self._subject)


def _by_time(array: Any) -> Any:
    """An array (n_subjects, ...) with the subjects last; None for a quantity that is 0 throughout."""
    if array.dtype.kind == "f" and not array.any():
        return None
    return np.ascontiguousarray(np.moveaxis(array, 0, -1))


def _looked_up(task: TabulatedTask, state: Ints, action: Ints, reward: Floats) -> tuple[dict[str, Floats], Bools]:
    """What a task's tables add to a recorded step: points, pseudo-rewards and endings."""
    tables = task.tables
    shape = tables.next_state.shape
    before, after, chosen = state[..., :-1], state[..., 1:], np.maximum(action, 0)
    fits = [
        (tables.next_state[luck, before, chosen] == after)
        & np.isclose(np.broadcast_to(tables.reward, shape)[luck, before, chosen], reward)
        for luck in range(shape[0])
    ]
    luck = np.argmax(fits, axis=0)

    def read(table: Any) -> Any:
        return np.where(action >= 0, np.broadcast_to(table, shape)[luck, before, chosen], 0)

    felt = {name: read(getattr(tables, name)).astype(np.float64) for name in ("points", "pseudo_reward")}
    return felt, read(tables.terminated).astype(np.bool_)


def _last(action: Ints) -> Bools:
    """The last choice of every trial."""
    chosen = action >= 0
    later = np.cumsum(chosen[..., ::-1], axis=-1)[..., ::-1]
    return chosen & (later == 1)


def _finite(name: str, value: Any) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; got {array[~np.isfinite(array)][0]}")
    return array


def _fit(value: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a quantity that may lack the axis for steps."""
    found = np.shape(value) if value is not None else ()
    return (*found, 1) if len(found) == 2 else found
