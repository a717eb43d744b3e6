"""What the experiment says, computed from its table: where the popular picture holds, and where it fails."""

from typing import Any

import numpy as np

from rpe.experiments.micro_win_dopamine.family import USUAL
from rpe.experiments.micro_win_dopamine.reading import (
    CEILING,
    CERTAIN,
    TD_ONLY,
    THEORIES,
    either_text,
    range_text,
    rises,
    several,
    share_text,
    uncertain,
    usual,
)
from rpe.experiments.micro_win_dopamine.run import Result


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    return [
        _first(result),
        _practised(result),
        _uncertain(result),
        _asymmetry(result),
        _omission(result),
        _drip(result),
        _conserved(result),
        _split(result),
        _sizes(result),
        _controls(result),
        _receptors(result),
        _kappa_and_drug(result),
        _learners(result),
    ]


def _first(result: Result) -> str:
    where = {**several(result), "event": "win", "practice": "first"}
    holds = rises(result, **where)
    size = result.values("rise_nM", **where)
    verdict = "holds" if holds.mean() > 0.5 else "fails"
    return (
        f"First encounters: a win raises dopamine by a tenth of its tonic level or more in "
        f"{share_text(result, holds, **where)}; the rise is {range_text(size)}. Here the popular picture {verdict}."
    )


def _practised(result: Result) -> str:
    where = {**several(result), "event": "win", "practice": "practised"}
    holds = rises(result, **where)
    theory = result.select(**where)["theory"]
    kept = [name for name in THEORIES if holds[theory == name].mean() > 0.5]
    lost = [name for name in THEORIES if name not in kept]
    td = result.values("rise_nM", **{**where, "theory": TD_ONLY})
    cue = result.values("rise_nM", **{**where, "theory": TD_ONLY, "event": "cue"})
    return (
        f"Practised, certain wins: dopamine rises as much in {share_text(result, holds, **where)}. Under TD the rise "
        f"is at most {np.abs(td).max():.1g} nM, and the cue's is {range_text(cue)}. The popular picture fails if "
        f"{either_text(lost)} is right, and holds if {either_text(kept)} is."
    )


def _uncertain(result: Result) -> str:
    where = {**uncertain(result), "event": "win", "practice": "practised"}
    holds = rises(result, **where)
    first = result.values("rise_nM", **{**where, "practice": "first", "theory": TD_ONLY})
    kept = result.values("rise_nM", **{**where, "theory": TD_ONLY}) / first
    verdict = "holds" if holds.mean() > 0.5 else "fails"
    return (
        f"Practised wins that are paid with p = {result.settings.probability:g}: dopamine rises as much in "
        f"{share_text(result, holds, **where)}; under TD they keep {np.median(kept):.0%} of their first rise "
        f"({kept.min():.0%} to {kept.max():.0%}). For uncertain wins the popular picture {verdict}."
    )


def _asymmetry(result: Result) -> str:
    where = {**uncertain(result), "theory": TD_ONLY, "practice": "practised"}
    p = result.settings.probability
    (burst, error), (dip, loss) = (
        [result.values(name, **where, event=event) for name in ("area_nM_s", "error")] for event in ("win", "omission")
    )
    net, errors = p * burst + (1 - p) * dip, float((p * error + (1 - p) * loss).mean())
    told = "cancel" if abs(errors) < 0.05 else "do not cancel"
    return (
        f"Their errors {told} ({errors:.3f} reward units a win on average under TD); in dopamine a paid win adds "
        f"{np.median(burst):.1f} nM s and an unpaid one takes {-np.median(dip):.1f}, as dips are coded at a fifth of "
        f"the gain and firing cannot fall below silence. A net {range_text(net, ' nM s', 1)} a win is left."
    )


def _omission(result: Result) -> str:
    where = {**several(result), "theory": TD_ONLY}
    dip = result.values("rise_nM", **where, event="omission")
    burst = result.values("rise_nM", **where, event="win", practice="first")
    others = {name: result.values("rise_nM", **{**where, "theory": name}, event="omission") for name in THEORIES[2:]}
    rest = ", ".join(f"{np.median(x):.1f} under {name}" for name, x in others.items())
    return (
        f"A practised win that is left out changes dopamine by {range_text(dip, ' nM', 1)} under TD, "
        f"{np.median(-dip / burst):.0%} of what the first win raised it by ({rest})."
    )


