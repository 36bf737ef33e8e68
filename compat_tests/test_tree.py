"""keras.tree. What comes out was seen with Keras 3.15."""

from collections import OrderedDict, defaultdict, namedtuple

import pytest

from torchkeras import tree

Pair = namedtuple("Pair", "x y")
NESTED = {"b": [1, (2, None)], "a": Pair(3, {"z": 4})}


def test_flatten_takes_keys_in_order_and_none_as_a_leaf():
    assert tree.flatten(NESTED) == [3, 4, 1, 2, None]
    assert tree.flatten(OrderedDict([("b", 1), ("a", 2)])) == [1, 2]  # in an order of its own
    assert tree.flatten(7) == [7]
    assert tree.flatten([]) == []


def test_flatten_with_path():
    assert tree.flatten_with_path({"b": [1, 2], "a": 3}) == [(("a",), 3), (("b", 0), 1), (("b", 1), 2)]
    assert tree.flatten_with_path(Pair(1, [2])) == [((0,), 1), ((1, 0), 2)]
    assert tree.flatten_with_path(5) == [((), 5)]


def test_map_structure_keeps_the_kinds_of_containers():
    mapped = tree.map_structure(lambda leaf: (leaf,), NESTED)
    assert mapped == {"b": [(1,), ((2,), (None,))], "a": Pair((3,), {"z": (4,)})}
    assert list(mapped) == ["b", "a"]
    made = tree.map_structure(str, defaultdict(list, {"z": 1}))
    assert isinstance(made, defaultdict)
    assert made == {"z": "1"}
    assert isinstance(tree.map_structure(str, OrderedDict(a=1)), OrderedDict)


def test_map_structure_of_several_structures():
    assert tree.map_structure(lambda a, b: a - b, [5, {"k": 3}], [1, {"k": 10}]) == [4, {"k": -7}]
    assert tree.map_structure(lambda a: a + 1, [1, None], none_is_leaf=False) == [2, None]


@pytest.mark.parametrize("other", [(1, 2), [1], {"a": 1}, 3, [1, [2]]])
def test_structures_of_other_forms_are_refused(other):
    with pytest.raises(ValueError, match="types|structure|form"):
        tree.map_structure(lambda a, b: a, [1, 2], other)
    with pytest.raises(ValueError, match="structure|types"):
        tree.assert_same_structure([1, 2], other)


def test_equal_forms_pass():
    tree.assert_same_structure(NESTED, {"a": Pair(0, {"z": 0}), "b": [0, (0, 0)]})
    tree.assert_same_paths([1, 2], (3, 4))
    with pytest.raises(ValueError, match="don't have the same paths"):
        tree.assert_same_paths([1, 2], [1])


def test_map_structure_up_to_hands_whole_parts_over():
    assert tree.map_structure_up_to([1, 2], lambda part: ("part", part), [3, [4]]) == [("part", 3), ("part", [4])]


def test_map_shape_structure_takes_shapes_as_leaves():
    assert tree.map_shape_structure(len, {"a": (None, 2), "b": [(1, 2, 3)]}) == {"a": 2, "b": [3]}


def test_pack_sequence_as():
    assert tree.pack_sequence_as({"b": 0, "a": [0, 0]}, ["p", "q", "r"]) == {"b": "r", "a": ["p", "q"]}
    with pytest.raises(ValueError, match="2 leaves, but flat_sequence had 1"):
        tree.pack_sequence_as([1, 2], [1])
    with pytest.raises(TypeError, match="must be a sequence"):
        tree.pack_sequence_as([1, 2], 3)


def test_traverse():
    def total(part):
        return sum(part) if isinstance(part, list) and all(isinstance(one, int) for one in part) else None

    assert tree.traverse(total, {"a": [1, 2], "b": (3, [4])}) == {"a": 3, "b": (3, 4)}
    assert tree.traverse(lambda part: tree.MAP_TO_NONE if part == 2 else None, [1, 2]) == [1, None]
    nested = [[1, 2], [3]]
    assert tree.traverse(lambda part: len(part) if isinstance(part, list) else None, nested) == 2
    seen = []
    tree.traverse(lambda part: seen.append(part), nested, top_down=False)
    assert seen == [1, 2, [1, 2], 3, [3], nested]


def test_lists_to_tuples():
    assert tree.lists_to_tuples([1, [2, {"a": [3]}]]) == (1, (2, {"a": (3,)}))


def test_is_nested():
    assert [tree.is_nested(one) for one in ([], (), {}, Pair(1, 2), 1, "ab", None)] == [True] * 4 + [False] * 3


def test_a_function_must_be_callable():
    for call in (tree.map_structure, tree.traverse, tree.map_shape_structure):
        with pytest.raises(TypeError, match="must be callable"):
            call(1, [1])
    with pytest.raises(ValueError, match="at least one structure"):
        tree.map_structure(len)
