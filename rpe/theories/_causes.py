"""Retrospective causal learning event by event, for all agents at once; `rpe.theories.ANCCR` says the equations."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.schedules import Schedule
from rpe.theories._event_log import Log
from rpe.theories._manipulated import Manipulated


class Parameters(NamedTuple):
    """α, k α, w, θ and α_R of every agent, (n,) each; s between samples, rates per s, and whether omissions count."""

    rate: Floats
    base_rate: Floats
    weight: Floats
    threshold: Floats
    cause_rate: Floats
    sampling: float
    minimum_rate: float
    omissions: bool


class Known(NamedTuple):
    """T (s) at every event, and α where it follows the time between rewards, NaN where it does not; (n_events,)."""

    constants: Floats
    rates: Floats


class Memory:
    """What n agents know of k kinds of events; reward and its omission are the last two.

    Attributes
    ----------
    trace, recent, base, times : float array (k, n)
        E, Δ, M̄ and how often each happened.
    seen_before, cause, adjusted : float array (k, k, n)
        M_{i←j}, R_ij and ANCCR_ij.
    target : bool array (k, n)
        Whether the causes of an event are worth finding.
    counts_omissions : bool array (n,)
        Whether a cause of reward has been found, from which on its omission is an event.
    last : float array (n,)
        When the latest event came, s.
    """

    def __init__(self, k: int, n: int) -> None:
        self.trace, self.recent, self.base, self.times = np.zeros((4, k, n))
        self.seen_before, self.cause, self.adjusted = np.zeros((3, k, k, n))
        self.target = np.repeat((np.arange(k) == k - 2)[:, None], n, axis=1)
        self.counts_omissions, self.last = np.zeros(n, dtype=bool), np.zeros(n)

    def of(self, agents: Ints) -> "Memory":
        """Return a copy of what some agents know."""
        part = Memory(*self.trace.shape)
        for name, array in vars(self).items():
            setattr(part, name, array[..., agents])
        return part

    def put(self, agents: Ints, part: "Memory") -> None:
        """Take over what some agents know."""
        for name, array in vars(self).items():
            array[..., agents] = getattr(part, name)


class _Event(NamedTuple):
    """One event, with T, α where it is given, and whether it teaches."""

    kind: int
    time: float
    size: float
    pulse: float
    trial: int
    step: int
    constant: float
    rate: float
    learns: bool


def judge_events(schedule: Schedule, log: Log, known: Known, p: Parameters) -> tuple[Floats, Floats, Floats]:
    """Take in all events.

    Returns
    -------
    delta, value : float array (n_trials, n_steps, n)
    contingency : float array (k, k, n)
        NC at the end.
    """
    n, k = len(p.rate), len(schedule.stimuli) + 2
    memory, change = Memory(k, n), Manipulated(schedule)
    delta, value = np.zeros((2, *schedule.reward.shape, n))
    learning = schedule.learning[log.trial, log.step].tolist()
    for told in zip(*(column.tolist() for column in (*log, *known)), learning, strict=True):
        event = _Event(*told)
        here = event.trial, event.step
        level = schedule.level[here] != 0
        acts = memory.counts_omissions & p.omissions if event.kind == k - 1 else np.ones(n, dtype=bool)
        if acts.all():
            delta[here] += _take_in(memory, event, p, change)
            value[event.trial, event.step :] = _value(memory, level, event, p)
        elif acts.any():
            # Those to whom the omission of reward is no event yet do not notice it.
            agents = np.flatnonzero(acts)
            part, own = memory.of(agents), p._replace(**{name: getattr(p, name)[agents] for name in p._fields[:5]})
            delta[(*here, agents)] += _take_in(part, event, own, change)
            value[event.trial, event.step :, agents] = _value(part, level, event, own)[:, None]
            memory.put(agents, part)
    last = float(known.constants[-1]) if len(known.constants) else np.inf
    return delta, value, contingencies(memory, last, p)


def contingencies(memory: Memory, constant: float, p: Parameters) -> Floats:
    """Return NC, (k, k, n); 0 for events that have not happened."""
    known = memory.times > 0
    backward = (memory.seen_before - memory.base[:, None]) * (known[:, None] & known)
    forward = backward * (_inverse(memory, known, constant, p)[:, None] * memory.base)
    return np.asarray(p.weight * forward + (1 - p.weight) * backward)


def _inverse(memory: Memory, known: Bools, constant: float, p: Parameters) -> Floats:
    """1/M̄ of events that are frequent enough, else 0, (k, n)."""
    frequent = known & (memory.base / constant >= p.minimum_rate) & (memory.base > 0)
    return np.where(frequent, 1 / np.where(frequent, memory.base, 1.0), 0.0)


def _take_in(memory: Memory, event: _Event, p: Parameters, change: Manipulated) -> Floats:
    """Take in one event; returns dopamine, (n,)."""
    kind = event.kind
    _wait(memory, event, p)
    memory.trace[kind] += 1.0
    memory.recent[kind] = 1.0
    if event.learns:
        memory.times[kind] += 1
        rate = p.rate if np.isnan(event.rate) else event.rate
        seen = memory.seen_before[:, kind]
        seen += np.where(memory.target[kind], rate, 0.0) * (memory.trace - seen)
    contingency = contingencies(memory, event.constant, p)
    caused = contingency > p.threshold
    caused[np.diag_indices(len(caused))] = False
    memory.cause[kind, kind] = event.size
    plain = _dopamine(memory, contingency, caused, kind)
    dopamine = np.asarray(change(plain + event.pulse, event.trial, event.step))
    if event.learns:
        _judge(memory, event, dopamine, caused[:, kind], p)
    return dopamine


def _wait(memory: Memory, event: _Event, p: Parameters) -> None:
    """Let traces decay to the event, with base rates sampled on the way: a geometric sum, in closed form."""
    sampling, start = p.sampling, memory.last
    first = np.ceil(start / sampling - 1e-9)
    n_samples = np.maximum(np.ceil(event.time / sampling - 1e-9) - first, 0)
    if event.learns:
        keep, fade = 1 - p.base_rate, np.exp(-sampling / event.constant)
        kept, faded = keep**n_samples, fade**n_samples
        alike = np.abs(keep - fade) < 1e-12
        same = n_samples * fade ** np.maximum(n_samples - 1, 0)
        weight = np.where(alike, same, (kept - faded) / np.where(alike, 1.0, keep - fade))
        at_first = np.exp(-(first * sampling - start) / event.constant)
        memory.base = kept * memory.base + (p.base_rate * weight * at_first) * memory.trace
    left = np.exp(-(event.time - start) / event.constant)
    memory.trace *= left
    memory.recent *= left
    memory.last[:] = event.time


def _dopamine(memory: Memory, contingency: Floats, caused: Bools, kind: int) -> Floats:
    """Work out ANCCR of all events, in order, and sum that of this one over the targets."""
    memory.adjusted[kind] = 0.0
    direct = contingency * memory.cause
    explains = caused * memory.recent[:, None]
    for row in range(len(direct)):
        memory.adjusted[row] = direct[row] - (explains[:, row, None] * memory.adjusted).sum(axis=0)
    return np.asarray((memory.adjusted[kind] * memory.target).sum(axis=0))


def _judge(memory: Memory, event: _Event, dopamine: Floats, causes: Bools, p: Parameters) -> None:
    """Make the event a target or not, and move R to the size of what came, or take from its causes."""
    kind, reward = event.kind, len(memory.trace) - 2
    if kind == reward:
        memory.counts_omissions |= causes.any(axis=0)
    if kind == reward + 1:
        memory.cause[kind, reward] = memory.cause[reward, reward]
        memory.target[kind] = True
    memory.target[kind] |= dopamine + (kind == reward) > p.threshold
    cause = memory.cause[:, kind]
    share = np.where(causes, memory.recent / np.maximum(memory.times, 1), 0.0)
    total = share.sum(axis=0)
    taken = cause * share / np.where(total > 0, total, 1.0)
    cause += p.cause_rate * np.where(dopamine >= 0, event.size - cause, -taken)


def _value(memory: Memory, level: Bools, event: _Event, p: Parameters) -> Floats:
    """Σ SRC R over what is on, towards reward, (n,)."""
    # The column of the reward of what `contingencies` returns: the rest is not asked for.
    reward = len(level)
    known = (memory.times > 0) & (memory.times[reward] > 0)
    backward = (memory.seen_before[:, reward] - memory.base) * known
    forward = backward * (_inverse(memory, known, event.constant, p) * memory.base[reward])
    return np.asarray(level @ (forward[:reward] * memory.cause[:reward, reward]))
