"""Resistance to change, against work that follows on work."""

import numpy as np

from rpe import measures, tasks
from rpe.agents import Planner
from rpe.discounting import Hyperbolic
from rpe.experiments.persistence.settings import NULL_SHARE, Settings
from rpe.experiments.study import Study
from rpe.mechanisms import ResistanceToChange, extinction


def disrupt(study: Study[Settings], settings: Settings) -> None:
    """What the rate of reward does to work under a disruption, and to momentum at the same time and progress."""
    planner = Planner(Hyperbolic(0.08))
    for cost in (0.0, 2.0):
        task = tasks.micro_wins(start_cost=cost)
        for rate in (0.25, 0.5, 1.0, 2.0, 4.0):
            agent = ResistanceToChange(planner, disruption=settings.disruption, reward_rate=rate)
            found = measures.exact(agent, task)
            numbers = {"procrastination index": found.procrastination_index[0], "momentum": found.momentum[0]}
            study.add(numbers, part="resistance", reward_rate=rate, start_cost=cost)
        plain = measures.exact(planner, task)
        numbers = {"procrastination index": plain.procrastination_index[0], "momentum": plain.momentum[0]}
        study.add(numbers, part="undisturbed", start_cost=cost)
    for per_hour in (30.0, 120.0):
        left = {"left after 5 sessions": extinction(5.0, per_hour), "slope": np.log10(extinction(1.0, per_hour))}
        study.add(left, part="extinction", rewards_per_hour=per_hour)


def say_resistance(study: Study[Settings], settings: Settings) -> None:
    """Say how far resistance to change and momentum are different things."""
    index = study.values("procrastination index", part="resistance", start_cost=0.0)
    still = study.values("momentum", part="resistance", start_cost=0.0)
    moved = study.values("momentum", part="resistance", start_cost=2.0)
    slopes = [study.value("slope", rewards_per_hour=rate) for rate in (120.0, 30.0)]
    follows = np.abs(still).max() > NULL_SHARE
    study.say(
        f"Resistance to change (Nevin), which grows with the rate of reward by construction: under a disruption of "
        f"{settings.disruption:g} the index falls from {index[0]:.2f} at a rate of 0.25 to {index[-1]:.2f} at 4, while "
        f"momentum at the same time and progress is at most {np.abs(still).max():.3f} without a cost of starting and "
        f"{moved.min():.2f} to {moved.max():.2f} with one: "
        + ("here it makes work follow on work." if follows else "resistance is not work that follows on work.")
        + f" In extinction the slope after 120 rewards an hour is {slopes[0] / slopes[1]:.2f} of that after 30."
    )
