"""Settings of the documentation: `python -m sphinx -W notebooks/docs site` makes it of docstrings and examples."""

import contextlib
import doctest
import importlib
import io
import os
import pkgutil
import runpy
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import latex2mathml.converter
import matplotlib as mpl
from docutils.nodes import SkipNode

mpl.use("agg")

import rpe

_HERE = Path(__file__).parent
_NOTEBOOKS, _DRAWN = _HERE / "_notebooks", _HERE / "_drawn"

project, author, release = "rpe", "The rpe developers", rpe.__version__
extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
]
# The gallery keeps each example as a notebook too, which must not become a second page.
exclude_patterns = ["_templates", "gallery/*.ipynb", "figures/*.py", "theory_pages.py", "verdicts.py"]
templates_path = ["_templates"]
html_theme = "pydata_sphinx_theme"
html_title = "rpe"
html_theme_options = {"navbar_align": "left", "show_toc_level": 2}
html_copy_source = False
# Equations become MathML, which browsers draw by themselves: the site loads nothing from elsewhere.
html_math_renderer = "mathml"
# The live pages are one file, which is copied as it is.
html_extra_path = ["_live"]

# What finds the figures of examples is a function, which cannot be cached.
suppress_warnings = ["config.cache"]

autosummary_generate = True
autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_typehints = "none"
numpydoc_show_class_members = False

myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300


def _scraper(block: Any, block_vars: Any, gallery_conf: Any) -> str:
    """Save the figures of an example with text alternatives made from what was drawn."""
    import matplotlib.pyplot as plt
    from sphinx_gallery.scrapers import figure_rst

    names, words = [], []
    for number in plt.get_fignums():
        name = next(block_vars["image_path_iterator"])
        shown = rpe.plots.picture(plt.figure(number))
        Path(name).write_bytes(shown.png)
        names.append(name)
        words.append(shown.alt)
    text = figure_rst(names, gallery_conf["src_dir"])
    for alt in words:
        text = text.replace(":alt: ", f":alt: {alt} ", 1)
    return text


sphinx_gallery_conf = {
    "examples_dirs": ["../../examples"],
    "gallery_dirs": ["gallery"],
    # Processes cannot import what a gallery page defines, so that this example is shown and not run.
    "filename_pattern": r"/(?!sweep_anywhere)\w+\.py$",
    "abort_on_example_error": True,
    "image_scrapers": (_scraper,),
    "download_all_examples": False,
    "show_memory": False,
    # That page would load scripts from elsewhere.
    "write_computation_times": False,
    "min_reported_time": 1,
    "remove_config_comments": True,
    "backreferences_dir": None,
}


def _quiet_kernels() -> None:
    """Kernels warn that they talk over local ports, once for each notebook."""
    folder = Path(tempfile.mkdtemp())
    (folder / "profile_default").mkdir()
    (folder / "profile_default" / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 'ERROR'\n")
    os.environ["IPYTHONDIR"] = str(folder)


def _copy_notebooks() -> None:
    """Sphinx reads only what lies below its own folder."""
    shutil.rmtree(_NOTEBOOKS, ignore_errors=True)
    _NOTEBOOKS.mkdir()
    for path in sorted(_HERE.parent.glob("*.ipynb")):
        shutil.copy(path, _NOTEBOOKS)


def _write_live_pages() -> None:
    """Write the live pages, unless they are there from the same version."""
    (_HERE / "_live").mkdir(exist_ok=True)
    rpe.demos.write(_HERE / "_live" / "live.html")


def _write_theory_pages() -> None:
    """Write the pages of theories by the script beside this one, which is no part of a package."""
    runpy.run_path(str(_HERE / "theory_pages.py"))["write"](_HERE / "theories")


def _experiments() -> list[str]:
    """The modules of `rpe.experiments` that hold an experiment, which are those with settings."""
    names = [f"rpe.experiments.{each.name}" for each in pkgutil.iter_modules(rpe.experiments.__path__)]
    modules = [importlib.import_module(name) for name in names if not name.rpartition(".")[2].startswith("_")]
    return [each.__name__ for each in modules if each.__name__ in getattr(each, "Settings", object).__module__]


def _write_reference() -> None:
    """Write the page of all modules and all experiments, so that none is forgotten."""
    text = (_HERE / "_templates" / "reference.rst").read_text(encoding="utf-8")
    for mark, names in (("MODULES", [f"rpe.{name}" for name in rpe.__all__]), ("EXPERIMENTS", _experiments())):
        text = text.replace(f"   {mark}\n", "".join(f"   {name}\n" for name in names))
    (_HERE / "reference.rst").write_text(text, encoding="utf-8")


def _figure_of(name: str, docstring: str) -> list[str]:
    """Draw the example of a plot, and return the lines that show it, with its text alternative."""
    known: dict[str, Any] = {}
    with rpe.plots.style(width=4.2, height=3.0):
        for example in doctest.DocTestParser().get_examples(docstring):
            # Doctests are parts of this project; their results are checked by the tests.
            exec(compile(example.source, name, "single"), known)
    ax = known.get("ax")
    if ax is None:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = rpe.plots.picture(ax, dpi=130)
    _DRAWN.mkdir(exist_ok=True)
    (_DRAWN / f"{name}.png").write_bytes(shown.png)
    return ["", f".. image:: /_drawn/{name}.png", f"   :alt: {shown.alt}", "   :width: 460", ""]


def _show_figure(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    if what == "function" and name.startswith("rpe.plots.") and ">>> " in (thing.__doc__ or ""):
        with contextlib.redirect_stdout(io.StringIO()):
            lines += _figure_of(name, thing.__doc__)


def _as_written(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Keep indented equations as they are written, and the bars of |δ| from being read as marks."""
    head = next((i - 1 for i, line in enumerate(lines) if line.startswith("---")), len(lines))
    written: list[str] = []
    for before, line in zip(["", *lines], lines[:head], strict=False):
        indented = line.startswith("    ")
        if indented and not before.strip():
            written += ["::", ""]
        written.append(line if indented or "``" in line or line.startswith("=") else line.replace("|", r"\|"))
    lines[:head] = written


def _inline_math(translator: Any, node: Any) -> None:
    translator.body.append(latex2mathml.converter.convert(node.astext()))
    raise SkipNode


def _displayed_math(translator: Any, node: Any) -> None:
    translator.body.append(f'<div class="math">{latex2mathml.converter.convert(node.astext(), display="block")}</div>')
    raise SkipNode


def setup(app: Any) -> None:
    """Bring notebooks and the page of reference where Sphinx finds them, and figures into the docs of functions."""
    _copy_notebooks()
    _write_reference()
    _write_live_pages()
    _write_theory_pages()
    _quiet_kernels()
    app.add_html_math_renderer("mathml", (_inline_math, None), (_displayed_math, None))
    app.connect("autodoc-process-docstring", _as_written, priority=400)
    app.connect("autodoc-process-docstring", _show_figure, priority=600)
