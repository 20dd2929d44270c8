"""The benchmarks: servers side by side, on fresh databases, every write read back.

python -m bench whole                      what `make bench` does
python -m bench quick                      what `make bench-quick` does
python -m bench points                     what `make bench-points` does
python -m bench run --target a=http://…,TOKEN --target b=http://… --baseline a W1 W5
python -m bench page build/bench/whole.json
python -m bench ceiling                    what the load generator itself can do
python -m bench list
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from bench import ceiling, curves, goals, page, plans, report
from bench.comparison import Comparison, write
from bench.launch import ROOT, Ended
from bench.lineup import BINARIES, DATABASES, NAMES
from bench.measure import Bench, Found
from bench.target import Target
from bench.workload import Options
from bench.workloads import ALL

PAGE = ROOT / "docs" / "performance.md"
KEPT = ROOT / "build" / "bench"
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def options(arguments: argparse.Namespace) -> Options:
    """Those that were given, and the usual ones for the rest."""
    given = {one.name: getattr(arguments, one.name, None) for one in fields(Options)}
    return replace(Options(), **{name: value for name, value in given.items() if value is not None})


def whole(arguments: argparse.Namespace) -> int:
    """Writes the page, once all of it has been measured."""
    stages = plans.whole(options(arguments), clients=arguments.clients, rounds=arguments.rounds)
    comparison = Comparison(arguments.only, arguments.databases, stages, arguments.kept / "whole.json")
    return _compare(comparison, arguments.page)


def quick(arguments: argparse.Namespace) -> int:
    """Figures of short slices are no figures to publish: they have a page of their own."""
    stages = plans.quick(options(arguments))
    comparison = Comparison(arguments.only, arguments.databases, stages, arguments.kept / "quick.json")
    return _compare(comparison, arguments.page or arguments.kept / "quick.md")


def _compare(comparison: Comparison, to: Path | None) -> int:
    to = to or PAGE
    comparison.run()
    _publish(comparison.facts, comparison.found, to)
    return comparison.status()


def _publish(facts: dict[str, str], found: Sequence[Found], to: Path) -> None:
    picture = to.with_suffix(".svg")
    drawn = curves.draw(found, picture)
    page.put(to, "servers", page.servers(facts, found, picture.name if drawn else ""))
    for database in page.databases(found):
        write(f"\n{page.TITLES[database]}, ms of CPU a request\n\n{page.costs(found, database)}")
    write(f"\n{report.rows(goals.HEAD, (one.cells for one in goals.verdicts(found)))}\n\nwritten: {to}")


def publish(arguments: argparse.Namespace) -> int:
    """Writes the page from samples that were kept, of one comparison or of several."""
    facts: dict[str, str] = {}
    found: list[Found] = []
    for file in arguments.samples:
        more, measured = page.kept(file)
        facts |= more
        found += measured
    _publish(facts, found, arguments.page or PAGE)
    return int(any(one.invalid for one in found))


def run(arguments: argparse.Namespace) -> int:
    """Servers that somebody else has started."""
    stages = plans.named(
        arguments.workload,
        options(arguments),
        clients=arguments.clients,
        rounds=arguments.rounds,
        quickack=arguments.quickack,
    )
    targets = [_target(text, arguments.pid or []) for text in arguments.target]
    baseline = arguments.baseline or targets[0].name
    found = Bench("given", targets).run(stages, lambda one: write(report.section(one, baseline)))
    return int(any(one.invalid for one in found))


def _target(text: str, pids: list[str]) -> Target:
    name, given, rest = text.partition("=")
    if not given:
        raise SystemExit(f"--target is NAME=URI[,TOKEN], not {text!r}")
    uri, _, token = rest.partition(",")
    leading = [numbers(pid.partition("=")[2]) for pid in pids if pid.startswith(f"{name}=")]
    return Target(name, uri, token, leading[0] if leading else ())


def points(arguments: argparse.Namespace) -> int:
    from bench import points

    text = points.measure(arguments.sizes)
    page.put(arguments.page or PAGE, "points", text)
    write(text)
    return 0


def show_ceiling(arguments: argparse.Namespace) -> int:
    write(ceiling.table(arguments.clients, options(arguments).seconds))
    return 0


def show_list(_arguments: argparse.Namespace) -> int:
    for code, kind in ALL.items():
        write(f"{code:4} {kind(Options()).title}")
    return 0


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    found.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = found.add_subparsers(required=True)
    for name, call in (("whole", whole), ("quick", quick)):
        one = commands.add_parser(name, help=call.__doc__)
        one.add_argument("--only", type=words, default=NAMES, help=f"of {','.join(NAMES)}")
        one.add_argument("--kept", type=Path, default=KEPT, help="the folder that every sample is kept in")
        one.add_argument("--databases", type=words, default=DATABASES, help=f"of {','.join(DATABASES)}")
        _add_sizes(one, call)
    one = commands.add_parser("run", help=run.__doc__)
    one.add_argument("workload", nargs="+", help="W1 … W13")
    one.add_argument("--target", action="append", required=True, metavar="NAME=URI[,TOKEN]")
    one.add_argument("--baseline", help="whom the others are compared with; the first target unless said")
    one.add_argument("--pid", action="append", metavar="NAME=PID[,PID]", help="of the server, and of its database")
    one.add_argument("--quickack", action="store_true", help="acknowledge at once, as no real client does")
    _add_sizes(one, run)
    one = commands.add_parser("points")
    one.add_argument("--sizes", type=numbers, default=(10**6, 10**7, 10**8), help="points in the database")
    one.add_argument("--page", type=Path)
    one.set_defaults(call=points)
    one = commands.add_parser("page", help=publish.__doc__)
    one.add_argument("samples", nargs="+", type=Path, help="files like build/bench/whole.json")
    one.add_argument("--page", type=Path)
    one.set_defaults(call=publish)
    _add_sizes(commands.add_parser("ceiling", help=ceiling.__doc__), show_ceiling)
    _add_sizes(commands.add_parser("list", help="the workloads"), show_list)
    return found


def _add_sizes(one: argparse.ArgumentParser, call: object) -> None:
    one.set_defaults(call=call)
    one.add_argument("--page", type=Path, help="where the page is written")
    one.add_argument("--rounds", type=int, default=3)
    one.add_argument("--clients", type=numbers, default=(1, 16), metavar="N[,N]")
    one.add_argument("--client-python", default=str(BINARIES / "python"), help="W10: it has the stock client")
    for name in ("seconds", "soak-seconds"):
        one.add_argument(f"--{name}", type=float)
    for name in ("runs", "versions", "points", "page-size", "params", "metrics", "tags"):
        one.add_argument(f"--{name}", type=int)
    for name in ("grow", "sizes-mib"):
        one.add_argument(f"--{name}", type=numbers, metavar="N,N")


def _stop(_number: int, _frame: object) -> None:
    """Whatever was started is ended on the way out, and no second Ctrl-C gets in between."""
    for name in STOPPING:
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    for name in STOPPING:
        signal.signal(name, _stop)
    arguments = parser().parse_args()
    try:
        return int(arguments.call(arguments))
    except Ended as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        write("\nstopped")
        return 130


if __name__ == "__main__":
    sys.exit(main())
