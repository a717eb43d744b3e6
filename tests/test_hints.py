"""Misspelt names and keywords are asked back, wherever a name is looked up or a front door is entered."""

import inspect

import pytest

import rpe
from rpe import cli

SCHEDULE = rpe.schedules.design("A+ x2")
CALLS = {
    "class of an agent": (lambda: rpe.agents.QLearner(alpha=0.1), "learning_rate"),
    "class of a mechanism": (lambda: rpe.mechanisms.Habit(rpe.agents.QLearner(), wieght=0.1), "weight"),
    "class of a theory": (lambda: rpe.theories.TD(alpha=0.1), "learning_rate"),
    "method of a theory": (lambda: rpe.theories.TD().learn(SCHEDULE, seed=1), "rng"),
    "discount function": (lambda: rpe.discounting.QuasiHyperbolic(beta=0.5, dleta=0.9), "delta"),
    "settings": (lambda: rpe.experiments.load("inertia").Settings(start_cost=1), "start_costs"),
    "simulation": (lambda: rpe.simulate.run(rpe.agents.QLearner(), None, seed=1), "rng"),
    "experiment": (lambda: rpe.experiments.run("inertia", workers=2), "n_jobs"),
    "sweep": (lambda: rpe.sweep.run(None, None, seed=2), "rng"),
    "scorecard": (lambda: rpe.scorecard.run(seed=1), "rng"),
    "claims": (lambda: rpe.claims.run(seed=1), "rng"),
    "fit": (lambda: rpe.fit.fit(None, None, seed=1), "rng"),
    "schedule": (lambda: rpe.schedules.delay_conditioning(seed=1), "rng"),
    "rule": (lambda: rpe.td.learn([[1.0]], [[1.0]], alpha=0.1), "learning_rate"),
    "plot": (lambda: rpe.plots.value_ramps([[0.0, 1.0]], dt=0.1, label="x"), "labels"),
    "reader": (lambda: rpe.records.read_choices("x.csv", sep=","), "delimiter"),
    "name of an experiment": (lambda: rpe.experiments.load("micro_win"), "micro_wins"),
    "name of a setting": (
        lambda: rpe.experiments.override(rpe.experiments.load("inertia").Settings(), {"start_cost": "1"}),
        "start_costs",
    ),
    "name of a finding": (lambda: rpe.scorecard.load("blokking"), "blocking"),
    "name of a claim": (lambda: rpe.claims.run(["b3"]), "B3"),
    "name of a task": (lambda: rpe.envs.TaskEnv("FourRoms"), "FourRooms"),
    "name of features": (lambda: rpe.theories.TD(features="presense"), "presence"),
    "name of a region": (lambda: rpe.dopamine.release([5.0], 0.1, region="acumbens"), "accumbens"),
    "name of a yardstick": (lambda: rpe.measures.yardstick("undiscount", None, 3), "undiscounted"),
    "name of a column": (lambda: rpe.records.read_choices({"a": [1]}, columns={"subjct": "a"}), "subject"),
    "module": (lambda: rpe.agent, "agents"),
}


@pytest.mark.parametrize("what", CALLS)
def test_what_is_misspelt_is_asked_back(what):
    call, meant = CALLS[what]
    with pytest.raises((TypeError, ValueError, AttributeError), match=f"did you mean '{meant}'"):
        call()


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        (["run", "micro_win"], "micro_wins"),
        (["scorecard", "--theory", "Rescorla-Wagne"], "Rescorla-Wagner"),
        (["scorecard", "--finding", "blokking"], "blocking"),
        (["claims", "--claim", "b3"], "B3"),
    ],
)
def test_so_are_words_of_commands(command, meant, capsys):
    with pytest.raises(SystemExit):
        cli.main(command)
    assert f"did you mean '{meant}'" in capsys.readouterr().err


@pytest.mark.parametrize("room", ["agents", "discounting", "mechanisms", "tasks", "theories"])
def test_all_classes_with_parameters_know_their_keywords(room):
    module, lacking = getattr(rpe, room), []
    for name in module.__all__:
        cls = getattr(module, name)
        if not inspect.isclass(cls) or not hasattr(cls, "__dataclass_fields__") or name.endswith("Memory"):
            continue
        if any(field.init for field in cls.__dataclass_fields__.values()):
            try:
                cls(no_such_parameter=1)
            except TypeError as error:
                if not str(error).startswith(f"{name} got an unexpected keyword argument"):
                    lacking.append(f"{name}: {error}")
    assert not lacking
