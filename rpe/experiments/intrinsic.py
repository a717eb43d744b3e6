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
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Exponential
from rpe.experiments import titles
from rpe.experiments.specifications import Group, Levels, check_levels, groups, note, told
from rpe.experiments.study import Study, effect_size, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

# Deci, Koestner & Ryan (1999), free-choice behaviour.
_PUBLISHED = {"engagement": -0.40, "completion": -0.36, "performance": -0.28}


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The agents and the task.

    Parameters
    ----------
    interest : float
        I₀ at the start, reward units per step of work.
    undermining : float
        Worked example: κ, share of the interest that is lost at each step for which pay was expected.
    information : float
        Worked example: ι, share of I₀ that is gained at each piece of good news.
    success_probability : float
        Worked example: chance of success of a step of work.
    underminings : tuple of float
        Family: κ, a share as in `undermining`.
    informations : tuple of float
        Family: ι, a share as in `information`.
    success_probabilities : tuple of float
        Family: chance of success of a step of work.
    temperatures : tuple of float
        Family: inverse temperatures β of free choice, per reward unit.
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic ones who work for pay; some do not discount.
    matchings : tuple of str
        Family: where exponential ones match them, as in `micro_wins`.
    n_cell : int
        Agents of each setting of the family.
    n_agents : int
        Agents of the worked example.
    n_trials : int
        Trials under pay.
    """

    interest: float = 2.0
    undermining: float = 0.005
    information: float = 0.0015
    success_probability: float = 0.8
    underminings: tuple[float, ...] = (0.001, 0.005, 0.02)
    informations: tuple[float, ...] = (0.0, 0.0015, 0.01)
    success_probabilities: tuple[float, ...] = (0.5, 0.8, 1.0)
    temperatures: tuple[float, ...] = (0.5, 2.0, 8.0)
    horizons: tuple[float, ...] = (1.2, 12.0)
    matchings: tuple[str, ...] = ("D(5)", "D(T)")
    n_cell: int = 40
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
        check_levels(self.horizons, self.matchings, self.temperatures)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_agents=120, success_probabilities=(0.5, 1.0), temperatures=(2.0, 8.0), matchings=("D(N)",), n_cell=24
        )

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
    bonus = study.panels.pop()
    study.draw(
        titles.ranked("interest left", by="after", name="interest"),
        names,
        {"interest": [left[n].mean() for n in names]},
        ylabel="interest (reward units per step, ± SE)",
        reference=settings.interest,
        band={"interest": _standard_errors(left)},
    )
    study.draw(
        titles.ranked("free choice of the task", by="after", name="share of free time"),
        names,
        {"share of free time": [free[n].mean() for n in names]},
        ylabel="probability of work (± SE)",
        limits=(0.0, 1.02),
        band={"share of free time": _standard_errors(free)},
    )
    effects, low, high = (
        [study.value(what, part="free choice", pay=n) for n in names[1:]] for what in ("effect size", "low", "high")
    )
    published = [_PUBLISHED.get(n, 0.33) for n in names[1:]]
    study.draw(
        titles.compare(
            "model",
            "people (meta-analysis)",
            "raises free choice more than seen in",
            "lowers free choice more than seen in",
            "changes free choice as much as seen in",
            lead="engagement pay: the ",
            at="engagement",
        ),
        names[1:],
        {"model": effects, "people (meta-analysis)": published},
        ylabel="effect on free choice\n(Cohen's d, 95 % interval)",
        band={"model": np.array([low, high])},
    )
    _draw_family(study)
    study.panels.append(bonus)
    _say(study)
    return study


def _standard_errors(found: dict[str, Floats]) -> Floats:
    """Mean less and plus one standard error of each kind of pay, (2, n_kinds)."""
    mean, error = (
        np.array([part(x) for x in found.values()]) for part in (np.mean, lambda x: x.std() / np.sqrt(x.size))
    )
    return np.array([mean - error, mean + error])


def _draw_family(study: Study[Settings]) -> None:
    finding = dict.fromkeys(_PUBLISHED, "pay lowers free choice") | {"feedback": "feedback raises free choice"}
    share, back, low, high = (
        np.array([study.value(what, part="share", finding=name, pay=kind) for kind, name in finding.items()])
        for what in ("share", "reversed", "low", "high")
    )
    study.draw(
        titles.tally("found", "reversed", "pay lowers and feedback raises free choice more often than the reverse"),
        list(finding),
        {"found": share, "reversed": back},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"found": np.array([low, high])},
    )


def _error_of_d(d: float, n: int) -> float:
    """Large-sample standard error of Cohen's d between two groups of n: √(2/n + d²/4n).

    Hedges & Olkin (1985), Statistical methods for meta-analysis, chapter 5, for groups of one size.
    """
    return float(np.sqrt(2 / n + d**2 / (4 * n)))


def _free_choice(interest: Floats, beta: Any) -> Floats:
    """P(work) when free: a step of work costs 1 and brings its interest, something else brings 1."""
    return np.asarray(1 / (1 + np.exp(-beta * (interest - 1.0 - 1.0))))


_WORK_BETA = 0.5  # of the choice between work and distraction while paid, per reward unit


def _family(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Effects of each kind of pay for every κ, ι, chance of success, β of free choice and way to discount."""
    pairs = list(product(settings.underminings, settings.informations))
    start = settings.interest * np.clip(1 + 0.2 * rng.standard_normal(settings.n_cell), 0.1, None)
    rows: list[dict[str, Any]] = []
    for group, chance in product(_discounters(settings), settings.success_probabilities):
        left = _left(settings, group.planner, pairs, start, chance, rng)
        who = {name: group.factors[name][0].item() for name in ("shape", "matching", "kT")}
        for i, (kappa, iota) in enumerate(pairs):
            where = {"undermining": kappa, "information": iota, "success_probability": chance, **who}
            rows += _effects(study, settings, {kind: left[kind][i] for kind in left}, where)
    factors = {name: np.array([row[name] for row in rows]) for name in rows[0] if name not in _kinds()}
    _note_findings(study, rows, factors)


