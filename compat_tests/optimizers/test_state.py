"""What an optimizer keeps: listing, setting, saving, copying."""

import copy
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import optimizers
from torchkeras.optimizers import SGD, Adam, RMSprop

from .weights import NAMES, net, values


def trained(optimizer, steps=2):
    model = net()
    variables = model.variables()
    optimizer.build(variables)
    for step in range(steps):
        model.backward(step)
        optimizer.step()
    return model, variables


def test_variables_is_a_property_and_a_method():
    optimizer = Adam()
    _, variables = trained(optimizer)
    assert list(optimizer.variables) == list(optimizer.variables()) == list(optimizer.weights)
    assert [v.name for v in optimizer.variables][:3] == ["iteration:0", "m/conv/kernel:0", "v/conv/kernel:0"]
    assert [tuple(v.shape) for v in optimizer.variables][1::2] == [tuple(v.shape) for v in variables]
    assert not any(v.trainable for v in optimizer.variables)


def test_weights_are_set_and_got_in_kerass_shapes():
    optimizer = Adam(0.05)
    model, variables = trained(optimizer)
    other = Adam(0.05)
    with pytest.raises(ValueError, match="not yet been built"):
        other.set_weights(optimizer.get_weights())
    twin = net()
    twin.load_state_dict(model.state_dict())
    other.build(twin.variables())
    other.set_weights(optimizer.get_weights())
    for one, subject in ((model, optimizer), (twin, other)):
        one.backward(5)
        subject.step()
    for found, wanted in zip(values(twin.variables()), values(variables)):
        assert np.array_equal(found, wanted)
    with pytest.raises(ValueError, match="weight list of length 1, but the optimizer was expecting 9"):
        other.set_weights([np.array(1)])
    wrong = optimizer.get_weights()
    wrong[1] = wrong[1].T
    with pytest.raises(ValueError, match="m/conv/kernel:0 has shape"):
        other.set_weights(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_saved_and_loaded_by_number(name):
    optimizer = getattr(optimizers, name)(0.05)
    trained(optimizer)
    store: dict = {}
    optimizer.save_own_variables(store)
    other = getattr(optimizers, name)(0.05)
    other.build(net(3).variables())
    other.load_own_variables(store)
    for one, two in zip(other.variables, optimizer.variables):
        assert np.array_equal(one.numpy(), two.numpy())
    assert int(other.iterations) == 2


def test_a_file_of_keras_3_has_the_rate_second():
    optimizer = Adam(0.05)
    trained(optimizer)
    store: dict = {}
    optimizer.save_own_variables(store)
    arrays = list(store.values())
    keras3 = {str(place): array for place, array in enumerate([arrays[0], np.float32(0.25), *arrays[1:]])}
    other = Adam(0.05)
    other.build(net().variables())
    other.load_own_variables(keras3)
    assert float(other.learning_rate) == 0.25
    assert np.array_equal(other.variables[1].numpy(), arrays[1])


def test_a_file_that_does_not_fit_is_passed_over():
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'Adam'.*not been called/built"):
        Adam().load_own_variables({str(place): np.zeros(1) for place in range(5)})


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda optimizer: pickle.loads(pickle.dumps(optimizer))])
@pytest.mark.parametrize("name", NAMES)
def test_unused_optimizers_are_copied(name, copied):
    optimizer = getattr(optimizers, name)(optimizers.schedules.CosineDecay(0.1, 10), clipnorm=1.0)
    again = copied(optimizer)
    assert again.get_config() == optimizer.get_config()
    trained(again)
    assert int(again.iterations) == 2
    assert int(optimizer.iterations) == 0


def test_a_copy_of_a_used_optimizer_trains_the_same_variables():
    optimizer = Adam(0.05)
    model, variables = trained(optimizer)
    again = copy.deepcopy(optimizer)
    assert again._trainable_variables[0] is variables[0]
    before = values(variables)
    model.backward(7)
    again.step()
    after = values(variables)
    for variable, value in zip(variables, before):
        variable.assign(value)
    model.backward(7)
    optimizer.step()
    for found, wanted in zip(values(variables), after):
        assert np.array_equal(found, wanted)


