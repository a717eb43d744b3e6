"""Plays theories on phenomena over several seeds and gives verdicts by fixed rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import count, flag
from rpe.experiments.runner import Cell, Progress, evaluate
from rpe.scorecard.phenomena import load, phenomena
from rpe.scorecard.phenomenon import Phenomenon, Reading
from rpe.scorecard.roster import expected, roster
from rpe.table import Table

# A verdict needs this share of the seeds.
_MOST = 0.9


@dataclass(frozen=True)
class Score:
    """What one theory did on one phenomenon.

    Attributes
    ----------
    verdict : str
        "PASS", "FAIL", "MIXED", "N.A." (the theory has no such quantity) or "ERROR".
    effect : float
        Mean over seeds of the number that the phenomenon reports.
    n_passed, n_seeds : int
        Seeds in which the criterion held, and how many there were.
    numbers : dict
        Means over seeds of all numbers of the criterion.
    error : str
        What went wrong, if anything.
    """

    verdict: str
    effect: float
    n_passed: int
    n_seeds: int
    numbers: dict[str, float]
    error: str = ""


@dataclass(frozen=True)
class Scorecard:
    """Scores of theories on phenomena.

    Attributes
    ----------
    theories, phenomena : tuple of str
        Names and ids, in order.
    scores : dict
        `Score` by (theory, phenomenon).
    seed : int or None
        The seed, if it was a number.
    """

    theories: tuple[str, ...]
    phenomena: tuple[str, ...]
    scores: Mapping[tuple[str, str], Score]
    seed: int | None

    @property
    def table(self) -> Table:
        """One row per theory and phenomenon: verdict, effect, what was expected, and how many seeds passed."""
        cells = [(theory, row, self.scores[theory, row]) for theory in self.theories for row in self.phenomena]
        return Table(
            {
                "theory": [theory for theory, _, _ in cells],
                "phenomenon": [row for _, row, _ in cells],
                "verdict": [score.verdict for _, _, score in cells],
                "effect": [score.effect for _, _, score in cells],
                "expected": [expected(theory, row) for theory, row, _ in cells],
                "n_passed": [score.n_passed for _, _, score in cells],
                "n_seeds": [score.n_seeds for _, _, score in cells],
                "error": [score.error for _, _, score in cells],
            },
            {"seed": self.seed},
        )

    def differences(self) -> Table:
        """Return the rows whose verdict is not the expected one."""
        table = self.table
        known = table["expected"] != ""
        return table.where(known & (table["verdict"] != table["expected"]))

    def __str__(self) -> str:
        letters = {"PASS": "P", "FAIL": "F", "MIXED": "M", "N.A.": "-", "ERROR": "E"}
        width = max(map(len, self.theories))
        lines = [" " * width + "  " + " ".join(self.phenomena)]
        for theory in self.theories:
            cells = [letters[self.scores[theory, row].verdict].center(len(row)) for row in self.phenomena]
            lines.append(f"{theory:<{width}}  {' '.join(cells)}".rstrip())
        return "\n".join([*lines, "P pass, F fail, M mixed, - not applicable, E error"])


def run(
    theories: Any = None,
    phenomena: Sequence[str | Phenomenon] | None = None,
    *,
    n_seeds: int = 10,
    rng: Any = None,
    n_jobs: int = 1,
    progress: bool = False,
) -> Scorecard:
    """Play theories on phenomena.

    A cell is PASS if the criterion holds on the mean of the seeds and in at least 90 % of them, FAIL
    if it fails in at least 90 %, otherwise MIXED; N.A. where the theory has no such quantity. Every
    theory sees the same schedules.

    Parameters
    ----------
    theories : sequence of theories, or mapping of names to theories, optional
        Anything with `learn(schedule, rng)` that returns `delta` and `value` of shape (n_agents,
        n_trials, n_steps); all of the roster by default.
    phenomena : sequence of str or Phenomenon, optional
        Ids such as "A01"; all by default.
    n_seeds : int
        Random schedules for each phenomenon.
    rng : int, numpy.random.Generator or None
        Seed. The result does not depend on `n_jobs`.
    n_jobs : int
        Processes; with more than one, theories must be picklable.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Scorecard

    Raises
    ------
    TypeError
        If a theory has no `learn`.
    ValueError
        For unknown ids, or no theory.

    Examples
    --------
    >>> import rpe
    >>> card = rpe.scorecard.run([rpe.theories.RescorlaWagner()], ["A01", "B01"], n_seeds=2, rng=0)
    >>> card.table["verdict"].tolist()
    ['N.A.', 'PASS']
    """
    named = _named(theories)
    rows = [load(row) if isinstance(row, str) else row for row in (_all() if phenomena is None else phenomena)]
    n_seeds = count("n_seeds", n_seeds)
    streams = np.random.default_rng(rng).spawn(len(rows))
    seeds = [stream.integers(2**63, size=n_seeds).tolist() for stream in streams]
    cells = [
        Cell((name, row.id), _score, (theory, row.id if load_safe(row) else row, own))
        for row, own in zip(rows, seeds, strict=True)
        for name, theory in named.items()
    ]
    with Progress(len(cells), show=flag("progress", progress), label="scorecard") as bar:
        scores = evaluate(cells, n_jobs=n_jobs, done=bar.update)
    return Scorecard(tuple(named), tuple(row.id for row in rows), scores, rng if isinstance(rng, int) else None)


def play(theory: Any, phenomenon: Phenomenon, seed: int) -> tuple[dict[str, Reading], dict[str, float]]:
    """Return the readings and the numbers of one theory on one random protocol."""
    rng = np.random.default_rng(seed)
    for_schedules, for_theory = rng.spawn(2)
    readings = {}
    for name, schedule in phenomenon.schedules(for_schedules).items():
        learned = theory.learn(schedule, for_theory)
        for field in ("delta", "value"):
            shape = np.asarray(getattr(learned, field, None)).shape
            if len(shape) != 3 or shape[1:] != schedule.reward.shape:
                raise ValueError(
                    f"{field} must have shape (n_agents, {schedule.n_trials}, {schedule.n_steps}); got {shape}"
                )
        readings[name] = Reading(schedule, learned, theory)
    return readings, {name: float(value) for name, value in phenomenon.read(readings).items()}


def verdict_of(phenomenon: Phenomenon, numbers: Sequence[dict[str, float]]) -> Score:
    """Return the verdict on the numbers of several seeds."""
    means = {name: float(np.mean([each[name] for each in numbers])) for name in numbers[0]}
    effect = means[phenomenon.effect]
    if any(np.isnan(value) for each in numbers for value in each.values()):
        return Score("N.A.", effect, 0, len(numbers), means)
    n_passed = sum(bool(phenomenon.holds(each)) for each in numbers)
    if phenomenon.holds(means) and n_passed >= _MOST * len(numbers):
        verdict = "PASS"
    else:
        verdict = "FAIL" if len(numbers) - n_passed >= _MOST * len(numbers) else "MIXED"
    return Score(verdict, effect, n_passed, len(numbers), means)


def load_safe(row: Phenomenon) -> bool:
    """Return whether a phenomenon is one of the library's, which other processes load by its id."""
    return row.id in phenomena() and load(row.id) is row


