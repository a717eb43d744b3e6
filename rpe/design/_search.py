"""The search for places and pays: gradient or exchange over pays, and moves of one goal at a time over places."""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from rpe._checks import Floats
from rpe.design.response import Response

Goals = tuple[int, ...]
MakeResponse = Callable[[Goals], Response]
# What a goal must be worth, in units of the objective, to be there at all.
PRICE = 0.002
_GRAINS = (8, 32, 128)
_TRIED = 3
_FEW = 16


def best_split(response: MakeResponse, budget: float, n_units: int, most: int) -> tuple[Goals, Floats]:
    """Return the places and pays of the best split with at most so many goals, each of which must be worth it."""
    search = _Search(response, budget, n_units, most)
    best: _Found | None = None
    for goals in _layouts(n_units, most):
        start = max(_shapes(len(goals), budget), key=lambda pays: search.score(goals, pays))
        found = search.refined(goals, start)
        best = found if best is None or found.worth > best.worth else best
    assert best is not None
    best = search.climbed(best)
    return best.goals, best.pays


class _Found(NamedTuple):
    """Places and pays, and what they are worth: the objective less the price of the goals."""

    goals: Goals
    pays: Floats
    score: float

    @property
    def worth(self) -> float:
        return self.score - PRICE * len(self.goals)


class _Search:
    """A search over places and pays, which asks for each response once."""

    def __init__(self, response: MakeResponse, budget: float, n_units: int, most: int) -> None:
        self._make, self.budget, self.n_units, self.most = response, budget, n_units, most
        self._known: dict[Goals, Response] = {}

    def response(self, goals: Goals) -> Response:
        if goals not in self._known:
            self._known[goals] = self._make(goals)
        return self._known[goals]

    def score(self, goals: Goals, pays: Floats) -> float:
        return float(self.response(goals)(pays).mean())

    def refined(self, goals: Goals, pays: Floats) -> _Found:
        """The best pays in these places that can be reached from some."""
        start = _Found(goals, pays, self.score(goals, pays))
        if len(goals) == 1:
            return start
        if not np.isfinite(self.response(goals).agent.inverse_temperature).all():
            return self._exchanged(start)
        found = _slid(self.response(goals), pays, self.budget)
        return max(start, _Found(goals, found, self.score(goals, found)), key=lambda each: each.score)

    def _exchanged(self, found: _Found) -> _Found:
        """Move a grain of the budget from one goal to another as long as that is better.

        A greedy choice makes the objective a staircase, which has no slope to follow.
        """
        for grain in (self.budget / n for n in _GRAINS):
            better = True
            while better:
                better = False
                for trial in _moved(found.pays, grain):
                    tried = self.score(found.goals, trial)
                    if tried > found.score + 1e-6:
                        found, better = _Found(found.goals, trial, tried), True
                        break
        return found

    def climbed(self, found: _Found) -> _Found:
        """Move, add or drop one goal at a time as long as that is better."""
        seen = {found.goals}
        for _ in range(2 * self.n_units):
            near = [
                _Found(goals, pays, self.score(goals, pays))
                for goals, pays in _neighbours(found.goals, found.pays, self.n_units, self.most)
                if goals not in seen
            ]
            near.sort(key=lambda each: -each.worth)
            tried = [self.refined(each.goals, each.pays) for each in near[:_TRIED]]
            seen |= {each.goals for each in tried}
            better = max(tried, key=lambda each: each.worth, default=found)
            if better.worth <= found.worth + 1e-4:
                break
            found = better
        return found


def _slid(response: Response, pays: Floats, budget: float) -> Floats:
    """The pays that sequential quadratic programming reaches, with the exact gradient where there is one."""
    from scipy.optimize import minimize

    n = len(pays)

    def loss(share: Floats) -> float:
        return -float(response(np.clip(share, 0, None) * budget).mean())

    def loss_and_slope(share: Floats) -> tuple[float, Floats]:
        value, slope = response.slope(np.clip(share, 0, None) * budget)
        return -float(value.mean()), -budget * slope.mean(axis=1)

    found = minimize(
        loss_and_slope if response.has_gradient else loss,
        pays / budget,
        jac=response.has_gradient,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * n,
        constraints={"type": "eq", "fun": lambda share: share.sum() - 1, "jac": lambda share: np.ones(n)},
        options={"maxiter": 40, "ftol": 1e-7},
    )
    share = np.clip(found.x, 0, None)
    return np.asarray(budget * share / share.sum()) if np.isfinite(share).all() and share.sum() > 0 else pays


def _layouts(n_units: int, most: int) -> list[Goals]:
    """Where to start: all layouts if they are few, else even ones of several numbers of goals."""
    if sum(comb(n_units - 1, n) for n in range(most)) <= _FEW:
        return [(*each, n_units) for n in range(most) for each in combinations(range(1, n_units), n)]
    numbers = sorted({n for n in (1, 2, 3, 5, 10, n_units, most) if n <= min(most, n_units)})
    return [tuple(-(-j * n_units // n) for j in range(1, n + 1)) for n in numbers]


def _shapes(n: int, budget: float) -> list[Floats]:
    """Pays of so many goals: even, rising, falling, and half of all at the end."""
    rank = np.arange(1.0, n + 1)
    last = np.eye(1, n, n - 1)[0]
    shapes = [np.ones(n), rank, rank[::-1], 0.5 * last + 0.5 / n, 0.8 * last + 0.2 / n]
    return [budget * shape / shape.sum() for shape in (shapes if n > 1 else shapes[:1])]


def _moved(pays: Floats, grain: float) -> Iterator[Floats]:
    """Every move of a grain, or of the rest that is there, from one goal to another."""
    for i in np.flatnonzero(pays > 0):
        for j in range(len(pays)):
            if j != i:
                trial, size = pays.copy(), min(grain, pays[i])
                trial[i] -= size
                trial[j] += size
                yield trial


def _neighbours(goals: Goals, pays: Floats, n_units: int, most: int) -> list[tuple[Goals, Floats]]:
    """Places and pays with one goal elsewhere, one goal fewer, or one more."""
    found = [] if len(goals) == 1 else _dropped(goals, pays)
    for i, goal in enumerate(goals[:-1]):
        low, high = (goals[i - 1] if i else 0), goals[i + 1]
        moves = [to for to in (goal - 2, goal - 1, goal + 1, goal + 2) if low < to < high]
        found += [((*goals[:i], to, *goals[i + 1 :]), pays) for to in moves]
    if len(goals) < most:
        for i, goal in enumerate(goals):
            middle = (goal + (goals[i - 1] if i else 0)) // 2
            if middle > (goals[i - 1] if i else 0):
                split = np.insert(pays, i, pays[i] / 2)
                split[i + 1] /= 2
                found.append(((*goals[:i], middle, *goals[i:]), split))
    return found


def _dropped(goals: Goals, pays: Floats) -> list[tuple[Goals, Floats]]:
    """Places and pays without one of the goals but the last, whose pay goes to the next."""
    found = []
    for i in range(len(goals) - 1):
        left = np.delete(pays, i)
        left[i] += pays[i]
        found.append(((*goals[:i], *goals[i + 1 :]), left))
    return found
