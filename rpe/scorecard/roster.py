"""The theories that are scored, each with its declared defaults, and what theory leads one to expect of them."""

from collections.abc import Callable
from typing import Any

from rpe import theories as kinds


def roster() -> dict[str, Callable[[], Any]]:
    """Return what makes each theory of the roster, by its name on the scorecard.

    Examples
    --------
    >>> list(roster())[:2]
    ['Rescorla-Wagner', 'TD(0)']
    """
    return {
        "Rescorla-Wagner": kinds.RescorlaWagner,
        "TD(0)": lambda: kinds.TD(trace_decay=0.0),
        "TD(0.9)": lambda: kinds.TD(trace_decay=0.9),
        "TD(0), ends at reward": lambda: kinds.TD(trace_decay=0.0, ends_at_reward=True),
        "TD, presence": lambda: kinds.TD(features="presence"),
        "TD, microstimuli": lambda: kinds.TD(features="microstimuli"),
        "TD, microstimuli, no floor": lambda: kinds.TD(features="microstimuli", value_floor=None),
        "TD(0), rectified": lambda: kinds.Response(kinds.TD(trace_decay=0.0), negative_gain=1 / 6),
        "TD(0), saturating": lambda: kinds.Response(kinds.TD(trace_decay=0.0), saturation=1.0),
        "belief state": kinds.BeliefTD,
        "semi-Markov": kinds.SemiMarkovTD,
        "average reward": kinds.AverageRewardTD,
        "value decay": kinds.ValueDecayTD,
        "feedback uncertainty": kinds.FeedbackUncertaintyTD,
        "Pearce-Hall": kinds.PearceHall,
        "Kalman TD": kinds.KalmanTD,
        "distributional": kinds.DistributionalTD,
        "multi-timescale": kinds.MultiTimescaleTD,
        "payoff-cost": kinds.PayoffCost,
        "Redish": kinds.Redish,
        "salience": kinds.Salience,
        "value code": kinds.ValueCode,
        "successor": kinds.SuccessorTD,
        "successor, sum": lambda: kinds.SuccessorTD(signal="sum"),
        "OpAL": kinds.OpAL,
        "OpAL*": kinds.OpALStar,
        "incentive salience": kinds.IncentiveSalience,
        "incentive salience, additive": lambda: kinds.IncentiveSalience(rule="additive"),
        "ANCCR": kinds.ANCCR,
        "hierarchical": kinds.Hierarchical,
        "release kinetics": kinds.ReleaseKinetics,
        "linear release": kinds.LinearRelease,
    }


def theories() -> tuple[str, ...]:
    """Return the names of the roster.

    Examples
    --------
    >>> "TD(0)" in theories()
    True
    """
    return tuple(roster())


def published_sets(theory: Any) -> dict[str, Any]:
    """Return the other published parameters of a theory, by name; none for one that has no `published`.

    For TD only those with the same representation and the same λ, as others are other kinds.

    Examples
    --------
    >>> list(published_sets(kinds.TD(trace_decay=0.0)))
    ['Montague 1996', 'Jeong 2022, serial compound']
    """
    found = dict(theory.published()) if callable(getattr(theory, "published", None)) else {}
    if not isinstance(theory, kinds.TD):
        return found
    return {label: other for label, other in found.items() if _kind(other) == _kind(theory)}


def _kind(theory: kinds.TD) -> list[str]:
    """λ and representation, as the name of a theory states them."""
    return str(theory.name).split(", ")[:2]


