"""The package from outside: what importing loads, which names are public."""

import importlib
import json
import pkgutil
import subprocess
import sys

import pytest

import torchkeras

HEAVY = ("h5py", "torchvision", "tensorboard", "pandas", "matplotlib", "PIL", "tensorflow", "keras", "scipy", "IPython")


def loaded_by(statement):
    code = f"import sys, json\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(out.stdout.splitlines()[-1]))


def test_import_loads_torch_and_numpy_and_nothing_heavier():
    extra = {name.split(".")[0] for name in loaded_by("import torchkeras") - loaded_by("import torch, numpy")}
    assert not extra & set(HEAVY)
    assert {name for name in extra if name not in sys.stdlib_module_names} <= {"torchkeras"}


def packages():
    found = [m.name for m in pkgutil.iter_modules(torchkeras.__path__) if m.ispkg]
    inner = ("core", "graph", "ops", "tensorflow", "training")
    return ["torchkeras", *(f"torchkeras.{name}" for name in found if name not in inner)]


@pytest.mark.parametrize("name", packages())
def test_public_names_exist_and_are_listed(name):
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    for public in module.__all__:
        assert hasattr(module, public), public
    own = {
        key
        for key, value in vars(module).items()
        if isinstance(value, type) and value.__module__.startswith(f"{name}.") and not key.startswith("_")
    }
    if name != "torchkeras":
        assert own <= set(module.__all__)


def test_version():
    assert torchkeras.__version__.count(".") == 2


def test_the_import_leaves_the_garbage_collector_as_it_was():
    program = "import gc; {} import torchkeras; print(gc.get_freeze_count() > 0, gc.isenabled())"
    for before, expected in (("", "False True"), ("gc.freeze();", "True True")):
        done = subprocess.run([sys.executable, "-c", program.format(before)], capture_output=True, text=True)
        assert done.stdout.strip() == expected, done.stderr
