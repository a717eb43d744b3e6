"""Files that are written at once or not at all, alone or several together.

Several files are first written beside their targets. Then a journal says which is to become which, all are
moved, and the journal is taken away: whoever finds one, a reader or the next writer, moves the rest.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rpe._locks import waiting

JOURNAL = ".rpe-moves.json"
_LOCK = ".rpe-moves.lock"
_PATIENCE = 20.0


def write_atomically(path: Path, writer: Callable[[Path], None]) -> Path:
    """Write beside the target, then move into place; leave nothing behind on failure.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    write_together({path: writer})
    return path


def write_together(writers: Mapping[Path, Callable[[Path], None]]) -> None:
    """Write several files of one folder beside their targets, then move all into place, in this order, or none.

    If one cannot be moved, those before it are put back as they were. If the process is ended in
    between, `complete` moves the rest.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    written: dict[Path, Path] = {}
    try:
        for path, writer in writers.items():
            written[path] = _beside(path)
            writer(written[path])
            written[path].chmod(0o666 & ~_umask())
        _move(written)
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)


def complete(folder: Path) -> bool:
    """Move into place what a run that was ended had written, and left in a folder; return whether there was any.

    Raises
    ------
    OSError
        If the folder cannot be written to, or its journal is none.
    """
    if not (folder / JOURNAL).exists():
        return False
    with waiting(folder / _LOCK, _PATIENCE):
        _complete(folder)
    return True


def figure_writer(figure: Any, kind: str) -> Callable[[Path], None]:
    """Return what writes a figure to a path as "png" or "svg": the same figure is the same file."""

    def save(path: Path) -> None:
        import matplotlib as mpl

        # A fixed salt and no date, so that the same figure is the same file.
        with mpl.rc_context({"svg.hashsalt": "rpe"}):
            metadata = {"Date": None} if kind == "svg" else None
            figure.savefig(path, format=kind, dpi=200, bbox_inches="tight", metadata=metadata)

    return save


def _move(written: Mapping[Path, Path]) -> None:
    (folder,) = {path.parent for path in written}
    if len(written) == 1 and not (folder / JOURNAL).exists():
        ((path, new),) = written.items()
        new.replace(path)
        return
    with waiting(folder / _LOCK, _PATIENCE):
        _complete(folder)
        before = {path: _copied(path) if path.is_file() else None for path in written}
        try:
            _note(folder, written)
            _complete(folder)
        except BaseException:
            # The way back, of what was moved, is as safe as the way there.
            _note(folder, {path: before[path] for path, new in written.items() if not new.exists()})
            _complete(folder)
            raise
        finally:
            if not (folder / JOURNAL).exists():
                for spare in before.values():
                    if spare is not None:
                        spare.unlink(missing_ok=True)


def _note(folder: Path, moves: Mapping[Path, Path | None]) -> None:
    """Write the journal: what each file is to be replaced by; None where it is to be gone."""
    draft = _beside(folder / JOURNAL)
    names = {path.name: None if new is None else new.name for path, new in moves.items()}
    draft.write_text(json.dumps(names), encoding="utf-8")
    draft.replace(folder / JOURNAL)


def _complete(folder: Path) -> None:
    journal = folder / JOURNAL
    if not journal.exists():
        return
    for name, new in _noted(journal).items():
        if new is None and (folder / name).is_file():
            (folder / name).unlink()
        elif new is not None and (folder / new).exists():
            (folder / new).replace(folder / name)
    journal.unlink()


def _noted(journal: Path) -> dict[str, str | None]:
    """What a journal says, if it is about files beside it, as every journal written here is."""
    keep = "delete it to keep the files as they are"
    try:
        moves = json.loads(journal.read_text(encoding="utf-8"))
    except ValueError as error:
        raise OSError(f"{journal} must say which files to move ({error}); {keep}") from error
    if not isinstance(moves, dict) or not all(map(_is_move, moves, moves.values())):
        raise OSError(f"{journal} must say which files beside it to move; {keep}")
    return moves


def _is_move(name: str, new: object) -> bool:
    return Path(name).name == name and (
        new is None or (isinstance(new, str) and Path(new).name == new and new.startswith(f".{name}."))
    )


def _beside(path: Path) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    return Path(name)


def _copied(path: Path) -> Path:
    spare = _beside(path)
    shutil.copy2(path, spare)
    return spare


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
