"""Gymnasium environments over the tasks, and the adapter that lets agents of this library into any other."""

from rpe.envs.adapter import EnvTask, as_task, tabulate
from rpe.envs.goal import GoalEnv, GoalVectorEnv
from rpe.envs.observations import FEATURE_NAMES
from rpe.envs.subgoals import SubGoals
from rpe.envs.tabulated import TaskEnv

__all__ = ["FEATURE_NAMES", "EnvTask", "GoalEnv", "GoalVectorEnv", "SubGoals", "TaskEnv", "as_task", "tabulate"]
