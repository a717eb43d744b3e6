"""Belief-state TD: values of hidden states, weighted by the belief in each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, PerAgent, Seed, agent_count, between, choice, default, instance, parameter, scalar
from rpe.schedules import Schedule
from rpe.theories._continuous_time import Rates, States, states_of
from rpe.theories._dwell_times import KNOWLEDGE, course
from rpe.theories._fast.continuous_time import learn_on
from rpe.theories._reward_contexts import Contexts, beliefs, contexts_in, learned_beliefs, switching_of
from rpe.theories._stability import bounded, rate_times_states
from rpe.theories._trial_level import once, per_step, td_features
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class BeliefTD:
    """Belief-state TD(0), δ = r + γ w·b′ − w·b, w ← w + α δ b, in continuous time.

    A stimulus begins a wait, a chain of substates, one per step, that ends at the next reward or at
    the onset of another stimulus; a reward that ends it begins a further wait, if there ever was
    one. T has the distribution of these waits, and with probability p nothing follows and the
    hidden state stays between trials. Both are learned by counting (see `knowledge`). After k steps
    in which nothing came, the belief in substate k is

        b_k = (1 − p) S(k) / [(1 − p) S(k) + p],   S(k) = P(T > k),

    and the belief in the state between trials is the rest (the product of 1 − b over stimuli).
    A stimulus that nothing has ever followed is a chain of its own while it is on. The state between
    trials fills the gaps, in closed form.

    Stimuli shown together are inferred apart, and what their states are worth beyond the state
    between trials adds up: V = w₀ + Σ b (w − w₀), which is w·b for a single stimulus. So a state
    that is met for the first time is worth as much as the time between trials.

    Where rewards come in runs of equal size, the substates are split by hidden context (such as
    the block): each context has a size, and the belief in it follows the rewards.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1], per step of the schedule.
    discount : float or array (n_agents,)
        γ in [0, 1], per `step`.
    step : float or None
        Step of the discount, s; None for the step of the schedule.
    bootstrap : {"updated", "stale"}
        Whether w·b is read with the weights after the update of its step, as in the published
        script, or with those before.
    contexts : {"inferred"}, None or array (n_contexts,)
        The sizes of reward of the hidden contexts, in reward units; "inferred" takes those that
        come in runs in the training trials, if any do (see `rpe.theories._reward_contexts.contexts_in`).
    size_noise : float
        SD with which sizes are told apart, in units of the smallest distance between contexts, > 0
        (assumption).
    knowledge : {"learned", "given"}
        Whether the waits, p and contexts are counted as the agent goes along, from a Dirichlet and a
        Beta prior (assumption); or over all training trials beforehand, as the authors give the task
        to their model.
    model : array, callable or None
        Beliefs to use instead, (n_trials, n_steps, n_states), or a function that returns them from
        the schedule.

    Notes
    -----
    `learn` returns in `more` the `weights` w at the end, (n_agents, n_states), the state between
    trials last.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Starkweather, C. K., Babayan, B. M., Uchida, N. & Gershman, S. J. (2017). Dopamine reward
    prediction errors reflect hidden-state inference across time. Nature Neuroscience 20, 581-589.
    doi:10.1038/nn.4520
    Babayan, B. M., Uchida, N. & Gershman, S. J. (2018). Belief state representation in the dopamine
    system. Nature Communications 9, 1891. doi:10.1038/s41467-018-04397-0

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.2, 0.4)}, {1.0: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 300, dt=0.2, duration=2.0, gap=5.0)
    >>> learned = rpe.theories.BeliefTD().learn(schedule)
    >>> bool(learned.delta[0, -1, 1] > 0.3), bool(abs(learned.delta[0, -1, 5]) < 0.01)
    (True, True)
    """

    learning_rate: PerAgent = default(0.1)
    discount: PerAgent = default(0.98)
    step: float | None = 0.2
    bootstrap: str = "updated"
    contexts: str | npt.ArrayLike | None = "inferred"
    size_noise: float = 0.2
    knowledge: str = "learned"
    model: npt.ArrayLike | Callable[[Schedule], npt.ArrayLike] | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount")

    def __post_init__(self) -> None:
        for name in ("learning_rate", "discount"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        if self.step is not None:
            scalar("step", self.step, 0, open_low=True)
        choice("bootstrap", self.bootstrap, ("updated", "stale"))
        choice("knowledge", self.knowledge, KNOWLEDGE)
        scalar("size_noise", self.size_noise, 0, open_low=True)
        if isinstance(self.contexts, str):
            choice("contexts", self.contexts, ("inferred",))
        elif self.contexts is not None:
            sizes = between("contexts", self.contexts)
            if sizes.ndim != 1 or len(np.unique(sizes)) != sizes.size or sizes.size < 2:
                raise ValueError(f"contexts must be two or more different sizes; got {self.contexts!r}")
            object.__setattr__(self, "contexts", sizes)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        stale = ", stale bootstrap" if self.bootstrap == "stale" else ""
        given = ", given beliefs" if self.model is not None else ""
        known = self.contexts is not None and not isinstance(self.contexts, str)
        alone = ", one context" if self.contexts is None else ", given contexts" if known else ""
        task = ", given task" if self.knowledge == "given" and self.model is None else ""
        return f"Belief-state TD{given or alone}{task}{stale}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α times the beliefs that are on at once."""
        instance("schedule", schedule, Schedule)
        return rate_times_states(self.learning_rate, self._states(schedule))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        discount = per_step(self.discount, self.step, schedule.dt)
        rates = Rates(self.learning_rate, discount, self.bootstrap)
        run = learn_on(self._states(schedule), schedule, rates, self._n_agents())
        weights = (
            run.weights if self.model is not None else np.vstack([run.weights[:-1] + run.weights[-1], run.weights[-1:]])
        )
        return Learned(run.delta.transpose(2, 0, 1), run.value.transpose(2, 0, 1), {"weights": weights.T})

    def features(self, schedule: Schedule) -> Floats:
        """Return the beliefs, (n_trials, n_steps, n_states), the state between trials last."""
        states = self._states(schedule)
        x = np.zeros((*states.place.shape[:2], states.n_rows + 1))
        np.put_along_axis(x, states.place, states.credit, axis=2)
        return x[:, :, :-1]

    def _n_agents(self) -> int:
        return agent_count(learning_rate=self.learning_rate, discount=self.discount)

    def _states(self, schedule: Schedule) -> States:
        if self.model is not None:
            return states_of(td_features(schedule, self.model))
        waiting, elapsed = _waiting(schedule, self.knowledge)
        return _split(waiting, elapsed, self._share(schedule))

    def _share(self, schedule: Schedule) -> Floats:
        """Belief in each context before the reward of every trial, (n_trials, n_contexts)."""
        if self.contexts is None:
            return np.ones((schedule.n_trials, 1))
        sizes = None if isinstance(self.contexts, str) else np.asarray(self.contexts, dtype=np.float64)
        if self.knowledge == "learned":
            return learned_beliefs(schedule, self.size_noise, sizes)
        contexts = contexts_in(schedule) if sizes is None else Contexts(sizes, switching_of(schedule, sizes))
        return np.ones((schedule.n_trials, 1)) if contexts is None else beliefs(schedule, contexts, self.size_noise)


