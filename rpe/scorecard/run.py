"""Plays theories on phenomena over several seeds and gives verdicts by fixed rules."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rpe._checks import count, flag
from rpe._parallel import Cell, Progress, evaluate
from rpe.schedules import Schedule
from rpe.scorecard.phenomena import load, phenomena
from rpe.scorecard.phenomenon import Phenomenon, Reading
from rpe.scorecard.roster import expected, published_sets, roster
from rpe.table import Table
from rpe.theories import Learned
from rpe.theories.trial_level import sharing_features

# A verdict needs this share of the seeds.
_MOST = 0.9
_BEST_FIRST = ("PASS", "MIXED", "FAIL", "N.A.", "ERROR")
DEFAULT = "default"


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
    best_published, best_published_set : str
        Best verdict of all published parameters of the theory, and their name; "default" for those
        that it has anyway. Empty if it was not asked for.
    free_parameters : int
        How many free parameters the theory states; −1 if it does not state them.
    """

    verdict: str
    effect: float
    n_passed: int
    n_seeds: int
    numbers: dict[str, float]
    error: str = ""
    best_published: str = ""
    best_published_set: str = ""
    free_parameters: int = -1


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
    titles : dict
        Titles of the phenomena by id.
    """

    theories: tuple[str, ...]
    phenomena: tuple[str, ...]
    scores: Mapping[tuple[str, str], Score]
    seed: int | None
    titles: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return str(self)

    @property
    def table(self) -> Table:
        """One row per theory and phenomenon: verdict, effect, what was expected, and all else of its score."""
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
                "best_published": [score.best_published for _, _, score in cells],
                "best_published_set": [score.best_published_set for _, _, score in cells],
                "free_parameters": [score.free_parameters for _, _, score in cells],
                "error": [score.error for _, _, score in cells],
            },
            {"seed": self.seed},
        )

    @property
    def matrix(self) -> np.ndarray:
        """The verdicts, (n_theories, n_phenomena)."""
        return np.array([[self.scores[theory, row].verdict for row in self.phenomena] for theory in self.theories])

    @property
    def letters(self) -> list[list[str]]:
        """The verdicts as `rpe.plots.scorecard_matrix` takes them, one letter each; – is not applicable."""
        return [["–" if verdict == "N.A." else str(verdict)[0] for verdict in line] for line in self.matrix]

    def differences(self) -> Table:
        """Return the rows whose verdict is not the expected one."""
        table = self.table
        known = table["expected"] != ""
        return table.where(known & (table["verdict"] != table["expected"]))

    def __str__(self) -> str:
        width = max(map(len, self.theories))
        lines = [" " * width + "  " + " ".join(self.phenomena)]
        for theory, letters in zip(self.theories, self.letters, strict=True):
            cells = [each.replace("–", "-").center(len(row)) for each, row in zip(letters, self.phenomena, strict=True)]
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
    published: bool = False,
) -> Scorecard:
    """Play theories on phenomena.

    A cell is PASS if the criterion holds on the mean of the seeds and in at least 90 % of them, FAIL
    if it fails in at least 90 %, otherwise MIXED; N.A. where the theory has no such quantity. Every
    theory sees the same schedules. A theory that breaks gives ERROR, with the message, in its own
    cell; the others are played to the end, and nothing is raised.

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
        Seed. A cell does not depend on `n_jobs`, nor on what else is played.
    n_jobs : int
        Processes; with more than one, theories must be picklable.
    progress : bool
        Whether to show a progress bar.
    published : bool
        Whether to play all published parameters of a theory too, for the best verdict of any; takes
        as many times longer.

    Returns
    -------
    Scorecard

    Raises
    ------
    TypeError
        If a theory has no `learn`, or cannot be sent to other processes.
    ValueError
        For unknown ids, or no theory.

    Examples
    --------
    >>> import rpe
    >>> card = rpe.scorecard.run([rpe.theories.RescorlaWagner()], ["A01", "B01"], n_seeds=2, rng=0)
    >>> card.table["verdict"].tolist()
    ['N.A.', 'PASS']
    """
    named, n_jobs = _named(theories), count("n_jobs", n_jobs)
    rows = [load(row) if isinstance(row, str) else row for row in (_all() if phenomena is None else phenomena)]
    seeds = _seeds(rng, rows, count("n_seeds", n_seeds))
    sets = {name: {DEFAULT: theory} | (published_sets(theory) if published else {}) for name, theory in named.items()}
    if n_jobs > 1:
        _check_picklable(named, rows)
    cells = [
        Cell((row.id, seed), _play_all, (sets, row.id if _is_own(row) else row, seed))
        for row in rows
        for seed in seeds[row.id]
    ]
    with Progress(len(cells), show=flag("progress", progress), label="scorecard") as bar:
        found = evaluate(cells, n_jobs=n_jobs, done=bar.update)
    scores = {
        (name, row.id): _stated(
            {label: _score(row, [found[row.id, seed][name, label] for seed in seeds[row.id]]) for label in sets[name]},
            theory,
            published,
        )
        for row in rows
        for name, theory in named.items()
    }
    titles = {row.id: row.title for row in rows}
    return Scorecard(tuple(named), tuple(titles), scores, rng if isinstance(rng, int) else None, titles)


def play(theory: Any, phenomenon: Phenomenon, seed: int) -> tuple[dict[str, Reading], dict[str, float]]:
    """Return the readings and the numbers of one theory on one random protocol."""
    return _learn(theory, phenomenon, _protocol(phenomenon, seed), seed)


def _protocol(phenomenon: Phenomenon, seed: int) -> Mapping[str, Schedule]:
    """Return the schedules of a phenomenon for one seed."""
    return phenomenon.schedules(np.random.default_rng(seed).spawn(2)[0])


def _learn(
    theory: Any, phenomenon: Phenomenon, schedules: Mapping[str, Schedule], seed: int
) -> tuple[dict[str, Reading], dict[str, float]]:
    rng = np.random.default_rng(seed).spawn(2)[1]
    if phenomenon.ask is not None:
        return {}, {name: float(value) for name, value in phenomenon.ask(theory, rng).items()}
    readings = {
        name: Reading(schedule, _checked(theory.learn(schedule, rng), schedule.reward.shape), theory)
        for name, schedule in schedules.items()
    }
    return readings, {name: float(value) for name, value in phenomenon.read(readings).items()}


def _play_all(
    sets: Mapping[str, Mapping[str, Any]], row: str | Phenomenon, seed: int
) -> dict[tuple[str, str], dict[str, float] | str]:
    """Let every theory learn the same protocol; one that breaks leaves a message in place of its numbers."""
    phenomenon = load(row) if isinstance(row, str) else row
    found: dict[tuple[str, str], dict[str, float] | str] = {}
    with sharing_features():
        schedules = _protocol(phenomenon, seed)
        for name, theories in sets.items():
            for label, theory in theories.items():
                try:
                    found[name, label] = _learn(theory, phenomenon, schedules, seed)[1]
                except Exception as error:
                    found[name, label] = f"{type(error).__name__}: {error}"
    return found


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


def _checked(learned: Any, shape: tuple[int, ...]) -> Learned:
    """Return what a theory learned, if it has the two signals, of the shape of the schedule."""
    for signal in ("delta", "value"):
        if not hasattr(learned, signal):
            raise TypeError(f"what learn returns must have {signal!r}; {type(learned).__name__} has not")
        found = np.asarray(getattr(learned, signal)).shape
        if len(found) != 3 or found[0] == 0 or found[1:] != shape:
            raise ValueError(f"{signal} must have shape (n_agents, {shape[0]}, {shape[1]}); got {found}")
    delta, value = (np.asarray(getattr(learned, signal), dtype=np.float64) for signal in ("delta", "value"))
    return Learned(delta, value, getattr(learned, "more", {}))


def _seeds(rng: Any, rows: Sequence[Phenomenon], n: int) -> dict[str, list[int]]:
    """Seeds of every phenomenon, which depend on its id and on nothing else that is played."""
    root = int(np.random.default_rng(rng).integers(2**63))
    streams = {row.id: np.random.SeedSequence(root, spawn_key=tuple(row.id.encode())) for row in rows}
    if len(streams) < len(rows):
        raise ValueError(f"phenomena must have different ids; got {', '.join(row.id for row in rows)}")
    return {name: stream.generate_state(n, np.uint64).tolist() for name, stream in streams.items()}


def _is_own(row: Phenomenon) -> bool:
    """Return whether a phenomenon is one of the library's, which other processes load by its id."""
    return row.id in phenomena() and load(row.id) is row


