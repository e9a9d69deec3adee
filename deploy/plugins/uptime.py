#!/usr/bin/env python3
"""An example plugin: how long this host has been up.

A plugin reads one JSON line and writes one. `describe` tells its operations, `plan` what a call would do without
doing it, `perform` does it. Lines with a member `log` before the last are passed on to the log.
"""
import json
import sys

OPERATIONS = {
    "run": {
        "description": "Read how long the host has been up.",
        "effect": "read",
        "recovery": "pure",
        "inputs": {},
        "outputs": {"seconds": {"type": "number"}},
        "timeout": "10s",
    }
}


def answer(document):
    call = document.get("call")
    if document.get("protocol") != 1:
        return {"outcome": "failed", "class": "invalid", "message": "protocol 1 is spoken here"}
    if call == "describe":
        return {"protocol": 1, "operations": OPERATIONS}
    if call == "plan":
        return {"would": "read /proc/uptime"}
    if call == "perform":
        with open("/proc/uptime") as file:
            seconds = float(file.read().split()[0])
        print(json.dumps({"log": "read /proc/uptime"}))
        return {"outcome": "succeeded", "output": {"seconds": seconds}}
    return {"outcome": "failed", "class": "invalid", "message": "there is no call %r" % call}


print(json.dumps(answer(json.loads(sys.stdin.readline()))))
