#!/usr/bin/env python3
"""Kills the daemon at every failpoint while senders deliver, the program is read anew and the end is ordered; starts
it again, and compares the journal with what was answered and what really happened.

usage: served.py BINARY [--short] [--jobs N]
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from judge import FINAL, judge
from run import FAILPOINTS, HITS, SIGKILL, build_shim, report
from scene import Scene, delivery

SERVED = (*FAILPOINTS, "reload.swap", "drain.begin")
PATIENCE = 60


class Served:
    """The daemon in a scene's folder, and what a sender and an operator do to it."""

    def __init__(self, scene: Scene, **variables: str):
        self.scene = scene
        clean = {k: v for k, v in os.environ.items() if not k.startswith("BELAY_")}
        with open(scene.folder / "log", "a") as log:
            self.process = subprocess.Popen(
                [scene.binary, "serve", "--env", "here", "--store", "journal.db",
                 "--listen", "127.0.0.1:0", "--log-level", "warning"],
                cwd=scene.folder, env=clean | {"HOME": str(scene.folder)} | variables,
                stdout=log, stderr=log,
            )  # fmt: skip

    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, method: str, path: str, body=None):
        """The answer of the daemon, None if it is not there or went away before it answered."""
        try:
            lock = json.loads((self.scene.folder / "journal.db.lock").read_text())
            if lock.get("pid") != self.process.pid:
                return None
            token = (self.scene.folder / "journal.db.token").read_text().strip()
            host, port = lock["address"].rsplit(":", 1)
            connection = http.client.HTTPConnection(host, int(port), timeout=10)
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return None

    def deliver(self) -> list:
        """Sends until it is accepted or the daemon is gone; the ids that were answered with 202."""
        end = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < end:
            answer = self.ask("POST", "/v1/sources/alertmanager", delivery())
            if answer and answer[0] == 202:
                return [incident["id"] for incident in answer[1]["incidents"]]
            time.sleep(0.02)
        return []

    def settle(self) -> bool:
        """Waits until every incident has a run and each run has ended or waits for a person."""
        end = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < end:
            answer = self.ask("GET", "/v1/runs?limit=100")
            runs = answer[1].get("runs", []) if answer else []
            if len(runs) >= 3 and all(
                run["state"] in FINAL or run.get("reason") == "person" for run in runs
            ):
                return True
            time.sleep(0.02)
        return False

    def reload(self) -> None:
        """An edit of the runbook, and the signal to read it."""
        path = self.scene.folder / "runbooks/crash.yaml"
        path.write_text(path.read_text() + "# edited\n")
        self.signal(signal.SIGHUP)

    def signal(self, number: int) -> None:
        if self.alive():
            self.process.send_signal(number)

    def end(self) -> int:
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the daemon does not end") from None


def life(daemon: Served) -> list:
    """Deliveries, a reload while runs are under way, deliveries again, an ordered end."""
    answered = daemon.deliver()
    daemon.reload()
    answered += daemon.deliver()
    daemon.settle()
    daemon.signal(signal.SIGTERM)
    return answered


def attempt(name: str, binary: str, shim: str) -> dict:
    """Kills once, starts again, delivers again, and judges."""
    folder = tempfile.mkdtemp(prefix="belay-served-")
    scene = Scene(folder, binary, shim)
    point, hit = name.split("@")
    faults: list = []
    ends: dict = {}
    killed = False
    try:
        first = Served(scene, BELAY_TEST_FAILPOINTS=f"{point}=kill@{hit}")
        answered = life(first)
        status = first.end()
        killed = status == SIGKILL
        if not killed and status != 0:
            faults.append(f"status {status}")
        second = Served(scene)
        answered += second.deliver()
        if not second.settle():
            faults.append("after the restart some run neither ends nor waits for a person")
        second.signal(signal.SIGTERM)
        status = second.end()
        if status != 0:
            faults.append(f"the restarted daemon ended with status {status}")
        if not faults:
            faults, ends = judge(scene)
            kept = {r["record"].get("incident") for r in scene.records()}
            faults += [f"{lost} got 202 and is not kept" for lost in set(answered) - kept]
    except (AssertionError, subprocess.TimeoutExpired) as error:
        faults.append(str(error))
    if not faults:
        shutil.rmtree(folder)
    return {"kind": "failpoint", "name": name, "killed": killed, "where": name, "ends": ends,
            "faults": faults, "folder": folder}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    binary = os.path.realpath(arguments.binary)
    # A reload and an end come once in a life.
    names = [f"{point}@{hit}" for point in SERVED for hit in ((1,) if arguments.short else HITS)
             if hit == 1 or point not in ("reload.swap", "drain.begin")]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        shim = build_shim(folder)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            work = [pool.submit(attempt, name, binary, shim) for name in names]
            results = [future.result() for future in work]
    wrong, unreached, _ = report(results, SERVED)
    return 1 if wrong or unreached else 0


if __name__ == "__main__":
    sys.exit(main())
