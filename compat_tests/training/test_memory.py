"""Memory of a run on the CPU, counted in processes of their own: pages faulted in, bytes resident."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from torchkeras.training import allocator

pytestmark = pytest.mark.slow


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True, text=True, check=True, env=os.environ | environment,
    )  # fmt: skip
    return [float(word) for word in done.stdout.split()]


def test_peak_of_fit_is_that_of_the_array():
    small, few, peak, many = run("""
        import resource, numpy as np, torchkeras as keras
        def fit(samples):
            x, y = np.ones((samples, 1000)), np.zeros(samples)
            model = keras.Sequential([keras.layers.Dense(1, input_shape=(1000,))])
            model.compile("sgd", "mse")
            model.fit(x, y, batch_size=512, validation_split=0.1, verbose=0)
            model.predict(x, batch_size=512)
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, x.nbytes)
        fit(2000)
        fit(40000)
    """)
    assert (peak - small + few) / many < 1.1


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs Linux")
def test_a_memory_map_stays_on_the_disk(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.ones((20000, 1000)))
    size, own = run(f"""
        import numpy as np, torchkeras as keras
        def held():
            lines = open("/proc/self/status").read().splitlines()
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))
        model = keras.Sequential([keras.layers.Dense(1, input_shape=(1000,))])
        model.compile("sgd", "mse")
        model.fit(np.ones((600, 1000)), np.zeros(600), batch_size=512, verbose=0)
        before, most = held(), []
        class Watch(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                most.append(held())
        x = np.load({str(path)!r}, mmap_mode="r")
        model.fit(x, np.zeros(20000), batch_size=512, verbose=0, callbacks=[Watch()])
        print(x.nbytes, max(most) - before)
    """)
    assert own < 0.2 * size


FAULTS = """
    import gc, resource, numpy as np, torchkeras as keras
    def resident():
        return int(open("/proc/self/statm").read().split()[1]) * 4096
    layers = keras.layers
    model = keras.Sequential([
        layers.Conv2D(6, 5, padding="same", activation="relu", input_shape=(28, 28, 1)), layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = np.random.rand(640, 28, 28, 1).astype("float32"), np.random.randint(0, 10, 640)
    model.fit(x, y, verbose=0)
    before = resident()
    faults = []
    class Count(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
    model.fit(x, y, verbose=0, callbacks=[Count()])
    print((faults[-1] - faults[9]) / (len(faults) - 10), (resident() - before) / 2**20)
"""


@pytest.mark.skipif(allocator._libc() is None, reason="the C library is not glibc")
def test_steps_fault_no_pages_in_and_memory_goes_back():
    faults, growth = run(FAULTS)
    assert faults < 40  # some 150 to 550 with the allocator left alone
    assert growth < 64


def test_the_allocator_can_be_left_alone():
    code = "from torchkeras.training import allocator; print(int(allocator.keep_activations()))"
    assert run(code, TORCHKERAS_MALLOC="0") == [0]
