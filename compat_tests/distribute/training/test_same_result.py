"""Several processes with a batch shared among them end where one with all of it does."""

import contextlib
import itertools

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.vision import torchvision
from torchkeras.distribute import joined

from .together import assert_same, by_torch_alone, dense, numbers, scope, started

# Of the output without a loss, and of weights that another process's samples alone reach.
pytestmark = pytest.mark.filterwarnings("ignore:Gradients do not exist")

SETTINGS = {"batch_size": 16, "epochs": 2, "verbose": 0}


def ended(model, history, *data, **settings):
    """Everything that several processes must have alike in the end."""
    figures = model.evaluate(*data, batch_size=16, verbose=0, **settings)
    return {"history": history.history, "figures": figures, "weights": model.get_weights()}


# --- models ---


def of_dense():
    return dense(kernel_regularizer="l2"), *numbers()


def of_convolutions():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(41, 8, 8, 2)).astype("float32")
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return model, x, rng.integers(0, 3, 41)


def of_texts():
    rng = np.random.default_rng(0)
    model = keras.Sequential(
        [layers.Embedding(20, 6, mask_zero=True), layers.LSTM(5), layers.Dense(3, activation="softmax")]
    )
    return model, rng.integers(0, 20, (41, 7)), rng.integers(0, 3, 41)


def of_shared_layers():
    x, y = numbers()
    inputs = keras.Input((8,))
    shared = layers.Dense(8, activation="tanh")
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(shared(shared(inputs)))), x, y


def of_frozen_layers():
    model, x, y = of_dense()
    model.build((None, 8))
    model.layers[0].trainable = False
    return model, x, y


class Penalty(layers.Layer):
    """Has a weight that nothing but a loss of its own depends on."""

    def build(self, input_shape):
        self.level = self.add_weight(shape=(3,), initializer="ones", name="level")

    def call(self, inputs):
        self.add_loss(0.1 * keras.ops.sum(keras.ops.square(self.level)))
        self.add_loss(0.01 * keras.ops.mean(keras.ops.square(inputs)))
        return inputs


def of_added_losses():
    return dense(Penalty(), activity_regularizer="l2", bias_regularizer="l1"), *numbers()


def of_bfloat16():
    return dense(dtype="mixed_bfloat16"), *numbers()


def of_masks():
    """A mask goes past a layer whose weight a loss may or may not reach, to a loss that leaves masked steps out."""
    rng = np.random.default_rng(0)
    model = keras.Sequential(
        [layers.Embedding(20, 6, mask_zero=True), Penalty(), layers.Dense(3, activation="softmax")]
    )
    x = rng.integers(1, 20, (48, 7))
    x[:, 4:] = 0  # as many in each sample, so that parts of a batch have as many
    return model, x, rng.integers(0, 3, (48, 7))


MODELS = {
    one.__name__[3:]: one
    for one in (
        of_dense, of_convolutions, of_texts, of_shared_layers, of_frozen_layers, of_added_losses, of_bfloat16, of_masks,
    )
}  # fmt: skip


def train_model(together, name):
    started()
    with scope(together):
        model, x, y = MODELS[name]()
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return ended(model, model.fit(x, y, validation_data=(x[:20], y[:20]), **SETTINGS), x, y)


def of_outputs(together):
    """One output of two has no loss, so that no gradient reaches what makes it."""
    started()
    x, y = numbers()
    with scope(together):
        inputs = keras.Input((8,))
        hidden = layers.Dense(8, activation="relu")(inputs)
        used, unused = layers.Dense(3, activation="softmax", name="used")(hidden), layers.Dense(2, name="not")(hidden)
        model = keras.Model(inputs, [used, unused])
        model.compile("adam", loss={"used": "sparse_categorical_crossentropy"}, metrics={"used": ["accuracy"]})
    history = model.fit(x, {"used": y}, **SETTINGS)
    return {"history": history.history, "weights": model.get_weights()}


def of_two_losses(together):
    started()
    x, y = numbers()
    with scope(together):
        inputs = keras.Input((8,))
        hidden = layers.Dense(8, activation="relu")(inputs)
        outputs = {"a": layers.Dense(3, activation="softmax", name="a")(hidden), "b": layers.Dense(1, name="b")(hidden)}
        model = keras.Model(inputs, outputs)
        # One is a sum over the samples of a batch.
        losses = {"a": "sparse_categorical_crossentropy", "b": keras.losses.MeanSquaredError(reduction="sum")}
        model.compile("adam", losses, metrics={"a": "accuracy", "b": "mae"}, loss_weights={"a": 0.5, "b": 0.1})
    data = x, {"a": y, "b": x[:, :1]}
    return ended(model, model.fit(*data, **SETTINGS), *data)


