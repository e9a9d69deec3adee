#!/usr/bin/env python3
"""Writes a workload for bench-match: rules and incidents, the same for the same arguments.

usage: generate.py --rules N --profile P [--events N] --out DIR

DIR gets rules.json (a list, one rule a line), events.jsonl and meta.json. A rule asks for one to three services, two
severities, a prefix of the region, and some for a title or a metric. Profiles: sparse (services grow with the rules),
dense (50 services), wild (every wildcard its own), nonum (no metrics), first (the service's field sorts first).
"""
import argparse
import json
import pathlib
import random

PLACES = [f"{area}-{side}-{number}" for area in ("af", "ap", "ca", "eu", "il", "me", "sa", "us")
          for side in ("east", "west") for number in (1, 2)]
STARTS = sorted({place[:3] for place in PLACES} | {place[:-1] for place in PLACES[::2]}) + PLACES[:8]
TITLES = ["Error rate on {s} is {n} per minute", "Disk {n} % full on {h}", "Latency of {s} above {n} ms",
          "Pod {s}-{x} restarts in {e}", "Timeout after {n} s from {s} to {d}", "Certificate of {s} ends in {n} days",
          "Queue of {d} grows: {n} messages", "Replica {n} of {d} lags", "Node {h} not ready in {e}"]
STORES = ["postgres", "redis", "kafka", "archive", "search"]
STAGES = ["prod-a", "prod-b", "staging"]


def service(number):
    return f"{('billing', 'cart', 'checkout', 'login', 'media', 'orders', 'search')[number % 7]}-{number:05}"


def rule(number, services, profile, chance):
    names = sorted({service(chance.randrange(services)) for _ in range(chance.choices((1, 2, 3), (7, 2, 1))[0])})
    pattern = {"a_service" if profile == "first" else "service": {"name": names}, "severity": ["critical", "high"],
               "location": {"region": [{"prefix": chance.choice(STARTS)}]}}
    title = chance.random()
    words = chance.choice(TITLES).split(" ")
    if title < 0.15:
        pattern["incident"] = {"title": [{"prefix": words[0] + " "}]}
    elif title < 0.3:
        subject = names[0] if profile == "wild" else chance.choice(STORES + STAGES)
        pattern["incident"] = {"title": [{"wildcard": f"*{subject}*{words[-1] if '{' not in words[-1] else ''}"}]}
    if profile != "nonum" and chance.random() < 0.2:
        low = chance.randrange(500) / 10
        bounds = [">", low] if chance.random() < 0.7 else [">=", low, "<", low + 1 + chance.randrange(200) / 10]
        pattern["metrics"] = {"error_rate": [{"numeric": bounds}]}
    return {"name": f"rule-{number}", "pattern": pattern}


def event(number, services, profile, chance):
    owner = chance.randrange(services)
    place = chance.choice(PLACES)
    host = "host-" + "-".join(str(chance.randrange(256)) for _ in range(3))
    title = chance.choice(TITLES).format(
        s=service(owner), n=chance.randrange(1, 100), h=host, d=chance.choice(STORES), e=chance.choice(STAGES),
        x=f"{chance.randrange(1 << 20):05x}")
    return {
        "version": "1.0", "id": f"event-{number:08}", "source": chance.choice(("probe", "logs", "metrics", "person")),
        "type": "incident.triggered", "time": f"2026-06-{chance.randrange(1, 29):02}T{chance.randrange(24):02}:00:00Z",
        "severity": chance.choices(("critical", "high", "warning", "info"), (1, 2, 4, 3))[0], "acknowledged": False,
        "a_service" if profile == "first" else "service": {
            "name": service(owner), "tier": f"tier-{owner % 4}", "owner": f"team-{owner % 40:02}"},
        "location": {"region": place, "zone": place + chance.choice("abc"), "cluster": f"{place[:2]}-{owner % 12}",
                     "host": host},
        "incident": {"title": title, "code": f"E{chance.randrange(10000):04}",
                     "fingerprint": f"{chance.getrandbits(64):016x}{chance.getrandbits(64):016x}",
                     "tags": [chance.choice(STAGES), chance.choice(STORES), f"tier-{owner % 4}"]},
        "metrics": {"error_rate": chance.randrange(1000) / 10, "latency_ms": chance.randrange(5000),
                    "replicas": chance.randrange(30), "queue_depth": chance.randrange(100000),
                    "cpu": chance.randrange(10000) / 100},
    }


def main():
    parser = argparse.ArgumentParser(description="writes a workload for bench-match")
    parser.add_argument("--rules", type=int, required=True)
    parser.add_argument("--profile", choices=["sparse", "wild", "dense", "nonum", "first"], default="sparse")
    parser.add_argument("--events", type=int, default=20000)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    profile = arguments.profile
    services = 50 if profile == "dense" else max(10, arguments.rules // 40)

    def text(value):
        return json.dumps(value, separators=(",", ":"))

    arguments.out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(f"rules {profile}")
    rules = [text(rule(number, services, profile, chance)) for number in range(arguments.rules)]
    (arguments.out / "rules.json").write_text("[\n" + ",\n".join(rules) + "\n]\n")
    chance = random.Random("events")
    events = [text(event(number, services, profile, chance)) + "\n" for number in range(arguments.events)]
    (arguments.out / "events.jsonl").write_text("".join(events))
    meta = {"workload": "own", "rules": arguments.rules, "events": arguments.events, "profile": profile}
    (arguments.out / "meta.json").write_text(text(meta) + "\n")


if __name__ == "__main__":
    main()
