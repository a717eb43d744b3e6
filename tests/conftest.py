import matplotlib
import pytest

matplotlib.use("Agg")


def pytest_configure(config):
    config.addinivalue_line("markers", "sb3: trains agents of stable-baselines3; run with -m sb3, needs the extra sb3")


def pytest_collection_modifyitems(config, items):
    """Leave tests of stable-baselines3 to those who ask for them by their marker."""
    if "sb3" in config.option.markexpr:
        return
    left = [item for item in items if item.get_closest_marker("sb3")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def quick():
    """Result of an experiment at its quick size with seed 0, run once for all tests; copy it before a change."""
    from rpe import experiments

    known = {}

    def get(name):
        if name not in known:
            module = experiments.load(name)
            known[name] = module.run(module.Settings.quick(), 0)
        return known[name]

    return get
