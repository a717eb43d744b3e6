"""Choice error of the best option: the response at a free choice is that to the better one, whatever is chosen."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _SMALL, _BIG, _SHORT = 0.5, 1.0, 2.0, 0.5
_LONG = (1.0, 3.0, 5.0, 7.0)
_BETTER = {"delay": "short", "size": "big"}
_WORSE = {"delay": "long", "size": "small"}


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return forced trials of a short or a long delay, and of a big or a small reward, and free choices of each two.

    Rewards are boli; the worse option is taken in 30 % of the free choices.
    """
    kinds: dict[str, Trial] = {"uncued": Trial({}, {_CUE + _SHORT: 1.0}, learning=False)}
    order = []
    for block, better in _BETTER.items():
        for _ in range(250):
            order += [_add(kinds, block, better, False, rng), _add(kinds, block, _WORSE[block], False, rng)]
            taken = _WORSE[block] if rng.random() < 0.3 else better
            order.append(_add(kinds, block, taken, True, rng))
    order = [*rng.permutation(order).tolist(), "uncued"]
    names = {name: name.partition(";")[0] for name in kinds}
    gap = rng.exponential(10.0, len(order))
    return {"main": schedules.sequence(kinds, order, duration=8.0, gap=gap).renamed(names)}


def _add(kinds: dict[str, Trial], block: str, taken: str, free: bool, rng: np.random.Generator) -> str:
    """Add a type of trial, if it is new, and return its name."""
    delay = float(rng.choice(_LONG)) if taken == "long" else _SHORT
    name = f"{'free' if free else 'forced'} {taken}; {delay:g} s"
    options = (_BETTER[block], _WORSE[block]) if free else (taken,)
    cues = dict.fromkeys(options, (_CUE, _CUE + _SHORT))
    reward = {_CUE + delay: _BIG if taken == "big" else _SMALL}
    kinds.setdefault(name, Trial(cues, reward, choice=(_CUE, taken, options) if free else None))
    return name


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return how far the response to a free choice of the worse lies from that to the better alone, in units."""
    main = readings["main"]
    apart = [
        abs(
            main.response(_CUE, f"free {_WORSE[block]}", part="last")
            - main.response(_CUE, f"forced {better}", part="last")
        )
        for block, better in _BETTER.items()
    ]
    return {"from the best, worse chosen": float(np.max(apart)) / main.unit}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["from the best, worse chosen"] < 0.1


FINDING = Finding(
    id="E04",
    title="Choice-time error reflects the best option (Q)",
    paper="Roesch, Calu & Schoenbaum 2007",
    published="Response at free-choice odour equals the better option whatever is chosen",
    criterion="|D(choice)-D(best)|<0.1U even when worse is chosen",
    passes="Q-learning",
    fails="SARSA",
    expected_to_pass=("Q-learning",),
    expected_to_fail=("SARSA",),
    status="from memory; conflicts with E03 by design",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="from the best, worse chosen",
)
