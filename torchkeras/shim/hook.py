"""The import hook: `tensorflow`, `keras` and `tf_keras` as names of torchkeras's own modules. Off until asked for."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from torchkeras.core.errors import did_you_mean
from torchkeras.core.kinds import bridge
from torchkeras.shim.advice import BLOCKED, OPTIONAL, instead_of
from torchkeras.shim.names import OLD_KERAS, ROOTS, must_be_old, place_of, public_name
from torchkeras.shim.old_module import OldModule, module_of, public_names

#: Child processes that import torchkeras find this variable and install the hook too.
VARIABLE = "TORCHKERAS_INSTALL"

#: What a spawned child runs in place of the main script, and the variable that names this script where there is one.
SPAWNED = "torchkeras.shim.spawned"
MAIN_VARIABLE = "TORCHKERAS_MAIN"

# torch.utils.tensorboard takes `tensorflow.io.gfile` where it can import tensorflow; with this module in place
# tensorboard uses the file functions of its own instead.
_NO_TENSORFLOW = "tensorboard.compat.notf"

_ABSENT = object()


def install() -> None:
    """From here on `import tensorflow`, `import keras` and `import tf_keras` give torchkeras's modules.

    Child processes inherit it through the environment. Raises RuntimeError where the real ones are imported already.
    """
    if installed():
        return
    for name in sorted(ROOTS):
        if name in sys.modules:
            raise RuntimeError(
                f"The real {name!r} is already imported ({getattr(sys.modules[name], '__file__', None)}), and what "
                f"holds it would go on using it. In a fresh process, call torchkeras.install() before its import."
            )
    sys.meta_path.insert(0, _first)
    sys.meta_path.append(_last)
    bridge.standing_in = True
    _place_old_names()
    _prepare_children()


def uninstall() -> None:
    """Undoes `install`: the names are the real packages' again, or nobody's. What was imported stays usable."""
    if not installed():
        return
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in (_first, _last)]
    bridge.standing_in = False
    for name, module in _served.items():
        if sys.modules.get(name) is module:
            del sys.modules[name]
    _served.clear()
    for parent, child, before in reversed(_attributes):
        if before is _ABSENT:
            parent.__dict__.pop(child, None)
        else:
            parent.__dict__[child] = before
    _attributes.clear()
    for module, spec in _specs.items():
        module.__spec__ = spec
    _specs.clear()
    _release_children()


def _place_old_names() -> None:
    """`keras.utils.np_utils.to_categorical` after a mere `import keras`, as where Keras imports its own files."""
    parent = sys.modules["torchkeras.utils"]
    for name, homes in OLD_KERAS.items():
        folder, _, child = name.rpartition(".")
        if folder == "utils" and child not in parent.__dict__:
            _attributes.append((parent, child, _ABSENT))
            setattr(parent, child, OldModule(f"keras.{name}", tuple(f"torchkeras.{home}" for home in homes)))


def installed() -> bool:
    """Whether the hook is on."""
    return _first in sys.meta_path


def install_if_inherited() -> None:
    """Installs the hook where the process that started this one had it on."""
    if os.environ.get(VARIABLE) != "1":
        return
    try:
        install()
    except RuntimeError as error:
        warnings.warn(f"{VARIABLE}=1 is without effect: {error}", stacklevel=2)


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext torchkeras`."""
    install()


def unload_ipython_extension(ipython: Any) -> None:
    """`%unload_ext torchkeras`."""
    uninstall()


# --- child processes ------------------------------------------------------------------------------------------


def _prepare_children() -> None:
    os.environ[VARIABLE] = "1"
    main = sys.modules.get("__main__")
    if main is not None and main.__spec__ is None and not hasattr(main, "__file__"):
        # A notebook or a prompt: a spawned child has no file to run first, and would import what it unpickles before
        # torchkeras. It runs the module named here instead, under the name __mp_main__.
        main.__spec__ = ModuleSpec(SPAWNED, None)


def _release_children() -> None:
    os.environ.pop(VARIABLE, None)
    main = sys.modules.get("__main__")
    if (
        main is not None
        and main.__spec__ is not None
        and main.__spec__.name == SPAWNED
        and not hasattr(main, "__file__")
    ):
        main.__spec__ = None


