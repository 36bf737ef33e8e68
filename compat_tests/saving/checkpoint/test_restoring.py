"""Checkpoints of ours into models: what fits, what does not, what comes later."""

import os

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import tensorflow as tf
from torchkeras.saving.containers.bundle import files_of, open_bundle
from torchkeras.saving.errors import UnreadableFile

layers = keras.layers


def small(units=4, last=2, between=(), inputs=3, name=None):
    made = [keras.Input((inputs,)), layers.Dense(units, activation="relu", name="first"), *between]
    return keras.Sequential([*made, layers.Dense(last, name="last")], name=name)


def data(inputs=3, outputs=2):
    random = np.random.default_rng(0)
    return random.normal(size=(8, inputs)).astype("float32"), random.normal(size=(8, outputs)).astype("float32")


def trained(model, optimizer="adam"):
    model.compile(optimizer, "mse")
    model.fit(*data(), epochs=2, verbose=0)
    return model


def saved(model, path):
    model.save_weights(str(path))
    return str(path)


def same(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# --- the files ---


@pytest.mark.parametrize("name", ["weights", "weights.ckpt", "weights.tf", "cp-{0.97}", "with.dots"])
def test_which_files_are_written(tmp_path, name):
    path = saved(small(), tmp_path / "folder" / name)
    assert sorted(os.listdir(tmp_path / "folder")) == sorted(
        ["checkpoint", f"{name}.data-00000-of-00001", f"{name}.index"]
    )
    text = (tmp_path / "folder" / "checkpoint").read_text()
    assert text == f'model_checkpoint_path: "{name}"\nall_model_checkpoint_paths: "{name}"\n'
    assert tf.train.latest_checkpoint(str(tmp_path / "folder")) == path


def test_the_format_by_name(tmp_path):
    model = small()
    model.save_weights(str(tmp_path / "w"), save_format="tf")
    assert os.path.exists(tmp_path / "w.index")
    other = small()
    other.load_weights(str(tmp_path / "w"))
    same(model, other)
    with pytest.raises(FileExistsError):
        model.save_weights(str(tmp_path / "w"), overwrite=False)


def test_the_callback_of_the_tutorials(tmp_path):
    model = small()
    model.compile("adam", "mse")
    path = str(tmp_path / "training" / "cp-{epoch:04d}.ckpt")
    callback = keras.callbacks.ModelCheckpoint(filepath=path, save_weights_only=True, verbose=0)
    model.fit(*data(), epochs=3, verbose=0, callbacks=[callback])
    latest = tf.train.latest_checkpoint(str(tmp_path / "training"))
    assert latest == path.format(epoch=3)
    other = small()
    other.load_weights(latest).expect_partial()
    same(model, other)
    other.load_weights(path.format(epoch=1))
    assert not np.array_equal(other.get_weights()[0], model.get_weights()[0])


def test_a_file_that_is_replaced_leaves_no_others(tmp_path):
    for _ in range(3):
        model = trained(small())
        path = saved(model, tmp_path / "w")
    assert len(files_of(path)) == 2
    other = small()
    other.load_weights(path)
    same(model, other)


# --- into models ---


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_training_goes_on(tmp_path, optimizer):
    model = trained(small(), optimizer)
    path = saved(model, tmp_path / "w")
    other = small()
    other.compile(optimizer, "mse")
    status = other.load_weights(path)
    for _ in range(2):
        assert model.train_on_batch(*data()) == other.train_on_batch(*data())
    status.assert_consumed().assert_existing_objects_matched().expect_partial()
    again = trained(small(), optimizer)  # whose optimizer has its variables already
    again.load_weights(path).assert_consumed()


def test_a_subclassed_model_before_its_first_call(tmp_path):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [layers.Dense(3), layers.Dense(3)]
            self.heads = {"a": layers.Dense(2)}

        def build(self, input_shape):
            self.late = layers.Dense(3)
            self.scale = self.add_weight(name="scale", shape=(3,), initializer="random_normal")
            super().build(input_shape)

        def call(self, x):
            for block in self.blocks:
                x = block(x)
            return self.heads["a"](self.late(x) * self.scale)

    model = trained(Net())
    path = saved(model, tmp_path / "w")
    with open_bundle(path) as bundle:
        keys = {key.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE") for key in bundle}
    assert {"blocks/0/kernel", "heads/a/bias", "late/kernel", "scale"} <= keys
    other = Net()
    other.compile("adam", "mse")
    status = other.load_weights(path)
    np.testing.assert_array_equal(other.predict(data()[0], verbose=0), model.predict(data()[0], verbose=0))
    assert model.train_on_batch(*data()) == other.train_on_batch(*data())
    status.assert_consumed()


def test_the_values_come_though_the_files_are_gone(tmp_path):
    model = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    expected = model(data()[0]).numpy()
    path = saved(model, tmp_path / "w")
    other = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    other.load_weights(path)
    for file in files_of(path):
        os.remove(file)
    np.testing.assert_array_equal(other(data()[0]).numpy(), expected)


def test_layers_without_weights_do_not_count(tmp_path):
    path = saved(small(), tmp_path / "w")
    other = small(between=[layers.Dropout(0.5), layers.ReLU()])
    other.load_weights(path).assert_existing_objects_matched()
    third = small()
    third.load_weights(saved(other, tmp_path / "v"))
    same(other, third)


def test_tied_variables(tmp_path):
    one = tf.Variable(3.0)
    path = tf.train.Checkpoint(a=one, b=one).write(str(tmp_path / "t"))
    assert [key for key, _ in tf.train.list_variables(path)][1:] == ["a/.ATTRIBUTES/VARIABLE_VALUE"]
    a, b = tf.Variable(0.0), tf.Variable(0.0)
    with pytest.warns(UserWarning, match="Inconsistent references"):
        tf.train.Checkpoint(a=a, b=b).read(path)
    assert (float(a), float(b)) == (3.0, 0.0)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_other_dtypes_are_kept_and_cast(tmp_path, dtype):
    value = tf.Variable(tf.constant([1.5, -0.25], dtype))
    path = tf.train.Checkpoint(v=value).write(str(tmp_path / "d"))
    assert tf.train.load_checkpoint(path).get_variable_to_dtype_map()["v/.ATTRIBUTES/VARIABLE_VALUE"] == dtype
    np.testing.assert_array_equal(tf.train.load_variable(path, "v/.ATTRIBUTES/VARIABLE_VALUE"), [1.5, -0.25])
    for into in (dtype, "float32"):
        other = tf.Variable(tf.zeros(2, into))
        tf.train.Checkpoint(v=other).read(path)
        np.testing.assert_array_equal(np.asarray(other.numpy(), "float32"), [1.5, -0.25])
    with pytest.raises(ValueError, match=f"dtype {dtype} in the checkpoint, int32 in the program"):
        tf.train.Checkpoint(v=tf.Variable([1, 2])).read(path)


# --- what does not fit ---


def test_a_model_that_differs_is_told_by_its_layers(tmp_path):
    path = saved(small(units=4), tmp_path / "w")
    other = small(units=5)
    before = other.get_weights()
    with pytest.raises(ValueError, match="incompatible tensor with shape") as caught:
        other.load_weights(path)
    text = str(caught.value)
    assert "'kernel' of the layer 'first' (Dense): shape (3, 4) in the checkpoint, (3, 5) in the program" in text
    assert "'kernel' of the layer 'last' (Dense): shape (4, 2) in the checkpoint, (5, 2) in the program" in text
    for a, b in zip(before, other.get_weights(), strict=True):  # nothing was taken by halves
        np.testing.assert_array_equal(a, b)


def test_what_does_not_fit_may_be_skipped(tmp_path):
    model = small(last=2)
    path = saved(model, tmp_path / "w")
    other = small(last=7)
    with pytest.warns(UserWarning, match="Skipping .*'kernel' of the layer 'last'"):
        other.load_weights(path, skip_mismatch=True)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])


