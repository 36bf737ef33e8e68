"""model.export: ONNX files and programs of torch."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.saving.export.zoo import MODELS, inputs_for, predictions, several_inputs, structured
from torchkeras import layers


def small():
    return keras.Sequential([keras.Input((4,), name="x"), layers.Dense(3, activation="relu"), layers.Dense(2)])


# --- programs of torch ---


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_a_program_computes_the_same(make, tmp_path):
    model, shapes = make()
    model.export(tmp_path / "m.pt2", verbose=False)
    loaded = torch.export.load(tmp_path / "m.pt2").module()
    for batch in (1, 5):
        arrays = inputs_for(model, shapes, batch)
        found = loaded(structured(model, [torch.tensor(array) for array in arrays]))
        found = found if isinstance(found, (list, tuple)) else [found]
        for got, expected in zip(found, predictions(model, arrays), strict=True):
            np.testing.assert_allclose(got.detach(), expected, rtol=1e-5, atol=1e-6)


def test_the_format_by_name_and_arguments_of_torch(tmp_path):
    model = small()
    model.export(tmp_path / "m.pt2", format="torch", verbose=False, strict=False)
    assert torch.export.load(tmp_path / "m.pt2").module()(torch.ones(2, 4)).shape == (2, 2)
    with pytest.raises(TypeError, match="Unsupported arguments for a program of torch: \\['opset_version'\\]"):
        model.export(tmp_path / "m.pt2", opset_version=18)
    with pytest.raises(ValueError, match="ends in '.pt2'"):
        model.export(tmp_path / "m.bin", format="torch")


# --- ONNX ---


def run(path, arrays):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(path)
    return session, session.run(None, dict(zip([i.name for i in session.get_inputs()], arrays, strict=True)))


@pytest.fixture
def onnx():
    pytest.importorskip("onnxscript")
    return pytest.importorskip("onnx")


@pytest.mark.slow
@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_an_onnx_file_computes_the_same(make, tmp_path, onnx):
    model, shapes = make()
    path = str(tmp_path / "m.onnx")
    model.export(path, verbose=False)
    onnx.checker.check_model(path, full_check=True)
    for batch in (1, 5):
        arrays = inputs_for(model, shapes, batch)
        session, found = run(path, arrays)
        for got, expected in zip(found, predictions(model, arrays), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)
    assert all(one.shape[0] == "batch" for one in session.get_inputs())


def test_names_in_an_onnx_file(tmp_path, onnx):
    model, _ = several_inputs()
    model.export(tmp_path / "m.onnx", verbose=False)
    graph = onnx.load(tmp_path / "m.onnx").graph
    assert [one.name for one in graph.input] == ["left", "right"]
    assert [one.name for one in graph.output] == ["one", "two"]
    sizes = [[d.dim_param or d.dim_value for d in one.type.tensor_type.shape.dim] for one in graph.input]
    assert sizes == [["batch", 4], ["batch", 6]]


def test_a_signature(tmp_path, onnx):
    model = small()
    model.export(tmp_path / "m.onnx", input_signature=[keras.InputSpec(shape=(8, 4), dtype="float32")], verbose=False)
    graph = onnx.load(tmp_path / "m.onnx").graph
    assert [d.dim_value for d in graph.input[0].type.tensor_type.shape.dim] == [8, 4]
    model.export(tmp_path / "m.onnx", input_signature=[torch.ones(3, 4)], verbose=False, opset_version=20)
    loaded = onnx.load(tmp_path / "m.onnx")
    assert [d.dim_param or d.dim_value for d in loaded.graph.input[0].type.tensor_type.shape.dim] == ["batch", 4]
    assert loaded.opset_import[0].version == 20


def test_stable_sorting_in_onnx(tmp_path, onnx):
    for dtype in ("float32", "int32"):
        inputs = keras.Input((9,), dtype=dtype)
        order = layers.Lambda(lambda x: torch.argsort(x, dim=1, descending=True, stable=True).float())
        model = keras.Model(inputs, order(inputs))
        model.export(tmp_path / "m.onnx", verbose=False)
        values = np.array([[1, 0.5, 1, 0, 0.5, 3, -1, 0, 1]]).astype(dtype)
        _, (found,) = run(tmp_path / "m.onnx", [values])
        np.testing.assert_array_equal(found, np.argsort(-values, axis=1, kind="stable"))


# --- both ---


def test_an_export_changes_nothing_and_says_where(tmp_path, capsys):
    model = small()
    model.train()
    model.layers[1].eval()
    before = [module.training for module in model.modules()]
    model.export(tmp_path / "deeper" / "m.pt2")
    assert capsys.readouterr().out == f"Saved artifact at '{tmp_path / 'deeper' / 'm.pt2'}'.\n"
    assert [module.training for module in model.modules()] == before
    assert os.listdir(tmp_path / "deeper") == ["m.pt2"]


@pytest.mark.parametrize(
    ("name", "format", "words"),
    [
        ("folder", None, "'tf_saved_model' is for TensorFlow.*'onnx'.*'torch'.*use `model.save`"),
        ("folder", "tf_saved_model", "there is no format 'tf_saved_model'.*TensorFlow"),
        ("m.xml", "openvino", "OpenVINO"),
        ("m.tflite", "litert", "LiteRT"),
        ("m.tflite", None, "the ending of .* names no format"),
        ("m.onnx", "tensorrt", "there is no format 'tensorrt'"),
    ],
)
def test_formats_that_there_are_not(name, format, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        small().export(tmp_path / name, format=format)
    assert not os.listdir(tmp_path)


def test_what_cannot_be_exported(tmp_path):
    class Plain(keras.Model):
        def call(self, x):
            return x * 2

    with pytest.raises(ValueError, match="has never been called.*input_signature"):
        Plain().export(tmp_path / "m.pt2")
    Plain().export(tmp_path / "m.pt2", input_signature=[keras.InputSpec(shape=(None, 3))], verbose=False)
    assert torch.export.load(tmp_path / "m.pt2").module()(torch.ones(4, 3)).sum() == 24

    texts = keras.Sequential([keras.Input((1,), dtype="string"), layers.TextVectorization(vocabulary=["a", "b"])])
    with pytest.raises(ValueError, match="takes texts"):
        texts.export(tmp_path / "m.pt2")

    open_steps = keras.Sequential([keras.Input((None, 3)), layers.LSTM(2)])
    with pytest.raises(ValueError, match=r"size of axis 1 of the input .* left open.*shape=\(None, …, 3\)"):
        open_steps.export(tmp_path / "l.pt2")
    open_steps.export(tmp_path / "l.pt2", input_signature=[keras.InputSpec(shape=(None, 6, 3))], verbose=False)
    x = torch.rand(4, 6, 3)
    found = torch.export.load(tmp_path / "l.pt2").module()(x)
    np.testing.assert_allclose(found.detach(), open_steps.predict(x, verbose=0), rtol=1e-5)

    class Looks(keras.Model):
        def call(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(ValueError, match="cannot be exported. torch.export says"):
        Looks().export(tmp_path / "n.pt2", input_signature=[keras.InputSpec(shape=(None, 3))])


def test_a_missing_library(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ImportError, match="`pip install onnx onnxscript`"):
        small().export(tmp_path / "m.onnx")


def test_an_interruption_leaves_the_file_before(tmp_path, monkeypatch):
    small().export(tmp_path / "m.pt2", verbose=False)
    before = (tmp_path / "m.pt2").read_bytes()

    def half(program, file):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch.export, "save", half)
    with pytest.raises(KeyboardInterrupt):
        small().export(tmp_path / "m.pt2")
    assert (tmp_path / "m.pt2").read_bytes() == before
    assert os.listdir(tmp_path) == ["m.pt2"]


def test_dicts_name_inputs_and_outputs_and_no_name_comes_twice(tmp_path, onnx):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return {"sum": self.dense(x["left"]) + x["right"], "right": x["right"]}

    model = Own()
    x = {"left": np.ones((3, 4), "float32"), "right": np.arange(6, dtype="float32").reshape(3, 2)}
    expected = {name: value.detach().numpy() for name, value in model(x).items()}
    model.export(tmp_path / "m.onnx", verbose=False)
    session, _ = run(tmp_path / "m.onnx", list(x.values()))
    assert [one.name for one in session.get_inputs()] == ["left", "right"]
    # An input that is an output, too, cannot have the same name again.
    found = dict(zip([one.name for one in session.get_outputs()], session.run(None, x), strict=True))
    assert set(found) == {"sum", "right_1"}
    np.testing.assert_allclose(found["sum"], expected["sum"], rtol=1e-6)
    np.testing.assert_array_equal(found["right_1"], x["right"])


def test_an_opset_that_cannot_be_written_is_an_error(tmp_path, onnx):
    with pytest.raises(ValueError, match="operators of version 99, only of version 18"):
        small().export(tmp_path / "m.onnx", opset_version=99)
    with pytest.raises(TypeError, match="must be an integer. Received: '18'"):
        small().export(tmp_path / "m.onnx", opset_version="18")
    assert not os.listdir(tmp_path)


def test_a_program_runs_where_this_library_is_not(tmp_path):
    model = small()
    model.export(tmp_path / "m.pt2", verbose=False)
    x = np.random.default_rng(0).random((3, 4)).astype("float32")
    np.save(tmp_path / "x.npy", x)
    code = (
        "import sys; sys.modules['torchkeras'] = None\n"
        "import numpy, torch\n"
        "found = torch.export.load('m.pt2').module()(torch.from_numpy(numpy.load('x.npy')))\n"
        "numpy.save('y.npy', found.detach().numpy())\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), model.predict(x, verbose=0), rtol=1e-6)
