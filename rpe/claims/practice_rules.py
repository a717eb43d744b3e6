"""Rules of the claims on practice: in which settings of the experiments each holds."""

import numpy as np

from rpe import measures
from rpe.claims.claim import Facts, Judged, over
from rpe.claims.families import change, unlike

__all__ = ["left", "moving", "spaced", "stacking"]

_NULL = measures.Thresholds().index


def moving(facts: Facts) -> Judged:
    """Whether a new place takes more than half of what pay has left of a ritual."""
    rows = facts.rows(quantity="share lost", change="new place")
    lost = np.asarray(rows["value"], dtype=np.float64)
    return over(lost - 0.5, unlike(rows), float(np.median(lost)), "share of a ritual that a move takes, median")


def stacking(facts: Facts) -> Judged:
    """Whether a ritual after an old one is done more often than one at a set hour, where nothing changed."""
    more, factors = change(facts, "rate, last week", "plan", "after old", "time", part="family", change="nothing")
    return over(more, factors, float(more.mean()), "more of the days with a stacked ritual, mean", null=_NULL)


def spaced(facts: Facts) -> Judged:
    """Whether practice over several days leaves clearly more than as much within one."""
    rows = facts.rows(quantity="clear lead", part="leads")
    lead = np.asarray(rows["value"], dtype=np.float64)
    return over(lead, unlike(rows), float(lead.mean()), "lead of spaced practice, mean", null=_NULL)


def left(facts: Facts) -> Judged:
    """Whether clearly more than half of what practice gained is left after a break."""
    rows = facts.rows(quantity="clear surplus over half", part="left")
    surplus = np.asarray(rows["value"], dtype=np.float64)
    return over(surplus, unlike(rows), float(surplus.mean()), "what is left over half of what was gained, mean")


def __dir__() -> list[str]:
    return __all__
