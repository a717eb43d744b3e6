"""The front door: whatever a constructor or an entry function is given, a built-in exception names the parameter."""

import inspect
import warnings
from dataclasses import MISSING, fields, is_dataclass, replace

import numpy as np
import pytest
from corruptions import corruptions, documented, verdict
from matplotlib.figure import Figure

import rpe

# Rooms whose dataclasses hold parameters; results that rooms return are records of another kind.
ROOMS = ("agents", "discounting", "mechanisms", "tasks", "theories")


def parameters(cls):
    """The fields of a dataclass that have a default, by name."""
    return {
        field.name: field.default if field.default is not MISSING else field.default_factory()
        for field in fields(cls)
        if field.init and (field.default is not MISSING or field.default_factory is not MISSING)
    }


def made(cls):
    """An instance with its defaults, around an agent or a theory where it needs one."""
    needed = {"agent": rpe.agents.QLearner, "theory": rpe.theories.TD}
    lacking = [f.name for f in fields(cls) if f.init and f.default is MISSING and f.default_factory is MISSING]
    if set(lacking) - set(needed):
        return None
    return cls(**{name: needed[name]() for name in lacking})


def classes():
    for room in ROOMS:
        module = getattr(rpe, room)
        for name in module.__all__:
            cls = getattr(module, name)
            if inspect.isclass(cls) and is_dataclass(cls) and not inspect.isabstract(cls) and parameters(cls):
                yield pytest.param(cls, id=f"{room}.{name}")


@pytest.mark.parametrize("cls", list(classes()))
def test_each_parameter_of_a_class_is_checked_when_it_is_made_and_when_it_is_replaced(cls):
    good = made(cls)
    if good is None:
        return
    about, failures = documented(cls), []
    for name, default in parameters(cls).items():
        value = getattr(good, name) if default is not None else None
        for kind, make in corruptions(name, value, about.get(name, "")).items():
            for call in (lambda n=name, m=make: replace(good, **{n: m()}),):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found, said = verdict(call, name)
                if found != "clear":
                    failures.append(f"{name} = {kind}: {found} {said}"[:150])
    assert not failures, "\n".join(failures)


# Entry functions, each with a call that is right ---------------------------------------------------

TASK = rpe.tasks.monolithic(n_units=2, deadline=4)
SCHEDULE = rpe.schedules.delay_conditioning(n_trials=2)
HISTORY = rpe.simulate.run(rpe.agents.QLearner(), TASK, n_agents=2, n_trials=2, rng=0)
PLANNER = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.1))
RATE = np.array([5.0, 20.0, 5.0])
CALLS = {
    "choice.softmax": {"values": np.array([0.0, 1.0]), "inverse_temperature": 2.0},
    "choice.log_softmax": {"values": np.array([0.0, 1.0]), "inverse_temperature": 2.0},
    "choice.sample": {"probabilities": np.array([[0.25], [0.75]]), "uniform": np.array([0.5])},
    "dopamine.firing_rate": {"delta": np.array([0.5, -0.5])},
    "dopamine.release": {"rate": RATE, "dt": 0.1},
    "dopamine.occupancy": {"concentration": RATE, "dt": 0.1},
    "dopamine.spikes": {"rate": RATE, "dt": 0.1, "rng": 0},
    "dopamine.from_history": {"history": HISTORY, "seconds_per_step": 10.0},
    "features.presence": {"s": SCHEDULE},
    "features.complete_serial_compound": {"s": SCHEDULE},
    "features.microstimuli": {"s": SCHEDULE, "n": 3, "sigma": 0.08},
    "measures.exact": {"agent": PLANNER, "task": TASK},
    "measures.bootstrap": {"values": np.array([0.1, 0.4, 0.3]), "rng": 0},
    "mechanisms.biased_policy": {"policy": np.array([[0.5], [0.5]]), "log_bias": np.array([[0.0], [1.0]])},
    "plots.bars": {"names": ["a", "b"], "values": np.array([0.7, 0.2]), "ylabel": "index"},
    "records.Choices.of": {"action": np.array([[0, 1]]), "reward": np.array([[1.0, 0.0]])},
    "schedules.delay_conditioning": {"n_trials": 2, "probability": 0.5, "gap": 1.0, "cue": "A", "rng": 0},
    "schedules.design": {"text": "A+ x2", "dt": 0.1, "random": True, "rng": 0},
    "schedules.joined": {"s": SCHEDULE},
    "schedules.manipulate": {"s": SCHEDULE, "operation": "add", "amount": 0.5, "chance": 0.5, "rng": 0},
    "simulate.run": {"agent": rpe.agents.QLearner(), "task": TASK, "n_agents": 2, "n_trials": 2, "rng": 0},
    "tasks.badge": {"at": 1, "size": 2.0, "n_units": 2, "deadline": 4},
    "tasks.five_minutes": {"task": TASK, "n_steps": 2},
    "tasks.micro_wins": {"n_goals": 2, "n_units": 4, "deadline": 8, "reward": 10.0, "share": 0.5},
    "tasks.ritual": {"task": TASK, "times": [0, 1]},
    "td.learn": {"features": np.eye(3), "reward": np.zeros((2, 3)), "learning_rate": 0.1},
    "td.lambda_errors": {"delta": np.array([0.0, 1.0]), "decay": 0.5},
    "td.q_learning_error": {"reward": 0.0, "value": 1.0, "next_values": np.array([3.0, 2.0]), "discount": 0.5},
    "td.semi_markov_error": {"reward": 1.0, "value": 0.0, "next_value": 1.0, "discount": 0.5, "dwell": 2.0},
    "td.td_error": {"reward": 1.0, "value": 0.5, "next_value": 2.0, "discount": 0.5},
}


