import os
import pickle
from functools import partial

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
def computed(tmp_path_factory):
    """Result of an experiment with seed 0, by name and size, run once for all tests; copy it before a change.

    Processes of one test run share what they found, in files of the run's own folder.
    """
    # Only here: the extras that run some of the tests do not bring it.
    from filelock import FileLock

    from rpe import experiments
    from rpe.experiments.run import settings_of

    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    known = {}

    def get(name, size="default"):
        if (name, size) not in known:
            file = folder / f"{name}-{size}.pickle"
            # Whoever comes second waits for the first.
            with FileLock(file.with_suffix(".lock")):
                if not file.exists():
                    module = experiments.load(name)
                    file.write_bytes(pickle.dumps(module.run(settings_of(module, size), 0)))
            known[name, size] = pickle.loads(file.read_bytes())
        return known[name, size]

    return get


@pytest.fixture(scope="session")
def quick(computed):
    """Result of an experiment at its quick size, by name; see `computed`."""
    return partial(computed, size="quick")


@pytest.fixture(autouse=True, scope="session")
def _caches(tmp_path_factory):
    """Commands that keep something with the user's caches keep it here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield
