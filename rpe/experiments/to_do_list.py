"""To-do lists: what a tick is worth, easy first against best first, completion preference, and optimal points.

Things on a list take one to several steps and pay when they are ticked off; there is no time for all of
them. The exact optimum is the referee of agents who do the shortest first, the best paid first, what
pays most a step first, who look one step ahead, or to whom every tick is worth something of its own.
What such a tick is as a prediction error and in nanomolar, when it is new and when it is practised, is
read from a learner. That optimal points mend a short view is a theorem, and so built in.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import dopamine, measures, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Exponential
from rpe.experiments import titles
from rpe.experiments.intervals import standard_errors, within_errors
from rpe.experiments.specifications import note
from rpe.experiments.study import Study, figures, sentences, table
from rpe.tasks import TimedList

__all__ = ["ORDERS", "Settings", "figures", "in_order", "run", "sentences", "table"]

ORDERS = ("easy first", "best paid first", "most a step first")
# Losses up to this share of the optimum count as none.
_NULL = 0.02
_MS = 10


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The lists.

    Parameters
    ----------
    n_lists : int
        Random lists for each setting.
    n_things : int
        Things on a list, from 2 to 5.
    longest : int
        Most steps that a thing takes, at most 5.
    times : tuple of float
        Family: time there is, as a share of what all things take, in (0, 1].
    ticks : tuple of float
        Family: what a tick is worth by itself, as a share of the mean pay; the first must be 0.
    temperatures : tuple of float
        Family: inverse temperatures β, per reward unit; infinity is greedy.
    n_agents : int
        Learners of a practised list.
    n_trials : int
        Their trials.
    """

    n_lists: int = 12
    n_things: int = 4
    longest: int = 4
    times: tuple[float, ...] = (0.3, 0.5, 0.8)
    ticks: tuple[float, ...] = (0.0, 0.25, 0.5, 1.0, 2.0)
    temperatures: tuple[float, ...] = (1.0, 3.0, float("inf"))
    n_agents: int = 40
    n_trials: int = 400

    def __post_init__(self) -> None:
        count("n_lists", self.n_lists, 2)
        count("n_things", self.n_things, 2, 5)
        count("longest", self.longest, 2, 5)
        count("n_agents", self.n_agents, 2)
        count("n_trials", self.n_trials, 10)
        for name, levels in (("times", self.times), ("ticks", self.ticks), ("temperatures", self.temperatures)):
            if not levels:
                raise ValueError(f"{name} must have at least one level; got none")
        for time in self.times:
            scalar("times", time, 0, 1, open_low=True)
        for tick in self.ticks:
            scalar("ticks", tick, 0)
        if self.ticks[0] != 0:
            raise ValueError(f"ticks must begin with 0, for who does not care for ticks; got {self.ticks}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_lists=4,
            n_things=3,
            times=(0.5,),
            ticks=(0.0, 0.5, 2.0),
            temperatures=(3.0, float("inf")),
            n_agents=16,
            n_trials=150,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_lists=40, n_agents=200, n_trials=2000)


