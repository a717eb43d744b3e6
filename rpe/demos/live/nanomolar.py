"""A micro win in nanomolar: the rise of dopamine at each of five wins, as they are repeated."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe import dopamine
from rpe._checks import Floats
from rpe.demos.live.looks import INK, MICRO_WINS, axis, chart, rule
from rpe.demos.live.page import Dataset, LivePage, Slider
from rpe.experiments.micro_win_dopamine.settings import Settings
from rpe.experiments.micro_win_dopamine.streams import Design, record, stream, theories

_REPETITIONS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 300)
_CHANCES = {"certain": 1.0, "one in two": 0.5}
_RATES = (0.1, 0.3)
_WIDTH, _BEFORE, _AFTER = 5.0, 0.5, 4.0
_LEAST = 0.1  # A rise that counts: a share of the tonic level, as in `micro_win_dopamine`.


def page() -> LivePage:
    """Return the page of nanomolar."""
    settings = Settings(n_trials=max(_REPETITIONS), n_seeds=24, learning_rates=_RATES, discounts=(0.98,))
    names = list(theories(settings))
    found = np.stack(
        [_levels(settings, chance) for chance in _CHANCES.values()]
    )  # (chance, theory, α, trial, event, t)
    times = np.arange(found.shape[-1]) * _DT - _BEFORE
    events = ["cue", *(f"win {i}" for i in range(1, settings.n_wins)), "goal"]
    tonic = float(found[0, 0, 0, 0, 0, 0])
    over = ("certainty", "theory", "learning_rate", "n")
    places = np.arange(len(events)) * _WIDTH
    return LivePage(
        key="nanomolar",
        title="A micro win in nanomolar",
        question="You tick off a step, and dopamine rises. Does it still, the hundredth time?",
        about=(
            "A cue, then five equal wins, a minute apart; the last one is the goal. Four theories of dopamine learn "
            "the stream; their errors drive firing, release and uptake in the accumbens (30 % of terminals follow a "
            "burst). Each curve is the concentration around one event. Uncertain wins: the mean of 24 sequences, at "
            "wins that were paid. The gain from an error to a firing rate is an assumption, made for animals. "
            "TD: Sutton & Barto (1990). Value decay: Kato & Morita (2016), doi:10.1371/journal.pcbi.1005145. "
            "ANCCR: Jeong et al. (2022), doi:10.1126/science.abq6740."
        ),
        sliders=(
            Slider("n", "repetition", _REPETITIONS, 1, plays=True),
            Slider("certainty", "each win is", tuple(_CHANCES), "certain"),
            Slider("theory", "theory of dopamine", tuple(names), "TD(λ)"),
            Slider("learning_rate", "learning rate α", _RATES, 0.1, "of an error is learned"),
        ),
        presets={
            "The first time": {"n": 1},
            "Practised": {"n": 300},
            "Practised, uncertain": {"n": 300, "certainty": "one in two"},
            "Another theory": {"n": 300, "theory": "value decay"},
        },
        charts={"Dopamine around each event": _chart(places, events, tonic, float(np.nanmax(found)))},
        datasets={
            "level": Dataset(
                over,
                {
                    "time": (places[:, None] + times).ravel().round(3),
                    "event": np.repeat(events, times.size),
                },
                {"level": found.reshape(*found.shape[:4], -1)},
            )
        },
        sentences=_sentences(found, tonic),
        told_by=over,
    )


_DT = 0.1


def _levels(settings: Settings, chance: float) -> Floats:
    """Concentration (n_theories, n_rates, n_repetitions, n_events, n_samples), nM."""
    design = Design(settings.n_wins, probability=chance)
    seeds = np.random.default_rng(0).spawn(settings.n_seeds if design.is_random else 1)
    streams = [stream(settings, design, each) for each in seeds]
    known = theories(settings)
    per_stream = [
        np.concatenate([np.nan_to_num(theory.learn(each.schedule, rng=0).delta) for theory, _ in known.values()])
        for each in streams
    ]
    told = record(streams, per_stream)
    n_told = len(per_stream[0])
    found = []
    for i in range(n_told):
        signal = dopamine.from_history(
            told,
            seconds_per_step=settings.seconds_per_step,
            sub_goals=range(1, settings.n_wins),
            window=(-_BEFORE, _AFTER),
            dt=_DT,
            agents=list(range(i, told.n_agents, n_told)),
            trials=[n - 1 for n in _REPETITIONS],
        )
        traces = signal.traces()
        places = [i for i, name in enumerate(traces.events) if name != "omission"]
        found.append(traces.concentration[:, places])
    return np.array(found).reshape(len(known), len(settings.learning_rates), *np.shape(found[0]))


def _sentences(found: Floats, tonic: float) -> Any:
    texts = np.empty(found.shape[:4], dtype=object)
    for at in np.ndindex(texts.shape):
        level = found[at]
        rise = np.nanmax(level, axis=-1) - tonic
        wins = rise[1:]
        counted = int((wins >= _LEAST * tonic).sum())
        which = {0: "none of the five wins", len(wins): "each of the five wins"}.get(counted, f"{counted} of five wins")
        texts[at] = (
            f"In repetition {_REPETITIONS[at[3]]} dopamine rises noticeably at {which}: on average by "
            f"{wins.mean():.0f} nM at a win and by {rise[0]:.0f} nM at the cue, from a tonic level of {tonic:.0f} nM."
        )
    return texts.astype(str)


def _chart(places: npt.NDArray[np.floating], events: list[str], tonic: float, high: float) -> dict[str, Any]:
    end = float(places[-1] + _WIDTH - _BEFORE)
    names = {"values": [{"at": float(at), "name": name} for at, name in zip(places, events, strict=True)]}
    x = axis(
        "time",
        "seconds around each event (the events are minutes apart)",
        -_BEFORE,
        end,
        axis={"labels": False, "ticks": False, "grid": False},
    )
    colour = {
        "field": "event",
        "type": "nominal",
        "scale": {"domain": events, "range": [INK, *[MICRO_WINS] * (len(events) - 1)]},
        "legend": None,
    }
    level = axis("level", "dopamine (nM)", 0, np.ceil(high / 20) * 20)
    label = {"type": "text", "align": "left", "baseline": "top", "dx": 2, "color": INK}
    at = {"field": "at", "type": "quantitative"}
    return chart(
        [
            *rule(tonic, "y"),
            {
                "data": {"name": "level"},
                "mark": {"type": "line", "strokeWidth": 2.5},
                "encoding": {"x": x, "y": level, "color": colour},
            },
            {"data": names, "mark": {"type": "rule", "strokeDash": [2, 3]}, "encoding": {"x": at}},
            {
                "data": names,
                "mark": label,
                "encoding": {"x": at, "y": {"value": 0}, "text": {"field": "name"}},
            },
        ]
    )
