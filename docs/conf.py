"""How Sphinx builds these pages."""

import sys
from pathlib import Path

import skpar

sys.path.insert(0, str(Path(__file__).parent))

project = "skpar"
author = "The skpar developers"
copyright = "the skpar developers"
version = release = skpar.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "auto_examples/**/*.ipynb", "auto_examples/**/*.py"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False

# Every reference must lead somewhere; those to scikit-learn need a network.
nitpicky = True
# A benchmark, which is no page, may have the name of an example.
suppress_warnings = ["sphinx_gallery.duplicate_filename"]
# What has a brace, a quote or a space is a default text of PagePhrases, and no name.
nitpick_ignore_regex = [
    ("py:.*", r"(sklearn|matplotlib|pandas|numpy)\..*"),
    ("py:class", r".*[{' ].*|'"),
]

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"\.py$",
    "ignore_pattern": "benchmarks|engines",
    "within_subsection_order": "_order.Story",
    "download_all_examples": False,
    "show_signature": False,
    "abort_on_example_error": True,
    "min_reported_time": 0,
}

html_theme = "alabaster"
html_theme_options = {
    "description": "Plausible algorithmic recourse",
    "page_width": "1180px",
    "body_max_width": "900px",  # 88 characters of code
    "fixed_sidebar": True,
}
html_show_sourcelink = False
