"""State uncertainty: TD over a blurred sense of time, which feedback on progress sharpens; errors ramp."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    Bools,
    Floats,
    Ints,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    choice,
    default,
    flag,
    instance,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.td.errors import td_error
from rpe.theories._dwell_times import KNOWLEDGE
from rpe.theories._manipulated import Manipulated
from rpe.theories._rewards_expected import most_so_far, rewards_since, steps_since, taught
from rpe.theories._stability import bounded
from rpe.theories._trial_level import shown
from rpe.theories.protocol import Learned, Stability, Variants


class Chain(NamedTuple):
    """The states of a stimulus, and what is known of them before each trial.

    Attributes
    ----------
    state : int array (n_trials, n_steps)
        The state in every step; −1 for none.
    length : int array (n_trials,)
        How many states there are.
    feedback : bool array (n_trials,)
        Whether the stimulus tells of progress.
    """

    state: Ints
    length: Ints
    feedback: Bools


# The states of a trial as they are looked ahead to and left, (n_steps, n_states), and β of each, (n_states, n).
Blurred = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class FeedbackUncertaintyTD(KnowsItsKeywords):
    """TD under state uncertainty: time since a stimulus is blurred; feedback sharpens each state once it is reached.

    The state that comes next is believed in with the wide kernel x_l, the one that was just
    reached with the narrow kernel x_s. So every step brings an error, and a term β of the rule
    keeps the values from growing without end:

        δ_t = r_t + γ w·x_l(t) − w·x_s(t − 1),   w ← w + (α δ_t − β w) x_s(t − 1),
        β = α [exp((ln γ)² (l² − s²) / 2) − 1].

    At the fixed point δ = (β/α) V: the ramp is a scaled copy of the value. Without feedback both
    kernels have the width of Weber's law, β is 0 and errors vanish. States run from the onset of a
    stimulus to the latest reward that followed it so far; belief past that lies on the last state,
    and belief before the onset is left out. They end when as many rewards have come as ever
    followed the stimulus. Each stimulus has its own states. All are per step of the schedule, as
    the paper gives no unit. In probe trials nothing changes.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    discount : float or array (n_agents,)
        γ in (0, 1], per step.
    width_before, width_after : float or array (n_states,)
        l and s, SD of the kernels before and after feedback, in steps, > 0; or those of each state, where feedback
        varies along a track, the last of which counts for all further ones (assumption).
    weber : float
        SD without feedback as a share of the steps since onset (the step of the onset counting as
        one), > 0.
    feedback : bool or None
        Whether stimuli tell of progress; None takes those whose level changes while they are on.
    knowledge : {"learned", "given"}
        Whether the latest reward, the number of rewards and what tells of progress are those of the
        trials before, or of all training trials.

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
    width_before: PerAgent = default(3.0)
    width_after: PerAgent = default(0.1)
    weber: float = 0.05
    feedback: bool | None = None
    knowledge: str = "learned"

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "width_before", "width_after", "weber")

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0, 1))
        object.__setattr__(self, "discount", parameter("discount", self.discount, 0, 1, open_low=True))
        for name in ("width_before", "width_after"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, open_low=True))
        scalar("weber", self.weber, 0, open_low=True)
        if self.feedback is not None:
            flag("feedback", self.feedback)
        choice("knowledge", self.knowledge, KNOWLEDGE)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        where = {None: "feedback where shown", True: "feedback", False: "no feedback"}[self.feedback]
        task = ", given task" if self.knowledge == "given" else ""
        return f"State uncertainty, {where}, γ = {shown(self.discount)}{task}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: those of the script of Figs. 1 and 2."""
        return {"Mikhael 2022, Figs. 1-2": cls(discount=0.9, weber=0.15)}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α times the chains that go on at once."""
        instance("schedule", schedule, Schedule)
        on = sum((self._chain(schedule, stimulus).state >= 0).astype(int) for stimulus in range(len(schedule.stimuli)))
        return Stability("α n", float(np.max(self.learning_rate) * np.max(on)), 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        chains = [self._chain(schedule, stimulus) for stimulus in range(len(schedule.stimuli))]
        longest = [int(chain.length.max()) for chain in chains]
        kernels = _Kernels(self, longest)
        w = np.zeros((sum(longest), self._n_agents()))
        pulls = np.zeros_like(w)
        for first, length in zip(
            np.cumsum(longest, dtype=np.int64) - np.array(longest, dtype=np.int64), longest, strict=True
        ):
            pulls[first : first + length] = self._pull(length)
        delta, value = np.empty((2, *schedule.reward.shape, w.shape[1]))
        run = self._run_trial
        if w.shape[1] == 1 and not Manipulated(schedule).any and find_spec("numba") is not None:
            run = self._run_compiled
        for trial in range(schedule.n_trials):
            ahead, left = kernels.side_by_side(chains, trial, schedule.n_steps)
            sharpened = np.repeat(np.array([chain.feedback[trial] for chain in chains], dtype=np.float64), longest)
            run(schedule, trial, (ahead, left, sharpened[:, None] * pulls), w, (delta[trial], value[trial]))
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"weights": w.T})

    def _run_trial(self, schedule: Schedule, trial: int, x: Blurred, w: Floats, signals: tuple[Floats, Floats]) -> None:
        """Run through a trial; weights (n_states, n), errors and values (n_steps, n) are filled in."""
        income, change = (schedule.reward + schedule.pulse)[trial].tolist(), Manipulated(schedule)
        ahead, left, pull = x
        before = np.zeros(len(w))
        for step, now in enumerate(left):
            error = td_error(income[step], np.dot(before, w), np.dot(ahead[step], w), self.discount)
            error = change(error, trial, step)
            signals[0][step], signals[1][step] = error, np.dot(now, w)
            if schedule.learning[trial, step]:
                w += before[:, None] * (self.learning_rate * error - pull * w)
            before = now

    def _run_compiled(
        self, schedule: Schedule, trial: int, x: Blurred, w: Floats, signals: tuple[Floats, Floats]
    ) -> None:
        """Do the same for one agent, compiled."""
        from rpe.theories._fast.compiled import blurred_trial

        ahead, left, pull = (np.ascontiguousarray(part) for part in x)
        rates = [float(np.ravel(rate)[0]) for rate in (self.learning_rate, self.discount)]
        income = schedule.reward[trial] + schedule.pulse[trial]
        flat = (np.ravel(pull), *rates, w[:, 0], signals[0][:, 0], signals[1][:, 0])
        blurred_trial(ahead, left, income, schedule.learning[trial], *flat)

    def _pull(self, length: int) -> Floats:
        """β of each of some states, (length, n) or (length, 1)."""
        apart = (_of_states(self.width_before, length) ** 2 - _of_states(self.width_after, length) ** 2)[:, None]
        return np.asarray(self.learning_rate * (np.exp(np.log(self.discount) ** 2 * apart / 2) - 1))

    def _chain(self, schedule: Schedule, stimulus: int) -> Chain:
        given = self.knowledge == "given"
        state, length = _states(schedule, stimulus, given)
        tells = _tells_progress(schedule, stimulus, given)
        return Chain(state, length, tells if self.feedback is None else np.full_like(tells, self.feedback))

    def _n_agents(self) -> int:
        return agent_count(learning_rate=self.learning_rate, discount=self.discount)


class _Kernels:
    """The blurred states of all stimuli, made once for each length."""

    def __init__(self, theory: FeedbackUncertaintyTD, longest: list[int]) -> None:
        self._theory, self._longest = theory, longest
        self._made: dict[tuple[int, bool, int], tuple[Floats, Floats]] = {}

    def side_by_side(self, chains: list[Chain], trial: int, n_steps: int) -> tuple[Floats, Floats]:
        """The states of a trial, looked ahead to and left, (n_steps, n_states) each."""
        ahead, left = [np.zeros((n_steps, 0))], [np.zeros((n_steps, 0))]
        for chain, longest in zip(chains, self._longest, strict=True):
            kernels = self._of(int(chain.length[trial]), bool(chain.feedback[trial]), longest)
            ahead.append(kernels[0][chain.state[trial]])
            left.append(kernels[1][chain.state[trial]])
        return np.hstack(ahead), np.hstack(left)

    def _of(self, length: int, feedback: bool, longest: int) -> tuple[Floats, Floats]:
        """x_l and x_s of each state, (length + 1, longest); the last row, of no state, is 0."""
        if (key := (length, feedback, longest)) not in self._made:
            weber = self._theory.weber * np.arange(1, length + 1)
            told = [_of_states(width, length) for width in (self._theory.width_before, self._theory.width_after)]
            widths = told if feedback else [weber, weber]
            ahead, left = (np.pad(_blurred(length, width), ((0, 0), (0, longest - length))) for width in widths)
            self._made[key] = ahead, left
        return self._made[key]


def _states(schedule: Schedule, stimulus: int, given: bool) -> tuple[Ints, Ints]:
    """The state that a stimulus is in, (n_trials, n_steps), −1 for none; and how many it has in each trial."""
    place = schedule.does.place[:, :, stimulus]
    if place.max() >= 0:
        length = most_so_far(np.where(schedule.probe, 0, place.max(axis=1) + 1), given)
        length[length == 0] = place.max() + 1
        return np.where(place < length[:, None], place, -1), length
    since, follows = steps_since(schedule, stimulus), rewards_since(schedule, stimulus)
    expected = most_so_far(taught(schedule, follows), given)
    length = most_so_far(taught(schedule, np.where(follows > 0, since, 0)), given)
    length[length == 0] = schedule.n_steps
    waiting = (follows == 0) | (follows < expected[:, None])
    return np.where(waiting & (since < length[:, None]), since, -1), length


def _tells_progress(schedule: Schedule, stimulus: int, given: bool) -> Bools:
    """Whether the level of a stimulus was seen to change while it is on, before each trial; a track always tells."""
    if schedule.does.place[:, :, stimulus].max() >= 0:
        return np.ones(schedule.n_trials, dtype=bool)
    level = schedule.level[:, :, stimulus]
    on = (level[:, 1:] != 0) & (level[:, :-1] != 0)
    return most_so_far((on & (level[:, 1:] != level[:, :-1])).any(axis=1).astype(np.int64), given) > 0


def _of_states(width: Floats, length: int) -> Floats:
    """The width of each state; the last one that is given counts for all further ones."""
    each = np.ravel(width)
    return each[np.minimum(np.arange(length), len(each) - 1)]


def _blurred(length: int, width: npt.ArrayLike) -> Floats:
    """Normal kernels around each of the states, row i with the SD width[i], and a row of zeros for no state."""
    width = np.broadcast_to(width, (length,))
    places = np.arange(length + int(np.ceil(8 * width.max())) + 1)
    kernels = np.exp(-0.5 * ((places - np.arange(length)[:, None]) / width[:, None]) ** 2)
    kernels[:, length - 1] += kernels[:, length:].sum(axis=1)
    kernels = kernels[:, :length]
    return np.vstack([kernels / kernels.sum(axis=1, keepdims=True), np.zeros(length)])


SCORECARD: Variants = {"feedback uncertainty": FeedbackUncertaintyTD}
