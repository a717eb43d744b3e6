"""One protocol of a finding: every theory learns it, and what it did is read off."""

import pickle
from collections.abc import Mapping
from dataclasses import fields
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from rpe.schedules import Schedule
from rpe.scorecard.cells import Found
from rpe.scorecard.finding import Finding, Numbers, Reading
from rpe.scorecard.registry import load
from rpe.theories import Learned, Theory
from rpe.theories._trial_level import SharedSchedule


def run_once(theory: Theory, finding: Finding, seed: int) -> tuple[dict[str, Reading], Numbers]:
    """Return the readings and the numbers of one theory on one random protocol."""
    return _learn(theory, finding, _protocol(finding, seed), _stream(seed))


def _protocol(finding: Finding, seed: int) -> Mapping[str, Schedule]:
    """Return the schedules of a finding for one seed."""
    return {} if finding.schedules is None else finding.schedules(np.random.default_rng(seed).spawn(2)[0])


def _learn(
    theory: Theory, finding: Finding, schedules: Mapping[str, Schedule], rng: np.random.Generator
) -> tuple[dict[str, Reading], Numbers]:
    if finding.ask is not None:
        return {}, {name: float(value) for name, value in finding.ask(theory, rng).items()}
    assert finding.read is not None
    readings = {
        name: Reading(schedule, _checked(theory.learn(schedule, rng), schedule.reward.shape), theory)
        for name, schedule in schedules.items()
    }
    return readings, {name: float(value) for name, value in finding.read(readings).items()}


class Ran(NamedTuple):
    """What all theories did with one protocol.

    Attributes
    ----------
    found : dict
    protocol : str
        What the protocol was, digested; empty if that is not known.
    certain : set
        The theories and sets of parameters that drew nothing at random.
    """

    found: Found
    protocol: str
    certain: set[tuple[str, str]]


def run_all(sets: Mapping[str, Mapping[str, Theory]], row: str | Finding, seed: int, first: Ran | None = None) -> Ran:
    """Let every theory learn the same protocol; one that breaks leaves a message in place of its numbers.

    Of theories to which nothing happens that did not happen with the `first` seed, the results are taken from there.
    """
    finding = load(row) if isinstance(row, str) else row
    # Many theories learn from the same features, which take longer to make than some take to learn.
    schedules = {name: SharedSchedule.of(schedule) for name, schedule in _protocol(finding, seed).items()}
    ran = Ran({}, _digest(schedules), set())
    again = first is not None and first.protocol == ran.protocol
    for key, theory in {(name, label): each for name, many in sets.items() for label, each in many.items()}.items():
        if first is not None and again and key in first.certain:
            ran.found[key] = first.found[key]
            continue
        rng = _stream(seed)
        try:
            ran.found[key] = _learn(theory, finding, schedules, rng)[1]
        except Exception as error:
            ran.found[key] = f"{type(error).__name__}: {error}"
        if _untouched(rng, seed):
            ran.certain.add(key)
    return ran


def _digest(schedules: Mapping[str, Schedule]) -> str:
    """Return what tells protocols apart."""
    content = {name: [getattr(each, part.name) for part in fields(Schedule)] for name, each in schedules.items()}
    return sha256(pickle.dumps(content)).hexdigest()


def _stream(seed: int) -> np.random.Generator:
    """Return what a theory draws from."""
    return np.random.default_rng(seed).spawn(2)[1]


def _untouched(rng: np.random.Generator, seed: int) -> bool:
    """Return whether nothing was drawn from the stream of a theory, and no other stream begun."""
    sequence = rng.bit_generator.seed_seq
    begun = getattr(sequence, "n_children_spawned", 0)
    return not begun and rng.bit_generator.state == _stream(seed).bit_generator.state


def _checked(learned: object, shape: tuple[int, ...]) -> Learned:
    """Return what a theory learned, if it has the two signals, of the shape of the schedule."""
    for signal in ("delta", "value"):
        if not hasattr(learned, signal):
            raise TypeError(f"what learn returns must have {signal!r}; {type(learned).__name__} has not")
        found = np.asarray(getattr(learned, signal)).shape
        if len(found) != 3 or found[0] == 0 or found[1:] != shape:
            raise ValueError(f"{signal} must have shape (n_agents, {shape[0]}, {shape[1]}); got {found}")
    delta, value = (np.asarray(getattr(learned, signal), dtype=np.float64) for signal in ("delta", "value"))
    return Learned(delta, value, getattr(learned, "more", {}))
