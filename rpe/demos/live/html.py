"""Live pages as one HTML file that holds everything: charts, numbers and the code that draws them."""

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from tqdm.auto import tqdm

from rpe import __version__
from rpe._checks import flag
from rpe._files import write_atomically
from rpe.demos.live import classroom, cue_shift, micro_wins, nanomolar, phone
from rpe.demos.live.page import LivePage, Slider

PAGES: tuple[Callable[[], LivePage], ...] = (
    cue_shift.page,
    micro_wins.page,
    nanomolar.page,
    phone.page,
    classroom.page,
)

_HERE = Path(__file__).parent
_REMEDY = f"install it with: {sys.executable} -m pip install vl-convert-python"


def write(
    file: str | Path = "rpe-demo.html", *, pages: Sequence[LivePage] | None = None, progress: bool = False
) -> Path:
    """Write live pages as one HTML file, which any browser shows, without a server or a network.

    Parameters
    ----------
    file : path
        Where. A file that this version of the library wrote with its own pages is left as it is.
    pages : sequence of LivePage, optional
        Your own; by default the five of the library, whose numbers take about half a minute.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    Path

    Raises
    ------
    ModuleNotFoundError
        Without vl-convert (the extra `demo`), which brings the charts' JavaScript.
    ValueError
        If there are no pages, or two have one key.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import rpe
    >>> rpe.demos.write("demo.html", pages=[])
    Traceback (most recent call last):
        ...
    ValueError: pages must hold at least one page; got none
    """
    flag("progress", progress)
    path = Path(file)
    if pages is not None and not pages:
        raise ValueError("pages must hold at least one page; got none")
    mark = _digest() if pages is None else ""
    if mark and _written_by(path) == mark:
        return path
    drawing = _javascript()
    made = list(pages) if pages is not None else [make() for make in tqdm(PAGES, "pages", disable=not progress)]
    keys = [page.key for page in made]
    if len(set(keys)) < len(keys):
        raise ValueError(f"pages must have keys of their own; got {keys}")
    text = _page(made, drawing, mark)

    def save(target: Path) -> None:
        target.write_text(text, encoding="utf-8")

    return write_atomically(path, save)


@cache
def _javascript() -> str:
    """Vega, Vega-Lite and Vega-Embed (BSD-3-Clause) as one script."""
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"live pages need vl-convert; {_REMEDY}") from error
    # Its stub asks for an argument that it does not need.
    bundle: Callable[[], str] = vl_convert.javascript_bundle  # type: ignore[assignment]
    return bundle().replace("</script", "<\\/script")


def _digest() -> str:
    """The version and all sources, from which the numbers follow."""
    found = hashlib.sha256(__version__.encode())
    root = _HERE.parents[1]
    for path in sorted([*root.rglob("*.py"), *_HERE.glob("template.*")]):
        found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _written_by(path: Path) -> str:
    """The mark of a file that is there, else nothing."""
    try:
        with path.open(encoding="utf-8") as opened:
            head = opened.read(2000)
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return head.partition('name="rpe-live" content="')[2].partition('"')[0]


def _page(pages: Sequence[LivePage], drawing: str, mark: str) -> str:
    # No text can end the script that it stands in, or begin a comment.
    data = json.dumps([page.packed() for page in pages], ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return Template((_HERE / "template.html").read_text(encoding="utf-8")).substitute(
        mark=mark,
        version=__version__,
        style=(_HERE / "template.css").read_text(encoding="utf-8"),
        links="\n".join(f'<li><a href="#{escape(page.key)}">{escape(page.title)}</a></li>' for page in pages),
        sections="\n".join(map(_section, pages)),
        data=data,
        drawing=drawing,
        script=(_HERE / "template.js").read_text(encoding="utf-8"),
    )


def _section(page: LivePage) -> str:
    presets = "".join(f'<button type="button" class="preset">{escape(name)}</button>' for name in page.presets)
    plays = any(slider.plays for slider in page.sliders)
    play = '<button type="button" class="play" aria-pressed="false">▶ Play</button>' if plays else ""
    charts = "".join(
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="chart"></div></figure>'
        for caption in page.charts
    )
    return f"""<section id="{escape(page.key)}" aria-labelledby="{escape(page.key)}-title">
<h2 id="{escape(page.key)}-title">{escape(page.title)}</h2>
<p class="question">{escape(page.question)}</p>
<div class="buttons">{presets}{play}<button type="button" class="reset">Reset</button></div>
<div class="both"><div class="controls">{"".join(_control(page, slider) for slider in page.sliders)}</div>
<div class="charts"><p class="answer" role="status"></p>{charts}</div></div>
<details><summary>What was computed</summary><p>{escape(page.about)}</p></details>
</section>"""


def _control(page: LivePage, slider: Slider) -> str:
    name = f"{escape(page.key)}-{escape(slider.name)}"
    label = f'<label for="{name}">{escape(slider.label)}</label>'
    if slider.is_menu:
        options = "".join(f'<option value="{i}">{escape(text)}</option>' for i, text in enumerate(slider.texts))
        return f'<div class="control">{label}<select id="{name}">{options}</select></div>'
    last = len(slider.values) - 1
    return (
        f'<div class="control">{label}<output for="{name}"></output>'
        f'<input type="range" id="{name}" min="0" max="{last}" step="1"></div>'
    )
