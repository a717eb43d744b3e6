"""The family of settings: every combination of its factors solved exactly, and what the effect depends on."""

from functools import partial
from itertools import product
from typing import Any

import numpy as np

from rpe import measures, sweep
from rpe._checks import Floats, generator
from rpe.agents import Planner
from rpe.discounting import Discounting
from rpe.experiments.micro_wins import random_tasks
from rpe.experiments.micro_wins.arms import (
    ARMS,
    KNOWLEDGE,
    SHAPES,
    YARDSTICK,
    budget,
    discount_function,
    planner,
    task,
)
from rpe.experiments.micro_wins.settings import Settings
from rpe.table import Table
from rpe.tasks import GoalTask

AGENT = ("shape", "matching", "kT", "temperature", "self_knowledge")
TASK = ("n_goals", "cost_ratio", "pay", "success_probability")
FACTORS = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge", *TASK)
SPLIT = ARMS[1:3]
_MEASURES = ("procrastination_index", "delay", "undone", "completion_probability", "welfare")


def design(settings: Settings) -> sweep.Design:
    """Every specification once: a factor that means nothing for a shape has one level there.

    Temperatures are numbered, as a design holds finite numbers only.
    """
    shown = range(len(settings.temperatures))
    agents = [
        *product(["hyperbolic"], [""], settings.horizons, shown, KNOWLEDGE),
        *product(["exponential"], settings.matchings, settings.horizons, shown, KNOWLEDGE[::2]),
        *product(["quasi-hyperbolic"], settings.matchings, settings.horizons, shown, KNOWLEDGE),
        *product(["none"], [""], [0.0], shown, KNOWLEDGE[::2]),
    ]
    places = list(product(settings.goal_numbers, settings.cost_ratios, settings.pays, settings.success_probabilities))
    rows = [(*agent, *place) for place in places for agent in agents]
    return sweep.Design(dict(zip((*AGENT, *TASK), map(list, zip(*rows, strict=True)), strict=True)))


def solve(settings: Settings, **options: Any) -> Table:
    """Solve the family; one row a specification and arm. Options are those of `rpe.sweep.run`."""
    plan = design(settings)
    n_tasks = len(settings.cost_ratios) * len(settings.pays) * len(settings.success_probabilities)
    # One batch a task with one goal, so that all splits of it share its solution.
    wide = sweep.run(
        partial(judge, settings=settings),
        plan,
        batch=(*AGENT, "n_goals"),
        batch_size=plan.n_cells // n_tasks,
        **options,
    )
    return _long(settings, wide)


def judge(*, settings: Settings, rng: Any, **cell: Any) -> dict[str, Any]:
    """Judge one task for all agents: with one goal, split on equal pay, and split on equal present value.

    Nothing is random; the agents' parameters and the number of goals are arrays, those of the task numbers.
    """
    rules = {name: cell[name] for name in ("pay", "success_probability")}
    rules["reward"] = budget(settings, cell["cost_ratio"])
    one = task(settings, ARMS[0], **rules)
    split = {n_goals: task(settings, SPLIT[0], n_goals=n_goals, **rules) for n_goals in settings.goal_numbers}
    worth = measures.worth_doing(one)
    found = _Columns(len(cell["shape"]))
    for shape, knowledge in product(SHAPES, KNOWLEDGE):
        rows = np.flatnonzero((cell["shape"] == shape) & (cell["self_knowledge"] == knowledge))
        if not rows.size:
            continue
        who, alike = np.unique(_identity(cell, rows), axis=0, return_inverse=True)
        alike = alike.ravel()  # NumPy 2.0 gives it a second axis
        first = rows[np.array([np.argmax(alike == i) for i in range(len(who))])]
        fair = _fair(settings, cell, shape, rows, split, rules)
        even = [split[n_goals] for n_goals in cell["n_goals"][rows].tolist()]
        agents = np.concatenate([first, rows, rows])
        solved = measures.exact_each(_planner(settings, cell, shape, knowledge, agents), [one] * len(who) + even + fair)
        before, pay, present = (
            solved.take(part) for part in (alike, len(who) + np.arange(rows.size), np.arange(-rows.size, 0))
        )
        found.note(rows, ARMS[0], before)
        found.note(rows, SPLIT[0], pay, measures.classify(before, pay, worth=worth))
        own = _functions(settings, cell, shape, rows)
        found.note(rows, SPLIT[1], present, measures.classify(before, present, by=YARDSTICK[SPLIT[1]], discounting=own))
    return found.columns


