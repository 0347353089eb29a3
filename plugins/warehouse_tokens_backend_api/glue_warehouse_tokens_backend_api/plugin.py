"""What the plugin contributes: the place ``/warehouse-tokens``."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import Operation, Protection, hookimpl
from glue_warehouse_tokens_backend_api.controller import WarehouseTokensController
from glue_warehouse_tokens_backend_api.resource import FORBIDDEN, INVALID, TOKEN


@hookimpl
def glue_resources() -> Sequence[Operation]:
    """Contribute ``POST /warehouse-tokens``, for every user; its body is not looked at."""
    return [
        Operation(
            "post",
            WarehouseTokensController().post,
            "warehouse-tokens",
            TOKEN,
            errors=(FORBIDDEN, INVALID),
            protection=Protection(kinds=("user",)),
            is_raw=True,
        )
    ]
