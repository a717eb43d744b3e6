"""Rules of the claims on behaviour: in which settings of the experiments each holds."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe import measures
from rpe.claims.claim import Facts, Judged, Rows, built_in, over
from rpe.claims.families import change, each_level, unlike

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
_WORSE = ("hurts", "works at a loss")


def _family(facts: Facts, **where: object) -> tuple[Rows, dict[str, npt.NDArray[Any]], list[str]]:
    """Settings of the main experiment, what tells them apart, and the task that each belongs to."""
    rows = facts.rows(part="family", **where)
    factors = {"task_pay" if name == "pay" else name: rows[name] for name in (*_AGENT, *_TASK, "arm")}
    tasks = ["|".join(str(rows[name][i]) for name in _TASK) for i in range(len(rows["arm"]))]
    return rows, factors, tasks


def snowball(facts: Facts) -> Judged:
    """Whether agents start earlier from trial to trial."""
    rows = facts.rows(quantity="earlier start over trials")
    grown = np.asarray(rows["value"], dtype=np.float64)
    factors = {name: rows[name] for name in ("mechanism", "arm")}
    return over(grown, factors, float(grown.max()), "largest earlier start over trials (of T)", null=_NULL)


def beats_delay(facts: Facts) -> Judged:
    """Whether micro wins help, rather than hurt or make work at a loss."""
    rows, factors, tasks = _family(facts)
    effect = (rows["class"] == "helps") * 1.0 - np.isin(rows["class"], _WORSE)
    fall = float(np.mean(rows["effect"]))
    return over(effect, factors, fall, "mean fall of the index", units=tasks)


def more_frequent(facts: Facts) -> Judged:
    """Whether no smaller number of goals is better than the largest one."""
    where = {"part": "number of goals"}
    most = float(np.nanmax(facts.rows(quantity="procrastination index", **where)["n_goals"]))
    better, factors = each_level(facts, "procrastination index", "n_goals", most, **where)
    return over(better + _NULL, factors, -float(better.min()), f"index, {most:g} goals less the best number")


def free_reward(facts: Facts) -> Judged:
    """Whether a split at equal present value leaves nobody worse off."""
    rows, factors, tasks = _family(facts, arm="equal present value")
    del factors["arm"]
    worse = np.isin(rows["class"], _WORSE)
    hurt = "share of settings that end worse at equal present value"
    return over(~worse, factors, float(worse.mean()), hurt, units=tasks)


def throughout(facts: Facts) -> Judged:
    """Whether work goes on alike right after a sub-goal."""
    rows = facts.rows(quantity="slump", arm="micro wins")
    slump = np.asarray(rows["value"], dtype=np.float64)
    exact = facts.value("change after sub-goals (exact)", mechanism="none", arm="micro wins")
    meaning = "P(work) right after a sub-goal less right before, no mechanism (exact)"
    return over(slump + _NULL, {"mechanism": rows["mechanism"]}, exact, meaning)


def deadlines(facts: Facts) -> Judged:
    """Whether sub-deadlines raise completion."""
    rows = facts.rows(part="family", quantity="change of completion")
    more = np.asarray(rows["value"], dtype=np.float64)
    return over(more, unlike(rows), float(more.mean()), "mean change of completion", null=_NULL)


def never_hurts(facts: Facts) -> Judged:
    """Whether no layout of sub-goals lowers completion."""
    more, factors = each_level(facts, "completion probability", "layout", "one goal", part="layout")
    return over(more + _NULL, factors, float(more.min()), "largest fall of completion")


def anywhere(facts: Facts) -> Judged:
    """Whether every layout of sub-goals lowers the index."""
    later, factors = each_level(facts, "procrastination index", "layout", "one goal", part="layout")
    return over(-later, factors, -float(later.max()), "fall of the index at the worst place", null=_NULL)


def reward(facts: Facts) -> Judged:
    """Whether it makes no difference how effort is discounted."""
    more, factors = change(facts, "index with one goal", "effort", "more", "less", part="family")
    return over(_NULL - np.abs(more), factors, float(more.mean()), "index, effort discounted more less discounted less")


def intrinsic(facts: Facts) -> Judged:
    """How large the effect of pay for completion is that was put in."""
    paid = facts.value("effect size", pay="completion", part="free choice")
    return built_in(paid, "d of completion-contingent pay (published: −.36)")


def burnout(facts: Facts) -> Judged:
    """Whether micro wins lower peak fatigue."""
    return _spared(facts, "peak fatigue", "peak fatigue spared (levels), mean")


def wellbeing(facts: Facts) -> Judged:
    """Whether micro wins lower fatigue at work."""
    return _spared(facts, "fatigue at work", "fatigue at work spared (levels), mean")


def _spared(facts: Facts, quantity: str, meaning: str) -> Judged:
    """Fatigue that micro wins spare, where no less is done for it."""
    spared, factors = change(facts, quantity, "arm", "one goal", "micro wins", part="long task")
    less, _ = change(facts, "share done", "arm", "one goal", "micro wins", part="long task")
    effect = np.where((spared > 0) & (less > 0.05), 0.0, spared)
    return over(effect, factors, float(spared.mean()), meaning, null=0.3)


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
