"""Model recovery of discounting: whether data can tell how a procrastinator discounts, and which data can.

Planners that discount exponentially, hyperbolically or quasi-hyperbolically do a small task with a
deadline. Their choices, or only their work over time, are then fitted by all three: how often does
the model that generated the data win?
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from matplotlib.figure import Figure

from rpe import agents, discounting, fit, plots, tasks
from rpe._checks import Seed, count, generator, scalar
from rpe._parallel import Cell, Progress, evaluate
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = ["KINDS", "Data", "Result", "Settings", "figures", "models", "run", "sentences", "table"]


class Data(NamedTuple):
    """What is seen of a subject.

    Attributes
    ----------
    data : str
        "choices", or "work per day".
    arm : str
        "one goal" or "micro wins".
    """

    data: str
    arm: str

    @property
    def label(self) -> str:
        """Name in figures and sentences."""
        return f"{self.data}, {self.arm}"


KINDS = (Data("choices", "one goal"), Data("choices", "micro wins"), Data("work per day", "one goal"))
_NAMES = ("exponential", "hyperbolic", "quasi-hyperbolic")


@dataclass(frozen=True)
class Settings:
    """What is simulated and fitted.

    Parameters
    ----------
    n_subjects : int
        Simulated subjects of each model.
    n_trials : int
        Times that each does the task; its work over time is seen once.
    n_units : int
        Units of work.
    deadline : int
        Days that there are.
    reward : float
        Budget of the task, reward units.
    n_goals : int
        Sub-goals of the split task.
    inverse_temperature : float
        β of the softmax, per reward unit, known to the fits.
    n_starts : int
        Starts of every fit.
    """

    n_subjects: int = 60
    n_trials: int = 5
    n_units: int = 8
    deadline: int = 24
    reward: float = 40.0
    n_goals: int = 4
    inverse_temperature: float = 1.0
    n_starts: int = 3

    def __post_init__(self) -> None:
        for name in ("n_subjects", "n_units", "deadline"):
            count(name, getattr(self, name), 2)
        for name in ("n_trials", "n_starts"):
            count(name, getattr(self, name))
        count("n_goals", self.n_goals, 1, self.n_units)
        for name in ("reward", "inverse_temperature"):
            scalar(name, getattr(self, name), 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute."""
        return cls(n_subjects=15, n_trials=3, n_starts=2)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_subjects=300, n_trials=10, n_starts=5)


@dataclass(frozen=True)
class Result:
    """Model recovery for each kind of data.

    Attributes
    ----------
    settings : Settings
    found : dict
        `rpe.fit.ModelRecovery` by kind of data.
    """

    settings: Settings
    found: dict[Data, fit.ModelRecovery]


def models(settings: Settings, n_goals: int) -> list[fit.Model]:
    """Return the three models of a task with so many goals, each with one free parameter of discounting."""
    task = tasks.micro_wins(
        n_goals=n_goals, n_units=settings.n_units, deadline=settings.deadline, reward=settings.reward
    )
    discounts: list[tuple[discounting.Discounting, dict[str, fit.Parameter]]] = [
        (discounting.Exponential(0.9), {"discounting.gamma": fit.Parameter(0, 1, start=(0.7, 0.98))}),
        (discounting.Hyperbolic(0.1), {"discounting.k": fit.Parameter(0, start=(0.03, 0.5))}),
        (discounting.QuasiHyperbolic(0.7, 1.0), {"discounting.beta": fit.Parameter(0, 1, start=(0.2, 0.9))}),
    ]
    beta = settings.inverse_temperature
    return [
        fit.Model(agents.Planner(function, inverse_temperature=beta), task, free, name=name)
        for name, (function, free) in zip(_NAMES, discounts, strict=True)
    ]


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Simulate and fit; the result does not depend on `n_jobs`."""
    streams = generator(rng).spawn(len(KINDS))
    cells = [Cell(kind, _recovered, (settings, kind, own)) for kind, own in zip(KINDS, streams, strict=True)]
    with Progress(len(cells), show=progress, label="model_comparison") as bar:
        return Result(settings, evaluate(cells, n_jobs=n_jobs, done=bar.update))


def _recovered(settings: Settings, kind: Data, rng: np.random.Generator) -> fit.ModelRecovery:
    return fit.model_recovery(
        models(settings, settings.n_goals if kind.arm == "micro wins" else 1),
        n_subjects=settings.n_subjects,
        n_trials=1 if kind.data == "work per day" else settings.n_trials,
        data="work" if kind.data == "work per day" else "choices",
        n_starts=settings.n_starts,
        rng=rng,
    )


def table(result: Result) -> Table:
    """Return one row per kind of data, arm, model that generated, and model that won."""
    return tidy(
        {**kind._asdict(), "generated_by": _NAMES[i], "fitted_best": _NAMES[j], "share": float(part.confusion[i, j])}
        for kind, part in result.found.items()
        for i in range(3)
        for j in range(3)
    )


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    lines = []
    for kind, part in result.found.items():
        right = np.diag(part.confusion)
        error = np.sqrt(right.mean() * (1 - right.mean()) / (3 * result.settings.n_subjects))
        verdict = "better than chance" if right.mean() > 1 / 3 + 2 * error else "no better than chance"
        lines.append(
            f"From {kind.label}, the model that generated the data wins in {right.mean():.0%} of subjects, "
            f"{verdict} (33 %): "
            + ", ".join(f"{name} {share:.0%}" for name, share in zip(_NAMES, right, strict=True))
            + "."
        )
    return [*lines, _mistaken(result), _splitting(result)]


def _mistaken(result: Result) -> str:
    off = result.found[KINDS[0]].confusion - 2 * np.eye(3)
    i, j = np.unravel_index(off.argmax(), off.shape)
    return (
        f"From choices on one goal the most frequent mistake is to take {_NAMES[i]} discounting for {_NAMES[j]} "
        f"({off[i, j]:.0%} of subjects): a good fit of one discount function does not show that it is the one."
    )


def _splitting(result: Result) -> str:
    one, split = (np.diag(result.found[kind].confusion).mean() for kind in KINDS[:2])
    error = np.sqrt((one * (1 - one) + split * (1 - split)) / (3 * result.settings.n_subjects))
    change = split - one
    verdict = "tells the models apart better" if change > 2 * error else "tells them apart worse"
    if abs(change) <= 2 * error:
        verdict = "makes no difference that these numbers of subjects could show"
    return f"Splitting the task into {result.settings.n_goals} micro wins {verdict} ({one:.0%} to {split:.0%})."


def figures(result: Result) -> dict[str, Figure]:
    """Return the figure: a confusion matrix for each kind of data."""
    with plots.style():
        figure = Figure(figsize=(plots.page(1)[0].get_figwidth(), 3.0), layout="constrained")
        for i, (ax, (kind, part)) in enumerate(zip(figure.subplots(1, 3), result.found.items(), strict=True)):
            plots.confusion(part.confusion, labels=list(_NAMES), ax=ax)
            right = np.diag(part.confusion).mean()
            words = f"{kind.label[0].upper()}{kind.label[1:]}: {right:.0%} told rightly"
            plots.heading(ax, words, letter="abc"[i])
            if i:
                ax.set_ylabel("")
                ax.set_yticklabels([])
    return {"": figure}


def __dir__() -> list[str]:
    return __all__
