"""The tasks behind the registered ids: each with parameters of its own, and values for those that it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rpe import tasks
from rpe._checks import did_you_mean
from rpe.tasks import GoalTask, TabulatedTask, Variant


def build(name: str, parameters: dict[str, Any]) -> TabulatedTask:
    """Return the task of an id.

    Raises
    ------
    TypeError, ValueError
        As the task; ValueError if there is none of that name.
    """
    if name not in BUILDERS:
        hint = did_you_mean(name, BUILDERS)
        raise ValueError(f"task must be a task, or one of {', '.join(map(repr, BUILDERS))}; got {name!r}{hint}")
    maker, defaults = BUILDERS[name]
    return maker(**(defaults | parameters))


def _changed(change: Callable[..., Any], *own: str) -> Callable[..., Any]:
    """A change to the long task, from the parameters of both."""

    def make(*, task: GoalTask | Variant | None = None, **parameters: Any) -> Any:
        mine = {name: parameters.pop(name) for name in own if name in parameters}
        if task is not None and parameters:
            raise TypeError(f"parameters must not be given with a task; got {', '.join(parameters)}")
        return change(tasks.micro_wins(**parameters) if task is None else task, **mine)

    return make


BUILDERS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Badge": (tasks.badge, {"at": 10, "size": 10.0}),
    "Bandit": (tasks.bandit, {"probabilities": [0.2, 0.8]}),
    "DatedChoice": (tasks.DatedChoice, {"amounts": [5.0, 7.0], "delays": [1, 3]}),
    "DoOnce": (tasks.DoOnceTask, {"costs": [3.0, 5.0, 8.0, 13.0], "reward": 20.0}),
    "FiveMinutes": (_changed(tasks.five_minutes, "n_steps", "waived"), {}),
    "FourRooms": (tasks.FourRooms, {}),
    "Graph": (tasks.GraphTask, {"edges": tasks.GraphTask.fan(4, 1.5).edges, "reward": 10.0}),
    "Interruptions": (_changed(tasks.interruptions, "probability"), {"probability": 0.2}),
    "Lever": (tasks.lever, {"n_steps": 10}),
    "OffPathWins": (_changed(tasks.off_path_wins, "size"), {"size": 1.0}),
    "Ritual": (_changed(tasks.ritual, "times", "relief"), {"times": [0, 20, 40]}),
    "Semester": (tasks.SemesterTask, {}),
    "SubDeadlines": (tasks.sub_deadlines, {}),
    "ToDoList": (tasks.ToDoList, {}),
    "TwoProjects": (tasks.TwoProjects, {}),
    "VariableDistraction": (_changed(tasks.variable_distraction, "probability"), {"probability": 0.5}),
}
