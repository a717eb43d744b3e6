"""Pictures of a task in progress: a line of text, or an image for a video."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe.tasks import GoalTask

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
