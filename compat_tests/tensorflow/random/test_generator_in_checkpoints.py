"""A tf.random.Generator is kept in checkpoints: restored, it gives again what it gave after they were written."""

import torchkeras.tensorflow as tf


def test_a_restored_generator_repeats_itself(tmp_path):
    generator = tf.random.Generator.from_seed(1)
    checkpoint = tf.train.Checkpoint(generator=generator)
    before = float(generator.normal([]))
    path = checkpoint.write(str(tmp_path / "checkpoint"))
    after = [float(generator.normal([])) for _ in range(3)]
    assert before not in after
    checkpoint.restore(path)
    assert [float(generator.normal([])) for _ in range(3)] == after


def test_another_generator_goes_on_from_it(tmp_path):
    generator = tf.random.Generator.from_seed(1)
    path = tf.train.Checkpoint(generator=generator).write(str(tmp_path / "checkpoint"))
    other = tf.random.Generator.from_seed(2)
    tf.train.Checkpoint(generator=other).restore(path)
    assert float(other.normal([])) == float(generator.normal([]))
