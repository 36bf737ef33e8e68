"""Record what TensorFlow and tf_keras write for TensorBoard: python -m compat_tests.events.record.

It needs the package tensorboard next to TensorFlow: tf.summary is in it.
"""

import base64
import json
import pathlib
import tempfile

import tensorflow as tf
import tf_keras

from compat_tests.events import cases

DATA = pathlib.Path(__file__).parent / "data"


def events_of(path):
    return tf.compat.v1.train.summary_iterator(path)


def summaries():
    found = {}
    for name, (function, arguments, options) in cases.SUMMARIES.items():
        with tempfile.TemporaryDirectory() as folder:
            writer = tf.summary.create_file_writer(folder)
            with writer.as_default(step=3):
                getattr(tf.summary, function)(*arguments, **options)
            writer.close()
            (file,) = pathlib.Path(folder).iterdir()
            _, event = events_of(str(file))
            event.wall_time = 0
            found[name] = base64.b64encode(event.SerializeToString()).decode()
    return found


def errors():
    found = {}
    for name, (function, arguments, options) in cases.SUMMARY_ERRORS.items():
        with tempfile.TemporaryDirectory() as folder, tf.summary.create_file_writer(folder).as_default(step=3):
            try:
                getattr(tf.summary, function)(*arguments, **options)
            except Exception as error:
                found[name] = type(error).__name__
    return found


def runs():
    found = {}
    for name, run in cases.RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            run(tf_keras, folder)
            found[name] = cases.content(events_of, tf.make_ndarray, pathlib.Path(folder))
    return found


def main():
    DATA.mkdir(exist_ok=True)
    everything = {"summaries": summaries(), "errors": errors(), "runs": runs(), "version": tf.__version__}
    (DATA / "events.json").write_text(json.dumps(everything) + "\n")


if __name__ == "__main__":
    main()
