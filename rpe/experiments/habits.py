"""Habit formation: how long it takes, what a miss costs, and what overtraining does after devaluation.

Habit strength grows by a delta rule without values. The rates are those that reach 95 % after the published
days; what follows for misses, for devaluation and for a habit of working is computed.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Hyperbolic
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "strength", "table"]

# Lally et al. (2010): the shortest, median and longest time to 95 %, in days.
_DAYS = (18, 66, 254)


@dataclass(frozen=True)
class Settings:
    """The habits.

    Parameters
    ----------
    weight : float
        θ_H, in logits.
    rate : float
        α_H per choice at the lever, in [0, 1].
    presses : tuple of int
        Choices at the lever before devaluation, rising.
    n_agents : int
        Agents.
    n_trials : int
        Trials of the long task.
    """

    weight: float = 4.0
    rate: float = 0.01
    presses: tuple[int, ...] = (5, 10, 20, 40, 80, 160, 320, 640)
    n_agents: int = 300
    n_trials: int = 40

    def __post_init__(self) -> None:
        scalar("weight", self.weight, 0)
        scalar("rate", self.rate, 0, 1)
        for name in ("n_agents", "n_trials"):
            count(name, getattr(self, name), 2)
        for n in self.presses:
            count("presses", n)
        if len(self.presses) < 2 or sorted(set(self.presses)) != list(self.presses):
            raise ValueError(f"presses must rise, and hold two numbers at least; got {self.presses}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_agents=80, n_trials=15, presses=(20, 320))

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_agents=2000, n_trials=100)


def strength(rate: float, days: int, *, misses: tuple[int, ...] = (), miss_rate: float = 0.0) -> Floats:
    """Return habit strength after each day, (days,): one repetition a day, except on the days that are missed."""
    h, course = 0.0, []
    for day in range(days):
        h = h - miss_rate * h if day in misses else h + rate * (1 - h)
        course.append(h)
    return np.array(course)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Follow habits over days, train and devalue a lever, and let a habit of work grow."""
    study = Study(settings)
    seeds = np.random.default_rng(rng).spawn(3)
    days = np.arange(1, 301)
    curves = {}
    for n in _DAYS:
        rate = 1 - 0.05 ** (1 / n)
        curves[f"95 % after {n} days"] = strength(rate, 300)
        reached = np.argmax(curves[f"95 % after {n} days"] >= 0.95 - 1e-12) + 1
        study.add({"rate": rate, "days to 95 %": reached}, part="growth", published_days=n)
    _misses(study)
    _lever(study, settings, seeds[0])
    _work(study, settings, seeds[1])
    study.draw("Habit strength, a repetition a day", days, curves, xlabel="day", ylabel="habit strength")
    _say(study, settings)
    return study


def _misses(study: Study[Settings]) -> None:
    """How many repetitions it takes to make up for one miss at a strength of .9, by the rate of misses."""
    rate = 1 - 0.05 ** (1 / 66)
    for name, miss in (("as fast as hits", rate), ("a fifth", rate / 5), ("none", 0.0)):
        after = 0.9 * (1 - miss)
        lost = int(np.ceil(np.log(0.1 / (1 - after)) / np.log(1 - rate) - 1e-9))
        study.add({"strength after": after, "repetitions lost": lost}, part="a miss", miss_rate=name)


