"""What an imported name can do, in picklescan's judgement.

picklescan (MIT, no dependencies, last released in July 2026) keeps the lists of names that run code. Names alone are
given to it, in a pickle of one import each: its own reader keeps every instruction in memory,
gives up at joblib's arrays and says nothing of content that breaks off.
"""

import io
import logging
import re

from picklescan.scanner import SafetyLevel, scan_pickle_bytes

from packages.scanner.pickles import UNKNOWN

DANGEROUS, SUSPICIOUS, CLEAN = "dangerous", "suspicious", "clean"
_LEVELS = {SafetyLevel.Dangerous: DANGEROUS, SafetyLevel.Suspicious: SUSPICIOUS, SafetyLevel.Innocuous: CLEAN}

# Beside picklescan's: what imports or loads by a name that comes from the file, and so gets around any list of names.
_RUNS_CODE = {"importlib", "marshal", "zipimport", "_posixsubprocess", "multiprocessing", "dill", "jsonpickle"}
_LOADS = {
    ("builtins", "__import__"), ("builtins", "globals"), ("builtins", "locals"), ("builtins", "vars"),
    ("builtins", "setattr"), ("builtins", "delattr"), ("builtins", "input"), ("__builtin__", "__import__"),
    ("__builtin__", "execfile"), ("__builtin__", "file"), ("__builtin__", "globals"), ("__builtin__", "setattr"),
    ("numpy", "load"), ("numpy", "memmap"), ("pandas", "read_pickle"), ("pandas", "eval"), ("joblib", "load"),
    ("joblib.numpy_pickle", "load"), ("torch", "load"), ("torch.hub", "load"), ("numexpr", "evaluate"),
}  # fmt: skip
# Beside picklescan's: containers and numbers, of which nearly every pickle has some.
_HARMLESS = {
    "builtins": set(
        "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple".split()
    ),
    "__builtin__": set("bool bytearray complex dict float frozenset int list long object set slice str tuple".split()),
    "collections": {"Counter", "OrderedDict", "defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "copy_reg": {"_reconstructor"},
    "_codecs": {"encode"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "joblib.numpy_pickle": {"NumpyArrayWrapper"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.numeric": {"_frombuffer"},
}
# Estimators and what they are made of: making one only stores its arguments. Their modules' functions are not among it.
_ESTIMATORS = re.compile(r"(sklearn\.[a-z_.]+|scipy\.sparse\._[a-z]+) (Cy)?[A-Z][A-Za-z0-9]*")

logging.getLogger("picklescan").setLevel(logging.CRITICAL)


def of(module: str, name: str) -> str:
    """DANGEROUS, SUSPICIOUS (nothing is known of it) or CLEAN."""
    if UNKNOWN in (module, name) or (module, name) in _LOADS or module.partition(".")[0] in _RUNS_CODE:
        return DANGEROUS
    if name in _HARMLESS.get(module, ()) or _ESTIMATORS.fullmatch(f"{module} {name}"):
        return CLEAN
    level = _asked(module, name)
    # `logging` has an `os`, and since protocol 4 a name may lead through attributes: `os.system` in `logging`.
    steps = name.split(".")
    for at in range(1, len(steps)):
        for inner in ((module, ".".join(steps[:at])), (steps[at - 1], ".".join(steps[at:]))):
            if DANGEROUS in (level, of(*inner)):
                return DANGEROUS
    return SUSPICIOUS if len(steps) > 1 else level


def _asked(module: str, name: str) -> str:
    if not (module.isascii() and name.isascii() and module.isprintable() and name.isprintable()) or " " in module:
        return DANGEROUS
    found = scan_pickle_bytes(io.BytesIO(f"c{module}\n{name}\n.".encode()), "")
    return _LEVELS[found.globals[0].safety] if found.globals else DANGEROUS
