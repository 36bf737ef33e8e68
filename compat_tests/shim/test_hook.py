"""The import hook: which names it serves, what it refuses, and what must go on working around it."""

import subprocess
import sys

import pytest

import torchkeras
from compat_tests.shim.processes import environment, python


def test_is_off_until_asked_for():
    code = "import sys, torchkeras; assert 'tensorflow' not in sys.modules; import tensorflow.keras"
    done = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.modules['tensorflow'] = None; {code}"],
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode != 0
    names = [type(finder).__module__ for finder in sys.meta_path]
    assert not any(name.startswith("torchkeras") for name in names)


def test_all_names_lead_to_the_same_modules_and_classes():
    python("""
        import keras, tf_keras, keras.backend as K
        import tensorflow.keras.layers as L, tensorflow.keras.backend as TK
        from keras.layers import Dense
        from tensorflow.keras.layers import Dense as D2
        from tf_keras.layers import Dense as D3
        from tensorflow.python.keras.layers import Dense as D4
        from tensorflow.python.keras.api._v2.keras.layers import Dense as D5
        from keras.src.layers import Dense as D6
        from keras.api._v2 import keras as api
        import torchkeras
        assert Dense is D2 is D3 is D4 is D5 is D6 is torchkeras.layers.Dense
        assert L is keras.layers is torchkeras.layers
        assert K is TK is torchkeras.backend
        assert keras is tf_keras is api
        assert L.__name__ == "torchkeras.layers" == L.__spec__.name and L.__package__ == "torchkeras.layers"
        assert keras.__version__ == "2.9.0"
    """)


def test_modules_of_another_time():
    python("""
        from keras.utils import np_utils
        from keras.utils.np_utils import to_categorical
        from keras.layers.core import Dense, Dropout, Flatten
        from keras.layers.convolutional import Conv2D, MaxPooling2D
        from keras.layers.normalization import BatchNormalization
        from keras.engine.topology import Layer
        from keras.optimizers.schedules.learning_rate_schedule import ExponentialDecay
        from tensorflow.keras.optimizers.legacy import SGD
        import torchkeras
        assert np_utils.to_categorical is to_categorical is torchkeras.utils.to_categorical
        assert Conv2D is torchkeras.layers.Conv2D and Dropout is torchkeras.layers.Dropout
        assert Layer is torchkeras.layers.Layer
        assert not hasattr(np_utils, "no_such_name")
    """)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("import tensorflow.estimator", ["tf.estimator", "Instead", "fit"]),
        ("from tensorflow import estimator", ["tf.estimator", "Instead"]),
        ("from keras.layers import Dens", ["keras.layers.Dens", "'Dense'"]),
        ("import keras.optimisers", ["keras.optimisers", "'optimizers'"]),
        ("import keras.Model", ["not a module", "from keras import Model"]),
        ("from keras.layers.core import Dens", ["keras.layers.core.Dens", "'Dense'"]),
        ("import tensorflow.lite", ["tf.lite", "torch.export"]),
        ("from tensorflow.python.client import device_lib", ["list_physical_devices"]),
        ("import tensorflow_datasets as tfds", ["tensorflow_datasets", "keras.datasets"]),
        ("import tensorflow_hub", ["tensorflow_hub", "keras.applications"]),
        ("from tensorflow_addons.layers import WeightNormalization", ["tensorflow_addons", "keras.layers"]),
        ("import tensorflow_text", ["TextVectorization"]),
        ("import autokeras", ["autokeras", "not installed", "Optuna"]),
    ],
)
def test_what_is_not_there_says_what_to_use(statement, words):
    said = python(f"try:\n    {statement}\nexcept ImportError as error:\n    print(error)\nelse:\n    print('there')")
    assert all(word in said for word in words), said


def test_names_of_no_one_stay_an_ordinary_error():
    said = python("try:\n    import no_such_package\nexcept ImportError as error:\n    print(error.name, error)")
    assert said == "no_such_package No module named 'no_such_package'\n"


def test_modules_of_another_time_as_attributes():
    python("""
        import keras
        import torchkeras
        assert keras.utils.np_utils.to_categorical is torchkeras.utils.to_categorical
        assert keras.utils.generic_utils.get_custom_objects is torchkeras.utils.get_custom_objects
        from keras.utils.np_utils import normalize
        torchkeras.uninstall()
        assert not hasattr(torchkeras.utils, "np_utils")
    """)


def test_backend_is_tensorflow_under_the_hook_unless_torch_is_asked_for():
    code = "import keras; print(keras.backend.backend(), keras.config.backend(), keras.version())"
    assert python(code).split() == ["tensorflow", "tensorflow", "2.9.0"]
    assert python(code, KERAS_BACKEND="torch").split() == ["torch", "torch", "2.9.0"]


def test_a_real_tensorflow_already_imported_is_refused():
    code = (
        "import sys, types\n"
        "sys.modules['tensorflow'] = types.ModuleType('tensorflow')\n"
        "import torchkeras\n"
        "try:\n    torchkeras.install()\nexcept RuntimeError as error:\n    print(error)\n"
        "assert not any('torchkeras' in type(f).__module__ for f in sys.meta_path)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert "'tensorflow' is already imported" in done.stdout
    assert "before" in done.stdout
    warned = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment(TORCHKERAS_INSTALL="1"),
        check=True,
    )
    assert "TORCHKERAS_INSTALL=1 is without effect" in warned.stderr


