"""Eligibility traces: how an error is shared among the states and actions that led to it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.td.errors import lambda_errors


class Credit:
    """Credit assignment: each error moves the entries visited in the trial, in proportion to their trace.

    There are three ways, equal wherever two apply. Without a trace an error moves the entry just
    left. In a layered task no entry is visited twice in a trial, so the online algorithm equals
    one backward sweep of λ-errors at its end. Elsewhere every entry has a trace e, and

        e ← e + 1 at the entry (or 1 if replacing),   table ← table + α δ e,   e ← γλ e.

    Parameters
    ----------
    trace_decay : float or array (n_agents,)
        λ in [0, 1].
    layered : bool
        Whether states are layered in time.
    replacing : bool
        Whether a visit sets a trace to 1 instead of adding 1.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., section 12.7.
    """

    def __init__(self, trace_decay: Floats, layered: bool, replacing: bool = False) -> None:
        self.trace_decay, self.layered = trace_decay, layered
        self.mode = "none" if not trace_decay.any() else "sweep" if layered else "dense"
        self.replacing = replacing
        self._visits: list[_Visit] = []
        self._ended: Bools | None = None
        self._sweeps: tuple[Sequence[Floats], Sequence[Floats]] = (), ()
        self._traces: list[Floats] = []

    def clear(self) -> None:
        """Forget the trial: every trace is empty."""
        if self._visits:
            # Of somebody the end of the trial was not seen.
            self._sweep(*self._sweeps)
        for trace in self._traces:
            trace[...] = 0.0

    def assign(
        self,
        delta: Floats,
        discount: Floats,
        keep: Floats | float,
        tables: Sequence[Floats],
        places: Sequence[Ints],
        values: Sequence[Floats],
        rates: Sequence[Floats],
        active: Bools | None,
        ended: Bools | None,
    ) -> None:
        """Share one error per agent, or one per member of a bank and agent: (..., n) is (n,) or (n_members, n).

        Parameters
        ----------
        delta : float array (..., n)
            The error, 0 for agents that are not active.
        discount : float or array that broadcasts to (..., n)
            γ that carries this step's trace on; 0 where the world ended.
        keep : float or array (..., n)
            What to multiply earlier traces by before this visit: 0 cuts them, 1 keeps them.
        tables : sequence of float arrays (..., n_states, n, n_entries)
            Contiguous tables to change in place, each with its learning rate in `rates`.
        places : sequence of int arrays (..., n)
            The flat index of each agent's entry in each table.
        values : sequence of float arrays (..., n)
            What these entries hold.
        rates : sequence of float or array (n,)
            Learning rate α for each table.
        active : bool array (n,) or None
            Agents that learn from this step; None for all. The others' traces stay as they are.
        ended : bool array (n,) or None
            Whose trial ends with this step; only a sweep at the end of the trial needs to know.
        """
        if self.mode == "none":
            for table, place, value, rate in zip(tables, places, values, rates, strict=True):
                table.reshape(-1)[place] = value + rate * delta
        elif self.mode == "sweep":
            assert ended is not None
            self._visits.append(_Visit(places, values, delta, discount, keep, active))
            self._ended = ended if self._ended is None else self._ended | ended
            if self._ended.all():
                self._sweep(tables, rates)
            else:
                self._sweeps = tables, rates
        else:
            self._spread(delta, discount, keep, tables, places, rates, active)

    def _sweep(self, tables: Sequence[Floats], rates: Sequence[Floats]) -> None:
        """Move every visited entry by α G_t, with the λ-errors G_t = δ_t + λ γ_t keep_t₊₁ G_t₊₁."""
        errors = np.stack([visit.delta for visit in self._visits])
        decay = np.zeros_like(errors)
        for row, before, visit in zip(decay[1:], self._visits, self._visits[1:], strict=False):
            np.multiply(self.trace_decay * before.discount, visit.keep, out=row)
        taught = _taught(self._visits)
        if taught is not None:
            # A step that teaches nothing is as if it had not been: later errors pass it by.
            for t, (before, visit) in enumerate(pairwise(self._visits)):
                carried = np.where(taught[t], self.trace_decay * before.discount, 1.0)
                decay[t + 1] = carried * np.where(taught[t + 1], visit.keep, 1.0)
        lambda_errors(errors, decay, out=errors)
        if taught is not None:
            errors *= taught if errors.ndim == 2 else taught[:, None]
        # Backwards, as an agent whose trial is over may rest in a state that it left earlier.
        for visit, error in zip(reversed(self._visits), errors[::-1], strict=True):
            for table, place, value, rate in zip(tables, visit.places, visit.values, rates, strict=True):
                table.reshape(-1)[place] = value + rate * error
        self._visits, self._ended = [], None

    def _spread(
        self,
        delta: Floats,
        discount: Floats,
        keep: Floats | float,
        tables: Sequence[Floats],
        places: Sequence[Ints],
        rates: Sequence[Floats],
        active: Bools | None,
    ) -> None:
        if not self._traces:
            self._traces = [np.zeros_like(table) for table in tables]
        visit: Floats | float = 1.0
        decay = np.broadcast_to(self.trace_decay * discount, delta.shape)
        if active is not None:
            visit, decay = active.astype(np.float64), np.where(active, decay, 1.0)
            keep = np.where(active, keep, 1.0) if isinstance(keep, np.ndarray) else keep
        for trace, table, place, rate in zip(self._traces, tables, places, rates, strict=True):
            if isinstance(keep, np.ndarray):
                trace *= _over_states(keep)
            flat = trace.reshape(-1)
            before = flat.take(place)
            flat[place] = before * (1 - visit) + visit if self.replacing else before + visit
            table += _over_states(rate * delta) * trace
            trace *= _over_states(decay)


def _over_states(values: Floats) -> Floats:
    """Give values (..., n) the axes of a table (..., n_states, n, n_entries)."""
    return values[..., None, :, None]


def _taught(visits: "Sequence[_Visit]") -> Bools | None:
    """Who learned from which step, (n_steps, n), if anybody did again after a step that taught nothing."""
    if all(visit.active is None for visit in visits):
        return None
    everyone = np.ones(visits[0].delta.shape[-1], dtype=np.bool_)
    taught = np.stack([everyone if visit.active is None else visit.active for visit in visits])
    return taught if (taught[1:] & ~taught[:-1]).any() else None


class _Visit(NamedTuple):
    """One step of a trial, kept until the sweep."""

    places: Sequence[Ints]
    values: Sequence[Floats]
    delta: Floats
    discount: Floats
    keep: Floats | float
    active: Bools | None
