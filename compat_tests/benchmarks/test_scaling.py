"""The scaling simulator against what can be worked out by hand, and what a step sends against what it should."""

import contextlib
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.distributed as dist

from benchmarks.counting import operators_of
from benchmarks.scaling import measuring, paper
from benchmarks.scaling.__main__ import predicted_and_measured
from benchmarks.scaling.link import Link, all_reduce, half_reduce
from benchmarks.scaling.measuring import SIZES, Round, Stamps
from benchmarks.scaling.processes import run_together
from benchmarks.scaling.sharded import memory, sharded_step
from benchmarks.scaling.simulator import BUCKET, FIRST_BUCKET, Gradient, Work, buckets_of, step, with_part
from torchkeras.core import replicas as scopes

LINK = Link(latency=1e-4, bandwidth=1e9)
MIB = 1 << 20


# --- collectives ---


def test_a_ring_sends_each_byte_almost_twice_and_a_tree_takes_fewer_hops():
    found = all_reduce(8e6, 4, LINK)
    assert (found.wait, found.send, found.sent) == pytest.approx((6e-4, 12e-3, 12e6))
    found = all_reduce(8e6, 64, LINK, tree=True)
    assert (found.wait, found.send, found.sent) == pytest.approx((12e-4, 16e-3, 16e6))
    assert all_reduce(8e6, 1, LINK).seconds == 0
    assert half_reduce(8e6, 4, LINK).seconds == pytest.approx(all_reduce(8e6, 4, LINK).seconds / 2)


@pytest.mark.parametrize("size", [2, 4, 64])
def test_a_link_is_found_from_what_all_reduces_took(size):
    link = Link(3e-5, 4e8)
    found = Link.fitted(size, SIZES, [all_reduce(number, size, link).seconds for number in SIZES])
    assert (found.latency, found.bandwidth) == pytest.approx((3e-5, 4e8))
    # Half a core to send by: with a whole one it is twice as fast.
    slow = [one.wait + 2 * one.send for one in (all_reduce(number, size, link) for number in SIZES)]
    found = Link.fitted(size, SIZES, slow, by_processor=True, cores=0.5)
    assert (found.latency, found.bandwidth, found.by_processor) == pytest.approx((3e-5, 4e8, True))


def test_all_reduces_that_say_nothing_about_a_link():
    with pytest.raises(ValueError, match="larger ones are not slower"):
        Link.fitted(2, [1000, 2000, 4000], [3.0, 2.0, 1.0])


# --- a step ---


