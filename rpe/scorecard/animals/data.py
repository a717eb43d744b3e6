"""The published experiments: what was done with each group, what was measured, and the schedules to run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, Seed, choice
from rpe.measures import cue_response
from rpe.schedules import Schedule, design
from rpe.table import Table


class Point(NamedTuple):
    """A measured value.

    Attributes
    ----------
    group, series : str
        Series of an experiment whose labels the source swapped carry the corrected one.
    x : float
        Session or trial; NaN for a mean over a whole phase.
    y : float
        In units of the experiment's `measure`.
    """

    group: str
    series: str
    x: float
    y: float


class Contrast(NamedTuple):
    """Two points, by their places in `Experiment.points`: the first with stronger conditioned responding."""

    stronger: int
    weaker: int


class _ReadOut(NamedTuple):
    """Which trials and cues make a series, and in which bins of trials."""

    series: str
    phase: str
    kinds: tuple[str, ...]
    cues: tuple[str, ...]
    groups: tuple[str, ...]
    per_bin: int
    offset: int
    first_alone: bool


class _Part(NamedTuple):
    """A phase of a group: a cycle of types of trial, how often it comes, and where."""

    name: str
    cycle: tuple[str, ...]
    repeat: int
    context: str


@dataclass(frozen=True)
class Group:
    """Group of animals.

    Attributes
    ----------
    name : str
    text : str
        Its design as `rpe.schedules.design` reads it, cycles in fixed order.
    parts : tuple
        The same, phase by phase.
    """

    name: str
    text: str
    parts: tuple[_Part, ...]

    def design_text(self, *, order: str = "random", contexts: str = "written") -> str:
        """Return the design with the types of a cycle mixed at random or as in the source.

        Parameters
        ----------
        order : {"random", "cycle"}
        contexts : {"written", "all"}
            Whether only experiments with several contexts name them, or all do.
        """
        mixed = choice("order", order, ("random", "cycle")) == "random"
        named = choice("contexts", contexts, ("written", "all")) == "all" or "[" in self.text
        return " | ".join((f"[{part.context}] " if named else "") + _written(part, mixed) for part in self.parts)

    def schedule(self, *, order: str = "random", contexts: str = "written", rng: Seed = None) -> Schedule:
        """Return the schedule of the group in steps of 0.25 s: cues of 1 s, then the reward, 20 s between trials.

        The source has no times; these are the library's.
        """
        text = self.design_text(order=order, contexts=contexts)
        longest = 4.0 if ".." in text else 3.0 if ">" in text else 2.0
        return design(text, dt=0.25, duration=longest, gap=20.0, rng=rng)

    @property
    def phases(self) -> list[str]:
        """The phase of every trial."""
        return [part.name for part in self.parts for _ in range(len(part.cycle) * part.repeat)]


@dataclass(frozen=True)
class Experiment:
    """Published experiment with animals or people.

    Attributes
    ----------
    id, finding, subject, response : str
    paper : mapping
        Authors, year, title and so on; `reference_status` and `doi_status` say what was checked.
    measure : mapping
        What x and y are; `direction` is −1 where a larger y is weaker conditioned responding.
    groups : tuple of Group
    points : tuple of Point
    contrasts : tuple of Contrast
    caveat : str
        Faults found in the source, if any.
    """

    id: str
    finding: str
    subject: str
    response: str
    paper: Mapping[str, Any]
    measure: Mapping[str, Any]
    groups: tuple[Group, ...]
    points: tuple[Point, ...]
    contrasts: tuple[Contrast, ...]
    caveat: str
    read_outs: tuple[_ReadOut, ...]

    @property
    def citation(self) -> str:
        """Authors and year, as the source cites them."""
        return str(self.paper["cited_by_ccnlab_as"])

    @property
    def direction(self) -> int:
        """1 where a larger y is stronger conditioned responding, −1 where it is weaker."""
        return int(self.measure["direction"])

    def responses(self, values: Mapping[str, Floats], schedules: Mapping[str, Schedule]) -> Floats:
        """Return a model's response at each point, (n_points,): means over agents, trials and steps.

        Parameters
        ----------
        values : mapping of str to float array (n_agents, n_trials, n_steps)
            The value that a theory learned, by the name of the group.
        schedules : mapping of str to Schedule
        """
        found = {group.name: self._series(group, values[group.name], schedules[group.name]) for group in self.groups}
        return np.array([found[point.group][point.series, _bin(point.x)] for point in self.points])

    def _series(self, group: Group, value: Floats, schedule: Schedule) -> dict[tuple[str, int], float]:
        """Means by series and bin; several read-outs of one series are pooled."""
        pooled: dict[tuple[str, int], list[float]] = {}
        in_phase = np.array(group.phases)
        for read in self.read_outs:
            if read.groups and group.name not in read.groups:
                continue
            kinds = [kind for kind in read.kinds if kind in schedule.kinds]
            response = cue_response(value, schedule, read.cues).mean(axis=0) if kinds else np.zeros(0)
            for kind in kinds:
                trials = response[schedule.of_kind(kind) & (in_phase == read.phase)]
                for place, each in enumerate(trials.tolist()):
                    for bin_of in _bins(place, read):
                        pooled.setdefault((read.series, bin_of), []).append(each)
        return {key: float(np.mean(trials)) for key, trials in pooled.items()}


def experiment_ids(*, main_only: bool = False) -> tuple[str, ...]:
    """Return the ids of all experiments, or of the seven that the source's own script selects.

    Examples
    --------
    >>> len(experiment_ids()), len(experiment_ids(main_only=True))
    (30, 7)
    """
    return tuple(each["id"] for each in _source()["experiments"] if each["main_seven"] or not main_only)


@cache
def load(name: str) -> Experiment:
    """Return an experiment by its id.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> [point.y for point in load("overshadowing_and_blocking").points]
    [65.0, 40.0, 12.0]
    """
    known = {each["id"]: each for each in _source()["experiments"]}
    return _experiment(known[choice("experiment", name, known)])


def published() -> Table:
    """Return the published values, one row a value, with source and licence in `about`.

    Examples
    --------
    >>> table = published()
    >>> table.n_rows, table.about["licence"]
    (498, 'MIT License, Copyright (c) 2021 Nikhil Bhattasali')
    """
    rows = [
        (each.id, each.citation, each.subject, each.response, *point, each.direction)
        for each in map(load, experiment_ids())
        for point in each.points
    ]
    names = ("experiment", "paper", "subject", "response", "group", "series", "x", "y", "direction")
    return Table({name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}, about())


def about() -> dict[str, Any]:
    """Return source, commit and licence of the data."""
    return dict(_source()["about"])


@cache
def _source() -> Mapping[str, Any]:
    text = files("rpe.scorecard.animals").joinpath("conditioning.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _experiment(raw: Mapping[str, Any]) -> Experiment:
    labels = raw.get("label_correction", {})
    points = tuple(
        Point(curve["group"], labels.get(curve["series"], curve["series"]), float(x), float(y))
        for curve in raw["data"]
        for x, y in zip(curve.get("x", [np.nan]), curve["y"], strict=True)
    )
    places = {(point.group, point.series, _bin(point.x)): place for place, point in enumerate(points)}
    contrasts = tuple(
        Contrast(
            *(places[each["group"], each["series"], each.get("x", 0)] for each in (pair["stronger"], pair["weaker"]))
        )
        for pair in raw["contrasts"]
    )
    return Experiment(
        **{name: raw[name] for name in ("id", "finding", "subject", "response", "paper", "measure")},
        groups=tuple(_group(each) for each in raw["groups"]),
        points=points,
        contrasts=contrasts,
        caveat=raw.get("caveat", ""),
        read_outs=tuple(_read_out(each) for each in raw["read_outs"]),
    )


def _group(raw: Mapping[str, Any]) -> Group:
    parts = [_Part(each["phase"], tuple(each["cycle"]), each["repeat"], each["context"]) for each in raw["phases"]]
    return Group(raw["name"], raw["design"], tuple(parts))


def _read_out(raw: Mapping[str, Any]) -> _ReadOut:
    bins = raw.get("x", {"trials_per_bin": 0, "offset": 0, "first_trial_as_bin_0": False})
    which = (tuple(raw["trials"]), tuple(raw["cues"]), tuple(raw.get("groups", ())))
    return _ReadOut(raw["series"], raw["phase"], *which, *bins.values())


def _written(part: _Part, mixed: bool) -> str:
    """A phase in the notation of designs."""
    if not mixed:
        return f"({' '.join(part.cycle)}) x{part.repeat}"
    counts: Sequence[str] = list(dict.fromkeys(part.cycle))
    return ", ".join(f"{kind} x{part.cycle.count(kind) * part.repeat}" for kind in counts)


def _bins(place: int, read: _ReadOut) -> list[int]:
    """The bins to which the trial of a type at a place (from 0) belongs; 0 alone without bins."""
    if read.per_bin == 0:
        return [0]
    usual = read.offset + place // read.per_bin + 1
    return [0, usual] if read.first_alone and place == 0 else [usual]


def _bin(x: float) -> int:
    return 0 if np.isnan(x) else int(x)
