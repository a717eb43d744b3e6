"""Responses of theories in the experiments: one order of trials a cell, over processes, streamed to a file."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing

import numpy as np

from rpe import __version__
from rpe._checks import Floats
from rpe._parallel import Cell, Progress, as_finished, workers
from rpe.scorecard.animals.data import Experiment, load
from rpe.scorecard.cells import CellFile, Found, Key
from rpe.theories import Theory
from rpe.theories._trial_level import SharedSchedule

Sets = Mapping[str, Mapping[str, Theory]]
# Responses at the points of an experiment, (n_orders, n_points), or what broke them, by set of parameters.
Responses = dict[str, Floats | str]
DEFAULT = "default"


def respond(
    sets: Sets,
    experiments: Sequence[Experiment],
    how: Mapping[str, str],
    *,
    n_orders: int,
    root: int,
    n_jobs: int,
    progress: bool,
    out: str | os.PathLike[str] | None,
) -> dict[str, dict[tuple[str, str], Floats | str]]:
    """Run all sets of parameters on all experiments; the result does not depend on processes and interruptions.

    Parameters
    ----------
    sets : mapping
        Theories by name and label of their parameters.
    experiments : sequence of Experiment
    how : mapping
        `order` and `contexts`, as in `Group.schedule`.
    n_orders, root : int
        Orders of trials, and the seed of all.
    n_jobs, progress, out
        As in `compare`.
    """
    orders = {each.id: _different(each, how, root, n_orders) for each in experiments}
    cells = [
        Cell((each.id, order), _one_order, (sets, each.id, dict(how), root, order))
        for each in experiments
        for order in range(orders[each.id])
    ]
    file = None if out is None else CellFile(out, _identity(sets, orders, how, root))
    found: dict[Key, Found] = {} if file is None else dict(file.known)
    left = [cell for cell in cells if cell.key not in found]
    with (
        Progress(len(cells), show=progress, label="animal data") as bar,
        workers(n_jobs) as executor,
        closing(as_finished(left, executor)) as finished,
    ):
        bar.update(len(found))
        for cell, result in finished:
            found[cell.key] = result()
            if file is not None:
                file.add(cell.key, found[cell.key])
            bar.update()
    if file is not None:
        file.finish([cell.key for cell in cells])
    return {each.id: _gathered([found[each.id, order] for order in range(orders[each.id])]) for each in experiments}


def _identity(sets: Sets, orders: Mapping[str, int], how: Mapping[str, str], root: int) -> dict[str, object]:
    """What makes the responses of a run: the library, theories with all parameters, experiments and orders."""
    return {
        "version": __version__,
        "theories": {name: {label: repr(theory) for label, theory in each.items()} for name, each in sets.items()},
        "experiments": dict(orders),
        "seed": root,
        **how,
    }


def _schedules(
    experiment: Experiment, how: Mapping[str, str], root: int, order: int
) -> tuple[dict[str, SharedSchedule], np.random.Generator]:
    """The schedule of every group in one order of trials, and the stream that theories draw from."""
    seeds = np.random.SeedSequence(root, spawn_key=tuple(experiment.id.encode())).spawn(order + 1)
    streams = np.random.default_rng(seeds[order]).spawn(len(experiment.groups) + 1)
    schedules = {
        group.name: SharedSchedule.of(group.schedule(**how, rng=stream))
        for group, stream in zip(experiment.groups, streams[1:], strict=True)
    }
    return schedules, streams[0]


def _different(experiment: Experiment, how: Mapping[str, str], root: int, n: int) -> int:
    """How many orders there are before one comes back; 1 where nothing is random."""
    first, _ = _schedules(experiment, how, root, 0)
    for order in range(1, n):
        other, _ = _schedules(experiment, how, root, order)
        if all(_same(first[name], other[name]) for name in first):
            return order
    return n


def _same(one: SharedSchedule, other: SharedSchedule) -> bool:
    return np.array_equal(one.level, other.level) and np.array_equal(one.reward, other.reward)


def _one_order(sets: Sets, name: str, how: Mapping[str, str], root: int, order: int) -> Found:
    """What every theory answers in one order; one that breaks leaves a message."""
    experiment, found = load(name), Found()
    schedules, stream = _schedules(experiment, how, root, order)
    seed = int(stream.integers(2**63))
    for theory_name, theories in sets.items():
        for label, theory in theories.items():
            rng = np.random.default_rng(seed)
            try:
                values = {group: theory.learn(s, rng).value for group, s in schedules.items()}
                answers = experiment.responses(values, schedules).tolist()
                found[theory_name, label] = {str(place): answer for place, answer in enumerate(answers)}
            except Exception as error:
                found[theory_name, label] = f"{type(error).__name__}: {error}"
    return found


def _gathered(cells: Sequence[Found]) -> dict[tuple[str, str], Floats | str]:
    """Responses over orders; a theory that broke in any of them has only its message."""
    gathered: dict[tuple[str, str], Floats | str] = {}
    for key in cells[0]:
        each = [cell[key] for cell in cells]
        broken = [answer for answer in each if isinstance(answer, str)]
        rows = [list(answer.values()) for answer in each if isinstance(answer, dict)]
        gathered[key] = broken[0] if broken else np.array(rows)
    return gathered
