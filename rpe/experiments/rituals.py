"""Rituals: habits of a place and an hour, what moving house takes of them, and stacking a new one on an old one.

People are paid to do a new ritual once a day, at a set hour or right after an old ritual, until pay ends.
What habit has made of it by then is read without pay: where everything stays as it was, in a new place,
at new hours, and after both. Choices weigh what is there at the moment, and do not look ahead; people with
the same habits who were never paid are the control. That habits hold to cues is built in, and so are two ways in
which they may; how much a change of cues takes, and which plan brings more of the ritual, is computed.
"""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe import mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe._parallel import Cell, Progress, evaluate
from rpe.agents import Planner
from rpe.discounting import Exponential
from rpe.experiments import titles
from rpe.experiments.specifications import note, told
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["CHANGES", "PLANS", "Settings", "figures", "run", "sentences", "table"]

PLANS = ("time", "after old")
_CONTROL = "none"
CHANGES = ("nothing", "new place", "new hours", "both")
_CUES = ("place", "time", "before")
_WEEK = 7
# Of days: what pay must have left for a share of it to be lost.
_LEAST = 0.05
# The hour that is planned, which every day reaches, and by how much new hours come later.
_HOUR, _LATER = 3, 3


@dataclass(frozen=True)
class Settings:
    """The family of habits, people and days.

    Parameters
    ----------
    n_paid, n_unpaid : int
        Days with pay for the new ritual, and without; 14 of the latter at least.
    incentive : float
        That pay, reward units.
    place_shares : tuple of float
        Family: the weight of the place among the cues of a habit (the rest is even); -1 is a habit of all cues
        together, which has no weights.
    weights : tuple of float
        Family: θ of the habit, in logits: below and above what the ritual costs, β times its utility.
    rates : tuple of float
        Family: α of the habit, per repetition; a miss counts a fifth.
    temperatures : tuple of float
        Family: β, per reward unit.
    irregularities : tuple of int
        Family: hours within which days begin, from 0 to 3.
    old_utilities, new_utilities : tuple of float
        Family: what the old and the new ritual are worth in themselves, reward units.
    n_agents : int
        People of each setting.
    """

    n_paid: int = 60
    n_unpaid: int = 21
    incentive: float = 4.0
    place_shares: tuple[float, ...] = (0.2, 0.6, -1.0)
    weights: tuple[float, ...] = (4.0, 8.0, 12.0)
    rates: tuple[float, ...] = (0.0117, 0.0444, 0.153)
    temperatures: tuple[float, ...] = (2.0, 4.0)
    irregularities: tuple[int, ...] = (0, 3)
    old_utilities: tuple[float, ...] = (-1.0, 2.0)
    new_utilities: tuple[float, ...] = (-1.5,)
    n_agents: int = 16

    def __post_init__(self) -> None:
        count("n_paid", self.n_paid, _WEEK)
        count("n_unpaid", self.n_unpaid, 2 * _WEEK)
        count("n_agents", self.n_agents, 2)
        scalar("incentive", self.incentive, 0)
        limits = {"weights": (0.0, np.inf), "rates": (0.0, 1.0), "temperatures": (0.0, np.inf)}
        limits |= dict.fromkeys(("old_utilities", "new_utilities"), (-np.inf, np.inf))
        for name in (*limits, "place_shares", "irregularities"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        for name, ends in limits.items():
            for level in getattr(self, name):
                scalar(name, level, *ends)
        for hours in self.irregularities:
            count("irregularities", hours, 0, 3)
        for share in self.place_shares:
            if share != -1:
                scalar("place_shares", share, 0, 1)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_paid=40,
            place_shares=(0.2, -1.0),
            weights=(4.0, 12.0),
            rates=(0.0444, 0.153),
            n_agents=12,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            n_paid=90,
            n_unpaid=28,
            old_utilities=(-1.0, 0.0, 2.0),
            new_utilities=(-2.0, -1.0),
            place_shares=(0.0, 0.2, 0.4, 0.6, 0.8, -1.0),
            irregularities=(0, 1, 2, 3),
            temperatures=(1.5, 2.0, 4.0),
            n_agents=60,
        )


