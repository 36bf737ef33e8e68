"""fit, evaluate and predict: what they take, what they give back, what they refuse."""

import copy
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

import torchkeras as keras
from torchkeras import layers


def mlp(loss="sparse_categorical_crossentropy", metrics=("accuracy",), optimizer="adam", **options):
    model = keras.Sequential(
        [layers.Dense(16, activation="relu", input_shape=(4,)), layers.Dense(3, activation="softmax")]
    )
    model.compile(optimizer, loss, metrics=list(metrics), **options)
    return model


@pytest.fixture
def data():
    x = np.random.randn(50, 4).astype("float32")
    return x, (x[:, 0] > 0).astype("int64") + (x[:, 1] > 0)


# --- what is given back -------------------------------------------------------------------------------------


def test_history(data):
    history = mlp().fit(*data, epochs=3, batch_size=16, validation_split=0.2, verbose=0)
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history.epoch == [0, 1, 2]
    assert history.params == {"verbose": 0, "epochs": 3, "steps": 3}
    assert all(type(value) is float for values in history.history.values() for value in values)


def test_training_learns(data):
    model = mlp(optimizer=keras.optimizers.Adam(0.05))
    model.fit(*data, epochs=40, verbose=0)
    loss, accuracy = model.evaluate(*data, verbose=0)
    assert accuracy > 0.95
    assert model.evaluate(*data, verbose=0, return_dict=True) == {"loss": loss, "accuracy": accuracy}
    assert model.metrics_names == ["loss", "accuracy"]
    assert (model.predict(data[0]).argmax(-1) == data[1]).mean() == pytest.approx(accuracy)
    assert (model.predict_classes(data[0]) == data[1]).mean() == pytest.approx(accuracy)


def test_one_figure_comes_alone(data):
    model = mlp(metrics=())
    assert type(model.evaluate(*data, verbose=0)) is float
    assert type(model.train_on_batch(*data)) is float
    assert type(model.test_on_batch(*data)) is float


def test_predict_gives_arrays_in_the_outputs_form(data):
    inputs = keras.Input((4,))
    for outputs in ([inputs * 2, inputs.sum(-1)], {"a": inputs * 2, "b": inputs.sum(-1)}):
        model = keras.Model(inputs, outputs)
        found = model.predict(data[0], batch_size=16)
        assert type(found) is type(outputs)
        first, second = found.values() if isinstance(found, dict) else found
        np.testing.assert_allclose(first, data[0] * 2)
        np.testing.assert_allclose(second, data[0].sum(-1), rtol=1e-5)
    assert isinstance(mlp().predict(data[0]), np.ndarray)
    assert mlp().predict_on_batch(data[0]).shape == (50, 3)
    parts = mlp().predict(data[0][i : i + 7] for i in range(0, 50, 7))
    assert parts.shape == (50, 3)


def test_call_with_a_training_flag():
    model = keras.Sequential([layers.Dropout(0.5, input_shape=(1000,))])
    x = np.ones((1, 1000), "float32")
    assert (model(x, training=True) == 0).any()
    assert not (model(x) == 0).any()
    assert not (model.predict(x) == 0).any()


# --- what is taken ------------------------------------------------------------------------------------------


class Batches(keras.utils.Sequence):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y, self.ended = x, y, 0

    def __len__(self):
        return 5

    def __getitem__(self, i):
        return self.x[i * 10 : i * 10 + 10], self.y[i * 10 : i * 10 + 10]

    def on_epoch_end(self):
        self.ended += 1


class Endless(IterableDataset):
    def __init__(self, x, y):
        self.x, self.y = torch.tensor(x), torch.tensor(y)

    def __iter__(self):
        return iter(zip(self.x, self.y, strict=True))


def forms(x, y):
    import types

    frame = types.SimpleNamespace(to_numpy=lambda: x.astype("float64"))
    return {
        "float64": (x.astype("float64"), y),
        "lists": (x.tolist(), y.tolist()),
        "tensors": (torch.tensor(x), torch.tensor(y)),
        "tensor_and_array": (torch.tensor(x), y),
        "frame": (frame, types.SimpleNamespace(to_numpy=lambda: y)),
        "labels_of_bytes": (x, y.astype("uint8")),
        "labels_in_a_column": (x, y[:, None]),
        "float_labels": (x, y.astype("float32")),
        "sequence": (Batches(x, y),),
        "loader": (DataLoader(TensorDataset(torch.tensor(x), torch.tensor(y)), batch_size=10),),
        "dataset": (TensorDataset(torch.tensor(x), torch.tensor(y)),),
        "iterable_dataset": (Endless(x, y),),
        "one_in_a_list": ([x], [y]),
        "fortran_order": (np.asfortranarray(x), y),
        "reversed": (x[::-1], y[::-1]),
    }


