"""The findings of the main experiment in plain sentences: shares of the family first, then the worked example."""

from typing import Any

import numpy as np

from rpe import measures
from rpe.experiments.micro_wins import family, random_tasks
from rpe.experiments.micro_wins.arms import ARMS, SHAPES, YARDSTICK, Row
from rpe.experiments.micro_wins.example import DISCOUNTING
from rpe.experiments.micro_wins.run import Result

_NULL = measures.Thresholds().index
_WORDS = {
    "shape": "the shape of discounting",
    "matching": "the horizon of the match",
    "kT": "the discount rate kT",
    "inverse_temperature": "β",
    "self_knowledge": "self-knowledge",
    "n_goals": "the number of goals",
    "cost_ratio": "the cost ratio",
    "pay": "when pay arrives",
    "success_probability": "the chance of success",
}


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed, each sentence with the numbers it rests on."""
    return [
        *(_family(result, arm) for arm in family.SPLIT),
        *(_depends(result, arm) for arm in family.SPLIT),
        _matching(result),
        _split_of_index(result),
        *(_random(result, arm) for arm in family.SPLIT),
        _patient(result),
        _example(result),
        _noise(result),
        _points(result),
        _goals(result),
        _tilt(result),
        _learned(result),
        _credit(result),
        _errors(result),
        _momentum(result),
        _deadlines(result),
        _welfare(result),
    ]


def _family(result: Result, arm: str) -> str:
    text = []
    for shape in SHAPES[:3]:
        share = family.shares(result.family, arm=arm, shape=shape)
        helped = family.helped(result.family, arm=arm, shape=shape)
        text.append(
            f"{shape} discounters are helped in {helped}, work at a loss in "
            f"{share['works at a loss']:.0%}, and are hurt in {share['hurts']:.0%}"
        )
    chosen = result.family["arm"] == arm
    discounters = chosen & (result.family["shape"] != "none")
    return (
        f"Over the family ({int(chosen.sum())} specifications, {int(discounters.sum())} of them of discounters; exact "
        f"planners; welfare: {YARDSTICK[arm]}; 95 % intervals with the task as the unit), with {arm}: "
        f"{'; '.join(text)}; without "
        f"discounting {family.shares(result.family, arm=arm, shape='none')['no effect']:.0%} see no effect."
    )


def _depends(result: Result, arm: str) -> str:
    indices = result.sensitivity[arm]
    order = np.argsort(-np.nan_to_num(indices))[:3]
    named = ", ".join(f"{_WORDS[family.FACTORS[i]]} (S_T = {indices[i]:.2f})" for i in order)
    return f"With {arm} the effect depends most on {named}; {_turn(result, arm)}."


def _turn(result: Result, arm: str) -> str:
    """The factor that turns the sign of the mean effect on discounters, or that there is none."""
    whole = result.family.where((result.family["arm"] == arm) & (result.family["shape"] != "none"))
    turning = {}
    for name in family.FACTORS:
        levels = [level for level in dict.fromkeys(whole[name].tolist()) if level != ""]
        mean = {level: float(whole["effect"][whole[name] == level].mean()) for level in levels}
        low, high = (pick(mean, key=lambda level: mean[level]) for pick in (min, max))
        if mean[low] < -_NULL / 4 and mean[high] > _NULL / 4:
            turning[name] = (mean[high] - mean[low], low, mean[low], high, mean[high])
    if not turning:
        return "no factor alone turns the sign of its mean"
    name = max(turning, key=lambda factor: turning[factor][0])
    _, low, least, high, most = turning[name]
    return (
        f"its mean sign is turned by {_WORDS[name]}: the index falls by {least:+.3f} at {_level(low)} and by "
        f"{most:+.3f} at {_level(high)}"
    )


def _level(level: Any) -> str:
    return f"{level:g}" if isinstance(level, (int, float)) else str(level)


def _matching(result: Result) -> str:
    """Whether the shape of discounting or only its steepness delays, by where the two are matched."""
    settings = result.settings
    whole = result.family
    base = whole.where((whole["arm"] == ARMS[1]) & (whole["self_knowledge"] == "naive"))
    index = base["procrastination_index"] + base["effect"]
    same = [base[name] for name in ("kT", "inverse_temperature", *family.TASK)]
    keys = list(zip(*(column.tolist() for column in same), strict=True))
    hyperbolic = {key: index[i] for i, key in enumerate(keys) if base["shape"][i] == "hyperbolic"}
    text, count = [], [0, 0]
    for matching in settings.matchings:
        rows = np.flatnonzero((base["shape"] == "exponential") & (base["matching"] == matching))
        later = np.array([hyperbolic[keys[i]] - index[i] for i in rows])
        text.append(f"{(later > _NULL).mean():.0%} and {(later < -_NULL).mean():.0%} matched at {matching}")
        count[0] += int((later > _NULL).sum())
        count[1] += int((later < -_NULL).sum())
    sign = "turns with the horizon of the match" if min(count) > 0.2 * max(count) else "keeps its sign"
    return (
        "Whether a hyperbolic or an exponential discounter delays more with one goal "
        f"{sign}: the hyperbolic one does (and does less) in {', '.join(text)}."
    )


def _split_of_index(result: Result) -> str:
    whole = result.family.where((result.family["shape"] != "none") & (result.family["arm"] == ARMS[1]))
    changes = whole["delay_change"], whole["undone_change"]
    return (
        f"With equal pay the index changes by {-whole['effect'].mean():+.3f} on average over all discounters: "
        f"{changes[0].mean():+.3f} is when work that is done is done, {changes[1].mean():+.3f} is work left undone."
    )


def _random(result: Result, arm: str) -> str:
    text = []
    for shape in random_tasks.SHAPES:
        helps, loss, hurts, alone = (
            random_tasks.share(result.tasks, (name,), arm=arm, shape=shape)
            for name in ("helps", "works at a loss", "hurts", "rightly left alone")
        )
        who = "without discounting" if shape == "none" else f"{shape} discounters"
        text.append(f"{who}: helps {helps}, works at a loss {loss}, hurts {hurts}, rightly left alone {alone}")
    return (
        f"Over {result.settings.n_tasks} random tasks with {arm} (welfare: {YARDSTICK[arm]}; 95 % intervals with the "
        f"task as the unit): "
        f"{'; '.join(text)}."
    )


def _patient(result: Result) -> str:
    own = result.family.where(result.family["shape"] == "none")
    certain = own["success_probability"] == 1
    still = [own["class"][rows] == "no effect" for rows in (certain, ~certain) if rows.any()]
    where = " and ".join(f"{part.mean():.0%}" for part in still)
    tasks = random_tasks.share(result.tasks, ("helps", "works at a loss", "hurts"), shape="none")
    largest = float(np.abs(own["effect"]).max())
    return (
        f"Without discounting micro wins have no effect in {where} of the family's specifications (where a step of "
        f"work is sure to succeed, and where it is not); with noise the index changes by up to {largest:.2f}. "
        f"Over random tasks {tasks} of the tasks move patient agents, as work that ends half-way is then paid for."
    )


def _core(result: Result, arm: str, shape: str, knowledge: str = "naive") -> Row:
    return result.select("example", arm=arm, shape=shape, self_knowledge=knowledge)[0]


def _example(result: Result) -> str:
    settings = result.settings
    one, equal, fair = (_core(result, arm, "hyperbolic") for arm in ARMS[:3])
    exponential = [_core(result, arm, "exponential")["procrastination_index"] for arm in ARMS[:3]]
    return (
        f"Worked example (one cell of the family: k = {settings.k:g} per step, β = {settings.inverse_temperature:g}, "
        f"naive): the index is {one['procrastination_index']:.3f} with one goal, {equal['procrastination_index']:.3f} "
        f"in {settings.n_goals} micro wins on equal pay ({equal['class']}), {fair['procrastination_index']:.3f} at "
        f"equal present value ({fair['class']}); for the exponential discounter with the same D({settings.n_units}) "
        f"{exponential[0]:.3f}, {exponential[1]:.3f} and {exponential[2]:.3f}. Working without a stop would be "
        f"{(settings.n_units + 1) / (2 * settings.deadline):.3f}."
    )


def _noise(result: Result) -> str:
    """The example at the other inverse temperatures."""
    text = []
    for shape in DISCOUNTING[:2]:
        one, equal, fair = (
            result.column("procrastination_index", "temperature", arm=arm, shape=shape) for arm in ARMS[:3]
        )
        gains = one - equal, one - fair
        text.append(
            f"{shape} {gains[0].min():+.2f} to {gains[0].max():+.2f} on equal pay, {gains[1].min():+.2f} to "
            f"{gains[1].max():+.2f} at equal present value"
        )
    levels = ", ".join(f"{beta:g}" for beta in result.settings.temperatures)
    return f"The example's fall of the index at β = {levels} ranges over: {'; '.join(text)}."


def _points(result: Result) -> str:
    points = {name: _core(result, "points", name)["effect"] for name in DISCOUNTING}
    fond = result.select("ticks valued as pay")[0]["effect"]
    marks = _core(result, "feedback", "hyperbolic")["effect"]
    ticks = _core(result, "pseudo-reward", "hyperbolic")["effect"]
    return (
        f"In the example, potential-based points (they cancel over the task) change the index by "
        f"{points['exponential']:+.3f} for an exponential planner and by {points['hyperbolic']:+.2f} for a hyperbolic "
        f"one. Built in: marks without reward change it by {marks:+.3f}, ticks that count only within the sub-task by "
        f"{ticks:+.3f}; ticks that are valued like pay by {fond:+.2f}."
    )


def _goals(result: Result) -> str:
    free, costly = (result.select("number of goals", overhead=cost) for cost in (0.0, 2.0))
    best, most = (min(lines, key=lambda line: float(line["procrastination_index"])) for lines in (costly, free))
    worst = costly[-1]
    return (
        f"In the example, if each sub-goal costs an overhead and a fresh start the best number is {best['n_goals']} "
        f"(index {best['procrastination_index']:.2f}), and {worst['n_goals']} goals give "
        f"{worst['procrastination_index']:.2f}, {worst['undone']:.2f} of it left undone; if sub-goals are free, "
        f"{most['n_goals']} is best ({most['procrastination_index']:.2f})."
    )


def _tilt(result: Result) -> str:
    lines = result.select("tilt of pay", shape="hyperbolic")
    worst = min(lines, key=lambda line: float(line["completion_probability"]))
    even = next(line for line in lines if line["tilt"] == 0.0)
    when = "early" if worst["tilt"] > 0 else "late" if worst["tilt"] < 0 else "evenly"
    return (
        f"In the example, paid most {when} the same budget completes the task with probability "
        f"{worst['completion_probability']:.2f}, against {even['completion_probability']:.2f} if paid evenly."
    )


def _learned(result: Result) -> str:
    text = []
    for shape in DISCOUNTING:
        learned = result.select("learned", arm=ARMS[1], shape=shape)[0]["effect"]
        exact = _core(result, ARMS[1], shape, "sophisticated")["effect"]
        text.append(f"{shape} {learned:+.2f} learned against {exact:+.2f} exact")
    return (
        f"In the example, after {result.settings.n_trials} trials the effect of equal pay is: {', '.join(text)} (of "
        "planners who know themselves, as learners learn what they do; the naive one is above); what is beyond the "
        "exact effect is learning, not motivation."
    )


def _credit(result: Result) -> str:
    traces = sorted({line["trace_decay"] for line in result.select("credit")})
    index = {trace: result.column("procrastination_index", "credit", trace_decay=trace) for trace in traces}
    first, last = (float(np.ptp(index[trace])) for trace in (traces[0], traces[-1]))
    part = "most" if last < first / 2 else "less than half"
    return (
        f"Learners that do not discount differ by {first:.2f} between numbers of sub-goals without traces "
        f"(λ = {traces[0]:g}) and by {last:.2f} with long ones (λ = {traces[-1]:g}), after "
        f"{result.settings.n_credit_trials} trials: {part} of that difference is credit assignment."
    )


def _errors(result: Result) -> str:
    found = {line["success_probability"]: line.get("error", np.nan) for line in result.select("sub-goal error")}
    return (
        f"A sub-goal that is sure to come ends with a prediction error of {found[1.0]:.2f} reward units, one that is "
        f"reached with probability 0.7 a step with {found[0.7]:.2f} (learners, after {result.settings.n_credit_trials} "
        "trials)."
    )


def _momentum(result: Result) -> str:
    cost = result.settings.start_cost
    one, split = (result.select("momentum", arm=arm, start_cost=cost)[0] for arm in ARMS[:2])
    free = result.select("momentum", arm=ARMS[0], start_cost=0.0)[0]
    return (
        f"In the example, at the same time and progress work is {one['momentum']:+.3f} likelier right after work with "
        f"one goal and {split['momentum']:+.3f} with micro wins, and {abs(free['momentum']):.3f} without a cost of "
        f"starting: momentum is the start cost. The raw differences ({one['raw_difference']:+.2f}, "
        f"{split['raw_difference']:+.2f} and {free['raw_difference']:+.2f}) contain the trend towards the goal."
    )


def _deadlines(result: Result) -> str:
    text = []
    for shape, knowledge in (("hyperbolic", "naive"), ("hyperbolic", "sophisticated"), ("exponential", "naive")):
        who = {"shape": shape, "self_knowledge": knowledge}
        even, free = (
            result.column("completion_probability", "deadlines", sub_deadlines=label, **who)
            for label in ("even", "none")
        )
        change = even - free
        text.append(f"{knowledge} {shape} {change[np.abs(change).argmax()]:+.2f}")
    chances = result.column("success_probability", "deadlines", sub_deadlines="none", shape="none")
    return (
        f"In the example, even sub-deadlines that forfeit their pay change the chance of completing the task, where "
        f"time is free with p = {chances.min():g} to {chances.max():g}, by at most: {', '.join(text)}. It depends on "
        "the agent and on free time; experiment `deadlines` has the details."
    )


def _welfare(result: Result) -> str:
    one, split = (_core(result, arm, "hyperbolic") for arm in ARMS[:2])
    names = (
        ("welfare", "undiscounted"),
        ("welfare_long_run", "for the long-run self"),
        ("welfare_today", "for today's"),
    )
    text = ", ".join(f"{one[name]:.0f} to {split[name]:.0f} {word}" for name, word in names)
    return (
        f"In the example, equal pay changes welfare from {text}, and completion from "
        f"{one['completion_probability']:.2f} to {split['completion_probability']:.2f}."
    )
