"""Run the benchmarks one after the other and print each figure beside its bar."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measure import Figure

# in the order of the table in README.md
BENCHMARKS = (
    "importing",
    "memory",
    "comments_memory",
    "reimporting",
    "reading",
    "exporting",
    "exporting_again",
    "all_exports",
    "syncing",
    "starting",
)
_QUICK = {"posts": 1000, "many": 5000, "comments": 4, "many_comments": 40, "window": 200, "feeds": 100, "repeats": 2}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure feedkeep side by side.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones; all if none: {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it runs, proves no bar")
    parser.add_argument("--repeats", type=int, metavar="N", help="turns of which the best counts")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where to work; a temporary folder if not given")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    told = parser.parse_args()
    unknown = [name for name in told.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    sizes = dict(_QUICK) if told.quick else {}
    if told.repeats:
        sizes["repeats"] = told.repeats
    with tempfile.TemporaryDirectory(prefix="feedkeep-bench-", dir=told.folder) as folder:
        figures = list(_figures(Plan(folder=Path(folder), **sizes), told.names or BENCHMARKS, quiet=told.json))
    if told.json:
        found = [dataclasses.asdict(figure) for figure in figures]
        print(json.dumps({"machine": _machine(), "quick": told.quick, "figures": found}, indent=2))
        return
    print(f"\n{_machine()}{'; quick: the bars are for the full sizes' if told.quick else ''}")
    held = [figure for figure in figures if figure.holds is not None]
    print(f"{sum(figure.holds is True for figure in held)} of {len(held)} bars hold")


def _figures(plan: Plan, names: tuple[str, ...] | list[str], *, quiet: bool) -> Iterator[Figure]:
    for name in names:
        try:
            for figure in import_module(f"benchmarks.{name}").run(plan):
                if not quiet:
                    _say(figure)
                yield figure
        except Exception:  # noqa: BLE001 — one that fails is no reason to leave out the others
            print(f"failed  {name}: {traceback.format_exc(limit=-1).strip().splitlines()[-1]}", file=sys.stderr)


def _say(figure: Figure) -> None:
    verdict = {True: "holds ", False: "MISSED", None: "      "}[figure.holds]
    sides = f"{_amount(figure.ours, figure.unit)}"
    if figure.other is not None:
        sides += f" against {_amount(figure.other, figure.unit)} ({figure.against})"
    print(
        f"{verdict}  {figure.what}\n          {figure.shown}, {'bar ' + figure.bar if figure.holds is not None else 'no bar'}; {sides}",
        flush=True,
    )
    if figure.remark:
        print(f"          {figure.remark}", flush=True)


def _amount(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:,.0f} {unit}"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def _machine() -> str:
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
