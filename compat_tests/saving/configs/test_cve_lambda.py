"""Bytecode in a config: CVE-2024-3660, CVE-2025-9905 (.h5), CVE-2026-12481 (an unset safe mode taken as off)."""

import base64
import json
import marshal

import pytest

import torchkeras as keras
from compat_tests.saving.configs import doors
from torchkeras.core.bytecode import code_of_function
from torchkeras.core.safe_mode import in_safe_mode, safe_mode_scope


def payload(canary):
    source = f"lambda x: (open({str(canary)!r}, 'w').write('run'), x)[1]"
    return code_of_function(eval(source), "the payload")


def keras_2(code, **changes):
    config = {"name": "evil", "trainable": True, "dtype": "float32", "arguments": {}, "module": "__main__"}
    return {"class_name": "Lambda", "config": config | {"function": code, "function_type": "lambda"} | changes}


def keras_3(code, **changes):
    content = {"code": code[0], "defaults": code[1], "closure": code[2]}
    function = {"class_name": "__lambda__", "config": content}
    config = {"name": "evil", "trainable": True, "function": function, "arguments": {}}
    return {"module": "keras.layers", "class_name": "Lambda", "config": config | changes, "registered_name": None}


FORMS = [keras_2, keras_3]
AROUND = [doors.model_around, doors.stack_of]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", AROUND)
def test_it_is_not_run(door, canary, form, around):
    assert in_safe_mode()
    with pytest.raises(ValueError, match=r"'evil' was saved with the bytecode.*`safe_mode=False`"):
        door(around(form(payload(canary))))


@pytest.mark.parametrize("way", list(doors.functions()))
@pytest.mark.parametrize("key", ["output_shape", "mask"])
def test_nor_that_of_other_functions(tmp_path, canary, way, key):
    code = payload(canary)
    changed = {"function": "relu", "function_type": "function", key: code, f"{key}_type": "lambda"}
    config = doors.model_around(keras_2(code, **changed))
    if key == "mask":
        with pytest.raises(ValueError, match="bytecode of its mask"):
            doors.ALL[way](config, tmp_path)
    else:
        doors.ALL[way](config, tmp_path)  # found out by trying, without the code


@pytest.mark.parametrize(
    ("key", "class_name"), [("activation", "Dense"), ("kernel_initializer", "Dense"), ("activity_regularizer", "Dense"),
                        ("activation", "Activation"), ("standardize", "TextVectorization"),
                        ("split", "TextVectorization")]
)  # fmt: skip
def test_nor_in_any_other_argument(canary, key, class_name):
    code = payload(canary)
    for content in ({"value": code}, {"code": code[0], "defaults": None, "closure": None}):
        hidden = {"class_name": "__lambda__", "config": content}
        config = {"name": "evil", "units": 2} if class_name == "Dense" else {"name": "evil"}
        with pytest.raises(ValueError, match="holds the bytecode of a Python function"):
            keras.layers.deserialize({"class_name": class_name, "config": config | {key: hidden}})


def test_nor_in_the_settings_of_compile(canary):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    hidden = {"class_name": "__lambda__", "config": {"value": payload(canary)}}
    for settings in ({"optimizer": "sgd", "loss": hidden}, {"optimizer": "sgd", "loss": "mse", "metrics": [hidden]}):
        with pytest.raises(ValueError, match="bytecode"):
            model.compile_from_config(settings)


def test_nor_among_the_arguments_of_a_call(door, canary):
    hidden = {"class_name": "__lambda__", "config": {"value": payload(canary)}}
    history = {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}
    call = {"args": [history], "kwargs": {"function": hidden}}
    with pytest.raises(ValueError, match="bytecode"):
        door(doors.model_around({"class_name": "Dense", "config": {"name": "d", "units": 2}}, [call]))


def test_only_the_caller_switches_it_off(canary):
    code = code_of_function(lambda x, k=2.0: x * k, "the function")
    for form in FORMS:
        config = doors.model_around(form(code))
        text = json.dumps(config)
        x = keras.ops.ones((1, 4))
        assert keras.models.model_from_json(text, safe_mode=False)(x).tolist() == [[2.0] * 4]
        assert keras.layers.deserialize(config, safe_mode=False)(x).tolist() == [[2.0] * 4]
        assert keras.saving.deserialize_keras_object(config, safe_mode=False)(x).tolist() == [[2.0] * 4]
        with safe_mode_scope(False):
            assert keras.Model.from_config(config["config"])(x).tolist() == [[2.0] * 4]
        with safe_mode_scope(False), pytest.raises(ValueError, match="bytecode"):
            keras.layers.deserialize(config, safe_mode=True)
        with pytest.raises(ValueError, match="bytecode"):
            keras.layers.deserialize(config)


@pytest.mark.parametrize("ending", [".pt", ".keras", ".h5"])
def test_a_saved_lambda_loads_where_it_is_asked_for(tmp_path, ending):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x * 3.0 + 1.0, name="thrice")(inputs))
    path = tmp_path / f"model{ending}"
    model.save(path)
    with pytest.raises(ValueError, match=r"'thrice'.*`safe_mode=False`"):
        keras.models.load_model(path)
    again = keras.models.load_model(path, compile=False, safe_mode=False)
    assert again(keras.ops.ones((1, 4))).tolist() == [[4.0] * 4]


def test_copies_of_a_model_run_no_config(canary):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs))
    assert keras.models.clone_model(model)(keras.ops.ones((1, 4))).tolist() == [[2.0] * 4]


def test_code_of_another_python_is_refused():
    code = code_of_function(lambda x: x * 2, "the function")
    raw = bytearray(base64.b64decode(code[0]))
    of_3_8 = (
        "4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMIAAAAfABkARQAUwCpAk7pAgAAAKkA\n"
        "2gF42gByAgAAAPoBPNoIPGxhbWJkYT4BAAAA8wAAAAA=\n"
    )
    unknown = bytearray(raw)
    unknown[raw.index(b"\x97\x00")] = 255  # the first instruction
    changed = [of_3_8, *(base64.b64encode(bytes(one)).decode() for one in (raw[:-3], raw + b"N", unknown))]
    changed.append(base64.b64encode(marshal.dumps([1, 2])).decode())
    for text in changed:
        config = keras_3([text, None, None])
        with pytest.raises(ValueError, match=r"not of Python 3\.\d+: other versions' does not run here"):
            keras.layers.deserialize(config, safe_mode=False)
    with pytest.raises(ValueError, match="not base64"):
        keras.layers.deserialize(keras_3(["é", None, None]), safe_mode=False)
