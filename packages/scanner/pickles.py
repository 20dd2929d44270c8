"""Which names a pickle imports, read as the unpickler would read it, and never run.

Instructions come from `pickletools`; of what they put on the stack only texts, small numbers and what joblib's arrays
need is kept. An import whose name cannot be told is reported with the name UNKNOWN.
"""

import io
import pickletools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

from packages.scanner.streams import Stream, Unreadable

UNKNOWN = "unknown"
# Of stack and memo together.
MOST_KEPT = 1_000_000
DEEPEST = 8

_RUNS = {"REDUCE", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "BUILD"}
_PUTS = {"PUT", "BINPUT", "LONG_BINPUT"}
_GETS = {"GET", "BINGET", "LONG_BINGET"}
_MARK = pickletools.markobject
_ARRAY = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_NONSENSE = (ValueError, IndexError, KeyError, TypeError, OverflowError, AttributeError)

# Takes module, name, and whether it is certain that it would be imported.
Import = Callable[[str, str, bool], None]


@dataclass(frozen=True, slots=True)
class Name:
    module: str
    name: str


@dataclass(slots=True)
class Made:
    """What a call of `of` gave, as far as joblib's arrays are concerned."""

    of: Any
    args: Any
    state: dict[str, Any] = field(default_factory=dict)


class Mark:
    pass


def looks_like_one(head: bytes, *, whole: bool = False) -> bool:
    """Whether an unpickler that was given content with these first bytes could come to run something. `whole`: there
    are no others."""
    if head[:1] == b"\x80" and head[1:2] <= b"\x05":
        return True
    machine = _Machine(_only_what_python_can_find)
    read = io.BytesIO(head)
    try:
        for op, arg, _ in pickletools.genops(read):
            machine.step(op, arg)
            if op.name in _RUNS and machine.imported:
                return True
    except NoName:
        return False
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no pickle, unless it goes on
        return not whole and read.tell() >= len(head)
    return False


class NoName(Exception):
    """An import that ends the unpickling."""


def _only_what_python_can_find(module: str, name: str, certain: bool) -> None:
    if module != UNKNOWN and not all(part.isidentifier() for part in f"{module}.{name}".split(".")):
        raise NoName


def imports(stream: Stream, tell: Import) -> None:
    """All pickles that follow each other, as torch wrote them before it wrote zips. What follows the last one is not
    loaded by anybody. Unreadable when the first one breaks off."""
    _one(stream, tell, depth=0)
    try:
        while stream.peek(1):
            _one(stream, tell, depth=0)
    except Broken:
        return


class Broken(Unreadable):
    """The instructions end, or make no sense."""


def _one(stream: Stream, tell: Import, *, depth: int, around: "_Machine | None" = None) -> None:
    """`around` is an unpickler that knows nothing of joblib's arrays, and would go on where this pickle starts."""
    if depth > DEEPEST:
        raise Unreadable("it holds pickles in pickles in pickles")
    machine = _Machine(tell)
    try:
        for op, arg, _ in pickletools.genops(stream):  # type: ignore[arg-type]
            machine.step(op, arg)
            around = _also(around, op, arg)
            if op.name == "BUILD" and machine.array:
                _array(stream, machine, tell, depth=depth)
    except _NONSENSE as error:
        raise Broken(f"the pickle breaks off at byte {stream.tell()}") from error


def _also(machine: "_Machine | None", op: pickletools.OpcodeInfo, arg: Any) -> "_Machine | None":
    """None once it could not go on."""
    try:
        if machine is not None:
            machine.step(op, arg)
    except (*_NONSENSE, Unreadable):
        return None
    return machine


def _array(stream: Stream, machine: "_Machine", tell: Import, *, depth: int) -> None:
    """joblib writes an array's bytes into the midst of the instructions. An ordinary unpickler would take those bytes
    for instructions; so they must be such that it stops at the first one, or it is looked at what it would do."""
    state = machine.array or {}
    kind = state.get("dtype")
    code = kind.args[0] if isinstance(kind, Made) and isinstance(kind.args, tuple) and kind.args else None
    if isinstance(code, str) and code.startswith("O"):
        return _one(stream, tell, depth=depth + 1, around=machine.copy_that_tells_the_known())
    size = _itemsize(code)
    padding = stream.read(1)
    if state.get("numpy_array_alignment_bytes") is None or padding > b"\x10" or size is None:
        raise Unreadable("it holds arrays of a kind that is not understood, and what follows them is not looked at")
    stream.skip(padding[0])
    stream.skip(prod(state["shape"]) * size)
    return None