def _check_picklable(named: Mapping[str, Any], rows: Sequence[Phenomenon]) -> None:
    own = {row.id: row for row in rows if not _is_own(row)}
    for kind, things in (("theory", named), ("phenomenon", own)):
        for name, thing in things.items():
            try:
                pickle.dumps(thing)
            except Exception as error:
                raise TypeError(f"{kind} {name!r} must be picklable for n_jobs > 1; {error}") from error


def _stated(scores: Mapping[str, Score], theory: Any, published: bool) -> Score:
    """Return the score of the default parameters, with that of the best and the count of free ones."""
    free = getattr(theory, "free_parameters", None)
    score = replace(scores[DEFAULT], free_parameters=-1 if free is None else len(free))
    if not published:
        return score
    # Of equals, the first; the default comes before all others.
    best = min(scores, key=lambda label: (_BEST_FIRST.index(scores[label].verdict), -scores[label].n_passed))
    return replace(score, best_published=scores[best].verdict, best_published_set=best)


def _score(phenomenon: Phenomenon, numbers: Sequence[dict[str, float] | str]) -> Score:
    """Return the verdict on the numbers of several seeds; a theory that broke loses its own cell only."""
    for each in numbers:
        if isinstance(each, str):
            return Score("ERROR", float("nan"), 0, len(numbers), {}, each)
    return verdict_of(phenomenon, [each for each in numbers if isinstance(each, dict)])


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
