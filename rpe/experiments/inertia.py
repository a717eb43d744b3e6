"""Inertia: what a start-up cost does to delay, and to resumption after an interruption.

The start-up cost is paid by a step of work that follows a step without. It makes a task dearer as well, so
that work that is put off and work that is given up are told apart. All of it over a family of discounters and
levels of noise, with one goal and with micro wins; then what an interruption does at the same time and
progress, and what a ritual takes away.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, scalar
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments import titles
from rpe.experiments.micro_wins.settings import MATCHINGS
from rpe.experiments.specifications import NULL, Levels, check_levels, groups, note, percent, taken
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

_AGENT = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge")


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The task and the agents.

    Parameters
    ----------
    start_costs : tuple of float
        Start-up costs s, reward units; the first should be 0.
    family_costs : tuple of float
        Family: start-up costs that are held against none, reward units.
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic discounter.
    matchings : tuple of str
        Family: where exponential and quasi-hyperbolic discounters agree with the hyperbolic one, as in `micro_wins`.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice, per reward unit; infinity is greedy.
    k : float
        Worked example: hyperbolic discounting, per step; β = 1.
    n_goals : int
        Sub-goals of the split task.
    interruption : float
        Chance per step of work of losing engagement, in the test of resumption.
    ritual_every : int
        Steps between the times of the ritual.
    n_agents : int
        Agents of the test of resumption.
    """

    start_costs: tuple[float, ...] = (0.0, 1.0, 2.0, 4.0, 6.0, 8.0)
    family_costs: tuple[float, ...] = (2.0, 8.0)
    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = MATCHINGS
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    k: float = 0.08
    n_goals: int = 5
    interruption: float = 0.2
    ritual_every: int = 10
    n_agents: int = 500

    def __post_init__(self) -> None:
        if len(self.start_costs) < 2 or self.start_costs[0] != 0:
            raise ValueError(f"start_costs must hold two costs at least, the first 0; got {self.start_costs}")
        if not self.family_costs:
            raise ValueError("family_costs must have at least one level; got none")
        for cost in (*self.start_costs, *self.family_costs):
            scalar("start_costs", cost, 0)
        check_levels(self.horizons, self.matchings, self.temperatures)
        scalar("k", self.k, 0)
        scalar("interruption", self.interruption, 0, 1)
        for name in ("n_goals", "ritual_every", "n_agents"):
            count(name, getattr(self, name))

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds; its family lies within the default one."""
        return cls(
            start_costs=(0.0, 2.0, 8.0),
            matchings=("D(5)", "D(N)", "D(T)"),
            temperatures=(0.3, 3.0, float("inf")),
            n_agents=200,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            start_costs=tuple(np.linspace(0, 8, 17).tolist()),
            family_costs=(0.5, 1.0, 2.0, 4.0, 8.0),
            horizons=(0.5, 1.2, 2.4, 4.8, 12.0),
            n_agents=4000,
        )


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all tasks exactly, and simulate the test of resumption."""
    study = Study(settings)
    _example(study, settings)
    family = solve(settings)
    hyperbolic = Planner(Hyperbolic(settings.k))
    _resumption(study, hyperbolic, settings, rng)
    _ritual(study, hyperbolic, settings)
    _say(study, family, settings)
    _draw(study, settings)
    _keep(study, family)
    return study


def _example(study: Study[Settings], settings: Settings) -> None:
    planners = {"hyperbolic": Planner(Hyperbolic(settings.k)), "patient": Planner(Exponential(1.0))}
    for kind, planner in planners.items():
        for arm, n_goals in (("one goal", 1), ("micro wins", settings.n_goals)):
            for cost in settings.start_costs:
                found = measures.exact(planner, tasks.micro_wins(n_goals, start_cost=cost))
                study.add(
                    {
                        "procrastination index": found.procrastination_index[0],
                        "delay": found.delay[0],
                        "undone": found.undone[0],
                        "start latency": found.start_latency[0],
                        "welfare": found.welfare[0],
                        "momentum": found.momentum[0],
                    },
                    part="start-up cost",
                    agent=kind,
                    arm=arm,
                    start_cost=cost,
                )


