"""The findings of the main experiment in plain sentences, computed from its numbers."""

from typing import Any

import numpy as np

from rpe.experiments.micro_wins.parts import ARMS, DISCOUNTING


def sentences(result: Any) -> list[str]:
    """Return what the experiment showed, each sentence with the numbers it rests on."""
    return [
        _main(result),
        _fair(result),
        _patient(result),
        _points(result),
        _rates(result),
        _goals(result),
        _tilt(result),
        _random(result, "equal pay"),
        _random(result, "equal present value"),
        _learned(result),
        _credit(result),
        _errors(result),
        _momentum(result),
        _deadlines(result),
        _welfare(result),
        _students(result),
    ]


def verdict(effect: float, null: float) -> str:
    """What a change of the procrastination index amounts to: helps, does nothing, or hurts."""
    return "helps" if effect > null else "hurts" if effect < -null else "does nothing"


def _core(result: Any, arm: str, discounting: str, agent: str = "naive") -> dict[str, Any]:
    line: dict[str, Any] = result.select("core", arm=arm, discounting=discounting, agent=agent)[0]
    return line


def _main(result: Any) -> str:
    one, split = (_core(result, arm, "hyperbolic") for arm in ARMS[:2])
    what = verdict(split["effect"], result.settings.null)
    return (
        f"For a steep discounter (k = {result.settings.k:g} per step), the same pay in "
        f"{result.settings.n_goals} micro wins {what}: the procrastination index goes from "
        f"{one['procrastination_index']:.2f} to {split['procrastination_index']:.2f} "
        f"(naive planner, exact; working without a stop would be "
        f"{(result.settings.n_units + 1) / (2 * result.settings.deadline):.2f})."
    )


def _fair(result: Any) -> str:
    fair = _core(result, "equal present value", "hyperbolic")
    equal = _core(result, "equal pay", "hyperbolic")
    exponential = _core(result, "equal present value", "exponential")
    share = fair["effect"] / equal["effect"] if equal["effect"] else np.nan
    return (
        f"With payments cut to equal present value the change is {fair['effect']:+.2f} for the steep discounter "
        f"({share:.0%} of that with equal pay), and {exponential['effect']:+.2f} for an exponential discounter with "
        f"the same D({result.settings.n_units}), whom it {_for(exponential['effect'], result)}: part of the gain is "
        "only money that comes sooner."
    )


def _for(effect: float, result: Any) -> str:
    return {"helps": "helps", "hurts": "hurts", "does nothing": "leaves as they were"}[
        verdict(effect, result.settings.null)
    ]


def _patient(result: Any) -> str:
    spread = 0.0
    for agent in ("naive", "sophisticated"):
        index = [_core(result, arm, "none", agent)["procrastination_index"] for arm in ARMS]
        spread = max(spread, max(index) - min(index))
    same = "identical" if spread < 1e-6 else f"different by up to {spread:.3g}"
    level = _core(result, "one goal", "none")["procrastination_index"]
    return f"Without discounting, one goal and all arms of micro wins are {same} in the exact solution ({level:.3f})."


def _points(result: Any) -> str:
    points = {name: _core(result, "points", name)["effect"] for name in DISCOUNTING}
    felt = result.select("pseudo-reward felt as pay")[0]["effect"]
    marks = _core(result, "feedback", "hyperbolic")["effect"]
    ticks = _core(result, "pseudo-reward", "hyperbolic")["effect"]
    return (
        f"Points that are taken back change the index by {points['exponential']:+.3f} for an exponential planner "
        f"(they cannot move it) and by {points['hyperbolic']:+.2f} for a hyperbolic one; marks without reward by "
        f"{marks:+.3f} and ticks that count only within the sub-task by {ticks:+.3f}, both by construction; ticks "
        f"that are felt like pay by {felt:+.2f}."
    )


