"""The font of the pictures, and how wide a text is in it."""

from __future__ import annotations

import functools
from typing import Any

FONT_SIZE = 14.0
# Widths of Helvetica's characters in thousandths of the size, for where PIL is missing or has no outlines.
_NARROW, _WIDE, _USUAL = "fijlrtI.,:;|!'()[] ", "mwMW@%", 0.556


@functools.cache
def font(size: float) -> Any:
    """PIL's own font."""
    from PIL import ImageFont

    return ImageFont.load_default(size)


@functools.lru_cache(maxsize=4096)
def text_width(text: str) -> float:
    """The width of a text, in points."""
    try:
        return float(font(FONT_SIZE).getlength(text))
    except ImportError:
        shares = (0.278 if c in _NARROW else 0.833 if c in _WIDE else _USUAL for c in text)
        return FONT_SIZE * sum(shares)
