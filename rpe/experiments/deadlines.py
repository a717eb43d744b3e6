"""Deadlines and sub-deadlines: whether they raise completion on the same budget, with uncertain free time.

A missed sub-deadline forfeits its payment, all pay from then on, or the lump sum that only those get who
meet every one (as in the field experiment of Burger et al. 2011). Each rule is compared with the same task
and the same dates of pay without sub-deadlines. Field experiments found no gain from them. (A well-known
study of self-imposed deadlines has been retracted and is no target here.)
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, Self

import numpy as np

from rpe import measures, tasks
from rpe._checks import KnowsItsKeywords, Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments import micro_wins, titles
from rpe.experiments.micro_wins import example
from rpe.experiments.specifications import NULL, Levels, check_levels, groups, note, percent, taken
from rpe.experiments.study import Labels, Study, figures, sentences, table

Columns = dict[str, Any]

RULES = {
    "payment": "costs its payment",
    "all": "costs all pay from then on",
    "lump sum": "costs the lump sum at the end",
}
_FACTORS = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge", "n_goals", "free_time", "volatility")

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The task and the agents.

    Parameters
    ----------
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic discounter.
    matchings : tuple of str
        Family: where exponential and quasi-hyperbolic discounters agree with the hyperbolic one, as in `micro_wins`.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice, per reward unit; infinity is greedy.
    goal_numbers : tuple of int
        Family: sub-goals.
    shares_free : tuple of float
        Family: shares of the steps that are free, beside 1; free time is met unforeseen (work comes to nothing
        otherwise), or comes in spells that the agent sees.
    persistence : float
        Family: autocorrelation of free time where it comes in spells.
    free_times : tuple of float
        Worked example: chances that a step of work finds free time, at least three.
    k : float
        Worked example: hyperbolic discounting, per step. β = 1.
    n_goals : int
        Worked example: sub-goals.
    n_units : int
        Units of work.
    deadline : int
        Steps that there are.
    reward : float
        Budget, reward units.
    """

    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = ("D(10)", "D(N)", "D(T)")
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    goal_numbers: tuple[int, ...] = (4, 10)
    shares_free: tuple[float, ...] = (0.8, 0.6)
    persistence: float = 0.8
    free_times: tuple[float, ...] = (1.0, 0.9, 0.8, 0.7, 0.6)
    k: float = 0.08
    n_goals: int = 4
    n_units: int = 20
    deadline: int = 60
    reward: float = 100.0

    def __post_init__(self) -> None:
        check_levels(self.horizons, self.matchings, self.temperatures)
        for name in ("free_times", "shares_free"):
            for p in getattr(self, name):
                scalar(name, p, 0, 1, open_low=True)
        if len(self.free_times) < 3 or list(self.free_times) != sorted(set(self.free_times), reverse=True):
            raise ValueError(f"free_times must fall, and hold three numbers at least; got {self.free_times}")
        for level in self.goal_numbers:
            count("goal_numbers", level, 1, self.n_units)
        if not self.goal_numbers or not self.shares_free:
            raise ValueError("goal_numbers and shares_free must have at least one level; got none")
        scalar("persistence", self.persistence, 0, 1, open_high=True)
        scalar("k", self.k, 0)
        scalar("reward", self.reward, 0)
        for name in ("n_goals", "n_units", "deadline"):
            count(name, getattr(self, name))

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            horizons=(1.2, 4.8),
            temperatures=(1.0, float("inf")),
            matchings=("D(N)", "D(T)"),
            goal_numbers=(4,),
            shares_free=(0.6,),
            free_times=(1.0, 0.8, 0.7),
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            horizons=(0.5, 1.2, 2.4, 4.8, 12.0),
            goal_numbers=(2, 4, 5, 10),
            free_times=(1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55),
        )


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


class Place(NamedTuple):
    """One rule in one world: the task with sub-deadlines, and the same without."""

    factors: dict[str, Any]
    free: tasks.TabulatedTask
    bound: tasks.TabulatedTask


def places(settings: Settings) -> list[Place]:
    """Return every rule in every world of the family.

    Examples
    --------
    >>> [place.factors["eligibility"] for place in places(Settings.quick())[:3]]
    ['payment', 'all', 'lump sum']
    """
    worlds = [(1.0, "none"), *product(settings.shares_free, ("unforeseen", "in spells"))]
    found = []
    free: dict[tuple[Any, ...], tasks.TabulatedTask] = {}
    for (p, volatility), n_goals in product(worlds, settings.goal_numbers):
        for rule in RULES:
            where = {"eligibility": rule, "n_goals": n_goals, "free_time": p, "volatility": volatility}
            # Without sub-deadlines rules that split the pay are one task, and a lump sum has no sub-goals.
            alike = (p, volatility, 1 if rule == "lump sum" else n_goals)
            if alike not in free:
                free[alike] = _world(_goals(settings, n_goals, rule, False), p, volatility, settings)
            bound = _world(_goals(settings, n_goals, rule, True), p, volatility, settings)
            found.append(Place(where, free[alike], bound))
    return found


