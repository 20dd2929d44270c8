from accounts.models.token import AccessToken, TokenKind
from accounts.models.user import User

__all__ = ["AccessToken", "TokenKind", "User"]
