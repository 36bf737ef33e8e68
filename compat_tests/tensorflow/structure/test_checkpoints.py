"""tf.train.Checkpoint and its manager: what is kept, under which names, and when it is given back."""

import os

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import tensorflow as tf
from torchkeras.saving.errors import UnreadableFile


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.l1 = keras.layers.Dense(5)

    def call(self, x):
        return self.l1(x)


class Lazy(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = None

    def __call__(self, x):
        if self.w is None:
            self.w = tf.Variable(np.random.rand(x.shape[-1], 2).astype("float32"), name="w")
        return tf.matmul(x, self.w)


def train(net, optimizer, steps=3):
    x = np.arange(4, dtype="float32")[:, None]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(net(x) - 2.0 * x))
        optimizer.apply_gradients(
            zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables, strict=True)
        )
    return float(loss)


def test_keys_are_tensorflows(tmp_path):
    net, optimizer = Net(), keras.optimizers.Adam(0.1)
    train(net, optimizer, 1)
    checkpoint = tf.train.Checkpoint(step=tf.Variable(1), optimizer=optimizer, net=net)
    path = checkpoint.save(str(tmp_path / "ckpt"))
    assert path == str(tmp_path / "ckpt-1")
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", "ckpt-1.data-00000-of-00001", "ckpt-1.index"]
    shapes = dict(tf.train.list_variables(path))
    assert shapes["net/l1/kernel/.ATTRIBUTES/VARIABLE_VALUE"] == [1, 5]
    assert shapes["net/l1/bias/.ATTRIBUTES/VARIABLE_VALUE"] == [5]
    assert shapes["step/.ATTRIBUTES/VARIABLE_VALUE"] == []
    assert shapes["_CHECKPOINTABLE_OBJECT_GRAPH"] == []
    assert shapes["save_counter/.ATTRIBUTES/VARIABLE_VALUE"] == []
    reader = tf.train.load_checkpoint(str(tmp_path))
    key = "net/l1/kernel/.ATTRIBUTES/VARIABLE_VALUE"
    assert reader.get_variable_to_dtype_map()[key] == tf.float32
    assert reader.has_tensor(key)
    np.testing.assert_array_equal(reader.get_tensor(key), net.l1.kernel.numpy())
    np.testing.assert_array_equal(tf.train.load_variable(path, key), net.l1.kernel.numpy())
    with pytest.raises(tf.errors.NotFoundError):
        reader.get_tensor("nothing")


def test_training_goes_on_where_it_was(tmp_path):
    net, optimizer = Net(), keras.optimizers.Adam(0.1)
    train(net, optimizer)
    path = tf.train.Checkpoint(optimizer=optimizer, net=net).save(str(tmp_path / "ckpt"))
    expected = train(net, optimizer)
    again, fresh = Net(), keras.optimizers.Adam(0.1)
    status = tf.train.Checkpoint(optimizer=fresh, net=again).restore(path)  # neither has any variables yet
    assert train(again, fresh) == pytest.approx(expected, rel=1e-6)
    assert int(fresh.iterations) == int(optimizer.iterations)
    status.assert_existing_objects_matched()


@pytest.mark.parametrize("build", [True, False])
def test_sequential_models(tmp_path, build):
    def make():
        layers = [keras.layers.Dense(3), keras.layers.ReLU(), keras.layers.Dense(2)]
        return keras.Sequential([keras.layers.Input((4,)), *layers] if build else layers)

    x = np.ones((1, 4), "float32")
    model, other = make(), make()
    expected = model(x).numpy()
    path = tf.train.Checkpoint(model).write(str(tmp_path / "m"))
    tf.train.Checkpoint(other).read(path)
    np.testing.assert_array_equal(other(x).numpy(), expected)


def test_values_come_to_what_is_made_later(tmp_path):
    net = Net()
    net.l1.build((None, 1))
    path = tf.train.Checkpoint(net=net).save(str(tmp_path / "ckpt"))
    bias, kernel = tf.Variable(tf.zeros([5]) + 1.0), tf.Variable(tf.zeros([1, 5]))
    layer = tf.train.Checkpoint(bias=bias)
    root = tf.train.Checkpoint(net=tf.train.Checkpoint(l1=layer))
    status = root.restore(tf.train.latest_checkpoint(str(tmp_path)))
    np.testing.assert_array_equal(bias.numpy(), np.zeros(5))
    status.assert_existing_objects_matched()
    with pytest.raises(AssertionError, match="kernel"):
        status.assert_consumed()
    layer.kernel = kernel
    np.testing.assert_array_equal(kernel.numpy(), net.l1.kernel.numpy())
    assert path == tf.train.latest_checkpoint(str(tmp_path))


def test_modules_that_make_their_variables_when_called(tmp_path):
    x = tf.ones((1, 3))
    module, other = Lazy(), Lazy()
    expected = module(x).numpy()
    path = tf.train.Checkpoint(model=module).write(str(tmp_path / "m"))
    tf.train.Checkpoint(model=other).restore(path)
    np.testing.assert_array_equal(other(x).numpy(), expected)


