"""Intrinsic motivation: expected rewards that undermine interest, against information about competence.

Agents work at a task that is of some interest in itself, under pay of several kinds; then pay stops, and
they are free. That expected pay takes interest away, and that good news feeds it, is built into the model,
taken from a meta-analysis; in what order kinds of pay affect free choice, how far the sizes lie from people's,
and for which strengths of the two the signs turn, is computed over a family of settings.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Exponential
from rpe.experiments.specifications import note, percent
from rpe.experiments.study import Study, effect_size, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

# Deci, Koestner & Ryan (1999), free-choice behaviour.
_PUBLISHED = {"engagement": -0.40, "completion": -0.36, "performance": -0.28}


@dataclass(frozen=True)
class Settings:
    """The agents and the task.

    Parameters
    ----------
    interest : float
        I₀ at the start, reward units per step of work.
    undermining, information : float
        κ and ι.
    success_probability : float
        Of a step of work.
    underminings, informations, success_probabilities : tuple of float
        Family: κ, ι, and the chance of success of a step of work.
    temperatures : tuple of float
        Family: inverse temperatures β of free choice, per reward unit.
    n_cell : int
        Agents of each setting of the family.
    n_agents, n_trials : int
        Agents of the worked example, and trials under pay.
    """

    interest: float = 2.0
    undermining: float = 0.005
    information: float = 0.0015
    success_probability: float = 0.8
    underminings: tuple[float, ...] = (0.001, 0.005, 0.02)
    informations: tuple[float, ...] = (0.0, 0.0015, 0.01)
    success_probabilities: tuple[float, ...] = (0.5, 0.8, 1.0)
    temperatures: tuple[float, ...] = (0.5, 2.0, 8.0)
    n_cell: int = 60
    n_agents: int = 400
    n_trials: int = 6

    def __post_init__(self) -> None:
        for name in ("interest", "undermining", "information"):
            scalar(name, getattr(self, name), 0)
        scalar("success_probability", self.success_probability, 0, 1, open_low=True)
        for name in ("n_agents", "n_trials", "n_cell"):
            count(name, getattr(self, name), 2)
        for name in ("underminings", "informations", "success_probabilities", "temperatures"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, np.inf if name in ("informations", "temperatures") else 1)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_agents=120, success_probabilities=(0.5, 1.0), temperatures=(2.0, 8.0), n_cell=30)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_agents=4000)


def _kinds() -> dict[str, dict[str, Any]]:
    return {
        "nothing": {},
        "engagement": {"paid": "engagement"},
        "completion": {"paid": "completion"},
        "performance": {"paid": "performance"},
        "feedback": {"feedback": True},
    }


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Let agents work under each kind of pay, then be free."""
    study = Study(settings)
    seeds = generator(rng).spawn(len(_kinds()) + 3)
    left: dict[str, Floats] = {}
    free: dict[str, Floats] = {}
    for (kind, options), seed in zip(_kinds().items(), seeds, strict=False):
        left[kind], free[kind], done = _paid_then_free(settings, options, seed)
        found = {"interest left": left[kind].mean(), "free choice": free[kind].mean(), "steps of work": done}
        study.add(found, part="free choice", pay=kind)
    for kind in list(free)[1:]:
        d = effect_size(free[kind], free["nothing"])
        error = 1.96 * _error_of_d(d, settings.n_agents)
        study.add({"effect size": d, "low": d - error, "high": d + error}, part="free choice", pay=kind)
    _family(study, settings, seeds[-2])
    _progress(study, settings, seeds[-1])
    names = list(free)
    study.draw(
        "Interest left when pay stops",
        names,
        {"interest": [left[n].mean() for n in names]},
        ylabel="reward units per step",
        reference=settings.interest,
    )
    study.draw("Work when free", names, {"share of free time": [free[n].mean() for n in names]}, ylabel="P(work)")
    effects = [study.value("effect size", part="free choice", pay=n) for n in names[1:]]
    published = [_PUBLISHED.get(n, 0.33) for n in names[1:]]
    study.draw(
        "Effect on free choice", names[1:], {"model": effects, "people (meta-analysis)": published}, ylabel="Cohen's d"
    )
    _say(study)
    return study


