"""Users as an authorization server knows them."""

from __future__ import annotations

from glue_core import Standing, Subject, UserProvider, Work
from glue_users import User, UserCredentials, UserReader

KIND = "user"


def user_provider(credentials: UserCredentials, reader: UserReader) -> UserProvider:
    """Return who knows users of the back office.

    Args:
        credentials: Says whether somebody is who they say they are.
        reader: Reads users.
    """

    def authenticate(username: str, password: str, work: Work) -> Subject | None:
        user = credentials.authenticate(username, password, work)
        return None if user is None else subject_of(user)

    def find(subject: Subject, work: Work) -> Standing | None:
        user = reader.by_uuid(subject.natural_identifier, work)
        if user is None or not user.is_active:
            return None
        return Standing(subject_of(user), user.password_changed_at)

    return UserProvider("users", KIND, find, authenticate)


def subject_of(user: User) -> Subject:
    """Return what a token says of a user."""
    return Subject(
        KIND,
        {"uuid": user.uuid, "id_user": user.id},
        {"is_warehouse_user": user.is_warehouse_user},
    )
