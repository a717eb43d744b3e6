"""Habit formation: how long it takes, what a miss costs, and what overtraining does after devaluation.

Habit strength grows by a delta rule without values: that is built in, and so is how fast, as the rates are those
that reach 95 % after the published days. What follows for misses, for devaluation and for a habit of working is
computed, over a family of habit weights and rates, noise of choice and ways to discount.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Hyperbolic
from rpe.experiments import titles
from rpe.experiments.intervals import standard_errors
from rpe.experiments.specifications import Levels, check_levels, groups, note, told
from rpe.experiments.study import Labels, Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "strength", "table"]

# Lally et al. (2010): the shortest, median and longest time to 95 %, in days. Over studies medians are 59 to 66
# days and people range from 4 to 335: Singh et al. (2024), doi:10.3390/healthcare12232488.
_DAYS = (18, 66, 254)


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The habits.

    Parameters
    ----------
    weight : float
        Worked example: weight θ_H of habit, in logits.
    rate : float
        Worked example: learning rate α_H of habit, per choice at the lever, in [0, 1].
    presses : tuple of int
        Choices at the lever before devaluation, rising.
    weights : tuple of float
        Family: θ_H, in logits.
    rates : tuple of float
        Family: α_H, per choice at the lever.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice, per reward unit.
    horizons : tuple of float
        Family of planners in the long task: discount rate × deadline, kT, of the hyperbolic ones. (Choice at the lever
        looks at the next outcome, which has no delay.)
    matchings : tuple of str
        Family of planners in the long task: where exponential ones match the hyperbolic ones, as in `micro_wins`.
    n_cell : int
        Agents of each setting of the family.
    n_agents : int
        Agents of the worked example.
    n_trials : int
        Trials of the long task.
    """

    weight: float = 4.0
    rate: float = 0.01
    presses: tuple[int, ...] = (5, 10, 20, 40, 80, 160, 320, 640)
    weights: tuple[float, ...] = (1.0, 4.0, 8.0)
    rates: tuple[float, ...] = (0.003, 0.01, 0.03)
    temperatures: tuple[float, ...] = (0.5, 1.0, 4.0, 10.0)
    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = ("D(5)", "D(N)", "D(T)")
    n_cell: int = 8
    n_agents: int = 300
    n_trials: int = 40

    def __post_init__(self) -> None:
        scalar("weight", self.weight, 0)
        scalar("rate", self.rate, 0, 1)
        for name in ("n_agents", "n_trials", "n_cell"):
            count(name, getattr(self, name), 2)
        for name, top in (("weights", np.inf), ("rates", 1), ("temperatures", np.inf)):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, top)
        check_levels(self.horizons, self.matchings, self.temperatures)
        for n in self.presses:
            count("presses", n)
        if len(self.presses) < 2 or sorted(set(self.presses)) != list(self.presses):
            raise ValueError(f"presses must rise, and hold two numbers at least; got {self.presses}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_agents=80,
            n_trials=15,
            presses=(20, 80, 640),
            temperatures=(1.0, 10.0),
            horizons=(1.2, 12.0),
            matchings=("D(5)", "D(T)"),
            n_cell=6,
        )

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
    seeds = generator(rng).spawn(3)
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
    _lever_family(study, settings, seeds[2])
    _work_family(study, settings, seeds[2])
    title = titles.ranked("habit strength in the end", by="if", at=int(days[-1]))
    study.draw(title, days, curves, xlabel="day (one repetition each)", ylabel="habit strength (0–1)", exact=True)
    _draw_shares(study)
    _say(study, settings)
    return study


