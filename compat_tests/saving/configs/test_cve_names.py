"""What a config may name: CVE-2025-1550 (any module), CVE-2025-8747 (functions as gadgets), CVE-2025-9906 (switching
safety off), CVE-2025-49655 (pickled torch modules), CVE-2026-1462 (models from paths), `registered_name`."""

import base64
import os
import pickle
import sys

import pytest

import torchkeras as keras
from compat_tests.saving.configs import doors
from torchkeras.core.safe_mode import in_safe_mode


def layer(class_name, of=None, registered=None, **config):
    return {"module": of, "class_name": class_name, "config": {"name": "evil"} | config, "registered_name": registered}


class Opens:
    """Writes a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.system, (f"touch {self.path}",))


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("os", "system", {"command": "touch CANARY"}),
        ("subprocess", "Popen", {"args": ["touch", "CANARY"]}),
        ("builtins", "open", {"file": "CANARY", "mode": "w"}),
        ("builtins", "eval", {"source": "open('CANARY', 'w')"}),
        ("pathlib", "Path", {}),
        ("torch", "load", {"f": "CANARY"}),
        ("keras.src.utils.file_utils", "get_file", {"fname": "f", "origin": "file:///etc/passwd"}),
        ("keras.utils", "get_file", {"fname": "f", "origin": "file:///etc/passwd"}),
        ("keras.models", "load_model", {"filepath": "CANARY"}),
        ("keras.saving", "load_model", {"filepath": "CANARY"}),
        ("keras.config", "enable_unsafe_deserialization", {}),
        ("keras.src.saving.serialization_lib", "enable_unsafe_deserialization", {}),
        ("torchkeras.core.safe_mode", "enable_unsafe_deserialization", {}),
        ("torchkeras.config", "enable_unsafe_deserialization", {}),
        ("keras.layers", "TFSMLayer", {"filepath": "CANARY", "call_endpoint": "serve"}),
        ("keras.src.export.tfsm_layer", "TFSMLayer", {"filepath": "CANARY"}),
        ("keras_hub.models", "Backbone", {"preset": "CANARY"}),
    ],
)
def test_a_class_of_any_module(door, canary, module, name, arguments):
    replaced = {key: str(canary) if value == "CANARY" else value for key, value in arguments.items()}
    loaded = set(sys.modules)
    for registered in (None, name, f"package>{name}"):
        with pytest.raises(ValueError, match="Unknown|changed"):
            door(doors.model_around(layer(name, module, registered, **replaced)))
    assert in_safe_mode()
    assert not {"subprocess", "keras_hub"} & (set(sys.modules) - loaded)


@pytest.mark.parametrize(
    "name", ["get_file", "load_model", "keras.utils.get_file", "utils.get_file", "models.load_model", "os.system",
             "enable_unsafe_deserialization", "config.enable_unsafe_deserialization", "eval", "__import__",
             "saving.load_model", "builtins.open", "layers.TFSMLayer"]
)  # fmt: skip
@pytest.mark.parametrize("key", ["activation", "kernel_initializer", "kernel_regularizer", "kernel_constraint"])
def test_a_function_of_any_module_for_an_argument(name, key):
    forms = [name, {"module": "keras.utils", "class_name": "function", "config": name, "registered_name": name}]
    forms.append({"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"})
    forms.append({"module": "keras.utils", "class_name": name, "config": {"filepath": "/etc/passwd"}})
    for form in forms:
        with pytest.raises(ValueError, match="Unknown"):
            keras.layers.deserialize(layer("Dense", "keras.layers", units=2, **{key: form}))
    assert in_safe_mode()


@pytest.mark.parametrize("name", ["get_file", "load_model", "os.system", "enable_unsafe_deserialization"])
def test_a_function_for_a_lambda(door, name):
    for function in (
        {"module": "keras.utils", "class_name": "function", "config": name, "registered_name": name},
        {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"},
    ):
        with pytest.raises(ValueError, match="Unknown function of Lambda layer 'evil'"):
            door(doors.model_around(layer("Lambda", "keras.layers", function=function, arguments={"origin": "x"})))


@pytest.mark.parametrize("label", ["tf.io.write_file", "tf.io.read_file", "tf.io.matching_files", "tf.py_function",
                                   "tf.saved_model.load", "tf.raw_ops.WriteFile", "tf.compat.v1.read_file",
                                   "tf.compat.v1.gfile.Copy", "tf.compat.v2.io.write_file", "tf.keras.utils.get_file",
                                   "tf.keras.models.load_model", "torch.load",
                                   "torch.ops.load_library"])  # fmt: skip
def test_a_function_of_the_graph_that_reaches_files(door, canary, label):
    arguments = {"tuple": [str(canary), {"tensor": ["x", 0, 0]}]}
    call = ["_FUNCTION", 0, 0, {"args": arguments, "kwargs": {"dict": {}}}]
    own = {"class_name": "OpLambda", "config": {"name": "evil", "label": label}}
    theirs = {"class_name": "TFOpLambda", "config": {"name": "evil", "function": label.removeprefix("tf.")}}
    with pytest.raises(ValueError, match="not one of tensors|cannot be put into a config"):
        door(doors.model_around(own, [call]))
    if label.startswith("tf."):
        constant = ["_CONSTANT_VALUE", -1, str(canary), {"contents": ["x", 0, 0]}]
        with pytest.raises(ValueError, match="not one of tensors"):
            door(doors.model_around(theirs, [[constant]]))


def test_a_function_of_constants_alone_is_not_computed(door):
    call = ["_FUNCTION", 0, 0, {"args": {"tuple": [[10**9]]}, "kwargs": {"dict": {}}}]
    with pytest.raises(ValueError, match="on constants alone"):
        door(doors.model_around({"class_name": "OpLambda", "config": {"name": "evil", "label": "tf.zeros"}}, [call]))


def test_a_pickled_torch_module(door, canary):
    pickled = base64.b64encode(pickle.dumps(Opens(canary))).decode()
    for module in (pickled, {"class_name": "__bytes__", "config": {"value": pickled}}):
        with pytest.raises(ValueError, match="never done"):
            door(doors.model_around(layer("TorchModuleWrapper", "keras.layers", module=module)))


@keras.utils.register_keras_serializable("config_tests")
class Registered(keras.layers.Layer):
    """A layer of the user's."""

    def call(self, inputs):
        return inputs


