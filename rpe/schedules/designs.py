"""Designs in the words of a methods section, "A+ x40 | AX+ x40 | X- x10", turned into a schedule."""

import numpy as np

from rpe._checks import Seed, flag, generator, hinting, scalar, shown
from rpe.schedules.conditioning import Times, drawn
from rpe.schedules.notation import Phase, Type
from rpe.schedules.notation import phases as read
from rpe.schedules.schedule import Schedule
from rpe.schedules.trials import MAX_GIB, Trial, Window, room, sequence, steps_in


@hinting
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
    context_level: float = 1.0,
    random: bool = True,
    rng: Seed = None,
    max_gib: float = MAX_GIB,
) -> Schedule:
    r"""Experimental design, written as in the methods section of a paper.

    ==================================  ===========================================================
    written                             meaning
    ==================================  ===========================================================
    ``A+ x40 | X- x10``                 phases, one after another
    ``A+ x20, B- x40``                  types of trial of one phase, mixed at random
    ``A+ / B- x40``                     40 of each: a type without a number takes that of the next
    ``AX+``                             A and X together, with a reward
    ``A-``                              no reward
    ``+``                               a reward without a cue
    ``A+(2.5)``                         a reward of 2.5 instead of 1
    ``A#``                              a strong reward, 2 instead of 1
    ``A+50%``                           a reward in half of the trials
    ``(A+ B-) x20``                     A+, B-, A+, B-, ...: a cycle in fixed order
    ``B>A+``, ``B→A+``                  serial cues: B, then A, then the reward
    ``B..A+``                           the same with an empty interval between, also ``B-gap-A+``
    ``A..+``                            a trace cue: an empty interval before the reward
    ``[K1] A+ x20``                     in context K1, a stimulus that is on for the whole window
    ``A+ x8 in 4 sessions``             the phase four times over
    ``A+ x8 in 4 sessions 24 h apart``  the same, with empty time between
    ``A+*``, ``A-*``                    with stimulation of dopamine neurons when the reward is due
    ``A+~``                             with inhibition then
    ``A-?``                             a probe: nothing is learned
    ``rest 24 h``                       empty time after the phase before; s, min, h or d
    ==================================  ===========================================================

    Stimuli are single letters, on from `cue_time` to `reward_time`. Serial cues and intervals last as
    long each, so that the reward after two comes that much later; `duration` must hold it.

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
    context_level : float
        Level of contexts, beside the 1 of cues, ≥ 0.
    random : bool
        Whether the types of a phase are mixed at random or come one after another. Cycles stay whole.
    rng : int, numpy.random.Generator or None
        Seed of orders, omissions and gaps.
    max_gib : float
        What the schedule may take up, GiB.

    Returns
    -------
    Schedule
        Phases are named as they are written (sessions with ", session 1" behind), types as "A+", "AX-";
        trials of "A+50%" that are not paid keep that name.

    Raises
    ------
    TypeError, ValueError
        For words that are no design, named with their phase and place, and as `sequence`.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x40 | AX+ x40 | X-? x10", rng=0)
    >>> s.n_trials, s.stimuli, s.phases, s.probe.sum()
    (90, ('A', 'X'), ('A+ x40', 'AX+ x40', 'X-? x10'), np.int64(10))
    >>> s = rpe.schedules.design("[K1] (A+ B-) x2 | [K2] A- x2")
    >>> [s.kinds[kind] for kind in s.kind], s.stimuli
    (['A+', 'B-', 'A+', 'B-', 'A-', 'A-'], ('K1', 'A', 'B', 'K2'))
    """
    if not isinstance(text, str) or not text.strip():
        raise TypeError(f"text must be a design such as 'A+ x40 | AX+ x40'; got {shown(text)}")
    dt = scalar("dt", dt, 0, open_low=True)
    usual = scalar("reward_time", reward_time, scalar("cue_time", cue_time, 0), open_low=True)
    size = scalar("pulse", pulse, 0)
    level = scalar("context_level", context_level, 0)
    lasting = dt if pulse_duration is None else scalar("pulse_duration", pulse_duration, 0, open_low=True)
    for_order, for_outcomes, for_gap = generator(rng).spawn(3)
    mixed = flag("random", random)
    kinds: dict[str, Trial] = {}
    names: dict[str, str] = {}
    order: list[str] = []
    phases: list[str] = []
    rests: dict[int, float] = {}
    n_trials = 0
    for phase in read(text):
        n_trials += phase.sessions * sum(block.times * len(block.types) for block in phase.blocks)
        room("text", n_trials, steps_in("duration", duration, dt), 1, max_gib)
        if not phase.blocks:
            _after_a_phase(phase, order)
            rests[len(order) - 1] = rests.get(len(order) - 1, 0.0) + phase.rest
        context: dict[str, Window] = {phase.context: (0.0, duration, level)} if phase.context else {}
        for session in range(phase.sessions if phase.blocks else 0):
            units = _units(phase, for_outcomes)
            for written, paid in (trial for unit in units for trial in unit):
                key = _key(phase, written, paid)
                kinds[key], names[key] = _trial(written, paid, context, cue_time, usual, size, lasting), written.name
            chosen = for_order.permutation(len(units)).tolist() if mixed else range(len(units))
            keys = [_key(phase, *trial) for unit in chosen for trial in units[unit]]
            order += keys
            phases += [_label(phase, session)] * len(keys)
            if session < phase.sessions - 1:
                rests[len(order) - 1] = phase.rest
    if not order:
        raise ValueError(f"text must have at least one trial; got {text!r}")
    gaps = drawn("gap", gap, for_gap, len(order)).copy()
    for last, seconds in rests.items():
        gaps[last] += seconds
    schedule = sequence(kinds, order, dt=dt, duration=duration, gap=gaps, phases=phases, max_gib=max_gib)
    return schedule.renamed(names)


def _units(phase: Phase, rng: np.random.Generator) -> list[list[tuple[Type, bool]]]:
    """What is mixed in a phase, as types and whether they are paid: single trials, and cycles as a whole."""
    units = []
    for block in phase.blocks:
        paid = [rng.random(block.times) < written.chance for written in block.types]
        units += [
            [(written, bool(outcomes[i])) for written, outcomes in zip(block.types, paid, strict=True)]
            for i in range(block.times)
        ]
    return units


def _trial(
    written: Type, paid: bool, context: dict[str, Window], cue: float, usual: float, pulse: float, lasting: float
) -> Trial:
    """The trial of a type: its compounds one after another, each as long as a single cue, then the reward."""
    cues, length = dict(context), usual - cue
    for place, compound in enumerate(written.elements):
        cues |= dict.fromkeys(compound, (cue + place * length, usual + place * length))
    due = usual + (len(written.elements) - 1) * length
    return Trial(
        cues,
        {due: written.size} if paid else {},
        {(due, due + lasting): written.pulse * pulse} if written.pulse else {},
        due=due,
        learning=not written.probe,
    )


def _after_a_phase(rest: Phase, order: list[str]) -> None:
    if not order:
        raise ValueError(f"a rest must follow a phase; got {rest.text!r} first")


def _key(phase: Phase, written: Type, paid: bool) -> str:
    return f"{written.name} {'paid' if paid else 'unpaid'} {phase.context}".strip()


def _label(phase: Phase, session: int) -> str:
    return phase.text if phase.sessions == 1 else f"{phase.text}, session {session + 1}"