def solve(settings: Settings) -> dict[str, Any]:
    """Return the family as columns: what each start-up cost changes against none, for every agent and arm."""
    levels = Levels(settings.horizons, settings.matchings, settings.temperatures)
    ritual = range(0, 60, settings.ritual_every)
    parts: dict[str, list[Any]] = {}
    for group in groups(levels, self_knowledge=("naive", "sophisticated")):
        free = {n: measures.exact(group.planner, tasks.micro_wins(n, start_cost=0.0)) for n in (1, settings.n_goals)}
        for cost in settings.family_costs:
            one, split = (
                measures.exact(group.planner, tasks.micro_wins(n, start_cost=cost)) for n in (1, settings.n_goals)
            )
            worth = float(measures.worth_doing(tasks.monolithic(start_cost=cost)).gain[0])
            eased = measures.exact(group.planner, tasks.ritual(tasks.monolithic(start_cost=cost), ritual))
            before = free[1].procrastination_index - free[settings.n_goals].procrastination_index
            columns = {
                **group.factors,
                "start_cost": np.full(len(one.reward), cost),
                "index": one.procrastination_index,
                "later by the cost": one.delay - free[1].delay,
                "undone by the cost": one.undone - free[1].undone,
                "index by the cost": one.procrastination_index - free[1].procrastination_index,
                "gain without the cost": before,
                "gain with the cost": one.procrastination_index - split.procrastination_index,
                "lower by a ritual": one.procrastination_index - eased.procrastination_index,
                "momentum": one.momentum,
                "best gain of welfare": np.full(len(one.reward), worth),
            }
            for name, values in columns.items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _keep(study: Study[Settings], family: dict[str, Any]) -> None:
    """One row of the study for each setting and quantity."""
    factors = (*_AGENT, "start_cost")
    quantities = [name for name in family if name not in factors]
    for i in range(len(family["shape"])):
        who = {name: family[name][i].item() for name in factors if family[name][i] != ""}
        study.add({name: family[name][i] for name in quantities}, part="family", **who)


def _resumption(study: Study[Settings], planner: Planner, settings: Settings, rng: Seed) -> None:
    """How often work goes on while engaged, interrupted and idle; and at the same time and progress."""
    for cost in settings.start_costs:
        task = tasks.interruptions(tasks.monolithic(start_cost=cost), settings.interruption)
        history = simulate.run(planner, task, n_agents=settings.n_agents, n_trials=1, rng=rng, record="all")
        assert history.full is not None
        state = history.full.state[:, 0, :-1]
        known = task.decode(state)
        works = task.is_work[history.full.action[:, 0]]
        before = np.zeros_like(works)
        before[:, 1:] = works[:, :-1]
        still, engaged = known["units"] < task.n_units, known["engaged"] == 1
        for name, where in (("engaged", engaged), ("interrupted", before & ~engaged), ("idle", ~before)):
            mean, low, high = _share(works, where & still)
            numbers = {"work probability": mean, "low": low, "high": high}
            study.add(numbers, part="resumption", agent="hyperbolic", start_cost=cost, after=name)
        lost = _drop(planner, task, state[before & ~engaged & still])
        study.add({"drop by an interruption": lost}, part="resumption", agent="hyperbolic", start_cost=cost)


def _share(works: Any, where: Any, n_resamples: int = 400) -> tuple[float, float, float]:
    """How often work is done among some steps, pooled, with a bootstrap interval over agents; NaN without steps."""
    if not where.any():
        return (float("nan"),) * 3
    some, worked = where.sum(axis=1), (works & where).sum(axis=1)
    drawn = np.random.default_rng(0).multinomial(len(some), np.full(len(some), 1 / len(some)), n_resamples)
    n = drawn @ some
    rates = (drawn @ worked)[n > 0] / n[n > 0]
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(worked.sum() / some.sum()), float(low), float(high)