def _identity(cell: dict[str, Any], rows: Any) -> Any:
    """What tells agents of one shape and self-knowledge apart, as numbers, (n, 3)."""
    matching = np.unique(cell["matching"][rows], return_inverse=True)[1]
    return np.stack([cell["kT"][rows], cell["temperature"][rows], matching], axis=1)


def _planner(settings: Settings, cell: dict[str, Any], shape: str, knowledge: str, rows: Any) -> Planner:
    temperature = np.array(settings.temperatures)[cell["temperature"][rows]]
    return planner(_functions(settings, cell, shape, rows), temperature, knowledge)


def _fair(
    settings: Settings, cell: dict[str, Any], shape: str, rows: Any, split: dict[int, GoalTask], rules: dict[str, Any]
) -> list[GoalTask]:
    """The split task that is worth as much as the single goal to each agent, one object for all who share it."""
    goals = cell["n_goals"][rows].tolist()
    if rules["pay"] == "deadline":  # nothing comes earlier, so that what pays as much is worth as much
        return [split[n_goals] for n_goals in goals]
    known: dict[Any, GoalTask] = {}
    tasks = []
    for i, key in enumerate(zip(cell["matching"][rows].tolist(), cell["kT"][rows].tolist(), goals, strict=True)):
        if key not in known:
            single = _alone(_functions(settings, cell, shape, rows[[i]]))
            known[key] = task(settings, SPLIT[1], single, n_goals=key[2], **rules)
        tasks.append(known[key])
    return tasks


def _functions(settings: Settings, cell: dict[str, Any], shape: str, rows: Any) -> Discounting:
    return discount_function(
        shape,
        cell["kT"][rows] / settings.deadline,
        cell["matching"][rows],
        settings.n_units,
        settings.deadline,
        settings.present_bias,
    )


class _Columns:
    """Results of n agents, filled in group by group."""

    def __init__(self, n: int) -> None:
        self.n, self.columns = n, dict[str, Any]()

    def note(self, rows: Any, arm: str, exact: measures.Exact, classes: Any = None) -> None:
        """Keep what some agents do on one arm, and what the split does to them."""
        for name in _MEASURES:
            self.columns.setdefault(f"{arm}|{name}", np.full(self.n, np.nan))[rows] = getattr(exact, name)
        if classes is not None:
            self.columns.setdefault(f"{arm}|class", np.zeros(self.n, dtype="<U18"))[rows] = classes


def _alone(discounting: Discounting) -> Discounting:
    """The discount function of a single agent, with numbers for arrays of one."""
    return type(discounting)(*(float(value[0]) for value in vars(discounting).values()))


def _long(settings: Settings, wide: Table) -> Table:
    """One row a specification and arm, with what changes against the single goal."""
    base = {name: wide[f"{ARMS[0]}|{name}"] for name in _MEASURES}
    reward = np.array([budget(settings, ratio) for ratio in wide["cost_ratio"]])
    parts: dict[str, list[Any]] = {}
    for arm in SPLIT:
        mine = {name: wide[f"{arm}|{name}"] for name in (*_MEASURES, "class")}
        columns = {
            "arm": np.full(wide.n_rows, arm),
            **{name: wide[name] for name in (*AGENT, *TASK) if name != "temperature"},
            "inverse_temperature": np.array(settings.temperatures)[wide["temperature"]],
            **mine,
            "effect": base["procrastination_index"] - mine["procrastination_index"],
            "delay_change": mine["delay"] - base["delay"],
            "undone_change": mine["undone"] - base["undone"],
            "completion_change": mine["completion_probability"] - base["completion_probability"],
            "welfare_change": (mine["welfare"] - base["welfare"]) / reward,
        }
        for name, values in columns.items():
            parts.setdefault(name, []).append(values)
    return Table({name: np.concatenate(values) for name, values in parts.items()})


