"""The worked example: one cell of the family, and what changes when one thing about it is changed."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rpe import measures, simulate, tasks
from rpe.agents import Planner
from rpe.discounting import Discounting, Exponential, Hyperbolic
from rpe.experiments.intervals import standard_errors
from rpe.experiments.micro_wins.arms import ARMS, KNOWLEDGE, YARDSTICK, Row, planner, task
from rpe.experiments.micro_wins.settings import Settings

DISCOUNTING = ("hyperbolic", "exponential", "none")
GOALS = (1, 2, 4, 5, 10, 20)
SHARES = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
OVERHEADS = ((0.0, 0.0), (2.0, 1.0))
TILTS = (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
FREE_TIMES = (1.0, 0.9, 0.8, 0.7, 0.6)


class Example(NamedTuple):
    """Rows of the table, exact solutions by (arm, shape, self-knowledge), and sampled rates by (arm, start cost)."""

    rows: list[Row]
    curves: dict[tuple[str, str, str], measures.Exact]
    sampled: dict[tuple[str, float], tuple[measures.Rates, measures.Rates]]


def discount_functions(settings: Settings) -> dict[str, Discounting]:
    """The three ways to discount: hyperbolic, the exponential with the same D(N), and none."""
    hyperbolic = Hyperbolic(settings.k)
    matched = Exponential.matched(hyperbolic, delay=settings.n_units)
    return dict(zip(DISCOUNTING, (hyperbolic, matched, Exponential(1.0)), strict=True))


def outcome(exact: measures.Exact, agent: int = 0) -> Row:
    """The numbers by which a condition is judged."""
    names = ("procrastination_index", "delay", "undone", "completion_probability", "welfare", "start_latency")
    return {name: float(getattr(exact, name)[agent]) for name in names} | {"momentum": float(exact.momentum[agent])}


def solve(settings: Settings, rng: np.random.Generator) -> Example:
    """Solve the example and its variations; only the curves by streak are sampled."""
    rows, curves = core(settings)
    for part in (temperatures, goal_sweep, share_sweep, tilt_sweep, rate_sweep, ratio_map, deadlines):
        rows += part(settings)
    more, sampled = momentum(settings, rng)
    return Example(rows + more, curves, sampled)


def core(settings: Settings) -> tuple[list[Row], dict[tuple[str, str, str], measures.Exact]]:
    """Six arms under three ways to discount, for planners of each self-knowledge."""
    rows: list[Row] = []
    curves: dict[tuple[str, str, str], measures.Exact] = {}
    for shape, discounting in discount_functions(settings).items():
        for knowledge in KNOWLEDGE:
            agent = planner(discounting, settings.inverse_temperature, knowledge)
            solved = measures.exact_each(agent, [task(settings, arm, discounting) for arm in ARMS])
            for i, arm in enumerate(ARMS):
                exact = solved.take([i])
                before = curves.setdefault((ARMS[0], shape, knowledge), exact)
                curves[arm, shape, knowledge] = exact
                more = _judged(before, exact, discounting, YARDSTICK.get(arm, "undiscounted"))
                rows.append({"part": "example", "arm": arm, "shape": shape, "self_knowledge": knowledge, **more})
    fond = Planner(Hyperbolic(settings.k), settings.inverse_temperature, pseudo_reward_weight=1.0)
    exact = measures.exact(fond, task(settings, "pseudo-reward"))
    before = curves[ARMS[0], "hyperbolic", "naive"]
    rows.append(
        {"part": "ticks valued as pay", "arm": "pseudo-reward", **_judged(before, exact, Hyperbolic(settings.k))}
    )
    return rows, curves


def _judged(before: measures.Exact, after: measures.Exact, discounting: Discounting, by: str = "undiscounted") -> Row:
    found = {
        "effect": float(before.procrastination_index[0] - after.procrastination_index[0]),
        "class": str(measures.classify(before, after, by=by, discounting=discounting)[0]),
    }
    for yardstick, name in zip(measures.YARDSTICKS[1:], ("welfare_long_run", "welfare_today"), strict=True):
        found[name] = float(measures.welfare(after, by=yardstick, discounting=discounting)[0])
    return outcome(after) | found


def temperatures(settings: Settings) -> list[Row]:
    """The example at every inverse temperature: how much of it is noise."""
    rows = []
    for shape, discounting in list(discount_functions(settings).items())[:2]:
        for arm in ARMS[:3]:
            agent = Planner(discounting, np.array(settings.temperatures))
            exact = measures.exact(agent, task(settings, arm, discounting))
            rows += [
                {"part": "temperature", "arm": arm, "shape": shape, "inverse_temperature": beta, **outcome(exact, i)}
                for i, beta in enumerate(settings.temperatures)
            ]
    return rows


def _solved(settings: Settings, splits: list[tasks.GoalTask], discounting: Discounting | None = None) -> list[Row]:
    """The outcome of each of some tasks that differ in what they pay."""
    worth = Hyperbolic(settings.k) if discounting is None else discounting
    exact = measures.exact_each(Planner(worth, settings.inverse_temperature), splits)
    return [outcome(exact, i) for i in range(len(splits))]


def goal_sweep(settings: Settings) -> list[Row]:
    """How many sub-goals: with free sub-goals, and with an overhead and a lost engagement at each."""
    rows = []
    for overhead, disengagement in OVERHEADS:
        for n_goals in (k for k in GOALS if k <= settings.n_units):
            split = task(settings, ARMS[1], n_goals=n_goals, overhead=overhead, disengagement=disengagement)
            (found,) = _solved(settings, [split])
            rows.append({"part": "number of goals", "overhead": overhead, "n_goals": n_goals, **found})
    return rows


def share_sweep(settings: Settings) -> list[Row]:
    """How much of the budget moves to sub-goals, for pay at completion and pay at the deadline."""
    rows = []
    for pay in ("completion", "deadline"):
        solved = _solved(settings, [task(settings, ARMS[1], share=share, pay=pay) for share in SHARES])
        rows += [
            {"part": "share moved", "pay": pay, "share": share, **found}
            for share, found in zip(SHARES, solved, strict=True)
        ]
    return rows


def tilt_sweep(settings: Settings) -> list[Row]:
    """Pay the same budget early or late: sub-goal j of K gets a share ∝ e^(−tilt·(j − 1)/(K − 1))."""
    rows = []
    split = task(settings, ARMS[1])
    place = np.linspace(0.0, 1.0, settings.n_goals)
    tilted = []
    for tilt in TILTS:
        weight = np.exp(-tilt * place)
        payout = np.zeros(settings.n_units + 1)
        payout[list(split.goals)] = settings.reward * weight / weight.sum()
        tilted.append(replace(split, payout=payout))
    for shape in ("hyperbolic", "none"):
        solved = _solved(settings, tilted, discount_functions(settings)[shape])
        rows += [
            {"part": "tilt of pay", "shape": shape, "tilt": tilt, **found}
            for tilt, found in zip(TILTS, solved, strict=True)
        ]
    return rows


def rate_sweep(settings: Settings) -> list[Row]:
    """Every discount rate, from patience to urgency."""
    rates = np.geomspace(0.001, 1.0, settings.n_rates)
    rows = []
    for arm in ARMS[:2]:
        exact = measures.exact(Planner(Hyperbolic(rates), settings.inverse_temperature), task(settings, arm))
        rows += [_at_rate(settings, arm, k, outcome(exact, i)) for i, k in enumerate(rates)]
    fair = [task(settings, ARMS[2], Hyperbolic(float(k))) for k in rates]
    solved = _solved(settings, fair, Hyperbolic(rates))
    return [*rows, *(_at_rate(settings, ARMS[2], k, found) for k, found in zip(rates, solved, strict=True))]


def _at_rate(settings: Settings, arm: str, k: float, found: Row) -> Row:
    return {"part": "discount rate", "arm": arm, "kT": float(k * settings.deadline), **found}


def ratio_map(settings: Settings) -> list[Row]:
    """The effect of equal pay over discount rate × horizon and cost ratio N(e + d)/R."""
    horizons = np.geomspace(0.1, 30.0, settings.n_rates)
    agent = Planner(Hyperbolic(horizons / settings.deadline), settings.inverse_temperature)
    rows = []
    for ratio in np.linspace(0.1, 1.2, settings.n_ratios):
        reward = settings.n_units * (settings.effort + settings.distraction) / ratio
        one, split = (measures.exact(agent, task(settings, arm, reward=reward)) for arm in ARMS[:2])
        effect, classes = one.procrastination_index - split.procrastination_index, measures.classify(one, split)
        rows += [
            {
                "part": "cost ratio",
                "arm": ARMS[1],
                "kT": float(horizon),
                "cost_ratio": float(ratio),
                "effect": float(effect[i]),
                "class": str(classes[i]),
            }
            for i, horizon in enumerate(horizons)
        ]
    return rows


def deadlines(settings: Settings) -> list[Row]:
    """Rigid, even sub-deadlines on the same budget against none, with time that is free more or less often."""
    k = settings.n_goals
    even = [max(1, round(settings.deadline * (j + 1) / k)) for j in range(k)]
    functions = discount_functions(settings)
    agents = [(shape, KNOWLEDGE[0]) for shape in DISCOUNTING] + [("hyperbolic", KNOWLEDGE[2])]
    rows = []
    for shape, knowledge in agents:
        agent = planner(functions[shape], settings.inverse_temperature, knowledge)
        for probability in FREE_TIMES:
            for label, due in (("none", None), ("even", even)):
                split = task(settings, ARMS[1], success_probability=probability, due=due)
                found = outcome(measures.exact(agent, split))
                who = {"shape": shape, "self_knowledge": knowledge, "success_probability": probability}
                rows.append({"part": "deadlines", "sub_deadlines": label, **who, **found})
    return rows


def momentum(
    settings: Settings, rng: np.random.Generator
) -> tuple[list[Row], dict[tuple[str, float], tuple[measures.Rates, measures.Rates]]]:
    """Momentum of naive hyperbolic planners, exact at the same time and progress; the raw difference is sampled."""
    rows, sampled = [], {}
    agent = Planner(Hyperbolic(settings.k), settings.inverse_temperature)
    for arm in ARMS[:2]:
        for start_cost in dict.fromkeys((settings.start_cost, 0.0)):
            chosen = task(settings, arm, start_cost=start_cost)
            history = simulate.run(
                agent, chosen, n_agents=settings.n_walkers, rng=rng, record=range(settings.n_walkers)
            )
            gap = measures.momentum_with_trend(history).beyond_shuffle
            known = gap[np.isfinite(gap)]
            raw = float(known.mean()) if known.size else np.nan
            low, high = raw + 1.96 * (standard_errors(gap) - raw)
            found = {"raw_low": low, "raw_high": high, **outcome(measures.exact(agent, chosen))}
            rows.append({"part": "momentum", "arm": arm, "start_cost": start_cost, "raw_difference": raw, **found})
            sampled[arm, start_cost] = (measures.work_by_streak(history), measures.work_since_sub_goal(history))
    return rows, sampled
