"""A config that names files: CVE-2025-12058, a vocabulary given as a path or URL."""

import pytest

import torchkeras as keras
from compat_tests.saving.configs import doors

CLASSES = ("StringLookup", "IntegerLookup", "TextVectorization")


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("1\n2\n")
    return str(path)


@pytest.mark.parametrize("class_name", CLASSES)
@pytest.mark.parametrize("form", ["text", "bytes", "address"])
def test_a_vocabulary_is_no_file(door, secret, class_name, form):
    named = {"text": secret, "bytes": {"class_name": "__bytes__", "value": secret}, "address": "http://localhost/v"}
    config = {"class_name": class_name, "config": {"name": "evil", "vocabulary": named[form]}}
    with pytest.raises(ValueError, match=f"{class_name} 'evil' names a file as its vocabulary.*`safe_mode=False`"):
        door(doors.model_around(config))
    with pytest.raises(ValueError, match="names a file"):
        getattr(keras.layers, class_name).from_config(config["config"])


@pytest.mark.parametrize("class_name", CLASSES)
def test_nor_for_a_class_made_of_one(secret, class_name):
    own = type("Own", (getattr(keras.layers, class_name),), {})
    config = {"class_name": "Own", "config": {"name": "evil", "vocabulary": secret}}
    with pytest.raises(ValueError, match="names a file"):
        keras.layers.deserialize(config, {"Own": own})


@pytest.mark.parametrize("class_name", CLASSES)
def test_a_program_s_own_file_is_read_and_saved_as_values(secret, class_name):
    layer = getattr(keras.layers, class_name)(vocabulary=secret)
    values = [1, 2] if class_name == "IntegerLookup" else ["1", "2"]
    assert layer.get_config()["vocabulary"] == values
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert again.get_vocabulary() == layer.get_vocabulary()
    trusted = {"class_name": class_name, "config": {"name": "v", "vocabulary": secret}}
    assert keras.layers.deserialize(trusted, safe_mode=False).get_vocabulary() == layer.get_vocabulary()
