"""Text that may hold anything, for a picture."""

from __future__ import annotations

from functools import cache


def legible(text: str) -> str:
    """`text` as matplotlib should draw it: a box for what the font cannot show, and dollars that begin no formula.

    >>> legible("Çok güzel! 🐕 $5")
    'Çok güzel! □ \\\\$5'
    """
    from matplotlib.font_manager import FontProperties, findfont

    glyphs = _glyphs(findfont(FontProperties()))
    return "".join(c if c == "\n" or ord(c) in glyphs else "□" for c in text).replace("$", r"\$")


@cache
def _glyphs(font: str) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(font).get_charmap())
