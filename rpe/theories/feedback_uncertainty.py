"""State uncertainty: TD over a blurred sense of time, which feedback on progress sharpens; errors ramp."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, PerAgent, Seed, agent_count, default, flag, parameter, scalar
from rpe.schedules import Schedule
from rpe.td import td_error
from rpe.theories._trial_level import shown
from rpe.theories.protocol import Learned, Variants


class Chain(NamedTuple):
    """The states of a stimulus, blurred.

    Attributes
    ----------
    ahead, left : float array (length + 1, length)
        x_l and x_s of each state; the last row, of no state, is 0.
    state : int array (n_trials, n_steps)
        The state in every step; −1 for none.
    feedback : bool
    """

    ahead: Floats
    left: Floats
    state: Ints
    feedback: bool


@dataclass(frozen=True)
class FeedbackUncertaintyTD:
    """TD under state uncertainty: time since a stimulus is blurred; feedback sharpens each state once it is reached.

    The state that comes next is believed in with the wide kernel x_l, the one that was just
    reached with the narrow kernel x_s. So every step brings an error, and a term β of the rule
    keeps the values from growing without end:

        δ_t = r_t + γ w·x_l(t) − w·x_s(t − 1),   w ← w + (α δ_t − β w) x_s(t − 1),
        β = α [exp((ln γ)² (l² − s²) / 2) − 1].

    At the fixed point δ = (β/α) V: the ramp is a scaled copy of the value. Without feedback both
    kernels have the width of Weber's law, β is 0 and errors vanish. States run from the onset of a
    stimulus to the latest reward that follows it in the training trials; belief past that lies on
    the last state, and belief before the onset is left out. A reward ends them. Each stimulus has
    its own states. All are per step of the schedule, as the paper gives no unit. In probe trials
    nothing changes.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    discount : float or array (n_agents,)
        γ in (0, 1], per step.
    width_before, width_after : float
        l and s, SD of the kernels before and after feedback, in steps, > 0.
    weber : float
        SD without feedback as a share of the steps since onset (the step of the onset counting as
        one), > 0.
    feedback : bool or None
        Whether stimuli tell of progress; None takes those whose level changes while they are on.

    Notes
    -----
    `learn` returns in `more` the `weights` at the end, (n_agents, n_states). The defaults are those
    of the first public version of the authors' script.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Mikhael, J. G., Kim, H. R., Uchida, N. & Gershman, S. J. (2022). The role of state uncertainty
    in the dynamics of dopamine. Current Biology 32, 1077-1087. doi:10.1016/j.cub.2022.01.025

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.0, 3.0)}, {3.0: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 300, dt=0.1, duration=4.0)
    >>> ramp = rpe.theories.FeedbackUncertaintyTD(feedback=True).learn(schedule).delta[0, -1, 5:25]
    >>> flat = rpe.theories.FeedbackUncertaintyTD(feedback=False).learn(schedule).delta[0, -1, 5:25]
    >>> bool((ramp[1:] > ramp[:-1]).all()), bool(abs(flat).max() < 0.01)
    (True, True)
    """

    learning_rate: PerAgent = default(0.1)
    discount: PerAgent = default(0.8)
    width_before: float = 3.0
    width_after: float = 0.1
    weber: float = 0.05
    feedback: bool | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "width_before", "width_after", "weber")

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0, 1))
        object.__setattr__(self, "discount", parameter("discount", self.discount, 0, 1, open_low=True))
        for name in ("width_before", "width_after", "weber"):
            scalar(name, getattr(self, name), 0, open_low=True)
        if self.feedback is not None:
            flag("feedback", self.feedback)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        where = {None: "feedback where shown", True: "feedback", False: "no feedback"}[self.feedback]
        return f"State uncertainty, {where}, γ = {shown(self.discount)}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: those of the script of Figs. 1 and 2."""
        return {"Mikhael 2022, Figs. 1-2": cls(discount=0.9, weber=0.15)}

    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        chains = [self._chain(schedule, stimulus) for stimulus in range(len(schedule.stimuli))]
        lengths = [len(chain.ahead) - 1 for chain in chains]
        w, income = np.zeros((sum(lengths), self._n_agents())), (schedule.reward + schedule.pulse).tolist()
        pull = np.repeat([float(chain.feedback) for chain in chains], lengths)[:, None] * self._pull()
        delta, value = np.empty((2, *schedule.reward.shape, w.shape[1]))
        for trial, learns in enumerate(schedule.learning.tolist()):
            ahead, left = _side_by_side(chains, trial, schedule.n_steps)
            before = np.zeros(len(w))
            for step, now in enumerate(left):
                error = td_error(income[trial][step], np.dot(before, w), np.dot(ahead[step], w), self.discount)
                delta[trial, step], value[trial, step] = error, np.dot(now, w)
                if learns[step]:
                    w += before[:, None] * (self.learning_rate * error - pull * w)
                before = now
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"weights": w.T})

    def _pull(self) -> Floats:
        """β."""
        apart = self.width_before**2 - self.width_after**2
        return np.asarray(self.learning_rate * (np.exp(np.log(self.discount) ** 2 * apart / 2) - 1))

    def _chain(self, schedule: Schedule, stimulus: int) -> Chain:
        state, length = _states(schedule, stimulus)
        feedback = _tells_progress(schedule, stimulus) if self.feedback is None else self.feedback
        weber = self.weber * np.arange(1, length + 1)
        before, after = (self.width_before, self.width_after) if feedback else (weber, weber)
        return Chain(_blurred(length, before), _blurred(length, after), state, feedback)

    def _n_agents(self) -> int:
        return agent_count(learning_rate=self.learning_rate, discount=self.discount)


