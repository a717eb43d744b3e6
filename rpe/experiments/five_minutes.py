"""Commitment to a few steps ("just five minutes"): an option that binds, with and without an easier start.

A promise to work k steps adds an action that the agent may leave alone. Whoever plans consistently gains
nothing by it. An agent that discounts hyperbolically might: binding takes later selves their choice, but
it makes the first step dearer too. The control is a promise of one step, which is work by another name:
it shows what one more action to choose from does to a softmax agent.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe import measures, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments import titles
from rpe.experiments.study import Labels, Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The task and the agents.

    Parameters
    ----------
    promises : tuple of int
        Lengths k of the promise, steps.
    waived : tuple of float
        Shares of the start-up cost that the promise takes away.
    k : float
        Hyperbolic discounting, per step.
    start_cost : float
        Start-up cost, reward units.
    """

    promises: tuple[int, ...] = (1, 2, 3, 5, 8)
    waived: tuple[float, ...] = (0.0, 0.5, 1.0)
    k: float = 0.08
    start_cost: float = 4.0

    def __post_init__(self) -> None:
        for n in self.promises:
            count("promises", n)
        for share in self.waived:
            scalar("waived", share, 0, 1)
        if len(self.promises) < 2 or self.promises[0] != 1:
            raise ValueError(f"promises must begin with 1, the control, and hold another; got {self.promises}")
        if 0.0 not in self.waived or 1.0 not in self.waived:
            raise ValueError(f"waived must hold 0 and 1; got {self.waived}")
        scalar("k", self.k, 0)
        scalar("start_cost", self.start_cost, 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(promises=(1, 5), waived=(0.0, 1.0))

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(promises=(1, 2, 3, 4, 5, 6, 8, 10), waived=(0.0, 0.25, 0.5, 0.75, 1.0))


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all tasks exactly; nothing is random."""
    study = Study(settings)
    worth = Hyperbolic(settings.k)
    agents = {
        "naive": Planner(worth),
        "sophisticated": Planner(worth, sophisticated=True),
        # With a greedy choice and a consistent discount, one more option that binds cannot help.
        "consistent": Planner(Exponential(float(worth(20.0)) ** (1 / 20)), inverse_temperature=np.inf),
    }
    base = tasks.monolithic(start_cost=settings.start_cost)
    plain = {name: measures.exact(agent, base) for name, agent in agents.items()}
    for name, found in plain.items():
        without = {"procrastination index": found.procrastination_index[0], "welfare": found.welfare[0]}
        study.add(without, agent=name, promise=0)
    control: dict[str, float] = {}
    gains: dict[float, dict[str, Floats]] = {}
    for share in sorted(settings.waived):
        curves: dict[str, list[float]] = {}
        for name, agent in agents.items():
            exact = [measures.exact(agent, tasks.five_minutes(base, n, waived=share)) for n in settings.promises]
            curves[name] = [float(each.procrastination_index[0]) for each in exact]
            if share == 0:
                control[name] = curves[name][0]
            for n, index, each in zip(settings.promises, curves[name], exact, strict=True):
                study.add(
                    {
                        "procrastination index": index,
                        "change": index - control[name],
                        "change by binding": index - curves[name][0],
                        "welfare": each.welfare[0],
                    },
                    agent=name,
                    promise=n,
                    waived=share,
                )
        if share in (0.0, 1.0):
            gains[share] = {name: np.array(y) - control[name] for name, y in curves.items()}
    _draw(study, settings, gains)
    _say(study, settings)
    return study


def _draw(study: Study[Settings], settings: Settings, gains: dict[float, dict[str, Floats]]) -> None:
    """The promise alone, and with an easier start, on one scale."""
    every = np.concatenate([y for gain in gains.values() for y in gain.values()])
    room = 0.05 * max(float(np.ptp(every)), 0.1)
    labels: Labels = {
        "xlabel": "length of the promise (steps)",
        "ylabel": "change of procrastination index",
        "limits": (min(0.0, float(every.min())) - room, max(0.0, float(every.max())) + room),
        "reference": 0.0,
        "exact": True,
    }
    for share, lead in ((0.0, "the promise alone"), (1.0, "a promise that waives the start-up cost")):
        study.draw(titles.changes(lead, "delay"), settings.promises, gains[share], **labels)


def _say(study: Study[Settings], settings: Settings) -> None:
    longer = settings.promises[1:]
    for name in ("naive", "sophisticated", "consistent"):
        waived = study.value("change", agent=name, promise=1, waived=1)
        parts = [f"an easier start changes the index of the {name} agent by {waived:+.2f}"]
        for share, what in ((0.0, "a promise alone"), (1.0, "a promise on top of an easier start")):
            change = {n: study.value("change by binding", agent=name, promise=n, waived=share) for n in longer}
            best, worst = (pick(change, key=lambda n: change[n]) for pick in (min, max))
            others = "" if best == worst else f" to {change[worst]:+.2f} (of {worst})"
            parts.append(f"{what} by {change[best]:+.2f} (promise of {best} steps){others}")
        study.say(f"{parts[0][0].upper()}{parts[0][1:]}, {parts[1]}, and {parts[2]}.")
    cloned = study.value("procrastination index", agent="naive", promise=1, waived=0)
    plain = study.value("procrastination index", agent="naive", promise=0)
    study.say(
        f"One more action that is only work by another name takes the naive agent from {plain:.2f} to {cloned:.2f}: "
        "that much is the softmax, not a promise, and is taken off above."
    )


def __dir__() -> list[str]:
    return __all__
