"""Amounts of bytes in words, the same in refusals, on pages and in a terminal."""

_UNITS = ("B", "KiB", "MiB", "GiB")


def short(size: int) -> str:
    """In the units that file managers count in, of 1024: `1.5 GiB`."""
    amount = float(size)
    for unit in _UNITS:
        if abs(amount) < 1024:
            return f"{size} B" if unit == "B" else f"{_plain(amount)} {unit}"
        amount /= 1024
    return f"{_plain(amount)} TiB"


def exact(size: int) -> str:
    """For a person and for a calculation: `5 GiB (5368709120 bytes)`."""
    return f"{size} bytes" if abs(size) < 1024 else f"{short(size)} ({size} bytes)"


def _plain(amount: float) -> str:
    return f"{amount:.1f}".removesuffix(".0")