def test_by_name_is_not_for_checkpoints(tmp_path):
    path = saved(small(), tmp_path / "w")
    with pytest.raises(NotImplementedError, match="topology"):
        small().load_weights(path, by_name=True)


def test_another_kind_of_optimizer_starts_anew(tmp_path):
    path = saved(trained(small(), "adam"), tmp_path / "w")
    other = trained(small(), keras.optimizers.SGD(momentum=0.9))
    with pytest.warns(UserWarning, match="starts anew"):
        other.load_weights(path)


def test_a_model_with_nothing_in_common(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.0)).write(str(tmp_path / "v"))
    with pytest.raises(AssertionError, match="Nothing to load"):
        small().load_weights(path)


def test_status(tmp_path):
    path = saved(trained(small()), tmp_path / "w")
    status = small().load_weights(path)  # without an optimizer
    status.assert_existing_objects_matched()
    with pytest.raises(AssertionError, match="optimizer/_iterations"):
        status.assert_consumed()
    more = small(between=[layers.Dense(4, name="more")], last=4)
    with pytest.raises(ValueError, match="incompatible"):
        more.load_weights(path)


def test_whole_models_are_not_in_checkpoints(tmp_path):
    path = saved(small(), tmp_path / "w")
    with pytest.raises(UnreadableFile, match="weights alone"):
        keras.models.load_model(path)


def test_checkpoints_of_tensorflow_1_have_no_objects():
    path = os.path.join(os.path.dirname(__file__), "..", "containers", "data", "version1")
    with pytest.raises(UnreadableFile, match="TensorFlow 1"):
        small().load_weights(path)
    with pytest.raises(tf.errors.NotFoundError, match="go by names"):
        tf.train.Checkpoint(v=tf.Variable(1.0)).restore(path)
    assert tf.train.list_variables(path) == [("step", []), ("w", [5, 3])]
    assert tf.train.load_checkpoint(path).get_tensor("step") == 7
