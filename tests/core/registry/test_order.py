"""Order: constraints beat layers, layers beat names, and nothing else counts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glue_core import ConfigurationError, Operation, RequestFlowAwareApiApplication, Step
from glue_core.features import Features
from glue_core.registry.discovery import Source
from glue_core.registry.order import Contribution, arrange
from glue_core.registry.registry import Registry
from glue_core.services.services import Services
from glue_core.settings import Settings
from glue_core.testing import in_memory

LAYERS = ("common", "convention", "application")


def contribution(
    name: str, layer: str = "common", before: Sequence[str] = (), after: Sequence[str] = ()
) -> Contribution:
    """Make a contribution of a plugin that is called like its layer."""
    source = Source.of("glue.plugins", layer, object())
    id_ = f"{source.id}.{name}"
    return Contribution(id_, name, source, layer, None, "place", tuple(before), tuple(after))


def names(*contributions: Contribution, **options: Any) -> list[str]:
    """Arrange and return the names."""
    return [each.contribution.name for each in arrange(contributions, LAYERS, **options)]


def test_layers_beat_names() -> None:
    """A later layer comes later, whatever its names."""
    assert names(contribution("a", "application"), contribution("z", "common")) == ["z", "a"]


def test_names_decide_within_a_layer() -> None:
    """Within a layer the names decide."""
    assert names(contribution("b"), contribution("c"), contribution("a")) == ["a", "b", "c"]


def test_constraints_beat_layers() -> None:
    """A constraint may put a later layer first."""
    assert names(contribution("a", "application", before=["z"]), contribution("z")) == ["a", "z"]


def test_constraint_by_id() -> None:
    """A constraint may name one of two steps of a name by its id."""
    order = arrange(
        [
            contribution("same", "common"),
            contribution("same", "application"),
            contribution("x", "common", after=["in-memory:common.same"]),
        ],
        LAYERS,
    )

    assert [each.contribution.id for each in order] == [
        "in-memory:common.same",
        "in-memory:common.x",
        "in-memory:application.same",
    ]


def test_constraint_by_name_means_all_of_the_name() -> None:
    """A constraint that names two steps means both."""
    order = names(
        contribution("same", "common"),
        contribution("same", "application"),
        contribution("x", "common", after=["same"]),
    )

    assert order == ["same", "same", "x"]


def test_constraint_may_name_a_step_of_another_convention() -> None:
    """A step that exists under another convention may be named without effect here."""
    assert names(contribution("a", after=["elsewhere"]), known=["elsewhere"]) == ["a"]


def test_step_cannot_come_before_itself() -> None:
    """A step that names itself names nobody."""
    with pytest.raises(ConfigurationError, match="must come before 'a'"):
        names(contribution("a", before=["a"]))


def test_reasons_are_told() -> None:
    """Each step says why it stands where it stands."""
    order = arrange([contribution("a", after=["b"]), contribution("b")], LAYERS)

    assert [each.reason for each in order] == [
        "layer common; before in-memory:common.a, which says so",
        "layer common; after in-memory:common.b",
    ]


def test_shortest_cycle_is_told_without_what_hangs_on_it() -> None:
    """Steps that only come after a cycle are not named as part of it."""
    with pytest.raises(ConfigurationError) as caught:
        names(
            contribution("a", after=["b"]),
            contribution("b", after=["a"]),
            contribution("c", after=["b"]),
        )

    message = str(caught.value)
    assert "in-memory:common.a before in-memory:common.b before in-memory:common.a." in message
    assert ".c" not in message


@st.composite
def contributions(draw: st.DrawFn) -> list[Contribution]:
    """Draw contributions whose constraints follow one hidden order, so that no cycle exists."""
    hidden = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1))
    found = []
    for index, name in enumerate(hidden):
        before = draw(st.lists(st.sampled_from(hidden[index + 1 :] or ["?"]), max_size=2))
        after = draw(st.lists(st.sampled_from(hidden[:index] or ["?"]), max_size=2))
        found.append(
            contribution(
                name,
                draw(st.sampled_from(LAYERS)),
                [each for each in before if each != "?"],
                [each for each in after if each != "?"],
            )
        )
    return found


@given(contributions(), st.randoms(use_true_random=False))
def test_order_does_not_depend_on_what_came_first(
    drawn: list[Contribution], chance: random.Random
) -> None:
    """Shuffling contributions changes nothing in their order or its reasons."""
    shuffled = list(drawn)
    chance.shuffle(shuffled)

    first = [(each.contribution.id, each.reason) for each in arrange(drawn, LAYERS)]
    second = [(each.contribution.id, each.reason) for each in arrange(shuffled, LAYERS)]
    assert first == second


@given(contributions())
def test_every_constraint_holds(drawn: list[Contribution]) -> None:
    """Whatever is arranged, each constraint holds in the result."""
    order = names(*drawn)
    place = {name: index for index, name in enumerate(order)}

    assert sorted(order) == sorted(each.name for each in drawn)
    for each in drawn:
        assert all(place[each.name] < place[other] for other in each.before)
        assert all(place[other] < place[each.name] for other in each.after)


def _bind(operation: Operation) -> None:
    return None


def _plugins() -> list[Source]:
    return [
        in_memory(
            group,
            f"{name}-{group.count('.')}",
            distribution=f"glue-{name}",
            glue_request_builders=lambda: [Step("b", _bind), Step("a", _bind, after=("b",))],
            glue_response_formatters=lambda: [Step("f", _bind, before=("vary",))],
        )
        for group in ("glue.plugins", "glue.plugins.shop")
        for name in ("one", "two")
    ] + [in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))]


@settings(max_examples=25)
@given(st.permutations(range(5)))
def test_registry_does_not_depend_on_the_order_of_installation(order: list[int]) -> None:
    """Shuffling what is installed changes nothing in the stacks of an application."""
    plugins = _plugins()
    hooks = ("glue_request_builders", "glue_response_formatters")

    def stacks(sources: list[Source]) -> list[list[str]]:
        registry = Registry(sources, Settings.of({}))
        registry.complete(Features([]), Services({}, []))
        shop = registry.applications["shop"]
        return [[each.contribution.id for each in shop.stack(hook, None)] for hook in hooks]

    assert stacks([plugins[index] for index in order]) == stacks(plugins)
