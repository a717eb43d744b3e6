"""Whether deadlines and sub-deadlines help: the same budget, with free time that comes and goes.

Sub-deadlines forfeit their payment, or all pay from then on, if they are missed. Field experiments found
no gain from them. (A well-known study of self-imposed deadlines has been retracted and is no target here.)
"""

from dataclasses import dataclass
from typing import Any, Self

from rpe import measures, tasks
from rpe._checks import count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.study import Study, figures, sentences, table

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


def run(settings: Settings, rng: Any = None, *, progress: bool = False, n_jobs: int = 1) -> Study:
    """Solve all tasks exactly; nothing is random."""
    study = Study(settings)
    worth = Hyperbolic(settings.k)
    agents = {
        "naive": Planner(worth),
        "sophisticated": Planner(worth, sophisticated=True),
        "exponential": Planner(Exponential(float(worth(20.0)) ** (1 / 20))),
    }
    done: dict[str, dict[str, list[float]]] = {who: {} for who in agents}
    for who, agent in agents.items():
        for p in settings.free_times:
            for arm, task in _tasks(settings, p).items():
                found = measures.exact(agent, task)
                done[who].setdefault(arm, []).append(float(found.completion_probability[0]))
                study.add(
                    f"{who}, {arm}, free time {p:g}",
                    completion_probability=found.completion_probability[0],
                    procrastination_index=found.procrastination_index[0],
                    welfare=found.welfare[0],
                )
    x = settings.free_times[::-1]
    for who, curves in done.items():
        flipped = {arm: y[::-1] for arm, y in curves.items()}
        labels = {"xlabel": "chance of free time", "ylabel": "P(all done in time)"}
        study.draw(f"Completion, {who}", x, flipped, **labels)
    _say(study, settings, done)
    return study


def _say(study: Study, settings: Settings, done: dict[str, dict[str, list[float]]]) -> None:
    for who, arms in done.items():
        changes = [
            {p: b - a for p, a, b in zip(settings.free_times, arms["sub-goals"], arms[arm], strict=True)}
            for arm in ("sub-deadlines", "all or nothing")
        ]
        (p, change), (q, rigid) = (max(each.items(), key=lambda item: abs(item[1])) for each in changes)
        study.add(who, change_by_deadlines=change, change_all_or_nothing=rigid)
        study.say(
            f"Sub-deadlines change the completion of the {who} agent by {change:+.3f} at most (where time is free with "
            f"p = {p:g}); if a miss forfeits everything, by {rigid:+.3f} (p = {q:g})."
        )
    largest = max(abs(study.number(who, "change by deadlines")) for who in done)
    study.add("field", largest_change=largest)
    study.say(
        f"The largest change by sub-deadlines that cost their own payment is {largest:.3f}: "
        + (
            "as in the field, next to none (below .05)."
            if largest < 0.05
            else "more than the field experiments found (below .05)."
        )
    )
