"""Solves all splits, lets learners find their way, and lets couriers choose."""

from rpe._checks import Seed, generator
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.goal_decomposition.courier import ask_couriers
from rpe.experiments.goal_decomposition.example import place_pay, say_example, vary_number, vary_share
from rpe.experiments.goal_decomposition.family import draw_family, keep_family, say_family, solve
from rpe.experiments.goal_decomposition.maze import learn_maze
from rpe.experiments.goal_decomposition.settings import Settings
from rpe.experiments.study import Study


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve all splits exactly, let learners find their way through a maze, and let couriers choose."""
    study = Study(settings)
    worth = Hyperbolic(settings.k)
    agents = {"hyperbolic": Planner(worth), "exponential": Planner(Exponential(float(worth(20.0)) ** (1 / 20)))}
    vary_number(study, agents, settings)
    place_pay(study, agents)
    vary_share(study, agents["hyperbolic"], settings)
    family = solve(settings)
    for_maze, for_courier = generator(rng).spawn(2)
    learn_maze(study, settings, for_maze)
    ask_couriers(study, for_courier)
    say_family(study, family, settings)
    draw_family(study)
    say_example(study, settings)
    keep_family(study, family)
    return study
