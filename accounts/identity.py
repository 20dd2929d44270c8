"""Who is calling, and with what."""

from dataclasses import dataclass

from accounts.models import AccessToken, User


@dataclass(frozen=True)
class Identity:
    """A user, and the token they called with. A signed-in browser has no token: every scope is theirs."""

    user: User
    token: AccessToken | None = None

    @property
    def scopes(self) -> frozenset[str] | None:
        """What the token permits; None means everything the user may do."""
        return None if self.token is None else frozenset(self.token.scopes)
