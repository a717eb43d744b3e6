"""Block inference: on the second trial of a block the error is not monotone in the size of its reward."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import rank_correlation

_CUE, _REWARD = 0.5, 1.5
_USUAL, _RARE = (1.0, 10.0), (2.0, 4.0, 6.0, 8.0)
_SIZES = (1.0, 2.0, 4.0, 6.0, 8.0, 10.0)


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return blocks of five trials with a small or a large reward, and rare blocks with sizes between."""
    kinds = {
        f"{size:g}, trial {i}": Trial({"A": (_CUE, _REWARD)}, {_REWARD: size}) for size in _SIZES for i in range(5)
    }
    blocks = rng.choice(_USUAL, 600)
    rare = rng.choice(np.arange(60, 600), 120, replace=False)
    blocks[rare] = rng.permutation(np.repeat(_RARE, 30))
    order = [f"{size:g}, trial {i}" for size in blocks for i in range(5)]
    return {"main": schedules.sequence(kinds, order, duration=3.0, gap=rng.exponential(8.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    late = len(main.schedule.kind) // 3
    first, second = ([_error(main, size, trial, late) for size in _SIZES] for trial in (0, 1))
    spread = np.ptp(second)
    fall = max(second[i] - second[j] for i in range(len(second)) for j in range(i + 1, len(second)))
    return {
        "rank correlation, first trial": rank_correlation(_SIZES, first),
        "largest fall, second trial (of the range)": fall / spread if spread > 0 else 0.0,
    }


def _error(main: Reading, size: float, trial: int, late: int) -> float:
    """Mean error at the reward in the chosen trial of blocks of one size, after the first third of the experiment."""
    chosen = main.schedule.of_kind(f"{size:g}, trial {trial}")
    chosen[:late] = False
    return float(main.learned.delta[:, chosen, main.schedule.step_of(_REWARD)].mean())


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    monotone = x["rank correlation, first trial"] >= 1 - 1e-9
    return monotone and x["largest fall, second trial (of the range)"] > 0.05


FINDING = Finding(
    id="A14",
    title="Block inference: non-monotonic reward response",
    paper="Babayan, Uchida & Gershman 2018",
    published="Trial 1 monotone; trial 2 non-monotone in size",
    criterion="trial 1 Spearman=1; trial 2: exists r1<r2 with D(r1)>D(r2)+0.05*range",
    passes="belief TD over block identity",
    fails="TD with single cached value, RW",
    expected_to_pass=("belief state",),
    expected_to_fail=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
    ),
    status="verified: abstract (bioseek), Fig. 4 caption; block sizes from mobeets/value-rnn-beliefs",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="largest fall, second trial (of the range)",
)
