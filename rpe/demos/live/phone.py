"""The phone beside the work: how much a distraction pays, and how unpredictably, for learners."""

from itertools import product
from typing import Any

import numpy as np

from rpe import agents, measures, simulate, tasks
from rpe._checks import Floats
from rpe.demos.live.looks import MICRO_WINS, ONE_GOAL, axis, chart, colours, dashes
from rpe.demos.live.page import Dataset, LivePage, Slider

_PAYS = (0.5, 1.0, 2.0, 3.0, 4.0)
_CHANCES = {"always": 1.0, "every second time": 0.5, "one time in ten": 0.1}
_TEMPERATURES = (0.3, 1.0, 3.0)
_RATES = (0.05, 0.2)
_ARMS = {"one goal": ONE_GOAL, "micro wins": MICRO_WINS}
_UNITS, _STEPS, _BUDGET = 6, 18, 30.0
_AGENTS, _TRIALS, _BLOCK, _LAST = 48, 240, 6, 10


def page() -> LivePage:
    """Return the page of the phone."""
    over = ("pay", "chance", "beta", "learning_rate")
    shape = (len(_PAYS), len(_CHANCES), len(_TEMPERATURES), len(_RATES))
    n_blocks = _TRIALS // _BLOCK
    curves, spread = np.empty((*shape, 2 * n_blocks)), np.empty((*shape, 2, 3))
    for (i, pay), (j, chance), (a, n_goals) in product(
        enumerate(_PAYS), enumerate(_CHANCES.values()), enumerate((1, 3))
    ):
        blocks = _delays(pay, chance, n_goals).reshape(len(_TEMPERATURES), len(_RATES), _AGENTS, n_blocks)
        curves[i, j, ..., a * n_blocks : (a + 1) * n_blocks] = blocks.mean(axis=2)
        last = blocks[..., -_LAST:].mean(axis=-1)
        spread[i, j, :, :, a] = np.stack([last.mean(axis=2), *_interval(last)], axis=-1)
    block = (np.arange(n_blocks) + 0.5) * _BLOCK
    return LivePage(
        key="phone",
        title="The phone beside the work",
        question="What takes more of the working time: a phone that pays well, or one that pays by surprise?",
        about=(
            f"Q-learners with eligibility traces (λ = 0.9, γ = 0.95) and a softmax meet a task of {_UNITS} units in "
            f"{_STEPS} steps, {_TRIALS} times. Each step they work (effort 1) or look at the phone, which pays p on "
            f"average: always, or more at a time but seldom. Curves are the mean of {_AGENTS} learners, in blocks of "
            f"{_BLOCK} repetitions; one goal, or three micro wins with the same pay. A planner who knows the "
            "task sees the mean only, so surprise changes nothing for it. "
            "Watkins & Dayan (1992), doi:10.1007/BF00992698."
        ),
        sliders=(
            Slider("pay", "mean pay of a look at the phone", _PAYS, 2.0, "reward units", plays=True),
            Slider("chance", "it pays", tuple(_CHANCES), "always"),
            Slider("beta", "inverse temperature β", _TEMPERATURES, 1.0, "per reward unit"),
            Slider("learning_rate", "learning rate α", _RATES, 0.2, "of an error is learned"),
        ),
        presets={
            "A dull phone": {"pay": 0.5},
            "A rich phone": {"pay": 4.0},
            "The same, by surprise": {"chance": "one time in ten"},
        },
        charts={"Procrastination index as the task is repeated": _chart()},
        datasets={
            "delays": Dataset(
                over, {"repetition": np.tile(block, 2), "arm": np.repeat(list(_ARMS), n_blocks)}, {"index": curves}
            )
        },
        sentences=_sentences(spread),
        told_by=over,
    )


def _delays(pay: float, chance: float, n_goals: int) -> Floats:
    """Procrastination index in each block of repetitions, (n_settings × n_agents, n_blocks)."""
    beta, alpha = (np.ravel(each) for each in np.meshgrid(_TEMPERATURES, _RATES, indexing="ij"))
    learner = agents.QLearner(
        learning_rate=np.repeat(alpha, _AGENTS),
        inverse_temperature=np.repeat(beta, _AGENTS),
        discount=0.95,
        trace_decay=0.9,
    )
    work = tasks.micro_wins(n_goals, distraction=pay, n_units=_UNITS, deadline=_STEPS, reward=_BUDGET)
    task = tasks.variable_distraction(work, chance)
    history = simulate.run(learner, task, n_agents=alpha.size * _AGENTS, n_trials=_TRIALS, rng=0, record=None)
    index = measures.procrastination_index(history)
    return np.asarray(index.reshape(len(index), -1, _BLOCK).mean(axis=-1))


def _interval(values: Floats) -> tuple[Floats, Floats]:
    """95 % intervals of means over agents, the third axis."""
    band = measures.bootstrap(np.moveaxis(values, 2, 0), n_resamples=2000, rng=0)
    return np.asarray(band.low), np.asarray(band.high)


def _sentences(spread: Floats) -> Any:
    texts = np.empty(spread.shape[:-2], dtype=object)
    for at in np.ndindex(texts.shape):
        said = [
            f"{arm} {mean:.2f} (95 % interval {low:.2f} to {high:.2f})"
            for arm, (mean, low, high) in zip(_ARMS, spread[at], strict=True)
        ]
        texts[at] = (
            f"Procrastination index over the last {_LAST * _BLOCK} repetitions, from 0 (all at once) to 1 "
            f"(nothing done): {' and '.join(said)}. {_against_certain(spread, at)}"
        )
    return texts.astype(str)


def _against_certain(spread: Floats, at: tuple[int, ...]) -> str:
    """What the surprise of the phone changes, against the same mean pay for certain."""
    if at[1] == 0:
        return "The phone pays the same each time."
    certain = spread[at[0], 0, at[2], at[3]]
    changed = []
    for arm, here, there in zip(_ARMS, spread[at], certain, strict=True):
        apart = here[1] > there[2] or here[2] < there[1]
        words = ("more delay" if here[0] > there[0] else "less delay") if apart else "no clear difference"
        changed.append(f"{words} with {arm}")
    return f"Against the same mean pay for certain: {', '.join(changed)}."


def _chart() -> dict[str, Any]:
    encoding = {
        "x": axis("repetition", "repetition of the task", 0, _TRIALS),
        "y": axis("index", "procrastination index", 0, 1),
        "color": colours("arm", _ARMS),
        "strokeDash": dashes("arm", list(_ARMS)),
    }
    return chart([{"data": {"name": "delays"}, "mark": {"type": "line", "strokeWidth": 3}, "encoding": encoding}])
