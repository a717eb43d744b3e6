"""Cells over processes: one result whatever the number of processes; a failing cell is heard, the rest is dropped."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from rpe import _parallel
from rpe._parallel import Cell, Progress, as_finished, evaluate, workers


def later(seconds, seen):
    time.sleep(seconds)
    seen.append(seconds)
    return seconds


def test_results_come_in_the_order_given_whoever_is_first(monkeypatch):
    cells = [Cell(i, pow, (i, 2)) for i in (3, 1, 2)]
    counted = []
    assert list(evaluate(cells, done=lambda: counted.append(1)).items()) == [(3, 9), (1, 1), (2, 4)]
    assert list(evaluate(cells, n_jobs=2).items()) == [(3, 9), (1, 1), (2, 4)]
    assert len(counted) == 3
    monkeypatch.setattr(_parallel, "workers", ThreadPoolExecutor)
    late = [Cell(seconds, later, (seconds, [])) for seconds in (0.3, 0.01)]
    assert list(evaluate(late, n_jobs=2)) == [0.3, 0.01]


def test_cells_are_yielded_as_they_finish():
    seen = []
    cells = [Cell(seconds, later, (seconds, seen)) for seconds in (0.3, 0.01)]
    with ThreadPoolExecutor(2) as threads:
        assert [(cell.key, result()) for cell, result in as_finished(cells, threads)] == [(0.01, 0.01), (0.3, 0.3)]


def test_no_more_than_needed_is_taken_ahead(monkeypatch):
    """Cells are made while others run, so that a long list need not fit in memory."""
    monkeypatch.setattr("rpe._parallel._AHEAD", 64)
    taken = []

    def cells():
        for i in range(1000):
            taken.append(i)
            yield Cell(i, abs, (i,))

    with ThreadPoolExecutor(1) as threads, closing(as_finished(cells(), threads)) as finished:
        next(finished)
        assert len(taken) <= 65


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_failing_cell_is_heard(n_jobs):
    with pytest.raises(ZeroDivisionError):
        evaluate([Cell(0, divmod, (1, 0))], n_jobs=n_jobs)


def test_what_has_not_begun_is_dropped_when_a_cell_fails():
    seen = []
    cells = [Cell(0, divmod, (1, 0)), *(Cell(i, later, (0.05, seen)) for i in range(1, 40))]
    with ThreadPoolExecutor(1) as threads, closing(as_finished(cells, threads)) as finished:
        _, result = next(finished)
        with pytest.raises(ZeroDivisionError):
            result()
    assert len(seen) < len(cells) - 1


@pytest.mark.parametrize(("n_jobs", "error"), [(0, ValueError), (1.5, TypeError), (True, TypeError)])
def test_bad_numbers_of_processes(n_jobs, error):
    with pytest.raises(error, match="n_jobs must be"):
        workers(n_jobs)


def test_the_bar_counts(capsys):
    with Progress(5, show=True, label="cells") as bar:
        bar.update(3)
        bar.update()
    assert "cells" in capsys.readouterr().err
    with Progress(5, show=False) as bar:
        bar.update()
    assert capsys.readouterr().err == ""
