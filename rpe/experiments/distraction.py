"""Distraction: whether its size or its unpredictability holds attention away from work.

Planners that know the task see only what a distraction pays on average. Learners also meet its chance:
errors that never settle. Whether that makes unpredictable distraction win more of their time is what the
simulation shows, over a family of learners; what micro wins do against distraction, over one of planners.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe.agents import Agent, CountBonus, Planner, QLearner, UpperConfidence
from rpe.choice import inverse_temperature
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments import titles
from rpe.experiments.intervals import spread_interval
from rpe.experiments.micro_wins.settings import MATCHINGS
from rpe.experiments.specifications import Levels, check_levels, counted, groups, note, percent, taken
from rpe.experiments.study import Study, effect_size, figures, sentences, table
from rpe.mechanisms import Progress

Columns = dict[str, Any]

_AGENT = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge")
_LEARNER = ("learning_rate", "inverse_temperature", "trace_decay", "seeks", "chance")
SEEKS = ("pay alone", "what was seldom tried", "what is uncertain", "progress")
"""What learners seek beside pay: nothing; a bonus by counts; an upper confidence bound; learning progress."""
_LARGE = 0.2  # Cohen's d up to this size is small

__all__ = ["SEEKS", "Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The task and the agents.

    Parameters
    ----------
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic discounter.
    matchings : tuple of str
        Family: where exponential and quasi-hyperbolic discounters agree with the hyperbolic one, as in `micro_wins`.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice, per reward unit; infinity is greedy.
    family_pays : tuple of float
        Family of planners: pay d of a step of distraction, reward units. Beyond 4 the task is not worth doing.
    learning_rates : tuple of float
        Family of learners: α per step.
    learner_temperatures : tuple of float
        Family of learners: inverse temperatures β, per reward unit.
    trace_decays : tuple of float
        Family of learners: λ, in [0, 1].
    family_agents : int
        Family of learners: how many in each setting.
    family_trials : int
        Family of learners: trials of those who seek pay alone.
    seeker_trials : int
        Family of learners: trials of those who also seek what is new or uncertain (with the last λ only).
    bonus : float
        What they give for it: b of the count bonus and c of the upper confidence bound, reward units.
    progress_weight : float
        What they give for learning progress: η, per squared reward unit.
    pays : tuple of float
        Worked example: mean pay d of a step of distraction, reward units, at least three.
    chances : tuple of float
        Probabilities with which it pays, d/p each time; 1 and at least two others.
    k : float
        Worked example: hyperbolic discounting of the planners, per step.
    n_goals : int
        Sub-goals of the split task.
    n_agents : int
        Learners of the worked example.
    n_trials : int
        Their trials.
    """

    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = MATCHINGS
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    family_pays: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, 4.5)
    learning_rates: tuple[float, ...] = (0.05, 0.1, 0.3)
    learner_temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0)
    trace_decays: tuple[float, ...] = (0.0, 0.9)
    family_agents: int = 24
    family_trials: int = 600
    seeker_trials: int = 200
    bonus: float = 2.0
    progress_weight: float = 0.1
    pays: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
    chances: tuple[float, ...] = (1.0, 0.5, 0.2, 0.1)
    k: float = 0.08
    n_goals: int = 5
    n_agents: int = 300
    n_trials: int = 1000

    def __post_init__(self) -> None:
        check_levels(self.horizons, self.matchings, self.temperatures)
        for name, most in (("pays", np.inf), ("family_pays", np.inf), ("learning_rates", 1.0), ("trace_decays", 1.0)):
            for level in getattr(self, name):
                scalar(name, level, 0, most)
        for p in self.chances:
            scalar("chances", p, 0, 1, open_low=True)
        inverse_temperature(np.array(self.learner_temperatures))
        if len(self.pays) < 3 or len(self.chances) < 3 or 1.0 not in self.chances:
            raise ValueError(f"pays must hold three numbers, chances 1 and two others; got {self.pays}, {self.chances}")
        for name in ("family_pays", "learning_rates", "learner_temperatures", "trace_decays"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        for name in ("k", "bonus", "progress_weight"):
            scalar(name, getattr(self, name), 0)
        for name in ("n_goals", "n_agents", "n_trials", "family_agents", "family_trials", "seeker_trials"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            matchings=("D(5)", "D(T)"),
            temperatures=(0.3, 3.0, float("inf")),
            family_pays=(1.0, 2.0, 4.5),
            learning_rates=(0.05, 0.3),
            learner_temperatures=(0.3, 1.0, 10.0),
            family_agents=16,
            family_trials=400,
            seeker_trials=80,
            pays=(0.5, 1.0, 2.0, 3.0),
            chances=(1.0, 0.5, 0.1),
            n_agents=100,
            n_trials=400,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(family_agents=100, family_trials=1500, n_agents=1000, n_trials=3000)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve the tasks for planners, and let learners meet chance."""
    study = Study(settings)
    streams = generator(rng).spawn(2)
    _planners(study, settings)
    spreads = _learners(study, settings, streams[0])
    planners, learners = solve(settings), learned(settings, streams[1])
    numbers = {name: column for name, column in planners.items() if name != "class"}
    _keep(study, "family of planners", {**numbers, **counted(planners["class"])}, (*_AGENT, "pay"))
    _keep(study, "family of learners", learners, _LEARNER)
    study.say(*(_helped(study, planners, pay) for pay in settings.family_pays))
    study.say(_alone(study, planners), _chance(study, learners))
    _say_example(study, settings)
    _draw(study, settings, spreads)
    return study


def _planners(study: Study[Settings], settings: Settings) -> None:
    """The worked example of planners: by what distraction pays, and by chance on the same mean."""
    worth = Hyperbolic(settings.k)
    planners = {"hyperbolic": Planner(worth), "exponential": Planner(Exponential(float(worth(20.0)) ** (1 / 20)))}
    for (kind, planner), (arm, n_goals), d in product(planners.items(), _arms(settings).items(), settings.pays):
        index = measures.exact(planner, tasks.micro_wins(n_goals, distraction=d)).procrastination_index[0]
        study.add({"procrastination index": index}, part="pay", agent="planner", discounting=kind, arm=arm, pay=d)
    for p in settings.chances:
        chancy = measures.exact(planners["hyperbolic"], _chancy(p)).procrastination_index[0]
        who = {"part": "chance", "agent": "planner", "discounting": "hyperbolic", "arm": "micro wins"}
        study.add({"index by chance": chancy}, **who, chance=p)
    largest = {"largest change by chance": np.ptp(study.values("index by chance", agent="planner"))}
    study.add(largest, **who)


def _arms(settings: Settings) -> dict[str, int]:
    return {"one goal": 1, "micro wins": settings.n_goals}


def _chancy(p: float) -> tasks.Variant:
    return tasks.variable_distraction(tasks.micro_wins(5, n_units=6, deadline=18, reward=30.0), p)


def _learners(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> dict[float, Floats]:
    """Procrastination of learners in the last fifth of the trials, and the spread of their errors at distraction.

    Returns the interval of the spread by chance, (2,) each.
    """
    learner = QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9, inverse_temperature=1.0)
    single, spreads = {}, {}
    for p, seed in zip(settings.chances, rng.spawn(len(settings.chances)), strict=True):
        history = simulate.run(learner, _chancy(p), n_agents=settings.n_agents, n_trials=settings.n_trials, rng=seed)
        late = slice(-settings.n_trials // 5, None)
        single[p] = measures.procrastination_index(history)[:, late].mean(axis=1)
        assert history.full is not None
        idle = history.full.action[:, late] == tasks.DISTRACT
        delta = history.full.delta[:, late, 1:]
        band = measures.bootstrap(single[p], rng=seed)
        spreads[p] = spread_interval(delta, idle & np.isfinite(delta))
        found = {
            "procrastination index": band.mean,
            "index low": band.low,
            "index high": band.high,
            "error spread": delta[idle & np.isfinite(delta)].std(),
        }
        study.add(found, part="chance", agent="learner", arm="micro wins", chance=p)
    rarest = min(settings.chances)
    difference = welch(single[rarest], single[1.0])
    found = {"effect of chance": effect_size(single[rarest], single[1.0]), "difference": difference[0]}
    found |= {"difference low": difference[1], "difference high": difference[2]}
    study.add(found, part="chance", agent="learner")
    return spreads


def welch(a: Floats, b: Floats) -> tuple[float, float, float]:
    """Return the difference of two means with Welch's 95 % interval: mean, low, high.

    Examples
    --------
    >>> mean, low, high = welch(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0]))
    >>> mean, low < 0 < high
    (1.0, True)
    """
    from scipy.stats import t

    mean = float(a.mean() - b.mean())
    parts = np.array([x.var(ddof=1) / x.size for x in (a, b)])
    if not parts.any():
        return mean, mean, mean
    # Degrees of freedom by Welch and Satterthwaite.
    freedom = parts.sum() ** 2 / (parts**2 / np.array([a.size - 1, b.size - 1])).sum()
    width = float(t.ppf(0.975, freedom) * np.sqrt(parts.sum()))
    return mean, mean - width, mean + width


def solve(settings: Settings) -> Columns:
    """Return the family of planners as columns, one row an agent and pay of distraction; exact."""
    agents = groups(Levels(settings.horizons, settings.matchings, settings.temperatures))
    parts: dict[str, list[Any]] = {}
    for pay in settings.family_pays:
        one, split = (tasks.micro_wins(n, distraction=pay) for n in _arms(settings).values())
        worth = measures.worth_doing(one)
        for group in agents:
            before, after = (measures.exact(group.planner, task) for task in (one, split))
            n = group.planner.n_agents
            columns = {
                **group.factors,
                "pay": np.full(n, pay),
                "class": measures.classify(before, after, worth=worth),
                "worth doing": np.full(n, float(worth.gain[0])),
                "index with one goal": before.procrastination_index,
                "fall of index": before.procrastination_index - after.procrastination_index,
                "change of welfare": (after.welfare - before.welfare) / one.budget,
            }
            for name, values in columns.items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def learned(settings: Settings, rng: np.random.Generator) -> Columns:
    """Return the family of learners as columns: what chance adds to their delay, by what they seek, α, β, λ and chance.

    All learners of one chance who seek the same are simulated at once, a group of agents for each setting.
    """
    rows: list[dict[str, Any]] = []
    for seeks, seed in zip(SEEKS, rng.spawn(len(SEEKS)), strict=True):
        traces = settings.trace_decays if seeks == SEEKS[0] else settings.trace_decays[-1:]
        cells = list(product(settings.learning_rates, settings.learner_temperatures, traces))
        index = _indices(settings, seeks, cells, seed)
        for p, (i, (alpha, beta, decay)) in product(settings.chances, enumerate(cells)):
            if p == 1.0:
                continue
            mean, low, high = welch(index[p][i], index[1.0][i])
            row = {"learning_rate": alpha, "inverse_temperature": beta, "trace_decay": decay, "seeks": seeks}
            row |= {"chance": p, "added by chance": mean, "added low": low, "added high": high}
            rows.append(row | {"d of chance": effect_size(index[p][i], index[1.0][i])})
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _indices(
    settings: Settings, seeks: str, cells: list[tuple[float, float, float]], rng: np.random.Generator
) -> dict[float, Floats]:
    """The index late in learning, (n_cells, n_agents), by the chance with which distraction pays."""
    rate, temperature, trace = (np.repeat(level, settings.family_agents) for level in zip(*cells, strict=True))
    own = {"learning_rate": rate, "discount": 0.95, "trace_decay": trace, "inverse_temperature": temperature}
    learner = _learner(settings, seeks, own)
    n_trials = settings.family_trials if seeks == SEEKS[0] else settings.seeker_trials
    late, index = slice(-max(1, n_trials // 5), None), {}
    for p, seed in zip(settings.chances, rng.spawn(len(settings.chances)), strict=True):
        history = simulate.run(learner, _chancy(p), n_agents=rate.size, n_trials=n_trials, rng=seed, record=None)
        each = measures.procrastination_index(history)[:, late].mean(axis=1)
        index[p] = each.reshape(len(cells), settings.family_agents)
    return index


def _learner(settings: Settings, seeks: str, own: dict[str, Any]) -> Agent:
    if seeks == "what was seldom tried":
        return CountBonus(bonus=settings.bonus, **own)
    if seeks == "what is uncertain":
        return UpperConfidence(confidence=settings.bonus, **own)
    learner = QLearner(**own)
    return Progress(learner, weight=settings.progress_weight) if seeks == "progress" else learner


def _keep(study: Study[Settings], part: str, family: Columns, factors: tuple[str, ...]) -> None:
    for i in range(len(family[factors[0]])):
        where = {name: family[name][i].item() for name in factors if family[name][i] != ""}
        study.add({name: x[i] for name, x in family.items() if name not in factors}, part=part, **where)


def _helped(study: Study[Settings], family: Columns, pay: float) -> str:
    """What micro wins do against a distraction that pays so much."""
    rows = taken(family, pay=pay)
    discounts = rows["shape"] != "none"
    rows = {name: column[discounts] for name, column in rows.items()}
    gain = (rows["class"] == "helps") * 1.0 - np.isin(rows["class"], ("hurts", "works at a loss"))
    share = note(study, "micro wins help", gain, {name: rows[name] for name in _AGENT}, pay=pay)
    loss = float(np.mean(rows["class"] == "works at a loss"))
    worth = f"worth {rows['worth doing'][0]:.0f} reward units more than never working"
    if rows["worth doing"][0] <= 0:
        worth = "not worth doing (undiscounted)"
    return (
        f"Where distraction pays {pay:g} a step, and the task is {worth}, micro wins on equal pay help discounters in "
        f"{share}; {percent(loss)} are made to work at a loss."
    )


def _alone(study: Study[Settings], family: Columns) -> str:
    """Where the help is largest, and that the rest is what work costs."""
    by_pay = {pay: study.value("share", finding="micro wins help", pay=pay) for pay in study.settings.family_pays}
    most, least = (pick(by_pay, key=lambda pay: by_pay[pay]) for pay, pick in ((0, max), (1, min)))
    where = "at every pay here" if by_pay[least] > 0.5 * by_pay[most] else "in a band of pays, not everywhere"
    return (
        f"Micro wins help most often where distraction pays {most:g} ({percent(by_pay[most])}) and least often where "
        f"it pays {least:g} ({percent(by_pay[least])}): they hold {where}. Built in: what distraction "
        "pays is part of what work costs, so that more of it delays."
    )


def _chance(study: Study[Settings], family: Columns) -> str:
    sure = (family["added low"] > 0) | (family["added high"] < 0)
    effect = np.where(sure, family["d of chance"], 0.0)
    factors = {name: family[name] for name in _LEARNER}
    share = note(study, "chance holds learners longer", effect, factors, null=_LARGE)
    low, high = family["added by chance"].min(), family["added by chance"].max()
    return (
        f"On the same mean, unpredictable distraction holds learners longer (d above {_LARGE:g}, and beyond its "
        f"interval over {study.settings.family_agents} agents a setting) in {share}; it changes their index by "
        f"{low:+.3f} to {high:+.3f}. They seek {', '.join(SEEKS[:-1])} or {SEEKS[-1]}; whom their own "
        "surprise rewarded would be held by construction."
    )


def _say_example(study: Study[Settings], settings: Settings) -> None:
    text = []
    for kind, arm in product(("hyperbolic", "exponential"), ("one goal", "micro wins")):
        y = study.values("procrastination index", discounting=kind, arm=arm, part="pay")
        text.append(f"{kind} {arm} {y[0]:.2f} to {y[-1]:.2f}")
    first, *_, last = settings.pays
    by_chance = {p: study.value("procrastination index", agent="learner", chance=p) for p in settings.chances}
    rarest = min(by_chance)
    mean, low, high = (
        study.value(what, agent="learner") for what in ("difference", "difference low", "difference high")
    )
    effect = study.value("effect of chance", agent="learner")
    study.say(
        f"Worked example (k = {settings.k:g} per step, β = 1, naive): the index where distraction pays {first:g} and "
        f"where it pays {last:g} is: {'; '.join(text)}.",
        "Built in: on the same mean, chance changes the index of planners by "
        f"{study.value('largest change by chance', agent='planner'):.3f}, as they are risk-neutral. Learners of the "
        f"worked example (α = .1, λ = .9, β = 1) have {by_chance[1.0]:.3f} where it is certain and "
        f"{by_chance[rarest]:.3f} where it pays with chance {rarest:g} "
        f"(difference {mean:+.3f}, {low:+.3f} to {high:+.3f}; "
        f"d = {effect:+.2f}): "
        + (
            "unpredictable distraction holds them longer."
            if effect > _LARGE and low > 0
            else "unpredictable distraction holds them less."
            if effect < -_LARGE and high < 0
            else "unpredictable distraction wins no more of their time."
        ),
    )


def _draw(study: Study[Settings], settings: Settings, spreads: dict[float, Floats]) -> None:
    by_pay = {
        f"{kind}, {arm}": study.values("procrastination index", discounting=kind, arm=arm, part="pay")
        for kind, arm in product(("hyperbolic", "exponential"), ("one goal", "micro wins"))
    }
    study.draw(
        titles.compare(
            "hyperbolic, one goal",
            "hyperbolic, micro wins",
            "delays more than",
            "delays less than",
            "delays as much as",
            at=settings.pays[-1],
            lead="where distraction pays most, ",
            said=("one goal", "micro wins"),
        ),
        settings.pays,
        by_pay,
        xlabel="pay of distraction (reward units per step)",
        ylabel="procrastination index (0–1)",
        limits=(0.0, 1.02),
        exact=True,
    )
    order = np.argsort(settings.chances)
    chances = np.array(settings.chances)[order]
    exact = study.values("index by chance", agent="planner")[order]
    index, low, high, spread = (
        study.values(what, agent="learner", arm="micro wins")[order]
        for what in ("procrastination index", "index low", "index high", "error spread")
    )
    study.draw(
        titles.trend("delay of learners", "the chance that distraction pays, on one mean,", name="learners"),
        chances,
        {"planners": exact, "learners": index},
        xlabel="probability that distraction pays",
        ylabel="procrastination index (95 % interval)",
        limits=(0.0, 1.02),
        band={"learners": np.array([low, high])},
    )
    d = tasks.micro_wins(5).distraction
    study.draw(
        titles.compare(
            "learners",
            "d √((1−p)/p)",
            "have wider errors than",
            "have narrower errors than",
            "have errors as wide as",
            said=("learners", "the formula has"),
        ),
        chances,
        {"learners": spread, "d √((1−p)/p)": d * np.sqrt((1 - chances) / chances)},
        xlabel="probability that distraction pays",
        ylabel="spread of prediction errors\n(SD, reward units, 95 % interval)",
        band={"learners": np.transpose([spreads[p] for p in chances])},
    )
    helped, hurt, low, high = (
        study.values(what, finding="micro wins help") for what in ("share", "reversed", "low", "high")
    )
    study.draw(
        titles.tally("helped", "hurt or at a loss", "micro wins help more often than they hurt"),
        [f"pays {pay:g}" for pay in settings.family_pays],
        {"helped": helped, "hurt or at a loss": hurt},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"helped": np.array([low, high])},
    )


def __dir__() -> list[str]:
    return __all__
