"""The six refusals: all that the domain ever says no with.

Services and querysets raise them; each dialect (MLflow, REST, pages) has one table that turns a kind into
a status and a body. `code` overrides the dialect's own error code where MLflow's clients look for another.
"""


class Refusal(Exception):
    """A request that is answered with a reason. `message` is shown to the caller: never put secrets in it."""

    def __init__(self, message: str, *, code: str = "", field: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.status = status


class InvalidInput(Refusal):
    """What was sent can never be accepted as it is."""


class Unauthenticated(Refusal):
    """Nobody known is calling: no credential, or one that is unknown, expired or revoked."""


class Forbidden(Refusal):
    """The caller may know that the thing exists, but may not do this to it."""


class NotFound(Refusal):
    """It does not exist, or the caller may not learn that it does."""


class AlreadyExists(Refusal):
    """The name is taken."""


class Conflict(Refusal):
    """The thing is in a state that does not allow this now."""
