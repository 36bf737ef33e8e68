"""Giving an optimizer its state back, from a checkpoint of either generation of optimizers."""

from __future__ import annotations

import warnings
from typing import Any

from torchkeras.core.variable import Variable
from torchkeras.optimizers import SGD, Adafactor, Nadam, Optimizer
from torchkeras.saving.checkpoint.objects import identity
from torchkeras.saving.checkpoint.optimizers import (
    OLDER_COUNTER,
    OLDER_PRODUCT,
    OLDER_RATE,
    PRODUCT,
    inner,
    older_numbers,
    parts,
)
from torchkeras.saving.checkpoint.writing import VALUE


class OptimizerRestoration:
    """One optimizer that a node of a checkpoint belongs to.

    Args:
        restoration: the checkpoint on its way.
        optimizer: whom its state is for. What its first step will make gets its values when it is made.
        number: the node.
    """

    def __init__(self, restoration: Any, optimizer: Optimizer, number: int) -> None:
        self.restoration, self.optimizer, self.inner = restoration, optimizer, inner(optimizer)
        self.nodes = restoration.nodes
        self.node = self.nodes[number]

    def start(self) -> None:
        """Takes up what is there, and waits for what is not."""
        self._take()
        own = self.inner
        if (self.node.slots or len(self._listed()) > len(own.variables)) and not own.built:
            own.__dict__.pop("build", None)  # of a checkpoint before this one
            build = own.build

            def built(var_list: Any) -> None:
                own.__dict__.pop("build", None)
                build(var_list)
                self._take()
                self.restoration.commit()

            own.__dict__["build"] = built

    def _take(self) -> None:
        if not self._fits():
            warnings.warn(
                f"The state of the optimizer in the checkpoint {self.restoration.source.prefix!r} is not of the kind "
                f"that {self.inner.name!r} ({type(self.inner).__name__}) keeps, so it starts anew.",
                stacklevel=8,
            )
            return
        known = parts(self.optimizer)
        if OLDER_COUNTER in self.node.children and "_iterations" not in self.node.children:
            known |= {OLDER_COUNTER: self.inner._iterations, OLDER_RATE: known.get("_learning_rate")}
            self._take_numbers()
            self._take_slots()
        for name, number in self.node.children.items():
            if name != "_variables":
                self._give_all(known.get(name), number)
        for variable, number in zip(self.inner.variables, self._listed()):
            if number is not None:
                self._give(variable, number)
        self._pass_over()

    def _fits(self) -> bool:
        """Whether what was saved is as much as the optimizer keeps, once it keeps anything."""
        own, saved = list(self.inner.variables), self._listed()
        if not self.inner.built or len(saved) < 2 or len(saved) == len(own):
            return True
        without = isinstance(self.inner, SGD) and not self.inner.momentum  # which keeps m in tf_keras, for nothing
        return without and len(saved) == len(own) + len(self.inner._trainable_variables)

    def _give_all(self, part: Any, number: int) -> None:
        if isinstance(part, Variable):
            self._give(part, number)
        elif isinstance(part, Optimizer):
            if self.restoration.bind(part, number):
                OptimizerRestoration(self.restoration, part, number).start()
        elif isinstance(part, (list, dict)):
            named = part if isinstance(part, dict) else {str(place): one for place, one in enumerate(part)}
            for name, inner_number in self.nodes[number].children.items():
                if named.get(name) is not None:
                    self._give(named[name], inner_number)

    def _give(self, variable: Variable, number: int) -> None:
        keys = self.nodes[number].keys
        if self.restoration.bind(variable, number) and VALUE in keys:
            self.restoration.plan(keys[VALUE], variable, self.optimizer)

    def _listed(self) -> list[int | None]:
        """The nodes of `_variables` by their places; without the learning rate, which Keras 3 has second."""
        listed = self.node.children.get("_variables")
        if listed is None:
            return []
        saved = self.nodes[listed].children
        found = [saved.get(str(place)) for place in range(len(saved))]
        rate = self.node.children.get("_learning_rate")
        return [number for number in found if number is None or number != rate]

    def _pass_over(self) -> None:
        """Notes what Keras keeps and an optimizer here does without: it belongs to it nonetheless."""
        names: tuple[str, ...] = ("_current_learning_rate",)
        if isinstance(self.inner, Nadam):
            names += (PRODUCT, OLDER_PRODUCT)
        numbers = [self.node.children[name] for name in names if name in self.node.children]
        if isinstance(self.inner, Adafactor) and self.inner.built:
            lists = [self.node.children[name] for name in ("_r", "_c") if name in self.node.children]
            numbers += [number for one in lists for number in self.nodes[one].children.values()]
        if isinstance(self.inner, SGD) and not self.inner.momentum and self.inner.built:
            numbers += [number for number in self._listed() if number is not None]
        for number in numbers:
            self.restoration.objects.setdefault(number, self.optimizer)

    # --- the older generation ---

    def _take_numbers(self) -> None:
        """The numbers that an older optimizer keeps as variables: here they are plain attributes."""
        for name in (*older_numbers(self.inner), "decay"):
            attribute = "_initial_decay" if name == "decay" else name
            number, present = self.node.children.get(name), getattr(self.inner, attribute, None)
            if number is None or not isinstance(present, (int, float)) or VALUE not in self.nodes[number].keys:
                continue
            value = self.restoration.source.number(self.nodes[number].keys[VALUE])
            if value is not None and abs(value - present) > 1e-6 * abs(present):  # they are of 32 bits there
                setattr(self.inner, attribute, value)
            self.restoration.objects.setdefault(number, self.optimizer)

    def _take_slots(self) -> None:
        trained = {identity(variable): variable for variable in self.inner._trainable_variables}
        for original, name, number in self.node.slots:
            variable = trained.get(identity(self.restoration.objects.get(original)))
            if variable is None:
                continue
            try:
                own = self.inner.get_slot(variable, name)
            except KeyError:
                continue
            if own is not None:
                self._give(own, number)


__all__ = ["OptimizerRestoration"]
