"""Figures of the experiment: the picture of a win over practice, the family, and the learners' chain."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe import plots
from rpe.experiments import titles
from rpe.experiments.micro_win_dopamine.family import PRACTICE, USUAL
from rpe.experiments.micro_win_dopamine.reading import CERTAIN, THEORIES, several, uncertain
from rpe.experiments.micro_win_dopamine.run import Result

_FILLS = plots.colours_of(list(PRACTICE))


def figures(result: Result) -> dict[str, Figure]:
    """Return the figures: the main one, the chain of the learners, and their wins over repetitions."""
    trials = [0, 9, result.settings.n_task_trials - 1]
    names = [f"trial {trial + 1}" for trial in trials]
    peak = result.signal.mean("peak_nM")
    cue, goal = (result.signal.events.index(name) for name in ("cue", "goal"))
    with plots.style():
        chain = Figure(figsize=(7.1, 5.2))
        top = plots.signal_chain(result.signal, trials=trials, colors=plots.colours_of(names), ax=chain.subplots())
        word = "falls" if peak[goal, -1] < peak[goal, 0] else "does not fall"
        plots.heading(top, f"Learners: dopamine at the goal {word} with practice", letter="")
        heat, (ax,) = plots.page(1, height=3.0)
        plots.win_by_win(result.signal, ax=ax)
        word = "moves to" if peak[cue, -1] > peak[goal, -1] else "does not move to"
        plots.heading(ax, f"With repetition dopamine {word} the cue")
    return {"": _main(result), "chain": chain, "repetitions": heat}


def _main(result: Result) -> Figure:
    with plots.style():
        figure, axes = plots.page(4, height=2.8)
        _over_practice(result, axes[0])
        _by_theory(result, axes[1], several(result), "b", "certain wins")
        _by_theory(result, axes[2], uncertain(result), "c", f"wins with p = {result.settings.probability:g}")
        low = min(ax.get_ylim()[0] for ax in axes[1:3])
        high = max(ax.get_ylim()[1] for ax in axes[1:3])
        for ax in axes[1:3]:
            ax.set_ylim(low, high)
        _split(result, axes[3])
    return figure


def _over_practice(result: Result, ax: Axes) -> None:
    """Rise at each event of the plain stream under TD(λ)."""
    n = result.settings.n_wins
    events = ["cue", *(f"sub-goal {i}" for i in range(1, n)), "goal"]
    values = np.array([[_usual(result, "TD(λ)", event, stage) for event in events] for stage in PRACTICE])
    names = ["cue", *map(str, range(1, n)), "goal"]
    plots.bars(names, values, labels=list(PRACTICE), ylabel="rise of dopamine (nM)", colors=_FILLS, ax=ax)
    ax.set_xlabel("event (sub-goals by number)")
    first, last = values[0, 1:].mean(), values[-1, 1:].mean()
    word = "lose their rise" if last < 0.5 * first else "keep their rise"
    plots.heading(ax, f"TD(λ): practised wins {word} ({first:.0f} to {last:.0f} nM)", letter="a")


def _usual(result: Result, theory: str, event: str, stage: str) -> float:
    where = {**several(result), **USUAL, "theory": theory, "event": event, "practice": stage}
    return float(np.mean(result.values("rise_nM", **where)))


def _by_theory(result: Result, ax: Axes, stream: dict[str, Any], letter: str, wins: str) -> None:
    """Median rise at a win over the family, by theory and practice."""
    medians = [
        [np.median(result.values("rise_nM", **stream, event="win", practice=stage, theory=name)) for name in THEORIES]
        for stage in PRACTICE
    ]
    plots.bars(
        ["TD(0)", "TD(λ)", "value\ndecay", "ANCCR"],
        medians,
        labels=list(PRACTICE),
        ylabel="median rise at a win (nM)",
        colors=_FILLS,
        ax=ax,
    )
    keep = [last > 0.5 * first for first, last in zip(medians[0], medians[-1], strict=True)]
    plots.heading(ax, titles.holding(f"Practised, {wins} keep half of their rise", keep, "theories"), letter=letter)


def _split(result: Result, ax: Axes) -> None:
    """Area of a whole trial with one win and with several, by what neurons adapt to."""
    n = result.settings.n_wins
    values = np.array(
        [
            [
                np.median(
                    result.values(
                        "area_nM_s",
                        **CERTAIN,
                        n_wins=n_wins,
                        event="all",
                        theory=("TD(0)", "TD(λ)"),
                        scale=scale,
                        practice=stage,
                    )
                )
                for scale in result.settings.scales
                for n_wins in (1, n)
            ]
            for stage in ("first", "practised")
        ]
    )
    names = [f"{many}\n({scale.split()[-1]})" for scale in result.settings.scales for many in (1, n)]
    fills = [_FILLS[0], _FILLS[-1]]
    plots.bars(names, values, labels=["first", "practised"], ylabel="area of a trial (nM s)", colors=fills, ax=ax)
    ax.set_xlabel("number of wins (what neurons adapt to)")
    one, many = values[1, :2]
    word = "more" if many > 1.02 * one else "less" if many < 0.98 * one else "as much"
    end = "as one" if word == "as much" else "than one"
    plots.heading(ax, f"TD, practised: {n} wins bring {word} dopamine in all {end}", letter="d")
