"""Pictures written as SVG, as text, or as pixels."""

from __future__ import annotations

import io
import math
from typing import Any
from xml.sax.saxutils import escape

from torchkeras.utils.plotting.layout import Picture, Point
from torchkeras.utils.plotting.text import FONT_SIZE, font, text_width

_MARGIN = 4.0
_HEAD_LENGTH, _HEAD_WIDTH = 10.0, 7.0
_POINTS_PER_INCH = 72
# As many pixels as PIL opens without a warning.
_MOST_PIXELS = 80_000_000


def _head(arrow: list[Point]) -> list[Point]:
    """The triangle at the end of an arrow."""
    tip = arrow[-1]
    # The last piece may be shorter than the head.
    before = next((p for p in reversed(arrow) if math.dist(p, tip) >= _HEAD_LENGTH), arrow[0])
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = math.hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    x, y = tip[0] - dx * _HEAD_LENGTH, tip[1] - dy * _HEAD_LENGTH
    half = _HEAD_WIDTH / 2
    return [tip, (x - dy * half, y + dx * half), (x + dy * half, y - dx * half)]


def to_svg(picture: Picture) -> str:
    """The picture as SVG."""
    width, height = picture.width + 2 * _MARGIN, picture.height + 2 * _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}pt" height="{height:.0f}pt" '
        f'viewBox="0 0 {width:.2f} {height:.2f}">',
        f'<rect width="{width:.2f}" height="{height:.2f}" fill="white"/>',
        f'<g transform="translate({_MARGIN} {_MARGIN})" fill="none" stroke="black" font-family="Helvetica, Arial, '
        f'sans-serif" font-size="{FONT_SIZE:g}">',
    ]

    def label(text: str, x: float, y: float, anchor: str) -> str:
        # The length is given so that the text fits its box in every font.
        length = f'textLength="{text_width(text):.2f}" lengthAdjust="spacingAndGlyphs"' if text else ""
        return (
            f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" dominant-baseline="central" fill="black" '
            f'stroke="none" {length}>{escape(text)}</text>'
        )

    for frame in picture.clusters:
        lines.append(_rectangle(frame, 'stroke-dasharray="5 3"'))
        lines.append(label(frame.label, frame.x + 8, frame.y + FONT_SIZE, "start"))
    for arrow in picture.arrows:
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in arrow)
        lines.append(f'<polyline points="{points}"/>')
        head = " ".join(f"{x:.2f},{y:.2f}" for x, y in _head(arrow))
        lines.append(f'<polygon points="{head}" fill="black"/>')
    for cell in [*picture.outlines, *picture.cells]:
        lines.append(_rectangle(cell, 'fill="white"' if not cell.text else ""))
        if cell.text:
            lines.append(label(cell.text, cell.x + cell.width / 2, cell.y + cell.height / 2, "middle"))
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _rectangle(part: Any, more: str) -> str:
    return f'<rect x="{part.x:.2f}" y="{part.y:.2f}" width="{part.width:.2f}" height="{part.height:.2f}" {more}/>'


def to_pixels(picture: Picture, dpi: float) -> Any:
    """The picture as a PIL image."""
    from PIL import Image, ImageDraw

    scale = dpi / _POINTS_PER_INCH
    width, height = picture.width + 2 * _MARGIN, picture.height + 2 * _MARGIN
    most = math.sqrt(_MOST_PIXELS / (width * height))
    if scale > most:
        raise ValueError(
            f"The picture would have {width * scale:.0f} x {height * scale:.0f} pixels. Expected `dpi` of at most "
            f"{math.floor(most * _POINTS_PER_INCH)}, or a file that ends in .svg. Received: dpi={dpi:g}"
        )
    image = Image.new("RGB", (math.ceil(width * scale), math.ceil(height * scale)), "white")
    draw = ImageDraw.Draw(image)
    line = max(1, round(scale))

    def at(x: float, y: float) -> Point:
        return (x + _MARGIN) * scale, (y + _MARGIN) * scale

    def corners(part: Any) -> list[Point]:
        return [at(part.x, part.y), at(part.x + part.width, part.y + part.height)]

    for frame in picture.clusters:
        _dashed(draw, corners(frame), line, 5 * scale)
        draw.text(at(frame.x + 8, frame.y + FONT_SIZE), frame.label, "black", font(FONT_SIZE * scale), anchor="lm")
    for arrow in picture.arrows:
        draw.line([at(*point) for point in arrow], "black", line, joint="curve")
        draw.polygon([at(*point) for point in _head(arrow)], "black")
    for outline in picture.outlines:
        draw.rectangle(corners(outline), "white", "black", line)
    for cell in picture.cells:
        draw.rectangle(corners(cell), None, "black", line)
        centre = at(cell.x + cell.width / 2, cell.y + cell.height / 2)
        draw.text(centre, cell.text, "black", font(FONT_SIZE * scale), anchor="mm")
    return image


def _dashed(draw: Any, corners: list[Point], line: int, dash: float) -> None:
    (x0, y0), (x1, y1) = corners
    for start, end in (((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))):
        length = math.hypot(end[0] - start[0], end[1] - start[1])
        for i in range(0, int(length / dash), 2):
            pieces = [
                (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
                for share in (i * dash / length, min((i + 1) * dash / length, 1))
            ]
            draw.line(pieces, "black", line)


def to_bytes(picture: Picture, kind: str, dpi: float) -> bytes:
    """The picture as a file of a kind: svg, png, jpg, gif, bmp, pdf and whatever else PIL writes."""
    if kind == "svg":
        return to_svg(picture).encode()
    from PIL import Image

    extension = "." + kind.lower()
    if extension not in Image.registered_extensions():
        raise ValueError(f"Expected a picture's kind to be svg, png, jpg, gif, bmp or pdf. Received: {kind!r}")
    stream = io.BytesIO()
    to_pixels(picture, dpi).save(stream, Image.registered_extensions()[extension], dpi=(dpi, dpi))
    return stream.getvalue()
