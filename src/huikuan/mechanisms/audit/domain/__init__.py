"""The canonical form of a fact and the Merkle tree over leaves: plain Python."""
