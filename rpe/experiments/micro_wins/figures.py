"""The figures of the main experiment."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe import plots
from rpe.experiments.micro_wins.learned import CREDIT_TRACES
from rpe.experiments.micro_wins.parts import ARMS, DISCOUNTING

_KT = "discount rate × horizon kT"
_RATIO = "cost ratio N(e + d)/R"


def figures(result: Any) -> dict[str, Figure]:
    """Return the figures by the suffix of their file's name.

    "" is the answer in six panels; "momentum", "learning", "tasks" and "payout" show what stands behind it.
    """
    return {
        "": _main(result),
        "momentum": _momentum(result),
        "learning": _learning(result),
        "tasks": _tasks(result),
        "payout": _payout(result),
    }


def _panels(rows: int) -> tuple[Figure, Any]:
    """A page-wide figure with two columns of panels; drawn without pyplot, so that nothing stays open."""
    height = 2.9 * rows
    figure = Figure(figsize=(8.6, height))
    figure.set_layout_engine("none")
    # Fixed places, as the names beside the curves would make an automatic layout shrink the panels.
    edges = {"left": 0.1, "right": 0.86, "top": 1 - 0.5 / height, "bottom": 0.5 / height}
    axes = figure.add_gridspec(rows, 2, wspace=0.75, hspace=0.55, **edges).subplots()
    return figure, axes


def _title(ax: Axes, letter: str, text: str, pad: float = 6.0) -> None:
    ax.set_title(f"{letter}  {text}", pad=pad)


def _main(result: Any) -> Figure:
    settings = result.settings
    with plots.style():
        figure, axes = _panels(3)
        curves = [result.core.curves[arm, "hyperbolic", "naive"].share_done[0] for arm in ARMS[:3]]
        plots.procrastination_curve(
            np.array(curves), labels=list(ARMS[:3]), goals=_goal_shares(result), students=True, ax=axes[0, 0]
        )
        _title(axes[0, 0], "a", "A steep discounter's progress")
        plots.comparison(
            np.array(
                [
                    [
                        result.column("procrastination_index", "core", arm=arm, discounting=name, agent="naive")[0]
                        for name in DISCOUNTING
                    ]
                    for arm in ARMS
                ]
            ),
            rows=list(ARMS),
            columns=list(DISCOUNTING),
            ax=axes[0, 1],
        )
        _title(axes[0, 1], "b", "Six arms, three ways to discount", pad=18)
        rates = result.column("value", "discount rate", arm="one goal") * settings.deadline
        plots.parameter_sweep(
            rates,
            np.array([result.column("procrastination_index", "discount rate", arm=arm) for arm in ARMS[:3]]),
            labels=list(ARMS[:3]),
            parameter=_KT,
            log=True,
            ax=axes[1, 0],
        )
        _title(axes[1, 0], "c", "From patience to urgency")
        kt, ratio, effect = _grid(result)
        plots.effect_map(kt, ratio, effect, x_label=_KT, y_label=_RATIO, null=settings.null, log_x=True, ax=axes[1, 1])
        _title(axes[1, 1], "d", "Where equal pay helps")
        conditions = ("free sub-goals", "sub-goals that cost")
        lines = [result.select("number of goals", condition=condition) for condition in conditions]
        plots.goal_sweep(
            [line["value"] for line in lines[0]],
            np.array([[line["procrastination_index"] for line in part] for part in lines]),
            completion=np.array([[line["completion_probability"] for line in part] for part in lines]),
            labels=list(conditions),
            ax=axes[2, 0],
        )
        _title(axes[2, 0], "e", "More goals are not always better", pad=26)
        _task_map(result, "equal present value", "hyperbolic", axes[2, 1])
        _title(axes[2, 1], "f", f"{settings.n_tasks} random tasks, equal present value", pad=28)
    return figure


def _momentum(result: Any) -> Figure:
    cost = result.settings.start_cost
    arms = ARMS[:2]
    with plots.style():
        figure, axes = _panels(2)
        plots.work_by_unit(
            np.array([result.momentum[arm, cost].by_unit for arm in arms]),
            goals=_goal_units(result),
            labels=list(arms),
            ax=axes[0, 0],
        )
        _title(axes[0, 0], "a", "By progress")
        keys = [(arm, c) for arm in arms for c in (cost, 0.0)]
        found = [result.momentum[key] for key in keys]
        plots.momentum_gap(
            np.array([float(part.gap.mean) for part in found]),
            np.array([float(part.shuffled.mean) for part in found]),
            labels=[f"{arm},\nstart cost {c:g}" for arm, c in keys],
            interval=np.array([[float(part.gap.low) for part in found], [float(part.gap.high) for part in found]]),
            ax=axes[0, 1],
        )
        axes[0, 1].set_xlim(-0.3, 1.0)
        _title(axes[0, 1], "b", "Right after work, against a shuffle")
        rates = [result.momentum[arm, cost].by_streak for arm in arms]
        plots.work_by_streak(
            np.array([rate.probability[:15] for rate in rates]),
            count=np.array([rate.offered.sum(axis=0)[:15] for rate in rates]),
            labels=list(arms),
            ax=axes[1, 0],
        )
        _title(axes[1, 0], "c", "By streak")
        since = result.momentum[arms[1], cost].since_goal
        plots.work_by_streak(
            since.probability[:15],
            since="sub-goal",
            count=since.offered.sum(axis=0)[:15],
            labels=[arms[1]],
            ax=axes[1, 1],
        )
        _title(axes[1, 1], "d", "After a sub-goal")
    return figure


def _learning(result: Any) -> Figure:
    with plots.style():
        figure, axes = _panels(2)
        agents = (("sophisticated", "exact"), ("learned", "learned"))
        shown = [(name, agent) for name in DISCOUNTING for agent in agents]
        plots.comparison(
            np.array([[_index(result, arm, name, agent) for name, (agent, _) in shown] for arm in ARMS]),
            rows=list(ARMS),
            columns=[(name, label) for name, (_, label) in shown],
            form="table",
            ax=axes[0, 0],
        )
        _title(axes[0, 0], "a", "Learned and exact", pad=28)
        index = np.array([_smooth(result.learned[arm, "hyperbolic"].by_trial) for arm in ARMS[:3]])
        plots.parameter_sweep(
            np.arange(1, index.shape[1] + 1), index, labels=list(ARMS[:3]), parameter="trial", log=True, ax=axes[0, 1]
        )
        _title(axes[0, 1], "b", "Learning under hyperbolic discounting")
        lines = {t: result.select("credit assignment", trace_decay=t) for t in CREDIT_TRACES}
        plots.goal_sweep(
            [line["value"] for line in lines[CREDIT_TRACES[0]]],
            np.array([[line["procrastination_index"] for line in lines[t]] for t in CREDIT_TRACES]),
            labels=[f"λ = {t:g}" for t in CREDIT_TRACES],
            mark_minimum=False,
            ax=axes[1, 0],
        )
        _title(axes[1, 0], "c", "Credit assignment: no discounting")
        errors = {
            f"{event}, {label}": _smooth(result.errors[p].errors[event])
            for p, label in ((1.0, "certain"), (0.7, "p = 0.7"))
            for event in ("sub-goal",)
        }
        plots.errors_by_trial(errors, log=True, ax=axes[1, 1])
        _title(axes[1, 1], "d", "Errors at sub-goals")
    return figure


def _tasks(result: Any) -> Figure:
    with plots.style():
        figure, axes = _panels(2)
        for row, arm in enumerate(ARMS[1:3]):
            for column, name in enumerate(DISCOUNTING[:2]):
                _task_map(result, arm, name, axes[row, column])
                _title(axes[row, column], "abcd"[2 * row + column], f"{arm}, {name}", pad=28)
    return figure


def _payout(result: Any) -> Figure:
    one = _index(result, ARMS[0], "hyperbolic", "naive")
    with plots.style():
        figure, axes = _panels(1)
        lines = result.select("tilt of pay", discounting="hyperbolic")
        tilt, index, completion = (
            np.array([line[name] for line in lines])
            for name in ("value", "procrastination_index", "completion_probability")
        )
        plots.parameter_sweep(
            tilt,
            np.array([index, completion, np.full(tilt.size, one)]),
            labels=["procrastination index", "completed", "index, one goal"],
            quantity="index, probability (0–1)",
            parameter="tilt of pay (late < 0 < early)",
            ax=axes[0],
        )
        _title(axes[0], "a", "Pay too early and the end is lost")
        pays = ("completion", "deadline")
        shares = result.column("value", "share moved", condition=pays[0])
        plots.parameter_sweep(
            shares,
            np.array([result.column("procrastination_index", "share moved", condition=pay) for pay in pays]),
            labels=[f"paid at {pay}" for pay in pays],
            parameter="share of the budget moved to sub-goals φ",
            ax=axes[1],
        )
        _title(axes[1], "b", "How much of the budget moves")
    return figure


def _task_map(result: Any, arm: str, discounting: str, ax: Axes) -> None:
    chosen = {"arm": arm, "discounting": discounting}
    plots.task_map(
        result.column("value", "random task", **chosen),
        result.column("cost_ratio", "random task", **chosen),
        result.column("effect", "random task", **chosen),
        x_label=_KT,
        y_label=_RATIO,
        null=result.settings.null,
        log_x=True,
        ax=ax,
    )


def _grid(result: Any) -> tuple[Any, Any, Any]:
    """The map over discount rate and cost ratio as axes and a matrix."""
    kt, ratio, effect = (result.column(name, "cost ratio") for name in ("value", "cost_ratio", "effect"))
    rates, ratios = np.unique(kt), np.unique(ratio)
    return rates, ratios, effect.reshape(ratios.size, rates.size)


def _index(result: Any, arm: str, discounting: str, agent: str) -> float:
    chosen = {"arm": arm, "discounting": discounting, "agent": agent}
    return float(result.column("procrastination_index", "core", **chosen)[0])


def _goal_units(result: Any) -> list[int]:
    return list(result.core.curves[ARMS[1], "hyperbolic", "naive"].task.goals)


def _goal_shares(result: Any) -> Any:
    return np.array(_goal_units(result)) / result.settings.n_units


def _smooth(values: Any) -> Any:
    """A running mean over a twentieth of the trials so far, which a log axis shows evenly."""
    known = np.isfinite(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    number = np.concatenate([[0], np.cumsum(known)])
    last = np.arange(1, len(values) + 1)
    first = np.minimum(np.floor(last * 0.95).astype(int), last - 1)
    n = number[last] - number[first]
    return np.where(n > 0, (total[last] - total[first]) / np.where(n > 0, n, 1), np.nan)
