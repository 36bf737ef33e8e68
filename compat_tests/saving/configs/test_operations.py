"""The table of Keras 3's operations, and that of TensorFlow's functions, against the functions that are there."""

import inspect

import torchkeras.tensorflow as tf
from torchkeras.graph.operation import function_of_label
from torchkeras.ops import FAMILY
from torchkeras.saving.configs import operations


def test_each_operation_of_keras_3_is_a_function_here():
    every = operations.by_class().values()
    assert len(every) > 300
    for one in every:
        function = FAMILY.objects[one.function]
        names = inspect.signature(function).parameters
        assert set(one.settings) <= {*names, "rms_scaling"}, one


def test_each_counterpart_has_the_names_it_says():
    for one in operations.COUNTERPARTS:
        function = function_of_label(f"tf.{one.label}")
        if inspect.isfunction(function):  # not an operator, which takes its operands in their order
            assert set(one.names) <= set(inspect.signature(function).parameters), one
        found = operations.by_function()[one.function]
        assert set(one.names.values()) <= {*found.inputs, *found.settings}, one
    assert tf.math.add is function_of_label("tf.math.add")
