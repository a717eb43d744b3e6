"""A class of 300: whom micro wins help and whom they hurt, by how patient people are and how much they differ."""

from itertools import product
from typing import Any

import numpy as np
from scipy.stats import norm

from rpe import agents, discounting, measures, tasks
from rpe._checks import Floats, Ints
from rpe.demos.live.looks import CLASS_COLOURS, axis, chart, colours
from rpe.demos.live.page import Dataset, LivePage, Slider

_STUDENTS = 300
_MEDIANS = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
_SPREADS = (0.0, 0.5, 1.0, 1.5, 2.0)
_GOALS = (2, 5, 10, 20)
_STARTS = (0.0, 2.0, 6.0)
_TEMPERATURES = (1.0, 3.0, float("inf"))
# Rates at which people are solved exactly; a student has the nearest, within 2 %.
_SOLVED = np.geomspace(1e-5, 30.0, 400)
_BINS = np.geomspace(1e-4, 10.0, 26)


def page() -> LivePage:
    """Return the page of the class."""
    over = ("median", "spread", "n_goals", "start_cost", "beta")
    classes = _classes()  # (goals, starts, β, rates)
    who = _who()  # (medians, spreads, students)
    names = list(measures.CLASSES)
    found = np.moveaxis(classes[..., who], (3, 4), (0, 1))  # (medians, spreads, goals, starts, β, students)
    bins = np.clip(np.digitize(_SOLVED[who], _BINS) - 1, 0, len(_BINS) - 2)
    grid = found.shape[:-1]
    counts = np.zeros((*grid, len(names), len(_BINS) - 1))
    for m, s in np.ndindex(grid[:2]):
        for c, b in product(range(len(names)), range(len(_BINS) - 1)):
            counts[m, s, ..., c, b] = (found[m, s][..., bins[m, s] == b] == c).sum(axis=-1)
    totals = counts.sum(axis=-1)
    return LivePage(
        key="class",
        title="A class of 300",
        question="A teacher splits the term paper into parts with marks of their own. Who is helped, and who is hurt?",
        about=(
            "300 students who differ only in how steeply they discount (hyperbolic, ln k normal with this median and "
            "spread, at its 300 quantiles), each solved exactly with one goal and with micro wins of the same pay. "
            "Helped: work is done sooner or more often, and the student is no worse off by pay minus effort. At a "
            "loss: more work, but worse off. Changes up to 0.02 of the index or of completion, or 1 % of the budget, "
            "count as none. People differ in more than patience; a class is never this simple."
        ),
        sliders=(
            Slider("median", "median discount rate k", _MEDIANS, 0.08, "per step"),
            Slider("spread", "spread of ln k", _SPREADS, 1.0, "(standard deviation)", plays=True),
            Slider("n_goals", "number of micro wins", _GOALS, 5, "micro wins"),
            Slider("start_cost", "start-up cost", _STARTS, 2.0, "reward units"),
            Slider(
                "beta",
                "inverse temperature β",
                _TEMPERATURES,
                1.0,
                texts=["∞: always the best" if np.isinf(b) else f"{b:g} per reward unit" for b in _TEMPERATURES],
            ),
        ),
        presets={
            "The worked example": {},
            "A patient class": {"median": 0.005},
            "All alike": {"spread": 0.0},
            "Twenty parts, costly starts": {"n_goals": 20, "start_cost": 6.0},
        },
        charts={"Students by discount rate, and what micro wins do to them": _chart()},
        datasets={
            "students": Dataset(
                over,
                {
                    "low": np.tile(_BINS[:-1], len(names)),
                    "high": np.tile(_BINS[1:], len(names)),
                    "class": np.repeat(names, len(_BINS) - 1),
                },
                {"students": counts.reshape(*grid, -1)},
            )
        },
        sentences=_sentences(totals, names),
        told_by=over,
    )


def _who() -> Ints:
    """The solved rate that each student has, (n_medians, n_spreads, n_students)."""
    z = norm.ppf((np.arange(_STUDENTS) + 0.5) / _STUDENTS)
    k = np.array(_MEDIANS)[:, None, None] * np.exp(np.array(_SPREADS)[:, None] * z)
    place = np.interp(np.log(k), np.log(_SOLVED), np.arange(len(_SOLVED)))
    return np.rint(place).astype(np.int64)


def _classes() -> Ints:
    """The class, by number, (n_goals, n_starts, n_temperatures, n_rates)."""
    number = {name: i for i, name in enumerate(measures.CLASSES)}
    out = np.empty((len(_GOALS), len(_STARTS), len(_TEMPERATURES), len(_SOLVED)), dtype=np.int64)
    beta = np.repeat(_TEMPERATURES, len(_SOLVED))
    planner = agents.Planner(discounting.Hyperbolic(k=np.tile(_SOLVED, len(_TEMPERATURES))), inverse_temperature=beta)
    for s, start in enumerate(_STARTS):
        one = measures.exact(planner, tasks.monolithic(start_cost=start))
        for g, n in enumerate(_GOALS):
            many = measures.exact(planner, tasks.micro_wins(n, start_cost=start))
            found = measures.classify(one, many)
            out[g, s] = np.array([number[str(each)] for each in found]).reshape(len(_TEMPERATURES), -1)
    return out


def _sentences(totals: Floats, names: list[str]) -> Any:
    texts = np.empty(totals.shape[:-1], dtype=object)
    for at in np.ndindex(texts.shape):
        n = dict(zip(names, totals[at].astype(int), strict=True))
        texts[at] = (
            f"Of {_STUDENTS} students micro wins help {n['helps']}, change nothing for {n['no effect']}, hurt "
            f"{n['hurts']}, and make {n['works at a loss']} work at a loss; {n['rightly left alone']} rightly leave "
            "the task alone."
        )
    return texts.astype(str)


def _chart() -> dict[str, Any]:
    rate = {"type": "log", "domain": [1e-4, 10.0], "nice": False}
    encoding = {
        "x": {
            "field": "low",
            "type": "quantitative",
            "title": "discount rate k (per step)",
            "scale": rate,
            "axis": {"values": [1e-4, 1e-3, 1e-2, 0.1, 1, 10], "format": "~g"},
        },
        "x2": {"field": "high"},
        "y": axis("students", "students", 0, _STUDENTS, stack=True) | {"scale": {"nice": True}},
        "color": colours("class", CLASS_COLOURS),
    }
    return chart(
        [
            {
                "data": {"name": "students"},
                "mark": {"type": "bar", "orient": "vertical", "binSpacing": 1},
                "encoding": encoding,
            }
        ],
        280,
    )
