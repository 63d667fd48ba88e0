"""Every fact leaves a leaf; leaves make a tree; signed heads prove it."""
