"""A population that differs in traits: which of them goes with delay, and whom micro wins help."""

from typing import Any

import numpy as np

from rpe import measures, tasks
from rpe._checks import Floats
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments import titles
from rpe.experiments.individual_differences.settings import PEOPLE, Settings
from rpe.experiments.intervals import fisher_interval
from rpe.experiments.shares import wilson
from rpe.experiments.specifications import note
from rpe.experiments.study import Labels, Study, correlation


def correlate(study: Study[Settings], settings: Settings, traits: dict[str, Floats], solved: dict[str, Any]) -> None:
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
                signs += [np.sign(PEOPLE[name]) * numbers["r with index"]] if name in PEOPLE else []
            found.append((min(signs), where))
    factors = {name: np.array([where[name] for _, where in found]) for name in ("shape", "inverse_temperature")}
    note(study, "published signs", [size for size, _ in found], factors, null=0.1)


def describe_example(study: Study[Settings], traits: dict[str, Floats], solved: list[dict[str, Any]]) -> None:
    """Correlations and classes of the worked example, and its figures."""
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
    people = [PEOPLE.get(name, np.nan) for name in names]
    words = ["effort" if name == "aversiveness" else "BAS" if name.startswith("BAS") else name for name in names]
    found: dict[str, Any] = {"model": r_index, "people": people}
    bands = {"model": fisher_interval(r_index, n)}
    title = titles.ranked("correlation with delay under one goal", by="for", name="model")
    ends: Labels = {"ylabel": "correlation r (95 % interval)", "limits": (-1.0, 1.0)}
    ends["band"] = bands
    study.draw(title, words, found, **ends)
    bands = {"model": fisher_interval(r_gain, n)}
    title = titles.ranked("correlation with the gain by micro wins", by="for", name="model")
    ends["band"] = bands
    study.draw(title, words, {"model": r_gain}, **ends)
    order = np.argsort(traits["impulsiveness"])
    share = np.array_split(order, 10)
    curves: dict[str, Floats] = {}
    bands = {}
    for arm, index in (("one goal", one), ("micro wins", micro)):
        curves[arm] = np.array([index[s].mean() for s in share])
        half = np.array([1.96 * index[s].std(ddof=1) / np.sqrt(len(s)) for s in share])
        bands[arm] = np.array([curves[arm] - half, curves[arm] + half])
    labels: Labels = {"xlabel": "tenth of the population, by ln k", "ylabel": "procrastination index (95 % interval)"}
    labels["band"] = bands
    study.draw(
        titles.trend("delay with one goal", "impulsiveness", name="one goal"), np.arange(10) + 1, curves, **labels
    )


def draw_people(settings: Settings, rng: np.random.Generator) -> dict[str, Floats]:
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


def solve(settings: Settings, traits: dict[str, Floats], shape: str) -> list[dict[str, Any]]:
    """What each person does at every β with one goal and with five, (n_agents, n_temperatures) each, and its class.

    What is believed of the chance of success is what is true: the task of each person has their own chance, effort
    and reward.
    """
    beta = np.array(settings.temperatures)
    found: list[dict[str, list[Any]]] = [{}, {}]
    gain = np.exp(settings.bas_weight * traits["BAS (assumed)"])
    cost, chance = np.exp(traits["aversiveness"]), np.maximum(traits["efficacy"], 0.05)
    for i, rate in enumerate(2 * np.exp(traits["impulsiveness"])):
        rules: Any = {"n_units": 8, "deadline": 30, "reward": 45.0 * gain[i]}
        rules |= {"effort": float(cost[i]), "success_probability": float(chance[i])}
        one, five = (tasks.micro_wins(n_goals, **rules) for n_goals in (1, 5))
        worth = Hyperbolic(np.full(2 * len(beta), rate))
        steady = Exponential(worth(8.0) ** (1 / 8))
        planner = Planner(worth if shape == "hyperbolic" else steady, inverse_temperature=np.tile(beta, 2))
        both = measures.exact_each(planner, [one] * len(beta) + [five] * len(beta))
        before, after = (both.take(part) for part in np.arange(2 * len(beta)).reshape(2, -1))
        for arm, each in zip(found, (before, after), strict=True):
            with np.errstate(invalid="ignore", divide="ignore"):
                late = each.delay / (1 - each.undone)
            numbers = {"index": each.procrastination_index, "late": late, "undone": each.undone}
            for name, values in {**numbers, "class": measures.classify(before, each)}.items():
                arm.setdefault(name, []).append(values)
    return [{name: np.stack(values) for name, values in arm.items()} for arm in found]
