"""plot_model and model_to_dot: labels as Keras writes them, and pictures in which everything has its place."""

import io
import itertools
import re
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

import torchkeras as keras
from torchkeras import layers
from torchkeras.utils import model_to_dot, plot_model
from torchkeras.utils.plotting.layout import lay_out


@pytest.fixture
def model():
    inputs = keras.Input((8,), name="in")
    x = layers.Dense(4, activation="relu", name="d")(inputs)
    steps = layers.Reshape((2, 2), name="r")(x)
    steps = layers.TimeDistributed(layers.Dense(3, name="q"), name="td")(steps)
    return keras.Model(inputs, [layers.Add(name="sum")([x, x]), steps])


@pytest.fixture
def nested():
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(2, name="last")], name="inner"
    )
    inputs = keras.Input((4,), name="in")
    x = layers.Dense(4, name="before")(inputs)
    return keras.Model(inputs, layers.Concatenate(name="after")([inner(x), inputs]))


# What tf_keras 2.21 handed to pydot for the same model.
LABELS = {
    (): ["in|InputLayer", "d|Dense", "r|Reshape", "sum|Add", "td(q)|TimeDistributed(Dense)"],
    ("show_shapes",): [
        "{in|InputLayer}|{input:|output:}|{{[(None, 8)]}|{[(None, 8)]}}",
        "{d|Dense}|{input:|output:}|{{(None, 8)}|{(None, 4)}}",
        "{r|Reshape}|{input:|output:}|{{(None, 4)}|{(None, 2, 2)}}",
        "{sum|Add}|{input:|output:}|{{[(None, 4), (None, 4)]}|{(None, 4)}}",
        "{td(q)|TimeDistributed(Dense)}|{input:|output:}|{{(None, 2, 2)}|{(None, 2, 3)}}",
    ],
    ("show_dtype", "show_trainable"): [
        "T|in|InputLayer|float32",
        "T|d|Dense|float32",
        "T|r|Reshape|float32",
        "T|sum|Add|float32",
        "T|td(q)|TimeDistributed(Dense)|float32",
    ],
    ("show_shapes", "show_layer_activations", "show_trainable", "show_dtype"): [
        "T|{in|InputLayer|float32}|{input:|output:}|{{[(None, 8)]}|{[(None, 8)]}}",
        "T|{d|{Dense|relu}|float32}|{input:|output:}|{{(None, 8)}|{(None, 4)}}",
        "T|{r|Reshape|float32}|{input:|output:}|{{(None, 4)}|{(None, 2, 2)}}",
        "T|{sum|Add|float32}|{input:|output:}|{{[(None, 4), (None, 4)]}|{(None, 4)}}",
        "T|{td(q)|TimeDistributed(Dense)|float32}|{input:|output:}|{{(None, 2, 2)}|{(None, 2, 3)}}",
    ],
}
EDGES = {("in", "d"), ("d", "r"), ("d", "sum"), ("r", "td(q)")}


@pytest.mark.parametrize("shown", LABELS)
def test_labels_are_kerass(model, shown):
    text = model_to_dot(model, **dict.fromkeys(shown, True)).to_string()
    assert sorted(re.findall(r'label="(.*)"', text)) == sorted(LABELS[shown])


def test_without_names(model):
    text = model_to_dot(model, show_layer_names=False).to_string()
    expected = ["Add", "Dense", "InputLayer", "Reshape", "TimeDistributed(Dense)"]
    assert sorted(re.findall(r'label="(.*)"', text)) == expected


