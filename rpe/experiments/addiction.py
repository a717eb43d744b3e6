"""Addiction: three rival accounts (a surge, a raised baseline, a moving set point) on the same questions.

A surge that no prediction takes away, a baseline that every dose raises, and a body whose set point moves:
each explains something. What each says of blocking by a drug, which has been found in animals, and of natural
rewards, tells them apart. None is a diagnosis.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rpe import mechanisms, schedules, simulate, tasks, theories
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.study import Labels, Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The drug and the agents.

    Parameters
    ----------
    surge : float
        D, reward units.
    n_doses : int
        Doses that are taken in training.
    n_agents : int
        Agents that choose.
    n_trials : int
        Choices between drug and natural reward.
    rise : float
        By which a dose raises the baseline, reward units.
    shift : float
        By which a dose moves the set point, units of intake.
    """

    surge: float = 0.025
    n_doses: int = 2000
    n_agents: int = 200
    n_trials: int = 600
    rise: float = 0.005
    shift: float = 0.02

    def __post_init__(self) -> None:
        for name in ("surge", "rise", "shift"):
            scalar(name, getattr(self, name), 0)
        for name in ("n_doses", "n_agents", "n_trials"):
            count(name, getattr(self, name), 10)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_doses=500, n_agents=60, n_trials=300)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_doses=10_000, n_agents=2000, n_trials=2000)


