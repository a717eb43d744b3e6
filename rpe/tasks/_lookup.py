"""A task's tables flattened, so that one step of many agents is a few indexed reads."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.tasks.tables import Step, Tables


class Lookup(NamedTuple):
    """Flat copies of `Tables`, indexed by (outcome · n_states + state) · n_actions + action."""

    n_outcomes: int
    n_actions: int
    plane: int
    next_state: Ints
    cumulative: Floats
    varies_by_place: bool
    rewards: tuple[Floats | float, ...]
    terminated: Bools

    @classmethod
    def of(cls, tables: Tables) -> "Lookup":
        """Flatten `tables`; quantities that are zero everywhere become the number 0.0."""
        shape = n_outcomes, n_states, n_actions = tables.next_state.shape
        varies = tables.outcome_probability.shape[1:] != (1, 1)
        probability = np.broadcast_to(tables.outcome_probability, shape if varies else (n_outcomes, 1, 1))
        probability = probability.reshape(n_outcomes, -1)
        cumulative = np.cumsum(probability, axis=0)[:-1]
        # Where only outcomes of probability 0 are left, rounding must not leave them a sliver.
        cumulative[np.cumsum(probability[:0:-1], axis=0)[::-1] == 0] = 1.0
        quantities = (tables.reward, tables.effort, tables.points, tables.pseudo_reward)
        return cls(
            n_outcomes,
            n_actions,
            n_states * n_actions,
            tables.next_state.ravel(),
            cumulative if varies else cumulative.ravel(),
            varies,
            tuple(np.broadcast_to(q, shape).ravel() if q.any() else 0.0 for q in quantities),
            np.broadcast_to(tables.terminated, shape).ravel(),
        )

    def step(self, state: Ints, action: Ints, uniform: Floats | None, nobody: Bools | None = None) -> Step:
        """Look the step up for a batch of agents.

        Parameters
        ----------
        state, action : int array (n,)
            Where each agent is, and what it does.
        uniform : float array (n,) or None
            Uniform numbers in [0, 1) that decide the outcome; None if there is only one.
        nobody : bool array (n,), optional
            All False, where no trial can end with this step: then no ending is looked up.
        """
        place = state * self.n_actions
        place += action
        if uniform is not None:
            outcome = np.zeros(place.size, dtype=np.int64)
            for row in self.cumulative:
                outcome += uniform >= (row.take(place) if self.varies_by_place else row)
            outcome *= self.plane
            place += outcome
        reward, effort, points, pseudo = [0.0 if isinstance(a, float) else a.take(place) for a in self.rewards]
        terminated = self.terminated.take(place) if nobody is None else nobody
        truncated = np.zeros(place.size, dtype=np.bool_) if nobody is None else nobody
        return Step(self.next_state.take(place), reward, effort, points, pseudo, terminated, truncated)
