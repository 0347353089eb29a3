"""Tables: what a reader of CSV gets back, and what a spreadsheet does not compute."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from glue_core import (
    ErrorCode,
    GlueRequest,
    GlueResponse,
    NotFound,
    Operation,
    RequestFlowAwareApiApplication,
    Resource,
    Rows,
)
from glue_core.testing import Client, in_memory, installed
from glue_csv_encoder.table import FORMULA_STARTS, table_of

NOTHING: Any = None
CSV = {"accept": "text/csv"}


def text_of(*rows: dict[str, Any], columns: tuple[str, ...] = ()) -> str:
    """Return the table of some rows."""
    return table_of(NOTHING, NOTHING, Rows(rows, columns=lambda: columns)).decode("utf-8")


def read(text: str) -> list[list[str]]:
    """Read a table as any program does."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


MISSING = ErrorCode(404, "301", "No such lamp.")


class Lamp(Schema):
    """Attributes of a lamp, in an order that is not alphabetic."""

    name = fields.String()
    isOpen = fields.Boolean()
    watt = fields.Integer(allow_none=True)
    parts = fields.List(fields.Dict())


LAMPS: dict[str, dict[str, Any]] = {
    "1": {"id": "1", "name": 'Ä, "1"', "isOpen": False, "watt": -1, "parts": [{"a": None}]},
    "2": {"id": "2", "name": "=1+1", "isOpen": True, "watt": None, "parts": []},
}


def one(id: str) -> GlueResponse:  # noqa: A002 - filled by name
    """Return one lamp."""
    if id not in LAMPS:
        raise NotFound("301", "No such lamp.")
    return GlueResponse.of(LAMPS[id])


def several(request: GlueRequest) -> GlueResponse:
    """Return the lamps, or none for the filter."""
    return GlueResponse.page([] if request.filters else LAMPS.values())


@pytest.fixture
def client(glue_client: Callable[..., Client]) -> Client:
    """Serve lamps, with the encoder installed."""
    lamps = Resource("lamps", Lamp)
    application = RequestFlowAwareApiApplication("shop")
    return glue_client(
        [
            *installed("csv_encoder"),
            in_memory("glue.applications", "shop", application),
            in_memory(
                "glue.plugins.shop",
                "lamps",
                glue_resources=lambda: [
                    Operation("get", one, "lamps", lamps, errors=(MISSING,)),
                    Operation("getCollection", several, "lamps", lamps, filters=("name",)),
                ],
            ),
        ]
    )


def test_collection(client: Client) -> None:
    """A collection is a header in the order of the schema, then a row for each resource."""
    response = client.get("/lamps", headers=CSV)

    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert response.text == (
        'name,isOpen,watt,parts\r\n"Ä, ""1""",false,-1,"[{""a"":null}]"\r\n\'=1+1,true,,[]\r\n'
    )


def test_single_resource_is_one_row(client: Client) -> None:
    """One resource is one row."""
    assert client.get("/lamps/2", headers=CSV).text == (
        "name,isOpen,watt,parts\r\n'=1+1,true,,[]\r\n"
    )


def test_empty_collection_has_a_header(client: Client) -> None:
    """Nothing found is the header alone, so a reader still learns the columns."""
    response = client.get("/lamps?filter[lamps.name]=x", headers=CSV)

    assert response.text == "name,isOpen,watt,parts\r\n"


def test_sparse_fields_choose_columns(client: Client) -> None:
    """The columns are what the client asked for."""
    response = client.get("/lamps/1?fields[lamps]=watt,name", headers=CSV)

    assert response.text.splitlines()[0] == "name,watt"


def test_error_is_json(client: Client) -> None:
    """An error is no table."""
    response = client.get("/lamps/3", headers=CSV)

    assert (response.status_code, response.headers["content-type"]) == (404, "application/json")


def test_json_stays_the_default(client: Client) -> None:
    """Whoever does not ask for tables gets none."""
    assert client.get("/lamps").headers["content-type"] == "application/json"
    assert client.get("/lamps", headers={"accept": "*/*"}).json[0]["watt"] == -1


def test_null_and_empty_text_differ() -> None:
    """Null and a missing value are empty cells, an empty text is quoted."""
    assert text_of({"a": None, "b": ""}, columns=("a", "b", "c")) == 'a,b,c\r\n,"",\r\n'


def test_line_of_one_empty_cell_is_no_empty_line() -> None:
    """A row that is one null is still a row for readers that skip empty lines."""
    assert read(text_of({"a": None}, columns=("a",))) == [["a"], [""]]


@pytest.mark.parametrize("start", sorted(FORMULA_STARTS))
def test_text_is_no_formula(start: str) -> None:
    """A text that a spreadsheet would compute gets an apostrophe in front."""
    assert read(text_of({"a": f"{start}cmd|' /C calc'!A0"}))[1][0].startswith(f"'{start}")


def test_formula_behind_blanks_is_none() -> None:
    """White space in front does not hide a formula, since spreadsheets trim it."""
    assert read(text_of({"a": "  =1+1"}))[1] == ["'  =1+1"]


def test_formula_in_a_name_is_none() -> None:
    """The header is guarded as well."""
    assert read(text_of({"@a": 1}))[0] == ["'@a"]


def test_numbers_stay_numbers() -> None:
    """A negative number is no formula."""
    assert text_of({"a": -1.5}) == "a\r\n-1.5\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_texts_survive(values: list[str]) -> None:
    """Whatever a text contains, a reader gets it back, with the apostrophe at most."""
    row = {str(number): value for number, value in enumerate(values)}

    for sent, found in zip(values, read(text_of(row))[1], strict=True):
        assert found in (sent, f"'{sent}")
