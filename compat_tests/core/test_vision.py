"""torchvision beside a torch it was not built for."""

import subprocess
import sys
import textwrap

import pytest

from torchkeras.core import vision


def run(code):
    return subprocess.run([sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)], capture_output=True, text=True)


def test_python_part_imports():
    pytest.importorskip("PIL")
    done = run(
        """
        from torchkeras.core.vision import torchvision
        package = torchvision()
        import torch
        from torchvision import datasets, models, transforms
        assert datasets.MNIST and package.__version__
        net = models.resnet18(num_classes=3).eval()
        print(tuple(net(torch.zeros(1, 3, 64, 64)).shape), torchvision() is package)
        """
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0] == "(1, 3) True"


def test_missing_torchvision_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(ImportError, match="pip install torchvision"):
        vision.torchvision()


def test_broken_torchvision_says_what_to_install(monkeypatch):
    def broken(name):
        raise RuntimeError("something else entirely")

    monkeypatch.setattr(vision.importlib, "import_module", broken)
    with pytest.raises(ImportError, match="as a pair"):
        vision.torchvision()


def test_operators_that_stay_missing_say_what_to_install(monkeypatch):
    def missing(name):
        raise RuntimeError("operator torchvision::roi_align does not exist")

    monkeypatch.setattr(vision.importlib, "import_module", missing)
    with pytest.raises(ImportError, match="as a pair"):
        vision.torchvision()
