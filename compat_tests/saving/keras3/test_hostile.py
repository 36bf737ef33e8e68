"""Archives that were made to do harm, or that are no archives of Keras: one clear line each, and nothing happens."""

import base64
import json
import marshal
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.safe_mode import in_safe_mode
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

DATA = Path(__file__).parent / "data"


@pytest.fixture
def saved(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, activation="relu")])
    model.compile("adam", "mse")
    model.save(tmp_path / "m.keras")
    return tmp_path / "m.keras"


def changed(path, change=None, add=None, leave_out=(), compression=zipfile.ZIP_STORED):
    """The archive with its config changed, members added, others left out."""
    with zipfile.ZipFile(path) as file:
        content = {name: file.read(name) for name in file.namelist()}
    if change is not None:
        config = json.loads(content["config.json"])
        content["config.json"] = json.dumps(change(config) or config).encode()
    content |= add or {}
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, data in content.items():
            if name not in leave_out:
                file.writestr(name, data)
    return path


def refused(path, words, kind=ValueError, **options):
    with pytest.raises(kind, match=words) as caught:
        keras.models.load_model(path, **options)
    return str(caught.value)


def layer(class_name, config=None, **more):
    """Replaces the Dense layer."""

    def change(whole):
        base = {"module": "keras.layers", "class_name": class_name, "config": {"name": "x"} | (config or {})}
        whole["config"]["layers"][-1] = base | {"registered_name": None} | more

    return change


def setting(name, value):
    """Replaces a setting of the Dense layer."""

    def change(whole):
        whole["config"]["layers"][-1]["config"][name] = value

    return change


@pytest.fixture
def trap(tmp_path, monkeypatch):
    """A file that exists once code of an attack has run."""
    sprung = tmp_path / "sprung"
    monkeypatch.setenv("TRAP", str(sprung))
    yield sprung
    assert not sprung.exists()


def bytecode():
    def attack(x):
        import os

        open(os.environ["TRAP"], "w").close()
        return x

    return base64.b64encode(marshal.dumps(attack.__code__)).decode()


LAMBDAS = {
    "3": lambda: {"function": {"class_name": "__lambda__", "config": {"code": bytecode(), "defaults": None,
                                                                     "closure": None}}},
    "2": lambda: {"function": [bytecode(), None, None], "function_type": "lambda", "module": "__main__"},
}  # fmt: skip


@pytest.mark.parametrize("kind", LAMBDAS)
def test_lambdas(kind, saved, trap):
    """CVE-2024-3660."""
    path = changed(saved, layer("Lambda", LAMBDAS[kind]()))
    for options in ({}, {"safe_mode": True}, {"safe_mode": None}):
        text = refused(path, "Lambda|lambda", **options)
        assert "safe_mode=False" in text or "custom_objects" in text


@pytest.mark.parametrize("kind", LAMBDAS)
def test_a_config_that_switches_safety_off(kind, saved, trap):
    """CVE-2025-9906."""

    def change(whole):
        layer("Lambda", LAMBDAS[kind]())(whole)
        off = {
            "module": "keras.config",
            "class_name": "function",
            "config": "enable_unsafe_deserialization",
            "registered_name": "enable_unsafe_deserialization",
        }
        whole["config"]["layers"].insert(
            1,
            {
                "module": "keras.layers",
                "class_name": "Lambda",
                "config": {"name": "off", "function": off},
                "registered_name": None,
            },
        )
        whole["safe_mode"] = whole["config"]["safe_mode"] = False  # fmt: skip

    refused(changed(saved, change), None)
    assert in_safe_mode()


@pytest.mark.parametrize(
    "named",
    [
        {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"},
        {"module": "builtins", "class_name": "exec", "config": {"source": "1"}, "registered_name": None},
        {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
        {"module": "subprocess", "class_name": "Popen", "config": {"args": "id"}, "registered_name": "Popen"},
        {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "function"},
        {"module": "keras.src.utils.file_utils", "class_name": "function", "config": "get_file",
         "registered_name": "get_file"},
        {"module": "torch", "class_name": "function", "config": "load", "registered_name": "function"},
        {"class_name": "__lambda__", "config": {"code": "x", "defaults": None, "closure": None}},
    ],
)  # fmt: skip
def test_names_of_functions(named, saved):
    """CVE-2025-1550, CVE-2025-8747: nothing is imported, and nothing is called with arguments of a file."""
    refused(changed(saved, setting("activation", named)), None)
    refused(changed(saved, setting("kernel_initializer", named)), None)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("TFSMLayer", {"filepath": "/tmp/x", "call_endpoint": "serve"}),
        ("TorchModuleWrapper", {"module": "gASVAAAA", "lazy": False}),
        ("JaxLayer", {"call_fn": None}),
        ("FlaxLayer", {"module": "x"}),
        ("StringLookup", {"vocabulary": "/etc/passwd"}),
        ("TextVectorization", {"vocabulary": "/etc/passwd"}),
        ("IntegerLookup", {"vocabulary": "https://localhost/x"}),
        ("HashedCrossing", {"num_bins": 10**12, "output_mode": "one_hot"}),
        ("load_model", {"filepath": "/tmp/other.keras"}),
    ],
)
def test_layers_that_would_reach_out(name, config, saved):
    """CVE-2025-49655, CVE-2026-1462, CVE-2025-12058."""
    text = refused(changed(saved, layer(name, config)), None)
    assert "root:" not in text


def test_a_class_in_place_of_another(saved):
    @keras.utils.register_keras_serializable("hostile")
    class Evil(layers.Layer):
        def call(self, x):
            return x

    refused(changed(saved, layer("Dense", {"units": 2}, registered_name="hostile>Evil")), "registered_name")