def _drip(result: Result) -> str:
    where = {**several(result), **USUAL, "event": "all"}
    seconds = result.settings.n_steps * result.settings.seconds_per_step
    first = result.values("area_nM_s", **where, practice="first", theory=TD_ONLY)
    tonic = float(result.values("tonic_nM", **where, practice="first", theory=TD_ONLY)[0])
    ratios = []
    for theory in THEORIES:
        a, b = (result.values("area_nM_s", **{**several(result), "event": "all", "theory": theory}, practice=stage)
                for stage in ("first", "practised"))  # fmt: skip
        ratios.append(
            f"{theory} {np.median(b / a):.0%}"
            if (a > 1).all()
            else f"{theory} from {np.median(a):.0f} to {np.median(b):.0f} nM s"
        )
    return (
        f"The drip: {result.settings.n_wins} first wins within {seconds / 60:g} min add {np.median(first):.0f} nM s, "
        f"which is {np.median(first) / seconds:.2f} nM on average on a tonic {tonic:.0f} nM. Practice leaves of it, "
        f"the cue included: {', '.join(ratios)}."
    )


def _conserved(result: Result) -> str:
    gamma = max(result.settings.discounts)
    where = {**several(result), "event": "all", "theory": TD_ONLY, "discount": gamma}
    stages = ("first", "practised")
    first, late = (result.values("error", **where, practice=stage) for stage in stages)
    lines = []
    for scale in result.settings.scales:
        a, b = (result.values("area_nM_s", **where, scale=scale, practice=stage) for stage in stages)
        cue = result.values("rate_Hz", **{**where, "event": "cue"}, scale=scale, practice="practised")
        lines.append(
            f"{np.median(b / a):.0%} if neurons adapt to the {scale} (the cue's burst is at the ceiling of firing in "
            f"{(cue >= CEILING).mean():.0%})"
        )
    return (
        f"At γ = {gamma:g} the errors of a trial under TD add up to {first.mean():.2f} at first and {late.mean():.2f} "
        f"when practised: the total is {'conserved' if np.allclose(first, late, atol=0.02) else 'not conserved'} "
        f"in reward units. In nM s practice leaves {' and '.join(lines)}."
    )


def _split(result: Result) -> str:
    many_times, lines = [], []
    for scale in result.settings.scales:
        where = {**CERTAIN, "event": "all", "theory": TD_ONLY, "scale": scale}
        parts = []
        for stage in ("first", "practised"):
            many = result.values("area_nM_s", **where, n_wins=result.settings.n_wins, practice=stage)
            one = result.values("area_nM_s", **where, n_wins=1, practice=stage)
            parts.append(float(np.median(many / one)))
        many_times += [scale] if min(parts) > 1.5 else []
        lines.append(
            f"{parts[0]:.2f} times as many at first and {parts[1]:.2f} when practised (adapted to the {scale})"
        )
    verdict = (
        f"Splitting multiplies dopamine only if neurons adapt to the {either_text(many_times)}"
        if many_times
        else "Splitting does not multiply dopamine"
    )
    return (
        f"{result.settings.n_wins} wins against one on the same budget, nM s of a trial under TD: {', '.join(lines)}. "
        f"{verdict}."
    )


def _sizes(result: Result) -> str:
    ends = ("sub-goal 1", "goal")
    parts = []
    for sizes in ("growing", "shrinking"):
        first = [usual(result, "rise_nM", event, "first", sizes=sizes) for event in ends]
        late = result.values(
            "rise_nM",
            **{**several(result), "sizes": sizes, "theory": TD_ONLY},
            event="win",
            practice="practised",
        )
        parts.append(f"{sizes} {first[0]:.0f} and {first[1]:.0f} nM at first, {np.abs(late).max():.1g} when practised")
    equal = [usual(result, "rise_nM", event, "first") for event in ends]
    cues = [usual(result, "rise_nM", "cue", "practised", sizes=sizes, scale="budget") for sizes in
            ("growing", "equal", "shrinking")]  # fmt: skip
    return (
        f"Sizes: the first and the last win raise dopamine by {equal[0]:.0f} and {equal[1]:.0f} nM if equal; "
        f"{'; '.join(parts)}, under TD. The practised cue rises by {cues[0]:.0f}, {cues[1]:.0f} "
        f"and {cues[2]:.0f} nM before growing, equal and shrinking wins (γ = {result.settings.discounts[0]:g}, adapted "
        "to the budget)."
    )


