"""Mackintosh: every cue learns from its own error, and attention goes to the cue that predicts best."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import KnowsItsKeywords, PerAgent, Seed, agent_count, default, instance, parameter, scalar
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import on_steps, outcome, presence_by_trial, pulse_size
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class Mackintosh(KnowsItsKeywords):
    """The theory of Mackintosh, with attention αᵢ that follows how well a cue predicts beside the others.

        δᵢ = λ − xᵢ Vᵢ,   Vᵢ ← Vᵢ + β αᵢ xᵢ δᵢ,   αᵢ ← αᵢ + θ xᵢ (|λ − Σ_{k≠i} x_k V_k| − |δᵢ|), within bounds

    Errors are those of single cues, so that blocking comes from attention alone, and there is no overexpectation.
    The signal `delta` is the mean error of the cues in a trial (the library's reading; the paper knows no dopamine),
    and what changes it changes the errors of all. In probe trials nothing changes.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        β in [0, 1].
    attention_rate : float or array (n_agents,)
        θ in [0, 1].
    first_attention : float or array (n_agents,)
        α before a cue was ever shown, in [0, 1].
    lowest : float
        The bound below α, in [0, 1]; that above is 1.

    Notes
    -----
    `learn` returns in `more` the `strength` V and the `attention` α of every stimulus before each trial,
    (n_agents, n_trials, n_stimuli). Mackintosh gave the direction of changes in attention (his Eqs. 4 and 5), no
    rule for their size; this one is that of Le Pelley et al. The numbering is from memory, and the default
    parameters are those of the R package calmr.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Mackintosh, N. J. (1975). A theory of attention: Variations in the associability of stimuli with reinforcement.
    Psychological Review 82(4), 276-298. doi:10.1037/h0076778
    Le Pelley, M. E., Mitchell, C. J., Beesley, T., George, D. N. & Wills, A. J. (2016). Attention and associative
    learning in humans: An integrative review. Psychological Bulletin 142(10), 1111-1140. doi:10.1037/bul0000064

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x40 | AX+ / BY+ x8 | X-? , Y-?", random=False)
    >>> blocked, control = rpe.theories.Mackintosh().learn(s).value[0, -2:].max(axis=1)
    >>> bool(blocked < 0.6 * control)
    True
    """

    learning_rate: PerAgent = default(0.4)
    attention_rate: PerAgent = default(0.2)
    first_attention: PerAgent = default(0.4)
    lowest: float = 0.1

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "attention_rate")

    def __post_init__(self) -> None:
        for name in ("learning_rate", "attention_rate", "first_attention"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        scalar("lowest", self.lowest, 0, 1)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Mackintosh 1975"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return β x² at full attention, by which a trial corrects the error of a cue."""
        instance("schedule", schedule, Schedule)
        return Stability("β α x²", float(np.max(self.learning_rate) * (presence_by_trial(schedule) ** 2).max()), 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        x, n = presence_by_trial(schedule)[:, :, None], self._n_agents()
        shape, target = (len(x), x.shape[1], n), outcome(schedule) + pulse_size(schedule)
        error, prediction = np.empty((2, len(x), n))
        change = Manipulated(schedule).whole(schedule)
        strengths, attended = np.empty((2, *shape))
        strength, attention = np.zeros(shape[1:]), np.full(shape[1:], self.first_attention)
        for trial, frozen in enumerate(schedule.probe.tolist()):
            strengths[trial], attended[trial] = strength, attention
            says, shown = x[trial] * strength, x[trial] != 0
            prediction[trial] = says.sum(axis=0)
            mean = says.sum(axis=0) / max(int(shown.sum()), 1)
            error[trial] = change(delta_rule_error(target[trial], mean), trial)
            # What is done to dopamine is done to the outcome that every cue learns of.
            known = error[trial] + mean
            if not frozen:
                own = known - says
                others = known - (prediction[trial] - says)
                strength = strength + self.learning_rate * attention * x[trial] * own
                moved = attention + self.attention_rate * x[trial] * (np.abs(others) - np.abs(own))
                attention = np.where(shown, np.clip(moved, self.lowest, 1.0), attention)
        more = {"strength": strengths.transpose(2, 0, 1), "attention": attended.transpose(2, 0, 1)}
        return Learned(*on_steps(schedule, error.T, prediction.T), more)

    def _n_agents(self) -> int:
        names = ("learning_rate", "attention_rate", "first_attention")
        return agent_count(**{name: getattr(self, name) for name in names})


SCORECARD: Variants = {"Mackintosh": Mackintosh}