# --- optimizers ---

OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "clipnorm": lambda: keras.optimizers.Adam(0.01, clipnorm=0.05),
    "global_clipnorm": lambda: keras.optimizers.RMSprop(0.01, global_clipnorm=0.05),
    "decay": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1, use_ema=True, ema_overwrite_frequency=3),
    "schedule": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.02, 3, 0.5)),
    "torch": lambda: lambda parameters: torch.optim.AdamW(parameters, 0.01),
    "scaled": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01), dynamic_growth_steps=3),
}


def train_by(together, name):
    started()
    x, y = numbers()
    with scope(together):
        model = dense()
        model.compile(OPTIMIZERS[name](), "sparse_categorical_crossentropy", metrics=["accuracy"])
    found = ended(model, model.fit(x, y, **SETTINGS), x, y)
    if name == "scaled":
        found["scale"] = float(model.optimizer.dynamic_scale.numpy())
    return found


def overflow(together):
    """One sample of one process makes gradients that are no numbers: nobody makes that step."""
    started()
    x, _ = numbers(48)
    x[20] = 1e30
    with scope(together):
        model = keras.Sequential([layers.Dense(4), layers.Dense(1)])
        model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01)), "mse")
    model.fit(x, x[:, :1] * 1e-30, shuffle=False, **SETTINGS)
    scale, iterations = float(model.optimizer.dynamic_scale.numpy()), int(model.optimizer.iterations.numpy())
    return {"weights": model.get_weights(), "scale": scale, "iterations": iterations}


# --- data ---


