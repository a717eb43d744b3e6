"""Splits of the same budget over a family of discounters: how many parts, where, and how much of it."""

from typing import Any

import numpy as np

from rpe import measures, tasks
from rpe._checks import Floats
from rpe.experiments import titles
from rpe.experiments.goal_decomposition.settings import Settings
from rpe.experiments.specifications import NULL, Group, Levels, groups, note, taken
from rpe.experiments.study import Study
from rpe.tasks import GoalRules

_AGENT = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge")

_DISCOUNTERS = ("hyperbolic", "exponential", "quasi-hyperbolic")

FREE, COSTLY = "free", "with overhead"


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


def draw_family(study: Study[Settings]) -> None:
    """Where the budget is paid, over all discounters."""
    names = list(layouts())[1:]
    share, back, low, high = (
        np.array([study.value(what, finding="helps against one goal", layout=name) for name in names])
        for what in ("share", "reversed", "low", "high")
    )
    study.draw(
        titles.tally("helps", "hurts or at a loss", "sub-goals help more often than they hurt"),
        names,
        {"helps": share, "hurts or at a loss": back},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"helps": np.array([low, high])},
    )


def switching(settings: Settings) -> dict[str, GoalRules]:
    """Return the rules of sub-goals that are free, and of those that cost a switch."""
    return {FREE: {}, COSTLY: {"overhead": settings.overhead, "disengagement": settings.disengagement}}


def solve(settings: Settings) -> dict[str, Any]:
    """Return the family as columns: every agent on every split, against the single goal on the same budget."""
    levels = Levels(settings.horizons, settings.matchings, settings.temperatures)
    parts: dict[str, list[Any]] = {}
    one = tasks.monolithic()
    worth = measures.worth_doing(one)
    splits: dict[tuple[str, str, float, float, str], tasks.GoalTask] = {
        ("number of goals", name, float(n), 1.0, ""): tasks.micro_wins(n, **rules)
        for name, rules in switching(settings).items()
        for n in settings.goals
    }
    splits |= {("layout", "", 0.0, 1.0, name): tasks.GoalTask(payout=pay) for name, pay in layouts().items()}
    splits |= {("share of the budget", "", 5.0, x, ""): tasks.micro_wins(5, share=x) for x in settings.shares}
    for group in groups(levels, self_knowledge=("naive", "sophisticated")):
        before = measures.exact(group.planner, one)
        for split, task in splits.items():
            for name, values in _judged(group, split, before, measures.exact(group.planner, task), worth).items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _judged(
    group: Group,
    split: tuple[str, str, float, float, str],
    before: measures.Exact,
    after: measures.Exact,
    worth: measures.Worth,
) -> dict[str, Any]:
    n = len(after.reward)
    where = dict(zip(("split", "switching", "n_goals", "share", "layout"), split, strict=True))
    return {
        **group.factors,
        **{name: np.full(n, level) for name, level in where.items()},
        "class": measures.classify(before, after, worth=worth),
        "procrastination index": after.procrastination_index,
        "undone": after.undone,
        "completion change": after.completion_probability - before.completion_probability,
        "welfare change": (after.welfare - before.welfare) / 100.0,
    }


def keep_family(study: Study[Settings], family: dict[str, Any]) -> None:
    """One row of the study for each setting and quantity."""
    factors = (*_AGENT, "split", "switching", "n_goals", "share", "layout", "class")
    quantities = ("procrastination index", "undone", "completion change", "welfare change")
    for i in range(len(family["shape"])):
        who = {name: family[name][i].item() for name in factors if family[name][i] != ""}
        study.add({name: family[name][i] for name in quantities}, part="family", **who)


def say_family(study: Study[Settings], family: dict[str, Any], settings: Settings) -> None:
    """Say in what share of the discounters each split does what."""
    discounters = taken(family, shape=_DISCOUNTERS)
    study.say(
        *(_most_goals(study, discounters, settings, name) for name in (FREE, COSTLY)),
        _places(study, discounters),
        _more_budget(study, discounters, settings),
    )


def _stacked(rows: dict[str, Any], column: str, factor: str, levels: tuple[float, ...]) -> tuple[Floats, Any]:
    """A column (n_levels, n_agents) by the levels of a factor, and the factors of the agents."""
    chosen = [taken(rows, **{factor: level}) for level in levels]
    return np.stack([each[column] for each in chosen]), {name: chosen[0][name] for name in _AGENT}


def _most_goals(study: Study[Settings], rows: dict[str, Any], settings: Settings, switching: str) -> str:
    """Whether as many sub-goals as there are units delay least."""
    mine = taken(rows, split="number of goals", switching=switching)
    levels = tuple(map(float, settings.goals))
    index, factors = _stacked(mine, "procrastination index", "n_goals", levels)
    best, worse = index[-1] <= index.min(axis=0) + NULL, index[-1] > index[0] + NULL
    share = note(study, "most goals delay least", best * 1.0 - worse, factors, switching=switching)
    undone, _ = _stacked(mine, "undone", "n_goals", levels)
    return (
        f"Discounters with {settings.goals[-1]} sub-goals delay least, to within {NULL:g} of the index, in {share} "
        f"({'sub-goals free' if switching == FREE else 'each costs a switch'}; reversed: more delay than with one "
        f"goal). Of the work {undone[-1].mean():.0%} is left undone there, {undone[0].mean():.0%} with one goal."
    )


def _gain(rows: dict[str, Any]) -> Any:
    """1 where a split helps, −1 where it hurts or makes people work at a loss."""
    return (rows["class"] == "helps") * 1.0 - np.isin(rows["class"], ("hurts", "works at a loss"))


def _places(study: Study[Settings], rows: dict[str, Any]) -> str:
    text = []
    for name in list(layouts())[1:]:
        mine = taken(rows, split="layout", layout=name)
        share = note(study, "helps against one goal", _gain(mine), {f: mine[f] for f in _AGENT}, layout=name)
        text.append(f"{name}: {share}")
    return (
        "Where the same budget is paid, against one goal (helps: sooner or more often done and no worse off, "
        f"undiscounted; reversed: hurts, or work at a loss): {'; '.join(text)}."
    )


def _more_budget(study: Study[Settings], rows: dict[str, Any], settings: Settings) -> str:
    mine = taken(rows, split="share of the budget")
    index, factors = _stacked(mine, "procrastination index", "share", settings.shares)
    steady = (np.diff(index, axis=0) <= NULL).all(axis=0) & (index[0] - index[-1] > NULL)
    rises = index[-1] - index[0] > NULL
    share = note(study, "less delay with more of the budget", steady * 1.0 - rises, factors)
    return (
        f"The more of the budget moves to five sub-goals, the less the delay, steadily, in {share}; on average the "
        f"index goes from {index[0].mean():.2f} to {index[-1].mean():.2f}."
    )
