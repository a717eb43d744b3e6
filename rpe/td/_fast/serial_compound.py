"""Whole trials at once, where no feature is on more than once in a trial (complete serial compounds)."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats
from rpe.td._fast.memory_layout import add_income, aligned
from rpe.td.errors import lambda_errors
from rpe.td.step_by_step import Note, Rule

# Below so many agents, and up to so many steps, a product with a matrix is faster than a sweep over steps.
_FEW_AGENTS = 1024
_FEW_STEPS = 128


class Run(NamedTuple):
    """Features that follow each other, one step each.

    Attributes
    ----------
    first, last : int
        The steps [first, last).
    feature : int
        The feature of the first step; step t has the feature `feature` + t − `first`.
    level : float array (last − first, 1), or None
        Their levels; None if all are 1.
    """

    first: int
    last: int
    feature: int
    level: Floats | None


def runs_of(x: Floats) -> list[Run] | None:
    """Return the runs of a trial's features (n_steps, n_features), or None if a feature is on more than once."""
    step, feature = np.nonzero(x)
    if np.bincount(feature, minlength=1).max() > 1:
        return None
    # Along a run feature − step stays the same, so sorting by it, then by step, puts runs together.
    order = np.lexsort((step, feature - step))
    step, feature = step[order], feature[order]
    breaks = np.flatnonzero((np.diff(step) != 1) | (np.diff(feature) != 1)) + 1
    edges = [0, *breaks.tolist(), step.size] if step.size else []
    runs = []
    for start, end in pairwise(edges):
        level = x[step[start:end], feature[start:end], None]
        first = int(step[start])
        runs.append(Run(first, first + end - start, int(feature[start]), None if (level == 1).all() else level))
    return runs


class SerialCompound:
    """Learning by whole trials: without revisits, errors depend on the values at the start of a trial alone.

    A weight moves only after its feature was read for the last time in the trial, so V_t and V_old
    hold the weights from before the trial, and δ_t = r_t + γV_t − V_{t−1} for all steps at once.
    The trace of the feature of step t is x_t (γλ)^{s−t−1} when the error of step s > t arrives, so
    that the trial moves its weight by

        α x_t Σ_{s>t} (γλ)^{s−t−1} δ_s = α x_t G_{t+1},   G_t = δ_t + γλ G_{t+1}.

    This is the online algorithm, and not an approximation. As no feature comes twice, the three
    kinds of trace and both bootstraps are the same here.
    """

    def __init__(self, runs: list[list[Run] | None], rule: Rule, n_steps: int, n: int) -> None:
        self._runs, self._rule = runs, rule
        self._traced = bool(rule.decay.any())
        # Room for one trial, used again in every trial: fresh memory would cost page faults.
        self._delta, self._errors, self._value = (aligned(n_steps, n) for _ in range(3))
        self._sweep = None
        if self._traced and rule.shares_discount and n < _FEW_AGENTS and n_steps <= _FEW_STEPS:
            # G = S δ with S_ts = (γλ)^{s−t} for s ≥ t, else 0.
            later = np.subtract.outer(np.arange(n_steps), np.arange(n_steps)).T
            self._sweep = np.where(later >= 0, float(rule.decay) ** np.maximum(later, 0), 0.0)

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        runs = self._runs[kind] or []
        first, value = self._read(runs, w)
        delta, last = self._delta, first + len(value)
        # δ_t = γV_t − V_{t−1} + r_t, written into its buffer part by part; V is 0 outside [first, last).
        delta[:first] = 0.0
        np.multiply(self._rule.discount, value, out=delta[first:last])
        delta[last:] = 0.0
        # The last value has no later step to be taken off from if it stands in the last step of the trial.
        delta[first + 1 : last + 1] -= value[: len(delta) - first - 1]
        add_income(delta, income)
        seen = np.zeros((len(delta), shown))
        seen[first:last] = value[:, :shown]
        # Before `_write`, which needs the buffer of the errors for itself.
        note(delta, seen)
        if learns.any():
            self._write(runs, learns, w)

    def _read(self, runs: list[Run], w: Floats) -> tuple[int, Floats]:
        """The values, from the first step that may have one."""
        if len(runs) == 1 and runs[0].level is None and not self._rule.floored:
            # One chain at level 1: its values are its weights, and nothing is copied.
            first, last, feature, _ = runs[0]
            return first, w[feature : feature + last - first]
        value = self._value
        value[...] = 0.0
        for first, last, feature, level in runs:
            rows = w[feature : feature + last - first]
            value[first:last] += rows if level is None else level * rows
        if self._rule.floored:
            np.maximum(value, self._rule.value_floor, out=value)
        return 0, value

    def _write(self, runs: list[Run], learns: Bools, w: Floats) -> None:
        """Move the weights of every run by α x G of the step after its own; this overwrites the errors."""
        if not learns.all():
            # An error that teaches nothing counts as 0 in the sweep, while the trace runs on.
            self._delta *= learns[:, None]
        moves = self._delta
        if self._sweep is not None:
            moves = np.matmul(self._sweep, moves, out=self._errors)
        # Errors before the first feature move nothing.
        start = min((run.first for run in runs), default=0)
        if self._traced and self._sweep is None:
            later = moves[start:]
            lambda_errors(later, self._rule.decay, out=later)
        moves[start:] *= self._rule.learning_rate
        for first, last, feature, level in runs:
            # A feature of the last step has no later error: slicing leaves it out, on both sides.
            rows = moves[first + 1 : last + 1]
            w[feature : feature + len(rows)] += rows if level is None else level[: len(rows)] * rows
