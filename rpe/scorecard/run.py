"""Runs theories on findings over several seeds and gives verdicts by fixed rules."""

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from rpe import __version__
from rpe._checks import Seed, count, flag, generator, hinting, instance, path, sequence, shown
from rpe._locks import Lock
from rpe._parallel import Cell, Progress, as_finished, evaluate, workers
from rpe.scorecard.cells import CellFile, Found, Key
from rpe.scorecard.finding import Finding, Numbers
from rpe.scorecard.protocols import Ran, run_all
from rpe.scorecard.registry import finding_ids, load, roster
from rpe.scorecard.scores import Score, Scorecard
from rpe.scorecard.statistics import verdict
from rpe.theories import Theory
from rpe.theories.protocol import free_parameters_of, name_of, published_sets

_BEST_FIRST = ("PASS", "MIXED", "FAIL", "N.A.", "ERROR")
DEFAULT = "default"


@hinting
def run(
    theories: Mapping[str, Theory] | Sequence[Theory] | None = None,
    findings: Sequence[str | Finding] | None = None,
    *,
    n_seeds: int = 10,
    rng: Seed = None,
    n_jobs: int = 1,
    progress: bool = False,
    published: bool = False,
    out: str | os.PathLike[str] | None = None,
) -> Scorecard:
    """Run theories on the protocols of findings.

    A cell is PASS if the criterion holds on the mean of the seeds and in at least 90 % of them, FAIL
    if it fails in at least 90 %, otherwise MIXED; N.A. where the theory has no such quantity. Every
    theory sees the same schedules. A theory that breaks gives ERROR, with the message, in its own
    cell; the others are run to the end, and nothing is raised.

    Parameters
    ----------
    theories : sequence of theories, or mapping of names to theories, optional
        Anything with `learn(schedule, rng)` that returns `delta` and `value` of shape (n_agents,
        n_trials, n_steps), see `rpe.theories.Theory`; all of the roster by default.
    findings : sequence of str or Finding, optional
        Ids such as "A01", names such as "blocking", paths of Python files that define FINDING, or findings of your
        own; all by default.
    n_seeds : int
        Random schedules for each finding.
    rng : int, numpy.random.Generator, numpy.random.SeedSequence or None
        Seed. A cell does not depend on `n_jobs`, nor on what else is run.
    n_jobs : int
        Processes; with more than one, theories must be picklable.
    progress : bool
        Whether to show a progress bar.
    published : bool
        Whether to run all published parameters of a theory too, for the best verdict of any; takes
        as many times longer.
    out : path, optional
        File that takes every protocol's results as soon as they are known (`rpe.scorecard.cells.CellFile`). If it
        exists, the run goes on from there; the file and the scorecard are in the end the same to the byte.

    Returns
    -------
    Scorecard

    Raises
    ------
    TypeError
        If a theory has no `learn`, or cannot be sent to other processes.
    ValueError
        For unknown ids, no theory, or a file of another run.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import rpe
    >>> card = rpe.scorecard.run([rpe.theories.RescorlaWagner()], ["cue_shift", "B01"], n_seeds=2, rng=0)
    >>> card.table["verdict"].tolist()
    ['N.A.', 'PASS']
    """
    named, n_jobs = _named(theories), count("n_jobs", n_jobs)
    flag("published", published)
    out = None if out is None else path("out", out)
    asked = _asked(findings)
    rows = [load(row) if isinstance(row, str) else row for row in asked]
    seeds = _seeds(rng, rows, count("n_seeds", n_seeds))
    sets = {name: {DEFAULT: theory} | (published_sets(theory) if published else {}) for name, theory in named.items()}
    # Other processes load a finding themselves where they can.
    sent = [
        each if isinstance(each, str) else row.id if _is_own(row) else row
        for each, row in zip(asked, rows, strict=True)
    ]
    if n_jobs > 1:
        _check_picklable(named, [each for each in sent if isinstance(each, Finding)])
    work = [(row.id, each, seeds[row.id]) for each, row in zip(sent, rows, strict=True)]
    n_cells = sum(len(each) for each in seeds.values())
    with Progress(n_cells, show=flag("progress", progress), label="scorecard") as bar:
        if out is None:
            found = _found(sets, work, lambda cells: evaluate(cells, n_jobs=n_jobs, done=bar.update))
        else:
            with _held(out):
                file = CellFile(out, _identity(sets, rows, seeds))
                found = _found(sets, work, lambda cells: _evaluate(cells, n_jobs, file, bar))
                file.finish([(name, seed) for name, _, each in work for seed in each])
    scores = {
        (name, row.id): _stated(
            {label: _score(row, [found[row.id, seed][name, label] for seed in seeds[row.id]]) for label in sets[name]},
            theory,
            row.expected(name),
            published,
        )
        for row in rows
        for name, theory in named.items()
    }
    facts = {row.id: row.facts for row in rows}
    return Scorecard(tuple(named), tuple(facts), scores, rng if isinstance(rng, int) else None, facts)


@contextmanager
def _held(out: Path) -> Iterator[None]:
    """Hold a file of cells alone; say what is kept where the work is interrupted."""
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = Lock(out.with_name(f"{out.name}.lock"))
    except BlockingIOError as error:
        raise ValueError(f"out must hold cells of the same run; another run works on {str(out)!r}") from error
    try:
        yield
    except (KeyboardInterrupt, BrokenExecutor) as error:
        why = f"{error}; " if str(error) else ""
        raise type(error)(f"{why}finished cells are kept in {out}; the same command goes on from there") from error
    finally:
        lock.close()


