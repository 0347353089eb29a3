"""The examples of docs/legacy.md do what their text says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from glue_core.testing import Client, in_memory

PAGE = Path(__file__).resolve().parents[3] / "docs" / "legacy.md"
FENCE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples() -> Iterator[ModuleType]:
    """Yield the examples of the page as modules."""
    for number, text in enumerate(FENCE.findall(PAGE.read_text(encoding="utf-8"))):
        module = ModuleType(f"legacy_example_{number}")
        exec(compile(text, str(PAGE), "exec"), module.__dict__)
        yield module


@pytest.fixture
def page(serve: Callable[..., Client]) -> Client:
    """A client of the old application with every example of the page as a plugin."""
    group = "glue.plugins.legacy_api"
    return serve(
        *(
            in_memory(group, each.__name__, each, distribution=f"acme-{number}")
            for number, each in enumerate(examples())
        )
    )


def test_robots_are_told_in_plain_text(page: Client) -> None:
    """What an HTTP validator refuses is its message alone."""
    answer = page.get("/boxes/1", headers={"User-Agent": "A Robot"})

    assert (answer.status_code, answer.text) == (403, "No robots, please.")


def test_wrong_number_of_a_till_is_noted(page: Client) -> None:
    """What a step of format request notes is the verdict."""
    answer = page.get("/boxes/1", headers={"X-Till": "seven"})

    assert answer.status_code == 400
    assert [each["code"] for each in answer.json["errors"]] == ["9004"]


def test_till_that_is_out_of_order_is_kept_out(page: Client) -> None:
    """Who a finder has found a validator of users may refuse."""
    answer = page.get("/boxes/1", headers={"X-Till": "13"})

    assert answer.status_code == 403
    assert answer.json["errors"][0]["code"] == "9003"


def test_writes_are_closed_before_their_body_is_judged(page: Client) -> None:
    """A REST validator before ``body`` answers a body that is none."""
    answer = page.post("/boxes", json={})

    assert answer.status_code == 410


def test_answer_to_a_till_has_what_the_stages_give_it(page: Client) -> None:
    """Request, action, data and headers pass their stages."""
    answer = page.get("/boxes/1", headers={"X-Till": "7"})

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["sunset"].endswith("2099 23:59:59 GMT")
    assert answer.json["data"]["attributes"]["name"] == "BOX 1"


def test_answers_to_others_are_as_before(page: Client) -> None:
    """Who is no till has no answer of a till's."""
    answer = page.get("/boxes/1")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] != "no-store"
    assert answer.json["data"]["attributes"]["name"] == "box 1"


def test_request_that_nothing_refused_is_noted(
    page: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Steps before the action run once, and not for what was refused."""
    with caplog.at_level("INFO", logger="tills"):
        page.get("/boxes/1", headers={"X-Till": "13"})
        page.get("/boxes/1", headers={"X-Till": "7"})

    [line] = [each.getMessage() for each in caplog.records if each.name == "tills"]
    assert "till 7" in line
    assert "/boxes/1" in line