def _error_of_d(d: float, n: int) -> float:
    """Large-sample standard error of Cohen's d between two groups of n: √(2/n + d²/4n).

    Hedges & Olkin (1985), Statistical methods for meta-analysis, chapter 5, for groups of one size.
    """
    return float(np.sqrt(2 / n + d**2 / (4 * n)))


def _free_choice(interest: Floats, beta: Any) -> Floats:
    """P(work) when free: a step of work costs 1 and brings its interest, something else brings 1."""
    return np.asarray(1 / (1 + np.exp(-beta * (interest - 1.0 - 1.0))))


def _family(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Effects of each kind of pay for every κ, ι, chance of success and β of free choice."""
    names = ("undermining", "information", "success_probability", "inverse_temperature")
    pairs = list(product(settings.underminings, settings.informations))
    kappa, iota = (np.repeat(column, settings.n_cell) for column in zip(*pairs, strict=True))
    differ = 1 + 0.2 * rng.standard_normal(settings.n_cell)
    start = settings.interest * np.tile(np.clip(differ, 0.1, None), len(pairs))
    rows: list[tuple[float, ...]] = []
    effects: list[dict[str, float]] = []
    for chance in settings.success_probabilities:
        task = tasks.micro_wins(5, success_probability=chance)
        left = {}
        for kind, options in _kinds().items():
            agent = mechanisms.Interest(
                Planner(Exponential(1.0), inverse_temperature=0.5),
                interest=start,
                undermining=kappa,
                information=iota,
                **options,
            )
            history = simulate.run(agent, task, n_trials=settings.n_trials, rng=rng.integers(2**63), keep_memory=True)
            left[kind] = np.asarray(history.memory.own.interest).reshape(len(pairs), settings.n_cell)
        for i, pair in enumerate(pairs):
            for beta in settings.temperatures:
                free = {kind: _free_choice(left[kind][i], beta) for kind in left}
                found = {kind: effect_size(free[kind], free["nothing"]) for kind in list(free)[1:]}
                where = dict(zip(names, (*pair, chance, beta), strict=True))
                for kind, d in found.items():
                    study.add({"d": d}, part="family", pay=kind, **where)
                rows.append((*pair, chance, beta))
                effects.append(found)
    factors = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    _note_findings(study, effects, factors)


def _note_findings(study: Study[Settings], effects: list[dict[str, float]], factors: dict[str, Any]) -> None:
    """Effects up to d = .1 count as none."""
    for kind in (*_PUBLISHED, "feedback"):
        d = np.array([found[kind] for found in effects])
        note(
            study,
            "pay lowers free choice" if kind in _PUBLISHED else "feedback raises free choice",
            -d if kind in _PUBLISHED else d,
            factors,
            null=0.1,
            pay=kind,
        )
    order = np.array([f["engagement"] <= f["completion"] <= f["performance"] for f in effects])
    note(study, "published order", order * 2.0 - 1, factors)


def _paid_then_free(
    settings: Settings, options: dict[str, Any], rng: np.random.Generator
) -> tuple[Floats, Floats, float]:
    """Interest left and P(work) of each agent when nothing is paid any more, (n_agents,); and steps worked under pay.

    People differ in interest, with a standard deviation of a fifth.
    """
    start = settings.interest * np.clip(1 + 0.2 * rng.standard_normal(settings.n_agents), 0.1, None)
    planner = Planner(Exponential(1.0), inverse_temperature=0.5)
    agent = mechanisms.Interest(
        planner, interest=start, undermining=settings.undermining, information=settings.information, **options
    )
    task = tasks.micro_wins(5, success_probability=settings.success_probability)
    history = simulate.run(
        agent, task, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=rng, keep_memory=True
    )
    interest = np.asarray(history.memory.own.interest)
    assert history.trials is not None
    assert history.trials.worked is not None
    return interest, _free_choice(interest, 2.0), float(history.trials.worked.mean())


def _progress(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """A bonus for getting better: what it does while something is learned, and when nothing is left to learn."""
    learner = QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9, inverse_temperature=1.0)
    task = tasks.monolithic(n_units=6, deadline=18, reward=30.0)
    curves = {}
    for name, agent in (
        ("plain", learner),
        ("competence", mechanisms.Progress(learner, weight=20.0, of="competence")),
    ):
        history = simulate.run(agent, task, n_agents=settings.n_agents, n_trials=300, rng=rng.integers(2**63))
        assert history.trials is not None
        assert history.trials.units is not None
        done = history.trials.units.mean(axis=0) / task.n_units
        curves[name] = np.array([done[i : i + 20].mean() for i in range(0, 300, 20)])
        each = history.trials.units / task.n_units
        for when, some in (("early", slice(60)), ("late", slice(-60, None))):
            band = measures.bootstrap(each[:, some].mean(axis=1), rng=0)
            numbers = {"share done": band.mean, "low": band.low, "high": band.high}
            study.add(numbers, part="competence progress", bonus=name, when=when)
    study.draw(
        "A bonus for competence progress",
        np.arange(10, 300, 20),
        curves,
        xlabel="trial",
        ylabel="share of the work done",
    )


def _say(study: Study[Settings]) -> None:
    text = [_part(study, "pay lowers free choice", kind) for kind in _PUBLISHED]
    study.say(
        "Built in: expected pay undermines interest and good news feeds it, so that the signs below are put in, and "
        "only where the two compete do they follow. Expected pay lowers free choice afterwards (d below −.1; reversed: "
        f"above .1) {'; '.join(text)}. The published order (most with engagement, least with performance) comes out "
        f"{_part(study, 'published order')}."
    )
    study.say(f"Wins as mere feedback raise it {_part(study, 'feedback raises free choice', 'feedback')}.")
    effects = {
        kind: [study.value(what, part="free choice", pay=kind) for what in ("effect size", "low", "high")]
        for kind in (*_PUBLISHED, "feedback")
    }
    times = np.mean([effects[kind][0] / _PUBLISHED[kind] for kind in _PUBLISHED])
    steps = study.values("steps of work", part="free choice")
    study.say(
        "Worked example (κ = "
        f"{study.settings.undermining:g}, ι = {study.settings.information:g}, β = 2 of free choice): "
        + ", ".join(
            f"d = {found[0]:+.2f} ({found[1]:+.2f} to {found[2]:+.2f}) {kind}"
            + (f" (people {_PUBLISHED[kind]:+.2f})" if kind in _PUBLISHED else " (people about +.33)")
            for kind, found in effects.items()
        )
        + f". The sizes are {times:.1f} times those of people: the model has less else that varies. All work alike "
        f"while paid ({steps.min():.1f} to {steps.max():.1f} steps a trial), as planners do not learn from interest."
    )
    changes = []
    for when in ("early", "late"):
        bonus, plain = (study.value("share done", bonus=name, when=when) for name in ("competence", "plain"))
        width = float(np.hypot(_half_width(study, "competence", when), _half_width(study, "plain", when)))
        changes.append(f"{bonus - plain:+.2f} (± {width:.2f})")
    study.say(
        f"A bonus for competence progress changes the share of work done by {changes[0]} in the first 60 trials and by "
        f"{changes[1]} in the last 60, when nothing is left to learn."
    )


def _half_width(study: Study[Settings], bonus: str, when: str) -> float:
    low, high = (study.value(name, part="competence progress", bonus=bonus, when=when) for name in ("low", "high"))
    return (high - low) / 2


def _part(study: Study[Settings], finding: str, pay: str | None = None) -> str:
    """The share of the family in which a finding holds, in words."""
    share, low, high, back, n = (
        study.value(name, part="share", finding=finding, pay=pay)
        for name in ("share", "low", "high", "reversed", "settings")
    )
    turned = next(
        str(row["turned_by"]) for row in study.rows if row.get("finding") == finding and row.get("pay") == pay
    )
    words = {
        "undermining": "κ",
        "information": "ι",
        "success_probability": "the chance of success",
        "inverse_temperature": "β",
    }
    varies = f", varying most with {words[turned]}" if turned in words else ""
    by = f"if {pay}-contingent " if pay in _PUBLISHED else ""
    return (
        f"{by}in {percent(share)} ({100 * low:.0f} to {percent(high)}) of {n:.0f} settings, reversed in "
        f"{percent(back)}{varies}"
    )


def __dir__() -> list[str]:
    return __all__
