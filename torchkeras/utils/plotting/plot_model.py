"""plot_model and model_to_dot: a model as a picture of its layers."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.utils.plotting.diagram import Box, Diagram, Shown, diagram_of
from torchkeras.utils.plotting.dot import Dot


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 96,
    subgraph: bool = False,
    layer_range: list[str] | None = None,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Dot:
    """A model as a graph that can be drawn, `model_to_dot(model).create(format="svg")`, without graphviz.

    Args:
        model: a built model.
        show_shapes: whether boxes show the shapes of inputs and outputs.
        show_dtype: whether boxes show the layer's dtype.
        show_layer_names: whether boxes show the layer's name.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        expand_nested: whether nested models are drawn layer by layer, in a frame.
        dpi: pixels to the inch.
        subgraph: whether it is drawn as a nested model, in a frame.
        layer_range: names or patterns of the first and the last layer to show.
        show_layer_activations: whether boxes show the layer's activation.
        show_trainable: whether boxes show T or NT, for layers that are trained or not.
        splines: accepted, as Keras 3 has it; edges are straight.
    """
    if not getattr(model, "built", False):
        raise ValueError(
            "This model has not yet been built. Build the model first by calling `build()` or by calling the model "
            "on a batch of data."
        )
    shown = Shown(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable, expand_nested)
    diagram = diagram_of(model, shown, layer_range)
    if subgraph:
        diagram = _framed(diagram)
    return Dot(diagram, rankdir, dpi)


def _framed(diagram: Diagram) -> Diagram:
    return Diagram(diagram.name, [Box(f"frame_{id(diagram)}", [diagram.name], diagram)])


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 96,
    layer_range: list[str] | None = None,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    **kwargs: Any,
) -> Any:
    """Draws a model into a file, and gives the picture to a notebook where IPython is installed.

    Args:
        model: a built model.
        to_file: the file; what it ends in says what it is: .png (also without an ending), .svg, .pdf, .jpg, .dot.
        show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi, layer_range, show_layer_activations,
        show_trainable: as in `model_to_dot`.
    """
    splines = kwargs.pop("splines", "ortho")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
    dot = model_to_dot(
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi, False, layer_range,
        show_layer_activations, show_trainable, splines,
    )  # fmt: skip
    path = os.fspath(to_file)
    kind = os.path.splitext(path)[1][1:].lower() or "png"
    dot.write(path, format=kind)
    return _displayed(path, kind)


def _displayed(path: str, kind: str) -> Any:
    """What a notebook shows; None without IPython."""
    try:
        from IPython import display
    except ImportError:
        return None
    if kind == "svg":
        return display.SVG(filename=path)
    return display.Image(filename=path, format=kind) if kind in ("png", "jpg", "jpeg", "gif") else None
