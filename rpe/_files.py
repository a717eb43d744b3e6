"""Files that are written at once or not at all, alone or several together."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


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
    """Write several files beside their targets, then move all into place, in this order, or none.

    If one cannot be moved, those before it are put back as they were.

    Raises
    ------
    OSError
        If a folder cannot be written to.
    """
    written: dict[Path, Path] = {}
    try:
        for path, writer in writers.items():
            written[path] = _beside(path)
            writer(written[path])
            written[path].chmod(0o666 & ~_umask())
        _replace(written)
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)


def figure_writer(figure: Any, kind: str) -> Callable[[Path], None]:
    """Return what writes a figure to a path as "png" or "svg": the same figure is the same file."""

    def save(path: Path) -> None:
        import matplotlib as mpl

        # A fixed salt and no date, so that the same figure is the same file.
        with mpl.rc_context({"svg.hashsalt": "rpe"}):
            metadata = {"Date": None} if kind == "svg" else None
            figure.savefig(path, format=kind, dpi=200, bbox_inches="tight", metadata=metadata)

    return save


def _replace(written: Mapping[Path, Path]) -> None:
    spares: dict[Path, Path | None] = {}
    *earlier, last = written
    try:
        for path in earlier:
            spares[path] = _copied(path) if path.is_file() else None
            written[path].replace(path)
        written[last].replace(last)
    except BaseException:
        for path, spare in spares.items():
            if spare is not None:
                spare.replace(path)
            elif not written[path].exists():  # it has been moved, and there was none before
                path.unlink()
        raise
    finally:
        for spare in spares.values():
            if spare is not None:
                spare.unlink(missing_ok=True)


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
