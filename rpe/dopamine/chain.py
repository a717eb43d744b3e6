"""The chain from the errors of a record to nanomolar, block of trials by block of trials."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints
from rpe.dopamine.events import KINDS, Reader
from rpe.dopamine.firing import firing_rate
from rpe.dopamine.kinetics import balance
from rpe.dopamine.signal import Coding, Signal
from rpe.dopamine.transients import Response, Setting
from rpe.table import Table


class Chain(NamedTuple):
    """From errors to nanomolar, with all that it needs."""

    reader: Reader
    setting: Setting
    scale: float
    tonic_rate: Floats
    coding: Coding
    response: Response

    def signal(self, agents: Ints, trials: Ints, seconds: float) -> Signal:
        """Read the trials block by block."""
        steady, _ = balance(self.setting.kinetics, self.setting.kinetics.release * self.tonic_rate)
        shape = self.tonic_rate.shape
        area, wins, length = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        parts: list[list[npt.NDArray[np.generic]]] = []
        for block in self.reader.blocks(np.arange(len(trials))):
            found = self.reader.read(trials[block])
            column = np.searchsorted(trials, found.trial)
            tonic = self.tonic_rate[found.row, column]
            rate = self._rate(found.error, tonic)
            parts.append([*found, rate, steady[found.row, column], *self.response(rate, tonic)])
            reached = (found.kind == 1) | (found.kind == 2)
            np.add.at(wins, (found.row[reached], column[reached]), 1.0)
            area[:, block] = self._drip(trials[block], self.tonic_rate[:, block])
            place = np.ix_(self.reader.rows, trials[block])
            length[:, block] = (self.reader.full.action[place] >= 0).sum(axis=-1)
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        names, peaks = self._table(columns, agents, seconds)
        return Signal(
            peaks,
            agents,
            trials,
            names,
            seconds,
            self.scale,
            self.tonic_rate,
            steady,
            area,
            wins,
            length * seconds,
            self.coding,
            self.setting,
        )

    def _rate(self, error: Floats, tonic: Floats) -> Floats:
        """Firing during the pulse, Hz, on its own tonic rate."""
        return firing_rate(error / self.scale, baseline=tonic, **self.coding._asdict())

    def _drip(self, trials: Ints, tonic: Floats) -> Floats:
        """Area above the tonic level of all errors of each trial, nM s."""
        errors = np.nan_to_num(self.reader.errors(trials))
        level = np.broadcast_to(tonic[..., None], errors.shape)
        area = self.response(self._rate(errors, level).ravel(), level.ravel())[1].reshape(errors.shape)
        return np.asarray(area.sum(axis=-1))

    def _table(
        self, columns: list[npt.NDArray[np.generic]], agents: Ints, seconds: float
    ) -> tuple[tuple[str, ...], Table]:
        row, trial, step, kind, goal, error, rate, steady, extreme, area, d1, d2 = columns
        n = self.reader.n_sub_goals
        names = ("cue", *(f"sub-goal {i}" for i in range(1, n + 1)), "goal", "omission")
        number = np.select([kind == 0, kind == 1, kind == 2], [0, goal, n + 1], n + 2)
        order = np.lexsort((number, step, trial, row))
        about: dict[str, object] = {
            "seconds_per_step": seconds,
            "reward_scale": self.scale,
            **self.setting._asdict(),
            **self.coding._asdict(),
        }
        about["kinetics"] = self.setting.kinetics._asdict()
        found = {
            "agent": agents[row.astype(np.int64)],
            "trial": trial,
            "event": np.array(names)[number.astype(np.int64)],
            "kind": np.array(KINDS)[kind.astype(np.int64)],
            "goal": goal,
            "step": step,
            "time_s": step.astype(np.float64) * seconds,
            "error": error,
            "scaled_error": error.astype(np.float64) / self.scale,
            "rate_Hz": rate,
            "tonic_nM": steady,
            "peak_nM": extreme,
            "area_nM_s": area,
            "d1": d1,
            "d2": d2,
        }
        return names, Table({name: values[order] for name, values in found.items()}, about)


@lru_cache(maxsize=32)
def response(setting: Setting, lowest: float, highest: float, ceiling: float) -> Response:
    """Return what events do under a setting, for tonic rates from the lowest to the highest; worked out once."""
    return Response(setting, np.array([lowest, highest]), ceiling)