def _rates(result: Any) -> str:
    rates = result.column("value", "discount rate", arm="one goal") * result.settings.deadline
    one = result.column("procrastination_index", "discount rate", arm="one goal")
    text = []
    for arm in ("equal pay", "equal present value"):
        effect = one - result.column("procrastination_index", "discount rate", arm=arm)
        helped = rates[effect > result.settings.null]
        hurt = rates[effect < -result.settings.null]
        part = f"between kT = {helped.min():.2g} and {helped.max():.2g}" if helped.size else "for no discount rate"
        harm = f", and hurt from {hurt.min():.2g} to {hurt.max():.2g}" if hurt.size else ""
        text.append(f"{arm} helps {part}{harm}")
    return f"Over discount rates from kT = {rates.min():.2g} to {rates.max():.2g}, {'; '.join(text)}."


def _goals(result: Any) -> str:
    free = result.select("number of goals", condition="free sub-goals")
    costly = result.select("number of goals", condition="sub-goals that cost")
    best = min(costly, key=lambda line: line["procrastination_index"])
    worst = costly[-1]
    most = min(free, key=lambda line: line["procrastination_index"])
    return (
        f"More is not better: if each sub-goal costs an overhead and a fresh start, the best number is {best['value']} "
        f"(index {best['procrastination_index']:.2f}), and {worst['value']} goals give "
        f"{worst['procrastination_index']:.2f} with a completion probability of "
        f"{worst['completion_probability']:.2f}; if sub-goals are free, {most['value']} is best "
        f"({most['procrastination_index']:.2f})."
    )


def _tilt(result: Any) -> str:
    lines = result.select("tilt of pay", discounting="hyperbolic")
    one = _core(result, "one goal", "hyperbolic")
    worst = min(lines, key=lambda line: line["completion_probability"])
    even = next(line for line in lines if line["value"] == 0.0)
    when = "early" if worst["value"] > 0 else "late" if worst["value"] < 0 else "evenly"
    lost = worst["completion_probability"] - one["completion_probability"]
    meaning = "harm: paid in advance, the end is not worth its cost" if lost < -0.05 and when == "early" else "no harm"
    return (
        f"Paid most {when}, the same budget completes the task with probability {worst['completion_probability']:.2f}, "
        f"against {even['completion_probability']:.2f} if paid evenly and {one['completion_probability']:.2f} with one "
        f"goal ({meaning})."
    )


def _random(result: Any, arm: str) -> str:
    text = []
    for discounting in ("hyperbolic", "exponential"):
        effect = result.column("effect", "random task", arm=arm, discounting=discounting)
        helped, hurt = (effect > result.settings.null).mean(), (effect < -result.settings.null).mean()
        patient = result.column("value", "random task", arm=arm, discounting=discounting) < 1
        calm = (effect[patient] > result.settings.null).mean() if patient.any() else np.nan
        text.append(
            f"{discounting} discounters in {helped:.0%} of cases helped and in {hurt:.0%} hurt "
            f"(helped in {calm:.0%} where kT < 1)"
        )
    body = "; ".join(text)
    return f"Over {result.settings.n_tasks} random tasks with {arm}: {body}; the rest within ±{result.settings.null:g}."


def _learned(result: Any) -> str:
    text, beyond = [], []
    for discounting in DISCOUNTING:
        learned = _core(result, "equal pay", discounting, "learned")
        exact = _core(result, "equal pay", discounting, "sophisticated")
        text.append(f"{discounting} {learned['effect']:+.2f} learned against {exact['effect']:+.2f} exact")
        beyond.append(learned["effect"] - exact["effect"])
    none = beyond[-1]
    meaning = (
        f"Without discounting there is nothing to gain, so the {none:+.2f} there is a matter of learning alone"
        if abs(none) > result.settings.null
        else "Without discounting learners, too, gain nothing"
    )
    return f"After {result.settings.n_trials} trials the effect of equal pay is: {', '.join(text)}. {meaning}."