def _side_by_side(chains: list[Chain], trial: int, n_steps: int) -> tuple[Floats, Floats]:
    """The blurred states of all stimuli in a trial, looked ahead to and left, (n_steps, n_states)."""
    ahead = [chain.ahead[chain.state[trial]] for chain in chains]
    left = [chain.left[chain.state[trial]] for chain in chains]
    return np.hstack([np.zeros((n_steps, 0)), *ahead]), np.hstack([np.zeros((n_steps, 0)), *left])


def _states(schedule: Schedule, stimulus: int) -> tuple[Ints, int]:
    """The state that a stimulus is in, (n_trials, n_steps), −1 for none; and how many it has."""
    steps = np.arange(schedule.n_steps)
    began = np.maximum.accumulate(np.where(schedule.onset[:, :, stimulus], steps, -1), axis=1)
    paid = np.maximum.accumulate(np.where(schedule.reward != 0, steps, -1), axis=1)
    waiting = (began >= 0) & (paid <= began)
    training = ~schedule.probe[:, None]
    arrives = (schedule.reward != 0) & training
    was_waiting = np.zeros_like(waiting)
    was_waiting[:, 1:] = waiting[:, :-1]
    at = (arrives & was_waiting).nonzero()
    lengths = steps[at[1]] - began[at[0], at[1] - 1]
    length = int(lengths.max()) if lengths.size else schedule.n_steps
    since = np.where(waiting, steps - began, -1)
    return np.where(since < length, since, -1), length


def _tells_progress(schedule: Schedule, stimulus: int) -> bool:
    """Whether the level of a stimulus changes while it is on."""
    level = schedule.level[:, :, stimulus]
    on = (level[:, 1:] != 0) & (level[:, :-1] != 0)
    return bool((on & (level[:, 1:] != level[:, :-1])).any())


def _blurred(length: int, width: npt.ArrayLike) -> Floats:
    """Normal kernels around each of the states, row i with the SD width[i], and a row of zeros for no state."""
    width = np.broadcast_to(width, (length,))
    places = np.arange(length + int(np.ceil(8 * width.max())) + 1)
    kernels = np.exp(-0.5 * ((places - np.arange(length)[:, None]) / width[:, None]) ** 2)
    kernels[:, length - 1] += kernels[:, length:].sum(axis=1)
    kernels = kernels[:, :length]
    return np.vstack([kernels / kernels.sum(axis=1, keepdims=True), np.zeros(length)])


SCORECARD: Variants = {"feedback uncertainty": FeedbackUncertaintyTD}
