"""What the experiment says, computed from its table: where the popular picture holds, and where it fails."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.experiments.micro_win_dopamine.family import USUAL
from rpe.experiments.micro_win_dopamine.run import FACTORS, Result
from rpe.experiments.shares import share

# A rise that counts: a share of the tonic level.
LEAST = 0.1
THEORIES = ("TD(0)", "TD(λ)", "value decay", "ANCCR")
TD_ONLY = THEORIES[:2]
CERTAIN: dict[str, Any] = {"sizes": "equal", "probability": 1.0, "control": "none"}


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


def several(result: Result) -> dict[str, Any]:
    """Factors of the plain stream: certain, equal wins."""
    return {**CERTAIN, "n_wins": result.settings.n_wins}


def uncertain(result: Result) -> dict[str, Any]:
    """Factors of the stream of uncertain wins."""
    return {**several(result), "probability": result.settings.probability}


def rises(result: Result, **where: Any) -> npt.NDArray[np.bool_]:
    """Whether dopamine rises by a tenth of its tonic level or more, in each setting of the family."""
    return np.asarray(result.values("rise_nM", **where) >= LEAST * result.values("tonic_nM", **where))


def _share(result: Result, holds: npt.NDArray[np.bool_], **where: Any) -> str:
    """How often something holds, with its interval, by theory where theories differ."""
    rows = result.select(**where)
    found = share(holds, {name: rows[name] for name in FACTORS if rows[name].dtype.kind != "f"})
    text = f"{found.holds} of {found.n} settings ({found.low:.0%} to {found.high:.0%})"
    names = [name for name in THEORIES if (rows["theory"] == name).any()]
    each = {name: float(holds[rows["theory"] == name].mean()) for name in names}
    if max(each.values()) - min(each.values()) < LEAST:
        return text
    return f"{text}: {', '.join(f'{name} {part:.0%}' for name, part in each.items())}"


def _range(values: Floats, unit: str = " nM", digits: int = 0) -> str:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{middle:.{digits}f}{unit} (5 to 95 % of settings: {low:.{digits}f} to {high:.{digits}f})"


def _usual(result: Result, quantity: str, event: str, practice: str, theory: str = "TD(0)", **where: Any) -> float:
    """A quantity at the usual setting of release and the first learning rate and discount, for a picture of sizes."""
    settings = result.settings
    key = {**several(result), **USUAL, "theory": theory, "event": event, "practice": practice, **where}
    key["learning_rate"] = settings.learning_rates[0]
    key["discount"] = settings.discounts[0]
    (found,) = result.values(quantity, **key)
    return float(found)


def _first(result: Result) -> str:
    where = {**several(result), "event": "win", "practice": "first"}
    holds = rises(result, **where)
    size = result.values("rise_nM", **where)
    verdict = "holds" if holds.mean() > 0.5 else "fails"
    return (
        f"First encounters: a win raises dopamine by a tenth of its tonic level or more in "
        f"{_share(result, holds, **where)}; the rise is {_range(size)}. Here the popular picture {verdict}."
    )


def _practised(result: Result) -> str:
    where = {**several(result), "event": "win", "practice": "practised"}
    holds = rises(result, **where)
    td = result.values("rise_nM", **{**where, "theory": TD_ONLY})
    return (
        f"Practised, certain wins: dopamine rises as much in {_share(result, holds, **where)}. Under TD the rise is "
        f"at most {np.abs(td).max():.1g} nM, as the burst has moved to the cue; values that decay, and causes "
        "looked for in retrospect, keep it. So the picture fails under TD, and holds if one of the others is right."
    )


def _uncertain(result: Result) -> str:
    where = {**uncertain(result), "event": "win", "practice": "practised"}
    holds = rises(result, **where)
    first = result.values("rise_nM", **{**where, "practice": "first", "theory": TD_ONLY})
    kept = result.values("rise_nM", **{**where, "theory": TD_ONLY}) / first
    return (
        f"Practised wins that are paid with p = {result.settings.probability:g}: dopamine rises as much in "
        f"{_share(result, holds, **where)}; under TD they keep {np.median(kept):.0%} of their first rise "
        f"({kept.min():.0%} to {kept.max():.0%}). Uncertain wins go on raising dopamine."
    )


def _asymmetry(result: Result) -> str:
    where = {**uncertain(result), "theory": TD_ONLY, "practice": "practised"}
    burst = result.values("area_nM_s", **where, event="win")
    dip = result.values("area_nM_s", **where, event="omission")
    p = result.settings.probability
    net = p * burst + (1 - p) * dip
    errors = p * result.values("error", **where, event="win") + (1 - p) * result.values(
        "error", **where, event="omission"
    )
    return (
        f"Their errors cancel ({errors.mean():.3f} reward units a win on average under TD), but dopamine does not: a "
        f"paid win adds {np.median(burst):.1f} nM s, an unpaid one takes {-np.median(dip):.1f}, as firing cannot fall "
        f"below silence and dips are coded at a fifth of the gain; a net {_range(net, ' nM s', 1)} a win is left."
    )


def _omission(result: Result) -> str:
    where = {**several(result), "theory": TD_ONLY}
    dip = result.values("rise_nM", **where, event="omission")
    burst = result.values("rise_nM", **where, event="win", practice="first")
    others = {
        name: result.values("rise_nM", **{**where, "theory": name}, event="omission") for name in THEORIES[2:]
    }
    rest = ", ".join(f"{np.median(x):.1f} under {name}" for name, x in others.items())
    return (
        f"A practised win that is left out changes dopamine by {_range(dip, ' nM', 1)} under TD, "
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
            f"{theory} {np.median(b / a):.0%}" if (a > 1).all() else f"{theory} from {np.median(a):.0f} to "
            f"{np.median(b):.0f} nM s"
        )
    return (
        f"The drip: {result.settings.n_wins} first wins within {seconds / 60:g} min add {np.median(first):.0f} nM s, "
        f"which is {np.median(first) / seconds:.2f} nM on average on a tonic {tonic:.0f} nM. What practice leaves of it "
        f"(cue included): {', '.join(ratios)}."
    )


def _conserved(result: Result) -> str:
    gamma = max(result.settings.discounts)
    where = {**several(result), "event": "all", "theory": TD_ONLY, "discount": gamma}
    stages = ("first", "practised")
    first, late = (result.values("error", **where, practice=stage) for stage in stages)
    lines = []
    for scale in result.settings.scales:
        a, b = (result.values("area_nM_s", **where, scale=scale, practice=stage) for stage in stages)
        lines.append(f"{np.median(b / a):.0%} if neurons adapt to the {scale}")
    return (
        f"At γ = {gamma:g} the errors of a trial under TD add up to {first.mean():.2f} at first and {late.mean():.2f} "
        f"when practised: the total is {'conserved' if np.allclose(first, late, atol=0.02) else 'not conserved'} "
        f"in reward units. In nM s practice leaves {' and '.join(lines)}: one burst at the cue meets the "
        "ceiling of firing in the first case, and saturates uptake in the second."
    )


def _split(result: Result) -> str:
    lines = []
    for scale in result.settings.scales:
        where = {**CERTAIN, "event": "all", "theory": TD_ONLY, "scale": scale}
        parts = []
        for stage in ("first", "practised"):
            many = result.values("area_nM_s", **where, n_wins=result.settings.n_wins, practice=stage)
            one = result.values("area_nM_s", **where, n_wins=1, practice=stage)
            parts.append(np.median(many / one))
        lines.append(f"{parts[0]:.2f} times at first and {parts[1]:.2f} times when practised (adapted to the {scale})")
    return (
        f"{result.settings.n_wins} wins against one on the same budget, under TD: they bring "
        f"{' and '.join(lines)} as many nM s. Splitting multiplies dopamine only if neurons rescale to the smaller win."
    )


def _sizes(result: Result) -> str:
    ends = ("sub-goal 1", "goal")
    parts = []
    for sizes in ("growing", "shrinking"):
        first = [_usual(result, "rise_nM", event, "first", sizes=sizes) for event in ends]
        late = result.values(
            "rise_nM",
            **{**several(result), "sizes": sizes, "theory": TD_ONLY},
            event="win",
            practice="practised",
        )
        parts.append(f"{sizes} {first[0]:.0f} and {first[1]:.0f} nM at first, {np.abs(late).max():.1g} when practised")
    equal = [_usual(result, "rise_nM", event, "first") for event in ends]
    cues = [_usual(result, "rise_nM", "cue", "practised", sizes=sizes, scale="budget") for sizes in
            ("growing", "equal", "shrinking")]  # fmt: skip
    return (
        f"Sizes: the first and the last win raise dopamine by {equal[0]:.0f} and {equal[1]:.0f} nM if equal; "
        f"{'; '.join(parts)}, under TD. What stays is the cue's burst: {cues[0]:.0f}, {cues[1]:.0f} and {cues[2]:.0f} nM "
        "before growing, equal and shrinking wins (γ < 1, adapted to the budget)."
    )


def _controls(result: Result) -> str:
    where = {**several(result), "theory": TD_ONLY, "event": "win", "practice": "practised"}
    kept = {
        name: float(np.median(result.values("rise_nM", **{**where, **change})))
        for name, change in {
            "uncertain": {"probability": result.settings.probability},
            "announced": {"probability": result.settings.probability, "control": "announced"},
            "shuffled": {"control": "shuffled"},
            "certain": {},
        }.items()
    }
    return (
        f"Controls under TD, median rise at a practised win: {kept['certain']:.1f} nM certain, "
        f"{kept['uncertain']:.1f} uncertain, {kept['announced']:.1f} uncertain but announced a step before, and "
        f"{kept['shuffled']:.1f} certain but at shuffled times. It is not being paid but not knowing that makes the rise."
    )


def _receptors(result: Result) -> str:
    d1, d2 = ([_usual(result, name, "win", stage) for stage in ("first", "practised")] for name in ("d1", "d2"))
    density = max(result.settings.densities)
    tracer = result.number("bp_nd", "receptor density", receptor="D2", density=1.0)
    gain = [result.number("gained_of_usual", "receptor density", receptor="D1", density=x) for x in (1.0, density)]
    return (
        f"Receptors: at a first win the share of D1 receptors occupied peaks at {d1[0]:.2f}, of D2 at {d2[0]:.2f}; at a "
        f"practised one both rest at {d1[1]:.2f} and {d2[1]:.2f}. {density:g} times the density binds "
        f"{gain[1] / gain[0]:g} times as much at a first win, and nothing at a practised one. The tonic level alone fills "
        f"D2, so that BP_ND would be {tracer:.2f}, where scans find 2.5 to 4: the scale of D2 occupancy is not to be trusted."
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
            f"{first[2]:.0f}) and {late[0]:.0f} ({late[1]:.0f} to {late[2]:.0f}) when practised, {done:.0%} of wins reached"
        )
    idle = result.number(
        "wins_per_trial", "learners", practice="practised", n_wins=settings.n_wins, event="all", trace_decay=0.0
    )
    return (
        f"Learners that decide to work themselves (λ = {settings.trace_decay:g}; distractions count too): "
        f"{'; '.join(parts)}. Without traces they reach {idle:.1f} of {settings.n_wins} wins in practised trials."
    )