def _agents(settings: Settings) -> dict[str, Any]:
    """A learner without a drug effect, and each account alone; action 1 takes the drug."""
    learner = QLearner(learning_rate=0.1, discount=0.0, inverse_temperature=3.0)
    return {
        "no drug effect": learner,
        "surge": mechanisms.Surge(learner, size=settings.surge, actions=1),
        "raised baseline": mechanisms.BasalShift(learner, size=1.0, rise=settings.rise, decay=0.002, actions=1),
        "set point": mechanisms.Homeostasis(
            learner, weight=1.0, set_point=10.0, leak=0.1, shift=settings.shift, recovery=0.002, actions=1
        ),
    }


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Take doses, block a cue, and choose."""
    study = Study(settings)
    seeds = generator(rng).spawn(2)
    values = _doses(study, settings)
    doses = np.unique(np.geomspace(1, settings.n_doses, 80).astype(int))
    curves = {name: v[doses - 1] for name, v in values.items()}
    labels: Labels = {"xlabel": "dose", "ylabel": "value of the drug (reward units)", "log": True, "exact": True}
    title = titles.ranked("in the end the value of the drug", by="under", at=int(doses[-1]))
    study.draw(title, doses, curves, **labels)
    _blocking(study)
    _choice(study, settings, seeds[0])
    _impulsivity(study)
    _say(study)
    return study


def _doses(study: Study[Settings], settings: Settings) -> dict[str, Floats]:
    """Value of taking the drug after every dose, and of a natural reward afterwards."""
    found = {}
    one, over = np.ones(1, dtype=np.int64), np.ones(1, dtype=bool)
    state, going = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=bool)
    dose = tasks.Step(state, np.ones(1), 0.0, 0.0, 0.0, over, going)
    for name, agent in _agents(settings).items():
        memory = agent.init(tasks.lever(outcome=1.0, other=1.0), 1)
        course = np.empty(settings.n_doses)
        for n in range(settings.n_doses):
            agent.update(memory, state, one, dose, None)
            course[n] = memory.q[0, 1, 0, 0]
        for _ in range(300):
            agent.update(memory, state, 0 * one, dose, None)
        found[name] = course
        late = settings.n_doses // 2
        study.add(
            {
                "value of drug": course[-1],
                "growth per dose": (course[-1] - course[late]) / (settings.n_doses - late - 1),
                "growth per dose, first half": (course[late] - course[0]) / late,
                "value of natural reward": memory.q[0, 0, 0, 0],
            },
            part="doses",
            account=name,
        )
    return found


def _blocking(study: Study[Settings]) -> None:
    """Value of X after AX with the drug, when A was trained with it first, over the value without that."""
    blocked = schedules.design("A+ x200 | AX+ x50 | X-? x1")
    control = schedules.design("B- x200 | AX+ x50 | X-? x1")
    accounts = {
        "surge": (theories.Redish(surge=1.0, drug=True), 0.0),
        "drug as reward": (theories.TD(trace_decay=0.0), 1.0),
    }
    ratios = {}
    for name, (theory, size) in accounts.items():
        pair = [_x_value(theory, each, size if name == "drug as reward" else 0.0) for each in (blocked, control)]
        ratios[name] = pair[0] / pair[1] if abs(pair[1]) > 1e-9 else float("nan")
        for group, x_value in zip(("blocked", "control"), pair, strict=True):
            study.add({"value of X": x_value}, part="blocking", account=name, group=group)
        study.add({"blocked over control": ratios[name]}, part="blocking", account=name)
    study.draw(
        titles.ranked("what a trained cue leaves to be learned", by="for", name="ratio"),
        list(ratios),
        {"ratio": list(ratios.values())},
        ylabel="value of the second cue, blocked / control",
        reference=0.5,
        exact=True,
    )


def _x_value(theory: Any, schedule: schedules.Schedule, size: float) -> float:
    """Highest value of X in its test.

    Where the drug is a surge alone its reward is next to nothing, but marks when it is taken.
    """
    from dataclasses import replace

    taken = schedule.reward > 0
    given = replace(schedule, reward=np.where(taken, size if size else 1e-12, schedule.reward))
    return float(theory.learn(given).value[0, -1].max())


def _choice(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """Share of drug choices over a natural reward of the same size, as choices go on."""
    task = tasks.lever(outcome=1.0, other=1.0, n_steps=10)
    curves, band = {}, {}
    for name, agent in _agents(settings).items():
        n_trials = max(settings.n_trials // 10, 2)
        everyone = range(settings.n_agents)
        history = simulate.run(
            agent, task, n_agents=settings.n_agents, n_trials=n_trials, rng=rng.integers(2**63), record=list(everyone)
        )
        assert history.full is not None
        share = (history.full.action == 1).mean(axis=(0, 2))
        curves[name] = share
        within = (history.full.action == 1).mean(axis=2)
        error = within.std(axis=0) / np.sqrt(settings.n_agents)
        band[name] = np.clip([share - error, share + error], 0, 1)
        for when, some in (("early", share[:3]), ("late", share[-3:])):
            study.add({"share of drug choices": some.mean()}, part="choice", account=name, when=when)
    labels: Labels = {"xlabel": "choices (tens)", "ylabel": "share of drug choices (± SE)", "reference": 0.5}
    title = titles.ranked("in the end choice of the drug over a natural reward", by="under", at=len(share))
    labels["band"] = band
    study.draw(title, np.arange(len(share)) + 1, curves, **labels)


def _impulsivity(study: Study[Settings]) -> None:
    """A smaller drug now against a larger reward later, by k: a trait, not a drug effect."""
    ks = np.geomspace(0.005, 0.5, 25)
    chosen = 1 / (1 + np.exp(-(5.0 - 10.0 / (1 + ks * 20.0)) / 0.5))
    title = titles.trend("choice of 5 now over 10 in 20 steps", "k")
    axes: Labels = {
        "xlabel": "discount rate k (per step)",
        "ylabel": "probability of 5 now",
        "log": True,
        "exact": True,
    }
    study.draw(title, ks, {"": chosen}, **axes)
    # P(now) rises with k, so that the place where it is one half can be read between two of them.
    study.add({"k at which choice turns": np.exp(np.interp(0.5, chosen, np.log(ks)))}, part="impulsivity")


def _say(study: Study[Settings]) -> None:
    for name in ("surge", "raised baseline", "set point"):
        grows = study.value("growth per dose", account=name)
        natural, plain = (study.value("value of natural reward", account=n) for n in (name, "no drug effect"))
        late = study.value("share of drug choices", account=name, when="late")
        course = "goes on growing" if grows > 1e-4 else "falls" if grows < -1e-4 else "settles"
        study.say(
            f"{name.capitalize()}: the drug's value {course} ({grows:+.4f} per dose in the second half); a natural "
            "reward of "
            f"1 is then worth {natural:.2f} ({plain:.2f} without a drug); late in training {late:.0%} of choices go "
            "to the drug."
        )
    ratio = {name: study.value("blocked over control", account=name) for name in ("surge", "drug as reward")}
    apart = ratio["surge"] >= 0.5 > ratio["drug as reward"]
    study.say(
        f"A cue that comes to a trained one is worth {ratio['surge']:.2f} of its control if the drug is a surge, and "
        f"{ratio['drug as reward']:.2f} if it is a reward. In animals drugs do block (below .5): "
        + ("the surge account fails this." if apart else "this does not tell them apart here.")
    )
    turning = study.value("k at which choice turns")
    study.say(f"Impulsivity needs no drug: a choice of 5 now over 10 in 20 steps turns at k = {turning:.3f}.")


def __dir__() -> list[str]:
    return __all__
