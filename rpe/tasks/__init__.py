"""Tasks: what can be done in each state, and what follows; one set of tables for simulation, environment and solver.

==================================================  ==========================================================
you want                                            call
==================================================  ==========================================================
one long task with a single goal                    `monolithic(n_units=20, deadline=60, reward=100)`
the same budget split into sub-goals                `micro_wins(n_goals=5)`
a payout vector, fatigue, deadlines of your own     `GoalTask(payout=...)`
a badge; rigid sub-deadlines                        `badge(at=10, size=20)`; `sub_deadlines(4)`
distraction by chance; wins that lead nowhere       `variable_distraction(task, 0.25)`; `off_path_wins(task, 3)`
a day with an old ritual and a new one              `Routine(plan="after old", incentive=5)`
a feed that is steady, varies, or adapts to one     `feed([0, 1, 2], shows="liked")`
a commitment to five minutes; a ritual              `five_minutes(task)`; `ritual(task, times=[0, 10])`
interruptions                                       `interruptions(task, probability=0.2)`
free time that comes and goes in spells             `volatile_free_time(task, share=0.7, persistence=0.8)`
a semester of weekly choices                        `SemesterTask()`
a to-do list; points that make it easy              `ToDoList()`; `with_optimal_points(task, discount=1)`
a to-do list against the clock                      `TimedList(pay=[1, 5], steps=[1, 3], deadline=3)`
something to be done once                           `DoOnceTask(costs=[3, 5, 8, 13])`
two projects at once; a graph of steps              `TwoProjects()`; `GraphTask(edges)`
rival goals that need tokens each                   `ThreeSuits.published()`
rewards at different dates; a bandit                `DatedChoice([100, 110], [0, 1])`; `bandit([0.2, 0.8])`
a reversal; chances that drift                      `reversal()`; `drifting()`; `ChangingBandit(probabilities)`
two steps; go and no-go                             `TwoStep()`; `go_no_go()`
choice between some of many stimuli                 `ShownStimuli([0.2, 0.4, 0.6, 0.8])`
food, company or completion: kinds of reward        `reward_kinds([3, 2, 1], delays=[2, 0, 0])`
effort that has to be made, paid or not             `paid_effort(3, reward=2, n_steps=50)`
a lever to devalue; a maze                          `lever()`; `FourRooms("doorways")`
a task of your own                                  subclass `TabulatedTask`, or give `Tables` to `TableTask`
==================================================  ==========================================================

Every task has the face of `Task`. `step` returns a `Step`; `decode` says what states mean.
"""

from rpe.tasks.bandits import bandit
from rpe.tasks.changing_bandit import ChangingBandit, drifting, reversal
from rpe.tasks.dated_choice import DatedChoice
from rpe.tasks.devaluation import lever
from rpe.tasks.distractions import off_path_wins, variable_distraction
from rpe.tasks.do_once import DoOnceTask
from rpe.tasks.effort_training import paid_effort
from rpe.tasks.feeds import feed
from rpe.tasks.four_rooms import FourRooms
from rpe.tasks.free_time import volatile_free_time
from rpe.tasks.go_and_no_go import go_no_go
from rpe.tasks.goal_task import DISTRACT, REST, WORK, GoalTask
from rpe.tasks.graph import GraphTask
from rpe.tasks.kinds_of_reward import reward_kinds
from rpe.tasks.optimal_points import optimal_value, with_optimal_points
from rpe.tasks.payouts import MATCHINGS, GoalRules, badge, micro_wins, monolithic, sub_deadlines
from rpe.tasks.routine import Routine
from rpe.tasks.semester import SemesterTask
from rpe.tasks.shown_stimuli import ShownStimuli
from rpe.tasks.starting import five_minutes, interruptions, ritual
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Step, Tables
from rpe.tasks.tabulated import TabulatedTask
from rpe.tasks.task import Task
from rpe.tasks.three_suits import ThreeSuits
from rpe.tasks.timed_list import TimedList
from rpe.tasks.to_do_list import ToDoList
from rpe.tasks.two_projects import TwoProjects
from rpe.tasks.two_step import TwoStep
from rpe.tasks.variant import Variant

__all__ = [
    "DISTRACT",
    "MATCHINGS",
    "REST",
    "WORK",
    "ChangingBandit",
    "DatedChoice",
    "DoOnceTask",
    "FourRooms",
    "GoalRules",
    "GoalTask",
    "GraphTask",
    "Routine",
    "SemesterTask",
    "ShownStimuli",
    "Step",
    "TableTask",
    "Tables",
    "TabulatedTask",
    "Task",
    "ThreeSuits",
    "TimedList",
    "ToDoList",
    "TwoProjects",
    "TwoStep",
    "Variant",
    "badge",
    "bandit",
    "drifting",
    "feed",
    "five_minutes",
    "go_no_go",
    "interruptions",
    "lever",
    "micro_wins",
    "monolithic",
    "off_path_wins",
    "optimal_value",
    "paid_effort",
    "reversal",
    "reward_kinds",
    "ritual",
    "sub_deadlines",
    "variable_distraction",
    "volatile_free_time",
    "with_optimal_points",
]


def __dir__() -> list[str]:
    return list(__all__)
