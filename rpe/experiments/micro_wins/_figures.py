"""The figures of the main experiment."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe import measures, plots
from rpe._checks import Floats
from rpe.experiments import titles
from rpe.experiments.intervals import rate_interval
from rpe.experiments.micro_wins import family, random_tasks
from rpe.experiments.micro_wins.arms import ARMS, YARDSTICK
from rpe.experiments.micro_wins.example import DISCOUNTING
from rpe.experiments.micro_wins.learned import CHANCES, CREDIT_TRACES
from rpe.experiments.micro_wins.run import Result
from rpe.experiments.study import Panel, whiskers

_KT = "discount rate × horizon kT"
_SURE = "procrastination index (95 % interval)"
_SURE_WORK = "probability of work (95 % interval)"
_RATIO = "cost of the work / pay, N(e + d)/R"
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


def _family(result: Result) -> Figure:
    with plots.style():
        # Fixed places, as the marks below the curves would make an automatic layout shrink them.
        figure = Figure(figsize=(180 / 25.4, 7.4))
        figure.set_layout_engine("none")
        places = {"left": 0.15, "right": 0.89, "top": 0.95, "bottom": 0.74, "wspace": 0.95}
        axes: Any = figure.add_gridspec(1, 2, **places).subplots()
        null = measures.Thresholds().index
        for letter, ax, arm in zip("ab", axes, family.SPLIT, strict=True):
            chosen = result.family.where((result.family["arm"] == arm) & (result.family["shape"] != "none"))
            varied = [name for name, levels in family.factor_levels(result.settings).items() if len(levels) > 1]
            factors = {_NAMES[name]: chosen[name].tolist() for name in varied}
            plots.specification_curve(chosen["effect"], factors, null=null, ax=ax)
            sooner, later = ((sign * chosen["effect"] > null).mean() for sign in (1, -1))
            word = "more" if sooner > later else "less" if later > sooner else "as"
            than = "as" if word == "as" else "than"
            _heading(ax, letter, f"{arm} makes work sooner {word} often {than} later ({sooner:.0%}, {later:.0%})")
    return figure


def _sensitivity(result: Result) -> Figure:
    with plots.style():
        figure, (ax,) = plots.page(1, height=2.8)
        values = np.array([result.sensitivity[arm] for arm in family.SPLIT])
        varied = np.isfinite(values).all(axis=0)
        values, names = values[:, varied], [_NAMES[name] for name in np.array(family.FACTORS)[varied]]
        fills = plots.colours_of(family.SPLIT)
        plots.bars(names, values, labels=list(family.SPLIT), ylabel="total-order Sobol index S_T", colors=fills, ax=ax)
        first, second = np.argsort(-values.mean(axis=0))[:2]
        plots.heading(ax, f"The change of the index depends most on {names[first]} and {names[second]}")
    return figure


def _tasks(result: Result) -> Figure:
    with plots.style():
        figure, axes = plots.page(4, height=3.3)
        patient = result.tasks["shape"] == "none"
        shown = [(arm, shape) for arm in family.SPLIT for shape in random_tasks.SHAPES[:2]]
        for letter, ax, (arm, shape) in zip("abcd", axes, shown, strict=True):
            own = (result.tasks["arm"] == arm) & (result.tasks["shape"] == shape)
            chosen = result.tasks.where(own | ((result.tasks["arm"] == arm) & patient))
            plots.class_map(
                chosen["kT"],
                chosen["cost_ratio"],
                chosen["class"].tolist(),
                measures.CLASSES,
                x_label=_KT,
                y_label=_RATIO,
                zero_label="γ = 1",
                ax=ax,
            )
            helps, hurts = (float((result.tasks["class"][own] == name).mean()) for name in ("helps", "hurts"))
            word = "helps more" if helps > hurts else "hurts more" if hurts > helps else "helps as"
            than = "as" if helps == hurts else "than"
            word = f"{word} often {than} it {'helps' if hurts > helps else 'hurts'}"
            _heading(ax, letter, f"{arm} {word} ({shape}; welfare: {YARDSTICK[arm]})")
    return figure


def _example(result: Result) -> Figure:
    settings = result.settings
    who = f"k = {settings.k:g}, β = {settings.inverse_temperature:g}"
    with plots.style():
        figure, axes = plots.page(6, height=2.9)
        curves = [result.example.curves[arm, "hyperbolic", "naive"].share_done[0] for arm in ARMS[:3]]
        plots.procrastination_curve(np.array(curves), labels=list(ARMS[:3]), goals=_goal_shares(result), ax=axes[0])
        index = [[_index(result, arm, shape) for shape in DISCOUNTING] for arm in ARMS]
        later = {arm: row[0] for arm, row in zip(ARMS, index, strict=True)}
        _heading(axes[0], "a", _delays({arm: np.array([later[arm]]) for arm in ARMS[:2]}, [who]))
        plots.comparison(np.array(index), rows=list(ARMS), columns=list(DISCOUNTING), ax=axes[1])
        _heading(axes[1], "b", titles.among("delay if hyperbolic", later, by="with"))
        kt = result.column("kT", "discount rate", arm=ARMS[0])
        rates = {arm: result.column("procrastination_index", "discount rate", arm=arm) for arm in ARMS[:3]}
        plots.parameter_sweep(
            kt, np.array(list(rates.values())), labels=list(rates), parameter=_KT, log=True, ax=axes[2]
        )
        _heading(axes[2], "c", _trend("delay with one goal", "discounting", kt, rates))
        x, y, effect = _grid(result)
        null = measures.Thresholds().index
        plots.effect_map(x, y, effect, x_label=_KT, y_label=_RATIO, null=null, log_x=True, ax=axes[3])
        helps, hurts = (np.nanmean(sign * effect > null) for sign in (1, -1))
        word = "helps" if helps > hurts else "does not help" if helps == hurts else "hurts"
        _heading(axes[3], "d", f"equal pay {word} in most cases where it matters ({helps:.0%} help, {hurts:.0%} hurt)")
        _heading(axes[4], "e", _temperatures(result, axes[4]))
        _heading(axes[5], "f", _number_of_goals(result, axes[5]))
    return figure


def _heading(ax: Axes, letter: str, words: str) -> None:
    plots.heading(ax, words[:1].upper() + words[1:], letter=letter)


def _delays(series: dict[str, Any], x: list[str], at: str | None = None, lead: str = "") -> str:
    """Which of two arms delays more."""
    one, other = list(series)[:2]
    words = ("delays more than", "delays less than", "delays as much as")
    return titles.of(titles.compare(one, other, *words, at=at, lead=lead), Panel("", x, series))


def _trend(
    what: str, along: str, x: Any, series: dict[str, Any], name: str | None = None, band: dict[str, Any] | None = None
) -> str:
    return titles.of(titles.trend(what, along, name=name), Panel("", list(x), series, band=band))


def _temperatures(result: Result, ax: Axes) -> str:
    """The index by inverse temperature as bars, as infinity has no place on an axis; what it shows."""
    levels = result.settings.temperatures
    names = ["greedy" if np.isinf(beta) else f"β = {beta:g}" for beta in levels]
    values = {
        arm: result.column("procrastination_index", "temperature", arm=arm, shape="hyperbolic") for arm in ARMS[:3]
    }
    plots.bars(
        names,
        np.array(list(values.values())),
        labels=list(values),
        ylabel="procrastination index (0–1)",
        colors=plots.colours_of(list(values)),
        ax=ax,
    )
    return _delays({arm: values[arm] for arm in (ARMS[0], ARMS[2])}, names, at=names[-1], lead=f"{names[-1]}: ")


def _number_of_goals(result: Result, ax: Axes) -> str:
    lines = [result.select("number of goals", overhead=cost) for cost in (0.0, 2.0)]
    index, completion = (
        np.array([[line[name] for line in part] for part in lines])
        for name in ("procrastination_index", "completion_probability")
    )
    labels, goals = ["switching is free", "switching costs"], [line["n_goals"] for line in lines[0]]
    plots.goal_sweep(goals, index, completion=completion, labels=labels, colors=plots.colours_of(labels), ax=ax)
    best = goals[int(index[1].argmin())]
    if best == goals[-1]:
        return "the more sub-goals the better, even where switching costs"
    return f"more sub-goals are not always better: where switching costs, {best} {'is' if best == 1 else 'are'} best"


def _momentum(result: Result) -> Figure:
    cost, arms = result.settings.start_cost, ARMS[:2]
    with plots.style():
        since = result.example.sampled[arms[1], cost][1]
        keys = list(result.example.sampled)
        lines = [result.select("momentum", arm=arm, start_cost=c)[0] for arm, c in keys]
        values = np.array([[line["momentum"] for line in lines], [line["raw_difference"] for line in lines]])
        # Of agents that never hesitate there is nothing to compare, and without sub-goals nothing follows them.
        known, followed = np.isfinite(values).any(), since.offered[:, :15].any()
        figure, axes = plots.page(2 + int(known) + int(followed))
        panels = iter(zip(axes, "abcd", strict=False))
        curves = {arm: result.example.curves[arm, "hyperbolic", "naive"].work_probability[0] for arm in arms}
        units = np.arange(len(curves[arms[0]]))
        ax, letter = next(panels)
        plots.work_by_unit(np.array(list(curves.values())), goals=_goal_units(result), labels=list(arms), ax=ax)
        _heading(ax, letter, _trend("work with one goal", "progress", units, curves))
        if known:
            raw = np.array([[line[f"raw_{end}"] for line in lines] for end in ("low", "high")])
            here = {arm: value for (arm, c), value in zip(keys, values[0], strict=True) if c == cost}
            ax, letter = next(panels)
            _gaps(ax, [f"{arm}, start {c:g}" for arm, c in keys], values, raw)
            _heading(ax, letter, titles.among("momentum at the same time and progress", here, by="with"))
        ax, letter = next(panels)
        _streaks(ax, letter, {arm: result.example.sampled[arm, cost][0] for arm in arms})
        if followed:
            ax, letter = next(panels)
            chance, own = since.probability[:15], rate_interval(since.worked[:, :15], since.offered[:, :15])
            plots.work_by_streak(
                chance,
                since="sub-goal",
                band=own,
                count=since.offered.sum(axis=0)[:15],
                labels=[arms[1]],
                colors=plots.colours_of([arms[1]]),
                ax=ax,
            )
            ax.set_ylabel(_SURE_WORK)
            steps = range(len(chance))
            words = _trend("work", "steps since a sub-goal", steps, {arms[1]: chance}, band={arms[1]: own})
            _heading(ax, letter, words)
    return figure


def _gaps(ax: Axes, names: list[str], values: Floats, raw: Floats) -> None:
    """Momentum at the same time and progress, and as it comes with its interval, by arm and cost of starting."""
    labels = ["same time and progress", "raw, with trend"]
    plots.bars(
        names,
        values,
        labels=labels,
        ylabel="gap in probability of work (raw: 95 % interval)",
        colors=plots.colours_of(labels),
        ax=ax,
    )
    whiskers(ax, values, np.stack([np.full_like(raw, np.nan), raw], axis=1))


def _streaks(ax: Axes, letter: str, streaks: Mapping[str, Any]) -> None:
    """Work by the number of steps worked in a row."""
    around = [rate_interval(rate.worked[:, :15], rate.offered[:, :15]) for rate in streaks.values()]
    after = {arm: rate.probability[:15] for arm, rate in streaks.items()}
    plots.work_by_streak(
        np.array(list(after.values())),
        band=np.stack(around, axis=1),
        count=np.array([rate.offered.sum(axis=0)[:15] for rate in streaks.values()]),
        labels=list(streaks),
        ax=ax,
    )
    ax.set_ylabel(_SURE_WORK)
    sure = dict(zip(streaks, around, strict=True))
    _heading(ax, letter, _trend("work with one goal", "steps worked in a row", range(15), after, band=sure))


def _learning(result: Result) -> Figure:
    with plots.style():
        figure, axes = plots.page(4, height=2.9)
        shown = [(shape, agent) for shape in DISCOUNTING for agent in ("exact", "learned")]
        table = np.array([[_reached(result, arm, shape, agent) for shape, agent in shown] for arm in ARMS])
        plots.comparison(table, rows=list(ARMS), columns=shown, form="table", ax=axes[0])
        learned = dict(zip(ARMS, table[:, 1], strict=True))
        _heading(axes[0], "a", titles.among("delay of hyperbolic learners", learned, by="with"))
        trials = result.column("trial", "learning curve", arm=ARMS[0], shape="hyperbolic")
        index = {
            arm: result.column("procrastination_index", "learning curve", arm=arm, shape="hyperbolic")
            for arm in ARMS[:3]
        }
        ends = ("low", "high")
        band = [[result.column(end, "learning curve", arm=arm, shape="hyperbolic") for arm in ARMS[:3]] for end in ends]
        plots.parameter_sweep(
            trials,
            np.array(list(index.values())),
            labels=list(index),
            parameter="trial",
            quantity=_SURE,
            band=np.array(band),
            log=True,
            ax=axes[1],
        )
        sure = {arm: np.array([low, high]) for arm, low, high in zip(ARMS, *band, strict=False)}
        words = _trend("delay of learners with one goal", "practice", trials, index, band=sure)
        _heading(axes[1], "b", words)
        lines = {t: result.select("credit", trace_decay=t) for t in CREDIT_TRACES}
        names = [f"λ = {t:g}" for t in CREDIT_TRACES]
        credit = [np.array([line["procrastination_index"] for line in lines[t]]) for t in CREDIT_TRACES]
        around = np.array([[[line[end] for line in lines[t]] for t in CREDIT_TRACES] for end in ends])
        goals = [line["n_goals"] for line in lines[CREDIT_TRACES[0]]]
        plots.goal_sweep(
            goals,
            np.array(credit),
            labels=names,
            band=around,
            mark_minimum=False,
            colors=plots.colours_of(names),
            ax=axes[2],
        )
        axes[2].set_ylabel(_SURE)
        what = f"delay at {names[0]}, no discounting,"
        one = {names[0]: credit[0]}
        words = _trend(what, "the number of goals", goals, one, band={names[0]: around[:, 0]})
        _heading(axes[2], "c", words)
        _heading(axes[3], "d", _errors(result, axes[3]))
    return figure


def _errors(result: Result, ax: Axes) -> str:
    names = ["certain", f"p = {CHANCES[1]:g}"]
    lines = [result.select("error curve", success_probability=chance) for chance in CHANCES]
    trials = [line["trial"] for line in lines[0]]
    errors = {name: np.array([line["error"] for line in part]) for name, part in zip(names, lines, strict=True)}
    plots.responses(
        trials,
        np.array(list(errors.values())),
        labels=names,
        xlabel="trial",
        ylabel="error at sub-goals (reward units)",
        log=True,
        colors=plots.colours_of(names),
        ax=ax,
    )
    return _trend("the error at certain sub-goals", "practice", trials, errors)


def _payout(result: Result) -> Figure:
    one = _index(result, ARMS[0], "hyperbolic")
    with plots.style():
        figure, axes = plots.page(2, height=2.8)
        lines = result.select("tilt of pay", shape="hyperbolic")
        tilt, index, completion = (
            np.array([line[name] for line in lines])
            for name in ("tilt", "procrastination_index", "completion_probability")
        )
        names = ["delay (index)", "completion", "delay, one goal"]
        plots.parameter_sweep(
            tilt,
            np.array([index, completion, np.full(tilt.size, one)]),
            labels=names,
            quantity="index, probability (0–1)",
            parameter="tilt of pay (late < 0 < early)",
            colors=plots.colours_of(names),
            ax=axes[0],
        )
        _heading(axes[0], "a", _trend("delay", "the tilt of pay, late to early", tilt, {names[0]: index}))
        pays = ("completion", "deadline")
        shares = result.column("share", "share moved", pay=pays[0])
        moved = {f"paid at {pay}": result.column("procrastination_index", "share moved", pay=pay) for pay in pays}
        plots.parameter_sweep(
            shares,
            np.array(list(moved.values())),
            labels=list(moved),
            parameter="share of the budget moved to sub-goals φ",
            colors=plots.colours_of(list(moved)),
            ax=axes[1],
        )
        _heading(axes[1], "b", _trend("delay, paid at once,", "the share moved", shares, moved))
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
