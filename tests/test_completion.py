"""What tab completion shows: in every public module what users may call, and nothing else."""

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

import rpe

# The work of a room lives in its run.py, and users call it by the verb.
VERB = "run"


def public_modules():
    """What `rpe` names."""
    return [f"rpe.{name}" for name in rpe.__all__]


def hidden_modules(package):
    """Sub-modules that a public name other than `run` hides."""
    files = {each.name for each in pkgutil.iter_modules(getattr(package, "__path__", []))}
    names = files & set(package.__all__) - {VERB}
    return {name for name in names if not isinstance(getattr(package, name), ModuleType)}


@pytest.mark.parametrize("name", public_modules())
def test_completion_shows_what_users_may_call(name):
    module = importlib.import_module(name)
    shown = {each for each in dir(module) if not (each.startswith("__") and each.endswith("__"))}
    assert shown == set(module.__all__)
    for each in module.__all__:
        assert getattr(module, each) is not None


@pytest.mark.parametrize("name", public_modules())
def test_no_function_hides_the_module_it_lives_in(name):
    assert not hidden_modules(importlib.import_module(name))


def test_a_hidden_module_is_seen(tmp_path, monkeypatch):
    folder = tmp_path / "hiding"
    folder.mkdir()
    (folder / "__init__.py").write_text("from hiding.gap import gap\n__all__ = ['gap']\n", encoding="utf-8")
    (folder / "gap.py").write_text("def gap(): ...\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert hidden_modules(importlib.import_module("hiding")) == {"gap"}


def test_the_package_shows_its_modules_and_its_version():
    assert dir(rpe) == sorted([*rpe.__all__, "__version__"])


def test_help_of_plots_names_every_plot():
    plots = importlib.import_module("rpe.plots")
    missing = {each for each in plots.__all__ if f"`{each}`" not in plots.__doc__}
    assert missing == {"Picture"}  # which users get, and do not call


def test_help_of_tasks_begins_with_what_to_call():
    assert re.search(r"^=====+ +=====+$", importlib.import_module("rpe.tasks").__doc__, re.MULTILINE)
