"""One worker of a training on several machines, as TensorFlow's guides write it: TF_CONFIG says which one.

`python -m torchkeras run worker.py FOLDER EPOCHS...` trains with `fit`, and with a loop of its own that goes on from
its last checkpoint until it has run so many epochs, once for each number. It prints its figures as a line of JSON.
"""

import json
import os
import sys

import numpy as np
import tensorflow as tf

folder = sys.argv[1]
options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=60)
strategy = tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)
resolver = strategy.cluster_resolver
task_type, task_id, cluster = resolver.task_type, resolver.task_id, resolver.cluster_spec()
figures = {"replicas": strategy.num_replicas_in_sync, "task": [task_type, task_id]}


def is_chief():
    return task_type in (None, "chief") or (task_type == "worker" and task_id == 0 and "chief" not in cluster.as_dict())


def path_to_write(path):
    """Where this worker writes: the chief to the path, the others to a place that is thrown away."""
    if is_chief():
        return path
    home = os.path.join(os.path.dirname(path), f"workertemp_{task_id}")
    tf.io.gfile.makedirs(home)
    return os.path.join(home, os.path.basename(path))


def throw_away(path):
    if not is_chief():
        tf.io.gfile.rmtree(os.path.dirname(path))


def data_set():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(48, 5)).astype("float32")
    data = tf.data.Dataset.from_tensor_slices((x, (x.sum(1) > 0).astype("int64")))
    return data.shuffle(48, reshuffle_each_iteration=False).batch(16)


def made():
    return tf.keras.Sequential(
        [tf.keras.layers.Dense(6, activation="relu", input_shape=(5,)), tf.keras.layers.Dense(2)]
    )


def with_fit():
    with strategy.scope():
        model = made()
        model.compile(
            loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="sgd", metrics=["accuracy"]
        )
    callbacks = [tf.keras.callbacks.BackupAndRestore(backup_dir=os.path.join(folder, "backup"))]
    figures["fit"] = model.fit(data_set(), epochs=2, callbacks=callbacks, verbose=0).history["loss"]
    path = path_to_write(os.path.join(folder, "model"))
    model.save(path)
    figures["wrote"] = os.path.relpath(path, folder)
    throw_away(path)


def with_loop(data, epochs):
    with strategy.scope():
        model = made()
        optimizer = tf.keras.optimizers.Adam(0.01)
        accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
        loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    epoch = tf.Variable(initial_value=tf.constant(0, dtype=tf.int64), name="epoch")
    step_in_epoch = tf.Variable(initial_value=tf.constant(0, dtype=tf.int64), name="step_in_epoch")

    @tf.function
    def train_step(iterator):
        def step(inputs):
            x, y = inputs
            with tf.GradientTape() as tape:
                predictions = model(x, training=True)
                loss = tf.nn.compute_average_loss(loss_object(y, predictions), global_batch_size=16)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            accuracy.update_state(y, predictions)
            return loss

        losses = strategy.run(step, args=(next(iterator),))
        return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

    checkpoint_dir = os.path.join(folder, "ckpt")
    checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer, epoch=epoch, step_in_epoch=step_in_epoch)
    inside = os.path.join(checkpoint_dir, "inside")
    manager = tf.train.CheckpointManager(checkpoint, os.path.dirname(path_to_write(inside)), max_to_keep=1)
    latest = tf.train.latest_checkpoint(checkpoint_dir)
    if latest:
        checkpoint.restore(latest)
    figures["began at"].append(int(epoch.numpy()))
    while epoch.numpy() < epochs:
        iterator, total = iter(data), 0.0
        while step_in_epoch.numpy() < 3:
            total += train_step(iterator)
            step_in_epoch.assign_add(1)
        figures["loss"].append(float(total) / 3)
        figures["accuracy"].append(float(accuracy.result()))
        accuracy.reset_states()
        step_in_epoch.assign(0)
        epoch.assign_add(1)
        manager.save()
        throw_away(path_to_write(inside))
    figures["weights"] = [float(np.abs(w).sum()) for w in model.get_weights()]


tf.keras.utils.set_random_seed(5)
with_fit()
figures |= {"began at": [], "loss": [], "accuracy": []}
tf.keras.utils.set_random_seed(5)
data = strategy.experimental_distribute_dataset(data_set())
for number in sys.argv[2:]:
    with_loop(data, int(number))
print(json.dumps(figures), flush=True)