def test_lists_and_dicts(tmp_path):
    save = tf.train.Checkpoint()
    save.listed = [tf.Variable(1.0)]
    save.listed.append(tf.Variable(2.0))
    save.mapped = {"one": save.listed[0]}
    save.mapped["two"] = save.listed[1]
    path = save.save(str(tmp_path / "list"))
    restore, v2 = tf.train.Checkpoint(), tf.Variable(0.0)
    restore.mapped = {"two": v2}
    restore.restore(path)
    assert v2.numpy() == 2.0
    restore.listed = []
    assert repr(restore.listed) == "ListWrapper([])"
    v1 = tf.Variable(0.0)
    restore.listed.append(v1)
    assert v1.numpy() == 1.0


def test_other_objects(tmp_path):
    class Text(tf.train.experimental.PythonState):
        def __init__(self, text):
            self.text = text

        def serialize(self):
            return self.text

        def deserialize(self, string_value):
            self.text = string_value

    metric, text = keras.metrics.Mean(), Text("kept")
    metric.update_state([1.0, 3.0])
    iterator = iter(tf.data.Dataset.range(5))
    next(iterator), next(iterator)
    path = tf.train.Checkpoint(metric=metric, text=text, iterator=iterator).write(str(tmp_path / "o"))
    metric.reset_state()
    text.text = "other"
    again = iter(tf.data.Dataset.range(5))
    tf.train.Checkpoint(metric=metric, text=text, iterator=again).read(path)
    assert float(metric.result()) == 2.0
    assert text.text == b"kept"  # as in TensorFlow
    assert int(next(again)) == 2
    with pytest.raises(ValueError, match="trackable"):
        tf.train.Checkpoint(number=3)


def test_shapes_that_differ_are_an_error(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0])).write(str(tmp_path / "v"))
    with pytest.raises(ValueError, match="incompatible tensor with shape"):
        tf.train.Checkpoint(v=tf.Variable([1.0])).restore(path)


def test_unmatched_variables(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.0)).write(str(tmp_path / "v"))
    status = tf.train.Checkpoint(w=tf.Variable(1.0)).restore(path)
    with pytest.raises(AssertionError, match="not bound to checkpointed values"):
        status.assert_existing_objects_matched()
    status.expect_partial()


def test_missing_and_damaged_files(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    assert checkpoint.restore(None) is not None
    with pytest.raises(tf.errors.NotFoundError):
        checkpoint.restore(str(tmp_path / "nothing"))
    path = checkpoint.write(str(tmp_path / "v"))
    with open(f"{path}.data-00000-of-00001", "wb") as file:
        file.write(b"damaged")
    with pytest.raises(tf.errors.DataLossError):
        checkpoint.restore(path)
    with open(f"{path}.index", "w") as file:
        file.write("no json")
    with pytest.raises(tf.errors.DataLossError):
        checkpoint.restore(path)
    assert tf.train.latest_checkpoint(str(tmp_path / "no folder")) is None


def test_manager(tmp_path):
    step = tf.Variable(0)
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(step=step), str(tmp_path), max_to_keep=2)
    assert manager.latest_checkpoint is None
    assert manager.checkpoints == []
    for n in range(4):
        step.assign(n)
        assert manager.save() == str(tmp_path / f"ckpt-{n + 1}")
    assert manager.checkpoints == [str(tmp_path / "ckpt-3"), str(tmp_path / "ckpt-4")]
    assert not os.path.exists(tmp_path / "ckpt-1.index")
    assert tf.train.latest_checkpoint(str(tmp_path)) == manager.latest_checkpoint
    step.assign(9)
    again = tf.train.CheckpointManager(tf.train.Checkpoint(step=step), str(tmp_path), max_to_keep=2)
    assert again.restore_or_initialize() == str(tmp_path / "ckpt-4")
    assert int(step) == 3
    assert again.save() == str(tmp_path / "ckpt-5")  # it counts on
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert state.model_checkpoint_path == str(tmp_path / "ckpt-5")
    assert state.all_model_checkpoint_paths == [str(tmp_path / "ckpt-4"), str(tmp_path / "ckpt-5")]


def test_manager_by_steps(tmp_path):
    step, called = tf.Variable(0), []
    manager = tf.train.CheckpointManager(
        tf.train.Checkpoint(step=step), str(tmp_path), 5, step_counter=step, checkpoint_interval=2,
        init_fn=lambda: called.append(1), checkpoint_name="own",
    )  # fmt: skip
    assert manager.restore_or_initialize() is None
    assert called == [1]
    saved = []
    for n in range(5):
        step.assign(n)
        saved.append(manager.save() is not None)
    assert saved == [True, False, True, False, True]
    assert manager.save(check_interval=False, checkpoint_number=40) == str(tmp_path / "own-40")
    with pytest.raises(ValueError, match="positive integer"):
        tf.train.CheckpointManager(tf.train.Checkpoint(), str(tmp_path), 0)


