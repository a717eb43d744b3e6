"""Sub-goals: how many, where and how even, on one budget; and sub-goals for learning a maze.

In the long task the same budget is paid in K parts, with and without a cost of each switch; early, late,
evenly or unevenly; or partly kept for the end. All of it over a family of discounters and levels of noise. What
is done differs between these arms, so that each is judged by delay, completion and welfare together.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import OptionsLearner, Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.micro_wins.settings import MATCHINGS
from rpe.experiments.specifications import NULL, Group, Levels, check_levels, groups, note, taken
from rpe.experiments.study import Labels, Study, figures, sentences, table
from rpe.tasks import GoalRules

__all__ = ["Settings", "figures", "layouts", "run", "sentences", "table"]

_AGENT = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge")
_DISCOUNTERS = ("hyperbolic", "exponential", "quasi-hyperbolic")
_FREE, _COSTLY = "free", "with overhead"


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    goals : tuple of int
        Numbers of sub-goals K, the first 1.
    overhead : float
        Cost o of reaching each sub-goal but the last, in the arm with overhead.
    disengagement : float
        Probability q of losing engagement there, in that arm.
    shares : tuple of float
        Shares φ of the budget that move to the sub-goals.
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic discounter.
    matchings : tuple of str
        Family: where exponential and quasi-hyperbolic discounters agree with the hyperbolic one, as in `micro_wins`.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice, per reward unit; infinity is greedy.
    k : float
        Worked example: hyperbolic discounting, per step; β = 1, and the exponential agent is matched at D(N).
    n_agents, n_trials : int
        Learners of the maze, and their trials.
    """

    goals: tuple[int, ...] = (1, 2, 4, 5, 10, 20)
    overhead: float = 2.0
    disengagement: float = 1.0
    shares: tuple[float, ...] = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = MATCHINGS
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    k: float = 0.08
    n_agents: int = 40
    n_trials: int = 60

    def __post_init__(self) -> None:
        if len(self.goals) < 2 or self.goals[0] != 1:
            raise ValueError(f"goals must begin with 1 and hold another; got {self.goals}")
        for n in self.goals:
            count("goals", n, 1, 20)
        for share in self.shares:
            scalar("shares", share, 0, 1)
        check_levels(self.horizons, self.matchings, self.temperatures)
        scalar("overhead", self.overhead, 0)
        scalar("disengagement", self.disengagement, 0, 1)
        scalar("k", self.k, 0)
        for name in ("n_agents", "n_trials"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            goals=(1, 5, 20),
            shares=(0.0, 0.25, 1.0),
            matchings=("D(5)", "D(N)", "D(T)"),
            temperatures=(0.3, 3.0, float("inf")),
            n_agents=8,
            n_trials=15,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(goals=(1, 2, 3, 4, 5, 7, 10, 20), shares=tuple(np.linspace(0, 1, 21).tolist()))


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


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all splits exactly, let learners find their way through a maze, and let couriers choose."""
    study = Study(settings)
    worth = Hyperbolic(settings.k)
    agents = {"hyperbolic": Planner(worth), "exponential": Planner(Exponential(float(worth(20.0)) ** (1 / 20)))}
    _how_many(study, agents, settings)
    _where(study, agents)
    _how_much(study, agents["hyperbolic"], settings)
    family = solve(settings)
    for_maze, for_courier = generator(rng).spawn(2)
    _maze(study, settings, for_maze)
    _courier(study, for_courier)
    _say_family(study, family, settings)
    _say(study, settings)
    _keep(study, family)
    return study


def _switching(settings: Settings) -> dict[str, GoalRules]:
    return {_FREE: {}, _COSTLY: {"overhead": settings.overhead, "disengagement": settings.disengagement}}


def solve(settings: Settings) -> dict[str, Any]:
    """Return the family as columns: every agent on every split, against the single goal on the same budget."""
    levels = Levels(settings.horizons, settings.matchings, settings.temperatures)
    parts: dict[str, list[Any]] = {}
    one = tasks.monolithic()
    worth = measures.worth_doing(one)
    splits: dict[tuple[str, str, float, float, str], tasks.GoalTask] = {
        ("number of goals", name, float(n), 1.0, ""): tasks.micro_wins(n, **rules)
        for name, rules in _switching(settings).items()
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


def _keep(study: Study[Settings], family: dict[str, Any]) -> None:
    """One row of the study for each setting and quantity."""
    factors = (*_AGENT, "split", "switching", "n_goals", "share", "layout", "class")
    quantities = ("procrastination index", "undone", "completion change", "welfare change")
    for i in range(len(family["shape"])):
        who = {name: family[name][i].item() for name in factors if family[name][i] != ""}
        study.add({name: family[name][i] for name in quantities}, part="family", **who)


def _say_family(study: Study[Settings], family: dict[str, Any], settings: Settings) -> None:
    discounters = taken(family, shape=_DISCOUNTERS)
    study.say(
        *(_most_goals(study, discounters, settings, name) for name in (_FREE, _COSTLY)),
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
        f"({'sub-goals free' if switching == _FREE else 'each costs a switch'}; reversed: more delay than with one "
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


def _how_many(study: Study[Settings], agents: dict[str, Planner], settings: Settings) -> None:
    curves: dict[str, Floats] = {}
    costs = _switching(settings)
    for who, agent in agents.items():
        for name, rules in costs.items():
            for n in settings.goals:
                each = measures.exact(agent, tasks.micro_wins(n, **rules))
                study.add(
                    {
                        "procrastination index": each.procrastination_index[0],
                        "completion probability": each.completion_probability[0],
                        "welfare": each.welfare[0],
                    },
                    part="number of goals",
                    discounting=who,
                    switching=name,
                    n_goals=n,
                )
            curves[f"{who}, {name}"] = study.values(
                "procrastination index", part="number of goals", discounting=who, switching=name
            )
    labels: Labels = {"xlabel": "number of sub-goals", "ylabel": "procrastination index", "log": True}
    study.draw("Worked example: how many", settings.goals, curves, **labels)


def _where(study: Study[Settings], agents: dict[str, Planner]) -> None:
    for who, agent in agents.items():
        for name, payout in layouts().items():
            found = measures.exact(agent, tasks.GoalTask(payout=payout))
            study.add(
                {
                    "procrastination index": found.procrastination_index[0],
                    "completion probability": found.completion_probability[0],
                },
                part="layout",
                discounting=who,
                layout=name,
            )
    bars, done = (
        {who: study.values(what, part="layout", discounting=who) for who in agents}
        for what in ("procrastination index", "completion probability")
    )
    study.draw("Worked example: where, delay", list(layouts()), bars, ylabel="procrastination index")
    study.draw("Worked example: where, completion", list(layouts()), done, ylabel="P(all done in time)")


def _how_much(study: Study[Settings], agent: Planner, settings: Settings) -> None:
    found = [measures.exact(agent, tasks.micro_wins(5, share=share)) for share in settings.shares]
    for share, each in zip(settings.shares, found, strict=True):
        index = {"procrastination index": each.procrastination_index[0]}
        study.add(index, part="share of the budget", discounting="hyperbolic", share=share)
    labels: Labels = {"xlabel": "share of the budget that moves to sub-goals", "ylabel": "procrastination index"}
    curve = study.values("procrastination index", part="share of the budget")
    study.draw("Worked example: how much", settings.shares, {"hyperbolic": curve}, **labels)


def _maze(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Steps to the goal, trial by trial, with options to doorways, to corners, and without."""
    curves, each = {}, dict[str, Any]()
    for name, where in (("no sub-goals", None), ("doorways", "doorways"), ("corners", "corners")):
        maze = tasks.FourRooms(where)
        seed = rng.integers(2**63)
        history = simulate.run(OptionsLearner(), maze, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=seed)
        assert history.trials is not None
        curves[name] = history.trials.length.mean(axis=0)
        each[name] = history.trials.length.sum(axis=1)
        ratio = _ratio(each[name], each["no sub-goals"])
        steps = {"steps in all": curves[name].sum(), "steps, last trials": curves[name][-5:].mean()}
        bounds = dict(zip(("steps ratio", "low", "high"), ratio, strict=True))
        study.add({**steps, **bounds}, part="maze", sub_goals=name)
    trials = np.arange(settings.n_trials) + 1
    study.draw("Four rooms: steps to the goal", trials, curves, xlabel="trial", ylabel="steps", log=True)


def _ratio(a: Any, b: Any, n_resamples: int = 1000) -> tuple[float, float, float]:
    """The ratio of two means, and its bootstrap interval over agents."""
    rng = np.random.default_rng(0)
    means = [x[rng.integers(0, len(x), (n_resamples, len(x)))].mean(axis=1) for x in (a, b)]
    low, high = np.quantile(means[0] / means[1], [0.025, 0.975])
    return float(a.mean() / b.mean()), float(low), float(high)


def _courier(study: Study[Settings], rng: np.random.Generator) -> None:
    """How choices between two parcels weigh the way to the parcel and the whole way, by logistic regression.

    The value of a parcel is γ^whole; a courier to whom the parcel itself pays adds γ^way of half the size.
    """
    gamma, beta, n = 0.9, 20.0, 4000
    way = rng.integers(1, 10, (2, n))
    whole = way + rng.integers(1, 10, (2, n))
    for name, pay in (("hierarchical", 0.0), ("parcel pays", 0.5)):
        value = gamma**whole + pay * gamma**way
        first = rng.random(n) < 1 / (1 + np.exp(-beta * (value[0] - value[1])))
        x = np.stack([whole[0] - whole[1], way[0] - way[1]], axis=1)
        goal, parcel = _logit(x, first)
        again = np.array([_logit(x[rows], first[rows]) for rows in np.random.default_rng(0).integers(0, n, (100, n))])
        low, high = np.quantile(np.abs(again[:, 1] / again[:, 0]), [0.025, 0.975])
        found = {"goal coefficient": goal, "parcel coefficient": parcel, "ratio": abs(parcel / goal)}
        found |= {"low": float(low), "high": float(high)}
        study.add(found, part="courier", courier=name)


def _logit(x: Floats, y: Any) -> tuple[float, float]:
    """Coefficients of a logistic regression without intercept, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(12):
        p = 1 / (1 + np.exp(-x @ w))
        w = w + np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    return float(w[0]), float(w[1])


def _say(study: Study[Settings], settings: Settings) -> None:
    text = []
    for name in (_FREE, _COSTLY):
        chosen: dict[str, Any] = {"part": "number of goals", "discounting": "hyperbolic", "switching": name}
        index = dict(zip(settings.goals, study.values("procrastination index", **chosen), strict=True))
        best, most = min(index, key=lambda n: index[n]), settings.goals[-1]
        done = study.value("completion probability", **chosen, n_goals=most)
        study.add({"best number of goals": best}, **chosen)
        text.append(
            f"{'free sub-goals' if name == _FREE else 'a cost of each switch'} the index is lowest with {best} "
            f"({index[best]:.2f}; {index[1]:.2f} with one, {index[most]:.2f} with {most}, where completion is "
            f"{done:.2f})"
        )
    by_layout, done_by = (
        {name: study.value(what, part="layout", discounting="hyperbolic", layout=name) for name in layouts()}
        for what in ("procrastination index", "completion probability")
    )
    harmful = [name for name in list(layouts())[1:] if done_by[name] < done_by["one goal"] - 0.05]
    share = [study.value("procrastination index", part="share of the budget", share=s) for s in settings.shares]
    study.say(
        f"Worked example (naive hyperbolic, k = {settings.k:g} per step, β = 1, as in `micro_wins`): with "
        f"{'; with '.join(text)}. By place of pay the index is "
        + ", ".join(f"{value:.2f} ({name})" for name, value in by_layout.items())
        + f"; completion falls below that of one goal with {', '.join(harmful) if harmful else 'none of them'}. As the "
        f"budget moves to sub-goals it goes from {share[0]:.2f} to {share[-1]:.2f}."
    )
    _say_maze(study)
    _say_courier(study)


def _say_maze(study: Study[Settings]) -> None:
    door, corner = (
        [study.value(what, sub_goals=name) for what in ("steps ratio", "low", "high")]
        for name in ("doorways", "corners")
    )
    if max(door[2], corner[2]) < 1:
        verdict = "both beat none, so that even misplaced sub-goals do no harm here"
        verdict += ", and well-placed ones help more" if door[2] < corner[1] else ""
    elif corner[1] > 1 > door[2]:
        verdict = "misplaced sub-goals are worse than none"
    else:
        verdict = "the intervals leave open whether sub-goals help"
    study.say(
        f"In the maze options to doorways take {door[0]:.2f} ({door[1]:.2f} to {door[2]:.2f}) of the steps that "
        f"learning without sub-goals takes, options to corners {corner[0]:.2f} ({corner[1]:.2f} to {corner[2]:.2f}; "
        f"95 % intervals over learners, of one kind): {verdict}."
    )


def _say_courier(study: Study[Settings]) -> None:
    own, paid = (
        [study.value(what, courier=name) for what in ("ratio", "low", "high")]
        for name in ("hierarchical", "parcel pays")
    )
    study.say(
        f"Couriers whose parcels count within the sub-task alone weigh the way to the parcel {own[0]:.2f} times "
        f"({own[1]:.2f} to {own[2]:.2f}) as much as the whole way, those whom the parcel pays {paid[0]:.2f} times "
        f"({paid[1]:.2f} to {paid[2]:.2f}; people .02). Built in: what a parcel pays is an assumption; that the two "
        "can be told apart is what follows."
    )


def __dir__() -> list[str]:
    return __all__
