"""CellLayer: a recurrent layer that makes its cell itself, and shows the cell's settings as its own."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

from torchkeras import regularizers
from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.recurrent.rnn import RNN

RNN_SETTINGS = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "time_major")


class CellLayer(RNN):
    """Base of LSTM, GRU and SimpleRNN.

    Its state_dict keys are `cell.lstm.weight_ih_l0` and so on where torch has a kernel for the settings, else
    `cell.kernel` and so on.
    """

    #: The class of the cell and its name, which names the weights.
    cell_class: Any
    cell_name: str
    #: What it passes on to its cell.
    cell_settings: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "cell_class" in cls.__dict__:
            parameters = inspect.signature(cls.cell_class.__init__).parameters
            cls.cell_settings = tuple(name for name in parameters if name not in ("self", "kwargs"))
            for name in cls.cell_settings:
                if not hasattr(cls, name):
                    setattr(cls, name, _of_cell(name))

    def __init__(self, settings: dict[str, Any], kwargs: dict[str, Any]) -> None:
        """
        Args:
            settings: the values of all parameters of a subclass's `__init__`, from which those of the cell are taken.
            kwargs: further arguments.
        """
        own = {name: settings[name] for name in RNN_SETTINGS}
        cell = {name: value for name, value in settings.items() if name in self.cell_settings}
        cell |= {
            name: kwargs.pop(name) for name in ("implementation", "seed", "enable_caching_device") if name in kwargs
        }
        kwargs.pop("use_cudnn", None)
        cell |= {"dtype": kwargs.get("dtype"), "trainable": kwargs.get("trainable", True), "name": self.cell_name}
        kwargs["activity_regularizer"] = settings["activity_regularizer"]
        super().__init__(self.cell_class(**cell), **own, **kwargs)
        self.input_spec = [InputSpec(ndim=3)]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        cell = config.pop("cell")["config"]
        config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        names = {*self.cell_settings, "seed"} - {"rank"}
        return config | {name: value for name, value in cell.items() if name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        return Layer.from_config.__func__(cls, config)  # type: ignore[attr-defined]


def _of_cell(name: str) -> property:
    return property(lambda self: getattr(self.cell, name), doc=f"`{name}` of the cell.")