def test_edges(model):
    text = model_to_dot(model, rankdir="LR").to_string()
    names = dict(re.findall(r'(\d+) \[label="([^|]*)', text))
    assert {(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", text)} == EDGES
    assert "rankdir=LR;" in text


def test_labels_are_escaped(model):
    model.layers[1]._name = 'a"b|{c}<d>'
    assert r'label="a\"b\|\{c\}\<d\>|Dense"' in model_to_dot(model).to_string()


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_svg_shows_names_and_shapes(model):
    shown = texts(model_to_dot(model, show_shapes=True).create(prog="dot", format="svg"))
    for text in ("in", "InputLayer", "[(None, 8)]", "td(q)", "TimeDistributed(Dense)", "(None, 2, 3)", "output:"):
        assert text in shown


def test_nested_models_are_one_box_or_a_frame(nested):
    assert "inner" in texts(model_to_dot(nested).create_svg())
    assert "first" not in texts(model_to_dot(nested).create_svg())
    expanded = model_to_dot(nested, expand_nested=True)
    assert {"inner", "first", "last"} <= set(texts(expanded.create_svg()))
    (frame,) = lay_out(expanded.diagram, horizontal=False).clusters
    inside = [
        cell.text
        for cell in lay_out(expanded.diagram, horizontal=False).cells
        if frame.x < cell.x < frame.x + frame.width and frame.y < cell.y < frame.y + frame.height
    ]
    assert {"first", "last", "Dense"} <= set(inside)
    assert not {"before", "after", "in"} & set(inside)
    text = expanded.to_string()
    keys = {name: key for key, name in re.findall(r'(\d+) \[label="(\w+)', text)}
    assert f"{keys['before']} -> {keys[nested.layers[2]._functional_graph.operations[0].name]};" in text
    assert f"{keys['last']} -> {keys['after']};" in text


def many_branches():
    inputs = keras.Input((4,))
    x = inputs
    for _ in range(4):
        branches = [layers.Dense(4, name=f"wide_{i}_{id(x)}")(x) for i in range(3)]
        x = layers.Add()([*branches, x, inputs])
    return keras.Model(inputs, x)


@pytest.mark.parametrize("horizontal", [False, True])
def test_boxes_do_not_overlap_and_arrows_keep_clear_of_them(horizontal):
    picture = lay_out(model_to_dot(many_branches(), show_shapes=True).diagram, horizontal)
    boxes = picture.outlines
    assert len(boxes) == 17
    for one, other in itertools.combinations(boxes, 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart_x or one.y + one.height <= other.y or other.y + other.height <= one.y
    for box in boxes:
        assert 0 <= box.x <= box.x + box.width <= picture.width + 1e-6
        assert 0 <= box.y <= box.y + box.height <= picture.height + 1e-6
    for arrow in picture.arrows:
        for (x0, y0), (x1, y1) in itertools.pairwise(arrow):
            for step in range(1, 20):
                x, y = x0 + (x1 - x0) * step / 20, y0 + (y1 - y0) * step / 20
                assert not any(
                    b.x + 0.01 < x < b.x + b.width - 0.01 and b.y + 0.01 < y < b.y + b.height - 0.01 for b in boxes
                )


def test_arrows_join_the_right_boxes(model):
    dot = model_to_dot(model)
    picture = lay_out(dot.diagram, horizontal=False)
    for (source, target), arrow in zip(dot.diagram.edges, picture.arrows, strict=True):
        first, last = picture.outlines[source], picture.outlines[target]
        assert arrow[0] == pytest.approx((first.x + first.width / 2, first.y + first.height))
        assert arrow[-1] == pytest.approx((last.x + last.width / 2, last.y))


def test_text_fits_its_cell(model):
    picture = lay_out(model_to_dot(model, show_shapes=True).diagram, horizontal=False)
    from torchkeras.utils.plotting.text import text_width

    assert all(text_width(cell.text) < cell.width for cell in picture.cells)


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "pdf", "svg", "dot"])
def test_files(model, tmp_path, ending):
    path = tmp_path / f"model.{ending}"
    plot_model(model, to_file=path, show_shapes=True)
    content = path.read_bytes()
    starts = {"png": b"\x89PNG", "jpg": b"\xff\xd8", "gif": b"GIF8", "pdf": b"%PDF", "svg": b"<svg", "dot": b"digraph"}
    assert content.startswith(starts[ending])


def test_resolution_and_ink(model, tmp_path):
    sizes = []
    for dpi in (48, 96):
        plot_model(model, str(tmp_path / "model"), dpi=dpi)  # no ending: a png
        with Image.open(tmp_path / "model") as image:
            sizes.append(image.size)
            share = sum(image.convert("L").histogram()[:100]) / (image.width * image.height)
            assert 0.01 < share < 0.3  # lines and letters on white
    assert sizes[1][0] == pytest.approx(2 * sizes[0][0], abs=2)
    with pytest.raises(ValueError, match="Expected `dpi` of at most"):
        plot_model(model, tmp_path / "large.png", dpi=100_000)


def test_layer_range(model):
    text = model_to_dot(model, layer_range=["d", "r"]).to_string()
    assert re.findall(r'label="(\w+)\|', text) == ["d", "r"]
    with pytest.raises(ValueError, match="do not match"):
        model_to_dot(model, layer_range=["none", "r"])


def test_a_layer_used_twice():
    shared = layers.Dense(4, name="shared")
    inputs = keras.Input((4,), name="in")
    model = keras.Model(inputs, shared(layers.ReLU(name="relu")(shared(inputs))))
    with Image.open(io.BytesIO(model_to_dot(model, show_shapes=True).create_png())) as image:
        assert min(image.size) > 50


def test_models_that_are_not_built_or_not_graphs():
    with pytest.raises(ValueError, match="has not yet been built"):
        plot_model(keras.Sequential([layers.Dense(2)]))

    class Own(keras.Model):
        def call(self, x):
            return x

    own = Own(name="own")
    own.build((None, 2))
    assert re.findall(r'label="(.*)"', model_to_dot(own).to_string()) == ["own"]


def test_bad_arguments(model, tmp_path):
    with pytest.raises(ValueError, match="rankdir='up'"):
        plot_model(model, tmp_path / "x.png", rankdir="up")
    with pytest.raises(ValueError, match="Received: 'xyz'"):
        plot_model(model, tmp_path / "x.xyz")
    with pytest.raises(ValueError, match="Unrecognized keyword arguments"):
        plot_model(model, tmp_path / "x.png", show_shape=True)


def test_what_a_notebook_gets(model, tmp_path, monkeypatch):
    class Display:
        class Image:
            def __init__(self, filename, format):
                self.filename, self.format = filename, format

    module = type(sys)("IPython")
    module.display = Display
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert plot_model(model, tmp_path / "x.png").filename == str(tmp_path / "x.png")
    monkeypatch.setitem(sys.modules, "IPython", None)  # not installed
    assert plot_model(model, tmp_path / "x.png") is None
