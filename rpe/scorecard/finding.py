"""A finding: a protocol, a reading of the signals, a criterion, and which theories are expected to meet it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, Ints, choice, instance, sequence, text
from rpe.schedules import Schedule
from rpe.theories import Learned, Theory
from rpe.theories.protocol import checked, discount_over

Numbers = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One published finding that a theory can reproduce or not.

    Either `schedules` and `read` are given, or `ask` is, for what no schedule can show.

    Attributes
    ----------
    id : str
        Its number, such as "A01".
    title : str
        What was found, in a few words.
    holds : callable
        From the numbers of the criterion, whether it holds.
    effect : str
        The number that is reported as the size of the effect.
    schedules : callable, optional
        From a random generator, the schedules of the protocol by name; a theory learns each of
        them from a naive start.
    read : callable, optional
        From the `Reading` of each schedule by name, the numbers that the criterion needs, by name;
        NaN for a quantity that the theory does not have.
    ask : callable, optional
        From a theory and a random generator, the numbers that the criterion needs, NaN where the
        theory has no such quantity.
    paper, published, criterion, status : str
        By whom it was found, the result, the rule in words, and how well the entry was checked
        against its source.
    passes, fails : str
        Which accounts are said to reproduce it or not, in words.
    expected_to_pass, expected_to_fail : tuple of str
        Theories of the roster, by name, of which their equations lead one to expect the one or the
        other. An expectation is no verdict: where the two differ there is something to explain.

    Raises
    ------
    TypeError
        Without `schedules` and `read`, or `ask`.
    ValueError
        If a theory is expected both to pass and to fail.

    Examples
    --------
    >>> import rpe
    >>> rpe.scorecard.load("blocking")
    Finding('B01', 'Blocking in dopamine')
    """

    id: str
    title: str
    holds: Callable[[Numbers], bool]
    effect: str
    schedules: Callable[[np.random.Generator], Mapping[str, Schedule]] | None = None
    read: Callable[[Mapping[str, "Reading"]], Numbers] | None = None
    ask: Callable[[Theory, np.random.Generator], Numbers] | None = None
    paper: str = ""
    published: str = ""
    criterion: str = ""
    status: str = ""
    passes: str = ""
    fails: str = ""
    expected_to_pass: tuple[str, ...] = ()
    expected_to_fail: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.ask is None and (self.schedules is None or self.read is None):
            raise TypeError(f"finding {self.id!r} must have schedules and read, or ask")
        both = sorted(set(self.expected_to_pass) & set(self.expected_to_fail))
        if both:
            raise ValueError(f"finding {self.id!r} must expect one verdict of a theory; got two of {', '.join(both)}")

    def __repr__(self) -> str:
        return f"Finding({self.id!r}, {self.title!r})"

    def expected(self, theory: str) -> str:
        """Return what is expected of a theory: "PASS", "FAIL", or empty where nothing is said.

        Examples
        --------
        >>> import rpe
        >>> rpe.scorecard.load("cue_shift").expected("Rescorla-Wagner")
        'FAIL'
        """
        text("theory", theory)
        if theory in self.expected_to_pass:
            return "PASS"
        return "FAIL" if theory in self.expected_to_fail else ""

    @property
    def facts(self) -> dict[str, str]:
        """What is stated about it in words, by name."""
        names = ("title", "paper", "published", "criterion", "passes", "fails", "status")
        return {name: str(getattr(self, name)) for name in names}


@dataclass(frozen=True)
class Reading:
    """The signals of one theory on one schedule, read in units of the error to an uncued reward.

    Signals are means over agents. Trials are chosen by type (one or several) and phase; `part` picks
    among the chosen ones: "all", "last" (the last 20 %), "first" (the first of them), or a slice.

    Attributes
    ----------
    schedule : Schedule
    learned : Learned
    theory : Theory, optional

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x200 | A-? , +? x1", dt=0.1)
    >>> theory = rpe.theories.TD(trace_decay=0.0)
    >>> reading = rpe.scorecard.Reading(s, theory.learn(s, 0), theory)
    >>> reading.signal("A-?").shape  # steps
    (30,)
    """

    schedule: Schedule
    learned: Learned
    theory: Theory | None = None

    def __post_init__(self) -> None:
        instance("schedule", self.schedule, Schedule)
        instance("learned", self.learned, Learned)
        if self.theory is not None:
            checked(self.theory)

    def __repr__(self) -> str:
        theory = "" if self.theory is None else f" of {type(self.theory).__name__}"
        return f"Reading({self.schedule.n_trials} trials of {self.schedule.n_steps} steps{theory})"

    def carried(self, time: float) -> float:
        """Return γ^(time), what is left of a value after a time (s), by the theory's own discount; 1 without one.

        Of a theory around another one, it is the discount of the inner one
        (`rpe.theories.protocol.discount_over`).
        """
        left = None if self.theory is None else discount_over(self.theory, time, self.schedule.dt)
        return 1.0 if left is None else left

    def trials(self, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> Ints:
        """Return the chosen trials' numbers, in order."""
        chosen = self.schedule.of_kind(*([kind] if isinstance(kind, str) else sequence("kind", kind)))
        if phase is not None:
            chosen &= self.schedule.in_phase(phase)
        places = np.flatnonzero(chosen)
        if isinstance(part, slice):
            return places[part]
        choice("part", part, ("all", "last", "first"))
        if part == "first":
            return places[:1]
        return places[len(places) - max(1, round(0.2 * len(places))) :] if part == "last" else places

    def signal(self, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> Floats:
        """Return the mean signal over the chosen trials, (n_steps,), in reward units."""
        return np.asarray(self.learned.delta[:, self.trials(kind, phase, part)].mean(axis=(0, 1)))

    def value(self, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> Floats:
        """Return the mean value over the chosen trials, (n_steps,), in reward units."""
        return np.asarray(self.learned.value[:, self.trials(kind, phase, part)].mean(axis=(0, 1)))

    def at(self, time: float, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> float:
        """Return the mean signal in the step that covers `time`, in reward units."""
        return float(self.signal(kind, phase, part)[self.schedule.step_of(time)])

    def response(
        self, time: float, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all"
    ) -> float:
        """Return the response to a stimulus that comes on at `time`: the signal, or the value if there is none.

        A theory of whole trials says nothing about the time of the cue; the value that it gives
        to the cue then stands for the response.
        """
        signal = self.at(time, kind, phase, part)
        return float(self.value(kind, phase, part)[self.schedule.step_of(time)]) if np.isnan(signal) else signal

    def unit_of(self, time: float, kind: str) -> float:
        """Return the mean signal in the step that covers `time`, as a unit; NaN if there is none."""
        size = self.at(time, kind)
        return size if abs(size) > 1e-9 else np.nan

    @property
    def unit(self) -> float:
        """Error to an uncued reward of 1 in the trained agent, from the probe trials "uncued"; NaN if it has none."""
        trials = self.trials("uncued")
        step = int(self.schedule.reward[trials[0]].argmax())
        size = float(self.learned.delta[:, trials, step].mean())
        return size if abs(size) > 1e-9 else np.nan

    @property
    def tonic(self) -> Floats | None:
        """Tonic signal ρ of the theory, (n_agents, n_trials, n_steps), in reward units per s; None without one."""
        rho = self.learned.more.get("rho")
        return None if rho is None or np.shape(rho) != self.learned.delta.shape else np.asarray(rho)
