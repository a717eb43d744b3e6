"""Choice error of the chosen option: the response to a pair of options is that to the chosen one alone."""

import numpy as np

from rpe.scorecard.finding import Finding
from rpe.theories import Theory
from rpe.theories.protocol import Choosing

CHANCES = (0.25, 0.5, 0.75, 1.0)


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return how far the response to a pair lies from that to the chosen one, and to the best one, alone."""
    if not isinstance(theory, Choosing):
        return {"from the chosen": np.nan, "from the best, worse chosen": np.nan}
    chosen, best = [], []
    for first in CHANCES:
        for second in CHANCES:
            if first != second:
                pair = theory.choice_error([first, second], 0)
                chosen.append(abs(pair - theory.choice_error([first], 0)))
                if first < second:
                    best.append(abs(pair - theory.choice_error([second], 0)))
    return {"from the chosen": max(chosen), "from the best, worse chosen": max(best)}


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
    expected_to_fail=("Q-learning",),
    status="abstract of a talk verified: bordeaux-neurocampus page; numbers from memory",
    holds=holds,
    effect="from the chosen",
    ask=ask,
)
