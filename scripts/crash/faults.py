#!/usr/bin/env python3
"""Faults of the disk and of limits against the real program: each by its number in docs/faults.md.

usage: faults.py BINARY
"""

import errno
import os
import resource
import shutil
import subprocess
import sys
import tempfile

from judge import judge
from run import build_shim
from scene import Scene


def expect(condition: bool, words: str) -> None:
    if not condition:
        raise AssertionError(words)


def settled(scene: Scene) -> None:
    """Starts the program again without faults and compares the journal with what really happened."""
    for command in (scene.resume, scene.deliver, scene.resume):
        answer = command()
        expect(scene.came_back(answer), f"restart: {answer.returncode} {answer.stderr[-300:]}")
    faults, _ = judge(scene)
    expect(not faults, f"{faults}")


def failing_sync(scene: Scene) -> None:
    """9: a sync that fails stops the process; the same file is never synced again, no effect follows."""
    for number in (20, 40, 60, 80):
        fault = f"fail:sync:{errno.EIO}:{number}-100000"
        answer = scene.deliver(**scene.faults(fault))
        if not scene.struck():
            continue
        expect(answer.returncode not in (0, -9), f"status {answer.returncode}")
        expect("cannot be written" in answer.stderr, f"no clear words: {answer.stderr[-300:]}")
        struck = (scene.folder / "struck").read_text().splitlines()
        wal = [line for line in struck if line.endswith("-wal")]
        expect(len(wal) <= 1, f"{len(wal)} syncs of the log failed: it was tried again")
        (scene.folder / "struck").unlink()
    settled(scene)


def full_disk(scene: Scene) -> None:
    """10: a full disk stops effects with clear words; when there is room again all goes on."""
    for number in (1, 60, 120, 180, 240):
        fault = f"fail:write:{errno.ENOSPC}:{number}-100000"
        answer = scene.deliver(**scene.faults(fault))
        if answer.returncode in (0, 1):
            continue
        words = answer.stderr
        expect("full" in words or "No space" in words, f"no clear words: {words[-300:]}")
    settled(scene)


def few_descriptors(scene: Scene) -> None:
    """32: with hardly any file descriptors it fails, and the journal stays whole.

    Below sixteen the runtime's own event queue may not start, and ends the process before the program has a say.
    """

    def limit(count: int):
        return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))

    for count in (8, 12, 16, 24, 32):
        answer = subprocess.run(
            [scene.binary, "run", "-i", "delivery.json", "--env", "here", "--store", "journal.db"],
            cwd=scene.folder, env={"HOME": str(scene.folder), "PATH": os.environ["PATH"]},
            capture_output=True, text=True, timeout=120, check=False, preexec_fn=limit(count),
        )  # fmt: skip
        expect(answer.returncode >= 0 or count < 16, f"{count} descriptors: died of signal {-answer.returncode}")
    settled(scene)


def second_process(scene: Scene) -> None:
    """26: a second process on the same file is refused in words."""
    with subprocess.Popen(
        [scene.binary, "run", "-i", "delivery.json", "--env", "here", "--store", "journal.db"],
        cwd=scene.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"HOME": str(scene.folder), "PATH": os.environ["PATH"],
             "BELAY_TEST_FAILPOINTS": "effect.before=wait:1500@1"},
    ) as first:  # fmt: skip
        while not (scene.folder / "journal.db-wal").exists() and first.poll() is None:
            pass
        second = scene.resume()
        expect(second.returncode not in (0, 1), f"status {second.returncode}")
        expect("in use" in second.stderr, second.stderr[-300:])
        first.wait()
    settled(scene)


FAULTS = (failing_sync, full_disk, few_descriptors, second_process)


def main() -> int:
    binary = os.path.realpath(sys.argv[1])
    wrong = 0
    with tempfile.TemporaryDirectory() as tools:
        shim = build_shim(tools)
        for fault in FAULTS:
            folder = tempfile.mkdtemp(prefix="belay-fault-")
            words = (fault.__doc__ or "").strip().splitlines()[0]
            try:
                fault(Scene(folder, binary, shim))
                print(f"held   {words}")
                shutil.rmtree(folder)
            except AssertionError as error:
                wrong += 1
                print(f"wrong  {words}\n       {error} (kept in {folder})")
    print(f"{len(FAULTS)} faults, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
