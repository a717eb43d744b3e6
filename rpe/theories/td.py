"""Linear TD(λ) over a representation of the stimuli."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe import td
from rpe._checks import (
    Floats,
    Kept,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    choice,
    default,
    flag,
    instance,
    mapping,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.td.step_by_step import Bootstrap, Rule, Trace
from rpe.theories._linear import run_on
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, corrected
from rpe.theories._trial_level import (
    Features,
    SharedSchedule,
    check_features,
    once,
    per_step,
    shown,
    td_features,
    td_kinds,
)
from rpe.theories.protocol import Learned, Stability, Variants


class Usual(NamedTuple):
    """What a representation is used with here: α, λ and the floor under values."""

    learning_rate: float
    trace_decay: float
    value_floor: float | None


# α of presence is an assumption; that of Ludvig and others (2012) is in `published`.
_USUAL = {
    "serial_compound": Usual(0.1, 0.0, None),
    "presence": Usual(0.1, 0.95, None),
    "microstimuli": Usual(0.01, 0.95, 0.0),
}


@dataclass(frozen=True)
class TD(KnowsItsKeywords):
    """Linear TD(λ), as in `rpe.td.learn`: what is usual differs by representation.

        V_t = w·x_t,   δ_t = r_t + γ V_t − V_old + pulse_t,   w ← w + α δ_t e,   e ← γλ e + x_t

    Parameters
    ----------
    features : {"serial_compound", "presence", "microstimuli"}, array or callable
        The representation, from `rpe.features`; or features (n_trials, n_steps, n_features) or
        (n_steps, n_features); or a function that returns them from the schedule.
    learning_rate : float or array (n_agents,), optional
        α ≥ 0, per step of the schedule. By default that of the representation: 0.1 (for presence an
        assumption, 50 times that of Ludvig and others); 0.01 for microstimuli.
    discount : float or array (n_agents,)
        γ in [0, 1], per `step`.
    trace_decay : float or array (n_agents,), optional
        λ in [0, 1], per `step`. By default that of the representation: 0 for the serial compound,
        0.95 for the others.
    value_floor : float, None or {"published"}
        Values are not read as lower than this, ≤ 0; "published" is 0 for microstimuli, and None, no
        floor, for all else.
    bootstrap, trace : str
        As in `rpe.td.learn`.
    reset : bool
        Whether value and trace are 0 before each trial; otherwise time runs on through the gaps,
        in which no feature is on, and the trace decays.
    ends_at_reward, intertrial_states : bool
        Of the serial compound: whether its states end at a reward, the last of those that are expected
        (as many as followed its stimuli in any earlier trial), and whether there are states between
        trials, as far as the window goes.
    at_the_reward : bool
        Of states that end at a reward: whether the state of its own step is on. Then an early reward
        is followed by a dip one step later, as large as the value that was left; otherwise that value
        is taken from the error at the reward.
    options : mapping
        Further options of the function of `rpe.features`.
    step : float or None
        Step of γ and λ, s; None for the step of the schedule.

    Notes
    -----
    With λ = 0 an error moves back by one step in each trial, so that a serial compound of 10 steps knows little
    at the cue after 40 trials, and blocks little then; longer traces and microstimuli block at once.
    `learn` returns in `more` the `weights` at the end, (n_agents, n_features).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or features that do not fit the schedule.

    References
    ----------
    Montague, P. R., Dayan, P. & Sejnowski, T. J. (1996). A framework for mesencephalic dopamine
    systems based on predictive Hebbian learning. Journal of Neuroscience 16(5), 1936-1947.
    doi:10.1523/JNEUROSCI.16-05-01936.1996
    Ludvig, E. A., Sutton, R. S. & Kehoe, E. J. (2008). Stimulus representation and the timing of
    reward-prediction errors in models of the dopamine system. Neural Computation 20(12),
    3034-3054. doi:10.1162/neco.2008.11-07-654
    Ludvig, E. A., Sutton, R. S. & Kehoe, E. J. (2012). Evaluating the TD model of classical
    conditioning. Learning & Behavior 40, 305-319. doi:10.3758/s13420-012-0082-6
    Jeong, H. et al. (2022). Mesolimbic dopamine release conveys causal associations. Science 378,
    eabq6740. doi:10.1126/science.abq6740

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.5, 1.0)}, {1.5: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 200, dt=0.5, duration=2.0)
    >>> rpe.theories.TD(step=0.5).learn(schedule).delta[0, [0, -1]].round(2).tolist()
    [[0.0, 0.0, 0.0, 1.0], [0.0, 0.96, 0.0, 0.0]]
    """

    features: Features = "serial_compound"
    learning_rate: Kept[npt.ArrayLike | None, Floats | None] = default(None)
    discount: PerAgent = default(0.98)
    trace_decay: Kept[npt.ArrayLike | None, Floats | None] = default(None)
    value_floor: float | str | None = "published"
    bootstrap: Bootstrap = "updated"
    trace: Trace = "accumulating"
    reset: bool = True
    ends_at_reward: bool = False
    intertrial_states: bool = False
    at_the_reward: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    step: float | None = 0.05

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "trace_decay")

    def __post_init__(self) -> None:
        check_features(self.features)
        mapping("options", self.options)
        for name, high in (("learning_rate", np.inf), ("discount", 1.0), ("trace_decay", 1.0)):
            if name == "discount" or getattr(self, name) is not None:
                object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        if isinstance(self.value_floor, str):
            choice("value_floor", self.value_floor, ("published",))
        elif self.value_floor is not None:
            scalar("value_floor", self.value_floor, high=0)
        choice("bootstrap", self.bootstrap, ("updated", "stale"))
        choice("trace", self.trace, ("accumulating", "replacing", "dutch"))
        for name in ("reset", "ends_at_reward", "intertrial_states", "at_the_reward"):
            flag(name, getattr(self, name))
        if self.step is not None:
            scalar("step", self.step, 0, open_low=True)
        self._rule(1.0)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures: what changes results."""
        features = self.features.replace("_", " ") if isinstance(self.features, str) else "own features"
        parts = [f"TD({shown(self._usual('trace_decay'))}), {features}"]
        parts += [f"{name} = {value}" for name, value in self.options.items()]
        end = "states end at the reward" if self.at_the_reward else "states end before the reward"
        parts += [end] if self.ends_at_reward else []
        parts += ["states between trials"] if self.intertrial_states else []
        if self.value_floor != "published":
            parts += ["no floor" if self.value_floor is None else f"floor {self.value_floor:g}"]
        parts += [f"{self.trace} trace"] if self.trace != "accumulating" else []
        parts += ["stale bootstrap"] if self.bootstrap == "stale" else []
        return ", ".join(parts + ([] if self.reset else ["continuous time"]))

    @property
    def family(self) -> str:
        """λ and representation; published sets of others are other kinds of theory."""
        return ", ".join(self.name.split(", ")[:2])

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters."""
        return {
            "Montague 1996": cls(learning_rate=0.3, discount=1.0, step=None),
            "Ludvig 2008, microstimuli": cls("microstimuli"),
            "Ludvig 2012, microstimuli": cls(
                "microstimuli", learning_rate=0.05, discount=0.97, options={"parameters": "2012"}
            ),
            # The paper's α of 0.05 with the level 0.2 is this with the level 1.
            "Ludvig 2012, presence": cls("presence", learning_rate=0.05 * 0.2**2, discount=0.97),
            "Jeong 2022, serial compound": cls(
                learning_rate=0.05, discount=0.95, step=0.2, reset=False, intertrial_states=True
            ),
            "Jeong 2022, microstimuli": cls(
                "microstimuli",
                learning_rate=0.02,
                step=0.2,
                reset=False,
                value_floor=None,
                bootstrap="stale",
                options={"parameters": "jeong"},
            ),
        }

    def stability(self, schedule: Schedule) -> Stability:
        """Return κ, by which an update corrects its own error, where it is largest."""
        instance("schedule", schedule, Schedule)
        return corrected(td_features(schedule, self.features, **self._options()), self._rule(schedule.dt))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        if isinstance(schedule, SharedSchedule) and isinstance(self.features, str) and self._n_agents() == 1:
            # Many theories are TD(0) where what is theirs does not come up.
            return once(schedule, "TD", self._exactly(), lambda: _read_only(self._learn(schedule)))
        return self._learn(schedule)

    def _learn(self, schedule: Schedule) -> Learned:
        x, rule = td_kinds(schedule, self.features, **self._options()), self._rule(schedule.dt)
        if not self.reset or Manipulated(schedule).any:
            return run_on(x, schedule, rule)
        learned = td.learn(
            x,
            schedule.reward,
            learning_rate=rule.learning_rate,
            discount=rule.discount,
            trace_decay=rule.trace_decay,
            bootstrap=rule.bootstrap,
            trace=rule.trace,
            value_floor=None if rule.value_floor == -np.inf else rule.value_floor,
            pulse=schedule.pulse,
            learning=schedule.learning,
            record="all",
        )
        return Learned(learned.delta, learned.value, {"weights": learned.weights})

    def _exactly(self) -> list[object]:
        """All parameters, with numbers in full."""
        values = [getattr(self, each.name) for each in fields(self)]
        return [value.tolist() if isinstance(value, np.ndarray) else value for value in values]

    def _n_agents(self) -> int:
        return agent_count(
            learning_rate=self._usual("learning_rate"),
            discount=self.discount,
            trace_decay=self._usual("trace_decay"),
        )

    def _usual(self, name: str) -> Any:
        """A parameter, or what is usual with the representation."""
        value = getattr(self, name)
        return np.asarray(getattr(self._known(), name)) if value is None else value

    def _known(self) -> Usual:
        """What is usual with the representation; with one's own features, with the serial compound."""
        return _USUAL[self.features if isinstance(self.features, str) else "serial_compound"]

    def _options(self) -> dict[str, Any]:
        """Options of the function of `rpe.features`."""
        if not isinstance(self.features, str) or self.features != "serial_compound":
            return dict(self.options)
        own = {name: getattr(self, name) for name in ("ends_at_reward", "intertrial_states", "at_the_reward")}
        return {**own, **self.options}

    def _rule(self, dt: float) -> Rule:
        """The rule per step of a schedule."""
        learning_rate, trace_decay = self._usual("learning_rate"), self._usual("trace_decay")
        agent_count(learning_rate=learning_rate, discount=self.discount, trace_decay=trace_decay)
        floor = self._known().value_floor if isinstance(self.value_floor, str) else self.value_floor
        return Rule(
            learning_rate=learning_rate,
            discount=per_step(self.discount, self.step, dt),
            trace_decay=per_step(trace_decay, self.step, dt),
            bootstrap=self.bootstrap,
            trace=self.trace,
            value_floor=-np.inf if floor is None else float(floor),
            reset=self.reset,
        )


def _read_only(learned: Learned) -> Learned:
    for signal in (learned.delta, learned.value):
        signal.setflags(write=False)
    return learned


SCORECARD: Variants = {
    "TD(0)": lambda: TD(trace_decay=0.0),
    "TD(0.9)": lambda: TD(trace_decay=0.9),
    "TD(0), ends at reward": lambda: TD(trace_decay=0.0, ends_at_reward=True),
    "TD, presence": lambda: TD(features="presence"),
    "TD, microstimuli": lambda: TD(features="microstimuli"),
    "TD, microstimuli, no floor": lambda: TD(features="microstimuli", value_floor=None),
}
