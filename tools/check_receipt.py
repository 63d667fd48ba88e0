"""Check the receipt of a confirmation without Huikuan: that these very words were recorded, when, and by whom.

    python check_receipt.py REPLY.json PROOF.json [HEADS.jsonl]

Both files come with the receipt. Exit 0: PROOF is one of inclusion whose path and head hold (see check_proof.py
beside this file), its leaf is that of a reply, its fact is the one in the leaf and is REPLY with its SHA-256, and the
person it names, where it names one, is the one committed to. Without HEADS.jsonl, a copy of the exported heads that
you kept, that says no more than that all of this fits.
"""

import hashlib
import json
import sys
from pathlib import Path

import check_proof

#: The table replies are kept in, and where in a fact of it the reply and its SHA-256 stand: columns in the order of
#: their names.
KIND, CONTENT, DIGEST = "confirmations_reply", 2, 5


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def fits(reply, proof):
    """Whether the reply is what the leaf commits to. A proof of another kind says nothing of any leaf, and a fact of
    another table may hold whatever somebody wrote into it."""
    if proof["proof"] != "inclusion":
        return False
    kind, _id, _tx, digest, committed = proof["leaf"].split("|")
    columns = json.loads(proof["fact"])
    stated = kind == KIND and columns[DIGEST] == sha256(reply) and columns[CONTENT].encode() == reply
    named = "personal" not in proof or (sha256(bytes.fromhex(proof["salt"]) + proof["personal"].encode()) == committed)
    return stated and named and sha256(proof["fact"].encode()) == digest


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