def function(name):
    found = rpe
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", CALLS)
def test_each_argument_of_an_entry_function_is_checked(name):
    entry, good, failures = function(name), CALLS[name], []
    about = documented(entry)
    entry(**good)
    for parameter, value in good.items():
        for kind, make in corruptions(parameter, value, about.get(parameter, "")).items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found, said = verdict(lambda p=parameter, m=make: entry(**(good | {p: m()})), parameter)
            if found != "clear":
                failures.append(f"{parameter} = {kind}: {found} {said}"[:150])
    assert not failures, "\n".join(failures)


def a_fit():
    data = rpe.records.Choices.of([[0, 1, 1, 1, 0, 1]], [[0.0, 1.0, 1.0, 0.0, 0.0, 1.0]])
    learner = rpe.agents.QLearner(discount=0.0, learning_rate=0.5)
    beta = {"inverse_temperature": rpe.fit.Parameter(0, 20)}
    model = rpe.fit.Model(learner, rpe.tasks.bandit([0.2, 0.8]), beta)
    return rpe.fit.fit(model, data, n_starts=1, rng=0)


def solved():
    planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    return rpe.measures.exact(planner, rpe.tasks.micro_wins(2, n_units=4, deadline=8))


# What arguments of a class or a method were found to come to, which the calls above do not make.
OTHERS = [
    (lambda: rpe.theories.ReleaseKinetics().release(5.0, 0.1), "rate must have time on its last axis"),
    (lambda: rpe.dopamine.pause_length(0.0, 0.1), "rate must have time on its last axis"),
    (lambda: rpe.sweep.grid(height=[1.0, [2.0]]), "height must hold numbers"),
    (lambda: rpe.sweep.sobol(4, scale=object(), k=(0.0, 1.0)), "scale must be a mapping"),
    (lambda: rpe.envs.GoalVectorEnv(2, autoreset_mode="Next"), "autoreset_mode must be one of"),
    (lambda: rpe.envs.GoalEnv(split=np.nan), "split must be True or False"),
    (lambda: rpe.agents.OptionsLearner(pseudo_reward=[1.0, 1.0]), "pseudo_reward must be a single number"),
    (lambda: rpe.measures.suppression_ratio(np.ones((3, 2)), np.ones(3)), "before must have the shape of response"),
    (lambda: rpe.tasks.drifting(10, low=0.5, high=0.25), "low must not be above high"),
    (lambda: rpe.theories.SessionTD(state_duration=1e308), "state_duration must lie in"),
    (lambda: rpe.theories.SessionTD(longest=1e308), "longest must lie in"),
    (lambda: rpe.theories.SessionTD(longest=1e11).learn(rpe.schedules.design("A+ x2")), "longest"),
    (lambda: rpe.fit.Parameter(0, 1).draw_start(2.5, 0), "n must be an integer"),
    (lambda: rpe.fit.Parameter(0, 1).draw_start(2, "0"), "rng must be"),
    (lambda: rpe.fit.fit_all([object()], a_fit().objective.data), "models must be"),
    (lambda: rpe.fit.profile_intervals(a_fit(), n_simulated=10**12), "n_simulated"),
    (lambda: replace(a_fit(), free=np.array([[np.nan]])), "free must be finite"),
    (lambda: replace(a_fit(), log_likelihood=np.zeros(2)), r"log_likelihood must have shape \(1,\)"),
    (lambda: replace(a_fit(), converged=np.ones(1)), "converged must hold True and False"),
    (lambda: replace(a_fit(), n_choices=np.array([-1])), "n_choices must lie in"),
    (lambda: replace(a_fit(), method="mle"), "method must be one of"),
    (lambda: replace(a_fit(), model=None), "model must be"),
    (lambda: replace(solved(), reward=np.zeros(3)), r"reward must have shape \(1,\)"),
    (lambda: replace(solved(), effort=np.full(1, np.nan)), "effort must be finite"),
    (lambda: replace(solved(), task=None), "task must be"),
    (lambda: rpe.plots.heading(Figure().subplots(), "a title", letter=None), "letter must be a string"),
    (lambda: rpe.demos.Slider("k", "k", (0.1, 0.2), None), "start must hold real numbers"),
    (lambda: rpe.experiments.Study(None).add(3), "quantities must be a mapping"),
]


@pytest.mark.parametrize(("call", "said"), OTHERS)
def test_so_is_what_classes_methods_and_records_are_given(call, said):
    with pytest.raises((TypeError, ValueError), match=said):
        call()


def test_steep_choices_say_nothing_of_overflow():
    # What a state does not offer is worth −1e300 to a learner: times β it is no number.
    values = np.array([[0.0, 1.0], [-1e300, 0.5]])
    for beta in (1e9, np.array([1e9, np.inf])):
        np.testing.assert_array_equal(rpe.choice.softmax(values, beta), [[1.0, 1.0], [0.0, 0.0]])
        np.testing.assert_array_equal(rpe.choice.log_softmax(values, beta)[0], 0.0)
