"""NWB files; deselected unless asked for (`pytest -m nwb`)."""

from datetime import UTC, datetime
from importlib import import_module

import numpy as np
import pytest

from rpe.records import read_nwb

pytestmark = [pytest.mark.nwb, pytest.mark.filterwarnings("default")]
CUT = {"series": "dff", "events": "cue", "window": (-0.2, 0.6), "dt": 0.2}


@pytest.fixture
def paths(tmp_path):
    """Two animals with three and two trials, two channels at 10 Hz that count the samples."""
    nwb = import_module("pynwb")
    made = []
    for name, n_trials in (("a", 3), ("b", 2)):
        file = nwb.NWBFile("test", name, datetime(2024, 1, 1, tzinfo=UTC))
        file.subject = import_module("pynwb.file").Subject(subject_id=name, species="Mus musculus", sex="M", age="P90D")
        samples = np.arange(200.0).reshape(100, 2)
        file.add_acquisition(
            nwb.TimeSeries(name="dff", data=samples, rate=10.0, starting_time=0.0, unit="n", conversion=2.0)
        )
        file.add_trial_column("kind", "type of trial")
        file.add_trial_column("cue", "onset of the cue, s")
        for i in range(n_trials):
            file.add_trial(start_time=2.0 * i, stop_time=2.0 * i + 1, kind="A+", cue=2.0 * i + 0.5)
        made.append(tmp_path / f"{name}.nwb")
        with nwb.NWBHDF5IO(str(made[-1]), "w") as opened:
            opened.write(file)
    return made


def test_recordings_are_cut_around_events(paths):
    found = read_nwb(paths, **CUT)
    assert found.subjects == ("a", "b")
    # The first cue is at .5 s; the step from there holds samples 5 and 6 of the first channel, 10 and 12.
    assert found.response[0, 0].tolist() == [14.0, 22.0, 30.0, 38.0]
    assert np.isnan(found.response[1, 2]).all()
    assert found.extra["kind"].tolist() == [["A+"] * 3, ["A+", "A+", ""]]
    assert read_nwb(paths[0], **CUT, channel=1).response[0, 0].tolist() == [16.0, 24.0, 32.0, 40.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"series": "gcamp"}, r"series must be a recording \(dff\); got 'gcamp'"),
        ({"events": "lick"}, "events must be a column of the trials .*cue.*; got 'lick'"),
        ({"channel": 2}, "channel must be below 2; got 2"),
        ({"window": (0.0, 0.1)}, "window must be at least one step"),
    ],
)
def test_errors_name_what_there_is(paths, change, message):
    with pytest.raises(ValueError, match=message):
        read_nwb(paths[0], **CUT | change)
