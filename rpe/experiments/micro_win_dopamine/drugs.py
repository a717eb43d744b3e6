"""What the body does to the dopamine of a win: κ, a drug that blocks uptake, and receptor density."""

from typing import Any

import numpy as np

from rpe import dopamine
from rpe.experiments.micro_win_dopamine.family import USUAL, Row, Told, read
from rpe.experiments.micro_win_dopamine.settings import Settings
from rpe.experiments.micro_win_dopamine.streams import Design, record, stream
from rpe.theories import TD, IncentiveSalience

# B_max of D2 receptors that stands for a density of 1, nM (as in `rpe.dopamine.summary`).
_USUAL_DENSITY = 27.0
_ALPHA, _GAMMA = 0.1, 0.98


def solve(settings: Settings, rng: np.random.Generator) -> list[Row]:
    """All rows; theories here learn with α = 0.1 and γ = 0.98."""
    return [*_wanting(settings, rng), *_uptake(settings, rng), *_densities(settings)]


def _wanting(settings: Settings, rng: np.random.Generator) -> list[Row]:
    """The cue of one practised goal if its burst follows wanting: κ acts at once, with nothing learned anew."""
    known = stream(settings, Design(1), rng)
    out: list[Row] = []
    for kappa in settings.kappas:
        theory = IncentiveSalience(learning_rate=_ALPHA, discount=_GAMMA ** (settings.n_steps), kappa=kappa)
        learned = theory.learn(known.schedule)
        error = learned.delta.copy()
        error[:, :, 0] = learned.more["wanting"][:, :, 0]
        found = read(settings, Told(Design(1), record([known], [error]), []), **USUAL)
        # The last trial that is read is a probe.
        last = -2
        liked = float(learned.more["liking"][0, last].max())
        for place, event in enumerate(("cue", "goal")):
            numbers = {name: float(values[0, place, last]) for name, values in found.paid.items()}
            out.append({"part": "kappa", "kappa": kappa, "event": event, **numbers, "liking": liked})
    return out


def _uptake(settings: Settings, rng: np.random.Generator) -> list[Row]:
    """First and practised wins with the transporter blocked."""
    design = Design(settings.n_wins)
    known = stream(settings, design, rng)
    theory = TD(learning_rate=_ALPHA, discount=_GAMMA, trace_decay=0.0, step=None)
    told = Told(design, record([known], [theory.learn(known.schedule).delta]), [])
    out: list[Row] = []
    for block in settings.uptake_blocks:
        found = read(settings, told, uptake_block=block, **USUAL)
        for stage, trial in (("first", 0), ("practised", -2)):
            for place, event in ((0, "cue"), (1, "sub-goal 1")):
                numbers = {name: float(values[0, place, trial]) for name, values in found.paid.items()}
                key = {"part": "uptake block", "uptake_block": block, "practice": stage, "event": event}
                out.append({**key, **numbers, "tonic_nM": found.tonic})
    return out


def _densities(settings: Settings) -> list[Row]:
    """What a first win changes of bound receptors, and what a tracer sees, by receptor density."""
    tonic = float(dopamine.steady_concentration(5.0))
    # An error of one largest payout, as the first equal win is.
    rate = np.where(np.arange(100) < 10, 30.0, 5.0)
    peak = float(dopamine.release(rate, 0.02, synchrony=0.3).max())
    share: dict[str, Any] = {
        name: dopamine.occupancy(np.array([tonic, peak]), 0.02, receptor=name) for name in ("D1", "D2")
    }
    out: list[Row] = []
    for density in settings.densities:
        tracer = float(dopamine.binding_potential(_USUAL_DENSITY * density, share["D2"][0]))
        for name, (before, at_peak) in share.items():
            key = {"part": "receptor density", "receptor": name, "density": density}
            gained = density * float(at_peak - before)
            out.append({**key, "occupied": float(before), "gained_of_usual": gained, "bp_nd": tracer})
    return out