def _score(theory: Any, row: str | Phenomenon, seeds: Sequence[int]) -> Score:
    """Play all seeds; a theory that breaks loses its own cell only."""
    phenomenon = load(row) if isinstance(row, str) else row
    try:
        return verdict_of(phenomenon, [play(theory, phenomenon, seed)[1] for seed in seeds])
    except Exception as error:
        return Score("ERROR", float("nan"), 0, len(seeds), {}, f"{type(error).__name__}: {error}")


def _named(theories: Any) -> dict[str, Any]:
    """Theories by name."""
    if theories is None:
        return {name: make() for name, make in roster().items()}
    if isinstance(theories, Mapping):
        named = dict(theories)
    else:
        names = [str(getattr(theory, "name", type(theory).__name__)) for theory in theories]
        if len(set(names)) < len(names):
            raise ValueError(f"theories must have different names, or come as a mapping; got {', '.join(names)}")
        named = dict(zip(names, theories, strict=True))
    if not named:
        raise ValueError("theories must hold at least one theory; got none")
    for name, theory in named.items():
        if isinstance(theory, type) or not callable(getattr(theory, "learn", None)):
            raise TypeError(f"theory {name!r} must be an object with the method 'learn'; got {theory!r}")
    return named


def _all() -> list[str]:
    return list(phenomena())
