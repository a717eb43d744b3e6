"""Individual differences: discounting, effort, efficacy, BAS and receptor density over a population.

A population varies in all traits at once, each drawn apart. Correlations with the procrastination index, and
with what micro wins gain, show what the model says each trait does; meta-analytic signs stand beside.
Reward sensitivity from a BAS score is an assumption, with no settled estimate behind it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, scalar
from rpe.agents import Planner, QLearner
from rpe.discounting import Hyperbolic
from rpe.experiments.study import Labels, Study, correlation, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

# Steel (2007): correlations with procrastination; efficacy from memory.
_PEOPLE = {"aversiveness": 0.40, "impulsiveness": 0.41, "efficacy": -0.38}


@dataclass(frozen=True)
class Settings:
    """The population.

    Parameters
    ----------
    n_agents : int
        People.
    spread : float
        Standard deviation of the logarithm of effort and of reward, across people.
    bas_weight : float
        b: reward sensitivity exp(b z); .15 is the value used for teaching.
    n_learners, n_trials : int
        Learners of the test of receptors, and their trials.
    """

    n_agents: int = 300
    spread: float = 0.3
    bas_weight: float = 0.15
    n_learners: int = 400
    n_trials: int = 200

    def __post_init__(self) -> None:
        for name in ("n_agents", "n_learners", "n_trials"):
            count(name, getattr(self, name), 10)
        for name in ("spread", "bas_weight"):
            scalar(name, getattr(self, name), 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_agents=80, n_learners=150, n_trials=100)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_agents=2000, n_learners=4000)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve both arms exactly for every person, then let learners with other receptors choose."""
    study = Study(settings)
    for_people, for_receptors = np.random.default_rng(rng).spawn(2)
    traits = _people(settings, for_people)
    one, micro = (_index(traits, n) for n in (1, 5))
    gain = one - micro
    names = list(traits)
    r_index = [correlation(traits[name], one) for name in names]
    r_gain = [correlation(traits[name], gain) for name in names]
    for name, with_index, with_gain in zip(names, r_index, r_gain, strict=True):
        study.add({"r with index": with_index, "r with gain": with_gain}, part="correlations", trait=name)
    for arm, index in (("one goal", one), ("micro wins", micro)):
        study.add({"procrastination index": index.mean()}, part="population", arm=arm)
    study.add({"share hurt": np.mean(gain < -0.01), "share helped": np.mean(gain > 0.01)}, part="population")
    people = [_PEOPLE.get(name, np.nan) for name in names]
    study.draw("Correlation with delay (one goal)", names, {"model": r_index, "people": people}, ylabel="r")
    study.draw("Correlation with what micro wins gain", names, {"model": r_gain}, ylabel="r")
    order = np.argsort(traits["impulsiveness"])
    share = np.array_split(order, 10)
    curves = {"one goal": [one[s].mean() for s in share], "micro wins": [micro[s].mean() for s in share]}
    labels: Labels = {"xlabel": "tenth of the population by ln k", "ylabel": "procrastination index"}
    study.draw("By impulsiveness", np.arange(10) + 1, curves, **labels)
    _receptors(study, settings, for_receptors)
    _say(study, names)
    return study


def _people(settings: Settings, rng: np.random.Generator) -> dict[str, Floats]:
    """Traits (n_agents,) by name.

    ln k as in 84 students (mean −4.69, SD 1.35 per day, clipped to their range), over a task whose 60 steps
    stand for 110 days.
    """
    n = settings.n_agents
    return {
        "impulsiveness": np.clip(rng.normal(-4.69, 1.35, n), -7.87, -1.39) + np.log(110 / 60),
        "aversiveness": settings.spread * rng.standard_normal(n),
        "efficacy": rng.beta(6.0, 1.5, n),
        "BAS (assumed)": rng.standard_normal(n),
    }


