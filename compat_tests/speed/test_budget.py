"""A step does no more than its budget: torch operators and calls of Python functions, counted.

`python -m compat_tests.speed.budget` writes the budget anew.
"""

import pytest

from benchmarks.counting import Counts, calls_of, count_steps, operators_of
from compat_tests.speed import budget, cases
from torchkeras import layers


@pytest.fixture(scope="module")
def counted():
    """In processes of their own: neither the tests before nor the tf namespace may change a count."""
    return budget.measure_all()


@pytest.mark.slow
@pytest.mark.parametrize("name", budget.names())
def test_a_step_keeps_to_its_budget(name, counted):
    told = budget.complaint(name, counted[name], budget.load())
    assert told is None, told


def test_every_case_has_a_budget_and_every_budget_a_case():
    assert sorted(budget.load()["cases"]) == sorted(budget.names())


def measured(run):
    found = count_steps(run)
    return {part: getattr(found, part) for part in ("operators", "python", "others", "functions")}


def as_budget(found):
    return {**budget.versions(), "cases": {"fit/mlp": found}}


def test_a_slower_step_is_named_with_its_numbers_and_operators(monkeypatch):
    allowed = as_budget(measured(cases.KINDS["fit"]("mlp")))
    assert budget.complaint("fit/mlp", measured(cases.KINDS["fit"]("mlp")), allowed) is None

    def slower(self, x, call=layers.Dense.call):
        return call(self, x + 0.0)

    monkeypatch.setattr(layers.Dense, "call", slower)
    told = budget.complaint("fit/mlp", measured(cases.KINDS["fit"]("mlp")), allowed)
    assert told is not None
    before = sum(allowed["cases"]["fit/mlp"]["operators"].values())
    assert f"{before + 3} torch operators a step, budget {before}" in told
    assert "  add.Tensor: 0 -> 3" in told


def test_more_calls_of_functions_are_told_by_file(monkeypatch):
    found = measured(cases.KINDS["call"]("mlp"))
    fewer = found | {"python": found["python"] | {"layers/core/dense.py": 1}}
    told = budget.complaint("call/mlp", found, {**budget.versions(), "cases": {"call/mlp": fewer}})
    assert told is not None
    assert "  layers/core/dense.py: 1 -> 3" in told
    assert "layers/core/dense.py:call" in told


def test_another_torch_is_named_and_given_some_room():
    found = measured(cases.KINDS["call"]("mlp"))
    allowed = as_budget(found) | {"torch": "0.1"}
    allowed["cases"] = {"call/mlp": found}
    more = found | {"operators": found["operators"] | {"add.Tensor": 1}}
    assert budget.complaint("call/mlp", more, allowed) is None
    told = budget.complaint("call/mlp", found | {"operators": found["operators"] | {"add.Tensor": 20}}, allowed)
    assert told is not None
    assert "the budget is of torch 0.1" in told


def test_counts_are_those_of_a_step_and_say_what_ran():
    import torch

    x = torch.ones(3)

    def run(steps):
        torch.zeros(3)  # once a run: no part of a step
        for _ in range(steps):
            (x + 1).relu()

    found = count_steps(run)
    assert isinstance(found, Counts)
    assert found.operators == {"add.Tensor": 1, "relu": 1}
    assert found.python == {}


def test_backward_is_counted_too():
    import torch

    x = torch.ones(3, requires_grad=True)
    assert operators_of(lambda: (x * 2).sum().backward())["mul.Tensor"] == 2


def test_calls_are_told_by_file_and_name():
    layer = layers.Dense(2)
    layer.build((None, 3))
    import torch

    ours, _ = calls_of(lambda: layer(torch.ones(1, 3)))
    assert ours["layers/core/dense.py", "call"] == 1
