"""The worked example: one agent on every split."""

from typing import Any

from rpe import measures, tasks
from rpe._checks import Floats
from rpe.agents import Planner
from rpe.experiments import titles
from rpe.experiments.goal_decomposition.courier import say_courier
from rpe.experiments.goal_decomposition.family import COSTLY, FREE, layouts, switching
from rpe.experiments.goal_decomposition.maze import say_maze
from rpe.experiments.goal_decomposition.settings import Settings
from rpe.experiments.study import Labels, Study


def vary_number(study: Study[Settings], agents: dict[str, Planner], settings: Settings) -> None:
    """Split the budget into more and more parts, with and without a cost of each switch."""
    curves: dict[str, Floats] = {}
    costs = switching(settings)
    for who, agent in agents.items():
        for name, rules in costs.items():
            for n in settings.goals:
                each = measures.exact(agent, tasks.micro_wins(n, **rules))
                study.add(
                    {
                        "procrastination index": each.procrastination_index[0],
                        "completion probability": each.completion_probability[0],
                        "welfare": each.welfare[0],
                    },
                    part="number of goals",
                    discounting=who,
                    switching=name,
                    n_goals=n,
                )
            curves[f"{who}, {name}"] = study.values(
                "procrastination index", part="number of goals", discounting=who, switching=name
            )
    labels: Labels = {"xlabel": "number of sub-goals", "ylabel": "procrastination index (0–1)", "log": True}
    labels["limits"], labels["exact"] = (0.0, 1.02), True
    title = titles.trend("delay, where switching costs,", "the number of sub-goals", name=f"hyperbolic, {COSTLY}")
    study.draw(title, settings.goals, curves, **labels)


def place_pay(study: Study[Settings], agents: dict[str, Planner]) -> None:
    """Pay the same budget in different places."""
    for who, agent in agents.items():
        for name, payout in layouts().items():
            found = measures.exact(agent, tasks.GoalTask(payout=payout))
            study.add(
                {
                    "procrastination index": found.procrastination_index[0],
                    "completion probability": found.completion_probability[0],
                },
                part="layout",
                discounting=who,
                layout=name,
            )
    bars, done = (
        {who: study.values(what, part="layout", discounting=who) for who in agents}
        for what in ("procrastination index", "completion probability")
    )
    title = titles.ranked("delay", by="with pay", name="hyperbolic")
    study.draw(title, list(layouts()), bars, ylabel="procrastination index (0–1)", limits=(0.0, 1.02), exact=True)
    title = titles.ranked("completion", by="with pay", name="hyperbolic")
    study.draw(title, list(layouts()), done, ylabel="probability of completion", limits=(0.0, 1.02), exact=True)


def vary_share(study: Study[Settings], agent: Planner, settings: Settings) -> None:
    """Move more and more of the budget to the sub-goals."""
    found = [measures.exact(agent, tasks.micro_wins(5, share=share)) for share in settings.shares]
    for share, each in zip(settings.shares, found, strict=True):
        index = {"procrastination index": each.procrastination_index[0]}
        study.add(index, part="share of the budget", discounting="hyperbolic", share=share)
    labels: Labels = {"xlabel": "share of the budget that moves to sub-goals", "ylabel": "procrastination index (0–1)"}
    curve = study.values("procrastination index", part="share of the budget")
    labels["limits"], labels["exact"] = (0.0, 1.02), True
    study.draw(titles.trend("delay", "the share moved to sub-goals"), settings.shares, {"hyperbolic": curve}, **labels)


def say_example(study: Study[Settings], settings: Settings) -> None:
    """Say what the worked example shows, then the maze and the couriers."""
    text = []
    for name in (FREE, COSTLY):
        chosen: dict[str, Any] = {"part": "number of goals", "discounting": "hyperbolic", "switching": name}
        index = dict(zip(settings.goals, study.values("procrastination index", **chosen), strict=True))
        best, most = min(index, key=lambda n: index[n]), settings.goals[-1]
        done = study.value("completion probability", **chosen, n_goals=most)
        study.add({"best number of goals": best}, **chosen)
        text.append(
            f"{'free sub-goals' if name == FREE else 'a cost of each switch'} the index is lowest with {best} "
            f"({index[best]:.2f}; {index[1]:.2f} with one, {index[most]:.2f} with {most}, where completion is "
            f"{done:.2f})"
        )
    by_layout, done_by = (
        {name: study.value(what, part="layout", discounting="hyperbolic", layout=name) for name in layouts()}
        for what in ("procrastination index", "completion probability")
    )
    harmful = [name for name in list(layouts())[1:] if done_by[name] < done_by["one goal"] - 0.05]
    share = [study.value("procrastination index", part="share of the budget", share=s) for s in settings.shares]
    study.say(
        f"Worked example (naive hyperbolic, k = {settings.k:g} per step, β = 1, as in `micro_wins`): with "
        f"{'; with '.join(text)}. By place of pay the index is "
        + ", ".join(f"{value:.2f} ({name})" for name, value in by_layout.items())
        + f"; completion falls below that of one goal with {', '.join(harmful) if harmful else 'none of them'}. As the "
        f"budget moves to sub-goals it goes from {share[0]:.2f} to {share[-1]:.2f}."
    )
    say_maze(study)
    say_courier(study)
