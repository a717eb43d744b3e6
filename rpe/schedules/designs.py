"""Designs in the words of a methods section, "A+ x40 | AX+ x40 | X- x10", turned into a schedule."""

import re
from typing import NamedTuple

from rpe._checks import Seed, flag, generator, scalar, shown
from rpe.schedules.conditioning import Times, drawn
from rpe.schedules.schedule import Schedule
from rpe.schedules.trials import MAX_GIB, Trial, room, sequence, steps_in

_TYPE = re.compile(
    r"(?P<stimuli>[A-Za-z]*)(?P<sign>[+-])(?:\((?P<size>[0-9.]+)\))?(?:(?P<chance>[0-9.]+)%)?"
    r"(?P<pulse>[*~]?)(?P<probe>\??)(?:\s*[x×]\s*(?P<times>[0-9]{1,18}))?"
)
_REST = re.compile(r"rest\s+(?P<number>[0-9.]+)\s*(?P<unit>s|min|h|d)")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


class _Type(NamedTuple):
    """A type of trial as written, and how often it comes."""

    name: str
    stimuli: str
    size: float
    chance: float
    pulse: int
    probe: bool
    times: int


def design(
    text: str,
    *,
    dt: float = 0.1,
    cue_time: float = 0.5,
    reward_time: float = 1.5,
    duration: float = 3.0,
    gap: Times = 0.0,
    pulse: float = 1.0,
    pulse_duration: float | None = None,
    random: bool = True,
    rng: Seed = None,
    max_gib: float = MAX_GIB,
) -> Schedule:
    r"""Experimental design, written as in the methods section of a paper.

    ===================  ===========================================================
    written              meaning
    ===================  ===========================================================
    ``A+ x40 | X- x10``  phases, one after another
    ``A+ x20, B- x40``   types of trial of one phase, mixed at random
    ``A+ / B- x40``      40 of each: a type without a number takes that of the next
    ``AX+``              A and X together, with a reward
    ``A-``               no reward
    ``+``                a reward without a cue
    ``A+(2.5)``          a reward of 2.5 instead of 1
    ``A+50%``            a reward in half of the trials
    ``A+*``, ``A-*``     with stimulation of dopamine neurons when the reward is due
    ``A+~``              with inhibition then
    ``A-?``              a probe: nothing is learned
    ``rest 24 h``        empty time after the phase before; s, min, h or d
    ===================  ===========================================================

    Stimuli are single letters, on from `cue_time` to `reward_time`.

    Parameters
    ----------
    text : str
        The design.
    dt : float
        Length of a step, s.
    cue_time, reward_time, duration : float
        When stimuli come on, when the reward is due, and the window of a trial, s.
    gap : float, array (n_trials,) or draw
        Empty time after each trial, s.
    pulse : float
        Size of stimulation (and, negative, of inhibition), in reward units, added to the error of
        every step.
    pulse_duration : float, optional
        How long it lasts, s; one step by default.
    random : bool
        Whether the types of a phase are mixed at random or come one after another.
    rng : int, numpy.random.Generator or None
        Seed of orders, omissions and gaps.
    max_gib : float
        What the schedule may take up, GiB.

    Returns
    -------
    Schedule
        Phases are named as they are written, types as "A+", "AX-"; trials of "A+50%" that are not
        paid keep that name.

    Raises
    ------
    TypeError, ValueError
        For words that are no design, named with the phase that they stand in, and as `sequence`.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x40 | AX+ x40 | X-? x10", rng=0)
    >>> s.n_trials, s.stimuli, s.phases, s.probe.sum()
    (90, ('A', 'X'), ('A+ x40', 'AX+ x40', 'X-? x10'), np.int64(10))
    """
    if not isinstance(text, str) or not text.strip():
        raise TypeError(f"text must be a design such as 'A+ x40 | AX+ x40'; got {shown(text)}")
    dt = scalar("dt", dt, 0, open_low=True)
    usual = scalar("reward_time", reward_time, scalar("cue_time", cue_time, 0), open_low=True)
    size = scalar("pulse", pulse, 0)
    lasting = dt if pulse_duration is None else scalar("pulse_duration", pulse_duration, 0, open_low=True)
    for_order, for_outcomes, for_gap = generator(rng).spawn(3)
    mixed = flag("random", random)
    kinds: dict[str, Trial] = {}
    names: dict[str, str] = {}
    order: list[str] = []
    phases: list[str] = []
    rests: dict[int, float] = {}
    n_trials = 0
    for phase in (part.strip() for part in text.split("|")):
        if rest := _REST.fullmatch(phase):
            rests[len(order) - 1] = _resting(rest, order, phase)
            continue
        trials = []
        types = _types(phase)
        n_trials += sum(written.times for written in types)
        room("text", n_trials, steps_in("duration", duration, dt), 1, max_gib)
        for written in types:
            for paid in for_outcomes.random(written.times) < written.chance:
                key = f"{written.name} {'paid' if paid else 'unpaid'}"
                kinds[key] = _trial(written, bool(paid), cue_time, usual, size, lasting)
                names[key] = written.name
                trials.append(key)
        order += for_order.permutation(trials).tolist() if mixed else trials
        phases += [phase] * len(trials)
    if not order:
        raise ValueError(f"text must have at least one trial; got {text!r}")
    gaps = drawn("gap", gap, for_gap, len(order)).copy()
    for last, seconds in rests.items():
        gaps[last] += seconds
    schedule = sequence(kinds, order, dt=dt, duration=duration, gap=gaps, phases=phases, max_gib=max_gib)
    return schedule.renamed(names)


