"""Celebrating: a self-reward after each step, with and without habituation, what it costs, and who is fooled.

Learners who reward themselves for a unit that is done, or for any attempt, are put to one long goal that
is worth doing and to one that is not; the exact optimum says which. What they earn is judged without the
celebration, and less what it costs. The same learners without it are the control; those who see far
along their trace need it least. That a celebration acts as a reward is built in; whether it brings work
sooner, for how long, and at whose loss, is computed.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.specifications import note
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

_NULL = 0.02
_WORTH = {"worth doing": 60.0, "not worth doing": 15.0}


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The family of celebrations and learners.

    Parameters
    ----------
    n_units : int
        Units of work.
    deadline : int
        Steps that there are.
    success_probability : float
        Chance that a step of work completes a unit.
    sizes : tuple of float
        Family: size b of a celebration, reward units; the first must be 0.
    habituations : tuple of float
        Family: habituation κ, by which a celebration shrinks, exp(−κ c), per recent celebration.
    costs : tuple of float
        Family: cost of each celebration, reward units.
    traces : tuple of float
        Family: trace decay λ of the learner, in [0, 1].
    n_agents : int
        Learners of each setting.
    n_trials : int
        Trials of each learner.
    """

    n_units: int = 6
    deadline: int = 18
    success_probability: float = 0.7
    sizes: tuple[float, ...] = (0.0, 1.0, 3.0, 9.0)
    habituations: tuple[float, ...] = (0.0, 0.3, 1.0)
    costs: tuple[float, ...] = (0.0, 1.0)
    traces: tuple[float, ...] = (0.0, 0.9)
    n_agents: int = 20
    n_trials: int = 300

    def __post_init__(self) -> None:
        count("n_units", self.n_units)
        count("deadline", self.deadline, self.n_units)
        count("n_agents", self.n_agents, 2)
        count("n_trials", self.n_trials, 20)
        scalar("success_probability", self.success_probability, 0, 1, open_low=True)
        for name, top in (("sizes", np.inf), ("habituations", np.inf), ("costs", np.inf), ("traces", 1)):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, top)
        if self.sizes[0] != 0 or len(self.sizes) < 2:
            raise ValueError(f"sizes must begin with 0, for who does not celebrate, and go on; got {self.sizes}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(sizes=(0.0, 3.0, 9.0), habituations=(0.0, 1.0), n_agents=8, n_trials=120)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(sizes=(0.0, 1.0, 2.0, 4.0, 8.0, 16.0), habituations=(0.0, 0.1, 0.3, 1.0), n_agents=60, n_trials=2000)


def _task(settings: Settings, kind: str) -> tasks.GoalTask:
    return tasks.monolithic(
        n_units=settings.n_units,
        deadline=settings.deadline,
        reward=_WORTH[kind],
        success_probability=settings.success_probability,
    )


Cell = tuple[float, float, float, float]
_NAMES = ("size", "habituation", "cost", "trace")


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Run all learners of a task at once, for each task and each thing to celebrate."""
    study = Study(settings)
    seeds = np.random.default_rng(rng)
    cells = list(product(settings.sizes, settings.habituations, settings.costs, settings.traces))
    columns = [np.repeat(column, settings.n_agents) for column in zip(*cells, strict=True)]
    size, habituation, cost, trace = columns
    for kind in _WORTH:
        task = _task(settings, kind)
        study.add({"gain of doing it": measures.worth_doing(task).gain[0]}, part="referee", task=kind)
        for after in ("unit", "attempt"):
            learner = QLearner(learning_rate=0.2, discount=0.95, inverse_temperature=1.0, trace_decay=trace)
            agent = mechanisms.Celebration(learner, size=size, habituation=habituation, cost=cost, after=after)
            seed = seeds.integers(2**63)
            history = simulate.run(agent, task, n_trials=settings.n_trials, rng=seed, record="all")
            _noted(study, settings, cells, history, cost * (size > 0), {"task": kind, "after": after})
    _shares(study, settings, cells)
    _draw(study, settings)
    _say(study)
    return study


def _noted(
    study: Study[Settings],
    settings: Settings,
    cells: list[Cell],
    history: simulate.History,
    cost: Floats,
    where: dict[str, str],
) -> None:
    """Index and welfare at first and in the end, the latter less what celebrations cost."""
    full = history.full
    assert full is not None
    index = measures.procrastination_index(history)
    # The second action is work; what is celebrated is a unit that is done, or each attempt.
    units = measures.undone(history)
    celebrated = (full.action == 1).sum(axis=2) if where["after"] == "attempt" else settings.n_units * (1 - units)
    welfare = measures.welfare(history) - cost[:, None] * celebrated
    tenth = max(5, settings.n_trials // 10)
    for when, some in (("early", slice(0, tenth)), ("late", slice(-tenth, None))):
        by_cell = [x[:, some].mean(axis=1).reshape(len(cells), -1).mean(axis=1) for x in (index, welfare, 1 - units)]
        for i, cell in enumerate(cells):
            numbers = dict(zip(("index", "welfare", "share done"), (x[i] for x in by_cell), strict=True))
            study.add(numbers, part="family", when=when, **where, **dict(zip(_NAMES, cell, strict=True)))


def _changes(
    study: Study[Settings], cells: list[Cell], quantity: str, **where: str
) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """A quantity less that of all learners with the same λ who do not celebrate, and what tells settings apart."""
    known = {
        tuple(row[name] for name in _NAMES): float(row["value"])
        for row in study.rows
        if row["quantity"] == quantity and all(row.get(name) == level for name, level in where.items())
    }
    some = [cell for cell in cells if cell[0] > 0]
    plain = {
        trace: np.mean([x for cell, x in known.items() if (cell[0], cell[3]) == (0, trace)])
        for trace in {cell[3] for cell in cells}
    }
    more = np.array([known[cell] - plain[cell[3]] for cell in some])
    return more, {name: np.array([cell[i] for cell in some]) for i, name in enumerate(_NAMES)}


def _shares(study: Study[Settings], settings: Settings, cells: list[Cell]) -> None:
    for kind, after in product(_WORTH, ("unit", "attempt")):
        for when in ("early", "late"):
            place = {"task": kind, "after": after, "when": when}
            more, factors = _changes(study, cells, "index", **place)
            note(study, "celebrating lowers the index", -more, factors, null=_NULL, **place)
            gain, factors = _changes(study, cells, "welfare", **place)
            note(study, "celebrating costs welfare", -gain, factors, null=0.01 * _WORTH[kind], **place)
            study.add({"mean change of welfare": gain.mean()}, part="share", **place)


def _draw(study: Study[Settings], settings: Settings) -> None:
    panels: dict[tuple[str, str], dict[str, list[float]]] = {}
    for title, quantity in (("delay", "index"), ("welfare", "welfare")):
        for kind in _WORTH:
            curves = {
                f"habituation κ = {habituation:g}": [
                    study.values(
                        quantity,
                        part="family",
                        task=kind,
                        after="unit",
                        when="late",
                        size=size,
                        habituation=habituation,
                    )
                    .mean()
                    .item()
                    for size in settings.sizes
                ]
                for habituation in settings.habituations
            }
            panels[title, kind] = curves
    ends = {"delay": (0.0, 1.02), "welfare": (0.0, 1.05 * _highest(panels, "welfare"))}
    for (title, kind), curves in panels.items():
        first = next(iter(curves))
        study.draw(
            titles.trend(f"{title} of a task {kind}, {first},", "celebrating", name=first),
            settings.sizes,
            curves,
            xlabel="size of the celebration (reward units)",
            ylabel=_AXES[title],
            limits=ends[title],
        )


_AXES = {
    "delay": "procrastination index\n(0–1, mean over settings)",
    "welfare": "welfare\n(reward units, mean over settings)",
}


def _highest(panels: dict[tuple[str, str], dict[str, list[float]]], title: str) -> float:
    return max(max(y) for (what, _), curves in panels.items() if what == title for y in curves.values())


def _part(study: Study[Settings], finding: str, **where: str) -> str:
    share, low, high, back, n = (
        study.value(name, finding=finding, **where) for name in ("share", "low", "high", "reversed", "settings")
    )
    return f"{share:.0%} ({low:.0%} to {high:.0%}) of {n:.0f} settings (reversed in {back:.0%})"


def _say(study: Study[Settings]) -> None:
    good, bad = _WORTH
    sooner, loss = "celebrating lowers the index", "celebrating costs welfare"
    study.say(
        f"Where the task is worth doing, to celebrate each unit brings work sooner in "
        f"{_part(study, sooner, task=good, after='unit', when='early')} at first, and in "
        f"{_part(study, sooner, task=good, after='unit', when='late')} after practice.",
        f"There it costs welfare in {_part(study, loss, task=good, after='unit', when='late')}.",
        f"Where it is not worth doing, it brings work all the same in "
        f"{_part(study, sooner, task=bad, after='unit', when='late')}, and costs welfare in "
        f"{_part(study, loss, task=bad, after='unit', when='late')}: these are fooled.",
    )
    changes = [
        study.value("mean change of welfare", task=good, after=after, when="late") for after in ("unit", "attempt")
    ]
    study.say(
        f"To celebrate attempts rather than units changes welfare by {changes[1]:.1f} rather than {changes[0]:.1f} "
        "reward units on average. Built in: that a celebration acts as a reward, and that it wears off by κ."
    )


def __dir__() -> list[str]:
    return __all__