def _draw_shares(study: Study[Settings]) -> None:
    asked = {
        "overtraining:\ninsensitive": {"finding": "overtraining makes choice insensitive"},
        "habit of work,\none goal": {"finding": "a habit of working grows", "arm": "one goal"},
        "habit of work,\nmicro wins": {"finding": "a habit of working grows", "arm": "micro wins"},
    }
    share, back, low, high = (
        np.array([study.value(what, part="share", **where) for where in asked.values()])
        for what in ("share", "reversed", "low", "high")
    )
    study.draw(
        titles.tally("found", "reversed", "what is said of habits is commoner than its reverse"),
        list(asked),
        {"found": share, "reversed": back},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"found": np.array([low, high])},
    )


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
    bands: dict[str, list[Floats]] = {who: [] for who in agents}
    for (who, agent), seeds in zip(agents.items(), rng.spawn(2), strict=True):
        for n in settings.presses:
            seed = seeds.integers(2**63)
            task = tasks.lever(n_steps=n)
            history = simulate.run(agent, task, n_agents=settings.n_agents, n_trials=1, rng=seed, keep_memory=True)
            state = np.zeros(settings.n_agents, dtype=np.int64)
            pressing = agent.policy(history.memory, state)[0].copy()
            _know_outcome(history.memory, 0.0)
            fallen = agent.policy(history.memory, state)[0]
            before, after = float(pressing.mean()), float(fallen.mean())
            bands[who].append(standard_errors(pressing - fallen))
            found = {"P(press) before": before, "P(press) after": after, "drop": before - after}
            study.add(found, part="devaluation", agent=who, n_choices=n)
    drops = {who: study.values("drop", agent=who) for who in agents}
    xlabel = "choices before devaluation"
    title = titles.trend("the effect of devaluation on habitual pressing", "training", name="habit")
    labels: Labels = {"xlabel": xlabel, "ylabel": "drop of the probability of pressing\n(± SE)", "log": True}
    labels["band"] = {who: np.transpose(each) for who, each in bands.items()}
    study.draw(title, settings.presses, drops, **labels)


