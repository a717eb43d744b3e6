"""A model to fit: an agent, a task, and which of their parameters are free, with bounds and priors."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from rpe._checks import ArrayLike, Floats, Seed, between, count, generator, mapping, numbers, scalar, shown, text
from rpe.agents import Agent
from rpe.fit.likelihood import FiniteTask
from rpe.fit.offer_models import OfferChooser

# Where bounded parameters count as lying at their bound, on the unconstrained scale.
EDGE = 15.0


@dataclass(frozen=True)
class Parameter:
    """A free parameter: its range, the scale on which it is estimated, and its prior.

    Estimation takes place on an unconstrained scale u: x = low + (high − low) / (1 + e^(−u)) with
    two bounds, x = low + e^u with a lower bound, x = u without.

    Parameters
    ----------
    low, high : float
        Bounds; infinite if there are none. A lower bound can do without an upper one, not the
        other way round.
    start : (float, float), optional
        Range from which starting values are drawn; by default the middle 90 % between two bounds,
        or up to 5 above a lower bound, or −2 to 2.
    prior : (float, float), optional
        Mean and standard deviation of a normal prior on the unconstrained scale, used by maximum a
        posteriori estimation.

    Raises
    ------
    TypeError, ValueError
        For bounds that leave no room, or a start outside them.

    Examples
    --------
    >>> rate = Parameter(0.0, 1.0)
    >>> rate.from_free(np.array([-1e9, 0.0])).tolist()
    [0.0, 0.5]
    >>> float(rate.to_free(0.5))
    0.0
    """

    low: float = -np.inf
    high: float = np.inf
    start: tuple[float, float] | None = None
    prior: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name, other in (("low", -np.inf), ("high", np.inf)):
            if not (isinstance(value := getattr(self, name), float) and value == other):
                object.__setattr__(self, name, scalar(name, value))
        if np.isnan(self.low) or np.isnan(self.high) or not self.low < self.high:
            raise ValueError(f"low must lie below high; got {self.low!r}, {self.high!r}")
        if np.isfinite(self.high) and not np.isfinite(self.low):
            raise ValueError(f"low must be finite if high is; got {self.low!r}, {self.high!r}")
        if self.start is not None:
            ends = between("start", self.start, self.low, self.high)
            if ends.shape != (2,) or ends[0] > ends[1]:
                raise ValueError(f"start must be an increasing range; got {self.start!r}")
        if self.prior is not None:
            known = numbers("prior", self.prior)
            if known.shape != (2,):
                raise ValueError(f"prior must be a mean and a standard deviation; got {self.prior!r}")
            deviation = known[1]
            scalar("standard deviation of prior", deviation, 0, open_low=True)

    def from_free(self, u: ArrayLike) -> Floats:
        """Return the parameter for values on the unconstrained scale.

        Parameters
        ----------
        u : float array (...)
        """
        u = numbers("u", u, empty=True)
        if np.isfinite(self.high):
            # Both tails without overflow.
            part = np.exp(-np.abs(u))
            return self.low + (self.high - self.low) * np.where(u < 0, part, 1.0) / (1.0 + part)
        return self.low + np.exp(np.minimum(u, 700.0)) if np.isfinite(self.low) else u

    def to_free(self, x: ArrayLike) -> Floats:
        """Return values of the parameter on the unconstrained scale, any shape.

        Raises
        ------
        TypeError, ValueError
            For values outside the bounds.
        """
        x = between("x", x, self.low, self.high)
        if np.isfinite(self.high):
            share = np.clip((x - self.low) / (self.high - self.low), 1e-12, 1 - 1e-12)
            return np.log(share) - np.log1p(-share)
        return np.log(np.maximum(x - self.low, 1e-12)) if np.isfinite(self.low) else x

    def slope(self, u: ArrayLike) -> Floats:
        """Return dx/du, any shape."""
        x = self.from_free(u)
        if np.isfinite(self.high):
            return (x - self.low) * (self.high - x) / (self.high - self.low)
        return x - self.low if np.isfinite(self.low) else np.ones_like(x)

    def draw_start(self, n: int, rng: Seed = None) -> Floats:
        """Return n starting values on the unconstrained scale, (n,)."""
        low, high = self.start if self.start is not None else self._middle()
        return self.to_free(generator(rng).uniform(low, high, count("n", n)))

    def _middle(self) -> tuple[float, float]:
        if np.isfinite(self.high):
            rest = 0.05 * (self.high - self.low)
            return self.low + rest, self.high - rest
        return (self.low + 0.05, self.low + 5.0) if np.isfinite(self.low) else (-2.0, 2.0)


class Free:
    """What models have in common: free parameters by name, and the scale on which they are estimated."""

    parameters: Mapping[str, Parameter]
    name: str

    def check_parameters(self) -> None:
        """Raise TypeError or ValueError for free parameters that are none."""
        if not mapping("parameters", self.parameters):
            raise ValueError("parameters must name at least one free parameter; got none")
        for name, parameter in self.parameters.items():
            if not isinstance(parameter, Parameter):
                raise TypeError(f"{name} must be a Parameter; got {parameter!r}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the free parameters."""
        return tuple(self.parameters)

    @property
    def n_parameters(self) -> int:
        """Number of free parameters."""
        return len(self.parameters)

    @property
    def in_task(self) -> tuple[str, ...]:
        """The free parameters of the task; none where there is no task."""
        return ()

    def held(self, name: str) -> float | str:
        """Return what the model has of a free parameter: one number, or the parameter that it equals."""
        raise NotImplementedError

    def at(self, values: ArrayLike) -> tuple[Any, Any]:
        """Return the agent and the task (or the theory and the schedule) with these values of the free parameters."""
        raise NotImplementedError

    def from_free(self, u: ArrayLike) -> Floats:
        """Return parameters (..., n_parameters) for values on the unconstrained scale."""
        u = self._all_of("u", u)
        return np.stack([p.from_free(u[..., i]) for i, p in enumerate(self.parameters.values())], axis=-1)

    def _all_of(self, name: str, values: ArrayLike) -> Floats:
        array = numbers(name, values)
        if not array.ndim or array.shape[-1] != len(self.parameters):
            raise ValueError(
                f"{name} must have shape (..., {len(self.parameters)}), the free parameters last; got {array.shape}"
            )
        return array

    def to_free(self, x: ArrayLike) -> Floats:
        """Return parameters (..., n_parameters) on the unconstrained scale."""
        x = self._all_of("x", x)
        return np.stack([p.to_free(x[..., i]) for i, p in enumerate(self.parameters.values())], axis=-1)