def test_missing_custom_objects(saved):
    @keras.utils.register_keras_serializable("gone")
    class Mine(layers.Layer):
        def call(self, x):
            return x

    change = layer("Mine", module="my_module", registered_name="gone>Theirs")
    text = refused(changed(saved, change), "Mine")
    assert "register_keras_serializable" in text
    assert "custom_objects" in text
    keras.utils.get_custom_objects().pop("gone>Mine")


@pytest.mark.parametrize(
    "settings", [{"units": 10**12}, {"units": 10**6}, {"units": -3}, {"units": 1.5}, {"units": "x"}, {"units": [2]}, {}]
)
def test_settings_that_cannot_be(settings, saved):
    """CVE-2026-0897: weights of any size are asked for, and the file holds eight numbers."""
    refused(changed(saved, layer("Dense", settings)), None)


@pytest.mark.parametrize(
    "config",
    [
        [], 3, "x", None, {}, {"class_name": "Dense", "config": {"units": 2}},
        {"class_name": "Sequential", "config": {"layers": 3}},
        {"class_name": "Functional", "config": {"layers": [], "input_layers": [], "output_layers": []}},
        {"class_name": ["Sequential"], "config": {}}, {"class_name": "Sequential", "config": {"layers": [{}]}},
    ],
)  # fmt: skip
def test_configs_of_another_form(config, saved):
    refused(changed(saved, add={"config.json": json.dumps(config)}), None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 100_000, "nest|not JSON"),
        (b'{"a":' * 100_000, "nest|not JSON"),
    ],
)
def test_texts_of_another_form(content, words, saved):
    refused(changed(saved, add={"config.json": content}), words, UnreadableFile)
    refused(changed(saved, add={"metadata.json": content}), words, UnreadableFile)


def test_newer_files(saved):
    text = refused(
        changed(saved, add={"metadata.json": json.dumps({"keras_version": "4.1.0"})}), "written by Keras 4.1.0",
        UnreadableFile,
    )  # fmt: skip
    assert "Update torchkeras" in text


@pytest.mark.parametrize("version", [None, "", "x", 3, [], "3.99.1", "2.1", "9" * 5000])
def test_versions_of_another_form(version, saved):
    changed(saved, add={"metadata.json": json.dumps({"keras_version": version})})
    assert keras.models.load_model(saved).built


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_a_missing_member(name, saved):
    refused(changed(saved, leave_out=[name]), f"has no '{name}'", UnreadableFile)


def test_without_metadata(saved):
    assert keras.models.load_model(changed(saved, leave_out=["metadata.json"])).built


def test_other_members_are_left_alone(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(os.listdir(tmp_path))
    changed(saved, add={"extra.txt": b"x", "assets/layers/dense/x": b"y", "folder/evil.py": b"import os"})
    assert keras.models.load_model(saved).built
    assert sorted(os.listdir(tmp_path)) == before


def test_names_that_lead_outside(saved, tmp_path):
    """CVE-2025-12060, CVE-2025-12638, CVE-2026-12479."""
    for name in ("../outside", "assets/../../outside", "/outside", "assets\\..\\outside"):
        path = changed(saved, add={name: b"x"})
        refused(path, "outside of the archive", UnsafeFile)
        changed(path, leave_out=[name])
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/evil", "a\\b", "..", "a\0b"])
def test_names_of_layers(name, saved, tmp_path):
    """They are no paths here: a layer lies under its class's name."""
    changed(saved, setting("name", name))
    try:
        model = keras.models.load_model(saved)
    except ValueError:
        return
    model.save(tmp_path / "again.keras")
    with zipfile.ZipFile(tmp_path / "again.keras") as file:
        assert file.namelist() == ["metadata.json", "config.json", "model.weights.h5"]


def test_weights_that_are_bombs(saved):
    """CVE-2026-0897."""
    path = changed(saved, add={"model.weights.h5": bytes(100 << 20)}, compression=zipfile.ZIP_DEFLATED)
    refused(path, "It would fill the memory", UnsafeFile)


@pytest.mark.parametrize("content", [b"", b"x", b"\x89HDF\r\n\x1a\n" + bytes(200)])
def test_weights_of_another_form(content, saved):
    refused(changed(saved, add={"model.weights.h5": content}), r"m\.keras", UnreadableFile)


def test_values_of_another_shape(saved):
    def change(whole):
        whole["config"]["layers"][-1]["config"]["units"] = 3

    text = refused(changed(saved, change), "'kernel' has the shape")
    assert "(3, 3), and (3, 2) was saved" in text


def test_every_part_of_a_file(saved):
    whole = saved.read_bytes()
    for size in range(0, len(whole), 97):
        saved.write_bytes(whole[:size])
        refused(saved, r"m\.keras", UnreadableFile)


def test_changed_bytes(saved):
    """The right model or an error of ours."""
    expected = keras.models.load_model(saved).get_weights()
    whole = saved.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(whole)
        for place in random.integers(0, len(whole), random.integers(1, 4)):
            data[place] = random.integers(256)
        saved.write_bytes(data)
        try:
            found = keras.models.load_model(saved).get_weights()
        except UnreadableFile:
            continue
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)


def test_files_of_real_keras_with_changed_bytes(tmp_path):
    from . import models

    models.classes(keras)
    path = tmp_path / "m.keras"
    random = np.random.default_rng(1)
    for name in ("words_keras", "words_tf_keras"):
        whole = (DATA / f"{name}.keras").read_bytes()
        for _ in range(60):
            data = bytearray(whole)
            data[random.integers(len(whole))] ^= 1 << random.integers(8)
            path.write_bytes(data)
            try:
                model = keras.models.load_model(path)
            except UnreadableFile:
                continue
            assert model.built