def _found(
    sets: Mapping[str, Mapping[str, Theory]],
    work: Sequence[tuple[str, str | Finding, Sequence[int]]],
    done: Callable[[Sequence[Cell]], Mapping[Key, Ran]],
) -> dict[Key, Found]:
    """Return the results of all findings, each given with its id and seeds.

    The first seed of each comes first: a theory that draws nothing at random, on a protocol that is the same for
    another seed, does the same again.
    """
    firsts = done([Cell((name, seeds[0]), run_all, (sets, row, seeds[0])) for name, row, seeds in work])
    others = done(
        [
            Cell((name, seed), run_all, (sets, row, seed, firsts[name, seeds[0]]))
            for name, row, seeds in work
            for seed in seeds[1:]
        ]
    )
    return {key: ran.found for key, ran in {**firsts, **others}.items()}


def _evaluate(cells: Sequence[Cell], n_jobs: int, file: CellFile, bar: Progress) -> dict[Key, Ran]:
    """Return the results of cells, those of the file without doing them again."""
    # How the cells of a file came about is not known.
    ran = {cell.key: Ran(file.known[cell.key], "", set()) for cell in cells if cell.key in file.known}
    bar.update(len(ran))
    left = [cell for cell in cells if cell.key not in ran]
    with workers(n_jobs) as executor, closing(as_finished(left, executor)) as finished:
        for cell, result in finished:
            ran[cell.key] = result()
            file.add(cell.key, ran[cell.key].found)
            bar.update()
    return ran


def _identity(
    sets: Mapping[str, Mapping[str, Theory]], rows: Sequence[Finding], seeds: Mapping[str, Sequence[int]]
) -> dict[str, object]:
    """What makes the results of a run: the library, the theories with all parameters, the findings and their seeds."""
    return {
        "version": __version__,
        "theories": {name: {label: repr(theory) for label, theory in each.items()} for name, each in sets.items()},
        "findings": {row.id: {**row.facts, "seeds": list(seeds[row.id])} for row in rows},
    }


def _seeds(rng: Seed, rows: Sequence[Finding], n: int) -> dict[str, list[int]]:
    """Seeds of every finding, which depend on its id and on nothing else that is run."""
    root = int(generator(rng).integers(2**63))
    streams = {row.id: np.random.SeedSequence(root, spawn_key=tuple(row.id.encode())) for row in rows}
    if len(streams) < len(rows):
        raise ValueError(f"findings must have different ids; got {', '.join(row.id for row in rows)}")
    return {name: stream.generate_state(n, np.uint64).tolist() for name, stream in streams.items()}


def _is_own(row: Finding) -> bool:
    """Return whether a finding is one of the library's, which other processes load by its id."""
    return row.id in finding_ids() and load(row.id) is row


def _check_picklable(named: Mapping[str, Theory], rows: Sequence[Finding]) -> None:
    own = {row.id: row for row in rows}
    for kind, things in (("theory", named), ("finding", own)):
        for name, thing in things.items():
            try:
                pickle.dumps(thing)
            except Exception as error:
                raise TypeError(f"{kind} {name!r} must be picklable for n_jobs > 1; {error}") from error


def _stated(scores: Mapping[str, Score], theory: Theory, expected: str, published: bool) -> Score:
    """Return the score of the default parameters, with that of the best and the count of free ones."""
    free = free_parameters_of(theory)
    score = replace(scores[DEFAULT], free_parameters=-1 if free is None else len(free), expected=expected)
    if not published:
        return score
    # Of equals, the first; the default comes before all others.
    best = min(scores, key=lambda label: (_BEST_FIRST.index(scores[label].verdict), -scores[label].n_passed))
    return replace(score, best_published=scores[best].verdict, best_published_set=best)


def _score(finding: Finding, numbers: Sequence[Numbers | str]) -> Score:
    """Return the verdict on the numbers of several seeds; a theory that broke loses its own cell only."""
    for each in numbers:
        if isinstance(each, str):
            return Score("ERROR", float("nan"), 0, len(numbers), {}, each)
    return verdict(finding, [each for each in numbers if isinstance(each, dict)])


def _asked(findings: Sequence[str | Finding] | None) -> Sequence[str | Finding]:
    if findings is None:
        return finding_ids()
    return [
        row if isinstance(row, str) else instance("findings", row, Finding) for row in sequence("findings", findings)
    ]


def _named(theories: Mapping[str, Theory] | Sequence[Theory] | None) -> dict[str, Theory]:
    """Theories by name."""
    if theories is None:
        return {name: make() for name, make in roster().items()}
    if isinstance(theories, Mapping):
        named = dict(theories)
    else:
        given = sequence("theories", theories)
        names = [name_of(theory) for theory in given]
        if len(set(names)) < len(names):
            raise ValueError(f"theories must have different names, or come as a mapping; got {', '.join(names)}")
        named = dict(zip(names, given, strict=True))
    if not named:
        raise ValueError("theories must hold at least one theory; got none")
    for name, theory in named.items():
        if isinstance(theory, type) or not callable(getattr(theory, "learn", None)):
            raise TypeError(f"theories must hold objects with the method 'learn'; {name!r} is {shown(theory)}")
    return named