def grid(settings: Settings, family: Table, arm: str, column: str = "effect") -> Floats:
    """A column of the family as an array with one axis a factor, in the order of `FACTORS`.

    Where a factor means nothing for a shape (the matching of a hyperbolic discounter, the rate of
    one who does not discount, partial naivete without time-inconsistency), its levels repeat.
    """
    levels = factor_levels(settings)
    keys = zip(*(family[name].tolist() for name in ("arm", *FACTORS)), strict=True)
    known = dict(zip(keys, family[column].tolist(), strict=True))
    shape = tuple(len(values) for values in levels.values())
    values = [known[(arm, *_plain(dict(zip(FACTORS, each, strict=True))))] for each in product(*levels.values())]
    return np.array(values).reshape(shape)


def factor_levels(settings: Settings) -> dict[str, tuple[Any, ...]]:
    """The levels of every factor."""
    return dict(
        zip(
            FACTORS,
            (
                SHAPES,
                settings.matchings,
                settings.horizons,
                settings.temperatures,
                KNOWLEDGE,
                settings.goal_numbers,
                settings.cost_ratios,
                settings.pays,
                settings.success_probabilities,
            ),
            strict=True,
        )
    )


def _plain(levels: dict[str, Any]) -> tuple[Any, ...]:
    if levels["shape"] in ("hyperbolic", "none"):
        levels["matching"] = ""
    if levels["shape"] in ("exponential", "none") and levels["self_knowledge"] == "partially naive":
        levels["self_knowledge"] = "sophisticated"
    if levels["shape"] == "none":
        levels["kT"] = 0.0
    return tuple(levels.values())


def total_order(effect: Floats, n: int = 2048, rng: Any = None) -> Floats:
    """Total-order Sobol indices of an array over its axes, every level as likely as another.

    S_T is the share of the variance that is left when all other factors are fixed: 0 where a factor
    does nothing, alone or together with others. A factor with one level has 0; without variance all
    are NaN.

    Parameters
    ----------
    effect : float array
        One axis a factor.
    n : int
        Size of the sample, a power of 2.
    rng : int, numpy.random.Generator or None
        Seed.

    References
    ----------
    Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Computer
    Physics Communications 181(2), 259-270. doi:10.1016/j.cpc.2009.09.018

    Examples
    --------
    >>> import numpy as np
    >>> total_order(np.array([[0.0, 0.0], [1.0, 1.0]]), rng=0).round(2)
    array([1., 0.])
    """
    from scipy import stats

    if effect.std() < 1e-12:
        return np.full(effect.ndim, np.nan)
    varied = [axis for axis, size in enumerate(effect.shape) if size > 1]
    small = effect.reshape([effect.shape[axis] for axis in varied])
    indices = np.zeros(effect.ndim)
    indices[varied] = 1.0
    if len(varied) == 1:
        return indices

    def look_up(x: Floats) -> Floats:
        return np.asarray(small[tuple(x.astype(np.int64))])[None]

    found = stats.sobol_indices(
        func=look_up, n=n, dists=[stats.randint(0, size) for size in small.shape], rng=generator(rng)
    )
    indices[varied] = np.clip(np.ravel(found.total_order), 0, None)
    return indices


def shares(family: Table, **conditions: Any) -> dict[str, float]:
    """The share of each class among the specifications that meet the conditions."""
    chosen = np.ones(family.n_rows, dtype=np.bool_)
    for name, value in conditions.items():
        chosen &= family[name] == value
    classes = family["class"][chosen]
    return {name: float(np.mean(classes == name)) if classes.size else np.nan for name in measures.CLASSES}


def helped(family: Table, **conditions: Any) -> random_tasks.Share:
    """The share that is helped, with an interval over tasks: agents of one task are no independent cases."""
    tasks = ["|".join(str(level) for level in each) for each in zip(*(family[name] for name in TASK), strict=True)]
    number = np.unique(tasks, return_inverse=True)[1].astype(np.float64)
    return random_tasks.share(Table({**family, "task": number}), ("helps",), **conditions)