def _discounters(settings: Settings) -> list[Group]:
    """Those who work for pay, one planner each, so that a plan is solved once for all who share it."""
    found = groups(Levels(settings.horizons[:1], settings.matchings[:1], (_WORK_BETA,)), ("none",), ("naive",))
    for rate in settings.horizons:
        found += groups(Levels((rate,), settings.matchings[:1], (_WORK_BETA,)), ("hyperbolic",), ("naive",))
        for matching in settings.matchings:
            found += groups(Levels((rate,), (matching,), (_WORK_BETA,)), ("exponential",), ("naive",))
    return found


def _left(
    settings: Settings, planner: Planner, pairs: list[tuple[float, float]], start: Floats, chance: float, rng: Any
) -> dict[str, Floats]:
    """Interest left after each kind of pay, (n_pairs, n_cell)."""
    kappa, iota = (np.repeat(level, settings.n_cell) for level in zip(*pairs, strict=True))
    task, left = tasks.micro_wins(5, success_probability=chance), {}
    for kind, options in _kinds().items():
        interest = np.tile(start, len(pairs))
        agent = mechanisms.Interest(planner, interest=interest, undermining=kappa, information=iota, **options)
        seed = rng.integers(2**63)
        history = simulate.run(agent, task, n_trials=settings.n_trials, rng=seed, keep_memory=True, record=None)
        left[kind] = np.asarray(history.memory.own.interest).reshape(len(pairs), settings.n_cell)
    return left


def _effects(
    study: Study[Settings], settings: Settings, left: dict[str, Floats], where: dict[str, Any]
) -> list[dict[str, Any]]:
    """The effect of each kind of pay on free choice, at each β of it."""
    rows = []
    for beta in settings.temperatures:
        free = {kind: _free_choice(interest, beta) for kind, interest in left.items()}
        d = {kind: effect_size(free[kind], free["nothing"]) for kind in list(free)[1:]}
        factors = {**where, "inverse_temperature": beta}
        own = {name: level for name, level in factors.items() if level != ""}
        for kind, effect in d.items():
            study.add({"d": effect}, part="family", pay=kind, **own)
        rows.append({**factors, **d})
    return rows


def _note_findings(study: Study[Settings], effects: list[dict[str, Any]], factors: dict[str, Any]) -> None:
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
    curves, bands = {}, {}
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
        blocks = np.stack([each[:, i : i + 20].mean(axis=1) for i in range(0, 300, 20)], axis=1)
        half = 1.96 * blocks.std(axis=0) / np.sqrt(len(blocks))
        bands[name] = np.clip([curves[name] - half, curves[name] + half], 0, 1)
        for when, some in (("early", slice(60)), ("late", slice(-60, None))):
            band = measures.bootstrap(each[:, some].mean(axis=1), rng=0)
            numbers = {"share done": band.mean, "low": band.low, "high": band.high}
            study.add(numbers, part="competence progress", bonus=name, when=when)
    # Nearly all is done: from zero on, nothing could be seen.
    bottom = min(0.99, *(float(band[0].min()) for band in bands.values()))
    study.draw(
        titles.compare(
            "competence",
            "plain",
            "gets more done than",
            "gets less done than",
            "gets as much done as",
            at=10,
            lead="early on a ",
            said=("bonus for competence", "none"),
        ),
        np.arange(10, 300, 20),
        curves,
        xlabel="trial",
        ylabel="share of the work done (95 % interval)",
        limits=(bottom - 0.05 * (1 - bottom), 1 + 0.05 * (1 - bottom)),
        band=bands,
    )


def _say(study: Study[Settings]) -> None:
    text = [f"if {kind}-contingent in {told(study, 'pay lowers free choice', pay=kind)}" for kind in _PUBLISHED]
    study.say(
        "Built in: expected pay undermines interest and good news feeds it, so that the signs below are put in, and "
        "only where the two compete do they follow. Expected pay lowers free choice afterwards (d below −.1; reversed: "
        f"above .1) {'; '.join(text)}. The published order (most with engagement, least with performance) comes out "
        f"in {told(study, 'published order')}."
    )
    study.say(f"Wins as mere feedback raise it in {told(study, 'feedback raises free choice', pay='feedback')}.")
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


def __dir__() -> list[str]:
    return __all__
