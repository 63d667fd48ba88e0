"""Check the receipt of a confirmation without Huikuan: that these very words were recorded, when, and by whom.

    python check_receipt.py REPLY.json PROOF.json [HEADS.jsonl]

Both files come with the receipt. Exit 0: PROOF's path and head hold (see check_proof.py beside this file), its fact is
the one in the leaf and states REPLY's SHA-256, and the person it names, where it names one, is the one committed to.
"""

import hashlib
import json
import sys
from pathlib import Path

import check_proof


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def fits(reply, proof):
    """Whether the reply is what the leaf commits to."""
    *_, digest, committed = proof["leaf"].split("|")
    named = "personal" not in proof or (sha256(bytes.fromhex(proof["salt"]) + proof["personal"].encode()) == committed)
    return sha256(proof["fact"].encode()) == digest and sha256(reply) in json.loads(proof["fact"]) and named


def main(reply_file, proof_file, heads_file=None):
    proof = json.loads(Path(proof_file).read_text(encoding="utf-8"))
    if not fits(Path(reply_file).read_bytes(), proof):
        print("is NOT what was recorded")
        return 1
    for name in ("personal", "fact"):
        print(f"{name}: {proof.get(name, 'erased')}")
    return check_proof.main(proof_file, heads_file)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
