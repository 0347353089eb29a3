"""Several who write at once: one wins, the others are told, and nothing is mixed up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Shop = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

WRITERS = range(4)
LONGEST_WAIT = 60


def at_once(write: Callable[[int], Any]) -> list[tuple[int, str | None]]:
    """Let the writers start together; return status and code of each."""
    ready = threading.Barrier(len(WRITERS))

    def run(number: int) -> tuple[int, str | None]:
        ready.wait(LONGEST_WAIT)
        response = write(number)
        errors = response.json.get("errors", [{"code": None}])
        return response.status_code, errors[0]["code"]

    with ThreadPoolExecutor(len(WRITERS)) as pool:
        return sorted(pool.map(run, WRITERS))


def test_one_sku_is_given_once(on_postgresql: Shop) -> None:
    """Of several new products with one SKU there is one; the others are 409 with the code 315."""
    found = at_once(
        lambda number: on_postgresql.post(productAbstractSku="010", taxSetName=str(number))
    )

    assert found == [(201, None), *[(409, "315")] * 3]


def test_one_url_is_given_once(on_postgresql: Shop) -> None:
    """Of several products that want one URL one gets it; the others are 422 with the code 316."""
    found = at_once(
        lambda number: on_postgresql.post(
            productAbstractSku=f"01{number}",
            localizedAttributes=[{"locale": "en_US", "name": "Chair"}],
            urls=[{"locale": "en_US", "url": "/en/chair"}],
        )
    )

    assert found == [(201, None), *[(422, "316")] * 3]


def test_one_variant_is_given_once(on_postgresql: Shop) -> None:
    """Of several products that want one new variant one gets it, and it stays there."""
    for number in WRITERS:
        assert on_postgresql.post(productAbstractSku=f"01{number}").status_code == 201

    found = at_once(lambda number: on_postgresql.patch(f"01{number}", variants=[{"sku": "010-1"}]))

    assert found == [(200, None), *[(422, "901")] * 3]


def test_one_state_is_changed_once(on_postgresql: Shop) -> None:
    """Of several changes of one state one is made; the others are 412."""
    headers = {"if-match": on_postgresql.office.get("/product-abstract/001").headers["etag"]}

    found = at_once(
        lambda number: on_postgresql.patch("001", headers=headers, taxSetName=f"Tax {number}")
    )

    assert found == [(200, None), *[(412, "006")] * 3]


def test_changes_of_different_parts_are_all_made(on_postgresql: Shop) -> None:
    """Without a condition nobody undoes what somebody else changed at the same time."""
    changes: list[dict[str, Any]] = [
        {"taxSetName": "Reduced"},
        {"stores": ["AT"]},
        {"localizedAttributes": [{"locale": "en_US", "name": "Desk lamp"}]},
        {"variants": [{"sku": "001-2", "isActive": False}]},
    ]

    found = at_once(lambda number: on_postgresql.patch("001", **changes[number]))

    assert found == [(200, None)] * 4
    shown = on_postgresql.attributes("001")
    assert (shown["taxSetName"], shown["stores"]) == ("Reduced", ["AT"])
    assert shown["localizedAttributes"][1]["name"] == "Desk lamp"
    assert shown["variants"][1]["isActive"] is False
