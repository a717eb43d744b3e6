"""Random tasks: who is helped by a split, and who is made to work at a loss."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from rpe import measures, sweep
from rpe.discounting import Discounting, Exponential, Hyperbolic
from rpe.experiments.micro_wins.arms import ARMS, KNOWLEDGE, YARDSTICK, planner, task
from rpe.experiments.micro_wins.settings import Settings
from rpe.experiments.shares import wilson
from rpe.table import Table

SHAPES = ("hyperbolic", "exponential", "none")


def draw(settings: Settings, rng: np.random.Generator) -> dict[str, Any]:
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
        "pay": str(rng.choice(settings.pays)),
        "n_goals": int(rng.integers(2, n_units + 1)),
    }


def judge(
    *, settings: Settings, task_number: int, shape: Any, horizon: Any, rng: np.random.Generator
) -> dict[str, Any]:
    """Judge one random task, with one β and one degree of self-knowledge, at every discount rate and shape."""
    drawn = draw(settings, rng)
    beta, knowledge = float(rng.choice(settings.temperatures)), str(rng.choice(KNOWLEDGE))
    # Anywhere in its own part of the range of kT, which the parts fill evenly on a logarithmic axis.
    horizon = horizon * np.exp(rng.uniform(-0.5, 0.5) * np.log(30 / 0.1) / settings.n_task_rates)
    one = task(settings, ARMS[0], **{name: value for name, value in drawn.items() if name != "n_goals"})
    split, worth = task(settings, ARMS[1], **drawn), measures.worth_doing(one)
    found: dict[str, Any] = {"kT": np.where(shape == "none", 0.0, horizon)}
    for name in dict.fromkeys(shape.tolist()):
        rows = np.flatnonzero(shape == name)
        functions = [_function(name, float(h) / drawn["deadline"], drawn["n_units"]) for h in horizon[rows]]
        fair = [task(settings, ARMS[2], each, **drawn) for each in functions]
        each_task = [*[one] * rows.size, *[split] * rows.size, *fair]
        solved = measures.exact_each(planner(_many(functions * 3), beta, knowledge), each_task)
        before, pay, present = (solved.take(part) for part in np.arange(3 * rows.size).reshape(3, -1))
        _note(found, rows, ARMS[1], before, pay, measures.classify(before, pay, worth=worth))
        own = _many(functions)
        classes = measures.classify(before, present, by=YARDSTICK[ARMS[2]], discounting=own)
        _note(found, rows, ARMS[2], before, present, classes)
    ratio = drawn["n_units"] * (drawn["effort"] + drawn["distraction"]) / drawn["reward"]
    return found | {
        "cost_ratio": ratio,
        "inverse_temperature": beta,
        "self_knowledge": knowledge,
        "pay": drawn["pay"],
    }


def _function(shape: str, k: float, n_units: int) -> Discounting:
    hyperbolic = Hyperbolic(k)
    if shape == "none":
        return Exponential(1.0)
    return hyperbolic if shape == "hyperbolic" else Exponential.matched(hyperbolic, delay=n_units)


def _many(functions: list[Discounting]) -> Discounting:
    """One discount function of many agents, from those of single ones."""
    names = vars(functions[0])
    return type(functions[0])(*(np.array([float(vars(each)[name]) for each in functions]) for name in names))


def _note(
    found: dict[str, Any], rows: Any, arm: str, before: measures.Exact, after: measures.Exact, classes: Any
) -> None:
    values = {
        "effect": before.procrastination_index - after.procrastination_index,
        "completion_change": after.completion_probability - before.completion_probability,
        "class": classes,
    }
    for name, each in values.items():
        empty = np.zeros(len(found["kT"]), dtype="<U18" if name == "class" else np.float64)
        found.setdefault(f"{arm}|{name}", empty)[rows] = each


def solve(settings: Settings, **options: Any) -> Table:
    """Judge all random tasks; one row a task, discount rate, shape and arm. Options are those of `rpe.sweep.run`."""
    edges = np.geomspace(0.1, 30.0, settings.n_task_rates + 1)
    middles = np.sqrt(edges[1:] * edges[:-1]).tolist()
    agents = [*((shape, h) for shape in SHAPES[:2] for h in middles), ("none", middles[0])]
    rows = [(number, *agent) for number in range(settings.n_tasks) for agent in agents]
    number, shape, horizon = map(list, zip(*rows, strict=True))
    plan = sweep.Design({"task_number": number, "shape": shape, "horizon": horizon})
    wide = sweep.run(
        partial(judge, settings=settings), plan, batch=("shape", "horizon"), batch_size=len(agents), **options
    )
    shared = ("shape", "kT", "cost_ratio", "inverse_temperature", "self_knowledge", "pay")
    columns: dict[str, list[Any]] = {}
    for arm in ARMS[1:3]:
        values = {"arm": np.full(wide.n_rows, arm), "task": wide["task_number"].astype(np.float64)}
        values |= {name: wide[name] for name in shared}
        values |= {name: wide[f"{arm}|{name}"] for name in ("effect", "completion_change", "class")}
        for name, each in values.items():
            columns.setdefault(name, []).append(each)
    return Table({name: np.concatenate(each) for name, each in columns.items()})


class Share(NamedTuple):
    """A share over random tasks with its 95 % interval, the task as the unit."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.0%} ({self.low:.0%} to {self.high:.0%})"


def share(tasks: Table, classes: tuple[str, ...], rng: Any = 0, **conditions: Any) -> Share:
    """The share of judgements in some classes, with an interval that resamples tasks, not judgements.

    The several discount rates at which a task is judged are no independent cases, so each task
    counts with its mean over them; with nothing or everything in the classes the interval is
    Wilson's, as there a bootstrap has no width.
    """
    chosen = np.ones(tasks.n_rows, dtype=np.bool_)
    for name, value in conditions.items():
        chosen &= tasks[name] == value
    hit, number = np.isin(tasks["class"], classes)[chosen], tasks["task"][chosen].astype(np.int64)
    total = np.bincount(number)
    each = (np.bincount(number, weights=hit) / np.where(total, total, 1))[total > 0]
    if each.min() == each.max():
        return Share(float(each.mean()), *wilson(round(each.sum()), each.size))
    band = measures.bootstrap(each, rng=rng)
    return Share(float(band.mean), float(band.low), float(band.high))
