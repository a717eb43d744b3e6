"""A task as a graph of steps with costs, in which a present-biased walker can lose its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, count, fits, flag, scalar
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask, states_of


@dataclass(frozen=True, eq=False, repr=False)
class GraphTask(TabulatedTask):
    """Task graph: directed, without cycles; each step follows an edge and pays its cost, and the target pays.

    The reward is paid one step after the target is reached, so that it always lies in the future
    of a choice. A walker may be allowed to abandon the task at any node.

    Parameters
    ----------
    edges : mapping of (int, int) to float
        Cost ≥ 0 of each edge (from, to), in reward units; nodes are 0 to n − 1, the walk starts at
        0, and every edge leads to a higher node. The highest node is the target.
    reward : float
        Paid at the target, in reward units.
    may_abandon : bool
        Whether every node but the target also offers to give up.

    Raises
    ------
    TypeError, ValueError
        For edges that lead back, costs out of range, or a node from which nothing leads on.

    References
    ----------
    Kleinberg, J. & Oren, S. (2014). Time-inconsistent planning: a computational problem in
    behavioral economics. ACM EC '14, 547-564. doi:10.1145/2600057.2602885

    Examples
    --------
    >>> import rpe
    >>> fan = rpe.tasks.GraphTask.fan(n=10, cost=1.9)
    >>> biased = rpe.agents.Planner(rpe.discounting.QuasiHyperbolic(0.5, 1.0), inverse_temperature=float("inf"))
    >>> (rpe.measures.exact(biased, fan).effort / fan.cheapest).round(1)
    array([613.1])
    """

    edges: Mapping[tuple[int, int], float]
    reward: float = 0.0
    may_abandon: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.edges, Mapping) or not self.edges:
            raise TypeError(f"edges must map pairs of nodes to costs; got {self.edges!r}")
        edges = {}
        for (start, end), cost in self.edges.items():
            start, end = count("edges", start, 0), count("edges", end, 0)
            if end <= start:
                raise ValueError(f"edges must lead to a higher node; got {(start, end)}")
            edges[start, end] = scalar(f"cost of edge {(start, end)}", cost, 0)
        object.__setattr__(self, "edges", dict(sorted(edges.items())))
        object.__setattr__(self, "reward", scalar("reward", self.reward))
        flag("may_abandon", self.may_abandon)
        dead = set(range(self.target)) - {start for start, _ in edges}
        if dead:
            raise ValueError(f"edges must lead on from every node but the target; none leaves {sorted(dead)}")

    @classmethod
    def fan(cls, n: int, cost: float, *, skips: bool = True) -> Self:
        """Return the fan of Kleinberg & Oren: from node i the target costs cost^i, the next node nothing.

        Parameters
        ----------
        n : int
            The last node before the target, at least 1.
        cost : float
            c > 0.
        skips : bool
            Whether the free edges to the next node are there; without them only node 0 is left, and
            the walker must go straight to the target.

        Examples
        --------
        >>> import rpe
        >>> rpe.tasks.GraphTask.fan(2, 3.0).edges
        {(0, 1): 0.0, (0, 3): 1.0, (1, 2): 0.0, (1, 3): 3.0, (2, 3): 9.0}
        """
        n, cost = count("n", n), scalar("cost", cost, 0, open_low=True)
        if not flag("skips", skips):
            return cls({(0, 1): 1.0})
        # The dearest edge must be a number, and there is an edge for each node.
        between("cost to the power of n", np.exp(min(n * np.log(cost), 1e3)), high=1e150)
        fits("n", n, 500.0 * n * n)
        direct = {(i, n + 1): cost**i for i in range(n + 1)}
        return cls(direct | {(i, i + 1): 0.0 for i in range(n)})

    @property
    def target(self) -> int:
        """The highest node."""
        return max(end for _, end in self.edges)

    @property
    def n_steps(self) -> int:
        """Steps of the longest walk, and the one that pays."""
        return self.target + 1

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called: the edges of a node in order, and giving up if it may."""
        return (*(f"edge {i}" for i in range(self._most)), *(["abandon"] if self.may_abandon else []))

    @property
    def _most(self) -> int:
        starts = [start for start, _ in self.edges]
        return max(starts.count(node) for node in starts)

    @cached_property
    def cheapest(self) -> float:
        """Cost of the cheapest walk to the target, in reward units."""
        best: Floats = np.full(self.target + 1, np.inf)
        best[self.target] = 0.0
        for (start, end), cost in sorted(self.edges.items(), reverse=True):
            best[start] = min(best[start], cost + best[end])
        return float(best[0])

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: the array `node`; the state after the last node is the end."""
        return {"node": states_of(state, self.n_states)}

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        end, n_actions = self.target + 1, len(self.action_names)
        shape = (1, end + 1, n_actions)
        to, effort, reward = np.full(shape, end), np.zeros(shape), np.zeros(shape)
        terminated, available = np.ones(shape, dtype=np.bool_), np.zeros(shape[1:], dtype=np.bool_)
        used = [0] * (self.target + 1)
        for (node, after), cost in self.edges.items():
            place = (0, node, used[node])
            to[place], effort[place], terminated[place], available[place[1:]] = after, cost, False, True
            used[node] += 1
        if self.may_abandon:
            available[: self.target, -1] = True
        available[self.target :, 0] = True
        reward[0, self.target, 0] = self.reward
        return Tables(to, np.ones((1, 1, 1)), reward, effort, terminated, available)
