"""Reader of choices: one row a choice, from a file as a lab has it or from a data frame."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Ints, choice, count, hinting
from rpe.records._columns import found_columns, numbered, subject_codes
from rpe.records._sources import MISSING, Readable, Source, source_of
from rpe.records.choices import MASKS, QUANTITIES, Choices

_NEEDED = ("subject", "action")
_MORE = ("reward", "trial", "step", "state", "next_state", *QUANTITIES[1:], "terminated", *MASKS)


@hinting
def read_choices(
    data: Readable,
    *,
    columns: Mapping[str, str] | None = None,
    first_action: int = 0,
    subjects: Sequence[str] | None = None,
    missing: str = "error",
    missing_values: Sequence[str] = MISSING,
    missing_reward: str = "error",
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
) -> Choices:
    r"""Read choices from a file or data frame with one row per choice.

    Parameters
    ----------
    data : path, pandas or polars DataFrame, rpe.table.Table, or mapping of str to array
        Of a file, which may be compressed (.gz), the first line names the columns. They are subject,
        action, reward and, if there are any, trial (whole numbers that begin at 0 or 1; without it, the
        rows of a subject are its trials in order), step (within the trial, from 0), state,
        next_state, effort, points, pseudo_reward, terminated, and the masks scored, feedback and
        missed (0 or 1, or true or false). Names that labs use, such as subjID, choice or
        outcome, are recognised. Other columns are kept in `Choices.extra`. A missing action is a
        choice that was missed. `Choices.table.to_csv` writes such a file.
    columns : mapping of str to str, optional
        What columns are called in these data: `{"action": "key", "reward": "points_won"}`.
    first_action : int
        The number of the first action in these data: 1 where choices are counted from 1.
    subjects : sequence of str, optional
        The subjects to expect, in this order; by default those of the file as they come.
    missing : {"error", "skip"}
        Whether a trial or step that a subject's rows leave out is an error, or one without a choice.
    missing_values : sequence of str
        Cells that say that a value is missing, "NA", "NaN" and empty cells among them by default.
    missing_reward : {"error", "no feedback"}
        What it means that a choice has no reward: an error, or that its outcome was not seen.
    delimiter : str, optional
        Between cells; by default whichever of tab, semicolon, comma and bar the first line has most.
    encoding : str
        Of the text, such as "latin-1".

    Returns
    -------
    Choices

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        For columns that are missing, cells that are no numbers, a trial that comes twice, a gap, a
        negative trial or step, an action below `first_action`, or a subject that is not
        expected or has no row; the message names the line, the column and the value.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> text = "subjID\tchoice\toutcome\nanna\t1\t1\nanna\t2\t0\nbert\t2\t1\nbert\tNA\tNA\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "choices.tsv"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     read_choices(path, first_action=1).action[:, :, 0]
    array([[ 0,  1],
           [ 1, -1]])
    """
    choice("missing", missing, ("error", "skip"))
    choice("missing_reward", missing_reward, ("error", "no feedback"))
    source = source_of(data, delimiter, encoding, missing_values)
    at = found_columns(source, (*_NEEDED, "reward"), _MORE[1:], columns)
    names, who = subject_codes(source, at["subject"], subjects)
    trial, step, first = _times(source, at, who, len(names))
    rows = _Rows(source, at, (who, trial, step))
    rows.check_once(first)
    if missing == "error":
        rows.check_gaps(names, first)
    return rows.record(names, count("first_action", first_action, 0), missing_reward == "no feedback")


def _times(source: Source, at: Mapping[str, str], who: Ints, n_subjects: int) -> tuple[Ints, Ints, int]:
    """Trial and step (n_rows,) of each row from 0, and the number of the first trial in the file."""
    if "trial" not in at:
        if "step" in at:
            raise ValueError(f"{source.name}: trial must be a column where there is one for steps")
        return numbered(who, n_subjects), np.zeros(source.n_rows, dtype=np.int64), 0
    trial = source.whole("trial", at["trial"])
    step = source.whole("step", at["step"]) if "step" in at else np.zeros_like(trial)
    if (first := int(trial.min())) > 1:
        raise ValueError(f"{source.name}: trials must begin at 0 or 1; the first is {first}")
    return trial - first, step, first


class _Rows:
    """The rows of a file with their place in the record: subject, trial and step (n_rows,) each."""

    def __init__(self, source: Source, at: Mapping[str, str], place: tuple[Ints, Ints, Ints]) -> None:
        self.source, self.at, self.place = source, at, place
        who, trial, step = (int(part.max()) + 1 for part in place)
        self.shape = who, trial, step
        if "trial" in at:
            source.room("trial", at["trial"], place[1], who * step)

    def check_once(self, first: int) -> None:
        """Say which choice comes twice."""
        flat = np.ravel_multi_index(self.place, self.shape)
        order = np.argsort(flat, kind="stable")
        twice = np.flatnonzero(np.diff(flat[order]) == 0)
        if not len(twice):
            return
        earlier, later = (int(order[twice[0] + i]) for i in (0, 1))
        _, trial, step = (int(part[later]) for part in self.place)
        raise ValueError(
            f"{self.source.where(later)}: every choice must come once; trial {trial + first}"
            f"{f', step {step}' if 'step' in self.at else ''} of subject {self._name(later)!r} "
            f"stands in {self.source.place} {self.source.lines[earlier]} too"
        )

    def check_gaps(self, names: Sequence[str], first: int) -> None:
        """Say which trial of a subject, or which step of a trial, is left out."""
        seen = np.zeros(self.shape, dtype=np.bool_)
        seen[self.place] = True
        levels: tuple[tuple[str, Bools], ...] = (("trial", np.asarray(seen.any(axis=2))), ("step", seen))
        for what, had in levels:
            later = np.cumsum(had[..., ::-1], axis=-1)[..., ::-1] > 0
            gap = np.argwhere(later & ~had)
            if len(gap):
                who, trial, step = (*gap[0], 0)[:3]
                which = f"trial {trial + first}" if what == "trial" else f"step {step} of trial {trial + first}"
                raise ValueError(
                    f"{self.source.name}, after {self.source.place} {self._line_before(who, trial, step)}: "
                    f"{which} of subject {names[who]!r} is left out; missing= says what that means"
                )

    def record(self, names: Sequence[str], first_action: int, no_feedback: bool) -> Choices:
        """The finished record."""
        chosen, missed = self._actions(first_action)
        reward, feedback = self._rewards(missed, no_feedback)
        more: dict[str, Any] = {
            name: self._filled(self._quantity(name, missed)) for name in QUANTITIES[1:] if name in self.at
        }
        if "feedback" in self.at:
            feedback &= self.source.truth("feedback", self.at["feedback"])
        for name in ("terminated", "scored"):
            if name in self.at:
                more[name] = self._filled(self.source.truth(name, self.at[name]))
        record = Choices.of(
            self._filled(chosen, -1),
            self._filled(reward),
            subjects=names,
            state=self._states(),
            missed=self._filled(missed),
            feedback=self._filled(feedback, True),
            **more,
        )
        others = [name for name in self.source.cells if name not in self.at.values()]
        return replace(record, extra={name: self._filled(*_kept(self.source.text_or_numbers(name))) for name in others})

    def _actions(self, first_action: int) -> tuple[Ints, Bools]:
        missed = self.source.absent(self.at["action"])
        if "missed" in self.at:
            missed = missed | self.source.truth("missed", self.at["missed"])
        action = self.source.whole("action", self.at["action"], missed, first_action)
        return np.where(missed, -1, action - first_action), missed

    def _rewards(self, missed: Bools, no_feedback: bool) -> tuple[Any, Bools]:
        column = self.at["reward"]
        absent = self.source.absent(column)
        unseen = absent & ~missed
        if unseen.any() and not no_feedback:
            self.source.fail(
                int(np.argmax(unseen)), "reward must be given (or missing_reward='no feedback' said)", column
            )
        return self.source.real("reward", column, absent, 0.0), ~unseen

    def _quantity(self, name: str, missed: Bools) -> Any:
        return self.source.real(name, self.at[name], missed & self.source.absent(self.at[name]), 0.0)

    def _states(self) -> Ints:
        who, trial, step = self.place
        state = np.zeros((*self.shape[:2], self.shape[2] + 1), dtype=np.int64)
        if "next_state" in self.at:
            state[who, trial, step + 1] = self.source.whole("next_state", self.at["next_state"])
        if "state" in self.at:
            state[self.place] = self.source.whole("state", self.at["state"])
        return state

    def _filled(self, values: npt.NDArray[Any], elsewhere: Any = 0) -> Any:
        array = np.full(self.shape, elsewhere, dtype=values.dtype)
        array[self.place] = values
        return array

    def _name(self, row: int) -> str:
        return self.source.cells[self.at["subject"]][row]

    def _line_before(self, who: int, trial: int, step: int) -> int:
        """The last line of a subject before a step of a trial, or its first."""
        own = np.flatnonzero(self.place[0] == who)
        before = own[(self.place[1][own] < trial) | ((self.place[1][own] == trial) & (self.place[2][own] < step))]
        if not len(before):
            return self.source.lines[int(own[0])]
        return self.source.lines[int(before[np.lexsort((self.place[2][before], self.place[1][before]))[-1]])]


def _kept(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Any]:
    """A column that is kept aside, and what stands where there is no row."""
    return values, np.nan if values.dtype.kind == "f" else ""
