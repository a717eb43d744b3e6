"""Solves both arms for every person, and lets students and learners choose."""

import numpy as np

from rpe import measures
from rpe._checks import Seed, generator
from rpe.experiments.individual_differences.population import correlate, describe_example, draw_people, solve
from rpe.experiments.individual_differences.receptors import choose_by_receptors
from rpe.experiments.individual_differences.semester import say_semester, spend_semester
from rpe.experiments.individual_differences.settings import PEOPLE, Settings
from rpe.experiments.specifications import percent
from rpe.experiments.study import Study


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve both arms exactly for every person; then let students spend a semester, and learners choose.

    The worked example is hyperbolic with the first β.
    """
    study = Study(settings)
    for_people, for_receptors, for_students = generator(rng).spawn(3)
    traits = draw_people(settings, for_people)
    solved = {shape: solve(settings, traits, shape) for shape in ("hyperbolic", "exponential")}
    correlate(study, settings, traits, solved)
    describe_example(study, traits, solved["hyperbolic"])
    spend_semester(study, settings, for_students)
    choose_by_receptors(study, settings, for_receptors)
    _say(study, list(traits))
    return study


def _say(study: Study[Settings], names: list[str]) -> None:
    r = {name: study.value("r with index", part="correlations", trait=name) for name in names}
    right = all(np.sign(r[name]) == np.sign(PEOPLE[name]) and abs(r[name]) >= 0.1 for name in PEOPLE)
    study.add({"signs reproduced": right}, part="correlations")
    beta = study.settings.temperatures[0]
    study.say(
        f"Worked example (hyperbolic, β = {beta:g}): with the index correlate "
        + ", ".join(f"{name} r = {r[name]:+.2f} (people {PEOPLE[name]:+.2f})" for name in PEOPLE)
        + ": "
        + ("the published signs, each above .1. " if right else "not all with the published sign and above .1. ")
        + "Built in: efficacy is the true chance of success, so that who has less of it needs more time; what people "
        "believe of themselves is not varied here."
    )
    _say_family(study, names)
    say_semester(study)
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
    for name in PEOPLE:
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
