"""The parts of the main experiment that are exact: who gains from micro wins, and who loses."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from rpe import measures, tasks
from rpe._checks import Floats, held
from rpe.agents import Planner
from rpe.discounting import Discounting, Exponential, Hyperbolic
from rpe.experiments.micro_wins.settings import Settings

ARMS = ("one goal", "equal pay", "equal present value", "points", "feedback", "pseudo-reward")
_MATCHING = dict(zip(ARMS[1:], ("pay", "present_value", "potential", "feedback", "pseudo_reward"), strict=True))
DISCOUNTING = ("hyperbolic", "exponential", "none")
GOALS = (1, 2, 4, 5, 10, 20)
SHARES = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
OVERHEADS = ((0.0, 0.0), (2.0, 1.0))
TILTS = (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
N_TASK_RATES = 8

Row = dict[str, Any]


def row(part: str, **values: Any) -> Row:
    """One line of the tidy table; what does not apply is left out."""
    return {"part": part, **values}


def discount_functions(settings: Settings) -> dict[str, Discounting]:
    """The three ways to discount: hyperbolic, the exponential with the same D(N), and none."""
    hyperbolic = Hyperbolic(settings.k)
    matched = Exponential.matched(hyperbolic, delay=settings.n_units)
    return dict(zip(DISCOUNTING, (hyperbolic, matched, Exponential(1.0)), strict=True))


def task(settings: Settings, arm: str, discounting: Discounting | None, **changes: Any) -> tasks.GoalTask:
    """The task of one arm, with all else equal."""
    rules: dict[str, Any] = {
        name: getattr(settings, name)
        for name in ("n_units", "deadline", "reward", "effort", "distraction", "start_cost")
    } | changes
    n_goals = rules.pop("n_goals", settings.n_goals)
    if arm == "one goal":
        return tasks.monolithic(**rules)
    return tasks.micro_wins(n_goals, matching=_MATCHING[arm], discounting=discounting, **rules)


def outcome(exact: measures.Exact, agent: int = 0) -> Row:
    """The numbers by which a condition is judged."""
    return {
        "procrastination_index": float(exact.procrastination_index[agent]),
        "completion_probability": float(exact.completion_probability[agent]),
        "welfare": float(exact.welfare[agent]),
        "start_latency": float(exact.start_latency[agent]),
    }


class Core(NamedTuple):
    """Exact results of arms × discounting × self-knowledge; curves by the same key."""

    rows: list[Row]
    curves: dict[tuple[str, str, str], measures.Exact]


def core(settings: Settings, done: Callable[[], Any]) -> Core:
    """The six arms under three ways to discount, for naive and sophisticated planners."""
    rows, curves = [], {}
    for name, discounting in discount_functions(settings).items():
        for sophisticated in (False, True):
            agent = "sophisticated" if sophisticated else "naive"
            planner = Planner(discounting, settings.inverse_temperature, sophisticated)
            base = np.nan
            for arm in ARMS:
                exact = measures.exact(planner, task(settings, arm, discounting))
                curves[arm, name, agent] = exact
                base = float(exact.procrastination_index[0]) if arm == "one goal" else base
                effect = base - float(exact.procrastination_index[0])
                rows.append(row("core", arm=arm, discounting=name, agent=agent, effect=effect, **outcome(exact)))
            done()
    felt = Planner(Hyperbolic(settings.k), settings.inverse_temperature, pseudo_reward_weight=1.0)
    exact = measures.exact(felt, task(settings, "pseudo-reward", None))
    base = float(curves["one goal", "hyperbolic", "naive"].procrastination_index[0])
    rows.append(
        row(
            "pseudo-reward felt as pay",
            arm="pseudo-reward",
            discounting="hyperbolic",
            agent="naive",
            effect=base - float(exact.procrastination_index[0]),
            **outcome(exact),
        )
    )
    return Core(rows, curves)


def goal_sweep(settings: Settings) -> list[Row]:
    """How many sub-goals: with free sub-goals, and with an overhead and a lost engagement at each."""
    rows = []
    for overhead, disengagement in OVERHEADS:
        for n_goals in (k for k in GOALS if k <= settings.n_units):
            split = task(settings, "equal pay", None, n_goals=n_goals, overhead=overhead, disengagement=disengagement)
            exact = measures.exact(Planner(Hyperbolic(settings.k), settings.inverse_temperature), split)
            label = "free sub-goals" if overhead == 0 else "sub-goals that cost"
            rows.append(row("number of goals", condition=label, parameter="n_goals", value=n_goals, **outcome(exact)))
    return rows


def share_sweep(settings: Settings) -> list[Row]:
    """How much of the budget moves to sub-goals, for pay at completion and pay at the deadline."""
    rows = []
    for pay in ("completion", "deadline"):
        for share in SHARES:
            split = task(settings, "equal pay", None, share=share, pay=pay)
            exact = measures.exact(Planner(Hyperbolic(settings.k), settings.inverse_temperature), split)
            rows.append(row("share moved", condition=pay, parameter="share", value=share, **outcome(exact)))
    return rows


def tilt_sweep(settings: Settings) -> list[Row]:
    """Pay the same budget early or late: sub-goal j of K gets a share ∝ e^(−tilt·(j − 1)/(K − 1))."""
    rows = []
    split = task(settings, "equal pay", None)
    place = np.linspace(0.0, 1.0, settings.n_goals)
    for discounting in ("hyperbolic", "none"):
        planner = Planner(discount_functions(settings)[discounting], settings.inverse_temperature)
        for tilt in TILTS:
            weight = np.exp(-tilt * place)
            payout = np.zeros(settings.n_units + 1)
            payout[list(split.goals)] = settings.reward * weight / weight.sum()
            exact = measures.exact(planner, replace(split, payout=payout))
            rows.append(row("tilt of pay", discounting=discounting, parameter="tilt", value=tilt, **outcome(exact)))
    return rows


def rate_sweep(settings: Settings) -> list[Row]:
    """Every discount rate, from patience to urgency, on the agent axis."""
    rates = np.geomspace(0.001, 1.0, settings.n_rates)
    rows = []
    for arm in ("one goal", "equal pay"):
        exact = measures.exact(Planner(Hyperbolic(rates), settings.inverse_temperature), task(settings, arm, None))
        rows += [
            row("discount rate", arm=arm, parameter="k", value=float(k), **outcome(exact, i))
            for i, k in enumerate(rates)
        ]
    for k in rates:
        discounting = Hyperbolic(float(k))
        fair = task(settings, "equal present value", discounting)
        exact = measures.exact(Planner(discounting, settings.inverse_temperature), fair)
        rows.append(row("discount rate", arm="equal present value", parameter="k", value=float(k), **outcome(exact)))
    return rows


def ratio_map(settings: Settings, done: Callable[[], Any]) -> list[Row]:
    """The effect over discount rate × horizon and cost ratio N(e + d)/R, the two axes that matter."""
    rates = np.geomspace(0.1, 30.0, settings.n_rates) / settings.deadline
    planner = Planner(Hyperbolic(rates), settings.inverse_temperature)
    rows = []
    for ratio in np.linspace(0.1, 1.2, settings.n_ratios):
        reward = settings.n_units * (settings.effort + settings.distraction) / ratio
        one = measures.exact(planner, task(settings, "one goal", None, reward=reward))
        split = measures.exact(planner, task(settings, "equal pay", None, reward=reward))
        effect = one.procrastination_index - split.procrastination_index
        gain = split.completion_probability - one.completion_probability
        rows += [
            row(
                "cost ratio",
                arm="equal pay",
                parameter="kT",
                value=float(k * settings.deadline),
                cost_ratio=float(ratio),
                effect=float(effect[i]),
                completion_gain=float(gain[i]),
            )
            for i, k in enumerate(rates)
        ]
        done()
    return rows


def random_task(settings: Settings, rng: np.random.Generator) -> dict[str, Any]:
    """Draw a task: its size, costs, pay, risk, and how it is split."""
    n_units = int(rng.integers(4, 31))
    effort, distraction = rng.uniform(0.5, 2.0), rng.uniform(0.0, 3.0)
    ratio = rng.uniform(0.1, 1.2)
    return {
        "n_units": n_units,
        "deadline": int(np.ceil(n_units * rng.uniform(1.5, 4.0))),
        "effort": effort,
        "distraction": distraction,
        "start_cost": rng.uniform(0.0, 4.0),
        "success_probability": rng.uniform(0.6, 1.0),
        "reward": n_units * (effort + distraction) / ratio,
        "n_goals": int(rng.integers(2, n_units + 1)),
    }


def judge_task(settings: Settings, number: int, rng: np.random.Generator) -> list[Row]:
    """One random task: the effect of splitting it, for eight discount rates, two matchings, two discount functions."""
    drawn = random_task(settings, rng)
    ratio = drawn["n_units"] * (drawn["effort"] + drawn["distraction"]) / drawn["reward"]
    edges = np.linspace(np.log(0.1), np.log(30.0), N_TASK_RATES + 1)
    horizons = np.exp(rng.uniform(edges[:-1], edges[1:]))
    rates = horizons / drawn["deadline"]
    hyperbolic = Hyperbolic(rates)
    functions: dict[str, Discounting] = {
        "hyperbolic": hyperbolic,
        "exponential": Exponential.matched(hyperbolic, delay=drawn["n_units"]),
    }
    rows = []
    for name, discounting in functions.items():
        planner = Planner(discounting, settings.inverse_temperature)
        one = measures.exact(planner, task(settings, "one goal", None, **_without(drawn, "n_goals")))
        split = {"equal pay": measures.exact(planner, task(settings, "equal pay", None, **drawn))}
        for arm, exact in _fair(settings, split, drawn, discounting):
            rows += [
                row(
                    "random task",
                    arm=arm,
                    discounting=name,
                    task=number,
                    parameter="kT",
                    value=float(horizons[i]),
                    cost_ratio=float(ratio),
                    effect=float(one.procrastination_index[i] - exact[0][i]),
                    completion_gain=float(exact[1][i] - one.completion_probability[i]),
                )
                for i in range(N_TASK_RATES)
            ]
    return rows


def _fair(
    settings: Settings, split: dict[str, measures.Exact], drawn: dict[str, Any], discounting: Any
) -> Iterator[tuple[str, tuple[Floats, Floats]]]:
    """Index and completion with equal pay, and with pay of equal present value to each agent."""
    equal = split["equal pay"]
    yield "equal pay", (equal.procrastination_index, equal.completion_probability)
    kind = type(discounting)
    values = held(discounting.k if isinstance(discounting, Hyperbolic) else discounting.gamma)
    each = []
    for value in values:
        own = kind(float(value))
        fair = task(settings, "equal present value", own, **drawn)
        each.append(measures.exact(Planner(own, settings.inverse_temperature), fair))
    yield (
        "equal present value",
        (
            np.concatenate([exact.procrastination_index for exact in each]),
            np.concatenate([exact.completion_probability for exact in each]),
        ),
    )


def deadlines(settings: Settings) -> list[Row]:
    """Rigid sub-deadlines on the same budget: even ones against none, with certain and uncertain work."""
    rows = []
    n_goals = settings.n_goals
    even = [round(settings.deadline * (j + 1) / n_goals) for j in range(n_goals)]
    for discounting in ("hyperbolic", "none"):
        planner = Planner(discount_functions(settings)[discounting], settings.inverse_temperature)
        for probability in (1.0, 0.7):
            for label, due in (("no sub-deadlines", None), ("even sub-deadlines", even)):
                split = task(settings, "equal pay", None, success_probability=probability, due=due)
                rows.append(
                    row(
                        "deadlines",
                        condition=label,
                        discounting=discounting,
                        parameter="success_probability",
                        value=probability,
                        **outcome(measures.exact(planner, split)),
                    )
                )
    return rows


class Class(NamedTuple):
    """Simulated students: mean share done by share of time, and how their index follows ln k."""

    share_done: Floats
    correlation: float


def students(settings: Settings, rng: np.random.Generator) -> Class:
    """A class with the discount rates of a real one (Zhang & Ma 2024), on a semester of 110 days."""
    n = settings.n_students
    log_rate = np.clip(rng.normal(-4.69, 1.35, n), -7.87, -1.39)
    costs = np.exp(rng.normal(0.0, 0.3, (n, 2)))
    exacts = [
        measures.exact(
            Planner(Hyperbolic(float(np.exp(log_rate[i])))),
            tasks.monolithic(
                n_units=14,
                deadline=110,
                effort=float(costs[i, 0]),
                distraction=3.0 * float(costs[i, 1]),
                start_cost=0.0,
                pay="deadline",
            ),
        )
        for i in range(n)
    ]
    index = np.array([float(exact.procrastination_index[0]) for exact in exacts])
    share = np.mean([exact.share_done[0] for exact in exacts], axis=0)
    return Class(share, float(np.corrcoef(log_rate, index)[0, 1]))


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
