"""Fatigue and burnout: whether micro wins spare agents for whom fatigue makes work costlier.

Fatigue grows with work, falls with rest, and may or may not make work cost more (ψ). At ψ = 0 it cannot
change what agents do; whether micro wins spare them depends on whether they prevent a rush.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe import mechanisms, simulate, tasks
from rpe._checks import Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Hyperbolic
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

_PAID = {"completion": "once", "deadline": "the deadline"}


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    couplings : tuple of float
        ψ: how much a level of fatigue adds to the cost of work; the first should be 0.
    k : float
        Hyperbolic discounting, per step.
    n_goals : int
        Sub-goals of the split task.
    n_agents : int
        Agents.
    """

    couplings: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3)
    k: float = 0.08
    n_goals: int = 5
    n_agents: int = 1000

    def __post_init__(self) -> None:
        if len(self.couplings) < 2 or self.couplings[0] != 0:
            raise ValueError(f"couplings must begin with 0 and hold another; got {self.couplings}")
        for psi in self.couplings:
            scalar("couplings", psi, 0)
        scalar("k", self.k, 0)
        for name in ("n_goals", "n_agents"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(couplings=(0.0, 0.2), n_agents=200)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(couplings=(0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3), n_agents=4000)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Simulate both arms, with pay when earned and pay at the deadline."""
    study = Study(settings)
    seed = int(np.random.default_rng(rng).integers(2**63))
    for pay, when in _PAID.items():
        for arm, n_goals in (("one goal", 1), ("micro wins", settings.n_goals)):
            for psi in settings.couplings:
                peak, mean, done = _fatigue(settings, n_goals, pay, psi, seed)
                found = {"peak fatigue": peak, "fatigue at work": mean, "share done": done}
                study.add(found, part="long task", arm=arm, paid_at=when, coupling=psi)
    conditions = [(arm, when) for when in _PAID.values() for arm in ("one goal", "micro wins")]
    peaks, means = (
        {f"{arm}, paid at {when}": study.values(what, arm=arm, paid_at=when) for arm, when in conditions}
        for what in ("peak fatigue", "fatigue at work")
    )
    study.draw("Peak of fatigue", settings.couplings, peaks, xlabel="ψ, cost of fatigue", ylabel="levels of fatigue")
    study.draw("Fatigue at work", settings.couplings, means, xlabel="ψ, cost of fatigue", ylabel="levels of fatigue")
    _two_parts(study)
    _say(study, settings)
    return study


def _fatigue(settings: Settings, n_goals: int, pay: str, psi: float, seed: int) -> tuple[float, float, float]:
    """Mean peak of fatigue, mean fatigue in steps of work, and share of the work done.

    Without coupling fatigue is not part of the task, so it is counted from what was done, by the same rule.
    """
    task = tasks.micro_wins(n_goals, pay=pay, fatigue_cost=psi)
    history = simulate.run(
        Planner(Hyperbolic(settings.k)), task, n_agents=settings.n_agents, n_trials=1, rng=seed, record="all"
    )
    assert history.full is not None
    action = history.full.action[:, 0]
    known = task.decode(history.full.state[:, 0])
    works = np.isin(action, task.work_actions) & (known["units"][:, :-1] < task.n_units)
    level = np.zeros((len(action), task.n_steps + 1))
    for now in range(task.n_steps):
        rested = np.where(action[:, now] == tasks.REST, task.rest_recovery, 1)
        level[:, now + 1] = np.clip(level[:, now] + np.where(works[:, now], 1, -rested), 0, task.max_fatigue)
    at_work = level[:, :-1][works]
    share = float(known["units"][:, -1].mean() / task.n_units)
    return float(level.max(axis=1).mean()), float(at_work.mean()) if at_work.size else 0.0, share


def _two_parts(study: Study[Settings]) -> None:
    """Recoverable and unrecoverable fatigue over a day with and without pauses, by the published rule."""
    tired = mechanisms.Fatigue(Planner(Hyperbolic(0.08)), recoverable_gain=0.2, recovery=0.1, unrecoverable_gain=0.05)
    curves = {}
    for rest, name in ((0, "no pause"), (4, "a pause every fourth step")):
        own, course = np.full((2, 1), 0.5), []
        for step in range(24):
            own = tired.after(own, [0.0 if rest and step % rest == rest - 1 else 1.0])
            course.append(own[:, 0])
        parts = np.array(course).T
        curves[f"recoverable, {name}"], curves[f"unrecoverable, {name}"] = parts
        for kind, part in zip(("recoverable", "unrecoverable"), parts, strict=True):
            study.add({"fatigue at the end": part[-1]}, part="day of work", fatigue=kind, pause_every=rest)
    study.draw("Two kinds of fatigue", np.arange(24) + 1, curves, xlabel="step of work", ylabel="fatigue")


def _say(study: Study[Settings], settings: Settings) -> None:
    most = settings.couplings[-1]
    for when in ("once", "the deadline"):
        parts = []
        for psi in (0.0, most):
            one, micro = (
                study.value("peak fatigue", arm=arm, paid_at=when, coupling=psi) for arm in ("one goal", "micro wins")
            )
            parts.append(f"from {one:.1f} to {micro:.1f} at ψ = {psi:g}")
        one, micro = (
            study.value("share done", arm=arm, paid_at=when, coupling=most) for arm in ("one goal", "micro wins")
        )
        study.say(
            f"With pay at {when}, micro wins take the peak of fatigue {parts[0]} and {parts[1]} (work done there: "
            f"{one:.0%} and "
            f"{micro:.0%})."
        )
    one, micro = (
        study.value("fatigue at work", arm=arm, paid_at="once", coupling=0) for arm in ("one goal", "micro wins")
    )
    study.say(
        f"Where fatigue costs nothing, mean fatigue at work is {one:.1f} with one goal and {micro:.1f} with micro "
        "wins: " + ("no protection." if micro > one - 0.3 else "some protection.")
    )
    without, paused = (study.value("fatigue at the end", fatigue="unrecoverable", pause_every=n) for n in (0, 4))
    study.say(
        f"Pauses take the recoverable part down, but the unrecoverable part ends at {without:.2f} without and "
        f"{paused:.2f} with "
        "them: it follows the work alone. No tank of willpower is modelled: ego depletion did not replicate."
    )


def __dir__() -> list[str]:
    return __all__
