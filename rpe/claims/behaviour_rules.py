"""Rules of the claims on behaviour: in which settings of the experiments each holds."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe import measures
from rpe.claims.claim import Facts, Judged, Rows, built_in, over
from rpe.claims.families import change, each_level, meaningful, unlike, wide

__all__ = [
    "anywhere",
    "beats_delay",
    "burnout",
    "deadlines",
    "five_minutes",
    "free_reward",
    "harmless",
    "intrinsic",
    "irrational",
    "more_frequent",
    "never_hurts",
    "reward",
    "snowball",
    "throughout",
    "tricks",
    "weeks",
    "wellbeing",
]

# Changes of an index, a probability or a share up to this size count as none.
_NULL = measures.Thresholds().index
_AGENT = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge")
_TASK = ("n_goals", "cost_ratio", "pay", "success_probability")
_DONE = ("share done with one goal", "share done with micro wins")
_WORSE = ("hurts", "works at a loss")


def _family(facts: Facts, **where: object) -> tuple[Rows, dict[str, npt.NDArray[Any]], list[str]]:
    """Settings of the main experiment, what tells them apart, and the task that each belongs to."""
    rows = facts.rows(part="family", **where)
    factors = meaningful({"task_pay" if name == "pay" else name: rows[name] for name in (*_AGENT, *_TASK, "arm")})
    tasks = ["|".join(str(rows[name][i]) for name in _TASK) for i in range(len(rows["arm"]))]
    return rows, factors, tasks


def snowball(facts: Facts) -> Judged:
    """Whether agents start earlier in the last trials than in the first, beyond the interval over agents."""
    names = ["change of start", "its start low", "its start high"]
    found, factors = wide(facts, names, part="family of mechanisms")
    grown, low, high = (found[name] for name in names)
    sure = np.where((low > 0) | (high < 0), grown, 0.0)
    return over(sure, factors, float(grown.max()), "largest earlier start over trials (of T)", null=_NULL)


def beats_delay(facts: Facts) -> Judged:
    """Whether micro wins help, rather than hurt or make work at a loss."""
    rows, factors, tasks = _family(facts)
    effect = (rows["class"] == "helps") * 1.0 - np.isin(rows["class"], _WORSE)
    fall = float(np.mean(rows["effect"]))
    return over(effect, factors, fall, "mean fall of the index", units=tasks)


def more_frequent(facts: Facts) -> Judged:
    """Whether no smaller number of goals is better than the largest one."""
    where = {"part": "family", "split": "number of goals"}
    numbers = facts.rows(quantity="procrastination index", **where)["n_goals"].tolist()
    most = max(numbers)
    parts = [change(facts, "procrastination index", "n_goals", most, n, **where) for n in sorted({*numbers} - {most})]
    worse = np.max([loss for loss, _ in parts], axis=0)
    meaning = f"index, {most:g} goals less the best number, mean"
    return over(_NULL - worse, parts[0][1], float(worse.mean()), meaning)


def free_reward(facts: Facts) -> Judged:
    """Whether a split at equal present value leaves nobody worse off."""
    rows, factors, tasks = _family(facts, arm="equal present value")
    del factors["arm"]
    worse = np.isin(rows["class"], _WORSE)
    hurt = "share of settings that end worse at equal present value"
    return over(~worse, factors, float(worse.mean()), hurt, units=tasks)


def throughout(facts: Facts) -> Judged:
    """Whether work goes on alike right after a sub-goal."""
    rows = facts.rows(quantity="change after sub-goal", part="family of planners", arm="micro wins")
    slump = np.asarray(rows["value"], dtype=np.float64)
    meaning = "P(work) right after a sub-goal less right before, mean"
    return over(slump + _NULL, unlike(rows), float(slump.mean()), meaning)


def deadlines(facts: Facts) -> Judged:
    """Whether sub-deadlines raise completion."""
    rows = facts.rows(part="family", quantity="change of completion")
    more = np.asarray(rows["value"], dtype=np.float64)
    return over(more, unlike(rows), float(more.mean()), "mean change of completion", null=_NULL)


def _layouts(facts: Facts) -> Rows:
    """Where the same budget is paid: what becomes of completion, and of which class that is."""
    rows = facts.rows(part="family", split="layout", quantity="completion change")
    split = rows["layout"] != "one goal"
    return {name: column[split] for name, column in rows.items()}


def never_hurts(facts: Facts) -> Judged:
    """Whether a layout of sub-goals hurts nobody, and makes nobody work at a loss."""
    rows = _layouts(facts)
    fall = float(np.min(rows["value"]))
    return over(~np.isin(rows["class"], _WORSE), unlike(rows), fall, "largest fall of completion")


def anywhere(facts: Facts) -> Judged:
    """Whether a layout of sub-goals helps."""
    rows = _layouts(facts)
    effect = (rows["class"] == "helps") * 1.0 - np.isin(rows["class"], _WORSE)
    fall = float(np.min(rows["value"]))
    return over(effect, unlike(rows), fall, "largest fall of completion")


def reward(facts: Facts) -> Judged:
    """Whether it makes no difference how effort is discounted."""
    more, factors = change(facts, "index with one goal", "effort", "more", "less", part="family")
    return over(_NULL - np.abs(more), factors, float(more.mean()), "index, effort discounted more less discounted less")


def intrinsic(facts: Facts) -> Judged:
    """How large the effect of pay for completion is that was put in."""
    paid = facts.values("d", part="family", pay="completion")
    return built_in(float(np.median(paid)), "d of completion-contingent pay, median over κ and ι (published: −.36)")


def _at_equal_work(facts: Facts) -> tuple[Rows, dict[str, npt.NDArray[Any]]]:
    """Fatigue spared while doing the same unit, where both arms do a tenth of the work or more."""
    found, factors = wide(facts, ["spared at equal work", *_DONE], part="family")
    known = np.isfinite(found["spared at equal work"]) & (np.minimum(*(found[name] for name in _DONE)) >= 0.1)
    kept = {name: column[known] for name, column in found.items()}
    return kept, {name: column[known] for name, column in factors.items()}


def burnout(facts: Facts) -> Judged:
    """Whether micro wins spare fatigue at the same unit of work."""
    found, factors = _at_equal_work(facts)
    spared = found["spared at equal work"]
    return over(spared, factors, float(spared.mean()), "fatigue spared at equal work (levels), mean", null=0.3)


def wellbeing(facts: Facts) -> Judged:
    """Whether micro wins spare fatigue at the same unit of work, and no less is done for it."""
    found, factors = _at_equal_work(facts)
    spared, one, micro = (found[name] for name in ("spared at equal work", *_DONE))
    effect = np.where((spared > 0) & (micro < one - 0.05), 0.0, spared)
    return over(effect, factors, float(spared.mean()), "fatigue spared at equal work (levels), mean", null=0.3)


def five_minutes(facts: Facts) -> Judged:
    """Whether a promise alone brings work forward."""
    rows = facts.rows(quantity="change by binding")
    kept = np.asarray(rows["promise"]) > 1
    gain = -np.asarray(rows["value"], dtype=np.float64)[kept]
    factors = {name: rows[name][kept] for name in ("agent", "promise", "waived")}
    easier = -facts.value("change", agent="naive", promise=1, waived=1.0)
    meaning = "index gained by an easier start, without a promise"
    return over(gain, factors, easier, meaning, null=_NULL)


def weeks(facts: Facts) -> Judged:
    """How long a habit takes at the rate that was put in."""
    return built_in(facts.value("days to 95 %", published_days=66), "days to 95 % at the published median rate")


def tricks(facts: Facts) -> Judged:
    """Whether an endowed head start saves time."""
    rows = facts.rows(part="endowed card", quantity="change of time")
    faster = -np.asarray(rows["value"], dtype=np.float64)
    fitted = facts.value("change of time", gradient="fitted")
    return over(faster, {"gradient": rows["gradient"]}, fitted, "change of time, fitted gradient", null=0.05)


def harmless(facts: Facts) -> Judged:
    """Whether wins off the path leave completion as it is."""
    fell, factors = each_level(facts, "completion probability", "tick", 0.0, part="off-path wins")
    return over(fell + 0.05, factors, float(fell.min()), "largest fall of completion by off-path wins")


def irrational(facts: Facts) -> Judged:
    """What delay costs, where equal pay removes some of it."""
    rows, factors, tasks = _family(facts, arm="equal pay")
    del factors["arm"]
    delayed = np.asarray(rows["effect"] > _NULL)
    if not delayed.any():
        return over(delayed, factors, 0.0, "share of the budget that delay costs, median", units=tasks)
    cost = np.asarray(rows["welfare_change"], dtype=np.float64)[delayed]
    own = {name: np.asarray(column)[delayed] for name, column in factors.items()}
    units = np.asarray(tasks)[delayed]
    meaning = "share of the budget that delay costs, median"
    return over(cost, own, float(np.median(cost)), meaning, null=0.1, units=units)


def __dir__() -> list[str]:
    return __all__
