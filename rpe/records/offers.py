"""Choices between offers: every trial shows its own amounts, delays, odds or efforts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import ArrayLike, Bools, Floats, Ints, Kept, default, numbers
from rpe._shown import brief
from rpe.records._taking import places
from rpe.table import Table


@dataclass(frozen=True, eq=False)
class Offers:
    """Choices of several subjects between options whose attributes differ from trial to trial.

    Attributes
    ----------
    subjects : tuple of str
        Their names.
    attributes : mapping of str to float array (n_subjects, n_trials, n_options)
        What each option offers, such as "amount", "delay", "probability", "effort".
    action : int array (n_subjects, n_trials)
        Which option was chosen; −1 where none was, or a subject had no such trial.
    scored : bool array (n_subjects, n_trials)
        Whether a choice counts in likelihoods: all that were made, unless said otherwise.
    extra : mapping of str to array (n_subjects, n_trials)
        Other columns of a file; no likelihood reads them.
    """

    subjects: tuple[str, ...]
    attributes: Mapping[str, Floats]
    action: Ints
    scored: Kept[ArrayLike | None, Bools] = default(None)
    extra: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        shape = self.action.shape
        if len(shape) != 2 or 0 in shape or len(self.subjects) != shape[0]:
            raise ValueError(
                f"action must have shape (n_subjects, n_trials) for {len(self.subjects)} subjects; got {shape}"
            )
        sizes = {values.shape[-1] for values in self.attributes.values()}
        if len(sizes) != 1 or min(sizes) < 2:
            raise ValueError(f"attributes must be of the same options, at least two; got {sorted(sizes)}")
        for name, values in self.attributes.items():
            if values.shape != (*shape, self.n_options):
                raise ValueError(f"{name} must have shape {(*shape, self.n_options)}; got {values.shape}")
        if self.action.min() < -1 or self.action.max() >= self.n_options:
            raise ValueError(
                f"action must lie in [0, {self.n_options - 1}], or be −1 for none; got {self.action.max()}"
            )
        made = self.action >= 0
        scored = made if self.scored is None else np.asarray(self.scored, dtype=np.bool_) & made
        if scored.shape != shape:
            raise ValueError(f"scored must have shape {shape}; got {scored.shape}")
        object.__setattr__(self, "scored", scored)
        if not scored.any(axis=1).all():
            empty = self.subjects[int(np.argmin(scored.any(axis=1)))]
            raise ValueError(f"every subject must have at least one choice that is scored; {empty!r} has none")

    @classmethod
    def of(
        cls,
        action: ArrayLike,
        *,
        subjects: Sequence[str] | None = None,
        scored: ArrayLike | None = None,
        **attributes: ArrayLike,
    ) -> Self:
        """Make a record from arrays.

        Parameters
        ----------
        action : int array (n_subjects, n_trials)
            Which option was chosen, −1 for none.
        subjects : sequence of str, optional
            Names; "0", "1", ... if not given.
        scored : bool array (n_subjects, n_trials), optional
            Which choices count.
        **attributes : float arrays (n_subjects, n_trials, n_options) or (n_trials, n_options)
            What was offered, such as `amount`, `delay`; the latter where all subjects saw the same.

        Raises
        ------
        TypeError, ValueError
            For shapes that do not match, numbers that are not finite, or no attribute.

        Examples
        --------
        >>> now, later, days = [80, 34], [85, 50], [157, 30]
        >>> Offers.of([[0, 1]], amount=np.stack([now, later], -1), delay=np.stack([[0, 0], days], -1)).n_options
        2
        """
        chosen = numbers("action", action)
        if chosen.ndim != 2 or (chosen != np.floor(chosen)).any():
            raise ValueError(f"action must be whole numbers (n_subjects, n_trials); got shape {chosen.shape}")
        if not attributes:
            raise ValueError("attributes must name what was offered, such as amount=...; got none")
        arrays = {}
        for name, given in attributes.items():
            values = numbers(name, given)
            if values.ndim not in (2, 3) or values.shape[-2] != chosen.shape[1]:
                expected = f"([n_subjects,] n_trials = {chosen.shape[1]}, n_options)"
                raise ValueError(f"{name} must have shape {expected}; got {values.shape}")
            arrays[name] = np.broadcast_to(values, (*chosen.shape, values.shape[-1])).copy()
        names = tuple(map(str, range(len(chosen)))) if subjects is None else tuple(map(str, subjects))
        return cls(names, arrays, chosen.astype(np.int64), scored)

    @property
    def n_options(self) -> int:
        """Number of options in each trial."""
        return int(next(iter(self.attributes.values())).shape[-1])

    @property
    def n_subjects(self) -> int:
        """Number of subjects."""
        return len(self.subjects)

    @property
    def n_choices(self) -> Ints:
        """Choices of each subject that are scored, (n_subjects,)."""
        return np.asarray(self.scored.sum(axis=1))

    def take(self, subjects: Sequence[int] | Ints | Bools | slice) -> Self:
        """Return the record of some subjects, in the given order."""
        chosen = places(subjects, self.n_subjects)
        return type(self)(
            tuple(self.subjects[i] for i in chosen),
            {name: values[chosen] for name, values in self.attributes.items()},
            self.action[chosen],
            self.scored[chosen],
            {name: values[chosen] for name, values in self.extra.items()},
        )

    @property
    def table(self) -> Table:
        """One row a choice: who, when, what each option offered, and which was chosen."""
        who, trial = np.nonzero(self.action >= 0)
        offered = {
            f"{name}_{option}": values[who, trial, option]
            for name, values in self.attributes.items()
            for option in range(self.n_options)
        }
        columns: dict[str, Any] = {"subject": [self.subjects[i] for i in who], "trial": trial} | offered
        columns |= {"action": self.action[who, trial], "scored": self.scored[who, trial]}
        return Table(columns | {name: values[who, trial] for name, values in self.extra.items()})
