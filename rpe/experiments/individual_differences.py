"""Individual differences: discounting, effort, efficacy, BAS and receptor density over a population.

A population varies in all traits at once, each drawn apart. Correlations with the procrastination index, and
with what micro wins gain, show what the model says each trait does; meta-analytic signs stand beside. They
are found at several levels of noise and for two shapes of discounting. Then students who differ in more and
more respects spend a semester: how well does ln k tell when they work? Reward sensitivity from a BAS score is
an assumption, with no settled estimate behind it; efficacy is the true chance of success, known to the agent.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import Planner, QLearner
from rpe.choice import inverse_temperature
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.shares import wilson
from rpe.experiments.specifications import note, percent
from rpe.experiments.study import Labels, Study, correlation, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

# Steel (2007): correlations with procrastination; efficacy from memory.
_PEOPLE = {"aversiveness": 0.40, "impulsiveness": 0.41, "efficacy": -0.38}
# Zhang & Ma (2024), ln k and mean date of work: 84 people (published); 70 with all seven hours (their file).
_STUDENTS, _STUDENTS_LOW, _STUDENTS_HIGH = 0.28, 0.07, 0.47
_DAYS, _HALF_HOURS = 110, 14
# What else students differ in, one after the other.
_SOURCES = ("effort", "value of reward", "noise of choice", "start date")


@dataclass(frozen=True)
class Settings:
    """The population.

    Parameters
    ----------
    n_agents : int
        People.
    spread : float
        Standard deviation of the logarithm of effort and of reward, across people.
    bas_weight : float
        b: reward sensitivity exp(b z); .15 is the value used for teaching.
    temperatures : tuple of float
        Family: inverse temperatures β, per reward unit; the first is that of the worked example.
    n_students, n_semesters : int
        Students of the semester, and how often each goes through it.
    effort_spread, value_spread, noise_spread : float
        Students: standard deviations of ln effort, ln reward and ln β.
    latest_start : int
        Students: the last day on which one begins, of 110; all days up to it are as likely.
    reliability : float
        Students: of a measured ln k, in (0, 1]; correlations with it shrink by the square root.
    n_learners, n_trials : int
        Learners of the test of receptors, and their trials.
    """

    n_agents: int = 300
    temperatures: tuple[float, ...] = (1.0, 0.3, 3.0, 10.0, float("inf"))
    n_students: int = 150
    n_semesters: int = 6
    effort_spread: float = 0.3
    value_spread: float = 0.5
    noise_spread: float = 1.0
    latest_start: int = 60
    reliability: float = 0.7
    spread: float = 0.3
    bas_weight: float = 0.15
    n_learners: int = 400
    n_trials: int = 200

    def __post_init__(self) -> None:
        for name in ("n_agents", "n_learners", "n_trials", "n_students"):
            count(name, getattr(self, name), 10)
        count("n_semesters", self.n_semesters)
        count("latest_start", self.latest_start, 1, _DAYS - _HALF_HOURS)
        for name in ("spread", "bas_weight", "effort_spread", "value_spread", "noise_spread"):
            scalar(name, getattr(self, name), 0)
        scalar("reliability", self.reliability, 0, 1, open_low=True)
        if not self.temperatures:
            raise ValueError("temperatures must have at least one level; got none")
        inverse_temperature(np.array(self.temperatures))

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_agents=80,
            temperatures=(1.0, 0.3, 10.0, float("inf")),
            n_students=50,
            n_semesters=3,
            n_learners=150,
            n_trials=100,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_agents=2000, n_students=600, n_learners=4000)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve both arms exactly for every person; then let students spend a semester, and learners choose.

    The worked example is hyperbolic with the first β.
    """
    study = Study(settings)
    for_people, for_receptors, for_students = generator(rng).spawn(3)
    traits = _people(settings, for_people)
    solved = {
        shape: [_solve(settings, traits, n_goals, shape) for n_goals in (1, 5)]
        for shape in ("hyperbolic", "exponential")
    }
    _family(study, settings, traits, solved)
    _example(study, traits, solved["hyperbolic"])
    _semester(study, settings, for_students)
    _receptors(study, settings, for_receptors)
    _say(study, list(traits))
    return study


