#!/usr/bin/env python3
"""Kills the real program at every failpoint and at each of its first writes, starts it again, and compares the
journal with what really happened.

usage: run.py BINARY [--short] [--writes N] [--jobs N]
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from judge import judge
from scene import Scene

HERE = pathlib.Path(__file__).resolve().parent
FAILPOINTS = (
    "accept.before_commit", "accept.after_commit", "claim.after_commit", "intent.before_commit",
    "intent.after_commit", "effect.before", "effect.after", "result.before_commit",
    "result.after_commit", "timer.fire", "sequencer.batch", "checkpoint.before_sign",
    "checkpoint.after_file",
)  # fmt: skip
HITS = (1, 2, 3, 5, 8)
SIGKILL = -9
RESTARTS = 6


def points(arguments) -> list:
    """Everything that is killed: (kind, name, variables)."""
    hits = (1, 2) if arguments.short else HITS
    found = [("failpoint", f"{name}@{hit}") for name in FAILPOINTS for hit in hits]
    writes = range(1, arguments.writes + 1, 45 if arguments.short else 1)
    found += [("write", f"kill:{number}") for number in writes]
    found += [("torn write", f"torn:{number}") for number in writes if number % 5 == 1]
    found += [("power cut", f"power:{number}") for number in writes if number % 5 == 1]
    return found


def variables(scene: Scene, kind: str, name: str) -> dict:
    if kind == "failpoint":
        point, hit = name.split("@")
        return {"BELAY_TEST_FAILPOINTS": f"{point}=kill@{hit}"}
    return scene.faults(name)


def attempt(kind: str, name: str, binary: str, shim: str) -> dict:
    """Kills once, restarts until nothing is left to do, and judges."""
    folder = tempfile.mkdtemp(prefix="belay-crash-")
    scene = Scene(folder, binary, shim)
    first = scene.deliver(**variables(scene, kind, name))
    killed = first.returncode == SIGKILL
    faults = []
    if not killed and first.returncode not in (0, 1):
        faults.append(f"status {first.returncode}: {first.stderr.strip()[-300:]}")
    # The process comes back, and the sender, who got no answer, sends again.
    for command in (scene.resume, scene.deliver, scene.resume):
        again = command()
        if not scene.came_back(again):
            faults.append(f"restart: {again.returncode} {again.stderr.strip()[-300:]}")
    ends: dict = {}
    if not faults:
        try:
            faults, ends = judge(scene)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            faults = [str(error)]
    where = scene.struck() if kind != "failpoint" else name
    if not faults:
        shutil.rmtree(folder)
    return {"kind": kind, "name": name, "killed": killed, "where": where, "ends": ends,
            "faults": faults, "folder": folder}  # fmt: skip


def build_shim(folder: str) -> str:
    shim = os.path.join(folder, "faults.so")
    source = str(HERE / "faults.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    return shim


def group(result: dict) -> str:
    """The line of the table that a result belongs to."""
    if result["kind"] == "failpoint":
        return result["name"].split("@")[0]
    words = result["where"].split()
    file = os.path.basename(words[2]) if len(words) > 2 else ""
    return f"{result['kind']}: {words[1]} {file}" if words else f"{result['kind']}: not reached"


def table(results: list) -> str:
    rows: dict = {}
    for result in results:
        row = rows.setdefault(group(result), {"tried": 0, "killed": 0, "ends": {}, "bad": 0})
        row["tried"] += 1
        row["killed"] += result["killed"]
        row["bad"] += bool(result["faults"])
        for end, count in result["ends"].items():
            row["ends"][end] = row["ends"].get(end, 0) + count
    width = max(len(name) for name in rows)
    lines = [f"{'killed at':{width}}  tried  killed  wrong  runs afterwards"]
    for name, row in rows.items():
        ends = ", ".join(f"{count} {end}" for end, count in sorted(row["ends"].items()))
        lines.append(
            f"{name:{width}}  {row['tried']:5}  {row['killed']:6}  {row['bad']:5}  {ends}"
        )
    return "\n".join(lines)


def report(results: list, failpoints: tuple) -> tuple[list, list, int]:
    """Prints the table and what went wrong; the wrong ones, the failpoints never reached, how many were killed."""
    print(table(results))
    wrong = [result for result in results if result["faults"]]
    for result in wrong[:20]:
        print(f"\n{result['kind']} {result['name']} ({result['where']}), kept in {result['folder']}:")
        for fault in result["faults"]:
            print(f"  {fault}")
    reached = {result["name"].split("@")[0] for result in results if result["killed"]}
    unreached = [point for point in failpoints if point not in reached]
    if unreached:
        print(f"\nfailpoints that were never reached: {', '.join(unreached)}")
    killed = sum(result["killed"] for result in results)
    print(f"\n{len(results)} tried, {killed} killed, {len(wrong)} wrong")
    return wrong, unreached, killed


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--writes", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    binary = os.path.realpath(arguments.binary)
    with tempfile.TemporaryDirectory() as folder:
        shim = build_shim(folder)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            work = [pool.submit(attempt, *point, binary, shim) for point in points(arguments)]
            results = [future.result() for future in work]
    wrong, unreached, killed = report(results, FAILPOINTS)
    return 1 if wrong or unreached or killed < len(results) / 2 else 0


if __name__ == "__main__":
    sys.exit(main())