def _credit(result: Any) -> str:
    ranges = {}
    for trace in sorted({line["trace_decay"] for line in result.select("credit assignment")}):
        index = result.column("procrastination_index", "credit assignment", trace_decay=trace)
        ranges[trace] = index.max() - index.min()
    first, last = min(ranges), max(ranges)
    gone = 1 - ranges[last] / ranges[first] if ranges[first] else 0.0
    meaning = (
        f"{gone:.0%} of that gain is credit assignment, not motivation"
        if gone > 0
        else "traces do not explain the gain"
    )
    return (
        f"Learners that do not discount differ by {ranges[first]:.2f} between numbers of sub-goals without traces "
        f"(λ = {first:g}) and by {ranges[last]:.2f} with long ones (λ = {last:g}), after "
        f"{result.settings.n_credit_trials} trials: {meaning}."
    )


def _errors(result: Any) -> str:
    certain, uncertain = (result.select("sub-goal error", value=p)[0]["error"] for p in (1.0, 0.7))
    meaning = (
        "an expected tick is no surprise, an uncertain one stays one"
        if certain < 0.1 * uncertain
        else "the ticks are still being learned"
        if certain > 1.0
        else "an expected tick has lost most of its surprise"
    )
    return (
        f"A sub-goal that is sure to come ends with a prediction error of {certain:.2f} reward units, one that depends "
        f"on luck with {uncertain:.2f} (learners, after {result.settings.n_credit_trials} trials): {meaning}."
    )


def _momentum(result: Any) -> str:
    one, split = (result.select("momentum", arm=arm, value=result.settings.start_cost)[0] for arm in ARMS[:2])
    free = result.select("momentum", arm="one goal", value=0.0)[0]
    hazards = [result.momentum[arm, result.settings.start_cost].by_unit for arm in ARMS[:2]]
    shapes = ["rises at every unit" if (np.diff(h) >= -1e-9).all() else "rises and falls" for h in hazards]
    return (
        f"The chance of working {shapes[0]} towards the single goal and {shapes[1]} with micro wins. Working is "
        f"{_excess(one)} more likely right after work than after distraction, beyond a shuffle, with one goal; "
        f"{_excess(split)} with micro wins; {_excess(free)} with one goal and no cost of starting."
    )


def _excess(line: dict[str, Any]) -> str:
    return f"{line['gap'] - line['shuffled_gap']:+.2f}"


def _deadlines(result: Any) -> str:
    changes = []
    for discounting in ("hyperbolic", "none"):
        for probability in (1.0, 0.7):
            chosen = {"discounting": discounting, "value": probability}
            even, free = (
                result.select("deadlines", condition=label, **chosen)[0]["completion_probability"]
                for label in ("even sub-deadlines", "no sub-deadlines")
            )
            changes.append(even - free)
    size = "less than 0.05 either way" if max(map(abs, changes)) < 0.05 else "not always little"
    return (
        f"Even sub-deadlines that forfeit their pay change the chance of completing the task by {min(changes):+.2f} to "
        f"{max(changes):+.2f}: {size}."
    )


def _welfare(result: Any) -> str:
    one, split = (_core(result, arm, "hyperbolic") for arm in ARMS[:2])
    return (
        f"Welfare (undiscounted) goes from {one['welfare']:.0f} to {split['welfare']:.0f} and completion from "
        f"{one['completion_probability']:.2f} to {split['completion_probability']:.2f} while the index "
        f"changes by {-split['effect']:+.2f}."
    )


def _students(result: Any) -> str:
    share = result.students.share_done
    late = 1 - np.interp(0.8 * (len(share) - 1), np.arange(len(share)), share) / share[-1]
    return (
        f"A simulated class with the discount rates of 84 real students does {1 - late:.0%} of its work in the first "
        f"80 % of the time (the students did 90 %), and its index follows ln k with r = "
        f"{result.students.correlation:.2f}, where theirs did with 0.28: the model makes too much of discounting."
    )