class MissingModuleError(ModuleNotFoundError):
    """A name of TensorFlow or Keras that torchkeras has not.

    Its `name` stays None: with it, `from keras.layers import Dens` would lose this text for a plainer one.
    """

    def __init__(self, text: str, real: str) -> None:
        super().__init__(text)
        self.real = real


# --- finding --------------------------------------------------------------------------------------------------

_served: dict[str, ModuleType] = {}
_attributes: list[tuple[ModuleType, str, Any]] = []
_specs: dict[ModuleType, ModuleSpec | None] = {}


class _First(MetaPathFinder):
    """Stands before all other finders, for the names of TensorFlow and Keras."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        root = name.partition(".")[0]
        if name == _NO_TENSORFLOW:
            return _spec(name, lambda: ModuleType(name))
        if root in BLOCKED:
            return _spec(
                name, lambda: _refuse(name, f"is built on TensorFlow and cannot run without it. {BLOCKED[root]}")
            )
        return _found(name) if root in ROOTS else None


class _Last(MetaPathFinder):
    """Stands behind all other finders, for what no one has: the error says what to use instead."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        root, _, rest = name.partition(".")
        if root in OPTIONAL and not rest:
            return _spec(name, lambda: _refuse(name, f"is not installed. {OPTIONAL[root]}"))
        # `from keras.utils import np_utils` looks for torchkeras.utils.np_utils, since that is the package's name.
        if root == "torchkeras" and rest and not rest.rpartition(".")[2].startswith("_"):
            return _found(name)
        return None


_first, _last = _First(), _Last()


class _Loader(Loader):
    """Gives the import system a module that exists already."""

    def __init__(self, make: Any) -> None:
        self.make = make

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module: ModuleType = self.make()
        self.own = (module.__spec__, getattr(module, "__package__", None), getattr(module, "__loader__", None))
        _served[spec.name] = module
        parent, _, child = spec.name.rpartition(".")
        if parent in sys.modules:
            # The import system will set the module as an attribute of its parent.
            _attributes.append((sys.modules[parent], child, sys.modules[parent].__dict__.get(child, _ABSENT)))
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has written the asked name over these; pickling and reloading want the module's own.
        if self.own[0] is not None:
            module.__spec__, module.__package__, module.__loader__ = self.own
        if module.__name__ == "torchkeras.tensorflow" and module.__spec__ is not None:
            # torch.compile leaves alone all files of the folder where `tensorflow` comes from; it asks the spec.
            _specs.setdefault(module, module.__spec__)
            hidden = ModuleSpec(module.__spec__.name, module.__spec__.loader, is_package=True)
            hidden.submodule_search_locations = module.__spec__.submodule_search_locations
            module.__spec__ = hidden


def _spec(name: str, make: Any) -> ModuleSpec:
    return ModuleSpec(name, _Loader(make), is_package=True)


def _found(name: str) -> ModuleSpec:
    place = place_of(name)
    assert place is not None
    if name in ROOTS:
        # Not loaded before it is asked for: torch._dynamo only wants to know where tensorflow would come from.
        return _spec(name, lambda: importlib.import_module(place.real))
    module = module_of(place.real) if place.real != name and not must_be_old(place) else None
    if module is not None:
        return _spec(name, lambda: module)
    if place.homes is not None:
        homes = place.homes
        return _spec(name, lambda: OldModule(name, homes))
    raise _missing(name, place.real)


def _missing(name: str, real: str) -> MissingModuleError:
    parent, _, child = real.rpartition(".")
    said = public_name(name)
    above = sys.modules.get(name.rpartition(".")[0]) or sys.modules.get(parent)
    text = f"torchkeras has no `{said}`."
    if above is not None and hasattr(above, child):
        text = f"`{said}` is not a module: write `from {name.rpartition('.')[0]} import {child}`."
    elif instead_of(said):
        text += f" Instead: {instead_of(said)}."
    elif above is not None:
        text += did_you_mean(child, public_names(above))
    return MissingModuleError(text, real)


def _refuse(name: str, text: str) -> ModuleType:
    what, _, advice = text.partition(". ")
    raise ModuleNotFoundError(f"{name!r} {what}. Instead: {advice}.", name=name)