def _family(study: Study[Settings], settings: Settings, traits: dict[str, Floats], solved: dict[str, Any]) -> None:
    """Correlations at every β and for both shapes; how often the published signs come out."""
    found: list[tuple[float, dict[str, Any]]] = []
    for shape, (one, micro) in solved.items():
        for j, beta in enumerate(settings.temperatures):
            where: dict[str, Any] = {"shape": shape, "inverse_temperature": beta}
            index, late, undone = (one[name][:, j] for name in ("index", "late", "undone"))
            some = np.isfinite(late) & (undone < 0.5)
            signs = []
            for name, trait in traits.items():
                numbers = {
                    "r with index": correlation(trait, index),
                    "r with date of work done": correlation(trait[some], late[some]),
                    "r with undone": correlation(trait, undone),
                    "r with gain": correlation(trait, index - micro["index"][:, j]),
                }
                study.add(numbers, part="family", trait=name, **where)
                signs += [np.sign(_PEOPLE[name]) * numbers["r with index"]] if name in _PEOPLE else []
            found.append((min(signs), where))
    factors = {name: np.array([where[name] for _, where in found]) for name in ("shape", "inverse_temperature")}
    note(study, "published signs", [size for size, _ in found], factors, null=0.1)


def _example(study: Study[Settings], traits: dict[str, Floats], solved: list[dict[str, Any]]) -> None:
    names = list(traits)
    for name in names:
        where: dict[str, Any] = {"shape": "hyperbolic", "inverse_temperature": study.settings.temperatures[0]}
        numbers = {
            what: study.value(what, part="family", trait=name, **where) for what in ("r with index", "r with gain")
        }
        study.add(numbers, part="correlations", trait=name)
    one, micro = (each["index"][:, 0] for each in solved)
    for arm, index in (("one goal", one), ("micro wins", micro)):
        study.add({"procrastination index": index.mean()}, part="population", arm=arm)
    n = len(one)
    for name in measures.CLASSES:
        k = int((solved[1]["class"][:, 0] == name).sum())
        low, high = wilson(k, n)
        study.add({"share": k / n, "low": low, "high": high}, part="population", effect=name)
    r_index, r_gain = (study.values(what, part="correlations") for what in ("r with index", "r with gain"))
    people = [_PEOPLE.get(name, np.nan) for name in names]
    words = ["effort" if name == "aversiveness" else "BAS" if name.startswith("BAS") else name for name in names]
    study.draw("Worked example: r with the index, one goal", words, {"model": r_index, "people": people}, ylabel="r")
    study.draw("Worked example: r with the gain by micro wins", words, {"model": r_gain}, ylabel="r")
    order = np.argsort(traits["impulsiveness"])
    share = np.array_split(order, 10)
    curves = {"one goal": [one[s].mean() for s in share], "micro wins": [micro[s].mean() for s in share]}
    labels: Labels = {"xlabel": "tenth of the population by ln k", "ylabel": "procrastination index"}
    study.draw("Worked example: by impulsiveness", np.arange(10) + 1, curves, **labels)


def _people(settings: Settings, rng: np.random.Generator) -> dict[str, Floats]:
    """Traits (n_agents,) by name.

    ln k as in 84 students (mean −4.69, SD 1.35 per day, clipped to their range), over a task whose 60 steps
    stand for 110 days.
    """
    n = settings.n_agents
    return {
        "impulsiveness": np.clip(rng.normal(-4.69, 1.35, n), -7.87, -1.39) + np.log(110 / 60),
        "aversiveness": settings.spread * rng.standard_normal(n),
        "efficacy": rng.beta(6.0, 1.5, n),
        "BAS (assumed)": rng.standard_normal(n),
    }


