"""Forms that Keras 2.0 to 2.3 and TensorFlow 2.0 to 2.3 wrote, which later ones do not write any more."""

import json
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.configs import doors
from torchkeras.core.registry import serialize
from torchkeras.saving import configs

GRAPH_OPERATIONS = json.loads((Path(__file__).parent / "data" / "graph_operations.json").read_text())


def dense(name="d", **changes):
    initializer = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg",
                   "distribution": "uniform", "seed": None}}  # fmt: skip
    config = {
        "name": name, "trainable": True, "units": 3, "activation": "relu", "use_bias": True,
        "kernel_initializer": initializer, "bias_initializer": {"class_name": "Zeros", "config": {}},
        "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}}, "bias_regularizer": None,
        "activity_regularizer": None,
        "kernel_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2, "axis": 0}},
        "bias_constraint": None,
    }  # fmt: skip
    return {"class_name": "Dense", "config": config | changes}


def test_a_sequential_model_as_a_plain_list():
    config = {"class_name": "Sequential", "config": [dense(batch_input_shape=[None, 4], dtype="float32"), dense("e")]}
    model = keras.models.model_from_json(json.dumps(config | {"keras_version": "2.0.8", "backend": "tensorflow"}))
    assert [w.shape for w in model.weights] == [(4, 3), (3,), (3, 3), (3,)]
    assert model.layers[0].kernel_constraint.max_value == 2


def test_a_functional_model_is_called_model():
    config = doors.model_around(dense()) | {"class_name": "Model", "keras_version": "2.0.8", "backend": "theano"}
    config["config"]["layers"][1]["inbound_nodes"] = [[["x", 0, 0]]]
    assert keras.models.model_from_config(config).count_params() == 15


def test_functional_as_the_module_s_path_says():
    for module in ("keras.engine", "keras.src.engine", "tensorflow.python.keras.engine", "tf_keras.src.engine",
                   "keras.src.models"):  # fmt: skip
        config = doors.model_around(dense()) | {"module": f"{module}.functional", "registered_name": "Functional"}
        assert keras.models.model_from_config(config).count_params() == 15


@pytest.mark.parametrize(("class_name", "own"), [("CuDNNLSTM", "LSTM"), ("CuDNNGRU", "GRU")])
def test_layers_of_cudnn(class_name, own):
    config = {"name": "r", "units": 3, "return_sequences": True, "return_state": False, "go_backwards": False,
              "stateful": False}  # fmt: skip
    layer = keras.layers.deserialize({"class_name": class_name, "config": config})
    assert type(layer).__name__ == own
    assert layer.recurrent_activation is keras.activations.sigmoid
    layer.build((None, 5, 4))
    gates = 12 if own == "LSTM" else 9
    assert [w.shape for w in layer.weights][:2] == [(4, gates), (3, gates)]


def test_gru_before_there_was_reset_after():
    old = {"name": "g", "units": 3, "activation": "tanh", "recurrent_activation": "hard_sigmoid", "implementation": 1}
    assert keras.layers.deserialize({"class_name": "GRU", "config": old}).reset_after is False
    assert keras.layers.deserialize({"class_name": "GRU", "config": {"units": 3}}).reset_after is True


@pytest.mark.parametrize("policy", [
    {"class_name": "Policy", "config": {"name": "float64"}},
    {"module": "keras.mixed_precision", "class_name": "Policy", "config": {"name": "float64"}, "registered_name": None},
    {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float64"}, "registered_name": None},
    {"module": "keras.dtype_policies", "class_name": "FloatDTypePolicy", "config": {"name": "float64"}},
])  # fmt: skip
def test_dtype_policies(policy):
    assert keras.layers.deserialize(dense(dtype=policy)).dtype == "float64"
    inferred = {"class_name": "PolicyV1", "config": {"name": "infer"}}
    assert keras.layers.deserialize(dense(dtype=inferred)).dtype == "float32"


@pytest.mark.parametrize("policy", [
    "mixed_float16",
    {"class_name": "Policy", "config": {"name": "mixed_float16"}},
    {"class_name": "PolicyV1", "config": {"name": "mixed_float16", "loss_scale": {"class_name": "DynamicLossScale"}}},
    {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}, "registered_name": None},
])  # fmt: skip
def test_mixed_policies(policy):
    layer = keras.layers.deserialize(dense(dtype=policy))
    assert (layer.compute_dtype, layer.variable_dtype) == ("float16", "float32")