class Pieces(keras.utils.Sequence):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return -(-len(self.x) // 16)

    def __getitem__(self, i):
        return self.x[i * 16 : i * 16 + 16], self.y[i * 16 : i * 16 + 16]


def pieces_for_ever(x, y):
    while True:
        for start in range(0, len(x), 16):
            yield x[start : start + 16], y[start : start + 16]


def dataset(x, y):
    from torchkeras import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(16)


def loader(x, y):
    return DataLoader(TensorDataset(torch.from_numpy(x), torch.from_numpy(y)), batch_size=16, shuffle=True)


FEEDS = {
    "arrays": lambda x, y: {"x": x, "y": y},
    "in order": lambda x, y: {"x": x, "y": y, "shuffle": False},
    "whole batches": lambda x, y: {"x": x, "y": y, "shuffle": "batch"},
    "steps": lambda x, y: {"x": x, "y": y, "steps_per_epoch": 3},
    "split": lambda x, y: {"x": x, "y": y, "validation_split": 0.3},
    "sample_weight": lambda x, y: {"x": x, "y": y, "sample_weight": np.linspace(0, 2, len(x))},
    "class_weight": lambda x, y: {"x": x, "y": y, "class_weight": {0: 1.0, 1: 0.2, 2: 3.0}},
    "generator": lambda x, y: {"x": pieces_for_ever(x, y), "steps_per_epoch": 4},
    "sequence": lambda x, y: {"x": Pieces(x, y), "validation_data": Pieces(x, y)},
    "loader": lambda x, y: {"x": loader(x, y)},
    "dataset": lambda x, y: {"x": dataset(x, y), "validation_data": dataset(x, y)},
    "dataset and steps": lambda x, y: {"x": dataset(x, y).repeat(), "steps_per_epoch": 4},
}


def train_with(together, name):
    """65 samples: of the last batch some processes have nothing."""
    started()
    x, y = numbers(65)
    with scope(together):
        model = dense()
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    given = FEEDS[name](x, y)
    settings = SETTINGS if hasattr(given["x"], "shape") else {"epochs": 2, "verbose": 0}
    return ended(model, model.fit(**given, **settings), x, y)


def own_parts(together, sizes):
    """Each process has data of its own, by a DistributedSampler; a batch is all of theirs."""
    started()
    x, y = numbers(sum(sizes) * 4)
    at = np.cumsum([0, *sizes])
    rows = [np.concatenate([np.arange(a, b) + sum(sizes) * i for i in range(4)]) for a, b in itertools.pairwise(at)]
    with scope(together):
        model = dense()
        model.build((None, 8))
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    if not together:
        return ended(model, model.fit(x, y, batch_size=sum(sizes), epochs=2, shuffle=False, verbose=0), x, y)
    rank = joined().rank
    data = TensorDataset(torch.from_numpy(x[rows[rank]]), torch.from_numpy(y[rows[rank]]))
    sampler = DistributedSampler(data, num_replicas=1, rank=0, shuffle=False)
    own = DataLoader(data, batch_size=sizes[rank], sampler=sampler)
    return ended(model, model.fit(own, epochs=2, verbose=0), x, y)


# --- metrics ---


class MeanOfMeans(keras.metrics.Metric):
    """The mean over the processes of what each has: with parts of the same size, that of the whole."""

    def __init__(self, name="mean_of_means", **kwargs):
        super().__init__(name=name, **kwargs)
        self.value = self.add_weight(name="value", initializer="zeros", aggregation="mean")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value.assign_add(keras.ops.mean(y_pred[:, 0]))

    def result(self):
        return self.value


class Right:
    """A metric in torch's manner that knows how to take in others of its kind."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.right, self.seen = 0, 0

    def update(self, y_pred, y_true):
        self.right += int((y_pred.argmax(-1) == y_true.reshape(-1)).sum())
        self.seen += len(y_true)

    __call__ = update

    def merge_state(self, others):
        self.right += sum(other.right for other in others)
        self.seen += sum(other.seen for other in others)
        return self

    def compute(self):
        return torch.tensor(self.right / max(1, self.seen))


class Looking(keras.callbacks.Callback):
    """The first process alone reads the figures after each step: nobody else must be asked for that."""

    def on_train_batch_end(self, batch, logs=None):
        assert logs["loss"] > 0

    on_test_batch_end = on_train_batch_end


def of_torchmetrics():
    torchvision()  # which torchmetrics imports: beside a torch that it was not built for, that fails elsewhere
    import torchmetrics

    return [
        torchmetrics.Accuracy(task="multiclass", num_classes=3),
        torchmetrics.AUROC(task="multiclass", num_classes=3),
    ]


def measure(together, *more):
    started()
    x, y = numbers(64)
    with scope(together):
        model = dense()
        metrics = [
            "sparse_categorical_accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2), MeanOfMeans(), Right(),
            keras.metrics.SparseCategoricalCrossentropy(), keras.metrics.MeanIoU(3, sparse_y_pred=False),
            *(metric for name in more for metric in globals()[name]()),
        ]  # fmt: skip
        model.compile("adam", "sparse_categorical_crossentropy", metrics=metrics)
    looking = [Looking()] if not together or joined().is_first else []
    return ended(model, model.fit(x, y, validation_data=(x, y), callbacks=looking, **SETTINGS), x, y)


def measure_two_classes(together):
    started()
    x, y = numbers(classes=2)
    with scope(together):
        model = keras.Sequential([layers.Dense(1, activation="sigmoid")])
        metrics = [
            keras.metrics.AUC(), keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.BinaryAccuracy(),
            keras.metrics.RootMeanSquaredError(), keras.metrics.TruePositives(),
        ]  # fmt: skip
        model.compile("adam", "binary_crossentropy", metrics=metrics)
    return ended(model, model.fit(x, y, **SETTINGS), x, y)


# --- steps of one's own ---


class Calling(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = dense()

    def call(self, x, training=None):
        return self.inner(x, training=training)


class Passing(Calling):
    def train_step(self, data):
        return super().train_step(data)


class Taping(Calling):
    def train_step(self, data):
        from torchkeras import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compiled_loss(y, self(x, training=True), regularization_losses=self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.compiled_metrics.update_state(y, self(x, training=True))
        return {metric.name: metric.result() for metric in self.metrics}


class Minimising(Calling):
    def train_step(self, data):
        from torchkeras import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compiled_loss(y, y_pred)
        self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
        self.compiled_metrics.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


class ByName(Calling):
    """As Keras 3's guide for torch writes it; the loss is told to its metric."""

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        loss.backward()
        gradients = [v.value.grad for v in self.trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, self.trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


class ByTorch(Calling):
    """With an optimizer of torch, and its own call of it."""

    def train_step(self, data):
        x, y = data
        self.optimizer.zero_grad()
        y_pred = self(x, training=True)
        self.compute_loss(y=y, y_pred=y_pred).backward()
        self.optimizer.step()
        return self.compute_metrics(x, y, y_pred)


class OwnLoss(Calling):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        return keras.ops.mean(keras.ops.square(keras.ops.one_hot(y, 3) - y_pred))


STEPS = {one.__name__: one for one in (Calling, Passing, Taping, Minimising, ByName, ByTorch, OwnLoss)}


def step(together, name):
    with by_torch_alone() if name in ("ByName", "ByTorch") else contextlib.nullcontext():
        return take_steps(together, name)


def take_steps(together, name):
    started()
    x, y = numbers(65)
    with scope(together):
        model = STEPS[name]()
        optimizer = (lambda parameters: torch.optim.SGD(parameters, 0.1)) if name == "ByTorch" else "adam"
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    if name in ("Taping", "ByTorch"):
        model.build((None, 8))
    return ended(model, model.fit(x, y, **SETTINGS), x, y)


# --- one thing after another ---


def fit_again(together):
    """Training goes on after evaluate and predict, with other layers frozen, and in a second model of some layers."""
    started()
    x, y = numbers()
    found = []
    with scope(together):
        model = dense()
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        found.append(ended(model, model.fit(x, y, **SETTINGS), x, y))
        found.append(model.predict(x, batch_size=16))
        found.append(ended(model, model.fit(x, y, **SETTINGS), x, y))
        model.layers[0].trainable = False
        model.compile("sgd", "sparse_categorical_crossentropy")
        found.append(ended(model, model.fit(x, y, **SETTINGS), x, y))
        model.layers[0].trainable = True
        model.compile("sgd", "sparse_categorical_crossentropy")
        found.append(ended(model, model.fit(x, y, **SETTINGS), x, y))
        longer = keras.Sequential([model, layers.Dense(3)])
        longer.compile("sgd", "mse")
        found.append(ended(longer, longer.fit(x, x[:, :3], **SETTINGS), x, x[:, :3]))
        found.append(ended(model, model.fit(x, y, **SETTINGS), x, y))
    return found


def batch_by_batch(together):
    """Each call is given the whole batch."""
    started()
    x, y = numbers()
    found = []
    with scope(together):
        model = dense()
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    for start in (0, 16, 32):
        x_batch, y_batch = x[start : start + 15], y[start : start + 15]
        weights = {"sample_weight": np.linspace(0, 1, 15)}
        found.append(model.train_on_batch(x_batch, y_batch, reset_metrics=start == 16, **weights))
        found.append(model.test_on_batch(x_batch, y_batch, reset_metrics=False, return_dict=True))
        found.append(model.test_on_batch(x_batch, y_batch))
        found.append(model.predict_on_batch(x_batch))
    return found, model.get_weights()


# --- the tests ---

_alone = {}


def alone(function, *args):
    key = function.__name__, args
    if key not in _alone:
        _alone[key] = function(False, *args)
    return _alone[key]


def check(crew, size, function, *args, **tolerance):
    wanted = alone(function, *args)
    for found in crew(size).run(function, True, *args):
        assert_same(found, wanted, **tolerance)


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("name", MODELS)
def test_models(crew, size, name):
    loose = {"rtol": 0.02, "atol": 0.02} if name == "bfloat16" else {}
    check(crew, size, train_model, name, **loose)


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("function", [of_outputs, of_two_losses, overflow, measure_two_classes, fit_again])
def test_more_models(crew, size, function):
    check(crew, size, function)


def test_an_output_without_a_loss_is_not_trained():
    before = of_outputs(False)["weights"]
    assert np.abs(before[4]).sum() > 0
    assert np.abs(before[5]).sum() == 0  # its bias is as it was


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(crew, size, name):
    check(crew, size, train_by, name)


def test_a_step_is_left_out_by_all():
    found = alone(overflow)
    assert (found["iterations"], found["scale"]) == (6, 32768 / 4)


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("name", FEEDS)
def test_data(crew, size, name):
    check(crew, size, train_with, name)


@pytest.mark.parametrize("sizes", [(8, 8), (10, 6), (5, 4, 3, 4)], ids=str)
def test_data_of_their_own(crew, sizes):
    check(crew, len(sizes), own_parts, sizes)


def test_metrics(crew):
    check(crew, 4, measure)


def test_metrics_of_torchmetrics(crew):
    """Which ask all processes of their own accord, and must not where one alone reads a figure."""
    torchvision()
    pytest.importorskip("torchmetrics")
    check(crew, 2, measure, "of_torchmetrics")


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("name", STEPS)
def test_steps_of_ones_own(crew, size, name):
    check(crew, size, step, name)


@pytest.mark.parametrize("size", [2, 4])
def test_single_batches(crew, size):
    check(crew, size, batch_by_batch)
