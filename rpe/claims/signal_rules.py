"""Rules of the claims on dopamine: in which settings of which theories each holds."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.claims.claim import UNTESTED, Facts, Judged, built_in, over
from rpe.claims.families import change, joined, meaningful, wide
from rpe.experiments.expected_wins import FACTORS, LEAST

__all__ = [
    "anticipation",
    "boost",
    "completion",
    "crowding",
    "density",
    "dips",
    "drip",
    "every_tick",
    "excess",
    "exponential",
    "far_goals",
    "influx",
    "pleasure",
    "quick_hits",
    "rewiring",
    "salience",
    "unexpected",
    "wanting",
]

# A rise of dopamine that counts: a share of the tonic level.
_RISE = 0.1
_RELEASE = ("theory", "learning_rate", "discount", "region", "synchrony", "scale", "n_wins", "sizes", "probability")
_OWN = ("learning_rate", "discount")
_BLOCKING = ("surge", "drug as reward")
Factors = Mapping[str, npt.NDArray[Any]]


def _wins(errors: Facts, quantity: str, **where: object) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """A late error at wins, as a share of a win, in every setting of the theories, and the settings."""
    rows = errors.rows(part="theories", quantity=quantity, **where)
    factors = meaningful({name: rows[name] for name in FACTORS if name in rows})
    return np.asarray(rows["value"], dtype=np.float64), factors


def _rises(release: Facts, **where: object) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """The rise of dopamine beyond a tenth of its tonic level, in tonic levels, and the settings."""
    rows = release.rows(part="family", **where)
    rise = np.asarray(rows["rise_nM"] / rows["tonic_nM"], dtype=np.float64)
    known = np.isfinite(rise)
    return rise[known] - _RISE, meaningful({name: rows[name][known] for name in _RELEASE})


def _both(errors: tuple[Floats, Factors], release: tuple[Floats, Factors], number: float, meaning: str) -> Judged:
    """The verdict over settings that are read as errors and settings that are read as nanomolar."""
    effect = np.concatenate([errors[0] > 0, release[0] > 0])
    read = np.repeat(["errors", "nanomolar"], [len(errors[0]), len(release[0])])
    # Rates and discounts have other levels in the one than in the other, and would only tell the two apart.
    common = {name: column for name, column in joined(errors[1], release[1]).items() if name not in _OWN}
    return over(effect, {**common, "read_as": read}, number, meaning)


def every_tick(errors: Facts, release: Facts) -> Judged:
    """Whether every certain, practised win keeps its error."""
    least, factors = _wins(errors, "least", probability=1.0)
    practised = {"event": "win", "practice": "practised", "probability": 1.0, "control": "none"}
    steady = np.median(least[factors["theory"] == "TD(0)"])
    meaning = "late error at certain wins under TD(0), of a win, median"
    return _both((least - LEAST, factors), _rises(release, **practised), float(steady), meaning)


def completion(errors: Facts, release: Facts) -> Judged:
    """Whether a certain, practised completion keeps its error."""
    last, factors = _wins(errors, "last", probability=1.0)
    practised = {"event": "goal", "practice": "practised", "probability": 1.0, "control": "none"}
    median = float(np.median(last))
    return _both(
        (last - LEAST, factors), _rises(release, **practised), median, "late error at the goal, of a win, median"
    )


def drip(errors: Facts, release: Facts) -> Judged:
    """Mean errors at wins that are due, certain and uncertain, beyond two standard errors."""
    wins = tuple(level for level in set(errors.rows(part="theories")["n_wins"].tolist()) if level > 1)
    mean, factors = _wins(errors, "mean", n_wins=wins)
    noise, _ = _wins(errors, "standard error", n_wins=wins)
    net, where = _net(release)
    median = float(np.median(mean))
    meaning = "mean late error at wins, of a win, median over theories"
    return _both((mean - 2 * noise - LEAST, factors), (net - _RISE, where), median, meaning)


def _net(release: Facts) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """Area above the tonic level of a practised trial's wins, paid and unpaid, as a share of its first one's."""
    where = {"part": "family", "sizes": "equal", "control": "none"}
    parts = [release.rows(**where, event="win", practice=stage) for stage in ("first", "practised")]
    missed = release.rows(**where, event="omission", practice="practised")
    names = [name for name in _RELEASE if name in parts[0]]
    first, late, lost = (
        {tuple(str(rows[name][i]) for name in names): float(rows["area_nM_s"][i]) for i in range(len(rows["event"]))}
        for rows in (*parts, missed)
    )
    chosen = [i for i, wins in enumerate(parts[1]["n_wins"].tolist()) if wins > 1]
    net = []
    for i in chosen:
        key, p = tuple(str(parts[1][name][i]) for name in names), float(parts[1]["probability"][i])
        dip = lost[key] if p < 1 else 0.0
        net.append((p * late[key] + (1 - p) * dip) / (p * first[key]))
    return np.array(net), meaningful({name: parts[1][name][chosen] for name in names})


def unexpected(errors: Facts, release: Facts) -> Judged:
    """Whether uncertain wins that are paid keep positive errors."""
    rows = errors.rows(part="theories", quantity="paid")
    below = tuple(level for level in set(rows["probability"].tolist()) if level < 1)
    paid, factors = _wins(errors, "paid", probability=below)
    mean, _ = _wins(errors, "mean", probability=below)
    rises = _rises(release, event="win", practice="practised", control="none", probability=below)
    steady = float(np.median(mean[factors["theory"] == "TD(0)"]))
    return _both(
        (paid - LEAST, factors), rises, steady, "error at uncertain wins, paid or not, TD(0), of a win, median"
    )


def anticipation(facts: Facts, release: Facts) -> Judged:
    """Errors that ramp while a certain reward is waited for; a signal that is value itself is no error."""
    theories = tuple(name for name in set(facts.rows()["theory"].tolist()) if name != "value itself")
    quantities = ("slope, progress unseen (per s)", "slope, progress seen (per s)")
    rows = facts.rows(theory=theories, quantity=quantities)
    slope = np.asarray(rows["value"], dtype=np.float64)
    factors = {"theory": rows["theory"], "progress": rows["quantity"]}
    cue = release.rows(part="family", event="cue", practice="practised", probability=1.0, control="none")
    rise = float(np.nanmedian(cue["rise_nM"]))
    return over(slope, factors, rise, "rise at the cue (nM, median), where the error is", null=0.02)


def boost(release: Facts) -> Judged:
    """What the models say of a practised win, which nobody has measured."""
    rows = release.rows(part="family", event="win", practice="practised", probability=1.0, control="none")
    most = float(np.nanmax(rows["rise_nM"]))
    why = f"models: {float(np.nanmedian(rows['rise_nM'])):.1f} nM (median) to {most:.0f} nM at a practised win"
    return Judged(UNTESTED, float("nan"), f"no recording of dopamine at a tick in a person; {why}")


def influx(release: Facts) -> Judged:
    """Whether the rise at a first win is one number: within a factor of two of its median."""
    rows = release.rows(part="family", event="win", practice="first", theory=("TD(0)", "TD(λ)"), control="none")
    rise = np.asarray(rows["rise_nM"], dtype=np.float64)
    known = np.isfinite(rise) & (rise > 0)
    near = np.log(2) - np.abs(np.log(rise[known] / np.median(rise[known])))
    factors = {name: rows[name][known] for name in _RELEASE}
    fold = float(rise[known].max() / rise[known].min())
    return over(near > 0, factors, fold, "largest over smallest rise at a first win")


def exponential(facts: Facts) -> Judged:
    """Exponential growth speeds up: more growth for a dose late than early."""
    rows = facts.rows(part="doses", quantity="growth per dose")
    early = facts.by("account", "growth per dose, first half", part="doses")
    late = dict(zip(rows["account"].tolist(), np.asarray(rows["value"], dtype=np.float64).tolist(), strict=True))
    faster = [late[name] > 1e-4 and late[name] > 1.05 * early[name] for name in late]
    most = max(late.values())
    return over(np.array(faster), {"account": list(late)}, most, "largest late growth of value per reward")


def wanting(facts: Facts) -> Judged:
    """Which findings on wanting a rule for κ reproduces."""
    rows = facts.rows(part="findings", quantity="reproduced")
    right = np.asarray(rows["value"]) > 0.5
    factors = {"rule for κ": rows["rule"], "finding": rows["finding"]}
    return over(right, factors, float(right.sum()), "findings that a rule for κ reproduces")


def pleasure(facts: Facts) -> Judged:
    """That liking does not change is built in."""
    liked = facts.values("liking", part="kappa")
    return built_in(max(liked) - min(liked), "change of liking over all κ")


def salience(facts: Facts) -> Judged:
    """Whether an unsigned signal reproduces what was recorded from dopamine neurons."""
    rows = facts.rows(claim="salience")
    signed = facts.rows(claim="signed error")["verdict"] == "PASS"
    factors = {name: rows[name] for name in ("finding", "novelty")}
    meaning = "share of the same findings that a signed error reproduces"
    return over(rows["verdict"] == "PASS", factors, float(signed.mean()), meaning)


def dips(facts: Facts) -> Judged:
    """Whether theories dip at an omission, by the criterion of the scorecard."""
    rows = facts.rows(claim="dip")
    rows = {name: column[np.isin(rows["verdict"], ("PASS", "FAIL", "MIXED"))] for name, column in rows.items()}
    lowest = float(np.median(rows["lowest"]))
    meaning = "lowest error at an omission, of a reward, median"
    return over(rows["verdict"] == "PASS", {"theory": rows["theory"]}, lowest, meaning)


def density(facts: Facts) -> Judged:
    """Whether more receptors raise effortful choice."""
    more: list[float] = []
    receptors: list[str] = []
    for kind in ("D1", "D2"):
        levels = facts.by("density", "share effortful", receptor=kind, part="receptors")
        steps = pairwise(sorted(levels, key=float))
        own = [levels[high] - levels[low] for low, high in steps]
        more, receptors = more + own, receptors + [kind] * len(own)
    span = sum(x for x, kind in zip(more, receptors, strict=True) if kind == "D1")
    return over(more, {"receptor": receptors}, span, "change of effortful choices by D1, least to most")


def far_goals(facts: Facts) -> Judged:
    """Whether one far goal delays work against near ones."""
    found, factors = wide(facts, ["index with one goal", "index with micro wins"], part="family")
    gain = found["index with one goal"] - found["index with micro wins"]
    return over(gain, factors, float(gain.mean()), "index, far goal less near ones, mean", null=0.02)


def quick_hits(facts: Facts) -> Judged:
    """Whether chance on the same mean holds learners longer, beyond the interval over agents."""
    names = ["d of chance", "added low", "added high", "added by chance"]
    found, factors = wide(facts, names, part="family of learners")
    d, low, high, added = (found[name] for name in names)
    sure = np.where((low > 0) | (high < 0), d, 0.0)
    return over(sure, factors, float(added.mean()), "index added by chance, mean", null=0.2)


def rewiring(facts: Facts) -> Judged:
    """Whether work outlasts its pay: against training without pay, or, if dopamine comes late, without dopamine."""
    arms = {"within its window": ("with pay", "without pay"), "too late": ("dopamine too late", "no dopamine")}
    parts = [change(facts, "share worked, long unpaid", "arm", *pair, part="training") for pair in arms.values()]
    more = np.concatenate([effect for effect, _ in parts])
    timings = np.repeat(list(arms), [len(effect) for effect, _ in parts])
    factors = {**joined(*(found for _, found in parts)), "when dopamine comes": timings}
    meaning = "share worked long after pay has ended, trained with pay less without, mean"
    return over(more, factors, float(parts[0][0].mean()), meaning, null=0.05)


def crowding(facts: Facts) -> Judged:
    """How large the effect of pay for engagement is that was put in."""
    paid = facts.values("d", part="family", pay="engagement")
    return built_in(float(np.median(paid)), "d of engagement-contingent pay, median over κ and ι (published: −.40)")


def excess(facts: Facts) -> Judged:
    """Whether accounts of excess dopamine reproduce what drugs do."""
    found: list[tuple[str, str, bool]] = []
    for account in ("surge", "raised baseline"):
        found.append((account, "the drug is chosen more and more", _preferred(facts, account)))
        natural = facts.value("value of natural reward", part="doses", account=account)
        found.append((account, "natural rewards lose value", natural < 0.9))
    blocked = {name: facts.value("blocked over control", part="blocking", account=name) for name in _BLOCKING}
    found.append(("surge", "drugs block", blocked["surge"] < 0.5))
    accounts, findings, right = (list(column) for column in zip(*found, strict=True))
    rival = float(_preferred(facts, "set point"))
    rival += float(blocked["drug as reward"] < 0.5)
    factors = {"account": accounts, "finding": findings}
    return over(np.array(right), factors, rival, "findings that accounts without excess reproduce (of 2)")


def _preferred(facts: Facts, account: str) -> bool:
    early, late = (
        facts.value("share of drug choices", part="choice", account=account, when=w) for w in ("early", "late")
    )
    return late > 0.55 and late > early + 0.02


def __dir__() -> list[str]:
    return __all__