def test_uninstall_leaves_nothing_behind():
    python("""
        import os, sys
        import keras.layers.core, keras.utils.np_utils, tensorflow.python.keras.layers
        held = keras.layers
        torchkeras.install()  # a second time changes nothing
        torchkeras.uninstall()
        assert "TORCHKERAS_INSTALL" not in os.environ
        left = [name for name in sys.modules if name.partition(".")[0] in ("keras", "tensorflow", "tf_keras")]
        assert not left, left
        assert torchkeras.layers.core is sys.modules["torchkeras.layers.core"]
        assert not hasattr(torchkeras.utils, "np_utils")
        assert held.Dense is torchkeras.layers.Dense
        try:
            import keras
        except ModuleNotFoundError as error:
            assert error.name == "keras"
        else:
            assert "torchkeras" not in keras.__file__  # a real one
        torchkeras.uninstall()
        torchkeras.install()
        import keras
        assert keras.layers is held
    """)


def test_pickling_and_reloading_under_the_real_names():
    python("""
        import copy, importlib, pickle, pickletools
        import keras
        from keras.regularizers import L2
        data = pickle.dumps(L2(0.5))
        assert any(op.arg == "torchkeras.regularizers.norms" for op in
                   (type("O", (), {"arg": a}) for _, a, _ in pickletools.genops(data)))
        assert pickle.loads(data).get_config() == L2(0.5).get_config()
        assert importlib.reload(keras.regularizers) is keras.regularizers
        import keras.regularizers as again
        assert again.L2 is keras.regularizers.L2
    """)


def test_probing_for_tensorflow_loads_nothing():
    python("""
        import importlib.metadata, importlib.util, sys
        spec = importlib.util.find_spec("tensorflow")
        assert spec.origin is None and "tensorflow" not in sys.modules
        try:
            importlib.metadata.version("no-distribution-of-tensorflow")
        except importlib.metadata.PackageNotFoundError:
            pass
    """)


def test_summary_writer_works_with_the_hook_on(tmp_path):
    pytest.importorskip("tensorboard")
    out = python(
        """
        import tensorflow
        from torch.utils.tensorboard import SummaryWriter
        with SummaryWriter("logs") as writer:
            for step in range(3):
                writer.add_scalar("loss", 1.5 * step, step)
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        events = EventAccumulator("logs").Reload()
        print([(event.step, event.value) for event in events.Scalars("loss")])
        """,
        folder=tmp_path,
    )
    assert out.splitlines()[-1] == "[(0, 0.0), (1, 1.5), (2, 3.0)]"


@pytest.mark.slow
@pytest.mark.parametrize("first", ["import torch._dynamo", "import tensorflow"])
def test_torch_compile_sees_through_the_tf_folder(first):
    # Files in the folder of `tensorflow` are on torch's list of what is never traced into.
    python(f"""
        {first}
        import tensorflow as tf, keras, torch
        from torch._dynamo import trace_rules
        folder = tf.__file__.rpartition("__init__")[0]
        assert not any(folder.startswith(skipped) for skipped in trace_rules.SKIP_DIRS), folder
        model = keras.Sequential([keras.layers.Dense(4, activation="relu", input_shape=(3,)), keras.layers.Dense(2)])
        x = torch.randn(5, 3)
        compiled = torch.compile(model, fullgraph=True, backend="eager")
        torch.testing.assert_close(compiled(x), model(x))
    """)


def test_spawned_workers_of_a_script_find_the_hook(tmp_path):
    (tmp_path / "own_data.py").write_text(
        "from tensorflow.keras.utils import to_categorical\nimport torch\n"
        "class Data(torch.utils.data.Dataset):\n"
        "    def __len__(self):\n        return 4\n"
        "    def __getitem__(self, i):\n        return to_categorical(i, 4)\n"
    )
    (tmp_path / "train.py").write_text(
        "import torchkeras\ntorchkeras.install()\nfrom own_data import Data\nimport torch\n"
        "if __name__ == '__main__':\n"
        "    loader = torch.utils.data.DataLoader(Data(), 2, num_workers=1, multiprocessing_context='spawn')\n"
        "    print([b.argmax(1).tolist() for b in loader])\n"
    )
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, env=environment(), timeout=300
    )
    assert done.stdout == "[[0, 1], [2, 3]]\n", done.stderr


def test_spawned_workers_of_a_prompt_find_the_hook(tmp_path):
    (tmp_path / "own_work.py").write_text(
        "from tensorflow.keras.utils import to_categorical\ndef work(i):\n    return to_categorical(i, 3).tolist()\n"
    )
    code = (
        "import torchkeras; torchkeras.install(); import own_work, multiprocessing as m; "
        "pool = m.get_context('spawn').Pool(1); print(pool.map(own_work.work, [1])); pool.close(); pool.join()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=environment(), timeout=300
    )
    assert done.stdout == "[[0.0, 1.0, 0.0]]\n", done.stderr


def test_ipython_extension_functions_are_public():
    assert torchkeras.load_ipython_extension.__doc__ == "`%load_ext torchkeras`."
    assert {"install", "uninstall", "load_ipython_extension"} <= set(torchkeras.__all__)


def test_load_ext_installs(tmp_path):
    pytest.importorskip("IPython")
    code = "from IPython.core.interactiveshell import InteractiveShell as S\ns = S.instance()\n"
    code += "s.run_cell('%load_ext torchkeras').raise_error()\ns.run_cell('import keras; print(keras.__name__)')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(IPYTHONDIR=str(tmp_path))
    )
    assert "torchkeras.keras" in done.stdout, done.stderr
