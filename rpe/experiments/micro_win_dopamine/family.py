"""The family: every theory on every stream, read as nanomolar under every setting of release."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from rpe import dopamine
from rpe._checks import Bools, Floats, Ints
from rpe.experiments.micro_win_dopamine.settings import Settings
from rpe.experiments.micro_win_dopamine.streams import Design, Record, designs, record, stream, theories

Row = dict[str, Any]

PRACTICE = ("first", "tenth", "practised")
QUANTITIES = ("rise_nM", "area_nM_s", "d1", "d2", "rate_Hz", "error")
# What is assumed of release where only one setting is shown.
USUAL: dict[str, Any] = {"region": "accumbens", "synchrony": 0.3, "scale": "largest win"}


class Told(NamedTuple):
    """What all theories say of one design: the record, and the parameters of each of its agents."""

    design: Design
    record: Record
    told: list[Row]


class Reading(NamedTuple):
    """A signal by agent, place and those trials that are read; place 0 is the cue, and the last one the goal.

    Attributes
    ----------
    paid, missed : dict of str to float array (n_agents, n_wins + 1, n_trials)
        Quantities at wins that were paid and at those that were not; NaN where there was none.
    drip, total : float array (n_agents, n_trials)
        Area above tonic of all errors, nM s, and their sum, reward units.
    tonic : float
        nM.
    """

    paid: dict[str, Floats]
    missed: dict[str, Floats]
    drip: Floats
    total: Floats
    tonic: float


def told(settings: Settings, design: Design, rng: np.random.Generator) -> Told:
    """Let every theory learn every sequence of outcomes of a design."""
    streams = [stream(settings, design, each) for each in rng.spawn(settings.n_seeds if design.is_random else 1)]
    known = theories(settings)
    who = [{"theory": name, **each} for name, (_, parameters) in known.items() for each in parameters]
    errors = [
        # Where a theory says nothing there is no burst.
        np.nan_to_num(np.concatenate([theory.learn(each.schedule, rng=0).delta for theory, _ in known.values()]))
        for each in streams
    ]
    return Told(design, record(streams, errors), who)


def read(settings: Settings, known: Told, **release: Any) -> Reading:
    """Read a record as nanomolar, with a region, a synchrony and what neurons adapt to."""
    n, full = known.design.n_wins, known.record.full
    scale: Any = float(settings.n_wins) if release.pop("scale") == "budget" else "range"
    signal = dopamine.from_history(
        known.record,
        seconds_per_step=settings.seconds_per_step,
        reward_scale=scale,
        sub_goals=range(1, n),
        trials=read_trials(settings).tolist(),
        **release,
    )
    peaks = signal.peaks
    columns = {"rise_nM": peaks["peak_nM"] - peaks["tonic_nM"], **{name: peaks[name] for name in QUANTITIES[1:]}}
    missed = peaks["kind"] == "omission"
    shape = (known.record.n_agents, n + 1, len(signal.trials))
    place = peaks["agent"], peaks["goal"], np.searchsorted(signal.trials, peaks["trial"])
    parts = [
        {name: _placed(values, place, where, shape) for name, values in columns.items()} for where in (~missed, missed)
    ]
    total = full.delta[:, signal.trials].sum(axis=-1)
    return Reading(parts[0], parts[1], signal.total_area, total, float(signal.tonic[0, 0]))


def _placed(values: Floats, place: tuple[Ints, ...], where: Bools, shape: tuple[int, ...]) -> Floats:
    out = np.full(shape, np.nan)
    out[tuple(each[where] for each in place)] = values[where]
    return out


def read_trials(settings: Settings) -> Ints:
    """Numbers of the trials that are read: the first, the tenth, the last fifth and the probe."""
    late = np.arange(settings.n_trials - settings.n_trials // 5, settings.n_trials + 1)
    return np.concatenate([[0, 9], late])


def practice(settings: Settings) -> dict[str, Ints]:
    """Which of the trials that are read each stage of practice is; the probe, the last, is none of them."""
    late = np.arange(2, len(read_trials(settings)) - 1)
    return dict(zip(PRACTICE, (np.array([0]), np.array([1]), late), strict=True))


def rows(settings: Settings, known: Told, release: Row) -> list[Row]:
    """Rows of the table: what each theory says at each event and stage of practice, in nanomolar."""
    found = read(settings, known, **release)
    n_told = len(known.told)
    about = {"part": "family", **known.design._asdict(), **release}
    out: list[Row] = []
    for i, parameters in enumerate(known.told):
        agents = slice(i, None, n_told)
        key = {**about, **parameters}
        for stage, trials in practice(settings).items():
            out += [
                {**key, "event": event, "practice": stage, **numbers}
                for event, numbers in _events(known.design, found, agents, trials)
                if event in ("cue", "win") or release == USUAL
            ]
            drip, total = (float(x[agents][:, trials].mean()) for x in (found.drip, found.total))
            out.append({**key, "event": "all", "practice": stage, "area_nM_s": drip, "error": total})
        missed = _missed(settings, known.design, found, agents)
        out += [{**key, "event": "omission", "practice": "practised", **missed}] if missed else []
    return [{**line, "tonic_nM": found.tonic} for line in out]


def _events(design: Design, found: Reading, agents: slice, trials: Ints) -> Iterable[tuple[str, Row]]:
    """The cue, each win, and the mean of all wins."""
    n = design.n_wins
    names = ["cue", *(f"sub-goal {i}" for i in range(1, n)), "goal"]
    for place, name in enumerate(names):
        yield name, _means(found.paid, agents, slice(place, place + 1), trials)
    yield "win", _means(found.paid, agents, slice(1, None), trials)


def _missed(settings: Settings, design: Design, found: Reading, agents: slice) -> Row:
    """An omitted win: the probe where wins are certain, all misses of the last trials where they are not."""
    trials = practice(settings)["practised"] if design.is_random else np.array([-1])
    place = slice(1, None) if design.is_random else slice((design.n_wins + 1) // 2, (design.n_wins + 1) // 2 + 1)
    return _means(found.missed, agents, place, trials)


def _means(of: dict[str, Floats], agents: slice, places: slice, trials: Ints) -> Row:
    """Mean of each quantity, over what there was; empty if there was nothing."""
    cut = {name: values[agents, places][:, :, trials] for name, values in of.items()}
    known = {name: values[np.isfinite(values)] for name, values in cut.items()}
    return {name: float(values.mean()) for name, values in known.items() if values.size}


def releases(settings: Settings) -> list[Row]:
    """All settings of release, the usual one among them."""
    found = [
        {"region": region, "synchrony": synchrony, "scale": scale}
        for region in settings.regions
        for synchrony in settings.synchronies
        for scale in settings.scales
    ]
    return found if USUAL in found else [dict(USUAL), *found]


def solve(settings: Settings, rng: np.random.Generator, index: int) -> list[Row]:
    """All rows of one design."""
    known = told(settings, designs(settings)[index], rng)
    return [line for release in releases(settings) for line in rows(settings, known, release)]
