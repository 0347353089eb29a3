"""Formats of plain answers: how they enter, which one a client gets, and what they are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ConfigurationError,
    Encoder,
    ErrorCode,
    GlueRequest,
    GlueResponse,
    NotFound,
    Operation,
    RequestFlowAwareApiApplication,
    Resource,
    Rows,
)
from glue_core.encoding import JSON_ENCODER, encode_json
from glue_core.testing import Client, in_memory

Serve = Callable[..., Client]


class Lamp(Schema):
    """Attributes of a lamp."""

    name = fields.String()
    watt = fields.Integer()


LAMPS = Resource("lamps", Lamp)
NO_LAMP = ErrorCode(404, "301", "No such lamp.")


def one(id: str) -> GlueResponse:  # noqa: A002 - filled by name
    """Return one lamp, or nothing known."""
    if id == "none":
        raise NotFound(NO_LAMP.code, NO_LAMP.message)
    return GlueResponse.of({"id": id, "name": "Ä", "watt": 0})


def several() -> GlueResponse:
    """Return two lamps."""
    return GlueResponse.page([{"id": "1", "name": "a"}, {"id": "2", "name": "b", "watt": 2}])


def lines(response: GlueResponse, request: GlueRequest, rows: Rows) -> bytes:
    """Write the columns, then a line for each row."""
    return "\n".join([" ".join(rows.columns), *(str(dict(each)) for each in rows)]).encode()


def pieces(response: GlueResponse, request: GlueRequest, rows: Rows) -> Sequence[bytes]:
    """Write a piece for each row."""
    return [f"{each['name']};".encode() for each in rows]


TEXT = Encoder("text/x-lines", lines, parameters="charset=utf-8")


@pytest.fixture
def serve(glue_client: Callable[..., Client]) -> Serve:
    """Serve lamps in an application whose plugin contributes these encoders."""

    def make(*encoders: Encoder, **settings: Any) -> Client:
        application = RequestFlowAwareApiApplication("shop")
        return glue_client(
            [
                in_memory("glue.applications", "shop", application),
                in_memory(
                    "glue.plugins.shop",
                    "lamps",
                    glue_resources=lambda: [
                        Operation("get", one, "lamps", LAMPS, errors=(NO_LAMP,)),
                        Operation("getCollection", several, "lamps", LAMPS),
                        Operation("post", lambda request: one("9"), "lamps", LAMPS),
                    ],
                ),
                in_memory("glue.plugins", "formats", glue_encoders=lambda: list(encoders)),
            ],
            settings=settings,
        )

    return make


def test_accept_selects_an_encoder(serve: Serve) -> None:
    """A client that accepts an encoder's media type is answered by it."""
    response = serve(TEXT).get("/lamps", headers={"accept": "text/x-lines"})

    assert response.headers["content-type"] == "text/x-lines; charset=utf-8"
    assert response.text == "name watt\n{'name': 'a'}\n{'name': 'b', 'watt': 2}"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/x-lines"),
        ("application/json;q=0.1, text/x-lines;q=0.2", "text/x-lines"),
        ("application/json;q=0, */*", "text/x-lines"),
        ("text/html, text/x-lines;q=0.1", "text/x-lines"),
    ],
)
def test_encoder_is_negotiated(serve: Serve, accept: str | None, expected: str) -> None:
    """JSON is what a wildcard gets; qualities and exact names decide else."""
    response = serve(TEXT).get("/lamps/1", headers={"accept": accept})

    assert response.headers["content-type"].partition(";")[0] == expected


def test_encoder_answers_a_write(serve: Serve) -> None:
    """A body in JSON may be answered in another format."""
    response = serve(TEXT).post("/lamps", json={"name": "x"}, headers={"accept": "text/x-lines"})

    assert (response.status_code, response.headers["content-type"]) == (
        201,
        "text/x-lines; charset=utf-8",
    )


def test_encoder_is_no_format_of_bodies(serve: Serve) -> None:
    """What is written is not thereby read: such a body is 415."""
    response = serve(TEXT).post("/lamps", body=b"x", headers={"content-type": "text/x-lines"})

    assert response.status_code == 415


