"""Value code: dopamine as value, or as its change, instead of a prediction error."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np

from rpe._checks import KnowsItsKeywords, Seed, choice
from rpe.schedules import Schedule
from rpe.theories._manipulated import reported, unstimulated
from rpe.theories._stability import around
from rpe.theories.protocol import Learned, Theory, Variants, checked
from rpe.theories.td import TD


@dataclass(frozen=True)
class ValueCode(KnowsItsKeywords):
    """Value code: values learned by another theory, whose signal is V_t + r_t (or its change) instead of δ.

    Dopamine reports value and does not teach it: the errors that do are no dopamine, so that
    stimulation adds to the signal, and neither it nor a lesion changes what is learned.

    Parameters
    ----------
    theory : Theory
        What learns the values; TD(0) over a serial compound by default.
    signal : {"value", "change"}
        V_t + r_t, what is at hand and to come, or its difference from the step before.

    Notes
    -----
    `learn` returns in `more` the error that the values were learned from, as `error`.

    Raises
    ------
    TypeError, ValueError
        For a theory without `learn`, or an unknown signal.

    References
    ----------
    Hamid, A. A. et al. (2016). Mesolimbic dopamine signals the value of work. Nature Neuroscience
    19, 117-126. doi:10.1038/nn.4173
    Kim, H. R. et al. (2020). A unified framework for dopamine signals across timescales. Cell
    183(6), 1600-1616. doi:10.1016/j.cell.2020.11.013 (which decides for the derivative)

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=300)
    >>> learned = rpe.theories.ValueCode().learn(s)
    >>> bool(learned.delta[0, -1, 14] > learned.delta[0, -1, 6] > 0.5)     # it ramps
    True
    """

    theory: Theory = field(default_factory=lambda: TD(trace_decay=0.0))
    signal: str = "value"

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "trace_decay")

    def __post_init__(self) -> None:
        checked(self.theory)
        choice("signal", self.signal, ("value", "change"))

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "value code" if self.signal == "value" else "change of value"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters."""
        return {"Kim 2020, derivative": cls(signal="change")}

    @around
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule."""
        inner = self.theory.learn(unstimulated(schedule), rng)
        worth = inner.value + schedule.reward
        if self.signal == "change":
            worth = np.diff(worth, axis=-1, prepend=0.0)
        signal = reported(schedule, worth + schedule.pulse)
        return Learned(signal, inner.value, {**inner.more, "error": inner.delta})


SCORECARD: Variants = {"value code": ValueCode}