def _lever(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """P(press) before devaluation, and right after it without learning anew, by the length of training."""
    learner = QLearner(learning_rate=0.2, discount=0.0, inverse_temperature=4.0)
    habit = mechanisms.Habit(learner, weight=settings.weight, learning_rate=settings.rate, miss_rate=settings.rate / 5)
    agents: dict[str, Any] = {"habit": habit, "no habit": learner}
    for (who, agent), seeds in zip(agents.items(), rng.spawn(2), strict=True):
        for n in settings.presses:
            seed = seeds.integers(2**63)
            task = tasks.lever(n_steps=n)
            history = simulate.run(agent, task, n_agents=settings.n_agents, n_trials=1, rng=seed, keep_memory=True)
            state = np.zeros(settings.n_agents, dtype=np.int64)
            before = float(agent.policy(history.memory, state)[0].mean())
            _know_outcome(history.memory, 0.0)
            after = float(agent.policy(history.memory, state)[0].mean())
            found = {"P(press) before": before, "P(press) after": after, "drop": before - after}
            study.add(found, part="devaluation", agent=who, n_choices=n)
    drops = {who: study.values("drop", agent=who) for who in agents}
    xlabel = "choices before devaluation"
    study.draw("Devaluation", settings.presses, drops, xlabel=xlabel, ylabel="drop of P(press)", log=True)


def _know_outcome(memory: Any, outcome: float) -> None:
    """Let the agent know what the lever brings now: the value of pressing is set, habits are not."""
    inner = getattr(memory, "inner", memory)
    inner.table[:, :, :, 0] = outcome
    inner.ahead = None


def _work(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Whether a habit of work, cued by the time, grows with one goal and with micro wins."""
    planner = Planner(Hyperbolic(0.08), inverse_temperature=0.5)
    habit = mechanisms.Habit(planner, weight=settings.weight, learning_rate=0.0444, miss_rate=0.0089)
    curves = {}
    for arm, n_goals in (("one goal", 1), ("micro wins", 5)):
        task = tasks.micro_wins(n_goals)
        history = simulate.run(
            habit, task, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=rng.integers(2**63)
        )
        index = measures.procrastination_index(history).mean(axis=0)
        curves[arm] = index
        for when, some in (("first trials", index[:2]), ("last trials", index[-2:])):
            study.add({"procrastination index": some.mean()}, part="habit of work", agent="habit", arm=arm, when=when)
    study.draw(
        "A habit in the long task",
        np.arange(settings.n_trials) + 1,
        curves,
        xlabel="trial",
        ylabel="procrastination index",
    )


def _say(study: Study[Settings], settings: Settings) -> None:
    fast, usual, slow = (study.value("rate", published_days=n) for n in _DAYS)
    study.say(
        f"To reach 95 % after 66 days (the published median; 18 to 254 over people) takes a rate of {usual:.4f} per "
        f"repetition ({fast:.3f} to {slow:.4f}): three weeks bring {strength(usual, 21)[-1]:.0%}."
    )
    lost = [study.value("repetitions lost", miss_rate=name) for name in ("as fast as hits", "a fifth")]
    study.say(
        f"If misses weigh as much as hits, one at a strength of .9 costs {lost[0]:.0f} repetitions; with a fifth of "
        "the rate, "
        f"{lost[1]:.0f}. "
        "That one miss matters little needs a rate of its own for misses."
    )
    drop = {n: study.value("drop", agent="habit", n_choices=n) for n in settings.presses}
    last = settings.presses[-1]
    peak = max(drop, key=lambda n: drop[n])
    insensitive = drop[peak] > 0.5 and drop[last] < 0.2
    study.add({"largest drop": drop[peak], "last drop": drop[last]}, part="devaluation", agent="habit")
    study.say(
        f"When the outcome loses its value, pressing falls by {drop[peak]:.2f} after {peak} choices and by "
        f"{drop[last]:.2f} after {last} "
        f"(without a habit {study.value('drop', agent='no habit', n_choices=last):.2f}): "
        + (
            "overtraining makes choice insensitive."
            if insensitive
            else "short of the criterion (over .5, then below .2)."
        )
    )
    for arm in ("one goal", "micro wins"):
        early, late = (
            study.value("procrastination index", arm=arm, when=when) for when in ("first trials", "last trials")
        )
        change = (
            "a habit of working grows"
            if late < early - 0.02
            else "a habit of delay grows"
            if late > early + 0.02
            else "nothing changes"
        )
        study.say(
            f"In the long task with {arm} the index goes from {early:.2f} to {late:.2f} over {settings.n_trials} "
            f"trials: {change}."
        )


def __dir__() -> list[str]:
    return __all__