_TD = ("TD(0)", "TD(0.9)", "TD(0), ends at reward")
_ALL_TD = (*_TD, "TD, presence", "TD, microstimuli")
_MICRO = ("TD, microstimuli",)
_PASSES: dict[str, tuple[str, ...]] = {
    "A01": (*_ALL_TD, "belief state", "successor", "ANCCR"),
    "A02": (*_TD, "TD, presence", "belief state", "semi-Markov"),
    "A03": ("semi-Markov", "belief state", *_MICRO, "TD(0), ends at reward"),
    "A04": (*_TD, "TD, presence", *_MICRO),
    "A05": (*_ALL_TD, "Rescorla-Wagner", "ANCCR"),
    "A07": ("TD(0), saturating",),
    "A10": (*_TD, "belief state"),
    "A11": ("belief state", *_TD),
    "A12": ("belief state",),
    "A06": ("TD(0), rectified",),
    "A14": ("belief state",),
    "B01": ("Rescorla-Wagner", *_ALL_TD, "Kalman TD"),
    "B02": ("Rescorla-Wagner", *_TD, "TD, presence", "TD, microstimuli, no floor"),
    "B03": ("Rescorla-Wagner", *_ALL_TD, "Kalman TD"),
    "B04": ("TD(0)", "TD(0.9)"),
    "B05": ("successor", "successor, sum"),
    "B06": ("successor", "successor, sum"),
    "B11": ("Rescorla-Wagner", *_ALL_TD, "ANCCR"),
    "B12": ("Rescorla-Wagner", *_ALL_TD, "OpAL"),
    "B15": ("Pearce-Hall", "Kalman TD"),
    "C01": ("TD(0)",),
    "C02": ("TD(0.9)", *_MICRO),
    "C05": ("TD(0), rectified",),
    "C08": ("Rescorla-Wagner", *_ALL_TD),
    "C09": ("Rescorla-Wagner", *_ALL_TD),
    "E01": ("average reward",),
    "E06": ("average reward",),
    "E15": ("hierarchical",),
    "E16": ("TD(0)", "TD(0.9)", "hierarchical"),
    "H01": ("incentive salience, additive",),
    "H02": ("incentive salience",),
    "H03": ("incentive salience", "incentive salience, additive"),
    "H06": ("Redish",),
    "H07": _TD,
    "H11": ("release kinetics",),
    "H13": ("release kinetics",),
}
_FAILS: dict[str, tuple[str, ...]] = {
    "A01": ("Rescorla-Wagner", "salience"),
    "A02": (*_MICRO, "Rescorla-Wagner", "salience"),
    "A03": ("TD(0)", "TD(0.9)", "TD, presence"),
    "A04": ("TD, microstimuli, no floor",),
    "A05": ("salience",),
    "A06": ("TD(0)", "TD(0.9)"),
    "A07": ("TD(0)", "TD(0.9)", "Rescorla-Wagner"),
    "A08": ("Rescorla-Wagner", *_ALL_TD),
    "A09": _TD,
    "A10": ("TD, presence",),
    "A11": ("TD, presence", "Rescorla-Wagner"),
    "A12": (*_TD, *_MICRO),
    "A14": ("Rescorla-Wagner", *_ALL_TD),
    "B02": _MICRO,
    "B04": ("Rescorla-Wagner",),
    "B05": ("Rescorla-Wagner", *_ALL_TD),
    "B06": _ALL_TD,
    "B09": _ALL_TD,
    "B12": ("value code",),
    "B14": ("Rescorla-Wagner", *_ALL_TD),
    "B15": ("Rescorla-Wagner", *_ALL_TD),
    "C01": ("TD(0.9)", "TD, presence", *_MICRO),
    "C02": ("TD(0)",),
    "C05": ("Rescorla-Wagner", "TD(0)", "TD(0.9)"),
    "C08": ("value code", "salience"),
    "C09": ("salience",),
    "E01": _ALL_TD,
    "E06": _ALL_TD,
    "E15": _TD,
    "H01": (*_ALL_TD, "incentive salience"),
    "H06": _ALL_TD,
    "H07": ("Redish",),
    "H11": ("linear release",),
}


def expected(theory: str, row: str) -> str:
    """Return what theory leads one to expect: "PASS", "FAIL", or empty where nothing is said.

    An expectation is no verdict: where the two differ there is something to explain.

    Examples
    --------
    >>> expected("TD(0)", "A01"), expected("Rescorla-Wagner", "A01"), expected("my theory", "A01")
    ('PASS', 'FAIL', '')
    """
    if theory in _PASSES.get(row, ()):
        return "PASS"
    return "FAIL" if theory in _FAILS.get(row, ()) else ""
