"""The harness of benchmarks/: its statistics, its targets, its command line."""

import json

import numpy as np
import pytest
import torch

from benchmarks import command, report
from benchmarks.cases import CASES, comparisons
from benchmarks.harness import Comparison, Field, Peer, Settings, Spread, interleave, measure, verdicts
from benchmarks.peers.busy import covered
from benchmarks.peers.process import PeerFailed
from benchmarks.same import DifferentResults, require_same_curve, require_same_output
from benchmarks.targets import TARGETS, Target


def peer(name, seconds, calls=None):
    """Takes these seconds one after the other; PeerFailed where it says None."""
    left = iter(seconds)

    def sample():
        if calls is not None:
            calls.append(name)
        found = next(left)
        if found is None:
            raise PeerFailed(f"{name} is tired")
        return found

    return Peer(name, sample, lambda: "")


def test_a_spread_is_the_median_between_the_quartiles():
    values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6]
    found = Spread.of(values)
    np.testing.assert_allclose((found.low, found.median, found.high), np.percentile(values, [25, 50, 75]))


def test_ratios_are_taken_within_each_round():
    ours, theirs = [1.0, 10.0, 3.0], [2.0, 20.0, 3.0]  # a round in which all is slow says nothing about the ratio
    assert Spread.of_ratios(ours, theirs).median == 0.5


def test_the_first_round_is_thrown_away_and_each_round_has_an_order_of_its_own():
    calls = []
    times, failed = interleave([peer(name, range(9), calls) for name in "abc"], 8)
    assert times == {name: list(range(1, 9)) for name in "abc"}
    assert failed == {}
    rounds = [tuple(calls[i : i + 3]) for i in range(3, len(calls), 3)]
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds)
    assert len(set(rounds)) > 1


def test_who_fails_leaves_and_the_others_go_on():
    times, failed = interleave([peer("a", range(5)), peer("b", [1, 1, None])], 4)
    assert times == {"a": [1, 2, 3, 4]}
    assert failed == {"b": "b is tired"}


def test_a_peer_that_fails_in_a_later_copy_has_no_row():
    fields = iter([[peer("a", [1, 1]), peer("b", [1, 1])], [peer("a", [1, 1]), peer("b", [None])]])
    closed = []

    def field():
        return Field(next(fields), close=lambda: closed.append(1))

    result = measure(Comparison("x", "X", field, rounds=2, copies=2), Settings())
    assert [row.peer for row in result.rows] == ["a"]
    assert result.rows[0].times == [1, 1]
    assert result.missing == {"b": "b is tired"}
    assert len(closed) == 2
    where = report.conditions(Settings())
    assert "b did not take part: b is tired" in report.as_text(result)
    assert "- b did not take part: b is tired" in report.as_markdown([result], where).splitlines()
    kept = json.loads(json.dumps(report.as_json([result], where)))
    assert kept["results"][0]["rows"][0]["times"] == [1, 1]
    assert kept["conditions"]["torch"] == torch.__version__


def test_verdicts_are_of_ours_beside_another():
    times = {"raw": [2.0, 2.0], "torchkeras": [1.0, 1.0]}
    targets = (Target(0.5, "raw"), Target(0.4, "raw"), Target(0.9), Target(1.0, "keras-jax"))
    assert [(v.target.at_most, v.found.median, v.met) for v in verdicts(targets, times)] == [
        (0.5, 0.5, True),
        (0.4, 0.5, False),
        (0.9, 1.0, False),
    ]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_target_is_of_a_comparison(device):
    names = {made.name for case in CASES.values() for made in case(Settings(device=device))}
    assert set(TARGETS[device]) <= names


def test_the_same_curve_passes_and_a_flatter_one_does_not():
    ours = [(2.0, 0.1), (1.5, 0.3), (1.2, 0.5)]
    assert require_same_curve(ours, [(2.0, 0.1), (1.504, 0.3), (1.2, 0.5)]) == pytest.approx(0.005)
    with pytest.raises(DifferentResults, match="another loss curve"):
        require_same_curve(ours, [(2.0, 0.1), (1.56, 0.3), (1.3, 0.5)])
    others = [(2.0, 0.1), (1.5, 0.1), (1.2, 0.5)]
    assert require_same_curve(ours, others, samples=10) == 0  # two answers
    with pytest.raises(DifferentResults, match="other accuracies"):
        require_same_curve(ours, others)
    with pytest.raises(DifferentResults, match="another loss curve"):
        require_same_curve(ours, [(2.0, 0.1), (float("nan"), 0.3), (1.2, 0.5)])


def test_a_curve_that_does_not_come_down_proves_nothing():
    flat = [(2.0, 0.1)] * 3
    with pytest.raises(DifferentResults, match="proves nothing"):
        require_same_curve(flat, flat)


def test_other_predictions_are_refused():
    with pytest.raises(DifferentResults, match="other results"):
        require_same_output([[0.5, 0.5]], [[0.49, 0.51]])
    with pytest.raises(DifferentResults, match="shape"):
        require_same_output([[0.5, 0.5]], [0.5, 0.5])


def test_spans_that_overlap_count_once():
    random = np.random.default_rng(0)
    starts = random.integers(0, 900, 60)
    spans = [(int(start), int(start + length)) for start, length in zip(starts, random.integers(0, 40, 60))]
    line = np.zeros(1000, bool)
    for start, end in spans:
        line[start:end] = True
    assert covered(spans) == line.sum()
    assert covered([]) == 0


def test_the_command_line():
    found = command.parse(
        ["--only", "mlp", "--only", "tape", "--peers", "raw,graph", "--rounds", "3", "--json", "x.json"]
    )
    assert found.settings == Settings(rounds=3, peers=("raw", "graph"), only=("mlp", "tape"))
    assert found.json is not None
    assert found.json.name == "x.json"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--peers", "raw,pytorch"], "no peer is named pytorch; there are raw,"),
        (["--rounds", "0"], "at least 1, got '0'"),
        (["--device", "tpu"], "invalid choice: 'tpu'"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message, capsys):
    with pytest.raises(SystemExit):
        command.parse(arguments)
    assert message in capsys.readouterr().err


def names(**settings):
    return [made.name for made in comparisons(Settings(**settings))]


def test_names_choose_comparisons():
    assert names(only=("fit-mlp",)) == ["fit-mlp"]
    assert names(only=("lenet",)) == [
        f"{ask}-lenet" for ask in ("fit", "evaluate", "predict", "predict-one", "first-step")
    ]
    assert names(only=("evaluate", "tape"))[0] == "tape"
    assert all(name == "tape" or name.startswith("evaluate-") for name in names(only=("evaluate", "tape")))
    assert "fit-resnet50" not in names()
    assert "fit-resnet50" in names(only=("resnet50",))
    assert "fit-resnet50" in names(device="cuda")
