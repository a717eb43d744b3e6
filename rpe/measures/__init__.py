"""Measures of behaviour: procrastination, momentum, welfare, and errors at events; exact or from samples.

Most functions take what `exact` returns, what `rpe.simulate.run` returns, and what people did: choices
(a record with `state` and `action`; say which `task`) or work over time (one with `units`; say `n_units`).

==========================================  =========================================================
what you want                               what to call
==========================================  =========================================================
what an agent does, without sampling        `exact(agent, task)`; `follow(policy, task)`
the same, each agent on a task of its own   `exact_each(planner, tasks)`
what a planner expects of itself            `planned(planner, task)`, and `plan_gap`: how much later it starts
how late the work is                        `procrastination_index` = `delay` (of what is done) + `undone`
when it starts and ends, how often          `start_latency`, `completion_time`, `completion_probability`
how much is done at the last minute         `rush` (last 20 %), `last_third_share`
does work follow on work?                   `momentum` (at the same time and progress), `momentum_band`
the same with trend, against a shuffle      `momentum_with_trend`
work by progress, streak, sub-goal          `work_by_unit`, `work_by_streak`, `work_since_sub_goal`
how well off somebody is                    `welfare` by one of three `YARDSTICKS`
whether the task is worth doing             `worth_doing`
what a change does to somebody              `classify`: one of five `CLASSES`, by `Thresholds`
how much less is earned than could be       `regret`
prediction errors at cue, sub-goal, goal    `event_errors`
mean unit completion day, work by deciles   `mean_completion_day`, `completion_deciles` (of a `WorkLog`)
k of a questionnaire of monetary choices    `discount_score`
whether choices are repeated, and right     `stay_probabilities`, `learning_curves` by condition
happiness from moment to moment             `happiness(expected, error)`
a mean over agents with its interval        `bootstrap`
responding to a cue, by trial and session   `cue_response`, `session_means`, `suppression_ratio`
where single cells reverse, how lopsided    `reversal_points`, `slope_asymmetries`
==========================================  =========================================================
"""

from rpe.measures.behaviour import (
    completion_probability,
    completion_time,
    delay,
    event_errors,
    last_third_share,
    procrastination_index,
    rush,
    start_latency,
    undone,
)
from rpe.measures.classes import CLASSES, Thresholds, classify
from rpe.measures.conditioned_responding import cue_response, session_means, suppression_ratio
from rpe.measures.intervals import Band, bootstrap
from rpe.measures.optimum import regret
from rpe.measures.people import (
    LearningCurves,
    completion_deciles,
    learning_curves,
    mean_completion_day,
    stay_probabilities,
)
from rpe.measures.persistence import (
    Gap,
    Rates,
    momentum,
    momentum_band,
    momentum_with_trend,
    work_by_streak,
    work_by_unit,
    work_since_sub_goal,
)
from rpe.measures.questionnaires import DiscountScore, discount_score
from rpe.measures.single_cells import reversal_points, slope_asymmetries
from rpe.measures.solutions import Exact, exact, exact_each, follow, plan_gap, planned
from rpe.measures.wellbeing import happiness
from rpe.measures.yardsticks import YARDSTICKS, Worth, welfare, worth_doing, yardstick

__all__ = [
    "CLASSES",
    "YARDSTICKS",
    "Band",
    "DiscountScore",
    "Exact",
    "Gap",
    "LearningCurves",
    "Rates",
    "Thresholds",
    "Worth",
    "bootstrap",
    "classify",
    "completion_deciles",
    "completion_probability",
    "completion_time",
    "cue_response",
    "delay",
    "discount_score",
    "event_errors",
    "exact",
    "exact_each",
    "follow",
    "happiness",
    "last_third_share",
    "learning_curves",
    "mean_completion_day",
    "momentum",
    "momentum_band",
    "momentum_with_trend",
    "plan_gap",
    "planned",
    "procrastination_index",
    "regret",
    "reversal_points",
    "rush",
    "session_means",
    "slope_asymmetries",
    "start_latency",
    "stay_probabilities",
    "suppression_ratio",
    "undone",
    "welfare",
    "work_by_streak",
    "work_by_unit",
    "work_since_sub_goal",
    "worth_doing",
    "yardstick",
]


def __dir__() -> list[str]:
    return list(__all__)