def _index(traits: dict[str, Floats], n_goals: int) -> Floats:
    """Procrastination index of each person, who plans with the chance of success he believes in.

    What is believed is read as what is true: the task of each person has his own chance, effort and reward.
    """
    found = np.empty(len(traits["impulsiveness"]))
    gain = np.exp(0.15 * traits["BAS (assumed)"])
    for i, (log_k, cost, p) in enumerate(
        zip(traits["impulsiveness"], np.exp(traits["aversiveness"]), traits["efficacy"], strict=True)
    ):
        task = tasks.micro_wins(
            n_goals,
            n_units=8,
            deadline=30,
            reward=45.0 * gain[i],
            effort=float(cost),
            success_probability=float(max(p, 0.05)),
        )
        found[i] = measures.exact(Planner(Hyperbolic(2 * float(np.exp(log_k)))), task).procrastination_index[0]
    return found


def _receptors(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """What learners choose by density of D1 and D2 receptors: an effortful large reward against a small free one."""
    task = _barrier()
    densities = np.array([0.7, 0.85, 1.0, 1.15, 1.3])
    curves = {}
    for kind in ("d1", "d2"):
        for density in densities:
            agent = mechanisms.Opponency(
                QLearner(learning_rate=0.2, discount=0.0, inverse_temperature=1.0), **{f"{kind}_density": density}
            )
            history = simulate.run(
                agent, task, n_agents=settings.n_learners, n_trials=settings.n_trials, rng=rng.integers(2**63)
            )
            assert history.trials is not None
            # The large reward is 4, the small one 2.
            late = history.trials.reward[:, -settings.n_trials // 4 :].mean()
            chosen = {"share effortful": (late - 2) / 2}
            study.add(chosen, part="receptors", receptor=kind.upper(), density=float(density))
        curves[f"{kind.upper()} receptors"] = study.values("share effortful", receptor=kind.upper())
    labels: Labels = {"xlabel": "density relative to normal", "ylabel": "share of effortful choices"}
    study.draw("Receptors at choice", densities, curves, **labels)


def _barrier() -> tasks.TableTask:
    """A choice between four pellets behind a barrier (effort 2) and two that are free."""
    tables = tasks.Tables(
        next_state=np.zeros((1, 1, 2), dtype=np.int64),
        outcome_probability=np.ones((1, 1, 1)),
        reward=np.array([[[4.0, 2.0]]]),
        effort=np.array([[[2.0, 0.0]]]),
        terminated=np.ones((1, 1, 1), dtype=bool),
        available=np.ones((1, 2), dtype=bool),
    )
    return tasks.TableTask(tables, n_steps=1)


def _say(study: Study[Settings], names: list[str]) -> None:
    r = {name: study.value("r with index", trait=name) for name in names}
    right = all(np.sign(r[name]) == np.sign(_PEOPLE[name]) and abs(r[name]) >= 0.1 for name in _PEOPLE)
    study.add({"signs reproduced": right}, part="correlations")
    study.say(
        "With delay correlate "
        + ", ".join(f"{name} r = {r[name]:+.2f} (people {_PEOPLE[name]:+.2f})" for name in _PEOPLE)
        + ": "
        + ("the published signs, each above .1." if right else "not all with the published sign and above .1.")
    )
    gains = {name: study.value("r with gain", trait=name) for name in names}
    strongest = max(gains, key=lambda name: abs(gains[name]))
    helped, hurt = (study.value(f"share {what}") for what in ("helped", "hurt"))
    study.say(
        f"What micro wins gain goes most with {strongest} (r = {gains[strongest]:+.2f}). They help {helped:.0%} of "
        "this "
        f"population and hurt {hurt:.0%}."
    )
    bas = "BAS (assumed)"
    study.say(
        f"A BAS score correlates with delay by r = {r[bas]:+.2f} and with the gain by r = {gains[bas]:+.2f} only "
        "because the "
        "model is told that it scales reward: an assumption, not a finding."
    )
    low, high = (study.value("share effortful", receptor="D1", density=d) for d in (0.7, 1.3))
    few, many = (study.value("share effortful", receptor="D2", density=d) for d in (0.7, 1.3))
    opposite = (high - low) * (many - few) < 0
    study.say(
        f"More D1 receptors take effortful choices from {low:.2f} to {high:.2f}, more D2 receptors from {few:.2f} to "
        f"{many:.2f}: " + ("so 'receptor density' alone predicts nothing." if opposite else "both act alike here.")
    )


def __dir__() -> list[str]:
    return __all__