def test_unknown_format_is_refused(serve: Serve) -> None:
    """Without the encoder its media type is not acceptable: 406 with the code 010."""
    response = serve().get("/lamps", headers={"accept": "text/x-lines"})

    assert (response.status_code, response.json[0]["code"]) == (406, "010")


def test_write_that_accepts_nothing_is_refused(serve: Serve) -> None:
    """A write whose client accepts no format of ours is 406 and not carried out."""
    response = serve(TEXT).post("/lamps", json={"name": "x"}, headers={"accept": "image/png"})

    assert response.status_code == 406


def test_error_is_json(serve: Serve) -> None:
    """An encoder sees no errors: they are JSON."""
    response = serve(TEXT).get("/lamps/none", headers={"accept": "text/x-lines"})

    assert response.headers["content-type"] == "application/json"
    assert response.json == [{"status": 404, "code": "301", "message": "No such lamp."}]


def test_encoder_may_return_pieces(serve: Serve) -> None:
    """A body may come in pieces."""
    client = serve(Encoder("text/x-pieces", pieces))

    assert client.get("/lamps", headers={"accept": "text/x-pieces"}).text == "a;b;"


def test_columns_follow_sparse_fields(serve: Serve) -> None:
    """The columns are the attributes that the client asked for, in the order of the schema."""
    response = serve(TEXT).get("/lamps?fields[lamps]=watt", headers={"accept": "text/x-lines"})

    assert response.text.partition("\n")[0] == "watt"


def test_failing_encoder_is_a_formatted_failure(serve: Serve) -> None:
    """An encoder that raises leaves a 500 in JSON, without details."""

    def fail(response: GlueResponse, request: GlueRequest, rows: Rows) -> bytes:
        raise RuntimeError("secret")

    response = serve(Encoder("text/x-fail", fail)).get("/lamps", headers={"accept": "text/x-fail"})

    assert (response.status_code, response.json[0]["code"]) == (500, "020")
    assert "secret" not in response.text


def test_two_encoders_of_one_type_stop_the_start(serve: Serve) -> None:
    """Two encoders of one media type are a conflict that names both."""
    with pytest.raises(ConfigurationError, match="Two encoders of 'shop' are 'text/x-lines'"):
        serve(TEXT, Encoder("text/x-lines", pieces))


def test_json_can_be_replaced(serve: Serve) -> None:
    """The built-in encoder enters by the same hook, so the settings can put another there."""
    plain = "glue-api-core:plain.application/json"
    mine = Encoder("application/json", lambda response, request, rows: b'[{"name": "mine"}]')

    client = serve(mine, disable=[plain])

    assert client.get("/lamps").json == [{"name": "mine"}]


def test_other_values_are_no_encoders(serve: Serve) -> None:
    """A hook that returns something else stops the start."""
    with pytest.raises(ConfigurationError, match="expected is: Encoder"):
        serve("text/csv")


@pytest.mark.parametrize("media_type", ["Text/CSV", "text/csv; header=present", "csv", "text/*"])
def test_media_type_is_bare(media_type: str) -> None:
    """A media type that no request could select is refused where it is made."""
    with pytest.raises(ValueError, match="media type"):
        Encoder(media_type, lines)


def test_single_row_is_an_object() -> None:
    """JSON shows a single row as the object, and none as null."""
    nothing: Any = None

    assert encode_json(nothing, nothing, Rows([{"a": 0}], is_single=True)) == b'{"a":0}'
    assert encode_json(nothing, nothing, Rows([], is_single=True)) == b"null"
    assert encode_json(nothing, nothing, Rows([{"a": 0}])) == b'[{"a":0}]'
    assert JSON_ENCODER.content_type == "application/json"


def test_rows_are_a_sequence() -> None:
    """Rows have a length, an order, and columns for what a row has beside the schema."""
    rows = Rows([{"a": 1}, {"b": 2}], columns=lambda: ("z", "a"))

    assert (len(rows), rows[1], list(rows)) == (2, {"b": 2}, [{"a": 1}, {"b": 2}])
    assert rows.columns == ("z", "a", "b")
