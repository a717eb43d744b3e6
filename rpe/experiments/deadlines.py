"""Deadlines and sub-deadlines: whether they raise completion on the same budget, with uncertain free time.

Sub-deadlines forfeit their payment, or all pay from then on, if they are missed. Field experiments found
no gain from them. (A well-known study of self-imposed deadlines has been retracted and is no target here.)
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, tasks
from rpe._checks import Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.study import Labels, Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    free_times : tuple of float
        Chances that a step of work finds free time.
    k : float
        Hyperbolic discounting, per step.
    n_goals : int
        Sub-goals.
    n_units, deadline : int
        Of the task.
    reward : float
        Budget, reward units.
    """

    free_times: tuple[float, ...] = (1.0, 0.9, 0.8, 0.7, 0.6)
    k: float = 0.08
    n_goals: int = 4
    n_units: int = 20
    deadline: int = 60
    reward: float = 100.0

    def __post_init__(self) -> None:
        for p in self.free_times:
            scalar("free_times", p, 0, 1, open_low=True)
        if len(self.free_times) < 2 or list(self.free_times) != sorted(set(self.free_times), reverse=True):
            raise ValueError(f"free_times must fall, and hold two numbers at least; got {self.free_times}")
        scalar("k", self.k, 0)
        scalar("reward", self.reward, 0)
        for name in ("n_goals", "n_units", "deadline"):
            count(name, getattr(self, name))

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(free_times=(1.0, 0.7))

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(free_times=(1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55))


def _tasks(settings: Settings, free_time: float) -> dict[str, tasks.GoalTask]:
    """The same split budget, with and without sub-deadlines, and the single goal."""
    size: dict[str, Any] = {"n_units": settings.n_units, "deadline": settings.deadline, "reward": settings.reward}
    k = settings.n_goals
    return {
        "one goal": tasks.monolithic(**size, success_probability=free_time),
        "sub-goals": tasks.micro_wins(k, **size, success_probability=free_time),
        "sub-deadlines": tasks.sub_deadlines(k, free_time=free_time, **size),
        "all or nothing": tasks.sub_deadlines(k, free_time=free_time, forfeit="all", **size),
    }


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all tasks exactly; nothing is random."""
    study = Study(settings)
    worth = Hyperbolic(settings.k)
    agents = {
        "naive": Planner(worth),
        "sophisticated": Planner(worth, sophisticated=True),
        "exponential": Planner(Exponential(float(worth(20.0)) ** (1 / 20))),
    }
    for who, agent in agents.items():
        for p in settings.free_times:
            for arm, task in _tasks(settings, p).items():
                found = measures.exact(agent, task)
                study.add(
                    {
                        "completion probability": found.completion_probability[0],
                        "procrastination index": found.procrastination_index[0],
                        "welfare": found.welfare[0],
                    },
                    agent=who,
                    arm=arm,
                    free_time=p,
                )
    x = settings.free_times[::-1]
    done = {
        who: {
            str(arm): study.values("completion probability", agent=who, arm=arm).tolist() for arm in study.levels("arm")
        }
        for who in agents
    }
    for who, curves in done.items():
        flipped = {arm: y[::-1] for arm, y in curves.items()}
        labels: Labels = {"xlabel": "chance of free time", "ylabel": "P(all done in time)"}
        study.draw(f"Completion, {who}", x, flipped, **labels)
    _say(study, settings, done)
    return study


def _say(study: Study[Settings], settings: Settings, done: dict[str, dict[str, list[float]]]) -> None:
    for who, arms in done.items():
        changes = [
            {p: b - a for p, a, b in zip(settings.free_times, arms["sub-goals"], arms[arm], strict=True)}
            for arm in ("sub-deadlines", "all or nothing")
        ]
        (p, change), (q, rigid) = (max(each.items(), key=lambda item: abs(item[1])) for each in changes)
        study.add({"largest change of completion": change}, agent=who, arm="sub-deadlines")
        study.add({"largest change of completion": rigid}, agent=who, arm="all or nothing")
        study.say(
            f"Sub-deadlines change the completion of the {who} agent by {change:+.3f} at most (where time is free with "
            f"p = {p:g}); if a miss forfeits everything, by {rigid:+.3f} (p = {q:g})."
        )
    largest = float(np.abs(study.values("largest change of completion", arm="sub-deadlines")).max())
    study.add({"largest change of completion, any agent": largest}, arm="sub-deadlines")
    study.say(
        f"The largest change by sub-deadlines that cost their own payment is {largest:.3f}: "
        + (
            "as in the field, next to none (below .05)."
            if largest < 0.05
            else "more than the field experiments found (below .05)."
        )
    )


def __dir__() -> list[str]:
    return __all__
