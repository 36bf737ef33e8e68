"""Folders that ask for what none may: files elsewhere, more memory than they are large, code."""

import contextlib
import json
import os
import shutil

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.saved_model.models import make_class
from compat_tests.saving.saved_model.test_loading import DATA
from torchkeras.records.graph_def import GraphDef
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.saved_model import vocabularies
from torchkeras.saving.saved_model.messages import SavedMetadata, SavedModel


@pytest.fixture
def copied(tmp_path):
    """A function that copies one of the kept folders to where it can be changed."""

    def copy(name):
        return shutil.copytree(os.path.join(DATA, name), tmp_path / "m")

    return copy


def load(path, **kwargs):
    return keras.models.load_model(path, compile=False, **kwargs)


def describe(folder, change):
    """Changes the description of the model."""
    path = folder / "keras_metadata.pb"
    metadata = SavedMetadata.FromString(path.read_bytes())
    content = json.loads(metadata.nodes[0].metadata)
    change(content)
    metadata.nodes[0].metadata = json.dumps(content)
    path.write_bytes(metadata.SerializeToString())


# --- files elsewhere ---


@pytest.mark.parametrize(
    "name", ["keras_metadata.pb", "variables/variables.index", "variables/variables.data-00000-of-00001", "variables"]
)
def test_links_out_of_the_folder(name, copied, tmp_path):
    folder = copied("2.21/sequential")
    os.rename(folder / name, tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnreadableFile, match="is a link to .*elsewhere.*cp -rL"):
        load(folder)


def test_links_of_what_is_read_at_times(copied, tmp_path):
    folder = copied("2.21/from_file")
    os.rename(folder / "assets" / "words.txt", tmp_path / "secret.txt")
    (folder / "assets" / "words.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(UnreadableFile, match="is a link to .*secret.txt"):
        load(folder)
    shutil.rmtree(folder)
    folder = copied("2.4/sequential")
    os.rename(folder / "saved_model.pb", tmp_path / "elsewhere.pb")
    (folder / "saved_model.pb").symlink_to(tmp_path / "elsewhere.pb")
    with pytest.raises(UnreadableFile, match="is a link to .*elsewhere.pb"):
        load(folder)


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/hostname", "..", "", "a/../../secret.txt", "words\0.txt", "gone.txt"]
)
def test_names_of_assets(name, copied, tmp_path):
    folder = copied("2.21/from_file")
    (tmp_path / "secret.txt").write_text("secret")
    path = folder / "saved_model.pb"
    saved = SavedModel.FromString(path.read_bytes())
    saved.meta_graphs[0].asset_file_def[0].filename = name
    path.write_bytes(saved.SerializeToString())
    with pytest.raises(UnreadableFile, match="Cannot read .*(is no file of it|it has no)"):
        load(folder)


@pytest.mark.parametrize("kind", ["StringLookup", "Custom>StringLookup"])
def test_a_vocabulary_given_as_a_path(kind, copied, tmp_path):
    """Neither the one in the file nor its address is opened."""
    (tmp_path / "secret.txt").write_text("secret\nwords\n")
    folder = copied("2.21/from_file")

    def change(content):
        for layer in content["config"]["layers"]:
            if layer["class_name"] == "StringLookup":
                layer["config"]["vocabulary"] = str(tmp_path / "secret.txt")
                layer["class_name"] = kind

    describe(folder, change)
    assert load(folder).layers[1].get_vocabulary() == ["[UNK]", "red", "green", "blue"]


# --- memory ---


def test_weights_of_which_the_folder_holds_none(copied):
    folder = copied("2.21/sequential")
    describe(folder, lambda content: content["config"]["layers"][1]["config"].update(units=10**9))
    with pytest.raises(UnreadableFile, match=r"The weight 'kernel' of the layer 'dense' would have the shape \(4, 10"):
        load(folder)


def test_a_shape_beyond_all_numbers(copied):
    folder = copied("2.21/own_class")

    def change(content):
        content["full_save_spec"]["items"][0][0]["serialized"]["items"][0]["items"] = [None, 2**62]
        content["build_input_shape"] = {"class_name": "TensorShape", "items": [None, 2**62]}

    describe(folder, change)
    metadata = SavedMetadata.FromString((folder / "keras_metadata.pb").read_bytes())
    for node in metadata.nodes[1:]:
        node.metadata = node.metadata.replace("[null, 4]", f"[null, {2**62}]").replace("[4, 4]", f"[4, {2**62}]")
    (folder / "keras_metadata.pb").write_bytes(metadata.SerializeToString())
    with pytest.raises(ValueError):  # noqa: PT011 - it is met in one of several places
        load(folder, custom_objects={"Own": make_class(keras)})


