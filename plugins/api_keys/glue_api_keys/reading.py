"""Reading the key of a request."""

from __future__ import annotations

from glue_api_keys import ApiKeyChecker
from glue_core import ErrorCode, GlueError, GlueRequest, Identity, Problem, Settings, codes

HEADER = "x-api-key"
PARAMETER = "api_key"
INVALID = "Invalid API key."
REFUSED = ErrorCode(401, codes.TOKEN_INVALID, INVALID)


class KeyReader:
    """Reads who has the key that came."""

    def __init__(self, checker: ApiKeyChecker, settings: Settings) -> None:
        self._checker = checker
        self._settings = settings

    def read(self, value: str, request: GlueRequest) -> Identity:
        """Return whose key it is.

        Raises:
            Problem: The key does not hold: 401 with a challenge.
        """
        found = self._checker.check(value.strip())
        if found is None:
            raise self._refusal(request.application)
        return Identity("api-key", found.name, found.id, found.scopes, via="api-key")

    def _refusal(self, application: str) -> Problem:
        realm = self._settings.application(application)["realm"]
        error = GlueError(status=401, code=codes.TOKEN_INVALID, message=INVALID, header="X-Api-Key")
        return Problem(401, [error], {"www-authenticate": f'ApiKey realm="{realm}"'})