def _itemsize(code: Any) -> int | None:
    """In bytes, of numpy's short name of a type: `f8`."""
    if not isinstance(code, str) or not re.fullmatch(r"[biufcSUVmM]\d{1,6}", code, re.ASCII):
        return None
    return int(code[1:]) * (4 if code[0] == "U" else 1)


class _Machine:
    """The unpickler's stack and memo."""

    def __init__(self, tell: Import) -> None:
        self._tell = tell
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        # An array of joblib's that the last instruction has completed.
        self.array: dict[str, Any] | None = None
        self.imported = False

    def copy_that_tells_the_known(self) -> "_Machine":
        def tell(module: str, name: str, _: bool) -> None:
            if UNKNOWN not in (module, name):
                self._tell(module, name, False)

        copied = _Machine(tell)
        copied._stack, copied._memo = self._stack[:], self._memo.copy()
        return copied

    def step(self, op: pickletools.OpcodeInfo, arg: Any) -> None:
        if len(self._stack) + len(self._memo) > MOST_KEPT:
            raise Unreadable(f"it keeps more than {MOST_KEPT:,} objects at once")
        self.array = None
        if op.name in _PUTS or op.name == "MEMOIZE":
            self._memo[len(self._memo) if op.name == "MEMOIZE" else int(arg)] = self._stack[-1]
        elif op.name in _GETS:
            self._stack.append(self._memo[int(arg)])
        elif op.name == "DUP":
            self._stack.append(self._stack[-1])
        elif op.name == "MARK":
            self._stack.append(Mark)
        else:
            self._stack += self._done(op, arg, self._taken(op))

    def _taken(self, op: pickletools.OpcodeInfo) -> list[Any]:
        before = op.stack_before
        if _MARK in before or (op.name == "POP" and self._stack and self._stack[-1] is Mark):
            at = len(self._stack) - 1
            while self._stack[at] is not Mark:
                at -= 1
            above = self._stack[at + 1 :]
            below = 0 if op.name == "POP" else before.index(_MARK)
            start = at - below
            taken = [*self._stack[start:at], *above]
        else:
            start = len(self._stack) - len(before)
            taken = self._stack[start:]
        if start < 0:
            raise Broken("the pickle takes what is not there")
        del self._stack[start:]
        return taken

    def _done(self, op: pickletools.OpcodeInfo, arg: Any, taken: list[Any]) -> list[Any]:
        special = getattr(self, f"_do_{op.name.lower()}", None)
        if special is not None:
            return [special(arg, taken)]
        if op.stack_after and op.stack_after[0] is pickletools.markobject:
            return [Mark]
        if not op.stack_after:
            return []
        return [arg if isinstance(arg, str | int) and not _is_large(arg) else None]

    def _do_global(self, arg: str, taken: list[Any]) -> Any:
        return self._import(*arg.split(" ", 1))

    def _do_inst(self, arg: str, taken: list[Any]) -> Any:
        return Made(self._import(*arg.split(" ", 1)), tuple(taken))

    def _do_stack_global(self, arg: None, taken: list[Any]) -> Any:
        module, name = (part if isinstance(part, str) else UNKNOWN for part in taken)
        return self._import(module, name)

    def _do_ext1(self, arg: int, taken: list[Any]) -> Any:
        return self._import(UNKNOWN, f"extension {arg}")

    _do_ext2 = _do_ext4 = _do_ext1

    def _import(self, module: str, name: str) -> Name:
        self._tell(module, name, True)
        self.imported = True
        return Name(module, name)

    def _do_reduce(self, arg: None, taken: list[Any]) -> Any:
        return Made(*taken)

    _do_newobj = _do_reduce

    def _do_tuple(self, arg: None, taken: list[Any]) -> Any:
        return tuple(taken)

    _do_tuple1 = _do_tuple2 = _do_tuple3 = _do_empty_tuple = _do_tuple

    def _do_empty_dict(self, arg: None, taken: list[Any]) -> Any:
        return {}

    def _do_setitems(self, arg: None, taken: list[Any]) -> Any:
        into, items = taken[0], taken[1:]
        if isinstance(into, dict):
            into.update(
                (key, value) for key, value in zip(items[::2], items[1::2], strict=True) if isinstance(key, str)
            )
        return into

    _do_setitem = _do_setitems

    def _do_newtrue(self, arg: None, taken: list[Any]) -> Any:
        return True

    def _do_build(self, arg: None, taken: list[Any]) -> Any:
        built, state = taken
        kind = built.of if isinstance(built, Made) else None
        if isinstance(kind, Name) and (kind.module, kind.name) == _ARRAY and isinstance(state, dict):
            self.array = state
        return built


def _is_large(arg: str | int) -> bool:
    return len(arg) > 1024 if isinstance(arg, str) else abs(arg) >= 2**63
