"""How many sub-goals, where, and how even: splits of one budget, and sub-goals for learning a maze.

In the long task the same budget is paid in K parts, with and without a cost of each switch; early, late,
evenly or unevenly; or partly kept for the end.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats, count, scalar
from rpe.agents import OptionsLearner, Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.study import Study, figures, sentences, table
from rpe.tasks import GoalRules

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    goals : tuple of int
        Numbers of sub-goals K, the first 1.
    overhead : float
        Cost o of reaching each sub-goal but the last, in the arm with overhead.
    disengagement : float
        Probability q of losing engagement there, in that arm.
    shares : tuple of float
        Shares φ of the budget that move to the sub-goals.
    k : float
        Hyperbolic discounting, per step.
    n_agents, n_trials : int
        Learners of the maze, and their trials.
    """

    goals: tuple[int, ...] = (1, 2, 4, 5, 10, 20)
    overhead: float = 2.0
    disengagement: float = 1.0
    shares: tuple[float, ...] = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
    k: float = 0.08
    n_agents: int = 40
    n_trials: int = 60

    def __post_init__(self) -> None:
        if len(self.goals) < 2 or self.goals[0] != 1:
            raise ValueError(f"goals must begin with 1 and hold another; got {self.goals}")
        for n in self.goals:
            count("goals", n, 1, 20)
        for share in self.shares:
            scalar("shares", share, 0, 1)
        scalar("overhead", self.overhead, 0)
        scalar("disengagement", self.disengagement, 0, 1)
        scalar("k", self.k, 0)
        for name in ("n_agents", "n_trials"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(goals=(1, 5, 20), shares=(0.0, 0.25, 1.0), n_agents=10, n_trials=30)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(goals=(1, 2, 3, 4, 5, 7, 10, 20), shares=tuple(np.linspace(0, 1, 21).tolist()))


def layouts() -> dict[str, list[float]]:
    """Return payouts over 20 units that differ in where the same 100 is paid."""
    even = [0.0] + [20.0 if n % 4 == 0 else 0.0 for n in range(1, 21)]
    early = [0.0] + [20.0 if n <= 5 else 0.0 for n in range(1, 21)]
    late = [0.0] + [20.0 if n > 15 else 0.0 for n in range(1, 21)]
    rising = [0.0] * 21
    falling = [0.0] * 21
    for i, n in enumerate((4, 8, 12, 16, 20)):
        rising[n], falling[n] = 100 * (i + 1) / 15, 100 * (5 - i) / 15
    single = [0.0] * 20 + [100.0]
    return {
        "one goal": single,
        "even": even,
        "rising": rising,
        "falling": falling,
        "all early": early,
        "all late": late,
    }


def run(settings: Settings, rng: Any = None, *, progress: bool = False, n_jobs: int = 1) -> Study:
    """Solve all splits exactly, let learners find their way through a maze, and let couriers choose."""
    study = Study(settings)
    worth = Hyperbolic(settings.k)
    agents = {"hyperbolic": Planner(worth), "exponential": Planner(Exponential(float(worth(20.0)) ** (1 / 20)))}
    _how_many(study, agents, settings)
    _where(study, agents)
    _how_much(study, agents["hyperbolic"], settings)
    for_maze, for_courier = np.random.default_rng(rng).spawn(2)
    _maze(study, settings, for_maze)
    _courier(study, for_courier)
    _say(study, settings)
    return study


def _how_many(study: Study, agents: dict[str, Planner], settings: Settings) -> None:
    curves: dict[str, list[float]] = {}
    costs: dict[str, GoalRules] = {
        "free": {},
        "with overhead": {"overhead": settings.overhead, "disengagement": settings.disengagement},
    }
    for who, agent in agents.items():
        for name, rules in costs.items():
            found = [measures.exact(agent, tasks.micro_wins(n, **rules)) for n in settings.goals]
            curves[f"{who}, {name}"] = [float(each.procrastination_index[0]) for each in found]
            for n, each in zip(settings.goals, found, strict=True):
                study.add(
                    f"{who}, {name}, {n} goals",
                    procrastination_index=each.procrastination_index[0],
                    completion_probability=each.completion_probability[0],
                    welfare=each.welfare[0],
                )
    labels = {"xlabel": "number of sub-goals", "ylabel": "procrastination index", "log": True}
    study.draw("How many", settings.goals, curves, **labels)


def _where(study: Study, agents: dict[str, Planner]) -> None:
    bars: dict[str, list[float]] = {who: [] for who in agents}
    done: dict[str, list[float]] = {who: [] for who in agents}
    for who, agent in agents.items():
        for name, payout in layouts().items():
            found = measures.exact(agent, tasks.GoalTask(payout=payout))
            bars[who].append(float(found.procrastination_index[0]))
            done[who].append(float(found.completion_probability[0]))
            study.add(
                f"{who}, {name}",
                procrastination_index=found.procrastination_index[0],
                completion_probability=found.completion_probability[0],
            )
    study.draw("Where and how even: delay", list(layouts()), bars, ylabel="procrastination index")
    study.draw("Where and how even: completion", list(layouts()), done, ylabel="P(all done in time)")


def _how_much(study: Study, agent: Planner, settings: Settings) -> None:
    found = [measures.exact(agent, tasks.micro_wins(5, share=share)) for share in settings.shares]
    for share, each in zip(settings.shares, found, strict=True):
        study.add(f"share {share:g}", procrastination_index=each.procrastination_index[0])
    index = [float(each.procrastination_index[0]) for each in found]
    labels = {"xlabel": "share of the budget that moves to sub-goals", "ylabel": "procrastination index"}
    study.draw("How much", settings.shares, {"hyperbolic": index}, **labels)


def _maze(study: Study, settings: Settings, rng: np.random.Generator) -> None:
    """Steps to the goal, trial by trial, with options to doorways, to corners, and without."""
    curves = {}
    for name, where in (("no sub-goals", None), ("doorways", "doorways"), ("corners", "corners")):
        maze = tasks.FourRooms(where)
        seed = rng.integers(2**63)
        history = simulate.run(OptionsLearner(), maze, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=seed)
        assert history.trials is not None
        curves[name] = history.trials.length.mean(axis=0)
        study.add(f"maze, {name}", steps_in_all=curves[name].sum(), last_trials=curves[name][-5:].mean())
    trials = np.arange(settings.n_trials) + 1
    study.draw("Four rooms: steps to the goal", trials, curves, xlabel="trial", ylabel="steps", log=True)


def _courier(study: Study, rng: np.random.Generator) -> None:
    """How choices between two parcels weigh the way to the parcel and the whole way, by logistic regression.

    The value of a parcel is γ^whole; a courier to whom the parcel itself pays adds γ^way of half the size.
    """
    gamma, beta, n = 0.9, 20.0, 4000
    way = rng.integers(1, 10, (2, n))
    whole = way + rng.integers(1, 10, (2, n))
    for name, pay in (("hierarchical", 0.0), ("parcel pays", 0.5)):
        value = gamma**whole + pay * gamma**way
        first = rng.random(n) < 1 / (1 + np.exp(-beta * (value[0] - value[1])))
        goal, parcel = _logit(np.stack([whole[0] - whole[1], way[0] - way[1]], axis=1), first)
        study.add(f"courier, {name}", goal_coefficient=goal, parcel_coefficient=parcel, ratio=abs(parcel / goal))


def _logit(x: Floats, y: Any) -> tuple[float, float]:
    """Coefficients of a logistic regression without intercept, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        w = w + np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    return float(w[0]), float(w[1])


def _say(study: Study, settings: Settings) -> None:
    for name in ("free", "with overhead"):
        index = {n: study.number(f"hyperbolic, {name}, {n} goals", "procrastination index") for n in settings.goals}
        best, most = min(index, key=lambda n: index[n]), settings.goals[-1]
        done = study.number(f"hyperbolic, {name}, {most} goals", "completion probability")
        study.add(f"best number, {name}", goals=best)
        study.say(
            f"{'If sub-goals are free' if name == 'free' else 'If each sub-goal costs a switch'}, the hyperbolic "
            "agent delays least "
            f"with {best} (index {index[best]:.2f}; {index[1]:.2f} with one goal, {index[most]:.2f} with {most}, "
            "where completion "
            f"is {done:.2f})."
        )
    by_layout = {name: study.number(f"hyperbolic, {name}", "procrastination index") for name in layouts()}
    done_by = {name: study.number(f"hyperbolic, {name}", "completion probability") for name in layouts()}
    harmful = [name for name in list(layouts())[1:] if done_by[name] < done_by["one goal"] - 0.05]
    study.say(
        "On the same budget the index is "
        + ", ".join(f"{value:.2f} ({name})" for name, value in by_layout.items())
        + f"; completion falls below that of one goal with {', '.join(harmful) if harmful else 'none of them'}."
    )
    share = {s: study.number(f"share {s:g}", "procrastination index") for s in settings.shares}
    falls = all(share[b] <= share[a] + 1e-9 for a, b in zip(settings.shares[:-1], settings.shares[1:], strict=True))
    study.say(
        f"The more of the budget moves to the sub-goals the {'less' if falls else 'less, but not steadily,'} delay: "
        "from "
        f"{share[settings.shares[0]]:.2f} to {share[settings.shares[-1]]:.2f}."
    )
    steps = {name: study.number(f"maze, {name}", "steps in all") for name in ("no sub-goals", "doorways", "corners")}
    study.say(
        f"In the maze options to doorways take {steps['doorways'] / steps['no sub-goals']:.2f} of the steps that "
        "learning without "
        f"sub-goals takes, options to corners {steps['corners'] / steps['no sub-goals']:.2f}: "
        + (
            "misplaced sub-goals are worse than none."
            if steps["corners"] > steps["no sub-goals"] > steps["doorways"]
            else "well-placed ones help more, but even misplaced ones are no worse than none here."
            if steps["doorways"] < steps["corners"] <= steps["no sub-goals"]
            else "not what the idea of bottlenecks predicts."
        )
    )
    ratio = {name: study.number(f"courier, {name}", "ratio") for name in ("hierarchical", "parcel pays")}
    study.say(
        "Couriers whose parcels count within the sub-task alone weigh the way to the parcel "
        f"{ratio['hierarchical']:.2f} times as "
        f"much as the whole way, those whom the parcel pays {ratio['parcel pays']:.2f} times (people: .02)."
    )
