"""Files of a run are one thing: written together, completed after a kill, and kept apart from other writers."""

import os
import sqlite3
import subprocess
import sys
import threading

import pytest

import rpe
from rpe import _files
from rpe._files import JOURNAL, complete, write_atomically, write_together
from rpe._locks import Lock, waiting

# Each writer is a fork that ends at once, without any tidying up, when it calls the file system the nth time.
DIES = """
import os, sys
from pathlib import Path
from rpe._files import write_together

def saver(text):
    return lambda path: path.write_text(text)

def write(folder, text):
    write_together({Path(folder, name): saver(f"{text} {name}") for name in ("a.json", "b.csv", "c.png")})

for n in range(40):
    folder = Path(sys.argv[1], f"{n:02d}")
    folder.mkdir()
    write(folder, "old")
    child = os.fork()
    if not child:
        left = n
        def counted(method):
            def called(self, *arguments, **options):
                global left
                left -= 1
                if left < 0:
                    os._exit(9)
                return method(self, *arguments, **options)
            return called
        for name in ("replace", "unlink", "write_text", "exists"):
            setattr(Path, name, counted(getattr(Path, name)))
        write(folder, "new")
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process")
def test_a_kill_at_any_moment_leaves_all_files_old_or_all_new(tmp_path):
    subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], check=True)
    folders = sorted(tmp_path.iterdir())
    found = []
    for folder in folders:
        mixed = {(folder / name).read_text().split()[0] for name in ("a.json", "b.csv", "c.png")}
        complete(folder)
        after = {(folder / name).read_text() for name in ("a.json", "b.csv", "c.png")}
        assert after in (
            {f"old {name}" for name in ("a.json", "b.csv", "c.png")},
            {f"new {name}" for name in ("a.json", "b.csv", "c.png")},
        )
        assert not (folder / JOURNAL).exists()
        found.append((len(mixed), min(after)[:3]))
    # Some kills fell between two moves; the last writer lived.
    assert (2, "new") in found
    assert (1, "old") in found
    assert len(folders) < 40


def between_two_moves(folder, monkeypatch):
    """Leave a folder as a process does that is ended between the two moves of a table."""

    class Ended(BaseException):
        pass

    def ended(self, target):
        if target.suffix == ".csv":
            raise Ended
        return replace(self, target)

    replace = type(folder).replace
    path = rpe.table.Table({"x": [1.0]}).to_csv(folder / "t.csv")
    with monkeypatch.context() as patch:
        patch.setattr(type(folder), "replace", ended)
        patch.setattr(
            _files, "_note", lambda *_, note=_files._note: note(*_) if not (folder / JOURNAL).exists() else None
        )
        # No way back, nor any tidying up: the process is gone.
        patch.setattr(type(folder), "unlink", lambda *_, **__: None)
        with pytest.raises(Ended):
            rpe.table.Table({"x": [2.0]}).to_csv(path)
    assert (folder / JOURNAL).exists()
    return path


def test_the_next_reader_completes_what_a_writer_had_begun(tmp_path, monkeypatch):
    path = between_two_moves(tmp_path, monkeypatch)
    assert rpe.table.read(path)["x"].tolist() == [2.0]
    assert not (tmp_path / JOURNAL).exists()


def test_the_next_writer_completes_it_first(tmp_path, monkeypatch):
    path = between_two_moves(tmp_path, monkeypatch)
    write_atomically(path.with_suffix(".json"), lambda file: file.write_text("{}"))
    assert path.with_suffix(".json").read_text() == "{}"
    assert not (tmp_path / JOURNAL).exists()
    assert "2.0" in path.read_text()


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"t.csv": "../../secret"}', '{"../t.csv": ".t.csv.1"}', '{"t.csv": 3}', '{"t.csv": "x"}']
)
def test_a_journal_of_others_moves_nothing(text, tmp_path):
    path = rpe.table.Table({"x": [1.0]}).to_csv(tmp_path / "t.csv")
    before = path.read_bytes()
    (tmp_path / JOURNAL).write_text(text)
    with pytest.raises(OSError, match=r"rpe-moves\.json must say which files"):
        rpe.table.read(path)
    assert path.read_bytes() == before


def test_writers_of_one_folder_take_turns(tmp_path):
    """Sets of files of four writers at a time: never a mixture."""

    def write(text):
        for _ in range(6):
            write_together({tmp_path / name: lambda path: path.write_text(text) for name in "abc"})
            complete(tmp_path)

    threads = [threading.Thread(target=write, args=(text,)) for text in "1234"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(tmp_path / name).read_text() for name in "abc"}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


def test_a_lock_is_held_by_one_until_it_is_given_back(tmp_path):
    lock = Lock(tmp_path / "lock")
    with pytest.raises(BlockingIOError):
        Lock(tmp_path / "lock")
    with pytest.raises(TimeoutError, match="another run has been writing"), waiting(tmp_path / "lock", 0.05):
        pass
    lock.close()
    with waiting(tmp_path / "lock", 0.05):
        pass


def test_a_folder_without_locks_is_written_to_all_the_same(tmp_path, monkeypatch):
    class Link:
        def execute(self, _):
            raise sqlite3.OperationalError("disk I/O error")

        def close(self):
            pass

    monkeypatch.setattr(sqlite3, "connect", lambda *_, **__: Link())
    path = rpe.table.Table({"x": [1.0]}).to_csv(tmp_path / "t.csv")
    assert rpe.table.read(path)["x"].tolist() == [1.0]
