import matplotlib
import pytest

matplotlib.use("Agg")


EXTRAS = {
    "sb3": "trains agents of stable-baselines3; run with -m sb3, needs the extra sb3",
    "posterior": "samples posteriors by nutpie; run with -m posterior, needs the extra posterior",
    "nwb": "reads NWB files; run with -m nwb, needs the extra nwb",
}


def pytest_configure(config):
    for name, what in EXTRAS.items():
        config.addinivalue_line("markers", f"{name}: {what}")


def pytest_collection_modifyitems(config, items):
    """Leave tests of what the extra `test` does not hold to those who ask for them by their marker."""
    unasked = [name for name in EXTRAS if name not in config.option.markexpr]
    left = [item for item in items if any(item.get_closest_marker(name) for name in unasked)]
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


@pytest.fixture(autouse=True, scope="session")
def _caches(tmp_path_factory):
    """Commands that keep something with the user's caches keep it here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield
