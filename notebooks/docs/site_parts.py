"""Parts of the site: grouped reference, how to cite, pictures of what prints, and what pages load."""

import re
from html.parser import HTMLParser
from importlib import import_module
from inspect import getdoc
from pathlib import Path

import rpe

_GROUPS = {
    "Tasks and schedules": ("tasks", "envs", "schedules", "features"),
    "Agents": ("agents", "discounting", "choice", "mechanisms", "design"),
    "Dopamine": ("td", "theories", "dopamine", "scorecard"),
    "Runs and studies": ("simulate", "sweep", "experiments", "claims"),
    "Measures, records and fits": ("measures", "records", "fit", "table"),
    "Figures, movies and live pages": ("plots", "movies", "demos"),
}
_ROW = re.compile(r"^(\S.*?)  +(\S.*)$")


def tasks_of(module: str) -> list[tuple[str, str]]:
    """What one wants and what to call, as the docstring of a module says it."""
    bars = re.split(r"^=+  =+$", getdoc(import_module(f"rpe.{module}")) or "", flags=re.MULTILINE)
    return (
        [(row[1], row[2]) for line in bars[2].split("\n") if (row := _ROW.match(line.strip()))] if len(bars) > 2 else []
    )


def linked(module: str, text: str) -> str:
    """Text whose names of a module are links to their pages."""
    known = import_module(f"rpe.{module}").__all__

    def link(code: re.Match[str]) -> str:
        name = re.match(r"[A-Za-z_]+", code[1])
        if name is not None and name[0] in known and callable(getattr(import_module(f"rpe.{module}"), name[0])):
            return f":obj:`{code[1].replace('<', '')} <rpe.{module}.{name[0]}>`"
        return f"``{code[1]}``"

    parts = re.split(r"(`[^`]+`)", text)
    return "".join(link(re.match("`(.*)`", part)) if part[:1] == "`" else part.replace("|", r"\|") for part in parts)


def reference() -> str:
    """The page of reference: modules in groups, with tables from tasks to functions."""
    grouped = [module for modules in _GROUPS.values() for module in modules]
    assert sorted(grouped) == sorted(rpe.__all__), "every module belongs to one group"
    lines = [
        "Reference",
        "=========",
        "",
        "What you want, and what to call. Each name leads to its page, with an example and",
    ]
    lines += ["a link to the source; terms and symbols are in the :doc:`glossary`.", ""]
    for group, modules in _GROUPS.items():
        lines += [group, "-" * len(group), "", ".. autosummary::", "   :toctree: reference", ""]
        lines += [*(f"   rpe.{module}" for module in modules), "", ".. list-table::", "   :header-rows: 1"]
        lines += ["   :widths: 16 40 44", "", "   * - module", "     - what you want", "     - what to call"]
        for module in modules:
            for i, (want, call) in enumerate(tasks_of(module)):
                head = f":mod:`rpe.{module}`" if i == 0 else ""
                lines += [f"   * - {head}", f"     - {linked(module, want)}", f"     - {linked(module, call)}"]
        lines += [""]
    return "\n".join(lines)


def constants() -> dict[str, list[tuple[str, str]]]:
    """The public names that are values, with what they are, by module."""
    found: dict[str, list[tuple[str, str]]] = {}
    for module in (import_module(f"rpe.{name}") for name in rpe.__all__):
        values = {name: getattr(module, name) for name in module.__all__ if not callable(getattr(module, name))}
        shown = {name: list(value) if isinstance(value, dict) else value for name, value in values.items()}
        found[module.__name__] = [(name, repr(value)) for name, value in shown.items()]
    return found


def citation(path: Path) -> str:
    """How to cite, from the file of citation."""
    known = dict(re.findall(r'^([\w-]+): "?(.*?)"?$', path.read_text(encoding="utf-8"), re.MULTILINE))
    year, version = known["date-released"][:4], known["version"]
    return f"""How to cite
===========

The rpe developers ({year}). *{known["title"]}* (version {version}) [Software]. {known["repository-code"]}

.. code-block:: bibtex

   @software{{rpe,
     author  = {{{{The rpe developers}}}},
     title   = {{{known["title"]}}},
     version = {{{version}}},
     year    = {{{year}}},
     url     = {{{known["repository-code"]}}},
   }}

Cite the papers of the models that you use as well: each page of the :doc:`reference` and of the :doc:`theories/index`
names them. Tables that the library writes hold the version, the settings and the seed that they were made with.
"""


def printed_thumbnails(folder: Path) -> None:
    """Draw what an example prints, where it has no figure, in place of the gallery's placeholder."""
    from matplotlib.figure import Figure

    for page in sorted(folder.glob("*.rst")):
        text = page.read_text(encoding="utf-8")
        thumb = folder / "images" / "thumb" / f"sphx_glr_{page.stem}_thumb.png"
        if "image-sg" in text or not thumb.exists():
            continue
        said = re.findall(r"\.\. code-block:: none\n\n((?:    .*\n|\n)+)", text)
        code = re.findall(r"\.\. code-block:: Python\n(?: .*\n)*\n((?:    .*\n|\n)+)", text)
        lines = [line[4:] for line in code[0].split("\n") if line.strip()][:9] if code else []
        lines += ["", *(line[4:] for line in "".join(said).split("\n") if line.strip())]
        lines = [line[:44] for line in lines][:14]
        figure = Figure(figsize=(4.0, 2.8), dpi=100)
        figure.text(0.03, 0.95, "\n".join(lines), va="top", family="monospace", fontsize=9, parse_math=False)
        figure.savefig(thumb)


class _Loads(HTMLParser):
    """What a page loads: sources of pictures, scripts and frames, and style sheets; not links that one may follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note down what a tag loads."""
        known = {name: value or "" for name, value in attrs}
        if tag == "link" and known.get("rel") in ("canonical", "alternate", "author", "license"):
            return
        names = ("href",) if tag == "link" else ("src", "srcset", "data", "poster") if tag != "a" else ()
        self.found += [known[name] for name in names if name in known]
        self.found += re.findall(r"url\(['\"]?([^)'\"]+)", known.get("style", ""))


def loaded_from_elsewhere(site: Path) -> list[str]:
    """What the pages and style sheets of a site load over the network, each with its page."""
    found = []
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            page = _Loads()
            page.feed(text)
            loads = page.found + re.findall(r"import\(['\"](https?:[^'\"]+)", text)
        else:
            loads = re.findall(r"(?:url\(|@import )['\"]?([^)'\"]+)", text)
        found += [f"{path.relative_to(site)}: {each}" for each in loads if re.match(r"(?:https?:)?//", each)]
    return found
