"""A training loop written out: a tape, gradients, an optimizer, metrics, and validation after each epoch."""

import tensorflow as tf
from made_data import images

tf.random.set_seed(1)
x_train, y_train = images(2000)
x_test, y_test = images(500, seed=1)
train = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(2000).batch(50)
test = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(100)

model = tf.keras.Sequential(
    [
        tf.keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
        tf.keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10),
    ]
)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(learning_rate=0.003)
train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
test_loss = tf.keras.metrics.Mean(name="test_loss")
test_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="test_accuracy")


@tf.function
def train_step(inputs, labels):
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)
        loss = loss_fn(labels, logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, norm = tf.clip_by_global_norm(gradients, 5.0)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, logits)
    return norm


@tf.function
def test_step(inputs, labels):
    logits = model(inputs, training=False)
    test_loss.update_state(loss_fn(labels, logits))
    test_accuracy.update_state(labels, logits)


for epoch in range(5):
    for metric in (train_loss, train_accuracy, test_loss, test_accuracy):
        metric.reset_state()
    for step, (inputs, labels) in enumerate(train):
        norm = train_step(inputs, labels)
        if step == 0:
            tf.print("epoch", epoch + 1, "begins with shapes", tf.shape(inputs), tf.shape(labels))
    for inputs, labels in test:
        test_step(inputs, labels)
    print(
        f"loss {train_loss.result():.3f}, accuracy {train_accuracy.result():.3f}, "
        f"on new images {test_loss.result():.3f}, {test_accuracy.result():.3f}, norm {float(norm):.2f}"
    )

print(f"metrics: loss={test_loss.result().numpy():.4f} accuracy={test_accuracy.result().numpy():.4f}")