def test_a_pickled_optimizer_brings_its_variables():
    optimizer = RMSprop(0.05, momentum=0.5)
    trained(optimizer)
    again = pickle.loads(pickle.dumps(optimizer))
    variables = again._trainable_variables
    assert variables[0] is not optimizer._trainable_variables[0]
    assert again._get_variable_index(variables[2]) == 2
    for one, two in zip(variables, optimizer._trainable_variables):
        one.grad = two.grad
    again.step()
    optimizer.step()
    for one, two in zip(variables, optimizer._trainable_variables):
        assert np.array_equal(one.numpy(), two.numpy())


def test_slots_by_their_old_names():
    optimizer = SGD(0.1, momentum=0.9)
    _, variables = trained(optimizer)
    assert optimizer.get_slot(variables[2], "momentum") is optimizer.momentums[2]
    assert optimizer.get_slot_names() == ["m"]
    adam = Adam()
    _, variables = trained(adam)
    assert adam.get_slot(variables[0], "v") is adam._velocities[0]
    with pytest.raises(KeyError, match="Adam keeps no 'vhat'.*It has: \\['m', 'v'\\]"):
        adam.get_slot(variables[0], "vhat")
    with pytest.raises(KeyError, match="cannot recognize variable"):
        adam.get_slot(keras.Variable(1.0), "v")


def test_slots_lie_in_memory_like_their_parameters():
    optimizer = Adam()
    model, _ = trained(optimizer)
    kernel = optimizer.variables[1]
    assert kernel.parameter.stride() == model.conv.weight.stride()
    assert tuple(kernel.shape) == (3, 3, 2, 3)


def test_making_variables():
    optimizer = SGD()
    weight = keras.Variable(np.ones((2, 3), np.float32), name="weight")
    plain = optimizer.add_variable((2,), initializer="ones", name="own")
    assert (plain.name, plain.numpy().tolist()) == ("own:0", [1.0, 1.0])
    assert optimizer.add_variable([], "ones").numpy() == 1.0  # Keras 3 has the initializer second
    keras2 = optimizer.add_variable_from_reference(weight, "m", shape=(3,), initial_value=np.arange(3.0))
    assert (keras2.name, keras2.numpy().tolist()) == ("m/weight:0", [0.0, 1.0, 2.0])
    keras3 = optimizer.add_variable_from_reference(reference_variable=weight, name="m", initializer="ones")
    assert keras3.numpy().tolist() == [[1.0] * 3] * 2
    first, second = optimizer.add_optimizer_variables([weight, weight], ["a", "b"], initializer=["zeros", "ones"])
    assert [v.name for v in (*first, *second)] == ["a/weight:0", "a/weight:0", "b/weight:0", "b/weight:0"]
    assert float(second[0].numpy().sum()) == 6.0
    assert len(optimizer.add_optimizer_variables([weight], "c")) == 1
    with pytest.raises(ValueError, match="number of provided names"):
        optimizer.add_optimizer_variables([weight], ["a", "b"], initializer=["zeros"])
    assert len(optimizer.variables) == 10


def test_state_follows_set_weights_and_assign():
    weight = keras.Variable([0.0])
    optimizer = SGD(1.0, momentum=0.5)
    optimizer.apply_gradients([(torch.ones(1), weight)])
    optimizer.momentums[0].assign([10.0])
    optimizer.apply_gradients([(torch.zeros(1), weight)])
    assert float(weight) == -1.0 + 5.0


def test_momenta_that_tf_keras_saves_without_momentum():
    optimizer = SGD(0.1)
    _, variables = trained(optimizer)
    saved = [np.array(7), *(np.ones(tuple(v.shape), np.float32) for v in variables)]
    optimizer.set_weights(saved)
    assert int(optimizer.iterations) == 7
    optimizer.load_own_variables({str(place): value + 1 for place, value in enumerate(saved)})
    assert int(optimizer.iterations) == 8
