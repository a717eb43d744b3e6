"""Planning depth: whether splitting a task helps because the plan becomes thinkable, or because pay comes sooner.

An agent that looks h steps ahead sees nothing of a goal that is farther off; one with beliefs about its
chance of success sees it farther off or nearer. Both are put to one goal, to sub-goals that pay (on the
same budget), and to sub-goals that bring points alone, which count within the plan and cancel over the
task (potential-based). Who looks to the end is the control, for whom such points change nothing, by
theorem; so are ticks that count for nothing. Last, each step of depth costs something, and agents choose
how far they look. That nothing beyond the horizon counts is built in; how much of the effect of paid
sub-goals is left where pay comes no sooner is computed.
"""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe import measures, tasks
from rpe._checks import Floats, KnowsItsKeywords, PerAgent, Seed, count, default, parameter, scalar
from rpe.agents import Planner
from rpe.experiments import titles
from rpe.experiments.specifications import note
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["ARMS", "LimitedDepth", "Settings", "figures", "run", "sentences", "table"]

ARMS = ("one goal", "ticks only", "thinkable", "paid")
_GAMMA = 0.99


@dataclass(frozen=True)
class LimitedDepth:
    """Bounded look-ahead as a discount function: D(τ) = γ^τ for τ < h, and 0 beyond.

    A naive planner with it searches all plans of h steps, takes the first step of the best, and plans
    anew; what lies beyond is worth nothing to it.

    Parameters
    ----------
    depth : float or array (n_agents,)
        h ≥ 1, in steps.
    gamma : float
        γ in [0, 1].

    Examples
    --------
    >>> LimitedDepth(depth=2, gamma=0.5)([0, 1, 2])
    array([1. , 0.5, 0. ])
    """

    depth: PerAgent = default(5.0)
    gamma: float = 0.99

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", parameter("depth", self.depth, 1))
        object.__setattr__(self, "gamma", scalar("gamma", self.gamma, 0, 1))

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe."""
        return self.depth.size

    def __call__(self, delay: npt.ArrayLike) -> Floats:
        """Return D(τ), the shape of `delay`, preceded by an agent axis if `depth` has one."""
        tau = np.asarray(delay, dtype=np.float64)
        depth = self.depth if self.depth.ndim == 0 else self.depth.reshape(-1, *(1,) * tau.ndim)
        return np.asarray(np.where(tau < depth, self.gamma**tau, 0.0))


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The family of agents and tasks.

    Parameters
    ----------
    n_units : int
        Units of work.
    deadline : int
        Steps that there are.
    depths : tuple of int
        Family: steps of look-ahead, rising; the last must be the deadline.
    temperatures : tuple of float
        Family: inverse temperatures β, per reward unit; infinity is greedy.
    goal_numbers : tuple of int
        Family: sub-goals.
    beliefs : tuple of float
        Family: chance of success believed in, as a ratio to the true one.
    success_probability : float
        The true chance that a step of work completes a unit.
    costs : tuple of float
        What a step of depth costs, reward units, where agents choose their depth.
    """

    n_units: int = 12
    deadline: int = 36
    depths: tuple[int, ...] = (2, 4, 6, 8, 12, 16, 24, 36)
    temperatures: tuple[float, ...] = (1.0, 3.0, float("inf"))
    goal_numbers: tuple[int, ...] = (2, 3, 4, 6)
    beliefs: tuple[float, ...] = (0.5, 0.75, 1.0)
    success_probability: float = 0.9
    costs: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 4.0)

    def __post_init__(self) -> None:
        count("n_units", self.n_units, 2)
        count("deadline", self.deadline, self.n_units)
        for name in ("depths", "temperatures", "goal_numbers", "beliefs", "costs"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        for depth in self.depths:
            count("depths", depth)
        if list(self.depths) != sorted(set(self.depths)) or self.depths[-1] != self.deadline:
            raise ValueError(f"depths must rise and end with the deadline, {self.deadline}; got {self.depths}")
        for n in self.goal_numbers:
            count("goal_numbers", n, 2, self.n_units)
        scalar("success_probability", self.success_probability, 0, 1, open_low=True)
        for belief in self.beliefs:
            scalar("beliefs", belief, 0, 1 / self.success_probability, open_low=True)
        for cost in self.costs:
            scalar("costs", cost, 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(depths=(2, 4, 8, 16, 36), temperatures=(1.0, float("inf")), goal_numbers=(2, 4), beliefs=(0.5, 1.0))

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(depths=tuple(range(1, 37)), goal_numbers=(2, 3, 4, 6, 12), beliefs=(0.25, 0.5, 0.75, 1.0))


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve every depth, noise, belief and number of sub-goals exactly in each arm; nothing is drawn at random."""
    study = Study(settings)
    index, welfare = _family(study, settings)
    _shares(study, settings, index)
    _chosen_depth(study, settings, welfare)
    _draw(study, settings, index)
    _say(study, settings)
    return study


def _task(settings: Settings, arm: str, n_goals: int) -> tasks.GoalTask:
    """The task of an arm: 60 in all, at the end or in even parts; or at the end, with as many points that cancel."""
    task = tasks.micro_wins(
        1 if arm == "one goal" else n_goals,
        n_units=settings.n_units,
        deadline=settings.deadline,
        reward=60.0,
        success_probability=settings.success_probability,
        matching="pay" if arm in ("one goal", "paid") else "pseudo_reward",
    )
    if arm != "thinkable":
        return task
    reached = np.searchsorted(task.goals, np.arange(settings.n_units + 1), side="right") / n_goals
    # All points are taken back once the task is done.
    reached[-1] = 0.0
    return replace(task, potential=60.0 * reached, potential_discount=_GAMMA)


Cells = dict[tuple[str, int, float], Floats]


def _family(study: Study[Settings], settings: Settings) -> tuple[Cells, Cells]:
    """The index and welfare of every depth and β, (n_depths · n_temperatures,), by arm, goals and belief."""
    cells = list(product(settings.depths, settings.temperatures))
    depth, beta = (np.array(column, dtype=np.float64) for column in zip(*cells, strict=True))
    index: Cells = {}
    welfare: Cells = {}
    for arm, n_goals, belief in product(ARMS, settings.goal_numbers, settings.beliefs):
        if arm == "one goal" and n_goals != settings.goal_numbers[0]:
            continue
        task = _task(settings, arm, n_goals)
        planner = Planner(LimitedDepth(depth, _GAMMA), inverse_temperature=beta)
        believed = replace(task, success_probability=settings.success_probability * belief)
        found = measures.follow(planner.init(believed, planner.n_agents).policy, task)
        index[arm, n_goals, belief], welfare[arm, n_goals, belief] = found.procrastination_index, found.welfare
        for i, (steps, noise) in enumerate(cells):
            numbers = {
                "procrastination index": found.procrastination_index[i],
                "completion": found.completion_probability[i],
                "welfare": found.welfare[i],
            }
            where: dict[str, Any] = {"depth": float(steps), "inverse_temperature": noise, "belief": belief}
            study.add(numbers, part="family", arm=arm, n_goals=float(1 if arm == "one goal" else n_goals), **where)
    return index, welfare


def _shares(study: Study[Settings], settings: Settings, index: Cells) -> None:
    """In what share of the family each arm lowers the index, for limited depths and for those who look to the end."""
    cells = list(product(settings.depths, settings.temperatures))
    depth, beta = (np.array(column, dtype=np.float64) for column in zip(*cells, strict=True))
    places = list(product(settings.goal_numbers, settings.beliefs))
    far = depth >= settings.deadline
    for arm in ARMS[1:]:
        lower = [index["one goal", settings.goal_numbers[0], belief] - index[arm, n, belief] for n, belief in places]
        for horizon, some in (("limited", ~far), ("to the end", far)):
            effect = np.concatenate([each[some] for each in lower])
            n = int(some.sum())
            factors: dict[str, npt.NDArray[Any]] = {
                "depth": np.tile(depth[some], len(places)),
                "inverse_temperature": np.tile(beta[some], len(places)),
                "n_goals": np.repeat([each[0] for each in places], n),
                "belief": np.repeat([each[1] for each in places], n),
            }
            note(study, "lowers the index", effect, factors, arm=arm, horizon=horizon)
            study.add({"mean fall": effect.mean()}, part="share", arm=arm, horizon=horizon)


def _chosen_depth(study: Study[Settings], settings: Settings, welfare: Cells) -> None:
    """The depth that pays most once each of its steps costs something, greedy and rightly believing."""
    greedy = settings.temperatures[-1]
    places = [i for i, (_, beta) in enumerate(product(settings.depths, settings.temperatures)) if beta == greedy]
    belief = settings.beliefs[-1]
    for arm, cost in product(("one goal", "thinkable"), settings.costs):
        n_goals = settings.goal_numbers[0] if arm == "one goal" else settings.goal_numbers[-1]
        net = welfare[arm, n_goals, belief][places] - cost * np.array(settings.depths)
        best = int(net.argmax())
        numbers = {"depth chosen": settings.depths[best], "net welfare": net[best]}
        study.add(numbers, part="chosen depth", arm=arm, cost=cost)


def _draw(study: Study[Settings], settings: Settings, index: Cells) -> None:
    pick = [
        i
        for i, (_, beta) in enumerate(product(settings.depths, settings.temperatures))
        if beta == settings.temperatures[-1]
    ]
    first, last, belief = settings.goal_numbers[0], settings.goal_numbers[-1], settings.beliefs[-1]
    curves = {
        arm: index[arm, first if arm == "one goal" else last, belief][pick] for arm in ARMS if arm != "ticks only"
    }
    study.draw(
        titles.trend("delay with one goal", "the depth of planning", name="one goal"),
        settings.depths,
        curves,
        xlabel="steps of look-ahead",
        ylabel="procrastination index (0–1)",
        limits=(0.0, 1.05),
        exact=True,
    )
    low, high = settings.beliefs[0], settings.beliefs[-1]
    doubts = {
        f"{arm}, {belief:.0%} believed": index[arm, first if arm == "one goal" else last, belief][pick]
        for arm in ("one goal", "thinkable")
        for belief in (low, high)
    }
    study.draw(
        titles.compare(
            f"one goal, {low:.0%} believed",
            f"one goal, {high:.0%} believed",
            "delays more than",
            "delays less than",
            "delays as much as",
        ),
        settings.depths,
        doubts,
        xlabel="steps of look-ahead",
        ylabel="procrastination index (0–1)",
        limits=(0.0, 1.05),
        exact=True,
    )
    falls = {
        f"depth {horizon}": [study.value("mean fall", arm=arm, horizon=horizon) for arm in ARMS[1:]]
        for horizon in ("limited", "to the end")
    }
    title = titles.ranked("help by sub-goals at limited depth", by="if", name="depth limited")
    study.draw(title, ARMS[1:], falls, ylabel="fall of index (mean over settings)", reference=0.0, exact=True)
    chosen = {
        arm: [study.value("depth chosen", arm=arm, cost=cost) for cost in settings.costs]
        for arm in ("one goal", "thinkable")
    }
    title = titles.trend("the depth chosen for one goal", "its cost", name="one goal")
    xlabel = "cost of a step of look-ahead (reward units)"
    study.draw(title, settings.costs, chosen, xlabel=xlabel, ylabel="steps of look-ahead", exact=True)


def _part(study: Study[Settings], arm: str, horizon: str) -> str:
    where = {"finding": "lowers the index", "arm": arm, "horizon": horizon}
    share, low, high, back, n = (
        study.value(name, **where) for name in ("share", "low", "high", "reversed", "settings")
    )
    reverse = f", reversed in {back:.0%}" if back else ""
    return f"{share:.0%} ({low:.0%} to {high:.0%}) of {n:.0f} settings{reverse}"


def _say(study: Study[Settings], settings: Settings) -> None:
    study.say(
        "For those who do not look to the end, sub-goals that bring points alone (they cancel over the task) lower the "
        f"index in {_part(study, 'thinkable', 'limited')}, and sub-goals that pay in "
        f"{_part(study, 'paid', 'limited')}.",
        f"For those who do, points lower it in {_part(study, 'thinkable', 'to the end')}, and pay in "
        f"{_part(study, 'paid', 'to the end')}. Ticks that count for nothing change no index.",
    )
    within, sooner = (study.value("mean fall", arm=arm, horizon="limited") for arm in ("thinkable", "paid"))
    far = study.value("mean fall", arm="paid", horizon="to the end")
    study.say(
        f"With limited depth the index falls by {within:.2f} on average where the plan alone becomes thinkable and by "
        f"{sooner:.2f} where pay comes sooner as well; with depth to the end, sooner pay alone brings {far:.2f}. Built "
        "in: what lies beyond the horizon counts for nothing."
    )
    parts = []
    for arm in ("one goal", "thinkable"):
        depth = [study.value("depth chosen", arm=arm, cost=cost) for cost in settings.costs]
        net = [study.value("net welfare", arm=arm, cost=cost) for cost in settings.costs]
        parts.append(f"{arm}: {depth[0]:.0f} to {depth[-1]:.0f} steps, net welfare {net[0]:.0f} to {net[-1]:.0f}")
    study.say(
        f"Where each step of depth costs {settings.costs[0]:g} to {settings.costs[-1]:g}, the depth that pays most is, "
        f"with {'; with '.join(parts)}."
    )


def __dir__() -> list[str]:
    return __all__
