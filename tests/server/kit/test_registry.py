"""Sets of declarations."""

import pytest

from lightfield_server.kit.registry import Registry


@pytest.fixture
def colours():
    registry = Registry("colour")
    registry.add("red", "#f00")
    registry.add("blue", "#00f")
    return registry


def test_declarations_are_read_by_name_and_in_order(colours):
    assert colours["red"] == colours.get("red") == "#f00"
    assert colours.get("green") is None
    assert "red" in colours
    assert "green" not in colours
    assert list(colours) == ["#f00", "#00f"]
    assert len(colours) == 2


def test_one_name_is_declared_once(colours):
    with pytest.raises(RuntimeError, match="colour 'red' is declared twice"):
        colours.add("red", "#e00")
    assert colours["red"] == "#f00"


def test_nothing_is_declared_after_the_freeze(colours):
    colours.freeze()

    with pytest.raises(RuntimeError, match="'green' declared after the server was composed"):
        colours.add("green", "#0f0")


def test_a_removed_name_may_be_declared_again(colours):
    colours.remove("red")
    colours.add("red", "#e00")

    assert list(colours) == ["#00f", "#e00"]


def test_a_registry_may_grow_while_it_is_read(colours):
    for _ in colours:
        colours.add(f"shade {len(colours)}", "#000")

    assert len(colours) == 4
