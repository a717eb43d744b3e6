"""Settings of the documentation: `python -m sphinx -W notebooks/docs site` makes it of docstrings and examples."""

import contextlib
import doctest
import io
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import latex2mathml.converter
import matplotlib as mpl
from docutils.nodes import SkipNode

mpl.use("agg")

import rpe

# The modules beside this one are no part of a package.
sys.path.insert(0, str(Path(__file__).parent))

import result_pages
import site_parts
import tabs
import theory_pages

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
exclude_patterns = ["_templates", "gallery/*.ipynb", "figures/*.py", "*.py"]
templates_path = ["_templates"]
html_theme = "pydata_sphinx_theme"
html_title = "rpe"
html_theme_options = {"navbar_align": "left", "show_toc_level": 2}
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Equations become MathML, which browsers draw by themselves: the site loads nothing from elsewhere.
html_math_renderer = "mathml"
# The live pages are one file, which is copied as it is.
html_extra_path = ["_live"]

# What finds the figures of examples is a function, which cannot be cached.
suppress_warnings = ["config.cache"]

autosummary_generate = True
autosummary_ignore_module_all = False
autosummary_imported_members = True
autosummary_context = {"constants": site_parts.constants()}
autodoc_typehints = "none"
numpydoc_show_class_members = False

myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
# Sliders need a kernel, and their scripts would come from elsewhere: the live pages stand in for them.
nb_ipywidgets_js: dict[str, Any] = {}


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


def _write_result_pages() -> None:
    """Write the pages of experiments and findings, in two processes."""
    for kind in ("experiments", "findings"):
        shutil.rmtree(_HERE / kind, ignore_errors=True)
        (_HERE / kind).mkdir()
    result_pages.index(_HERE)
    command = [sys.executable, str(_HERE / "result_pages.py"), str(_HERE)]
    for part in [subprocess.Popen([*command, str(i), "2"]) for i in range(2)]:
        if part.wait():
            raise RuntimeError("a page of an experiment or a finding could not be written; its error stands above")


def _write_reference() -> None:
    """Write the page of all modules, and the one that says how to cite."""
    (_HERE / "reference.rst").write_text(site_parts.reference(), encoding="utf-8")
    (_HERE / "cite.rst").write_text(site_parts.citation(_HERE.parents[1] / "CITATION.cff"), encoding="utf-8")


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


def _draw_thumbnails(app: Any) -> None:
    site_parts.printed_thumbnails(_HERE / "gallery")


def _check_offline(app: Any, failed: Exception | None) -> None:
    if failed is None and (loads := site_parts.loaded_from_elsewhere(Path(app.outdir))):
        raise RuntimeError("the site must load nothing from elsewhere; it loads\n" + "\n".join(loads))


def setup(app: Any) -> None:
    """Bring notebooks and written pages where Sphinx finds them, and figures into the docs of functions."""
    _copy_notebooks()
    _write_reference()
    _write_live_pages()
    theory_pages.write(_HERE / "theories")
    _write_result_pages()
    _quiet_kernels()
    app.add_directive("tabs", tabs.Tabs)
    app.add_directive("tab", tabs.Tab)
    app.add_html_math_renderer("mathml", (_inline_math, None), (_displayed_math, None))
    app.connect("autodoc-process-docstring", _as_written, priority=400)
    app.connect("autodoc-process-docstring", _show_figure, priority=600)
    # After the gallery, which writes its own at the same event.
    app.connect("builder-inited", _draw_thumbnails, priority=900)
    app.connect("build-finished", _check_offline)