def _waiting(schedule: Schedule, knowledge: str) -> tuple[Floats, Ints]:
    """Belief that each wait goes on, and the steps since it began, both (n_trials, n_steps, n_waits)."""
    waits = once(schedule, "waits", knowledge, lambda: course(schedule, knowledge))
    going_on = (1 - waits.omission_probability) * waits.survival
    either = going_on + waits.omission_probability * (waits.elapsed >= 0)
    return going_on / np.where(either > 0, either, 1.0), waits.elapsed


def _split(waiting: Floats, elapsed: Ints, share: Floats) -> States:
    """Beliefs as states: a chain per stimulus and context, and the state between trials."""
    n_trials, n_steps, n_stimuli = waiting.shape
    n_contexts = share.shape[1]
    length = 1 + np.where(waiting > 0, elapsed, -1).max(axis=(0, 1), initial=-1)
    chains = np.cumsum(np.repeat(length, n_contexts)) - np.repeat(length, n_contexts)
    n_rows = int(n_contexts * length.sum()) + 1
    # Of many waits few go on at a time: only those have a place.
    trial, step, stimulus = np.nonzero(waiting > 0)
    row = trial * n_steps + step
    counts = np.bincount(row, minlength=n_trials * n_steps)
    here = row, np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
    place = np.full((n_trials * n_steps, int(counts.max(initial=0)), n_contexts), n_rows)
    level = np.zeros(place.shape)
    place[here] = chains.reshape(n_stimuli, n_contexts)[stimulus] + elapsed[trial, step, stimulus][:, None]
    level[here] = waiting[trial, step, stimulus][:, None] * share[trial]
    between_trials = np.prod(1 - waiting, axis=2)[..., None]
    shape = (n_trials, n_steps, -1)
    return States(
        np.concatenate([place.reshape(shape), np.full((n_trials, n_steps, 1), n_rows - 1)], axis=2),
        np.concatenate([level.reshape(shape), np.ones_like(between_trials)], axis=2),
        np.concatenate([level.reshape(shape), between_trials], axis=2),
        n_rows,
    )


SCORECARD: Variants = {"belief state": BeliefTD}
