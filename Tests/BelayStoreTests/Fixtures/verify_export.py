"""A second opinion on `belay audit export --format jsonl`: verify_export.py FILE [VKEY...]"""
import base64, hashlib, hmac, json, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

def sha(data): return hashlib.sha256(data).digest()

def root(hashes):
    if not hashes: return sha(b"")
    if len(hashes) == 1: return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + root(hashes[:split]) + root(hashes[split:]))

def checkpoint(note, keys):
    """Size and root of a note that one of the keys has signed, else None."""
    text, _, block = note.rpartition("\n\n")
    text += "\n"
    origin, size, hash64 = text.split("\n")[:3]
    for line in block.splitlines():
        _, name, blob = line.split(" ")
        raw = base64.b64decode(blob)
        for vkey in keys:
            key_name, key_hash, key = vkey.split("+", 2)
            if name != key_name or name != origin or raw[:4].hex() != key_hash: continue
            try:
                Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(raw[4:], text.encode())
                return int(size), base64.b64decode(hash64)
            except InvalidSignature: return None
    return None

def main(path, keys):
    leaves, heads, notes = [], {}, []
    for line in open(path, "rb").read().splitlines():
        value = json.loads(line)
        if "format" in value: keys = keys or value["vkeys"]
        elif "checkpoint" in value: notes.append(value["checkpoint"])
        else:
            raw = line[line.index(b',"record":') + 10:-1]
            record, index = json.loads(raw), value["index"]
            if index != len(leaves): return f"missing_record at {len(leaves)}"
            chain = record.get("run") or record.get("incident") or record["boot"]
            if record.get("prev") != heads.get(chain): return f"broken_chain at {index}"
            heads[chain] = sha(raw).hex()
            commits = {k: record[k] for k in ("input", "output") if k in record} | record.get("payloads", {})
            for name, payload in value["payloads"].items():
                code = hmac.new(bytes.fromhex(payload["salt"]), payload["bytes"].encode(), "sha256").hexdigest()
                if commits.get(name) != code: return f"changed_payload at {index}"
            leaves.append(sha(b"\x00" + raw))
    agreed = 0
    for note in notes:
        signed = checkpoint(note, keys)
        if signed is None: return "bad_checkpoint"
        if signed[0] > len(leaves): return f"truncated at {len(leaves)}"
        if root(leaves[:signed[0]]) != signed[1]: return f"not_what_was_signed at {agreed}"
        agreed = signed[0]
    return f"sound: {len(leaves)} records, {agreed} signed for"

result = main(sys.argv[1], sys.argv[2:])
print(result)
sys.exit(not result.startswith("sound"))