def _controls(result: Result) -> str:
    where = {**several(result), "theory": TD_ONLY, "event": "win", "practice": "practised"}
    p = result.settings.probability
    changes: dict[str, dict[str, Any]] = {
        "certain": {},
        "uncertain": {"probability": p},
        "announced": {"probability": p, "control": "announced"},
        "shuffled": {"control": "shuffled"},
    }
    kept = {name: float(np.median(result.values("rise_nM", **{**where, **new}))) for name, new in changes.items()}
    known, unknown = (
        max(kept["certain"], kept["announced"]),
        min(kept["uncertain"], kept["shuffled"]),
    )
    verdict = (
        "It is not being paid but not knowing that makes the rise"
        if known < 0.2 * unknown
        else "Not knowing is not all that makes the rise"
    )
    return (
        f"Controls, median rise at a practised win under TD: {kept['certain']:.1f} nM if certain, "
        f"{kept['uncertain']:.1f} if uncertain, {kept['announced']:.1f} if uncertain but announced a step before, "
        f"{kept['shuffled']:.1f} if certain but at shuffled times. {verdict}."
    )


def _receptors(result: Result) -> str:
    d1, d2 = ([usual(result, name, "win", stage) for stage in ("first", "practised")] for name in ("d1", "d2"))
    density = max(result.settings.densities)
    rest = result.number("occupied", "receptor density", receptor="D2", density=1.0)
    tracer = result.number("bp_nd", "receptor density", receptor="D2", density=1.0)
    gain = [result.number("gained_of_usual", "receptor density", receptor="D1", density=x) for x in (1.0, density)]
    return (
        f"Receptors under TD(0): at a first win the share of D1 receptors occupied peaks at {d1[0]:.3f}, of D2 at "
        f"{d2[0]:.3f}; at a practised one at {d1[1]:.3f} and {d2[1]:.3f}. {density:g} times the density binds "
        f"{gain[1] / gain[0]:.2g} times as much. At rest D2 is {rest:.0%} occupied (EC50 10 nM), and BP_ND would be "
        f"{tracer:.2f} where scans find 2.5 to 4, so that only directions of D2 occupancy are to be trusted."
    )


def _kappa_and_drug(result: Result) -> str:
    settings = result.settings
    low, high = min(settings.kappas), max(settings.kappas)
    cue = {k: result.number("rise_nM", "kappa", kappa=k, event="cue") for k in (low, 1.0, high)}
    block = max(settings.uptake_blocks)
    first = {b: result.number("area_nM_s", "uptake block", uptake_block=b, practice="first", event="sub-goal 1")
             for b in (1.0, block)}  # fmt: skip
    key: dict[str, Any] = {"uptake_block": block, "event": "sub-goal 1"}
    late = result.number("area_nM_s", "uptake block", practice="practised", **key)
    tonic = result.number("tonic_nM", "uptake block", practice="first", **key)
    return (
        f"If the cue's burst follows wanting, κ of {low:g}, 1 and {high:g} makes it {cue[low]:.0f}, {cue[1.0]:.0f} and "
        f"{cue[high]:.0f} nM before the same goal, liked as much. A transporter at {block:g} times its K_m raises the "
        f"tonic level to {tonic:.0f} nM and a first win's area from {first[1.0]:.0f} to {first[block]:.0f} nM s, and "
        f"leaves a practised win at {abs(late):.1g}."
    )


def _learners(result: Result) -> str:
    settings = result.settings
    parts = []
    for n_wins in (1, settings.n_wins):
        key: dict[str, Any] = {"n_wins": n_wins, "event": "all", "trace_decay": settings.trace_decay}
        first, late = (
            [result.number(name, "learners", practice=stage, **key) for name in ("area_nM_s", "low", "high")]
            for stage in ("first", "practised")
        )
        done = result.number("wins_per_trial", "learners", practice="practised", **key) / n_wins
        parts.append(
            f"with {n_wins} win{'s' if n_wins > 1 else ''} {first[0]:.0f} nM s a trial at first ({first[1]:.0f} to "
            f"{first[2]:.0f}) and {late[0]:.0f} ({late[1]:.0f} to {late[2]:.0f}) when practised, with {done:.0%} of "
            "wins reached"
        )
    idle = result.number(
        "wins_per_trial", "learners", practice="practised", n_wins=settings.n_wins, event="all", trace_decay=0.0
    )
    return (
        f"Learners that decide to work themselves (λ = {settings.trace_decay:g}; distractions count too): "
        f"{'; '.join(parts)}. Without traces they reach {idle:.1f} of {settings.n_wins} wins in practised trials."
    )