class Dense(keras.layers.Layer):
    """One that has the name of Keras's own, and is not registered."""


@pytest.mark.parametrize(
    "config",
    [
        layer("Dense", "keras.layers", "config_tests>Registered", units=2),
        layer("Dense", None, "config_tests>Registered", units=2),
        layer("Dense", "my.module", "config_tests>Registered", units=2),
        layer("Dense", "keras.layers", "other>Thing", units=2),
        layer("Dense", "my.module", "Dense", units=2),
        layer("Dense", "my.module", "other>Dense", units=2),
        layer("Dense", None, "other>Dense", units=2),
        layer("Dense", "os", None, units=2),
    ],
)
def test_a_registered_name_puts_nothing_in_another_s_place(door, config):
    with pytest.raises(ValueError, match="was changed|Unknown layer: 'Dense'"):
        door(doors.model_around(config))


@pytest.mark.parametrize("way", list(doors.functions()))
def test_registered_names_as_they_are_meant(tmp_path, way):
    for module in (None, "my.module", "__main__"):
        config = doors.model_around(layer("Registered", module, "config_tests>Registered"))
        made = doors.ALL[way](config, tmp_path)
        inner = made.layer if way == "in a wrapper" else made
        assert type(inner.layers[1]) is Registered
    own = {"class_name": "Dense", "module": "my.module", "config": {"name": "d"}, "registered_name": "Dense"}
    assert type(keras.layers.deserialize(own, {"Dense": Dense})) is Dense


def test_several_unknown_classes_are_named_together(door):
    config = doors.model_around(layer("First", None, "mine>First"))
    config["config"]["layers"][1:1] = [
        layer("Second", None, "Second", name="s") | {"name": "s", "inbound_nodes": [[["x", 0, 0, {}]]]}
    ]
    with pytest.raises(ValueError, match="register_keras_serializable") as error:
        door(config)
    assert "'Second', 'First'" in str(error.value)
    assert "custom_objects={'Second': Second, 'First': First}" in str(error.value)


def test_a_newer_class_is_named(door):
    with pytest.raises(ValueError, match=r"Unknown layer: 'FlashAttention9'.*register_keras_serializable\(\)"):
        door(doors.model_around(layer("FlashAttention9", "keras.layers")))
