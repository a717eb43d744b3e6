"""Pictures of a task in progress: a line of text, or an image for a video."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe.tasks import FourRooms, GoalTask, TabulatedTask

_BLUE, _ORANGE, _GREY, _INK = "#0072B2", "#D55E00", "#D9D9D9", "#262626"


def line(task: GoalTask, state: int, action: int | None) -> str:
    """Return a line of text: units with marks at sub-goals, steps left, and what was done last."""
    now = {name: int(value) for name, value in task.decode(state).items()}
    units = "".join(
        ("█" if n <= now["units"] else "·") + ("|" if n in task.goals else "") for n in range(1, task.n_units + 1)
    )
    done = "" if action is None else f"  {task.action_names[action]}"
    left = f"{task.deadline - now['time']} of {task.deadline} steps left"
    return f"[{units}] {now['units']}/{task.n_units} units, {left}{done}"


def image(task: GoalTask, state: int, action: int | None) -> npt.NDArray[np.uint8]:
    """Return an image (160, 480, 3) of the units done, the time passed and what was done last."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    now = {name: int(value) for name, value in task.decode(state).items()}
    figure = Figure(figsize=(4.8, 1.6), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    ax = figure.add_axes((0.12, 0.1, 0.84, 0.68))
    shares = (now["units"] / task.n_units, now["time"] / task.deadline)
    ax.barh([1, 0], [1, 1], height=0.5, color=_GREY)
    ax.barh([1, 0], shares, height=0.5, color=[_BLUE, _ORANGE])
    for goal in task.goals:
        ax.plot([goal / task.n_units] * 2, [0.68, 1.32], color=_INK, linewidth=1.2)
    for step in task.due or ():
        ax.plot([step / task.deadline] * 2, [-0.32, 0.32], color=_INK, linewidth=1.2, linestyle=":")
    ax.plot([1, 1], [-0.4, 0.4], color=_INK, linewidth=2.5)
    ax.set(xlim=(-0.005, 1.01), ylim=(-0.6, 1.6), yticks=[1, 0], yticklabels=["work", "time"], xticks=[])
    ax.tick_params(length=0, labelsize=10)
    ax.spines[:].set_visible(False)
    done = "start" if action is None else task.action_names[action]
    title = f"{now['units']}/{task.n_units} units   {now['time']}/{task.deadline} steps   {done}"
    figure.text(0.12, 0.85, title, fontsize=11, color=_INK)
    canvas.draw()
    picture: Any = np.asarray(canvas.buffer_rgba())[..., :3]
    return np.ascontiguousarray(picture)


def description(task: TabulatedTask, state: int, action: int | None) -> str:
    """Return a line of text: what the state means, and what was done last."""
    known = ", ".join(f"{name} {np.asarray(value).item()}" for name, value in task.decode(np.array(state)).items())
    return known if action is None else f"{known}  {_action_name(task, action)}"


def sketch(task: TabulatedTask, state: int, action: int | None) -> npt.NDArray[np.uint8]:
    """Return an image (160, 480, 3) of where in the task a state lies, and what was done last."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8, 1.6), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    if isinstance(task, FourRooms):
        _draw_rooms(figure.add_axes((0.02, 0.02, 0.31, 0.96)), task, state)
        figure.text(0.4, 0.5, "start" if action is None else _action_name(task, action), fontsize=11, color=_INK)
    else:
        ax = figure.add_axes((0.04, 0.12, 0.92, 0.2))
        ax.barh([0], [task.n_states], height=1, color=_GREY)
        ax.barh([0], [1], left=[state], height=1, color=_BLUE)
        ax.set_axis_off()
        before, _, done = description(task, state, action).partition("  ")
        figure.text(0.04, 0.75, before, fontsize=11, color=_INK)
        figure.text(0.04, 0.5, done or "start", fontsize=11, color=_INK)
    canvas.draw()
    picture: Any = np.asarray(canvas.buffer_rgba())[..., :3]
    return np.ascontiguousarray(picture)


def _draw_rooms(ax: Any, task: FourRooms, state: int) -> None:
    """The maze from above: walls, goal, and where the agent is."""
    row, column = task.cells.T
    floor = np.zeros((row.max() + 2, column.max() + 2))
    floor[row, column] = 1.0
    ax.imshow(floor, cmap="gray", vmin=-0.3, vmax=1)
    for place, colour in ((task.goal, _ORANGE), (state, _BLUE)):
        ax.plot(column[place], row[place], marker="s", markersize=8, color=colour)
    ax.set_axis_off()


def _action_name(task: TabulatedTask, action: int) -> str:
    return task.action_names[action] if task.action_names else f"action {action}"