def _drop(planner: Planner, task: Any, interrupted: Any) -> float:
    """P(work) while engaged less P(work) when not, at the time and progress at which interruptions were met."""
    if not interrupted.size:
        return float("nan")
    memory = planner.init(task, 1)
    parts = task.decode(np.arange(task.n_states))
    place = np.stack([parts["time"], parts["units"]], axis=1)
    engaged = np.flatnonzero(parts["engaged"] == 1)
    twin = {tuple(key): state for key, state in zip(place[engaged].tolist(), engaged.tolist(), strict=True)}
    twins = np.array([twin[tuple(key)] for key in place[interrupted].tolist()])
    rates = [memory.policy[task.is_work, 0][:, states].sum(axis=0) for states in (twins, interrupted)]
    return float((rates[0] - rates[1]).mean())


def _ritual(study: Study[Settings], planner: Planner, settings: Settings) -> None:
    """What a fixed time that makes starting easy changes, in the worked example."""
    worst = settings.start_costs[-1]
    plain = tasks.monolithic(start_cost=worst)
    eased = tasks.ritual(plain, range(0, plain.n_steps, settings.ritual_every))
    for how, task in (("without", plain), ("with", eased)):
        index = {"procrastination index": measures.exact(planner, task).procrastination_index[0]}
        study.add(index, part="ritual", agent="hyperbolic", start_cost=worst, ritual=how)


def _draw(study: Study[Settings], settings: Settings) -> None:
    costs = settings.start_costs
    index = {
        f"{kind}, {arm}": study.values("procrastination index", part="start-up cost", agent=kind, arm=arm)
        for kind in ("hyperbolic", "patient")
        for arm in ("one goal", "micro wins")
    }
    xlabel = "start-up cost (reward units)"
    both = ("hyperbolic, one goal", "hyperbolic, micro wins")
    title = titles.compare(
        *both,
        "delays more than",
        "delays less than",
        "delays as much as",
        at=costs[-1],
        lead="where starting costs most, ",
        said=("one goal", "micro wins"),
    )
    limits = (min(-0.02, *study.values("momentum", part="start-up cost", agent="hyperbolic", arm="one goal")), 1.02)
    study.draw(title, costs, index, xlabel=xlabel, ylabel="procrastination index (0–1)", limits=limits, exact=True)
    parts = {
        name: study.values(name, part="start-up cost", agent="hyperbolic", arm="one goal")
        for name in ("delay", "undone", "momentum")
    }
    title = titles.trend("work left undone with one goal", "the start-up cost", name="undone")
    ylabel = "share, or difference of probability"
    study.draw(title, costs, parts, xlabel=xlabel, ylabel=ylabel, limits=limits, exact=True)
    names = ("engaged", "interrupted", "idle")
    after = {name: study.values("work probability", after=name) for name in names}
    band = {name: np.array([study.values(end, after=name) for end in ("low", "high")]) for name in names}
    words = ("works on more often than", "works on less often than", "works on as often as")
    title = titles.compare("engaged", "idle", *words, at=costs[0], lead="who was ", said=("engaged", "who was idle"))
    ylabel = "probability of work\n(with trend, 95 % interval)"
    study.draw(title, costs, after, xlabel=xlabel, ylabel=ylabel, limits=limits, band=band)
    found = {
        "starting costs delay": "delay",
        "starting costs stop work": "work undone",
        "micro wins gain more with the cost": "more gain",
        "a ritual lowers the index": "ritual helps",
    }
    share, back, low, high = (
        np.array([study.value(what, part="share", finding=finding) for finding in found])
        for what in ("share", "reversed", "low", "high")
    )
    study.draw(
        titles.tally("found", "reversed", "the effect of start-up costs is commoner than its reverse"),
        list(found.values()),
        {"found": share, "reversed": back},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"found": np.array([low, high])},
    )