def test_weights_that_a_model_saved(tmp_path):
    model = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    model.save_weights(str(tmp_path / "cp-0001.ckpt"))
    model.save_weights(str(tmp_path / "cp-0002.ckpt"))
    latest = tf.train.latest_checkpoint(str(tmp_path))
    assert latest == str(tmp_path / "cp-0002.ckpt")
    other = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    other.load_weights(latest)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    third = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    tf.train.Checkpoint(third).restore(latest)
    np.testing.assert_array_equal(third.get_weights()[0], model.get_weights()[0])
    model.save_weights(str(tmp_path / "only.pt"))
    assert tf.train.latest_checkpoint(str(tmp_path)) == latest


def test_moving_averages():
    v = tf.Variable(1.0)
    average = tf.train.ExponentialMovingAverage(0.9)
    average.apply([v])
    v.assign(2.0)
    average.apply([v])
    assert float(average.average(v)) == pytest.approx(1.1)
    assert average.average_name(v) == "Variable/ExponentialMovingAverage"


# --- borders, as TensorFlow 2.21 has them ---


def test_restoring_nothing_can_be_asserted_of_nothing():
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    for status in (checkpoint.restore(None), checkpoint.read(None)):
        assert status.expect_partial() is status
        for name in ("assert_consumed", "assert_existing_objects_matched", "assert_nontrivial_match"):
            with pytest.raises(
                AssertionError, match="No checkpoint specified .save_path=None.; nothing is being restored"
            ):
                getattr(status, name)()


def test_what_a_checkpoint_cannot_be_of():
    with pytest.raises(ValueError, match="was expecting root to be a trackable object .* got 3"):
        tf.train.Checkpoint(3)
    module = tf.Module()
    module.v = tf.Variable(1.0)
    with pytest.raises(ValueError, match="Cannot create a Checkpoint with keyword argument v if root.v already exists"):
        tf.train.Checkpoint(module, v=tf.Variable(2.0))
    tf.train.Checkpoint(module, v=module.v)


def test_keys_of_a_dict_that_are_one_as_text(tmp_path):
    checkpoint = tf.train.Checkpoint(d={1: tf.Variable(1.0), "1": tf.Variable(2.0)})
    with pytest.raises(ValueError, match="cannot keep a dict with the keys .1, '1'."):
        checkpoint.write(str(tmp_path / "c"))
    assert not os.listdir(tmp_path)


def test_values_of_another_kind_say_so(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.5)).write(str(tmp_path / "c"))
    whole = tf.Variable(7)
    with pytest.raises(ValueError, match="dtype float32 when attempting to restore variable with dtype int32 and name"):
        tf.train.Checkpoint(v=whole).restore(path)
    assert int(whole) == 7


def test_unmatched_objects_are_counted(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.5)).write(str(tmp_path / "c"))
    more = tf.train.Checkpoint(v=tf.Variable(0.0), **{f"w{i}": tf.Variable(0.0) for i in range(12)})
    with pytest.raises(AssertionError, match="Found 12 Python objects .*Showing 10 of 12"):
        more.read(path).assert_existing_objects_matched()
    with pytest.raises(AssertionError, match="Found 1 Python objects .*Showing 1 of 1"):
        tf.train.Checkpoint(v=tf.Variable(0.0)).restore(path).assert_consumed()


def test_where_there_is_no_checkpoint(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    missing = str(tmp_path / "c")
    with pytest.raises(
        tf.errors.NotFoundError, match="^Error when restoring from checkpoint or SavedModel at .*: Unsucc"
    ):
        checkpoint.restore(missing)
    with pytest.raises(tf.errors.NotFoundError, match="^Unsuccessful TensorSliceReader constructor"):
        checkpoint.read(missing)


STATES = {
    "nothing": (b"", None),
    "another kind": (b"garbage\n\n: :\n", None),
    "stamps that are none": (b'model_checkpoint_path: "a"\nall_model_checkpoint_timestamps: abc\n', None),
    "without quotes": (b"model_checkpoint_path: a\n", "a"),
    "a quote and a stroke": (b'model_checkpoint_path: "a\\"b\\\\c"\n', 'a"b\\c'),
    # As TensorFlow wrote letters before 2.6.
    "letters in octal": (b'model_checkpoint_path: "\\303\\274b"\n', "\u00fcb"),
    "letters": ('model_checkpoint_path: "\u00fcb"\n'.encode(), "\u00fcb"),
}


@pytest.mark.parametrize("name", STATES)
def test_the_file_that_names_the_latest(tmp_path, name):
    content, latest = STATES[name]
    (tmp_path / "checkpoint").write_bytes(content)
    found = tf.train.get_checkpoint_state(tmp_path)
    assert (found and os.path.basename(found.model_checkpoint_path)) == latest
    assert tf.train.latest_checkpoint(tmp_path) is None  # its files are not there


@pytest.mark.parametrize("content", [b'\xff\xfe: "a"', b"a: " + b" " * (1 << 22) + b"b"], ids=["binary", "endless"])
def test_a_hostile_file_of_that_name(tmp_path, content):
    (tmp_path / "checkpoint").write_bytes(content)
    with pytest.raises(UnreadableFile, match="checkpoint'.*should name checkpoints"):
        tf.train.latest_checkpoint(tmp_path)
