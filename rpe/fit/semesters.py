"""Models of how students spread their work over a semester, with the settings of the published fits."""

from dataclasses import replace

from rpe.agents import Planner
from rpe.discounting import Exponential
from rpe.fit.model import Model, Parameter
from rpe.tasks import SemesterTask

_UNIT, _COST = Parameter(0, 1), Parameter(0, start=(0.05, 2.0))
_GAMMA = Parameter(0, 1, start=(0.5, 0.999))


def semester_models(*, inverse_temperature: float = 5.0) -> dict[str, Model]:
    """Return the six models of Chebolu and Dayan's fits to students, by name, for logs of 16 weeks.

    All have 22 units of which 14 are required, no leisure, and pay of 4 per unit up to 14 and 1 beyond.
    "basic", "efficacy gap" and "convex" are paid one week after the last; "immediate",
    "discounting apart" (of pay and effort, by a naive planner; paid 1 and .25, with twice the
    inverse temperature) and "waiting for interest" when earned.

    Parameters
    ----------
    inverse_temperature : float
        β of the softmax over units to attempt.

    References
    ----------
    Chebolu, S. & Dayan, P. (2025). Preprint, psyarxiv jd4ar. (The settings are those of its code.)

    Examples
    --------
    >>> semester_models()["efficacy gap"].names
    ('discounting.gamma', 'task.believed_efficacy', 'task.efficacy', 'task.effort')
    """
    late = SemesterTask(shirk_reward=0.0, pay_delay=1)
    at_once = SemesterTask(shirk_reward=0.0, pay="threshold")
    waiting = replace(at_once, interest_probability=0.05, boredom_probability=0.95, interest_for="done")
    planner = Planner(Exponential(0.95), inverse_temperature=inverse_temperature)
    apart = Planner(
        Exponential(0.95), inverse_temperature=2 * inverse_temperature, effort_discounting=Exponential(0.95)
    )
    basic = {"discounting.gamma": _GAMMA, "task.efficacy": _UNIT, "task.effort": _COST}
    power = basic | {"task.effort_exponent": Parameter(0, start=(0.5, 2.0))}
    gap = {
        "discounting.gamma": _GAMMA,
        "task.believed_efficacy": _UNIT,
        "task.efficacy": _UNIT,
        "task.effort": _COST,
    }
    both = {
        "discounting.gamma": _GAMMA,
        "effort_discounting.gamma": _GAMMA,
        "task.efficacy": _UNIT,
        "task.effort": _COST,
    }
    interest = basic | {"task.interest_reward": Parameter(0, start=(0.1, 3.0))}
    models = [
        Model(planner, late, basic, "basic"),
        Model(planner, late, gap, "efficacy gap"),
        Model(planner, late, power, "convex"),
        Model(planner, at_once, power, "immediate"),
        Model(apart, replace(at_once, unit_reward=1.0, extra_reward=0.25), both, "discounting apart"),
        Model(planner, waiting, interest, "waiting for interest"),
    ]
    return {model.name: model for model in models}
