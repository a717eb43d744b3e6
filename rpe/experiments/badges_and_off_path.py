"""Badges and off-path rewards: work before and after a badge, and what rewards off the path do to the goal.

A badge is paid once, at some unit of an activity that pays little. Off-path wins are one more action that
pays at once and leads nowhere.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe import measures, tasks
from rpe._checks import KnowsItsKeywords, Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Hyperbolic
from rpe.experiments import titles
from rpe.experiments.study import Labels, Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The tasks and the agent.

    Parameters
    ----------
    badges : tuple of float
        Sizes of the badge, reward units.
    at : int
        Unit of the activity that brings the badge.
    n_units : int
        Units of the activity; more than steps, so that it never ends early.
    deadline : int
        Steps that there are.
    unit : float
        Pay of each unit, reward units; a step of the activity costs 1, without a start-up cost.
    ticks : tuple of float
        Sizes of the off-path win, reward units per step; distraction pays 2.
    k : float
        Hyperbolic discounting, per step.
    """

    badges: tuple[float, ...] = (0.0, 5.0, 10.0, 20.0, 40.0)
    at: int = 10
    n_units: int = 60
    deadline: int = 60
    unit: float = 2.0
    ticks: tuple[float, ...] = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    k: float = 0.08

    def __post_init__(self) -> None:
        for name in ("badges", "ticks"):
            if len(getattr(self, name)) < 2:
                raise ValueError(f"{name} must hold two sizes at least; got {getattr(self, name)}")
            for size in getattr(self, name):
                scalar(name, size, 0)
        for name in ("n_units", "deadline"):
            count(name, getattr(self, name), 2)
        count("at", self.at, 1, self.n_units)
        scalar("unit", self.unit)
        scalar("k", self.k, 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(badges=(0.0, 20.0), ticks=(0.0, 3.0))

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(badges=tuple(np.linspace(0, 60, 13).tolist()), ticks=tuple(np.linspace(0, 6, 13).tolist()))


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all tasks exactly; nothing is random."""
    study = Study(settings)
    planner = Planner(Hyperbolic(settings.k))
    units = np.arange(settings.at + 12)
    rates = {}
    for size in settings.badges:
        task = tasks.badge(
            settings.at,
            size,
            unit=settings.unit,
            n_units=settings.n_units,
            deadline=settings.deadline,
            start_cost=0.0,
        )
        hazard = measures.exact(planner, task).work_probability[0]
        rates[size] = hazard
        before, after = (
            hazard[max(settings.at - 3, 0) : settings.at].mean(),
            hazard[settings.at : settings.at + 3].mean(),
        )
        found = {"work just before": before, "work just after": after, "work at the start": hazard[0]}
        study.add(found, part="badge", badge=size)
    shown = {f"badge of {size:g}": rates[size][: len(units)] for size in settings.badges[:6]}
    title = titles.jump("work", "the badge is won", settings.at, name=list(shown)[-1])
    labels: Labels = {"xlabel": "units done", "ylabel": "probability of work", "limits": (0.0, 1.02), "exact": True}
    study.draw(title, units, shown, **labels)
    _off_path(study, planner, settings)
    _say(study, settings)
    return study


def _off_path(study: Study[Settings], planner: Planner, settings: Settings) -> None:
    """Completion and delay by the size of a win that leads nowhere, beside on-path wins of the same budget."""
    curves = {}
    for arm, n_goals in (("one goal", 1), ("micro wins", 5)):
        for size in settings.ticks:
            found = measures.exact(planner, tasks.off_path_wins(tasks.micro_wins(n_goals), size))
            study.add(
                {
                    "completion probability": found.completion_probability[0],
                    "procrastination index": found.procrastination_index[0],
                    "welfare": found.welfare[0],
                },
                part="off-path wins",
                arm=arm,
                tick=size,
            )
        curves[arm] = study.values("completion probability", arm=arm)
    labels: Labels = {
        "xlabel": "off-path win (reward units per step)",
        "ylabel": "probability of completion",
        "limits": (0.0, 1.02),
        "exact": True,
    }
    title = titles.compare(
        "one goal",
        "micro wins",
        "is completed more often than",
        "is completed less often than",
        "is completed as often as",
        at=settings.ticks[-1],
        lead="beside the largest off-path win ",
    )
    study.draw(title, settings.ticks, curves, **labels)


def _say(study: Study[Settings], settings: Settings) -> None:
    size, base = max(settings.badges), min(settings.badges)
    before, after = (study.value(f"work just {when}", badge=size) for when in ("before", "after"))
    level = study.value("work just after", badge=base)
    ratio = after / before if before > 0 else float("nan")
    near = abs(after - level) <= 0.1 * max(level, 1e-9)
    ratios = {"after over before": ratio, "after over baseline": after / level if level > 0 else float("nan")}
    study.add(ratios, part="badge", badge=size)
    fell = ratio < 0.7 and near
    study.say(
        f"With a badge of {size:g} at unit {settings.at} work reaches P = {before:.2f} just before it and "
        f"{after:.2f} just "
        f"after ({ratio:.2f} of it); without a badge it is {level:.2f} there: "
        + ("back to its baseline, as with real badges." if fell else "not the fall to baseline that real badges show.")
    )
    for arm in ("one goal", "micro wins"):
        done = {s: study.value("completion probability", arm=arm, tick=s) for s in settings.ticks}
        low, high = done[min(done)], done[max(done)]
        study.say(
            f"With {arm} an off-path win of {max(done):g} per step takes completion from {low:.2f} to {high:.2f}: "
            + ("it displaces the goal." if low - high > 0.05 else "the goal holds against it.")
        )


def __dir__() -> list[str]:
    return __all__