@dataclass(frozen=True, eq=False)
class Model(Free):
    """An agent on a task, or a chooser between offers, with some of their parameters free.

    Parameters
    ----------
    agent : Agent or OfferChooser
        A frozen dataclass, such as all agents of `rpe.agents`; its other parameters stay as they are.
    task : task or None
        That the subjects did; None for a chooser between offers.
    parameters : mapping of str to Parameter
        By name: a field of the agent, or of a part of it, such as "discounting.k"; or of the task,
        such as "task.efficacy".
    name : str
        For tables and figures.

    Raises
    ------
    TypeError, ValueError
        If nothing is free, or the agent or the task has no such field.

    Examples
    --------
    >>> import rpe
    >>> model = Model(
    ...     rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.3, 0.7]),
    ...     {"learning_rate": Parameter(0, 1), "inverse_temperature": Parameter(0, 20)}, name="Q")
    >>> agent, task = model.at([[0.1, 2.0], [0.2, 3.0]])
    >>> agent.learning_rate
    array([0.1, 0.2])
    """

    agent: Agent | OfferChooser
    task: FiniteTask | None
    parameters: Mapping[str, Parameter]
    name: str = "model"

    def __post_init__(self) -> None:
        if self.task is not None and (isinstance(self.task, type) or not hasattr(self.task, "n_states")):
            raise TypeError(f"task must be a task or None; got {shown(self.task)}")
        text("name", self.name)
        if isinstance(self.agent, type) or not (hasattr(self.agent, "log_policy") or hasattr(self.agent, "policy")):
            raise TypeError(f"agent must be an agent, or a chooser between offers; got {shown(self.agent)}")
        self.check_parameters()
        if (self.task is None) != isinstance(self.agent, OfferChooser):
            raise TypeError(f"task must be None for a chooser between offers, and for nothing else; got {self.task!r}")
        for name in self.parameters:
            if self.task is None and name.startswith("task."):
                raise ValueError(f"{name} must be of a task; the model has none")
            read_field(self._root(name), path_of(name), name)

    @property
    def in_task(self) -> tuple[str, ...]:
        """The free parameters of the task; agents with different values cannot share its tables."""
        return tuple(name for name in self.parameters if name.startswith("task."))

    def held(self, name: str) -> float | str:
        """Return what the agent or the task has of a free parameter: one number, or the parameter that it equals.

        Raises
        ------
        ValueError
            If it is neither.
        """
        owner, path = self._root(name), path_of(name)
        value = read_field(owner, path, name)
        for part in path[:-1]:
            owner = getattr(owner, part)
        if value is None:
            same = {field.name: field.metadata.get("stands_for") for field in fields(owner)}[path[-1]]
            if same is None:
                raise ValueError(f"{name} must be one number in the model's agent or task; got None")
            return name.removesuffix(path[-1]) + str(same)
        number = np.asarray(value, dtype=np.float64)
        if number.size != 1:
            raise ValueError(f"{name} must be one number in the model's agent or task; got shape {number.shape}")
        return float(number.item())

    def at(self, values: ArrayLike) -> tuple[Any, Any]:
        """Return the agent and the task with these values of the free parameters.

        Parameters
        ----------
        values : float array (n_agents, n_parameters) or (n_parameters,)
            On the natural scale. All agents must have the same values of the task's parameters.

        Raises
        ------
        ValueError
            If they have not.
        """
        values = self._all_of("values", values)
        agent, task = self.agent, self.task
        for i, name in enumerate(self.parameters):
            value = values[..., i]
            if name.startswith("task."):
                if np.ptp(value) > 0:
                    raise ValueError(f"{name} must be the same for all agents of a call; got {value}")
                task = replaced(task, path_of(name), float(value.flat[0]))
            else:
                agent = replaced(agent, path_of(name), np.array(value) if values.ndim == 2 else float(value))
        return agent, task

    def _root(self, name: str) -> Any:
        return self.task if name.startswith("task.") else self.agent


def path_of(name: str) -> list[str]:
    """Return the fields that lead to a parameter."""
    return name.removeprefix("task.").split(".")


def read_field(owner: Any, path: list[str], name: str) -> Any:
    """Return what lies at the end of a path of fields.

    Raises
    ------
    ValueError
        If there is no such field; `name` is that of the parameter.
    """
    for part in path:
        known = [field.name for field in fields(owner)] if is_dataclass(owner) else []
        if part not in known:
            raise ValueError(f"{name} must be a field of {type(owner).__name__} ({', '.join(known)}); got {part!r}")
        owner = getattr(owner, part)
    return owner


def replaced(owner: Any, path: list[str], value: Any) -> Any:
    """Return a frozen dataclass with another value at the end of a path of fields."""
    if len(path) > 1:
        value = replaced(getattr(owner, path[0]), path[1:], value)
    return replace(owner, **{path[0]: value})
