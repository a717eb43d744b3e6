"""Figures of the experiment: the picture of a win over practice, the family, and the learners' chain."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe import plots
from rpe.experiments.micro_win_dopamine.family import PRACTICE, USUAL
from rpe.experiments.micro_win_dopamine.reading import CERTAIN, THEORIES, several, uncertain
from rpe.experiments.micro_win_dopamine.run import Result


def figures(result: Result) -> dict[str, Figure]:
    """Return the figures: the main one, the chain of the learners, and their wins over repetitions."""
    trials = [0, 9, result.settings.n_task_trials - 1]
    with plots.style():
        chain = Figure(figsize=(7.1, 5.2))
        plots.signal_chain(result.signal, trials=trials, ax=chain.subplots()).set_title(
            "Learners of micro wins", pad=44
        )
        heat = Figure(figsize=(7.1, 3.0), layout="constrained")
        plots.win_by_win(result.signal, ax=heat.subplots()).set_title("Each event over repetitions")
    return {"": _main(result), "chain": chain, "repetitions": heat}


def _main(result: Result) -> Figure:
    with plots.style():
        figure = Figure(figsize=(7.1, 5.6), layout="constrained")
        axes = figure.subplots(2, 2)
        _over_practice(result, axes[0, 0])
        _by_theory(result, axes[0, 1], several(result), "b  Certain wins")
        _by_theory(result, axes[1, 0], uncertain(result), f"c  Wins with p = {result.settings.probability:g}")
        _split(result, axes[1, 1])
    return figure


def _over_practice(result: Result, ax: Axes) -> None:
    """Rise at each event of the plain stream under TD(λ)."""
    n = result.settings.n_wins
    events = ["cue", *(f"sub-goal {i}" for i in range(1, n)), "goal"]
    values = np.array([[_usual(result, "TD(λ)", event, stage) for event in events] for stage in PRACTICE])
    names = ["cue", *map(str, range(1, n)), "goal"]
    plots.bars(names, values, labels=list(PRACTICE), ylabel="rise of dopamine (nM)", ax=ax)
    ax.set_xlabel("event (sub-goals by number)")
    ax.set_title("a  TD(λ): from wins to the cue")


def _usual(result: Result, theory: str, event: str, stage: str) -> float:
    where = {**several(result), **USUAL, "theory": theory, "event": event, "practice": stage}
    return float(np.mean(result.values("rise_nM", **where)))


def _by_theory(result: Result, ax: Axes, stream: dict[str, Any], title: str) -> None:
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
        ax=ax,
    )
    ax.set_title(title)


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
    plots.bars(names, values, labels=["first", "practised"], ylabel="area of a trial (nM s)", ax=ax)
    ax.set_xlabel("number of wins (what neurons adapt to)")
    ax.set_title("d  One win or several, TD")
