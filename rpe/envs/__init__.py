"""Gymnasium environments over the tasks, and the adapter that lets agents of this library into any other.

==================================================  ======================================
what you want                                       what to call
==================================================  ======================================
a task as an environment                            `TaskEnv`, `gymnasium.make("rpe/ToDoList-v0")`
the long task, one copy or many                     `GoalEnv`, `GoalVectorEnv`
micro wins in somebody else's environment           `SubGoals`
numbers for observations that are not discrete      `discretize`, `encode`
exact tables of an environment                      `tabulate`
the face of a task for an environment               `as_task`
==================================================  ======================================
"""

from rpe.envs.adapter import EnvTask, as_task
from rpe.envs.encoders import Discretized, Encoded, discretize, encode
from rpe.envs.goal import GoalEnv, GoalVectorEnv
from rpe.envs.masks import SeenMasks
from rpe.envs.observations import FEATURE_NAMES
from rpe.envs.subgoal_task import SubGoalTask
from rpe.envs.subgoals import SubGoals
from rpe.envs.tabulated import TaskEnv
from rpe.envs.tabulation import tabulate

__all__ = [
    "FEATURE_NAMES",
    "Discretized",
    "Encoded",
    "EnvTask",
    "GoalEnv",
    "GoalVectorEnv",
    "SeenMasks",
    "SubGoalTask",
    "SubGoals",
    "TaskEnv",
    "as_task",
    "discretize",
    "encode",
    "tabulate",
]


def __dir__() -> list[str]:
    return __all__
