"""Work over time: units done per day, in which the choices themselves are not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import ArrayLike, Bools, Ints, count, numbers, sequence
from rpe._shown import brief
from rpe.records._taking import places
from rpe.table import Table


@dataclass(frozen=True, eq=False)
class WorkLog:
    """How many units each subject had done by the start of each day, and after the last.

    Attributes
    ----------
    subjects : tuple of str
        Their names.
    units : int array (n_subjects, n_days + 1)
        Units done so far; −1 where it is not known. The first is known.
    extra : mapping of str to array (n_subjects,)
        Covariates: what else is known of each subject, such as a questionnaire's score.
    """

    subjects: tuple[str, ...]
    units: Ints
    extra: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        units = self.units
        if units.ndim != 2 or units.shape[1] < 2 or units.shape[0] != len(self.subjects) or not len(units):
            raise ValueError(
                f"units must have shape (n_subjects, n_days + 1) for {len(self.subjects)} subjects; got {units.shape}"
            )
        if units.min() < -1 or (units[:, 0] < 0).any():
            raise ValueError(f"units must be at least 0, or −1 for unknown after the first day; got {units.min()}")
        for name, values in self.extra.items():
            if values.shape != (len(units),):
                raise ValueError(f"{name} must have shape ({len(units)},); got {values.shape}")
        for name, row in zip(self.subjects, units, strict=True):
            known = row[row >= 0]
            if (np.diff(known) < 0).any():
                raise ValueError(f"units must not fall; those of subject {name!r} do")

    @classmethod
    def of(cls, done: ArrayLike, *, subjects: Sequence[str] | None = None) -> Self:
        """Make a log from the units done on each day.

        Parameters
        ----------
        done : int array (n_subjects, n_days)
            At least 0; −1 for a day that was not recorded, after which the sum is not known until
            the end.
        subjects : sequence of str, optional
            Names; "0", "1", ... if not given.

        Raises
        ------
        TypeError, ValueError
            For numbers that are not whole or below −1, or shapes that do not match.

        Examples
        --------
        >>> WorkLog.of([[0, 2, 1]]).units
        array([[0, 0, 2, 3]])
        """
        numbers("done", done)
        each = np.asarray(done)
        if each.dtype.kind not in "iu" or each.ndim != 2:
            raise TypeError(f"done must be whole numbers (n_subjects, n_days); got {each.dtype}, {each.shape}")
        if each.size and each.min() < -1:
            raise ValueError(f"done must be at least 0, or −1 for unknown; got {each.min()}")
        unknown = np.cumsum(each < 0, axis=1) > 0
        units = np.where(unknown, -1, np.cumsum(np.maximum(each, 0), axis=1)).astype(np.int64)
        units = np.concatenate([np.zeros((len(units), 1), dtype=np.int64), units], axis=1)
        return cls(
            tuple(map(str, range(len(units)))) if subjects is None else tuple(map(str, sequence("subjects", subjects))),
            units,
        )

    @property
    def n_subjects(self) -> int:
        """Number of subjects."""
        return len(self.subjects)

    @property
    def n_choices(self) -> Ints:
        """Days after which the units are known, for each subject (n_subjects,)."""
        return (self.units[:, 1:] >= 0).sum(axis=1)

    def take(self, subjects: Sequence[int] | Ints | Bools | slice) -> Self:
        """Return the log of some subjects, in the given order."""
        chosen = places(subjects, self.n_subjects)
        extra = {name: values[chosen] for name, values in self.extra.items()}
        return type(self)(tuple(self.subjects[i] for i in chosen), self.units[chosen], extra)

    def every(self, n_days: int) -> Self:
        """Return the log with so many days taken together, such as weeks; the last may have fewer.

        Parameters
        ----------
        n_days : int
            At least 1.

        Examples
        --------
        >>> WorkLog.of([[0, 2, 1, 1, 3]]).every(2).units
        array([[0, 2, 4, 7]])
        """
        last = self.units.shape[1] - 1
        ends = [*range(0, last, count("n_days", n_days)), last]
        return type(self)(self.subjects, self.units[:, ends], self.extra)

    @property
    def table(self) -> Table:
        """One row a subject and day whose work is known: units done on that day."""
        before, after = self.units[:, :-1], self.units[:, 1:]
        who, day = np.nonzero((before >= 0) & (after >= 0))
        return Table(
            {
                "subject": [self.subjects[i] for i in who],
                "day": day,
                "done": (after - before)[who, day],
            }
        )