def test_a_constant_that_repeats_few_values(copied):
    folder = copied("2.21/texts")
    path = folder / "saved_model.pb"
    saved = SavedModel.FromString(path.read_bytes())
    graph = GraphDef.FromString(saved.meta_graphs[0].graph_def.SerializeToString())
    for node in graph.node:
        tensor = node.attr["value"].tensor
        if len(tensor.tensor_shape.dim):
            tensor.tensor_shape.dim[0].size = 2**40
    saved.meta_graphs[0].graph_def.ParseFromString(graph.SerializeToString())
    path.write_bytes(saved.SerializeToString())
    with pytest.raises(UnreadableFile, match="is said to hold 1099511627776 values in"):
        load(folder)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"class_name": ' * 50_000, "", "null", "3", '{"class_name": 3}', "{"])
def test_descriptions_that_are_none(text, copied):
    folder = copied("2.21/sequential")
    path = folder / "keras_metadata.pb"
    metadata = SavedMetadata.FromString(path.read_bytes())
    metadata.nodes[0].metadata = text
    path.write_bytes(metadata.SerializeToString())
    with pytest.raises(UnreadableFile, match="Cannot"):
        load(folder)


# --- code ---


@pytest.mark.parametrize("name", ["os>system", "builtins.exec", "Lambda", "subprocess.Popen"])
def test_classes_that_are_none(name, copied, tmp_path):
    folder = copied("2.21/sequential")
    mark = str(tmp_path / "ran")

    def change(content):
        content["config"]["layers"][1] = {
            "class_name": name,
            "module": "os",
            "registered_name": name,
            "config": {"name": "x", "function": f"__import__('os').mkdir({mark!r})", "cmd": f"touch {mark}"},
        }

    describe(folder, change)
    with pytest.raises(ValueError):  # noqa: PT011 - it says what the name is not
        load(folder)
    assert not os.path.exists(mark)


# --- damage ---


def test_truncated_files(copied):
    for name, file in [
        ("2.21/texts", "keras_metadata.pb"),
        ("2.21/texts", "saved_model.pb"),
        ("2.4/sequential", "saved_model.pb"),
        ("2.21/texts", "variables/variables.index"),
        ("2.21/texts", "variables/variables.data-00000-of-00001"),
    ]:
        folder = copied(name)
        whole = (folder / file).read_bytes()
        for size in (0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1):
            (folder / file).write_bytes(whole[:size])
            with pytest.raises(UnreadableFile, match="Cannot"):
                load(folder)
        os.remove(folder / file)
        if (name, file) != ("2.4/sequential", "saved_model.pb"):
            with pytest.raises((UnreadableFile, FileNotFoundError)):
                load(folder)
        shutil.rmtree(folder)


def test_files_that_do_not_belong_together(copied):
    folder = copied("2.21/sequential")
    shutil.rmtree(folder / "variables")
    shutil.copytree(os.path.join(DATA, "2.21/functional/variables"), folder / "variables")
    with pytest.raises(ValueError, match="do not fit|does not fit"):
        load(folder)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["2.21/sequential", "2.21/texts", "2.4/functional"])
def test_random_changes(name, copied):
    """A changed byte leads to an error of ours, or to a model."""
    folder = copied(name)
    random = np.random.default_rng(0)
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".npz" and p.name != "fingerprint.pb"]
    held = {path: path.read_bytes() for path in files}
    for _ in range(700):
        path = files[random.integers(len(files))]
        changed = bytearray(held[path])
        for _ in range(random.integers(1, 5)):
            changed[random.integers(len(changed))] = random.integers(256)
        path.write_bytes(changed)
        with contextlib.suppress(ValueError):
            keras.models.load_model(folder)
        path.write_bytes(held[path])


def test_a_vocabulary_of_no_reasonable_size(copied, monkeypatch):
    folder = copied("2.21/from_file")
    monkeypatch.setattr(vocabularies, "_MOST_TEXT", 3)
    with pytest.raises(UnreadableFile, match="words.txt.*more than the 3 bytes"):
        load(folder)