def _say(study: Study[Settings], family: dict[str, Any], settings: Settings) -> None:
    discounters = taken(family, shape=("hyperbolic", "exponential", "quasi-hyperbolic"))
    factors = {name: discounters[name] for name in (*_AGENT, "start_cost")}
    later, undone = discounters["later by the cost"], discounters["undone by the cost"]
    index = discounters["index by the cost"]
    study.say(
        f"Discounters with one goal: a start-up cost raises the index in "
        f"{note(study, 'starting costs delay', index, factors)}. It leaves work undone that would be done without "
        f"it in {note(study, 'starting costs stop work', undone, factors)}: of the mean change of the index "
        f"({index.mean():+.3f}), {undone.mean():+.3f} is work given up, and {later.mean():+.3f} when the rest is done "
        "(the work done differs between the two, so that the dates alone cannot be compared)."
    )
    more = discounters["gain with the cost"] - discounters["gain without the cost"]
    share = note(study, "micro wins gain more with the cost", more, factors)
    without, with_it = (float(discounters[f"gain {how} the cost"].mean()) for how in ("without", "with"))
    study.say(
        f"Micro wins on equal pay lower the index by {without:+.3f} on average without a start-up cost and by "
        f"{with_it:+.3f} with one, and more with it in {share}: "
        + (
            "most of what they gain is something else than overcoming inertia."
            if without > 0.5 * with_it
            else "most of what they gain is the start-up cost overcome."
        )
    )
    _say_momentum(study, family)
    ritual = note(study, "a ritual lowers the index", discounters["lower by a ritual"], factors)
    study.say(f"A ritual that waives the cost every {settings.ritual_every} steps lowers the index in {ritual}.")
    _say_example(study, settings)
    _say_resumption(study, settings)


def _say_momentum(study: Study[Settings], family: dict[str, Any]) -> None:
    known = np.isfinite(family["momentum"])
    factors = {name: family[name][known] for name in (*_AGENT, "start_cost")}
    share = note(study, "work follows on work", family["momentum"][known], factors)
    free = study.values("momentum", part="start-up cost", start_cost=0.0)
    largest = float(np.nanmax(np.abs(free)))
    undefined = percent(1 - known.mean())
    study.say(
        f"With a start-up cost work follows on work (at the same time and units done, by more than {NULL:g}) in "
        f"{share}; without one momentum is {largest:.3f}. Built in: the cost is the only thing here that ties a step "
        f"to the one before. In {undefined} of the family momentum is not defined, as nobody is both engaged and idle "
        "at the same time and progress."
    )


def _say_example(study: Study[Settings], settings: Settings) -> None:
    mono, micro, patient = (
        study.values("procrastination index", part="start-up cost", agent=agent, arm=arm)
        for agent, arm in (("hyperbolic", "one goal"), ("hyperbolic", "micro wins"), ("patient", "one goal"))
    )
    most = settings.start_costs[-1]
    without, with_it = (study.value("procrastination index", ritual=how) for how in ("without", "with"))
    study.say(
        f"Worked example (hyperbolic, k = {settings.k:g} per step, β = 1, naive): from s = 0 to s = {most:g} the index "
        f"goes from {mono[0]:.2f} to {mono[-1]:.2f} with one goal, from {micro[0]:.2f} to {micro[-1]:.2f} with micro "
        f"wins; without discounting from {patient[0]:.2f} to {patient[-1]:.2f} with one goal. The ritual takes it from "
        f"{without:.2f} to {with_it:.2f} at s = {most:g}. `micro_wins` has s = 2 throughout."
    )


def _say_resumption(study: Study[Settings], settings: Settings) -> None:
    asked = ("engaged", "interrupted", "idle")
    shares: dict[float, list[Floats]] = {
        c: [
            np.array([study.value(what, after=n, start_cost=c) for what in ("work probability", "low", "high")])
            for n in asked
        ]
        for c in settings.start_costs
    }
    cost = [c for c, found in shares.items() if np.isfinite(found).all()][-1]
    text = [
        f"{found[0]:.2f} ({found[1]:.2f} to {found[2]:.2f}) {word}"
        for found, word in zip(
            shares[cost], ("while engaged", "right after an interruption", "after idling"), strict=True
        )
    ]
    drop = study.value("drop by an interruption", start_cost=cost, after=None)
    study.say(
        f"Worked example with interruptions, at s = {cost:g}, the highest at which work is done: it goes on with "
        f"probability {', '.join(text)}; these contain the trend over time and progress. At the same time and progress "
        f"an interruption lowers P(work) by {drop:.2f}. (People resumed 67 % of interrupted tasks in 21 publications; "
        "the memory advantage of interrupted tasks is null.)"
    )


def __dir__() -> list[str]:
    return __all__
