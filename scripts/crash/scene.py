"""A repository, a delivery of three alerts, and a ledger of what really happened: what is killed again and again."""

import json
import os
import pathlib
import subprocess

RUNBOOK = """apiVersion: belay/v1
kind: Runbook
metadata: {name: crash, owner: team-platform}
rules:
  - id: mend
    match: {type: Broken}
    steps:
      - {id: same, uses: clear_cache, with: {scope: expired}}
      - {id: only, uses: exec.run, with: {command: [/bin/bash, -c, LEDGER]}}
      - {id: rest, wait: 20ms}
      - {id: again, uses: scale_up, with: {to: 3}}
"""

ENVIRONMENT = """apiVersion: belay/v1
kind: Environment
metadata: {name: here, owner: team-platform}
targets: {web-1: {}, web-2: {}, web-3: {}}
mode: auto
bind:
  clear_cache: {provider: exec, recovery: idempotent, command: [/bin/bash, -c, LEDGER]}
  exec.run: {provider: exec}
  scale_up: {provider: exec, recovery: idempotent, command: [/bin/bash, -c, LEDGER]}
"""

# One line for each effect, appended and synced before the program says that it is done.
LEDGER = (
    "echo \"$BELAY_STEP $BELAY_IDEMPOTENCY_KEY\""
    " | dd of=PLACE/ledger oflag=append conv=notrunc,fsync status=none"
)

TARGETS = ("web-1", "web-2", "web-3")


def delivery() -> dict:
    """An Alertmanager delivery with one alert for each target."""
    return {
        "version": "4",
        "groupKey": "{}",
        "receiver": "belay",
        "status": "firing",
        "alerts": [
            {
                "status": "firing",
                "fingerprint": f"000000000000000{number}",
                "startsAt": "2026-03-01T02:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "labels": {"alertname": "Broken", "severity": "critical", "instance": target},
                "annotations": {},
            }
            for number, target in enumerate(TARGETS)
        ],
    }


class Scene:
    """One folder with everything in it, and the commands that are run there."""

    def __init__(self, folder: str, binary: str, shim: str):
        self.folder = pathlib.Path(folder)
        self.binary = binary
        self.shim = shim
        place = str(self.folder)
        effect = json.dumps(LEDGER.replace("PLACE", place))
        environment = ENVIRONMENT.replace("LEDGER", effect)
        (self.folder / "runbooks/environments").mkdir(parents=True)
        (self.folder / "runbooks/crash.yaml").write_text(RUNBOOK.replace("LEDGER", effect))
        (self.folder / "runbooks/environments/here.yaml").write_text(environment)
        (self.folder / "delivery.json").write_text(json.dumps(delivery()))
        (self.folder / "ledger").write_text("")

    def belay(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        """Runs a command to its end; a process killed by a signal has a negative status."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("BELAY_")}
        home = {"HOME": str(self.folder), "USER": "ann"}
        return subprocess.run(
            [self.binary, *arguments, "--store", "journal.db"],
            cwd=self.folder,
            env=clean | home | variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def deliver(self, **variables: str) -> subprocess.CompletedProcess:
        """The sender's delivery, first or repeated."""
        return self.belay("run", "-i", "delivery.json", "--env", "here", **variables)

    def resume(self) -> subprocess.CompletedProcess:
        """What a restarted process does first."""
        return self.belay("recover", "--env", "here")

    @staticmethod
    def came_back(answer: subprocess.CompletedProcess) -> bool:
        """Whether a restart did its work; where no journal was made yet, there is none."""
        return answer.returncode in (0, 1) or "there is no journal.db" in answer.stderr

    def faults(self, fault: str) -> dict:
        """The variables that load the shim with one fault."""
        return {
            "LD_PRELOAD": self.shim,
            "FAULT_PROGRAM": self.binary,
            "FAULT": fault,
            "FAULT_REPORT": str(self.folder / "struck"),
        }

    def struck(self) -> str:
        """The call at which the shim struck, empty if it did not."""
        try:
            lines = (self.folder / "struck").read_text().splitlines()
        except FileNotFoundError:
            return ""
        return lines[0].replace(str(self.folder) + "/", "") if lines else ""

    def ledger(self) -> dict:
        """How often each effect happened, by step and key."""
        counts: dict = {}
        for line in (self.folder / "ledger").read_text().splitlines():
            step, key = line.split()
            counts[(step, key)] = counts.get((step, key), 0) + 1
        return counts

    def records(self) -> list:
        """All records of the journal with their payloads."""
        answer = self.belay("audit", "export")
        if answer.returncode != 0:
            raise AssertionError(f"export: {answer.stdout[-400:]}{answer.stderr[-400:]}")
        lines = [json.loads(line) for line in answer.stdout.splitlines() if line]
        return [line for line in lines if "record" in line]
