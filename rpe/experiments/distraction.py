"""Distraction: whether its size or its unpredictability holds attention away from work.

Planners that know the task see only what a distraction pays on average. Learners also meet its chance:
errors that never settle. Whether that makes unpredictable distraction win more of their time is what the
simulation shows.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Seed, count, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.study import Study, effect_size, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    pays : tuple of float
        Mean pay d of a step of distraction, reward units.
    chances : tuple of float
        Probabilities with which it pays, d/p each time.
    k : float
        Hyperbolic discounting of the planners, per step.
    n_goals : int
        Sub-goals of the split task.
    n_agents, n_trials : int
        Learners.
    """

    pays: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
    chances: tuple[float, ...] = (1.0, 0.5, 0.2, 0.1)
    k: float = 0.08
    n_goals: int = 5
    n_agents: int = 300
    n_trials: int = 1500

    def __post_init__(self) -> None:
        for pay in self.pays:
            scalar("pays", pay, 0)
        for p in self.chances:
            scalar("chances", p, 0, 1, open_low=True)
        if len(self.pays) < 2 or len(self.chances) < 2 or 1.0 not in self.chances:
            raise ValueError(f"pays must hold two numbers, chances 1 and another; got {self.pays}, {self.chances}")
        scalar("k", self.k, 0)
        for name in ("n_goals", "n_agents", "n_trials"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(pays=(1.0, 2.0, 3.0), chances=(1.0, 0.2), n_agents=100, n_trials=400)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_agents=2000, n_trials=4000)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve the tasks for planners, and let learners meet chance."""
    study = Study(settings)
    worth = Hyperbolic(settings.k)
    planners = {"hyperbolic": Planner(worth), "exponential": Planner(Exponential(float(worth(20.0)) ** (1 / 20)))}
    arms = {"one goal": 1, "micro wins": settings.n_goals}
    for kind, planner in planners.items():
        for arm, n_goals in arms.items():
            for d in settings.pays:
                index = measures.exact(planner, tasks.micro_wins(n_goals, distraction=d)).procrastination_index[0]
                study.add(
                    {"procrastination index": index}, part="pay", agent="planner", discounting=kind, arm=arm, pay=d
                )
    by_pay = {
        f"{kind}, {arm}": study.values("procrastination index", discounting=kind, arm=arm)
        for kind in planners
        for arm in arms
    }
    chancy = [measures.exact(planners["hyperbolic"], _chancy(p)).procrastination_index[0] for p in settings.chances]
    largest = {"largest change by chance": np.ptp(chancy)}
    study.add(largest, part="chance", agent="planner", discounting="hyperbolic", arm="micro wins")
    _learners(study, settings, rng)
    shares, spreads = (
        study.values(what, agent="learner", arm="micro wins") for what in ("procrastination index", "error spread")
    )
    study.draw(
        "Planners: what it pays",
        settings.pays,
        by_pay,
        xlabel="pay of distraction (reward units per step)",
        ylabel="procrastination index",
    )
    order = np.argsort(settings.chances)
    chances = np.array(settings.chances)[order]
    study.draw(
        "Chance, on the same mean",
        chances,
        {"planners": np.array(chancy)[order], "learners": shares[order]},
        xlabel="probability that distraction pays",
        ylabel="procrastination index",
    )
    study.draw(
        "Errors of learners at distraction",
        chances,
        {"learners": spreads[order], "d √((1−p)/p)": 2 * np.sqrt((1 - chances) / chances)},
        xlabel="probability that distraction pays",
        ylabel="SD of δ (reward units)",
    )
    _say(study, settings)
    return study


def _chancy(p: float) -> tasks.Variant:
    return tasks.variable_distraction(tasks.micro_wins(5, n_units=6, deadline=18, reward=30.0), p)


def _learners(study: Study[Settings], settings: Settings, rng: Seed) -> None:
    """Procrastination of learners in the last fifth of the trials, and the spread of their errors at distraction."""
    learner = QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9, inverse_temperature=1.0)
    single = {}
    for p, seed in zip(settings.chances, np.random.default_rng(rng).spawn(len(settings.chances)), strict=True):
        history = simulate.run(learner, _chancy(p), n_agents=settings.n_agents, n_trials=settings.n_trials, rng=seed)
        late = slice(-settings.n_trials // 5, None)
        single[p] = measures.procrastination_index(history)[:, late].mean(axis=1)
        assert history.full is not None
        idle = history.full.action[:, late] == tasks.DISTRACT
        delta = history.full.delta[:, late, 1:]
        found = {
            "procrastination index": single[p].mean(),
            "error spread": delta[idle & np.isfinite(delta)].std(),
        }
        study.add(found, part="chance", agent="learner", arm="micro wins", chance=p)
    rarest = min(settings.chances)
    study.add({"effect of chance": effect_size(single[rarest], single[1.0])}, part="chance", agent="learner")


def _say(study: Study[Settings], settings: Settings) -> None:
    for kind in study.levels("discounting"):
        for arm in ("one goal", "micro wins"):
            y = study.values("procrastination index", discounting=kind, arm=arm)
            study.say(
                f"{str(kind).capitalize()}, {arm}: index {y[0]:.2f} where distraction pays {settings.pays[0]:g}, "
                f"{y[-1]:.2f} where it pays {settings.pays[-1]:g}."
            )
    mono, micro = (
        study.values("procrastination index", discounting="hyperbolic", arm=arm) for arm in ("one goal", "micro wins")
    )
    gain = mono - micro
    by_chance = {p: study.value("procrastination index", agent="learner", chance=p) for p in settings.chances}
    effect = study.value("effect of chance", agent="learner")
    study.say(
        "Micro wins lower the index of the hyperbolic agent most where distraction pays "
        f"{settings.pays[int(gain.argmax())]:g} "
        f"({gain.max():+.2f}) and least where it pays {settings.pays[int(gain.argmin())]:g} ({gain.min():+.2f}): as "
        "an anchor they hold "
        f"{'in a band of pays, not everywhere' if gain.min() < 0.05 else 'everywhere in this range'}."
    )
    study.say(
        "On the same mean, chance changes the planners' index by "
        f"{study.value('largest change by chance', agent='planner'):.1g} (as it must), and "
        f"the learners' from {by_chance[1.0]:.3f} to {by_chance[min(by_chance)]:.3f} (d = {effect:+.2f}): "
        + (
            "unpredictable distraction holds learners longer."
            if effect > 0.2
            else "unpredictable distraction wins no more of their time."
            if effect > -0.2
            else "unpredictable distraction holds learners less."
        )
    )


def __dir__() -> list[str]:
    return __all__
