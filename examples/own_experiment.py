"""An experiment of your own
=========================

An experiment is settings, a run, a tidy table, sentences and figures. Any object with these five
parts can be run and written like those of the library; a `Study` takes care of the last three.
In a file of its own inside `rpe/experiments/` it would also show up in `rpe list`.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import rpe


@dataclass(frozen=True)
class Costs:
    """Overheads of reaching a sub-goal (reward units), and numbers of sub-goals."""

    overheads: tuple[float, ...] = (0.0, 2.0, 4.0)
    goals: tuple[int, ...] = (1, 2, 5, 10, 20)
    k: float = 0.08


class SwitchingCost:
    """How many sub-goals are best, by what each of them costs."""

    Settings = Costs

    def run(self, settings, rng=None, *, progress=False, n_jobs=1):
        study = rpe.experiments.Study(settings)
        planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(settings.k))
        for overhead in settings.overheads:
            for n_goals in settings.goals:
                task = rpe.tasks.micro_wins(n_goals, overhead=overhead)
                index = rpe.measures.exact(planner, task).procrastination_index[0]
                study.add({"procrastination index": index}, overhead=overhead, n_goals=n_goals)
            curve = study.values("procrastination index", overhead=overhead)
            best = settings.goals[curve.argmin()]
            study.say(f"At an overhead of {overhead:g}, {best} sub-goals are best (index {curve.min():.2f}).")
        curves = {f"overhead {o:g}": study.values("procrastination index", overhead=o) for o in settings.overheads}
        labels = {"xlabel": "number of sub-goals", "ylabel": "procrastination index"}
        study.draw("How many sub-goals", settings.goals, curves, log=True, **labels)
        return study

    def table(self, study):
        return study.table

    def sentences(self, study):
        return study.sentences

    def figures(self, study):
        return study.figures()


report = rpe.experiments.run(SwitchingCost(), rng=0)
print(report)
print(report.value("procrastination index", overhead=2.0, n_goals=5))

with TemporaryDirectory() as folder:
    rpe.experiments.write(report, folder)
    print(rpe.table.read(Path(folder) / "SwitchingCost.csv"))