def _solve(settings: Settings, traits: dict[str, Floats], n_goals: int, shape: str) -> dict[str, Any]:
    """What each person does at every β, (n_agents, n_temperatures) each, and what micro wins do to each.

    What is believed of the chance of success is what is true: the task of each person has their own chance, effort
    and reward.
    """
    names = ("index", "late", "undone", "class")
    beta = np.array(settings.temperatures)
    found: dict[str, list[Any]] = {name: [] for name in names}
    gain = np.exp(settings.bas_weight * traits["BAS (assumed)"])
    cost, chance = np.exp(traits["aversiveness"]), np.maximum(traits["efficacy"], 0.05)
    for i, rate in enumerate(2 * np.exp(traits["impulsiveness"])):
        rules: Any = {"n_units": 8, "deadline": 30, "reward": 45.0 * gain[i]}
        rules |= {"effort": float(cost[i]), "success_probability": float(chance[i])}
        one, task = tasks.micro_wins(1, **rules), tasks.micro_wins(n_goals, **rules)
        worth = Hyperbolic(np.full(len(beta), rate))
        steady = Exponential(worth(8.0) ** (1 / 8))
        planner = Planner(worth if shape == "hyperbolic" else steady, inverse_temperature=beta)
        each = measures.exact(planner, task)
        found["index"].append(each.procrastination_index)
        with np.errstate(invalid="ignore", divide="ignore"):
            found["late"].append(each.delay / (1 - each.undone))
        found["undone"].append(each.undone)
        before = each if n_goals == 1 else measures.exact(planner, one)
        found["class"].append(measures.classify(before, each))
    return {name: np.stack(values) for name, values in found.items()}


