"""Features: provided, made once, when first asked for."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from glue_core import ConfigurationError, Features, Provider


class Prices:
    """A feature."""


class Stock:
    """Another feature."""


def test_the_same_object_answers() -> None:
    """A feature is made when first asked for, and once."""
    made: list[str] = []
    features = Features([Provider(Prices, lambda features: made.append("x") or Prices())])  # type: ignore[func-returns-value]
    before = list(made)

    assert features.get(Prices) is features.get(Prices)
    assert (before, made) == ([], ["x"])


def test_feature_of_another() -> None:
    """A provider may ask for other features."""

    class Both:
        def __init__(self, prices: Prices) -> None:
            self.prices = prices

    features = Features(
        [
            Provider(Both, lambda features: Both(features.get(Prices))),
            Provider(Prices, lambda features: Prices()),
        ]
    )

    assert features.get(Both).prices is features.get(Prices)


def test_missing_feature() -> None:
    """A feature that nobody provides is told with what there is and what to do."""
    with pytest.raises(ConfigurationError) as caught:
        Features([Provider(Stock, lambda features: Stock())]).get(Prices)

    assert str(caught.value).splitlines()[0].endswith(":Prices.")
    assert "Provided are: Stock." in str(caught.value)
    assert "'glue.features'" in str(caught.value)


def test_features_that_need_each_other() -> None:
    """A circle of features is told, step by step."""

    def prices(features: Any) -> Prices:
        features.get(Stock)
        return Prices()

    def stock(features: Any) -> Stock:
        features.get(Prices)
        return Stock()

    features = Features([Provider(Prices, prices), Provider(Stock, stock)])

    with pytest.raises(ConfigurationError, match="made: Prices -> Stock -> Prices"):
        features.get(Prices)


def test_circle_through_keys() -> None:
    """A circle through what stands behind a Protocol for a key is told with the key."""

    def prices(features: Any) -> Prices:
        features.get(Stock)
        return Prices()

    def stock(features: Any) -> Stock:
        features.keyed(Prices)
        return Stock()

    features = Features([Provider(Prices, prices, "net"), Provider(Stock, stock)])

    with pytest.raises(ConfigurationError, match=r"made: Prices\.net -> Stock -> Prices\.net"):
        features.keyed(Prices)


def test_protocol_with_keys_has_no_single_feature() -> None:
    """Who asks for the one feature of a Protocol that has several is told which there are."""
    features = Features([Provider(Prices, lambda features: Prices(), "net")])

    with pytest.raises(ConfigurationError, match=r"Provided are: Prices\.net\."):
        features.get(Prices)
    assert Prices not in features


def test_keys_stand_beside_each_other() -> None:
    """A Protocol has one object for each key, each made once, and the one without a key apart."""
    features = Features(
        [
            Provider(Prices, lambda features: Prices(), "net"),
            Provider(Prices, lambda features: Prices(), "gross"),
            Provider(Prices, lambda features: Prices()),
        ]
    )
    found = features.keyed(Prices)

    assert list(found) == ["gross", "net"]
    assert features.keyed(Prices) == found
    assert len({id(each) for each in (*found.values(), features.get(Prices))}) == 3


def test_nobody_provides_for_a_key() -> None:
    """Nothing behind a Protocol with keys is no mistake: nobody is installed who has something."""
    assert Features([]).keyed(Prices) == {}


def test_failed_feature_is_made_anew() -> None:
    """A provider that fails once is asked again."""
    tries: list[int] = []

    def make(features: Any) -> Prices:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("down")
        return Prices()

    features = Features([Provider(Prices, make)])
    with pytest.raises(OSError, match="down"):
        features.get(Prices)

    assert isinstance(features.get(Prices), Prices)


def test_threads_share_one_object() -> None:
    """Threads that ask at once get one object."""
    barrier, found = threading.Barrier(8), []

    def make(features: Any) -> Prices:
        return Prices()

    features = Features([Provider(Prices, make)])

    def ask() -> None:
        barrier.wait()
        found.append(features.get(Prices))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(set(map(id, found))) == 1
    assert Prices in features
