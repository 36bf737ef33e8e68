"""Programs of the kind that TensorFlow's guides on distributed training show: with either library, for two replicas.

Each takes the `tf` namespace and the strategy and gives plain figures, the same in every process.
"""

from __future__ import annotations

import os

import numpy as np


def digits(samples):
    """Small images and their labels."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (samples, 6, 6, 1)).astype("uint8"), rng.integers(0, 10, samples).astype("int64")


def start(model):
    """Weights that are the same in both libraries."""
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.3, w.shape).astype("float32") for w in model.get_weights()])


def convolutional(tf, regularizer=None):
    return tf.keras.Sequential(
        [
            tf.keras.layers.Conv2D(4, 3, activation="relu", input_shape=(6, 6, 1), kernel_regularizer=regularizer),
            tf.keras.layers.MaxPooling2D(),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(8, activation="relu"),
            tf.keras.layers.Dense(10),
        ]
    )


def weights_of(model):
    return [weight.ravel().tolist() for weight in model.get_weights()]


def scaled(tf, image, label):
    return tf.cast(image, tf.float32) / 255, label


def with_keras(tf, strategy, folder, shuffle=False):
    """Distributed training with Keras: `fit` in the scope, callbacks, a checkpoint, and the model saved and loaded."""
    images, labels = digits(64)
    data = tf.data.Dataset.from_tensor_slices((images, labels)).map(lambda x, y: scaled(tf, x, y)).cache()
    train = data.shuffle(64) if shuffle else data
    train = train.batch(8 * 2).prefetch(tf.data.AUTOTUNE)
    evaluated = data.take(32).batch(8 * 2)
    with strategy.scope():
        model = convolutional(tf)
        start(model)
        model.compile(
            loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            optimizer=tf.keras.optimizers.Adam(learning_rate=0.01),
            metrics=["accuracy"],
        )
    rates = []

    class Rates(tf.keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            rates.append(float(model.optimizer.learning_rate.numpy()))

    checkpoints = os.path.join(folder, "checkpoints")
    callbacks = [
        tf.keras.callbacks.ModelCheckpoint(os.path.join(checkpoints, "ckpt_{epoch}"), save_weights_only=True),
        tf.keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 if epoch < 2 else 0.001),
        Rates(),
    ]
    history = model.fit(train, epochs=3, callbacks=callbacks, verbose=0).history
    figures = {"loss": history["loss"], "accuracy": history["accuracy"], "rates": rates}
    figures["evaluated"] = model.evaluate(evaluated, verbose=0)
    model.load_weights(tf.train.latest_checkpoint(checkpoints))
    figures["from checkpoint"] = model.evaluate(evaluated, verbose=0)
    path = os.path.join(folder, "saved_model")
    model.save(path, save_format="tf")
    alone = tf.keras.models.load_model(path)
    figures["loaded"] = alone.evaluate(evaluated, verbose=0)
    model.save(path + ".keras")
    with strategy.scope():
        again = tf.keras.models.load_model(path + ".keras")
        figures["loaded in scope"] = again.evaluate(evaluated, verbose=0)
    return figures | {"weights": weights_of(model)}


def with_loop(tf, strategy, samples=69):
    """Custom training: a step that every replica takes, its loss divided by the whole batch, metrics of all."""
    batch = 16
    images, labels = digits(samples)
    images = images.astype("float32") / 255
    train = strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices((images, labels)).batch(batch))
    test = strategy.experimental_distribute_dataset(
        tf.data.Dataset.from_tensor_slices((images[:21], labels[:21])).batch(batch)
    )
    with strategy.scope():
        loss_object = tf.keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction=tf.keras.losses.Reduction.NONE
        )
        test_loss = tf.keras.metrics.Mean(name="test_loss")
        train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
        test_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="test_accuracy")
        model = convolutional(tf, tf.keras.regularizers.L2(1e-3))
        start(model)
        optimizer = tf.keras.optimizers.SGD(learning_rate=0.1, momentum=0.9)

        def compute_loss(labels, predictions, model_losses):
            loss = tf.nn.compute_average_loss(loss_object(labels, predictions), global_batch_size=batch)
            if model_losses:
                loss += tf.nn.scale_regularization_loss(tf.add_n(model_losses))
            return loss

    def train_step(inputs):
        images, labels = inputs
        with tf.GradientTape() as tape:
            predictions = model(images, training=True)
            loss = compute_loss(labels, predictions, model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        train_accuracy.update_state(labels, predictions)
        return loss

    def test_step(inputs):
        images, labels = inputs
        predictions = model(images, training=False)
        test_loss.update_state(loss_object(labels, predictions))
        test_accuracy.update_state(labels, predictions)

    @tf.function
    def distributed_train_step(inputs):
        return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(train_step, args=(inputs,)), axis=None)

    @tf.function
    def distributed_test_step(inputs):
        return strategy.run(test_step, args=(inputs,))

    figures = {"train loss": [], "train accuracy": [], "test loss": [], "test accuracy": [], "steps": []}
    for _ in range(3):
        total, steps = 0.0, 0
        for x in train:
            total += distributed_train_step(x)
            steps += 1
        for x in test:
            distributed_test_step(x)
        figures["train loss"].append(float(total) / steps)
        figures["train accuracy"].append(float(train_accuracy.result()))
        figures["test loss"].append(float(test_loss.result()))
        figures["test accuracy"].append(float(test_accuracy.result()))
        figures["steps"].append(steps)
        for metric in (test_loss, train_accuracy, test_accuracy):
            metric.reset_state()
    return figures | {"weights": weights_of(model)}


def by_iterator(tf, strategy):
    """The guide's other ways of going over the data: an iterator, a loop within tf.function, `fit` by parts."""
    inputs = np.arange(24, dtype="float32").reshape(12, 2) / 24
    targets = inputs.sum(1, keepdims=True)

    def made(context):
        whole = tf.data.Dataset.from_tensor_slices((inputs, targets))
        own = whole.shard(context.num_input_pipelines, context.input_pipeline_id)
        return own.batch(context.get_per_replica_batch_size(4))

    with strategy.scope():
        model = tf.keras.Sequential([tf.keras.layers.Dense(3, input_shape=(2,)), tf.keras.layers.Dense(1)])
        start(model)
        optimizer = tf.keras.optimizers.SGD(0.1)
        seen = tf.Variable(0.0, aggregation=tf.VariableAggregation.SUM, trainable=False)
    data = strategy.distribute_datasets_from_function(made)

    def step(element):
        x, y = element
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(model(x) - y)) / 4
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        seen.assign_add(tf.cast(tf.shape(x)[0], tf.float32))
        return loss

    @tf.function
    def steps(iterator, count):
        total = 0.0
        for _ in tf.range(count):
            total += strategy.reduce("SUM", strategy.run(step, args=(next(iterator),)), axis=None)
        return total

    iterator = iter(data)
    figures = {"two": [float(steps(iterator, tf.constant(2)))], "one": [float(steps(iterator, tf.constant(1)))]}
    figures["ended"] = [not bool(iterator.get_next_as_optional().has_value())]
    with strategy.scope():
        model.compile(tf.keras.optimizers.SGD(0.1), "mse")
    figures["fit"] = model.fit(data, epochs=1, steps_per_epoch=3, verbose=0).history["loss"]
    return figures | {"seen": [float(seen.numpy())], "weights": weights_of(model)}
