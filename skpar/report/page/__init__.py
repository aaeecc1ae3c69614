"""The HTML page of a report, with its pictures.

`page` writes a whole document, and `fragment` what a notebook shows. Pictures are
inline SVG.
"""

from ._html import fragment, page

__all__ = ["fragment", "page"]