def _semester(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """The correlation of ln k with the mean date of work, as students come to differ in more and more respects."""
    for_traits, for_choices = rng.spawn(2)
    n = settings.n_students
    log_k = np.clip(for_traits.normal(-4.69, 1.35, n), -7.87, -1.39)
    drawn = for_traits.standard_normal((3, n))
    start = for_traits.integers(0, settings.latest_start + 1, n)
    ladder = [_SOURCES[:i] for i in range(len(_SOURCES) + 1)]
    for sources in (*ladder, *((name,) for name in _SOURCES[1:])):
        date, complete = _dates(settings, log_k, drawn, start, sources, for_choices)
        r, low, high = _mean_correlation(log_k, date)
        where: dict[str, Any] = {"differ_in": " and ".join(("ln k", *sources)), "n_sources": len(sources)}
        numbers: dict[str, Any] = {
            "r": r,
            "low": low,
            "high": high,
            "mean date": np.nanmean(date),
            "SD of date": np.nanstd(date),
        }
        study.add({**numbers, "complete": complete}, part="semester", **where)
    everything: dict[str, Any] = {"differ_in": "all and ln k measured with error", "n_sources": len(_SOURCES) + 1}
    shrunk = np.sqrt(settings.reliability)
    last = [study.value(name, part="semester", n_sources=len(_SOURCES)) for name in ("r", "low", "high")]
    study.add(dict(zip(("r", "low", "high"), (shrunk * x for x in last), strict=True)), part="semester", **everything)
    levels = range(len(_SOURCES) + 2)
    own = [row for row in study.rows if row.get("part") == "semester" and row["quantity"] == "r"]
    steps = [next(row for row in own if row["n_sources"] == i)["differ_in"] for i in levels]
    mean, below, above = (
        np.array([study.value(name, part="semester", differ_in=each) for each in steps])
        for name in ("r", "low", "high")
    )
    words = ["ln k", "+ effort", "+ value", "+ noise", "+ start", "+ error"]
    study.draw(
        "Students: ln k and mean date of work (line: people)",
        words,
        {"r": mean},
        ylabel="r (95 %)",
        reference=_STUDENTS,
        band={"r": np.array([below, above])},
    )


def _dates(
    settings: Settings,
    log_k: Floats,
    drawn: Floats,
    start: Any,
    sources: tuple[str, ...],
    rng: np.random.Generator,
) -> tuple[Floats, float]:
    """Mean date of work (n_students, n_semesters) in days, NaN where not all was done; and the share who did all."""
    spreads = (settings.effort_spread, settings.value_spread, settings.noise_spread)
    effort, value, beta = (
        np.exp(spread * z) if name in sources else np.ones(len(z))
        for name, spread, z in zip(_SOURCES[:3], spreads, drawn, strict=True)
    )
    first = start if "start date" in sources else np.zeros_like(start)
    date = np.full((len(log_k), settings.n_semesters), np.nan)
    for i, rate in enumerate(np.exp(log_k)):
        days = int(_DAYS - first[i])
        task = tasks.monolithic(
            n_units=_HALF_HOURS,
            deadline=days,
            reward=90.0 * value[i],
            effort=float(effort[i]),
            distraction=3.0,
            start_cost=0.0,
            pay="deadline",
        )
        planner = Planner(Hyperbolic(float(rate)), inverse_temperature=float(beta[i]))
        history = simulate.run(planner, task, n_agents=settings.n_semesters, rng=rng)
        whole = measures.undone(history)[:, 0] == 0
        # A unit done in the first step counts to day 0, as in the study.
        date[i, whole] = first[i] + days * measures.delay(history)[whole, 0] - 1
    return date, float(np.isfinite(date).mean())


def _mean_correlation(x: Floats, dates: Floats, n_resamples: int = 400) -> tuple[float, float, float]:
    """The correlation of x with dates (n, n_semesters), its mean over semesters, and a bootstrap interval over people.

    Dates that are NaN are left out, as people who had not done everything were.
    """

    def mean(rows: Any) -> float:
        columns = [(x[rows], dates[rows, j]) for j in range(dates.shape[1])]
        return float(np.mean([correlation(a[np.isfinite(b)], b[np.isfinite(b)]) for a, b in columns]))

    rng = np.random.default_rng(0)
    again = [mean(rng.integers(0, len(x), len(x))) for _ in range(n_resamples)]
    low, high = np.quantile(again, [0.025, 0.975])
    return mean(np.arange(len(x))), float(low), float(high)


def _receptors(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """What learners choose by density of D1 and D2 receptors: an effortful large reward against a small free one."""
    task = _barrier()
    densities = np.array([0.7, 0.85, 1.0, 1.15, 1.3])
    curves = {}
    for kind in ("d1", "d2"):
        for density in densities:
            agent = mechanisms.Opponency(
                QLearner(learning_rate=0.2, discount=0.0, inverse_temperature=1.0), **{f"{kind}_density": density}
            )
            history = simulate.run(
                agent, task, n_agents=settings.n_learners, n_trials=settings.n_trials, rng=rng.integers(2**63)
            )
            assert history.trials is not None
            # The large reward is 4, the small one 2.
            late = history.trials.reward[:, -settings.n_trials // 4 :].mean()
            chosen = {"share effortful": (late - 2) / 2}
            study.add(chosen, part="receptors", receptor=kind.upper(), density=float(density))
        curves[f"{kind.upper()} receptors"] = study.values("share effortful", receptor=kind.upper())
    labels: Labels = {"xlabel": "density relative to normal", "ylabel": "share of effortful choices"}
    study.draw("Receptors at choice", densities, curves, **labels)


def _barrier() -> tasks.TableTask:
    """A choice between four pellets behind a barrier (effort 2) and two that are free."""
    tables = tasks.Tables(
        next_state=np.zeros((1, 1, 2), dtype=np.int64),
        outcome_probability=np.ones((1, 1, 1)),
        reward=np.array([[[4.0, 2.0]]]),
        effort=np.array([[[2.0, 0.0]]]),
        terminated=np.ones((1, 1, 1), dtype=bool),
        available=np.ones((1, 2), dtype=bool),
    )
    return tasks.TableTask(tables, n_steps=1)


def _say(study: Study[Settings], names: list[str]) -> None:
    r = {name: study.value("r with index", part="correlations", trait=name) for name in names}
    right = all(np.sign(r[name]) == np.sign(_PEOPLE[name]) and abs(r[name]) >= 0.1 for name in _PEOPLE)
    study.add({"signs reproduced": right}, part="correlations")
    beta = study.settings.temperatures[0]
    study.say(
        f"Worked example (hyperbolic, β = {beta:g}): with the index correlate "
        + ", ".join(f"{name} r = {r[name]:+.2f} (people {_PEOPLE[name]:+.2f})" for name in _PEOPLE)
        + ": "
        + ("the published signs, each above .1. " if right else "not all with the published sign and above .1. ")
        + "Built in: efficacy is the true chance of success, so that who has less of it needs more time; what people "
        "believe of themselves is not varied here."
    )
    _say_family(study, names)
    _say_semester(study)
    gains = {name: study.value("r with gain", part="correlations", trait=name) for name in names}
    strongest = max(gains, key=lambda name: abs(gains[name]))
    shares = ", ".join(
        f"{name} {percent(study.value('share', part='population', effect=name))} "
        f"({100 * study.value('low', part='population', effect=name):.0f} to "
        f"{percent(study.value('high', part='population', effect=name))})"
        for name in measures.CLASSES
    )
    study.say(
        f"Worked example: what micro wins gain goes most with {strongest} (r = {gains[strongest]:+.2f}). Of this "
        f"population (welfare undiscounted; 95 % intervals over people): {shares}. `micro_wins` varies the tasks and "
        "not the people, so that its shares differ."
    )
    bas = "BAS (assumed)"
    study.say(
        f"Built in: a BAS score correlates with the index by r = {r[bas]:+.2f} and with the gain by r = "
        f"{gains[bas]:+.2f} because the model is told that it scales reward: an assumption, not a finding."
    )
    low, high = (study.value("share effortful", receptor="D1", density=d) for d in (0.7, 1.3))
    few, many = (study.value("share effortful", receptor="D2", density=d) for d in (0.7, 1.3))
    opposite = (high - low) * (many - few) < 0
    study.say(
        f"More D1 receptors take effortful choices from {low:.2f} to {high:.2f}, more D2 receptors from {few:.2f} to "
        f"{many:.2f}: " + ("so 'receptor density' alone predicts nothing." if opposite else "both act alike here.")
    )


def _say_family(study: Study[Settings], names: list[str]) -> None:
    """In what share of β and shapes the signs come out, and what becomes of them where work is done."""
    found = {name: study.value(name, finding="published signs") for name in ("share", "low", "high", "settings")}
    turned = next(str(row["turned_by"]) for row in study.rows if row.get("finding") == "published signs")
    factor = {"inverse_temperature": "; it varies most with β", "shape": "; it varies most with the shape"}
    word = factor.get(turned, "")
    text = []
    for name in _PEOPLE:
        index, late, undone = (
            study.values(what, part="family", trait=name)
            for what in ("r with index", "r with date of work done", "r with undone")
        )
        text.append(
            f"{name} {index.min():+.2f} to {index.max():+.2f} (date of work that is done {late.min():+.2f} to "
            f"{late.max():+.2f}, work left undone {undone.min():+.2f} to {undone.max():+.2f})"
        )
    study.say(
        f"Over β and two shapes of discounting matched at D(N), all three published signs come out above .1 in "
        f"{percent(found['share'])} of {found['settings']:.0f} settings ({100 * found['low']:.0f} to "
        f"{percent(found['high'])}{word}). r with the index ranges over: {'; '.join(text)}."
    )


def _say_semester(study: Study[Settings]) -> None:
    """How far other differences bring the correlation of ln k and the mean date of work down."""
    steps = {i: study.values("r", part="semester", n_sources=i)[0] for i in range(len(_SOURCES) + 2)}
    last = len(_SOURCES) + 1
    low, high = (study.value(name, part="semester", n_sources=last) for name in ("low", "high"))
    alone = {name: study.value("r", part="semester", differ_in=f"ln k and {name}") for name in _SOURCES}
    by = ", ".join(f"{name} {alone[name]:+.2f}" for name in _SOURCES)
    reached = _STUDENTS_LOW <= steps[last] <= _STUDENTS_HIGH
    study.say(
        f"Students who differ in ln k alone: r of ln k with the mean date of work is {steps[0]:+.2f} (people "
        f"{_STUDENTS:+.2f}, 95 % {_STUDENTS_LOW:.2f} to {_STUDENTS_HIGH:.2f}). If they differ in effort, value of the "
        f"reward, noise of choice and start date as well, it is {steps[last - 1]:+.2f}; with ln k measured at a "
        f"reliability of {study.settings.reliability:g}, {steps[last]:+.2f} ({low:.2f} to {high:.2f}): "
        + ("within people's interval" if reached else "still outside people's interval")
        + f". With one more difference alone: {by}. The sizes of these differences are assumptions; that "
        "discounting is one cause among several is what they show. Only students who did everything count, as in the "
        "study."
    )


def __dir__() -> list[str]:
    return __all__
