"""Tasks: rules over arrays, tabulated once, read alike by simulations, environments and exact solvers."""

from rpe.tasks.goal import DISTRACT, MATCHINGS, REST, WORK, GoalTask, micro_wins, monolithic
from rpe.tasks.graph import GraphTask
from rpe.tasks.one_shot import DatedChoice, DoOnceTask, bandit
from rpe.tasks.projects import TwoProjects, lever
from rpe.tasks.rooms import FourRooms
from rpe.tasks.semester import SemesterTask
from rpe.tasks.tables import Step, Tables, TableTask, TabulatedTask
from rpe.tasks.to_do import ToDoList, optimal_value, with_optimal_points
from rpe.tasks.variants import (
    Variant,
    badge,
    five_minutes,
    interruptions,
    off_path_wins,
    ritual,
    sub_deadlines,
    variable_distraction,
)

__all__ = [
    "DISTRACT",
    "MATCHINGS",
    "REST",
    "WORK",
    "DatedChoice",
    "DoOnceTask",
    "FourRooms",
    "GoalTask",
    "GraphTask",
    "SemesterTask",
    "Step",
    "TableTask",
    "Tables",
    "TabulatedTask",
    "ToDoList",
    "TwoProjects",
    "Variant",
    "badge",
    "bandit",
    "five_minutes",
    "interruptions",
    "lever",
    "micro_wins",
    "monolithic",
    "off_path_wins",
    "optimal_value",
    "ritual",
    "sub_deadlines",
    "variable_distraction",
    "with_optimal_points",
]
