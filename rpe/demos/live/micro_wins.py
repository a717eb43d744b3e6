"""Micro wins or one goal: when work is done, and what it is worth, for one person, exactly."""

from itertools import product
from typing import Any

import numpy as np

from rpe import agents, discounting, measures, tasks
from rpe.demos.live.looks import INK, MICRO_WINS, ONE_GOAL, axis, chart, colours, dashes, rule
from rpe.demos.live.page import Dataset, LivePage, Slider

_RATES = (0.001, 0.003, 0.01, 0.02, 0.04, 0.06, 0.08, 0.12, 0.2, 0.4, 1.0)
_TEMPERATURES = (0.3, 1.0, 3.0, 10.0, float("inf"))
_GOALS = (2, 4, 5, 10, 20)
_STARTS = (0.0, 2.0, 6.0)
# What the two arms have in common, how a task has it, and the yardstick that does not know better beforehand.
_PAY = {
    "the same sum of pay": ("pay", "undiscounted"),
    "the same value at the outset": ("present_value", "today's self"),
}
_ARMS = {"one goal": ONE_GOAL, "micro wins": MICRO_WINS}
_WORTH = {"undiscounted": "pay minus effort", "today's self": "… discounted from the outset"}
_PARTS = {"done late": 1.0, "never done": 0.45}
_STEPS = 60
_VERDICTS = {
    "helps": "Micro wins help here: work is done sooner or more often, and the person is no worse off",
    "works at a loss": "Here micro wins get work done that is not worth it: the person works at a loss",
    "no effect": "Micro wins change nothing here",
    "hurts": "Micro wins hurt here",
    "rightly left alone": "The task is not worth doing here, and it is left alone",
}


def page() -> LivePage:
    """Return the page of micro wins."""
    over = ("n_goals", "start_cost", "pay", "k", "beta")
    grid = (len(_GOALS), len(_STARTS), len(_PAY), len(_RATES), len(_TEMPERATURES))
    curves, delays, worths = np.empty((*grid, 2 * (_STEPS + 1))), np.empty((*grid, 4)), np.empty((*grid, 4))
    sentences = np.empty(grid, dtype=object)
    for (s, start), (r, k) in product(enumerate(_STARTS), enumerate(_RATES)):
        shape = discounting.Hyperbolic(k=k)
        planner = agents.Planner(shape, inverse_temperature=np.array(_TEMPERATURES))
        one = measures.exact(planner, tasks.monolithic(start_cost=start))
        for (g, n), (p, (matching, by)) in product(enumerate(_GOALS), enumerate(_PAY.values())):
            task = tasks.micro_wins(n, start_cost=start, matching=matching, discounting=shape)
            many, at = measures.exact(planner, task), (g, s, p, r)
            curves[at] = np.concatenate([one.share_done, many.share_done], axis=-1)
            delays[at] = np.stack([one.delay, one.undone, many.delay, many.undone], axis=-1)
            worth = [measures.welfare(arm, by=each, discounting=shape) for each in _WORTH for arm in (one, many)]
            worths[at] = np.stack(worth, axis=-1)
            sentences[at] = _said(one, many, measures.classify(one, many, by=by, discounting=shape))
    times = np.arange(_STEPS + 1)
    return LivePage(
        key="micro-wins",
        title="Micro wins or one goal",
        question="Twenty units of work, sixty steps of time: is it better to be paid in parts?",
        about=(
            "An exact solution of one person who discounts hyperbolically, D = 1/(1 + kτ), plans by what the present "
            "self wants, and chooses by a softmax (β = ∞ always takes the best). In each step the person works "
            "(effort 1) or does something else (worth 2). The budget is 100. A start-up cost is due whenever work "
            "begins again. “The same value at the outset” shrinks early pay until working without a stop is worth as "
            "much as with one goal. Welfare is judged without discounting for the same pay, and as the person values "
            "it at the outset for the same value."
        ),
        sliders=(
            Slider("k", "discount rate k", _RATES, 0.08, "per step"),
            Slider("n_goals", "number of micro wins", _GOALS, 5, "micro wins", plays=True),
            Slider("beta", "inverse temperature β", _TEMPERATURES, 1.0, texts=_betas()),
            Slider("start_cost", "start-up cost", _STARTS, 2.0, "reward units"),
            Slider("pay", "both arms have", tuple(_PAY), next(iter(_PAY))),
        ),
        presets={
            "The worked example": {},
            "Someone patient": {"k": 0.003},
            "No noise, same value": {"beta": float("inf"), "pay": "the same value at the outset"},
            "Twenty wins, costly starts": {"n_goals": 20, "start_cost": 6.0, "k": 0.02},
        },
        charts={
            "Share of the work that is done": _work(),
            "Procrastination index: units done late, and never done": _index(),
            "Welfare (reward units)": _worth(min(0.0, float(worths.min())), float(worths.max())),
        },
        datasets={
            "work": Dataset(
                over, {"time": np.tile(times, 2), "arm": np.repeat(list(_ARMS), times.size)}, {"y": curves}
            ),
            "delay": Dataset(over, {"arm": np.repeat(list(_ARMS), 2), "part": list(_PARTS) * 2}, {"y": delays}),
            "worth": Dataset(
                over, {"arm": list(_ARMS) * 2, "what": np.repeat(list(_WORTH.values()), 2)}, {"y": worths}
            ),
        },
        sentences=sentences.astype(str),
        told_by=over,
    )


