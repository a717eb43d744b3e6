"""Whole trials at once, where no feature is on more than once in a trial (complete serial compounds)."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats
from rpe.td.errors import lambda_errors
from rpe.td.rule import Note, Rule, add_income, aligned

# Below so many agents, and up to so many steps, a product with a matrix is faster than a sweep.
_FEW_AGENTS = 1024
_FEW_STEPS = 128


class Run(NamedTuple):
    """Features that follow each other, one step each.

    Attributes
    ----------
    first, last : int
        The steps [first, last).
    feature : int
        The feature of the first step.
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


class Chains:
    """Learning by whole trials: without revisits, errors depend on the values at the start of a trial alone.

    So δ = r + γV − V_old for all steps at once; then every weight moves by α x G, with G the
    λ-errors of the step after its own. This is the online algorithm, whatever kind of trace or
    bootstrap, and not an approximation.
    """

    def __init__(self, runs: list[list[Run] | None], rule: Rule, n_steps: int, n: int) -> None:
        self._runs, self._rule = runs, rule
        self._traced = bool(rule.decay.any())
        self._delta, self._errors, self._value = (aligned(n_steps, n) for _ in range(3))
        self._sweep = None
        if self._traced and rule.shares_discount and n < _FEW_AGENTS and n_steps <= _FEW_STEPS:
            later = np.subtract.outer(np.arange(n_steps), np.arange(n_steps)).T
            self._sweep = np.where(later >= 0, float(rule.decay) ** np.maximum(later, 0), 0.0)

    def trial(self, kind: int, income: Floats, learns: Bools, w: Floats, shown: int, note: Note) -> None:
        """Learn one trial; `w` (n_features, n) changes in place.

        What happened goes to `note`: the errors (n_steps, n) and the values (n_steps, `shown`).
        """
        runs = self._runs[kind] or []
        first, value = self._read(runs, w)
        delta, last = self._delta, first + len(value)
        delta[:first] = 0.0
        np.multiply(self._rule.discount, value, out=delta[first:last])
        delta[last:] = 0.0
        delta[first + 1 : last + 1] -= value[: len(delta) - first - 1]
        add_income(delta, income)
        seen = np.zeros((len(delta), shown))
        seen[first:last] = value[:, :shown]
        note(delta, seen)
        if learns.any():
            self._write(runs, learns, w)

    def _read(self, runs: list[Run], w: Floats) -> tuple[int, Floats]:
        """The values, from the first step that may have one."""
        if len(runs) == 1 and runs[0].level is None and not self._rule.floored:
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
        """Move the weights of every run by α times the λ-errors that came after; these overwrite the errors."""
        if not learns.all():
            self._delta *= learns[:, None]
        moves = self._delta
        if self._sweep is not None:
            moves = np.matmul(self._sweep, moves, out=self._errors)
        start = min((run.first for run in runs), default=0)
        if self._traced and self._sweep is None:
            later = moves[start:]
            lambda_errors(later, self._rule.decay, out=later)
        moves[start:] *= self._rule.learning_rate
        for first, last, feature, level in runs:
            rows = moves[first + 1 : last + 1]
            w[feature : feature + len(rows)] += rows if level is None else level[: len(rows)] * rows
