"""A task of your own
==================

A course whose lessons get easier: one class with the rules, stated once over arrays. Planners solve it
exactly, learners learn it, and measures know what is work because the task says so.
"""

from dataclasses import dataclass

import numpy as np

import rpe


@dataclass(frozen=True, eq=False, repr=False)
class Course(rpe.tasks.TabulatedTask):
    """Each step, scroll (+1) or study (−1); the more lessons are understood, the likelier the next one."""

    n_units: int = 6
    n_steps: int = 20
    pay: float = 8.0
    action_names = ("scroll", "study")
    work_actions = (1,)

    @property
    def layer_size(self):
        return self.n_units + 1

    def decode(self, state):
        time, units = np.divmod(np.asarray(state), self.layer_size)
        return {"time": time, "units": units}

    def tabulate(self):
        now = self.decode(np.arange((self.n_steps + 1) * self.layer_size)[:, None])
        time, units = now["time"], now["units"]
        understood = np.array([True, False])[:, None, None]
        chance = 0.3 + 0.6 * units / self.n_units
        studies = (np.arange(2) == 1) & (units < self.n_units)
        after = units + (studies & understood)
        over = time + 1 >= self.n_steps
        shape = after.shape
        return rpe.tasks.Tables(
            next_state=np.minimum(time + 1, self.n_steps) * self.layer_size + after,
            outcome_probability=np.where(understood, chance, 1 - chance),
            reward=np.where(over, self.pay * after, 0.0) + (np.arange(2) == 0),
            effort=np.broadcast_to(studies, (1, *shape[1:])).astype(float),
            terminated=np.broadcast_to(over, (1, *shape[1:])),
            available=np.broadcast_to((np.arange(2) == 0) | (units < self.n_units), shape[1:]),
        )


task = Course()
print(task)
for k in (0.0, 0.05, 0.2):
    exact = rpe.measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(k=k), inverse_temperature=3.0), task)
    index = exact.procrastination_index[0]
    print(f"planner, k = {k:4}: {exact.mean_units[0]:.2f} lessons, procrastination index {index:.2f}")

learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
history = rpe.simulate.run(learner, task, n_agents=200, n_trials=200, rng=0)
print(f"learner after {history.n_trials} courses: {history.trials.units[:, -20:].mean():.2f} lessons")
