"""The cue shift: when the error of temporal-difference learning moves to the cue, and what a surprise does."""

from itertools import product
from typing import Any

import numpy as np

from rpe import features, schedules, td
from rpe._checks import Floats
from rpe.demos.live.looks import INK, MICRO_WINS, ONE_GOAL, axis, chart, rule
from rpe.demos.live.page import Dataset, LivePage, Slider

_CUE, _DUE, _END, _DT = 0.5, 1.5, 2.5, 0.1
_REPETITIONS = (1, 2, 3, 5, 10, 20, 50, 100, 200)
_RATES = (0.01, 0.03, 0.1, 0.2, 0.3)
_DECAYS = (0.0, 0.5, 0.9, 1.0)
_DISCOUNT = 0.98
_STAYS = (_CUE, _DUE)
_NEXT = {
    "the reward comes as usual": schedules.Trial({"A": _STAYS}, {_DUE: 1.0}),
    "the reward is left out": schedules.Trial({"A": _STAYS}, due=_DUE),
    "the reward comes early": schedules.Trial({"A": (_CUE, 1.0)}, {1.0: 1.0}, due=_DUE),
    "the reward comes late": schedules.Trial({"A": _STAYS}, {2.0: 1.0}, due=_DUE),
    "a reward without the cue": schedules.Trial({}, {_DUE: 1.0}),
    "blocking: a second cue, added for 40 trials, alone": schedules.Trial({"X": _STAYS}, due=_DUE),
}
_FEATURES = {
    "one state for each moment since the cue": features.complete_serial_compound,
    "microstimuli: blurred time": features.microstimuli,
    "only whether the cue is on": features.presence,
}


def page() -> LivePage:
    """Return the page of the cue shift."""
    errors = np.stack(
        [[[_errors(code, n, probe) for probe in _NEXT] for n in _REPETITIONS] for code in _FEATURES.values()]
    )
    # (features, repetitions, next, rates × decays, steps) with the sliders' order last but steps.
    grid = errors.reshape(*errors.shape[:3], len(_RATES), len(_DECAYS), -1)
    over = ("code", "n", "next", "learning_rate", "trace_decay")
    times = np.arange(grid.shape[-1]) * _DT
    return LivePage(
        key="cue-shift",
        title="The cue shift",
        question="When does a dopamine-like error leave the reward for the cue, and what does a surprise do then?",
        about=(
            "The prediction error δ = r + γV′ − V of temporal-difference learning, TD(λ), with γ = 0.98 per 0.1 s. "
            "An error above 0 is “better than expected”. A cue at 0.5 s announces a reward of 1 at 1.5 s. "
            "Whether the reward loses its error, and how, depends on how time is represented. Where features overlap, "
            "α is divided by their greatest product with the trace, so that it stays the share of an error that is "
            "learned. "
            "Sutton & Barto (1990); Schultz, Dayan & Montague (1997), doi:10.1126/science.275.5306.1593; "
            "Ludvig, Sutton & Kehoe (2008), doi:10.1162/neco.2008.11-07-654."
        ),
        sliders=(
            Slider("n", "trials so far", _REPETITIONS, 50, "trials", plays=True),
            Slider("next", "in the next trial", tuple(_NEXT), next(iter(_NEXT))),
            Slider("code", "what the learner sees", tuple(_FEATURES), next(iter(_FEATURES))),
            Slider("learning_rate", "learning rate α", _RATES, 0.1, "of an error is learned"),
            Slider("trace_decay", "trace decay λ", _DECAYS, 0.9, "per step of 0.1 s"),
        ),
        presets={
            "First trial": {"n": 1},
            "Reward left out": {"n": 200, "next": "the reward is left out"},
            "Reward early": {"n": 200, "next": "the reward comes early"},
            "Blocking": {"n": 200, "next": list(_NEXT)[-1]},
        },
        charts={"Prediction error over the next trial": _chart()},
        datasets={"curve": Dataset(over, {"time": times.round(3)}, {"error": grid})},
        sentences=_sentences(grid),
        told_by=over,
    )


def _errors(code: Any, n: int, probe: str) -> Floats:
    """Errors of the trial after n trials, (n_settings, n_steps), for every learning rate and trace decay."""
    usual = schedules.Trial({"A": _STAYS}, {_DUE: 1.0})
    both = schedules.Trial({"A": _STAYS, "X": _STAYS}, {_DUE: 1.0})
    middle = ["both"] * 40 if probe.startswith("blocking") else []
    kinds = {"usual": usual, "both": both, "probe": _NEXT[probe]}
    schedule = schedules.sequence(kinds, ["usual"] * n + middle + ["probe"], dt=_DT, duration=_END)
    rates, decays = (np.array(each).ravel() for each in zip(*product(_RATES, _DECAYS), strict=True))
    seen = code(schedule)
    rates = rates / np.repeat([[_overlap(seen, decay) for decay in _DECAYS]], len(_RATES), axis=0).ravel()
    learned = td.learn(seen, schedule.reward, learning_rate=rates, discount=_DISCOUNT, trace_decay=decays, record="all")
    return np.asarray(learned.delta[:, -1])


def _overlap(seen: Floats, decay: float) -> float:
    """Greatest product of features and eligibility trace, at least 1.

    A step of α over this product corrects at most the share α of an error, however broad the features are.
    """
    trace, most = np.zeros_like(seen[:, 0]), 1.0
    for now in np.moveaxis(seen, 1, 0):
        trace = _DISCOUNT * decay * trace + now
        most = max(most, float((trace * now).sum(axis=-1).max()))
    return most


def _sentences(grid: Floats) -> Any:
    texts = np.empty(grid.shape[:-1], dtype=object)
    probes, cue, due = list(_NEXT), round(_CUE / _DT), round(_DUE / _DT)
    for at in np.ndindex(texts.shape):
        error, probe = grid[at], probes[at[2]]
        parts = []
        if "without the cue" not in probe:
            which = "added cue" if probe.startswith("blocking") else "cue"
            parts.append(f"{_number(error[cue])} at the {which}")
        moment = {"the reward comes early": 1.0, "the reward comes late": 2.0}.get(probe)
        if moment:
            parts.append(f"{_number(error[round(moment / _DT)])} when the reward comes")
        name = "the reward" if probe in (probes[0], probes[4]) else "the time the reward is due"
        parts.append(f"{_number(error[due])} at {name}")
        texts[at] = f"After {_counted(_REPETITIONS[at[1]])} the error is {_listed(parts)}."
    return texts.astype(str)


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _counted(n: int) -> str:
    return "one trial" if n == 1 else f"{n} trials"


def _number(value: float) -> str:
    text = f"{value:+.2f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def _chart() -> dict[str, Any]:
    x = axis("time", "time in the trial (s)", 0, _END - _DT)
    y = axis("error", "prediction error δ (reward units)", -1.1, 1.1)
    line = {"type": "line", "color": INK, "strokeWidth": 2.5, "interpolate": "linear"}
    return chart(
        [
            *rule(_CUE, label="cue"),
            *rule(_DUE, label="reward due"),
            *rule(0.0, "y"),
            {"data": {"name": "curve"}, "mark": line, "encoding": {"x": x, "y": y}},
            {
                "data": {"name": "curve"},
                "mark": {"type": "point", "filled": True, "size": 40},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": {"condition": {"test": "datum.error < 0", "value": ONE_GOAL}, "value": MICRO_WINS},
                },
            },
        ]
    )
