"""Four rooms: a maze whose sub-goals may stand in its doorways or in its corners."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Ints, choice, count, indices, scalar, sequence
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import states_of

_MAP = (
    "#############",
    "#     #     #",
    "#     #     #",
    "#           #",
    "#     #     #",
    "#     #     #",
    "## ####     #",
    "#     ### ###",
    "#     #     #",
    "#     #     #",
    "#           #",
    "#     #     #",
    "#############",
)
_DOORWAYS = ((3, 6), (6, 2), (7, 9), (10, 6))
_CORNERS = ((1, 1), (1, 11), (11, 1), (11, 11))
_MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))


class FourRooms(TableTask):
    """Four-rooms maze of Sutton, Precup and Singh: 104 cells in four rooms, and a goal that pays 1.

    Parameters
    ----------
    sub_goals : {"doorways", "corners"} or None
        Where the sub-goals stand; reaching one has a pseudo-reward of 1, which is no reward.
    start, goal : pair of int
        Row and column. By default from one room to the one across.
    slip : float
        Chance that a move goes elsewhere, to each other direction alike, in [0, 1].
    n_steps : int
        Steps after which a trial is cut short.

    Attributes
    ----------
    sub_goals : int array (n_sub_goals,)
        The states of the sub-goals.
    cells : int array (n_states, 2)
        Row and column of each state.

    Raises
    ------
    TypeError, ValueError
        For a cell in a wall, or numbers out of range.

    References
    ----------
    Sutton, R. S., Precup, D. & Singh, S. (1999). Between MDPs and semi-MDPs: a framework for temporal
    abstraction in reinforcement learning. Artificial Intelligence 112, 181-211.
    doi:10.1016/S0004-3702(99)00052-1
    Solway, A. et al. (2014). Optimal behavioral hierarchy. PLoS Computational Biology 10(8),
    e1003779. doi:10.1371/journal.pcbi.1003779

    Examples
    --------
    >>> import rpe
    >>> maze = rpe.tasks.FourRooms("doorways")
    >>> maze.n_states, maze.cells[maze.sub_goals].tolist()
    (104, [[3, 6], [6, 2], [7, 9], [10, 6]])
    """

    def __init__(
        self,
        sub_goals: str | None = "doorways",
        *,
        start: tuple[int, int] = (1, 1),
        goal: tuple[int, int] = (9, 9),
        slip: float = 0.0,
        n_steps: int = 1000,
    ) -> None:
        self.cells: Ints = np.array([(r, c) for r, row in enumerate(_MAP) for c, x in enumerate(row) if x == " "])
        self._number = {(int(r), int(c)): i for i, (r, c) in enumerate(self.cells)}
        if sub_goals is not None:
            choice("sub_goals", sub_goals, ("doorways", "corners"))
        places = {"doorways": _DOORWAYS, "corners": _CORNERS, None: ()}[sub_goals]
        self.sub_goals: Ints = np.array([self._number[place] for place in places], dtype=np.int64)
        self.start, self.goal = (self._cell(name, place) for name, place in (("start", start), ("goal", goal)))
        tables = self._rules(scalar("slip", slip, 0, 1))
        first = np.eye(1, len(self.cells), self.start)[0]
        super().__init__(tables, count("n_steps", n_steps), first)

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return ("up", "right", "down", "left")

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: `row` and `column`."""
        place = self.cells[states_of(state, self.n_states)]
        return {"row": place[..., 0], "column": place[..., 1]}

    def _cell(self, name: str, place: tuple[int, int]) -> int:
        found = indices(name, sequence(name, place), len(_MAP), (2,)).tolist()
        if tuple(found) not in self._number:
            raise ValueError(f"{name} must be a cell that is no wall, (row, column); got {place!r}")
        return self._number[found[0], found[1]]

    def _rules(self, slip: float) -> Tables:
        n = len(self.cells)
        places = [(i, int(r), int(c)) for i, (r, c) in enumerate(self.cells)]
        moved = np.array([[self._number.get((r + dr, c + dc), i) for dr, dc in _MOVES] for i, r, c in places])
        n_outcomes = 4 if slip > 0 else 1
        to = np.stack([np.roll(moved, -turn, axis=1) for turn in range(n_outcomes)])
        chance = np.array([1 - slip, *[slip / 3] * 3])[:n_outcomes, None, None]
        reached = to == self.goal
        return Tables(
            next_state=to,
            outcome_probability=chance,
            reward=reached.astype(np.float64),
            effort=np.zeros((1, 1, 1)),
            terminated=reached,
            available=np.ones((n, 4), dtype=np.bool_),
            pseudo_reward=(np.isin(to, self.sub_goals) & (to != np.arange(n)[:, None])).astype(np.float64),
        )