def test_buckets_are_those_of_torch():
    dice = random.Random(0)
    for _ in range(20):
        numbers = [4 * dice.randrange(1, MIB) for _ in range(dice.randrange(1, 60))]
        tensors = [torch.empty(number // 4) for number in numbers]
        wanted, _ = dist._compute_bucket_assignment_by_size(tensors, [FIRST_BUCKET, BUCKET])
        found = buckets_of([Gradient(number, float(i)) for i, number in enumerate(numbers)])
        assert [one.number for one in found] == [sum(numbers[i] for i in bucket) for bucket in wanted]
        assert [one.ready for one in found] == [float(max(bucket)) for bucket in wanted]


def test_one_process_computes_and_sends_nothing():
    work = Work.even(100 * MIB, 10, 0.1, 0.2, 0.01, overhead=9.0)
    found = step(work, 1, LINK)
    assert found.seconds == found.computing == pytest.approx(0.31)
    assert (found.sent, found.sending, found.buckets) == (0, 0, 0)


def test_a_single_bucket_waits_for_the_whole_backward_pass():
    work = Work.even(10 * MIB, 5, 0.1, 0.2, 0.01, overhead=0.003)
    found = step(work, 4, LINK, first=1 << 40)
    assert found.seconds == pytest.approx(0.313 + all_reduce(10 * MIB, 4, LINK).seconds)
    assert (found.buckets, found.sent) == (1, 15 * MIB)


def test_overlap_hides_all_but_the_last_bucket():
    work = Work.even(100 * MIB, 10, 0.1, 2.0, 0.01)  # 10 MiB every 0.2 s, which are sent in 0.016
    found = step(work, 4, LINK, first=1, others=1)
    assert found.buckets == 10
    assert found.exposed == pytest.approx(all_reduce(10 * MIB, 4, LINK).seconds)
    assert found.sending == pytest.approx(10 * all_reduce(10 * MIB, 4, LINK).seconds)


def test_a_slow_link_is_busy_from_the_first_bucket_to_the_end():
    work, slow = Work.even(100 * MIB, 10, 0.1, 0.2, 0.01), Link(1e-4, 1e7)
    found = step(work, 4, slow, first=1, others=1)
    assert found.seconds == pytest.approx(0.1 + 0.02 + 10 * all_reduce(10 * MIB, 4, slow).seconds + 0.01)


def test_twice_the_bandwidth_halves_what_is_exposed_only():
    work = Work.even(100 * MIB, 10, 0.1, 0.2, 0.01)
    one, two = (step(work, 8, Link(0.0, bandwidth), first=1 << 40) for bandwidth in (1e9, 2e9))
    assert two.exposed == pytest.approx(one.exposed / 2)
    assert two.computing == one.computing
    assert two.sent == one.sent


def test_a_late_gradient_holds_up_those_after_it_but_not_those_before():
    link = Link(0.0, 1e6)  # a byte among two takes 1 us
    gradients = [Gradient(1_000_000, 0.5), Gradient(1_000_000, 2.0)]
    found = step(Work(0.0, 2.0, gradients), 2, link, first=1, others=1)
    assert found.seconds == pytest.approx(3.0)  # from 0.5 to 1.5, and from 2.0 to 3.0
    found = step(Work(0.0, 2.0, [Gradient(1_000_000, 1.5), gradients[1]]), 2, link, first=1, others=1)
    assert found.seconds == pytest.approx(3.5)  # from 1.5 to 2.5, and then to 3.5


# --- processes that share cores ---


def test_cores_that_send_and_compute_do_one_after_the_other():
    """Nothing is hidden where a core does both, whatever the buckets: as long as nobody waits, it is always at work."""
    work, link = Work.even(100 * MIB, 10, 0.1, 0.2, 0.01), Link(0.0, 1e9, by_processor=True)
    sending = all_reduce(100 * MIB, 2, link).seconds
    for first, others in ((1, 1), (1, 30 * MIB), (1 << 40, 1 << 40)):
        assert step(work, 2, link, cores=2, first=first, others=others).seconds == pytest.approx(0.31 + sending)
    # Two cores for each: as with a device that sends by itself.
    spare = step(work, 2, link, cores=4, first=1, others=1)
    assert spare.seconds == pytest.approx(step(work, 2, Link(0.0, 1e9), first=1, others=1).seconds)
    assert spare.seconds < 0.31 + sending / 2


def test_latency_is_waiting_which_another_can_use():
    work, link = Work(0.0, 1.0, [Gradient(1, 0.5), Gradient(1, 1.0)]), Link(0.05, 1e18, by_processor=True)
    assert step(work, 2, link, cores=2, first=1, others=1).seconds == pytest.approx(1.1)


def test_four_processes_on_two_cores_have_half_a_core_each():
    work, link = Work.even(100 * MIB, 10, 0.1, 0.2, 0.01, 0.005), Link(0.0, 1e9, by_processor=True)
    found = step(work, 4, link, cores=2)
    assert found.computing == pytest.approx(0.62)
    assert found.seconds == pytest.approx(2 * (0.315 + all_reduce(100 * MIB, 4, link).seconds))


@pytest.mark.parametrize("seed", range(20))
def test_bounds_that_always_hold(seed):
    dice = random.Random(seed)
    ready = sorted(dice.uniform(0.0, 0.3) for _ in range(dice.randrange(1, 40)))
    gradients = [Gradient(dice.randrange(1, 8 * MIB), at) for at in ready]
    work = Work(dice.uniform(0.0, 0.2), 0.3, gradients, 0.01)
    size, by_processor = dice.choice([2, 4, 8]), dice.random() < 0.5
    link = Link(dice.uniform(0, 1e-3), 10 ** dice.uniform(7, 11), by_processor)
    cores = dice.choice([None, 2, 4])
    found = step(work, size, link, cores)
    assert found.computing <= found.seconds <= found.computing + found.sending + 1e-9
    assert found.sent == pytest.approx(2 * (size - 1) / size * work.number)
    faster = step(work, size, replace(link, bandwidth=2 * link.bandwidth), cores)
    assert faster.seconds <= found.seconds + 1e-9


# --- what the knobs do ---


def test_gradients_summed_for_several_parts_at_once_cost_less_for_each():
    work = Work.even(100 * MIB, 10, 0.1, 0.2, 0.01)
    one, four = (step(work, 8, LINK, accumulated=number) for number in (1, 4))
    assert four.seconds == pytest.approx(one.seconds + 3 * 0.3)
    assert four.sent == one.sent
    assert four.exposed == pytest.approx(one.exposed)


def test_a_larger_part_of_a_batch_hides_more():
    work = Work.even(100 * MIB, 10, 0.1, 0.2, 0.01)
    shares = [step(with_part(work, share), 8, LINK) for share in (0.5, 1.0, 2.0)]
    found = [one.computing / one.seconds for one in shares]
    assert found == sorted(found)
    assert found[0] < 0.7 < 0.9 < found[-1]


def test_sharding_sends_half_as_much_again_and_divides_the_memory():
    work = Work.even(96 * MIB, 12, 0.1, 0.2, 0.08)
    found, replicas = sharded_step(work, 8, LINK), step(work, 8, LINK)
    assert found.sent == pytest.approx(1.5 * replicas.sent)
    assert found.sending == pytest.approx(36 * half_reduce(8 * MIB, 8, LINK).seconds)
    assert memory(7e9, 8, sharded=True) == pytest.approx(memory(7e9, 8, sharded=False) / 8) == 14e9
    fast = sharded_step(work, 8, Link(0.0, 1e18))
    assert [fast.seconds, fast.computing] == pytest.approx([0.31, 0.31])  # each updates an eighth


def test_sharding_over_a_slow_link_takes_what_is_sent_and_over_a_fast_one_what_is_not_hidden():
    work, slow = Work.even(96 * MIB, 12, 0.001, 0.002), Link(0.0, 1e7)
    part = half_reduce(8 * MIB, 8, slow).seconds
    assert sharded_step(work, 8, slow).seconds == pytest.approx(36 * part, rel=1e-3)
    work, fast = Work.even(96 * MIB, 12, 10.0, 20.0), Link(0.0, 1e9)
    part = half_reduce(8 * MIB, 8, fast).seconds
    assert sharded_step(work, 8, fast).seconds == pytest.approx(30.0 + 2 * part)  # the first weights, the last sums


# --- from what is measured ---


def test_the_parts_of_a_step_are_the_medians_after_the_first_steps():
    stamps, now = Stamps(), 0.0
    for i in range(measuring.WARM + 5):
        scale = 100.0 if i < measuring.WARM or i == measuring.WARM + 2 else 1.0  # the first, and one that was disturbed
        stamps.backward.append(now + 3 * scale)
        stamps.ready.append([(400, now + 5 * scale), (80, now + 6 * scale)])
        stamps.update.append(now + 7 * scale)
        now += 8 * scale
        stamps.ended.append(now)
    assert stamps.seconds == 8
    work = stamps.work(overhead=0.5)
    assert (work.forward, work.backward, work.update, work.overhead) == (3, 4, 1, 0.5)
    assert work.gradients == [Gradient(400, 2), Gradient(80, 3)]
    assert stamps.work(rate=0.5).seconds == 4


@pytest.mark.parametrize(("size", "cores"), [(2, 2), (4, 2)])
def test_a_prediction_from_measured_parts_is_the_step_that_they_came_from(size, cores):
    """The whole way, from stamps taken while cores are shared to the prediction for those."""
    link, slower = Link(1e-4, 1e9, by_processor=True), size / cores
    took = [one.wait + one.send * slower for one in (all_reduce(number, size, link) for number in SIZES)]
    stamps = Stamps()
    for i in range(measuring.WARM + 3):
        start = i * 0.8 * slower
        stamps.backward.append(start + 0.3 * slower)
        stamps.ready.append([(40 * MIB, start + 0.7 * slower)])
        stamps.update.append(start + 0.7 * slower)
        stamps.ended.append(start + 0.8 * slower)
    found = predicted_and_measured([Round(took, stamps, 1.0)] * size, size, cores, overhead=0.05)
    sums = all_reduce(40 * MIB, size, link)
    assert found["step"].seconds == pytest.approx(slower * (0.85 + sums.send) + sums.wait)
    assert found["measured"] == 1.0


def test_a_step_sends_the_gradients_once_around_and_little_else():
    """As DistributedDataParallel's hook sees them, and as the kernel counts what leaves the sockets."""
    found = run_together(2, measuring.traffic, "LeNet-5")
    for one in found:
        assert one.weights == 4 * 61_706
        assert one.summed == one.weights
        # A step may end before its last bytes have gone.
        assert one.sent == pytest.approx(2 * (2 - 1) / 2 * one.weights, rel=0.05)


def test_the_scope_of_one_process_adds_no_operator():
    counts = []
    for scope in (contextlib.nullcontext(), scopes.within(scopes.ALONE)):
        with scope:
            model, x, y, batch = measuring.compiled("LeNet-5")
        assert model._trainer.replicated is None
        measuring._fit(model, x, y, batch, steps=1)
        counts.append(operators_of(lambda model=model, x=x, y=y, n=batch: measuring._fit(model, x, y, n, steps=2)))
    assert counts[0] == counts[1]
    assert sum(counts[0].values()) > 50


# --- the document ---


def test_the_tables_of_the_document_are_those_of_the_simulator():
    text = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text()
    for title, header, rows in paper.tables():
        assert f"**{title}**" in text
        for row in [header, *rows]:
            assert f"| {' | '.join(row)} |" in text
