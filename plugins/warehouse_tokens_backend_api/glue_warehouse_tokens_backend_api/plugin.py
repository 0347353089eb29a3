"""What the plugin contributes: the place ``/warehouse-tokens``."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import ErrorText, Operation, Protection, hookimpl
from glue_warehouse_tokens_backend_api.controller import WarehouseTokensController
from glue_warehouse_tokens_backend_api.resource import FORBIDDEN, INVALID, TOKEN, UNSUPPORTED


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the refusal in German; what follows OAuth keeps the words of the standard."""
    return [ErrorText(FORBIDDEN.code or "", {"de": "Das ist nicht erlaubt."})]


@hookimpl
def glue_resources() -> Sequence[Operation]:
    """Contribute ``POST /warehouse-tokens``, for every user; its body is not looked at."""
    return [
        Operation(
            "post",
            WarehouseTokensController().post,
            "warehouse-tokens",
            TOKEN,
            errors=(FORBIDDEN, INVALID, UNSUPPORTED),
            protection=Protection(kinds=("user",)),
            is_raw=True,
        )
    ]
