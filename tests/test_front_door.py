"""The front door: whatever a constructor or an entry function is given, a built-in exception names the parameter."""

import inspect
import warnings
from dataclasses import MISSING, fields, is_dataclass, replace

import pytest
from corruptions import corruptions, documented, verdict

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