def test_quantized_layers_are_refused():
    policy = {
        "module": "keras",
        "class_name": "QuantizedDTypePolicy",
        "config": {"mode": "int8", "source_name": "float32"},
    }
    with pytest.raises(ValueError, match="Quantized layers"):
        keras.layers.deserialize(dense(dtype=policy))


def test_settings_that_are_not_known():
    newer = dense(quantization_config=None, some_new_setting=None)
    assert keras.layers.deserialize(newer).units == 3
    with pytest.raises(TypeError, match="some_new_setting"):
        keras.layers.deserialize(dense(some_new_setting=4))


def test_operations_of_a_tensorflow_graph():
    model = keras.models.model_from_json(json.dumps(GRAPH_OPERATIONS["config"]))
    data = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 3, 4)
    np.testing.assert_allclose(model.predict(data), GRAPH_OPERATIONS["predicted"], rtol=1e-5)
    again = keras.models.model_from_config(configs.to_keras3(serialize(model)))
    np.testing.assert_allclose(again.predict(data), GRAPH_OPERATIONS["predicted"], rtol=1e-5)


def test_an_operation_of_a_graph_that_is_not_known():
    config = json.loads(json.dumps(GRAPH_OPERATIONS["config"]))
    config["config"]["layers"][1]["config"]["node_def"]["op"] = "WriteFile"
    with pytest.raises(ValueError, match="'tf_op_layer_Mul' is an operation of a TensorFlow graph, 'WriteFile'"):
        keras.models.model_from_config(config)


def test_settings_of_compile():
    model = keras.models.model_from_config({"class_name": "Sequential", "config": [dense(batch_input_shape=[None, 4])]})
    old = {
        "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.99, "decay": 0.1,
                             "epsilon": 1e-7, "amsgrad": False}},
        "loss": "mean_squared_error", "metrics": ["acc"], "sample_weight_mode": None, "loss_weights": None,
    }  # fmt: skip
    model.compile_from_config(configs.training_from_saved(old))
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    x = np.ones((2, 4), dtype="float32")
    assert len(model.evaluate(x, np.zeros((2, 3), dtype="float32"), verbose=0)) == 2


def test_a_value_of_each_sort():
    values = {
        "t": {"class_name": "__tuple__", "items": [1, {"class_name": "__tuple__", "items": [2]}]},
        "n": {"class_name": "__numpy__", "config": {"value": [[1, 2]], "dtype": "int64"}},
        "b": {"class_name": "__bytes__", "config": {"value": "text"}},
        "e": {"class_name": "__ellipsis__", "config": {}},
        "s": {"class_name": "__slice__", "config": {"start": 1, "stop": None, "step": 2}},
        "h": {"class_name": "TensorShape", "items": [None, 3]},
        "x": {"class_name": "__tensor__", "config": {"value": [1.5], "dtype": "bfloat16"}},
    }
    found = keras.saving.deserialize_keras_object(values)
    assert found["t"] == (1, (2,))
    assert found["n"].tolist() == [[1, 2]]
    assert found["n"].dtype == np.int64
    assert (found["b"], found["e"], found["s"], found["h"]) == (b"text", Ellipsis, slice(1, None, 2), (None, 3))
    assert str(found["x"].dtype) == "torch.bfloat16"
    assert found["x"].tolist() == [1.5]
    with pytest.raises(ValueError, match="arbitrary objects"):
        keras.saving.deserialize_keras_object({"class_name": "__numpy__", "config": {"value": [1], "dtype": "object"}})
