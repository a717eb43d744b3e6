"""Present bias against impatience: naive, sophisticated and split discounting, matched at the same horizon.

All agents discount a reward after N steps alike. What differs is whether the discount is consistent over
time, whether the agent foresees its own inconsistency, and whether effort is discounted apart from reward.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

from rpe import measures, tasks
from rpe._checks import Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic, QuasiHyperbolic
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Kind", "Settings", "agents", "figures", "run", "sentences", "table"]


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


class Kind(NamedTuple):
    """What tells an agent from the others.

    Attributes
    ----------
    discounting : str
        "none", "exponential", "hyperbolic" or "quasi-hyperbolic".
    foresight : str
        "naive" agents expect to stick to today's plan, "sophisticated" ones expect what they will do.
    effort : str
        How effort is discounted: "as reward", "more" or "less".
    """

    discounting: str
    foresight: str = "naive"
    effort: str = "as reward"

    @property
    def label(self) -> str:
        """Name in figures and sentences."""
        if self.effort != "as reward":
            return f"effort discounted {self.effort}"
        if self.discounting in ("none", "exponential"):
            return {"none": "no discounting"}.get(self.discounting, self.discounting)
        return f"{self.discounting}, {self.foresight}"


def agents(settings: Settings) -> dict[Kind, Planner]:
    """Return the agents by kind."""
    worth = Hyperbolic(settings.k)
    at_end = float(worth(float(settings.n_units)))
    steady = (at_end / settings.beta) ** (1 / settings.n_units) if at_end < settings.beta else 1.0
    biased = QuasiHyperbolic(settings.beta, steady)
    factor = settings.effort_factor
    return {
        Kind("none"): Planner(Exponential(1.0)),
        Kind("exponential"): Planner(Exponential(at_end ** (1 / settings.n_units))),
        Kind("hyperbolic"): Planner(worth),
        Kind("hyperbolic", "sophisticated"): Planner(worth, sophisticated=True),
        Kind("quasi-hyperbolic"): Planner(biased),
        Kind("quasi-hyperbolic", "sophisticated"): Planner(biased, sophisticated=True),
        Kind("hyperbolic", effort="more"): Planner(worth, effort_discounting=Hyperbolic(factor * settings.k)),
        Kind("hyperbolic", effort="less"): Planner(worth, effort_discounting=Hyperbolic(settings.k / factor)),
    }


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve both arms exactly for every agent; nothing is random."""
    study = Study(settings)
    arms = {"one goal": 1, "micro wins": settings.n_goals}
    kinds = agents(settings)
    for kind, agent in kinds.items():
        for arm, n_goals in arms.items():
            task = tasks.micro_wins(n_goals, n_units=settings.n_units)
            found = measures.exact(agent, task)
            index, planned = (float(each.procrastination_index[0]) for each in (found, measures.planned(agent, task)))
            study.add(
                {
                    "procrastination index": index,
                    "planned index": planned,
                    "plan gap": index - planned,
                    "completion probability": found.completion_probability[0],
                    "welfare": found.welfare[0],
                },
                **kind._asdict(),
                arm=arm,
            )
    names = [kind.label for kind in kinds]
    index_by, gap_by = (
        {arm: study.values(what, arm=arm) for arm in arms} for what in ("procrastination index", "plan gap")
    )
    study.draw("What agents do", names, index_by, ylabel="procrastination index")
    study.draw("Intention against action", names, gap_by, ylabel="index, done − planned")
    gain = {"gain": index_by["one goal"] - index_by["micro wins"]}
    study.draw("What micro wins gain", names, gain, ylabel="index, one goal − micro wins")
    _say(study, list(kinds))
    return study


def _say(study: Study[Settings], kinds: list[Kind]) -> None:
    mono, micro, late = (
        {kind: study.value(what, **kind._asdict(), arm=arm) for kind in kinds}
        for what, arm in (
            ("procrastination index", "one goal"),
            ("procrastination index", "micro wins"),
            ("plan gap", "one goal"),
        )
    )
    exponential, naive, sophisticated = Kind("exponential"), Kind("hyperbolic"), Kind("hyperbolic", "sophisticated")
    study.say(
        f"Discounting the end alike, the exponential agent has an index of {mono[exponential]:.2f} with one goal "
        "and the naive "
        f"hyperbolic one {mono[naive]:.2f}: "
        + (
            "present bias, not impatience, makes the delay."
            if mono[naive] - mono[exponential] > 0.05
            else "impatience alone makes the delay."
        )
    )
    study.say(
        f"The naive hyperbolic agent plans to be done sooner than it is (by {late[naive]:.2f} of the "
        "time), the "
        f"sophisticated one by {late[sophisticated]:.2f}. Foresight alone changes the index from "
        f"{mono[naive]:.2f} to {mono[sophisticated]:.2f}: "
        + (
            "knowing oneself does not cure delay here."
            if mono[sophisticated] > 0.75 * mono[naive]
            else "knowing oneself helps."
        )
    )
    more, less = (mono[Kind("hyperbolic", effort=how)] for how in ("more", "less"))
    study.say(
        f"When effort is discounted more than reward the index is {more:.2f}, when less {less:.2f}: "
        + (
            "delaying the effort matters more than waiting for the reward."
            if more > less + 0.05
            else "it makes little difference."
            if abs(more - less) <= 0.05
            else "dear future effort delays more."
        )
    )
    helped = [kind.label for kind in kinds if mono[kind] - micro[kind] > 0.02]
    hurt = [kind.label for kind in kinds if mono[kind] - micro[kind] < -0.02]
    study.say(
        f"Micro wins help {len(helped)} of {len(kinds)} agents ({'; '.join(helped) or 'none'}) and hurt {len(hurt)}"
        + (f" ({'; '.join(hurt)})." if hurt else ".")
    )


def __dir__() -> list[str]:
    return __all__
