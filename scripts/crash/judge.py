"""Compares a journal with the ledger of what really happened."""

FINAL = {"succeeded", "resolved", "failed", "denied", "cancelled", "observed"}
ONCE = "only"


def judge(scene) -> tuple[list, dict]:
    """What is wrong, and how the runs ended; an empty list if all that is promised holds."""
    faults = []
    verified = scene.belay("audit", "verify")
    if verified.returncode != 0:
        faults.append(f"the journal does not verify: {verified.stdout.strip()[:300]}")
    records = [entry["record"] for entry in scene.records()]
    ledger = scene.ledger()
    runs = {}
    for record in records:
        if record["kind"] == "run.created":
            runs[record["run"]] = record["incident"]
    accepted = {r["incident"] for r in records if r["kind"] == "incident.accepted"}
    if len(accepted) != 3:
        faults.append(f"{len(accepted)} incidents accepted, 3 delivered")
    for incident in accepted - set(runs.values()):
        faults.append(f"incident {incident} was accepted and never got a run")
    if len(runs) != len(set(runs.values())):
        faults.append("an incident has two runs")
    ends: dict = {}
    for run in runs:
        own = [r for r in records if r.get("run") == run]
        end = state(own)
        ends[end] = ends.get(end, 0) + 1
        if end not in FINAL and not end.startswith("waits"):
            faults.append(f"run {run} neither ended nor waits: {end}")
        faults += effects(own, end, ledger)
    intended = {r["idem"] for r in records if r["kind"] == "step.intent"}
    for step, key in ledger:
        if key not in intended:
            faults.append(f"{step} happened without an intent on record")
    return faults, ends


def state(records: list) -> str:
    """How a run's records leave it."""
    word = "created"
    for record in records:
        kind = record["kind"]
        if kind == "run.finished":
            return record.get("outcome", "?")
        if kind == "run.waiting":
            word = "waits for " + record.get("reason", "?")
        elif kind in ("run.claimed", "run.lease_lost"):
            word = kind
    return word


def effects(records: list, end: str, ledger: dict) -> list:
    """What happened to a run's steps, against what its records say."""
    faults = []
    for record in records:
        key = (record.get("step"), record.get("idem"))
        if record["kind"] == "step.intent" and key[0] == ONCE and ledger.get(key, 0) > 1:
            faults.append(f"the once step happened {ledger[key]} times")
        if record["kind"] == "step.result" and record.get("outcome") == "succeeded":
            if "idem" in record and ledger.get(key, 0) < 1:
                faults.append(f"{key[0]} is on record as done and never happened")
    steps = {r["step"] for r in records if r["kind"] == "step.intent"}
    if end == "succeeded" and steps != {"same", "only", "again"}:
        faults.append(f"a run succeeded with the steps {sorted(steps)}")
    return faults
