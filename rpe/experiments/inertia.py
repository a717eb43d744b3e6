"""Inertia: what a start-up cost does to delay, and to resumption after an interruption.

The start-up cost is paid by a step of work that follows a step without. At zero cost there is no
inertia to find; the sweep shows what it adds, with one goal and with micro wins, and what a ritual takes
away.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    start_costs : tuple of float
        Start-up costs s, reward units; the first should be 0.
    k : float
        Hyperbolic discounting, per step.
    n_goals : int
        Sub-goals of the split task.
    interruption : float
        Chance per step of work of losing engagement, in the test of resumption.
    ritual_every : int
        Steps between the times of the ritual.
    n_agents : int
        Agents of the test of resumption.
    """

    start_costs: tuple[float, ...] = (0.0, 1.0, 2.0, 4.0, 6.0, 8.0)
    k: float = 0.08
    n_goals: int = 5
    interruption: float = 0.2
    ritual_every: int = 10
    n_agents: int = 500

    def __post_init__(self) -> None:
        if len(self.start_costs) < 2 or self.start_costs[0] != 0:
            raise ValueError(f"start_costs must hold two costs at least, the first 0; got {self.start_costs}")
        for cost in self.start_costs:
            scalar("start_costs", cost, 0)
        scalar("k", self.k, 0)
        scalar("interruption", self.interruption, 0, 1)
        for name in ("n_goals", "ritual_every", "n_agents"):
            count(name, getattr(self, name))

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(start_costs=(0.0, 2.0, 8.0), n_agents=200)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(start_costs=tuple(np.linspace(0, 8, 17).tolist()), n_agents=4000)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all tasks exactly, and simulate the test of resumption."""
    study = Study(settings)
    planners = {"hyperbolic": Planner(Hyperbolic(settings.k)), "patient": Planner(Exponential(1.0))}
    arms = {"one goal": 1, "micro wins": settings.n_goals}
    for kind, planner in planners.items():
        for arm, n_goals in arms.items():
            for cost in settings.start_costs:
                found = measures.exact(planner, tasks.micro_wins(n_goals, start_cost=cost))
                study.add(
                    {
                        "procrastination index": found.procrastination_index[0],
                        "start latency": found.start_latency[0],
                        "welfare": found.welfare[0],
                    },
                    part="start-up cost",
                    agent=kind,
                    arm=arm,
                    start_cost=cost,
                )
    index, latency = (
        {f"{kind}, {arm}": study.values(what, agent=kind, arm=arm) for kind in planners for arm in arms}
        for what in ("procrastination index", "start latency")
    )
    _resumption(study, planners["hyperbolic"], settings, rng)
    _ritual(study, planners["hyperbolic"], settings)
    study.draw(
        "Delay by start-up cost",
        settings.start_costs,
        index,
        xlabel="start-up cost (reward units)",
        ylabel="procrastination index",
    )
    study.draw(
        "Time before the first step of work",
        settings.start_costs,
        latency,
        xlabel="start-up cost (reward units)",
        ylabel="share of the time",
    )
    _say(study, settings)
    return study


def _resumption(study: Study[Settings], planner: Planner, settings: Settings, rng: Seed) -> None:
    """How often work goes on right after work, after an interruption, and after idling."""
    for cost in settings.start_costs:
        task = tasks.interruptions(tasks.monolithic(start_cost=cost), settings.interruption)
        history = simulate.run(planner, task, n_agents=settings.n_agents, n_trials=1, rng=rng, record="all")
        assert history.full is not None
        known = task.decode(history.full.state[:, 0, :-1])
        works = np.isin(history.full.action[:, 0], task.work_actions)
        open_still = known["units"] < task.n_units
        before = np.zeros_like(works)
        before[:, 1:] = works[:, :-1]
        engaged = known["engaged"] == 1
        for name, where in (("engaged", engaged), ("interrupted", before & ~engaged), ("idle", ~before)):
            chosen = where & open_still
            share = float(works[chosen].mean()) if chosen.any() else float("nan")
            study.add({"work probability": share}, part="resumption", agent="hyperbolic", start_cost=cost, after=name)
    study.draw(
        "Work right after …",
        settings.start_costs,
        {
            "while engaged" if n == "engaged" else f"after {n}": study.values("work probability", after=n)
            for n in ("engaged", "interrupted", "idle")
        },
        xlabel="start-up cost (reward units)",
        ylabel="P(work)",
    )


def _ritual(study: Study[Settings], planner: Planner, settings: Settings) -> None:
    """What a fixed time that makes starting easy changes."""
    worst = settings.start_costs[-1]
    plain = tasks.monolithic(start_cost=worst)
    eased = tasks.ritual(plain, range(0, plain.n_steps, settings.ritual_every))
    without, with_it = (float(measures.exact(planner, each).procrastination_index[0]) for each in (plain, eased))
    for how, each in (("without", without), ("with", with_it)):
        index = {"procrastination index": each}
        study.add(index, part="ritual", agent="hyperbolic", start_cost=worst, ritual=how)
    study.draw(
        "A ritual that waives the start-up cost",
        ["without", "with ritual"],
        {"index": [without, with_it]},
        ylabel="procrastination index",
    )


def _say(study: Study[Settings], settings: Settings) -> None:
    mono, micro, patient = (
        study.values("procrastination index", agent=agent, arm=arm)
        for agent, arm in (("hyperbolic", "one goal"), ("hyperbolic", "micro wins"), ("patient", "one goal"))
    )
    most = settings.start_costs[-1]
    study.say(
        f"With one goal the procrastination index of the hyperbolic agent goes from {mono[0]:.2f} without a start-up "
        "cost to "
        f"{mono[-1]:.2f} at s = {most:g}: "
        f"{'starting costs delay' if mono[-1] - mono[0] > 0.02 else 'no inertia to speak of'}. "
        f"With no discounting it goes from {patient[0]:.2f} to {patient[-1]:.2f}."
    )
    study.say(
        f"Micro wins take the index to {micro[0]:.2f} at s = 0 and {micro[-1]:.2f} at s = {most:g}: they gain "
        f"{mono[0] - micro[0]:.2f} "
        f"without inertia and {mono[-1] - micro[-1]:.2f} with it, so "
        f"{'most' if mono[0] - micro[0] > 0.5 * (mono[-1] - micro[-1]) else 'part'} of it is something else than "
        "overcoming inertia."
    )
    asked = ("engaged", "interrupted", "idle")
    shares = {c: [study.value("work probability", after=n, start_cost=c) for n in asked] for c in settings.start_costs}
    known = [c for c, found in shares.items() if np.isfinite(found).all()]
    engaged, broken, idle = shares[known[-1]]
    study.say(
        f"At s = {known[-1]:g}, the highest at which work is done, it goes on with probability {engaged:.2f} while "
        f"engaged, {broken:.2f} right after an interruption and "
        f"{idle:.2f} after idling. (People resumed 67 % of interrupted tasks in 21 publications; the memory "
        "advantage of "
        "interrupted tasks is null.)"
    )
    without, with_it = (study.value("procrastination index", ritual=how) for how in ("without", "with"))
    study.say(
        f"A ritual that waives the start-up cost every {settings.ritual_every} steps changes the index from "
        f"{without:.2f} to {with_it:.2f}."
    )


def __dir__() -> list[str]:
    return __all__
