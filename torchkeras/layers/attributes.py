"""What happens when something is set on a layer: its layers and weights are registered, reserved names are refused."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras.core.variable import Variable
from torchkeras.graph.operation import Operation
from torchkeras.layers import tracking
from torchkeras.layers.weights import WeightedOperation

#: What the engine itself keeps in a layer's `__dict__`; it writes there directly.
_RESERVED = frozenset(
    ("_autocast", "_batch_input_shape", "_build_shape", "_building", "_call_info", "_call_losses", "_call_metrics",
     "_called_with", "_dtype_policy", "_functional_graph", "_held_modules", "_inbound_nodes", "_init_arguments",
     "_input_dtype",
     "_layer_keys", "_lean_path", "_lean_ranks", "_loss_functions", "_loss_holders", "_own_weights", "_plain_children",
     "_plain_variables", "_runs_graph", "_set_order", "_shape_inferred", "_stack_end", "_stack_graph", "_stack_keys",
     "_tracked_names", "_trainable", "_variable_holders")
)  # fmt: skip


class AttributesMixin(WeightedOperation):
    """Registers what is set on a layer, beyond what nn.Module does for modules and parameters."""

    def __setattr__(self, name: str, value: Any) -> None:
        _check_attribute_name(type(self), name)
        if isinstance(value, Variable):
            self._set_variable(name, value)
        elif isinstance(value, nn.Parameter) and isinstance(self.__dict__.get(name), Variable):
            self._parameters[name] = value  # load_state_dict(assign=True) replaces the parameter, not the view
        elif isinstance(value, nn.Module):
            if not tracking.replace(self, name, value):
                super().__setattr__(name, value)
                self.__dict__.setdefault("_set_order", {})[name] = None
                self._watch_plain(name, value)
        elif isinstance(value, (list, tuple, dict)):
            value = tracking.wrap(value)
            super().__setattr__(name, value)
            if name in self.__dict__:
                order = self.__dict__.setdefault("_set_order", {})
                order.pop(name, None)
                order[name] = None
                tracking.register_content(self, name, value)
        else:
            super().__setattr__(name, value)
            if hasattr(type(value), "_holds_variables"):
                self.__dict__.setdefault("_variable_holders", {})[name] = None

    def _take_variables(self, name: str) -> None:
        known = {id(variable) for variable in self._own_weights}
        for i, variable in enumerate(getattr(self.__dict__.get(name), "variables", ())):
            if id(variable) not in known:
                self._set_variable(f"{name}_{i}", variable, attribute=False)

    def _register_child(self, name: str, value: Any) -> None:
        if isinstance(value, nn.Module):
            self._modules[name] = value
            self._watch_plain(name, value)
        else:
            self._set_variable(name, value, attribute=False)

    def _watch_plain(self, name: str, module: nn.Module) -> None:
        """A plain torch module set as an attribute, or put in place of an inner one, follows the training flag."""
        if not isinstance(module, Operation):
            self.__dict__.setdefault("_plain_children", set()).add(name)
            self.__dict__["_lean_path"] = False

    def _set_variable(self, name: str, variable: Variable, attribute: bool = True) -> None:
        """Keep the Variable as the attribute and its parameter under the attribute's name."""
        if variable._owner is None:
            variable.adopt(self, name)
            self._own_weights.append(variable)
        elif variable._owner is self and variable._provisional:
            for table in (self._parameters, self._buffers):
                if variable._path[0] in table and name not in table and name not in self._modules:
                    table[name] = table.pop(variable._path[0])  # type: ignore[assignment]
                    variable._path, variable._provisional = (name,), False
                    break
        elif variable._owner is not self:
            table = self._parameters if isinstance(variable.parameter, nn.Parameter) else self._buffers
            table[name] = variable.parameter
            if not any(v is variable for v in self._own_weights):
                self._own_weights.append(variable)
        if attribute:
            self.__dict__[name] = variable

    def _follow_training(self, training: bool) -> None:
        for name in self.__dict__["_plain_children"]:
            module = self._modules.get(name)
            if module is not None and module.training is not training:
                nn.Module.train(module, training)
                if not self._trainable:  # a frozen layer's statistics stand still, as BatchNormalization's do
                    for norm in module.modules():
                        if isinstance(norm, nn.modules.batchnorm._BatchNorm):
                            norm.eval()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for name in state.get("_tracked_names", ()):
            tracking.tie(self, name, self.__dict__[name])


def _check_attribute_name(cls: type, name: str) -> None:
    """Refuses to set what the engine keeps for itself, and Keras's read-only properties."""
    if name in _RESERVED:
        raise AttributeError(
            f"The attribute {name!r} of {cls.__name__} belongs to torchkeras itself. Choose another name."
        )
    if isinstance(known := getattr(cls, name, None), property) and known.fset is None:
        raise AttributeError(
            f'Can\'t set the attribute "{name}" of {cls.__name__}: it conflicts with an existing read-only property of '
            f"that name. Choose another name."
        )
