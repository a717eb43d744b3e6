"""Readings of the family: which streams, in how many settings dopamine rises, and how much."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.experiments.micro_win_dopamine.family import USUAL
from rpe.experiments.micro_win_dopamine.run import FACTORS, Result
from rpe.experiments.shares import share

# A rise that counts: a share of the tonic level.
LEAST = 0.1
# Greatest firing rate by default, Hz.
CEILING = 40.0
THEORIES = ("TD(0)", "TD(λ)", "value decay", "ANCCR")
TD_ONLY = THEORIES[:2]
CERTAIN: dict[str, Any] = {"sizes": "equal", "probability": 1.0, "control": "none"}


def several(result: Result) -> dict[str, Any]:
    """Factors of the plain stream: certain, equal wins."""
    return {**CERTAIN, "n_wins": result.settings.n_wins}


def uncertain(result: Result) -> dict[str, Any]:
    """Factors of the stream of uncertain wins."""
    return {**several(result), "probability": result.settings.probability}


def rises(result: Result, **where: Any) -> npt.NDArray[np.bool_]:
    """Whether dopamine rises by a tenth of its tonic level or more, in each setting of the family."""
    return np.asarray(result.values("rise_nM", **where) >= LEAST * result.values("tonic_nM", **where))


def share_text(result: Result, holds: npt.NDArray[np.bool_], **where: Any) -> str:
    """How often something holds, with its interval, by theory where theories differ."""
    rows = result.select(**where)
    found = share(holds, {name: rows[name] for name in FACTORS if rows[name].dtype.kind != "f"})
    text = f"{found.holds} of {found.n} settings ({found.low:.0%} to {found.high:.0%})"
    names = [name for name in THEORIES if (rows["theory"] == name).any()]
    each = {name: float(holds[rows["theory"] == name].mean()) for name in names}
    if max(each.values()) - min(each.values()) < LEAST:
        return text
    return f"{text}: {', '.join(f'{name} {part:.0%}' for name, part in each.items())}"


def range_text(values: Floats, unit: str = " nM", digits: int = 0) -> str:
    """The median of a family, and what 90 % of it lie between."""
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{middle:.{digits}f}{unit} (5 to 95 % of settings: {low:.{digits}f} to {high:.{digits}f})"


def either_text(names: list[str]) -> str:
    """Names with "or" between them."""
    return " or ".join(names) if names else "none"


def usual(result: Result, quantity: str, event: str, practice: str, theory: str = "TD(0)", **where: Any) -> float:
    """A quantity at the usual setting of release and the first learning rate and discount, for a picture of sizes."""
    settings = result.settings
    key = {**several(result), **USUAL, "theory": theory, "event": event, "practice": practice, **where}
    key["learning_rate"] = settings.learning_rates[0]
    key["discount"] = settings.discounts[0]
    (found,) = result.values(quantity, **key)
    return float(found)