def _goals(settings: Settings, n_goals: int, rule: str, due: bool) -> dict[str, Any]:
    """The parameters of a goal task with, or without, even sub-deadlines."""
    n, T = settings.n_units, settings.deadline
    split = tasks.micro_wins(n_goals, n_units=n, deadline=T, reward=settings.reward)
    whole = np.eye(1, n + 1, n)[0] * settings.reward
    rules: dict[str, Any] = {"n_units": n, "deadline": T, "payout": whole if rule == "lump sum" else split.payout}
    if rule == "lump sum":
        rules |= {"pay": "deadline"}
    if due:
        # The lump sum is for those who meet every sub-deadline, so that one miss forfeits all of it.
        steps = [-(-j * T // n_goals) for j in range(1, n_goals + 1)]
        rules |= {"goals": split.goals, "due": steps, "forfeit": "payment" if rule == "payment" else "all"}
    return rules


def _world(rules: dict[str, Any], p: float, volatility: str, settings: Settings) -> tasks.TabulatedTask:
    if volatility == "in spells":
        return tasks.volatile_free_time(tasks.GoalTask(**rules), p, settings.persistence)
    return tasks.GoalTask(**rules, success_probability=p)


def solve(settings: Settings) -> Columns:
    """Return the family as columns: every agent under every rule, with and without sub-deadlines."""
    levels = Levels(settings.horizons, settings.matchings, settings.temperatures, settings.n_units, settings.deadline)
    agents = groups(levels)
    parts: dict[str, list[Any]] = {}
    known: dict[tuple[int, int], measures.Exact] = {}
    for place in places(settings):
        for number, group in enumerate(agents):
            same = (id(place.free), number)
            if same not in known:
                known[same] = measures.exact(group.planner, place.free)
            free, bound = known[same], measures.exact(group.planner, place.bound)
            n = group.planner.n_agents
            columns = {
                **group.factors,
                **{name: np.full(n, level) for name, level in place.factors.items()},
                "completion without sub-deadlines": free.completion_probability,
                "change of completion": bound.completion_probability - free.completion_probability,
                "change of share done": free.undone - bound.undone,
                "change of welfare": (bound.welfare - free.welfare) / settings.reward,
            }
            for name, values in columns.items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all tasks exactly; nothing is random."""
    study = Study(settings)
    done = _example(study, settings)
    family = solve(settings)
    _keep(study, family)
    _say(study, family)
    _say_example(study, settings, done)
    labels: Labels = {
        "xlabel": "chance that time is free",
        "ylabel": "probability of completion",
        "limits": (0.0, 1.02),
        "exact": True,
    }
    for who, curves in done.items():
        flipped = {arm: y[::-1] for arm, y in curves.items()}
        title = titles.compare(
            "sub-deadlines",
            "sub-goals",
            "completes more often than with",
            "completes less often than with",
            "completes as often as with",
            lead=f"{who}: with ",
        )
        study.draw(title, settings.free_times[::-1], flipped, **labels)
    raised, lowered, low, high = (
        study.values(what, finding="sub-deadlines raise completion") for what in ("share", "reversed", "low", "high")
    )
    study.draw(
        titles.tally("raised", "lowered", "sub-deadlines raise completion more often than they lower it"),
        ["payment lost", "all pay lost", "lump sum lost"],
        {"raised": raised, "lowered": lowered},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"raised": np.array([low, high])},
    )
    return study


def _example(study: Study[Settings], settings: Settings) -> dict[str, dict[str, list[float]]]:
    """Three agents with one goal, sub-goals, and two kinds of sub-deadlines: P(all done) by chance of free time."""
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
                numbers = {
                    "completion probability": found.completion_probability[0],
                    "procrastination index": found.procrastination_index[0],
                    "welfare": found.welfare[0],
                }
                study.add(numbers, part="worked example", agent=who, arm=arm, free_time=p)
    return {
        who: {
            str(arm): study.values("completion probability", agent=who, arm=arm).tolist() for arm in study.levels("arm")
        }
        for who in agents
    }


def _keep(study: Study[Settings], family: Columns) -> None:
    factors = (*_FACTORS, "eligibility")
    quantities = [name for name in family if name not in factors]
    for i in range(len(family["shape"])):
        where = {name: family[name][i].item() for name in factors if family[name][i] != ""}
        study.add({name: family[name][i] for name in quantities}, part="family", **where)


def _say(study: Study[Settings], family: Columns) -> None:
    for rule, words in RULES.items():
        rows = taken(family, eligibility=rule)
        change = rows["change of completion"]
        share = note(
            study,
            "sub-deadlines raise completion",
            change,
            {name: rows[name] for name in _FACTORS},
            eligibility=rule,
        )
        small, worse = (float(x.mean()) for x in (np.abs(change) < 0.05, rows["change of welfare"] < -0.01))
        study.say(
            f"Where a missed sub-deadline {words}, sub-deadlines raise completion in {share}. They move it by less "
            f"than .05, as in the field, in {percent(small)}, and lower undiscounted welfare by more than 1 % of the "
            f"budget in {percent(worse)}."
        )
    study.say(_volatile(study, family), _consistent(study, family))


def _volatile(study: Study[Settings], family: Columns) -> str:
    """Burger's design: a lump sum for those who meet every target, in free time that comes and goes."""
    rows = taken(family, eligibility="lump sum", volatility=("unforeseen", "in spells"))
    change = rows["change of completion"]
    factors = {name: rows[name] for name in _FACTORS}
    not_above = np.where(change > NULL, -1.0, 1.0)
    share = note(study, "targets do not raise completion", not_above, factors, eligibility="lump sum")
    idle = float((rows["completion without sub-deadlines"] < NULL).mean())
    return (
        "With a lump sum for those who meet every target, and volatile free time, completion is not above that without "
        f"targets in {share}; in {percent(idle)} there was nothing to lose, as hardly anybody completes the task "
        f"without them. The mean change is {change.mean():+.3f} (in spells "
        f"{taken(rows, volatility='in spells')['change of completion'].mean():+.3f}, unforeseen "
        f"{taken(rows, volatility='unforeseen')['change of completion'].mean():+.3f})."
    )


def _consistent(study: Study[Settings], family: Columns) -> str:
    """Greedy agents who are time-consistent lose an option; the gain, if any, is that of the others."""
    text = []
    for name, shapes in (("time-inconsistent", ("hyperbolic", "quasi-hyperbolic")), ("exponential", ("exponential",))):
        rows = taken(family, shape=shapes)
        change = rows["change of completion"]
        up, down = (percent(float((x > NULL).mean())) for x in (change, -change))
        text.append(f"{name} agents complete more often in {up} and less often in {down}")
    least_noise = max(study.settings.temperatures)
    patient = taken(family, shape="none", inverse_temperature=least_noise)["change of welfare"]
    return (
        f"Over all three rules {'; '.join(text)}. Built in: without discounting and with the least noise a "
        f"sub-deadline only takes options away (welfare changes by {patient.min():+.3f} to {patient.max():+.3f} of the "
        "budget)."
    )


def _say_example(study: Study[Settings], settings: Settings, done: dict[str, dict[str, list[float]]]) -> None:
    text = []
    for who, arms in done.items():
        changes = [
            {p: b - a for p, a, b in zip(settings.free_times, arms["sub-goals"], arms[arm], strict=True)}
            for arm in ("sub-deadlines", "all or nothing")
        ]
        (p, change), (_, rigid) = (max(each.items(), key=lambda item: abs(item[1])) for each in changes)
        for arm, x in (("sub-deadlines", change), ("all or nothing", rigid)):
            study.add({"largest change of completion": x}, part="worked example", agent=who, arm=arm)
        text.append(f"{who} {change:+.3f} (p = {p:g}), and {rigid:+.3f} if a miss forfeits everything")
    largest = float(np.abs(study.values("largest change of completion", arm="sub-deadlines")).max())
    study.add({"largest change of completion, any agent": largest}, part="worked example", arm="sub-deadlines")
    study.say(
        f"Worked example (k = {settings.k:g} per step, β = 1, {settings.n_goals} sub-goals): where free time is met "
        f"with chance p, the largest changes of completion are: {'; '.join(text)}. The largest of those that cost "
        f"their own payment, {largest:.3f}, is {'within' if largest < 0.05 else 'more than'} what field experiments "
        "found (.05).",
        _beside_micro_wins(),
    )


def _beside_micro_wins() -> str:
    """The same question in the worked example of the main experiment, which has other goals and chances."""
    settings = micro_wins.Settings()
    rows = example.deadlines(settings)
    done = {
        (row["shape"], row["self_knowledge"], row["success_probability"], row["sub_deadlines"]): float(
            row["completion_probability"]
        )
        for row in rows
    }
    text = []
    for shape, known in (("hyperbolic", "naive"), ("hyperbolic", "sophisticated"), ("exponential", "naive")):
        changes = [done[shape, known, p, "even"] - done[shape, known, p, "none"] for p in example.FREE_TIMES]
        text.append(f"{known} {shape} {max(changes, key=abs):+.3f}")
    chances = ", ".join(f"{p:g}" for p in example.FREE_TIMES)
    return (
        f"`micro_wins` asks the same of {settings.n_goals} sub-goals at p = {chances}, and finds at most "
        f"{', '.join(text)}: the agents are the same, the number of sub-goals and the chances are not."
    )


def __dir__() -> list[str]:
    return __all__
