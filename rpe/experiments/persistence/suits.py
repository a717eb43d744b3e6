"""Going on with the suit furthest on: a worked example of each rule, and a family of them."""

from itertools import product
from typing import Any

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats
from rpe.agents import GoalPursuit, Planner
from rpe.agents.goal_pursuit import RULES
from rpe.discounting import Exponential
from rpe.experiments.persistence.settings import (
    AS_PEOPLE,
    NULL_GOALS,
    NULL_SHARE,
    PEOPLE,
    PEOPLE_GOALS,
    PILOT,
    STRENGTHS,
    Settings,
)
from rpe.experiments.specifications import note
from rpe.experiments.study import Study
from rpe.simulate import History


def retrospective_share(history: History) -> Floats:
    """Return how often the suit furthest on is chosen where it is not the dominant one, by strength of dominance.

    Of suits that are equally far on the first counts; steps without any token do not count.

    Parameters
    ----------
    history : History
        Of `ThreeSuits`, with agents recorded in full.

    Returns
    -------
    float array (n_agents, n_strengths)
        The strongest dominance first; NaN where an agent never met such a step.
    """
    task: Any = history.task
    full = history.full
    if full is None or not isinstance(task, tasks.ThreeSuits):
        raise ValueError("history must be of ThreeSuits with agents recorded in full")
    known = task.decode(full.state[..., :-1])
    furthest = known["tokens"].argmax(axis=-1)
    asked = (furthest != known["dominant"]) & (known["tokens"].max(axis=-1) > 0)
    strength = task.chance.max(axis=1)[known["block"]]
    found = []
    for level in sorted(set(task.chance.max(axis=1).tolist()), reverse=True):
        here = asked & (strength == level)
        n = here.sum(axis=(1, 2))
        found.append((here & (full.action == furthest)).sum(axis=(1, 2)) / np.where(n > 0, n, np.nan))
    return np.stack(found, axis=1)


def show_rules(study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator) -> None:
    """Simulate one setting of each rule: how often it goes on with the suit furthest on, and what it earns."""
    for name, agent in PILOT.items():
        seed = rng.integers(2**63)
        history = simulate.run(agent, task, n_agents=settings.n_example, rng=seed, record="all")
        assert history.trials is not None
        band = measures.bootstrap(np.nan_to_num(retrospective_share(history)), rng=0)
        for i, strength in enumerate(STRENGTHS):
            numbers = {"retrospective share": band.mean[i], "low": band.low[i], "high": band.high[i]}
            study.add(numbers, part="example", rule=name, strength=strength)
        goals = measures.bootstrap(history.trials.reward[:, 0] / task.reward, rng=0)
        numbers = {"goals earned": goals.mean, "low": goals.low, "high": goals.high}
        study.add(numbers, part="example", rule=name)
    for strength, number in PEOPLE.items():
        study.add({"retrospective share": number}, part="people", strength=strength)
    study.add({"goals earned": PEOPLE_GOALS}, part="people")
    best = Planner(Exponential(1.0), inverse_temperature=np.inf)
    reward = measures.exact(best, task).reward[0]
    study.add({"goals earned": reward / task.reward}, part="optimum")


def vary_rules(
    study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Every rule with every combination of parameters, all agents of a rule at once."""
    names = ("learning_rate", "inverse_temperature", "discount", "kernel_rate", "leaving")
    levels = (
        settings.learning_rates,
        settings.temperatures,
        settings.discounts,
        settings.kernel_rates,
        settings.leaving,
    )
    rows = []
    for rule in RULES:
        cells = [dict(zip(names, each, strict=True)) for each in product(*levels)]
        if rule == "persistence":
            # What is learned of chances alone has no use for a discount factor.
            cells = [cell for cell in cells if cell["discount"] == settings.discounts[0]]
        columns: Any = {name: np.repeat([cell[name] for cell in cells], settings.n_agents) for name in names}
        agent = GoalPursuit(rule=rule, goal_inverse_temperature=columns["inverse_temperature"], **columns)
        history = simulate.run(agent, task, rng=rng.integers(2**63), record="all")
        assert history.trials is not None
        retro = retrospective_share(history).reshape(len(cells), settings.n_agents, -1)
        goals = (history.trials.reward[:, 0] / task.reward).reshape(len(cells), -1)
        for i, cell in enumerate(cells):
            by_strength = np.nanmean(retro[i], axis=0)
            found = {
                "retrospective share": by_strength.mean(),
                "rise": by_strength[-1] - by_strength[0],
                "goals earned": goals[i].mean(),
            }
            study.add(found, part="family", rule=rule, **cell)
            rows.append({"rule": rule, **cell, **found})
    return rows


def note_findings(study: Study[Settings], rows: list[dict[str, Any]]) -> None:
    """In what share of the family each rule shows what people show."""
    factors = ("learning_rate", "inverse_temperature", "discount", "kernel_rate", "leaving")
    for rule in RULES:
        mine = [row for row in rows if row["rule"] == rule]
        columns = {name: np.array([row[name] for row in mine]) for name in factors}
        known = {name: np.array([row[name] for row in mine]) for name in ("retrospective share", "rise")}
        note(study, "retrospective share rises", known["rise"], columns, null=NULL_SHARE, rule=rule)
        low, high = min(PEOPLE.values()), max(PEOPLE.values())
        within = (known["retrospective share"] >= low) & (known["retrospective share"] <= high)
        note(study, AS_PEOPLE, within * 1.0, columns, rule=rule)
    back, ahead = ([row for row in rows if row["rule"] == rule] for rule in ("momentum", "prospective"))
    more = [two["goals earned"] - one["goals earned"] for one, two in zip(back, ahead, strict=True)]
    columns = {name: np.array([row[name] for row in back]) for name in factors}
    note(study, "looking ahead earns more than momentum", more, columns, null=NULL_GOALS)


def say_example(study: Study[Settings]) -> None:
    """Say what one setting of each rule does, beside people."""
    goals = {rule: study.value("goals earned", part="example", rule=rule) for rule in PILOT}
    best = study.value("goals earned", part="optimum")
    text = []
    for rule in ("momentum", "prospective"):
        by = study.values("retrospective share", part="example", rule=rule)
        text.append(f"{by[0]:.2f}, {by[1]:.2f} and {by[2]:.2f} ({rule})")
    study.say(
        f"Worked example (one setting of each rule): at chances of {', '.join(map(str, STRENGTHS))} the share is "
        f"{' and '.join(text)}; people's is {', '.join(map(str, PEOPLE.values()))}. Goals earned: "
        + ", ".join(f"{number:.1f} ({rule})" for rule, number in goals.items())
        + f"; people {PEOPLE_GOALS:g}, and {best:.1f} for whoever knows the chances and plans."
    )
