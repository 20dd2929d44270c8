"""The form of a token's secret: prefix, random payload, checksum.

The prefix tells secret scanners what they found; the checksum lets junk be refused without asking the database.
The payload has 190 bits of entropy, so a plain SHA-256 is a safe digest (no salt, no stretching).
"""

import secrets
import zlib
from hashlib import sha256

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIXES = {"personal": "tnpat-", "project": "tnprt-", "group": "tngrt-", "deploy": "tndpl-"}
PAYLOAD, CHECKSUM = 32, 6

# For gitleaks, trufflehog and the like.
PATTERN = r"tn(?:pat|prt|grt|dpl)-[0-9A-Za-z]{38}"


def generate(kind: str) -> str:
    """A new secret for a token of this kind."""
    body = PREFIXES[kind] + "".join(secrets.choice(BASE62) for _ in range(PAYLOAD))
    return body + _checksum(body)


def well_formed(secret: str) -> bool:
    """Whether `secret` can be one of ours. Says nothing about whether it exists."""
    if len(secret) != 6 + PAYLOAD + CHECKSUM or secret[:6] not in PREFIXES.values() or not secret.isascii():
        return False
    return _checksum(secret[:-CHECKSUM]) == secret[-CHECKSUM:]


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM):
        number, place = divmod(number, 62)
        digits = BASE62[place] + digits
    return digits
