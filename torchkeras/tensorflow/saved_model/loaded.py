"""What loading gives: models to be called, and signatures."""

from __future__ import annotations

from typing import Any

from torchkeras.models import Model
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.tracing import Function
from torchkeras.tensorflow.type_specs import TensorSpec


class Signature:
    """A function that takes tensors by name, and gives a dict of tensors.

    Args:
        function: what computes.
        specs: of its arguments, by name; plain values for those that are fixed.
        outputs: the names of the results, where the function gives no dict.
        owner: the object whose method the function is. A method does not keep its object; a signature does.
    """

    def __init__(
        self, function: Any, specs: dict[str, Any], outputs: list[str] | None = None, owner: Any = None
    ) -> None:
        self._function, self._specs, self._outputs, self._owner = function, specs, outputs, owner
        self._tensors = [name for name, spec in specs.items() if isinstance(spec, TensorSpec)]
        self._structured: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if len(args) > len(self._tensors) or set(kwargs) - set(self._specs):
            raise TypeError(f"The signature takes {self._tensors}. Received: args={args}, kwargs={kwargs}")
        given = dict(zip(self._tensors, args)) | kwargs
        missing = [name for name in self._tensors if name not in given]
        if missing:
            raise TypeError(f"signature_wrapper missing required arguments: {', '.join(missing)}")
        return self._named(self._function(*[given.get(name, spec) for name, spec in self._specs.items()]))

    def _named(self, found: Any) -> dict[str, Any]:
        if isinstance(found, dict):
            return found
        values = list(found) if isinstance(found, (list, tuple)) else [] if found is None else [found]
        names = self._outputs or [f"output_{i}" for i in range(len(values))]
        return dict(zip(names, values, strict=True))

    @property
    def structured_input_signature(self) -> tuple[tuple[()], dict[str, Any]]:
        return (), dict(self._specs)

    @property
    def structured_outputs(self) -> dict[str, Any]:
        """The specs of the results."""
        if self._structured is None:
            found = self._function.get_concrete_function(*self._specs.values()).structured_outputs
            named = self._named(found)
            self._structured = {key: TensorSpec(spec.shape, spec.dtype, key) for key, spec in named.items()}
        return dict(self._structured)

    @property
    def inputs(self) -> list[Any]:
        return [self._specs[name] for name in self._tensors]

    @property
    def outputs(self) -> list[Any]:
        return list(self.structured_outputs.values())

    def __repr__(self) -> str:
        return f"<Signature of {self._tensors}>"


def signature_of_model(model: Model) -> Signature:
    """The signature that every saved model has: its inputs by name, its outputs by name."""
    inputs = list(model.inputs or [])
    names = list(model.input_names) if inputs else ["inputs"]
    if inputs:
        specs = {n: TensorSpec(t.shape, t.dtype, n) for n, t in zip(names, inputs, strict=True)}
    else:
        specs = {names[0]: TensorSpec(None, dtypes.float32, names[0])}

    def serve(*args: Any) -> Any:
        return model(args[0] if len(args) == 1 else list(args), training=False)

    outputs = list(model.output_names) if inputs and model.output_names else None
    return Signature(Function(serve, "serving_default"), specs, outputs)


class LoadedModel:
    """A Keras model that was loaded: called like it, with its variables and signatures.

    Args:
        model: the model itself, also as `.model`.
    """

    signatures: Any

    def __init__(self, model: Model) -> None:
        self.model = model

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.model(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "model":
            raise AttributeError(name)
        return getattr(self.model, name)


__all__ = ["LoadedModel", "Signature", "signature_of_model"]
