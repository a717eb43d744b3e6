"""Sub-goals for learning a maze: options to doorways, to corners, and none."""

from itertools import product
from typing import Any

import numpy as np

from rpe import simulate, tasks
from rpe._checks import Floats
from rpe.agents import OptionsLearner
from rpe.experiments import titles
from rpe.experiments.goal_decomposition.settings import Settings
from rpe.experiments.specifications import note, told
from rpe.experiments.study import Study

_LEARNER = ("learning_rate", "inverse_temperature")

_PLACES = {"no sub-goals": None, "doorways": "doorways", "corners": "corners"}


def learn_maze(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Steps to the goal with options to doorways, to corners, and without, by α and β of the learners."""
    cells = list(product(settings.maze_rates, settings.maze_temperatures))
    rate, beta = (np.repeat(level, settings.n_agents) for level in zip(*cells, strict=True))
    learner, curves, steps = OptionsLearner(learning_rate=rate, inverse_temperature=beta), {}, dict[str, Floats]()
    bands = {}
    for name, where in _PLACES.items():
        seed = rng.integers(2**63)
        history = simulate.run(learner, tasks.FourRooms(where), n_trials=settings.n_trials, rng=seed, record=None)
        assert history.trials is not None
        length = history.trials.length.astype(np.float64)
        curves[name], error = length.mean(axis=0), length.std(axis=0) / np.sqrt(len(length))
        bands[name] = np.array([curves[name] - error, curves[name] + error])
        steps[name] = history.trials.length.sum(axis=1).astype(np.float64).reshape(len(cells), -1)
    for name, each in steps.items():
        found: list[tuple[float, float, float]] = []
        for i, (alpha, warmth) in enumerate(cells):
            found.append(_ratio(each[i], steps["no sub-goals"][i]))
            own = dict(zip(("steps ratio", "low", "high"), found[-1], strict=True))
            where_ = {"learning_rate": alpha, "inverse_temperature": warmth}
            study.add(own, part="maze family", sub_goals=name, **where_)
        if name != "no sub-goals":
            _fewer_steps(study, np.array(found), cells, name)
    trials = np.arange(settings.n_trials) + 1
    study.draw(
        titles.ranked("the way through four rooms", by="with"),
        trials,
        curves,
        xlabel="trial",
        ylabel="steps to the goal (± SE)",
        log=True,
        band=bands,
    )


def _fewer_steps(study: Study[Settings], ratios: Floats, cells: list[tuple[float, float]], name: str) -> None:
    """Note where sub-goals save steps, and where they cost some, beyond the interval over learners."""
    _, low, high = ratios.T
    effect = (high < 1) * 1.0 - (low > 1)
    factors = {factor: np.array(column) for factor, column in zip(_LEARNER, zip(*cells, strict=True), strict=True)}
    note(study, "sub-goals save steps", effect, factors, sub_goals=name)
    numbers = {"steps ratio": ratios[:, 0].mean(), "lowest": ratios[:, 0].min(), "highest": ratios[:, 0].max()}
    study.add(numbers, part="maze", sub_goals=name)


def _ratio(a: Any, b: Any, n_resamples: int = 1000) -> tuple[float, float, float]:
    """The ratio of two means, and its bootstrap interval over agents."""
    rng = np.random.default_rng(0)
    means = [x[rng.integers(0, len(x), (n_resamples, len(x)))].mean(axis=1) for x in (a, b)]
    low, high = np.quantile(means[0] / means[1], [0.025, 0.975])
    return float(a.mean() / b.mean()), float(low), float(high)


def say_maze(study: Study[Settings]) -> None:
    """Say where sub-goals save steps, and whether misplaced ones do harm."""
    text, helped, harmed = [], {}, {}
    for name in list(_PLACES)[1:]:
        mean, lowest, highest = (
            study.value(what, part="maze", sub_goals=name) for what in ("steps ratio", "lowest", "highest")
        )
        helped[name], harmed[name] = (
            study.value(what, finding="sub-goals save steps", sub_goals=name) for what in ("share", "reversed")
        )
        text.append(
            f"options to {name} take {mean:.2f} of the steps on average over the family ({lowest:.2f} to "
            f"{highest:.2f}), and save some beyond the 95 % interval in "
            f"{told(study, 'sub-goals save steps', sub_goals=name)}"
        )
    if harmed["corners"] > 0.5:
        verdict = "misplaced sub-goals are worse than none"
    elif helped["corners"] > 0.5:
        verdict = "even misplaced sub-goals do no harm here"
        verdict += ", and well-placed ones help more" if _means(study)[0] < _means(study)[1] else ""
    else:
        verdict = "it is left open whether misplaced sub-goals help"
    study.say(f"In the maze, against learning without sub-goals, {'; '.join(text)}: {verdict}.")


def _means(study: Study[Settings]) -> list[float]:
    return [study.value("steps ratio", part="maze", sub_goals=name) for name in list(_PLACES)[1:]]