def _lever_family(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """The drop of P(press) at devaluation for every weight and rate of habit and every β, all agents at once."""
    names = ("weight", "rate", "inverse_temperature")
    cells = list(product(settings.weights, settings.rates, settings.temperatures))
    weight, rate, beta = (np.repeat(column, settings.n_cell) for column in zip(*cells, strict=True))
    learner = QLearner(learning_rate=0.2, discount=0.0, inverse_temperature=beta)
    habit = mechanisms.Habit(learner, weight=weight, learning_rate=rate, miss_rate=rate / 5)
    drops, state = [], np.zeros(len(beta), dtype=np.int64)
    for n in settings.presses:
        task = tasks.lever(n_steps=n)
        history = simulate.run(habit, task, n_trials=1, rng=rng.integers(2**63), keep_memory=True)
        before = habit.policy(history.memory, state)[0]
        _know_outcome(history.memory, 0.0)
        change = before - habit.policy(history.memory, state)[0]
        drops.append(change.reshape(len(cells), settings.n_cell).mean(axis=1))
    drop = np.array(drops)
    for i, cell in enumerate(cells):
        found = {"largest drop in the family": drop[:, i].max(), "last drop in the family": drop[-1, i]}
        study.add(found, part="devaluation family", **dict(zip(names, cell, strict=True)))
    insensitive = (drop.max(axis=0) > 0.5) & (drop[-1] < 0.2)
    still = drop[-1] > 0.9 * drop.max(axis=0)
    factors = {name: np.array(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)}
    note(study, "overtraining makes choice insensitive", insensitive * 1.0 - still, factors)


def _work_family(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """How the index changes over trials with a habit of work, for every weight, β and way to discount, in both arms."""
    levels = Levels(settings.horizons, settings.matchings, settings.temperatures)
    per_planner = len(settings.weights) * settings.n_cell
    found = groups(levels, ("hyperbolic", "exponential", "none"), ("naive", "sophisticated"), copies=per_planner)
    for arm, n_goals in (("one goal", 1), ("micro wins", 5)):
        changes, columns = [], dict[str, list[Any]]()
        for group in found:
            weight = np.tile(np.repeat(settings.weights, settings.n_cell), group.planner.n_agents // per_planner)
            habit = mechanisms.Habit(group.planner, weight=weight, learning_rate=0.0444, miss_rate=0.0089)
            seed = rng.integers(2**63)
            history = simulate.run(habit, tasks.micro_wins(n_goals), n_trials=settings.n_trials, rng=seed, record=None)
            measured = (measures.procrastination_index(history), measures.undone(history))
            changes.append([_change(each).reshape(-1, settings.n_cell).mean(axis=1) for each in measured])
            for name, column in {**group.factors, "weight": weight}.items():
                columns.setdefault(name, []).append(column[:: settings.n_cell])
        factors = {name: np.concatenate(column) for name, column in columns.items()}
        change, left = np.concatenate(changes, axis=1)
        for i in range(len(change)):
            where = {name: column[i].item() for name, column in factors.items() if column[i] != ""}
            study.add({"change of index": change[i], "change of undone": left[i]}, part="work family", arm=arm, **where)
        note(study, "a habit of working grows", -change, factors, arm=arm)


def _change(each: Floats) -> Floats:
    """From the first two trials to the last two, (n_agents,)."""
    return np.asarray(each[:, -2:].mean(axis=1) - each[:, :2].mean(axis=1))


def _know_outcome(memory: Any, outcome: float) -> None:
    """Let the agent know what the lever brings now: the value of pressing is set, habits are not."""
    inner = getattr(memory, "inner", memory)
    inner.table[:, :, :, 0] = outcome
    inner.ahead = None


def _work(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Whether a habit of work, cued by the time, grows with one goal and with micro wins."""
    planner = Planner(Hyperbolic(0.08), inverse_temperature=0.5)
    habit = mechanisms.Habit(planner, weight=settings.weight, learning_rate=0.0444, miss_rate=0.0089)
    curves, bands = {}, {}
    for arm, n_goals in (("one goal", 1), ("micro wins", 5)):
        task = tasks.micro_wins(n_goals)
        history = simulate.run(
            habit, task, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=rng.integers(2**63)
        )
        index, undone = measures.procrastination_index(history), measures.undone(history)
        curves[arm], half = index.mean(axis=0), 1.96 * index.std(axis=0, ddof=1) / np.sqrt(len(index))
        bands[arm] = np.array([curves[arm] - half, curves[arm] + half])
        for when, some in (("first trials", slice(2)), ("last trials", slice(-2, None))):
            band = measures.bootstrap(index[:, some].mean(axis=1), rng=0)
            numbers = {"procrastination index": band.mean, "low": band.low, "high": band.high}
            numbers["undone"] = undone[:, some].mean()
            study.add(numbers, part="habit of work", agent="habit", arm=arm, when=when)
    study.draw(
        titles.trend("delay with one goal", "practice of the long task", name="one goal"),
        np.arange(settings.n_trials) + 1,
        curves,
        xlabel="trial",
        ylabel="procrastination index (95 % interval)",
        limits=(0.0, 1.02),
        band=bands,
    )


def _say(study: Study[Settings], settings: Settings) -> None:
    fast, usual, slow = (study.value("rate", published_days=n) for n in _DAYS)
    study.say(
        f"To reach 95 % after 66 days (published medians 59 to 66; people 4 to 335) takes a rate of {usual:.4f} per "
        f"repetition ({fast:.3f} to {slow:.4f} for 18 to 254 days): three weeks bring "
        f"{strength(usual, 21)[-1]:.0%}. Built in: the rates are chosen so."
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
    study.add({"largest drop": drop[peak], "last drop": drop[last]}, part="devaluation", agent="habit")
    plain = study.value("drop", agent="no habit", n_choices=last)
    study.say(
        f"When the outcome loses its value, overtraining makes choice insensitive (the drop of pressing exceeds .5 "
        f"at first and is below .2 after {last} choices; reversed: it stays within a tenth of the largest) in "
        f"{told(study, 'overtraining makes choice insensitive')}. Built in: what outlasts the value is "
        "repetition, weighted by θ. Worked example "
        f"(θ = {settings.weight:g}, β = 4): pressing falls by {drop[peak]:.2f} after {peak} choices and by "
        f"{drop[last]:.2f} after {last}, without a habit by {plain:.2f}."
    )
    _say_work(study, settings)


def _say_work(study: Study[Settings], settings: Settings) -> None:
    text = [f"with {arm} in {told(study, 'a habit of working grows', arm=arm)}" for arm in ("one goal", "micro wins")]
    study.say(
        f"In the long task a habit of working grows over {settings.n_trials} trials (the index falls by more than .02; "
        f"reversed: a habit of delay grows) {'; '.join(text)}. Planners without a habit learn nothing and stay as they "
        "are."
    )
    parts = []
    for arm in ("one goal", "micro wins"):
        early, late = (
            [
                study.value(name, part="habit of work", arm=arm, when=when)
                for name in ("procrastination index", "undone")
            ]
            for when in ("first trials", "last trials")
        )
        low, high = (study.value(n, part="habit of work", arm=arm, when="last trials") for n in ("low", "high"))
        parts.append(
            f"with {arm} from {early[0]:.2f} to {late[0]:.2f} ({low:.2f} to {high:.2f}), {early[1]:.2f} and "
            f"{late[1]:.2f} of it undone"
        )
    study.say(
        f"Worked example (k = 0.08 per step, β = 0.5, θ = {settings.weight:g}): the index goes {'; '.join(parts)}."
    )


def __dir__() -> list[str]:
    return __all__
