"""The figures of the main experiment."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe import measures, plots
from rpe.experiments.micro_wins import family, random_tasks
from rpe.experiments.micro_wins.arms import ARMS, YARDSTICK
from rpe.experiments.micro_wins.example import DISCOUNTING
from rpe.experiments.micro_wins.learned import CHANCES, CREDIT_TRACES
from rpe.experiments.micro_wins.run import Result

_KT = "discount rate × horizon kT"
_RATIO = "cost ratio N(e + d)/R"
_NAMES = {
    "shape": "discounting",
    "matching": "matched at",
    "kT": "kT",
    "inverse_temperature": "β",
    "self_knowledge": "self",
    "n_goals": "goals",
    "cost_ratio": "cost ratio",
    "pay": "paid at",
    "success_probability": "success",
}


def figures(result: Result) -> dict[str, Figure]:
    """Return the figures by the suffix of their file's name.

    "" is the specification curve of the family; "sensitivity" says what the effect depends on;
    "tasks" are the random tasks; "example", "momentum", "learning" and "payout" are the worked example.
    """
    return {
        "": _family(result),
        "sensitivity": _sensitivity(result),
        "tasks": _tasks(result),
        "example": _example(result),
        "momentum": _momentum(result),
        "learning": _learning(result),
        "payout": _payout(result),
    }


def _panels(rows: int, columns: int = 2, height: float = 2.9, **edges: float) -> tuple[Figure, Any]:
    """A page-wide figure of panels; drawn without pyplot, so that nothing stays open."""
    whole = height * rows
    figure = Figure(figsize=(8.6, whole))
    figure.set_layout_engine("none")
    # Fixed places, as the names beside the curves would make an automatic layout shrink the panels.
    places = {"left": 0.1, "right": 0.86, "top": 1 - 0.5 / whole, "bottom": 0.5 / whole, "wspace": 0.75, "hspace": 0.55}
    axes = figure.add_gridspec(rows, columns, **(places | edges)).subplots()
    return figure, axes


def _title(ax: Axes, letter: str, text: str, pad: float = 6.0) -> None:
    ax.set_title(f"{letter}  {text}", pad=pad)


def _family(result: Result) -> Figure:
    with plots.style():
        figure, axes = _panels(1, height=7.4, left=0.14, right=0.9, top=0.95, bottom=0.74, wspace=0.75)
        for letter, ax, arm in zip("ab", axes, family.SPLIT, strict=True):
            chosen = result.family.where((result.family["arm"] == arm) & (result.family["shape"] != "none"))
            varied = [name for name, levels in family.factor_levels(result.settings).items() if len(levels) > 1]
            factors = {_NAMES[name]: chosen[name].tolist() for name in varied}
            plots.specification_curve(chosen["effect"], factors, null=measures.Thresholds().index, ax=ax)
            _title(ax, letter, f"{arm}: {chosen.n_rows:,} settings of discounters")
    return figure


def _sensitivity(result: Result) -> Figure:
    with plots.style():
        figure = Figure(figsize=(5.4, 2.8), layout="constrained")
        ax = figure.subplots()
        values = np.array([result.sensitivity[arm] for arm in family.SPLIT])
        names = [_NAMES[name].replace(" ", "\n") for name in family.FACTORS]
        plots.bars(names, values, labels=list(family.SPLIT), ylabel="total-order Sobol index S_T", ax=ax)
        ax.set_title("What the change of the index depends on")
    return figure


def _tasks(result: Result) -> Figure:
    with plots.style():
        figure, axes = _panels(2, height=3.5, hspace=0.85, wspace=0.3, right=0.97, top=0.85)
        patient = result.tasks["shape"] == "none"
        for row, arm in enumerate(family.SPLIT):
            for column, shape in enumerate(random_tasks.SHAPES[:2]):
                chosen = result.tasks.where((result.tasks["arm"] == arm) & ((result.tasks["shape"] == shape) | patient))
                plots.class_map(
                    chosen["kT"],
                    chosen["cost_ratio"],
                    chosen["class"].tolist(),
                    measures.CLASSES,
                    x_label=_KT,
                    y_label=_RATIO,
                    zero_label="γ = 1",
                    ax=axes[row, column],
                )
                letter = "abcd"[2 * row + column]
                _title(axes[row, column], letter, f"{arm}, {shape}\n    welfare: {YARDSTICK[arm]}", pad=44)
    return figure


def _example(result: Result) -> Figure:
    settings = result.settings
    with plots.style():
        figure, axes = _panels(3)
        curves = [result.example.curves[arm, "hyperbolic", "naive"].share_done[0] for arm in ARMS[:3]]
        plots.procrastination_curve(np.array(curves), labels=list(ARMS[:3]), goals=_goal_shares(result), ax=axes[0, 0])
        _title(axes[0, 0], "a", f"Worked example: k = {settings.k:g}, β = {settings.inverse_temperature:g}")
        index = [[_index(result, arm, shape) for shape in DISCOUNTING] for arm in ARMS]
        plots.comparison(np.array(index), rows=list(ARMS), columns=list(DISCOUNTING), ax=axes[0, 1])
        _title(axes[0, 1], "b", f"Six arms, three ways to discount (β = {settings.inverse_temperature:g})", pad=18)
        kt = result.column("kT", "discount rate", arm=ARMS[0])
        rates = np.array([result.column("procrastination_index", "discount rate", arm=arm) for arm in ARMS[:3]])
        plots.parameter_sweep(kt, rates, labels=list(ARMS[:3]), parameter=_KT, log=True, ax=axes[1, 0])
        _title(axes[1, 0], "c", "From patience to urgency")
        x, y, effect = _grid(result)
        plots.effect_map(
            x, y, effect, x_label=_KT, y_label=_RATIO, null=measures.Thresholds().index, log_x=True, ax=axes[1, 1]
        )
        _title(axes[1, 1], "d", "Equal pay: fall of the index")
        _temperatures(result, axes[2, 0])
        _title(axes[2, 0], "e", "One goal and two splits, by noise")
        _number_of_goals(result, axes[2, 1])
        _title(axes[2, 1], "f", "More goals are not always better", pad=26)
    return figure


def _temperatures(result: Result, ax: Axes) -> None:
    """The index by inverse temperature as bars, as infinity has no place on an axis."""
    levels = result.settings.temperatures
    names = ["greedy" if np.isinf(beta) else f"β = {beta:g}" for beta in levels]
    values = [result.column("procrastination_index", "temperature", arm=arm, shape="hyperbolic") for arm in ARMS[:3]]
    plots.bars(names, np.array(values), labels=list(ARMS[:3]), ylabel="procrastination index", ax=ax)


def _number_of_goals(result: Result, ax: Axes) -> None:
    lines = [result.select("number of goals", overhead=cost) for cost in (0.0, 2.0)]
    index, completion = (
        np.array([[line[name] for line in part] for part in lines])
        for name in ("procrastination_index", "completion_probability")
    )
    labels = ["free sub-goals", "sub-goals that cost"]
    plots.goal_sweep([line["n_goals"] for line in lines[0]], index, completion=completion, labels=labels, ax=ax)


def _momentum(result: Result) -> Figure:
    cost = result.settings.start_cost
    arms = ARMS[:2]
    with plots.style():
        figure, axes = _panels(2)
        curves = [result.example.curves[arm, "hyperbolic", "naive"].work_probability[0] for arm in arms]
        plots.work_by_unit(np.array(curves), goals=_goal_units(result), labels=list(arms), ax=axes[0, 0])
        _title(axes[0, 0], "a", "Worked example, by progress")
        keys = list(result.example.sampled)
        lines = [result.select("momentum", arm=arm, start_cost=c)[0] for arm, c in keys]
        values = np.array([[line["momentum"] for line in lines], [line["raw_difference"] for line in lines]])
        names = [f"{arm},\nstart {c:g}" for arm, c in keys]
        labels = ["same time and progress", "raw, with trend"]
        plots.bars(names, values, labels=labels, ylabel="P(work | work) − P(work | not)", ax=axes[0, 1])
        axes[0, 1].tick_params(axis="x", labelsize=5.5)
        _title(axes[0, 1], "b", "Right after work")
        streaks = [result.example.sampled[arm, cost][0] for arm in arms]
        plots.work_by_streak(
            np.array([rate.probability[:15] for rate in streaks]),
            count=np.array([rate.offered.sum(axis=0)[:15] for rate in streaks]),
            labels=list(arms),
            ax=axes[1, 0],
        )
        _title(axes[1, 0], "c", "By streak (sampled)")
        since = result.example.sampled[arms[1], cost][1]
        counts = since.offered.sum(axis=0)[:15]
        if counts.any():
            plots.work_by_streak(
                since.probability[:15], since="sub-goal", count=counts, labels=[arms[1]], ax=axes[1, 1]
            )
            _title(axes[1, 1], "d", "After a sub-goal (sampled)")
        else:
            axes[1, 1].set_axis_off()
            axes[1, 1].text(0.5, 0.5, "no sub-goal was reached", ha="center")
    return figure


def _learning(result: Result) -> Figure:
    with plots.style():
        figure, axes = _panels(2, left=0.16)
        shown = [(shape, agent) for shape in DISCOUNTING for agent in ("exact", "learned")]
        table = [[_reached(result, arm, shape, agent) for shape, agent in shown] for arm in ARMS]
        plots.comparison(np.array(table), rows=list(ARMS), columns=shown, form="table", ax=axes[0, 0])
        _title(axes[0, 0], "a", "Exact, if sophisticated, and learned", pad=28)
        trials = result.column("trial", "learning curve", arm=ARMS[0], shape="hyperbolic")
        index = [result.column("procrastination_index", "learning curve", arm=a, shape="hyperbolic") for a in ARMS[:3]]
        plots.parameter_sweep(
            trials, np.array(index), labels=list(ARMS[:3]), parameter="trial", log=True, ax=axes[0, 1]
        )
        _title(axes[0, 1], "b", "Learning under hyperbolic discounting")
        lines = {t: result.select("credit", trace_decay=t) for t in CREDIT_TRACES}
        plots.goal_sweep(
            [line["n_goals"] for line in lines[CREDIT_TRACES[0]]],
            np.array([[line["procrastination_index"] for line in lines[t]] for t in CREDIT_TRACES]),
            labels=[f"λ = {t:g}" for t in CREDIT_TRACES],
            mark_minimum=False,
            ax=axes[1, 0],
        )
        _title(axes[1, 0], "c", "Credit assignment: no discounting")
        _errors(result, axes[1, 1])
        _title(axes[1, 1], "d", "Errors at sub-goals")
    return figure


def _errors(result: Result, ax: Axes) -> None:
    for chance, color, label in zip(CHANCES, plots.PALETTE, ("certain", "p = 0.7"), strict=False):
        lines = result.select("error curve", success_probability=chance)
        ax.plot([line["trial"] for line in lines], [line["error"] for line in lines], color=color, label=label)
    ax.set_xscale("log")
    ax.set_xlabel("trial")
    ax.set_ylabel("error at sub-goals (reward units)")
    ax.legend(frameon=False)


def _payout(result: Result) -> Figure:
    one = _index(result, ARMS[0], "hyperbolic")
    with plots.style():
        figure, axes = _panels(1)
        lines = result.select("tilt of pay", shape="hyperbolic")
        tilt, index, completion = (
            np.array([line[name] for line in lines])
            for name in ("tilt", "procrastination_index", "completion_probability")
        )
        plots.parameter_sweep(
            tilt,
            np.array([index, completion, np.full(tilt.size, one)]),
            labels=["procrastination index", "completed", "index, one goal"],
            quantity="index, probability (0–1)",
            parameter="tilt of pay (late < 0 < early)",
            ax=axes[0],
        )
        _title(axes[0], "a", "Worked example: when the pay comes")
        pays = ("completion", "deadline")
        shares = result.column("share", "share moved", pay=pays[0])
        plots.parameter_sweep(
            shares,
            np.array([result.column("procrastination_index", "share moved", pay=pay) for pay in pays]),
            labels=[f"paid at {pay}" for pay in pays],
            parameter="share of the budget moved to sub-goals φ",
            ax=axes[1],
        )
        _title(axes[1], "b", "How much of the budget moves")
    return figure


def _grid(result: Result) -> tuple[Any, Any, Any]:
    """The map over discount rate and cost ratio as axes and a matrix."""
    kt, ratio, effect = (result.column(name, "cost ratio") for name in ("kT", "cost_ratio", "effect"))
    horizons, ratios = np.unique(kt), np.unique(ratio)
    return horizons, ratios, effect.reshape(ratios.size, horizons.size)


def _index(result: Result, arm: str, shape: str, knowledge: str = "naive") -> float:
    return float(result.column("procrastination_index", "example", arm=arm, shape=shape, self_knowledge=knowledge)[0])


def _reached(result: Result, arm: str, shape: str, agent: str) -> float:
    """The index of learners, who learn what they do, beside that of planners who know themselves."""
    if agent == "exact":
        return _index(result, arm, shape, "sophisticated")
    return float(result.column("procrastination_index", "learned", arm=arm, shape=shape)[0])


def _goal_units(result: Result) -> list[int]:
    return list(result.example.curves[ARMS[1], "hyperbolic", "naive"].task.goals)  # type: ignore[attr-defined]


def _goal_shares(result: Result) -> Any:
    return np.array(_goal_units(result)) / result.settings.n_units