@pytest.mark.parametrize("form", list(forms(np.zeros((50, 4)), np.zeros(50, int))))
def test_every_form_of_data_trains_alike(data, form):
    reference = mlp()
    given = forms(*data)[form]
    if form == "reversed":
        data = (np.ascontiguousarray(data[0][::-1]), np.ascontiguousarray(data[1][::-1]))
    model = copy.deepcopy(reference)
    sizes = {"dataset": 32, "iterable_dataset": 32}
    size = sizes.get(form, 10)
    expected = reference.fit(*data, batch_size=size, shuffle=False, epochs=2, verbose=0).history
    options = {"batch_size": 10} if len(given) == 2 else {}
    got = model.fit(*given, shuffle=False, epochs=2, verbose=0, **options).history
    np.testing.assert_allclose(got["loss"], expected["loss"], rtol=1e-5)
    np.testing.assert_allclose(got["accuracy"], expected["accuracy"], rtol=1e-6)


def test_memory_maps_are_read_in_place(data, tmp_path):
    np.save(tmp_path / "x.npy", data[0])
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert mlp().fit(mapped, data[1], verbose=0).history["loss"]


def test_dicts_of_inputs_by_name(data):
    a, b = keras.Input((4,), name="a"), keras.Input((1,), name="b")
    model = keras.Model([a, b], layers.Dense(1, name="out")(layers.Concatenate()([a, b])))
    model.compile("sgd", {"out": "mse"}, metrics={"out": ["mae"]})
    history = model.fit({"b": data[0][:, :1], "a": data[0]}, {"out": data[1]}, verbose=0).history
    assert list(history) == ["loss", "mae"]
    with pytest.raises(ValueError, match="'b'"):
        model.fit({"a": data[0]}, data[1], verbose=0)


def test_generators_with_weights_and_without_an_end(data):
    def endless():
        while True:
            yield data[0][:10], data[1][:10], np.ones(10)

    model = mlp()
    assert model.fit(endless(), steps_per_epoch=3, epochs=2, verbose=0).params["steps"] == 3
    assert model.fit(((x, y) for x, y in [(data[0], data[1])] * 2), epochs=1, verbose=0).history["loss"]
    with pytest.warns(UserWarning, match="ran out of data"):
        short = model.fit(((data[0], data[1]) for _ in range(3)), steps_per_epoch=2, epochs=4, verbose=0)
    assert len(short.history["loss"]) == 2


def test_sequences_end_their_epochs(data):
    batches = Batches(*data)
    mlp().fit(batches, epochs=3, verbose=0)
    assert batches.ended == 3


def test_shuffling(data):
    seen = []

    class Spy(keras.Model):
        def call(self, x, training=None):
            if training:
                seen.append(x[:, 0].tolist())
            return x

    x = np.arange(20, dtype="float32")[:, None]

    def order(shuffle):
        seen.clear()
        model = Spy()
        model.add_loss(lambda: torch.zeros((), requires_grad=True))
        model.compile("sgd", "mse")
        model.fit(x, x, batch_size=4, epochs=2, shuffle=shuffle, verbose=0)
        values = [v for batch in seen for v in batch]
        return values[:20], values[20:]

    first, second = order(False)
    assert first == second == list(range(20))
    first, second = order(True)
    assert first != second
    assert sorted(first) == sorted(second) == list(range(20))
    first, _ = order("batch")
    assert first != list(range(20))
    assert all(first[i : i + 4] == list(range(int(first[i]), int(first[i]) + 4)) for i in range(0, 20, 4))