def in_order(task: TimedList, order: str) -> Floats:
    """Return the policy (n_actions, 1, n_states) of finishing one thing after the other in an order.

    What can no longer be finished in time is passed over.

    Parameters
    ----------
    task : TimedList
    order : {"easy first", "best paid first", "most a step first"}
    """
    steps = np.array(task.steps)
    key = {"easy first": steps, "best paid first": -task.pay, "most a step first": -task.pay / steps}[order]
    known = task.decode(np.arange(task.n_states))
    left = steps - known["progress"]
    time = task.deadline - known["time"]
    # Ties go to what is listed first.
    rank = np.argsort(np.argsort(key, kind="stable"), kind="stable")
    possible = (left > 0) & (left <= np.maximum(time, 0)[:, None])
    # What was begun is finished before anything else is.
    place = np.where(possible, rank - len(steps) * (known["progress"] > 0), 2 * len(steps))
    chosen = np.where(possible.any(axis=1), place.argmin(axis=1), len(steps))
    return np.ascontiguousarray(np.eye(len(steps) + 1)[chosen].T[:, None])


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Draw lists, solve each, and let other ways of doing them be judged by the optimum."""
    study = Study(settings)
    for_lists, for_learner = np.random.default_rng(rng).spawn(2)
    rows = _family(study, settings, for_lists)
    _shares(study, settings, rows)
    rises = _practice(study, settings, for_learner)
    _draw(study, settings, rows, rises)
    _say(study, settings, rows)
    return study


def _list(settings: Settings, time: float, rng: np.random.Generator) -> TimedList:
    steps = rng.integers(1, settings.longest + 1, settings.n_things)
    pay = rng.uniform(0.5, 1.5, settings.n_things) * steps * rng.choice([1.0, 2.0], settings.n_things)
    return TimedList(pay=pay, steps=steps.tolist(), deadline=max(1, round(time * steps.sum())), effort=0.2)


def _family(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> list[dict[str, Any]]:
    """What each way of doing a list loses to the optimum, as a share of it, and how many things it ticks off."""
    rows = []
    best = Planner(Exponential(1.0), inverse_temperature=np.inf)
    tastes = np.array(list(product(settings.ticks, settings.temperatures)))
    for time, number in product(settings.times, range(settings.n_lists)):
        task = _list(settings, time, rng)
        optimum = measures.exact(best, task)
        worth = float(optimum.welfare[0])

        place = {"time": time, "n_list": float(number)}
        ways = [("optimum", optimum), *((order, measures.follow(in_order(task, order), task)) for order in ORDERS)]
        short = Planner(Exponential(0.0), inverse_temperature=np.inf)
        ways.append(("one step ahead", measures.exact(short, task)))
        for way, found in ways:
            rows.append(_added(study, found, 0, worth, {"way": way, **place}))
        pointed = measures.exact(short, tasks.with_optimal_points(task, 1.0))
        numbers = {"lost": (worth - float(pointed.welfare[0])) / worth}
        study.add(numbers, part="points", **place)
        weight = tastes[:, 0] * task.pay.mean()
        fond = Planner(Exponential(1.0), inverse_temperature=tastes[:, 1], pseudo_reward_weight=weight)
        found = measures.exact(fond, task)
        for i, (tick, beta) in enumerate(tastes.tolist()):
            taste = {"way": "fond of ticks", "tick": tick, "inverse_temperature": beta, **place}
            rows.append(_added(study, found, i, worth, taste))
    return rows


def _added(
    study: Study[Settings], found: measures.Exact, i: int, worth: float, place: dict[str, Any]
) -> dict[str, Any]:
    """Note what agent i loses and ticks off, and return it."""
    numbers = {
        "lost": (worth - float(found.welfare[i])) / worth,
        "ticked off": float(found.share_done[i, -1]) * study.settings.n_things,
    }
    study.add(numbers, part="family", **place)
    return {**place, **numbers}


def _shares(study: Study[Settings], settings: Settings, rows: list[dict[str, Any]]) -> None:
    """In what share of lists each order loses, and each fondness of ticks costs pay and brings ticks."""
    lost = {(row["way"], row["time"], row["n_list"]): row["lost"] for row in rows if row["way"] in ORDERS}
    places = sorted({key[1:] for key in lost})
    factors = {"time": np.array([place[0] for place in places])}
    for order in ORDERS:
        note(study, f"{order} loses", [lost[order, *place] for place in places], factors, null=_NULL)
    easy = [lost["best paid first", *place] - lost["easy first", *place] for place in places]
    note(study, "easy first beats best paid first", easy, factors, null=_NULL)
    fond = [row for row in rows if row["way"] == "fond of ticks"]
    plain = {_place(row): row for row in fond if row["tick"] == 0}
    some = [row for row in fond if row["tick"] > 0]
    columns = {name: np.array([row[name] for row in some]) for name in ("time", "tick", "inverse_temperature")}
    for finding, name in (("a taste for ticks loses", "lost"), ("a taste for ticks ticks off more", "ticked off")):
        more = [row[name] - plain[_place(row)][name] for row in some]
        note(study, finding, more, columns, null=_NULL)


def _place(row: dict[str, Any]) -> tuple[float, ...]:
    return row["time"], row["n_list"], row["inverse_temperature"]


def _practice(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> list[Floats]:
    """Errors at ticks of one list, in reward units and as a rise of dopamine in nM, new and practised.

    Returns what the rise is one standard error over agents below and above the mean error, (2,) each.
    """
    task = TimedList(pay=[2.0, 2.0], steps=[1, 2], deadline=3, effort=0.0)
    learner = QLearner(learning_rate=0.2, discount=1.0, inverse_temperature=3.0)
    history = simulate.run(
        learner, task, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=rng.integers(2**63), record="all"
    )
    full = history.full
    assert full is not None
    ticked = full.reward > 0
    last = max(2, settings.n_trials // 10)
    rises = []
    for when, some in (("new", slice(0, 1)), ("practised", slice(-last, None))):
        here = ticked[:, some]
        error = float(full.delta[:, some, 1:][here].mean()) if here.any() else 0.0
        study.add({"error at a tick": error, "rise, nM": _rise(error)}, part="practice", when=when)
        n = here.sum(axis=(1, 2))
        own = np.where(here, full.delta[:, some, 1:], 0.0).sum(axis=(1, 2)) / np.where(n > 0, n, np.nan)
        away = np.nan_to_num(np.ptp(standard_errors(own)) / 2)
        rises.append(np.array([_rise(error - away), _rise(error + away)]))
    return rises


def _rise(error: float) -> float:
    """The peak of dopamine above its level before, nM, for an error that lasts 0.2 s."""
    dt = _MS / 1000
    trace = np.zeros(round(3.0 / dt))
    trace[round(1.0 / dt) : round(1.2 / dt)] = error
    level = dopamine.release(dopamine.firing_rate(trace), dt)
    return float(level[round(1.0 / dt) :].max() - level[round(1.0 / dt) - 1])


def _draw(study: Study[Settings], settings: Settings, rows: list[dict[str, Any]], rises: list[Floats]) -> None:
    ways = [*ORDERS, "one step ahead"]
    lost = {
        f"time for {time:.0%}": [[r["lost"] for r in rows if r["way"] == w and r["time"] == time] for w in ways]
        for time in settings.times
    }
    by_time = {name: [float(np.mean(each)) for each in places] for name, places in lost.items()}
    band = {name: standard_errors(np.transpose(places)) for name, places in lost.items()}
    names = [way.replace(" first", "\nfirst").replace("one step", "one step\n") for way in ways]
    title = titles.ranked("loss", by="with", name=next(iter(by_time)))
    study.draw(title, names, by_time, ylabel="share of the optimum lost\n(± SE over lists)", band=band)
    fond = [row for row in rows if row["way"] == "fond of ticks"]
    for what, name, ylabel in (
        ("the loss", "lost", "share of the optimum lost\n(± SE within lists)"),
        ("the number of things ticked off", "ticked off", "things ticked off (± SE within lists)"),
    ):
        found = {
            "greedy" if np.isinf(beta) else f"β = {beta:g}": [
                [r[name] for r in fond if r["tick"] == tick and r["inverse_temperature"] == beta]
                for tick in settings.ticks
            ]
            for beta in settings.temperatures
        }
        curves, band = _within_lists(found)
        last = list(curves)[-1]
        title = titles.trend(f"{what}, if {last},", "the taste for ticks", name=last)
        study.draw(title, settings.ticks, curves, xlabel="worth of a tick (mean pays)", ylabel=ylabel, band=band)
    whens = ("new", "practised")
    nm = {"rise": [study.value("rise, nM", when=when) for when in whens]}
    title = titles.ranked("dopamine at a tick", by="when", name="rise")
    study.draw(
        title, whens, nm, ylabel="rise of dopamine (nM, ± SE)", reference=0.0, band={"rise": np.transpose(rises)}
    )


def _within_lists(found: dict[str, list[list[float]]]) -> tuple[dict[str, list[float]], dict[str, Floats]]:
    """Means over lists at each place, and the same less and plus one standard error within lists."""
    means = {name: [float(np.mean(each)) for each in places] for name, places in found.items()}
    return means, {name: within_errors(np.transpose(places)) for name, places in found.items()}


def _part(study: Study[Settings], finding: str) -> str:
    share, low, high, back, n = (
        study.value(name, part="share", finding=finding) for name in ("share", "low", "high", "reversed", "settings")
    )
    reverse = f", reversed in {back:.0%}" if back else ""
    return f"{share:.0%} ({low:.0%} to {high:.0%}) of {n:.0f} settings{reverse}"


def _say(study: Study[Settings], settings: Settings, rows: list[dict[str, Any]]) -> None:
    mean = {way: np.mean([row["lost"] for row in rows if row["way"] == way]) for way in (*ORDERS, "one step ahead")}
    study.say(
        f"With too little time for all, easy first loses more than 2 % of the optimum in "
        f"{_part(study, 'easy first loses')} (mean {mean['easy first']:.0%}), best paid first in "
        f"{_part(study, 'best paid first loses')} (mean "
        f"{mean['best paid first']:.0%}), and what pays most a step first in {_part(study, 'most a step first loses')} "
        f"(mean {mean['most a step first']:.0%}).",
        f"Easy first is better than best paid first in {_part(study, 'easy first beats best paid first')}.",
    )
    study.say(
        f"A tick that is worth something by itself costs more than 2 % of the optimum in "
        f"{_part(study, 'a taste for ticks loses')}, against the same agent without it, and ticks off more things in "
        f"{_part(study, 'a taste for ticks ticks off more')}. Built in: that every tick is worth the same; "
        "where choice has noise, a larger stake also makes it less noisy."
    )
    new, old = (study.value("error at a tick", when=when) for when in ("new", "practised"))
    rise = [study.value("rise, nM", when=when) for when in ("new", "practised")]
    study.say(
        f"A tick that pays 2 brings an error of {new:.2f} when it is new ({rise[0]:.0f} nM) and {old:.2f} when the "
        f"list is practised ({rise[1]:.0f} nM): what is small but measurable is surprise, not the tick."
    )
    pointed = study.values("lost", part="points")
    study.say(
        f"Who looks one step ahead loses {mean['one step ahead']:.0%}; with optimal points at most "
        f"{abs(pointed).max():.0%} on any of {len(pointed)} lists. Built in: these points are made from the "
        "optimum (Lieder et al. 2019)."
    )


def __dir__() -> list[str]:
    return __all__
