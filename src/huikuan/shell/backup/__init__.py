"""One portable archive of an installation, and its way back into an empty one on either database.

The archive is a zip file: `tables/<table>.jsonl` (a JSON array per row, columns as the manifest
names them), `files/…` (originals), `presets/…` (one's own), `heads.jsonl`, public keys, and last
`manifest.json` with the row counts and checksums of everything else. A file without a manifest is no backup.
"""