def test_seeds_make_runs_bit_identical(data):
    def run():
        keras.utils.set_random_seed(7)
        model = keras.Sequential(
            [
                layers.Dense(8, activation="relu", input_shape=(4,)),
                layers.Dropout(0.3),
                layers.Dense(3, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model.fit(*data, epochs=3, verbose=0).history["loss"], model.get_weights()

    (losses, weights), (again, same) = run(), run()
    assert losses == again
    assert all((a == b).all() for a, b in zip(weights, same, strict=True))


# --- torch's own parts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda model: torch.optim.SGD(model.parameters(), lr=0.1),
        lambda model: torch.optim.SGD,
        lambda model: lambda parameters: torch.optim.Adam(parameters, lr=0.05),
        lambda model: torch.optim.lr_scheduler.StepLR(torch.optim.SGD(model.parameters(), lr=0.1), 1, gamma=0.5),
    ],
)
def test_torch_optimizers_and_schedulers(data, optimizer):
    model = keras.Sequential([layers.Dense(16, activation="relu", input_shape=(4,)), layers.Dense(3)])
    model.compile(optimizer(model), nn.CrossEntropyLoss(), metrics=["accuracy"])
    losses = model.fit(*data, epochs=8, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    if isinstance(optimizer(model), torch.optim.lr_scheduler.LRScheduler):
        assert model.optimizer.learning_rate == pytest.approx(0.1 * 0.5**8)
    model.optimizer.learning_rate = 0.01
    assert model.optimizer.lr == 0.01


def test_torch_losses_and_modules(data):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))

        def call(self, x):
            return self.net(x)

    model = Net()
    model.compile("adam", nn.CrossEntropyLoss(), metrics=["accuracy"])
    before = model.net[1].running_mean.clone()
    losses = model.fit(*data, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert not torch.equal(model.net[1].running_mean, before)
    after = model.net[1].running_mean.clone()
    model.evaluate(*data, verbose=0)
    assert torch.equal(model.net[1].running_mean, after)


@pytest.mark.slow
def test_jit_compile_trains(data):
    model = mlp(jit_compile=True)
    losses = model.fit(*data, epochs=3, batch_size=25, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


# --- steps of the user's own --------------------------------------------------------------------------------


def test_own_train_step_and_metrics(data):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.d = layers.Dense(3)
            self.tracker = keras.metrics.Mean(name="own_loss")
            self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

        def call(self, x):
            return self.d(x)

        def train_step(self, data):
            x, y = data
            loss = self.loss_fn(y, self(x, training=True))
            self.zero_grad()
            loss.backward()
            with torch.no_grad():
                self.optimizer.apply_gradients([(v.grad, v) for v in self.trainable_variables])
            self.tracker.update_state(loss)
            return {"own_loss": self.tracker.result()}

        @property
        def metrics(self):
            return [self.tracker]

    model = Own()
    model.compile(keras.optimizers.Adam(0.05))
    history = model.fit(*data, epochs=5, verbose=0).history
    assert list(history) == ["own_loss"]
    assert history["own_loss"][-1] < history["own_loss"][0]


def test_own_parts_of_the_step(data):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.d = layers.Dense(3, activation="softmax")
            self.steps = 0

        def call(self, x):
            return self.d(x)

        def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
            return super().compute_loss(x, y, y_pred, sample_weight) * 2

        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            return {**super().compute_metrics(x, y, y_pred, sample_weight), "constant": torch.tensor(5.0)}

        def make_train_function(self, force=False):
            inner = super().make_train_function(force)

            def step(iterator):
                self.steps += 1
                return inner(iterator)

            return step

    model = Own()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(*data, epochs=2, batch_size=10, verbose=0).history
    assert set(history) == {"loss", "accuracy", "constant"}
    assert model.steps == 10


def test_added_losses_and_metrics(data):
    class Noted(layers.Layer):
        def call(self, x):
            self.add_loss(x.square().mean() * 0.5)
            self.add_metric(x.mean(), name="mean_of_x")
            return x

    model = keras.Sequential([layers.Input((4,)), Noted(), layers.Dense(1, kernel_regularizer="l2")])
    model.compile("sgd", "mse")
    history = model.fit(data[0], data[1], epochs=1, batch_size=50, verbose=0).history
    assert list(history) == ["loss", "mean_of_x"]
    assert history["mean_of_x"][0] == pytest.approx(data[0].mean(), abs=1e-5)
    plain = model.evaluate(data[0], data[1], verbose=0, return_dict=True)["loss"]
    squares = ((model.predict(data[0])[:, 0] - data[1]) ** 2).mean()
    penalty = 0.01 * (model.layers[1].kernel.numpy() ** 2).sum()
    halves = [(32, data[0][:32]), (18, data[0][32:])]
    noted = sum(n * (part**2).mean() * 0.5 for n, part in halves) / 50
    assert plain == pytest.approx(squares + penalty + noted, rel=1e-4)


def test_callbacks_see_lazy_logs_and_can_stop(data):
    class Look(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append((batch, sorted(logs), logs["loss"]))
            if batch == 2:
                self.model.stop_training = True

    look = Look()
    history = mlp().fit(*data, epochs=5, batch_size=5, callbacks=[look], verbose=0)
    assert [batch for batch, _, _ in look.seen] == [0, 1, 2]
    assert look.seen[0][1] == ["accuracy", "loss"]
    assert all(type(loss) is float for _, _, loss in look.seen)
    assert history.epoch == [0]


class Raises(TorchDispatchMode):
    """Refuses to read a value back from a tensor."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function is torch.ops.aten._local_scalar_dense.default:
            raise AssertionError("a value was read back")
        return function(*args, **(kwargs or {}))


def test_no_step_reads_a_value_back(data):
    x, y = torch.tensor(data[0]), torch.tensor(data[1])
    for optimizer in ("adam", "sgd", "rmsprop"):
        model = mlp(optimizer=optimizer)
        model.fit(x, y, verbose=0)
        batch = type("B", (), {})
        from torchkeras.data import Batch

        batch = Batch(x[:10], y[:10], None, 10)
        with Raises():
            for _ in range(3):
                model._trainer.train(batch)
            with torch.no_grad():
                model._trainer.test(batch)
        with pytest.raises(AssertionError, match="read back"), Raises():
            float(model._trainer.metric_values()["loss"])


def test_interrupted_training_leaves_a_usable_model(data):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise KeyboardInterrupt

    model = mlp()
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data, batch_size=10, callbacks=[Interrupt()], verbose=0)
    assert model.predict(data[0]).shape == (50, 3)
    assert model.fit(*data, verbose=0).history["loss"]
    assert all(parameter.grad is None for parameter in model.parameters())


def test_frozen_weights_stay(data):
    model = mlp()
    model.layers[0].trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    before = model.get_weights()
    model.fit(*data, verbose=0)
    after = model.get_weights()
    assert (before[0] == after[0]).all()
    assert (before[2] != after[2]).any()


def test_what_is_trained_is_what_was_to_be_when_it_was_compiled(data):
    """The way of GANs: a compiled discriminator is frozen within a second model, and trained by itself all the same."""
    judge = keras.Sequential([layers.Dense(1, activation="sigmoid", input_shape=(4,))])
    judge.compile("sgd", "binary_crossentropy")
    judge.trainable = False
    maker = keras.Sequential([layers.Dense(4, input_shape=(4,))])
    both = keras.Sequential([maker, judge])
    both.compile("sgd", "binary_crossentropy")
    x, y = data[0], (data[1] > 0).astype("float32")
    for trained, still, model in ((judge, maker, judge), (maker, judge, both)):
        before, same = trained.get_weights(), still.get_weights()
        model.train_on_batch(x, y)
        model.fit(x, y, verbose=0)
        assert all((a != b).any() for a, b in zip(before, trained.get_weights(), strict=True))
        assert all((a == b).all() for a, b in zip(same, still.get_weights(), strict=True))
        assert not judge.trainable
        assert not any(p.requires_grad for p in judge.parameters())


def test_checkpoints_of_the_weights(data, tmp_path):
    path = str(tmp_path / "weights.{epoch:02d}-{val_loss:.2f}.pt")
    model = mlp()
    checkpoint = keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_weights_only=True)
    model.fit(*data, epochs=2, validation_split=0.2, callbacks=[checkpoint], verbose=0)
    first, last = sorted(tmp_path.iterdir())
    assert (first.name[:11], last.name[:11]) == ("weights.01-", "weights.02-")
    other = mlp()
    other.load_weights(last)
    assert all((a == b).all() for a, b in zip(model.get_weights(), other.get_weights(), strict=True))
    with pytest.raises(FileExistsError, match="overwrite"):
        model.save_weights(last, overwrite=False)


def test_old_names(data):
    model = mlp()
    batches = Batches(*data)
    with pytest.warns(UserWarning, match="fit_generator.*deprecated"):
        model.fit_generator(batches, epochs=1, verbose=0)
    with pytest.warns(UserWarning, match="evaluate_generator"):
        model.evaluate_generator(batches, verbose=0)
    with pytest.warns(UserWarning, match="predict_generator"):
        assert model.predict_generator(batches).shape == (50, 3)


# --- mistakes -----------------------------------------------------------------------------------------------


def test_not_compiled(data):
    model = keras.Sequential([layers.Dense(1)])
    for call in (lambda: model.fit(*data), lambda: model.evaluate(*data), lambda: model.train_on_batch(*data)):
        with pytest.raises(RuntimeError, match="You must compile your model"):
            call()
    assert model.predict(data[0]).shape == (50, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": np.zeros(40, int)}, "x: .50.*y: .40"),
        ({"x": np.zeros((0, 4)), "y": np.zeros(0, int)}, "non-empty|empty"),
        ({"y": np.full(50, 3)}, r"3.*\[0, 3\)"),
        ({"y": np.full(50, -1)}, r"-1.*\[0, 3\)"),
        ({"y": None}, "Target data is missing"),
        ({"batch_size": 0}, "Expected batch_size to be positive"),
        ({"epochs": 0}, "Expected epochs to be positive"),
        ({"initial_epoch": -1}, "non-negative"),
        ({"steps_per_epoch": 0}, "steps_per_epoch must be positive"),
        ({"validation_split": 1.5}, "validation_split"),
        ({"validation_split": 0.999}, "not sufficient"),
        ({"validation_data": (1, 2, 3, 4)}, "validation_data"),
        ({"class_weight": {0: 1.0, 2: 1.0}}, "class_weight"),
        ({"x": np.zeros((50, 5))}, r"expected shape=\(None, 4\), found shape=\(32, 5\)"),
        ({"x": np.array([["2020-01-01"]] * 50, dtype="datetime64[D]")}, "dtype"),
    ],
)
def test_mistakes_in_fit(data, change, words):
    arguments = {"x": data[0], "y": data[1], "verbose": 0} | change
    with pytest.raises(ValueError, match=words):
        mlp().fit(**arguments)


def test_mistakes_with_generators(data):
    with pytest.raises(ValueError, match="only supported for Tensors or NumPy arrays"):
        mlp().fit((d for d in [data]), validation_split=0.5, verbose=0)
    with pytest.raises(ValueError, match="`y` argument is not supported"):
        mlp().fit(Batches(*data), data[1], verbose=0)
    with pytest.raises(ValueError, match=r"\(x, y, sample_weight\)"):
        mlp().fit((d for d in [(1, 2, 3, 4)]), verbose=0)


def test_mistakes_in_compile():
    model = mlp()
    with pytest.raises(ValueError, match="'adamm'.*Did you mean"):
        model.compile("adamm", "mse")
    with pytest.raises(ValueError, match="'msee'"):
        model.compile("adam", "msee")
    with pytest.raises(ValueError, match="'accuracyy'"):
        model.compile("adam", "mse", metrics=["accuracyy"])
    with pytest.raises(TypeError, match="nope"):
        model.compile("adam", "mse", nope=1)
    with pytest.raises(ValueError, match="at the same time"):
        model.compile("adam", "mse", run_eagerly=True, jit_compile=True)
    with pytest.raises(ValueError, match=r"\['zz'\].*\['dense_1'\]"):
        model.compile("adam", {"zz": "mse"})


def test_labels_of_streams_are_looked_at_before_they_travel(data):
    from torchkeras.data import make_feed
    from torchkeras.training.checks import check_arrays

    away = torch.device("meta")  # stands for a device on which a wrong label would be fatal
    for source in (((data[0], data[1] + 2) for _ in range(1)), Batches(data[0], data[1] + 2)):
        feed = make_feed(source, device=away)
        check_arrays(feed, mlp(), "sparse_categorical_crossentropy")
        with pytest.raises(ValueError, match=r"\[0, 3\).*dense|dense.*\[0, 3\)"):
            next(iter(feed.epoch()))


def test_no_loss(data):
    model = mlp()
    model.compile("sgd")
    with pytest.raises(ValueError, match="No loss found"):
        model.fit(*data, verbose=0)


def test_nan_in_the_inputs_is_said_once(data):
    x = data[0].copy()
    x[3, 1] = np.nan
    with pytest.warns(UserWarning, match="contains NaN") as caught:
        mlp().fit(x, data[1], epochs=2, verbose=0)
    assert len([w for w in caught if "NaN" in str(w.message)]) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mlp().fit(*data, verbose=0)


def test_column_and_row_targets_do_not_broadcast(data):
    model = keras.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    y = data[1].astype("float32")
    column = model.evaluate(data[0], y[:, None], verbose=0)
    assert model.evaluate(data[0], y, verbose=0) == pytest.approx(column)
    assert column == pytest.approx(((model.predict(data[0])[:, 0] - y) ** 2).mean(), rel=1e-5)
