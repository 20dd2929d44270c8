"""What is answered where there is nothing else to tell."""

from typing import TypedDict


class Message(TypedDict):
    message: str


ACCEPTED: Message = {"message": "202 Accepted"}
CREATED: Message = {"message": "201 Created"}
