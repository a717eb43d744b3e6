"""Intrinsic motivation: expected rewards that undermine interest, against information about competence.

Agents work at a task that is of some interest in itself, under pay of several kinds; then pay stops, and
they are free. That expected pay takes interest away is an assumption of the model, taken from a
meta-analysis; what it does to free choice, in what order, and whether wins as mere feedback do better,
is computed.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Exponential
from rpe.experiments.study import Study, effect_size, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

# Deci, Koestner & Ryan (1999), free-choice behaviour.
_PUBLISHED = {"engagement": -0.40, "completion": -0.36, "performance": -0.28}


@dataclass(frozen=True)
class Settings:
    """The agents and the task.

    Parameters
    ----------
    interest : float
        I₀ at the start, reward units per step of work.
    undermining, information : float
        κ and ι.
    success_probability : float
        Of a step of work.
    n_agents, n_trials : int
        Agents, and trials under pay.
    """

    interest: float = 2.0
    undermining: float = 0.005
    information: float = 0.0015
    success_probability: float = 0.8
    n_agents: int = 400
    n_trials: int = 6

    def __post_init__(self) -> None:
        for name in ("interest", "undermining", "information"):
            scalar(name, getattr(self, name), 0)
        scalar("success_probability", self.success_probability, 0, 1, open_low=True)
        for name in ("n_agents", "n_trials"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_agents=120)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_agents=4000)


def _kinds() -> dict[str, dict[str, Any]]:
    return {
        "nothing": {},
        "engagement": {"paid": "engagement"},
        "completion": {"paid": "completion"},
        "performance": {"paid": "performance"},
        "feedback": {"feedback": True},
    }


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Let agents work under each kind of pay, then be free."""
    study = Study(settings)
    seeds = np.random.default_rng(rng).spawn(len(_kinds()) + 2)
    left: dict[str, Floats] = {}
    free: dict[str, Floats] = {}
    for (kind, options), seed in zip(_kinds().items(), seeds, strict=False):
        left[kind], free[kind] = _paid_then_free(settings, options, seed)
        found = {"interest left": left[kind].mean(), "free choice": free[kind].mean()}
        study.add(found, part="free choice", pay=kind)
    for kind in list(free)[1:]:
        study.add({"effect size": effect_size(free[kind], free["nothing"])}, part="free choice", pay=kind)
    _progress(study, settings, seeds[-1])
    names = list(free)
    study.draw(
        "Interest left when pay stops",
        names,
        {"interest": [left[n].mean() for n in names]},
        ylabel="reward units per step",
        reference=settings.interest,
    )
    study.draw("Work when free", names, {"share of free time": [free[n].mean() for n in names]}, ylabel="P(work)")
    effects = [study.value("effect size", pay=n) for n in names[1:]]
    published = [_PUBLISHED.get(n, 0.33) for n in names[1:]]
    study.draw(
        "Effect on free choice", names[1:], {"model": effects, "people (meta-analysis)": published}, ylabel="Cohen's d"
    )
    _say(study)
    return study


def _paid_then_free(settings: Settings, options: dict[str, Any], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Interest left, and P(work) of each agent when nothing is paid any more, (n_agents,) each.

    People differ in interest, with a standard deviation of a fifth.
    """
    start = settings.interest * np.clip(1 + 0.2 * rng.standard_normal(settings.n_agents), 0.1, None)
    planner = Planner(Exponential(1.0), inverse_temperature=0.5)
    agent = mechanisms.Interest(
        planner, interest=start, undermining=settings.undermining, information=settings.information, **options
    )
    task = tasks.micro_wins(5, success_probability=settings.success_probability)
    history = simulate.run(
        agent, task, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=rng, keep_memory=True
    )
    interest = np.asarray(history.memory.own.interest)
    # Free: a step of work costs 1 and brings its interest, something else brings 1.
    return interest, 1 / (1 + np.exp(-(interest - 1.0 - 1.0) / 0.5))


def _progress(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """A bonus for getting better: what it does while something is learned, and when nothing is left to learn."""
    learner = QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9, inverse_temperature=1.0)
    task = tasks.monolithic(n_units=6, deadline=18, reward=30.0)
    curves = {}
    for name, agent in (
        ("plain", learner),
        ("competence", mechanisms.Progress(learner, weight=20.0, of="competence")),
    ):
        history = simulate.run(agent, task, n_agents=settings.n_agents, n_trials=300, rng=rng.integers(2**63))
        assert history.trials is not None
        assert history.trials.units is not None
        done = history.trials.units.mean(axis=0) / task.n_units
        curves[name] = np.array([done[i : i + 20].mean() for i in range(0, 300, 20)])
        for when, some in (("early", curves[name][:3]), ("late", curves[name][-3:])):
            study.add({"share done": some.mean()}, part="competence progress", bonus=name, when=when)
    study.draw(
        "A bonus for competence progress",
        np.arange(10, 300, 20),
        curves,
        xlabel="trial",
        ylabel="share of the work done",
    )


def _say(study: Study[Settings]) -> None:
    effects = {kind: study.value("effect size", pay=kind) for kind in (*_PUBLISHED, "feedback")}
    order = effects["engagement"] <= effects["completion"] <= effects["performance"] < 0
    study.say(
        "Expected pay changes free choice afterwards by "
        + ", ".join(
            f"d = {effects[kind]:+.2f} ({kind}-contingent; people {_PUBLISHED[kind]:+.2f})" for kind in _PUBLISHED
        )
        + ": "
        + ("all negative, in the published order." if order else "not all negative in the published order.")
    )
    times = np.mean([effects[kind] / _PUBLISHED[kind] for kind in _PUBLISHED])
    study.say(f"The sizes are {times:.1f} times those of people: the model has less else that varies.")
    study.say(
        f"Wins as mere feedback change it by d = {effects['feedback']:+.2f} (people about +.33): information about "
        "competence "
        + ("raises" if effects["feedback"] > 0 else "does not raise")
        + " interest where pay lowers it. That pay undermines at all is put into the model; the order follows from how "
        "often each kind of pay is expected."
    )
    early, late = (
        study.value("share done", bonus="competence", when=when) - study.value("share done", bonus="plain", when=when)
        for when in ("early", "late")
    )
    study.say(
        f"A bonus for competence progress changes the share of work done by {early:+.2f} in the first 60 trials and by "
        f"{late:+.2f} in the last 60, when nothing is left to learn."
    )


def __dir__() -> list[str]:
    return __all__