def _said(one: measures.Exact, many: measures.Exact, classes: Any) -> list[str]:
    """One sentence an agent: the verdict, then delay and completion with the numbers."""
    said = []
    for b, each in enumerate(classes):
        index = [_number(found.procrastination_index[b]) for found in (one, many)]
        done = [f"{100 * found.completion_probability[b]:.0f} %" for found in (one, many)]
        said.append(
            f"{_VERDICTS[str(each)]}. Procrastination index, from 0 (all at once) to 1 (nothing done): one goal "
            f"{index[0]}, micro wins {index[1]}. Finished in time: {done[0]} and {done[1]}."
        )
    return said


def _number(value: float) -> str:
    return f"{value:.2f}"


def _betas() -> tuple[str, ...]:
    return tuple("∞: always the best" if np.isinf(beta) else f"{beta:g} per reward unit" for beta in _TEMPERATURES)


def _work() -> dict[str, Any]:
    line = {"type": "line", "strokeWidth": 3}
    encoding = {
        "x": axis("time", "time (steps)", 0, _STEPS),
        "y": axis("y", "share of units done", 0, 1),
        "color": colours("arm", _ARMS),
        "strokeDash": dashes("arm", list(_ARMS)),
    }
    return chart([{"data": {"name": "work"}, "mark": line, "encoding": encoding}])


def _index() -> dict[str, Any]:
    encoding = {
        "x": axis("y", "procrastination index", 0, 1, stack=True),
        "y": {"field": "arm", "type": "nominal", "title": None, "sort": list(_ARMS)},
        "color": colours("arm", _ARMS) | {"legend": None},
        "opacity": {
            "field": "part",
            "type": "ordinal",
            "sort": list(_PARTS),
            "title": None,
            "scale": {"domain": list(_PARTS), "range": list(_PARTS.values())},
            "legend": {"orient": "top", "symbolFillColor": INK},
        },
        "order": {"field": "part"},
    }
    return chart([{"data": {"name": "delay"}, "mark": {"type": "bar"}, "encoding": encoding}], height=140)


def _worth(low: float, high: float) -> dict[str, Any]:
    encoding = {
        "x": axis("y", "welfare (reward units)", low, high),
        "y": {
            "field": "what",
            "type": "nominal",
            "title": None,
            "sort": list(_WORTH.values()),
            "axis": {"labelLimit": 220},
        },
        "yOffset": {"field": "arm", "type": "nominal", "sort": list(_ARMS)},
        "color": colours("arm", _ARMS),
    }
    bars = {"data": {"name": "worth"}, "mark": {"type": "bar"}, "encoding": encoding}
    return chart([bars, *rule(0.0)], height=170)