class _Where(NamedTuple):
    """What tells apart the groups of people who share a task and a way to bind cues."""

    plan: str
    place_share: float
    irregularity: int
    old_utility: float
    new_utility: float


def _groups(settings: Settings) -> list[_Where]:
    levels = (settings.irregularities, settings.old_utilities, settings.new_utilities)
    return [_Where(*each) for each in product((*PLANS, _CONTROL), settings.place_shares, *levels)]


def _people(settings: Settings) -> list[tuple[float, float, float]]:
    """θ, α and β of every person but for copies."""
    return list(product(settings.weights, settings.rates, settings.temperatures))


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Follow every group through pay and what comes after it; the result does not depend on `n_jobs`."""
    study = Study(settings)
    groups = _groups(settings)
    streams = generator(rng).spawn(len(groups))
    cells = [Cell(group, _followed, (settings, group, own)) for group, own in zip(groups, streams, strict=True)]
    with Progress(len(cells), show=progress, label="rituals") as bar:
        found = evaluate(cells, n_jobs=n_jobs, done=bar.update)
    for group in groups:
        if group.plan != _CONTROL:
            _noted(study, settings, group, found[group], found[group._replace(plan=_CONTROL)])
    _shares(study, settings)
    _draw(study, settings)
    _say(study)
    return study


def _task(settings: Settings, where: _Where) -> tasks.Routine:
    return tasks.Routine(
        irregularity=where.irregularity,
        utilities=(where.old_utility, where.new_utility),
        incentive=0.0 if where.plan == _CONTROL else settings.incentive,
        plan="any" if where.plan == _CONTROL else where.plan,
        planned_hour=_HOUR,
    )


def changed(task: tasks.Routine, change: str) -> tasks.Routine:
    """Return a routine without pay, in which nothing, the place, the hours or both have changed."""
    place = 1 if change in ("new place", "both") else 0
    return replace(task, incentive=0.0, place=place, first_hour=_LATER if change in ("new hours", "both") else 0)


def _followed(settings: Settings, where: _Where, rng: np.random.Generator) -> dict[str, Floats]:
    """Rates of the new ritual (n_people,) by when: in the last paid week, and in two weeks after each change."""
    people = [np.repeat(column, settings.n_agents) for column in zip(*_people(settings), strict=True)]
    weight, rate, beta = people
    choosing = Planner(Exponential(0.0), inverse_temperature=beta)
    binding: dict[str, Any] = {"binding": "configuration"}
    if where.place_share >= 0:
        rest = (1 - where.place_share) / 2
        binding = {"cue_weights": (where.place_share, rest, rest)}
    agent = mechanisms.CuedHabit(choosing, weight=weight, learning_rate=rate, miss_rate=rate / 5, cues=_CUES, **binding)
    task, streams = _task(settings, where), rng.spawn(1 + len(CHANGES))
    paid = simulate.run(agent, task, n_trials=settings.n_paid, rng=streams[0], keep_memory=True)
    rates = {"paid": _rate(paid, slice(-_WEEK, None), settings)}
    # Changes are in where and when days begin, which changes no plan.
    unpaid_plan = choosing.init(changed(task, "nothing"), len(beta))
    for change, own in zip(CHANGES, streams[1:], strict=True):
        after = changed(task, change)
        kept = paid.memory.own._replace(strengths=tuple(each.copy() for each in paid.memory.own.strengths))
        memory = mechanisms.MechanismMemory(unpaid_plan, kept)
        # Of who was never paid the first week alone is read.
        days = _WEEK if where.plan == _CONTROL else settings.n_unpaid
        unpaid = simulate.run(agent, after, n_trials=days, rng=own, memory=memory, keep_memory=True)
        rates[f"first, {change}"] = _rate(unpaid, slice(_WEEK), settings)
        rates[f"last, {change}"] = _rate(unpaid, slice(-_WEEK, None), settings)
    return rates


def _rate(history: simulate.History, days: slice, settings: Settings) -> Floats:
    """Share of the days on which the new ritual was done, (n_people,)."""
    assert history.trials is not None
    assert history.trials.units is not None
    done = history.trials.units[:, days].mean(axis=1)
    return np.asarray(done.reshape(-1, settings.n_agents).mean(axis=1), dtype=np.float64)


def _noted(
    study: Study[Settings], settings: Settings, where: _Where, rates: dict[str, Floats], control: dict[str, Floats]
) -> None:
    """Rates of every setting beside those of who was never paid, and the share of the difference that a change takes.

    Where pay left no difference there is no share.
    """
    group = {"binding": "configuration" if where.place_share < 0 else "elements", **where._asdict()}
    if where.place_share < 0:
        del group["place_share"]
    for i, person in enumerate(_people(settings)):
        known = {**group, **dict(zip(("weight", "rate", "inverse_temperature"), person, strict=True))}
        study.add({"rate, paid": rates["paid"][i]}, part="paid", **known)
        more = {change: rates[f"first, {change}"][i] - control[f"first, {change}"][i] for change in CHANGES}
        for change in CHANGES:
            numbers = {
                "rate, first week": rates[f"first, {change}"][i],
                "rate, last week": rates[f"last, {change}"][i],
                "more than the never paid": more[change],
            }
            if change != "nothing" and more["nothing"] > _LEAST:
                numbers["share lost"] = 1 - more[change] / more["nothing"]
            study.add(numbers, part="family", change=change, **known)


def _columns(study: Study[Settings], quantity: str, **where: str) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """A quantity in all settings, and what tells these apart; "" where a factor means nothing."""
    rows = [row for row in study.rows if row["quantity"] == quantity and where.items() <= row.items()]
    names = [name for name in study.factors if name not in ("part", "finding", "turned_by", *where)]
    factors = {name: np.array([str(row.get(name, "")) for row in rows]) for name in names}
    return np.array([float(row["value"]) for row in rows]), factors


def _shares(study: Study[Settings], settings: Settings) -> None:
    for change in CHANGES[1:]:
        lost, factors = _columns(study, "share lost", part="family", change=change)
        note(study, "takes more than half of what pay left", lost - 0.5, factors, change=change)
        study.add({"median share lost": np.median(lost) if lost.size else 0.0}, part="share", change=change)
    for change in CHANGES:
        there = {"part": "family", "change": change}
        at_hour, factors = _columns(study, "rate, last week", plan=PLANS[0], **there)
        stacked, _ = _columns(study, "rate, last week", plan=PLANS[1], **there)
        note(study, "stacking brings more of it", stacked - at_hour, factors, change=change)
        study.add({"mean gain of stacking": (stacked - at_hour).mean()}, part="share", change=change)
    more, factors = _columns(study, "more than the never paid", part="family", change="nothing")
    note(study, "habit goes on without pay", more, factors, null=_LEAST)


def _mean(study: Study[Settings], quantity: str, **where: Any) -> float:
    found = study.values(quantity, **where)
    return float(found.mean()) if found.size else float("nan")


def _bindings(settings: Settings) -> dict[str, dict[str, Any]]:
    """Ways to bind cues, by name."""
    return {
        "all cues" if share < 0 else f"place {share:.0%}": {"binding": "configuration"}
        if share < 0
        else {"binding": "elements", "place_share": share}
        for share in settings.place_shares
    }


def _draw(study: Study[Settings], settings: Settings) -> None:
    bindings = _bindings(settings)
    rates = {
        change: [_mean(study, "rate, first week", change=change, **where) for where in bindings.values()]
        for change in CHANGES
    }
    study.draw(
        titles.compare(
            "nothing",
            "both",
            "keeps the unpaid ritual up more than",
            "keeps the unpaid ritual up less than",
            "keeps the unpaid ritual up as much as",
            said=("no change", "a new place and new hours"),
        ),
        list(bindings),
        rates,
        ylabel="rate of the new ritual, first week unpaid\n(mean over settings)",
    )
    lost = {
        change: [_mean(study, "share lost", change=change, **where) for where in bindings.values()]
        for change in CHANGES[1:]
    }
    words = ("takes more of the habit than", "takes less of the habit than", "takes as much of the habit as")
    title = titles.compare("new place", "new hours", *words, said=("a new place", "new hours"))
    study.draw(title, list(bindings), lost, ylabel="share lost of what pay left\n(mean over settings)", reference=0.5)
    _draw_stacking(study, settings)


def _draw_stacking(study: Study[Settings], settings: Settings) -> None:
    """Bars over what the old ritual is worth, for regular and for irregular days on one axis."""
    old = {f"old ritual worth {worth:g}".replace("-", "−"): {"old_utility": worth} for worth in settings.old_utilities}
    words = ("is done more than", "is done less than", "is done as much as")
    plans = {
        hours: {
            plan: [
                _mean(study, "rate, last week", change="nothing", plan=level, irregularity=hours, **where)
                for where in old.values()
            ]
            for plan, level in zip(("at a set hour", "after the old one"), PLANS, strict=True)
        }
        for hours in (settings.irregularities[0], settings.irregularities[-1])
    }
    top = max(rate for lines in plans.values() for rates in lines.values() for rate in rates)
    for hours, bars in plans.items():
        days = "on regular days" if hours == 0 else f"on days that begin within {hours} hours"
        study.draw(
            titles.compare(
                "after the old one",
                "at a set hour",
                *words,
                at=list(old)[-1],
                lead=f"{days}, ",
                said=(f"what follows an {list(old)[-1]}", "what has its hour"),
            ),
            list(old),
            bars,
            ylabel="rate of the new ritual, last week unpaid\n(mean over settings)",
            limits=(0.0, top + 0.05),
        )


def _say(study: Study[Settings]) -> None:
    settings, lost = study.settings, "takes more than half of what pay left"
    study.say(
        f"After {settings.n_paid} paid days the new ritual goes on without pay (on {_LEAST:.0%} more of the days than "
        f"with those who were never paid) in {told(study, 'habit goes on without pay')}."
    )
    medians = {change: study.value("median share lost", change=change) for change in CHANGES[1:]}
    study.say(
        f"Of what pay left, a new place takes more than half in {told(study, lost, change='new place')}, new hours in "
        f"{told(study, lost, change='new hours')}, and both in {told(study, lost, change='both')}; in the median "
        f"{medians['new place']:.0%}, {medians['new hours']:.0%} and {medians['both']:.0%} of it. Built in: that "
        "habits hold to cues, and how the place weighs among them."
    )
    more = "stacking brings more of it"
    gain = {change: study.value("mean gain of stacking", change=change) for change in ("nothing", "new place")}
    ends = [
        _gain(study, old_utility=settings.old_utilities[old], irregularity=settings.irregularities[hours])
        for old, hours in ((0, 0), (-1, 0), (0, -1), (-1, -1))
    ]
    study.say(
        "In the last week without pay those who stacked the new ritual on the old one do it more often than those who "
        f"had a set hour in {told(study, more, change='nothing')}, by {gain['nothing']:+.2f} on average; after a move "
        f"in {told(study, more, change='new place')}, by {gain['new place']:+.2f}. On days that begin within "
        f"{settings.irregularities[0]} h it is {ends[0]:+.2f} if the old ritual is worth "
        f"{settings.old_utilities[0]:g} and {ends[1]:+.2f} if it is worth {settings.old_utilities[-1]:g}; within "
        f"{settings.irregularities[-1]} h, {ends[2]:+.2f} and {ends[3]:+.2f}. The set hour is reached on every day "
        "with pay; that is built in."
    )


def _gain(study: Study[Settings], **where: float) -> float:
    """How much more often those who stack do it than those with a set hour, in the last week, if nothing changed."""
    stacked, at_hour = (_mean(study, "rate, last week", change="nothing", plan=plan, **where) for plan in PLANS[::-1])
    return stacked - at_hour


def __dir__() -> list[str]:
    return __all__
