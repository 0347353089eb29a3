"""The users of assignments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_core import GlueRequest, GlueResource
from glue_users import User, UserReader


class AssignedUsers:
    """Leads from assignments to their users."""

    def __init__(self, users: UserReader) -> None:
        self._users = users

    def users_of(
        self, assignments: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, User | None]:
        """Return the user of each assignment, with one read."""
        owners = {each.id or "": each.attributes.user_uuid for each in assignments}
        found = self._users.of_uuids(list(owners.values()), request.work)
        return {id_: found.get(owner) for id_, owner in owners.items()}
