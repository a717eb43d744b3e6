"""Choice error of the chosen option: the response to a pair of options is that to the chosen one alone."""

import itertools
from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5
_CHANCES = (0.25, 0.5, 0.75, 1.0)


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return cues of four reward probabilities, one at a time and in pairs, of which one is chosen by matching."""
    kinds: dict[str, Trial] = {"uncued": Trial({}, {_REWARD: 1.0}, learning=False)}
    order = []
    for chance in np.repeat(_CHANCES, 250).tolist():
        order.append(_add(kinds, (chance,), chance, bool(rng.random() < chance)))
    for pair in list(itertools.combinations(_CHANCES, 2)) * 150:
        chosen = pair[int(rng.random() < pair[1] / sum(pair))]
        order.append(_add(kinds, pair, chosen, bool(rng.random() < chosen)))
    order = [*rng.permutation(order).tolist(), "uncued"]
    gap = rng.exponential(10.0, len(order))
    return {"main": schedules.sequence(kinds, order, duration=2.5, gap=gap).renamed(_without_outcomes(kinds))}


def _add(kinds: dict[str, Trial], options: tuple[float, ...], chosen: float, paid: bool) -> str:
    """Add a type of trial, if it is new, and return its name."""
    name = f"{_name(options, chosen)} {'+' if paid else '-'}"
    cues = {f"p {option:g}": (_CUE, _REWARD if option == chosen else _CUE + 0.3) for option in options}
    choice = (_CUE, f"p {chosen:g}", tuple(cues)) if len(options) > 1 else None
    kinds.setdefault(name, Trial(cues, {_REWARD: 1.0} if paid else {}, due=_REWARD, choice=choice))
    return name


def _name(options: tuple[float, ...], chosen: float) -> str:
    return f"{' or '.join(f'{option:g}' for option in options)}, {chosen:g}"


def _without_outcomes(kinds: Mapping[str, Trial]) -> dict[str, str]:
    """Names of types of trial that do not say whether there was a reward."""
    return {name: name.rstrip("+- ") for name in kinds}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return how far the response to a pair lies at most from that to the chosen one alone, in units."""
    main = readings["main"]
    alone = {chance: main.response(_CUE, _name((chance,), chance), part="last") for chance in _CHANCES}
    apart = [
        abs(main.response(_CUE, _name(pair, chosen), part="last") - alone[chosen])
        for pair in itertools.combinations(_CHANCES, 2)
        for chosen in pair
        if _name(pair, chosen) in main.schedule.kinds
    ]
    return {"from the chosen": float(np.max(apart)) / main.unit}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["from the chosen"] < 0.1


FINDING = Finding(
    id="E03",
    title="Choice-time error reflects the chosen action (SARSA)",
    paper="Morris 2006",
    published="Response at pair onset equals that to the chosen cue alone",
    criterion="|D(pair,chosen a)-D(a)|<0.1U for both a",
    passes="SARSA",
    fails="Q-max, V(s)",
    expected_to_pass=("SARSA",),
    expected_to_fail=("Q-learning", "state value at choice"),
    status="abstract of a talk verified: bordeaux-neurocampus page; numbers from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="from the chosen",
)
