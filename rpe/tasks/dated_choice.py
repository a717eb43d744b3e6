"""Intertemporal choice: one choice between rewards at different dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, count, sequence
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask, states_of


@dataclass(frozen=True, eq=False, repr=False)
class DatedChoice(TabulatedTask):
    """Intertemporal choice between rewards at different dates; then time passes until they are paid.

    Parameters
    ----------
    amounts : array (n_options,)
        What each option pays, in reward units.
    delays : sequence of int (n_options,)
        Steps until each is paid, ≥ 0.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, or different lengths.

    Examples
    --------
    >>> import rpe
    >>> patient = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=float("inf"))
    >>> patient.init(rpe.tasks.DatedChoice([100, 110], [0, 1]), 1).policy[:, 0, 0]
    array([0., 1.])
    """

    amounts: npt.ArrayLike
    delays: Sequence[int]

    def __post_init__(self) -> None:
        amounts = between("amounts", self.amounts)
        if amounts.ndim != 1 or amounts.size == 0:
            raise ValueError(f"amounts must have shape (n_options,); got {amounts.shape}")
        delays = tuple(count("delays", delay, 0) for delay in sequence("delays", self.delays))
        if len(delays) != amounts.size:
            raise ValueError(f"delays must have one entry per amount, {amounts.size}; got {len(delays)}")
        object.__setattr__(self, "amounts", amounts)
        object.__setattr__(self, "delays", delays)

    @property
    def n_steps(self) -> int:
        """Steps of a trial: until the last option would be paid."""
        return max(self.delays) + 1

    @property
    def layer_size(self) -> int:
        """One state for the choice, and one for having made each."""
        return np.size(self.amounts) + 1

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        amounts = np.asarray(self.amounts)
        return tuple(f"{amount:g} at {delay}" for amount, delay in zip(amounts, self.delays, strict=True))

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: arrays `time`, and `chosen` (the option, −1 before the choice)."""
        time, chosen = np.divmod(states_of(state, (self.n_steps + 1) * self.layer_size), self.layer_size)
        return {"time": time, "chosen": chosen - 1}

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        amounts: Floats = np.asarray(self.amounts)
        n_options = amounts.size
        now = self.decode(np.arange((self.n_steps + 1) * self.layer_size)[:, None])
        option = np.arange(n_options)
        chosen = np.where(now["chosen"] < 0, option, now["chosen"])
        time = np.minimum(now["time"] + 1, self.n_steps)
        delays: Any = np.array(self.delays)
        pays = delays[chosen] == now["time"]
        over = now["time"] + 1 >= self.n_steps
        shape = chosen.shape
        free: Any = (now["chosen"] < 0) & (now["time"] == 0)
        return Tables(
            next_state=(time * self.layer_size + chosen + 1)[None],
            outcome_probability=np.ones((1, 1, 1)),
            reward=np.where(pays, amounts[chosen], 0.0)[None],
            effort=np.zeros((1, 1, 1)),
            terminated=np.broadcast_to(over, (1, *shape)).copy(),
            available=free | (option == 0),
        )
