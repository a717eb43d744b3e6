"""Present bias against plain impatience: naive, sophisticated and split discounting, matched at the same horizon.

All agents discount a reward after N steps alike. What differs is whether the discount is consistent over
time, whether the agent foresees its own inconsistency, and whether effort is discounted apart from reward.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, tasks
from rpe._checks import count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic, QuasiHyperbolic
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    k : float
        Hyperbolic discounting, per step; the others are matched to it after `n_units` steps.
    beta : float
        Present bias of the quasi-hyperbolic agent, in (0, 1].
    effort_factor : float
        By which effort is discounted more, or less, than reward in the split agents.
    n_goals : int
        Sub-goals of the split task.
    n_units : int
        Units of work.
    """

    k: float = 0.08
    beta: float = 0.7
    effort_factor: float = 4.0
    n_goals: int = 5
    n_units: int = 20

    def __post_init__(self) -> None:
        scalar("k", self.k, 0, open_low=True)
        scalar("beta", self.beta, 0, 1, open_low=True)
        scalar("effort_factor", self.effort_factor, 1)
        for name in ("n_goals", "n_units"):
            count(name, getattr(self, name))

    @classmethod
    def quick(cls) -> Self:
        """The same: all is solved exactly within seconds."""
        return cls()

    @classmethod
    def full(cls) -> Self:
        """The same: all is solved exactly within seconds."""
        return cls()


def agents(settings: Settings) -> dict[str, Planner]:
    """Return the agents by name."""
    worth = Hyperbolic(settings.k)
    at_end = float(worth(float(settings.n_units)))
    steady = (at_end / settings.beta) ** (1 / settings.n_units) if at_end < settings.beta else 1.0
    biased = QuasiHyperbolic(settings.beta, steady)
    factor = settings.effort_factor
    return {
        "no discounting": Planner(Exponential(1.0)),
        "exponential": Planner(Exponential(at_end ** (1 / settings.n_units))),
        "hyperbolic, naive": Planner(worth),
        "hyperbolic, sophisticated": Planner(worth, sophisticated=True),
        "quasi-hyperbolic, naive": Planner(biased),
        "quasi-hyperbolic, sophisticated": Planner(biased, sophisticated=True),
        "effort discounted more": Planner(worth, effort_discounting=Hyperbolic(factor * settings.k)),
        "effort discounted less": Planner(worth, effort_discounting=Hyperbolic(settings.k / factor)),
    }


def run(settings: Settings, rng: Any = None, *, progress: bool = False, n_jobs: int = 1) -> Study:
    """Solve both arms exactly for every agent; nothing is random."""
    study = Study(settings)
    arms = {"one goal": 1, "micro wins": settings.n_goals}
    index: dict[str, list[float]] = {arm: [] for arm in arms}
    gap: dict[str, list[float]] = {arm: [] for arm in arms}
    names = list(agents(settings))
    for name, agent in agents(settings).items():
        for arm, n_goals in arms.items():
            task = tasks.micro_wins(n_goals, n_units=settings.n_units)
            found = measures.exact(agent, task)
            planned = float(measures.planned(agent, task).procrastination_index[0])
            index[arm].append(float(found.procrastination_index[0]))
            gap[arm].append(index[arm][-1] - planned)
            study.add(
                f"{name}, {arm}",
                procrastination_index=index[arm][-1],
                planned_index=planned,
                plan_gap=gap[arm][-1],
                completion_probability=found.completion_probability[0],
                welfare=found.welfare[0],
            )
    study.draw("What agents do", names, index, ylabel="procrastination index")
    study.draw("Intention against action", names, gap, ylabel="index, done − planned")
    gain = {"gain": np.array(index["one goal"]) - np.array(index["micro wins"])}
    study.draw("What micro wins gain", names, gain, ylabel="index, one goal − micro wins")
    _say(study, index, gap, names)
    return study


def _say(study: Study, index: dict[str, list[float]], gap: dict[str, list[float]], names: list[str]) -> None:
    mono = dict(zip(names, index["one goal"], strict=True))
    micro = dict(zip(names, index["micro wins"], strict=True))
    late = dict(zip(names, gap["one goal"], strict=True))
    study.say(
        f"Discounting the end alike, the exponential agent has an index of {mono['exponential']:.2f} with one goal "
        "and the naive "
        f"hyperbolic one {mono['hyperbolic, naive']:.2f}: "
        + (
            "present bias, not impatience, makes the delay."
            if mono["hyperbolic, naive"] - mono["exponential"] > 0.05
            else "impatience alone makes the delay."
        )
    )
    study.say(
        f"The naive hyperbolic agent plans to be done sooner than it is (by {late['hyperbolic, naive']:.2f} of the "
        "time), the "
        f"sophisticated one by {late['hyperbolic, sophisticated']:.2f}. Foresight alone changes the index from "
        f"{mono['hyperbolic, naive']:.2f} to {mono['hyperbolic, sophisticated']:.2f}: "
        + (
            "knowing oneself does not cure delay here."
            if mono["hyperbolic, sophisticated"] > 0.75 * mono["hyperbolic, naive"]
            else "knowing oneself helps."
        )
    )
    more, less = mono["effort discounted more"], mono["effort discounted less"]
    study.say(
        f"When effort is discounted more than reward the index is {more:.2f}, when less {less:.2f}: "
        + (
            "putting off the effort matters more than waiting for the reward."
            if more > less + 0.05
            else "it makes little difference."
            if abs(more - less) <= 0.05
            else "dear future effort delays more."
        )
    )
    helped = [name for name in names if mono[name] - micro[name] > 0.02]
    hurt = [name for name in names if mono[name] - micro[name] < -0.02]
    study.say(
        f"Micro wins help {len(helped)} of {len(names)} agents ({'; '.join(helped) or 'none'}) and hurt {len(hurt)}"
        + (f" ({'; '.join(hurt)})." if hurt else ".")
    )
