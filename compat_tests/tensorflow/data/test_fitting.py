"""fit, evaluate and predict on data sets."""

import numpy as np
import pytest

from torchkeras import tensorflow as tf

X = np.random.RandomState(0).rand(50, 6).astype("float32")
Y = np.random.RandomState(1).randint(0, 3, 50)


def model():
    tf.keras.utils.set_random_seed(0)
    made = tf.keras.Sequential([tf.keras.Input((6,)), tf.keras.layers.Dense(3, activation="softmax")])
    made.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


def dataset():
    return tf.data.Dataset.from_tensor_slices((X, Y)).batch(16)


PIPELINES = {
    "slices": lambda: dataset(),
    "mapped": lambda: tf.data.Dataset.from_tensor_slices((X * 2, Y)).map(lambda x, y: (x / 2, y)).batch(16).prefetch(1),
    "batches mapped": lambda: dataset().map(lambda x, y: (x + 0.0, y), num_parallel_calls=tf.data.AUTOTUNE),
    "generator": lambda: tf.data.Dataset.from_generator(
        lambda: zip(X, Y), output_signature=(tf.TensorSpec((6,), tf.float32), tf.TensorSpec((), tf.int64))
    ).batch(16),
    "zipped and cached": lambda: (
        tf.data.Dataset.zip((tf.data.Dataset.from_tensor_slices(X), tf.data.Dataset.from_tensor_slices(Y)))
        .batch(16)
        .cache()
    ),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_a_data_set_trains_as_its_arrays_do(name):
    expected = model().fit(X, Y, batch_size=16, shuffle=False, epochs=2, verbose=0).history
    found = model().fit(PIPELINES[name](), epochs=2, verbose=0).history
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-5)
    np.testing.assert_allclose(found["accuracy"], expected["accuracy"])


def test_evaluate_and_predict():
    trained = model()
    np.testing.assert_allclose(trained.evaluate(dataset(), verbose=0), trained.evaluate(X, Y, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(trained.predict(dataset(), verbose=0), trained.predict(X, verbose=0), rtol=1e-5)
    alone = dataset().map(lambda x, y: x)
    np.testing.assert_allclose(trained.predict(alone, verbose=0), trained.predict(X, verbose=0), rtol=1e-5)
    assert trained.predict(alone.repeat(), steps=2, verbose=0).shape == (32, 3)


def test_validation_on_a_data_set():
    history = model().fit(dataset(), validation_data=dataset().take(2), epochs=2, verbose=0).history
    other = model().fit(dataset(), validation_data=(X[:32], Y[:32]), epochs=2, verbose=0).history
    np.testing.assert_allclose(history["val_loss"], other["val_loss"], rtol=1e-5)


def test_without_end_it_wants_steps():
    with pytest.raises(ValueError, match="steps_per_epoch"):
        model().fit(dataset().repeat(), verbose=0)
    with pytest.raises(ValueError, match="infinitely repeating"):
        model().evaluate(dataset().repeat(), verbose=0)
    history = model().fit(dataset().repeat(), steps_per_epoch=3, epochs=4, verbose=0).history
    assert len(history["loss"]) == 4


def test_steps_go_on_where_the_epoch_before_ended():
    expected = model().fit(X[:32], Y[:32], batch_size=16, shuffle=False, verbose=0).history["loss"]
    cut = model().fit(dataset().take(2), steps_per_epoch=1, epochs=2, verbose=0).history["loss"]
    np.testing.assert_allclose(np.mean(cut), expected[0], rtol=1e-5)


def test_running_out_of_data_is_told():
    with pytest.warns(UserWarning, match="ran out of data"):
        model().fit(dataset(), steps_per_epoch=3, epochs=3, verbose=0)


def test_an_unknown_length_is_counted_in_the_first_epoch(capsys):
    model().fit(dataset().filter(lambda x, y: True), epochs=2, verbose=1)
    shown = capsys.readouterr().out
    assert all("4/4 [" in part for part in shown.split("Epoch 2/2"))


def test_dicts_of_inputs_by_name():
    first, second = tf.keras.Input((6,), name="a"), tf.keras.Input((6,), name="b")
    outputs = tf.keras.layers.Dense(1)(tf.keras.layers.Concatenate()([first, second]))
    joined = tf.keras.Model([first, second], outputs)
    joined.compile("sgd", "mse")
    pairs = tf.data.Dataset.from_tensor_slices(({"b": X, "a": X * 2}, Y.astype("float32"))).batch(25)
    found = joined.evaluate(pairs, verbose=0)
    np.testing.assert_allclose(found, joined.evaluate({"a": X * 2, "b": X}, Y.astype("float32"), verbose=0), rtol=1e-5)


def test_sample_weights_and_class_weights():
    weights = np.linspace(0, 1, 50).astype("float32")
    triples = tf.data.Dataset.from_tensor_slices((X, Y, weights)).batch(16)
    expected = model().fit(X, Y, sample_weight=weights, batch_size=16, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(model().fit(triples, verbose=0).history["loss"], expected, rtol=1e-5)
    by_class = {0: 1.0, 1: 2.0, 2: 0.5}
    expected = model().fit(X, Y, class_weight=by_class, batch_size=16, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(
        model().fit(dataset(), class_weight=by_class, verbose=0).history["loss"], expected, rtol=1e-5
    )


def test_y_is_refused_and_batch_size_left_alone():
    with pytest.raises(ValueError, match="`y` argument is not supported"):
        model().fit(dataset(), Y)
    steps = []
    counting = tf.keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    model().fit(dataset(), batch_size=5, verbose=0, callbacks=[counting])
    assert len(steps) == len(dataset())  # as in tf_keras


def test_what_predict_cached_can_be_trained_on():
    cached = dataset().map(lambda x, y: (x * 1.0, y)).cache()
    trained = model()
    trained.predict(cached, verbose=0)
    assert np.isfinite(trained.fit(cached, verbose=0).history["loss"]).all()


def test_a_custom_loop_over_a_data_set():
    trained, optimizer = model(), tf.keras.optimizers.SGD(0.5)
    loss_function = tf.keras.losses.SparseCategoricalCrossentropy()
    losses = []
    for _ in range(5):
        for x, y in dataset():
            with tf.GradientTape() as tape:
                loss = loss_function(y, trained(x, training=True))
            optimizer.apply_gradients(
                zip(tape.gradient(loss, trained.trainable_variables), trained.trainable_variables)
            )
        losses.append(float(loss))
    assert losses[-1] < losses[0]


def test_user_steps_see_tensors_of_the_namespace():
    seen = []

    class Own(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = tf.keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            seen.extend(type(part) for part in data)
            return super().train_step(data)

    own = Own()
    own.compile("sgd", "mse")
    own.fit(tf.data.Dataset.from_tensor_slices((X, Y.astype("float32"))).batch(25), verbose=0)
    assert set(seen) == {tf.Tensor}