def _types(phase: str) -> list[_Type]:
    """The types of trial of one phase."""
    found: list[_Type] = []
    waiting: list[re.Match[str]] = []
    for item in re.split(r"[,/]", phase):
        match = _TYPE.fullmatch(item.strip())
        if match is None:
            raise ValueError(
                f"text must be made of types such as 'A+ x40', 'AX-?' or 'B+50%*'; got {shown(item.strip())} in phase "
                f"{shown(phase)}"
            )
        waiting.append(match)
        if match["times"] is not None:
            found += [_type(each, int(match["times"]), phase) for each in waiting]
            waiting = []
    return found + [_type(each, 1, phase) for each in waiting]


def _type(match: re.Match[str], times: int, phase: str) -> _Type:
    if times < 1:
        raise ValueError(f"every type must come at least once; got x{times} in phase {phase!r}")
    stimuli, sign = match["stimuli"], match["sign"]
    chance = 1.0 if match["chance"] is None else _number(match["chance"], phase) / 100
    if chance > 1 or (sign == "-" and (match["size"] or match["chance"])):
        raise ValueError(f"a size or a chance (of at most 100 %) must follow a +; got {match[0]!r} in phase {phase!r}")
    if len(set(stimuli)) < len(stimuli):
        raise ValueError(f"a stimulus must come once in a compound; got {stimuli!r} in phase {phase!r}")
    pulse = {"*": 1, "~": -1, "": 0}[match["pulse"]]
    name = match[0].split("x")[0].split("×")[0].strip() if match["times"] else match[0].strip()
    size = _number(match["size"] or "1", phase)
    return _Type(name, stimuli, size, chance if sign == "+" else 0.0, pulse, bool(match["probe"]), times)


def _trial(written: _Type, paid: bool, cue: float, usual: float, pulse: float, lasting: float) -> Trial:
    return Trial(
        dict.fromkeys(written.stimuli, (cue, usual)),
        {usual: written.size} if paid else {},
        {(usual, usual + lasting): written.pulse * pulse} if written.pulse else {},
        due=usual,
        learning=not written.probe,
    )


def _resting(rest: re.Match[str], order: list[str], phase: str) -> float:
    if not order:
        raise ValueError(f"a rest must follow a phase; got {phase!r} first")
    return _number(rest["number"], phase) * _SECONDS[rest["unit"]]


def _number(written: str, phase: str) -> float:
    try:
        return float(written)
    except ValueError as error:
        raise ValueError(f"text must hold numbers such as 2.5; got {shown(written)} in phase {shown(phase)}") from error
