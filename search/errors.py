"""The one refusal of this package."""

_SHOWN = 200


class SearchError(ValueError):
    """A filter or order_by that cannot be understood.

    `message` is a sentence for the caller, in MLflow's words where MLflow refuses too; it quotes at most the
    beginning of what was sent. `position` is the offset of the offending character in the text it was found
    in (for order_by: in its own clause), and the message ends by naming it.
    """

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message, position)
        self.message = f"{message} (at position {position})"
        self.position = position

    def __str__(self) -> str:
        return self.message


def shown(text: str) -> str:
    """As much of a text as belongs in a message: a caller may send 100 kB of it."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
