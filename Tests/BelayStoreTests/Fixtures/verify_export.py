"""A second opinion on `belay audit export --format jsonl`: verify_export.py FILE [VKEY...]"""
import base64, hashlib, hmac, json, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
def sha(data): return hashlib.sha256(data).digest()
def root(hashes):
    if len(hashes) < 2: return hashes[0] if hashes else sha(b"")
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + root(hashes[:split]) + root(hashes[split:]))

def checkpoint(note, keys):
    """Size and root of a note that one of the keys has signed, else None."""
    text, _, block = note.rpartition("\n\n")
    origin, size, hash64 = text.split("\n")[:3]
    for line in block.splitlines():
        name, raw = line.split(" ")[1], base64.b64decode(line.split(" ")[2])
        for vkey in keys:
            key_name, key_hash, key = vkey.split("+", 2)
            if name != key_name or name != origin or raw[:4].hex() != key_hash: continue
            try:
                Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(raw[4:], (text + "\n").encode())
                return int(size), base64.b64decode(hash64)
            except InvalidSignature: return None

def main(path, keys):
    leaves, heads, notes, kept, cut, orders, agreed = [], {}, [], hashlib.sha256(), 0, {}, 0
    for line in open(path, "rb").read().splitlines():
        value = json.loads(line)
        if "format" in value: keys = keys or value["vkeys"]
        elif "checkpoint" in value: notes.append(value["checkpoint"])
        elif "leaf" in value: cut, _ = value["index"] + 1, leaves.append(bytes.fromhex(value["leaf"]))
        elif "kept" in value:
            kept.update(f"{value['kept']}={value['value']}\n".encode())
            if value["kept"].startswith("chain/"): heads[value["kept"][6:]] = value["value"]
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
            if record["kind"] == "retention.pruned" and "item" in record:
                orders[record["item"], record["target"], record["idem"]] = index
            leaves.append(sha(b"\x00" + raw))
    for note in notes:
        signed = checkpoint(note, keys)
        if signed is None: return "bad_checkpoint"
        if signed[0] > len(leaves): return f"truncated at {len(leaves)}"
        if root(leaves[:signed[0]]) != signed[1]: return f"not_what_was_signed at {agreed}"
        agreed = signed[0]
    ordered = orders.get((cut, root(leaves[:cut]).hex(), kept.hexdigest()), agreed)
    if cut and ordered >= agreed: return f"unrecorded_cut at {cut}"
    return f"sound: {len(leaves)} records, {agreed} signed for" + (f", {cut} pruned" if cut else "")

print(result := main(sys.argv[1], sys.argv[2:]))
sys.exit(not result.startswith("sound"))
