"""Check an inclusion or consistency proof of Huikuan's audit trail, without Huikuan.

    python check_proof.py PROOF.json [HEADS.jsonl]

Exit 0: the proof holds. With HEADS.jsonl, a copy of the exported heads that you kept, its heads
must be among them; without, you trust the heads in the proof. RFC 6962 section 2.1 (shapes),
RFC 9162 sections 2.1.3.2 and 2.1.4.2 (checks). Signatures are checked if `cryptography` is there.
"""

import hashlib
import json
import sys
from pathlib import Path

node = lambda left, right: hashlib.sha256(b"\x01" + left + right).digest()  # noqa: E731


def climb(index, last, path, left, right):
    """The old and new roots that `path` leads to from a node at `index` of a level ending at `last`."""
    for sibling in path:
        if index & 1 or index == last:
            left, right = node(sibling, left), node(sibling, right)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            right = node(right, sibling)
        index, last = index >> 1, last >> 1
    return left, right, last


def holds(proof):
    size, root, path = proof["head"]["size"], proof["head"]["root"], [bytes.fromhex(one) for one in proof["path"]]
    if proof["proof"] == "inclusion":
        leaf = hashlib.sha256(b"\x00" + proof["leaf"].encode()).digest()
        _, reached, last = climb(proof["index"], size - 1, path, leaf, leaf)
        return 0 <= proof["index"] < size and last == 0 and reached.hex() == root
    old, old_root = proof["old_head"]["size"], proof["old_head"]["root"]
    if old == size:
        return not path and old_root == root
    index, last = old - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    start = path.pop(0) if old & (old - 1) else bytes.fromhex(old_root)
    left, right, last = climb(index, last, path, start, start)
    return 0 < old < size and last == 0 and (left.hex(), right.hex()) == (old_root, root)


def signed(head):
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return True
    body = {name: value for name, value in head.items() if name not in ("signature", "key")}
    message = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(head["key"])).verify(
            bytes.fromhex(head["signature"]), message
        )
    except Exception:
        return False
    return True


def main(proof_file, heads_file=None):
    proof = json.loads(Path(proof_file).read_text(encoding="utf-8"))
    heads = [proof[name] for name in ("old_head", "head") if name in proof]
    known = (
        [json.loads(line) for line in Path(heads_file).read_text(encoding="utf-8").splitlines()]
        if heads_file
        else heads
    )
    good = holds(proof) and all(signed(head) and head in known for head in heads)
    print("holds" if good else "does NOT hold")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
