"""The inputs of linear TD(λ): checked once, and brought to the shapes in which trials run."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, numbers


class Trials(NamedTuple):
    """What happens, for all agents.

    Attributes
    ----------
    kinds : float array (n_kinds, n_steps, n_features)
        Features of the distinct trials.
    kind : int array (n_trials,)
        Which of them each trial is.
    reward, pulse : float array (n_trials, n_steps) or (n_agents, n_trials, n_steps)
    learns : bool array (n_trials, n_steps)
    """

    kinds: Floats
    kind: Ints
    reward: Floats
    pulse: Floats
    learns: Bools


@dataclass(frozen=True)
class Kinds:
    """Features of trials of which many are alike, which take the room of those that differ.

    It stands for features (n_trials, n_steps, n_features), and gives those of a trial by its number.

    Attributes
    ----------
    kinds : float array (n_kinds, n_steps, n_features)
        Features of the distinct trials, in the order in which they first come.
    kind : int array (n_trials,)
        Which of them each trial is.
    """

    kinds: Floats
    kind: Ints

    @property
    def shape(self) -> tuple[int, int, int]:
        """Trials, steps and features."""
        return (len(self.kind), *self.kinds.shape[1:])

    def __getitem__(self, trial: int) -> Floats:
        return np.asarray(self.kinds[self.kind[trial]])

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Floats:
        return np.asarray(self.kinds[self.kind], dtype=dtype)


def kinds_of(features: npt.ArrayLike | Kinds, n_trials: int, n_steps: int) -> tuple[Floats, Ints]:
    """Return the distinct trials of the features (n_kinds, n_steps, n_features), and which of them each trial is.

    Raises
    ------
    TypeError, ValueError
        For NaN, or a shape that does not match the reward.
    """
    if isinstance(features, Kinds):
        return features.kinds, features.kind
    x = features if type(features) is np.ndarray else numbers("features", features)
    if x.ndim not in (2, 3) or x.shape[-3:-1] not in ((n_steps,), (n_trials, n_steps)) or 0 in x.shape:
        raise ValueError(f"features must have shape ({n_trials}, {n_steps}, n_features) to match reward; got {x.shape}")
    if x.ndim == 2 or x.strides[0] == 0:
        return numbers("features", x if x.ndim == 2 else x[0])[None], np.zeros(n_trials, dtype=np.int64)
    places: dict[int, list[int]] = {}
    first: list[int] = []
    kind = np.empty(n_trials, dtype=np.int64)
    for trial, now in enumerate(x):
        alike = places.setdefault(hash(now.tobytes()), [])
        same = next((place for place in alike if np.array_equal(now, x[first[place]])), len(first))
        if same == len(first):
            alike.append(same)
            first.append(trial)
        kind[trial] = same
    distinct = x[first]
    if distinct.dtype.kind != "f" or not np.isfinite(distinct).all():
        distinct = numbers("features", x)[first]
    return distinct.astype(np.float64, copy=False), kind


def income_of(reward: npt.ArrayLike, pulse: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return reward and pulse, each (n_trials, n_steps) or (n_agents, n_trials, n_steps).

    Raises
    ------
    TypeError, ValueError
        For NaN, or shapes that do not match.
    """
    r, p = numbers("reward", reward, empty=True), numbers("pulse", pulse)
    if r.ndim not in (2, 3) or 0 in r.shape:
        raise ValueError(f"reward must have shape (n_trials, n_steps) or (n_agents, n_trials, n_steps); got {r.shape}")
    try:
        p = np.broadcast_to(p, np.broadcast_shapes(p.shape, r.shape[-2:]))
    except ValueError as error:
        raise ValueError(f"pulse must broadcast to reward {r.shape}; got {p.shape}") from error
    if p.shape[-2:] != r.shape[-2:] or p.ndim > 3:
        raise ValueError(f"pulse must broadcast to reward {r.shape}; got {p.shape}")
    return r, p


def learning_mask(learning: npt.ArrayLike, shape: tuple[int, ...]) -> Bools:
    """Return whether the weights may change, (n_trials, n_steps).

    Raises
    ------
    TypeError, ValueError
        If it does not hold booleans, or not as many as trials or steps.
    """
    mask = np.asarray(learning)
    if mask.dtype != np.bool_:
        raise TypeError(f"learning must be True or False, or an array of these; got {learning!r}")
    if mask.shape not in ((), shape[:1], shape):
        raise ValueError(f"learning must be a bool or have shape {shape[:1]} or {shape}; got {mask.shape}")
    return np.broadcast_to(mask if mask.ndim != 1 else mask[:, None], shape)


def first_weights(weights: npt.ArrayLike, n_agents: int, n_features: int) -> Floats:
    """Return the initial weights, (n_features, n_agents), perhaps a view that repeats.

    Raises
    ------
    TypeError, ValueError
        For NaN, or a shape that does not match.
    """
    start = numbers("initial_weights", weights)
    if start.shape not in ((), (n_features,), (n_agents, n_features)):
        raise ValueError(
            f"initial_weights must be a number or have shape ({n_features},) or ({n_agents}, {n_features}); "
            f"got {start.shape}"
        )
    return np.broadcast_to(start, (n_agents, n_features)).T
