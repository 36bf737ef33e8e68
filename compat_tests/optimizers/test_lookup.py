"""Names, configs and the modules that the names are found in."""

import pytest
import torch

import torchkeras as keras
from torchkeras import optimizers

from .weights import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_case(name):
    for spelling in (name, name.lower(), name.upper()):
        assert type(optimizers.get(spelling)) is getattr(optimizers, name)


def test_get_takes_classes_instances_and_torch_optimizers():
    own = optimizers.Adam()
    assert optimizers.get(own) is own
    assert isinstance(optimizers.get(optimizers.SGD), optimizers.SGD)
    assert optimizers.get(None) is None
    torchs = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
    assert optimizers.get(torchs) is torchs
    assert optimizers.get(torch.optim.Adam) is torch.optim.Adam
    assert optimizers.get("adam", use_legacy_optimizer=True).name == "Adam"


def test_unknown_names_and_things():
    with pytest.raises(ValueError, match="Unknown optimizer: 'adagard'. Did you mean 'adagrad'"):
        optimizers.get("adagard")
    with pytest.raises(ValueError, match="Could not interpret optimizer identifier: 3"):
        optimizers.get(3)
    with pytest.raises(TypeError, match="Invalid keyword"):
        optimizers.get("adam", speed=1)


@pytest.mark.parametrize("name", optimizers.legacy.__all__)
def test_legacy_and_experimental_names_are_the_same_optimizers(name):
    assert issubclass(getattr(optimizers.legacy, name), getattr(optimizers, name))
    if name != "Optimizer":
        assert optimizers.serialize(getattr(optimizers.legacy, name)())["class_name"] == name
    assert getattr(optimizers.experimental, name) is getattr(optimizers, name)


def test_public_names():
    assert set(optimizers.__all__) == {
        "FAMILY", "Optimizer", "LossScaleOptimizer", *NAMES,
        "experimental", "legacy", "schedules", "get", "serialize", "deserialize",
    }  # fmt: skip
    assert all(hasattr(optimizers, name) for name in optimizers.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_saved_form_makes_the_same_optimizer(name):
    given = getattr(optimizers, name)(learning_rate=0.25, clipnorm=2.0, use_ema=True, ema_momentum=0.5)
    saved = optimizers.serialize(given)
    assert (saved["module"], saved["class_name"], saved["registered_name"]) == ("keras.optimizers", name, None)
    for form in (saved, optimizers.serialize(given, use_legacy_format=True)):
        again = optimizers.deserialize(form)
        assert type(again) is type(given)
        assert again.get_config() == given.get_config()


def test_configs_of_other_versions():
    older = {
        "class_name": "Adam",
        "config": {"name": "Adam", "lr": 0.01, "decay": 0.1, "beta_1": 0.8, "amsgrad": False},
    }
    adam = optimizers.get(older)
    assert (float(adam.lr), adam.beta_1) == (pytest.approx(0.01), 0.8)
    assert adam.get_config()["decay"] == 0.1
    keras3 = {
        "module": "keras.optimizers", "registered_name": "SGD", "class_name": "SGD", "config": {
            "name": "SGD", "learning_rate": 0.5, "weight_decay": None, "clipnorm": None, "global_clipnorm": None,
            "clipvalue": None, "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None,
            "loss_scale_factor": None, "gradient_accumulation_steps": None, "momentum": 0.5, "nesterov": True,
        },
    }  # fmt: skip
    sgd = optimizers.deserialize(keras3)
    assert (sgd.momentum, sgd.nesterov, float(sgd.learning_rate)) == (0.5, True, 0.5)
    assert isinstance(optimizers.deserialize({"class_name": "experimentalsgd", "config": {}}), optimizers.SGD)


def test_schedules_in_configs():
    schedule = optimizers.schedules.CosineDecay(0.1, 10, alpha=0.2)
    config = optimizers.SGD(schedule).get_config()
    assert config["learning_rate"] == {
        "module": "keras.optimizers.schedules", "class_name": "CosineDecay", "registered_name": None,
        "config": schedule.get_config(),
    }  # fmt: skip
    again = optimizers.SGD.from_config(config)
    assert again._learning_rate.get_config() == schedule.get_config()
    older = optimizers.schedules.serialize(schedule, use_legacy_format=True)
    assert set(older) == {"class_name", "config"}
    assert optimizers.schedules.deserialize(older).alpha == 0.2


def test_a_registered_optimizer_is_found_again():
    @keras.utils.register_keras_serializable("Mine")
    class Slow(optimizers.SGD):
        pass

    saved = optimizers.serialize(Slow(0.125))
    assert saved["registered_name"] == "Mine>Slow"
    again = optimizers.deserialize(saved)
    assert type(again) is Slow
    assert float(again.lr) == 0.125


def test_config_holds_short_numbers():
    assert optimizers.Adam().get_config()["learning_rate"] == 0.001
    assert repr(optimizers.Adam(3e-4).get_config()["learning_rate"]) == "0.0003"


def test_unknown_arguments_and_bad_values():
    with pytest.raises(TypeError, match="clipnrom is not a valid argument of optimizer Adam. Did you mean 'clipnorm'"):
        optimizers.Adam(clipnrom=1.0)
    with pytest.raises(TypeError, match="beta1 is not a valid argument .* Did you mean 'beta_1'"):
        optimizers.Adam(beta1=0.5)
    with pytest.raises(ValueError, match="At most one of `clipnorm` and `global_clipnorm`"):
        optimizers.SGD(clipnorm=1.0, global_clipnorm=1.0)
    with pytest.raises(ValueError, match="Expected clipvalue >= 0, received: -1"):
        optimizers.SGD(clipvalue=-1)
    with pytest.raises(ValueError, match="ema_momentum"):
        optimizers.SGD(use_ema=True, ema_momentum=1.5)
    with pytest.raises(ValueError, match="ema_overwrite_frequency"):
        optimizers.SGD(use_ema=True, ema_overwrite_frequency=0.5)
    with pytest.raises(ValueError, match="`momentum` must be between"):
        optimizers.SGD(momentum=1.5)
    with pytest.raises(ValueError, match="weight_decay"):
        optimizers.AdamW(weight_decay=None)
    with pytest.raises(ValueError, match="l1_regularization_strength"):
        optimizers.Ftrl(l1_regularization_strength=-1.0)
    with pytest.raises(ValueError, match="learning_rate_power"):
        optimizers.Ftrl(learning_rate_power=0.5)
    with pytest.raises(ValueError, match="SignSGD"):
        optimizers.Lion(beta_1=0.0)
    with pytest.raises(ValueError, match="needs a `learning_rate`"):
        optimizers.SGD(None)
    with pytest.raises(ValueError, match="length of boundaries"):
        optimizers.schedules.PiecewiseConstantDecay([1], [1.0])
