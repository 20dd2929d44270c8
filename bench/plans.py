"""Which stages a whole and a quick comparison are made of."""

from dataclasses import replace

from bench.lineup import FAST, STOCK
from bench.measure import Stage, stage
from bench.workload import Options
from bench.workloads import ALL
from bench.workloads.growth import Growth

ONE = (1,)
# One client waits 40 ms for each of the stock server's answers; these show what is left without that.
STALLED = ("W1", "W5")


def whole(options: Options, *, clients: tuple[int, ...], rounds: int) -> list[Stage]:
    """All of them. W6 is asked where an experiment grows; W11 comes last, as it starts the servers anew."""
    options = replace(options, soak_limits={STOCK: 60.0, FAST: 60.0})
    codes = ("W1", "W2", "W3", "W4", "W5", "W7", "W8", "W9", "W10")
    stages = [one for code in codes for one in _stages(code, options, clients=clients, rounds=rounds)]
    growth = Growth(options).stages()
    stages += [stage(label, workload, clients=clients, rounds=rounds) for label, workload in growth]
    return [*stages, *(stage(code, ALL[code](options), clients=ONE, rounds=rounds) for code in ("W12", "W11"))]


def quick(options: Options) -> list[Stage]:
    """What shows within five minutes whether something has become slower: few clients, short slices, two rounds."""
    options = replace(options, seconds=min(options.seconds, 1.0), runs=min(options.runs, 1_000))
    codes = ("W2", "W3", "W4", "W5", "W6")
    stages = [stage(code, ALL[code](options), clients=ONE, rounds=2) for code in codes]
    return [*_stages("W1", options, clients=ONE, rounds=2), *stages]


def named(codes: list[str], options: Options, *, clients: tuple[int, ...], rounds: int, quickack: bool) -> list[Stage]:
    """Those that were asked for; a code that there is none of is refused."""
    unknown = [code for code in codes if code not in ALL]
    if unknown:
        raise SystemExit(f"no workload {unknown[0]}; there are {', '.join(ALL)}")
    stages = []
    for code in codes:
        workload = ALL[code](options)
        parts = workload.stages() if isinstance(workload, Growth) else [(code, workload)]
        stages += [stage(label, part, clients=clients, rounds=rounds, quickack=quickack) for label, part in parts]
    return stages


def _stages(code: str, options: Options, *, clients: tuple[int, ...], rounds: int) -> list[Stage]:
    found = [stage(code, ALL[code](options), clients=clients, rounds=rounds)]
    if code in STALLED:
        found.append(stage(code, ALL[code](options), clients=ONE, rounds=rounds, quickack=True))
    return found
