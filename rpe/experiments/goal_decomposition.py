"""Sub-goals: how many, where and how even, on one budget; and sub-goals for learning a maze.

In the long task the same budget is paid in K parts, with and without a cost of each switch; early, late,
evenly or unevenly; or partly kept for the end.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats, Seed, count, scalar
from rpe.agents import OptionsLearner, Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.study import Labels, Study, figures, sentences, table
from rpe.tasks import GoalRules

__all__ = ["Settings", "figures", "layouts", "run", "sentences", "table"]


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


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
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


def _how_many(study: Study[Settings], agents: dict[str, Planner], settings: Settings) -> None:
    curves: dict[str, Floats] = {}
    costs: dict[str, GoalRules] = {
        "free": {},
        "with overhead": {"overhead": settings.overhead, "disengagement": settings.disengagement},
    }
    for who, agent in agents.items():
        for name, rules in costs.items():
            for n in settings.goals:
                each = measures.exact(agent, tasks.micro_wins(n, **rules))
                study.add(
                    {
                        "procrastination index": each.procrastination_index[0],
                        "completion probability": each.completion_probability[0],
                        "welfare": each.welfare[0],
                    },
                    part="number of goals",
                    discounting=who,
                    switching=name,
                    n_goals=n,
                )
            curves[f"{who}, {name}"] = study.values("procrastination index", discounting=who, switching=name)
    labels: Labels = {"xlabel": "number of sub-goals", "ylabel": "procrastination index", "log": True}
    study.draw("How many", settings.goals, curves, **labels)


def _where(study: Study[Settings], agents: dict[str, Planner]) -> None:
    for who, agent in agents.items():
        for name, payout in layouts().items():
            found = measures.exact(agent, tasks.GoalTask(payout=payout))
            study.add(
                {
                    "procrastination index": found.procrastination_index[0],
                    "completion probability": found.completion_probability[0],
                },
                part="layout",
                discounting=who,
                layout=name,
            )
    bars, done = (
        {who: study.values(what, part="layout", discounting=who) for who in agents}
        for what in ("procrastination index", "completion probability")
    )
    study.draw("Where and how even: delay", list(layouts()), bars, ylabel="procrastination index")
    study.draw("Where and how even: completion", list(layouts()), done, ylabel="P(all done in time)")


def _how_much(study: Study[Settings], agent: Planner, settings: Settings) -> None:
    found = [measures.exact(agent, tasks.micro_wins(5, share=share)) for share in settings.shares]
    for share, each in zip(settings.shares, found, strict=True):
        index = {"procrastination index": each.procrastination_index[0]}
        study.add(index, part="share of the budget", discounting="hyperbolic", share=share)
    labels: Labels = {"xlabel": "share of the budget that moves to sub-goals", "ylabel": "procrastination index"}
    curve = study.values("procrastination index", part="share of the budget")
    study.draw("How much", settings.shares, {"hyperbolic": curve}, **labels)


def _maze(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Steps to the goal, trial by trial, with options to doorways, to corners, and without."""
    curves = {}
    for name, where in (("no sub-goals", None), ("doorways", "doorways"), ("corners", "corners")):
        maze = tasks.FourRooms(where)
        seed = rng.integers(2**63)
        history = simulate.run(OptionsLearner(), maze, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=seed)
        assert history.trials is not None
        curves[name] = history.trials.length.mean(axis=0)
        steps = {"steps in all": curves[name].sum(), "steps, last trials": curves[name][-5:].mean()}
        study.add(steps, part="maze", sub_goals=name)
    trials = np.arange(settings.n_trials) + 1
    study.draw("Four rooms: steps to the goal", trials, curves, xlabel="trial", ylabel="steps", log=True)


def _courier(study: Study[Settings], rng: np.random.Generator) -> None:
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
        found = {"goal coefficient": goal, "parcel coefficient": parcel, "ratio": abs(parcel / goal)}
        study.add(found, part="courier", courier=name)


def _logit(x: Floats, y: Any) -> tuple[float, float]:
    """Coefficients of a logistic regression without intercept, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        w = w + np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    return float(w[0]), float(w[1])


def _say(study: Study[Settings], settings: Settings) -> None:
    for name in ("free", "with overhead"):
        chosen = {"discounting": "hyperbolic", "switching": name}
        index = dict(zip(settings.goals, study.values("procrastination index", **chosen), strict=True))
        best, most = min(index, key=lambda n: index[n]), settings.goals[-1]
        done = study.value("completion probability", **chosen, n_goals=most)
        study.add({"best number of goals": best}, part="number of goals", discounting="hyperbolic", switching=name)
        study.say(
            f"{'If sub-goals are free' if name == 'free' else 'If each sub-goal costs a switch'}, the hyperbolic "
            "agent delays least "
            f"with {best} (index {index[best]:.2f}; {index[1]:.2f} with one goal, {index[most]:.2f} with {most}, "
            "where completion "
            f"is {done:.2f})."
        )
    by_layout, done_by = (
        {name: study.value(what, discounting="hyperbolic", layout=name) for name in layouts()}
        for what in ("procrastination index", "completion probability")
    )
    harmful = [name for name in list(layouts())[1:] if done_by[name] < done_by["one goal"] - 0.05]
    study.say(
        "On the same budget the index is "
        + ", ".join(f"{value:.2f} ({name})" for name, value in by_layout.items())
        + f"; completion falls below that of one goal with {', '.join(harmful) if harmful else 'none of them'}."
    )
    share = {s: study.value("procrastination index", share=s) for s in settings.shares}
    falls = all(share[b] <= share[a] + 1e-9 for a, b in zip(settings.shares[:-1], settings.shares[1:], strict=True))
    study.say(
        f"The more of the budget moves to the sub-goals the {'less' if falls else 'less, but not steadily,'} delay: "
        "from "
        f"{share[settings.shares[0]]:.2f} to {share[settings.shares[-1]]:.2f}."
    )
    steps = {name: study.value("steps in all", sub_goals=name) for name in ("no sub-goals", "doorways", "corners")}
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
    ratio = {name: study.value("ratio", courier=name) for name in ("hierarchical", "parcel pays")}
    study.say(
        "Couriers whose parcels count within the sub-task alone weigh the way to the parcel "
        f"{ratio['hierarchical']:.2f} times as "
        f"much as the whole way, those whom the parcel pays {ratio['parcel pays']:.2f} times (people: .02)."
    )


def __dir__() -> list[str]:
    return __all__
