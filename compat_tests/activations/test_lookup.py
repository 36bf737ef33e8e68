"""Names, saved forms, and functions of one's own."""

import pytest

from torchkeras import activations
from torchkeras.core.registry import custom_object_scope, get_custom_objects, register_keras_serializable

#: What tf_keras 2.21 and Keras 3.15 find by name.
NAMES = (
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear "
    "log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus "
    "sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"
).split()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_finds_the_function_and_is_saved(name):
    found = activations.get(name)
    assert found is getattr(activations, name)
    saved = activations.serialize(found)
    assert saved == {"silu": "swish", "hard_swish": "hard_silu"}.get(name, name)
    assert activations.deserialize(saved) is found


def test_nothing_is_linear():
    assert activations.get(None) is activations.linear
    assert activations.linear("anything") == "anything"


def test_functions_pass_through():
    assert activations.get(len) is len


def test_a_mistyped_name_gets_a_suggestion():
    with pytest.raises(ValueError, match=r"Unknown activation function: 'rellu'\. Did you mean 'relu'\?"):
        activations.get("rellu")


def test_a_number_is_no_activation():
    with pytest.raises(TypeError, match="Could not interpret activation function identifier: 3"):
        activations.get(3)


def cube(x):
    return x**3


def test_own_functions_by_name_in_a_scope():
    with custom_object_scope({"cube": cube}):
        assert activations.get("cube") is cube
    with pytest.raises(ValueError, match="Unknown activation function: 'cube'"):
        activations.get("cube")
    assert activations.deserialize("cube", custom_objects={"cube": cube}) is cube


def test_own_functions_by_their_saved_form():
    saved = activations.serialize(cube)
    assert saved == {"module": "builtins", "class_name": "function", "config": "cube", "registered_name": "function"}
    with custom_object_scope({"cube": cube}):
        assert activations.get(saved) is cube


def test_registered_functions_are_found_again():
    @register_keras_serializable("tests")
    def fourth(x):
        return x**4

    try:
        assert activations.get(activations.serialize(fourth)) is fourth
    finally:
        get_custom_objects().pop("tests>fourth")
