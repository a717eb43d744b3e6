"""Rules of the claims on the rest of the story: in which settings of the experiments each holds."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe import measures
from rpe._checks import Floats
from rpe.claims.claim import Facts, Judged, over
from rpe.claims.families import unlike, wide

__all__ = [
    "adapting",
    "adaptive_holds",
    "celebrating_is_free",
    "celebrating_works",
    "dopamine_pleases",
    "easy_first",
    "focus_shifts",
    "happier",
    "industrious",
    "industry_pays",
    "often_draws",
    "one_currency",
    "runs_out",
    "stays",
    "thinkable",
    "tick",
    "wants_what_is_liked",
]

_NULL = measures.Thresholds().index
_ADAPTIVE = ("Pearce-Hall", "Kalman", "hierarchical filter")
_LEAST_RISE = 5.0
_MISSED = 0.05


def _paired(
    facts: Facts, quantity: str, factor: str, of: object, /, *apart: str, **where: object
) -> tuple[Floats, Floats, dict[str, npt.NDArray[Any]]]:
    """A quantity at every other level of a factor, beside its mean at the level `of` in settings alike.

    Alike are those that agree in all factors but this one and those `apart`.

    Raises
    ------
    KeyError
        If no setting has its like.
    """
    rows = facts.rows(quantity=quantity, **where)
    same = [name for name in rows if name not in ("quantity", "value", "part", factor, *apart)]
    keys = [tuple(str(rows[name][i]) for name in same) for i in range(len(rows["value"]))]
    base: dict[tuple[str, ...], list[float]] = {}
    for key, level, value in zip(keys, rows[factor].tolist(), rows["value"].tolist(), strict=True):
        if level == of:
            base.setdefault(key, []).append(value)
    chosen = [i for i, level in enumerate(rows[factor].tolist()) if level != of and keys[i] in base]
    if not chosen:
        raise KeyError(f"no {quantity!r} beside {of!r} of {factor!r} where {where}")
    plain = np.array([np.mean(base[keys[i]]) for i in chosen])
    values = np.asarray(rows["value"], dtype=np.float64)[chosen]
    return values, plain, unlike({name: column[chosen] for name, column in rows.items()})


def adapting(facts: Facts) -> Judged:
    """Whether learners that change their rates lose less than those that do not."""
    learners = ("fixed rate", *_ADAPTIVE)
    lost, fixed, factors = _paired(facts, "regret", "learner", "fixed rate", part="family", learner=learners)
    less = fixed - lost
    return over(less, factors, float(less.mean()), "regret per choice spared, mean", null=0.005)


def easy_first(facts: Facts) -> Judged:
    """Whether the shortest first earn more than the best paid first."""
    ways = ("easy first", "best paid first")
    easy, best, factors = _paired(facts, "lost", "way", "best paid first", part="family", way=ways)
    factors.pop("n_list", None)
    more = best - easy
    return over(more, factors, float(more.mean()), "share of the optimum that easy first earns more, mean", null=_NULL)


def tick(facts: Facts) -> Judged:
    """Whether a tick raises dopamine, new or practised."""
    rows = facts.rows(quantity="rise, nM", part="practice")
    rise = np.asarray(rows["value"], dtype=np.float64)
    factors = {"practice": rows["when"]}
    return over(rise, factors, float(rise.min()), "smallest rise at a tick (nM)", null=_LEAST_RISE)


def _celebrated(facts: Facts, quantity: str) -> tuple[Floats, Floats, dict[str, npt.NDArray[Any]]]:
    """Practised learners who celebrate, beside all others of the same kind who do not."""
    return _paired(facts, quantity, "size", 0.0, "habituation", "cost", part="family", when="late")


def celebrating_works(facts: Facts) -> Judged:
    """Whether celebrating brings work sooner."""
    index, plain, factors = _celebrated(facts, "index")
    fall = plain - index
    return over(fall, factors, float(fall.mean()), "fall of the index, mean", null=_NULL)


def celebrating_is_free(facts: Facts) -> Judged:
    """Whether those who celebrate are no worse off."""
    welfare, plain, factors = _celebrated(facts, "welfare")
    change = welfare - plain
    # A hundredth of what the smaller of the two tasks pays.
    return over(change + 0.15, factors, float(change.mean()), "change of welfare (reward units), mean")


def thinkable(facts: Facts) -> Judged:
    """Whether points alone lower the index of those who do not look to the end."""
    arms = ("one goal", "thinkable")
    index, one, factors = _paired(facts, "procrastination index", "arm", "one goal", "n_goals", part="family", arm=arms)
    near = factors["depth"] < factors["depth"].max()
    fall = (one - index)[near]
    own = {name: column[near] for name, column in factors.items()}
    return over(fall, own, float(fall.mean()), "fall of the index, mean", null=_NULL)


def happier(facts: Facts) -> Judged:
    """Whether the same reward in parts makes a practised day happier."""
    mean, one, factors = _paired(facts, "mean", "n_goals", 1.0, part="family", when="last day")
    more = mean / one - 1
    return over(more, factors, float(more.mean()), "happier by (share), mean", null=_NULL)


def stays(facts: Facts) -> Judged:
    """Whether a practised day is as happy as the first one."""
    last, first, factors = _paired(facts, "mean", "when", "first day", part="family")
    change = last / first - 1
    return over(change + _NULL, factors, float(change.mean()), "change of happiness by practice (share), mean")


def _trained(facts: Facts, quantity: str, when: str) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """A quantity after paid effort less that after as much unpaid effort, among those for whom it can gain worth."""
    weights = tuple(float(w) for w in np.unique(np.asarray(facts.table["weight"], dtype=np.float64)) if w > 0)
    where = {"part": "family", "when": when, "weight": weights}
    kinds = ("this effort, paid", "this effort, unpaid")
    paid, unpaid, factors = _paired(facts, quantity, "training", kinds[1], training=kinds, **where)
    return paid - unpaid, factors


def industrious(facts: Facts) -> Judged:
    """Whether who was paid for effort works more at something new."""
    more, factors = _trained(facts, "share of work", "early")
    return over(more, factors, float(more.mean()), "share of choices added, mean", null=_NULL)


def industry_pays(facts: Facts) -> Judged:
    """Whether who was paid for effort is no worse off at something new."""
    change, factors = _trained(facts, "welfare", "early")
    return over(change + _NULL, factors, float(change.mean()), "change of welfare (reward units a choice), mean")


def focus_shifts(facts: Facts) -> Judged:
    """Whether distractions are looked at less with practice."""
    looks, factors = wide(facts, ("early", "late"), part="family")
    fewer = looks["early"] - looks["late"]
    return over(fewer, factors, float(fewer.mean()), "share of choices fewer, mean", null=_NULL)


def often_draws(facts: Facts) -> Judged:
    """Whether work that pays each time leaves fewer looks at distractions than work that pays rarely."""
    often, rarely, factors = _paired(facts, "late", "work", "rarely", part="family")
    fewer = rarely - often
    return over(fewer, factors, float(fewer.mean()), "share of choices fewer, mean", null=_NULL)


def adaptive_holds(facts: Facts) -> Judged:
    """Whether a feed that adapts is looked at more in the end than a steady one, or one as popular."""
    feeds = ("adaptive", "steady", "as popular")
    other, adaptive, factors = _paired(facts, "late", "feed", "adaptive", part="family", feed=feeds)
    factors["compared_with"] = factors.pop("feed")
    more = adaptive - other
    return over(more, factors, float(more.mean()), "share of choices more, mean", null=_NULL)


def runs_out(facts: Facts) -> Judged:
    """Whether work beside a distraction falls over time, with self-control as a resource or an investment."""
    rows = facts.rows(quantity="fall over time", part="family", account=("resource", "investment"))
    fall = np.asarray(rows["value"], dtype=np.float64)
    factors = unlike(rows)
    # What an investment does not have.
    for name in ("use", "recovery"):
        if name in factors:
            factors[name] = np.where(rows["account"] == "investment", np.nan, factors[name])
    return over(fall, factors, float(fall.mean()), "fall of the share of work, mean", null=_NULL)


def one_currency(facts: Facts) -> Judged:
    """Whether a meal of one kind leaves choices among all kinds as they are."""
    rows = facts.rows(quantity="missed", part="meal", store=("one pool", "own stores"))
    missed = np.asarray(rows["value"], dtype=np.float64)
    return over(_MISSED - missed, unlike(rows), float(missed.mean()), "share of choices that a meal moves, mean")


def _along(facts: Facts, quantity: str, factor: str) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """The change of a quantity as a factor leaves 1, in the direction of the factor, at each of its levels."""
    levels = np.unique(np.asarray(facts.table[factor], dtype=np.float64))
    changes, columns = [], []
    for level in levels[np.isfinite(levels) & (levels != 1)].tolist():
        values, normal, factors = _paired(facts, quantity, factor, 1.0, part="family", **{factor: (1.0, level)})
        changes.append((values - normal) * np.sign(level - 1))
        columns.append({**factors, factor: np.full(len(values), level)})
    return np.concatenate(changes), {name: np.concatenate([each[name] for each in columns]) for name in columns[0]}


def wants_what_is_liked(facts: Facts) -> Judged:
    """Whether practised learners want more of what they like more, and less of what they like less."""
    along, factors = _along(facts, "wanting", "gain")
    return over(along, factors, float(along.mean()), "change of the share of work with liking, mean", null=_NULL)


def dopamine_pleases(facts: Facts) -> Judged:
    """Whether more incentive salience brings more of what is liked, less effort."""
    along, factors = _along(facts, "liked in all", "salience")
    return over(along, factors, float(along.mean()), "change of what is liked in all (a choice), mean", null=_NULL)


def __dir__() -> list[str]:
    return __all__
