"""A captured run is the eager one, to the bit."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers


def data(samples=100, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(samples, 8, 8, 3)).astype("float32")
    return x, (x.mean((1, 2, 3)) > 0).astype("int64")


def network():
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(8, activation="relu", kernel_regularizer="l2"),
            layers.Dropout(0.2, seed=5),
            layers.Dense(2, activation="softmax"),
        ]
    )


def run(runner, samples=100, optimizer="adam", epochs=3, fit=None, **compiled):
    keras.utils.set_random_seed(0)
    model = network()
    settings = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]} | compiled
    model.compile(keras.optimizers.get(optimizer), runner=runner, **settings)
    x, y = data(samples)
    history = model.fit(x, y, batch_size=8, epochs=epochs, verbose=0, **(fit or {}))
    return model, history.history


def check(one, other, close=0.0):
    """To the bit, or so close where a kernel takes its rate as a tensor in other steps than as a number."""
    (model, history), (twin, its) = one, other
    assert history.keys() == its.keys()
    for name, values in history.items():
        np.testing.assert_allclose(values, its[name], close, close)
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, close, close)
    pairs = zip(model.optimizer.variables, twin.optimizer.variables, strict=True)
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), close, close)


SCHEDULE = {
    "class_name": "ExponentialDecay",
    "config": {"initial_learning_rate": 0.05, "decay_steps": 3, "decay_rate": 0.7},
}


@pytest.mark.parametrize(
    ("optimizer", "close"),
    [
        ("adam", 0),
        ("rmsprop", 1e-5),
        ({"class_name": "SGD", "config": {"learning_rate": SCHEDULE, "momentum": 0.9, "nesterov": True}}, 1e-5),
        ({"class_name": "Adam", "config": {"learning_rate": SCHEDULE, "global_clipnorm": 0.1}}, 1e-5),
        ({"class_name": "AdamW", "config": {"weight_decay": 0.1, "use_ema": True}}, 1e-5),
        ({"class_name": "SGD", "config": {"learning_rate": 0.1, "use_ema": True, "ema_overwrite_frequency": 5}}, 0),
    ],
)
@pytest.mark.parametrize("samples", [96, 100, 301])
def test_fit(captures, optimizer, close, samples):
    captured = run("captured", samples, optimizer)
    assert captures.replays > 0
    check(captured, run("eager", samples, optimizer), close)


def test_validation_and_prediction(captures):
    results = []
    for runner in ("captured", "eager"):
        x, y = data(60, seed=1)
        model, history = run(runner, fit={"validation_data": (x, y)})
        evaluated = [model.evaluate(x, y, batch_size=7, verbose=0) for _ in range(3)]
        predicted = [model.predict(x[: 20 + i], batch_size=7) for i in range(3)]
        results.append((history, evaluated, predicted))
    (history, evaluated, predicted), (its_history, its_evaluated, its_predicted) = results
    assert history == its_history
    assert evaluated == its_evaluated
    for ours, theirs in zip(predicted, its_predicted, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("form", ["generator", "sequence", "class_weight", "weights", "tf.data", "dict"])
def test_other_data(captures, form):
    def fit(model):
        x, y = data(96)
        batches = [(x[i : i + 8], y[i : i + 8]) for i in range(0, 96, 8)]
        if form == "generator":
            return model.fit((batch for _ in range(3) for batch in batches), steps_per_epoch=12, epochs=3, verbose=0)
        if form == "sequence":

            class Batches(keras.utils.Sequence):
                def __len__(self):
                    return 12

                def __getitem__(self, index):
                    return batches[index]

            return model.fit(Batches(), epochs=3, verbose=0)
        if form == "class_weight":
            return model.fit(x, y, batch_size=8, class_weight={0: 1.0, 1: 3.0}, epochs=3, verbose=0)
        if form == "weights":
            return model.fit(x, y, batch_size=8, sample_weight=np.linspace(0, 1, 96), epochs=3, verbose=0)
        if form == "dict":
            return model.fit({"pixels": x}, {"kind": y}, batch_size=8, epochs=3, verbose=0)
        import torchkeras.tensorflow as tf

        return model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(8), epochs=3, verbose=0)

    results = []
    for runner in ("captured", "eager"):
        keras.utils.set_random_seed(0)
        model = network()
        if form == "dict":
            inputs = keras.Input((8, 8, 3), name="pixels")
            out = layers.Dense(2, activation="softmax", name="kind")(layers.Dropout(0.5)(layers.Flatten()(inputs)))
            model = keras.Model({"pixels": inputs}, {"kind": out})
        model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"], runner=runner)
        results.append((model, fit(model).history))
    assert captures.replays > 0
    check(*results)


def test_callbacks_that_act_without_a_new_capture(captures):
    def callbacks():
        return [
            keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=0, min_delta=10.0, factor=0.5),
            keras.callbacks.EarlyStopping(monitor="loss", patience=3, min_delta=10.0, restore_best_weights=True),
        ]

    captured = run("captured", 96, epochs=8, fit={"callbacks": callbacks()})
    first = captures.captures
    check(captured, run("eager", 96, epochs=8, fit={"callbacks": callbacks()}))
    assert first <= 2
    assert captures.replays > 20


def test_users_callbacks_are_told_of_each_step(captures):
    class Rates(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_train_batch_begin(self, batch, logs=None):
            self.model.optimizer.learning_rate = 0.01 / (1 + batch)

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append((batch, logs["loss"], logs["accuracy"]))

    ours, theirs = Rates(), Rates()
    check(run("captured", 96, fit={"callbacks": [ours]}), run("eager", 96, fit={"callbacks": [theirs]}))
    assert ours.seen == theirs.seen
    assert len(ours.seen) == 36
    assert captures.replays > 0


def test_what_python_says_anew_each_epoch(captures):
    class Rate(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.layers[4].rate = 0.1 * (1 + epoch)

    check(
        run("captured", 96, epochs=4, fit={"callbacks": [Rate()]}),
        run("eager", 96, epochs=4, fit={"callbacks": [Rate()]}),
    )
    assert captures.replays > 0


def test_fitting_again_with_frozen_layers_and_loaded_weights(captures, tmp_path):
    results = []
    for runner in ("captured", "eager"):
        model, first = run(runner, 96)
        model.save_weights(tmp_path / "w.weights.h5")
        x, y = data(96)
        second = model.fit(x, y, batch_size=8, epochs=2, verbose=0).history
        model.load_weights(tmp_path / "w.weights.h5")
        model.layers[0].trainable = False
        model.compile("sgd", "sparse_categorical_crossentropy", runner=runner)
        third = model.fit(x, y, batch_size=8, epochs=2, verbose=0).history
        results.append((model, {str(i): one["loss"] for i, one in enumerate((first, second, third))}))
    assert captures.replays > 0
    check(*results)


def test_weights_that_move_are_captured_anew(captures):
    model, _ = run("captured", 96)
    twin, _ = run("eager", 96)
    x, y = data(96)
    for one in (model, twin):
        for parameter in one.parameters():
            parameter.data = parameter.data.clone()
        keras.utils.set_random_seed(0)
        one.fit(x, y, batch_size=8, epochs=2, verbose=0)
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_step_of_ones_own(captures):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1)
            self.tracker = keras.metrics.Mean(name="mine")

        @property
        def metrics(self):
            return [self.tracker]

        def call(self, x):
            return self.inner(x)

        def train_step(self, data):
            x, y = data
            error = ((self(x, training=True)[:, 0] - y) ** 2).mean()
            self.optimizer.minimize(lambda: error, self.trainable_variables)
            self.tracker.update_state(error)
            return {"mine": self.tracker.result(), "twice": 2 * error.detach()}

    def fit(runner):
        keras.utils.set_random_seed(0)
        model = Own()
        model.compile("adam", runner=runner)
        x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
        return model, model.fit(x, x.sum(1), batch_size=8, epochs=3, verbose=0).history

    captured = fit("captured")
    assert captures.replays > 0
    check(captured, fit("eager"))


def test_two_optimizers_in_one_step(captures):
    """As GANs have: each with its own count, rate and state."""
    import torchkeras.tensorflow as tf

    class Pair(keras.Model):
        def __init__(self):
            super().__init__()
            self.one, self.two = layers.Dense(4), layers.Dense(1)
            self.first, self.second = keras.optimizers.Adam(0.01), keras.optimizers.RMSprop(SCHEDULE_OBJECT())

        def call(self, x):
            return self.two(self.one(x))

        def train_step(self, x):
            noise = tf.random.normal((8, 3))
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(self(x + noise) ** 2)
            weights = self.one.trainable_variables
            self.first.apply_gradients(zip(tape.gradient(loss, weights), weights))
            with tf.GradientTape() as tape:
                other = tf.reduce_mean((self(x) - 1.0) ** 2)
            weights = self.two.trainable_variables
            self.second.apply_gradients(zip(tape.gradient(other, weights), weights))
            return {"one": loss, "two": other}

    def fit(runner):
        keras.utils.set_random_seed(0)
        model = Pair()
        model.compile(runner=runner)
        x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
        history = model.fit(x, batch_size=8, epochs=3, verbose=0).history
        return model, history

    captured, eager = fit("captured"), fit("eager")
    assert captures.replays > 0
    for name in ("one", "two"):
        np.testing.assert_allclose(captured[1][name], eager[1][name], rtol=1e-5)
    for ours, theirs in zip(captured[0].get_weights(), eager[0].get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, 1e-5, 1e-6)
    assert int(captured[0].first.iterations) == int(captured[0].second.iterations) == 24


def SCHEDULE_OBJECT():
    return keras.optimizers.schedules.deserialize(SCHEDULE)


def test_random_state_goes_on_as_it_would(captures):
    states = []
    for runner in ("captured", "eager"):
        run(runner, 96)
        states.append(torch.get_rng_state())
    assert torch.equal(*states)


@pytest.mark.parametrize("inner", ["sgd", "adam", "rmsprop"])
def test_loss_scale(captures, inner):
    """A step that is no good one is left out, and the scale follows, without the host."""

    def fit(runner):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((3,)), layers.Dense(4, "relu"), layers.Dense(1)])
        optimizer = keras.mixed_precision.LossScaleOptimizer(
            keras.optimizers.get(inner), initial_scale=1024.0, dynamic_growth_steps=5
        )
        model.compile(optimizer, "mse", runner=runner)
        x = np.random.default_rng(0).normal(size=(96, 3)).astype("float32")
        y = x.sum(1)
        y[[33, 60, 61]] = np.inf
        rows = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
        return model, {"scale": [float(optimizer.dynamic_scale), int(optimizer.dynamic_counter)]}, rows

    (model, scale, _), (twin, its, _) = fit("captured"), fit("eager")
    assert captures.replays > 10
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    check((model, scale), (twin, its), 1e-6)
