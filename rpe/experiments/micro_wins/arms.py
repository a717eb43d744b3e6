"""The arms of the main experiment, and the agents that it is put to."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe import tasks
from rpe._checks import Floats, held
from rpe.agents import Planner
from rpe.discounting import Discounting, Exponential, Hyperbolic, QuasiHyperbolic
from rpe.experiments.micro_wins.settings import Settings

ARMS = ("one goal", "equal pay", "equal present value", "points", "feedback", "pseudo-reward")
MATCHED_BY = dict(zip(ARMS[1:], ("pay", "present_value", "potential", "feedback", "pseudo_reward"), strict=True))
SHAPES = ("hyperbolic", "exponential", "quasi-hyperbolic", "none")
KNOWLEDGE = ("naive", "partially naive", "sophisticated")

# Equal present value pays less in all, so that only the self in whose eyes the pay is worth as much can
# say whether work was worth it; equal pay is judged without discounting.
YARDSTICK = {"equal pay": "undiscounted", "equal present value": "today's self"}

Row = dict[str, Any]


def task(settings: Settings, arm: str, discounting: Discounting | None = None, **changes: Any) -> tasks.GoalTask:
    """The task of one arm, with all else equal."""
    rules: dict[str, Any] = {
        name: getattr(settings, name)
        for name in ("n_units", "deadline", "reward", "effort", "distraction", "start_cost")
    } | changes
    n_goals = rules.pop("n_goals", settings.n_goals)
    if arm == "one goal":
        return tasks.monolithic(**rules)
    return tasks.micro_wins(n_goals, matching=MATCHED_BY[arm], discounting=discounting, **rules)


def budget(settings: Settings, cost_ratio: float) -> float:
    """The reward R at a cost ratio N(e + d)/R."""
    return settings.n_units * (settings.effort + settings.distraction) / cost_ratio


def factor(k: Floats, matching: str, n_units: int, deadline: int, present: float = 1.0) -> Floats:
    """The δ of a discounter D(τ) = `present`·δ^τ that agrees with the hyperbola of rate k; at most 1.

    Parameters
    ----------
    k : float array (n,)
        Hyperbolic rates per step.
    matching : str
        "D(5)", "D(10)", "D(N)", "D(T)": the same D at that delay. "equal area": the same Σ D over
        delays 1 to N.
    n_units, deadline : int
        N and T.
    present : float
        β, the weight of all that is not now.
    """
    if matching != "equal area":
        at = {"D(5)": 5, "D(10)": 10, "D(N)": n_units, "D(T)": deadline}[matching]
        return np.minimum((Hyperbolic(k)(at) / present) ** (1.0 / at), 1.0)
    delay = np.arange(1, n_units + 1)
    area = Hyperbolic(k)(delay).sum(axis=-1) / present
    low, high = np.zeros_like(k), np.ones_like(k)
    for _ in range(60):  # the area rises with δ
        middle = (low + high) / 2
        short = (middle[:, None] ** delay).sum(axis=1) < area
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high


def discount_function(
    shape: str, k: Floats, matching: npt.NDArray[np.str_], n_units: int, deadline: int, present_bias: float
) -> Discounting:
    """The discount function of n agents of one shape, with the hyperbolic rates and matchings of each (n,)."""
    if shape == "none":
        return Exponential(np.ones(len(k)))
    if shape == "hyperbolic":
        return Hyperbolic(k)
    present = present_bias if shape == "quasi-hyperbolic" else 1.0
    factors = np.empty(len(k))
    for name in set(matching.tolist()):
        chosen = matching == name
        factors[chosen] = factor(k[chosen], str(name), n_units, deadline, present)
    return Exponential(factors) if shape == "exponential" else QuasiHyperbolic(np.full(len(k), present), factors)


def planner(discounting: Discounting, inverse_temperature: Any, self_knowledge: str) -> Planner:
    """The planner with some knowledge of itself.

    A partially naive hyperbolic discounter believes that its later selves discount at half its
    rate, a quasi-hyperbolic one that they have half its present bias; who is time-consistent has
    nothing to be naive about.
    """
    if self_knowledge != "partially naive":
        return Planner(discounting, inverse_temperature, self_knowledge == "sophisticated")
    believed = discounting
    if isinstance(discounting, Hyperbolic):
        believed = Hyperbolic(held(discounting.k) / 2)
    elif isinstance(discounting, QuasiHyperbolic):
        believed = QuasiHyperbolic((1 + held(discounting.beta)) / 2, discounting.delta)
    return Planner(discounting, inverse_temperature, True, believed_discounting=believed)
